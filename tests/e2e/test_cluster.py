"""Three workers share connectors and go on when any of them, the broker, or all of them die; nothing is lost, nothing out of order."""
import json

import pytest

import ledger
import stack
from conftest import unique
from connector import Connector
from group import Group, Lines, balanced, problems_of_lines
from sink import PLUGINS, Sink
from topics import records_of

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


def test_what_failed_restarts_and_nothing_else(group, folder, own_kafka):
    for name in 'abc':
        group.worker(name, plugin_path=PLUGINS, session_timeout_ms=30000)
    once = folder / 'once'  # else the partition ends each task that it goes to
    once.touch()
    sink = Sink(group.rest('b'), own_kafka.address, folder, partitions=3).put(tasks_max=3, fatal_value='the end', fatal_once=once)
    group.wait_placed([sink.name], balanced('abc'))
    sink.produce(['1', '2', '3', '4', 'the end', '6'])
    sink.rest.wait_failed(sink.name)
    sink.wait_values(['the end'])
    failed = [task['id'] for task in sink.rest.status(sink.name)['tasks'] if task['state'] == 'FAILED']
    assert len(failed) == 1

    def started():
        logs = ''.join(worker.log() for worker in group.workers.values())
        return [logs.count(f'Instantiated connector {sink.name} ')] + [logs.count(f'Instantiated task {sink.name}-{task} ') for task in range(3)]

    def restart(name, options):
        status, answer = group.rest(name).call('POST', f'/connectors/{sink.name}/restart?{options}')
        assert status == 202, answer
        answer = json.loads(answer)
        return [part['state'] for part in [answer['connector']] + answer['tasks']]

    before = started()
    follower = next(name for name in 'abc' if name != group.leader())
    states = ['RUNNING'] + ['RESTARTING' if task in failed else 'RUNNING' for task in range(3)]
    assert restart(follower, 'includeTasks=true&onlyFailed=true') == states
    sink.wait_states(*['RUNNING'] * 4)
    assert started() == [count + (part - 1 in failed) for part, count in enumerate(before)]
    assert restart(group.leader(), 'includeTasks=true') == ['RESTARTING'] * 4
    stack.wait_for(lambda: f'all to have restarted; {before}, then {started()}',
                   lambda: started() == [count + 1 + (part - 1 in failed) for part, count in enumerate(before)])
    sink.wait_states(*['RUNNING'] * 4)
    sink.produce(['7', '8', '9'])
    sink.wait_values(['7', '8', '9'])


@pytest.fixture
def brokers(folder):
    """Two brokers that hold everything twice; the first is the controller."""
    twice = [part for name in ('default', 'offsets.topic') for part in ('--set', f'{name}.replication.factor=2')]
    twice += ['--set', 'group.min.session.timeout.ms=1000']
    made = [stack.kafka(folder / 'first', *twice).start()]
    try:
        made.append(stack.kafka(folder / 'second', '--join', folder / 'first', *twice).start())
        yield made
    finally:
        for broker in reversed(made):
            broker.stop()


def coordinated_by(broker, folder, addresses, **properties):
    """A group with one worker, a, which has found that broker to be its coordinator: the name decides, so some are tried."""
    for _ in range(30):
        name = unique('moves-')
        group = Group(folder / name, addresses, name, **properties)
        worker = group.worker('a')
        stack.wait_for('a coordinator', lambda: 'Discovered group coordinator ' in worker.log(), 120)
        if f'Discovered group coordinator {broker.address} ' in worker.log():
            return group
        group.stop()
    raise AssertionError(f'no group is coordinated by {broker.address}')


def test_the_group_goes_on_when_its_coordinator_moves(brokers, folder):
    first, second = brokers
    both = f'{first.address},{second.address}'
    group = coordinated_by(second, folder, both, **{f'{kind}_storage_replication_factor': 2 for kind in ('config', 'offset', 'status')})
    files = [Lines(folder, unique('f'), both) for _ in range(2)]
    names = [lines.name for lines in files]
    try:
        group.worker('b')
        for lines in files:
            lines.start()
            lines.create(group.rest())
        group.wait_placed(names, balanced('ab'))
        found = f'Discovered group coordinator {first.address} '
        assert not [worker for worker in group.workers.values() if found in worker.log()]
        second.stop()
        for worker in group.workers.values():
            stack.wait_for('its new coordinator', lambda worker=worker: found in worker.log())
        group.wait_placed(names, balanced('ab'))
        for lines in files:
            lines.wait_beyond()
        group.workers['b'].stop()
        group.wait_placed(names, balanced('a'))
        for lines in files:
            assert lines.finish() == []
    finally:
        for lines in files:
            lines.done.set()
        group.stop()


def positions_that_go_back(bootstrap, topic):
    """Offsets of file connectors that stand behind newer ones: somebody wrote them whose task had moved."""
    newest, found = {}, []
    for key, value in records_of(bootstrap, topic, partitions=5):
        position = json.loads(value or '{}').get('position')
        if position is not None and position < newest.setdefault(key, position):
            found.append(f'{key} goes back from {newest[key]} to {position}')
        if position is not None:
            newest[key] = position
    return found


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

        problems, _ = writer.compare(changes)
        problems += [f'{lines.name}: {problem}' for lines in files for problem in lines.finish()]
        problems += positions_that_go_back(own_kafka.address, f'{group.name}-offsets')
        assert not problems, '\n'.join(problems[:20])
    finally:
        writer.done.set()
        for lines in files:
            lines.done.set()
        connector.rest = group.rest()
        connector.delete()
