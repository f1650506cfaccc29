"""Several workers of one group, Millrace's and Java's, and file connectors whose lines are numbered."""
import re
import socket
import threading
from collections import Counter

from confluent_kafka.admin import AdminClient

import stack
from connector import Reader

FILE_SOURCE = 'org.apache.kafka.connect.file.FileStreamSourceConnector'


class Group:
    """Workers of one group by name. They share topics; a session is short, so that a dead member is noticed soon."""

    def __init__(self, folder, kafka_address, name='group', **properties):
        self.folder, self.kafka_address, self.name, self.workers = folder, kafka_address, name, {}
        self.properties = {'session_timeout_ms': 2000, 'heartbeat_interval_ms': 500, 'offset_flush_interval_ms': 500,
                           'scheduled_rebalance_max_delay_ms': 1000, **properties}

    def worker(self, name, kind='worker', *options, **more):
        """Starts one more. kind: worker, or java-connect."""
        self.workers[name] = stack.worker(self.folder / name, self.kafka_address, self.name, kind, **{**self.properties, **more}).start(*options)
        return self.workers[name]

    def java(self, name, **more):
        return self.worker(name, 'java-connect', **more)

    def rest(self, name=None):
        """The API of that worker, or of the first that runs."""
        return stack.Rest((self.workers[name] if name else next(w for w in self.workers.values() if w.running())).address)

    def where(self, connectors):
        """{(connector, None or task): name of its worker} of those that RUN on a worker that runs; None if any does not."""
        names = {worker.address: name for name, worker in self.workers.items() if worker.running()}
        rest, placed = self.rest(), {}
        for connector in connectors:
            status = rest.status(connector)
            if not status or not status['tasks']:
                return None
            for part in [status['connector']] + status['tasks']:
                if part['state'] != 'RUNNING' or part['worker_id'] not in names:
                    return None
                placed[connector, part.get('id')] = names[part['worker_id']]
        return placed

    def wait_placed(self, connectors, condition=lambda placed: True, timeout=60):
        """where(), once all run and the condition holds."""
        def settled():
            placed = self.where(connectors)
            return placed if placed and condition(placed) else None
        return stack.wait_for(lambda: f'{connectors} to run somewhere; they are {[self.rest().status(c) for c in connectors]}', settled, timeout, 0.3)

    def newest_assignment(self, name):
        """The line of that worker's log; empty before the first."""
        return next((line for line in reversed(self.workers[name].log().splitlines()) if 'Joined group at generation ' in line), '')

    def wait_settled(self):
        """Waits until the newest assignment of every worker that runs is of one generation, in which nothing moves or waits to."""
        form = re.compile(r'Joined group at generation (\d+) .*revokedConnectorIds=\[\], revokedTaskIds=\[\], delay=0}')

        def newest(name):
            found = form.search(self.newest_assignment(name))
            return int(found[1]) if found else None

        def settled():
            generations = [newest(name) for name, worker in self.workers.items() if worker.running()]
            return None not in generations and len(set(generations)) == 1
        stack.wait_for('the group to settle', settled, 120)

    def generations(self):
        """Those that a worker that runs has told of."""
        return [int(generation) for worker in self.workers.values() if worker.running()
                for generation in re.findall(r'Joined group at generation (\d+) ', worker.log())]

    def leader(self):
        """The name of the worker that leads, by the newest assignment in the logs of both kinds."""
        rounds = [(int(generation), url) for worker in self.workers.values() if worker.running()
                  for generation, url in re.findall(r"Joined group at generation (\d+) .*leaderUrl='([^']*)'", worker.log())]
        _, url = max(rounds)
        return next(name for name, worker in self.workers.items() if f'http://{worker.address}/' == url)

    def state(self):
        """Its state as the coordinator has it, for instance Stable or PreparingRebalance."""
        found, = AdminClient({'bootstrap.servers': self.kafka_address}).list_groups(self.name, timeout=20)
        return found.state

    def suspend(self, name):
        self.workers[name].suspend()

    def go_on(self, name):
        self.workers[name].go_on()

    def stop(self):
        for worker in self.workers.values():
            if worker.running():
                worker.go_on()
            worker.stop()


