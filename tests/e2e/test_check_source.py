"""connect-distributed --check-source: what a server lacks for a connector, and that the SQL it gives mends it."""
import json
import os
import re
import subprocess

import pytest

import stack
from conftest import unique

SQL = re.compile(r'^(?:  |As their owner: |.*: )?((?:ALTER ROLE|GRANT|CREATE PUBLICATION|ALTER PUBLICATION|ALTER TABLE)[^;]*;)')


@pytest.fixture
def check(database, postgres_address, sql, tmp_path):
    """Runs the check with these changes: (status, output)."""
    role = unique('role')
    sql(f"create role {role} login password 'poor'", 'create table book (id int primary key)')
    host, port = postgres_address.rsplit(':', 1)
    base = {'connector.class': 'io.debezium.connector.postgresql.PostgresConnector', 'database.hostname': host, 'database.port': port,
            'database.user': role, 'database.password': 'poor', 'database.dbname': database, 'topic.prefix': 'p', 'plugin.name': 'pgoutput',
            'slot.name': unique('s'), 'publication.name': unique('b'), 'table.include.list': 'public.book', 'publication.autocreate.mode': 'filtered'}

    def run(*options, whole_request=False, **changes):
        config = {**base, **{name.replace('_', '.'): value for name, value in changes.items()}}
        path = tmp_path / 'connector.json'
        path.write_text(json.dumps({'name': 'c', 'config': config} if whole_request else {'name': 'c', **config}))
        done = subprocess.run([os.environ['MILLRACE_WORKER'], '--check-source', path, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert 'poor' not in done.stdout
        return done.returncode, done.stdout
    yield run
    sql(f'drop owned by {role}', f'drop role {role}')


def remedies(output):
    return [match.group(1) for line in output.splitlines() if (match := SQL.match(line))]


def test_the_sql_that_it_gives_mends_what_is_missing(check, sql):
    status, output = check()
    assert status == 1 and 'may not replicate' in output and 'may not read public.book' in output and 'may not create a publication' in output
    assert len(remedies(output)) == 3, output
    sql(*remedies(output))
    status, output = check(whole_request=True)
    assert status == 1 and 'owns not all' in output, output
    sql(*remedies(output))
    assert check(publication_autocreate_mode='disabled') == (0, 'The server has what the connector needs.\n')


def test_a_table_that_could_not_be_updated_any_more_is_told_of(check, sql):
    sql('create table tick (at timestamptz)')
    status, output = check(database_user='postgres', database_password='postgres', publication_autocreate_mode='all_tables')
    assert status == 0 and 'Mind: public.tick has no primary key' in output
    sql(*remedies(output))
    assert check(database_user='postgres', database_password='postgres', publication_autocreate_mode='all_tables')[1].count('\n') == 1


def test_a_publication_that_lacks_a_table_is_told_of(check, sql):
    root = {'database_user': 'postgres', 'database_password': 'postgres', 'publication_autocreate_mode': 'disabled', 'publication_name': 'Lacks'}
    sql('create table part (id int primary key) partition by list (id)', 'create table part_1 partition of part for values in (1)',
        'create publication lacks for table part')
    status, output = check(**root, table_include_list='public.book,public.part')
    assert status == 0 and 'Mind: The publication Lacks does not have public.book:' in output and len(remedies(output)) == 1, output
    sql(*remedies(output))
    assert check(**root, table_include_list='public.book,public.part') == (0, 'The server has what the connector needs.\n')
    sql('alter publication lacks drop table book')
    assert 'may not change it' in check(publication_name='lacks')[1]


def test_a_managed_service_is_known_by_its_administrator(folder, check):
    server = stack.postgres(folder / 'managed', '--set', 'wal_level=replica').start()
    host, port = server.address.rsplit(':', 1)
    try:
        with stack.connect(server.address) as connection:
            for administrator, words in [('rds_superuser', 'In the parameter group: rds.logical_replication=1'),
                                         ('cloudsqlsuperuser', "The instance's flag cloudsql.logical_decoding=on"),
                                         ('azure_pg_admin', 'The server parameter wal_level=logical'),
                                         ('avnadmin', "In the service's advanced configuration: wal_level=logical")]:
                connection.execute(f'create role {administrator}')
                status, output = check(database_hostname=host, database_port=port, database_dbname='postgres', database_user='postgres',
                                       database_password='postgres')
                assert status == 1 and f"wal_level is 'replica'.\n  {words}" in output, output
                connection.execute(f'drop role {administrator}')
    finally:
        server.stop()


def test_secrets_are_resolved_with_the_workers_providers(check, tmp_path):
    worker = tmp_path / 'worker.properties'
    worker.write_text('config.providers=file\nconfig.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider\n')
    (tmp_path / 'secret').write_text('password=postgres\n')
    status, output = check(worker, database_user='postgres', database_password='${file:' + str(tmp_path / 'secret') + ':password}')
    assert status == 0, output


@pytest.mark.parametrize('changes, status, words', [
    ({'database_password': 'wrong one'}, 2, 'password authentication failed'),
    ({'database_hostname': None, 'topic_prefix': ''}, 1, 'topic.prefix'),
    ({'connector_class': 'FileStreamSource'}, 2, "knows PostgreSQL's connector"),
])
def test_what_cannot_be_checked_is_said(check, changes, status, words):
    done = check(**{name: value or '' for name, value in changes.items()})
    assert done[0] == status and words in done[1], done
