"""Writes a random case as a golden case, and records what the reference worker makes of it."""
import json
import re
import time

import psycopg

import stack
from case import Run

END_MARK = re.compile('table"?[:=]"?zz_end')  # of an envelope, a CloudEvent, a Struct's text


def tried(address, name, statements):
    """Those of the statements that a server takes, and orders. Tables are published, as what a publication forbids must not come."""
    with stack.connect(address) as server:
        server.execute(f'drop database if exists {name} with (force)')
        server.execute(f'create database {name} template template0')
    taken = []
    try:
        with stack.connect(address, name) as scratch:
            scratch.execute('create publication everything for all tables')
            for statement in statements:
                if statement.startswith('--@') or accepted(scratch, statement):
                    taken.append(statement)
    finally:
        with stack.connect(address) as server:
            server.execute(f'drop database if exists {name} with (force)')
    return taken


def accepted(connection, statement):
    inside = connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE
    guarded = inside and statement not in ('begin', 'commit')
    try:
        if guarded:
            connection.execute('savepoint guard')
        connection.execute(statement)
        return True
    except psycopg.Error:
        if guarded:
            connection.execute('rollback to savepoint guard')
        return False


def script(statements):
    return ''.join(s + '\n' if s.startswith('--@') else s + ';\n' for s in statements)


def write_case(folder, made, address):
    statements = tried(address, 'try_' + made.name.replace('-', '_'), made.setup + made.changes)
    middle = statements.index(made.changes[0])
    folder.mkdir(parents=True)
    (folder / 'setup.sql').write_text(script(statements[:middle]))
    (folder / 'changes.sql').write_text(script(statements[middle:]))
    if made.spec:
        (folder / 'case.json').write_text(json.dumps(made.spec, indent=1) + '\n')
    (folder / 'connector.json').write_text(json.dumps({'name': '${NAME}', 'config': made.settings}, indent=1, ensure_ascii=False) + '\n')


def causes(status):
    """The lines of the traces that say what went wrong."""
    traces = [part.get('trace', '') for part in [status['connector'], *status['tasks']]]
    return ' | '.join(line for trace in traces for line in trace.split('\n') if line and not line.startswith(('\tat ', '\t... ')))


class Recording(Run):
    """A run that expects nothing: it ends when the marks have come and the topics are quiet."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.settles, self.marks = [], 0

    def streams(self, not_by=None):
        if 'FAILED' in self.rest.states(self.connector):
            raise AssertionError(f'it FAILED: {self.unfill(causes(self.rest.status(self.connector)))}')
        return super().streams(not_by)

    def marks_seen(self):
        return sum('zz_end' in topic or bool(END_MARK.search(record['value'])) for topic, parts in self.kafka.records.items()
                   for records in parts.values() for record in records if isinstance(record['value'], str))

    def settle(self, what, quiet=0.0):
        if what.startswith('the end of the snapshot'):
            self.settles.append({})
            return
        self.kafka.news_at = asked = time.monotonic()
        while not self.over(what, asked):
            self.kafka.poll()
        self.marks = self.marks_seen()
        self.settles.append({self.unfill(t): sum(map(len, parts.values())) for t, parts in self.kafka.records.items()})

    def over(self, what, asked):
        """At a mark: its records have come, and no more do."""
        now = time.monotonic()
        at_mark = what == 'settle'
        if now - asked > 3 and 'FAILED' in self.rest.states(self.connector):
            raise AssertionError(f'it FAILED: {self.unfill(causes(self.rest.status(self.connector)))}')
        if at_mark and self.marks_seen() <= self.marks:
            if now - asked > self.timeout:
                raise AssertionError(f'no record of the mark in {self.timeout} s')
            return False
        return now - self.kafka.news_at > (0.4 if at_mark else 1.0)

    def write(self):
        write_topics(self, self.case.folder / 'expected', {**self.meta, 'settles': self.settles})


def write_topics(run, folder, meta):
    """The files of expected/, from what a run gave."""
    folder.mkdir(exist_ok=True)
    files = {}
    for topic, records in run.topics.items():
        name = topic.removeprefix('${PREFIX}').strip('._-') + '.jsonl'
        files[name] = topic
        (folder / name).write_text(''.join(run.unfill(json.dumps(record, ensure_ascii=False)) + '\n' for record in records))
    (folder / '_meta.json').write_text(json.dumps({**meta, 'files': files}, indent=1, ensure_ascii=False) + '\n')


class Draft:
    """A case that has not been recorded: what Run asks of one."""

    def __init__(self, folder):
        self.folder, self.name, self.spec, self.meta = folder, folder.name, {}, {'settles': []}
        if (folder / 'case.json').exists():
            self.spec = json.loads((folder / 'case.json').read_text())

    def text(self, name):
        return (self.folder / name).read_text()


def record(folder, services):
    """Runs the case against the reference worker and writes expected/. Returns why that did not work, or nothing."""
    run = Recording(Draft(folder), services, timeout=60.0).run()
    if not run.failure:
        run.write()
    return run.failure

