"""The connector reaches a PostgreSQL that takes TLS with client certificates only."""
import os
import shutil
import subprocess

import pytest

import stack
from connector import Connector


@pytest.fixture(scope='module')
def secured():
    server = stack.postgres(os.path.join(stack.environment('MILLRACE_TEST_DIR'), 'pg-tls'), '--tls').start()
    yield server
    server.stop()


@pytest.fixture
def tls(secured, rest, kafka_address):
    """A connector with a table, and the names of the certificates."""
    made = Connector(rest, kafka_address, secured.address, 'postgres')
    table = 't_' + made.name
    folder = secured.folder / 'tls'
    as_admin = dict(sslmode='verify-ca', sslrootcert=folder / 'ca.crt', sslcert=folder / 'client.crt', sslkey=folder / 'client.key')
    with stack.connect(secured.address, **as_admin) as connection:
        connection.execute(f'create table {table} (id int primary key)')
        connection.execute(f'insert into {table} values (1)')
        made.config.update({'table.include.list': f'public.{table}', 'publication.autocreate.mode': 'filtered',
                            'database.sslcert': str(folder / 'client.crt'), 'database.sslkey': str(folder / 'client.key'),
                            'database.sslrootcert': str(folder / 'ca.crt'), 'slot.drop.on.stop': 'true'})
        yield made, table, connection, folder
    made.delete()


@pytest.mark.parametrize('mode, host', [('verify-ca', '127.0.0.1'), ('verify-full', 'localhost')])
def test_streams_with_client_certificates(tls, mode, host):
    connector, table, connection, _ = tls
    connector.create(database_sslmode=mode, database_hostname=host)
    assert connector.records(f'public.{table}', 1)[0][1]['op'] == 'r'
    connection.execute(f'insert into {table} values (2)')
    assert connector.records(f'public.{table}', 2)[1][1]['after'] == {'id': 2}
    used = connection.execute("select distinct ssl from pg_stat_ssl join pg_stat_replication using (pid)").fetchall()
    assert used == [(True,)]


@pytest.mark.parametrize('form', ['pk8', 'p12'])
def test_takes_a_key_as_java_has_it(tls, form, tmp_path):
    connector, table, _, folder = tls
    key = tmp_path / f'client.{form}'
    pem = ['-in', folder / 'client.crt', '-inkey', folder / 'client.key']
    made = {'pk8': ['pkcs8', '-topk8', '-inform', 'PEM', '-in', folder / 'client.key', '-outform', 'DER', '-nocrypt'],
            'p12': ['pkcs12', '-export', *pem, '-name', 'user', '-passout', 'pass:a secret']}[form]
    subprocess.run(['openssl', *made, '-out', key], check=True)
    key.chmod(0o600)
    changes = {'database_sslpassword': 'a secret', 'database_sslcert': None} if form == 'p12' else {}
    connector.create(database_sslmode='verify-ca', database_sslkey=key, **changes)
    assert connector.records(f'public.{table}', 1)[0][1]['op'] == 'r'


def test_a_wrong_password_of_a_key_is_said(tls, tmp_path):
    connector, _, _, folder = tls
    key = tmp_path / 'client.p12'
    subprocess.run(['openssl', 'pkcs12', '-export', '-in', folder / 'client.crt', '-inkey', folder / 'client.key', '-passout', 'pass:right',
                    '-out', key], check=True)
    status, answer = connector.post(database_sslmode='verify-ca', database_sslkey=key, database_sslpassword='wrong one')
    assert status == 400 and f'database.sslkey={key} cannot be read as PKCS#12: mac verify failure' in answer['message'], answer
    assert 'wrong one' not in answer['message']


@pytest.mark.parametrize('what, changes, words', [
    ('a server of another authority', {'database.sslmode': 'verify-ca', 'database.sslrootcert': '{tls}/other-ca.crt'}, 'certificate verify failed'),
    ('a name that is not in the certificate', {'database.sslmode': 'verify-full', 'database.hostname': '127.0.0.1'}, '127.0.0.1'),
    ('no client certificate', {'database.sslmode': 'require', 'database.sslcert': None, 'database.sslkey': None}, 'certificate'),
    ('no TLS at all', {'database.sslmode': 'disable'}, 'pg_hba.conf'),
    ('a file that does not exist', {'database.sslmode': 'verify-ca', 'database.sslrootcert': '/no/such/ca.crt'}, '/no/such/ca.crt'),
])
def test_refuses(tls, what, changes, words):
    connector, _, _, folder = tls
    config = connector.configured(**{name: value and value.format(tls=folder) for name, value in changes.items()})
    status, answer = connector.post(config)
    assert status == 400, f'{what}: {answer}'
    assert words in answer['message'], f'{what}: {answer}'
    assert 'postgres:postgres' not in answer['message']


def test_an_unreadable_key_is_named(tls, tmp_path):
    connector, _, _, folder = tls
    loose = tmp_path / 'client.key'
    shutil.copy(folder / 'client.key', loose)
    loose.chmod(0o644)
    status, answer = connector.post(database_sslmode='verify-ca', database_sslkey=loose)
    assert status == 400 and str(loose) in answer['message'], answer
