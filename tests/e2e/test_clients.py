"""Clients that people use with Kafka Connect drive a cluster through a follower, over TLS."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import stack
from conftest import unique
from group import FILE_SOURCE, Group, Lines, follower_over_https


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('clients-'))
    yield made
    made.stop()


@pytest.fixture
def store(folder):
    """A key and a certificate for 127.0.0.1, in PEM and in the key store `users.p12` with the password secret."""
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=users',
                    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', folder / 'users.key', '-out', folder / 'users.pem'],
                   check=True, stderr=subprocess.DEVNULL)
    subprocess.run(['openssl', 'pkcs12', '-export', '-in', folder / 'users.pem', '-inkey', folder / 'users.key', '-passout', 'pass:secret',
                    '-out', folder / 'users.p12'], check=True)
    return folder / 'users.p12'


class Kc:
    """kc, the command of kafka-connect-py."""

    def __init__(self, url, authority):
        self.environment = {**os.environ, 'KAFKA_CONNECT_URL': url, 'REQUESTS_CA_BUNDLE': str(authority)}

    def __call__(self, *arguments):
        done = subprocess.run([Path(sys.executable).parent / 'kc', *arguments], env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip().startswith(('{', '[', '"')) else done.stdout.strip()


def test_kc(group, folder, own_kafka, store):
    port = follower_over_https(group, store)
    kc = Kc(f'https://127.0.0.1:{port}', folder / 'users.pem')
    lines = Lines(folder, unique('kc'), own_kafka.address)
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
    # It was the leader that did it, asked by the follower.
    stack.wait_for('the leader to log the request', lambda: '"POST /connectors?forward=true HTTP/1.1" 201' in group.workers['leader'].log())
