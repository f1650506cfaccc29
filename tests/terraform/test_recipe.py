"""deploy/terraform by the real provider: what a user sees, and what nginx sees of it."""
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import containers
import stack
from connector import Reader
from landscape import PASSWORD, image, landscape, servers  # noqa: F401 (fixtures)
from test_terraform import RECIPE, database  # noqa: F401 (fixture)

PASSWORDS = {'TF_VAR_cluster_password': PASSWORD, 'TF_VAR_database_password': 'replicator'}
CONNECTOR = '/connectors/replicator'


class Recipe:
    """A copy of deploy/terraform with a state of its own."""

    def __init__(self, landscape, folder):
        self.landscape, self.folder, self.seen = landscape, folder / 'recipe', 0
        shutil.copytree(RECIPE, self.folder, ignore=shutil.ignore_patterns('.terraform*', 'terraform.tfstate*'))
        provider = folder / 'provider'
        provider.mkdir()
        (provider / 'terraform-provider-kafka-connect').symlink_to(os.environ['TERRAFORM_PROVIDER'])
        configuration = folder / 'rc'
        configuration.write_text(f'provider_installation {{\n  dev_overrides {{\n    "Mongey/kafka-connect" = "{provider}"\n  }}\n  direct {{}}\n}}\n')
        self.environment = {**os.environ, **PASSWORDS, 'TF_CLI_CONFIG_FILE': str(configuration), 'CHECKPOINT_DISABLE': '1', 'TF_IN_AUTOMATION': '1',
                            'SSL_CERT_FILE': str(landscape.tls / 'ca.crt')}
        self.variables = [f'-var=cluster_address={landscape.edge_host.address}:8443', '-var=database_host=postgres']

    def run(self, *arguments, status=0):
        done = subprocess.run([os.environ['TERRAFORM'], *arguments], cwd=self.folder, env=self.environment, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        assert done.returncode == status, done.stdout
        assert not any(secret in done.stdout for secret in PASSWORDS.values() if secret != 'replicator'), done.stdout
        return done.stdout

    def apply(self):
        return self.run('apply', '-auto-approve', '-no-color', *self.variables)

    def plan(self, changes):
        """The text of a plan that changes something, or nothing."""
        return self.run('plan', '-detailed-exitcode', '-no-color', *self.variables, status=2 if changes else 0)

    def change(self, before, after):
        path = self.folder / 'main.tf'
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def requests(self):
        """(method, path, status) of what came to nginx since the last call, without what was repeated."""
        log = containers.podman('exec', self.landscape.edge_host.name, 'cat', '/var/log/nginx/access.log')
        lines = [line for line in log.splitlines() if 'resty' in line]
        new, self.seen = lines[self.seen:], len(lines)
        found = []
        for line in new:
            method, path, status = re.search(r'"(\w+) (\S+) HTTP/[^"]+" (\d+)', line).groups()
            if not found or found[-1] != (method, path, int(status)):
                found.append((method, path, int(status)))
        return found


@pytest.fixture
def recipe(landscape, database, tmp_path):
    return Recipe(landscape, tmp_path)


def test_the_recipe(landscape, recipe):
    edge, records = landscape.edge, Reader(landscape.bootstrap, 'replicator.public.tab1')

    def config():
        return json.loads(edge.raw('GET', f'{CONNECTOR}/config')[1])

    recipe.run('validate', '-no-color')
    assert '1 to add' in recipe.plan(changes=True)
    recipe.apply()
    assert recipe.requests() == [('POST', '/connectors', 201), ('GET', CONNECTOR, 200)]
    edge.wait_running('replicator')
    assert records.wait_for(1)[0][1]['payload']['after'] == {'id': 1, 'price': 1.125}
    assert 'No changes' in recipe.plan(changes=False)
    assert recipe.requests() == [('GET', CONNECTOR, 200)]
    first = config()
    assert first['database.password'] == 'replicator' and len(first) == 20

    recipe.change('"30000"', '"1000"')
    text = recipe.plan(changes=True)
    assert '"heartbeat.interval.ms"' in text and '"1000"' in text and 'database.password' not in text
    recipe.requests()
    recipe.apply()
    assert recipe.requests() == [('GET', CONNECTOR, 200), ('PUT', f'{CONNECTOR}/config', 200), ('GET', f'{CONNECTOR}/config', 200), ('GET', CONNECTOR, 200)]
    assert config() == {**first, 'heartbeat.interval.ms': '1000'}
    assert 'No changes' in recipe.plan(changes=False)

    # Somebody else changes it, and deletes it.
    assert edge.raw('PUT', f'{CONNECTOR}/config', {**config(), 'tasks.max': '7', 'more': 'x'})[0] == 200
    recipe.plan(changes=True)
    recipe.apply()
    assert config() == {**first, 'heartbeat.interval.ms': '1000'}
    assert edge.raw('DELETE', CONNECTOR)[0] == 204
    stack.wait_for('it to be gone', lambda: edge.raw('GET', CONNECTOR)[0] == 404)
    recipe.plan(changes=True)
    recipe.requests()
    recipe.apply()
    assert recipe.requests() == [('GET', CONNECTOR, 404), ('PUT', f'{CONNECTOR}/config', 201), ('GET', f'{CONNECTOR}/config', 200), ('GET', CONNECTOR, 200)]
    edge.wait_running('replicator')
    landscape.sql('insert into tab1 values (2, 2.5)')
    assert records.wait_for(2)[1][1]['payload']['after'] == {'id': 2, 'price': 2.5}

    # A connector that is there already comes below the recipe's rule.
    recipe.run('state', 'rm', 'kafka-connect_connector.replicator')
    recipe.run('import', '-no-color', *recipe.variables, 'kafka-connect_connector.replicator', 'replicator')
    recipe.apply()
    assert 'No changes' in recipe.plan(changes=False)
    assert config() == {**first, 'heartbeat.interval.ms': '1000'}

    recipe.requests()
    recipe.run('destroy', '-auto-approve', '-no-color', *recipe.variables)
    assert recipe.requests() == [('GET', CONNECTOR, 200), ('DELETE', CONNECTOR, 204), ('GET', CONNECTOR, 404)]
    records.close()


def test_what_is_wrong_is_told(recipe):
    recipe.change('"public.tab1"', '"public.("')
    text = recipe.run('apply', '-auto-approve', '-no-color', *recipe.variables, status=1)
    assert 'table.include.list' in text
    recipe.environment['TF_VAR_cluster_password'] = 'wrong'
    assert '401' in recipe.run('apply', '-auto-approve', '-no-color', *recipe.variables, status=1)
