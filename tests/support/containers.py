"""Containers for tests: podman, a base image where none can be pulled, and a network whose members keep their addresses."""
import contextlib
import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

import stack

BASE = 'localhost/debian:bookworm-slim'
PROGRAMS = 'podman', 'runc', 'ip', 'nsenter', 'iptables', 'debootstrap', 'cpack'


def run(*command, check=True, timeout=600, **more):
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=timeout, env={**os.environ, **environment()}, **more)
    if check and done.returncode:
        raise AssertionError(f'{" ".join(str(part) for part in command)}: {done.returncode}: {done.stdout}{done.stderr}')
    return done.stdout.strip() if check else done


def podman(*arguments, **more):
    return run('podman', *arguments, **more)


_environment = {}


def environment():
    """Variables that make podman work as root without systemd, and look for no image outside of this machine."""
    if not _environment:
        folder = Path(tempfile.gettempdir()) / f'millrace-podman-{os.getuid()}'
        folder.mkdir(exist_ok=True)
        files = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 65536)
        # podman lowers it to this for its own monitor; a larger one is refused then.
        most = int(Path('/proc/sys/kernel/pid_max').read_text())
        processes = resource.getrlimit(resource.RLIMIT_NPROC)[1]
        processes = most if processes == resource.RLIM_INFINITY else min(processes, most)
        configuration = folder / 'containers.conf'
        configuration.write_text(f'[containers]\ndefault_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]\n'
                                 '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
                                 '[network]\nnetwork_backend = "netavark"\n')
        registries = folder / 'registries.conf'
        registries.write_text('unqualified-search-registries = []\nshort-name-mode = "disabled"\n')
        _environment.update({'CONTAINERS_CONF': str(configuration), 'CONTAINERS_REGISTRIES_CONF': str(registries), 'DISABLE_HC_SYSTEMD': 'true',
                             'BUILDAH_FORMAT': 'docker'})  # the only format that has health checks
    return _environment


def require():
    """Skips the test where containers cannot be run."""
    if os.geteuid() != 0:
        pytest.skip('containers on networks of their own need root')
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        pytest.skip(f'containers need {", ".join(missing)}: run deploy/install-dependencies --test')
    if podman('image', 'exists', BASE, check=False).returncode:
        run(stack.ROOT / 'tests/support/base-image', BASE, timeout=900)
    tried = podman('run', '--rm', '--network', 'none', BASE, 'true', check=False)
    if tried.returncode:
        pytest.skip(f'podman runs no containers here: {tried.stderr.strip()}')


def contents_of(*folders):
    """A hash of all files below."""
    hashed = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob('*') if path.is_file()):
        hashed.update(f'{path}\n'.encode() + hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()


def worker_image():
    """The image of the build that is tested; the tests of one run share it."""
    os.environ['BASE_IMAGE'] = BASE
    tag, build = 'localhost/millrace:test', Path(stack.environment('MILLRACE_BUILD'))
    contents = contents_of(build / 'bin', build / 'plugins', build / 'package', stack.ROOT / 'deploy')
    made = Path(stack.environment('MILLRACE_TEST_DIR'), 'worker-image')
    before = podman('images', '-q', tag)
    if before and made.exists() and made.read_text() == f'{before} {contents}':
        return tag
    run(stack.ROOT / 'deploy/build-image', '--build', build, tag)
    image = podman('images', '-q', tag)
    made.write_text(f'{image} {contents}')
    if before and before != image:
        podman('rmi', before, check=False)
    return tag


def image_of(tag, packages):
    """An image that has these packages of Debian; made once."""
    if podman('image', 'exists', tag, check=False).returncode:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, 'Containerfile').write_text(f'FROM {BASE}\nRUN apt-get update -q && apt-get install -y -q --no-install-recommends '
                                                     f'{" ".join(packages)} && rm -rf /var/lib/apt/lists/*\n')
            podman('build', '-t', tag, folder)
    return tag


class Host:
    """A container with an address of its own."""

    def __init__(self, network, name, number):
        self.network, self.name, self.address = network, f'{network.name}-{name}', f'{network.prefix}.{number}'
        self.alias, self.mac = name, f'02:00:0a:{network.third:02x}:00:{number:02x}'

    def start(self, image, *command, options=(), variables=None):
        given = [part for key, value in (variables or {}).items() for part in ('-e', f'{key}={value}')]
        podman('run', '-d', '--name', self.name, '--hostname', self.alias, '--network-alias', self.alias, '--network', self.network.name,
               '--ip', self.address, '--mac-address', self.mac, *given, *options, image, *command)
        return self

    def inspect(self, what):
        return podman('inspect', '-f', '{{' + what + '}}', self.name)

    @property
    def pid(self):
        return int(self.inspect('.State.Pid'))

    def log(self):
        done = podman('logs', self.name, check=False)
        return done.stdout + done.stderr

    def healthy(self):
        return podman('healthcheck', 'run', self.name, check=False).returncode == 0

    def inside(self, *command, **more):
        """Runs a command of this machine on the container's network."""
        return run('nsenter', '-t', self.pid, '-n', *command, **more)

    def cut(self):
        """Nothing comes or goes any more, and nobody is told."""
        self.inside('iptables', '-I', 'OUTPUT', '-j', 'DROP')
        self.inside('iptables', '-I', 'INPUT', '-j', 'DROP')

    def join(self):
        self.inside('iptables', '-F')

    def remove(self):
        podman('rm', '-f', '-v', '-t', '2', self.name, check=False)


class Network:
    """A bridge whose gateway keeps its MAC: with podman's own it changes as containers come and go, and the others lose it for a minute."""

    def __init__(self):
        self.third = random.SystemRandom().randrange(1, 250)
        self.name, self.prefix = f'millrace{self.third}', f'10.221.{self.third}'
        self.gateway = f'{self.prefix}.1'
        podman('network', 'create', '--subnet', f'{self.prefix}.0/24', '--gateway', self.gateway, self.name)
        # The device is there before podman makes it with the first container, and so has its MAC from here.
        self.bridge = podman('network', 'inspect', '-f', '{{.NetworkInterface}}', self.name)
        run('ip', 'link', 'add', 'dev', self.bridge, 'type', 'bridge')
        run('ip', 'address', 'add', f'{self.gateway}/24', 'dev', self.bridge)
        run('ip', 'link', 'set', 'dev', self.bridge, 'address', f'02:00:0a:{self.third:02x}:00:01')
        run('ip', 'link', 'set', 'dev', self.bridge, 'up')
        self.hosts = []

    def host(self, name, number):
        self.hosts.append(Host(self, name, number))
        return self.hosts[-1]

    def remove(self):
        for host in reversed(self.hosts):
            host.remove()
        podman('network', 'rm', '-f', self.name, check=False)
        run('ip', 'link', 'del', 'dev', self.bridge, check=False)


@contextlib.contextmanager
def network():
    made = Network()
    try:
        yield made
    finally:
        made.remove()


def image_size(tag):
    return json.loads(podman('image', 'inspect', tag))[0]['Size']
