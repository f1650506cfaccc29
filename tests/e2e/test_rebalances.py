"""What clients see of a group that changes all the time: reads are answered at once, and what changes something is done."""
import json
import threading
import time

import pytest

import stack
from conftest import unique
from group import Group, Lines, balanced
from topics import records_of

FILES = 6


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('rebalances-'))
    yield made
    made.stop()


class Client(threading.Thread):
    """Asks one worker again and again, and keeps every answer that no client should get."""

    def __init__(self, rest, requests, wanted):
        super().__init__(daemon=True)
        self.rest, self.requests, self.wanted, self.done, self.answers, self.refused, self.slowest = rest, requests, wanted, threading.Event(), 0, [], 0.0
        self.start()

    def run(self):
        while not self.done.is_set():
            for method, path, body in self.requests:
                begin = time.monotonic()
                try:
                    status, text = self.rest.raw(method, path, body)
                except OSError as error:
                    status, text = 0, str(error)
                self.answers, self.slowest = self.answers + 1, max(self.slowest, time.monotonic() - begin)
                # A leader may die with the request in its hands: nobody knows whether it was done.
                unknown = status == 500 and method != 'GET' and 'IO Error trying to forward REST request' in text
                if status not in self.wanted and not unknown:
                    self.refused.append((method, path, status, text))
            self.done.wait(0.01)

    def stop(self):
        self.done.set()
        self.join(120)
        return self.refused


def test_reads_never_fail_and_changes_wait(group, folder, own_kafka):
    files = [Lines(folder, f'f{i}', own_kafka.address) for i in range(FILES)]
    names = [lines.name for lines in files]
    for name in ('dies', 'stays', 'leaves'):  # the first one leads
        group.worker(name)
    for lines in files:
        lines.start()
        lines.create(group.rest())
    group.wait_placed(names, balanced(group.workers))
    paths = ['/', '/connectors', '/connectors?expand=status&expand=info', '/connectors/f0', '/connectors/f0/config', '/connectors/f0/status',
             '/connectors/f0/tasks', '/connectors/f0/tasks/0/status', '/connectors/f0/topics', '/connectors/f0/offsets', '/connector-plugins',
             '/admin/loggers']
    reader = Client(group.rest('stays'), [('GET', path, None) for path in paths], {200})
    config = files[1].config()
    writer = Client(group.rest('stays'), [('PUT', '/connectors/f1/config', {**config, 'note': 'one'}), ('PUT', '/connectors/f1/pause', None),
                                          ('PUT', '/connectors/f1/config', {**config, 'note': 'two'}), ('PUT', '/connectors/f1/resume', None),
                                          ('POST', '/connectors/f2/restart?includeTasks=true', None), ('POST', '/connectors/f3/tasks/0/restart', None)],
                    {200, 202, 204})
    for _ in range(2):
        answered = reader.answers, writer.answers
        group.workers['leaves'].stop()
        group.workers['dies'].kill()
        group.workers['leaves'].resume()
        group.workers['dies'].resume()
        stack.wait_for('answers meanwhile', lambda: reader.answers > answered[0] + 50 and writer.answers > answered[1] + 6)
    assert writer.stop() == []
    assert reader.stop() == []
    assert reader.slowest < 5, 'a read waited for the group'
    assert group.rest().raw('PUT', '/connectors/f1/resume')[0] == 202
    group.wait_placed(names, balanced(group.workers), 120)
    for lines in files:
        assert lines.finish() == []


def test_the_leader_renews_the_key_that_requests_are_signed_with(group, folder, own_kafka):
    for name in 'ab':
        group.worker(name, inter_worker_key_ttl_ms=1000)
        stack.wait_for(f'{name} to have joined', lambda name=name: 'Herder started' in group.workers[name].log())

    def keys():
        return [json.loads(value)['key'] for key, value in records_of(own_kafka.address, f'{group.name}-configs') if key == 'session-key']
    stack.wait_for('three keys', lambda: len(set(keys())) >= 3)
    # A connector on the follower has its task configurations written by the leader, who checks the signature.
    files = [Lines(folder, f'key{i}', own_kafka.address) for i in range(2)]
    for lines in files:
        lines.start()
        lines.create(group.rest())
    group.wait_placed([lines.name for lines in files], balanced('ab'))
    for lines in files:
        lines.wait_beyond()
        assert lines.finish() == []


def test_topics_are_tracked_and_forgotten(group, folder, own_kafka):
    for name in 'ab':
        group.worker(name)
    lines = Lines(folder, 'f', own_kafka.address)
    lines.start()
    lines.create(group.rest())
    lines.wait_beyond()
    for name in 'ab':
        stack.wait_for('the topic at both workers', lambda name=name: group.rest(name).get('/connectors/f/topics') == {'f': {'topics': [lines.topic]}})
    assert group.rest('b').raw('PUT', '/connectors/f/pause')[0] == 202
    stack.wait_for('the pause', lambda: group.rest('a').states('f') == ['PAUSED', 'PAUSED'])
    assert group.rest('b').raw('PUT', '/connectors/f/topics/reset')[0] == 202
    for name in 'ab':
        stack.wait_for('no topic at either', lambda name=name: group.rest(name).get('/connectors/f/topics') == {'f': {'topics': []}})
    lines.done.set()
