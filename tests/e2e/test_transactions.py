"""Exactly-once around its tasks: the way to it by "preparing", transactions that connectors end, fencing when tasks become more or fewer,
and principals who may not."""
import json
import re
import threading
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, AdminClient, NewTopic, ResourcePatternType, ResourceType

import stack
from conftest import unique
from group import Group, Lines, login
from sink import PLUGINS
from tcp_proxy import TcpProxy
from topics import read, records_of

BOUNDED = 'org.example.BoundedSourceConnector'
LONG = 'org.apache.kafka.connect.converters.LongConverter'


@pytest.fixture(scope='module')
def guarded_kafka():
    """A broker with ACLs: who has not signed in may do everything, alice nothing that she is not allowed."""
    service = stack.kafka(Path(stack.environment('MILLRACE_TEST_DIR')) / unique('acl-'), '--secure', '--set', 'super.users=User:ANONYMOUS',
                          '--set', 'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer').start()
    yield service
    service.stop()


@pytest.fixture
def group(folder, guarded_kafka):
    made = Group(folder, guarded_kafka.address, unique('way-'), exactly_once_source_support='enabled', session_timeout_ms=6000, plugin_path=PLUGINS)
    yield made
    made.stop()


@pytest.fixture
def lines(folder, guarded_kafka):
    made = Lines(folder, unique('file'), guarded_kafka.address)
    yield made
    made.done.set()


def markers(bootstrap, topic):
    """Offsets between a topic's first and last records that no record has: each transaction has one in each partition that it wrote to."""
    consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'x', 'enable.auto.commit': False, 'enable.partition.eof': True})
    end, offsets = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=20)[1], [-1]
    consumer.assign([TopicPartition(topic, 0, 0)])
    while offsets[-1] + 1 < end and not (message := read(consumer)).error():
        offsets.append(message.offset())
    consumer.close()
    return offsets[-1] + 2 - len(offsets)


def test_preparing_makes_the_leader_write_in_transactions_and_no_task(group, lines, guarded_kafka):
    worker = group.worker('a', exactly_once_source_support='preparing')
    rest = group.rest()
    config = lines.config(**{'exactly.once.support': 'required'})
    status, answer = rest.call('POST', '/connectors', {'name': lines.name, 'config': config})
    assert status == 400 and json.loads(answer)['message'] == (
        'Connector configuration is invalid and contains the following 1 error(s):\n'
        'This worker does not have exactly-once source support enabled.\n'
        'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`')
    lines.create(rest).start()
    lines.wait_beyond()
    assert markers(guarded_kafka.address, f'{group.name}-configs') > 0
    assert markers(guarded_kafka.address, lines.topic) == 0
    worker.stop()
    group.worker('b')  # the last step of the way
    rest = group.rest('b')
    status, answer = rest.call('PUT', f'/connectors/{lines.name}/config', {**config, 'name': lines.name})
    assert status == 200, answer
    lines.wait_beyond(timeout=120)
    stack.wait_for('transactions of the task', lambda: markers(guarded_kafka.address, lines.topic) > 0)
    assert lines.finish() == []
    assert set(lines.numbers()) == set(range(1, lines.written + 1))


def create_bounded(rest, name, topic, tasks=1, **more):
    config = {'connector.class': BOUNDED, 'tasks.max': str(tasks), 'topic': topic, 'transaction.boundary': 'connector', 'exactly.once.support': 'required',
              'value.converter': LONG, **{key.replace('_', '.'): str(value) for key, value in more.items()}}
    status, answer = rest.call('PUT', f'/connectors/{name}/config', config)
    assert status in (200, 201), answer


def numbers_of(bootstrap, topic):
    """What is committed, of a topic of one partition."""
    consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'x', 'isolation.level': 'read_committed', 'enable.auto.commit': False,
                         'enable.partition.eof': True})
    consumer.assign([TopicPartition(topic, 0, 0)])
    found = []
    while not (message := read(consumer)).error():
        found.append(int.from_bytes(message.value(), 'big'))
    consumer.close()
    return found


def test_a_connector_ends_its_own_transactions(group, guarded_kafka, folder):
    """Of ten records each the first three are committed, two aborted, and five left to the next batch. Meanwhile it is asked for more, but
    not without a pause."""
    group.worker('only')
    rest, name, polls = group.rest(), unique('bounded-'), folder / 'polls'

    def wait_stored(number):
        stack.wait_for(lambda: f'the offset {number}; {rest.call("GET", f"/connectors/{name}/offsets")}; {rest.status(name)}',
                       lambda: rest.get(f'/connectors/{name}/offsets') == {'offsets': [{'partition': {'of': '0'}, 'offset': {'number': number}}]})

    create_bounded(rest, name, name, limit=30, count_polls=polls)
    wait_stored(25)  # what was aborted has been passed all the same; the last five are in no transaction that ended
    first = [*range(1, 4), *range(6, 14), *range(16, 24)]
    assert numbers_of(guarded_kafka.address, name) == first
    assert polls.stat().st_size < 500
    create_bounded(rest, name, name, limit=45)
    wait_stored(40)
    assert numbers_of(guarded_kafka.address, name) == first + [*range(26, 29), *range(31, 39)]


