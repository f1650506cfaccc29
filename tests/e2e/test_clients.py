"""Clients that people use with Kafka Connect drive a cluster through each of its workers, over TLS."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import stack
from conftest import unique
from group import FILE_SOURCE, Group, Lines, workers_over_https

# Each worker, with what the leader was asked once a client has created a connector through this one and those before it.
COUNTS = {'leader': (1, 0), 'follower': (1, 1), 'another': (1, 2)}


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('clients-'))
    yield made
    made.stop()


@pytest.fixture
def store(folder):
    """A key and a certificate for 127.0.0.1 in the key store `users.p12` with the password secret; users.pem is the authority that signed it."""
    def openssl(*arguments):
        subprocess.run(['openssl', *arguments], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    new_key = ('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes')
    openssl(*new_key, '-x509', '-days', '2', '-subj', '/CN=authority', '-keyout', 'authority.key', '-out', 'users.pem')
    openssl(*new_key, '-subj', '/CN=worker', '-keyout', 'worker.key', '-out', 'worker.csr')
    (folder / 'names').write_text('subjectAltName=IP:127.0.0.1\n')
    openssl('x509', '-req', '-in', 'worker.csr', '-CA', 'users.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-days', '2', '-extfile', 'names',
            '-out', 'worker.pem')
    openssl('pkcs12', '-export', '-in', 'worker.pem', '-inkey', 'worker.key', '-passout', 'pass:secret', '-out', 'users.p12')
    return folder / 'users.p12'


class Kc:
    """kc, the command of kafka-connect-py."""

    def __init__(self, url, authority):
        self.environment = {**os.environ, 'KAFKA_CONNECT_URL': url, 'REQUESTS_CA_BUNDLE': str(authority)}

    def __call__(self, *arguments):
        done = subprocess.run([Path(sys.executable).parent / 'kc', *arguments], env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip().startswith(('{', '[', '"')) else done.stdout.strip()


def asked(group):
    """How often the leader was asked to create a connector: by clients, and by other workers."""
    log = group.workers['leader'].log()
    return [log.count(f'"POST /connectors{query} HTTP/1.1" 201') for query in ('', '?forward=true')]


def wait_asked(group, *expected):
    stack.wait_for(lambda: f'the leader to log {expected} requests; they are {asked(group)}', lambda: asked(group) == list(expected))


def drive_with_kc(kc, lines):
    """A connector's whole life."""
    lines.start()
    name, config = lines.name, lines.config()

    def states():
        status = kc('status', name)
        return [status['connector']['state']] + [task['state'] for task in status['tasks']] if 'connector' in status else None

    assert kc('info')['version'].startswith('4.')
    assert FILE_SOURCE in [plugin['class'] for plugin in kc('list-plugins')]
    assert kc('create', '-d', json.dumps({'name': name, 'config': config}))['name'] == name
    stack.wait_for('the connector to run', lambda: states() == ['RUNNING', 'RUNNING'])
    lines.wait_beyond()
    assert kc('list') == [name]
    assert kc('config', name) == {**config, 'name': name}
    assert [task['id']['task'] for task in kc('list-tasks', name)] == [0]
    assert kc('task-status', name, '0')['state'] == 'RUNNING'
    stack.wait_for('the topic to be listed', lambda: kc('list-topics', name) == {name: {'topics': [lines.topic]}})
    kc('pause', name)
    stack.wait_for('the pause', lambda: states() == ['PAUSED', 'PAUSED'])
    kc('resume', name)
    stack.wait_for('the connector to run again', lambda: states() == ['RUNNING', 'RUNNING'])
    kc('restart', name, '--include-tasks')
    kc('restart-task', name, '0')
    assert kc('update', name, '-d', json.dumps({**config, 'batch.size': '500'}))['config']['batch.size'] == '500'
    stack.wait_for('the connector to run with its new configuration', lambda: states() == ['RUNNING', 'RUNNING'])
    assert lines.finish() == []
    kc('delete', name)
    stack.wait_for('the connector to be gone', lambda: kc('list') == [])


