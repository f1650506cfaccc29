"""Who writes connectors refers to an endpoint that the worker's operator keeps, and never sees its password."""
import json
from pathlib import Path

import pytest

import stack
from conftest import unique
from topics import records_of

PASSWORD = 'endpoint-password'


@pytest.fixture
def endpoint(postgres_address, folder):
    """A folder with the endpoint `shop`, whose role has a password that stands nowhere else."""
    role = unique('role')
    host, port = postgres_address.rsplit(':', 1)
    with stack.connect(postgres_address) as server:
        server.execute(f"create role {role} superuser login password '{PASSWORD}'")
        (folder / 'shop.properties').write_text(f'database.hostname={host}\ndatabase.port={port}\ndatabase.user={role}\n'
                                                f'database.password={PASSWORD}\n')
        yield folder
        server.execute(f'drop owned by {role}')
        server.execute(f'drop role {role}')


@pytest.fixture
def group():
    return unique('endpoints-')


@pytest.fixture
def worker(kafka_address, endpoint, group):
    service = stack.worker(Path(stack.environment('MILLRACE_TEST_DIR')) / unique('worker-'), kafka_address, group=group,
                           millrace_endpoints_directory=endpoint).start()
    yield service
    service.stop()


def test_a_connector_runs_without_a_password_in_sight(connector, rest, worker, sql, kafka_address, group):
    sql('create table book (id int primary key)', 'insert into book values (1)')
    own = {'database_hostname': None, 'database_port': None, 'database_user': None, 'database_password': None}
    connector.create(**own, millrace_endpoint='shop')
    assert connector.records('public.book', 1)[0][1]['after'] == {'id': 1}
    rest.call('POST', f'/connectors/{connector.name}/restart?includeTasks=true')
    rest.wait_running(connector.name)
    config = rest.get(f'/connectors/{connector.name}/config')
    answers = [rest.call('GET', path)[1] for path in (f'/connectors/{connector.name}', f'/connectors/{connector.name}/tasks',
                                                      f'/connectors/{connector.name}/status', '/connectors?expand=info')]
    answers.append(rest.call('PUT', '/connector-plugins/PostgresConnector/config/validate', config)[1])
    assert json.loads(answers[-1])['error_count'] == 0
    published = str(records_of(kafka_address, f'{group}-configs'))
    assert connector.name in published
    for text in [*answers, published, worker.log()]:
        assert PASSWORD not in text


@pytest.mark.parametrize('changes, words', [
    ({'millrace_endpoint': 'shop'}, 'The endpoint shop sets database.'),
    ({'millrace_endpoint': '../shop'}, 'there is no such endpoint'),
    ({'millrace_endpoint': 'other'}, 'there is no such endpoint'),
])
def test_what_an_endpoint_does_not_allow_is_refused(connector, changes, words):
    status, answer = connector.post(**changes)
    assert status == 400 and words in answer['message'], answer
