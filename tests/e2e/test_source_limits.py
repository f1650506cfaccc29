"""Settings of the PostgreSQL source that say how long it waits, how often it tries, and what it does with what goes wrong."""
import re
import socket
import subprocess
from datetime import datetime

import pytest

import stack
from connector import Connector

BINARY = 'binary=true'  # rows in a form that the connector does not ask for, and does not understand; only nulls have none


def lines_of(worker, connector):
    """What the worker's log has of the connector's task."""
    return [line for line in worker.log().splitlines() if f'[{connector.name}|task-0]' in line]


def find(worker, connector, pattern):
    return next((line for line in lines_of(worker, connector) if re.search(pattern, line)), None)


def wait_for_line(worker, connector, pattern, timeout=60):
    return stack.wait_for(lambda: f'a line with {pattern}; the log ends: {lines_of(worker, connector)[-5:]}', lambda: find(worker, connector, pattern), timeout)


def slot(connector):
    return connector.config['slot.name']


class TestEventsThatCannotBeProcessed:
    def begin(self, connector, sql, **settings):
        """Streams until behind the bad event, if it comes there."""
        sql('create table t (v text)')
        connector.create(snapshot_mode='no_data', slot_stream_params=BINARY, **settings)
        connector.wait_streaming()
        sql("insert into t values ('bad')", 'insert into t values (null)')

    def erroneous(self, connector):
        found = re.search(rf'^debezium_metrics_NumberOfErroneousEvents{{[^}}]*context="streaming"[^}}]*name="{connector.prefix}"[^}}]*}} (\S+)',
                          connector.rest.metrics(), re.M)
        return found and float(found[1])

    def test_fail(self, connector, sql, worker):
        self.begin(connector, sql)
        trace = connector.rest.wait_failed(connector.name)
        assert re.search(r'Error while processing event at offset {.*lsn=[0-9]+', trace), trace
        wait_for_line(worker, connector, r'ERROR .*The event at [0-9A-F]+/[0-9A-F]+ cannot be processed.*event\.processing\.failure\.handling\.mode')

    @pytest.mark.parametrize('mode, told', [('warn', True), ('skip', False), ('ignore', False)])
    def test_the_others(self, connector, sql, worker, mode, told):
        self.begin(connector, sql, event_processing_failure_handling_mode=mode)
        assert [value['after'] for _, value, _ in connector.records('public.t', 1)] == [{'v': None}]
        assert bool(find(worker, connector, r'WARN .*The event at [0-9A-F]+/[0-9A-F]+ is skipped')) == told
        stack.wait_for(lambda: f'the metric: {self.erroneous(connector)}', lambda: self.erroneous(connector) == 1)


class TestTheGuardrail:
    def begin(self, connector, sql, **settings):
        sql(*(f'create table {name} (id int primary key)' for name in ('one', 'two', 'three')), 'insert into one values (1)')
        return connector.post(guardrail_collections_max=2, **settings)

    def test_warn(self, connector, sql, worker):
        assert self.begin(connector, sql)[0] == 201
        assert connector.records('public.one', 1)
        assert find(worker, connector, 'WARN .*Guardrail limit exceeded: 3 tables/collections configured for capture, but maximum allowed is 2')

    def test_fail(self, connector, sql):
        self.begin(connector, sql, guardrail_collections_limit_action='fail')
        assert 'Guardrail limit exceeded: 3 tables/collections configured for capture, but maximum allowed is 2' in connector.rest.wait_failed(connector.name)

    def test_as_many_as_allowed(self, connector, sql):
        self.begin(connector, sql, guardrail_collections_limit_action='fail', table_include_list='public.one,public.two')
        assert connector.records('public.one', 1)


def test_a_slot_that_cannot_be_made_is_tried_as_often_as_wanted(connector, sql, worker, postgres_address, database):
    """It waits for transactions that run."""
    with stack.connect(postgres_address, database) as other:
        other.execute('begin')
        other.execute('select pg_current_xact_id()')
        status, answer = connector.post(internal_create_slot_command_timeout=1, slot_max_retries=2, slot_retry_delay_ms=20, errors_max_retries=0)
        assert status == 201, answer
        assert 'Creation of replication slot failed' in connector.rest.wait_failed(connector.name)
    assert [re.search(r'Attempt . of . follows in \d+ ms', line)[0] for line in lines_of(worker, connector) if 'Attempt' in line] == [
        'Attempt 1 of 2 follows in 20 ms', 'Attempt 2 of 2 follows in 20 ms']


