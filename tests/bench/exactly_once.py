"""What exactly-once costs the PostgreSQL source: changes a second of the same backlog, with and without it, in one run.

    ninja -C build/release programs && tests/support/python tests/bench/exactly_once.py [--changes N] [--rounds N]

The time is that from resuming the connector until a reader of committed records has the last change. Prints one JSON
object a figure; exactly-once is to cost a fifth at most.
"""
import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition

import stack

sys.path.insert(0, str(stack.ROOT / 'tests/e2e'))
from connector import Connector  # noqa: E402

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument('--changes', type=int, default=1_000_000)
arguments.add_argument('--rounds', type=int, default=3)
wanted = arguments.parse_args()


def end_of(consumer, topic):
    """Behind the last committed record."""
    return consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=10)[1]


class Source:
    """One connector to a database of its own, of which a backlog is read."""

    def __init__(self, kind, worker, kafka, postgres):
        self.kind, self.address, self.database = kind, postgres.address, f'bench_{kind}'
        with stack.connect(self.address) as server:
            server.execute(f'create database {self.database}')
        with stack.connect(self.address, self.database) as connection:
            connection.execute('create table t (id bigserial primary key, a int, b text, c timestamptz default now(), d numeric(10,2), e boolean)')
        self.connector = Connector(stack.Rest(worker.address), kafka.address, self.address, self.database)
        self.connector.create(snapshot_mode='no_data')
        self.topic = f'{self.connector.prefix}.public.t'
        self.consumer = Consumer({'bootstrap.servers': kafka.address, 'group.id': 'bench', 'isolation.level': 'read_committed'})
        self.insert(1)
        self.reader = self.connector.reader('public.t')
        self.reader.wait_for(1)

    def insert(self, count):
        with stack.connect(self.address, self.database) as connection:
            for first in range(0, count, 1000):
                connection.execute("insert into t (a, b, d, e) select i, 'text of row ' || i, i * 0.5, true from generate_series(%s::bigint, %s::bigint) i",
                                   [first, min(first + 1000, count) - 1])

    def measure(self):
        name, rest = self.connector.name, self.connector.rest
        assert rest.call('PUT', f'/connectors/{name}/stop')[0] == 204
        stack.wait_for('the stop', lambda: rest.states(name) == ['STOPPED'])
        self.insert(wanted.changes)
        start = end_of(self.consumer, self.topic)
        assert rest.call('PUT', f'/connectors/{name}/resume')[0] == 202
        stack.wait_for('the first changes', lambda: end_of(self.consumer, self.topic) > start, 60, 0.002)
        began = time.monotonic()
        # Markers of transactions, some hundreds, take offsets too.
        stack.wait_for(lambda: f'all changes; {end_of(self.consumer, self.topic) - start} are there',
                       lambda: end_of(self.consumer, self.topic) - start >= wanted.changes, 300, 0.01)
        return wanted.changes / (time.monotonic() - began)


with tempfile.TemporaryDirectory(prefix='millrace-bench-') as name:
    folder = Path(name)
    folder.chmod(0o711)
    kafka = stack.kafka(folder / 'k').start()
    postgres = stack.postgres(folder / 'p').start()
    workers = {'at_least_once': stack.worker(folder / 'a', kafka.address, group='at-least-once', offset_flush_interval_ms=1000),
               'exactly_once': stack.worker(folder / 'e', kafka.address, group='exactly-once', offset_flush_interval_ms=1000,
                                            exactly_once_source_support='enabled')}
    try:
        sources = [Source(kind, worker.start(), kafka, postgres) for kind, worker in workers.items()]
        for round_number in range(wanted.rounds):
            figures = {source.kind: round(source.measure()) for source in sources}
            print(json.dumps({'name': 'PostgreSQL source', 'round': round_number, 'unit': 'changes/s', **figures,
                              'cost': round(1 - figures['exactly_once'] / figures['at_least_once'], 3)}), flush=True)
    finally:
        for service in [*workers.values(), postgres, kafka]:
            service.stop()