def test_more_and_fewer_tasks_are_fenced_in_their_turn(group, guarded_kafka):
    group.worker('only')
    rest, name = group.rest(), unique('scaled-')
    counts = []
    for tasks in (3, 2, 1, 1, 3):
        create_bounded(rest, name, name, tasks, limit=10 * (len(counts) + 1))
        counts.append(tasks)
        stack.wait_for(lambda tasks=tasks: f'{tasks} tasks to run; {rest.status(name)}', lambda tasks=tasks: rest.states(name) == ['RUNNING'] * (tasks + 1))

        def recorded():
            return [json.loads(value)['task-count'] for key, value in records_of(guarded_kafka.address, f'{group.name}-configs') if key == f'tasks-fencing-{name}']
        stack.wait_for(lambda: f'a record of each count of tasks {counts}; they are {recorded()}', lambda: recorded() == counts)


def allow(bootstrap, kind, name, *operations):
    admin = AdminClient({'bootstrap.servers': bootstrap})
    rules = [AclBinding(kind, name, ResourcePatternType.LITERAL, 'User:alice', '*', operation, AclPermissionType.ALLOW) for operation in operations]
    for done in admin.create_acls(rules).values():
        done.result()


def as_alice(kafka, *clients):
    """Settings with which these clients of a connector are hers."""
    alice = {'bootstrap.servers': (kafka.folder / 'sasl').read_text().strip(), 'security.protocol': 'SASL_PLAINTEXT', **login('PLAIN')}
    return {f'{client}.override.{name}': value for client in clients for name, value in alice.items()}


def test_a_principal_that_may_not_use_a_transactional_id_is_told_so(group, lines, guarded_kafka):
    group.worker('only')
    rest = group.rest()
    own = as_alice(guarded_kafka, 'producer', 'admin')
    for topic in (lines.topic, f'{group.name}-offsets'):
        allow(guarded_kafka.address, ResourceType.TOPIC, topic, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.CREATE)
    identity = f'{group.name}-{lines.name}-0'
    status, answer = rest.call('POST', '/connectors', {'name': lines.name, 'config': lines.config(**own)})
    assert status == 201, answer
    trace = rest.wait_failed(lines.name)
    assert re.search(f'Cannot take over the transactional id {identity}: .*Allow the principal of this producer to Describe and Write it', trace), trace
    allow(guarded_kafka.address, ResourceType.TRANSACTIONAL_ID, identity, AclOperation.DESCRIBE, AclOperation.WRITE)
    assert rest.call('POST', f'/connectors/{lines.name}/tasks/0/restart')[0] == 204
    lines.start()
    lines.wait_beyond()

    assert rest.call('PUT', f'/connectors/{lines.name}/stop')[0] == 204
    stack.wait_for('the stop', lambda: rest.states(lines.name) == ['STOPPED'])
    admin = AdminClient({'bootstrap.servers': guarded_kafka.address})
    rule = AclBinding(ResourceType.TRANSACTIONAL_ID, identity, ResourcePatternType.LITERAL, 'User:alice', '*', AclOperation.WRITE, AclPermissionType.DENY)
    for done in admin.create_acls([rule]).values():
        done.result()
    path, start = f'/connectors/{lines.name}/offsets', {'offsets': [{'partition': {'filename': str(lines.path)}, 'offset': {'position': 0}}]}
    log, told = group.workers['only'].log, "Allow the principal of the connector's admin client to Describe and Write it"

    def refused():  # brokers hear of the rule in their own time
        return rest.call('PATCH', path, start)[0] == 500 and re.search(f'transactional id {identity}: TRANSACTIONAL_ID_AUTHORIZATION_FAILED.*{told}', log())
    stack.wait_for('the refusal', refused)
    assert 'alice-secret' not in log()


def test_what_exactly_once_leaves_no_choice_of_is_told(group, lines):
    worker, rest = group.worker('only'), group.rest()
    given = {'producer.override.transactional.id': 'mine', 'producer.override.enable.idempotence': 'false',
             'consumer.override.isolation.level': 'read_uncommitted'}
    assert rest.call('PUT', f'/connectors/{lines.name}/config', lines.config(**given))[0] == 201
    rest.wait_running(lines.name)
    used = {'transactional.id': f'{group.name}-{lines.name}-0', 'enable.idempotence': 'true', 'isolation.level': 'read_committed'}
    for name, value in given.items():
        key = name.split('.override.')[1]
        assert f"The value '{value}' for the '{key}' property will be ignored" in worker.log()
        assert f"The value '{used[key]}' will be used instead." in worker.log()


