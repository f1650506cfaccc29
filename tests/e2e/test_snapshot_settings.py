"""Settings of the PostgreSQL source that show in how it takes a snapshot: isolation, locks, modes, what is told of it."""
import json
import re

import pytest

import stack

OVERRIDE = 'snapshot.select.statement.overrides'
ISOLATION = "current_setting('transaction_isolation') || ', read only ' || current_setting('transaction_read_only') || ', deferrable ' || " \
            "current_setting('transaction_deferrable')"
LOCKS = "coalesce((select string_agg(mode, ', ') from pg_locks where granted and pid = pg_backend_pid() and relation = 'public.later'::regclass), 'none')"


def slot_exists(sql, connector):
    return sql(f"select 1 from pg_replication_slots where slot_name = '{connector.config['slot.name']}'").fetchone() is not None


def telling(expression):
    """Settings of a snapshot whose row of `t` tells what the snapshot's transaction says of itself."""
    return {'table.include.list': 'public.t,public.later', OVERRIDE: 'public.t', f'{OVERRIDE}.public.t': f'select id, {expression} as v from public.t'}


def told(connector):
    return connector.records('public.t', 1)[0][1]['after']['v']


@pytest.fixture
def tables(sql):
    sql('create table t (id int primary key, v text)', "insert into t values (1, 'x')",
        'create table later (id int primary key)', 'insert into later values (1)')


@pytest.mark.parametrize('mode, isolation', [
    ('serializable', 'serializable, read only on, deferrable on'), ('repeatable_read', 'repeatable read, read only on, deferrable off'),
    ('read_committed', 'read committed, read only on, deferrable off'), ('read_uncommitted', 'read uncommitted, read only on, deferrable off')])
def test_isolation(connector, sql, tables, mode, isolation):
    connector.create(snapshot_isolation_mode=mode, snapshot_mode='initial_only', **telling(ISOLATION))
    assert told(connector) == isolation


def test_a_slot_that_is_made_now_has_the_view(connector, sql, tables):
    """And the statements that each connection begins with have been run."""
    connector.create(snapshot_isolation_mode='read_committed', database_initial_statements="set test.one = 'a;;b'; set test.two = 'c'",
                     **telling(f"{ISOLATION} || ', ' || current_setting('test.one') || current_setting('test.two')"))
    assert told(connector) == 'repeatable read, read only off, deferrable off, a;bc'


@pytest.mark.parametrize('mode, locks', [('shared', 'AccessShareLock'), ('none', 'none')])
def test_locks(connector, sql, tables, mode, locks):
    connector.create(snapshot_locking_mode=mode, **telling(LOCKS))
    assert told(connector) == locks


def test_locks_of_a_class_of_ones_own_are_refused(connector, sql):
    status, answer = connector.post(snapshot_locking_mode='custom', **{'snapshot.locking.mode.custom.name': 'my.Locks'})
    assert status == 400 and 'snapshot.locking.mode' in answer['message'] and 'my.Locks' in answer['message'], answer


def test_a_lock_is_waited_for_and_no_longer(connector, sql, tables, worker, postgres_address, database):
    """Whoever holds a table for itself is named as what the snapshot waits for; once it is gone the snapshot is taken."""
    with stack.connect(postgres_address, database) as other:
        other.execute('begin')
        other.execute('lock table later in access exclusive mode')
        connector.create(snapshot_mode='initial_only', snapshot_locking_mode='shared', snapshot_lock_timeout_ms=50,
                         retriable_restart_connector_wait_ms=100)
        line = stack.wait_for('the time-out', lambda: next(
            (line for line in worker.log().splitlines() if connector.name in line and 'lock timeout' in line), None))
        assert 'public.later' in line and 'snapshot.lock.timeout.ms (50)' in line, line
        other.execute('rollback')
    assert connector.records('public.later', 1)[0][1]['op'] == 'r'
    assert connector.records('public.t', 1)[0][1]['op'] == 'r'


