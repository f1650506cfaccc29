"""Workers of Millrace and of Kafka Connect in one group: either leads, requests go anywhere, one kind replaces the other."""
import json

import pytest

import ledger
import stack
from conftest import own_broker, unique
from connector import Connector
from group import Group, Lines, balanced
from sink import Sink

FILES = 4


@pytest.fixture(scope='module', params=[None, '3.9.1'], ids=['newest', '3.9'])
def release(request):
    """Of the broker and of the Java worker."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param:
            patch.setenv('KAFKA_VERSION', request.param)
        yield request.param


@pytest.fixture(scope='module')
def own_kafka(release):
    with own_broker() as service:
        yield service


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('mixed-'), session_timeout_ms=6000)
    yield made
    made.stop()


def requests_at(rest, folder, kafka_address, plans=True):
    """Every request that changes something, at one worker, with the answers that a client of a single worker gets. plans: it also
    understands what a leader of today answers to a restart with tasks."""
    lines = Lines(folder, unique('at'), kafka_address)
    lines.start()
    path, config = f'/connectors/{lines.name}', lines.config()

    def ask(method, rest_of_path, body=None):
        status, text = rest.call(method, rest_of_path, body)
        return status, json.loads(text) if text else None

    status, answer = ask('POST', '/connectors', {'name': lines.name, 'config': config})
    assert (status, answer['name'], answer['tasks'], answer['type']) == (201, lines.name, [], 'source')
    assert answer['config'] == {**config, 'name': lines.name}
    assert ask('POST', '/connectors', {'name': lines.name, 'config': config}) == (
        409, {'error_code': 409, 'message': f'Connector {lines.name} already exists'})
    rest.wait_running(lines.name)
    lines.wait_beyond()
    assert ask('PUT', f'{path}/pause') == (202, None)
    stack.wait_for('the pause', lambda: rest.states(lines.name) == ['PAUSED', 'PAUSED'])
    assert ask('PUT', f'{path}/resume') == (202, None)
    rest.wait_running(lines.name)
    assert ask('POST', f'{path}/restart') == (204, None)
    status, answer = ask('POST', f'{path}/restart?includeTasks=true&onlyFailed=false')
    if plans:
        assert status == 202, answer
        assert (answer['connector']['state'], [task['state'] for task in answer['tasks']]) == ('RESTARTING', ['RESTARTING'])
    rest.wait_running(lines.name)
    assert ask('POST', f'{path}/tasks/0/restart') == (204, None)
    status, answer = ask('PUT', f'{path}/config', {**config, 'batch.size': '3000'})
    assert (status, answer['config']['batch.size']) == (200, '3000')
    status, answer = ask('PATCH', f'{path}/config', {'batch.size': '4000'})
    assert (status, answer['config']['batch.size']) == (200, '4000')
    stack.wait_for('the task to have the new configuration',
                   lambda: [task['config'].get('batch.size') for task in rest.get(f'{path}/tasks')] == ['4000'])
    rest.wait_running(lines.name)
    assert lines.finish() == []
    assert ask('PUT', f'{path}/stop') == (204, None)
    stack.wait_for('the stop', lambda: rest.states(lines.name) == ['STOPPED'])
    assert ask('DELETE', path) == (204, None)
    assert ask('DELETE', path) == (404, {'error_code': 404, 'message': f'Connector {lines.name} not found'})


def test_java_is_replaced_and_comes_back(release, group, folder, own_kafka, postgres_address, database, sql, dice):
    sql(ledger.TABLE, 'insert into ledger (id, version) select i, 1 from generate_series(1, 1000) i')
    writer, files = ledger.Writer(postgres_address, dice, database), [Lines(folder, f'f{i}', own_kafka.address) for i in range(FILES)]
    group.java('java')
    connector = Connector(group.rest(), own_kafka.address, postgres_address, database)
    names = [connector.name] + [lines.name for lines in files]
    writer.start()
    try:
        assert connector.post()[0] == 201
        for lines in files:
            lines.start()
            lines.create(group.rest())
        changes = connector.reader('public.ledger')

        def goes_on(*workers):
            newest = writer.newest()
            group.wait_placed(names, balanced(workers), 120)
            stack.wait_for(f'rows after {newest}', lambda: any(key['id'] > newest for key, _, _ in changes.poll()), 120, 0)
            for lines in files:
                lines.wait_beyond()

        goes_on('java')
        group.worker('ours')  # follows Java, and sends it the task configurations of its connectors, signed
        goes_on('java', 'ours')
        requests_at(group.rest('ours'), folder, own_kafka.address)
        requests_at(group.rest('java'), folder, own_kafka.address)
        goes_on('java', 'ours')
        group.workers['java'].stop()
        goes_on('ours')
        group.workers['java'].resume()  # follows ours
        goes_on('java', 'ours')
        # Kafka Connect before 4.1 does not understand the versions in the answer of a newer leader, Java or not.
        requests_at(group.rest('java'), folder, own_kafka.address, plans=not release)
        requests_at(group.rest('ours'), folder, own_kafka.address)
        goes_on('java', 'ours')
        group.workers['ours'].stop()
        goes_on('java')

        problems, _ = writer.compare(changes)
        problems += [f'{lines.name}: {problem}' for lines in files for problem in lines.finish()]
        assert not problems, '\n'.join(problems[:20])
    finally:
        writer.done.set()
        for lines in files:
            lines.done.set()
        connector.rest = group.rest()
        connector.delete()


def test_only_what_failed_restarts_whoever_leads(release, group, folder, own_kafka):
    group.java('java', session_timeout_ms=30000)
    group.wait_settled()
    group.worker('ours', session_timeout_ms=30000)
    group.wait_settled()
    sink = Sink(group.rest('ours'), own_kafka.address, folder, partitions=2)
    sink.put('org.apache.kafka.connect.file.FileStreamSinkConnector', tasks_max=2, file=folder / 'out', value_converter_schemas_enable='false',
             value_converter='org.apache.kafka.connect.json.JsonConverter')

    def started():
        logs = ''.join(worker.log() for worker in group.workers.values())
        return [logs.count(f'Instantiated {what} ') for what in (f'connector {sink.name}', f'task {sink.name}-0', f'task {sink.name}-1')]

    def wait_everywhere(*states):
        """Until each worker knows of these states, as each restarts what it has by what it knows."""
        stack.wait_for(lambda: f'{states}; it is {[group.rest(name).status(sink.name) for name in group.workers]}',
                       lambda: all(group.rest(name).states(sink.name) == list(states) for name in group.workers))

    def only_the_tasks_restart(at):
        wait_everywhere('RUNNING', 'RUNNING', 'RUNNING')
        sink.produce(['no JSON'])  # fails one task, and then the other, to which the partition goes
        wait_everywhere('RUNNING', 'FAILED', 'FAILED')
        sink.drop_records()
        connector, *tasks = started()
        status, answer = group.rest(at).call('POST', f'/connectors/{sink.name}/restart?includeTasks=true&onlyFailed=true')
        if release and at == 'java' and group.leader() == 'ours':
            # Kafka Connect before 4.1 does not understand the versions in the answer of a newer leader, which has done it.
            assert status == 500 and 'Unrecognized field "version"' in json.loads(answer)['message'], answer
        else:
            assert status == 202, answer
            plan = json.loads(answer)
            # A leader in Java looks after it has asked for it: then they may run already.
            assert plan['connector']['state'] == 'RUNNING' and len(plan['tasks']) == 2
            assert group.leader() == 'java' or {task['state'] for task in plan['tasks']} == {'RESTARTING'}
        expected = [connector] + [count + 1 for count in tasks]
        stack.wait_for(lambda: f'{expected} to have started; they are {started()}', lambda: started()[1:] == expected[1:])
        wait_everywhere('RUNNING', 'RUNNING', 'RUNNING')
        assert started() == expected

    group.wait_placed([sink.name], balanced(['java', 'ours']))
    assert group.leader() == 'java'
    only_the_tasks_restart('java')
    only_the_tasks_restart('ours')
    group.workers['java'].stop()
    stack.wait_for('ours to lead', lambda: group.leader() == 'ours')
    group.workers['java'].resume()
    group.wait_settled()
    group.wait_placed([sink.name], balanced(['java', 'ours']))
    assert group.leader() == 'ours'
    only_the_tasks_restart('java')
    only_the_tasks_restart('ours')
