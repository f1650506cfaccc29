"""Workers as users run them: one container a host, Kafka with SASL over TLS, PostgreSQL that demands client certificates, and nginx or
haproxy in front with TLS and a password."""
import base64
import json
import os
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

import containers
import stack
from conftest import unique

JAAS = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="alice-secret";'
PASSWORD = 'edge secret'
USER = 1001  # whom the image runs as


class Edge(stack.Rest):
    """The REST API through TLS and a password."""

    def __init__(self, address, authority, password=PASSWORD):
        self.url = f'https://{address}'
        self.context = ssl.create_default_context(cafile=authority)
        self.authorization = 'Basic ' + base64.b64encode(f'admin:{password}'.encode()).decode()

    def raw(self, method, path, body=None, timeout=100):
        data = json.dumps(body).encode() if body is not None else None
        headers = {'Accept': 'application/json', 'Content-Type': 'application/json; charset=utf-8', 'Authorization': self.authorization}
        request = urllib.request.Request(self.url + path, method=method, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout, context=self.context) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode(errors='replace')


class Landscape:
    def __init__(self, folder, network, image):
        self.folder, self.network, self.image = folder, network, image
        self.kafka_host, self.postgres_host, self.edge_host = network.host('kafka', 10), network.host('postgres', 11), network.host('edge', 12)
        self.workers = [network.host(f'connect{number}', 20 + number) for number in (1, 2, 3)]
        self.tls = folder / 'tls'
        self.certificate('kafka', 'kafka', self.kafka_host.address)
        self.certificate('postgres', 'postgres')
        self.certificate('edge', 'connect.test', self.edge_host.address)
        self.certificate('--client', 'user')
        (self.tls / 'jaas').write_text(JAAS + '\n')
        (self.tls / 'htpasswd').write_text('admin:' + containers.run('openssl', 'passwd', '-apr1', PASSWORD) + '\n')
        for path in self.tls.iterdir():
            path.chmod(0o644 if path.name == 'htpasswd' else 0o600)
            os.chown(path, USER, USER)
        self.tls.chmod(0o755)
        (self.tls / 'ca.crt').chmod(0o644)
        self.services = []

    def certificate(self, *arguments):
        subprocess.run([stack.ROOT / 'deploy/edge-ca', self.tls, *arguments], check=True)

    def service(self, kind, host, *options):
        """A service of this machine on a host of its own."""
        host.start(containers.BASE, 'sleep', 'infinity')
        made = stack.Service(kind, self.folder / kind, *options)
        made.folder.mkdir(mode=0o711)
        wrapper = self.folder / f'{kind}-there'
        wrapper.write_text(f'#!/bin/sh\nexec nsenter -t {host.pid} -n {made.script} "$@"\n')
        wrapper.chmod(0o755)
        made.script = wrapper
        self.services.append(made)
        return made

    def start_kafka(self):
        address = self.kafka_host.address
        self.kafka = self.service('kafka', self.kafka_host, '--port', '9092', '--secure', *(part for setting in (
            'listeners=PLAINTEXT://:9092,CONTROLLER://127.0.0.1:9093,SASLTLS://:9094', 'controller.quorum.voters=1@127.0.0.1:9093',
            f'advertised.listeners=PLAINTEXT://{address}:9092,SASLTLS://kafka:9094', f'ssl.keystore.location={self.tls}/kafka.pem',
            f'ssl.truststore.location={self.tls}/ca.crt', 'connections.max.reauth.ms=60000') for part in ('--set', setting)))
        self.kafka.start()
        self.bootstrap = f'{address}:9092'

    def start_postgres(self):
        server_tls = self.folder / 'server-tls'
        server_tls.mkdir(mode=0o755)
        for name in 'postgres.crt', 'postgres.key', 'ca.crt':
            (server_tls / name).write_bytes((self.tls / name).read_bytes())
        (server_tls / 'postgres.key').chmod(0o600)
        subprocess.run(['chown', 'postgres', server_tls / 'postgres.key'], check=True)
        self.postgres = self.service('postgres', self.postgres_host, '--port', '5432', *(part for setting in (
            'listen_addresses=*', 'max_connections=500', 'max_replication_slots=300', 'max_wal_senders=300', 'ssl=on', f'ssl_cert_file={server_tls}/postgres.crt', f'ssl_key_file={server_tls}/postgres.key',
            f'ssl_ca_file={server_tls}/ca.crt') for part in ('--set', setting)))
        self.postgres.start()
        self.database = f'{self.postgres.folder}:5432'  # its Unix socket, for tests
        with (self.postgres.folder / 'data/pg_hba.conf').open('a') as rules:
            rules.write(f'hostssl all all {self.network.prefix}.0/24 cert\nhostssl replication all {self.network.prefix}.0/24 cert\n')
        self.sql('create role "user" with login replication superuser', 'select pg_reload_conf()')

    def start_registry(self):
        """A schema registry that wants a password. It listens on its own host's loopback, so what comes from others is sent there."""
        host = self.network.host('registry', 13)
        self.registry = self.service('registry', host, '--port', '8081', '--secure')
        self.registry.start()
        host.inside('sysctl', '-qw', 'net.ipv4.conf.all.route_localnet=1')
        host.inside('iptables', '-t', 'nat', '-A', 'PREROUTING', '-p', 'tcp', '--dport', '8081', '-j', 'DNAT', '--to-destination', '127.0.0.1')
        path = urllib.parse.urlsplit((self.registry.folder / 'url').read_text().strip()).path
        self.registry.url_inside, self.registry.url_outside = f'http://registry:8081{path}', f'http://{host.address}:8081{path}'

    def sql(self, *statements):
        with stack.connect(self.database) as connection:
            for statement in statements:
                connection.execute(statement)

    def worker_variables(self):
        variables = {'BOOTSTRAP_SERVERS': 'kafka:9094', 'GROUP_ID': 'connect', 'CONFIG_STORAGE_TOPIC': '__connect_configs',
                     'OFFSET_STORAGE_TOPIC': '__connect_offsets', 'STATUS_STORAGE_TOPIC': '__connect_status',
                     'OFFSET_FLUSH_INTERVAL_MS': '1000', 'CONNECT_CONSUMER_ISOLATION_LEVEL': 'read_committed',
                     'CONNECT_SCHEDULED_REBALANCE_MAX_DELAY_MS': '1000', 'CONNECT_OFFSET_STORAGE_PARTITIONS': '3'}
        for client in '', 'PRODUCER_', 'CONSUMER_', 'ADMIN_':
            variables.update({f'CONNECT_{client}SECURITY_PROTOCOL': 'SASL_SSL', f'CONNECT_{client}SASL_MECHANISM': 'SCRAM-SHA-512',
                              f'CONNECT_{client}SASL_JAAS_CONFIG_FILE': '/tls/jaas', f'CONNECT_{client}SSL_TRUSTSTORE_TYPE': 'PEM',
                              f'CONNECT_{client}SSL_TRUSTSTORE_LOCATION': '/tls/ca.crt'})
        return variables

    def start_worker(self, host, *options, **variables):
        return host.start(self.image, options=('--read-only', '--network-alias', 'connect', '-v', f'{self.tls}:/tls:ro', *options),
                          variables={**self.worker_variables(), **variables})

    def start_workers(self):
        plugins = Path(os.environ['MILLRACE_BUILD']) / 'test-plugins'
        for host in self.workers:
            self.start_worker(host, '-v', f'{plugins}:/kafka/connect/own:ro')
        for host in self.workers:
            self.wait_healthy(host)

    def wait_healthy(self, host):
        stack.wait_for(lambda: f'{host.name} to be healthy: {host.log()[-3000:]}', host.healthy, 60)

    def start_edge(self, kind='nginx'):
        image = containers.image_of('localhost/millrace-edge:test', ['nginx-light', 'haproxy'])
        edge = stack.ROOT / 'deploy/edge'
        self.edge_host.remove()
        if kind == 'nginx':
            self.edge_host.start(image, 'nginx', '-g', 'daemon off;',
                                 options=('-v', f'{edge}/nginx.conf:/etc/nginx/conf.d/millrace.conf:ro', '-v', f'{self.tls}:/etc/nginx/tls:ro'))
        else:
            self.edge_host.start(image, 'haproxy', '-W', '-db', '-f', '/etc/haproxy/haproxy.cfg', variables={'EDGE_PASSWORD': PASSWORD},
                                 options=('-v', f'{edge}/haproxy.cfg:/etc/haproxy/haproxy.cfg:ro', '-v', f'{self.tls}:/etc/haproxy/tls:ro'))
        self.edge = Edge(f'{self.edge_host.address}:8443', self.tls / 'ca.crt')

        def answers():
            try:
                return self.edge.raw('GET', '/', timeout=5)[0] == 200
            except OSError:
                return False
        stack.wait_for(lambda: f'the edge to answer: {self.edge_host.log()[-2000:]}', answers, 60)

    def stop(self):
        for service in reversed(self.services):
            service.stop()


def seconds_until(condition, timeout=60):
    """How long it takes until `condition` is true."""
    began = time.monotonic()
    stack.wait_for('the condition that is timed', condition, timeout, every=0.02)
    return time.monotonic() - began


@pytest.fixture(scope='module')
def image():
    containers.require()
    return containers.worker_image()


@pytest.fixture(scope='module')
def servers(image):
    """A landscape with Kafka and PostgreSQL alone."""
    folder = Path(stack.environment('MILLRACE_TEST_DIR')) / unique('c-')
    folder.mkdir(mode=0o711)
    with containers.network() as network:
        made = Landscape(folder, network, image)
        try:
            made.start_kafka()
            made.start_postgres()
            yield made
        finally:
            for host in network.hosts:
                (folder / f'{host.alias}.log').write_text(host.log())
            made.stop()


@pytest.fixture(scope='module')
def landscape(servers):
    servers.start_workers()
    servers.start_edge('nginx')
    return servers


@pytest.fixture
def edge(landscape):
    return landscape.edge
