"""What Terraform's provider for Kafka Connect asks of a worker, replayed through nginx, with the configuration of deploy/terraform as it
stands there."""
import json
import re

import pytest

import stack
from connector import Reader
from landscape import image, landscape, servers  # noqa: F401 (fixtures)

RECIPE = stack.ROOT / 'deploy/terraform'


@pytest.fixture(scope='module')
def database(landscape):
    landscape.sql("create role replicator with login replication superuser password 'replicator'", 'create table heartbeat (id int primary key, at timestamptz)',
                  'insert into heartbeat values (1, now())', 'create table tab1 (id int primary key, price numeric(8, 3))',
                  'insert into tab1 values (1, 1.125)', 'create table tab2 (id int primary key)')
    rules = landscape.postgres.folder / 'data/pg_hba.conf'
    rules.write_text(f'hostssl all replicator {landscape.network.prefix}.0/24 scram-sha-256\n'
                     f'hostssl replication replicator {landscape.network.prefix}.0/24 scram-sha-256\n' + rules.read_text())
    landscape.sql('select pg_reload_conf()')


def recipe(**variables):
    """The settings of the connector in main.tf, with its variables filled in."""
    text = (RECIPE / 'main.tf').read_text()
    values = {'connector_name': 'replicator', 'database_port': '5432', 'database_name': 'postgres', 'database_user': 'replicator', **variables}
    settings = {}
    for key, literal, variable in re.findall(r'^\s*"([^"]+)"\s*=\s*(?:"([^"]*)"|(?:tostring\()?var\.(\w+)\)?)$', text, re.M):
        settings[key] = values[variable] if variable else literal
    return settings


class Provider:
    """The provider's requests in their order, as they were recorded of it."""

    def __init__(self, edge, name):
        self.edge, self.name, self.path = edge, name, f'/connectors/{name}'

    def create(self, config):
        status, text = self.edge.raw('POST', '/connectors', {'name': self.name, 'config': config})
        assert status == 201, text
        stack.wait_for('the connector to be read', lambda: self.edge.raw('GET', self.path)[0] == 200)

    def refresh(self):
        """The configuration that a plan compares; none if the connector is gone."""
        status, text = self.edge.raw('GET', self.path)
        assert status in (200, 404), text
        return json.loads(text)['config'] if status == 200 else None

    def update(self, config):
        status, text = self.edge.raw('PUT', f'{self.path}/config', config)
        assert status in (200, 201), text
        wanted = {**config, 'name': self.name}
        stack.wait_for('the configuration that was sent', lambda: json.loads(self.edge.raw('GET', f'{self.path}/config')[1]) == wanted)

    def destroy(self):
        status, text = self.edge.raw('DELETE', self.path)
        assert status == 204, text
        stack.wait_for('the connector to be gone', lambda: self.edge.raw('GET', self.path)[0] == 404)


def test_create_plan_update_drift_destroy(landscape, database):
    config = recipe(database_host='postgres', database_password='replicator')
    assert len(config) == 20 and config['plugin.name'] == 'wal2json', 'the recipe was not read'
    provider = Provider(landscape.edge, 'replicator')
    records = Reader(landscape.bootstrap, 'replicator.public.tab1')
    try:
        provider.create(config)
        assert provider.refresh() == config, 'a second plan would change something'
        landscape.edge.wait_running('replicator')
        key, value, _ = records.wait_for(1)[0]
        assert value['payload']['op'] == 'r' and value['payload']['after'] == {'id': 1, 'price': 1.125}
        landscape.sql('insert into tab2 values (1)', 'insert into tab1 values (2, 2.5)')
        assert records.wait_for(2)[1][1]['payload']['after'] == {'id': 2, 'price': 2.5}

        changed = {**config, 'heartbeat.interval.ms': '1000'}
        provider.update(changed)
        assert provider.refresh() == {**changed, 'name': 'replicator'}
        assert len(Reader(landscape.bootstrap, '__debezium-heartbeat.replicator').wait_for(1)) >= 1

        assert landscape.edge.raw('DELETE', '/connectors/replicator')[0] == 204  # somebody else's doing
        assert provider.refresh() is None
        provider.update(changed)
        landscape.edge.wait_running('replicator')
        landscape.sql('insert into tab1 values (3, 3)')
        assert records.wait_for(3)[2][1]['payload']['after']['id'] == 3, 'it went on where it was'
    finally:
        provider.destroy()
        records.close()
    assert provider.refresh() is None
