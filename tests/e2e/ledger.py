"""Tables of numbered rows with versions, written while things die, and the check that a topic has all of one in order."""
import threading
from collections import Counter, defaultdict

import psycopg

import stack

TABLE = 'create table ledger (id bigint primary key, version int not null, note text default repeat(md5(random()::text), 4))'


class Writer(threading.Thread):
    """Commits numbered rows and new versions of old ones until it is told to stop, through restarts of the server."""

    def __init__(self, address, dice, database='postgres'):
        super().__init__(daemon=True)
        self.address, self.dice, self.database, self.done, self.error, self.commits = address, dice, database, threading.Event(), None, 0

    def run(self):
        while not self.done.is_set():
            try:
                with stack.connect(self.address, self.database) as connection:
                    while not self.done.is_set():
                        self.commit_some(connection)
                        self.done.wait(0.004)
            except psycopg.OperationalError:
                self.done.wait(0.1)  # the server restarts
            except Exception as error:
                self.error = error
                return

    def commit_some(self, connection):
        """One transaction: two new rows and a new version of two that exist."""
        newest = connection.execute('select max(id) from ledger').fetchone()[0]
        old = sorted(self.dice.sample(range(max(1, newest - 5000), newest + 1), 2))
        with connection.transaction():
            connection.execute('insert into ledger (id, version) values (%s, 1), (%s, 1)', [newest + 1, newest + 2])
            connection.execute('update ledger set version = version + 1 where id = any(%s)', [old])
        self.commits += 1

    def newest(self):
        with stack.connect(self.address, self.database) as connection:
            return connection.execute('select max(id) from ledger').fetchone()[0]

    def finish(self):
        """Ends it; returns the id of a last row, and the version of every row."""
        self.done.set()
        self.join(30)
        assert not self.error, self.error
        with stack.connect(self.address, self.database) as connection:
            newest = connection.execute('select max(id) + 1 from ledger').fetchone()[0]
            connection.execute('insert into ledger (id, version) values (%s, 1)', [newest])
            return newest, dict(connection.execute('select id, version from ledger').fetchall())

    def compare(self, topic, what='the last row', seconds=120):
        """Ends it, reads the topic up to the last row, and returns what is wrong there and the version of every row. `what` is waited for, as wait_for has it."""
        newest, truth = self.finish()
        stack.wait_for(what, lambda: any(key['id'] == newest for key, _, _ in topic.poll() + topic.records[-100:]), seconds, 0)
        return problems_of(topic.records, truth), truth


def repeated(records):
    """Changes that a topic's records (key, value, headers) tell of more than once."""
    told = Counter((key['id'], value['after']['version']) for key, value, _ in records if value is not None)
    return [f'version {version} of row {row} came {times} times' for (row, version), times in told.items() if times > 1]


def events_of(records):
    """For each row of a topic's records (key, value, headers): (op, version); a delete, which is of no version, has None."""
    events = defaultdict(list)
    for key, value, _ in records:
        if value is not None:
            again = value['op'] == 'r' and value['source']['snapshot'] == 'incremental'
            events[key['id']].append(('again' if again else value['op'], value['after'] and value['after']['version']))
    return events


def problem_of(events, final, gone):
    """What is wrong with the events of one row, whose last version that is; or none. gone: it was deleted then."""
    start = max((i for i, (op, _) in enumerate(events) if op == 'r'), default=0)
    known = events[start][1] if events[start][0] == 'r' else 0
    newest, first_seen = known, []
    for op, version in events[start:]:
        if op == 'again' and version < newest:
            return f'was read at version {version} after {newest} had come'
        if op in ('c', 'u') and version > known and version not in first_seen:
            first_seen.append(version)
        newest = max(newest, version or 0)
    if first_seen != list(range(known + 1, final + 1)):
        return f'ends at version {final}'
    if gone and events[-1][0] != 'd' or not gone and events[-1][1] != final:
        return f'ends {"deleted" if gone else f"at version {final}"}, its last event is {events[-1]}'
    return None


def problems_of(records, truth, gone=None, unknown=()):
    """What is wrong with a topic's records (key, value, headers), given the version of the rows that the table holds at the end, and of
    those that were deleted from it. A change may come more than once, but never before one that it follows, and none may be missing
    after a key's last record of the initial snapshot. Of the rows of `unknown` nothing is asked."""
    versions = events_of(records)
    problems = []
    for row, final in {**truth, **(gone or {})}.items():
        events = versions.get(row)
        problem = problem_of(events, final, row not in truth) if events else 'is missing'
        if problem:
            problems.append(f'row {row} {problem}; its events: {events}')
    problems += [f'row {row} is in the topic but not in the table' for row in set(versions) - set(truth) - set(gone or {}) - set(unknown)]
    return problems
