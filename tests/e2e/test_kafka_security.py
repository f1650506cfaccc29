"""Every client that a worker has signs in to a broker with security: the group member's own, those of the topics, producers and consumers."""
import subprocess
from pathlib import Path

import pytest

import stack
from conftest import unique
from group import Group, Lines, for_every_client, login

FILE_SINK = 'org.apache.kafka.connect.file.FileStreamSinkConnector'


@pytest.fixture
def certificates():
    return Path(stack.environment('MILLRACE_TEST_KAFKA_CERTIFICATES'))


def trust_store(folder, certificates, kind):
    if kind == 'PEM':
        return {'ssl.truststore.location': str(certificates / 'ca.pem'), 'ssl.truststore.type': 'PEM'}
    store = folder / f'trust.{kind}'
    subprocess.run(['keytool', '-importcert', '-noprompt', '-alias', 'authority', '-file', certificates / 'ca.pem', '-keystore', store,
                    '-storetype', kind, '-storepass', 'trust-secret'], check=True, capture_output=True)
    return {'ssl.truststore.location': str(store), 'ssl.truststore.type': kind, 'ssl.truststore.password': 'trust-secret'}


def key_store(folder, certificates, kind):
    store = folder / f'alice.{kind}'
    if kind == 'PEM':
        store.write_text((certificates / 'client.key').read_text() + (certificates / 'client.pem').read_text())
        return {'ssl.keystore.location': str(store), 'ssl.keystore.type': 'PEM'}
    if kind == 'JKS':
        from_pkcs12 = key_store(folder, certificates, 'PKCS12')['ssl.keystore.location']
        subprocess.run(['keytool', '-importkeystore', '-srckeystore', from_pkcs12, '-srcstorepass', 'key-secret', '-destkeystore', store,
                        '-deststoretype', 'JKS', '-deststorepass', 'key-secret'], check=True, capture_output=True)
        return {'ssl.keystore.location': str(store), 'ssl.keystore.type': 'JKS', 'ssl.keystore.password': 'key-secret'}
    subprocess.run(['openssl', 'pkcs12', '-export', '-in', certificates / 'client.pem', '-inkey', certificates / 'client.key', '-passout',
                    'pass:key-secret', '-out', store], check=True)
    return {'ssl.keystore.location': str(store), 'ssl.keystore.type': 'PKCS12', 'ssl.keystore.password': 'key-secret'}


def secured(kind, folder, certificates):
    """(the broker's listener, what a client needs there)"""
    if kind in ('PEM', 'PKCS12', 'JKS'):  # certificates on both sides
        return stack.environment('MILLRACE_TEST_KAFKA_SSL'), {'security.protocol': 'SSL', **trust_store(folder, certificates, kind),
                                                             **key_store(folder, certificates, kind)}
    if kind == 'SASL_SSL':
        return stack.environment('MILLRACE_TEST_KAFKA_SASL_SSL'), {'security.protocol': 'SASL_SSL', **login('SCRAM-SHA-512'),
                                                                  **trust_store(folder, certificates, 'JKS')}
    return stack.environment('MILLRACE_TEST_KAFKA_SASL'), {'security.protocol': 'SASL_PLAINTEXT', **login(kind)}


def group_at(folder, address, settings):
    return Group(folder, address, unique('secure-'), session_timeout_ms=6000, heartbeat_interval_ms=1000, **settings)


def create_sink(rest, lines, path):
    status, answer = rest.call('POST', '/connectors', {'name': f'{lines.name}-sink', 'config': {
        'connector.class': FILE_SINK, 'tasks.max': '1', 'topics': lines.topic, 'file': str(path),
        'value.converter': 'org.apache.kafka.connect.storage.StringConverter'}})
    assert status == 201, answer


@pytest.mark.parametrize('kind', ['PLAIN', 'SCRAM-SHA-256', 'SASL_SSL', 'PEM', 'PKCS12', 'JKS'])
def test_a_source_and_a_sink(kind, folder, kafka_address, certificates):
    address, settings = secured(kind, folder, certificates)
    group, lines, copy = group_at(folder, address, for_every_client(settings)), Lines(folder, unique('s'), kafka_address), folder / 'copy.txt'
    try:
        worker = group.worker('a')
        lines.start()
        lines.create(group.rest())
        create_sink(group.rest(), lines, copy)
        stack.wait_for('the sink to write', lambda: copy.exists() and len(copy.read_text().splitlines()) > 20)
        assert lines.finish() == []
        assert not [secret for secret in ('alice-secret', 'trust-secret', 'key-secret') if secret in worker.log()]
    finally:
        lines.done.set()
        group.stop()


def test_a_connector_signs_in_with_its_own_credentials_where_the_policy_lets_it(folder, kafka_address, certificates):
    address, settings = secured('PLAIN', folder, certificates)
    producers = {f'producer.{name}': value for name, value in {**settings, **login('PLAIN', 'not-the-password')}.items()}
    group, lines = group_at(folder, address, {**for_every_client(settings), **producers}), Lines(folder, unique('s'), kafka_address)
    own = {f'producer.override.{name}': value for name, value in login('PLAIN').items()}
    try:
        group.worker('free', connector_client_config_override_policy='Principal')
        lines.start()
        status, answer = group.rest().call('POST', '/connectors', {'name': lines.name, 'config': lines.config(**own)})
        assert status == 201, answer
        lines.wait_beyond()
        assert lines.finish() == []
        group.workers['free'].stop()
        group.worker('strict', connector_client_config_override_policy='None')
        status, answer = group.rest().call('PUT', f'/connectors/{lines.name}-2/config', {**lines.config(**own), 'name': f'{lines.name}-2'})
        assert status == 400 and "The 'None' policy does not allow 'sasl.mechanism' to be overridden" in answer, answer
    finally:
        lines.done.set()
        group.stop()
