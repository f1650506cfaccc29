"""deploy/compose.yaml as it stands, by podman-compose and by docker compose: up, a connector, metrics, more workers, a frozen one, down. The
images of others are stand-ins with the same programs."""
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import yaml

import containers
import stack
from conftest import unique
from group import free_ports
from landscape import PASSWORD, Edge

IMAGES = stack.ROOT / 'tests/e2e/images'
DEPLOY = stack.ROOT / 'deploy'
REGISTRY = DEPLOY / 'services/registry'
SERVICES = ['kafka', 'postgres', 'connect', 'nginx', 'prometheus'] + ['registry'] * REGISTRY.exists()
AVRO = {'value.converter': 'io.confluent.connect.avro.AvroConverter',
        'value.converter.schema.registry.url': 'http://registry:8080/apis/ccompat/v7'} if REGISTRY.exists() else {}


def stand_in(name, context, **contexts):
    """An image of tests/e2e/images, made once."""
    tag = f'localhost/millrace-{name}:test'
    if containers.podman('image', 'exists', tag, check=False).returncode:
        more = [part for key, value in {'scripts': IMAGES / name, **contexts}.items() for part in ('--build-context', f'{key}={value}')]
        containers.podman('build', '-t', tag, '--build-arg', f'BASE_IMAGE={containers.BASE}', *more, '-f', IMAGES / name / 'Containerfile', context)
    return tag


def registry_image():
    """Of what deploy/services/registry fetches."""
    if not REGISTRY.exists():
        return ''
    containers.run(REGISTRY, 'fetch')
    folder = Path(containers.run('bash', '-c', f'set -- fetch; . {REGISTRY} >/dev/null; echo "$folder"'))
    java = Path((folder / 'java-path').read_text().strip()).parents[1]
    return stand_in('registry', folder, java=java)


class Project:
    """The services of compose.yaml under a name of their own."""

    def __init__(self, program):
        jars = containers.run('bash', '-c', f'. {DEPLOY}/services/common.sh; jar_folder kafka.pom.xml')
        edge = containers.image_of('localhost/millrace-edge:test', ['nginx-light', 'haproxy'])
        self.name, self.program = unique('mr'), program
        ports = free_ports(3)
        self.edge_port, self.haproxy_port, self.prometheus_port = ports
        self.environment = {
            'KAFKA_IMAGE': stand_in('kafka', jars), 'POSTGRES_IMAGE': stand_in('postgres', IMAGES), 'MILLRACE_IMAGE': containers.worker_image(),
            'PROMETHEUS_IMAGE': stand_in('prometheus', '/opt/millrace/prometheus'), 'NGINX_IMAGE': edge, 'HAPROXY_IMAGE': edge,
            'REGISTRY_IMAGE': registry_image(), 'EDGE_PORT': str(ports[0]), 'HAPROXY_PORT': str(ports[1]), 'PROMETHEUS_PORT': str(ports[2]), 'EDGE_PASSWORD': PASSWORD,
            'PATH': f'{os.path.dirname(sys.executable)}:{os.environ["PATH"]}'}
        for name, value in self.environment.items():
            os.environ[name] = value
        containers.run(DEPLOY / 'compose-files')

    def compose(self, *arguments):
        return containers.run(*self.program, '-p', self.name, '-f', DEPLOY / 'compose.yaml', *arguments)

    def up(self, *options):
        self.compose('up', '-d', '--no-build', *options)
        bridge = containers.podman('network', 'inspect', '-f', '{{.NetworkInterface}}', f'{self.name}_default')
        containers.run('ip', 'link', 'set', 'dev', bridge, 'address', '02:00:0a:01:00:01')

    def containers(self, service):
        names = containers.podman('ps', '--filter', f'label=com.docker.compose.project={self.name}', '--filter',
                                  f'label=com.docker.compose.service={service}', '--format', '{{.Names}}')
        return sorted(names.split())

    def query(self, expression):
        """The values of an instant query to Prometheus."""
        url = f'http://127.0.0.1:{self.prometheus_port}/api/v1/query?' + urllib.parse.urlencode({'query': expression})
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return [float(result['value'][1]) for result in json.load(answer)['data']['result']]
        except OSError:
            return []


def docker_compose():
    """Docker's own of version 2, whose parser is the one that users have."""
    for program in ['docker', 'compose'], ['/opt/millrace/docker-compose']:
        if shutil.which(program[0]) and containers.run(*program, 'version', check=False).returncode == 0:
            return program
    pytest.skip('no docker compose: deploy/install-dependencies --sanitizers builds it where there is Go 1.24')


