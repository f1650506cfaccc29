"""Java's worker as the judge: the same connectors and records give the same files, topics, dead letters, log lines and offsets, and either
worker goes on with a sink's offsets where the other stopped."""
import re
import struct
import time

import pytest
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import stack
from conftest import unique

STRING = 'org.apache.kafka.connect.storage.StringConverter'
JSON = 'org.apache.kafka.connect.json.JsonConverter'
INTEGER = 'org.apache.kafka.connect.converters.IntegerConverter'
FIRST_TIME = int(time.time() * 1000) - 60_000
# (key, value, headers) in each of two partitions; what a sink cannot convert goes to its dead letter queue.
RECORDS = [
    (struct.pack('>i', 1), b'{"a": 1, "b": [true, null]}', [('plain', b'text'), ('none', None), ('list', b'[1,2]')]),
    (None, b'"text"', []),
    (struct.pack('>i', 2), b'{not json', [('h', b'\xff\x00'), ('h', b'again'), ('__connect.errors.topic', b'an earlier one')]),
    (b'abc', b'1', []),
    (struct.pack('>i', 3), None, [('of', b'a tombstone')]),
    (struct.pack('>i', 4), b'', []),
    (struct.pack('>i', 5), b'12 trailing', []),
    (struct.pack('>i', -6), b'-7', []),
]


def sinks(folder, topic, name):
    """The sinks of one worker, by what they are for."""
    common = {'connector.class': 'FileStreamSink', 'tasks.max': '1', 'topics': topic, 'errors.tolerance': 'all', 'errors.log.enable': 'true',
              'errors.log.include.messages': 'true', 'errors.deadletterqueue.topic.replication.factor': '1',
              'errors.deadletterqueue.context.headers.enable': 'true'}
    kinds = {
        'values': {'key.converter': STRING, 'value.converter': JSON, 'value.converter.schemas.enable': 'false'},
        'keys': {'key.converter': INTEGER, 'value.converter': STRING},
        'changed': {'key.converter': STRING, 'value.converter': STRING, 'transforms': 'cast',
                    'transforms.cast.type': 'org.apache.kafka.connect.transforms.Cast$Value', 'transforms.cast.spec': 'int32'},
    }
    return {f'{name}-{kind}': {**common, **settings, 'file': str(folder / f'{name}-{kind}.out'),
                               'errors.deadletterqueue.topic.name': f'{name}-{kind}-dlq'} for kind, settings in kinds.items()}


def produce(bootstrap, topic):
    producer = Producer({'bootstrap.servers': bootstrap})
    for partition in range(2):
        for i, (key, value, headers) in enumerate(RECORDS):
            producer.produce(topic, value, key, partition=partition, headers=headers, timestamp=FIRST_TIME + i)
    assert producer.flush(60) == 0


def committed(admin, connector):
    group = f'connect-{connector}'
    answer = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result()
    return {at.partition: at.offset for at in answer.topic_partitions}


def messages(bootstrap, topic):
    """All that a topic of one partition holds."""
    consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'reader', 'enable.auto.commit': False})
    try:
        first, end = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=20)
        consumer.assign([TopicPartition(topic, 0, first)])
        found = []
        stack.wait_for(lambda: f'{end - first} records in {topic}, there are {len(found)}',
                       lambda: found.extend(m for m in consumer.consume(100, 0.2) if not m.error()) or len(found) == end - first)
        return found
    finally:
        consumer.close()


def letters(bootstrap, topic):
    """Of stack traces the first line: ours have no frames."""
    found = []
    for message in messages(bootstrap, topic):
        headers = [(name, value.decode() if name.startswith('__connect.errors.') else value) for name, value in message.headers()]
        headers = [(name, value.splitlines()[0] if name.endswith('.stacktrace') else value) for name, value in headers]
        found.append((message.key(), message.value(), message.timestamp(), headers))
    return sorted(found, key=repr)


def error_lines(log):
    """What errors.log.enable writes, without time, thread and exception."""
    return sorted(re.findall(r"Error encountered in task .*? timestampType=CreateTime}\.", log))


