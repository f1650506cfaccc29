"""Values from config providers: they work, they change, and nobody sees them."""
import json
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

import stack
from conftest import unique

KAFKA = 'org.apache.kafka.common.config.provider'
TTL = 1000


@pytest.fixture(scope='module')
def secrets():
    folder = Path(stack.environment('MILLRACE_TEST_DIR')) / unique('secrets-')
    (folder / 'open').mkdir(parents=True)
    return folder


@pytest.fixture(scope='module')
def worker(kafka_address, secrets):
    folder = Path(stack.environment('MILLRACE_TEST_DIR')) / unique('worker-')
    (secrets / 'open' / 'worker.properties').write_text('client=client-of-nobody\n')
    service = stack.worker(
        folder, kafka_address, group=unique('providers-'), offset_flush_interval_ms=300, config_providers='file,directory,env',
        config_providers_file_class=f'{KAFKA}.FileConfigProvider', config_providers_file_param_allowed_paths=secrets / 'open',
        config_providers_file_param_millrace_ttl_ms=TTL,
        config_providers_directory_class=f'{KAFKA}.DirectoryConfigProvider', config_providers_directory_param_allowed_paths=secrets / 'open',
        config_providers_env_class=f'{KAFKA}.EnvVarConfigProvider', config_providers_env_param_allowlist_pattern='MILLRACE_OPEN_.*',
        client_id='${file:%s/open/worker.properties:client}' % secrets)
    service.environment = {'MILLRACE_OPEN_TOPIC': 'from-the-environment', 'MILLRACE_CLOSED': 'not-for-connectors'}
    service.start()
    yield service
    service.stop()


@pytest.fixture
def role(sql, secrets):
    """(user, password) of a fresh role; the password is in open/<user>.properties."""
    user, password = unique('u'), unique('pass-')
    sql(f"create role {user} superuser login replication password '{password}'")
    (secrets / 'open' / f'{user}.properties').write_text(f'password={password}\n')
    return user, password


def reference(secrets, user):
    return f'${{file:{secrets}/open/{user}.properties:password}}'


def topic_text(kafka_address, topic):
    """Everything in a topic of one partition."""
    consumer = Consumer({'bootstrap.servers': kafka_address, 'group.id': 'reader', 'enable.auto.commit': False, 'enable.partition.eof': True})
    consumer.assign([TopicPartition(topic, 0, 0)])
    text, at_end = b'', False
    while not at_end:
        for message in consumer.consume(1000, 1):
            at_end = at_end or bool(message.error())
            text += b'' if message.error() else (message.key() or b'') + (message.value() or b'')
    consumer.close()
    return text.decode()


def properties_of(worker):
    lines = (worker.folder / 'worker.properties').read_text().splitlines()
    return dict(line.split('=', 1) for line in lines if '=' in line)


