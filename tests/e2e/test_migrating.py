"""The commands of docs/migrating.md, as they stand there, move a worker of Kafka Connect to Millrace and back."""
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import stack
from conftest import unique
from group import Group, Lines, free_ports

PROGRAM = Path(os.environ.get('MILLRACE_WORKER', '/'))


def commands():
    """The page's indented blocks, each one command."""
    text = (stack.ROOT / 'docs/migrating.md').read_text()
    return ['\n'.join(line.strip() for line in block.strip().splitlines()) for block in re.findall(r'(?:^ {4,}\S.*\n)+', text, re.M)
            if not re.match(r'\s*\d\.', block)]


def command(words):
    found = [text for text in commands() if words in text]
    assert found, f'no command of the page has {words}'
    return found[0]


@pytest.fixture
def group(folder, kafka_address):
    made = Group(folder, kafka_address, unique('moved-'), session_timeout_ms=10000, heartbeat_interval_ms=3000)
    yield made
    made.stop()


@pytest.fixture
def shell(folder):
    """Runs a command of the page with these words replaced; background: returns the process."""
    started = []

    def run(text, background=False, **words):
        for word, value in words.items():
            text = text.replace({'old': 'http://old:8083', 'trial': '127.0.0.1:18083', 'new': 'http://host:8083'}.get(word, word), str(value))
        environment = {**os.environ, 'PATH': f'{PROGRAM.parent}:{os.environ["PATH"]}'}
        if background:
            started.append(subprocess.Popen(['bash', '-c', 'exec ' + text], env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                                            stdout=(folder / 'trial.log').open('w'), stderr=subprocess.STDOUT))
            return started[-1]
        done = subprocess.run(['bash', '-o', 'pipefail', '-c', text], env=environment, cwd=folder, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 0, f'{text}: {done.stdout}{done.stderr}'
        return done.stdout
    yield run
    for process in started:
        process.kill()
        process.wait()


def test_the_page_moves_a_worker_and_back(group, folder, kafka_address, shell):
    if not shutil.which('jq'):
        pytest.skip('the page uses jq: run deploy/install-dependencies')
    java = group.java('java')
    lines = Lines(folder, unique('lines'), kafka_address)
    lines.start()
    lines.create(group.rest())
    group.rest().wait_running(lines.name)
    old, trial = f'http://{java.address}', f'127.0.0.1:{free_ports(1)[0]}'
    shutil.copy(java.folder / 'worker.properties', folder / 'worker.properties')

    process = shell(command('--override listeners='), background=True, trial=trial)
    stack.wait_for(lambda: (folder / 'trial.log').read_text()[-2000:],
                   lambda: stack.Rest(trial).call('GET', '/connector-plugins')[0] == 200, 60)
    here = shell(command('connectorsOnly=false').splitlines()[1], trial=trial).split()
    there = shell(command('connectorsOnly=false').splitlines()[0], old=old).split()
    assert there and set(there) <= set(here)
    config = json.loads(group.rest().call('GET', f'/connectors/{lines.name}/config')[1])
    assert shell(command('error_count'), old=old, trial=trial, NAME=lines.name, CLASS=config['connector.class']).strip() == '0'
    process.terminate()
    assert process.wait(30) == 0

    java.stop()
    process = shell('connect-distributed worker.properties', background=True)
    stack.wait_for('the worker to be ready', lambda: subprocess.run([PROGRAM, '--check-health', folder / 'worker.properties'],
                                                                    stdout=subprocess.DEVNULL).returncode == 0, 60)
    assert 'healthy' in shell(command('--check-health').splitlines()[0])
    stack.wait_for('all to run', lambda: json.loads(shell(command('--check-health').splitlines()[1], new=old)) == ['RUNNING'], 60)
    lines.wait_beyond()
    process.terminate()
    assert process.wait(60) == 0

    java.resume()
    group.rest().wait_running(lines.name, 120)
    lines.wait_beyond()
    assert lines.finish() == []
