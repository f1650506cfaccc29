"""Three workers share connectors and go on when any of them, the broker, or all of them die; nothing is lost, nothing out of order."""
import pytest

import ledger
import stack
from conftest import unique
from connector import Connector
from group import Group, Lines, balanced, problems_of_lines

FILES = 9


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('g'))
    yield made
    made.stop()


def starts(group, connector):
    """How often a task of that connector was started, by worker."""
    return {name: worker.log().count(f'Instantiated task {connector}-0 ') for name, worker in group.workers.items()}


class TestTheCheck:
    @pytest.mark.parametrize('numbers', [[1, 2, 3], [1, 2, 1, 2, 3], [1, 2, 3, 2, 3]])
    def test_accepts_repetitions(self, numbers):
        assert problems_of_lines(numbers, 3) == []

    @pytest.mark.parametrize('numbers', [[1, 3], [1, 2], [2, 3], [1, 3, 2, 3], []])
    def test_finds_what_is_lost_or_out_of_order(self, numbers):
        assert problems_of_lines(numbers, 3)


def test_work_spreads_and_what_stays_is_not_interrupted(group, folder, own_kafka):
    group.worker('a')
    files = [Lines(folder, f'f{i}', own_kafka.address) for i in range(6)]
    names = [lines.name for lines in files]
    for lines in files:
        lines.start()
        lines.create(group.rest())
    group.wait_placed(names, balanced('a'))
    before = None
    for newcomer in ('b', 'c'):
        group.worker(newcomer)
        after = group.wait_placed(names, balanced(group.workers))
        if before:
            moved = {name for name in names if before[name, None] != after[name, None] or before[name, 0] != after[name, 0]}
            assert len(moved) < len(names)
        before = after
    # A task was started once where it is now, and once where it was before it moved.
    for name in names:
        count = starts(group, name)
        assert count[before[name, 0]] == 1 and max(count.values()) == 1, (name, count)
    for lines in files:
        assert lines.finish() == []
        assert len(lines.numbers()) == lines.written, f'{lines.name}: lines were read twice'


def test_a_request_waits_for_the_next_leader(group, folder, own_kafka):
    group.worker('a')
    group.worker('b')
    lines = Lines(folder, 'f', own_kafka.address)
    lines.start()
    lines.create(group.rest())
    group.wait_placed(['f'])
    leader = group.leader()
    follower = group.rest('b' if leader == 'a' else 'a')
    group.workers[leader].kill()
    status, answer = follower.raw('PUT', '/connectors/f/config', lines.config(note='after the leader'))
    assert status == 200, answer
    group.wait_placed(['f'])
    assert lines.finish() == []


def test_faults_lose_nothing(group, folder, own_kafka, postgres_address, database, sql, dice):
    sql(ledger.TABLE, 'insert into ledger (id, version) select i, 1 from generate_series(1, 5000) i',
        f"alter database {database} set wal_sender_timeout = '3s'")  # a suspended worker holds its slot that long
    for name in 'abc':
        group.worker(name)
    writer = ledger.Writer(postgres_address, dice, database)
    files = [Lines(folder, f'f{i}', own_kafka.address) for i in range(FILES)]
    connector = Connector(group.rest('b'), own_kafka.address, postgres_address, database)
    names = [connector.name] + [lines.name for lines in files]
    writer.start()
    try:
        assert connector.post()[0] == 201
        for i, lines in enumerate(files):
            lines.start()
            lines.create(group.rest('abc'[i % 3]))
        changes = connector.reader('public.ledger')
        placed = group.wait_placed(names, balanced('abc'), 120)

        def goes_on(survivors):
            newest = writer.newest()
            now = group.wait_placed(names, balanced(survivors), 120)
            for lines in files:
                lines.wait_beyond()
            stack.wait_for(f'rows after {newest}', lambda: any(key['id'] > newest for key, _, _ in changes.poll()), 120, 0)
            return now

        def killed(victim):
            group.workers[victim].kill()
            goes_on(set('abc') - {victim})
            group.workers[victim].resume('--no-wait')
            goes_on('abc')

        leader = group.leader()
        killed(next(name for name in 'abc' if name != leader))
        killed(group.leader())

        victim = goes_on('abc')[connector.name, 0]
        group.suspend(victim)
        survivors = set('abc') - {victim}
        others = stack.Rest(group.workers[min(survivors)].address)
        away = {group.workers[name].address for name in survivors}
        stack.wait_for('the work of a suspended worker to move', lambda: all(
            part['state'] == 'RUNNING' and part['worker_id'] in away
            for name in names for status in [others.status(name)] for part in [status['connector']] + status['tasks']), 60, 0.3)
        files[0].wait_beyond()
        group.go_on(victim)
        goes_on('abc')

        own_kafka.restart()
        goes_on('abc')

        for worker in group.workers.values():
            worker.kill()
        for worker in group.workers.values():
            worker.resume('--no-wait')
        goes_on('abc')

        newest, truth = writer.finish()
        stack.wait_for('the last row', lambda: any(key['id'] == newest for key, _, _ in changes.poll()), 120, 0)
        problems = ledger.problems_of(changes.records, truth) + [f'{lines.name}: {problem}' for lines in files for problem in lines.finish()]
        assert not problems, '\n'.join(problems[:20])
    finally:
        writer.done.set()
        for lines in files:
            lines.done.set()
        connector.rest = group.rest()
        connector.delete()
