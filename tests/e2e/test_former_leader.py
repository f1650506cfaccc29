"""A leader that is suspended past its session while producers of earlier tasks are to be fenced out: another leads, and what the former one has
begun, or is asked for still, harms nobody when it goes on."""
import re
import threading

import pytest

import stack
from conftest import unique
from fencing import DONE, FORGED, TWO_HOPS, UNSIGNED, Fencing, two_tasks
from group import Group, Lines
from signatures import session_key, signed
from sink import PLUGINS
from tcp_proxy import TcpProxy


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('former-'), exactly_once_source_support='enabled', session_timeout_ms=3000)
    yield made
    made.stop()


@pytest.fixture
def proxy(own_kafka):
    made = TcpProxy(own_kafka.port)
    yield made
    made.stop()


@pytest.fixture
def lines(folder, own_kafka):
    made = Lines(folder, unique('lines'), own_kafka.address)
    yield made
    made.done.set()


def start(group, names):
    for name in names:
        group.worker(name, plugin_path=PLUGINS)
        stack.wait_for(f'{name} to have joined', lambda name=name: 'Herder started' in group.workers[name].log())


def put(group, lines, config):
    status, answer = group.rest().call('PUT', f'/connectors/{lines.name}/config', config)
    assert status in (200, 201), answer


def test_its_round_does_not_fence_those_who_run_under_the_next_leader(group, lines, proxy):
    start(group, 'ab')
    leader = group.leader()
    other, = set('ab') - {leader}
    admin = {'admin.override.bootstrap.servers': f'127.0.0.1:{proxy.port}'}
    put(group, lines, two_tasks(**admin))
    group.wait_placed([lines.name])
    kept = proxy.kept
    proxy.hold()
    put(group, lines, lines.config(**admin))
    stack.wait_for('the round to ask brokers', lambda: proxy.kept > kept)
    group.suspend(leader)
    proxy.release()
    rest = group.rest(other)
    stack.wait_for('another leader', lambda: group.leader() == other)
    lines.start()
    stack.wait_for(lambda: f'the task; it is {rest.status(lines.name)}', lambda: rest.states(lines.name) == ['RUNNING'] * 2)
    lines.wait_beyond()
    group.go_on(leader)
    given_up = f'A round of zombie fencing for connector {lines.name} failed: this worker was no member of its group for a while'
    stack.wait_for('the former leader to give its round up', lambda: given_up in group.workers[leader].log())
    lines.wait_beyond()
    group.wait_placed([lines.name])
    assert lines.finish() == []
    assert 'Task is being killed' not in group.workers[other].log()


def test_a_task_asks_the_former_leader(group, lines):
    """Its request waits there while the group goes on. The former leader hands it on, but only who asks for itself is a peer."""
    start(group, 'abc')
    put(group, lines, two_tasks())
    placed = group.wait_placed([lines.name], lambda placed: len(placed) == 3)
    leader = group.leader()
    asker, task = next((worker, task) for (_, task), worker in placed.items() if task is not None and worker != leader)
    log = group.workers[asker].log
    created = f'Creating task {lines.name}-{task} '
    before = log().count(created)
    group.suspend(leader)
    status, answer = group.rest(asker).raw('POST', f'/connectors/{lines.name}/tasks/{task}/restart')
    assert status == 204, answer
    stack.wait_for('the task to begin again', lambda: log().count(created) > before)
    stack.wait_for('another leader', lambda: group.leader() != leader)
    group.go_on(leader)
    stack.wait_for('the answer', lambda: 'Cannot have the producers of earlier tasks fenced out yet' in log())
    assert re.search(f'"PUT /connectors/{lines.name}/fence HTTP/1.1" (403|409) ', group.workers[leader].log())
    group.wait_placed([lines.name], lambda placed: len(placed) == 3)


def test_what_it_answers(folder, group):
    """The next leader has made another key: the size that it was told is another."""
    start(group, ['former'])
    group.worker('next', inter_worker_key_size=512)
    group.java('java', inter_worker_key_size=512)  # requests with a signature alone are for groups with such members
    group.wait_settled()
    assert group.leader() == 'former'
    fencing = Fencing(group, 'former', folder)
    name = fencing.create()
    before = session_key(group.kafka_address, group.name)
    asked = {}

    def ask(what, headers):
        asked[what] = threading.Thread(target=lambda: answers.update({what: fencing.fence(name, headers)}))
        asked[what].start()
    answers = {}
    assert fencing.fence(name, signed(before)) == DONE
    group.suspend('former')
    ask('before', signed(before))
    stack.wait_for('another leader', lambda: group.leader() != 'former')
    stack.wait_for('another key', lambda: session_key(group.kafka_address, group.name) != before)
    after = session_key(group.kafka_address, group.name)
    ask('after', signed(after))
    ask('never', signed(b'another key'))
    group.go_on('former')
    for thread in asked.values():
        thread.join(100)
    # It may know the next key when it comes to it, or not; and the next leader, or not.
    assert answers['never'] == FORGED and (answers['before'] == FORGED or answers['before'][0] == 409), answers
    assert answers['after'] in (DONE, FORGED) or answers['after'][0] == 409, answers
    group.wait_settled()
    assert [fencing.fence(name, signed(key)) for key in (before, b'another key', after)] == [FORGED, FORGED, DONE]
    assert fencing.fence(name, signed(after), query='?forward=false') == TWO_HOPS
    assert fencing.fence(name, {}) == UNSIGNED
    assert fencing.counts(name) == [1]
