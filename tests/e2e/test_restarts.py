"""What fails is started again by millrace.restart.*, and its status says so; what does not pass by itself is not tried for ever."""
import re

import pytest

import stack
from conftest import unique
from group import Group
from sink import PLUGINS, Sink, worker_with_plugins

SOON = {'millrace_restart_backoff_ms': 300, 'millrace_restart_backoff_max_ms': 600}


@pytest.fixture(scope='module')
def worker(kafka_address):
    with worker_with_plugins(kafka_address, 'restarts', **SOON) as service:
        yield service


@pytest.fixture
def sink(rest, kafka_address, folder):
    made = Sink(rest, kafka_address, folder)
    yield made
    made.delete()


def failing(sink, folder, **policy):
    """A sink whose file is in a folder that does not exist."""
    sink.out = folder / 'later' / 'out'
    sink.produce(['1', '2'])
    return sink.put(**policy)


@pytest.mark.parametrize('key', ['millrace.restart.on.failure', '_aiven.restart.on.failure'])
def test_a_task_starts_again_when_what_it_lacked_is_there(rest, sink, folder, worker, key):
    failing(sink, folder)
    rest.wait_failed(sink.name)
    status, text = rest.call('PATCH', f'/connectors/{sink.name}/config', {key: 'true'})
    assert status == 200, text
    stack.wait_for('the status to say it', lambda: re.search(r'Restarted automatically in \d+ ms, restart \d+ in a row\.', rest.wait_failed(sink.name)))
    stack.wait_for('two restarts', lambda: worker.log().count(f'Restarting task {sink.name}-0, which has failed') >= 2)
    assert f'millrace_restarts_total{{connector="{sink.name}",task="0"}}' in rest.metrics()
    sink.out.parent.mkdir()
    sink.wait_values(['1', '2'])
    sink.wait_states('RUNNING', 'RUNNING')


def test_without_the_policy_it_stays_failed(rest, sink, folder, worker):
    failing(sink, folder)
    trace = rest.wait_failed(sink.name)
    assert 'estarted automatically' not in trace
    assert f'Restarting task {sink.name}-0' not in worker.log()


def test_attempts_end(rest, sink, folder):
    failing(sink, folder, millrace_restart_on_failure='true', millrace_restart_max_attempts=2)
    stack.wait_for('the last word', lambda: 'Not restarted automatically after 2 restarts in a row' in rest.wait_failed(sink.name))


def test_a_lost_slot_is_not_tried_for_ever(rest, connector, sql, worker):
    sql('create table public.t (id int primary key)', 'insert into t values (1)')
    connector.create(table_include_list='public.t', millrace_restart_on_failure='true')
    connector.records('public.t', 1)
    sql('insert into t values (2)')
    connector.records('public.t', 2)
    stack.wait_for('the offset', lambda: rest.get(f'/connectors/{connector.name}/offsets')['offsets'])
    rest.call('PUT', f'/connectors/{connector.name}/stop')
    slot = connector.config['slot.name']
    stack.wait_for('the slot to be free', lambda: sql(f"select active from pg_replication_slots where slot_name = '{slot}'").fetchone() == (False,))
    sql(f"select pg_drop_replication_slot('{slot}')")
    rest.call('PUT', f'/connectors/{connector.name}/resume')
    trace = stack.wait_for('the last word', lambda: next((t for t in [rest.wait_failed(connector.name)] if 'Not restarted' in t), None))
    assert 'Not restarted automatically after 1 restarts in a row; such a failure does not pass by itself' in trace


def test_a_policy_outlives_its_leader(folder, own_kafka):
    group = Group(folder, own_kafka.address, unique('restarts-'), plugin_path=PLUGINS, **SOON)
    try:
        group.worker('first')
        group.wait_settled()
        group.worker('second')
        group.wait_settled()
        sink = Sink(group.rest('second'), own_kafka.address, folder)
        failing(sink, folder, millrace_restart_on_failure='true')

        def goes_on(*workers):
            def count():
                return sum(group.workers[name].log().count(f'Restarting task {sink.name}-0, which has failed') for name in workers)
            before = count()
            stack.wait_for(f'restarts by {workers}', lambda: count() >= before + 2)

        goes_on('first', 'second')
        leader = group.leader()
        other = next(name for name in group.workers if name != leader)
        group.workers[leader].kill()
        sink.rest = group.rest(other)
        goes_on(other)
        sink.out.parent.mkdir()
        sink.wait_states('RUNNING', 'RUNNING')
        stack.wait_for('what the sink was to write', lambda: len(sink.lines()) >= 2)
    finally:
        group.stop()


def test_a_bad_policy_is_refused(rest, sink):
    status, text = rest.call('PUT', f'/connectors/{sink.name}/config', {
        'connector.class': 'org.example.TroubledSinkConnector', 'topics': sink.topic, 'out': 'x', 'millrace.restart.backoff.ms': 'soon'})
    assert status == 400 and 'millrace.restart.backoff.ms' in text
