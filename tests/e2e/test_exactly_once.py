"""exactly.once.source.support=enabled: whoever reads what is committed sees every row once, whatever dies or wakes up when."""
import json
import os
import signal
import time

import pytest

import ledger
import stack
from conftest import own_broker, unique
from connector import Connector, Reader
from group import Group, Lines, for_every_client, login
from topics import records_of

ROWS_BEFORE = 10  # which nobody reads
KILLS = int(os.environ.get('MILLRACE_TEST_KILLS', '0'))  # at random instants (tests/endurance/kills); 0: three well aimed ones


@pytest.fixture(scope='module')
def own_kafka():
    with own_broker() as service:
        yield service


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('once-'), exactly_once_source_support='enabled', session_timeout_ms=3000)
    yield made
    made.stop()


class Sources:
    """A table and a file that are written to all the time, and the connectors that read them."""

    def __init__(self, group, folder, kafka_address, postgres_address, database, dice, **settings):
        self.group, self.lines = group, Lines(folder, unique('file'), kafka_address)
        self.writer = ledger.Writer(postgres_address, dice, database)
        self.connector = Connector(group.rest(), kafka_address, postgres_address, database)
        self.connector.config.update({'snapshot.mode': 'no_data', 'exactly.once.support': 'required', **settings})
        self.names = [self.connector.name, self.lines.name]
        status, answer = self.connector.post()
        assert status == 201, answer
        self.changes = self.connector.reader('public.ledger')
        self.lines.create(group.rest())
        self.group.wait_placed(self.names, timeout=120)
        self.connector.wait_streaming()
        self.writer.start()
        self.lines.start()
        self.wait_beyond_now()

    def wait_beyond_now(self):
        """What is written from now on arrives."""
        newest = self.writer.newest()
        stack.wait_for(lambda: f'rows after {newest}; {self.writer.error}; {self.group.rest().status(self.connector.name)}',
                       lambda: any(key['id'] > newest for key, _, _ in self.changes.poll()), 120, 0)
        self.lines.wait_beyond(timeout=120)

    def problems(self):
        newest, truth = self.writer.finish()
        stack.wait_for('the last row', lambda: any(key['id'] == newest for key, _, _ in self.changes.poll() + self.changes.records[-100:]), 120, 0)
        truth = {row: version for row, version in truth.items() if row > ROWS_BEFORE}
        records = [record for record in self.changes.records if record[0]['id'] > ROWS_BEFORE]
        found = ledger.problems_of(records, truth) + ledger.repeated(records) + self.lines.finish()
        numbers = self.lines.numbers()
        if numbers != list(range(1, self.lines.written + 1)):
            found.append(f'{len(numbers)} records of {self.lines.written} lines')
        return found

    def end(self):
        self.writer.done.set()
        self.lines.done.set()
        self.connector.rest = self.group.rest()
        self.connector.delete()


@pytest.fixture
def sources(group, folder, own_kafka, postgres_address, database, sql, dice):
    sql(ledger.TABLE, f'insert into ledger (id, version) select i, 1 from generate_series(1, {ROWS_BEFORE}) i')
    made = []

    def make(**settings):
        made.append(Sources(group, folder, own_kafka.address, postgres_address, database, dice, **settings))
        return made[0]
    yield make
    for each in made:
        each.end()


def victims(group, sources, dice):
    """Whose end comes next: who writes the ledger, who leads, and the third; or with MILLRACE_TEST_KILLS anyone at any time."""
    if not KILLS:
        yield group.wait_placed(sources.names, timeout=120)[sources.connector.name, 0]
        yield group.leader()
        yield 'third'
        return
    for _ in range(KILLS):
        enough = sources.writer.commits + dice.randrange(400)
        stack.wait_for(lambda: f'commits; {sources.writer.error}', lambda: sources.writer.commits >= enough or sources.writer.error, every=0.001)
        yield dice.choice(sorted(group.workers))


@pytest.mark.parametrize('java', [False, True] if KILLS else [True], ids=lambda java: 'one-of-java' if java else 'ours')
def test_kill_9_gives_every_row_once(java, group, sources, dice):
    group.worker('first')
    group.worker('third', 'java-connect' if java else 'worker', '--no-wait')
    group.worker('second')
    work = sources()
    stack.wait_for('the third worker to be a member', lambda: 'Joined group at generation' in group.workers['third'].log(), 240)
    kills, began = 0, time.monotonic()
    for victim in victims(group, work, dice):
        print(f'kill -9 {victim} after {len(work.changes.records)} records, {work.writer.commits} commits', flush=True)
        group.workers[victim].kill()
        kills += 1
        work.wait_beyond_now()
        group.workers[victim].resume('--no-wait')
    problems = work.problems()
    print(f'{kills} kills in {time.monotonic() - began:.0f} s, {len(work.changes.records)} changes, {work.lines.written} lines')
    assert not problems, '\n'.join(problems[:20])


def test_a_zombie_writes_nothing_that_is_seen(group, folder, own_kafka):
    for name in ('first', 'second'):
        group.worker(name)
    files = [Lines(folder, unique('file'), own_kafka.address) for _ in range(2)]
    try:
        for lines in files:
            lines.start()
            status, answer = group.rest().call('POST', '/connectors', {'name': lines.name, 'config': lines.config(
                **{'transaction.boundary': 'interval', 'transaction.boundary.interval.ms': '500'})})
            assert status == 201, answer
        for _ in range(2):
            placed = group.wait_placed([lines.name for lines in files], timeout=120)
            for lines in files:
                lines.wait_beyond()
            zombie = placed[files[0].name, 0]
            other = next(name for name in group.workers if name != zombie)
            group.suspend(zombie)  # with transactions that are open
            rest = group.rest(other)
            stack.wait_for('the other worker to have the tasks', lambda: all(
                (task['state'], task['worker_id']) == ('RUNNING', group.workers[other].address)
                for lines in files for task in rest.status(lines.name)['tasks']), 120, 0.3)
            for lines in files:
                lines.wait_beyond()
            group.go_on(zombie)
        for lines in files:
            assert lines.finish() == []
            assert lines.numbers() == list(range(1, lines.written + 1))
    finally:
        for lines in files:
            lines.done.set()


