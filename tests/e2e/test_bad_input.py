"""Bad input: each a clear message, and a worker that goes on."""
import json
import os
import socket
import time

import psycopg
import pytest
from confluent_kafka.admin import AdminClient, NewTopic

import stack
from connector import Connector

OUTAGE_SECONDS = float(os.environ.get('MILLRACE_TEST_OUTAGE', '15'))


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as held:
        return held.getsockname()[1]


def wait_for_log(worker, *words, timeout=60):
    """The line of the worker's log that holds all these words."""
    return stack.wait_for(lambda: f'a log line with {words}; the log ends: {worker.log()[-2000:]}',
                          lambda: next((line for line in worker.log().splitlines() if all(word in line for word in words)), None), timeout)


class TestTheCluster:
    def test_no_broker_is_named_and_waited_for(self, folder):
        port = free_port()
        worker, kafka = stack.worker(folder / 'w', f'127.0.0.1:{port}'), stack.kafka(folder / 'k', '--port', str(port))
        try:
            worker.start('--no-wait')
            wait_for_log(worker, f'127.0.0.1:{port}')
            assert worker.running()
            kafka.start()
            stack.wait_for('the worker to serve', lambda: worker_answers(worker), 90)
        finally:
            worker.stop()
            kafka.stop()

    def test_a_port_that_is_not_kafka_is_named(self, folder, postgres_address):
        worker = stack.worker(folder / 'w', postgres_address)
        try:
            worker.start('--no-wait')
            wait_for_log(worker, postgres_address)
            assert worker.running()
        finally:
            worker.stop()

    @pytest.mark.parametrize('which, partitions, policy, words', [
        ('offsets', 1, 'delete', ["offset.storage.topic", "'cleanup.policy=compact'", "cleanup.policy=delete"]),
        ('status', 1, 'delete', ["status.storage.topic", "'cleanup.policy=compact'", "cleanup.policy=delete"]),
        ('configs', 1, 'delete', ["config.storage.topic", "'cleanup.policy=compact'", "cleanup.policy=delete"]),
        ('configs', 2, 'compact', ["config.storage.topic", "single partition", "found 2 partitions"]),
    ])
    def test_a_wrong_internal_topic_is_refused(self, folder, kafka_address, which, partitions, policy, words):
        group = folder.name
        admin = AdminClient({'bootstrap.servers': kafka_address})
        admin.create_topics([NewTopic(f'{group}-{which}', partitions, 1, config={'cleanup.policy': policy})])[f'{group}-{which}'].result()
        worker = stack.worker(folder / 'w', kafka_address, group=group)
        try:
            worker.start('--no-wait')
            wait_for_log(worker, f"'{group}-{which}'", *words)
            stack.wait_for('the worker to end', lambda: not worker.running(), 30)
        finally:
            worker.stop()


def worker_answers(worker):
    try:
        return stack.Rest(worker.address).raw('GET', '/connectors', timeout=5)[0] == 200
    except OSError:
        return False


class TestRequests:
    @pytest.mark.parametrize('body', ['{', '{"name": "x", "config": {}} trailing', '[]', '"text"', '{"name": "x", "konfig": {}}',
                                      '{"name": "x", "config": {"a": {}}}', '', 'null'])
    def test_malformed_json(self, rest, body):
        status, text = rest.raw('POST', '/connectors', body)
        answer = json.loads(text)
        assert status == 500 and answer['error_code'] == 500 and answer['message']

    def test_unknown_connector_class(self, rest, connector):
        status, answer = connector.post(connector_class='org.example.NoSuchConnector')
        assert status >= 400 and 'org.example.NoSuchConnector' in answer['message'], answer
        assert 'io.debezium.connector.postgresql.PostgresConnector' in answer['message'], 'it says which there are'

    def test_missing_properties_are_all_told(self, connector):
        status, answer = connector.post(topic_prefix=None, database_hostname=None, database_dbname=None, database_user=None)
        assert status == 400
        for name in ('topic.prefix', 'database.hostname', 'database.dbname', 'database.user'):
            assert name in answer['message'], answer

    @pytest.mark.parametrize('name, value', [('snapshot.mode', 'sometimes'), ('slot.name', 'Not A Slot'), ('max.batch.size', 'many'),
                                             ('decimal.handling.mode', 'roman'), ('database.port', 'x')])
    def test_invalid_properties_are_named(self, connector, name, value):
        status, answer = connector.post(**{name: value})
        assert status == 400 and f"'{name}' value is invalid" in answer['message'], answer

    def test_no_connector(self, rest):
        status, text = rest.raw('GET', '/connectors/nobody/status')
        assert status == 404 and 'nobody' in text


