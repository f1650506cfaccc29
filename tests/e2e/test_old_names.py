"""Configurations written for Debezium 1.2 and later work: an old name stands for today's, with one warning that says which."""
OLD = {'database.server.name': 'topic.prefix', 'table.whitelist': 'table.include.list', 'schema.whitelist': 'schema.include.list',
       'column.blacklist': 'column.exclude.list', 'database.ssl.mode': 'database.sslmode'}


def make_tables(sql):
    sql('create table wanted (id int primary key, name text, secret text)', 'create table unwanted (id int primary key)',
        "insert into wanted values (1, 'before', 'x')")


def test_old_names_are_taken_for_todays(connector, sql, worker):
    make_tables(sql)
    connector.create(**{'topic.prefix': None, 'database.server.name': connector.prefix, 'schema.whitelist': 'public',
                        'table.whitelist': 'public.wanted', 'column.blacklist': 'public.wanted.secret',
                        'database.ssl.mode': 'disable', 'snapshot.mode': 'never'})
    connector.wait_streaming()
    sql("insert into unwanted values (1)", "insert into wanted values (2, 'after', 'y')")
    key, value, _ = connector.records('public.wanted', 1)[0]
    assert (key, value['op'], value['after']) == ({'id': 2}, 'c', {'id': 2, 'name': 'after'})
    warnings = [line for line in worker.log().splitlines() if 'WARN' in line and connector.name in line]
    for old, new in OLD.items():
        telling = [line for line in warnings if old in line and new in line]
        assert telling, f'no warning says that {old} is {new} now'
    config = connector.rest.get(f'/connectors/{connector.name}/config')
    assert config['table.whitelist'] == 'public.wanted', 'what the user wrote is what the user reads'


def test_the_new_name_wins(connector, sql):
    make_tables(sql)
    connector.create(**{'database.server.name': 'not-this', 'table.whitelist': 'public.unwanted', 'table.include.list': 'public.wanted'})
    assert connector.records('public.wanted', 1)[0][1]['after']['name'] == 'before'
