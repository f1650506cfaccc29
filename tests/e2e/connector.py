"""A PostgreSQL connector as a test sees it: its configuration, its life over REST, and what it wrote."""
import json
import random
import string
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

import stack


class Reader:
    """Reads one topic of one partition from its beginning, whether or not it exists yet."""

    def __init__(self, bootstrap, topic):
        self.topic, self.records = topic, []
        self.consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'reader', 'enable.auto.commit': False,
                                  'allow.auto.create.topics': False, 'fetch.wait.max.ms': 50, 'topic.metadata.refresh.interval.ms': 1000,
                                  'reconnect.backoff.max.ms': 1000, 'queued.max.messages.kbytes': 8192, 'isolation.level': 'read_committed'})
        self.consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])

    def poll(self, seconds=0.1):
        """Takes what there is; returns the new (key, value, headers), JSON decoded."""
        new = []
        for message in self.consumer.consume(5000, seconds):
            if not message.error():
                new.append(tuple(json.loads(part) if part else None for part in (message.key(), message.value())) + (message.headers() or [],))
        self.records += new
        return new

    def wait_for(self, count, timeout=60):
        """The records, once there are `count` of them."""
        end = time.monotonic() + timeout
        while len(self.records) < count:
            assert time.monotonic() < end, f'{len(self.records)} of {count} records in {self.topic}'
            self.poll()
        return self.records

    def close(self):
        self.consumer.close()


class Connector:
    def __init__(self, rest, kafka_address, postgres_address, database):
        token = ''.join(random.SystemRandom().choices(string.ascii_lowercase, k=8))
        host, port = postgres_address.rsplit(':', 1)
        self.rest, self.kafka_address, self.name, self.prefix, self.readers, self.made = rest, kafka_address, f'c{token}', f'p{token}', {}, False
        self.postgres_address = postgres_address
        self.config = {
            'connector.class': 'io.debezium.connector.postgresql.PostgresConnector', 'tasks.max': '1',
            'database.hostname': host, 'database.port': port, 'database.user': 'postgres', 'database.password': 'postgres',
            'database.dbname': database, 'topic.prefix': self.prefix, 'plugin.name': 'pgoutput', 'slot.name': f's{token}', 'publication.name': f'b{token}',
            'key.converter': 'org.apache.kafka.connect.json.JsonConverter', 'key.converter.schemas.enable': 'false',
            'value.converter': 'org.apache.kafka.connect.json.JsonConverter', 'value.converter.schemas.enable': 'false'}

    def configured(self, **changes):
        """The configuration with these changes; underscores stand for dots, None leaves a key out."""
        merged = {**self.config, **{name.replace('_', '.'): value for name, value in changes.items()}}
        return {name: str(value) for name, value in merged.items() if value is not None}

    def post(self, config=None, **changes):
        """(status, answer) of creating it."""
        status, text = self.rest.call('POST', '/connectors', {'name': self.name, 'config': config or self.configured(**changes)})
        self.made = self.made or status == 201
        return status, json.loads(text)

    def create(self, **changes):
        """Creates it and waits until it and its task are RUNNING."""
        status, answer = self.post(**changes)
        assert status == 201, answer
        self.rest.wait_running(self.name)
        return self

    def wait_streaming(self):
        """Waits until its slot is read. Without a snapshot, what is written between RUNNING and the slot's creation never comes."""
        with stack.connect(self.postgres_address) as server:
            stack.wait_for(lambda: f'the slot to be read; {self.rest.status(self.name)}', lambda: server.execute(
                'select 1 from pg_replication_slots where active and slot_name = %s', [self.config['slot.name']]).fetchone(), 120)

    def delete(self):
        for reader in self.readers.values():
            reader.close()
        if self.made:
            self.rest.call('DELETE', f'/connectors/{self.name}')

    def reader(self, table, prefix=None):
        topic = f'{prefix or self.prefix}.{table}'
        if topic not in self.readers:
            self.readers[topic] = Reader(self.kafka_address, topic)
        return self.readers[topic]

    def records(self, table, count, timeout=60):
        """The first records of a table's topic, once there are `count`."""
        return self.reader(table).wait_for(count, timeout)
