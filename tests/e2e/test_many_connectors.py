"""A thousand connectors with names of two hundred characters, on workers that come and die. Every tenth runs, the others are stopped."""
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import stack
from conftest import unique
from group import FILE_SOURCE, Group
from topics import records_of

NAMES = [f'{number:04}-'.ljust(200, 'n') for number in range(1000)]
RUNNING = NAMES[::10]


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('many-'), session_timeout_ms=6000)
    yield made
    made.stop()


def test_a_thousand_connectors_with_long_names(group, folder, own_kafka):
    group.worker('a')
    source = folder / 'lines.txt'
    source.touch()

    def create(name):
        config = {'connector.class': FILE_SOURCE, 'tasks.max': '1', 'file': str(source), 'topic': 'lines'}
        body = {'name': name, 'initial_state': 'RUNNING' if name in RUNNING else 'STOPPED', 'config': config}
        return group.rest('a').call('POST', '/connectors', body, 300)[0]
    with ThreadPoolExecutor(8) as clients:
        assert set(clients.map(create, NAMES)) == {201}

    def share():
        """{worker: (connectors, tasks) that it has} once all are what they should be."""
        answer = {name: about['status'] for name, about in (group.rest('a').get('/connectors?expand=status') or {}).items()}
        tasks = [task for status in answer.values() for task in status['tasks']]
        stopped = {status['connector']['state'] for name, status in answer.items() if name not in RUNNING}
        running = {answer[name]['connector']['state'] for name in RUNNING if name in answer} | {task['state'] for task in tasks}
        if (len(answer), len(tasks), stopped, running) != (len(NAMES), len(RUNNING), {'STOPPED'}, {'RUNNING'}):
            return None
        owners = [status['connector']['worker_id'] for status in answer.values()], [task['worker_id'] for task in tasks]
        return {name: tuple(of.count(worker.address) for of in owners) for name, worker in group.workers.items() if worker.running()}

    def wait_shared(**expected):
        stack.wait_for(lambda: f'{expected}; it is {share()}', lambda: share() == expected, 300, 1)

    wait_shared(a=(1000, 100))
    group.worker('b')
    wait_shared(a=(500, 50), b=(500, 50))
    group.workers['b'].kill()
    wait_shared(a=(1000, 100))
    source.write_text('one line\n')

    def read():
        """The connectors whose tasks have stored that they read it."""
        return {json.loads(key)[0] for key, _ in records_of(own_kafka.address, f'{group.name}-offsets', partitions=5)}
    stack.wait_for(lambda: f'all to read; {len(read())} have', lambda: read() == set(RUNNING), 120, 1)
    assert sorted(group.rest('a').get('/connectors')) == NAMES
