"""A worker is cut from the network for longer than its session: its work moves, it stops in time, and comes back without a trace."""
import os
import re
from datetime import datetime

import pytest

import ledger
import stack
from conftest import unique
from connector import Connector
from group import Group, Lines, balanced, free_ports
from listeners import one_more_listener
from network import laid_cable

FILES = 5
WORKER = os.environ.get('MILLRACE_WORKER') or stack.ROOT / 'build/release/bin/connect-distributed'


@pytest.fixture
def cable():
    made = laid_cable()
    yield made
    made.remove()


@pytest.fixture
def postgres(cable, folder):
    """A server that the worker behind the cable reaches too. Who is silent loses its slot after 3 s."""
    service = stack.postgres(folder / 'p', '--set', f'listen_addresses=127.0.0.1,{cable.here}', '--set', 'wal_sender_timeout=3s').start()
    with open(service.folder / 'data/pg_hba.conf', 'a') as rules:
        rules.write('host all all 10.230.0.0/15 scram-sha-256\nhost replication all 10.230.0.0/15 scram-sha-256\n')
    with stack.connect(service.address) as server:
        server.execute('select pg_reload_conf()')
    yield service
    service.stop()


@pytest.fixture
def group(cable, folder):
    options, address = one_more_listener('CABLE', host=cable.here)
    service = stack.kafka(folder / 'k', *options).start()
    made = Group(folder, address, unique('cut-'))
    yield made
    made.stop()
    service.stop()


def start_worker(group, name, host, program=WORKER):
    """One whose API listens at that address, and not on 127.0.0.1."""
    port, = free_ports(1)
    worker = stack.worker(group.folder / name, group.kafka_address, group.name, port=port, listeners=f'http://{host}:{port}',
                          rest_advertised_host_name=host, **group.properties)
    worker.environment = {'MILLRACE_WORKER': str(program)}
    group.workers[name] = worker.start('--no-wait')
    (worker.folder / 'address').write_text(f'{host}:{port}\n')
    stack.wait_for(lambda: f'{name} to answer: {worker.log()[-2000:]}', lambda: 'Herder started' in worker.log())


def times_of(worker, text):
    """When the log says so."""
    return [datetime.strptime(time, '%Y-%m-%d %H:%M:%S,%f') for time in re.findall(rf'\[([^]]+)\] [^\n]*{text}', worker.log())]


def two_writers(numbers):
    """Lines that do not follow the one before them: one writer goes on, or begins again further back, but never jumps ahead."""
    return [(before, after) for before, after in zip(numbers, numbers[1:]) if after > before + 1]


class TestTheCheck:
    @pytest.mark.parametrize('numbers', [[1, 2, 3], [1, 2, 1, 2, 3], []])
    def test_accepts_one_writer_after_another(self, numbers):
        assert two_writers(numbers) == []

    def test_finds_a_writer_that_should_be_gone(self):
        assert two_writers([1, 2, 3, 4, 2, 3, 5]) == [(3, 5)]


def test_a_cut_worker_stops_in_time_and_comes_back(cable, group, postgres, folder, dice):
    with stack.connect(postgres.address) as server:
        server.execute(ledger.TABLE)
        server.execute('insert into ledger (id, version) select i, 1 from generate_series(1, 1000) i')
    writer = ledger.Writer(postgres.address, dice)
    files = [Lines(folder, f'f{i}', group.kafka_address) for i in range(FILES)]
    start_worker(group, 'cut', cable.there, cable.program(folder / 'in-namespace', WORKER))
    connector = Connector(group.rest('cut'), group.kafka_address, f'{cable.here}:{postgres.port}', 'postgres')
    names = [connector.name] + [lines.name for lines in files]
    writer.start()
    try:
        assert connector.post()[0] == 201
        group.wait_placed(names[:1])
        for lines in files:
            lines.start()
            lines.create(group.rest())
        group.wait_placed(names)
        for name in 'ab':
            start_worker(group, name, cable.here)
        everyone = {'cut', 'a', 'b'}
        placed = group.wait_placed(names, balanced(everyone), 120)
        assert placed[connector.name, 0] == 'cut' and group.leader() == 'cut'
        changes = connector.reader('public.ledger')

        def goes_on():
            newest = writer.newest()
            for lines in files:
                lines.wait_beyond()
            stack.wait_for(f'rows after {newest}', lambda: any(key['id'] > newest for key, _, _ in changes.poll()), 120, 0)

        goes_on()
        began = {name: len(times_of(group.workers[name], 'Instantiated task')) for name in 'ab'}
        cable.pull()
        others, away = group.rest('a'), {group.workers[name].address for name in 'ab'}
        stack.wait_for('the work to move', lambda: all(
            part['state'] == 'RUNNING' and part['worker_id'] in away
            for name in names for status in [others.status(name)] for part in [status['connector']] + status['tasks']), 60, 0.3)
        goes_on()
        gave_up = times_of(group.workers['cut'], 'Stopping all connectors and tasks: ')
        taken = [time for name in 'ab' for time in times_of(group.workers[name], 'Instantiated task')[began[name]:]]
        assert len(gave_up) == 1 and gave_up[0] <= min(taken), (gave_up, taken)

        cable.plug()
        group.wait_placed(names, balanced(everyone), 120)
        goes_on()
        problems, _ = writer.compare(changes)
        for lines in files:
            problems += [f'{lines.name}: {problem}' for problem in lines.finish() + two_writers(lines.numbers())]
        assert not problems, '\n'.join(problems[:20])
    finally:
        writer.done.set()
        for lines in files:
            lines.done.set()
