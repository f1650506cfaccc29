"""Every client of a worker, the group member's own and librdkafka's, signs in to a broker with tokens of an identity provider."""
import contextlib
import re
import subprocess
from pathlib import Path

import pytest

import stack
from conftest import unique
from group import Group, Lines, balanced, for_every_client
from identity_provider import Provider
from listeners import one_more_listener

PACKAGE = 'org.apache.kafka.common.security.oauthbearer'


@pytest.fixture
def provider(folder):
    made = Provider(folder)
    yield made
    made.stop()


@pytest.fixture
def authority(folder):
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    certificate, key = folder / 'provider.pem', folder / 'provider.tls.key'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
                    '/CN=provider', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
                   check=True, stderr=subprocess.DEVNULL)
    return certificate, key


@contextlib.contextmanager
def broker(folder, provider):
    """(its open address, the one that wants tokens of the provider); it ends sessions of clients that do not sign in again."""
    options, signed = one_more_listener(
        'SIGNED', 'SASL_PLAINTEXT', sasl_enabled_mechanisms='OAUTHBEARER', connections_max_reauth_ms=4000,
        sasl_oauthbearer_jwks_endpoint_url=f'{provider.url}/keys',
        listener_name_signed_oauthbearer_sasl_jaas_config=f'{PACKAGE}.OAuthBearerLoginModule required;',
        listener_name_signed_oauthbearer_sasl_server_callback_handler_class=f'{PACKAGE}.OAuthBearerValidatorCallbackHandler')
    service = stack.kafka(folder / 'kafka', *options)
    service.environment = {'JAVA_TOOL_OPTIONS': f'-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={provider.url}/keys'}
    service.start()
    try:
        yield service.address, signed
    finally:
        service.stop()


def client_settings(provider, jaas='', **more):
    return for_every_client({'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': 'OAUTHBEARER',
                             'sasl.login.callback.handler.class': f'{PACKAGE}.OAuthBearerLoginCallbackHandler',
                             'sasl.oauthbearer.token.endpoint.url': f'{provider.url}/token',
                             'sasl.jaas.config': f'{PACKAGE}.OAuthBearerLoginModule required {jaas};', **more})


def secrets_in(log, provider):
    return [text for text in [provider.secret, *provider.tokens] if text in log]


def test_workers_sign_in_and_again(provider, folder):
    with broker(folder, provider) as (plain, signed):
        jaas = f'clientId="{provider.client}" clientSecret="{provider.secret}" scope="kafka connect"'
        group = Group(folder, signed, unique('oauth-'), **client_settings(provider, jaas))
        try:
            group.worker('a')
            group.worker('b')
            files = [Lines(folder, f'f{i}', plain) for i in range(2)]
            for lines in files:
                lines.start()
                lines.create(group.rest())
            group.wait_placed([lines.name for lines in files], balanced('ab'))
            asked = len(provider.tokens)
            # Tokens end after 20 s, so that those of the group member and of librdkafka's clients are renewed meanwhile.
            stack.wait_for('tokens to be renewed', lambda: len(provider.tokens) > asked + 2, 60)
            for lines in files:
                lines.wait_beyond()
            assert all(form['scope'] == ['kafka connect'] for form in provider.asked)
            for name, worker in group.workers.items():
                # Signing in again goes on in the one connection: the member is never without its coordinator.
                assert len(re.findall('Discovered group coordinator', worker.log())) == 1, name
                assert secrets_in(worker.log(), provider) == []
            for lines in files:
                assert lines.finish() == []
        finally:
            group.stop()


def test_https_and_the_names_of_kafka_4(folder, authority):
    provider = Provider(folder)
    secure = Provider(folder, tls=authority)  # with the key in the same folder: both are one provider
    with broker(folder, provider) as (plain, signed):
        names = {'sasl.oauthbearer.client.credentials.client.id': secure.client, 'sasl.oauthbearer.client.credentials.client.secret': secure.secret}
        trust = f'ssl.truststore.type="PEM" ssl.truststore.location="{authority[0]}"'
        group = Group(folder, signed, unique('oauth-'), **client_settings(secure, trust, **names))
        try:
            worker = group.worker('a')
            lines = Lines(folder, 'f', plain)
            lines.start()
            lines.create(group.rest())
            lines.wait_beyond()
            assert lines.finish() == []
            assert secure.tokens and secrets_in(worker.log(), secure) == []
        finally:
            group.stop()
    provider.stop()
    secure.stop()


def test_a_wrong_secret_is_named_and_not_shown(provider, folder, kafka_address):
    with broker(folder, provider) as (_, signed):
        jaas = f'clientId="{provider.client}" clientSecret="not-{provider.secret}"'
        service = stack.worker(Path(folder) / 'refused', signed, unique('oauth-'), **client_settings(provider, jaas))
        service.start('--no-wait')
        try:
            stack.wait_for('the refusal to be logged', lambda: 'invalid_client' in service.log(), 60)
            assert secrets_in(service.log(), provider) == []
        finally:
            service.stop()