def test_kc(group, folder, own_kafka, store):
    ports = workers_over_https(group, store)
    for name, count in COUNTS.items():
        drive_with_kc(Kc(f'https://127.0.0.1:{ports[name]}', folder / 'users.pem'), Lines(folder, unique('kc'), own_kafka.address))
        wait_asked(group, *count)


class Kofr:
    """kofr, with a cluster of these workers."""

    def __init__(self, folder, authority, *urls):
        self.program, self.config = stack.ROOT / 'tests/support/kofr', folder / 'kofr.yaml'
        self.environment = {**os.environ, 'HOME': str(folder), 'SSL_CERT_FILE': str(authority), 'CARGO_HOME': str(Path.home() / '.cargo'),
                            'RUSTUP_HOME': str(Path.home() / '.rustup'), 'XDG_CACHE_HOME': os.environ.get('XDG_CACHE_HOME', str(Path.home() / '.cache'))}
        self.config.write_text('current-cluster: null\nclusters: []\n')
        self('config', 'add-cluster', 'test', '--hosts', ','.join(urls))

    def __call__(self, *arguments, told=None, may_fail=False):
        done = subprocess.run([self.program, '--config-file', self.config, *arguments], env=self.environment, input=told, capture_output=True,
                              text=True, timeout=800)
        if done.returncode == 77:
            pytest.skip('kofr is not there; MILLRACE_TEST_KOFR=build builds it with cargo, in some minutes')
        assert done.returncode == 0 or may_fail, (arguments, done.stdout, done.stderr)
        return done.stdout if done.returncode == 0 else ''


def drive_with_kofr(kofr, url, lines):
    """A connector's whole life."""
    lines.start()
    name, config = lines.name, lines.config()

    def states():
        status = json.loads(kofr('cn', 'status', name, may_fail=True) or 'null')  # none before a worker has begun
        return [status['connector']['state']] + [task['state'] for task in status['tasks']] if status else []

    assert 'Online' in next(line for line in kofr('cluster', 'status').splitlines() if url in line)
    assert FILE_SOURCE in kofr('plugin', 'ls')
    assert 'successfully created' in kofr('cn', 'create', '-f', '-', told=json.dumps({'name': name, 'config': config}))
    stack.wait_for('the connector to run', lambda: states() == ['RUNNING', 'RUNNING'])
    lines.wait_beyond()
    assert name in kofr('ls')
    assert json.loads(kofr('cn', 'config', name)) == {**config, 'name': name}
    assert 'RUNNING' in kofr('task', 'ls', name)
    stack.wait_for('the topic to be listed', lambda: lines.topic in kofr('topic', 'ls', name))
    kofr('cn', 'pause', name)
    stack.wait_for('the pause', lambda: states() == ['PAUSED', 'PAUSED'])
    kofr('cn', 'resume', name)
    stack.wait_for('the connector to run again', lambda: states() == ['RUNNING', 'RUNNING'])
    kofr('cn', 'restart', name, '--include-tasks')
    kofr('task', 'restart', name, '0')
    kofr('cn', 'patch', name, '-d', json.dumps({**config, 'name': name, 'batch.size': '500'}))
    assert json.loads(kofr('cn', 'config', name))['batch.size'] == '500'
    stack.wait_for('the connector to run with its new configuration', lambda: states() == ['RUNNING', 'RUNNING'])
    assert lines.finish() == []
    kofr('cn', 'delete', name)
    stack.wait_for('the connector to be gone', lambda: name not in kofr('ls'))


def test_kofr(group, folder, own_kafka, store):
    ports = workers_over_https(group, store)
    for name, count in COUNTS.items():
        url = f'https://127.0.0.1:{ports[name]}'
        kofr = Kofr(folder, folder / 'users.pem', 'https://127.0.0.1:1', url)  # the first of its workers is down
        drive_with_kofr(kofr, url, Lines(folder, unique('kofr'), own_kafka.address))
        wait_asked(group, *count)