def test_a_query_that_takes_too_long(connector, sql, worker):
    """It is cancelled, told of, and the stream goes on."""
    sql('create table t (id int primary key)')
    connector.create(snapshot_mode='no_data', database_query_timeout_ms=2000, heartbeat_interval_ms=100, heartbeat_action_query='select pg_sleep(3600)')
    line = wait_for_line(worker, connector, 'Could not execute heartbeat action query')
    assert 'did not answer a query in time' in line and 'database.query.timeout.ms' in line
    sql('insert into t values (1)')
    assert connector.records('public.t', 1)


def test_the_server_hears_from_the_connector_while_a_query_runs(connector, sql):
    sql('create table t (id int primary key)')
    connector.create(snapshot_mode='no_data', status_update_interval_ms=100, heartbeat_interval_ms=100, heartbeat_action_query='select pg_sleep(3600)')
    query = "select pid, query_start from pg_stat_activity where query = 'select pg_sleep(3600)' and state = 'active' and datname = current_database()"
    running = stack.wait_for('the query', lambda: sql(query).fetchone())
    times = set()

    def many():
        times.update(sql('select reply_time from pg_stat_replication r join pg_replication_slots s on s.active_pid = r.pid '
                         f"where slot_name = '{slot(connector)}' and reply_time > '{running[1]}'").fetchall())
        return len(times) >= 3
    stack.wait_for(lambda: f'status updates: {times}', many)
    assert sql(query).fetchone() == running


def test_signals_are_not_waited_for(connector, sql, worker, kafka_address):
    sql('create table t (id int primary key)')
    connector.create(snapshot_mode='no_data', signal_enabled_channels='kafka', signal_poll_interval_ms=50, **{
        'signal.kafka.poll.timeout.ms': 3_600_000, 'signal.kafka.bootstrap.servers': kafka_address, 'signal.kafka.groupId': connector.name})
    connector.wait_streaming()
    sql('insert into t values (1)')
    assert connector.records('public.t', 1)
    assert 'signal.kafka.poll.timeout.ms=3600000 has no effect' in worker.log()


def test_a_server_that_does_not_answer_is_not_waited_for(connector):
    with socket.create_server(('127.0.0.1', 0)) as silent:
        status, answer = connector.post(database_port=silent.getsockname()[1], connection_validation_timeout_ms=400)
    assert status == 400 and 'Connection validation timed out after 400 ms' in answer['message'], answer


class TestWatermarksThatCannotBeWritten:
    def begin(self, connector, sql, refusals, **settings):
        sql('create table t (id int primary key)', 'insert into t values (1), (2)',
            'create table signals (id varchar(42) primary key, type varchar(32) not null, data varchar(2048))', 'create sequence attempts',
            "create function refuse() returns trigger language plpgsql as $$ begin if new.type = 'snapshot-window-open' and "
            f"nextval('attempts') <= {refusals} then raise exception 'not now'; end if; return new; end $$",
            'create trigger refusing before insert on signals for each row execute function refuse()')
        connector.create(snapshot_mode='no_data', signal_data_collection='public.signals', signal_emit_failure_backoff_ms=15, errors_max_retries=0, **settings)
        connector.wait_streaming()
        sql("""insert into signals values ('s1', 'execute-snapshot', '{"data-collections": ["public.t"]}')""")

    def test_as_many_retries_as_wanted(self, connector, sql, worker):
        self.begin(connector, sql, 2, signal_emit_failure_max_retries=2)
        assert [value['op'] for _, value, _ in connector.records('public.t', 2)] == ['r', 'r']
        waits = [re.search(r'attempt (\d) follows in (\d+) ms', line) for line in lines_of(worker, connector)]
        assert [found.groups() for found in waits if found] == [('2', '15'), ('3', '15')]

    def test_no_more(self, connector, sql):
        self.begin(connector, sql, 2, signal_emit_failure_max_retries=1)
        trace = connector.rest.wait_failed(connector.name)
        assert 'public.signals' in trace and 'not now' in trace, trace


