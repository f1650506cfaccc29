"""The way to exactly-once sources and back, worker by worker, in a group that one of Kafka Connect's workers belongs to (KIP-618: all are
"preparing" before the first is "enabled", and again before the first is "disabled")."""
from collections import Counter

import pytest

import stack
from conftest import own_broker, unique
from group import Group, Lines

KINDS = {'java': 'java-connect', 'one': 'worker', 'two': 'worker'}


@pytest.fixture(scope='module')
def own_kafka():
    with own_broker() as service:
        yield service


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('rolling-'), session_timeout_ms=3000)
    yield made
    made.stop()


@pytest.fixture
def sources(folder, own_kafka):
    """As many as workers: each has something to do."""
    made = [Lines(folder, unique('file'), own_kafka.address) for _ in KINDS]
    yield made
    for lines in made:
        lines.done.set()


def roll(group, sources, mode, order):
    """Has each worker, one after the other, stop and go on with that mode, and waits for lines in between."""
    names = [lines.name for lines in sources]
    for name in order:
        if name in group.workers:
            group.workers[name].stop()
        group.worker(name, KINDS[name], exactly_once_source_support=mode)
        group.wait_placed(names, lambda placed, name=name: name in placed.values() or len(group.workers) < len(KINDS), 120)
        print(f'{name} is {mode}; {group.leader()} leads', flush=True)
        for lines in sources:
            lines.wait_beyond(timeout=120)


def test_the_way_to_exactly_once_and_back_loses_nothing(group, sources):
    group.worker('one')
    for lines in sources:
        lines.create(group.rest()).start()
    roll(group, sources, 'disabled', ['java', 'two'])
    roll(group, sources, 'preparing', ['java', 'one', 'two'])
    roll(group, sources, 'enabled', ['two', 'java', 'one'])
    began = [lines.written for lines in sources]
    for name in ('java', 'one'):
        group.workers[name].kill()
        for lines in sources:
            lines.wait_beyond(timeout=120)
        group.workers[name].resume()
    group.wait_settled()
    for lines in sources:
        lines.wait_beyond(timeout=120)
    ended = [lines.written for lines in sources]
    roll(group, sources, 'preparing', ['one', 'two', 'java'])
    roll(group, sources, 'disabled', ['java', 'two', 'one'])
    for lines, first, last in zip(sources, began, ended):
        assert lines.finish() == []
        counts = Counter(lines.numbers())
        assert {number: counts[number] for number in range(first, last) if counts[number] != 1} == {}
