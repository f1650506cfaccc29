"""Groups that are not like most: odd names, members that speak another protocol or belong to another cluster."""
import contextlib
import threading

import pytest

import stack
from conftest import unique
from group import Group, Lines, balanced


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('odd-'), session_timeout_ms=10000, heartbeat_interval_ms=500)
    yield made
    made.stop()


def joined(worker):
    return stack.wait_for(lambda: f'a worker to have joined: {worker.log()[-2000:]}', lambda: 'Herder started' in worker.log())


def started_files(group, folder, kafka_address, count):
    files = [Lines(folder, unique('f'), kafka_address) for _ in range(count)]
    for lines in files:
        lines.start()
        lines.create(group.rest())
    return files


@pytest.mark.parametrize('name', ['Größe & "Maß" = 東京 🌊 {0} %s ${file:/x:y}', 'g' * 3000], ids=['unicode', 'long'])
def test_a_group_may_have_any_name(group, folder, own_kafka, name):
    # Written as java.util.Properties would; a transactional.id holds the name as well.
    escaped = ''.join(f'\\u{int.from_bytes(pair, "big"):04x}' for unit in [name.encode('utf-16-be')] for pair in zip(unit[::2], unit[1::2]))
    for worker in 'ab':
        joined(group.worker(worker, group_id=escaped, exactly_once_source_support='enabled'))
    files = started_files(group, folder, own_kafka.address, 2)
    names = [lines.name for lines in files]
    group.wait_placed(names, balanced('ab'))
    for lines in files:
        lines.wait_beyond()
    status, answer = group.rest('b').call('PUT', f'/connectors/{names[0]}/config', files[0].config(note='through the other'))
    assert status == 200, answer
    group.workers['a'].stop()
    group.wait_placed(names, balanced('b'))
    for lines in files:
        assert lines.finish() == []
    stack.wait_for('statistics of its Kafka clients', lambda: 'kafka_producer_' in group.rest('b').metrics())


def test_a_member_that_speaks_only_the_oldest_protocol(group, folder, own_kafka):
    group.worker('a')
    joined(group.worker('b'))
    files = started_files(group, folder, own_kafka.address, 3)
    names = [lines.name for lines in files]
    group.wait_placed(names, balanced('ab'))
    joined(group.worker('old', connect_protocol='eager'))
    group.wait_placed(names, balanced(['a', 'b', 'old']))
    for worker in group.workers.values():
        assert "with protocol version 0 " in worker.log()
    for name in group.workers:  # requests between them are not signed in this protocol
        status, answer = group.rest(name).call('PUT', f'/connectors/{names[0]}/config', files[0].config(note=f'through {name}'))
        assert status == 200, answer
    group.wait_placed(names, balanced(['a', 'b', 'old']))
    group.workers['old'].stop()
    group.wait_placed(names, balanced('ab'))
    for lines in files:
        lines.wait_beyond()
        assert lines.finish() == []
    assert not [worker for worker in group.workers.values() if 'already exists' in worker.log()], 'work ran on that was given to others'


@contextlib.contextmanager
def busy(*workers):
    """The herders of these workers get requests all the time."""
    done = threading.Event()

    def ask(rest):
        while not done.is_set():
            with contextlib.suppress(OSError):
                rest.raw('POST', '/connectors/none/restart')
    asking = [threading.Thread(target=ask, args=[rest]) for rest in workers]
    for thread in asking:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in asking:
            thread.join(100)


def test_work_that_was_taken_away_does_not_start_again_before_it_is_assigned(group, folder, own_kafka):
    for name in 'abc':
        joined(group.worker(name, scheduled_rebalance_max_delay_ms=60000))
    files = started_files(group, folder, own_kafka.address, 6)
    names = [lines.name for lines in files]
    group.wait_placed(names, balanced('abc'))
    group.wait_settled()
    group.workers['c'].kill()
    # From now on the others look again and again whether the delay is over.
    stack.wait_for('the delay', lambda: all('with rebalance delay: 0' not in group.newest_assignment(name) for name in 'ab'))
    with busy(group.rest('a'), group.rest('b')):
        joined(group.worker('old', connect_protocol='eager'))
        group.wait_placed(names, balanced(['a', 'b', 'old']))
    for name in 'ab':
        stopped = group.workers[name].log().split('Finished flushing status backing store in preparation for rebalance')[-1]
        between, assigned = stopped.split('Joined group at generation', 1)
        assert 'Creating' not in between and 'Creating' in assigned, between
    for lines in files:
        lines.wait_beyond()
        assert lines.finish() == []


