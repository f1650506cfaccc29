"""The REST API's TLS as its users set it up: several listeners, Java's stores, client certificates, protocols and ciphers, renewed files."""
import http.client
import json
import re
import ssl
import subprocess

import pytest

import stack
from conftest import unique
from group import free_ports


class Keys:
    """Key stores of Java, made by keytool, and certificates of clients in PEM."""

    def __init__(self, folder):
        self.folder = folder

    def keytool(self, *arguments):
        return subprocess.run(['keytool', *arguments], check=True, capture_output=True).stdout

    def server(self, name):
        """A JKS store whose key has a password of its own, and its certificate in PEM."""
        store = self.folder / f'{name}.jks'
        self.keytool('-genkeypair', '-alias', 'rest', '-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', f'CN={name}', '-ext', 'san=ip:127.0.0.1',
                     '-validity', '2', '-keystore', store, '-storetype', 'JKS', '-storepass', 'store-secret', '-keypass', 'key-secret')
        certificate = self.folder / f'{name}.pem'
        certificate.write_bytes(self.keytool('-exportcert', '-rfc', '-alias', 'rest', '-keystore', store, '-storepass', 'store-secret'))
        return store, certificate

    def client(self):
        """A key and a certificate, and a PKCS#12 store that trusts it."""
        key, certificate, trust = (self.folder / name for name in ('client.key', 'client.pem', 'trust.p12'))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=client',
                        '-keyout', key, '-out', certificate], check=True, stderr=subprocess.DEVNULL)
        self.keytool('-importcert', '-noprompt', '-alias', 'client', '-file', certificate, '-keystore', trust, '-storetype', 'PKCS12',
                     '-storepass', 'trust-secret')
        return key, certificate, trust


    def pair(self, name, subject):
        """A key and a certificate for it that vouches for itself, in PEM."""
        key, certificate = self.folder / f'{name}.key', self.folder / f'{name}.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', subject,
                        '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate], check=True, stderr=subprocess.DEVNULL)
        return key, certificate

    def put(self, kind, own, trusted, number):
        """Puts a new key and a new trusted client, client-NUMBER, into stores of that kind, at once each. The server's certificate in PEM."""
        key, certificate = self.pair(f'server-{number}', '/CN=server')
        _, client = self.pair(f'client-{number}', '/CN=client')
        new_own, new_trusted = self.folder / f'own-{number}', self.folder / f'trusted-{number}'
        if kind == 'PEM':
            new_own.write_text(key.read_text() + certificate.read_text())
            new_trusted.write_text(client.read_text())
        else:
            made = self.folder / f'server-{number}.p12'
            subprocess.run(['openssl', 'pkcs12', '-export', '-name', 'rest', '-in', certificate, '-inkey', key, '-passout', 'pass:store-secret',
                            '-out', made], check=True)
            self.keytool('-importkeystore', '-srckeystore', made, '-srcstorepass', 'store-secret', '-destkeystore', new_own, '-deststoretype', kind,
                         '-deststorepass', 'store-secret')
            self.keytool('-importcert', '-noprompt', '-alias', 'client', '-file', client, '-keystore', new_trusted, '-storetype', kind,
                         '-storepass', 'store-secret')
        new_trusted.replace(trusted)
        new_own.replace(own)
        return certificate


@pytest.fixture
def keys(folder):
    return Keys(folder)


