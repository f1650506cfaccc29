"""What `cmake --install` gives works: a worker from the installation runs a plugin that was built outside the tree against the
installed SDK, and refuses one of another ABI."""
import os
import subprocess

import pytest

import stack
from conftest import unique
from connector import Reader

SDK = stack.ROOT / 'tests/sdk'


def run(*command):
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, f'{command}: {done.stdout}'
    return done.stdout


@pytest.fixture(scope='module')
def installation(tmp_path_factory):
    prefix = tmp_path_factory.mktemp('prefix')
    run('cmake', '--install', stack.environment('MILLRACE_BUILD'), '--prefix', prefix)
    return prefix


@pytest.fixture(scope='module')
def plugins(installation, tmp_path_factory):
    """The folder of the plugins of tests/sdk, built against the installation alone."""
    build = tmp_path_factory.mktemp('plugins')
    run('cmake', '-S', SDK, '-B', build, '-G', 'Ninja', '-D', f'CMAKE_PREFIX_PATH={installation}', '-D', 'CMAKE_CXX_COMPILER=g++')
    run('cmake', '--build', build)
    return build


def test_everything_is_where_packages_expect_it(installation):
    assert os.access(installation / 'bin/connect-distributed', os.X_OK)
    assert (installation / 'lib/millrace/plugins/libmillrace-postgres.so').is_file()
    assert (installation / 'include/millrace/connectors/api/plugin.hpp').is_file()
    assert (installation / 'share/millrace/LICENSE').is_file()


def test_a_plugin_shows_its_manifest_and_nothing_else(plugins):
    for plugin in 'counter.so', 'wrong_abi.so':
        symbols = [line.split()[-1] for line in run('nm', '-D', '--defined-only', plugins / plugin).splitlines()]
        assert symbols == ['millrace_plugin_manifest'], plugin


def test_a_worker_runs_it_and_it_goes_on_from_its_offset(installation, plugins, folder, kafka_address):
    group, topic = unique('sdk-'), unique('numbers-')
    worker = stack.worker(folder / 'w', kafka_address, group=group, offset_flush_interval_ms=200,
                          plugin_path=f'{installation}/lib/millrace/plugins,{plugins}')
    worker.environment = {'MILLRACE_WORKER': str(installation / 'bin/connect-distributed')}
    worker.start()
    numbers = Reader(kafka_address, topic)
    try:
        rest = stack.Rest(worker.address)
        classes = [plugin['class'] for plugin in rest.get('/connector-plugins')]
        assert 'org.example.CounterConnector' in classes and 'io.debezium.connector.postgresql.PostgresConnector' in classes
        refusal = [line for line in worker.log().splitlines() if 'wrong_abi.so' in line]
        assert refusal and 'ABI' in refusal[0].upper(), worker.log()
        json_converter = 'org.apache.kafka.connect.json.JsonConverter'
        config = {'connector.class': 'org.example.CounterConnector', 'topic': topic, 'limit': '10',
                  'key.converter': json_converter, 'key.converter.schemas.enable': 'false',
                  'value.converter': json_converter, 'value.converter.schemas.enable': 'false'}
        assert rest.call('PUT', '/connectors/count/config', config)[0] == 201
        assert [value for _, value, _ in numbers.wait_for(10)] == list(range(1, 11))
        worker.stop()
        worker.resume()
        assert rest.call('PUT', '/connectors/count/config', {**config, 'limit': '20'})[0] == 200
        assert [value for _, value, _ in numbers.wait_for(20)] == list(range(1, 21)), 'the stored offset was not used'
    finally:
        numbers.close()
        worker.stop()