def test_two_clusters_with_one_group_id_are_named(group, folder, own_kafka):
    ours = group.worker('ours')
    lines, = started_files(group, folder, own_kafka.address, 1)
    group.wait_placed([lines.name])
    theirs = group.worker('theirs', config_storage_topic=f'{group.name}-their-configs')
    words = f"Two clusters have the group.id '{group.name}'"
    for worker, topics in ((ours, (f'{group.name}-configs', f'{group.name}-their-configs')), (theirs, (f'{group.name}-their-configs', f'{group.name}-configs'))):
        stack.wait_for(lambda worker=worker: f'the mistake to be named: {worker.log()[-2000:]}', lambda worker=worker: words in worker.log())
        told = next(line for line in worker.log().splitlines() if words in line)
        assert all(f"'{topic}'" in told for topic in topics) and 'another group.id' in told, told
    status, answer = stack.Rest(theirs.address).raw('PUT', f'/connectors/{lines.name}/config', lines.config(note='in the wrong cluster'))
    assert status == 500 and words in answer, answer
    group.where([lines.name])
    assert lines.wait_beyond().finish() == []
    assert 'note' not in stack.Rest(ours.address).get(f'/connectors/{lines.name}')['config']


def test_a_worker_with_another_config_topic_leaves_a_group_of_java(group, folder, own_kafka):
    java = group.java('java')
    files = started_files(group, folder, own_kafka.address, 2)
    names = [lines.name for lines in files]
    group.wait_placed(names, balanced(['java']))
    ours = group.worker('ours', 'worker', '--no-wait', config_storage_topic=f'{group.name}-our-configs')
    words = f"Two clusters have the group.id '{group.name}'"
    # Once it has come again, it stays away for worker.unsync.backoff.ms.
    stack.wait_for(lambda: f'the mistake to be named: {ours.log()[-2000:]}', lambda: ours.log().count(words) == 2, 120)
    told = next(line for line in ours.log().splitlines() if words in line)
    assert f"'{group.name}-our-configs'" in told and f'http://{java.address}/' in told and 'another group.id' in told, told
    assert ours.log().count('Joined group at generation') < 50 and 'Instantiated' not in ours.log(), 'it fights for work'
    group.wait_placed(names, balanced(['java']), 120)
    for lines in files:
        assert lines.finish() == []


def connectors_of_another_cluster(folder, kafka_address, name, count):
    """A cluster whose config topic holds that many connectors, and which is gone; the settings of a worker that belongs to it."""
    worker = stack.worker(folder / 'elsewhere', kafka_address, name).start()
    rest = stack.Rest(worker.address)
    for number in range(count):
        lines = Lines(folder, f'{name}-{number}', kafka_address)
        status, answer = rest.call('POST', '/connectors', {'name': lines.name, 'config': lines.config()})
        assert status == 201, answer
        rest.wait_running(lines.name)
    worker.stop()
    return {f'{kind}_storage_topic': f'{name}-{topic}' for kind, topic in (('config', 'configs'), ('offset', 'offsets'), ('status', 'status'))}


@pytest.mark.parametrize('ours, theirs', [(1, 5), (5, 1)], ids=['further', 'behind'])
def test_a_java_worker_of_another_cluster_is_named_and_gets_nothing(group, folder, own_kafka, ours, theirs):
    topics = connectors_of_another_cluster(folder, own_kafka.address, f'{group.name}-theirs', theirs)
    leader = group.worker('leader')
    files = started_files(group, folder, own_kafka.address, ours)
    names = [lines.name for lines in files]
    group.wait_placed(names, balanced(['leader']))
    java = group.java('java', **topics)
    words = f"Two clusters have the group.id '{group.name}'"
    stack.wait_for(lambda: f'the mistake to be named: {leader.log()[-2000:]}', lambda: words in leader.log(), 180)
    told = next(line for line in leader.log().splitlines() if words in line)
    assert f'http://{java.address}/' in told and f"'{group.name}-configs'" in told and 'another group.id' in told, told

    files += started_files(group, folder, own_kafka.address, 1)
    names = [lines.name for lines in files]
    group.wait_placed(names, balanced(['leader']))
    group.worker('another')
    group.wait_placed(names, balanced(['leader', 'another']), 120)
    group.wait_settled()
    assert f'{group.name}-theirs-' not in leader.log(), 'work of the other cluster'
    assert 'Instantiated' not in java.log(), 'it runs work'
    health = group.rest('leader').get('/health')
    assert health['status'] == 'healthy' and words in health['message'], health
    assert 'millrace_group_strangers 1' in group.rest('leader').metrics()
    # What the other cluster's users ask of it must not be done here, and tells them why.
    status, answer = stack.Rest(java.address).raw('PUT', f'/connectors/{names[0]}/config', files[0].config(note='in the wrong cluster'))
    assert status == 500 and 'two-clusters-have-one-group-id' in java.log(), answer
    java.stop()
    stack.wait_for('the warning to go', lambda: words not in group.rest('leader').get('/health')['message'])
    group.wait_placed(names, balanced(['leader', 'another']))
    for lines in files:
        assert lines.finish() == []
        assert 'note' not in group.rest().get(f'/connectors/{lines.name}')['config']
