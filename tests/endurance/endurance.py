"""Random DDL and DML on 20 tables with faults for a given time; then every table must be what its topic says."""
import argparse
import decimal
import json
import random
import shutil
import tempfile
import threading
import time
from pathlib import Path

import stack
from connector import Connector, Reader
from workload import CORE, Work

TABLES = 20
ROWS_BEFORE = 5000
PLACEHOLDER = '__debezium_unavailable_value'


class Folded:
    """The rows that a topic's records amount to."""

    def __init__(self, bootstrap, topic):
        self.reader, self.rows, self.count = Reader(bootstrap, topic), {}, 0

    def poll(self):
        for key, value, _ in self.reader.poll(0.05):
            self.count += 1
            if value is None:
                continue
            if value['op'] == 't':
                self.rows.clear()
            elif value['op'] == 'd':
                self.rows.pop(key['id'], None)
            else:
                before = self.rows.get(key['id'], {})
                self.rows[key['id']] = {name: before.get(name, field) if field == PLACEHOLDER else field for name, field in value['after'].items()}
        self.reader.records.clear()


def same(told, held):
    if told is None or held is None:
        return told is held
    if isinstance(held, (decimal.Decimal, float)):
        return decimal.Decimal(str(told)) == decimal.Decimal(str(held))
    return str(told) == str(held)


def problems_of(table, connection, folded):
    cursor = connection.execute(f'select * from {table}')
    names = [column.name for column in cursor.description]
    rows = {row[0]: dict(zip(names, row)) for row in cursor}
    problems = [f'{table}: row {row} is missing' for row in rows.keys() - folded.rows.keys()]
    problems += [f'{table}: row {row} is in the topic alone' for row in folded.rows.keys() - rows.keys()]
    for row, held in rows.items():
        told = folded.rows.get(row, {})
        # A column that came after the row's last change is not in its last record.
        problems += [f'{table}: row {row}, {name}: {str(told[name])[:60]!r} in the topic, {str(value)[:60]!r} in the table'
                     for name, value in held.items() if name in told and not hasattr(value, 'year') and not isinstance(value, bool)
                     and not same(told[name], value)]
    return len(rows), problems


class Faults(threading.Thread):
    """One fault after the other, at random."""

    def __init__(self, services, connector, dice):
        super().__init__(daemon=True)
        self.services, self.connector, self.dice, self.done, self.error, self.told = services, connector, dice, threading.Event(), None, {}

    def run(self):
        faults = [self.kill_worker, self.kill_worker, self.restart_postgres, self.kill_postgres, self.end_connections, self.end_connections,
                  self.restart_kafka, self.restart_connector, self.pause, self.signal, self.signal]
        try:
            while not self.done.wait(self.dice.uniform(2, 12)):
                fault = self.dice.choice(faults)
                print(f'{time.strftime("%H:%M:%S")} {fault.__name__}', flush=True)
                self.told[fault.__name__] = self.told.get(fault.__name__, 0) + 1
                fault()
        except Exception as error:  # whatever it is ends the run
            self.error = error

    def kill_worker(self):
        self.services['worker'].kill()
        self.services['worker'].resume('--no-wait')

    def restart_postgres(self):
        self.services['postgres'].restart()

    def kill_postgres(self):
        self.services['postgres'].kill()
        self.services['postgres'].resume()

    def restart_kafka(self):
        try:
            self.services['kafka'].restart()
        except AssertionError:  # a busy machine took longer to start it than the script waits
            self.services['kafka'].resume()

    def end_connections(self):
        with stack.connect(self.services['postgres'].address) as server:
            server.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'Debezium%'")

    def restart_connector(self):
        self.connector.rest.call('POST', f'/connectors/{self.connector.name}/restart?includeTasks=true', patience=120)

    def pause(self):
        self.connector.rest.call('PUT', f'/connectors/{self.connector.name}/pause', patience=120)
        self.done.wait(1)
        self.connector.rest.call('PUT', f'/connectors/{self.connector.name}/resume', patience=120)

    def signal(self):
        tables = [f'public.t{n}' for n in self.dice.sample(range(TABLES), 3)]
        with stack.connect(self.services['postgres'].address) as server:
            server.execute('insert into signals values (gen_random_uuid()::text, %s, %s)', ['execute-snapshot', json.dumps({'data-collections': tables})])

    def finish(self):
        self.done.set()
        self.join(300)
        if self.error:
            raise self.error


