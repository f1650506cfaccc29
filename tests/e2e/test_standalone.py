"""connect-standalone: connectors from files and over REST, offsets in a file that Java's standalone worker goes on with, and back."""
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

import stack
from conftest import unique
from group import Lines


@pytest.fixture
def lines(folder, kafka_address):
    made = Lines(folder, unique('lines'), kafka_address)
    yield made
    made.done.set()


@pytest.fixture
def services():
    made = []
    yield made
    for service in made:
        service.stop()


def properties(path, settings):
    path.write_text(''.join(f'{name}={value}\n' for name, value in settings.items()))
    return path


def start(services, folder, kafka_address, *connectors, kind='worker', **more):
    service = stack.standalone(folder, kafka_address, *connectors, kind=kind, offset_flush_interval_ms=200, **more).start()
    services.append(service)
    return service


def ask(rest, method, path, body=None):
    status, text = rest.raw(method, path, body)
    return status, json.loads(text) if text else None


def answers_health(address):
    try:
        return stack.Rest(address).raw('GET', '/health')[0] == 200
    except OSError:
        return False


def message(rest, method, path, body=None):
    status, answer = ask(rest, method, path, body)
    return status, answer['message']


def test_what_has_failed_starts_again(services, folder, kafka_address):
    worker = start(services, folder / 'w', kafka_address, millrace_restart_backoff_ms=200, millrace_restart_backoff_max_ms=400)
    rest = stack.Rest(worker.address)
    out = folder / 'later' / 'out.txt'
    sink = {'value.converter': 'org.apache.kafka.connect.storage.StringConverter', 'connector.class': 'FileStreamSink', 'topics': unique('t'), 'file': str(out)}
    assert ask(rest, 'PUT', '/connectors/quiet/config', sink)[0] == 201
    assert ask(rest, 'PUT', '/connectors/again/config', {**sink, 'millrace.restart.on.failure': 'true'})[0] == 201
    assert 'automatically' not in rest.wait_failed('quiet')
    stack.wait_for('the status to say it', lambda: 'Restarted automatically in ' in rest.wait_failed('again'))
    stack.wait_for('two restarts', lambda: worker.log().count('Restarting task again-0, which has failed') >= 2)
    out.parent.mkdir()
    stack.wait_for('it to run', lambda: rest.states('again') == ['RUNNING', 'RUNNING'])
    assert 'millrace_restarts_total{connector="again",task="0"}' in rest.metrics()
    assert rest.states('quiet') == ['RUNNING', 'FAILED'] and 'Restarting task quiet-0' not in worker.log()


def test_other_values_of_a_provider(services, folder, kafka_address):
    folder.mkdir(exist_ok=True)
    first, second = folder / 'first.txt', folder / 'second.txt'
    values = properties(folder / 'values.properties', {'out': first})
    worker = start(services, folder / 'w', kafka_address, config_providers='file', config_providers_file_param_millrace_ttl_ms=300,
                   config_providers_file_class='org.apache.kafka.common.config.provider.FileConfigProvider')
    rest = stack.Rest(worker.address)
    sink = {'value.converter': 'org.apache.kafka.connect.storage.StringConverter', 'connector.class': 'FileStreamSink', 'topics': unique('t'), 'file': f'${{file:{values}:out}}'}
    for name, action in {'follows': 'restart', 'stays': 'none'}.items():
        assert ask(rest, 'PUT', f'/connectors/{name}/config', {**sink, 'config.action.reload': action})[0] == 201
        rest.wait_running(name)
    assert first.exists() and not second.exists()
    properties(values, {'out': second})
    stack.wait_for('the other file', second.exists)
    rest.wait_running('follows')
    log = worker.log()
    assert 'Restarting connector follows: values from config providers' in log and 'Restarting connector stays' not in log and 'a restart of connector stays' not in log


