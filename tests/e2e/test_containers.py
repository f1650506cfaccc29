"""The image in real containers: what it is, and three workers behind nginx with a connector as people have it."""
import json
import urllib.request

import pytest

import containers
import stack
from landscape import Edge, edge, image, landscape, seconds_until, servers  # noqa: F401 (fixtures)
from novels import NAME, novels  # noqa: F401 (fixture)


def test_the_image_is_small_and_says_what_it_holds(image):
    size = containers.image_size(image)
    print(f'image: {size / 1e6:.1f} MB')
    assert size < 120e6
    labels = json.loads(containers.podman('image', 'inspect', image))[0]['Labels']
    assert labels['org.opencontainers.image.version'] and len(labels['org.opencontainers.image.revision']) == 40
    materials = json.loads(containers.podman('run', '--rm', image, 'cat', '/usr/share/millrace/sbom.spdx.json'))
    names = {package['name'] for package in materials['packages']}
    assert {'millrace', 'libpq5', 'libssl3', 'librdkafka'} <= names
    assert len(materials['relationships']) == len(materials['packages'])


def test_the_image_runs_commands_as_anybody(image):
    assert containers.podman('run', '--rm', image, 'id', '-u') == '1001'
    assert containers.podman('run', '--rm', '--user', '4711', '--read-only', image, 'connect-distributed', '--version').startswith('Millrace ')
    assert containers.podman('run', '--rm', image, 'curl', '--version').startswith('curl '), "people's health checks call it"
    refused = containers.podman('run', '--rm', '--read-only', image, check=False)
    assert refused.returncode == 1 and 'The CONFIG_STORAGE_TOPIC variable must be set' in refused.stdout


def test_a_worker_is_ready_within_seconds(landscape):
    host = landscape.workers[2]
    containers.podman('stop', '-t', '30', host.name)

    def ready():
        try:
            with urllib.request.urlopen(f'http://{host.address}:8083/health', timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False
    containers.podman('start', host.name)
    took = seconds_until(ready)
    print(f'from the start of the container to /health: {took:.1f} s')
    assert took < 20


def test_the_edge_wants_a_password(landscape, edge):
    assert Edge(f'{landscape.edge_host.address}:8443', landscape.tls / 'ca.crt', 'wrong').raw('GET', '/connectors')[0] == 401
    assert edge.raw('GET', '/connectors')[0] == 200


def test_a_plugin_is_added_by_mounting_its_folder(edge):
    assert 'org.example.TroubledSinkConnector' in [plugin['class'] for plugin in edge.get('/connector-plugins')]


def test_a_name_with_a_slash_arrives_as_it_was_sent(edge):
    config = {'connector.class': 'FileStreamSource', 'file': '/dev/null', 'topic': 'nothing'}
    assert edge.raw('POST', '/connectors', {'name': 'a/b c', 'config': config})[0] == 201
    for method, path in ('GET', ''), ('PUT', '/pause'), ('GET', '/config'):
        status, text = edge.raw(method, '/connectors/a%2Fb%20c' + path)
        assert status in (200, 202), text
    assert edge.raw('DELETE', '/connectors/a%2Fb%20c')[0] == 204


@pytest.mark.parametrize('mode', ['verify-ca', 'verify-full'])
def test_a_connector_is_made_through_the_edge(novels, landscape, edge, mode):
    novels.create(**{'database.sslmode': mode})
    key, value, _ = novels.records('public.novel', 1)[0]
    assert (key, value['op']) == ({'id': 1}, 'r')
    assert value['after'] == {'id': 1, 'price': '12.50', 'cover': 'AAH/', 'place': value['after']['place']}
    landscape.sql("insert into novel values (2, 1, null, null)")
    assert novels.records('public.novel', 2)[1][1]['after']['price'] == '1.00'
    assert len(novels.reader(novels.prefix, prefix='__debezium-heartbeat').wait_for(2)) >= 2
    with stack.connect(landscape.database) as connection:
        first = connection.execute('select tick from logical_ticker').fetchone()
        stack.wait_for('the heartbeat to tick', lambda: connection.execute('select tick from logical_ticker').fetchone() > first, 30)
    assert edge.call('POST', f'/connectors/{NAME}/restart?includeTasks=true')[0] in (200, 202)
    edge.wait_running(NAME)
    landscape.sql("insert into novel values (3, 2, null, null)")
    assert [value['after']['id'] for _, value, _ in novels.records('public.novel', 3)] == [1, 2, 3]


def test_records_are_avro_of_a_registry_that_wants_a_password(novels, landscape):
    from avro_topic import AvroTopic
    landscape.start_registry()

    class Registry(stack.Registry):
        url = landscape.registry.url_outside
    settings = {f'{side}.converter{name}': value for side in ('key', 'value') for name, value in {
        '': 'io.confluent.connect.avro.AvroConverter', '.schema.registry.url': landscape.registry.url_inside,
        '.basic.auth.credentials.source': 'USER_INFO', '.basic.auth.user.info': 'alice:alice-secret', '.schemas.enable': None}.items()}
    novels.create(**settings)
    topic = AvroTopic(landscape.bootstrap, Registry(landscape.registry.folder), f'{novels.prefix}.public.novel')
    try:
        key, value = topic.wait_for(1)[0]
        assert key == {'id': 1} and value['op'] == 'r' and value['after']['price'] == '12.50' and value['after']['cover'] == 'AAH/'
        landscape.sql('insert into novel values (2, 1, null, null)')
        assert topic.wait_for(2)[1][1]['after']['price'] == '1.00'
    finally:
        topic.close()


def test_records_can_be_unwrapped(novels, landscape):
    novels.create(**{'transforms': 'unwrap', 'transforms.unwrap.type': 'io.debezium.transforms.ExtractNewRecordState'})
    assert novels.records('public.novel', 1)[0][1]['price'] == '12.50'
