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


def test_fail_warn_and_ignore(rest, kafka_address, postgres_address, database, sql, proxy, worker):
    sql('create table t (id int primary key)')
    failing, warning, ignoring = connectors = [Connector(rest, kafka_address, postgres_address, database) for _ in range(3)]

    def told(connector):
        """Lines of the log: a time-out is told of after each one."""
        return [line for line in worker.log().splitlines() if connector.name in line and 'LSN flush operation timed out for LSN' in line]

    try:
        for connector, action in (ignoring, 'ignore'), (failing, 'fail'), (warning, 'warn'):
            # Status updates fill the connection, and nothing but them waits for the server.
            connector.create(snapshot_mode='no_data', database_port=proxy.port, status_update_interval_ms=1,
                             lsn_flush_timeout_ms=300, lsn_flush_timeout_action=action, driver_options='-c wal_sender_timeout=0',
                             **{'millrace.retained.wal.check.interval.ms': 3_600_000})
            connector.wait_streaming()
        sql('insert into t values (1)')
        for connector in connectors:
            connector.records('public.t', 1)
        proxy.hold()
        trace = rest.wait_failed(failing.name, 240)
        assert 'LSN flush operation timed out for LSN' in trace and 'lsn.flush.timeout.action' in trace
        # The one that ignores them has as many, and nobody hears of it.
        stack.wait_for('warnings', lambda: len(told(warning)) > 5, 240)
        assert all('WARN' in line for line in told(warning))
        proxy.release()
        sql('insert into t values (2)')
        for connector in warning, ignoring:
            assert connector.records('public.t', 2)[-1][0] == {'id': 2}
            assert rest.states(connector.name) == ['RUNNING', 'RUNNING']
        assert told(ignoring) == []
    finally:
        proxy.release()
        for connector in connectors:
            connector.delete()
