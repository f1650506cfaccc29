"""deploy/demo, the first thing a user starts: it shows events of every kind with their delay, ends, and leaves nothing behind."""
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

import stack

EVENT = re.compile(r'^\d\d:\d\d:\d\d\.\d{3} +(?:(?P<delay>[\d.]+) ms)? +(?P<what>snapshot|insert|update|delete) +(?P<table>\w+)', re.M)


def start(*options):
    return subprocess.Popen([stack.ROOT / 'deploy/demo', *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, start_new_session=True)


def leftovers(output):
    """Processes that name the demo's folder, and the folder itself."""
    folder = re.search(r'/tmp/millrace-demo\.\w+', output).group()
    processes = []
    for entry in Path('/proc').glob('[0-9]*/cmdline'):
        try:
            if folder in entry.read_text():
                processes.append(entry.parent.name)
        except OSError:  # it has ended
            pass
    return processes + [folder] * Path(folder).exists()


def test_once_shows_events_and_ends():
    demo = start('--once')
    output, _ = demo.communicate(timeout=600)
    assert demo.returncode == 0, output
    events = [match.groupdict() for match in EVENT.finditer(output)]
    assert {'snapshot', 'insert', 'update'} <= {event['what'] for event in events}, output
    assert {'customers', 'orders', 'products'} <= {event['table'] for event in events}, output
    assert all((event['delay'] is None) == (event['what'] == 'snapshot') for event in events), output
    assert '"database.hostname"' in output and '201 Created' in output and '/connectors/shop/status' in output
    assert leftovers(output) == []


@pytest.mark.parametrize('how', [os.killpg, os.kill], ids=['ctrl-c', 'kill'])
def test_a_signal_ends_it(how):
    demo = start()
    output = ''
    for line in demo.stdout:
        output += line
        if EVENT.match(line):
            break
    how(demo.pid, signal.SIGINT)
    rest, _ = demo.communicate(timeout=120)
    assert demo.returncode == 0, output + rest
    assert leftovers(output) == []
