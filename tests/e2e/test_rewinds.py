"""Sinks that want records again (context.offset in Kafka Connect), at the worst moments: each is delivered again, and the group's offsets do
not stay ahead of what the task has taken since."""
import contextlib

import pytest
from confluent_kafka.admin import AclBinding, AclBindingFilter, AclOperation, AclPermissionType, ResourcePatternType, ResourceType

import stack
from conftest import own_broker, unique
from sink import PLUGINS, Gate, Sink, committed, numbers, suspended

ENDS = 4
REFUSED = 'Commit of offsets threw an unexpected exception'


@pytest.fixture(scope='module')
def own_kafka():
    """It allows everything until somebody is allowed something."""
    with own_broker(authorizer_class_name='org.apache.kafka.metadata.authorizer.StandardAuthorizer', allow_everyone_if_no_acl_found='true') as service:
        yield service


@contextlib.contextmanager
def only_described(sink):
    """Its group may be looked at, and not be used."""
    group = (ResourceType.GROUP, f'connect-{sink.name}', ResourcePatternType.LITERAL)
    allowed = AclBinding(*group, 'User:ANONYMOUS', '*', AclOperation.DESCRIBE, AclPermissionType.ALLOW)
    sink.admin.create_acls([allowed])[allowed].result(20)
    try:
        yield
    finally:
        everything = AclBindingFilter(*group, None, None, AclOperation.ANY, AclPermissionType.ANY)
        assert sink.admin.delete_acls([everything])[everything].result(20) == [allowed]


class Rewinding:
    """A sink that holds each batch of ten records at most at a gate."""

    def __init__(self, folder, kafka, worker):
        self.kafka, self.worker = kafka, worker
        self.sink, self.gate = Sink(stack.Rest(worker.address), kafka.address, folder), Gate(folder / 'gate')
        self.start, self.stay = folder / 'start', folder / 'stay'

    def commit(self):
        """Sends a commit of some records, and waits with the next ones. Returns how many were taken."""
        self.gate.let_through()
        self.gate.wait_held()
        taken = self.taken()
        assert f'WorkerSinkTask{{id={self.sink.name}-0}} Committing offsets asynchronously using sequence number ' in self.worker.log()
        assert taken == list(range(len(taken))) and 0 < len(taken) < 30
        return len(taken)

    def rewind(self):
        """Those are not taken: the task wants the first again, and while `stay` is there it takes nothing."""
        self.start.touch()
        self.stay.touch()
        self.gate.open()
        stack.wait_for('the rewind', lambda: not self.start.exists())

    def commit_and_rewind(self):
        """The suspended broker does not answer the commit."""
        some = self.commit()
        self.rewind()
        return some

    def wait_taken_back(self):
        stack.wait_for(lambda: f'the place that the task wants to be at; it is {self.sink.committed()}',
                       lambda: self.sink.committed() == {(self.sink.topic, 0): 0} and len(self.sink.commits()) > 1)

    def taken(self):
        return self.sink.taken()[self.sink.topic, 0]


@pytest.fixture
def rewinding(folder, own_kafka, request):
    settings = {'offset_flush_interval_ms': 3_600_000, 'session_timeout_ms': 10000, 'consumer_session_timeout_ms': 10000,
                'plugin_path': PLUGINS, **getattr(request, 'param', {})}
    worker = stack.worker(folder / 'w', own_kafka.address, group=unique('again-'), **settings).start()
    made = Rewinding(folder, own_kafka, worker)
    try:
        made.sink.produce(numbers(0, 30))
        made.sink.put(hold_while=made.gate, rewind_to_start=made.start, retriable_while=made.stay, request_commit='true',
                      consumer_override_max_poll_records=10)
        made.gate.wait_held()
        yield made
    finally:
        worker.stop()


@pytest.mark.parametrize('rewinding', [{}, {'offset_flush_timeout_ms': 1000}], ids=['in-time', 'late'], indirect=True)
def test_a_rewind_while_a_commit_is_under_way(rewinding, request):
    sink, late = rewinding.sink, 'late' in request.node.name
    with suspended(rewinding.kafka):
        some = rewinding.commit_and_rewind()
        if late:  # the worker has given the commit up, which the broker carries out all the same
            stack.wait_for('the next commit', lambda: 'asynchronously using sequence number 2' in rewinding.worker.log())
    rewinding.wait_taken_back()
    assert sink.commits() == [some, 0]
    assert rewinding.taken() == list(range(some)), 'it takes nothing yet'
    rewinding.stay.unlink()
    sink.wait_committed(30)
    assert rewinding.taken() == [*range(some), *range(30)]
    commits = sink.commits()
    assert commits[:2] == [some, 0] and commits[2:] == sorted(commits[2:])


OFTEN = {'offset_flush_interval_ms': 1000}
# A heartbeat, which would be refused as well, does not come meanwhile.
NO_HEARTBEAT = {'consumer_heartbeat_interval_ms': 200_000, 'consumer_session_timeout_ms': 240_000}


