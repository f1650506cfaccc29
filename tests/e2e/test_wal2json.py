"""A slot that an old Debezium made with wal2json is read on to its end, and what is new is made with pgoutput."""
import base64

import pytest

import stack

# Each value in a snapshot and in the stream must be the same.
COLUMNS = {
    'flag': ('boolean', 'true'), 'small': ('smallint', '-32768'), 'number': ('int', '2147483647'),
    'big': ('bigint', '-9223372036854775808'), 'real4': ('real', '1.5'), 'real8': ('float8', '-0.1'),
    'amount': ('numeric(12,4)', '-12345678.9012'), 'free': ('numeric', '1e20'), 'price': ('money', "'-12.34'::money"),
    'words': ('text', r"E'a\tb\n\\ \"q\" ''s'' äß€😀'"), 'short': ('varchar(5)', "'abcde'"), 'fixed': ('char(4)', "'ab'"),
    'raw': ('bytea', r"'\x00ff10'"), 'bits': ('bit varying(9)', "B'101'"), 'day': ('date', "'2024-02-29'"), 'clock': ('time(3)', "'23:59:59.123'"),
    'clock_tz': ('timetz', "'12:00:00+05:30'"), 'stamp': ('timestamp(6)', "'1999-12-31 23:59:59.999999'"),
    'stamp_tz': ('timestamptz', "'2024-07-01 12:00:00+02'"), 'span': ('interval', "'1 year 2 mons 3 days 04:05:06.7'"),
    'id128': ('uuid', "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"), 'doc': ('jsonb', """'{"a": [1, null, "x"]}'"""),
    'plain_doc': ('json', """'{"a":  1}'"""), 'tree': ('xml', "'<a>1</a>'"), 'host': ('inet', "'10.0.0.1/8'"), 'spot': ('point', "'(1.5,-2)'"),
    'range8': ('int8range', "'[1,10)'"), 'numbers': ('int[]', "'{1,NULL,3}'"), 'texts': ('text[]', """'{"a,b","c\\"d",NULL}'"""),
    'mood': ('mood', "'glad'"), 'domained': ('positive', '7'), 'nothing': ('text', 'null')}
ROW = ', '.join(value for _, value in COLUMNS.values())


def seen(connector, table):
    """(op, key, before, after) of each record, tombstones left out."""
    reader = connector.reader(f'public.{table}')
    reader.poll()
    return [(value['op'], key, value['before'], value['after']) for key, value, _ in reader.records if value]


@pytest.fixture
def old_slot(connector, sql, worker):
    """Tables, and a slot of wal2json that somebody has left."""
    sql("create type mood as enum ('sad', 'glad')", 'create domain positive as int check (value > 0)',
        f"create table kinds (id int primary key, {', '.join(f'{name} {kind}' for name, (kind, _) in COLUMNS.items())})",
        f'insert into kinds values (1, {ROW})', 'create table other (id int primary key, v text)', 'create table "Whole Row" (id int, v text)',
        'alter table "Whole Row" replica identity full', "insert into other values (1, 'before')",
        f"select pg_create_logical_replication_slot('{connector.config['slot.name']}', 'wal2json')")
    connector.config.update({'plugin.name': 'wal2json', 'skipped.operations': 'none'})
    return connector


