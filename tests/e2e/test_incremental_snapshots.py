"""Snapshots that are asked for while the connector runs: every row comes, whatever its key, and whatever dies meanwhile."""
import json

import pytest
from confluent_kafka import Producer

import stack
from connector import Connector
from ledger import TABLE, Writer

SIGNALS = 'create table signals (id varchar(42) primary key, type varchar(32) not null, data varchar(2048))'
KEYS = {
    'by_uuid': ('id uuid primary key', "md5(i::text)::uuid"), 'by_text': ('id text primary key', "chr(96 + i % 26) || 'ä' || i"),
    'by_number': ('id numeric primary key', 'i * -1.5'), 'by_big': ('id bigint primary key', 'i * 3000000000'),
    'by_date': ('id date primary key', "date '1970-01-03' - i"), 'by_time': ('id timestamptz primary key', "timestamptz '2024-01-01' + i * interval '1 ms'"),
    'by_real': ('id float8 primary key', 'i / 7.0'), 'by_bytes': ('id bytea primary key', "decode(lpad(to_hex(i), 4, '0'), 'hex')"),
    'by_pair': ('id int, other text, primary key (id, other)', "i / 4, 'x' || i % 4"),
    'by_flag': ('id boolean, other smallint, primary key (id, other)', 'i % 2 = 0, i'),
    'by_null': ('id int, other int, unique (id, other)', 'nullif(i / 5, 1), nullif(i % 5, 2)')}
ROWS = 40


def signal(sql, name, kind, **data):
    sql(f"insert into signals values ('{name}', '{kind}', '{json.dumps(data)}')")


def snapshot_rows(connector, table, count):
    reader = connector.reader(f'public.{table}')
    stack.wait_for(lambda: f'{count} rows of {table}, of {len(reader.records)} records',
                   lambda: reader.poll() is not None and sum(value['op'] == 'r' for _, value, _ in reader.records) >= count, 60, 0)
    return [value for _, value, _ in reader.records if value['op'] == 'r']


def test_keys_of_all_kinds_through_a_restart(connector, sql):
    sql(SIGNALS, *(f'create table {name} ({columns})' for name, (columns, _) in KEYS.items()),
        *(f'insert into {name} select {values} from generate_series(1, {ROWS}) i' for name, (_, values) in KEYS.items()))
    connector.create(signal_data_collection='public.signals', snapshot_mode='no_data', incremental_snapshot_chunk_size=3)
    connector.wait_streaming()
    signal(sql, 's1', 'execute-snapshot', **{'data-collections': [f'public.{name}' for name in KEYS]})
    snapshot_rows(connector, 'by_text', 7)
    connector.rest.call('POST', f'/connectors/{connector.name}/restart?includeTasks=true')
    for name in KEYS:
        rows = [json.dumps(row['after'], sort_keys=True) for row in snapshot_rows(connector, name, ROWS)]
        assert len(set(rows)) == ROWS, name


def test_a_table_without_a_key_by_a_surrogate(connector, sql):
    sql(SIGNALS, 'create table plain (n int not null, v text)', "insert into plain select i, 'v' from generate_series(1, 20) i")
    connector.create(signal_data_collection='public.signals', snapshot_mode='no_data', incremental_snapshot_chunk_size=3,
                     incremental_snapshot_watermarking_strategy='insert_delete')
    connector.wait_streaming()
    signal(sql, 's1', 'execute-snapshot', **{'data-collections': ['public.plain'], 'surrogate-key': 'n', 'additional-conditions': [
        {'data-collection': 'public.plain', 'filter': 'n <> 5 or n is null'}]})
    assert sorted(row['after']['n'] for row in snapshot_rows(connector, 'plain', 19)) == [n for n in range(1, 21) if n != 5]
    stack.wait_for('the watermarks to go', lambda: sql('select count(*) from signals').fetchone()[0] == 1)


