#!/usr/bin/env python3
"""rest_listing.py [--connectors N] [--requests N] [--java]

GET /connectors?expand=status&expand=info with many connectors: percentiles of its time at rest, and while a second worker joins and the
work is given out anew. --java: Kafka Connect's worker in the same run. Reads MILLRACE_TEST_KAFKA (host:port of a broker),
MILLRACE_TEST_DIR (a folder for its workers), MILLRACE_WORKER and MILLRACE_PLUGINS (as built), and prints JSON.
"""
import argparse
import http.client
import json
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'support'))
import stack  # noqa: E402

TARGET = '/connectors?expand=status&expand=info'


class Listing:
    """One connection that asks again and again."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(*address.split(':'), timeout=120)
        self.bytes, self.count = 0, 0

    def once(self):
        begun = time.perf_counter()
        self.connection.request('GET', TARGET, headers={'Accept': 'application/json'})
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - begun) * 1000
        assert answer.status == 200, body[:300]
        self.bytes, self.count = len(body), len(json.loads(body))
        return took

    def many(self, number):
        return [self.once() for _ in range(number)]

    def until(self, done, pause=0.002):
        times = []
        while not done():
            times.append(self.once())
            time.sleep(pause)
        return times


def percentiles(times):
    times = sorted(times)
    return {f'p{share}_ms': round(times[min(len(times) - 1, int(len(times) * share / 100))], 2) for share in (50, 95, 99, 100)}


def create(rest, folder, number):
    def one(i):
        lines = folder / f'{i}.txt'
        lines.touch()
        config = {'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector', 'file': str(lines), 'topic': f'bench-{i % 10}', 'tasks.max': '1'}
        status, text = rest.call('PUT', f'/connectors/bench-{i:03}/config', config, patience=300)
        assert status == 201, text
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(number)))


def running(rest, number):
    listed = json.loads(rest.call('GET', TARGET)[1])
    states = [entry['status']['connector']['state'] for entry in listed.values()] + [t['state'] for entry in listed.values() for t in entry['status']['tasks']]
    return states.count('RUNNING') == 2 * number


def measure(kind, arguments):
    folder = Path(stack.environment('MILLRACE_TEST_DIR')) / f'rest-{uuid.uuid4().hex[:8]}'
    folder.mkdir(parents=True)
    group, kafka = folder.name, stack.environment('MILLRACE_TEST_KAFKA')
    workers = [stack.worker(folder / f'w{i}', kafka, group, kind, scheduled_rebalance_max_delay_ms=1000) for i in (1, 2)]
    try:
        workers[0].start()
        rest = stack.Rest(workers[0].address)
        create(rest, folder, arguments.connectors)
        stack.wait_for('all to run', lambda: running(rest, arguments.connectors), 600, 1)
        listing = Listing(workers[0].address)
        listing.many(100)
        rest_times = listing.many(arguments.requests)
        with ThreadPoolExecutor(1) as pool:
            def join():
                workers[1].start()
                stack.wait_for('the second worker to have work', lambda: f'"worker_id":"{workers[1].address}"' in rest.call('GET', TARGET)[1], 300, 0.5)
                stack.wait_for('all to run again', lambda: running(rest, arguments.connectors), 600, 0.5)
            joined = pool.submit(join)
            rebalance_times = listing.until(joined.done)
            joined.result()
        return {'worker': kind, 'connectors': listing.count, 'bytes': listing.bytes, 'at_rest': {**percentiles(rest_times), 'requests': len(rest_times)},
                'during_rebalance': {**percentiles(rebalance_times), 'requests': len(rebalance_times)}}
    finally:
        for worker in workers:
            worker.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--connectors', type=int, default=200)
    parser.add_argument('--requests', type=int, default=2000)
    parser.add_argument('--java', action='store_true')
    arguments = parser.parse_args()
    for kind in ['worker'] + (['java-connect'] if arguments.java else []):
        print(json.dumps(measure(kind, arguments), indent=1), flush=True)


if __name__ == '__main__':
    main()