def test_a_slot_of_wal2json_is_read_on(old_slot, sql, worker):
    connector, rest = old_slot, old_slot.rest
    connector.create()
    connector.records('public.other', 1)
    first = connector.records('public.kinds', 1)[0][1]
    assert first['op'] == 'r'
    warning = next(line for line in worker.log().splitlines() if connector.name in line and 'plugin.name=wal2json' in line)
    assert 'WARN' in warning and 'plugin.name=pgoutput' in warning and 'slot.name' in warning, warning

    sql(f'insert into kinds values (2, {ROW})', "update kinds set short = 'x', texts = null where id = 2", 'update kinds set id = 3 where id = 2',
        'delete from kinds where id = 3',
        "begin; insert into other values (2, 'rolled back'); rollback",
        "begin; insert into other values (3, 'one'), (4, 'two'); insert into other values (5, 'three'); commit",
        """insert into "Whole Row" values (1, 'a')""", """update "Whole Row" set v = 'b'""", """delete from "Whole Row" """,
        "select pg_logical_emit_message(true, 'note', 'in order')", 'truncate other')
    stack.wait_for(lambda: f'the end; {seen(connector, "other")}', lambda: any(op == 't' for op, *_ in seen(connector, 'other')))
    message = connector.reader('message').wait_for(1)[0][1]['message']
    assert (message['prefix'], base64.b64decode(message['content'])) == ('note', b'in order')

    stack.wait_for(lambda: f'the changes of kinds; {seen(connector, "kinds")}', lambda: len(seen(connector, 'kinds')) >= 6)
    ops = seen(connector, 'kinds')
    assert [(op, key['id']) for op, key, *_ in ops] == [('r', 1), ('c', 2), ('u', 2), ('d', 2), ('c', 3), ('d', 3)]
    differing = {name: (first['after'][name], ops[1][3][name]) for name in COLUMNS if first['after'][name] != ops[1][3][name]}
    assert not differing, 'snapshot and stream differ'
    assert ops[2][3] == {**ops[1][3], 'short': 'x', 'texts': None}
    assert [(op, key, after) for op, key, _, after in seen(connector, 'other')] == [
        ('r', {'id': 1}, {'id': 1, 'v': 'before'}), ('c', {'id': 3}, {'id': 3, 'v': 'one'}), ('c', {'id': 4}, {'id': 4, 'v': 'two'}),
        ('c', {'id': 5}, {'id': 5, 'v': 'three'}), ('t', None, None)]
    stack.wait_for('the rows without a key', lambda: len(seen(connector, 'Whole_Row')) >= 3)
    assert seen(connector, 'Whole_Row') == [('c', None, None, {'id': 1, 'v': 'a'}), ('u', None, {'id': 1, 'v': 'a'}, {'id': 1, 'v': 'b'}),
                                           ('d', None, {'id': 1, 'v': 'b'}, None)]

    # A lost connection and a stop in the middle of a stream of rows: what comes meanwhile and what was on its way follow.
    sql("insert into other select i, 'flow' from generate_series(10, 1009) i")
    stack.wait_for('some of them', lambda: len(seen(connector, 'other')) > 100, every=0)
    sql(f"select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '{connector.config['slot.name']}'")
    sql("insert into other select i, 'flow' from generate_series(1010, 2009) i")
    stack.wait_for('some more', lambda: len(seen(connector, 'other')) > 1200, every=0)
    rest.call('PUT', f'/connectors/{connector.name}/stop')
    stack.wait_for('the stop', lambda: rest.states(connector.name) == ['STOPPED'])
    sql("insert into other select i, 'meanwhile' from generate_series(2010, 2029) i")
    rest.call('PUT', f'/connectors/{connector.name}/resume')
    ids = list(range(10, 2030))
    stack.wait_for(lambda: f'all rows of {len(seen(connector, "other"))}; {rest.status(connector.name)}',
                   lambda: any(key == {'id': 2029} for _, key, *_ in seen(connector, 'other')))
    assert list(dict.fromkeys(key['id'] for op, key, *_ in seen(connector, 'other')[5:])) == ids
    assert {op for op, *_ in seen(connector, 'other')[5:]} == {'c'}, 'no second snapshot'
    assert sql(f"select plugin from pg_replication_slots where slot_name = '{connector.config['slot.name']}'").fetchone() == ('wal2json',)


def test_a_new_slot_is_made_with_pgoutput(connector, sql):
    sql('create table t (id int primary key)', 'insert into t values (1)')
    connector.create(plugin_name='wal2json_rds')
    connector.records('public.t', 1)
    connector.wait_streaming()
    assert sql(f"select plugin from pg_replication_slots where slot_name = '{connector.config['slot.name']}'").fetchone() == ('pgoutput',)
    sql('insert into t values (2)')
    assert connector.records('public.t', 2)[1][1]['op'] == 'c'
