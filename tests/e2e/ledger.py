"""A table of numbered rows with versions, written while things die, and the check that a topic has all of it in order."""
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


def repeated(records):
    """Changes that a topic's records (key, value, headers) tell of more than once."""
    told = Counter((key['id'], value['after']['version']) for key, value, _ in records if value is not None)
    return [f'version {version} of row {row} came {times} times' for (row, version), times in told.items() if times > 1]


def problems_of(records, truth):
    """What is wrong with a topic's records (key, value, headers), given the rows that the table holds at the end. A change may
    come more than once, but never before one that it follows, and none may be missing after a key's last snapshot record."""
    versions = defaultdict(list)
    for key, value, _ in records:
        if value is not None:
            versions[key['id']].append((value['op'], value['after']['version']))
    problems = []
    for row, final in truth.items():
        events = versions.get(row)
        if not events:
            problems.append(f'row {row} is missing')
            continue
        last_read = max((i for i, (op, _) in enumerate(events) if op == 'r'), default=None)
        known = events[last_read][1] if last_read is not None else 0
        first_seen = []
        for op, version in events[(last_read or 0):]:
            if version > known and version not in first_seen:
                first_seen.append(version)
        if first_seen != list(range(known + 1, final + 1)):
            problems.append(f'row {row} ends at version {final}; its events: {events}')
        elif events[-1][1] != final:
            problems.append(f'row {row} ends at version {final}, its last event at {events[-1][1]}')
    problems += [f'row {row} is in the topic but not in the table' for row in set(versions) - set(truth)]
    return problems
