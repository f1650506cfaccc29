"""A server sends a transaction before it shows it to others, for as long as a synchronous standby is waited for: what is read from tables
meanwhile must not come after what the stream has brought already."""
import json
import os
import signal
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

import stack
from conftest import unique
from connector import Connector

SIGNALS = 'create table signals (id varchar(42) primary key, type varchar(32) not null, data varchar(2048))'
LOOKS = "select 1 from pg_stat_activity where query like '%txid_current_snapshot%' and pid <> pg_backend_pid()"


class Server:
    """A PostgreSQL server where a commit waits for a standby that is not there, if its session asks for that."""

    def __init__(self, folder):
        self.service = stack.postgres(folder, '--set', 'synchronous_standby_names=nobody', '--set', 'synchronous_commit=local').start()
        self.address = self.service.address
        self.connection = stack.connect(self.address)

    def sql(self, *statements):
        for statement in statements:
            self.connection.execute(statement)

    def one(self, query):
        return self.connection.execute(query).fetchone()

    @contextmanager
    def commits_unseen(self, *statements):
        """One transaction that is in the WAL, and shown to nobody before the end."""
        writer = psycopg.connect(self.connection.info.dsn, password='postgres', autocommit=True)
        writer.execute('set synchronous_commit = on')
        writer.pgconn.send_query('; '.join(['begin', *statements, 'commit']).encode())
        stack.wait_for('the commit to wait', lambda: self.one("select 1 from pg_stat_activity where wait_event = 'SyncRep'"))
        try:
            yield
        finally:
            self.sql("alter system set synchronous_standby_names = ''", 'select pg_reload_conf()')
            while writer.pgconn.get_result():
                pass
            writer.close()
            self.sql("alter system set synchronous_standby_names = 'nobody'", 'select pg_reload_conf()')
            stack.wait_for('the setting', lambda: self.one('show synchronous_standby_names') == ('nobody',))


@pytest.fixture(scope='module')
def server():
    made = Server(Path(stack.environment('MILLRACE_TEST_DIR')) / unique('p-'))
    yield made
    made.connection.close()
    made.service.stop()


@pytest.fixture
def connector(worker, kafka_address, server):
    made = Connector(stack.Rest(worker.address), kafka_address, server.address, 'postgres')
    yield made
    made.delete()
    server.sql('drop table if exists t, signals')


def versions(connector, row):
    """(op, version) of each record of the row."""
    reader = connector.reader('public.t')
    reader.poll()
    return [(value['op'], value['after']['version']) for key, value, _ in reader.records if key['id'] == row]


def begin(server, connector, **settings):
    server.sql(SIGNALS, 'create table t (id int primary key, version int, note text)', 'insert into t select i, 1 from generate_series(1, 5) i')
    connector.create(snapshot_mode='no_data', **settings)
    connector.wait_streaming()


def ask(server, kind):
    data = {'data-collections': ['public.t'], 'type': kind}
    server.sql(f"insert into signals values ('ask', 'execute-snapshot', '{json.dumps(data)}')")


@pytest.mark.parametrize('kind', ['incremental', 'blocking'])
def test_a_snapshot_waits_for_what_was_streamed(server, connector, kind):
    begin(server, connector, signal_data_collection='public.signals')
    with server.commits_unseen('update t set version = 2 where id = 1'):
        stack.wait_for('the change', lambda: versions(connector, 1) == [('u', 2)])
        ask(server, kind)
        stack.wait_for('the connector to look', lambda: server.one(LOOKS) or len(versions(connector, 5)) > 0)
    stack.wait_for('the snapshot', lambda: versions(connector, 5) == [('r', 1)])
    assert versions(connector, 1) == [('u', 2), ('r', 2)]


def test_a_change_behind_the_first_watermark_that_the_chunk_does_not_show(server, connector, folder):
    signals = folder / 'signals'
    signals.touch()
    begin(server, connector, signal_data_collection='public.signals', signal_enabled_channels='file', signal_file=signals, signal_poll_interval_ms=100)
    sender = server.one(f"select active_pid from pg_replication_slots where slot_name = '{connector.config['slot.name']}'")[0]
    os.kill(sender, signal.SIGSTOP)
    try:
        with server.commits_unseen('update t set version = 2 where id = 1'):
            signals.write_text(json.dumps({'id': 'ask', 'type': 'execute-snapshot', 'data': {'data-collections': ['public.t'], 'type': 'incremental'}}) + '\n')
            stack.wait_for('the watermarks', lambda: server.one("select 1 from signals where id like '%-close'"))
            os.kill(sender, signal.SIGCONT)
            stack.wait_for('the snapshot', lambda: versions(connector, 5) == [('r', 1)])
            assert versions(connector, 1) == [('u', 2)]
    finally:
        os.kill(sender, signal.SIGCONT)


def test_columns_are_selected_again_as_they_are_after_the_change(server, connector):
    begin(server, connector, **{'post.processors': 'again', 'again.type': 'io.debezium.processors.reselect.ReselectColumnsPostProcessor'})
    with server.commits_unseen('update t set version = 2 where id = 1', "update t set note = 'new' where id = 1"):
        stack.wait_for('the connector to look', lambda: server.one(LOOKS) or len(versions(connector, 1)) > 0)
    stack.wait_for('the changes', lambda: len(versions(connector, 1)) == 2)
    assert [value['after']['note'] for _, value, _ in connector.reader('public.t').records] == ['new', 'new']
