"""Three workers in containers behind nginx or haproxy lose nothing while one is killed, frozen, cut from the network, or all are restarted
one after the other."""
import concurrent.futures
import threading
import time

import pytest

import containers
import ledger
import stack
from landscape import edge, image, landscape, seconds_until, servers  # noqa: F401 (fixtures)
from novels import NAME, novels  # noqa: F401 (fixture)


IN_FLIGHT = '/connectors?in-flight'
VALID = {'name': 'valid', 'connector.class': 'FileStreamSource', 'file': '/dev/null', 'topic': 'nothing'}


class Clients:
    """Three clients that read all the time, create and delete connectors, and note each answer with how long it took."""

    def __init__(self, edge):
        self.edge, self.done, self.answers = edge, threading.Event(), []
        self.threads = [threading.Thread(target=self.run, args=[f'passing-{number}'], daemon=True) for number in range(3)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def ask(self, method, path, body=None):
        began = time.monotonic()
        try:
            status, text = self.edge.raw(method, path, body)
        except OSError as error:
            status, text = 599, str(error)
        self.answers.append((method, path, status, time.monotonic() - began, text))

    def run(self, prefix):
        count = 0
        while not self.done.is_set():
            count += 1
            name = f'{prefix}-{count}'
            self.ask('POST', '/connectors', {'name': name, 'initial_state': 'STOPPED', 'config': {
                'connector.class': 'FileStreamSource', 'file': '/dev/null', 'topic': 'nothing'}})
            for path in '', f'/{NAME}/status', f'/{name}/config', f'/{name}/offsets':
                self.ask('GET', '/connectors' + path)
            self.ask('DELETE', f'/connectors/{name}')

    def finish(self):
        self.done.set()
        for thread in self.threads:
            if thread.ident:
                thread.join(100)
        return self.answers

    def bad(self):
        return [answer for answer in self.answers if answer[2] >= 500]

    def slowest(self):
        reads, others = ([took for method, _, _, took, _ in self.answers if (method == 'GET') == read] for read in (True, False))
        return f'the slowest read took {max(reads, default=0):.1f} s, of other requests {max(others, default=0):.1f} s'


@pytest.fixture
def flowing(novels, landscape, edge, dice):
    """The connector streams the ledger, which is written to until the test ends; then nothing may be missing."""
    novels.create()
    novels.reader('public.ledger').wait_for(1000)
    writer = ledger.Writer(landscape.database, dice)
    writer.start()
    clients = Clients(edge)
    yield clients
    clients.finish()
    newest, truth = writer.finish()
    reader = novels.reader('public.ledger')
    stack.wait_for(lambda: f'the last row, of {len(reader.records)} records; {novels.rest.status(NAME)}',
                   lambda: reader.poll() is not None and any(key['id'] == newest for key, _, _ in reader.records[-5000:]), 150)
    assert not ledger.problems_of(reader.records, truth)


def place(status):
    """The address of the host that runs the task."""
    return status['tasks'][0]['worker_id'].split(':')[0]


def owner(landscape):
    """The host that runs the connector's task, and the others."""
    landscape.edge.wait_running(NAME)
    address = place(landscape.edge.status(NAME))
    here = next(host for host in landscape.workers if host.address == address)
    return here, [host for host in landscape.workers if host is not here]


def moved(landscape, address):
    """Waits until the task runs on another host than that of this address, and says how long that took."""
    def elsewhere():
        try:
            status = landscape.edge.status(NAME)
        except stack.TimedOut:
            return False
        return status and status['tasks'] and status['tasks'][0]['state'] == 'RUNNING' and place(status) != address
    return seconds_until(elsewhere, 90)


def freeze_with_reads(landscape, host, pool):
    """Freezes a worker that has reads in flight; each read's future says how long it took."""
    rule = '-p', 'tcp', '--dport', '8083', '-m', 'string', '--algo', 'bm', '--string', f'GET {IN_FLIGHT}', '-j', 'DROP'
    reads = []

    def ask():
        asked = time.monotonic()
        # Long beside an edge's time-out for reads, short beside that for all else.
        assert landscape.edge.raw('GET', IN_FLIGHT, timeout=60)[0] == 200
        return time.monotonic() - asked

    def one_is_there():
        reads.append(pool.submit(ask))
        return int(host.inside('iptables', '-nvxL', 'INPUT', '1').split()[0]) > 0
    # The worker does not see what has come to its host until it is frozen.
    host.inside('iptables', '-I', 'INPUT', *rule)
    try:
        stack.wait_for('a read to come to the worker', one_is_there)
        containers.podman('pause', host.name)
    finally:
        host.inside('iptables', '-D', 'INPUT', *rule)
    return reads


@pytest.mark.parametrize('kind', ['nginx', 'haproxy'])
def test_a_rolling_restart_gives_no_client_an_error(landscape, flowing, kind):
    landscape.start_edge(kind)
    flowing.edge = landscape.edge
    flowing.start()
    for host in landscape.workers:
        containers.podman('stop', '-t', '30', host.name)
        containers.podman('start', host.name)
        landscape.wait_healthy(host)
    landscape.edge.wait_running(NAME)
    answers = flowing.finish()
    print(f'{kind}: {len(answers)} answers; {flowing.slowest()}')
    assert not flowing.bad(), flowing.bad()[:5]
    assert len(answers) > 50


@pytest.mark.parametrize('kind', ['nginx', 'haproxy'])
def test_a_killed_worker_costs_a_pause(landscape, flowing, kind):
    landscape.start_edge(kind)
    flowing.edge = landscape.edge
    here, _ = owner(landscape)
    flowing.start()
    containers.podman('kill', here.name)
    took = moved(landscape, here.address)
    flowing.finish()
    print(f'{kind}: a killed worker: the task runs elsewhere after {took:.1f} s; {flowing.slowest()}')
    containers.podman('start', here.name)
    landscape.wait_healthy(here)
    assert not [answer for answer in flowing.bad() if answer[0] == 'GET']


@pytest.mark.parametrize('kind', ['nginx', 'haproxy'])
def test_a_frozen_worker_costs_a_pause(landscape, flowing, kind):
    landscape.start_edge(kind)
    flowing.edge = landscape.edge
    here, _ = owner(landscape)
    try:
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            reads = freeze_with_reads(landscape, here, pool)
            began = time.monotonic()
            took = moved(landscape, here.address)
            in_flight = max(read.result() for read in reads)
        delays = {'GET': [], 'PUT': []}
        while time.monotonic() - began < 30 or not delays['PUT']:
            for method, path, body in ('GET', '/connectors', None), ('PUT', '/connector-plugins/FileStreamSource/config/validate', VALID):
                asked = time.monotonic()
                assert landscape.edge.raw(method, path, body)[0] == 200
                delays[method].append(time.monotonic() - asked)
        print(f'{kind}: a frozen worker: the task runs elsewhere after {took:.1f} s; the slowest read that it had took {in_flight:.1f} s, of '
              f'{len(delays["GET"])} later ones {max(delays["GET"]):.1f} s, of other requests {max(delays["PUT"]):.1f} s')
    finally:
        containers.podman('unpause', here.name, check=False)
    landscape.wait_healthy(here)


@pytest.mark.parametrize('kind', ['nginx', 'haproxy'])
def test_a_worker_that_is_cut_off_costs_a_pause(landscape, flowing, kind):
    landscape.start_edge(kind)
    flowing.edge = landscape.edge
    here, _ = owner(landscape)
    here.cut()
    try:
        took = moved(landscape, here.address)
        print(f'{kind}, a worker that is cut off: the task runs elsewhere after {took:.1f} s')
        assert landscape.edge.raw('GET', '/connectors')[0] == 200
    finally:
        here.join()
    stack.wait_for('the worker to be back', here.healthy, 60)
