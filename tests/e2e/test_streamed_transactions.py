"""Large transactions that the server streams before they commit (slot.stream.params): commits, aborts, subtransactions, several at once, and
a worker that dies while they run and while one is handed out."""
import base64

import pytest

import stack
from connector import Connector
from streamed import ROWS, Streaming, told


@pytest.fixture
def streaming(folder, kafka_address, postgres_address, database, sql):
    worker = stack.worker(folder / 'w', kafka_address, group=folder.name, offset_flush_interval_ms=200, session_timeout_ms=6000,
                          scheduled_rebalance_max_delay_ms=0).start()
    spill = folder / 'spill'
    spill.mkdir()
    made = Streaming(worker, Connector(stack.Rest(worker.address), kafka_address, postgres_address, database), spill)
    try:
        sql('create table t (name text, number int, v text, primary key (name, number))')
        made.connector.create(snapshot_mode='no_data', slot_stream_params='proto_version=2;streaming=on',
                              driver_options='-c logical_decoding_work_mem=64kB', millrace_streamed_transactions_folder=spill)
        made.connector.wait_streaming()
        yield made
    finally:
        made.close()
        worker.stop()


def test_streamed_transactions(streaming, sql):
    worker, connector, begin = streaming.worker, streaming.connector, streaming.begin

    def streamed():
        return sql('select coalesce(sum(stream_txns), 0) from pg_stat_replication_slots').fetchone()[0]

    reader = connector.reader('public.t')

    def wait_for_last(expected):
        stack.wait_for(lambda: f'{expected[-1]}; {len(reader.records)} records; {connector.rest.status(connector.name)}',
                       lambda: any((key['name'], key['number']) == expected[-1] for key, _, _ in reader.poll()), 120, 0)

    # Several at once, of which one is rolled back and two in parts; the one that began first commits last.
    first, second, third = begin('first'), begin('second'), begin('third')
    of_first = first.insert()
    of_second = second.insert()
    third.insert()
    first.execute('savepoint kept')
    of_first += first.insert()
    second.execute('savepoint dropped')
    second.insert()
    second.execute('savepoint within')
    second.insert()
    second.execute('release savepoint within')
    second.execute('rollback to dropped')
    of_second += second.insert(3)
    third.execute('rollback')
    sql("insert into t values ('small', 1, 'between')")
    second.execute('commit')
    first.execute('commit')
    expected = [('small', 1), *of_second, *of_first]
    wait_for_last(expected)
    assert told(reader) == expected

    # The worker dies while transactions run: their changes come again.
    fourth, fifth = begin('fourth'), begin('fifth')
    of_fourth = fourth.insert()
    fifth.insert()
    stack.wait_for('two more streamed transactions', lambda: streamed() >= 5)
    worker.kill()
    worker.resume('--no-wait')
    of_fourth += fourth.insert()
    fifth.execute('rollback')
    fourth.execute('commit')
    expected += of_fourth
    wait_for_last(expected)
    assert told(reader) == expected

    # The worker dies while one is handed out.
    sixth = begin('sixth')
    of_sixth = sixth.insert(25 * ROWS)
    sixth.execute('commit')
    stack.wait_for('its first rows', lambda: any(key['name'] == 'sixth' for key, _, _ in reader.poll()), 60, 0)
    worker.kill()
    worker.resume('--no-wait')
    expected += of_sixth
    wait_for_last(expected)
    assert told(reader) == expected
    assert not any(streaming.spill.iterdir()), 'a file of a dead worker is left'


def test_messages_of_rolled_back_subtransactions(streaming):
    """A message has no mark of its subtransaction in a streamed transaction; what is rolled back does not come all the same."""
    connector, begin = streaming.connector, streaming.begin

    def emit(transaction, text):
        transaction.execute(f"select pg_logical_emit_message(true, '{transaction.name}', '{text}')")

    rows, messages = connector.reader('public.t'), connector.reader('message')

    def prefixes():
        """Prefix and content of each message, once."""
        found = ((key['prefix'], base64.b64decode(value['message']['content']).decode()) for key, value, _ in messages.records)
        return list(dict.fromkeys(found))

    def come(row, message):
        rows.poll()
        messages.poll()
        return row in told(rows) and message in prefixes()

    def wait_for_last(row, message):
        stack.wait_for(lambda: f'{row}, {message}; {len(rows.records)} rows, {prefixes()}; {connector.rest.status(connector.name)}',
                       lambda: come(row, message), 120, 0)

    # Messages whose part is clear: before a row of the transaction itself, and after a row of the part that is rolled back.
    clear = begin('clear')
    emit(clear, 'kept')
    expected = clear.insert()
    clear.execute('savepoint dropped')
    clear.insert()
    emit(clear, 'dropped')
    clear.insert()
    clear.execute('rollback to dropped')
    expected += clear.insert()
    emit(clear, 'last')
    clear.execute('commit')
    wait_for_last(expected[-1], ('clear', 'last'))
    assert told(rows) == expected
    assert prefixes() == [('clear', 'kept'), ('clear', 'last')]

    # And those whose part is not: just before the part's first row, and in parts without rows.
    unclear = begin('unclear')
    expected += unclear.insert()
    emit(unclear, 'kept')
    unclear.execute('savepoint dropped')
    emit(unclear, 'dropped')
    unclear.insert()
    unclear.execute('rollback to dropped')
    unclear.execute('savepoint alone')
    for _ in range(3):
        unclear.execute("select pg_logical_emit_message(true, 'alone', repeat('m', 50000))")
    unclear.execute('rollback to alone')
    emit(unclear, 'last')
    expected += unclear.insert()
    unclear.execute('commit')
    small = begin('small')
    expected += small.insert(1)
    emit(small, 'after')
    small.execute('commit')
    wait_for_last(expected[-1], ('small', 'after'))
    assert told(rows) == expected
    assert prefixes() == [('clear', 'kept'), ('clear', 'last'), ('unclear', 'kept'), ('unclear', 'last'), ('small', 'after')]
