"""A worker that a container's environment sets up, run as the image's entry point runs it."""
import os
import signal
import subprocess

import pytest

import stack
from conftest import unique
from group import free_ports

PROGRAM = os.environ.get('MILLRACE_WORKER', '')
PATH = {'PATH': os.environ['PATH'], 'TZ': 'UTC'}


@pytest.fixture
def free_port():
    return free_ports(1)[0]


class Container:
    """The program with these variables and nothing else of this process's environment."""

    def __init__(self, folder, variables, *options, before=()):
        folder.mkdir(parents=True, exist_ok=True)
        self.variables = {**PATH, **variables}
        self.log = folder / 'log'
        with self.log.open('w') as out:
            self.process = subprocess.Popen([*before, PROGRAM, '--from-environment', *options], env=self.variables, cwd=folder,
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)

    def text(self):
        return self.log.read_text()

    def healthy(self):
        done = subprocess.run([PROGRAM, '--from-environment', '--check-health'], env=self.variables, stdout=subprocess.PIPE, text=True, timeout=30)
        return done.returncode == 0

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()


def debezium(kafka_address, port, **more):
    group = unique('env-')
    return {'BOOTSTRAP_SERVERS': kafka_address, 'GROUP_ID': group, 'CONFIG_STORAGE_TOPIC': group + '-configs',
            'OFFSET_STORAGE_TOPIC': group + '-offsets', 'STATUS_STORAGE_TOPIC': group + '-status', 'HOST_NAME': '127.0.0.1',
            'CONNECT_LISTENERS': f'http://127.0.0.1:{port}', 'KAFKA_CONNECT_PLUGINS_DIR': os.environ['MILLRACE_PLUGINS'], **more}


def confluent(kafka_address, port, **more):
    group, json = unique('env-'), 'org.apache.kafka.connect.json.JsonConverter'
    return {'CONNECT_BOOTSTRAP_SERVERS': kafka_address, 'CONNECT_GROUP_ID': group, 'CONNECT_CONFIG_STORAGE_TOPIC': group + '-configs',
            'CONNECT_OFFSET_STORAGE_TOPIC': group + '-offsets', 'CONNECT_STATUS_STORAGE_TOPIC': group + '-status',
            'CONNECT_KEY_CONVERTER': json, 'CONNECT_VALUE_CONVERTER': json, 'CONNECT_REST_ADVERTISED_HOST_NAME': '127.0.0.1',
            'CONNECT_CONFIG_STORAGE_REPLICATION_FACTOR': '1', 'CONNECT_OFFSET_STORAGE_REPLICATION_FACTOR': '1',
            'CONNECT_STATUS_STORAGE_REPLICATION_FACTOR': '1', 'CONNECT_LISTENERS': f'http://127.0.0.1:{port}',
            'CONNECT_PLUGIN_PATH': os.environ['MILLRACE_PLUGINS'], **more}


@pytest.mark.parametrize('image', [debezium, confluent])
def test_a_worker_starts_with_an_images_variables(image, kafka_address, free_port, tmp_path):
    container = Container(tmp_path, image(kafka_address, free_port, CONNECT_GROPU_INSTANCE='x'))
    try:
        stack.wait_for('the worker to be healthy', container.healthy)
        rest = stack.Rest(f'127.0.0.1:{free_port}')
        classes = [plugin['class'] for plugin in rest.get('/connector-plugins')]
        assert 'io.debezium.connector.postgresql.PostgresConnector' in classes
        assert "Unknown setting 'gropu.instance' has no effect." in container.text()
        assert '--- Setting property from CONNECT_GROPU_INSTANCE: gropu.instance=x' in container.text()
    finally:
        assert container.end() == 0, container.text()


def test_secrets_come_from_files_and_levels_from_variables(free_port, tmp_path):
    secret = tmp_path / 'jaas'
    secret.write_text('org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="alice-secret";\n')
    variables = debezium(stack.environment('MILLRACE_TEST_KAFKA_SASL_SSL'), free_port, LOG_LEVEL='DEBUG',
                         CONNECT_LOG4J_LOGGER_ORG_APACHE_KAFKA='WARN')
    for client in '', 'PRODUCER_', 'CONSUMER_', 'ADMIN_':
        variables.update({f'CONNECT_{client}SECURITY_PROTOCOL': 'SASL_SSL', f'CONNECT_{client}SASL_MECHANISM': 'SCRAM-SHA-512',
                          f'CONNECT_{client}SASL_JAAS_CONFIG_FILE': str(secret), f'CONNECT_{client}SSL_TRUSTSTORE_TYPE': 'PEM',
                          f'CONNECT_{client}SSL_TRUSTSTORE_LOCATION': stack.environment('MILLRACE_TEST_KAFKA_CERTIFICATES') + '/ca.pem'})
    container = Container(tmp_path, variables)
    try:
        stack.wait_for('the worker to be healthy', container.healthy)
        loggers = stack.Rest(f'127.0.0.1:{free_port}').get('/admin/loggers')
        assert loggers['root']['level'] == 'DEBUG' and loggers['org.apache.kafka']['level'] == 'WARN'
    finally:
        container.end()
    assert 'alice-secret' not in container.text()


def test_what_an_image_refuses_is_refused(tmp_path):
    container = Container(tmp_path, {'BOOTSTRAP_SERVERS': '127.0.0.1:1', 'HEAP_OPTS': '-Xmx1g'})
    assert container.process.wait(10) == 1
    assert 'The CONFIG_STORAGE_TOPIC variable must be set' in container.text()


def test_a_signal_ends_a_worker_that_waits_for_kafka(free_port, tmp_path):
    container = Container(tmp_path, debezium('127.0.0.1:1', free_port))
    stack.wait_for('an attempt to reach Kafka', lambda: 'Failed to connect to and describe Kafka cluster' in container.text(), 30)
    assert not container.healthy()
    assert container.end() == 143


@pytest.mark.skipif(os.geteuid() != 0, reason='networks of its own need root')
def test_of_several_networks_the_last_ones_address_is_advertised(free_port, tmp_path):
    networks = 'for n in 1 2; do ip link add net$n type bridge && ip addr add 10.9.$n.7/24 dev net$n && ip link set net$n up; done; exec "$@"'
    variables = debezium('127.0.0.1:1', free_port)
    del variables['HOST_NAME']
    container = Container(tmp_path, variables, before=['unshare', '-n', 'sh', '-c', networks, 'sh'])
    try:
        stack.wait_for('the address', lambda: '      ADVERTISED_HOST_NAME=10.9.2.7 ' in container.text(), 30)
    finally:
        container.end()
