"""Sinks that want records again (context.offset in Kafka Connect), at the worst moments: each is delivered again, and the group's offsets do
not stay ahead of what the task has taken since."""
import pytest

import stack
from conftest import unique
from sink import PLUGINS, Gate, Sink, committed, numbers, suspended

ENDS = 4


class Rewinding:
    """A sink that holds each batch of ten records at most at a gate."""

    def __init__(self, folder, kafka, worker):
        self.kafka, self.worker = kafka, worker
        self.sink, self.gate = Sink(stack.Rest(worker.address), kafka.address, folder), Gate(folder / 'gate')
        self.start, self.stay = folder / 'start', folder / 'stay'

    def commit_and_rewind(self):
        """Sends a commit of some records, which the suspended broker does not answer; the next are not taken: the task wants the first again, and
        while `stay` is there it takes nothing. Returns how many were taken."""
        sent = f'WorkerSinkTask{{id={self.sink.name}-0}} Committing offsets asynchronously using sequence number 1'
        self.gate.let_through()
        self.gate.wait_held()
        taken = self.taken()
        assert sent in self.worker.log() and taken == list(range(len(taken))) and 0 < len(taken) < 30
        self.start.touch()
        self.stay.touch()
        self.gate.open()
        stack.wait_for('the rewind', lambda: not self.start.exists())
        return len(taken)

    def taken(self):
        return self.sink.taken()[self.sink.topic, 0]


@pytest.fixture
def rewinding(folder, own_kafka, request):
    worker = stack.worker(folder / 'w', own_kafka.address, group=unique('again-'), offset_flush_interval_ms=3_600_000, session_timeout_ms=10000,
                          plugin_path=PLUGINS, **getattr(request, 'param', {})).start()
    made = Rewinding(folder, own_kafka, worker)
    try:
        made.sink.produce(numbers(0, 30))
        made.sink.put(hold_while=made.gate, rewind_to_start=made.start, retriable_while=made.stay, request_commit='true',
                      consumer_override_max_poll_records=10, consumer_override_session_timeout_ms=10000)
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
    stack.wait_for(lambda: f'the place that the task wants to be at; it is {sink.committed()}',
                   lambda: sink.committed() == {(sink.topic, 0): 0} and len(sink.commits()) > 1)
    assert sink.commits() == [some, 0]
    assert rewinding.taken() == list(range(some)), 'it takes nothing yet'
    rewinding.stay.unlink()
    sink.wait_committed(30)
    assert rewinding.taken() == [*range(some), *range(30)]
    commits = sink.commits()
    assert commits[:2] == [some, 0] and commits[2:] == sorted(commits[2:])


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
