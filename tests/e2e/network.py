"""A network of one process's own, joined to this machine by a cable that can be pulled."""
import os
import random
import shutil
import subprocess

import pytest


class Cable:
    """A network namespace. `here` is an address of this machine that the process within reaches, `there` the process's own; neither is
    reached from another machine."""

    def __init__(self):
        number = random.SystemRandom().randrange(0x4000)
        self.name = f'mr{number}'
        net, last = f'10.231.{number >> 6}', (number & 0x3f) * 4
        self.here, gateway, self.there = f'10.230.{number >> 6}.{number & 0x3f}', f'{net}.{last + 1}', f'{net}.{last + 2}'
        ip('netns', 'add', self.name)
        ip('link', 'add', self.name, 'type', 'veth', 'peer', 'name', 'cable', 'netns', self.name)
        ip('addr', 'add', f'{self.here}/32', 'dev', 'lo')
        ip('addr', 'add', f'{gateway}/30', 'dev', self.name)
        ip('link', 'set', self.name, 'up')
        ip('-n', self.name, 'addr', 'add', f'{self.there}/30', 'dev', 'cable')
        ip('-n', self.name, 'link', 'set', 'lo', 'up')
        ip('-n', self.name, 'link', 'set', 'cable', 'up')
        ip('-n', self.name, 'route', 'add', 'default', 'via', gateway)

    def program(self, path, binary):
        """Writes a program at `path` that runs `binary` in the namespace."""
        path.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} {binary} "$@"\n')
        path.chmod(0o755)
        return path

    def pull(self):
        """Nothing gets through from here on, and nobody is told."""
        ip('link', 'set', self.name, 'down')

    def plug(self):
        ip('link', 'set', self.name, 'up')

    def remove(self):
        for command in (['link', 'del', self.name], ['addr', 'del', f'{self.here}/32', 'dev', 'lo'], ['netns', 'del', self.name]):
            subprocess.run(['ip', *command], stderr=subprocess.DEVNULL)


def ip(*arguments):
    subprocess.run(['ip', *arguments], check=True, capture_output=True, text=True)


def laid_cable():
    """A Cable; skips the test where none can be made."""
    if os.geteuid() != 0 or not shutil.which('ip'):
        pytest.skip('a network namespace needs root and the command ip (iproute2)')
    try:
        return Cable()
    except subprocess.CalledProcessError as error:
        pytest.skip(f'no network namespace can be made here: {error.stderr.strip()}')
