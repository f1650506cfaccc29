"""Every committed row reaches the topic, and each key's changes come in order, whatever dies when."""
import time

import pytest

import stack
from connector import Connector
from ledger import TABLE, Writer, problems_of

RESTART_OF_BROKER, RESTART_OF_SERVER = 4, 8  # among the kills in streaming


def streamed(record):
    return record[1] is not None and record[1]['op'] != 'r'


class TestTheCheck:
    """The check itself finds what it is there to find."""

    @staticmethod
    def event(op, row, version):
        source = {'snapshot': 'last' if op == 'r' else 'false'}
        return {'id': row}, {'op': op, 'source': source, 'after': {'id': row, 'version': version}}, []

    def test_accepts_repetitions(self):
        events = [self.event('r', 1, 1), self.event('u', 1, 2), self.event('u', 1, 3), self.event('u', 1, 2), self.event('u', 1, 3)]
        assert problems_of(events, {1: 3}) == []

    @pytest.mark.parametrize('versions, final', [([1, 3], 3), ([1, 3, 2], 3), ([1, 2], 3), ([2, 3], 3), ([1, 2, 3, 2], 3), ([], 1)])
    def test_finds_what_is_lost_or_out_of_order(self, versions, final):
        assert problems_of([self.event('c' if v == 1 else 'u', 1, v) for v in versions], {1: final})


@pytest.mark.parametrize('plugin, rows_before, kills_in_snapshot, kills_in_streaming', [
    ('pgoutput', 150_000, 8, 12),  # rows enough for a snapshot that takes a while
    ('wal2json', 20_000, 0, 10)])
def test_kill_9_and_restarts_lose_nothing(folder, dice, plugin, rows_before, kills_in_snapshot, kills_in_streaming):
    # A short session: the group waits that long for a member that was killed.
    kafka = stack.kafka(folder / 'k', '--set', 'group.min.session.timeout.ms=1000').start()
    postgres = stack.postgres(folder / 'p').start()
    worker = stack.worker(folder / 'w', kafka.address, offset_flush_interval_ms=1000, session_timeout_ms=2000, heartbeat_interval_ms=500).start()
    writer = Writer(postgres.address, dice)
    try:
        with stack.connect(postgres.address) as connection:
            connection.execute(TABLE)
            connection.execute(f'insert into ledger (id, version) select i, 1 from generate_series(1, {rows_before}) i')
        rest = stack.Rest(worker.address)
        connector = Connector(rest, kafka.address, postgres.address, 'postgres')
        slot = connector.config['slot.name']
        if plugin != 'pgoutput':  # which new slots are made with
            with stack.connect(postgres.address) as connection:
                connection.execute('select pg_create_logical_replication_slot(%s, %s)', [slot, plugin])
        writer.start()
        assert connector.post(plugin_name=plugin)[0] == 201
        ledger = connector.reader('public.ledger')

        began = time.monotonic()

        def some_more_commits():
            """Any moment of what the worker does meanwhile: the table changes steadily."""
            enough = writer.commits + dice.randrange(100)
            stack.wait_for(lambda: f'commits; {writer.error}', lambda: writer.commits >= enough or writer.error, every=0.001)

        def killed():
            print(f'{time.monotonic() - began:.1f} s: kill -9 after {len(ledger.records)} records, {writer.commits} commits', flush=True)
            worker.kill()
            while ledger.poll(0.5):
                pass
            worker.resume('--no-wait')

        for _ in range(kills_in_snapshot):
            seen = len(ledger.records)
            if dice.random() < 0.5:  # while it reads the table, or else at any moment of its start
                stack.wait_for('records after a kill', lambda: ledger.poll() or len(ledger.records) > seen, 120, 0)
            some_more_commits()
            killed()
        for kill in range(kills_in_streaming):
            commits = writer.commits
            stack.wait_for(f'streamed changes before kill {kill} of streaming', lambda: any(map(streamed, ledger.poll())), 120, 0)
            some_more_commits()
            if kill == RESTART_OF_BROKER:
                kafka.restart()
                stack.wait_for('commits while the broker restarts', lambda: writer.commits > commits + 20)
            if kill == RESTART_OF_SERVER:
                postgres.restart()
                stack.wait_for('commits after the restart', lambda: writer.commits > commits + 20)
            killed()
        problems, truth = writer.compare(ledger, lambda: f'the last row; status {rest.status(connector.name)}', 180)
        print(f'{len(truth)} rows, {sum(truth.values())} versions, {writer.commits} commits, {len(ledger.records)} records')
        assert not problems, '\n'.join(problems[:20])
        with stack.connect(postgres.address) as connection:
            assert connection.execute('select plugin from pg_replication_slots where slot_name = %s', [slot]).fetchone() == (plugin,)
    finally:
        writer.done.set()
        for service in (worker, kafka, postgres):
            service.stop()
