"""Programs that people use with Kafka Connect drive the API."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import stack
from conftest import SEED, unique
from sink import Sink

CLIENTS = Path(__file__).parent / 'clients'


def maven_jars(pom):
    """The folder of the jars that a pom names, fetched once into the user's cache."""
    cache = Path(os.environ.get('XDG_CACHE_HOME', Path.home() / '.cache')) / 'millrace'
    folder = cache / f'{pom.parent.name}-{hashlib.sha256(pom.read_bytes()).hexdigest()[:12]}'
    if not folder.exists():
        partial = folder.with_suffix(f'.{os.getpid()}')
        subprocess.run(['mvn', '-q', '-B', '-f', pom, 'dependency:copy-dependencies', f'-DoutputDirectory={partial}'], check=True, timeout=300)
        if not folder.exists():
            partial.rename(folder)
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def test_sourcelab(worker, folder):
    lines = folder / 'lines.txt'
    lines.write_text('one\ntwo\n')
    name = unique('lab')
    done = subprocess.run(['java', '-cp', f'{maven_jars(CLIENTS / "pom.xml")}/*', CLIENTS / 'SourceLab.java', f'http://{worker.address}', name, lines, f'{name}-topic'],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.count('ok ') > 25


def test_watcher(worker, rest, folder, kafka_address):
    """kafka-connect-watcher sees a task that has failed, and restarts it."""
    sink = Sink(rest, kafka_address, folder)
    missing = folder / 'later' / 'out'
    sink.produce(['1'])
    sink.put('FileStreamSink', file=missing)
    rest.wait_failed(sink.name)
    missing.parent.mkdir()
    host, port = worker.address.split(':')
    rule = {'include_regex': [f'^{sink.name}$'], 'auto_correct_actions': [{'action': 'cycle'}]}
    (folder / 'watcher.json').write_text(json.dumps({'watch_interval': '2s', 'clusters': [{'hostname': host, 'port': int(port), 'evaluation_rules': [rule]}]}))
    with open(folder / 'watcher.log', 'w') as log:
        watcher = subprocess.Popen([sys.executable, '-m', 'kafka_connect_watcher.cli', '-c', folder / 'watcher.json'], stdout=log, stderr=log)
    (folder / 'pid').write_text(str(watcher.pid))
    try:
        stack.wait_for(lambda: f'the watcher to heal the task; {(folder / "watcher.log").read_text()[-1500:]}',
                       lambda: rest.states(sink.name) == ['RUNNING', 'RUNNING'], 90)
        stack.wait_for('the record', missing.exists)
    finally:
        watcher.terminate()
        watcher.wait(30)
        (folder / 'pid').unlink()
        sink.delete()


def test_schemathesis(worker, folder):
    """Statuses, content types and bodies are those that /openapi.json tells of. Restarts, which wait, and /health, which may say 503, are left out."""
    program = Path(sys.executable).with_name('schemathesis')
    done = subprocess.run([program, '--config-file', CLIENTS / 'schemathesis.toml', 'run', f'http://{worker.address}/openapi.json',
                           '--max-examples', '30', '--phases', 'examples,coverage,fuzzing', '--seed', str(SEED), '--request-timeout', '100', '--workers', '2',
                           '--exclude-path-regex', '/restart$|/health'], capture_output=True, text=True, timeout=600, cwd=folder,
                          env=os.environ | {'PYTHONPATH': str(CLIENTS)})
    assert done.returncode == 0, f'MILLRACE_TEST_SEED={SEED}\n{done.stdout[-6000:]}{done.stderr[-2000:]}'
