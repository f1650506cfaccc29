"""The manifests are what Kubernetes takes, and what Strimzi's operator asks of a worker works, request by request."""
import http.client
import json
from pathlib import Path

import pytest
import yaml
from kubernetes_validate import validate
from kubernetes_validate.utils import all_versions, latest_version, major_minor

import stack
from conftest import unique
from group import for_every_client

MANIFESTS = sorted((stack.ROOT / 'deploy/kubernetes').glob('*.yaml'))
VERSIONS = sorted({major_minor(version) for version in all_versions()}, key=lambda version: [int(part) for part in version.split('.')])
UPGRADE = {'Connection': 'Upgrade, HTTP2-Settings', 'Upgrade': 'h2c', 'HTTP2-Settings': 'AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA'}


def resources(path):
    return [part for part in yaml.safe_load_all(path.read_text()) if part]


@pytest.mark.parametrize('version', VERSIONS)
@pytest.mark.parametrize('path', MANIFESTS, ids=lambda path: path.name)
def test_manifests_are_valid(path, version):
    assert resources(path)
    for resource in resources(path):
        validate(resource, version, strict=True)


def test_an_invalid_manifest_is_refused():
    resource = next(part for part in resources(MANIFESTS[0]) if part['kind'] == 'StatefulSet')
    resource['spec']['replica'] = 3
    with pytest.raises(Exception, match='replica'):
        validate(resource, latest_version(), strict=True)


def test_no_variable_of_a_service_is_read_as_a_setting():
    """Kubernetes tells pods of the service "connect" in variables that begin with CONNECT_, unless they want none."""
    for path in MANIFESTS:
        for resource in resources(path):
            if resource['kind'] in ('StatefulSet', 'Deployment'):
                assert resource['spec']['template']['spec']['enableServiceLinks'] is False


def test_names_that_refer_to_each_other_exist():
    found = {(part['kind'], part['metadata']['name']): part for path in MANIFESTS for part in resources(path)}
    workers = found['StatefulSet', 'connect']
    labels = workers['spec']['template']['metadata']['labels']
    assert ('Service', workers['spec']['serviceName']) in found
    for service in 'connect', 'connect-workers':
        assert found['Service', service]['spec']['selector'].items() <= labels.items()
    assert found['PodDisruptionBudget', 'connect']['spec']['selector']['matchLabels'].items() <= labels.items()
    container = workers['spec']['template']['spec']['containers'][0]
    volumes = {volume['name'] for volume in workers['spec']['template']['spec']['volumes']}
    assert {mount['name'] for mount in container['volumeMounts']} == volumes
    mounts = [mount['mountPath'] for mount in container['volumeMounts']]
    for name, value in found['ConfigMap', 'connect']['data'].items():
        assert not value.startswith('/') or any(value.startswith(mount) for mount in mounts), f'{name}: {value} is in no volume'


class Operator:
    """Strimzi's client: HTTP/1.1 that offers h2c with every request, no Content-Type without a body."""

    def __init__(self, address):
        self.address = address

    def ask(self, method, path, body=None):
        """(status, decoded body or none)"""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = dict(UPGRADE)
        if body is None:
            headers['Content-Length'] = '0'
        else:
            headers['Content-Type'] = 'application/json'
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def until(self, status, method, path):
        return stack.wait_for(f'{method} {path} to answer {status}', lambda: self.ask(method, path)[0] == status, 30)

    def state(self, name):
        return self.ask('GET', f'/connectors/{name}/status')[1]['connector']['state']


@pytest.fixture
def operator(worker):
    return Operator(worker.address)


