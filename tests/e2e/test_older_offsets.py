"""Offsets as Debezium 2.x wrote them, and such as the slot no longer has."""
import json

import pytest

import stack

OF_2_X = ('lsn', 'lsn_proc', 'lsn_commit', 'messageType', 'txId', 'ts_usec')


class Offsets:
    """What is stored of a connector, which stands still while it is changed."""

    def __init__(self, connector):
        self.connector, self.path = connector, f'/connectors/{connector.name}'

    def stop(self):
        self.connector.rest.call('PUT', f'{self.path}/stop')
        stack.wait_for('the stop', lambda: self.connector.rest.states(self.connector.name) == ['STOPPED'])

    def get(self):
        offsets = self.connector.rest.get(f'{self.path}/offsets')['offsets']
        return offsets[0]['offset'] if offsets else {}

    def put(self, offset):
        offsets = [{'partition': {'server': self.connector.prefix}, 'offset': offset}]
        status, answer = self.connector.rest.call('PATCH', f'{self.path}/offsets', {'offsets': offsets})
        assert status == 200, answer

    def resume(self, **changes):
        if changes:
            status, answer = self.connector.rest.call('PUT', f'{self.path}/config', self.connector.configured(**changes))
            assert status == 200, answer
        self.connector.rest.call('PUT', f'{self.path}/resume')


@pytest.fixture
def offsets(connector):
    return Offsets(connector)


def keys(connector, count):
    return [(value['op'], key['id']) for key, value, _ in connector.records('public.t', count)]


def of_2_x(offset, **more):
    """The same without what is new since, and with what has gone."""
    return {'transaction_id': None, **{key: offset[key] for key in OF_2_X if key in offset}, **more}


def test_streaming_goes_on(connector, sql, offsets):
    sql('create table t (id int primary key)', 'insert into t values (1)')
    connector.create()
    connector.records('public.t', 1)
    connector.wait_streaming()
    sql('insert into t values (2)', 'insert into t values (3)')
    assert keys(connector, 3) == [('r', 1), ('c', 2), ('c', 3)]
    offsets.stop()
    stored = offsets.get()
    assert stored['lsn_events_processed'] == 1 and 'lsn_commit' in stored
    offsets.put(of_2_x(stored))
    sql('insert into t values (4)')
    offsets.resume()
    assert keys(connector, 4)[3:] == [('c', 4)], 'neither a snapshot nor a repetition'


def test_rows_that_were_written_at_once_come_again(connector, sql, offsets):
    """Which of the rows of one COPY had been told such an offset does not say: all come but the first."""
    sql('create table t (id int primary key)')
    connector.create(snapshot_mode='no_data', slot_advance_interval_ms=3_600_000)
    connector.wait_streaming()
    sql('insert into t values (1)', "copy t from program 'seq 2 6'")
    keys(connector, 6)
    offsets.stop()
    stored = offsets.get()
    assert stored['lsn_events_processed'] == 5
    offsets.put(of_2_x(stored))
    sql('insert into t values (7)')
    offsets.resume()
    assert keys(connector, 11)[6:] == [('c', 3), ('c', 4), ('c', 5), ('c', 6), ('c', 7)]


@pytest.mark.parametrize('done', [True, False])
def test_snapshots(connector, sql, offsets, done):
    """`snapshot` was a boolean."""
    sql('create table t (id int primary key)', 'insert into t values (1), (2)')
    connector.create()
    assert keys(connector, 2) == [('r', 1), ('r', 2)]
    stack.wait_for('the offset', lambda: offsets.get().get('snapshot_completed'))
    offsets.stop()
    stored = offsets.get()
    assert stored['snapshot'] == 'INITIAL' and 'lsn_proc' not in stored
    offsets.put(of_2_x(stored, snapshot=True, last_snapshot_record=done))
    sql('insert into t values (3)')
    offsets.resume()
    if done:
        assert keys(connector, 3)[2:] == [('c', 3)]
    else:
        assert keys(connector, 5)[2:] == [('r', 1), ('r', 2), ('r', 3)], 'it starts over'


@pytest.mark.parametrize('changes, words', [
    ({}, 'no longer available on the server'),
    ({'internal.log.position.check.enable': 'false'}, None),
    ({'offset.mismatch.strategy': 'trust_slot'}, None),
    ({'snapshot.mode': 'when_needed'}, None)])
def test_a_slot_that_was_made_anew(connector, sql, offsets, changes, words):
    """It does not have what was written before it was made."""
    sql('create table t (id int primary key)')
    connector.create(snapshot_mode='no_data')
    connector.wait_streaming()
    sql('insert into t values (1)')
    keys(connector, 1)
    stack.wait_for('an offset', lambda: 'lsn_proc' in offsets.get())
    offsets.stop()
    slot = connector.config['slot.name']
    stack.wait_for('the slot to be let go', lambda: sql(f"select 1 from pg_replication_slots where slot_name = '{slot}' and not active").fetchone())
    sql(f"select pg_drop_replication_slot('{slot}')", 'insert into t values (2)')
    sql(f"select pg_create_logical_replication_slot('{slot}', 'pgoutput')", 'insert into t values (3)')
    offsets.resume(**{'snapshot.mode': 'no_data', **changes})
    if words:
        assert words in connector.rest.wait_failed(connector.name)
    elif changes.get('snapshot.mode'):
        assert keys(connector, 4)[1:] == [('r', 1), ('r', 2), ('r', 3)]
    else:
        assert keys(connector, 2)[1:] == [('c', 3)]
