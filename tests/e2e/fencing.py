"""PUT /connectors/NAME/fence as a worker asks for it, and what is answered."""
import contextlib
import json
import threading

import stack
from conftest import unique
from group import Lines
from signatures import session_key, signed
from tcp_proxy import TcpProxy
from topics import records_of

DONE, UNSIGNED = (204, ''), (400, 'Internal request missing required signature')
FORGED = (403, 'Internal request contained invalid signature.')
TWO_HOPS = (409, 'Cannot complete request because of a conflicting operation (e.g. worker rebalance)')


def two_tasks(**more):
    """A source of two tasks: there are producers to be fenced before other tasks take their place."""
    return {'connector.class': 'org.example.BoundedSourceConnector', 'tasks.max': '2', 'topic': unique('bounded-'), 'transaction.boundary': 'connector', **more}


class Fencing:
    """Asks one worker, as another worker of its group would."""

    def __init__(self, group, name, folder):
        self.group, self.rest, self.folder = group, group.rest(name), folder
        self.asking, self.answered = [], []

    def ask(self, *what):
        """What fence() does, without waiting for the answer, which is one of answers()."""
        self.asking.append(threading.Thread(target=lambda: self.answered.append(self.fence(*what))))
        self.asking[-1].start()

    def answers(self):
        """Those to all that was asked since the last call."""
        for thread in self.asking:
            thread.join(100)
        found, self.asking, self.answered = self.answered, [], []
        return found

    def fence(self, connector, headers=None, query=''):
        """(status, message) of an answer, with NAME for the connector's."""
        headers = signed(session_key(self.group.kafka_address, self.group.name)) if headers is None else headers
        status, text = self.rest.raw('PUT', f'/connectors/{connector}/fence{query}', headers=headers)
        return status, json.loads(text)['message'].replace(connector, 'NAME') if text else ''

    def create(self, **config):
        """A file source, once it runs."""
        lines = Lines(self.folder, unique('lines'), self.group.kafka_address)
        status, answer = self.rest.call('POST', '/connectors', {'name': lines.name, 'config': lines.config(**config)})
        assert status == 201, answer
        self.rest.wait_running(lines.name)
        return lines.name

    def to(self, state, connector):
        status, answer = self.rest.call('PUT', f'/connectors/{connector}/{state}')
        assert status in (202, 204), answer
        if state == 'stop':
            stack.wait_for('the stop', lambda: self.rest.states(connector) == ['STOPPED'])

    def counts(self, connector):
        """The counts of tasks that were written down for it."""
        records = records_of(self.group.kafka_address, f'{self.group.name}-configs')
        return [json.loads(value)['task-count'] for key, value in records if key == f'tasks-fencing-{connector}']


@contextlib.contextmanager
def held_round(fencing, **config):
    """(connector, proxy) while a round of it waits for brokers, until the proxy is released; its answer is the first of fencing.answers()."""
    host, port = fencing.group.kafka_address.split(':')
    proxy = TcpProxy(int(port))
    try:
        name = fencing.create(**{'admin.override.bootstrap.servers': f'{host}:{proxy.port}'}, **config)
        assert fencing.fence(name)[0] == 204
        fencing.to('stop', name)
        kept = proxy.kept
        proxy.hold()
        fencing.ask(name)
        stack.wait_for('the round to ask brokers', lambda: proxy.kept > kept)
        yield name, proxy
    finally:
        proxy.stop()
