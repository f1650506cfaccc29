"""A connector that is handed from Millrace to Kafka Connect's Debezium and back, at any instant, loses nothing and repeats nothing out of order."""
import os

import pytest

from handovers import Landscape, run

COUNT = int(os.environ.get('MILLRACE_TEST_HANDOVERS', '0'))  # tests/endurance/handovers; 0: few of them


@pytest.mark.parametrize('streamed', [False, True] if COUNT else [True], ids=lambda streamed: 'streamed' if streamed else 'whole')
def test_a_connector_changes_hands(streamed, folder, kafka_address, postgres_address, database, dice):
    landscape = Landscape(folder, kafka_address, postgres_address, database, dice, streamed=streamed, counted=streamed)
    try:
        landscape.start()
        problems = run(landscape, COUNT or 6, kill_java=bool(COUNT))
        assert not problems, '\n'.join(problems[:30])
    finally:
        landscape.end()
