"""The worker's peak memory: idle with one PostgreSQL connector, and through ONE transaction of many rows, by protocol 1 and streamed.

    ninja -C build/release programs && tests/support/python tests/bench/memory.py [--rows N]

The peak is VmHWM of /proc/PID/status, begun anew before each figure. Prints one JSON object a figure, with its limit; exit
status 1 if one is passed. Takes about 1 KB of disk a row.
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

IDLE_MIB, TRANSACTION_MIB = 40, 100

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument('--rows', type=int, default=5_000_000)
wanted = arguments.parse_args()
passed = []


def begin_anew(worker):
    Path(f'/proc/{worker.pid}/clear_refs').write_text('5')


def figure(name, worker, limit, **more):
    text = Path(f'/proc/{worker.pid}/status').read_text()
    mib = round(next(int(line.split()[1]) for line in text.splitlines() if line.startswith('VmHWM')) / 1024, 1)
    passed.append(mib < limit)
    print(json.dumps({'figure': name, 'peak_mib': mib, 'limit_mib': limit, **more}), flush=True)


def one_transaction(kind, worker, kafka, postgres, **settings):
    database = f'bench_{kind}'
    with stack.connect(postgres.address) as server:
        server.execute(f'create database {database}')
    with stack.connect(postgres.address, database) as connection:
        connection.execute('create table t (id bigint primary key, b text)')
        connector = Connector(stack.Rest(worker.address), kafka.address, postgres.address, database).create(snapshot_mode='no_data', **settings)
        if kind == 'protocol_1':
            stack.wait_for('the slot', lambda: connection.execute('select 1 from pg_replication_slots where active').fetchone())
            figure('idle with one connector', worker, IDLE_MIB)
        begin_anew(worker)
        began = time.monotonic()
        connection.execute("insert into t select i, 'text of row ' || i from generate_series(1, %s::bigint) i", [wanted.rows])
        committed = time.monotonic()
    consumer = Consumer({'bootstrap.servers': kafka.address, 'group.id': 'bench'})
    topic = TopicPartition(f'{connector.prefix}.public.t', 0)

    def arrived():
        if not consumer.list_topics(timeout=10).topics.get(topic.topic):
            return False
        return consumer.get_watermark_offsets(topic, timeout=10)[1] >= wanted.rows
    stack.wait_for('the last row', arrived, 1800, 1)
    consumer.close()
    figure(f'one transaction of {wanted.rows} rows, {kind}', worker, TRANSACTION_MIB, insert_seconds=round(committed - began, 1),
           seconds_after_commit=round(time.monotonic() - committed, 1))
    connector.delete()


with tempfile.TemporaryDirectory(prefix='millrace-memory.', dir='/tmp') as state:
    folder = Path(state)
    folder.chmod(0o711)
    services = [stack.kafka(folder / 'k').start(), stack.postgres(folder / 'p').start()]
    try:
        services.append(stack.worker(folder / 'w', services[0].address).start())
        one_transaction('protocol_1', services[2], *services[:2])
        one_transaction('streamed', services[2], *services[:2], slot_stream_params='proto_version=2;streaming=on')
    finally:
        for service in reversed(services):
            service.stop()
sys.exit(0 if all(passed) else 1)
