"""Settings of the PostgreSQL source that show in what the connector does, not in its records."""
import re

import stack
from connector import Connector, Reader


def confirmed(sql, connector):
    return sql(f"select confirmed_flush_lsn from pg_replication_slots where slot_name = '{connector.config['slot.name']}'").fetchone()[0]


def end_connections(sql):
    sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'Debezium%' and datname = current_database()")


def test_a_heartbeat_by_logical_message_needs_no_table(connector, sql, kafka_address):
    sql('create table t (id int primary key)')
    connector.create(heartbeat_interval_ms=200, slot_advance_interval_ms=3_600_000,
                     heartbeat_action_query="select pg_logical_emit_message(false, 'heartbeat', 'now')")
    beats = Reader(kafka_address, f'__debezium-heartbeat.{connector.prefix}')
    messages = connector.reader('message').wait_for(2)
    assert messages[0][1]['message']['prefix'] == 'heartbeat'
    assert beats.wait_for(2)[0][0] == {'serverName': connector.prefix}
    beats.close()
    before = confirmed(sql, connector)
    stack.wait_for('the slot to advance', lambda: confirmed(sql, connector) != before)


def test_status_updates_come_as_often_as_wanted(connector, sql):
    sql('create table t (id int primary key)')
    connector.create(status_update_interval_ms=100)
    times = set()

    def many():
        times.update(row[0] for row in sql("select reply_time from pg_stat_replication r join pg_replication_slots s on s.active_pid = r.pid "
                                           f"where slot_name = '{connector.config['slot.name']}' and reply_time is not null").fetchall())
        return len(times) > 10
    stack.wait_for(lambda: f'status updates: {times}', many, every=0.02)  # as often as by default they would take 100 s


def test_no_retries(connector, sql):
    sql('create table t (id int primary key)')
    connector.create(errors_max_retries=0)
    sql('insert into t values (1)')
    connector.records('public.t', 1)
    end_connections(sql)
    assert 'terminating connection due to administrator command' in connector.rest.wait_failed(connector.name)


def test_as_many_retries_as_wanted(connector, sql, worker):
    sql('create table t (id int primary key)', 'create role passing login superuser replication password \'postgres\'')
    try:
        connector.create(errors_max_retries=2, retriable_restart_connector_wait_ms=50, database_user='passing')
        sql('insert into t values (1)')
        connector.records('public.t', 1)
        sql('alter role passing connection limit 0', 'alter role passing nosuperuser')
        end_connections(sql)
        trace = connector.rest.wait_failed(connector.name)
        assert 'too many connections for role "passing"' in trace
        # One after the connection that was ended, one after that which was refused.
        assert len(re.findall(rf'{connector.name}\|task-0.*; trying again in', worker.log())) == 2
    finally:
        sql('drop owned by passing', 'drop role passing')


def test_tables_by_their_number_of_rows(connector, sql, worker):
    for name, rows in (('fifty', 50), ('few', 3), ('many', 700)):
        sql(f'create table {name} (id int primary key)', f'insert into {name} select generate_series(1, {rows})')
    connector.create(snapshot_max_threads=2, snapshot_tables_order_by_row_count='descending', topic_prefix=connector.prefix)
    connector.records('public.many', 700)
    connector.records('public.few', 3)
    order = re.findall(r"Exporting data from table 'public\.(fifty|few|many)'", worker.log())
    assert order[-3:] == ['many', 'fifty', 'few']


def test_a_position_that_stands_still_is_told_of(connector, sql, worker):
    sql('create table t (id int primary key)')
    connector.create(internal_offset_activity_monitor_interval_ms=300, slot_advance_interval_ms=3_600_000)
    stack.wait_for('the warning', lambda: 'The offset has not moved for 300 ms' in worker.log())


def test_what_is_let_through_and_how_it_is_named(connector, sql, worker, kafka_address):
    sql('create table t (id int primary key)', 'create table spatial_ref_sys (srid int primary key)', 'insert into spatial_ref_sys values (1)')
    connector.create(message_prefix_exclude_list='un.*,other', table_ignore_builtin='false', schema_exclude_list='pg_.*,information_schema',
                     xmin_fetch_interval_ms=50, status_update_interval_ms=50, heartbeat_interval_ms=100, heartbeat_topics_prefix='beats')
    assert connector.records('public.spatial_ref_sys', 1)[0][1]['op'] == 'r', 'a table of PostGIS by its name'
    connector.wait_streaming()
    sql(*(f"select pg_logical_emit_message(true, '{prefix}', 'x')" for prefix in ('unwanted', 'wanted', 'other', 'others', 'UNDER', 'last')))
    messages = connector.reader('message')
    stack.wait_for('the last message', lambda: messages.poll() is not None and any(key['prefix'] == 'last' for key, _, _ in messages.records))
    assert [key['prefix'] for key, _, _ in messages.records] == ['wanted', 'others', 'last']

    numbers = iter(range(1, 1_000_000))

    def xmin():
        """Of the newest row; it is read now and then."""
        sql(f'insert into t values ({next(numbers)})')
        connector.reader('public.t').poll()
        return [value['source']['xmin'] for _, value, _ in connector.reader('public.t').records][-1:]
    catalog_xmin, = sql(f"select catalog_xmin::text::bigint from pg_replication_slots where slot_name = '{connector.config['slot.name']}'").fetchone()
    stack.wait_for(lambda: f'xmin, from {catalog_xmin} on: {xmin()}', lambda: [value for value in xmin() if value and value >= catalog_xmin])

    beats = Reader(kafka_address, f'beats.{connector.prefix}')
    assert beats.wait_for(1)[0][0] == {'serverName': connector.prefix}
    beats.close()
    assert any('WARN' in line and 'heartbeat.topics.prefix' in line and 'topic.heartbeat.prefix' in line for line in worker.log().splitlines())


def test_who_confirms_what_has_been_stored(connector, rest, sql, kafka_address, postgres_address, database):
    """With lsn.flush.mode=manual, and its old name, nobody but the user does."""
    sql('create table t (id int primary key)')
    others = {Connector(rest, kafka_address, postgres_address, database): changes for changes in ({'lsn.flush.mode': 'manual'}, {'flush.lsn.source': 'false'})}
    try:
        for made, changes in {connector: {}, **others}.items():
            made.create(snapshot_mode='no_data', status_update_interval_ms=100, slot_advance_interval_ms=3_600_000, **changes)
            made.wait_streaming()
        begun = {made: confirmed(sql, made) for made in (connector, *others)}
        sql('insert into t values (1)', 'insert into t values (2)')
        for made in (connector, *others):
            made.records('public.t', 2)
            stack.wait_for('the offset', lambda made=made: 'lsn_commit' in str(rest.get(f'/connectors/{made.name}/offsets')))
        stack.wait_for('the confirmation', lambda: confirmed(sql, connector) != begun[connector])
        assert all(confirmed(sql, made) == begun[made] for made in others)
    finally:
        for made in others:
            made.delete()
