"""What tests/bench/cluster says."""
import argparse
import http.client
import itertools
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import stack

sys.path.insert(0, str(stack.ROOT / 'tests/e2e'))
from group import FILE_SOURCE, Group  # noqa: E402

SESSION_S = 2.0
TARGETS_S = {'ready': 0.3, 'running': 2}
KINDS = ('worker', 'java-connect')
TIMINGS = {'session_timeout_ms': int(SESSION_S * 1000), 'heartbeat_interval_ms': 200, 'scheduled_rebalance_max_delay_ms': 0}


class Api:
    """The REST API of one worker over one connection, asked many times a second."""

    def __init__(self, address):
        self.address, self.connection = address, None

    def get(self, path):
        """The answer, or nothing while there is none."""
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection(self.address, timeout=30)
            self.connection.request('GET', path)
            answer = self.connection.getresponse()
            body = answer.read()
            return json.loads(body) if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            self.connection = None
            return None

    def parts(self):
        """{(connector, None or task): (state, worker)} of all."""
        answer = self.get('/connectors?expand=status') or {}
        return {(name, part.get('id')): (part['state'], part['worker_id']) for name, about in answer.items()
                for part in [about['status']['connector']] + about['status']['tasks']}


def clocked(condition, timeout=300, every=0.005):
    """Seconds until the condition holds."""
    start = time.perf_counter()
    stack.wait_for('the measured condition', condition, timeout, every)
    return time.perf_counter() - start


def make_connectors(group, folder, count, wanted_workers):
    """So many file sources with one task each, running on that many workers."""
    rest, source = group.rest(), folder / 'lines.txt'
    source.touch()
    for i in range(count):
        config = {'connector.class': FILE_SOURCE, 'tasks.max': '1', 'file': str(source), 'topic': 'lines'}
        status, answer = rest.call('PUT', f'/connectors/c{i}/config', config)
        assert status == 201, answer
    api = Api(next(iter(group.workers.values())).address)

    def settled():
        parts = api.parts()
        share = Counter(worker for (_, task), (_, worker) in parts.items() if task is not None)
        return len(parts) == 2 * count and {state for state, _ in parts.values()} == {'RUNNING'} and len(share) == wanted_workers \
            and max(share.values()) - min(share.values()) <= 1
    return clocked(settled, every=0.1)


def started(group):
    """How often each task was started, by the workers' logs."""
    counts = Counter()
    for worker in group.workers.values():
        counts.update(re.findall(r'Instantiated task (\S+) ', worker.log()))
    return counts


def start(options, kind, folder, kafka):
    """Start of the process to REST and to the task, the worker's group having met before."""
    group = Group(folder, kafka.address, 'start', **TIMINGS)
    try:
        worker = group.worker('a', kind)
        make_connectors(group, folder, 1, 1)
        ready, running = [], []
        for _ in range(options.rounds):
            worker.stop()
            begin = time.perf_counter()
            launched = subprocess.Popen([worker.script, 'resume', '--dir', worker.folder, '--no-wait'], stdout=subprocess.DEVNULL)
            api = Api(worker.address)
            stack.wait_for('REST', lambda: api.get('/connectors') is not None, 120, 0.002)
            ready.append(time.perf_counter() - begin)
            stack.wait_for('the task', lambda: api.parts().get(('c0', 0), ('',))[0] == 'RUNNING', 120, 0.002)
            running.append(time.perf_counter() - begin)
            assert launched.wait(30) == 0
        report('start to REST ready', ready, TARGETS_S['ready'])
        report('start to a running task', running, TARGETS_S['running'])
    finally:
        group.stop()


def failover(options, kind, folder, kafka):
    group = Group(folder, kafka.address, 'failover', **TIMINGS)
    try:
        for name in 'abc':
            group.worker(name, kind)
        make_connectors(group, folder, 12, 3)
        took = []
        for _ in range(options.rounds):
            leader = group.leader()
            victim, *_, survivor = sorted(group.workers, key=lambda name: name == leader)
            gone, api = group.workers[victim].address, Api(group.workers[survivor].address)

            def moved():
                parts = api.parts().values()
                return len(parts) == 24 and all(state == 'RUNNING' and worker != gone for state, worker in parts)
            begin = time.perf_counter()
            os.kill(group.workers[victim].pid, signal.SIGKILL)
            clocked(moved)
            took.append(time.perf_counter() - begin - SESSION_S)
            group.workers[victim].resume()
            stack.wait_for('the work to be shared again', lambda: len({worker for _, worker in api.parts().values()}) == 3, 120)
            stack.wait_for('all to run', lambda: {state for state, _ in api.parts().values()} == {'RUNNING'}, 120)
        report('kill -9 to the tasks running elsewhere, less the session time-out', took)
    finally:
        group.stop()


def spread(options, kind, folder, kafka):
    count = options.connectors
    group = Group(folder, kafka.address, 'spread', **TIMINGS)
    try:
        group.worker('a', kind)
        begin = time.perf_counter()
        make_connectors(group, folder, count, 1)
        print(f'  {count} connectors made and running: {time.perf_counter() - begin:.2f} s')
        api, before = Api(group.workers['a'].address), started(group)
        old = group.workers['a'].address

        def shared():
            parts = api.parts()
            share = Counter(worker for (_, task), (_, worker) in parts.items() if task is not None)
            return len(parts) == 2 * count and {state for state, _ in parts.values()} == {'RUNNING'} and share[old] <= (count + 1) // 2
        begin = time.perf_counter()
        group.worker('b', kind)
        joined = time.perf_counter() - begin
        clocked(shared, every=0.05)
        took = time.perf_counter() - begin
        parts, after = api.parts(), started(group)
        stayed = [name for (name, task), (_, worker) in parts.items() if task == 0 and worker == old]
        again = {task: after[task] for task in (f'{name}-0' for name in stayed) if after[task] != before[task]}
        moved = {task: after[task] - before[task] for task in after if after[task] != before[task]}
        print(f'  a second worker\'s start to {count} connectors and tasks shared: {took:.2f} s, of which {joined:.2f} s to its REST API')
        print(f'  {len(stayed)} tasks stayed, {len(again)} of them were started again; {len(moved)} moved, each was started '
              f'{sorted(set(moved.values()))} times')
    finally:
        group.stop()


def report(what, seconds, target=None):
    wanted = f'; ours is to be {target} s' if target else ''
    print(f'  {what}: median {statistics.median(seconds):.3f} s, worst {max(seconds):.3f} s of {len(seconds)}{wanted}', flush=True)


def main():
    measures = {'start': start, 'failover': failover, 'spread': spread}
    parser = argparse.ArgumentParser()
    parser.add_argument('--kind', action='append', choices=KINDS, help='both, one after the other in each measure, if not given')
    parser.add_argument('--connectors', type=int, default=200)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('measures', nargs='*', metavar='|'.join(measures))
    options = parser.parse_args()
    print(f'{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}')
    with tempfile.TemporaryDirectory(prefix='millrace-bench.') as name:
        for measure, kind in itertools.product(options.measures or measures, options.kind or KINDS):
            where = Path(name) / f'{measure}-{kind}'
            where.mkdir()
            kafka = stack.kafka(where / 'kafka', '--set', 'group.min.session.timeout.ms=1000').start()
            print(f'{measure}, {kind}:', flush=True)
            try:
                measures[measure](options, kind, where, kafka)
            finally:
                kafka.stop()


if __name__ == '__main__':
    main()