def test_connectors_from_files_and_over_rest(services, folder, kafka_address, lines):
    lines.start()
    plain = properties(folder / 'a.properties', {'name': lines.name, **lines.config()})
    sink = {'value.converter': 'org.apache.kafka.connect.storage.StringConverter', 'connector.class': 'FileStreamSink', 'topics': lines.topic, 'file': str(folder / 'out.txt'), 'tasks.max': 1}
    paused = folder / 'b.json'
    paused.write_text(json.dumps({'name': 'paused', 'config': sink, 'initial_state': 'paused', 'owner': {'of no': 'concern'}}))
    flat = folder / 'c.json'
    flat.write_text(json.dumps({'name': 'flat', **sink, 'file': str(folder / 'flat.txt')}))
    worker = start(services, folder / 'w', kafka_address, plain, paused, flat)
    rest = stack.Rest(worker.address)
    stack.wait_for('the worker to be healthy', lambda: ask(rest, 'GET', '/health')[0] == 200)
    assert ask(rest, 'GET', '/connectors')[1] == ['flat', lines.name, 'paused']
    rest.wait_running(lines.name)
    rest.wait_running('flat')
    stack.wait_for('the pause', lambda: rest.states('paused') == ['PAUSED'])
    lines.wait_beyond()
    stack.wait_for('lines in the file', lambda: (folder / 'flat.txt').exists() and len((folder / 'flat.txt').read_text().splitlines()) > 5)
    assert not (folder / 'out.txt').exists()

    status, answer = ask(rest, 'POST', '/connectors', {'name': 'more', 'config': {**sink, 'file': str(folder / 'more.txt')}})
    assert status == 201 and answer['tasks'] == [{'connector': 'more', 'task': 0}] and answer['type'] == 'sink'
    assert message(rest, 'POST', '/connectors', {'name': 'more', 'config': sink}) == (409, 'Connector more already exists')
    assert ask(rest, 'PUT', '/connectors/more/pause')[0] == 202
    stack.wait_for('the pause', lambda: rest.states('more') == ['PAUSED', 'PAUSED'])
    assert ask(rest, 'PUT', '/connectors/more/resume')[0] == 202
    rest.wait_running('more')
    assert ask(rest, 'POST', '/connectors/more/restart?includeTasks=true')[0] == 202
    rest.wait_running('more')
    assert ask(rest, 'POST', '/connectors/more/tasks/0/restart')[0] == 204
    rest.wait_running('more')
    status, answer = ask(rest, 'PUT', '/connectors/more/config', {**sink, 'tasks.max': 2, 'file': str(folder / 'more.txt')})
    assert status == 200 and len(answer['tasks']) == 2
    stack.wait_for('two tasks', lambda: rest.states('more') == ['RUNNING'] * 3)
    assert ask(rest, 'PUT', '/connectors/more/stop')[0] == 204
    assert ask(rest, 'GET', '/connectors/more/tasks')[1] == [] and rest.states('more') == ['STOPPED']
    stack.wait_for('the broker to know that the tasks left', lambda: ask(rest, 'DELETE', '/connectors/more/offsets')[0] == 200, 120)
    assert ask(rest, 'DELETE', '/connectors/more')[0] == 204
    assert message(rest, 'GET', '/connectors/more/status') == (404, 'No status found for connector more')


def test_what_standalone_answers_otherwise(services, folder, kafka_address, lines):
    rest = stack.Rest(start(services, folder / 'w', kafka_address).address)
    assert message(rest, 'PUT', '/connectors/nosuch/stop') == (500, 'No connector `nosuch` configured')
    assert message(rest, 'POST', '/connectors/nosuch/tasks/5/restart')[0] == 404
    assert message(rest, 'POST', '/connectors/nosuch/tasks', []) == (
        500, 'Kafka Connect in standalone mode does not support externally setting task configurations.')
    assert message(rest, 'PUT', '/connectors/nosuch/fence') == (
        500, 'Kafka Connect in standalone mode does not support exactly-once source connectors.')
    assert ask(rest, 'PUT', '/admin/loggers/org.apache.kafka.connect?scope=cluster', {'level': 'DEBUG'})[0] == 204
    assert ask(rest, 'GET', '/admin/loggers/org.apache.kafka.connect')[1]['level'] == 'DEBUG'


def test_a_connector_that_does_not_start(services, folder, kafka_address, lines):
    """It stays, and does what it is told once it can."""
    rest = stack.Rest(start(services, folder / 'w', kafka_address).address)
    path, why = f'/connectors/{lines.name}', 'Missing required configuration "topic.creation.default.replication.factor" which has no default value.'
    config = lines.config(name=lines.name, **{'topic.creation.default.partitions': '1'})
    assert message(rest, 'POST', '/connectors', {'name': lines.name, 'config': config}) == (500, why)
    for target in ('pause', 'resume'):
        assert ask(rest, 'PUT', f'{path}/{target}')[0] == 202
        assert why in rest.wait_failed(lines.name)
    assert message(rest, 'POST', f'{path}/restart') == (500, why)
    assert ask(rest, 'POST', f'{path}/restart?includeTasks=true')[0] == 202
    assert why in rest.wait_failed(lines.name)
    assert ask(rest, 'PUT', f'{path}/pause')[0] == 202
    assert message(rest, 'PUT', f'{path}/config', config) == (500, why)
    status, answer = ask(rest, 'PUT', f'{path}/config', {**config, 'topic.creation.default.replication.factor': '1'})
    assert (status, answer['tasks']) == (200, []) and rest.states(lines.name) == ['PAUSED']
    assert ask(rest, 'PUT', f'{path}/resume')[0] == 202
    rest.wait_running(lines.name)


def test_json_as_windows_writes_it(services, folder, kafka_address):
    file = folder / 'connector.JSON'
    settings = {'name': 'marked', 'connector.class': 'FileStreamSink', 'topics': unique('t'), 'file': str(folder / 'out.txt')}
    file.write_bytes(b'\xef\xbb\xbf' + json.dumps(settings, indent=1).replace('\n', '\r\n').encode())
    rest = stack.Rest(start(services, folder / 'w', kafka_address, file).address)
    rest.wait_running('marked')
    assert ask(rest, 'GET', '/connectors/marked/config')[1] == settings


