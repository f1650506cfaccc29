"""The Debian package: installed in a clean container, started by systemd, asked, upgraded, removed."""
import pytest

import containers
import stack
from landscape import image, servers  # noqa: F401 (fixtures)


@pytest.fixture(scope='module')
def package(tmp_path_factory):
    containers.require()
    folder = tmp_path_factory.mktemp('package')
    containers.run('cpack', '-G', 'DEB', '-B', folder, cwd=stack.environment('MILLRACE_BUILD'))
    found, = folder.glob('millrace_*.deb')
    return found


@pytest.fixture(scope='module')
def machine(package, servers):
    """A host with systemd that knows nothing of Millrace."""
    systemd = containers.image_of('localhost/millrace-systemd:test', ['systemd', 'ca-certificates', 'libpq5', 'libcurl4'])
    host = servers.network.host('machine', 40)
    host.start(systemd, '/lib/systemd/systemd', options=('--systemd=always', '-v', f'{package.parent}:/packages:ro'))
    booted = containers.podman('exec', host.name, 'sh', '-c', 'for i in $(seq 100); do systemctl is-system-running 2>/dev/null | '
                               'grep -qE "running|degraded" && exit 0; sleep 0.2; done; exit 1', check=False)
    if booted.returncode:
        pytest.skip(f'systemd does not start in a container here: {host.log()[-500:]}')
    return host


def inside(machine, command, check=True):
    return containers.podman('exec', machine.name, 'sh', '-c', command, check=check)


def test_installed_started_removed(machine, servers):
    inside(machine, 'apt-get update -q && apt-get install -y -q --no-install-recommends /packages/millrace_*.deb')
    assert inside(machine, 'systemctl is-active millrace', check=False).returncode != 0, 'it waits to be told where Kafka is'
    assert inside(machine, 'systemd-analyze verify millrace.service 2>&1') == ''
    settings = {'bootstrap.servers': servers.bootstrap, 'group.id': 'packaged', 'config.storage.topic': 'packaged-configs',
                'offset.storage.topic': 'packaged-offsets', 'status.storage.topic': 'packaged-status', 'config.storage.replication.factor': '1',
                'offset.storage.replication.factor': '1', 'status.storage.replication.factor': '1'}
    for name, value in settings.items():
        inside(machine, f'sed -i "s|^{name}=.*|{name}={value}|" /etc/millrace/connect-distributed.properties')
    inside(machine, 'systemctl enable --now millrace')
    check = 'connect-distributed --check-health /etc/millrace/connect-distributed.properties'
    stack.wait_for(lambda: inside(machine, 'journalctl -u millrace -n 30 --no-pager', check=False).stdout,
                   lambda: inside(machine, check, check=False).returncode == 0, 60)
    assert inside(machine, 'stat -c %U /proc/$(systemctl show -p MainPID --value millrace)') == 'millrace'

    inside(machine, 'apt-get install -y -q --reinstall --no-install-recommends /packages/millrace_*.deb')
    stack.wait_for('the worker after an upgrade', lambda: inside(machine, check, check=False).returncode == 0, 60)
    assert f'group.id={settings["group.id"]}' in inside(machine, 'cat /etc/millrace/connect-distributed.properties')

    inside(machine, 'apt-get remove -y -q millrace')
    assert inside(machine, 'test -e /usr/bin/connect-distributed', check=False).returncode
    inside(machine, 'apt-get purge -y -q millrace')
    assert inside(machine, 'test -e /etc/millrace/connect-distributed.properties', check=False).returncode
