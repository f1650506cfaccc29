"""The newer protocols of pgoutput against servers that speak them: transactions streamed while they run, in parallel too, and prepared ones."""
from pathlib import Path

import pytest

import stack
from conftest import unique
from connector import Connector
from streamed import Streaming, told

PROTOCOLS = [('installed', 3, 'on'), ('18', 4, 'parallel')]


@pytest.fixture(scope='module', params=PROTOCOLS, ids=[f'{server}-{protocol}-{kind}' for server, protocol, kind in PROTOCOLS])
def server(request):
    """(address, slot.stream.params): a server that can prepare transactions."""
    version, protocol, kind = request.param
    options = () if version == 'installed' else ('--version', version)
    service = stack.postgres(Path(stack.environment('MILLRACE_TEST_DIR')) / unique('p-'), *options, '--set', 'max_prepared_transactions=10').start()
    yield service.address, f'proto_version={protocol};streaming={kind}'
    service.stop()


@pytest.fixture(scope='module')
def postgres_address(server):
    return server[0]


@pytest.fixture
def streaming(worker, rest, kafka_address, postgres_address, database, sql, server, folder):
    made = Streaming(worker, Connector(rest, kafka_address, postgres_address, database), folder)
    sql('create table t (name text, number int, v text, primary key (name, number))')
    made.connector.create(snapshot_mode='no_data', slot_stream_params=server[1], driver_options='-c logical_decoding_work_mem=64kB',
                          millrace_streamed_transactions_folder=folder)
    made.connector.wait_streaming()
    yield made
    made.close()
    made.connector.delete()


def wait_for_rows(streaming, expected):
    reader = streaming.connector.reader('public.t')
    stack.wait_for(lambda: f'{expected[-1]}; {len(reader.records)} records; {streaming.connector.rest.status(streaming.connector.name)}',
                   lambda: any((key['name'], key['number']) == expected[-1] for key, _, _ in reader.poll()), 120, 0)
    assert told(reader) == expected


def streamed(sql):
    return sql('select coalesce(sum(stream_txns), 0) from pg_stat_replication_slots').fetchone()[0]


def test_subtransactions_of_transactions_that_run(streaming, sql):
    first, second, gone = streaming.begin('first'), streaming.begin('second'), streaming.begin('gone')
    before = streamed(sql)
    of_first = first.insert()
    of_second = second.insert()
    gone.insert()
    stack.wait_for('the server to stream them', lambda: streamed(sql) >= before + 3)
    first.execute('savepoint outer_dropped')
    first.insert()
    first.execute('savepoint inner_released')
    first.insert()
    first.execute('release savepoint inner_released')
    second.execute('savepoint kept')
    of_second += second.insert()
    first.execute('rollback to outer_dropped')
    of_first += first.insert()
    first.execute('savepoint inner_dropped')
    first.insert(5)
    first.execute('rollback to inner_dropped')
    of_first += first.insert(5)
    gone.execute('rollback')
    second.execute('commit')
    sql("insert into t values ('small', 1, 'between')")
    first.execute('commit')
    wait_for_rows(streaming, [*of_second, ('small', 1), *of_first])


def test_prepared_transactions_come_when_they_are_committed(streaming, sql):
    """A slot that was not made for two phases brings them whole, at the end."""
    first, dropped, small = streaming.begin('first'), streaming.begin('dropped'), streaming.begin('small')
    of_first = first.insert()
    dropped.insert()
    of_small = small.insert(2)
    for transaction in first, dropped, small:
        transaction.execute(f"prepare transaction '{transaction.name}'")
    sql("insert into t values ('between', 1, '')", "commit prepared 'small'", "rollback prepared 'dropped'", "commit prepared 'first'")
    wait_for_rows(streaming, [('between', 1), *of_small, *of_first])


def test_a_slot_of_two_phases_is_refused_before_a_row_comes(rest, kafka_address, postgres_address, database, sql):
    """It brings transactions that may yet be rolled back."""
    connector = Connector(rest, kafka_address, postgres_address, database)
    try:
        sql('create table t (id int primary key)', f"select pg_create_logical_replication_slot('{connector.config['slot.name']}', 'pgoutput', false, true)")
        connector.create(snapshot_mode='no_data', event_processing_failure_handling_mode='skip')
        sql('insert into t values (1)')
        connector.records('public.t', 1)
        sql("begin; insert into t values (2); prepare transaction 'doubtful'", "rollback prepared 'doubtful'", 'insert into t values (3)')
        trace = rest.wait_failed(connector.name)
        assert 'two_phase' in trace and f"pg_drop_replication_slot('{connector.config['slot.name']}')" in trace
        reader = connector.reader('public.t')
        reader.poll(1)
        assert [key['id'] for key, _, _ in reader.records] == [1]
    finally:
        connector.delete()
