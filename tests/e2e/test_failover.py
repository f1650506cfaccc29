"""The primary dies and its standby is promoted: with a failover slot nothing is lost, without one the connector says so."""
import contextlib
import socket
import threading

import psycopg
import pytest

import stack
from connector import Connector
from ledger import TABLE, Writer


class Address:
    """A fixed address whose connections go to whatever server it stands for, as a name or a virtual address would."""

    def __init__(self, target):
        self.target, self.open = target, set()
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.text = f'127.0.0.1:{self.listener.getsockname()[1]}'
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=[client], daemon=True).start()

    def serve(self, client):
        try:
            server = socket.create_connection(self.target.rsplit(':', 1))
        except OSError:
            client.close()
            return
        self.open |= {client, server}
        back = threading.Thread(target=self.copy, args=[server, client], daemon=True)
        back.start()
        self.copy(client, server)
        back.join()

    @staticmethod
    def copy(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def move(self, target):
        self.target = target
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()
        self.move(self.target)


def fail_over(primary, standby, address):
    primary.kill()
    standby.run('promote')
    address.move(standby.address)


@pytest.mark.parametrize('pair', [('17', ('--set', 'sync_replication_slots=on')), ('18', ('--set', 'sync_replication_slots=on'))], indirect=True,
                         ids=['17', '18'])
def test_a_failover_slot_goes_on_at_the_new_primary(pair, folder, kafka_address, dice):
    primary, standby = pair
    with stack.connect(primary.address) as server:
        server.execute(TABLE)
        server.execute('insert into ledger (id, version) select i, 1 from generate_series(1, 1000) i')
        # Nobody hears of what the standby does not have yet.
        server.execute("alter system set synchronized_standby_slots = 'standby'")
        server.execute("select pg_reload_conf()")
    address = Address(primary.address)
    writer = Writer(address.text, dice)
    worker = stack.worker(folder / 'w', kafka_address, group=folder.name, offset_flush_interval_ms=200).start()
    try:
        connector = Connector(stack.Rest(worker.address), kafka_address, address.text, 'postgres')
        connector.create(slot_failover='true', retriable_restart_connector_wait_ms=500)
        writer.start()
        ledger = connector.reader('public.ledger')
        slot = connector.config['slot.name']

        def synced():
            with stack.connect(standby.address) as server:
                return server.execute('select 1 from pg_replication_slots where slot_name = %s and synced and not temporary', [slot]).fetchone()
        stack.wait_for('the slot on the standby', synced, 90)
        stack.wait_for('changes', lambda: any(value['op'] == 'u' for _, value, _ in ledger.poll()))
        fail_over(primary, standby, address)
        commits = writer.commits
        stack.wait_for('commits at the new primary', lambda: writer.commits > commits + 50)
        problems, _ = writer.compare(ledger, lambda: f'the last row; {connector.rest.status(connector.name)}')
        assert not problems, '\n'.join(problems[:20])
    finally:
        writer.done.set()
        worker.stop()
        address.close()


@pytest.mark.parametrize('pair', [('', ())], indirect=True, ids=['15'])
def test_without_a_failover_slot_it_is_refused(pair, folder, kafka_address):
    primary, standby = pair
    with stack.connect(primary.address) as server:
        server.execute('create table t (id int primary key)')
    address = Address(primary.address)
    worker = stack.worker(folder / 'w', kafka_address, group=folder.name, offset_flush_interval_ms=200).start()
    try:
        connector = Connector(stack.Rest(worker.address), kafka_address, address.text, 'postgres')
        connector.create(retriable_restart_connector_wait_ms=500)
        with stack.connect(primary.address) as server:
            server.execute('insert into t values (1)')
        connector.records('public.t', 1)

        def replayed():
            with stack.connect(standby.address) as server, contextlib.suppress(psycopg.errors.UndefinedTable):
                return server.execute('select 1 from t').fetchone()
        stack.wait_for('the row on the standby', replayed)
        fail_over(primary, standby, address)
        with stack.connect(standby.address) as server:
            server.execute('insert into t values (2)')
        trace = connector.rest.wait_failed(connector.name)
        assert 'is no longer available on the server. Reconfigure the connector to use a snapshot mode when needed' in trace
        connector.rest.call('PUT', f'/connectors/{connector.name}/config', connector.configured(snapshot_mode='when_needed'))
        assert {value['after']['id'] for _, value, _ in connector.records('public.t', 3) if value['op'] == 'r'} == {1, 2}
    finally:
        worker.stop()
        address.close()