def test_what_is_told_of_a_snapshot(connector, sql, tables, worker):
    """The log tells how far it is, every ten seconds, and has the notifications of the channel log."""
    connector.create(notification_enabled_channels='log', **{
        'table.include.list': 'public.t,public.later', OVERRIDE: 'public.later',
        f'{OVERRIDE}.public.later': 'select id from public.later where pg_sleep(11) is not null'})

    def log():
        return [line for line in worker.log().splitlines() if f'[{connector.name}|task-0]' in line]

    def find(pattern):
        return next((found for found in (re.search(pattern, line) for line in log()) if found), None)

    stack.wait_for('the notification of the end', lambda: find(r'\[Notification Service\].*"COMPLETED"'))
    assert find(r"INFO .*Exported 1 records so far, 1 of table 'public\.later'")
    notifications = [json.loads(line[line.index('{'):line.rindex('}') + 1]) for line in log() if '[Notification Service]  {' in line]
    assert [told['type'] for told in notifications] == ['STARTED', 'DATA_COLLECTIONS_RESOLVED', *2 * ['IN_PROGRESS', 'TABLE_SCAN_COMPLETED'], 'COMPLETED']
    assert {told['aggregate_type'] for told in notifications} == {'Initial Snapshot'}
    assert {told['additional_data']['connector_name'] for told in notifications} == {connector.prefix}
    assert [told['additional_data']['scanned_collection'] for told in notifications if told['type'] == 'TABLE_SCAN_COMPLETED'] == [
        'public.t', 'public.later']
    assert all(told['id'] and told['timestamp'] > 1.7e12 for told in notifications)


class TestConfigurationBased:
    BASED = 'snapshot.mode.configuration.based'

    def settings(self, **flags):
        return {'snapshot.mode': 'configuration_based', **{f'{self.BASED}.{name.replace("_", ".")}': value for name, value in flags.items()}}

    def test_data_alone(self, connector, sql, tables, worker):
        connector.create(**self.settings(snapshot_data='true'))
        assert connector.records('public.t', 1)[0][1]['op'] == 'r'
        stack.wait_for('the end', lambda: f'{connector.name}|task-0] Snapshot of 2 tables and 2 rows is complete' in worker.log())
        sql("insert into t values (2, 'y')")
        connector.rest.call('POST', f'/connectors/{connector.name}/restart?includeTasks=true')
        rows = connector.records('public.t', 3)
        assert [(value['op'], key['id']) for key, value, _ in rows] == [('r', 1), ('r', 1), ('r', 2)], 'at each start, whatever the offset'
        assert not slot_exists(sql, connector)
        assert connector.rest.states(connector.name) == ['RUNNING', 'RUNNING']

    def test_the_stream_alone(self, connector, sql, tables):
        connector.create(**self.settings(start_stream='true', snapshot_schema='true'))
        connector.wait_streaming()
        sql("insert into t values (2, 'y')")
        assert [(value['op'], key['id']) for key, value, _ in connector.records('public.t', 1)] == [('c', 2)]

    def test_both(self, connector, sql, tables):
        connector.create(**self.settings(snapshot_data='true', start_stream='true'))
        connector.records('public.t', 1)
        connector.wait_streaming()
        sql("insert into t values (2, 'y')")
        assert [(value['op'], key['id']) for key, value, _ in connector.records('public.t', 2)] == [('r', 1), ('c', 2)]

    def test_neither(self, connector, sql, tables, worker):
        connector.create(notification_enabled_channels='log', **self.settings())
        stack.wait_for('the notification', lambda: re.search(rf'{connector.name}\|task-0.*Notification Service.*"SKIPPED"', worker.log()))
        assert not slot_exists(sql, connector)
        assert connector.rest.states(connector.name) == ['RUNNING', 'RUNNING']

    @pytest.mark.parametrize('again', ['false', 'true'])
    def test_a_position_that_is_lost(self, connector, sql, tables, again):
        connector.create(slot_drop_on_stop='true', **self.settings(start_stream='true', snapshot_on_data_error=again))
        connector.wait_streaming()
        sql("insert into t values (2, 'y')")
        connector.records('public.t', 1)
        stack.wait_for('a stored offset', lambda: 'lsn_proc' in json.dumps(connector.rest.get(f'/connectors/{connector.name}/offsets')))
        connector.rest.call('PUT', f'/connectors/{connector.name}/stop')
        stack.wait_for('the slot to go', lambda: not slot_exists(sql, connector))
        stack.wait_for('the stop', lambda: connector.rest.states(connector.name) == ['STOPPED'])
        sql("insert into t values (3, 'unseen')")
        connector.rest.call('PUT', f'/connectors/{connector.name}/resume')
        if again == 'false':
            assert 'no longer available on the server' in connector.rest.wait_failed(connector.name)
            return
        rows = connector.records('public.t', 4)
        assert [(value['op'], key['id']) for key, value, _ in rows] == [('c', 2), ('r', 1), ('r', 2), ('r', 3)]