class TestTheDatabase:
    @pytest.mark.parametrize('changes, words', [
        ({'database.password': 'no-such-secret'}, 'password authentication failed'),
        ({'database.dbname': 'no_such_database'}, 'no_such_database'),
        ({'database.user': 'no_such_user'}, 'no_such_user'),
        ({'database.hostname': 'no-such-host.invalid'}, 'no-such-host.invalid'),
    ])
    def test_what_it_cannot_connect_to(self, connector, changes, words):
        status, answer = connector.post(**changes)
        assert status == 400 and words in answer['message'], answer
        assert 'no-such-secret' not in answer['message']

    def test_a_port_where_nobody_listens(self, connector):
        port = free_port()
        status, answer = connector.post(database_port=port)
        assert status == 400 and str(port) in answer['message'], answer

    def test_wal_level(self, folder, rest, kafka_address):
        postgres = stack.postgres(folder, '--set', 'wal_level=replica').start()
        connector = Connector(rest, kafka_address, postgres.address, 'postgres')
        try:
            status, answer = connector.post()
            message = answer['message'] if status != 201 else rest.wait_failed(connector.name)
            assert 'wal_level' in message and 'logical' in message and 'replica' in message, message
        finally:
            connector.delete()
            postgres.stop()

    def test_a_role_without_replication(self, connector, sql, rest):
        role = 'r' + connector.name
        sql(f"create role {role} login password 'secret-of-role'", 'create table t (id int primary key)', f'grant select on t to {role}',
            f'create publication {connector.config["publication.name"]} for table t')
        try:
            status, answer = connector.post(database_user=role, database_password='secret-of-role')
            message = answer['message'] if status != 201 else rest.wait_failed(connector.name)
            assert 'REPLICATION' in message.upper() and role in message, message
            assert 'secret-of-role' not in message
        finally:
            connector.delete()
            connector.made = False
            sql(f'drop owned by {role}', f'drop role {role}')

    def test_a_slot_in_use_says_by_whom(self, connector, sql, rest, worker, database):
        sql('create table t (id int primary key)')
        holder = Connector(rest, connector.kafka_address, f'{connector.config["database.hostname"]}:{connector.config["database.port"]}', database)
        holder.create(slot_name=connector.config['slot.name'])
        try:
            slot = connector.config['slot.name']
            holding = f"select active_pid from pg_replication_slots where slot_name = '{slot}' and active_pid is not null"
            pid, = stack.wait_for('the slot to be held', lambda: sql(holding).fetchone())
            status, answer = connector.post(slot_max_retries=1, slot_retry_delay_ms=500)
            message = answer['message'] if status != 201 else ''
            if status == 201:
                def told():
                    traces = [part.get('trace', '') for part in (rest.status(connector.name) or {'tasks': []})['tasks']]  # none right after the POST
                    return next((text for text in traces + worker.log().splitlines() if slot in text and str(pid) in text), None)
                message = stack.wait_for(lambda: f'a message about {slot} and {pid}: {rest.status(connector.name)}', told, 60)
            assert slot in message and str(pid) in message
            assert rest.states(holder.name) == ['RUNNING', 'RUNNING']
        finally:
            connector.delete()
            connector.made = False
            holder.delete()

    def test_a_table_without_a_key(self, connector, sql):
        sql('create table keyless (n int)', 'insert into keyless values (1)')
        connector.create()
        assert [(key, value['after']) for key, value, _ in connector.records('public.keyless', 1)] == [(None, {'n': 1})]
        sql('insert into keyless values (2)')
        assert connector.records('public.keyless', 2)[1][1]['after'] == {'n': 2}


class TestOutages:
    """A broker or a database that is away for a while: nobody is told to do anything, and nothing is lost."""

    @pytest.mark.parametrize('which', ['kafka', 'postgres'])
    def test_comes_back(self, folder, which):
        services = {'kafka': stack.kafka(folder / 'k').start(), 'postgres': stack.postgres(folder / 'p').start()}
        worker = stack.worker(folder / 'w', services['kafka'].address, offset_flush_interval_ms=500).start()
        try:
            connector = Connector(stack.Rest(worker.address), services['kafka'].address, services['postgres'].address, 'postgres')

            def insert(number):
                with stack.connect(services['postgres'].address) as connection:
                    connection.execute('insert into t values (%s)', [number])
            with stack.connect(services['postgres'].address) as connection:
                connection.execute('create table t (id int primary key)')
            connector.create()
            insert(1)
            connector.records('public.t', 1)
            services[which].kill()
            if which == 'kafka':
                insert(2)
            time.sleep(OUTAGE_SECONDS)
            assert worker.running()
            services[which].resume()
            if which == 'postgres':
                insert(2)
            insert(3)
            seen = connector.reader('public.t')
            stack.wait_for(lambda: f'rows 2 and 3; {[key for key, *_ in seen.records]}; {connector.rest.status(connector.name)}',
                           lambda: seen.poll() is None or {2, 3} <= {key['id'] for key, *_ in seen.records}, 120, 0)
            connector.rest.wait_running(connector.name)
        finally:
            worker.stop()
            for service in services.values():
                service.stop()