@contextlib.contextmanager
def docker_api(folder):
    """podman with the API of Docker, for docker compose."""
    socket = folder / 'podman.sock'
    service = subprocess.Popen(['podman', 'system', 'service', '--time=0', f'unix://{socket}'], env={**os.environ, **containers.environment()},
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        stack.wait_for('the socket of podman', socket.exists)
        os.environ['DOCKER_HOST'] = f'unix://{socket}'
        yield
    finally:
        os.environ.pop('DOCKER_HOST', None)
        service.terminate()
        service.wait(60)


@pytest.fixture(scope='module', params=['podman-compose', 'docker compose'])
def project(request, tmp_path_factory):
    containers.require()
    with contextlib.ExitStack() as ends:
        program = [request.param]
        if request.param == 'docker compose':
            program = docker_compose()
            ends.enter_context(docker_api(tmp_path_factory.mktemp('api')))
        made = Project(program)
        try:
            made.up(*SERVICES)
            yield made
        finally:
            made.compose('--profile', 'haproxy', 'down', '-v', '--remove-orphans', '-t', '5')
            assert not containers.podman('ps', '-aq', '--filter', f'label=com.docker.compose.project={made.name}')


def test_the_file_is_of_the_form_that_docker_compose_1_29_takes():
    """Debian 12 has that version. It reads no name of the project in the file, but does in .env, as later ones do."""
    file = yaml.safe_load((DEPLOY / 'compose.yaml').read_text())
    assert {key for key in file if not key.startswith('x-')} <= {'version', 'services', 'networks', 'volumes', 'secrets', 'configs'}
    assert (DEPLOY / '.env').read_text() == 'COMPOSE_PROJECT_NAME=millrace\n'


@pytest.mark.parametrize('profiles', [[], ['haproxy'], ['haproxy', 'dashboard']], ids='-'.join)
def test_docker_compose_takes_the_file(profiles):
    options = [part for profile in profiles for part in ('--profile', profile)]
    taken = json.loads(containers.run(*docker_compose(), '-f', DEPLOY / 'compose.yaml', *options, 'config', '--format', 'json'))
    file = yaml.safe_load((DEPLOY / 'compose.yaml').read_text())['services']
    assert taken['name'] == 'millrace'
    assert taken['services'].keys() == {name for name, service in file.items() if set(service.get('profiles', [])) <= set(profiles)}
    connect = taken['services']['connect']
    assert connect['scale'] == 3 and connect['read_only'] and connect['mem_limit'] == str(256 << 20)
    assert connect['build']['dockerfile'] == 'deploy/Containerfile' and Path(connect['build']['context']) == stack.ROOT


def edge_at(port):
    made = Edge(f'localhost:{port}', DEPLOY / 'tls/ca.crt')

    def answers():
        try:
            return made.raw('GET', '/connectors', timeout=5)[0] == 200
        except OSError:
            return False
    stack.wait_for(f'the edge at {port}', answers, 180)
    return made


def test_up_connector_metrics_scale_and_frozen_worker(project):
    edge = edge_at(project.edge_port)
    postgres = project.containers('postgres')[0]

    def sql(statement):
        return containers.podman('exec', postgres, 'psql', '-U', 'postgres', '-d', 'shop', '-Atc', statement)
    sql("create table book (id int primary key, title text); insert into book select n, 'book ' || n from generate_series(1, 100) n")
    config = {'connector.class': 'io.debezium.connector.postgresql.PostgresConnector', 'database.hostname': 'postgres', 'database.user': 'postgres',
              'database.password': '${env:SHOP_PASSWORD}', 'database.dbname': 'shop', 'topic.prefix': 'shop', 'plugin.name': 'pgoutput', **AVRO}
    status, text = edge.call('POST', '/connectors', {'name': 'shop', 'config': config})
    assert status == 201, text
    edge.wait_running('shop')
    rows = itertools.count(101)

    def a_row_is_counted():
        # A new one each time: the task may have moved to a worker that counts from zero.
        sql(f"insert into book values ({next(rows)}, 'one more')")
        return sum(project.query('kafka_connect_source_task_source_record_write_total')) >= 1
    stack.wait_for('rows in Prometheus', a_row_is_counted, 60, every=1)
    stack.wait_for('three workers in Prometheus', lambda: project.query('up{job="connect"}') == [1, 1, 1], 60)

    project.up('--scale', 'connect=4', 'connect')
    containers.podman('exec', project.containers('nginx')[0], 'nginx', '-s', 'reload')
    stack.wait_for('four workers in Prometheus', lambda: project.query('up{job="connect"}') == [1, 1, 1, 1], 60)

    frozen = project.containers('connect')[0]
    containers.podman('pause', frozen)
    try:
        for _ in range(8):
            assert edge.raw('GET', '/connectors')[0] == 200
    finally:
        containers.podman('unpause', frozen)
    edge.wait_running('shop')
    stack.wait_for('rows in Prometheus', a_row_is_counted, 60, every=1)


def test_haproxy_is_another_edge(project):
    project.compose('--profile', 'haproxy', 'up', '-d', '--no-build', 'haproxy')
    assert edge_at(project.haproxy_port).raw('GET', '/connectors')[0] == 200
