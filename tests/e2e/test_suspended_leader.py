"""A leader that is suspended past its session with a write to the config topic pending: the group goes on under another, and nothing of it lands."""
import json
import threading

import pytest
from confluent_kafka import KafkaError, Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType

import stack
from conftest import unique
from group import Group, Lines
from topics import records_of


SETTINGS = ('--set', 'group.min.session.timeout.ms=1000')


@pytest.fixture
def topic(folder):
    """The config topic of a group."""
    broker, second = stack.kafka(folder / 'first', *SETTINGS).start(), None
    try:
        second = stack.kafka(folder / 'second', '--join', folder / 'first', *SETTINGS).start()
        made = Topic(broker, unique('suspended-') + '-configs')
        second.stop()
        yield made
    finally:
        for service in filter(None, (second, broker)):
            service.stop()


@pytest.fixture
def group(folder, topic):
    made = Group(folder, topic.broker.address, topic.name.removesuffix('-configs'), session_timeout_ms=6000, heartbeat_interval_ms=1000)
    yield made
    made.stop()


class Topic:
    """A topic with a replica on a broker that is gone, so that it can be told to refuse for a while what is written to it."""

    def __init__(self, broker, name):
        self.broker, self.name = broker, name
        admin = self.admin()
        admin.create_topics([NewTopic(name, 1, 2, config={'cleanup.policy': 'compact'})])[name].result(60)

    def admin(self):
        """A client that has not heard of brokers which are gone."""
        return AdminClient({'bootstrap.servers': self.broker.address})

    def need_replicas(self, count):
        entry = ConfigEntry('min.insync.replicas', str(count), incremental_operation=AlterConfigOpType.SET)
        change = ConfigResource(ResourceType.TOPIC, self.name, incremental_configs=[entry])
        admin = self.admin()
        admin.incremental_alter_configs([change])[change].result(60)
        refused = count > 1
        stack.wait_for(f'{self.name} to {"refuse" if refused else "take"} writes', lambda: self.refuses() == refused)

    def refuses(self):
        told = []
        producer = Producer({'bootstrap.servers': self.broker.address, 'acks': 'all', 'retries': 0})
        producer.produce(self.name, key='nobody-knows-this-key', value='1', on_delivery=lambda error, _: told.append(error))
        assert producer.flush(30) == 0
        assert told[0] is None or told[0].code() in (KafkaError.NOT_ENOUGH_REPLICAS, KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND), told
        return told[0] is not None

    def refusals(self):
        return sum('NotEnoughReplicas' in line or 'min.isr' in line for line in self.broker.log().splitlines() if self.name in line)


def test_what_it_was_about_to_write_is_given_up(group, folder, topic):
    for name in 'ab':
        group.worker(name)
        stack.wait_for(f'{name} to have joined', lambda name=name: 'Herder started' in group.workers[name].log())
    lines = Lines(folder, 'f', topic.broker.address)
    lines.start()
    lines.create(group.rest())
    group.wait_placed(['f'])
    leader = group.leader()
    other, = set('ab') - {leader}
    answers = {}

    def change(note, query=''):
        answers[note] = group.rest(leader).raw('PUT', f'/connectors/f/config{query}', lines.config(note=note))
    topic.need_replicas(2)
    before = topic.refusals()
    # As a follower forwards it, who hears of a rebalance and tries again; the other as a client asks, behind the first.
    changes = [threading.Thread(target=change, args=arguments) for arguments in (('forwarded', '?forward=true'), ('asked',))]
    changes[0].start()
    stack.wait_for('a write that waits for the broker', lambda: topic.refusals() > before)
    changes[1].start()
    group.suspend(leader)
    topic.need_replicas(1)
    rest, home = group.rest(other), group.workers[other].address

    def taken_over():
        status = rest.status('f')
        return [(part['state'], part['worker_id']) for part in [status['connector']] + status['tasks']] == [('RUNNING', home)] * 2
    stack.wait_for('another leader', lambda: group.leader() == other)
    stack.wait_for(lambda: f'the work to move; it is {rest.status("f")}', taken_over)
    status, answer = rest.call('PUT', '/connectors/f/config', lines.config(note='newer'))
    assert status == 200, answer

    group.go_on(leader)
    for thread in changes:
        thread.join(120)
    # If the machine was so slow that the write's own limit was over first, that is what it says.
    status, answer = answers['forwarded']
    assert status == 409 and 'conflicting operation (e.g. worker rebalance)' in answer or 'Error writing connector configuration' in answer
    assert answers['asked'][0] == 200, answers['asked']
    group.wait_placed(['f'])
    assert lines.finish() == []
    written = [json.loads(value)['properties'].get('note') for key, value in records_of(topic.broker.address, topic.name) if key == 'connector-f']
    assert written == [None, 'newer', 'asked']