def store_settings(store, trust, prefix='listeners.https.', key_password='key-secret'):
    settings = {'ssl.keystore.location': store, 'ssl.keystore.type': 'JKS', 'ssl.keystore.password': 'store-secret', 'ssl.key.password': key_password,
                'ssl.truststore.location': trust, 'ssl.truststore.type': 'PKCS12', 'ssl.truststore.password': 'trust-secret',
                'ssl.client.auth': 'required', 'ssl.enabled.protocols': 'TLSv1.2',
                'ssl.cipher.suites': 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'}
    return {prefix + name: value for name, value in settings.items()}


def ask(port, context, path='/'):
    """(status, cipher, version, the server's certificate) of one request."""
    connection = http.client.HTTPSConnection('127.0.0.1', port, context=context, timeout=30)
    try:
        connection.request('GET', path)
        told = connection.sock.cipher()[0], connection.sock.version(), ssl.DER_cert_to_PEM_cert(connection.sock.getpeercert(True))
        return connection.getresponse().status, *told
    finally:
        connection.close()


def test_listeners_of_all_kinds(keys, folder, kafka_address):
    store, certificate = keys.server('first')
    key, client, trust = keys.client()
    plain, first, second, admin = free_ports(4)
    worker = stack.worker(folder / 'w', kafka_address, unique('tls-'), port=plain, admin_listeners=f'http://127.0.0.1:{admin}',
                          listeners=f'http://127.0.0.1:{plain},https://127.0.0.1:{first},https://127.0.0.1:{second}', **store_settings(store, trust)).start()
    try:
        user = ssl.create_default_context(cafile=certificate)
        user.load_cert_chain(client, key)
        for port in (first, second):
            assert ask(port, user)[:3] == (200, 'ECDHE-ECDSA-AES256-GCM-SHA384', 'TLSv1.2')
        assert stack.Rest(f'127.0.0.1:{plain}').raw('GET', '/')[0] == 200
        assert stack.Rest(f'127.0.0.1:{admin}').raw('GET', '/admin/loggers')[0] == 200
        assert stack.Rest(f'127.0.0.1:{plain}').raw('GET', '/admin/loggers')[0] == 404

        nobody = ssl.create_default_context(cafile=certificate)
        with pytest.raises(OSError):
            ask(first, nobody)
        newer = ssl.create_default_context(cafile=certificate)
        newer.load_cert_chain(client, key)
        newer.minimum_version = ssl.TLSVersion.TLSv1_3
        with pytest.raises(ssl.SSLError):
            ask(first, newer)
        other = ssl.create_default_context(cafile=certificate)
        other.load_cert_chain(client, key)
        other.set_ciphers('ECDHE-ECDSA-AES128-GCM-SHA256')
        with pytest.raises(OSError):
            ask(first, other)

        renewed, renewed_certificate = keys.server('second')
        renewed.rename(store)
        user = ssl.create_default_context(cafile=renewed_certificate)
        user.load_cert_chain(client, key)
        assert ask(first, user)[3].split() == renewed_certificate.read_text().split()
        assert not [secret for secret in ('store-secret', 'key-secret', 'trust-secret') if secret in worker.log()]
    finally:
        worker.stop()


@pytest.mark.parametrize('kind', ['PEM', 'PKCS12', 'JKS'])
def test_renewed_stores_of_each_kind_are_taken_up(kind, keys, folder, kafka_address):
    """Its own certificate, and those of clients that it trusts: with the time of a file, what it serves changes, and nothing else."""
    own, trusted = folder / 'own.store', folder / 'trusted.store'
    certificates = [keys.put(kind, own, trusted, 0)]
    plain, secure = free_ports(2)
    settings = {'ssl.keystore.location': own, 'ssl.keystore.type': kind, 'ssl.truststore.location': trusted, 'ssl.truststore.type': kind,
                'ssl.client.auth': 'required'}
    if kind != 'PEM':
        settings |= {'ssl.keystore.password': 'store-secret', 'ssl.truststore.password': 'store-secret'}
    worker = stack.worker(folder / 'w', kafka_address, unique('tls-'), port=plain, listeners=f'http://127.0.0.1:{plain},https://127.0.0.1:{secure}',
                          **{f'listeners.https.{name}': value for name, value in settings.items()}).start()
    try:
        for number in (0, 1):
            if number:
                certificates.append(keys.put(kind, own, trusted, number))
            user = ssl.create_default_context(cafile=certificates[number])
            user.load_cert_chain(folder / f'client-{number}.pem', folder / f'client-{number}.key')
            assert ask(secure, user)[3].split() == certificates[number].read_text().split()
        old = ssl.create_default_context(cafile=certificates[1])
        old.load_cert_chain(folder / 'client-0.pem', folder / 'client-0.key')
        with pytest.raises(OSError):
            ask(secure, old)
        own.write_text('no store at all')
        assert ask(secure, user)[0] == 200
        stack.wait_for('the file to be named', lambda: str(own) in worker.log())
    finally:
        worker.stop()


def test_a_store_that_will_not_do_is_named(keys, folder, kafka_address):
    store, _ = keys.server('first')
    _, _, trust = keys.client()
    plain, secure = free_ports(2)
    worker = stack.worker(folder / 'w', kafka_address, unique('tls-'), port=plain, listeners=f'http://127.0.0.1:{plain},https://127.0.0.1:{secure}',
                          **store_settings(store, trust, key_password='another-secret'))
    worker.start('--no-wait')
    stack.wait_for('the worker to end', lambda: not worker.running(), 60)
    told = worker.log()
    assert str(store) in told and "alias 'rest'" in told and 'ssl.key.password' in told, told[-2000:]
    assert 'another-secret' not in told


def test_peers_forward_where_users_must_show_a_certificate(keys, folder, own_kafka):
    store, certificate = keys.server('first')
    key, client, trust = keys.client()
    workers, ports, group = [], [], unique('tls-')
    try:
        for name in ('leader', 'follower'):
            plain, secure = free_ports(2)
            ports.append(secure)
            workers.append(stack.worker(folder / name, own_kafka.address, group, port=plain, rest_advertised_listener='https',
                                        listeners=f'http://127.0.0.1:{plain},https://127.0.0.1:{secure}', **store_settings(store, trust)).start())
            stack.wait_for(f'the {name} to have joined', lambda: 'Herder started' in workers[-1].log())
        user = ssl.create_default_context(cafile=certificate)
        user.load_cert_chain(client, key)
        connection = http.client.HTTPSConnection('127.0.0.1', ports[1], context=user, timeout=60)
        source = folder / 'lines.txt'
        source.touch()
        body = {'name': 'f', 'config': {'connector.class': 'FileStreamSource', 'file': str(source), 'topic': 'f'}}
        connection.request('POST', '/connectors', json.dumps(body), {'Content-Type': 'application/json'})
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()
        stack.wait_for('the leader to log the request', lambda: '"POST /connectors?forward=true HTTP/1.1" 201' in workers[0].log())
    finally:
        for worker in workers:
            worker.stop()


def test_ports_that_the_settings_leave_open_are_told_to_the_others(folder, own_kafka):
    group, workers, addresses = unique('open-'), [], []
    try:
        for name in ('leader', 'follower'):
            workers.append(stack.worker(folder / name, own_kafka.address, group, listeners='http://127.0.0.1:0,http://127.0.0.1:0',
                                        admin_listeners='http://127.0.0.1:0').start('--no-wait'))
            stack.wait_for(f'the {name} to have joined', lambda: 'Herder started' in workers[-1].log())
            url = r'REST server listening at http://(127\.0\.0\.1:\d+)/, advertising URL http://\1/'
            addresses.append(re.search(url, workers[-1].log())[1])
            admin = re.search(r'REST admin endpoints at http://(127\.0\.0\.1:\d+)/', workers[-1].log())[1]
            assert stack.Rest(admin).raw('GET', '/admin/loggers')[0] == 200
        source = folder / 'lines.txt'
        source.touch()
        config = {'connector.class': 'FileStreamSource', 'file': str(source), 'topic': f'{group}-lines'}
        status, answer = stack.Rest(addresses[1]).call('POST', '/connectors', {'name': 'f', 'config': config})
        assert status == 201, answer
        stack.wait_for('the leader to tell of it', lambda: '"POST /connectors?forward=true HTTP/1.1" 201' in workers[0].log())
        stack.Rest(addresses[0]).wait_running('f')
        placed = stack.Rest(addresses[0]).status('f')
        assert {part['worker_id'] for part in [placed['connector'], *placed['tasks']]} <= set(addresses)
    finally:
        for worker in workers:
            worker.stop()
