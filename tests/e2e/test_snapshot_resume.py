"""A snapshot whose worker is killed again and again goes on instead of starting over, and loses nothing."""
import stack
from connector import Connector
from ledger import TABLE, Writer, problems_of

ROWS, KILLS = 250_000, 4


def test_kill_9_in_a_large_snapshot(folder, kafka_address, postgres_address, database, sql, dice):
    worker = stack.worker(folder / 'w', kafka_address, group=folder.name, offset_flush_interval_ms=200, session_timeout_ms=6000,
                          scheduled_rebalance_max_delay_ms=0).start()
    writer = Writer(postgres_address, dice, database)
    try:
        sql(TABLE, 'create table first (id int primary key)', 'insert into first select generate_series(1, 500)',
            f'insert into ledger (id, version) select i, 1 from generate_series(1, {ROWS}) i')
        writer.start()
        connector = Connector(stack.Rest(worker.address), kafka_address, postgres_address, database)
        # Small requests, so that the snapshot takes a while.
        slowly = {'producer.override.batch.size': 3000, 'producer.override.linger.ms': 0, 'producer.override.max.in.flight.requests.per.connection': 1}
        assert connector.post(connector.configured(snapshot_resume_interval_bytes=1024 * 1024, **slowly))[0] == 201
        ledger, first = connector.reader('public.ledger'), connector.reader('public.first')

        rows_read = 0

        def read(seconds=0.05):
            nonlocal rows_read
            new = ledger.poll(seconds)
            rows_read += sum(value['op'] == 'r' for _, value, _ in new)
            return rows_read

        at_kills = []
        for _ in range(KILLS):
            enough = rows_read + dice.randrange(3000, 20_000)
            stack.wait_for(lambda: f'{enough} rows of {read()}', lambda: read() >= enough, 120, 0)
            worker.kill()
            at_kills.append(read(1))
            worker.resume('--no-wait')
        newest, truth = writer.finish()
        # A later view may show the last row before the stream has brought what was changed before it.
        stack.wait_for(lambda: f'the last row; status {connector.rest.status(connector.name)}',
                       lambda: read() and any(key['id'] == newest and value and value['op'] == 'c' for key, value, _ in ledger.records[-3000:]), 180, 0)
        problems = problems_of(ledger.records, truth)
        goes_on = worker.log().count('The snapshot goes on')
        print(f'{rows_read} snapshot records of {ROWS} rows and {len(truth)} at the end; kills at {at_kills}; {goes_on} went on')
        assert not problems, '\n'.join(problems[:20])
        assert goes_on >= 2, 'no kill met the snapshot'
        # Starting over would have read the table's beginning before each kill anew.
        assert read() < 1.6 * len(truth)
        first.poll()
        assert len(first.records) <= 1000, 'a small table that was done is not read with each kill'
    finally:
        writer.done.set()
        worker.stop()