def create_topic(bootstrap, name, policy):
    admin = AdminClient({'bootstrap.servers': bootstrap})
    for done in admin.create_topics([NewTopic(name, 2, 1, config={'cleanup.policy': policy})]).values():
        done.result()


def test_a_principal_that_may_not_read_its_offsets_topic_is_told_so(group, lines, guarded_kafka):
    """As with Kafka Connect, it needs no right to a consumer group for that."""
    worker, rest, own = group.worker('only'), group.rest(), f'{group.name}-own'
    create_topic(guarded_kafka.address, own, 'compact')
    allow(guarded_kafka.address, ResourceType.TOPIC, own, AclOperation.DESCRIBE)
    config = lines.config(**{'offsets.storage.topic': own}, **as_alice(guarded_kafka, 'consumer'))
    assert rest.call('PUT', f'/connectors/{lines.name}/config', config)[0] == 201
    lines.start()
    lines.wait_beyond()  # nothing was there to be read
    assert rest.call('POST', f'/connectors/{lines.name}/tasks/0/restart')[0] == 204
    told = f"TopicAuthorizationException: Cannot read topic '{own}'"
    trace = rest.wait_failed(lines.name)
    assert told in trace, trace
    status, answer = rest.call('GET', f'/connectors/{lines.name}/offsets')
    assert status == 500 and f"Cannot read topic '{own}'" in answer, answer
    allow(guarded_kafka.address, ResourceType.TOPIC, own, AclOperation.READ)
    assert rest.call('POST', f'/connectors/{lines.name}/tasks/0/restart')[0] == 204
    assert lines.finish() == []
    assert lines.numbers() == list(range(1, lines.written + 1))
    assert 'Group authorization failed' not in worker.log()


def test_offsets_topics_that_will_not_do(group, lines, guarded_kafka):
    group.worker('only')
    rest, path = group.rest(), f'/connectors/{lines.name}'

    def put(name, **more):
        status, answer = rest.call('PUT', f'{path}/config', lines.config(**{'offsets.storage.topic': f'{group.name}-{name}'}, **more))
        assert status in (200, 201), answer

    put('unseen', **as_alice(guarded_kafka, 'admin'))
    trace = rest.wait_failed(lines.name)
    assert f"Topic '{group.name}-unseen' for source connector offsets cannot be used" in trace, trace
    create_topic(guarded_kafka.address, f'{group.name}-cut', 'delete')
    put('cut')
    stack.wait_for('the other failure', lambda: "found the topic currently has 'cleanup.policy=delete'" in rest.wait_failed(lines.name))
    status, answer = rest.call('GET', f'{path}/offsets')
    assert status == 500 and "found the topic currently has 'cleanup.policy=delete'" in answer, answer
    put('good')
    stack.wait_for('it to run', lambda: rest.states(lines.name) == ['RUNNING', 'RUNNING'])


def test_offsets_of_a_connector_that_is_deleted_meanwhile_are_not_changed(group, lines, guarded_kafka):
    """While its producers are fenced, which waits for brokers."""
    group.worker('only')
    rest, path = group.rest(), f'/connectors/{lines.name}'
    host, port = guarded_kafka.address.split(':')
    proxy = TcpProxy(int(port))
    try:
        assert rest.call('PUT', f'{path}/config', lines.config(**{'admin.override.bootstrap.servers': f'{host}:{proxy.port}'}))[0] == 201
        rest.wait_running(lines.name)
        assert rest.call('PUT', f'{path}/stop')[0] == 204
        stack.wait_for('the stop', lambda: rest.states(lines.name) == ['STOPPED'])
        kept, changes = proxy.kept, {'offsets': [{'partition': {'filename': str(lines.path)}, 'offset': {'position': 7}}]}
        proxy.hold()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(rest.raw('PATCH', f'{path}/offsets', changes)))
        asking.start()
        stack.wait_for('the brokers to be asked', lambda: proxy.kept > kept)
        assert rest.call('DELETE', path)[0] == 204
        group.wait_settled()
        proxy.release()
        asking.join(100)
        assert [(status, json.loads(text)['message']) for status, text in answers] == [(404, f'Connector {lines.name} not found')]
        assert [value for key, value in records_of(guarded_kafka.address, f'{group.name}-offsets', 5) if lines.name in key] == []
    finally:
        proxy.stop()
