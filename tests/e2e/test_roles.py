"""Users and roles where requests cross from one kind of worker to the other: credentials travel, and each worker asks for itself."""
import json
import os

import pytest

import stack
from conftest import unique
from group import Group, Lines

EXTENSION = 'org.apache.kafka.connect.rest.basic.auth.extension'
ADA, GRACE, EVE = 'ada:lovelace', 'grace:hopper', 'ada:guess'


@pytest.fixture
def group(folder, own_kafka, monkeypatch):
    (folder / 'users').write_text('ada=lovelace\ngrace=hopper\n')
    (folder / 'roles').write_text('ada=edit\ngrace=operate:lines-.* read-only\n')
    (folder / 'jaas').write_text(f'KafkaConnect {{ {EXTENSION}.PropertyFileLoginModule required file="{folder}/users"; }};\n')
    login = f'-Djava.security.auth.login.config={folder}/jaas'
    monkeypatch.setenv('KAFKA_OPTS', login)
    monkeypatch.setenv('CONNECT_JVM', f'{os.environ.get("CONNECT_JVM", "-XX:TieredStopAtLevel=1")} {login}')
    made = Group(folder, own_kafka.address, unique('roles-'), rest_extension_classes=f'{EXTENSION}.BasicAuthSecurityRestExtension',
                 session_timeout_ms=6000)
    yield made
    made.stop()


def start(group, name, kind, **more):
    group.worker(name, kind, '--no-wait', **more)
    rest = stack.Rest(group.workers[name].address, credentials=ADA)

    def answers():
        try:
            return rest.raw('GET', '/health')[0] == 200
        except OSError:
            return False
    stack.wait_for(f'{name} to answer', answers, 120)


def ask(group, at, credentials, method, path, body=None):
    status, text = stack.Rest(group.workers[at].address, credentials=credentials).call(method, path, body)
    return status, json.loads(text) if text.startswith('{') else text


def requests_at(group, at, folder, kafka_address, refuses_roles=True):
    """What each user gets at one worker, whoever leads."""
    lines = Lines(folder, 'lines-' + unique(''), kafka_address)
    path = f'/connectors/{lines.name}'
    created = {'name': lines.name, 'config': lines.config()}
    for credentials in (EVE, 'nobody:x', None):
        assert ask(group, at, credentials, 'POST', '/connectors', created)[0] == 401
        assert ask(group, at, credentials, 'GET', '/connectors')[0] == 401
    if refuses_roles:
        status, answer = ask(group, at, GRACE, 'POST', '/connectors', created)
        assert (status, answer['error_code']) == (403, 403), answer
    assert ask(group, at, ADA, 'POST', '/connectors', created)[0] == 201
    every = [stack.Rest(worker.address, credentials=ADA) for worker in group.workers.values()]
    stack.wait_for('the connector to run', lambda: all(rest.states(lines.name) == ['RUNNING', 'RUNNING'] for rest in every), 120)
    assert ask(group, at, GRACE, 'PUT', f'{path}/stop')[0] == 204
    stack.wait_for('the stop', lambda: all(rest.states(lines.name) == ['STOPPED'] for rest in every))
    if refuses_roles:
        status, answer = ask(group, at, GRACE, 'DELETE', path)
        assert (status, answer['error_code']) == (403, 403), answer
    assert ask(group, at, EVE, 'DELETE', path)[0] == 401
    assert ask(group, at, ADA, 'DELETE', path)[0] == 204


def test_requests_cross_between_the_kinds(group, folder, own_kafka):
    roles = {'millrace_rest_roles_file': folder / 'roles'}
    start(group, 'ours', 'worker', **roles)
    group.wait_settled()
    start(group, 'java', 'java-connect')
    group.wait_settled()
    assert group.leader() == 'ours'
    requests_at(group, 'java', folder, own_kafka.address)  # the leader refuses what the user may not do
    requests_at(group, 'ours', folder, own_kafka.address)
    group.workers['ours'].stop()
    stack.wait_for('the other to lead', lambda: group.leader() == 'java', 120)
    group.workers['ours'].resume('--no-wait')
    stack.wait_for('ours to answer', lambda: 'Herder started' in group.workers['ours'].log().rsplit('Kafka Connect starting', 1)[-1], 120)
    group.wait_settled()
    assert group.leader() == 'java'
    requests_at(group, 'ours', folder, own_kafka.address)  # refused before it is forwarded
    requests_at(group, 'java', folder, own_kafka.address, refuses_roles=False)  # Kafka Connect has no roles
