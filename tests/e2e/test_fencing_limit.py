"""Brokers that stay away for longer than a round of fencing waits for them: 90 s, whatever a client's settings say, as with Kafka Connect."""
from concurrent.futures import ThreadPoolExecutor

import pytest

import stack
from conftest import unique
from fencing import DONE, Fencing, held_round, two_tasks
from group import Group, Lines
from signatures import session_key, signed
from sink import PLUGINS, suspended
from tcp_proxy import TcpProxy

# Who asked first waits for as long as anybody waits for an answer, and who asked later hears how the round ended.
TIMED_OUT = 'Request timed out. '  # and what the worker does or did last: it does other things meanwhile
GIVEN_UP = {'ours': 'Failed to perform zombie fencing: Fencing the producers of earlier tasks timed out after 90000 ms',
            'java': 'Failed to perform zombie fencing'}
UNREAD = (500, 'Failed to read to end of config topic before performing zombie fencing')
SHORT = {'admin.override.request.timeout.ms': '1000', 'admin.override.default.api.timeout.ms': '2000'}


@pytest.fixture
def made(folder, own_kafka):
    """A function that makes a group."""
    groups = []

    def make(name):
        groups.append(Group(folder / name, own_kafka.address, unique('limit-'), exactly_once_source_support='enabled', session_timeout_ms=30000))
        return groups[-1]
    yield make
    for group in groups:
        group.stop()


def asked(group, leader, folder):
    """What two hear of a round; the leader meanwhile does what others ask. Then the brokers are there, and the next round is one."""
    fencing = Fencing(group, leader, folder)
    with held_round(fencing, **SHORT) as (name, proxy):
        assert fencing.fence(fencing.create()) == DONE
        fencing.ask(name)
        answers = sorted(fencing.answers())
        proxy.release()
        again = fencing.fence(name)
    assert [status for status, _ in answers] == [500, 500]
    assert answers[0][1] == GIVEN_UP[leader] and answers[1][1].startswith(TIMED_OUT), answers
    assert (again, fencing.counts(name)) == (DONE, [1, 0])


def started(group, folder):
    """A task whose start waits for a round does not fail with it: the next one lets it start."""
    worker, lines = group.worker('only', plugin_path=PLUGINS), Lines(folder, unique('lines'), group.kafka_address)
    proxy, rest = TcpProxy(int(group.kafka_address.split(':')[1])), group.rest()
    admin = {'admin.override.bootstrap.servers': f'127.0.0.1:{proxy.port}', **SHORT}
    try:
        assert rest.call('PUT', f'/connectors/{lines.name}/config', two_tasks(**admin))[0] == 201
        rest.wait_running(lines.name)
        proxy.hold()
        assert rest.call('PUT', f'/connectors/{lines.name}/config', lines.config(**admin))[0] == 200
        told = f'Cannot have the producers of earlier tasks fenced out yet, will try again: {GIVEN_UP["ours"]}'
        stack.wait_for('the end of the round', lambda: told in worker.log(), 150)
        assert f'A round of zombie fencing for connector {lines.name} failed: {GIVEN_UP["ours"]}' in worker.log()
        assert 'FAILED' not in rest.states(lines.name)
        proxy.release()
        lines.start()
        lines.wait_beyond()
        assert rest.states(lines.name) == ['RUNNING'] * 2 and lines.finish() == []
    finally:
        lines.done.set()
        proxy.stop()


def unread(leaders, kafka):
    """The answers where no broker does, so that the config topic cannot be read; once they do, the round is one."""
    asked = [(fencing, fencing.create(), signed(session_key(kafka.address, fencing.group.name))) for fencing in leaders]
    with suspended(kafka):
        for fencing, name, signature in asked:
            fencing.ask(name, signature)
        found = [fencing.answers() for fencing in leaders]
    for fencing, name, _ in asked:
        stack.wait_for('the brokers', lambda fencing=fencing, name=name: fencing.fence(name) == DONE)
    return found


def test_a_round_that_takes_too_long(made, folder, own_kafka):
    ours, java, alone = made('ours'), made('java'), made('alone')
    ours.worker('ours')
    ours.java('member')  # requests with a signature alone are for groups with such members
    java.java('java')
    ours.wait_settled()
    assert ours.leader() == 'ours'
    assert unread([Fencing(ours, 'ours', folder), Fencing(java, 'java', folder)], own_kafka) == [[UNREAD], [UNREAD]]
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(asked, ours, 'ours', folder), pool.submit(asked, java, 'java', folder), pool.submit(started, alone, folder)]:
            done.result()
