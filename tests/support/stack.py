"""What tests in Python drive: the services of deploy/services, a worker, and its REST API."""
import base64
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]


class TimedOut(AssertionError):
    """A condition did not come true in time."""


def wait_for(what, condition, timeout=60.0, every=0.1):
    """Calls `condition` until its answer is true, and returns that answer. `what` is a text, or a function that makes one."""
    end = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimedOut(f'timed out after {timeout} s waiting for {what() if callable(what) else what}')
        time.sleep(every)


class Service:
    """A service of deploy/services whose state is in one folder."""

    def __init__(self, kind, folder, *options):
        self.script, self.folder, self.options = ROOT / 'deploy/services' / kind, Path(folder), list(options)
        self.environment = {}

    def run(self, command, *options):
        done = subprocess.run([self.script, command, '--dir', self.folder, *options], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=180, env={**os.environ, **self.environment})
        if done.returncode:
            raise AssertionError(f'{self.script.name} {command}: {done.stderr}')
        return done.stdout.strip()

    def start(self, *options):
        self.run('start', *self.options, *options)
        return self

    def stop(self):
        self.run('stop')

    def kill(self):
        self.run('kill')

    def restart(self):
        self.run('restart')

    def resume(self, *options):
        self.run('resume', *options)

    def suspend(self):
        """Its process answers nobody until go_on()."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self.pid, signal.SIGCONT)

    @property
    def address(self):
        return (self.folder / 'address').read_text().strip()

    @property
    def port(self):
        return int(self.address.rsplit(':', 1)[1])

    def log(self):
        path = self.folder / 'log'
        return path.read_text(errors='replace') if path.exists() else ''

    @property
    def pid(self):
        return int((self.folder / 'pid').read_text().split()[0])

    def running(self):
        try:
            return self._stat()[0] != 'Z'
        except (OSError, ValueError, IndexError):
            return False

    def cpu_seconds(self):
        return sum(int(ticks) for ticks in self._stat()[11:13]) / os.sysconf('SC_CLK_TCK')

    def _stat(self):
        """What /proc tells of its process, from the state on (proc(5), field 3)."""
        return Path(f'/proc/{self.pid}/stat').read_text().rsplit(')', 1)[1].split()


def kafka(folder, *options):
    return Service('kafka', folder, *options)


def postgres(folder, *options):
    return Service('postgres', folder, *options)


class Registry(Service):
    """A schema registry; `url` is its REST API. With --secure it wants alice's password, and listens at secure_url with TLS."""

    def __init__(self, folder, *options):
        super().__init__('registry', folder, *options)

    @property
    def url(self):
        return (self.folder / 'url').read_text().strip()

    @property
    def secure_url(self):
        return (self.folder / 'secure-url').read_text().strip()

    def call(self, method, path, body=None):
        """The JSON of an answer."""
        credentials = base64.b64encode(b'alice:alice-secret').decode()
        request = urllib.request.Request(self.url + path, method=method, data=json.dumps(body).encode() if body is not None else None,
                                         headers={'Content-Type': 'application/vnd.schemaregistry.v1+json', 'Authorization': f'Basic {credentials}'})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def worker(folder, bootstrap, group='connect', kind='worker', port=None, **properties):
    """A worker of a group; properties have underscores for dots. kind java-connect: Kafka Connect's own."""
    options = ['--bootstrap', bootstrap, '--group', group] + (['--port', str(port)] if port else [])
    for name, value in properties.items():
        options += ['--set', f'{name.replace("_", ".")}={value}']
    return Service(kind, folder, *options)


def standalone(folder, bootstrap, *connectors, kind='worker', **properties):
    """A worker without a group, with connectors from files. Its offsets are in folder/offsets."""
    made = worker(folder, bootstrap, kind=kind, **properties)
    made.options += ['--standalone'] + [part for path in connectors for part in ('--connector', str(path))]
    return made


def connect(address, database='postgres', user='postgres', password='postgres', **more):
    host, port = address.rsplit(':', 1)
    return psycopg.connect(host=host, port=port, dbname=database, user=user, password=password, autocommit=True, **more)


def drop_slots(server, database):
    """Drops the replication slots of a database, over a connection to another one; who holds one is sent away."""
    for slot, in server.execute('select slot_name from pg_replication_slots where database = %s', [database]).fetchall():
        def dropped():
            try:
                server.execute('select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = %s and active', [slot])
                server.execute('select pg_drop_replication_slot(%s)', [slot])
            except psycopg.errors.UndefinedObject:
                pass  # its holder dropped it
            except psycopg.errors.ObjectInUse:
                return False
            return True
        wait_for(f'slot {slot} to be dropped', dropped)


class Rest:
    """The REST API of a worker at HOST:PORT; `context`: over TLS; `credentials`: "user:password"."""

    def __init__(self, address, context=None, credentials=None):
        self.url, self.context = f'{"https" if context else "http"}://{address}', context
        self.headers = {'Accept': 'application/json', 'Content-Type': 'application/json'}
        if credentials:
            self.headers['Authorization'] = 'Basic ' + base64.b64encode(credentials.encode()).decode()

    def raw(self, method, path, body=None, timeout=100, headers=None):
        """(status, text) of one request; body is bytes, text or what becomes JSON."""
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        request = urllib.request.Request(self.url + path, method=method, data=body.encode() if isinstance(body, str) else body,
                                         headers={**self.headers, **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=timeout, context=self.context) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode(errors='replace')

    def call(self, method, path, body=None, patience=60):
        """Like raw, but waits out what passes: no answer yet, a rebalance, a time-out inside the cluster."""
        last = None

        def answer():
            nonlocal last
            try:
                last = status, text = self.raw(method, path, body)
            except OSError as error:
                last = error
                return None
            passes = status == 409 and 'already exists' not in text or status >= 500 and ('rebalance' in text or 'timed out' in text)
            return None if passes else last
        return wait_for(lambda: f'{method} {path}: {last}', answer, patience)

    def get(self, path):
        status, text = self.call('GET', path)
        return json.loads(text) if status == 200 else None

    def metrics(self):
        """The text of /metrics."""
        with urllib.request.urlopen(self.url + '/metrics', timeout=30, context=self.context) as answer:
            return answer.read().decode()

    def status(self, name):
        return self.get(f'/connectors/{name}/status')

    def states(self, name):
        """The connector's state and its tasks', for instance ['RUNNING', 'RUNNING']; none if it does not exist."""
        status = self.status(name)
        return [status['connector']['state']] + [task['state'] for task in status['tasks']] if status else []

    def wait_running(self, name, timeout=60):
        def running():
            states = self.states(name)
            if 'FAILED' in states:
                raise AssertionError(f'{name} failed: {json.dumps(self.status(name))[:3000]}')
            return len(states) > 1 and set(states) == {'RUNNING'}
        wait_for(lambda: f'{name} to run; it is {self.status(name)}', running, timeout)

    def wait_failed(self, name, timeout=60):
        """Waits until the connector or a task FAILED, and returns the first trace."""
        def failed():
            status = self.status(name)
            return [part.get('trace', '') for part in ([status['connector']] + status['tasks'] if status else []) if part['state'] == 'FAILED']
        return wait_for(lambda: f'{name} to fail; it is {self.status(name)}', failed, timeout)[0]


def environment(name):
    """An address that tests/run exports."""
    value = os.environ.get(name)
    if not value:
        raise SystemExit(f'{name} is not set: run this through tests/run')
    return value
