"""Kafka Connect's Debezium goes on in the middle of Millrace's incremental snapshots, and Millrace in the middle of Debezium's."""
import json

import pytest

import stack
from conftest import unique
from connector import Connector
from group import Group

ROWS = 6000
KEYS = {'int': ('id int primary key', 'i'), 'uuid': ('id uuid primary key', 'md5(i::text)::uuid'),
        'decimal': ('id numeric(12, 2) primary key', 'i * -1.25'), 'pair': ('id bigint, other text, primary key (id, other)', "i / 10, 'ä' || i % 10")}


@pytest.fixture
def group(folder, kafka_address):
    made = Group(folder, kafka_address, unique('java-'), session_timeout_ms=10000, heartbeat_interval_ms=3000, scheduled_rebalance_max_delay_ms=0)
    yield made
    made.stop()


def test_java_goes_on_within_a_table_and_back(group, kafka_address, postgres_address, database, sql):
    ours, connectors = group.worker('ours'), []
    try:
        for name, (columns, values) in KEYS.items():
            sql(f'create table s_{name} (id varchar(42) primary key, type varchar(32) not null, data varchar(2048))', f'create table t_{name} ({columns})',
                f'insert into t_{name} select {values} from generate_series(1, {ROWS}) i')
            connector = Connector(group.rest(), kafka_address, postgres_address, database)
            connectors.append((name, connector.create(signal_data_collection=f'public.s_{name}', snapshot_mode='no_data', table_include_list=f'public.t_{name}',
                                                      publication_autocreate_mode='filtered', incremental_snapshot_chunk_size=1)))
        for name, connector in connectors:
            connector.wait_streaming()
            sql(f"insert into s_{name} values ('s', 'execute-snapshot', '{json.dumps({'data-collections': [f'public.t_{name}']})}')")

        def rows():
            """How many each connector has told of."""
            readers = [connector.reader(f'public.t_{name}') for name, connector in connectors]
            for reader in readers:
                reader.poll(0.02)
            return [len(reader.records) for reader in readers]

        def some_more(count):
            before = rows()
            stack.wait_for(lambda: f'{count} rows more than {before}: {rows()}', lambda: all(now >= then + count for now, then in zip(rows(), before)), 120, 0)

        some_more(50)
        ours.stop()
        at_java = rows()
        java = group.java('java')
        some_more(50)
        java.stop()
        assert max(rows()) < ROWS, 'Debezium stopped within the tables'
        ours.resume()
        stack.wait_for(lambda: f'all rows: {rows()}', lambda: all(count >= ROWS for count in rows()), 180, 0)
        for name, connector in connectors:
            keys = [json.dumps(key, sort_keys=True) for key, _, _ in connector.reader(f'public.t_{name}').records]
            assert len(set(keys)) == ROWS, name
            # Each worker stopped in order and the next went on from its offset.
            assert len(keys) < ROWS + 100, f'{name} was read again: {len(keys)} records, {at_java} when Debezium began'
    finally:
        for _, connector in connectors:
            connector.delete()