def test_pause_resume_and_stop(connector, sql):
    sql(SIGNALS, 'create table slow (id int primary key)', 'insert into slow select generate_series(1, 20000)', 'create table never (id int primary key)',
        'insert into never select generate_series(1, 50)')
    connector.create(signal_data_collection='public.signals', snapshot_mode='no_data', incremental_snapshot_chunk_size=1, **{
        'notification.enabled.channels': 'sink', 'notification.sink.topic.name': f'{connector.prefix}.told'})
    connector.wait_streaming()
    told = connector.reader('told')

    def kinds():
        told.poll()
        return [value['type'] for _, value, _ in told.records if value['aggregate_type'] == 'Incremental Snapshot' and value['type'] != 'IN_PROGRESS']

    signal(sql, 's1', 'execute-snapshot', **{'data-collections': ['public.slow', 'public.never']})
    snapshot_rows(connector, 'slow', 5)
    signal(sql, 's2', 'pause-snapshot')
    stack.wait_for(lambda: f'the pause: {kinds()}', lambda: 'PAUSED' in kinds())
    marks = sql("select count(*) from signals where id like '%-open'").fetchone()[0]
    assert marks < 20_000
    signal(sql, 's3', 'log', message='still here')
    connector.reader('public.signals').wait_for(1)
    assert sql("select count(*) from signals where id like '%-open'").fetchone()[0] == marks, 'no chunk is read in a pause'
    signal(sql, 's4', 'resume-snapshot')
    stack.wait_for('more chunks', lambda: sql("select count(*) from signals where id like '%-open'").fetchone()[0] > marks)
    signal(sql, 's5', 'stop-snapshot', **{'data-collections': [], 'type': 'incremental'})
    stack.wait_for(lambda: f'the end: {kinds()}', lambda: 'ABORTED' in kinds())
    assert kinds() == ['STARTED', 'DATA_COLLECTIONS_RESOLVED', 'PAUSED', 'RESUMED', 'ABORTED']
    sql('insert into never values (1000)')
    assert connector.records('public.never', 1)[0][1]['op'] == 'c', 'the stream goes on, and nothing of the rest was read'


def test_signals_of_a_file(connector, sql, folder):
    file = folder / 'signals.txt'
    file.write_text('')
    sql('create table rows (id int primary key, v text)', "insert into rows select i, 'v' from generate_series(1, 30) i")
    connector.create(signal_enabled_channels='file', signal_file=file, signal_poll_interval_ms=100, snapshot_mode='no_data', read_only='true',
                     incremental_snapshot_chunk_size=7)
    connector.wait_streaming()
    file.write_text('no signal\n' + json.dumps({'id': 'f1', 'type': 'execute-snapshot', 'data': {'data-collections': ['public.r.*']}}) + '\n')
    assert sorted(row['after']['id'] for row in snapshot_rows(connector, 'rows', 30)) == list(range(1, 31))
    assert file.read_text() == ''
    file.write_text(json.dumps({'id': 'f2', 'type': 'execute-snapshot', 'data': {'data-collections': ['public.rows'], 'type': 'blocking'}}) + '\n')
    markers = [row['source']['snapshot'] for row in snapshot_rows(connector, 'rows', 60)[30:]]
    assert markers == ['first', *['true'] * 28, 'last']


