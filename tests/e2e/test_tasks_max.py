"""A connector that makes more task configurations than tasks.max: refused, or tasks.max.enforce says that it may."""
import pytest

from sink import Sink, worker_with_plugins

REFUSED = 'org.apache.kafka.connect.runtime.TooManyTasksException: The connector {} has generated 2 tasks, which is greater than 1'


@pytest.fixture(scope='module')
def worker(kafka_address):
    with worker_with_plugins(kafka_address, 'tasks') as service:
        yield service


def test_too_many_tasks(rest, kafka_address, folder, worker):
    sink = Sink(rest, kafka_address, folder)
    try:
        sink.put(more_tasks=1)
        sink.wait_states('FAILED')
        assert rest.status(sink.name)['connector']['trace'].startswith(REFUSED.format(sink.name))
        assert rest.get(f'/connectors/{sink.name}/tasks') == []

        sink.put(more_tasks=1, tasks_max_enforce='false')
        sink.wait_states('RUNNING', 'RUNNING', 'RUNNING')
        assert len(rest.get(f'/connectors/{sink.name}/tasks')) == 2
        assert any(' WARN ' in line and f'The connector {sink.name} has generated 2 tasks' in line for line in worker.log().splitlines())

        sink.put(more_tasks=1, tasks_max_enforce='true')
        sink.wait_states('FAILED', 'RUNNING', 'RUNNING')  # which have what they were started with
        assert rest.call('POST', f'/connectors/{sink.name}/tasks/1/restart')[0] == 204
        sink.wait_states('FAILED', 'RUNNING', 'FAILED')
        assert rest.status(sink.name)['tasks'][1]['trace'].startswith(REFUSED.format(sink.name))

        sink.put(tasks_max_enforce='true')
        sink.wait_states('RUNNING', 'RUNNING')
    finally:
        sink.rest.call('DELETE', f'/connectors/{sink.name}')