def test_retained_wal(rest, worker, kafka_address, folder):
    """An open transaction keeps the server from letting go of WAL; that is told of, is a metric, and its end is told of too."""
    postgres = stack.postgres(folder / 'p', '--set', 'autovacuum=off').start()
    connector = Connector(rest, kafka_address, postgres.address, 'postgres')

    def retained():
        found = re.search(rf'^millrace_postgres_slot_retained_wal_bytes{{[^}}]*connector="{connector.name}"[^}}]*}} (\S+)', rest.metrics(), re.M)
        return float(found[1]) if found else 0

    try:
        with stack.connect(postgres.address) as server, stack.connect(postgres.address) as other:
            server.execute('create table t (id int primary key)')
            connector.create(snapshot_mode='no_data', status_update_interval_ms=100, slot_advance_interval_ms=100, **{
                'message.prefix.exclude.list': 'filler', 'millrace.retained.wal.warn.bytes': 2_000_000, 'millrace.retained.wal.check.interval.ms': 100})
            connector.wait_streaming()
            other.execute('begin')
            other.execute('insert into t values (1)')
            server.execute("select pg_logical_emit_message(false, 'filler', repeat('x', 3000000))")
            line = wait_for_line(worker, connector, 'WARN .*The server keeps [0-9]+ bytes of WAL')
            assert f"'{slot(connector)}'" in line and 'millrace.retained.wal.warn.bytes (2000000)' in line
            stack.wait_for(lambda: f'the metric: {retained()}', lambda: retained() > 2_000_000)
            other.execute('rollback')
            # A checkpoint tells the slot that nothing runs.
            stack.wait_for('the end', lambda: server.execute('checkpoint') and find(
                worker, connector, 'INFO .*The server keeps [0-9]+ bytes of WAL .*, less than 2000000 again'))
            stack.wait_for(lambda: f'the metric: {retained()}', lambda: retained() < 2_000_000)
    finally:
        connector.delete()
        postgres.stop()


def test_the_snapshot_and_the_stream_begin_later(connector, sql, worker):
    sql('create table t (id int primary key)', 'insert into t values (1)')
    connector.create(snapshot_delay_ms=700, streaming_delay_ms=1500)
    times = [datetime.strptime(wait_for_line(worker, connector, pattern)[1:24], '%Y-%m-%d %H:%M:%S,%f')
             for pattern in ('Created the replication slot', 'Snapshot of 1 tables at',
                             'Snapshot of 1 tables and 1 rows is complete', 'Streaming from the slot')]
    assert (times[1] - times[0]).total_seconds() >= 0.69
    assert (times[3] - times[2]).total_seconds() >= 1.49
    sql('insert into t values (2)')
    assert connector.records('public.t', 2)[1][1]['op'] == 'c'


@pytest.mark.parametrize('wanted', ['true', 'false'])
def test_probes_of_idle_connections(connector, sql, wanted):
    sql('create table t (id int primary key)')
    connector.create(snapshot_mode='no_data', database_tcpKeepAlive=wanted)
    connector.wait_streaming()

    def connections():
        """What ss tells of each; a timer other than that of the probes is shown while something is on its way."""
        ports = {str(port) for port, in sql('select client_port from pg_stat_activity '
                                            "where application_name like 'Debezium%' and datname = current_database()").fetchall()}
        listing = subprocess.run(['ss', '-tnoH', 'state', 'established'], capture_output=True, text=True, check=True).stdout.splitlines()
        return [line for line in listing if line.split()[2].rpartition(':')[2] in ports]
    stack.wait_for(connections, lambda: len(connections()) >= 2 and all('timer:(on' not in line for line in connections()))
    if wanted == 'true':
        stack.wait_for(connections, lambda: all('timer:(keepalive' in line for line in connections()))
    else:
        assert not any('timer:(keepalive' in line for line in connections())


@pytest.mark.parametrize('retriable', ['.*division by .*', None])
def test_errors_that_are_worth_a_retry_by_wish(connector, sql, retriable):
    sql('create table t (id int primary key)', 'insert into t values (1)', 'create sequence attempts')
    connector.post(retriable_restart_connector_wait_ms=20, internal_custom_retriable_exception=retriable, **{
        'snapshot.select.statement.overrides': 'public.t',
        'snapshot.select.statement.overrides.public.t': "select id / (case when nextval('attempts') < 3 then 0 else 1 end) as id from public.t"})
    if retriable:
        assert connector.records('public.t', 1)[0][0] == {'id': 1}
    else:
        assert 'division by zero' in connector.rest.wait_failed(connector.name)
