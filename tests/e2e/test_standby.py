"""A standby as the source: what it can do, and what it refuses."""
import contextlib
import json
import threading

import psycopg
import pytest

import stack
from connector import Connector


@contextlib.contextmanager
def busy(primary):
    """A primary that tells its running transactions now and then, as one does on which something happens."""
    done = threading.Event()

    def tell():
        with stack.connect(primary.address) as server:
            while not done.wait(0.3):
                server.execute('select pg_log_standby_snapshot()')
    teller = threading.Thread(target=tell)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def on_standby(standby, query):
    def holds():
        with stack.connect(standby.address) as server, contextlib.suppress(psycopg.errors.UndefinedTable):
            return server.execute(query).fetchone()
    stack.wait_for(f'{query} on the standby', holds)


@pytest.mark.parametrize('pair', [('18', ())], indirect=True, ids=['18'])
def test_a_standby_is_a_source(pair, folder, kafka_address):
    primary, standby = pair
    worker = stack.worker(folder / 'w', kafka_address, group=folder.name, offset_flush_interval_ms=200, session_timeout_ms=6000,
                          scheduled_rebalance_max_delay_ms=0).start()
    try:
        with stack.connect(primary.address) as server, busy(primary):
            server.execute('create table t (id int primary key, v text)')
            server.execute("insert into t select i, 'before' from generate_series(1, 500) i")
            server.execute('create table signals (id varchar(42) primary key, type varchar(32) not null, data varchar(2048))')
            on_standby(standby, "select 1 from pg_class where relname = 'signals'")
            connector = Connector(stack.Rest(worker.address), kafka_address, standby.address, 'postgres')
            settings = dict(signal_data_collection='public.signals', read_only='true', table_include_list='public.t', slot_failover='true',
                            retriable_restart_connector_wait_ms=500)
            assert connector.post(**settings)[0] == 201

            # The publication has to come from the primary.
            trace = connector.rest.wait_failed(connector.name)
            publication = connector.config['publication.name']
            assert f'CREATE PUBLICATION {publication} FOR ALL TABLES on the primary' in trace
            server.execute(f'create publication {publication} for all tables')
            on_standby(standby, 'select 1 from pg_publication')
            connector.rest.call('POST', f'/connectors/{connector.name}/restart?includeTasks=true')

            reader = connector.reader('public.t')
            assert {value['op'] for _, value, _ in reader.wait_for(500)} == {'r'}
            server.execute("insert into t values (501, 'streamed')")
            assert reader.wait_for(501)[500][1]['op'] == 'c'
            server.execute("insert into signals values ('s', 'execute-snapshot', %s)", [json.dumps({'data-collections': ['public.t']})])
            again = reader.wait_for(1002)[501:]
            assert {(value['source']['snapshot'], key['id']) for key, value, _ in again} == {('incremental', i) for i in range(1, 502)}

            worker.kill()
            worker.resume('--no-wait')
            server.execute("insert into t values (502, 'after')")
            stack.wait_for(lambda: f'the last row; {connector.rest.status(connector.name)}',
                           lambda: any(key['id'] == 502 and value['op'] == 'c' for key, value, _ in reader.poll()), 120, 0)
    finally:
        worker.stop()


@pytest.mark.parametrize('pair', [('', ())], indirect=True, ids=['15'])
def test_a_standby_that_cannot_decode_is_refused_but_for_a_snapshot(pair, folder, kafka_address):
    primary, standby = pair
    worker = stack.worker(folder / 'w', kafka_address, group=folder.name).start()
    try:
        with stack.connect(primary.address) as server:
            server.execute('create table t (id int primary key)')
            server.execute('insert into t values (1)')
        on_standby(standby, 'select 1 from t')
        connector = Connector(stack.Rest(worker.address), kafka_address, standby.address, 'postgres')
        assert connector.post()[0] == 201
        assert 'standbys decode changes from PostgreSQL 16 on: set database.hostname to the primary' in connector.rest.wait_failed(connector.name)
        only = Connector(stack.Rest(worker.address), kafka_address, standby.address, 'postgres').create(snapshot_mode='initial_only')
        only.records('public.t', 1)
    finally:
        worker.stop()