@pytest.mark.parametrize('channel', ['kafka', 'file'])
def test_a_signal_that_is_in_no_stored_offset_comes_again(folder, kafka_address, postgres_address, database, sql, channel):
    worker = stack.worker(folder / 'w', kafka_address, group=folder.name, offset_flush_interval_ms=3_600_000, session_timeout_ms=6000,
                          scheduled_rebalance_max_delay_ms=0).start()
    try:
        rows = 3000
        sql('create table rows (id int primary key)', f'insert into rows select generate_series(1, {rows})')
        connector = Connector(stack.Rest(worker.address), kafka_address, postgres_address, database)
        file, topic = folder / 'signals.txt', f'{connector.prefix}-signal'
        connector.create(snapshot_mode='no_data', read_only='true', incremental_snapshot_chunk_size=10, signal_enabled_channels=channel,
                         signal_poll_interval_ms=100, signal_file=file, **{
                             'signal.kafka.bootstrap.servers': kafka_address, 'signal.kafka.groupId': connector.name, 'signal.kafka.topic': topic})
        connector.wait_streaming()
        text = json.dumps({'id': 's1', 'type': 'execute-snapshot', 'data': {'data-collections': ['public.rows']}})
        if channel == 'file':
            file.write_text(text + '\n')
        else:
            producer = Producer({'bootstrap.servers': kafka_address})
            producer.produce(topic, text.encode(), connector.prefix.encode())
            producer.flush(20)
        snapshot_rows(connector, 'rows', 50)
        worker.kill()
        worker.resume('--no-wait')
        reader = connector.reader('public.rows')
        stack.wait_for(lambda: f'all rows, of {len(reader.records)} records',
                       lambda: reader.poll() is not None and len({key['id'] for key, _, _ in reader.records}) == rows, 90, 0)
    finally:
        worker.stop()


def rows_and_kills(folder, kafka_address, postgres_address, database, sql, dice, **settings):
    """Kills the worker until that has interrupted the reading of a table three times; the table is written to meanwhile, and the
    last thing told of each row must be true."""
    rows, kills = 20_000, 0
    chunk = 5 if settings.get('read_only') else 25  # small, so that most kills come before the end
    worker = stack.worker(folder / 'w', kafka_address, group=folder.name, offset_flush_interval_ms=200, session_timeout_ms=6000,
                          scheduled_rebalance_max_delay_ms=0).start()
    writer = Writer(postgres_address, dice, database)
    try:
        sql(SIGNALS, TABLE, f'insert into ledger (id, version) select i, 1 from generate_series(1, {rows}) i')
        connector = Connector(stack.Rest(worker.address), kafka_address, postgres_address, database)
        connector.create(snapshot_mode='no_data', signal_data_collection='public.signals', incremental_snapshot_chunk_size=chunk, **settings)
        connector.wait_streaming()
        writer.start()
        ledger = connector.reader('public.ledger')

        def read():
            ledger.poll()
            return sum(value['op'] == 'r' for _, value, _ in ledger.records)

        while worker.log().count('will read new chunk on start') < 3:
            assert kills < 20, 'the kills do not meet the snapshot'
            kills += 1
            signal(sql, f's{kills}', 'execute-snapshot', **{'data-collections': ['public.ledger']})
            enough = read() + dice.randrange(1, 3000)
            stack.wait_for('rows', lambda: read() >= enough, 120, 0)
            worker.kill()
            while ledger.poll(0.5):
                pass
            worker.resume()
            connector.wait_streaming()
        newest, truth = writer.finish()
        stack.wait_for('the last row', lambda: ledger.poll() is not None and any(key['id'] == newest for key, _, _ in ledger.records[-5000:]), 120, 0)
        stack.wait_for('all rows', lambda: ledger.poll() is not None and {key['id'] for key, _, _ in ledger.records} >= set(truth), 120, 0)
        last = {key['id']: value['after']['version'] for key, value, _ in ledger.records}
        wrong = {row: (last.get(row), version) for row, version in truth.items() if last.get(row) != version}
        assert not wrong, f'{len(wrong)} of {len(truth)} rows, such as {list(wrong.items())[:5]}'
    finally:
        writer.done.set()
        worker.stop()


def test_kill_9_loses_nothing(folder, kafka_address, postgres_address, database, sql, dice):
    rows_and_kills(folder, kafka_address, postgres_address, database, sql, dice)


def test_kill_9_loses_nothing_without_watermarks(folder, kafka_address, postgres_address, database, sql, dice):
    rows_and_kills(folder, kafka_address, postgres_address, database, sql, dice, read_only='true')