def prepare(address):
    with stack.connect(address) as server:
        server.execute('create table signals (id varchar(42) primary key, type varchar(32) not null, data varchar(2048))')
        for n in range(TABLES):
            server.execute(f'create table t{n} ({CORE})')
            server.execute(f"insert into t{n} select i, 1, repeat('b', i % 300), i from generate_series(1, {ROWS_BEFORE}) i")


def run(minutes, seed, folder):
    dice = random.Random(seed)
    services = {'kafka': stack.kafka(folder / 'k', '--set', 'group.min.session.timeout.ms=1000').start(),
                'postgres': stack.postgres(folder / 'p', '--set', 'fsync=on').start()}
    works, faults = [], None
    try:
        kafka, postgres = services['kafka'].address, services['postgres'].address
        services['worker'] = stack.worker(folder / 'w', kafka, offset_flush_interval_ms=1000, session_timeout_ms=6000,
                                          scheduled_rebalance_max_delay_ms=0).start()
        prepare(postgres)
        connector = Connector(stack.Rest(services['worker'].address), kafka, postgres, 'postgres')
        connector.post(signal_data_collection='public.signals', skipped_operations='none', decimal_handling_mode='string',
                       snapshot_resume_interval_bytes=200_000, retriable_restart_connector_wait_ms=1000, incremental_snapshot_chunk_size=200)
        works = [Work(postgres, f't{n}', seed + n) for n in range(TABLES)]
        for work in works:
            work.start()
        faults = Faults(services, connector, dice)
        faults.start()
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end and not faults.done.wait(1):
            for thread in [faults, *works]:
                if thread.error:
                    raise thread.error
            status = connector.rest.status(connector.name)
            if status and any(task['state'] == 'FAILED' for task in status['tasks']):
                raise AssertionError(json.dumps(status)[:3000])
        faults.finish()
        for work in works:
            work.finish()
        return compare(services, connector, works, faults)
    finally:
        for thread in [faults, *works]:
            if thread:
                thread.done.set()
        for service in reversed(services.values()):
            service.stop()


def compare(services, connector, works, faults):
    # Read at the end alone: a consumer that has lived through many restarts of the broker may have lost its place.
    topics = [Folded(services['kafka'].address, f'{connector.prefix}.public.t{n}') for n in range(TABLES)]
    last = 10**12
    with stack.connect(services['postgres'].address) as server:
        for n in range(TABLES):
            server.execute(f'insert into t{n} (id, version) values ({last}, 1)')

        def all_told():
            for topic in topics:
                topic.poll()
            return all(last in topic.rows for topic in topics)
        stack.wait_for(lambda: f'the last row of {[topic.reader.topic for topic in topics if last not in topic.rows]}; '
                               f'{connector.rest.status(connector.name)}', all_told, 600, 0)
        results = [problems_of(f't{n}', server, topic) for n, topic in enumerate(topics)]
    problems = [problem for _, found in results for problem in found]
    print(f'{sum(work.commits for work in works)} transactions, {sum(work.changes_of_description for work in works)} changes of descriptions, '
          f'{sum(topic.count for topic in topics)} records, {sum(rows for rows, _ in results)} rows at the end; faults: {faults.told}')
    print('\n'.join(problems[:50]))
    print(f'{len(problems)} problems')
    return not problems


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('--minutes', type=float, default=60)
    arguments.add_argument('--seed', type=int, default=random.SystemRandom().randrange(10**6))
    arguments = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix='millrace-endurance.', dir='/tmp'))
    folder.chmod(0o711)
    print(f'seed {arguments.seed}, state in {folder}', flush=True)
    good = run(arguments.minutes, arguments.seed, folder)
    if good:
        shutil.rmtree(folder)
    raise SystemExit(0 if good else 1)


main()
