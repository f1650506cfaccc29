"""The connector of a landscape that tests watch: old names, client certificates, a heartbeat, and a table that is written to."""
import pytest

import ledger
import stack
from connector import Connector

NAME = 'adventure_novels:debezium_postgres'


@pytest.fixture
def novels(landscape):
    """The connector that people have, over client certificates, and a ledger that is written all the time."""
    made = Connector(landscape.edge, landscape.bootstrap, 'postgres:5432', 'postgres')
    made.name = NAME
    landscape.sql('create table if not exists logical_ticker (id int primary key, tick timestamptz)',
                  'insert into logical_ticker values (1, now()) on conflict do nothing', 'drop table if exists ledger', ledger.TABLE, 'insert into ledger select n, 1 from generate_series(1, 1000) n',
                  'drop table if exists novel',
                  "create table novel (id int primary key, price numeric(9, 2), cover bytea, place point)",
                  "insert into novel values (1, 12.50, '\\x0001ff', '(1,2)')", 'create table if not exists unwanted (id int)')
    made.config.update({
        'database.server.name': made.prefix, 'database.user': 'user', 'database.sslmode': 'verify-ca', 'database.sslrootcert': '/tls/ca.crt',
        'database.sslcert': '/tls/user.crt', 'database.sslkey': '/tls/user.key', 'table.whitelist': r'public\.(novel|led.*)',
        'datatype.propagate.source.type': r'.+\.numeric', 'include.unknown.datatypes': 'true', 'decimal.handling.mode': 'string',
        'binary.handling.mode': 'base64', 'heartbeat.interval.ms': '1000', 'heartbeat.action.query': 'update logical_ticker set tick = now()',
        'slot.drop.on.stop': 'false'})
    for name in 'database.password', 'topic.prefix':
        del made.config[name]
    yield made
    made.delete()
    landscape.sql(f"select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '{made.config['slot.name']}' and active")
    stack.wait_for('the slot to be free', lambda: not slot_is_active(landscape, made.config['slot.name']))
    landscape.sql(f"select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '{made.config['slot.name']}'",
                  f'drop publication if exists {made.config["publication.name"]}')


def slot_is_active(landscape, slot):
    with stack.connect(landscape.database) as connection:
        return connection.execute('select 1 from pg_replication_slots where slot_name = %s and active', [slot]).fetchone() is not None
