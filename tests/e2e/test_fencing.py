"""PUT /connectors/NAME/fence, by which workers have their leader fence the producers of earlier tasks (KIP-618): what a leader of
each kind answers, and a worker that does not lead."""
import pytest

import stack
from conftest import unique
from fencing import DONE, FORGED, TWO_HOPS, UNSIGNED, Fencing, held_round
from group import Group, Lines
from signatures import session_key, signed

REFUSED = [
    UNSIGNED, UNSIGNED, (400, 'Algorithm Zork not available'), (400, 'Illegal base64 character 25'),
    (400, "This worker does not support the 'HmacSHA1' key signing algorithm used by other workers. This worker is currently configured to use: "
     "[HmacSHA256]. Check that all workers' configuration files permit the same set of signature algorithms, and correct any misconfigured worker "
     'and restart it.'),
    FORGED, FORGED, (404, 'Connector NAME not found'), (400, 'Connector NAME is not a source connector')]
# Where Kafka Connect's answer does not tell the reason.
OVERTAKEN = {'ours': (409, 'Failed to complete zombie fencing because a new set of task configs was generated'),
             'java': (500, 'Failed to perform zombie fencing')}
NO_CLIENT = {'ours': (400, "bootstrap.servers: 'nowhere' is not host:port"), 'java': (500, 'Failed to create new KafkaAdminClient')}
JOINING = '(Re-)joining group'


def refused(fencing):
    """The answers to requests that are no worker's, or for which there is nothing to fence."""
    key = session_key(fencing.group.kafka_address, fencing.group.name)
    right, sink = signed(key), unique('sink-')
    config = {'connector.class': 'FileStreamSink', 'topics': sink, 'file': str(fencing.folder / sink)}
    assert fencing.rest.call('POST', '/connectors', {'name': sink, 'config': config})[0] == 201
    name = fencing.create()
    only_signature = {'X-Connect-Authorization': right['X-Connect-Authorization']}
    found = [fencing.fence(*asked) for asked in (
        (name, {}), (name, only_signature), (name, {**right, 'X-Connect-Request-Signature-Algorithm': 'Zork'}),
        (name, {**right, 'X-Connect-Authorization': '%%%'}), (name, signed(key, algorithm='HmacSHA1')), (name, signed(b'another key')),
        (name, signed(key, b'another body')), (unique('none-'),), (sink,))]
    fencing.rest.call('DELETE', f'/connectors/{sink}')
    return found


def without_tasks(fencing):
    """A connector that never had tasks, and one whose tasks went: each answer, and the counts that are written down then."""
    never = unique('never-')
    lines = Lines(fencing.folder, never, fencing.group.kafka_address)
    status, answer = fencing.rest.call('POST', '/connectors', {'name': never, 'config': lines.config(), 'initial_state': 'STOPPED'})
    assert status == 201, answer
    found = [fencing.fence(never), fencing.counts(never)]
    gone = fencing.create()
    found += [fencing.fence(gone), fencing.counts(gone), fencing.fence(gone), fencing.counts(gone)]
    fencing.to('stop', gone)
    return found + [fencing.fence(gone), fencing.counts(gone)]


def superseded(fencing):
    """A round that waits for brokers while new task configurations come: its answer, the next one's, and what that one writes down."""
    with held_round(fencing) as (name, proxy):
        fencing.to('resume', name)
        stack.wait_for('new task configurations', lambda: len(fencing.rest.get(f'/connectors/{name}/tasks')) == 1)
        proxy.release()
        return [*fencing.answers(), fencing.fence(name), fencing.counts(name)[-1]]


def shared(fencing):
    """What two get that ask while a round waits for brokers, and the counts that are written down: a second round would write another."""
    with held_round(fencing) as (name, proxy):
        before = fencing.counts(name)
        fencing.ask(name)
        fencing.rest.get('/')  # whatever came before it is there now
        assert fencing.counts(name) == before
        proxy.release()
        return [*fencing.answers(), fencing.counts(name)[len(before):]]


def without_a_client(fencing):
    """A round whose admin client cannot be made."""
    name = fencing.create()
    assert fencing.fence(name)[0] == 204
    fencing.to('stop', name)
    assert fencing.rest.call('PATCH', f'/connectors/{name}/config', {'admin.override.bootstrap.servers': 'nowhere'})[0] == 200
    return fencing.fence(name)


def during_a_rebalance(fencing, leader):
    """The answer to a request that comes while the group rebalances. Its third member does not answer, so that this ends when the test wants."""
    group, lines = fencing.group, Lines(fencing.folder, unique('lines'), fencing.group.kafka_address)
    name = fencing.create()
    group.wait_settled()
    joins = group.workers[leader].log().count(JOINING)
    group.suspend('third')
    fencing.rest.call('POST', '/connectors', {'name': lines.name, 'config': lines.config()})
    stack.wait_for('the leader to join again', lambda: group.workers[leader].log().count(JOINING) > joins)
    fencing.ask(name)
    fencing.rest.get('/')  # whatever came before it is there now
    assert (group.state(), fencing.answered) == ('PreparingRebalance', [])
    group.go_on('third')
    found = fencing.answers()
    group.wait_settled()
    return found


def elsewhere(fencing):
    """The answers of a worker that does not lead."""
    name = fencing.create()
    return [fencing.fence(name), fencing.fence(name, {}), fencing.fence(name, query='?forward=false')]


@pytest.fixture(params=['enabled', 'disabled'])
def group(request, folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('fence-'), exactly_once_source_support=request.param, session_timeout_ms=3000)
    yield made
    made.stop()


def hand_over(group):
    """The worker of Kafka Connect leads, and the others come back."""
    for name in ('ours', 'third'):
        group.workers[name].stop()
    stack.wait_for('the other to lead', lambda: group.leader() == 'java', 90)
    for name in ('ours', 'third'):
        group.workers[name].resume()
    group.wait_settled()


def test_a_leader_of_either_kind_answers_the_same(group, folder):
    group.worker('ours')
    group.java('java')
    group.worker('third', session_timeout_ms=60000)  # it is suspended, and remains a member
    group.wait_settled()
    assert group.leader() == 'ours'
    for leader, follower in (('ours', 'java'), ('java', 'ours')):
        if leader == 'java':
            hand_over(group)
        fencing = Fencing(group, leader, folder)
        assert refused(fencing) == REFUSED
        assert without_tasks(fencing) == [DONE, [], DONE, [1], DONE, [1], DONE, [1, 0]]
        assert during_a_rebalance(fencing, leader) == [DONE]
        assert superseded(fencing) == [OVERTAKEN[leader], DONE, 1]
        assert shared(fencing) == [DONE, DONE, [0]]
        assert without_a_client(fencing) == NO_CLIENT[leader]
        # A follower of Kafka Connect's forwards the request without its signature.
        assert elsewhere(Fencing(group, follower, folder)) == [DONE if follower == 'ours' else UNSIGNED, UNSIGNED, TWO_HOPS]
