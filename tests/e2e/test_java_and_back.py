"""A worker of Kafka Connect takes over where Millrace stopped, from the same topics, and Millrace takes over again."""
import pytest

import ledger
import stack
from conftest import unique
from connector import Connector
from group import Group, Lines
from topics import records_of


@pytest.fixture
def group(folder, kafka_address):
    made = Group(folder, kafka_address, unique('java-'), session_timeout_ms=10000, heartbeat_interval_ms=3000)
    yield made
    made.stop()


def test_java_goes_on_and_back(group, folder, kafka_address, postgres_address, database, sql, dice):
    sql(ledger.TABLE, 'insert into ledger (id, version) select i, 1 from generate_series(1, 1000) i')
    writer, lines = ledger.Writer(postgres_address, dice, database), Lines(folder, unique('lines'), kafka_address)
    writer.start()
    lines.start()
    ours = group.worker('ours')
    connector = Connector(group.rest(), kafka_address, postgres_address, database)
    try:
        connector.create()
        lines.create(group.rest())
        names = [connector.name, lines.name]
        changes = connector.reader('public.ledger')

        def works(name):
            """Both connectors run on that worker, and what is written from now on arrives."""
            connector.rest = group.rest(name)
            group.wait_placed(names, lambda placed: set(placed.values()) == {name}, 120)
            newest = writer.newest()
            stack.wait_for(f'rows after {newest}', lambda: any(key['id'] > newest for key, _, _ in changes.poll()), 120, 0)
            lines.wait_beyond()

        works('ours')
        ours.stop()
        java = group.java('java')
        works('java')
        java.stop()
        ours.resume()
        works('ours')

        problems, truth = writer.compare(changes)
        assert problems == []
        assert lines.finish() == []
        # Each worker stopped in order, with its offsets stored: nothing was read twice, and no snapshot was taken again.
        assert len(lines.numbers()) == lines.written
        assert len(changes.records) == sum(truth.values()) - extra_versions(changes.records)
        # The tasks' configurations are the same to both: nobody wrote them again.
        commits = [key for key, _ in records_of(kafka_address, f'{group.name}-configs') if key.startswith('commit-')]
        assert sorted(commits) == sorted(f'commit-{name}' for name in names)
    finally:
        writer.done.set()
        lines.done.set()
        connector.delete()


def extra_versions(records):
    """Versions that the snapshot skipped: a row that was changed before it was read has one record for all."""
    return sum(value['after']['version'] - 1 for _, value, _ in records if value['op'] == 'r')
