"""Records a second that sinks take, beside Kafka Connect's own worker in one run, one after the other.

    ninja -C build/release programs counting_sink && tests/support/python tests/bench/sinks.py [--records N] [--bytes N] [--rounds N]

A sink that only counts shows the worker; FileStreamSink writes lines. The time is that from the first record to the last,
by the group's committed offset and by the file's size. Prints one JSON object a figure; the target is three times Java.
"""
import argparse
import json
import tempfile
import time
from pathlib import Path

from confluent_kafka import Producer

import stack
import sys

sys.path.insert(0, str(stack.ROOT / 'tests/e2e'))
from sink import STRINGS, Sink  # noqa: E402

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument('--records', type=int, default=2_000_000)
arguments.add_argument('--bytes', type=int, default=200)
arguments.add_argument('--rounds', type=int, default=2)
wanted = arguments.parse_args()


def fill(sink):
    producer = Producer({'bootstrap.servers': sink.kafka_address, 'linger.ms': 20, 'queue.buffering.max.messages': 500000})
    value = b'x' * wanted.bytes
    for sent in range(wanted.records):
        while True:
            try:
                producer.produce(sink.topic, value)
                break
            except BufferError:
                producer.poll(0.1)
        if sent % 10000 == 0:
            producer.poll(0)
    assert producer.flush(120) == 0


def rate(progress, total):
    """Units a second from the first that is seen to the last."""
    first = stack.wait_for('the first records', progress, 60, 0.005)
    began = time.monotonic()
    stack.wait_for(lambda: f'{total}; {progress()} are done', lambda: progress() >= total, 300, 0.02)
    return (total - first) / (time.monotonic() - began)


def measure(worker, sink, connector_class, **config):
    sink.rest = stack.Rest(worker.address)
    sink.name = f'{sink.name}x'  # a group of its own, so that all is read again
    if sink.out.exists():
        sink.out.unlink()
    sink.put(connector_class, **config)
    if 'file' in config:
        size = rate(lambda: sink.out.stat().st_size if sink.out.exists() else 0, wanted.records * (wanted.bytes + 1))
        found = size / (wanted.bytes + 1)
    else:
        found = rate(lambda: sum(sink.committed().values()), wanted.records)
    sink.rest.call('DELETE', f'/connectors/{sink.name}')
    return found


with tempfile.TemporaryDirectory(prefix='millrace-bench-') as name:
    folder = Path(name)
    folder.chmod(0o711)
    kafka = stack.kafka(folder / 'k').start()
    workers = {}
    try:
        sink = Sink(None, kafka.address, folder)
        fill(sink)
        common = {'offset_flush_interval_ms': 100}
        plugins = f'{stack.ROOT}/build/release/plugins,{stack.ROOT}/build/release/bench-plugins'
        workers['millrace'] = stack.worker(folder / 'ours', kafka.address, group='ours', plugin_path=plugins, **common).start()
        workers['java'] = stack.worker(folder / 'java', kafka.address, group='java', kind='java-connect', **common).start()
        for round_number in range(wanted.rounds):
            for what, connector_class, config in (('counting sink', 'org.apache.kafka.connect.tools.MockSinkConnector', {}),
                                                  ('FileStreamSink', 'org.apache.kafka.connect.file.FileStreamSinkConnector', {'file': str(sink.out)})):
                figures = {kind: measure(worker, sink, connector_class, **{**STRINGS, **config}) for kind, worker in workers.items()}
                print(json.dumps({'name': what, 'round': round_number, 'unit': 'records/s', **{kind: round(value) for kind, value in figures.items()},
                                  'times java': round(figures['millrace'] / figures['java'], 2)}), flush=True)
    finally:
        for service in [*workers.values(), kafka]:
            service.stop()