def test_the_group_writes_what_java_writes(group, sources, own_kafka):
    """Configurations in transactions of the leader, counts of producers, and offsets beside the records."""
    group.worker('only')
    work = sources(**{'offsets.storage.topic': f'{group.name}-own'})
    rest, name = group.rest(), work.connector.name
    keys = [key for key, _ in records_of(own_kafka.address, f'{group.name}-configs')]
    assert f'tasks-fencing-{name}' in keys and f'tasks-fencing-{work.lines.name}' in keys
    own = records_of(own_kafka.address, f'{group.name}-own', 5)
    assert own and all(json.loads(key)[0] == name for key, _ in own)
    assert rest.get(f'/connectors/{name}/offsets')['offsets'][0]['partition'] == {'server': work.connector.prefix}
    assert work.problems() == []
    # Stopped, fenced, and changed in a transaction.
    assert rest.call('PUT', f'/connectors/{work.lines.name}/stop')[0] == 204
    stack.wait_for('the stop', lambda: rest.states(work.lines.name) == ['STOPPED'])
    status, answer = rest.call('PATCH', f'/connectors/{work.lines.name}/offsets', {'offsets': [
        {'partition': {'filename': str(work.lines.path)}, 'offset': {'position': 0}}]})
    assert status == 200, answer
    assert rest.get(f'/connectors/{work.lines.name}/offsets') == {'offsets': [
        {'partition': {'filename': str(work.lines.path)}, 'offset': {'position': 0}}]}
    assert rest.call('PUT', f'/connectors/{work.lines.name}/resume')[0] == 202
    again = Reader(own_kafka.address, work.lines.topic)
    assert len(again.wait_for(2 * work.lines.written)) == 2 * work.lines.written
    again.close()


def test_the_leader_fences_with_the_credentials_of_the_connector(folder, kafka_address):
    signed_in = {'security.protocol': 'SASL_PLAINTEXT', **login('PLAIN')}
    wrong = {f'admin.{name}': value for name, value in login('PLAIN', 'not-the-password').items()}
    group = Group(folder, stack.environment('MILLRACE_TEST_KAFKA_SASL'), unique('fence-'), exactly_once_source_support='enabled',
                  session_timeout_ms=6000, **{**for_every_client(signed_in), **wrong})
    lines = Lines(folder, unique('file'), kafka_address)
    start = {'offsets': [{'partition': {'filename': str(lines.path)}, 'offset': {'position': 0}}]}
    try:
        group.worker('only')
        rest = group.rest()
        lines.create(rest).start()
        lines.wait_beyond()
        assert rest.call('PUT', f'/connectors/{lines.name}/stop')[0] == 204
        stack.wait_for('the stop', lambda: rest.states(lines.name) == ['STOPPED'])
        status, answer = rest.call('PATCH', f'/connectors/{lines.name}/offsets', start)
        assert status == 500 and 'Failed to perform zombie fencing' in answer, answer
        own = {f'admin.override.{name}': value for name, value in login('PLAIN').items()}
        status, answer = rest.call('PUT', f'/connectors/{lines.name}/config', lines.config(name=lines.name, **own))
        assert status == 200, answer
        status, answer = rest.call('PATCH', f'/connectors/{lines.name}/offsets', start)
        assert status == 200, answer
        assert 'alice-secret' not in group.workers['only'].log()
    finally:
        lines.done.set()
        group.stop()


def test_validation_tells_who_can(group):
    group.worker('only')
    rest = group.rest()

    def errors(**settings):
        config = {'connector.class': 'FileStreamSource', 'tasks.max': '1', 'name': 'v', 'topic': 't', **{k.replace('_', '.'): v for k, v in settings.items()}}
        answer = json.loads(rest.call('PUT', '/connector-plugins/FileStreamSource/config/validate', config)[1])
        return {info['value']['name']: info['value']['errors'] for info in answer['configs'] if info['value']['errors']}

    assert errors(file='/tmp/x', exactly_once_support='required') == {}
    assert errors(exactly_once_support='required') == {
        'exactly.once.support': ['The connector does not support exactly-once semantics with the provided configuration.']}
    assert list(errors(file='/tmp/x', transaction_boundary='connector')) == ['transaction.boundary']


def test_a_worker_stops_while_its_brokers_are_away(group, own_kafka, folder):
    """Transactions are open then, of a task and maybe of the leader; nothing waits for their time-out of a minute. Last: the broker stays away."""
    group.worker('only')
    lines = Lines(folder, unique('file'), own_kafka.address)
    status, answer = group.rest().call('POST', '/connectors', {'name': lines.name, 'config': lines.config(
        **{'transaction.boundary': 'interval', 'transaction.boundary.interval.ms': '1000'})})
    assert status == 201, answer
    lines.start()
    lines.wait_beyond()
    own_kafka.kill()
    os.kill(group.workers['only'].pid, signal.SIGTERM)
    stack.wait_for('the worker to end', lambda: not group.workers['only'].running(), 45)
    lines.done.set()
    assert 'Kafka Connect stopped' in group.workers['only'].log()
