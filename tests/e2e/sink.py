"""A sink connector as a test sees it, the topic that it reads, and what it has written."""
import contextlib
import json
import os
import random
import string
from collections import defaultdict
from pathlib import Path

from confluent_kafka import OFFSET_END, Consumer, ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import stack
from topics import raw_records_of

STRINGS = {'key.converter': 'org.apache.kafka.connect.storage.StringConverter', 'value.converter': 'org.apache.kafka.connect.storage.StringConverter'}
# With the plugins that go wrong on demand.
PLUGINS = f"{os.environ.get('MILLRACE_PLUGINS', '')},{Path(os.environ.get('MILLRACE_BUILD', '')) / 'test-plugins'}"
TROUBLED = 'org.example.TroubledSinkConnector'


@contextlib.contextmanager
def suspended(service):
    service.suspend()
    try:
        yield
    finally:
        service.go_on()


@contextlib.contextmanager
def worker_with_plugins(kafka_address, name, **settings):
    """A worker for all tests of a file, which it must outlive."""
    token = ''.join(random.SystemRandom().choices(string.ascii_lowercase, k=8))
    folder = Path(stack.environment('MILLRACE_TEST_DIR')) / f'worker-{token}'
    settings = {'offset_flush_interval_ms': 300, 'plugin_path': PLUGINS, **settings}
    service = stack.worker(folder, kafka_address, group=f'{name}-{token}', **settings).start()
    yield service
    lived = service.running()
    service.stop()
    assert lived, f'the worker ended: {service.log()[-3000:]}'


class Gate:
    """put() of a troubled sink waits at it (hold.while), until it is opened or one at a time is let through."""

    def __init__(self, path):
        self.path, self.held = path, Path(f'{path}.held')
        os.mkfifo(path)

    def __str__(self):
        return str(self.path)

    def wait_held(self):
        stack.wait_for('a put that waits', self.held.exists)

    def let_through(self):
        """The one that waits; the next one waits again."""
        self.held.unlink()
        self.path.open('w').close()

    def open(self):
        with self.path.open('w'):
            self.path.unlink()


def numbers(first, last):
    return [str(i) for i in range(first, last)]


def committed(sink):
    """As the worker tells: librdkafka's admin client, which the tests have, does not survive a coordinator that moves (its issue 5040)."""
    status, text = sink.rest.call('GET', f'/connectors/{sink.name}/offsets')
    return sum(at['offset']['kafka_offset'] for at in json.loads(text)['offsets']) if status == 200 else 0


class Sink:
    def __init__(self, rest, kafka_address, folder, partitions=1):
        token = ''.join(random.SystemRandom().choices(string.ascii_lowercase, k=8))
        self.rest, self.kafka_address, self.name, self.topic, self.partitions = rest, kafka_address, f'k{token}', f'in-{token}', partitions
        self.out = folder / f'{token}.out'
        self.admin = AdminClient({'bootstrap.servers': kafka_address})
        self.create_topic(self.topic, partitions)

    def create_topic(self, topic, partitions=1):
        self.admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result()

    def produce(self, values, topic=None, headers=None, key=None):
        """Sends values, to the partitions in turn; returns when all are acknowledged."""
        producer = Producer({'bootstrap.servers': self.kafka_address, 'linger.ms': 1})
        for i, value in enumerate(values):
            producer.produce(topic or self.topic, value, key, partition=i % self.partitions if topic is None else -1, headers=headers)
            producer.poll(0)
        assert producer.flush(60) == 0

    def drop_records(self):
        """Removes what is in its topic."""
        everything = [TopicPartition(self.topic, partition, OFFSET_END) for partition in range(self.partitions)]
        for done in self.admin.delete_records(everything).values():
            done.result()

    def put(self, connector_class=TROUBLED, **config):
        """Creates or reconfigures it; underscores stand for dots, None leaves a key out."""
        merged = {'connector.class': connector_class, 'topics': self.topic, 'tasks.max': '1', 'out': str(self.out), **STRINGS,
                  **{name.replace('_', '.'): value for name, value in config.items()}}
        status, text = self.rest.call('PUT', f'/connectors/{self.name}/config', {name: str(value) for name, value in merged.items() if value is not None})
        assert status in (200, 201), text
        return self

    def change(self, action):
        status, text = self.rest.call('PUT', f'/connectors/{self.name}/{action}')
        assert status in (202, 204), text

    def wait_states(self, *states, timeout=60):
        stack.wait_for(lambda: f'{states}; it is {self.rest.status(self.name)}', lambda: self.rest.states(self.name) == list(states), timeout)

    def lines(self):
        """Those that are complete."""
        return self.out.read_text().split('\n')[:-1] if self.out.exists() else []

    def taken(self):
        """{(topic, partition): [offsets in the order of arrival]} of what the troubled sink has written."""
        offsets = defaultdict(list)
        for line in self.lines():
            topic, partition, offset, _ = line.split(' ', 3)
            offsets[topic, int(partition)].append(int(offset))
        return offsets

    def values(self):
        return {line.split(' ', 3)[3] for line in self.lines()}

    def wait_values(self, expected, timeout=60):
        expected = set(expected)
        stack.wait_for(lambda: f'{len(expected - self.values())} missing values; {self.rest.status(self.name)}', lambda: expected <= self.values(), timeout)

    def committed(self):
        """{(topic, partition): offset} of its group."""
        group = f'connect-{self.name}'
        answer = self.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result()
        return {(at.topic, at.partition): at.offset for at in answer.topic_partitions if at.offset >= 0}

    def commits(self):
        """The offset of each commit for its topic's first partition, in their order, as the broker wrote them down."""
        group, kept_in = f'connect-{self.name}'.encode(), '__consumer_offsets'
        wanted = b'\x00\x01' + b''.join(len(text).to_bytes(2, 'big') + text for text in (group, self.topic.encode())) + bytes(4)
        partitions = len(self.admin.list_topics(kept_in, 20).topics[kept_in].partitions)
        values = [value for key, value in raw_records_of(self.kafka_address, kept_in, partitions) if key == wanted]
        return [int.from_bytes(value[2:10], 'big') for value in values if value]

    def wait_committed(self, total, timeout=60):
        stack.wait_for(lambda: f'commits of {total} records; they are {self.committed()}', lambda: sum(self.committed().values()) == total, timeout)

    def records_of(self, topic, count, timeout=60):
        """The first `count` messages of a topic of one partition."""
        consumer = Consumer({'bootstrap.servers': self.kafka_address, 'group.id': 'reader', 'enable.auto.commit': False})
        consumer.assign([TopicPartition(topic, 0, 0)])
        found = []
        try:
            stack.wait_for(lambda: f'{count} records in {topic}, there are {len(found)}',
                           lambda: found.extend(m for m in consumer.consume(100, 0.2) if not m.error()) or len(found) >= count, timeout)
        finally:
            consumer.close()
        return found

    def delete(self):
        self.rest.call('DELETE', f'/connectors/{self.name}')
