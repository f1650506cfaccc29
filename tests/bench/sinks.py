"""Records a second that sinks take and the processor seconds a million costs, beside Kafka Connect's own worker in one run, one after the other.

    ninja -C build/release programs counting_sink && tests/support/python tests/bench/sinks.py [--records N] [--bytes N] [--rounds N] [--only NAME]

A sink that only counts shows the worker, with texts and with small JSON objects; FileStreamSink writes lines. The time is that from the first record to the last,
by the group's committed offset and by the file's size. Prints one JSON object a figure, and the medians of all rounds; the target is three times Java.
The broker is on the same processors: what it uses for a million bounds what any worker reaches beside it. So do Fetch requests one after the
other, whose records nobody reads: their rate is printed first. The broker, a JVM too, serves them and then a worker of each kind, which is not
measured and stops, until they cost it no less than before. In the first round the measured workers are new, and ours goes first; a JVM is
slower then than in the second, where it goes first. The end is seen at a commit, so up to a tenth of a second late: with fewer records than by
default, that is a good part of what ours takes.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from confluent_kafka import Producer

import stack
from bare_fetch import fetch_rate

sys.path.insert(0, str(stack.ROOT / 'tests/e2e'))
from sink import STRINGS, Sink  # noqa: E402

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument('--records', type=int, default=20_000_000)
arguments.add_argument('--bytes', type=int, default=200)
arguments.add_argument('--rounds', type=int, default=5)
arguments.add_argument('--only', choices=('texts', 'json', 'file'))
wanted = arguments.parse_args()


def value(number):
    """A JSON object of about the wanted length."""
    start = f'{{"id":{number},"name":"record {number}","open":true,"price":{number % 1000}.25,"note":"'
    return (start + 'x' * (wanted.bytes - len(start) - 2) + '"}').encode()


def fill(sink):
    """The bytes that FileStreamSink makes of what is sent."""
    length = 0
    producer = Producer({'bootstrap.servers': sink.kafka_address, 'linger.ms': 20, 'queue.buffering.max.messages': 500000})
    for sent in range(wanted.records):
        text = value(sent)
        length += len(text) + 1
        while True:
            try:
                producer.produce(sink.topic, text)
                break
            except BufferError:
                producer.poll(0.1)
        if sent % 10000 == 0:
            producer.poll(0)
    assert producer.flush(120) == 0
    return length


def for_a_million(service, before):
    """Processor seconds that it has used since."""
    return round((service.cpu_seconds() - before) / wanted.records * 1e6, 2)


def until_settled(what, broker, read):
    """Has `read` read all records until they cost the broker no less than before."""
    cheapest = None
    for number in range(12):
        before = broker.cpu_seconds()
        found = read()
        cost = for_a_million(broker, before)
        print(json.dumps({'name': what, 'round': number, 'records/s': round(found), "broker's": cost}), flush=True)
        if number > 2 and cost > cheapest * 0.95:
            return
        cheapest = min(cost, cheapest or cost)


def java_plugins(folder):
    """The counting sink, compiled for Kafka Connect's worker: a folder for its plugin.path."""
    jars = subprocess.run([stack.ROOT / 'deploy/services/java-connect', 'fetch'], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    subprocess.run(['javac', '-cp', f'{jars}/*', '-d', folder / 'counting', Path(__file__).with_name('CountingSinkConnector.java')], check=True)
    return folder


def rate(progress, total):
    """Units a second from the first that is seen to the last."""
    first = stack.wait_for('the first records', progress, 60, 0.005)
    began = time.monotonic()
    stack.wait_for(lambda: f'{total}; {progress()} are done', lambda: progress() >= total, 300, 0.02)
    return (total - first) / (time.monotonic() - began)


def measure(worker, broker, sink, length, connector_class, **config):
    """Records a second, and processor seconds for a million, of the worker and of the broker, the connector's start included."""
    sink.rest = stack.Rest(worker.address)
    sink.name = f'{sink.name}x'  # a group of its own, so that all is read again
    if sink.out.exists():
        sink.out.unlink()
    before = [service.cpu_seconds() for service in (worker, broker)]
    sink.put(connector_class, **config)
    if 'file' in config:
        found = rate(lambda: sink.out.stat().st_size if sink.out.exists() else 0, length) / length * wanted.records
    else:
        found = rate(lambda: sum(sink.committed().values()), wanted.records)
    used = [for_a_million(service, then) for service, then in zip((worker, broker), before)]
    sink.rest.call('DELETE', f'/connectors/{sink.name}')
    return found, used


JSON = {f'{part}.converter': 'org.apache.kafka.connect.json.JsonConverter' for part in ('key', 'value')}
JSON |= {f'{part}.converter.schemas.enable': 'false' for part in ('key', 'value')}
COUNTING = 'counting.CountingSinkConnector'
KINDS = ('millrace', 'java')


def new_worker(kind, folder, broker):
    """A worker of a group of its own, with the counting sink."""
    plugins = java_plugins(folder / 'plugins') if kind == 'java' else f'{stack.ROOT}/build/release/plugins,{stack.ROOT}/build/release/bench-plugins'
    return stack.worker(folder, broker.address, group=folder.name, kind={'java': 'java-connect'}.get(kind, 'worker'), plugin_path=plugins,
                        offset_flush_interval_ms=100).start()


def warm_up(broker, sink, length, folder):
    until_settled('nobody reads the records', broker, lambda: fetch_rate(broker.address, sink.topic, wanted.records))
    for kind in KINDS:
        worker = new_worker(kind, folder / f'{kind}-before', broker)
        try:
            until_settled(f'{kind}, not measured', broker, lambda: measure(worker, broker, sink, length, COUNTING, **STRINGS)[0])
        finally:
            worker.stop()


with tempfile.TemporaryDirectory(prefix='millrace-bench-') as name:
    folder = Path(name)
    folder.chmod(0o711)
    kafka = stack.kafka(folder / 'k').start()
    workers = {}
    os.environ.update(CONNECT_JVM='', CONNECT_HEAP='2g')
    try:
        sink = Sink(None, kafka.address, folder)
        length = fill(sink)
        warm_up(kafka, sink, length, folder)
        for kind in KINDS:
            workers[kind] = new_worker(kind, folder / kind, kafka)
        cases = {'texts': ('counting sink, texts', COUNTING, STRINGS), 'json': ('counting sink, JSON', COUNTING, JSON),
                 'file': ('FileStreamSink', 'org.apache.kafka.connect.file.FileStreamSinkConnector', {**STRINGS, 'file': str(sink.out)})}
        chosen = [case for name, case in cases.items() if wanted.only in (None, name)]
        rates = {what: {kind: [] for kind in KINDS} for what, _, _ in chosen}
        for round_number in range(wanted.rounds):
            for what, connector_class, config in chosen:
                order = KINDS[::-1 if round_number % 2 else 1]
                found = {kind: measure(workers[kind], kafka, sink, length, connector_class, **config) for kind in order}
                for kind in KINDS:
                    rates[what][kind].append(found[kind][0])
                print(json.dumps({'name': what, 'round': round_number, 'records/s': {kind: round(rate) for kind, (rate, _) in found.items()},
                                  'cpu s for a million': {kind: used for kind, (_, (used, _)) in found.items()},
                                  "broker's": {kind: used for kind, (_, (_, used)) in found.items()},
                                  'times java': round(found['millrace'][0] / found['java'][0], 2)}), flush=True)
        for what, by_kind in rates.items():
            medians = {kind: statistics.median(found) for kind, found in by_kind.items()}
            print(json.dumps({'name': f'{what}, median of {wanted.rounds}', 'records/s': {kind: round(rate) for kind, rate in medians.items()},
                              'times java': round(medians['millrace'] / medians['java'], 2)}), flush=True)
    finally:
        for service in [*workers.values(), kafka]:
            service.stop()