def test_a_password_from_a_file(rest, worker, connector, sql, role, secrets, kafka_address):
    user, password = role
    sql('create table public.t (id int primary key)', 'insert into t values (1)')
    given = reference(secrets, user)
    connector.create(table_include_list='public.t', database_user=user, database_password=given)
    connector.records('public.t', 1)
    name = connector.name
    answers = [rest.call('GET', path)[1] for path in (f'/connectors/{name}', f'/connectors/{name}/config', f'/connectors/{name}/tasks',
                                                      '/connectors?expand=info&expand=status')] + [rest.metrics()]
    assert json.loads(answers[1])['database.password'] == given
    assert json.loads(answers[2])[0]['config']['database.password'] == given
    config = connector.configured(table_include_list='public.t', database_password=given, tasks_max=given)
    status, text = rest.call('PUT', '/connector-plugins/PostgresConnector/config/validate', config)
    infos = {info['value']['name']: info['value'] for info in json.loads(text)['configs']}
    assert status == 200 and infos['tasks.max']['value'] in (None, given) and 'Not a number' in infos['tasks.max']['errors'][0]
    answers += [text, rest.call('PUT', f'/connectors/{name}-2/config', {**config, 'name': f'{name}-2'})[1]]
    configs = topic_text(kafka_address, properties_of(worker)['config.storage.topic'])
    assert given in configs
    for text in answers + [configs, worker.log()]:
        assert password not in text

    # Another password: who may log in with the old one no longer is told by a restart after the TTL.
    created = worker.log().count(f'Creating task {name}-0')
    changed = unique('other-')
    sql(f"alter role {user} password '{changed}'")
    (secrets / 'open' / f'{user}.properties').write_text(f'password={changed}\n')
    stack.wait_for('the task to start anew', lambda: worker.log().count(f'Creating task {name}-0') > created)
    sql('insert into t values (2)')
    connector.records('public.t', 2)
    rest.wait_running(name)
    assert f'Scheduling a restart of connector {name} in {TTL} ms' in worker.log()

    # What a failure says holds no secret either.
    sql(f"alter role {user} password 'another'")
    with stack.connect(connector.config['database.hostname'] + ':' + connector.config['database.port']) as server:
        server.execute('select pg_terminate_backend(pid) from pg_stat_activity where usename = %s', [user])
    trace = rest.wait_failed(name)
    assert 'password authentication failed' in trace and changed not in trace and changed not in worker.log()


def test_no_restart_where_the_connector_wants_none(rest, worker, secrets, folder):
    (secrets / 'open' / 'plain.properties').write_text('topic=a-topic\n')
    (folder / 'lines').write_text('1\n')
    name = unique('c')
    config = {'connector.class': 'FileStreamSource', 'file': str(folder / 'lines'), 'topic': f'${{file:{secrets}/open/plain.properties:topic}}'}
    for action in ('none', 'restart'):
        assert rest.call('PUT', f'/connectors/{name}-{action}/config', {**config, 'config.action.reload': action})[0] == 201
        rest.wait_running(f'{name}-{action}')
    stack.wait_for('a restart', lambda: f'Restarting connector {name}-restart' in worker.log())
    assert f'connector {name}-none in' not in worker.log() and f'Restarting connector {name}-none' not in worker.log()
    for action in ('none', 'restart'):
        rest.call('DELETE', f'/connectors/{name}-{action}')


def test_what_is_not_allowed_stays_a_reference(rest, worker, secrets, folder):
    (secrets / 'closed.properties').write_text('topic=closed-topic\n')
    (secrets / 'open' / 'whole').write_text('whole-file')
    plugin = '/connector-plugins/FileStreamSource/config/validate'

    def topic(value):
        return rest.call('PUT', plugin, {'connector.class': 'FileStreamSource', 'topic': value, 'name': 'x'})
    for value in (f'${{file:{secrets}/closed.properties:topic}}', '${env:MILLRACE_CLOSED}', '${nobody:x}', '${env:MILLRACE_OPEN_NOTHING}'):
        assert topic(value)[0] == 200
    assert topic('${env:some/path:MILLRACE_OPEN_TOPIC}')[0] == 500
    assert topic(f'${{file:{secrets}/open/none.properties:topic}}')[0] == 500
    (folder / 'lines').write_text('1\n')
    name = unique('c')
    config = {'connector.class': 'FileStreamSource', 'file': str(folder / 'lines'), 'topic': f'{name}-${{env:MILLRACE_OPEN_TOPIC}}-${{directory:{secrets}/open:whole}}'}
    assert rest.call('PUT', f'/connectors/{name}/config', config)[0] == 201
    stack.wait_for('the topic', lambda: rest.get(f'/connectors/{name}/topics')[name]['topics'] == [f'{name}-from-the-environment-whole-file'])
    rest.call('DELETE', f'/connectors/{name}')
    assert 'not-for-connectors' not in worker.log() and 'client-of-nobody' not in worker.log().split('values:')[1].split('\n')[0]
