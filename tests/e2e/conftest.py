"""Fixtures: the services that tests/run started, a database of one's own, and workers that end with their test."""
import contextlib
import os
import random
import re
import string
from pathlib import Path

import pytest

import stack
from connector import Connector

SEED = int(os.environ.get('MILLRACE_TEST_SEED', '20240229'))


def unique(prefix):
    return prefix + ''.join(random.SystemRandom().choices(string.ascii_lowercase + string.digits, k=8))


@pytest.fixture
def dice():
    """Chance that a failure can be repeated with: its seed is printed."""
    print(f'MILLRACE_TEST_SEED={SEED}')
    return random.Random(SEED)


@pytest.fixture(scope='session')
def kafka_address():
    return stack.environment('MILLRACE_TEST_KAFKA')


@contextlib.contextmanager
def own_broker(**settings):
    """A broker that may restart, and which allows sessions of a second; settings have underscores for dots."""
    options = [part for name, value in {'group_min_session_timeout_ms': 1000, **settings}.items() for part in ('--set', f'{name.replace("_", ".")}={value}')]
    service = stack.kafka(Path(stack.environment('MILLRACE_TEST_DIR')) / unique('k-'), *options).start()
    try:
        yield service
    finally:
        service.stop()


@pytest.fixture(scope='module')
def own_kafka():
    with own_broker() as service:
        yield service


@contextlib.contextmanager
def registry_of_its_own(*options):
    service = stack.Registry(Path(stack.environment('MILLRACE_TEST_DIR')) / unique('registry-'), *options).start()
    try:
        yield service
    finally:
        service.stop()


@pytest.fixture(scope='module')
def registry():
    with registry_of_its_own() as service:
        yield service


@pytest.fixture(scope='session')
def postgres_address():
    return stack.environment('MILLRACE_TEST_PG')


@pytest.fixture
def folder(request):
    """A folder for this test's services, short enough for a Unix socket."""
    path = Path(stack.environment('MILLRACE_TEST_DIR')) / (re.sub(r'\W+', '-', request.node.name)[:24] + unique('-'))
    path.mkdir(parents=True)
    path.chmod(0o711)
    return path


@pytest.fixture
def pair(folder, request):
    """(primary, standby) of a version; the standby's physical slot is "standby"."""
    version, settings = request.param
    primary = stack.postgres(folder / 'p', *(('--version', version) if version else ()))
    standby = stack.postgres(folder / 's', '--standby-of', folder / 'p', *settings)
    primary.start()
    try:
        standby.start()
        yield primary, standby
    finally:
        standby.stop()
        primary.stop()


@pytest.fixture(scope='module')
def worker(kafka_address, request):
    """The worker that the tests of one file share. It must still run at the end: bad input never ends a worker."""
    folder = Path(stack.environment('MILLRACE_TEST_DIR')) / unique('worker-')
    service = stack.worker(folder, kafka_address, group=unique('e2e-'), offset_flush_interval_ms=500).start()
    yield service
    lived = service.running()
    service.stop()
    assert lived, f'the worker ended: {service.log()[-3000:]}'


@pytest.fixture
def rest(worker):
    return stack.Rest(worker.address)


@pytest.fixture
def database(postgres_address):
    """The name of a fresh database, which is dropped with its slots afterwards."""
    name = unique('db')
    with stack.connect(postgres_address) as server:
        server.execute(f'create database {name}')
    yield name
    with stack.connect(postgres_address) as server:
        stack.drop_slots(server, name)
        server.execute(f'drop database if exists {name} with (force)')


@pytest.fixture
def sql(postgres_address, database):
    """Runs statements in the test's database."""
    with stack.connect(postgres_address, database) as connection:
        yield lambda *statements: [connection.execute(statement) for statement in statements][-1]


@pytest.fixture
def connector(rest, postgres_address, kafka_address, database):
    """A connector to the test's database that does not exist yet; it is deleted afterwards."""
    made = Connector(rest, kafka_address, postgres_address, database)
    yield made
    made.delete()
