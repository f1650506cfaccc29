"""Workers forward to each other over TLS that nobody set up, and a stranger on the network neither reads along nor gets in."""
import hashlib
import http.client
import json
import socket
import ssl
import subprocess
import threading

import pytest
from confluent_kafka import Producer

import stack
from conftest import unique
from group import Group, Lines, free_ports, workers_over_https
from signatures import session_key, signed

SECRET = 'do-not-show-this-to-the-network'


@pytest.fixture
def group(folder, own_kafka):
    made = Group(folder, own_kafka.address, unique('peers-'))
    yield made
    made.stop()


@pytest.fixture
def stranger(folder):
    """A certificate that nobody published, and its fingerprint."""
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
                    '/CN=Millrace worker', '-keyout', folder / 'stranger.key', '-out', folder / 'stranger.pem'], check=True, stderr=subprocess.DEVNULL)
    der = ssl.PEM_cert_to_DER_cert((folder / 'stranger.pem').read_text())
    return Stranger(folder / 'stranger.pem', folder / 'stranger.key', hashlib.sha256(der).hexdigest())


class Stranger:
    def __init__(self, certificate, key, fingerprint):
        self.certificate, self.key, self.fingerprint = certificate, key, fingerprint

    def context(self, side):
        made = ssl.SSLContext(side)
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
        made.load_cert_chain(self.certificate, self.key)
        made.set_alpn_protocols(['millrace-peer/1'])
        return made

    def ask(self, address, request):
        """What a worker answers to a request over a peer's TLS; nothing if it will not talk."""
        host, port = address.split(':')
        try:
            with socket.create_connection((host, int(port)), 20) as plain, self.context(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(plain) as stream:
                stream.sendall(request)
                return stream.recv(65536)
        except (ssl.SSLError, ConnectionError):
            return b''


class Wire(threading.Thread):
    """A port in front of a worker: passes on what comes and keeps it, or answers in the worker's place with a stranger's certificate."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener, self.target, self.seen, self.impostor = socket.create_server(('127.0.0.1', 0)), None, [], None
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        if self.impostor:
            try:
                with self.impostor.context(ssl.PROTOCOL_TLS_SERVER).wrap_socket(client, server_side=True) as stream:
                    self.seen.append(stream.recv(65536))
            except OSError:
                pass
            return
        with client, socket.create_connection(self.target) as worker:
            back = threading.Thread(target=self.copy, args=(worker, client), daemon=True)
            back.start()
            self.copy(client, worker)
            back.join()

    def hellos(self):
        """How many connections began with a peer's hello."""
        return sum(part[:1] == b'\x16' and b'millrace-peer/1' in part for part in self.seen)

    def copy(self, source, sink):
        try:
            while part := source.recv(65536):
                self.seen.append(part)
                sink.sendall(part)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def behind_wire(group, name):
    """(a worker that the others know by the port of a wire, that wire), once it is a member."""
    wire = Wire()
    worker = group.worker(name, rest_advertised_host_name='127.0.0.1', rest_advertised_port=wire.port)
    wire.target = ('127.0.0.1', worker.port)
    stack.wait_for(f'{name} to have joined', lambda: 'Herder started' in worker.log())
    return worker, wire


def two_workers(group):
    """(the API of a follower, its leader, the wire between them)"""
    leader, wire = behind_wire(group, 'leader')
    follower = group.worker('follower')
    stack.wait_for('the second worker to follow', lambda: 'Herder started' in follower.log())
    return stack.Rest(follower.address), leader, wire


def test_forwarded_requests_are_encrypted_on_a_plain_port(group, folder, own_kafka):
    rest, _, wire = two_workers(group)
    lines = Lines(folder, unique('lines'), own_kafka.address)
    status, answer = rest.call('POST', '/connectors', {'name': lines.name, 'config': lines.config(note=SECRET)})
    assert status == 201, answer
    assert json.loads(answer)['config']['note'] == SECRET
    status, answer = rest.call('PUT', f'/connectors/{lines.name}/config', lines.config(note=SECRET + '2'))
    assert status == 200, answer
    seen = b''.join(wire.seen)
    assert seen[:1] == b'\x16' and b'millrace-peer/1' in seen  # a TLS hello
    assert SECRET.encode() not in seen and lines.name.encode() not in seen
    before = wire.hellos()
    for _ in range(10):
        assert rest.call('DELETE', '/connectors/none')[0] == 404
    assert wire.hellos() <= before + 1, 'connections are not kept'


def ask_everything(rest, lines, secret):
    """Every request that there is about a connector, each with the answer that it must get."""
    offset = [{'partition': {'filename': str(lines.path)}, 'offset': {'position': 0}}]
    asked = [
        ('PUT', '/config', lines.config(note=secret), 200), ('PATCH', '/config', {'more': secret}, 200), ('GET', '/config', None, 200),
        ('GET', '/status', None, 200), ('GET', '/tasks', None, 200), ('GET', '/topics', None, 200), ('POST', '/restart', None, 204),
        ('POST', '/restart?includeTasks=true', None, 202), ('POST', '/tasks/0/restart', None, 204), ('PUT', '/pause', None, 202),
        ('PUT', '/resume', None, 202), ('PUT', '/stop', None, 204), ('PATCH', '/offsets', {'offsets': offset}, 200),
        ('GET', '/offsets', None, 200), ('DELETE', '/offsets', None, 200), ('PUT', '/resume', None, 202)]
    for method, end, body, wanted in asked:
        if 'offsets' in end:
            stack.wait_for('the stop', lambda: rest.states(lines.name) == ['STOPPED'])
        status, answer = rest.call(method, f'/connectors/{lines.name}{end}', body)
        assert status == wanted, (method, end, answer)
    assert rest.get(f'/connectors/{lines.name}/config')['more'] == secret


def ask_everyone(workers, folder, kafka_address):
    """Asks each of three workers everything about what the others run. workers: {where it is, as the others know it: its API}."""
    apis = list(workers.values())
    files = [Lines(folder, unique('lines'), kafka_address).create(rest) for rest in apis]

    def homes(rest):
        """{a connector: where its task runs}, once each worker has one."""
        placed = {lines.name: [task['worker_id'] for task in status['tasks'] if task['state'] == 'RUNNING']
                  for lines in files for status in [rest.status(lines.name)] if status}
        return placed if {home for part in placed.values() for home in part} == set(workers) else None

    for home, rest in workers.items():
        placed = stack.wait_for('a task on each worker', lambda rest=rest: homes(rest))
        for away in [lines for lines in files if placed[lines.name] != [home]]:
            ask_everything(rest, away, SECRET)
    for rest, lines in zip(apis[1:] + apis[:1], files):
        assert rest.call('DELETE', f'/connectors/{lines.name}')[0] == 204
    return files


def test_any_of_three_answers_everything_through_the_others(group, folder, own_kafka):
    wires = {name: behind_wire(group, name)[1] for name in 'abc'}
    files = ask_everyone({f'127.0.0.1:{wire.port}': group.rest(name) for name, wire in wires.items()}, folder, own_kafka.address)
    assert all(wire.hellos() for wire in wires.values()), 'nobody asked one of them'
    seen = b''.join(part for wire in wires.values() for part in wire.seen)
    assert SECRET.encode() not in seen and not [lines for lines in files if lines.name.encode() in seen]


def test_an_impostor_in_the_leader_s_place_learns_nothing(group, folder, own_kafka, stranger):
    rest, _, wire = two_workers(group)
    wire.impostor = stranger
    lines = Lines(folder, unique('lines'), own_kafka.address)
    status, answer = rest.raw('POST', '/connectors', {'name': lines.name, 'config': lines.config(note=SECRET)})
    assert status == 500
    assert 'another certificate' in answer and f'http://127.0.0.1:{wire.port}/' in answer
    assert SECRET.encode() not in b''.join(wire.seen)


def test_a_stranger_gets_no_answer_until_the_config_topic_names_it(group, own_kafka, stranger):
    _, leader, _ = two_workers(group)
    request = b'GET /connectors HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'
    assert stranger.ask(leader.address, request) == b''
    topic, key = f'{group.name}-configs', 'millrace-peer-http://stranger:1/'
    producer = Producer({'bootstrap.servers': own_kafka.address})

    def publish(value):
        producer.produce(topic, key=key, value=value)
        assert producer.flush(30) == 0
    publish(json.dumps({'fingerprint': stranger.fingerprint}))
    assert stranger.ask(leader.address, request).startswith(b'HTTP/1.1 200 ')
    publish(None)  # stale from here on
    stack.wait_for('the stale certificate to be refused', lambda: stranger.ask(leader.address, request) == b'')


@pytest.fixture
def users(folder, stranger):
    """(a key store for https listeners, what its users trust)"""
    subprocess.run(['openssl', 'pkcs12', '-export', '-in', stranger.certificate, '-inkey', stranger.key, '-passout', 'pass:secret',
                    '-out', folder / 'users.p12'], check=True)
    context = ssl.create_default_context(cafile=stranger.certificate)
    context.check_hostname = False  # the certificate's name is no host's
    return folder / 'users.p12', context


def test_any_of_three_with_https_listeners_alone_answers_everything(group, folder, own_kafka, users):
    store, context = users
    workers = {}
    for name, port in zip('abc', free_ports(3)):
        # No trust store: for anybody's certificate but a peer's a worker would not take another one.
        worker = group.worker(name, 'worker', '--no-wait', port=port, listeners=f'https://127.0.0.1:{port}', listeners_https_ssl_keystore_location=store,
                              listeners_https_ssl_keystore_type='PKCS12', listeners_https_ssl_keystore_password='secret')
        stack.wait_for(f'{name} to have joined', lambda worker=worker: 'Herder started' in worker.log())
        workers[worker.address] = stack.Rest(worker.address, context)
    ask_everyone(workers, folder, own_kafka.address)
    assert any('"POST /connectors?forward=true HTTP/1.1" 201' in worker.log() for worker in group.workers.values())


def test_https_listeners_serve_users_and_peers_on_one_port(group, folder, own_kafka, users):
    store, user = users
    secure = workers_over_https(group, store)['follower']
    lines = Lines(folder, unique('lines'), own_kafka.address)
    connection = http.client.HTTPSConnection('127.0.0.1', secure, context=user, timeout=60)
    connection.request('POST', '/connectors', json.dumps({'name': lines.name, 'config': lines.config()}), {'Content-Type': 'application/json'})
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    assert answer.headers['Location'] == f'https://127.0.0.1:{secure}/connectors/{lines.name}'
    # The follower trusts nobody for https: it was the peers' certificates that counted.
    stack.wait_for('the leader to log the request', lambda: '"POST /connectors?forward=true HTTP/1.1" 201' in group.workers['leader'].log())


def test_a_signature_that_was_heard_is_refused(group, folder, own_kafka):
    """By the leader, and by a follower, which the leader would believe."""
    follower, leader, _ = two_workers(group)
    lines = Lines(folder, unique('lines'), own_kafka.address)
    lines.create(stack.Rest(leader.address))
    body = json.dumps([lines.config(file='/etc/passwd')])
    headers = signed(session_key(own_kafka.address, group.name), body.encode())
    for rest in (stack.Rest(leader.address), follower):
        for method, end, said in (('POST', 'tasks', body), ('PUT', 'fence', None)):
            own = headers if said else signed(session_key(own_kafka.address, group.name))
            status, answer = rest.raw(method, f'/connectors/{lines.name}/{end}', said, headers=own)
            assert status == 403 and 'come over TLS between workers' in answer, (status, answer)
    assert '/etc/passwd' not in json.dumps(follower.get(f'/connectors/{lines.name}/tasks'))