def work_of(worker, name, folder, bootstrap, topic):
    """Everything that these connectors leave behind on this worker, its own name taken out."""
    rest, admin = stack.Rest(worker.address), AdminClient({'bootstrap.servers': bootstrap})
    connectors = sinks(folder, topic, name)
    source = {'connector.class': 'FileStreamSource', 'tasks.max': '1', 'topic': f'{name}-lines', 'file': str(folder / 'source.txt'),
              'key.converter': JSON, 'value.converter': JSON, 'transforms': 'header', 'transforms.header.header': 'made', 'transforms.header.value.literal': 'by',
              'transforms.header.type': 'org.apache.kafka.connect.transforms.InsertHeader'}
    for connector, config in {**connectors, f'{name}-source': source}.items():
        status, answer = rest.call('PUT', f'/connectors/{connector}/config', config)
        assert status == 201, answer
        rest.wait_running(connector)
    left = {}
    for connector in connectors:
        stack.wait_for(lambda connector=connector: f'commits of {connector}; {committed(admin, connector)}',
                       lambda connector=connector: committed(admin, connector) == {0: len(RECORDS), 1: len(RECORDS)})
        left[connector, 'file'] = sorted((folder / f'{connector}.out').read_text().splitlines())
        left[connector, 'letters'] = letters(bootstrap, f'{connector}-dlq')
        left[connector, 'offsets'] = sorted(rest.get(f'/connectors/{connector}/offsets')['offsets'], key=repr)
    stack.wait_for('the end of the file', lambda: [entry['offset']['position'] for entry in rest.get(f'/connectors/{name}-source/offsets')['offsets']] == [29])
    left['source', 'offsets'] = rest.get(f'/connectors/{name}-source/offsets')
    left['source', 'records'] = [(m.key(), m.value(), m.headers(), m.timestamp()[0]) for m in messages(bootstrap, f'{name}-lines')]
    left['source', 'task'] = rest.get(f'/connectors/{name}-source/tasks')[0]['config']
    left['log'] = error_lines(worker.log())
    for connector in [*connectors, f'{name}-source']:
        assert rest.call('DELETE', f'/connectors/{connector}')[0] == 204
    return renamed(left, name)


def renamed(value, name):
    """With NAME for the name, wherever it stands in it."""
    if isinstance(value, str):
        return value.replace(name, 'NAME')
    if isinstance(value, bytes):
        return value.replace(name.encode(), b'NAME')
    if isinstance(value, dict):
        return {renamed(key, name): renamed(each, name) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(renamed(each, name) for each in value)
    return value


class Shared:
    """One sink that several workers run one after the other."""

    def __init__(self, folder, bootstrap):
        self.name, self.topic, self.bootstrap = unique('shared-'), unique('shared-'), bootstrap
        self.out, self.produced = folder / 'shared.out', 0
        self.admin = AdminClient({'bootstrap.servers': bootstrap})
        self.admin.create_topics([NewTopic(self.topic, 2, 1)])[self.topic].result()

    def go_on(self, worker):
        rest, producer = stack.Rest(worker.address), Producer({'bootstrap.servers': self.bootstrap})
        for _ in range(20):
            producer.produce(self.topic, str(self.produced), partition=self.produced % 2)
            self.produced += 1
        assert producer.flush(60) == 0
        config = {'connector.class': 'FileStreamSink', 'tasks.max': '1', 'topics': self.topic, 'file': str(self.out), 'value.converter': STRING}
        assert rest.call('PUT', f'/connectors/{self.name}/config', config)[0] == 201
        stack.wait_for(lambda: f'commits of {self.produced} records; they are {committed(self.admin, self.name)}',
                       lambda: sum(committed(self.admin, self.name).values()) == self.produced)
        assert sorted(self.out.read_text().split(), key=int) == [str(i) for i in range(self.produced)], 'each once'
        assert rest.call('DELETE', f'/connectors/{self.name}')[0] == 204


@pytest.fixture
def topic(kafka_address):
    made = unique('judged-')
    admin = AdminClient({'bootstrap.servers': kafka_address})
    admin.create_topics([NewTopic(made, 2, 1)])[made].result()
    produce(kafka_address, made)
    return made


def test_both_workers_leave_the_same_behind(folder, kafka_address, topic):
    (folder / 'source.txt').write_text('one\n\ntwo\r\nlast\nwith "quotes"\n')
    shared, left = Shared(folder, kafka_address), {}
    for turn, kind in enumerate(['worker', 'java-connect', 'worker']):
        worker = stack.standalone(folder / f'{turn}', kafka_address, kind=kind, offset_flush_interval_ms=300).start()
        try:
            shared.go_on(worker)
            if turn < 2:
                left[kind] = work_of(worker, unique(f'w{turn}-'), folder, kafka_address, topic)
        finally:
            worker.stop()
    ours, javas = left['worker'], left['java-connect']
    assert ours.keys() == javas.keys()
    different = {what: f'ours: {ours[what]}\njava: {javas[what]}' for what in javas if ours[what] != javas[what]}
    assert not different, '\n'.join(f'{what}\n{texts}' for what, texts in different.items())
