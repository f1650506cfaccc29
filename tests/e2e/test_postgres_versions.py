"""The core of the golden cases on the oldest and the newest PostgreSQL that there is; the others run on the installed one."""
import os
import subprocess
from pathlib import Path

import pytest

import stack

CORE = ('dml-basic', 'dml-pk-change', 'types-net-ranges-geometry', 'types-temporal', 'partitions-via-root', 'schema-change', 'toast-default', 'signal-incremental',
        'signal-kafka')
GOLDEN = Path(__file__).parent.parent / 'golden'


@pytest.mark.parametrize('version', [13, 18])
def test_the_core(version, folder, kafka_address):
    group = folder.name
    postgres = stack.postgres(folder / 'p', '--version', str(version)).start()
    worker = stack.worker(folder / 'w', kafka_address, group=group, offset_flush_interval_ms=1000).start()
    try:
        environment = {**os.environ, 'MILLRACE_TEST_PG': postgres.address, 'MILLRACE_TEST_REST': worker.address,
                       'MILLRACE_TEST_OFFSETS_TOPIC': f'{group}-offsets'}
        done = subprocess.run([GOLDEN / 'run', *CORE], env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count('pass ') == len(CORE), done.stdout
    finally:
        worker.stop()
        postgres.stop()
