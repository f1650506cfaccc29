"""What is in a topic of Avro records, read with clients of other makes: confluent-kafka and fastavro."""
import io
import json
import struct
import time

import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition


class AvroTopic:
    """One topic of one partition from its beginning, and the registry that has its schemas."""

    def __init__(self, bootstrap, registry, topic):
        self.registry, self.topic, self.records, self.schemas = registry, topic, [], {}
        self.consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'avro-reader', 'enable.auto.commit': False,
                                  'allow.auto.create.topics': False, 'topic.metadata.refresh.interval.ms': 1000})
        self.consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])

    def text(self, schema_id):
        """The schema's text; it is never another."""
        if schema_id not in self.schemas:
            text = self.registry.call('GET', f'/schemas/ids/{schema_id}')['schema']
            self.schemas[schema_id] = text, fastavro.parse_schema(json.loads(text))
        return self.schemas[schema_id][0]

    def decode(self, data):
        """The value behind a schema's id; it must take all of the data."""
        if data is None:
            return None
        magic, schema_id = struct.unpack('>bI', data[:5])
        assert magic == 0
        self.text(schema_id)
        payload = io.BytesIO(data[5:])
        value = fastavro.schemaless_reader(payload, self.schemas[schema_id][1])
        assert payload.read() == b''
        return value

    def wait_for(self, count, timeout=60, raw_keys=False, raw=False):
        """The first records as (key, value), once there are `count`; keys, or all, as bytes where they are no Avro."""
        def as_is(data):
            return data
        key, value = as_is if raw or raw_keys else self.decode, as_is if raw else self.decode
        end = time.monotonic() + timeout
        while len(self.records) < count:
            assert time.monotonic() < end, f'{len(self.records)} of {count} records in {self.topic}'
            for message in self.consumer.consume(1000, 0.1):
                if not message.error():
                    self.records.append((key(message.key()), value(message.value())))
        return self.records

    def close(self):
        self.consumer.close()
