"""What a topic holds."""
from confluent_kafka import Consumer, TopicPartition


def records_of(bootstrap, topic, partitions=1):
    """(key, value) of all that a topic holds."""
    consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'all', 'enable.auto.commit': False})
    found = []
    for partition in range(partitions):
        first, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=20)
        consumer.assign([TopicPartition(topic, partition, first)])
        while first < end:
            message = consumer.poll(20)
            assert message is not None and not message.error()
            first = message.offset() + 1
            found.append((message.key().decode(), message.value().decode() if message.value() else None))
    consumer.close()
    return found
