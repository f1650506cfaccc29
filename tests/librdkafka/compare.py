"""compare.py READ_BATCHES SEED: see compare. Batches of one record and of thousands with each compression, null, empty and long keys, values and
headers, both kinds of timestamps, transactions that are committed and aborted, fetches that end in the middle of a batch."""
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'support'))
import stack  # noqa: E402

PARTITIONS = 3
LONGEST = 5_000_000
TOPICS = {'created': 'CreateTime', 'appended': 'LogAppendTime'}


class Records:
    def __init__(self, dice, producer, topic):
        self.dice, self.producer, self.topic, self.refused = dice, producer, topic, []

    def value(self):
        kind = self.dice.random()
        if kind < 0.02:
            return b'y' * self.dice.choice([127, 128, 16383, 16384, 70000])  # around what a varint of one, two and three bytes tells
        return self.dice.choice([None, b'', b'z', b'x' * 100, self.dice.randbytes(self.dice.choice([1, 50, 1000]))])

    def headers(self):
        if self.dice.random() < 0.02:
            return [(f'n{number}', self.dice.randbytes(number)) for number in range(70)]
        return self.dice.choice([None, None, [], [('a', b'1')], [('a', None), ('b', b''), ('a', self.dice.randbytes(300))]])

    def delivered(self, error, _):
        if error:
            self.refused.append(str(error))

    def send(self, count):
        for number in range(count):
            key = self.dice.choice([None, b'', str(number).encode(), self.dice.randbytes(3), self.dice.randbytes(200)])
            self.producer.produce(self.topic, self.value(), key, partition=self.dice.randrange(PARTITIONS), headers=self.headers(),
                                  timestamp=self.dice.choice([1, 1_700_000_000_000, self.dice.randrange(1, 1_700_000_000_000)]),
                                  on_delivery=self.delivered)
            self.producer.poll(0)
        assert self.producer.flush(60) == 0 and not self.refused, self.refused


def fill(dice, brokers):
    common = {'bootstrap.servers': brokers, 'message.max.bytes': LONGEST}
    for topic in TOPICS:
        for codec in ('none', 'gzip', 'snappy', 'lz4', 'zstd'):
            for count, batch, linger in ((200, 1, 0), (4000, 10000, 20)):
                Records(dice, Producer({**common, 'compression.codec': codec, 'linger.ms': linger, 'batch.num.messages': batch}), topic).send(count)
        producer = Producer({**common, 'transactional.id': topic, 'linger.ms': 5})
        producer.init_transactions()
        for _ in range(40):
            producer.begin_transaction()
            Records(dice, producer, topic).send(dice.choice([1, 5, 300]))
            dice.choice([producer.commit_transaction, producer.abort_transaction])()
        last = Producer(common)
        last.produce(topic, b'M' * 900_000, partition=0)
        last.produce(topic, b'end', partition=1)
        assert last.flush(60) == 0


def text(data):
    return 'null' if data is None else f'"{data.hex()}"'


def lines_of(brokers, topic, isolation, start, size):
    """What Confluent's library reads."""
    consumer = Consumer({'bootstrap.servers': brokers, 'group.id': 'batches', 'enable.auto.commit': False, 'enable.partition.eof': True,
                         'isolation.level': isolation, 'fetch.message.max.bytes': size, 'auto.offset.reset': 'error'})
    consumer.assign([TopicPartition(topic, partition, start) for partition in range(PARTITIONS)])
    lines, ends = [], 0
    while ends < PARTITIONS:
        for message in consumer.consume(1000, 1):
            if message.error():
                assert message.error().name() == '_PARTITION_EOF', message.error()
                ends += 1
                continue
            kind, timestamp = message.timestamp()
            lines.append(' '.join(map(str, [message.partition(), message.offset(), kind, timestamp, message.leader_epoch(), text(message.key()),
                                            text(message.value()), *(f'{name}={text(value)}' for name, value in message.headers() or [])])))
    consumer.close()
    return lines


def of_partitions(lines):
    """Their order counts within a partition."""
    return sorted(lines, key=lambda line: line.split(' ', 1)[0])


def compare(program, seed):
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix='millrace-batches-') as name:
        folder = Path(name)
        folder.chmod(0o711)
        broker = stack.kafka(folder / 'kafka').start()
        try:
            admin = AdminClient({'bootstrap.servers': broker.address})
            config = {'max.message.bytes': str(LONGEST), 'retention.ms': '-1'}  # of old records, too
            for future in admin.create_topics([NewTopic(topic, PARTITIONS, 1, config={**config, 'message.timestamp.type': kind})
                                               for topic, kind in TOPICS.items()]).values():
                future.result()
            fill(dice, broker.address)
            for topic in TOPICS:
                for isolation in ('read_committed', 'read_uncommitted'):
                    for start, size in ((0, 1 << 20), (0, 5000), (dice.randrange(1, 5000), 1 << 20)):
                        asked = [broker.address, topic, isolation, start, size]
                        done = subprocess.run([program, *map(str, asked)], check=True, stdout=subprocess.PIPE, text=True)
                        ours, theirs = done.stdout.splitlines(), lines_of(*asked)
                        print(topic, isolation, start, size, len(theirs), flush=True)
                        ours, theirs = of_partitions(ours), of_partitions(theirs)
                        assert theirs and len(ours) == len(theirs), (len(ours), len(theirs))
                        for mine, other in zip(ours, theirs):
                            assert mine == other, f'{mine[:300]}\n{other[:300]}'
        finally:
            broker.stop()


if __name__ == '__main__':
    print('seed', sys.argv[2])
    compare(sys.argv[1], int(sys.argv[2]))
