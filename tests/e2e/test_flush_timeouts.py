"""A server that does not take what is sent to it: after lsn.flush.timeout.ms lsn.flush.timeout.action is what happens."""
import socket

import pytest

import stack
from connector import Connector
from tcp_proxy import TcpProxy


@pytest.fixture
def proxy(postgres_address):
    """It holds little that has not been taken."""
    made = TcpProxy(int(postgres_address.rsplit(':', 1)[1]))
    made.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    made.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    yield made
    made.stop()


def test_fail_and_warn(rest, kafka_address, postgres_address, database, sql, proxy, worker):
    sql('create table t (id int primary key)')
    failing, warning = (Connector(rest, kafka_address, postgres_address, database) for _ in range(2))
    try:
        for connector, action in (failing, 'fail'), (warning, 'warn'):
            # Status updates fill the connection, and nothing but them waits for the server.
            connector.create(snapshot_mode='no_data', database_port=proxy.port, status_update_interval_ms=1,
                             lsn_flush_timeout_ms=300, lsn_flush_timeout_action=action, driver_options='-c wal_sender_timeout=0',
                             **{'millrace.retained.wal.check.interval.ms': 3_600_000})
            connector.wait_streaming()
        sql('insert into t values (1)')
        for connector in failing, warning:
            connector.records('public.t', 1)
        proxy.hold()
        trace = rest.wait_failed(failing.name, 240)
        assert 'LSN flush operation timed out for LSN' in trace and 'lsn.flush.timeout.action' in trace
        stack.wait_for('the warning', lambda: any('WARN' in line and 'LSN flush operation timed out for LSN' in line
                                                  for line in worker.log().splitlines() if warning.name in line), 240)
        assert rest.states(warning.name) == ['RUNNING', 'RUNNING']
        proxy.release()
        sql('insert into t values (2)')
        assert warning.records('public.t', 2)[-1][0] == {'id': 2}
    finally:
        proxy.release()
        for connector in failing, warning:
            connector.delete()