def test_a_terminal_that_is_closed_ends_the_worker_in_order(services, folder, kafka_address, lines):
    file = properties(folder / 'a.properties', {'name': lines.name, **lines.config()})
    worker = start(services, folder / 'w', kafka_address, file)
    stack.Rest(worker.address).wait_running(lines.name)
    os.kill(worker.pid, signal.SIGHUP)
    stack.wait_for('the end', lambda: not worker.running())
    assert 'Kafka Connect stopped' in worker.log()

    def without_terminal():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    program = Path(stack.environment('MILLRACE_WORKER')).with_name('connect-standalone')
    with open(folder / 'nohup.log', 'w') as log, subprocess.Popen([program, worker.folder / 'worker.properties'], stdout=log, stderr=log,
                                                                  preexec_fn=without_terminal) as process:
        try:
            stack.wait_for('the worker to be healthy', lambda: answers_health(worker.address))
            ignored = re.search(r'^SigIgn:\s*(\w+)', Path(f'/proc/{process.pid}/status').read_text(), re.MULTILINE)[1]
            assert int(ignored, 16) >> (signal.SIGHUP - 1) & 1
        finally:
            process.terminate()
        assert process.wait(60) == 0


def test_files_that_will_not_do_end_the_worker(folder, kafka_address):
    program = Path(stack.environment('MILLRACE_WORKER')).with_name('connect-standalone')

    def ends(text):
        """text: the file's, or none for a folder."""
        file = folder / unique('bad')
        file.mkdir(parents=True) if text is None else file.write_text(text)
        service = stack.standalone(folder / unique('w'), kafka_address, file)
        service.start('--no-wait')
        stack.wait_for('the end', lambda: not service.running())
        service.stop()
        properties = service.folder / 'worker.properties'
        assert subprocess.run([program, properties, file], capture_output=True, timeout=60).returncode == 3
        return service.log()

    assert "is missing the mandatory 'name' configuration" in ends('connector.class=FileStreamSink\n')
    assert 'Stopping after connector error' in ends('name=x\nconnector.class=Nobody\n')
    assert 'as JSON it cannot be read: Malformed JSON' in ends('{\n  "name": "x",\n}\n')
    assert 'an object of settings is needed' in ends('[{"name": "x"}]')
    assert 'Is a directory' in ends(None)
    without_files = subprocess.run([program], capture_output=True, text=True, timeout=20)
    assert without_files.returncode == 1
    assert 'Usage: connect-standalone' in without_files.stderr + without_files.stdout


def test_a_stop_while_connectors_are_created(services, folder, kafka_address):
    folder.mkdir(exist_ok=True)
    sink = {'connector.class': 'FileStreamSink', 'topics': unique('t'), 'file': folder / 'out.txt'}
    files = [properties(folder / f'{number}.properties', {'name': f'c{number}', **sink}) for number in range(40)]
    idle = start(services, folder / 'w', kafka_address)
    idle.stop()
    program = Path(stack.environment('MILLRACE_WORKER')).with_name('connect-standalone')
    log = folder / 'stopped.log'
    with open(log, 'w') as out, subprocess.Popen([program, idle.folder / 'worker.properties', *files], stdout=out, stderr=out) as process:
        stack.wait_for('the first', lambda: 'Created connector c0' in log.read_text(), every=0.005)
        process.terminate()
        assert process.wait(60) == 0
    assert 'Created connector c39' not in log.read_text() and 'Stopping after connector error' not in log.read_text()


def test_a_second_worker_on_one_port_says_so(services, folder, kafka_address):
    first = start(services, folder / 'w', kafka_address)
    program = Path(stack.environment('MILLRACE_WORKER')).with_name('connect-standalone')
    second = subprocess.run([program, first.folder / 'worker.properties'], capture_output=True, text=True, timeout=60)
    assert second.returncode == 3
    assert 'Address already in use' in second.stdout + second.stderr
    assert answers_health(first.address)


def test_java_goes_on_from_the_offsets_file_and_back(services, folder, kafka_address, lines):
    lines.start()
    file = properties(folder / 'a.properties', {'name': lines.name, **lines.config()})

    def works(name, kind):
        """From where the one before stopped."""
        service = start(services, folder / name, kafka_address, file, kind=kind, offset_storage_file_filename=folder / 'offsets')
        stack.Rest(service.address).wait_running(lines.name)
        lines.wait_beyond()
        offsets = stack.wait_for('an offset', lambda: stack.Rest(service.address).get(f'/connectors/{lines.name}/offsets')['offsets'])
        assert offsets[0]['partition'] == {'filename': str(lines.path)}
        service.stop()

    works('ours', 'worker')
    works('java', 'java-connect')
    works('again', 'worker')
    works('java-again', 'java-connect')
    service = start(services, folder / 'last', kafka_address, file, offset_storage_file_filename=folder / 'offsets')
    assert lines.finish() == []
    assert lines.numbers() == list(range(1, lines.written + 1)), 'each worker stopped in order, so each line is there once'
    service.kill()
