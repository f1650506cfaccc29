"""How little memory a worker's container needs."""
import json
from pathlib import Path

import pytest

import containers
import stack
from connector import Connector
from landscape import image, servers  # noqa: F401 (fixtures)

ROWS = 200_000
IDLE = 100


@pytest.fixture
def worker(servers, request):
    """Starts a worker of a group of its own whose container has that much memory."""
    host = servers.network.host('small', 30)

    def start(memory):
        group = f'small-{memory}'
        servers.start_worker(host, f'--memory={memory}', GROUP_ID=group, CONFIG_STORAGE_TOPIC=group + '-configs',
                             OFFSET_STORAGE_TOPIC=group + '-offsets', STATUS_STORAGE_TOPIC=group + '-status')
        servers.wait_healthy(host)
        host.rest = stack.Rest(f'{host.address}:8083')
        return host
    yield start
    host.remove()


def memory_of(host):
    """(the container's most, the process's most), in MiB"""
    text = Path(f'/proc/{host.pid}/status').read_text()
    resident = next(int(line.split()[1]) for line in text.splitlines() if line.startswith('VmHWM'))
    group = Path('/sys/fs/cgroup/memory/libpod_parent') / f'libpod-{host.inspect(".Id")}/memory.max_usage_in_bytes'
    most = int(group.read_text()) / 2**20 if group.exists() else float('nan')
    return most, resident / 1024


def connector_of(servers, host, name):
    made = Connector(host.rest, servers.bootstrap, 'postgres:5432', 'postgres')
    made.config.update({'database.user': 'user', 'database.sslmode': 'verify-full', 'database.sslrootcert': '/tls/ca.crt',
                        'database.sslcert': '/tls/user.crt', 'database.sslkey': '/tls/user.key', 'table.include.list': name,
                        'publication.autocreate.mode': 'filtered', 'slot.drop.on.stop': 'true'})
    return made


def test_a_busy_connector_runs_in_64_mib(servers, worker):
    host = worker('64m')
    servers.sql('create table busy (id int primary key, version int not null, note text)',
                f"insert into busy select n, 1, repeat(md5(n::text), 8) from generate_series(1, {ROWS}) n")
    connector = connector_of(servers, host, 'public.busy').create()
    try:
        records = connector.records('public.busy', ROWS, 120)
        servers.sql('update busy set version = 2')
        servers.sql('update busy set version = 3 where id % 2 = 0')
        records = connector.records('public.busy', ROWS * 5 // 2, 120)
        assert records[-1][1]['after']['version'] == 3 and len({key['id'] for key, _, _ in records}) == ROWS
        most, resident = memory_of(host)
        print(f'one busy connector: the container used at most {most:.0f} MiB, the process {resident:.0f} MiB')
        assert host.inspect('.State.Running') == 'true' and host.inspect('.RestartCount') == '0'
    finally:
        connector.delete()


def test_a_hundred_idle_connectors_run_in_256_mib(servers, worker):
    host = worker('256m')
    servers.sql('create table idle (id int primary key)')
    made = [connector_of(servers, host, 'public.idle') for _ in range(IDLE)]
    try:
        for connector in made:
            status, answer = connector.post()
            assert status == 201, answer

        def all_run():
            answer = json.loads(host.rest.call('GET', '/connectors?expand=status')[1])
            states = [part['state'] for one in answer.values() for part in [one['status']['connector'], *one['status']['tasks']]]
            return len(states) == 2 * IDLE and set(states) == {'RUNNING'}
        stack.wait_for('all to run', all_run, 180)
        with stack.connect(servers.database) as connection:
            stack.wait_for('all to stream', lambda: connection.execute(
                "select count(*) from pg_replication_slots where active and not temporary").fetchone()[0] == IDLE, 60)
        most, resident = memory_of(host)
        print(f'{IDLE} idle connectors: the container used at most {most:.0f} MiB, the process {resident:.0f} MiB')
        assert host.healthy() and host.inspect('.State.Running') == 'true'
    finally:
        for connector in made:
            connector.delete()
