"""The server's disk is full: it stops, and when there is room again the connector goes on where it was."""
import subprocess

import psycopg
import pytest

import stack
from connector import Connector
from ledger import TABLE, Writer


@pytest.fixture
def small_disk(folder):
    """A file system of 220 MB that the server's folder is on."""
    disk = folder / 'd'
    disk.mkdir()
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=220m,mode=711', 'tmpfs', disk], stderr=subprocess.DEVNULL).returncode:
        pytest.skip('only root may mount a file system')
    try:
        yield disk
    finally:
        subprocess.run(['umount', '-l', disk], check=True)


def test_a_full_disk_loses_nothing(small_disk, folder, kafka_address, dice):
    postgres = stack.postgres(small_disk / 'p', '--set', 'max_wal_size=64MB', '--set', 'min_wal_size=32MB', '--set', 'wal_keep_size=0').start()
    worker = stack.worker(folder / 'w', kafka_address, group=folder.name, offset_flush_interval_ms=200).start()
    writer = Writer(postgres.address, dice)
    try:
        with stack.connect(postgres.address) as server:
            server.execute(TABLE)
            server.execute('create table filler (v text)')
            server.execute('insert into ledger (id, version) select i, 1 from generate_series(1, 1000) i')
        connector = Connector(stack.Rest(worker.address), kafka_address, postgres.address, 'postgres')
        connector.create(retriable_restart_connector_wait_ms=500)
        ledger = connector.reader('public.ledger')
        writer.start()
        stack.wait_for('changes', lambda: any(value['op'] == 'u' for _, value, _ in ledger.poll()))
        ballast = small_disk / 'ballast'
        with ballast.open('wb') as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
            except OSError:
                pass

        def full():
            try:
                with stack.connect(postgres.address) as server:
                    server.execute("insert into filler select repeat('x', 900) from generate_series(1, 30000)")
            except psycopg.Error as error:
                return str(error)
        said = stack.wait_for('the server to run out of space', full)
        assert 'No space left on device' in said or 'connection' in said or 'recovery' in said or 'not yet accepting' in said, said
        ballast.unlink()
        if not postgres.running():
            postgres.resume()
        commits = writer.commits
        stack.wait_for('commits when there is room again', lambda: writer.commits > commits + 50, 120)
        problems, _ = writer.compare(ledger, lambda: f'the last row; {connector.rest.status(connector.name)}')
        assert not problems, '\n'.join(problems[:20])
    finally:
        writer.done.set()
        worker.stop()
        postgres.stop()