@pytest.mark.parametrize('rewinding', [{**OFTEN, **NO_HEARTBEAT}], ids=[''], indirect=True)
def test_the_commit_that_takes_a_rewind_back_is_refused(rewinding):
    """Each next one tries to do it, until that is allowed."""
    sink = rewinding.sink
    some = rewinding.commit()
    stack.wait_for('the commit', lambda: sink.committed() == {(sink.topic, 0): some})
    with only_described(sink):
        rewinding.rewind()
        stack.wait_for('two refusals', lambda: rewinding.worker.log().count(REFUSED) >= 2)
        assert sink.committed() == {(sink.topic, 0): some} and sink.rest.states(sink.name) == ['RUNNING'] * 2
    rewinding.wait_taken_back()
    assert sink.commits() == [some, 0] and rewinding.taken() == list(range(some))
    rewinding.stay.unlink()
    sink.wait_committed(30)
    assert rewinding.taken() == [*range(some), *range(30)]


# Worker and task keep what they have for as long as a broker takes to start: who loses a partition forgets what he wanted of it.
PATIENT = {'heartbeat_interval_ms': 60_000, 'session_timeout_ms': 240_000, 'consumer_session_timeout_ms': 120_000}


@pytest.mark.parametrize('rewinding', [{**OFTEN, **PATIENT}], ids=[''], indirect=True)
def test_the_broker_dies_with_the_commit_that_takes_a_rewind_back(rewinding):
    """The commit under way may be carried out before it or behind it, and it is sent again until it has been: the records come again."""
    sink = rewinding.sink
    with suspended(rewinding.kafka):
        some = rewinding.commit_and_rewind()
        rewinding.kafka.kill()
        rewinding.kafka.resume()
    stack.wait_for(lambda: f'the place that the task wants to be at; there were {sink.commits()}', lambda: sink.commits()[-1:] == [0])
    assert rewinding.taken() == list(range(some)), 'it takes nothing yet'
    rewinding.stay.unlink()
    stack.wait_for('the last commit', lambda: committed(sink) == 30)
    assert rewinding.taken() == [*range(some), *range(30)]


def test_kill_9_between_a_rewind_and_the_commit_that_takes_it_back(rewinding):
    """The wish dies with the worker, as with Kafka Connect's until its next commit: the group goes on where the commit under way has left it, at
    most behind what put() has taken and pre_commit() allowed."""
    sink = rewinding.sink
    with suspended(rewinding.kafka):
        some = rewinding.commit_and_rewind()
        rewinding.worker.kill()
    rewinding.stay.unlink()
    rewinding.worker.resume()
    sink.wait_committed(30)
    taken, commits = rewinding.taken(), sink.commits()
    first = taken[some]
    assert first in (0, some), 'the broker may have noticed the end of the worker before the commit'
    assert taken == [*range(some), *range(first, 30)] and commits == sorted(commits) and first in (0, commits[0])


def runs_of(lines, topic):
    """For each run of the task and partition what was taken, and where it was wanted again: [('take' or 'again', offset)]."""
    runs = []
    for line in lines:
        about, partition, offset, _ = line.split(' ', 3)
        if about == 'start/':
            runs.append({})
        else:
            runs[-1].setdefault(int(partition), []).append(('take' if about == topic else 'again', int(offset)))
    return runs


def problems_of(runs, killed):
    """Records that did not come when they should. killed: numbers of the runs that ended by kill -9, with which a wish dies."""
    taken, wanted, found = {}, {}, []
    for number, run in enumerate(runs):
        for partition, events in run.items():
            for at, (what, offset) in enumerate(events):
                if what == 'again':
                    wanted[partition] = offset
                    continue
                due, exact = wanted.get(partition, taken.get(partition, 0)), at > 0
                if number and number - 1 in killed and not at:
                    due = taken.get(partition, 0)
                if offset > due or exact and offset != due:
                    found.append(f'run {number}, partition {partition}: {offset} instead of {due}')
                wanted[partition] = offset + 1
                taken[partition] = max(taken.get(partition, 0), offset + 1)
    return found


@pytest.mark.parametrize('kill', [False, True], ids=['restarts', 'kill-9'])
def test_rewinds_at_random(kill, folder, kafka_address, dice):
    """Every fifth put() wants its records and ten before them again; each put() asks for a commit."""
    worker = stack.worker(folder / 'w', kafka_address, group=unique('again-'), offset_flush_interval_ms=300, session_timeout_ms=6000,
                          consumer_session_timeout_ms=6000, plugin_path=PLUGINS).start()
    sink, killed = Sink(stack.Rest(worker.address), kafka_address, folder, partitions=3), []
    try:
        sink.put(rewind_every=5, request_commit='true', consumer_override_max_poll_records=30)
        for end in range(ENDS):
            sink.produce(numbers(end * 3000, (end + 1) * 3000))
            wanted = len(sink.lines()) + dice.randrange(100, 2500)
            stack.wait_for('progress', lambda: len(sink.lines()) >= wanted or committed(sink) == (end + 1) * 3000, every=0.005)
            if kill:
                worker.kill()
                killed.append(sum(line.startswith('start/') for line in sink.lines()) - 1)
                worker.resume('--no-wait')
            else:
                assert sink.rest.call('POST', f'/connectors/{sink.name}/tasks/0/restart')[0] == 204
        sink.wait_values(numbers(0, ENDS * 3000), 120)
        sink.wait_committed(ENDS * 3000, 120)
        runs = runs_of(sink.lines(), sink.topic)
        wishes = sum(what == 'again' for run in runs for events in run.values() for what, _ in events)
        print(f'{wishes} wishes in {len(runs)} runs, {len(sink.lines())} lines')
        assert wishes > 30 and len(runs) == ENDS + 1
        assert problems_of(runs, killed) == []
    finally:
        worker.stop()