def test_strimzi_reconciles_a_connector(operator, folder):
    name = unique('c->')
    path = f'/connectors/{name.replace("->", "%2D%3E")}'
    source = folder / 'lines'
    source.write_text('one\n')
    wanted = {'name': name, 'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector', 'tasks.max': '1', 'file': str(source),
              'topic': unique('t-'), 'key.converter': 'org.apache.kafka.connect.storage.StringConverter'}

    assert operator.ask('GET', '/health')[0] == 200
    status, plugins = operator.ask('GET', '/connector-plugins')
    assert status == 200 and all({'class', 'type', 'version'} <= plugin.keys() for plugin in plugins)
    assert name not in operator.ask('GET', '/connectors')[1]

    status, answer = operator.ask('GET', f'{path}/config')
    assert status == 404 and 'message' in answer
    config = {key: value for key, value in wanted.items() if key != 'name'}
    assert operator.ask('POST', '/connectors', {'name': name, 'config': config, 'initial_state': 'PAUSED'})[0] == 201
    operator.until(200, 'GET', f'{path}/status')
    assert operator.ask('GET', f'{path}/config') == (200, wanted), 'another answer makes the operator update it on every round'
    stack.wait_for('it to be paused', lambda: operator.state(path[12:]) == 'PAUSED')

    assert operator.ask('PUT', f'{path}/resume')[0] == 202
    stack.wait_for('it to run', lambda: operator.state(path[12:]) == 'RUNNING')
    changed = {**wanted, 'batch.size': '100'}
    assert operator.ask('PUT', f'{path}/config', {key: value for key, value in changed.items() if key != 'name'})[0] == 200
    assert operator.ask('GET', f'{path}/config') == (200, changed)

    def running():
        tasks = operator.ask('GET', f'{path}/status')[1]['tasks']
        return tasks and all(task['state'] == 'RUNNING' and task['id'] == 0 for task in tasks)
    stack.wait_for('its task', running)
    stack.wait_for('its topic', lambda: operator.ask('GET', f'{path}/topics') == (200, {name: {'topics': [wanted['topic']]}}))
    status, answer = operator.ask('POST', f'{path}/restart?includeTasks=true&onlyFailed=false')
    assert status == 202 and answer['connector']['state']
    stack.wait_for('its task', running)
    assert operator.ask('POST', f'{path}/tasks/0/restart')[0] in (202, 204)

    for endpoint, accepted, state in (('pause', 202, 'PAUSED'), ('stop', 204, 'STOPPED')):
        assert operator.ask('PUT', f'{path}/{endpoint}')[0] == accepted
        stack.wait_for(f'it to be {state}', lambda: operator.state(path[12:]) == state)  # noqa: B023
    offset = {'partition': {'filename': str(source)}, 'offset': {'position': 0}}
    assert operator.ask('GET', f'{path}/offsets')[0] == 200
    assert operator.ask('PATCH', f'{path}/offsets', {'offsets': [offset]})[1]['message']
    assert operator.ask('GET', f'{path}/offsets') == (200, {'offsets': [offset]})
    assert operator.ask('DELETE', f'{path}/offsets')[1]['message']

    status, loggers = operator.ask('GET', '/admin/loggers/')
    assert status == 200 and 'root' in loggers
    assert operator.ask('PUT', '/admin/loggers/org.example?scope=cluster', {'level': 'DEBUG'})[0] in (200, 204)

    assert operator.ask('DELETE', path)[0] == 204
    operator.until(404, 'GET', f'{path}/status')


def test_a_worker_starts_with_the_file_that_strimzi_mounts(folder):
    certificates, host = Path(stack.environment('MILLRACE_TEST_KAFKA_CERTIFICATES')), '127.0.0.254'
    kafka = 'org.apache.kafka.common.config.provider'
    settings = {'rest.advertised.host.name': '${strimzienv:ADVERTISED_HOSTNAME}', 'rest.advertised.port': '8083',
                'config.providers': 'strimzienv,strimzifile,strimzidir,strimzisecrets',
                'config.providers.strimzienv.class': f'{kafka}.EnvVarConfigProvider',
                'config.providers.strimzienv.param.allowlist.pattern': '.*',
                'config.providers.strimzifile.class': f'{kafka}.FileConfigProvider',
                'config.providers.strimzifile.param.allowed.paths': certificates,
                'config.providers.strimzidir.class': f'{kafka}.DirectoryConfigProvider',
                'config.providers.strimzidir.param.allowed.paths': certificates,
                'config.providers.strimzisecrets.class': 'io.strimzi.kafka.KubernetesSecretConfigProvider'}
    settings.update(for_every_client({'security.protocol': 'SSL', 'ssl.truststore.type': 'PEM', 'ssl.keystore.type': 'PEM',
                                      'ssl.truststore.certificates': f'${{strimzidir:{certificates}:ca.pem}}',
                                      'ssl.keystore.certificate.chain': f'${{strimzidir:{certificates}:client.pem}}',
                                      'ssl.keystore.key': f'${{strimzidir:{certificates}:client.key}}'}))
    made = stack.worker(folder / 'w', stack.environment('MILLRACE_TEST_KAFKA_SSL'), unique('strimzi-'), **settings)
    made.environment = {'ADVERTISED_HOSTNAME': host}
    made.start()
    try:
        stack.wait_for('the worker to have joined', lambda: 'Herder started' in made.log())
        assert f'advertising URL http://{host}:8083/' in made.log(), 'its name is no secret'
        assert 'PRIVATE KEY' not in made.log()
        source = folder / 'lines'
        source.write_text('one\n')
        config = {'connector.class': 'FileStreamSource', 'file': str(source), 'topic': unique('t-')}
        rest = stack.Rest(made.address)
        assert rest.raw('POST', '/connectors', {'name': 'c', 'config': config})[0] == 201
        rest.wait_running('c')
        assert rest.status('c')['connector']['worker_id'] == f'{host}:8083'
        secret = {**config, 'file': '${strimzisecrets:shop/files:source}'}
        status, answer = rest.raw('PUT', '/connectors/other/config', secret)
        assert status >= 400 and 'KUBERNETES_SERVICE_HOST is not set' in answer, answer
    finally:
        made.stop()
