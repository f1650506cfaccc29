"""One connector that workers of Millrace and of Kafka Connect give to each other at any instant, while its tables are written to.

Each worker is a group of its own; what they share is the topic of offsets. So a connector changes hands without a start of a JVM, and a
worker that was killed comes back without the connector."""
import json
import random
import time
from collections import defaultdict

import ledger
import stack
from conftest import unique
from connector import Connector

SIGNALS = 'create table signals (id varchar(42) primary key, type varchar(32) not null, data varchar(2048))'
GONE = 'create table gone (of text, id bigint, version int, early boolean)'
ROWS_BEFORE = 60_000
LARGE = 6000
MOST_TABLES = 5


def columns_of(table):
    return ledger.TABLE.replace('table ledger', f'table {table}')


class Writer(ledger.Writer):
    """Writes tables of its own: rows that come, change and go, by INSERT and COPY, in small and large transactions, and new tables."""

    def __init__(self, address, dice, database, name, rows):
        super().__init__(address, dice, database)
        self.name, self.next, self.early, self.wants_large, self.large_from = name, {f'{name}_0': rows + 1}, True, False, None

    def commit_some(self, connection):
        kinds = {self.small: 60, self.copy: 6, self.remove: 15, self.create: 0.5 if len(self.next) < MOST_TABLES else 0}
        if self.wants_large:
            self.large(connection)
        else:
            table = self.dice.choice(list(self.next))
            with connection.transaction():
                for kind in self.dice.choices(list(kinds), list(kinds.values()), k=self.dice.choice([1, 1, 3])):
                    kind(connection, table)
        self.commits += 1
        self.done.wait(0.02)

    def some_ids(self, table, count):
        return [self.dice.randrange(max(1, self.next[table] - 3000), max(2, self.next[table])) for _ in range(count)]

    def take_ids(self, table, count):
        self.next[table] += count
        return self.next[table] - count

    def small(self, connection, table):
        connection.execute(f'update {table} set version = version + 1 where id = any(%s)', [self.some_ids(table, 2)])
        first = self.take_ids(table, 2)
        connection.execute(f'insert into {table} (id, version) values (%s, 1), (%s, 1)', [first, first + 1])

    def copy(self, connection, table):
        count = self.dice.choice([2, 3, 40, 400])
        first = self.take_ids(table, count)
        with connection.cursor().copy(f'copy {table} (id, version) from stdin') as copy:
            for row in range(first, first + count):
                copy.write_row((row, 1))

    def remove(self, connection, table):
        connection.execute(f'with removed as (delete from {table} where id = any(%s) returning id, version) '
                           f"insert into gone select '{table}', id, version, {self.early} from removed", [self.some_ids(table, 3)])

    def create(self, connection, table):
        del table
        made = f'{self.name}_{len(self.next)}'
        connection.execute(columns_of(made))
        self.next[made] = 1

    def large(self, connection):
        table = f'{self.name}_0'
        first = self.take_ids(table, LARGE)
        with connection.transaction():
            connection.execute(f'insert into {table} (id, version) select i, 1 from generate_series(%s::bigint, %s) i', [first, first + LARGE // 2 - 1])
            connection.execute(f'update {table} set version = version + 1 where id between %s and %s', [first, first + LARGE // 4])
            connection.execute(f'insert into {table} (id, version) select i, 1 from generate_series(%s::bigint, %s) i', [first + LARGE // 2, first + LARGE - 1])
        self.wants_large, self.large_from = False, first

    def finish(self):
        """Ends it; for each table the id of a last row, the version of every row, that of those that are gone, and the ids of those that
        went during the initial snapshot."""
        self.done.set()
        self.join(60)
        assert not self.error, self.error
        result = {}
        with stack.connect(self.address, self.database) as connection:
            for table in self.next:
                last = self.take_ids(table, 1)
                connection.execute(f'insert into {table} (id, version) values (%s, 1)', [last])
                gone = connection.execute('select id, version, early from gone where of = %s', [table]).fetchall()
                result[table] = (last, dict(connection.execute(f'select id, version from {table}').fetchall()),
                                 {row: version for row, version, early in gone if not early}, {row for row, _, early in gone if early})
        return result


class Topic:
    """A table's topic as far as it was read."""

    def __init__(self, reader):
        self.reader, self.read_again, self.newest = reader, 0, 0

    def step(self):
        """Reads some; true if there was something."""
        new = self.reader.poll(0.02)
        for key, value, _ in new:
            if value and value['op'] == 'c':
                self.newest = max(self.newest, key['id'])
            self.read_again += bool(value and value['op'] == 'r' and value['source']['snapshot'] == 'incremental')
        return bool(new)

    def poll(self):
        while self.step():
            pass
        return self

    @property
    def records(self):
        return self.reader.records


class Side:
    """The workers of one kind, of which one runs at a time: after a kill the next one starts, in a group of its own."""

    def __init__(self, kind, folder, kafka_address, offsets_topic, settings):
        self.kind, self.folder, self.kafka_address, self.offsets_topic, self.settings, self.worker = kind, folder, kafka_address, offsets_topic, settings, None

    def start(self):
        name = unique('w-')
        self.worker = stack.worker(self.folder / name, self.kafka_address, unique('hands-'), self.kind, offset_flush_interval_ms=300,
                                   offset_storage_topic=self.offsets_topic).start('--no-wait')
        self.rest = stack.Rest(self.worker.address)

    def take(self, connector, started=240):
        """The connector runs there from now on."""
        config = connector.configured(**self.settings)
        stack.wait_for(f'{self.kind} to answer', lambda: self.rest.get('/connectors') is not None, started)
        status, answer = self.rest.call('PUT', f'/connectors/{connector.name}/config', config, patience=120)
        assert status in (200, 201), f'{self.kind} refuses: {status} {answer}'
        status, answer = self.rest.call('PUT', f'/connectors/{connector.name}/resume', patience=120)
        assert status == 202, f'{self.kind} refuses: {status} {answer}'

    def check(self, connector):
        status = self.rest.status(connector.name)
        assert not status or 'FAILED' not in json.dumps(status), f'{self.kind} failed: {json.dumps(status)[:4000]}'
        assert self.worker.running(), f'{self.kind} ended: {self.worker.log()[-3000:]}'

    def give(self, connector, hard):
        self.check(connector)
        if hard:
            self.worker.kill()
            self.start()
            return
        self.rest.call('PUT', f'/connectors/{connector.name}/stop', patience=120)
        stack.wait_for(lambda: f'{self.kind} to let go: {self.rest.status(connector.name)}', lambda: self.rest.states(connector.name) == ['STOPPED'], 120)
        with stack.connect(connector.postgres_address) as server:
            stack.wait_for(lambda: f'{self.kind} to let the slot go', lambda: not server.execute(
                'select 1 from pg_replication_slots where active and slot_name = %s', [connector.config['slot.name']]).fetchone(), 120)

    def end(self):
        if self.worker:
            self.worker.stop()


class Landscape:
    """Both sides, the connector, and what writes."""

    def __init__(self, folder, kafka_address, postgres_address, database, dice, *, streamed, counted):
        self.dice, self.postgres_address, self.database, self.counted, self.signals, self.topics = dice, postgres_address, database, counted, 0, {}
        offsets = unique('offsets-')
        with stack.connect(postgres_address, database) as server:
            for statement in (SIGNALS, GONE, columns_of('a_0'), columns_of('b_0'),
                              f'insert into a_0 (id, version) select i, 1 from generate_series(1, {ROWS_BEFORE}) i'):
                server.execute(statement)
        self.writers = [Writer(postgres_address, random.Random(dice.random()), database, name, rows) for name, rows in (('a', ROWS_BEFORE), ('b', 0))]
        ours = {}
        if streamed:
            spill = folder / 'spill'
            spill.mkdir()
            ours = {'slot_stream_params': 'proto_version=2;streaming=on', 'driver_options': '-c logical_decoding_work_mem=64kB',
                    'millrace_streamed_transactions_folder': spill}
        self.sides = [Side('worker', folder, kafka_address, offsets, ours), Side('java-connect', folder, kafka_address, offsets, {})]
        self.connector = Connector(None, kafka_address, postgres_address, database)
        self.connector.config.update({
            'table.include.list': r'public\.[ab]_.*', 'signal.data.collection': 'public.signals', 'heartbeat.interval.ms': '100', 'poll.interval.ms': '50',
            'incremental.snapshot.chunk.size': '200', 'slot.retry.delay.ms': '300', 'slot.max.retries': '200', 'status.update.interval.ms': '1000',
            'provide.transaction.metadata': str(counted).lower()})

    def start(self):
        for part in [*self.sides, *self.writers]:
            part.start()

    def end(self):
        for writer in self.writers:
            writer.done.set()
        for side in self.sides:
            side.end()
        self.connector.delete()

    def topic(self, table):
        """With what has come to it so far."""
        if table not in self.topics:
            self.topics[table] = Topic(self.connector.reader(f'public.{table}'))
        return self.topics[table].poll()

    def wait(self, what, condition, side, timeout=240):
        def checked():
            answer = condition()
            if not answer:
                side.check(self.connector)
                for writer in self.writers:
                    assert not writer.error, writer.error
            return answer
        stack.wait_for(lambda: f'{what} by {side.kind}: {side.rest.status(self.connector.name)}', checked, timeout, 0.05)

    def some_commits(self, most, side):
        enough = self.writers[0].commits + self.dice.randrange(most)
        self.wait(f'{enough} commits', lambda: self.writers[0].commits >= enough, side)

    # What is waited for before the connector changes hands. Each ends after a random number of commits more.

    def at_once(self, side):
        self.some_commits(60, side)

    def wait_streamed(self, table, row, side):
        self.wait(f'row {row} of {table}', lambda: self.topic(table).newest >= row, side)

    def in_the_stream(self, side):
        self.wait_streamed('a_0', self.writers[0].next['a_0'], side)
        self.some_commits(40, side)

    def in_a_large_transaction(self, side):
        writer = self.writers[0]
        writer.large_from, writer.wants_large = None, True
        self.wait('a large transaction', lambda: writer.large_from, side)
        self.wait_streamed('a_0', writer.large_from + self.dice.randrange(LARGE), side)

    def in_an_incremental_snapshot(self, side):
        self.signals += 1
        enough = self.topic('a_0').read_again + self.dice.randrange(1, 4000)
        with stack.connect(self.postgres_address, self.database) as server:
            server.execute('insert into signals values (%s, %s, %s)', [f's{self.signals}', 'execute-snapshot', json.dumps({'data-collections': ['public.a_0']})])
        self.wait(f'{enough} rows of an incremental snapshot', lambda: self.topic('a_0').read_again >= enough, side)

    def in_the_initial_snapshot(self, side):
        """Or after it, if a worker is too fast."""
        topic = self.topic('a_0')
        enough = len(topic.records) + self.dice.randrange(1, ROWS_BEFORE // 2)
        self.wait(f'{enough} records', lambda: (topic.step() and len(topic.records) >= enough) or topic.newest, side)

    def after_the_initial_snapshot(self, side):
        def stored():
            """An offset of the stream: nobody takes another snapshot."""
            offsets = json.dumps(side.rest.get(f'/connectors/{self.connector.name}/offsets'))
            return 'lsn_proc' in offsets and 'INITIAL' not in offsets
        self.wait('the end of the snapshot', stored, side)
        for writer in self.writers:
            writer.early = False
        self.in_the_stream(side)

    def finish(self, side):
        """What is wrong with the topics, once all has come."""
        tables = {table: rest for writer in self.writers for table, rest in writer.finish().items()}
        for table, (last, *_) in tables.items():
            self.wait_streamed(table, last, side)
        self.wait('the end of the incremental snapshots', lambda: 'incremental' not in json.dumps(side.rest.get(f'/connectors/{self.connector.name}/offsets')), side)
        problems = [f'{table}: {problem}' for table, (_, truth, gone, early) in tables.items()
                    for problem in ledger.problems_of(self.topic(table).records, truth, gone, early)]
        return problems + (self.problems_of_transactions(tables) if self.counted else [])

    def problems_of_transactions(self, tables):
        """Each END tells how many events of its transaction there were."""
        told = defaultdict(set)
        for table in tables:
            for key, value, _ in self.topic(table).records:
                if value and value['transaction']:
                    told[value['transaction']['id'].split(':')[0]].add((table, key['id'], value['op'], value['after'] and value['after']['version']))
        ends = self.connector.reader('transaction')
        while ends.poll(0.2):
            pass
        problems = []
        for _, value, _ in ends.records:
            transaction = value['id'].split(':')[0]
            if value['status'] == 'END':
                count = sum(part['event_count'] for part in value['data_collections'] or [] if 'signals' not in part['data_collection'])
                if count != len(told[transaction]):
                    problems.append(f'transaction {transaction} ends with {count} events, {len(told[transaction])} have come')
        return problems


def instants_of(landscape, count):
    """When the connector changes hands, each time."""
    early = [landscape.in_the_initial_snapshot, landscape.at_once, landscape.in_the_initial_snapshot][:count // 2]
    yield from early
    yield landscape.after_the_initial_snapshot
    while True:
        yield from landscape.dice.sample([landscape.at_once, landscape.in_the_stream, *2 * [landscape.in_a_large_transaction],
                                          *2 * [landscape.in_an_incremental_snapshot]], 6)


def run(landscape, count, kill_java):
    """Hands the connector over so many times; returns what is wrong."""
    began, instants = time.monotonic(), instants_of(landscape, count)
    for number in range(count):
        side, instant = landscape.sides[number % 2], next(instants)
        side.take(landscape.connector)
        instant(side)
        hard = landscape.dice.random() < 0.4 and (kill_java or side.kind == 'worker')
        print(f'{time.monotonic() - began:.0f} s: {side.kind} {"is killed" if hard else "stops"} {instant.__name__.replace("_", " ")}, '
              f'{len(landscape.topic("a_0").records)} records of a_0', flush=True)
        side.give(landscape.connector, hard)
    side = landscape.sides[count % 2]
    side.take(landscape.connector)
    problems = landscape.finish(side)
    print(f'{count} hand-overs in {time.monotonic() - began:.0f} s, {sum(len(topic.records) for topic in landscape.topics.values())} records, '
          f'{len(problems)} problems', flush=True)
    return problems
