"""What a topic holds."""
from confluent_kafka import Consumer, KafkaError, TopicPartition


def read(consumer):
    """The next message, or the end of the partition, behind which markers of transactions do not count."""
    message = consumer.poll(20)
    assert message is not None and (not message.error() or message.error().code() == KafkaError._PARTITION_EOF)
    return message


def raw_records_of(bootstrap, topic, partitions=1):
    """(key, value) of all that a topic's first partitions hold when it is asked, as bytes."""
    consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'all', 'enable.auto.commit': False, 'enable.partition.eof': True})
    found = []
    for partition in range(partitions):
        first, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=20)
        consumer.assign([TopicPartition(topic, partition, first)])
        while first < end and not (message := read(consumer)).error():
            first = message.offset() + 1
            found.append((message.key(), message.value()))
    consumer.close()
    return found


def records_of(bootstrap, topic, partitions=1):
    """The same as texts."""
    return [tuple(part.decode() if part else None for part in record) for record in raw_records_of(bootstrap, topic, partitions)]