def for_every_client(settings):
    """A worker's settings, in which these are those of each Kafka client that it has."""
    return {prefix + name: value for prefix in ('', 'producer.', 'consumer.', 'admin.') for name, value in settings.items()}


def login(mechanism, password='alice-secret'):
    """A client's settings for signing in to the test's broker."""
    module = 'plain.PlainLoginModule' if mechanism == 'PLAIN' else 'scram.ScramLoginModule'
    return {'sasl.mechanism': mechanism,
            'sasl.jaas.config': f'org.apache.kafka.common.security.{module} required username="alice" password="{password}";'}


def free_ports(count):
    held = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
    ports = [port.getsockname()[1] for port in held]
    for port in held:
        port.close()
    return ports


def workers_over_https(group, store):
    """Starts the workers `leader`, `follower` and `another` with http and https listeners; `store` is a PKCS#12 file with the password
    secret. The ports of their https listeners, by name."""
    ports = {}
    for name in ('leader', 'follower', 'another'):
        plain, ports[name] = free_ports(2)
        group.worker(name, listeners=f'http://127.0.0.1:{plain},https://127.0.0.1:{ports[name]}', rest_advertised_listener='https',
                     listeners_https_ssl_keystore_location=store, listeners_https_ssl_keystore_type='PKCS12',
                     listeners_https_ssl_keystore_password='secret', port=plain)
        stack.wait_for(f'the {name} to have joined', lambda name=name: 'Herder started' in group.workers[name].log())
    return ports


def balanced(names):
    """Each of these workers has its share of the tasks: no two differ by more than one."""
    def condition(placed):
        share = Counter({name: 0 for name in names})
        share.update(worker for (_, task), worker in placed.items() if task is not None)
        return set(share) == set(names) and max(share.values()) - min(share.values()) <= 1
    return condition


class Lines(threading.Thread):
    """Appends numbered lines to a file that a FileStreamSource connector of the same name reads."""

    def __init__(self, folder, name, kafka_address, pause=0.02):
        super().__init__(daemon=True)
        self.path, self.name, self.topic, self.pause = folder / f'{name}.txt', name, f'{name}-lines', pause
        self.written, self.done, self.reader = 0, threading.Event(), Reader(kafka_address, self.topic)
        self.path.touch()

    def run(self):
        with open(self.path, 'a', buffering=1) as file:
            while not self.done.is_set():
                self.written += 1
                file.write(f'{self.written}\n')
                self.done.wait(self.pause)

    def config(self, **more):
        json = 'org.apache.kafka.connect.json.JsonConverter'
        return {'connector.class': FILE_SOURCE, 'tasks.max': '1', 'file': str(self.path), 'topic': self.topic,
                'value.converter': json, 'value.converter.schemas.enable': 'false', **more}

    def create(self, rest):
        status, answer = rest.call('POST', '/connectors', {'name': self.name, 'config': self.config()})
        assert status == 201, answer
        return self

    def numbers(self):
        self.reader.poll(0)
        return [int(value) for _, value, _ in self.reader.records]

    def wait_beyond(self, number=None, timeout=60):
        """Waits until a line is in the topic that is not written yet, or the line of that number."""
        wanted = number or self.written + 1
        stack.wait_for(lambda: f'line {wanted} of {self.name}; the last is {self.numbers()[-1:]}', lambda: max(self.numbers(), default=0) >= wanted, timeout)
        return self

    def finish(self):
        """What is wrong with the topic after the last line: a line that is missing, or came before one that it follows."""
        self.done.set()
        self.join(30)
        self.wait_beyond(self.written)
        return problems_of_lines(self.numbers(), self.written)


def problems_of_lines(numbers, written):
    newest, problems = 0, []
    for number in numbers:
        if number > newest + 1:
            problems.append(f'lines {newest + 1} to {number - 1} come not before {number}')
        newest = max(newest, number)
    return problems if newest == written else problems + [f'the last line is {newest} of {written}']
