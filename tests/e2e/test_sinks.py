"""Sink connectors: every record is delivered at least once, and offsets never run ahead of what the sink has made safe."""
import json
import time
from pathlib import Path

import pytest
from confluent_kafka.admin import NewPartitions, NewTopic

import stack
from conftest import own_broker, unique
from sink import PLUGINS, Sink, committed, numbers, worker_with_plugins

KILLS = 8


@pytest.fixture(scope='module')
def worker(kafka_address):
    with worker_with_plugins(kafka_address, 'sinks') as service:
        yield service


@pytest.fixture
def sink(rest, kafka_address, folder):
    made = Sink(rest, kafka_address, folder, partitions=3)
    yield made
    made.delete()


def test_lines_of_a_file_become_lines_of_a_file(rest, sink, folder):
    source = folder / 'lines.txt'
    source.write_text(''.join(f'{n}\n' for n in numbers(0, 5000)))
    config = {'connector.class': 'FileStreamSource', 'file': str(source), 'topic': sink.topic, 'value.converter': 'org.apache.kafka.connect.storage.StringConverter'}
    assert rest.call('PUT', f'/connectors/{sink.name}-source/config', config)[0] == 201
    try:
        sink.put('FileStreamSink', tasks_max=2, file=sink.out)
        stack.wait_for(lambda: f'all lines, {len(sink.lines())} are there; {rest.status(sink.name)}', lambda: set(sink.lines()) == set(numbers(0, 5000)))
        sink.wait_committed(5000)
        assert sorted(sink.lines(), key=int) == numbers(0, 5000), 'once each, as nothing went wrong'
        assert rest.get(f'/connectors/{sink.name}/topics') == {sink.name: {'topics': [sink.topic]}}
        for name in (sink.name, f'{sink.name}-source'):
            assert rest.call('PUT', f'/connectors/{name}/topics/reset')[0] == 202
            stack.wait_for('no topics', lambda: rest.get(f'/connectors/{name}/topics') == {name: {'topics': []}})
        with source.open('a') as more:
            for name in (sink.name, f'{sink.name}-source'):
                stack.wait_for('the topic that is still used', lambda: more.write('again\n') and more.flush() is None and rest.get(
                    f'/connectors/{name}/topics') == {name: {'topics': [sink.topic]}}, 60, 0.2)
        assert rest.get(f'/connectors/{sink.name}')['type'] == 'sink'
        task = rest.get(f'/connectors/{sink.name}/tasks')[1]
        assert task['config']['task.class'] == 'org.apache.kafka.connect.file.FileStreamSinkTask' and task['config']['topics'] == sink.topic
    finally:
        rest.call('DELETE', f'/connectors/{sink.name}-source')


def test_pause_stop_and_resume(sink):
    sink.produce(numbers(0, 300))
    sink.put()
    sink.wait_values(numbers(0, 300))
    sink.change('pause')
    sink.wait_states('PAUSED', 'PAUSED')
    sink.wait_committed(300)
    sink.produce(numbers(300, 600))
    sink.change('resume')
    sink.wait_states('RUNNING', 'RUNNING')
    sink.wait_values(numbers(0, 600))
    sink.change('stop')
    sink.wait_states('STOPPED')
    sink.wait_committed(600)
    sink.produce(numbers(600, 900))
    sink.change('resume')
    sink.wait_values(numbers(0, 900))
    assert sorted(o for offsets in sink.taken().values() for o in offsets) == sorted(list(range(300)) * 3), 'nothing twice, as nothing went wrong'


def test_records_that_a_paused_task_must_not_have(sink):
    sink.put()
    sink.wait_states('RUNNING', 'RUNNING')
    sink.change('pause')
    sink.wait_states('PAUSED', 'PAUSED')
    other = Sink(sink.rest, sink.kafka_address, sink.out.parent)
    try:
        sink.produce(numbers(0, 30))
        other.produce(numbers(0, 30))
        other.put()
        other.wait_values(numbers(0, 30))  # long enough for the paused one, had it read on
        assert sink.lines() == []
    finally:
        other.delete()


def test_a_batch_that_is_not_taken_comes_again(sink):
    sink.put(retriable_every=2)
    for first in range(0, 3000, 300):
        sink.produce(numbers(first, first + 300))
        sink.wait_values(numbers(0, first + 300))
    sink.wait_committed(3000)
    for offsets in sink.taken().values():
        assert offsets == list(range(1000)), 'in order, without a gap'
    assert 'RetriableException' in sink_log(sink)


def sink_log(sink):
    folder = Path(stack.environment('MILLRACE_TEST_DIR'))
    return '\n'.join(log.read_text(errors='replace') for log in folder.glob('worker-*/log'))


def test_a_flush_that_fails_has_its_records_delivered_again(sink):
    sink.put(buffered='true', flush_fails_every=2)
    for first in range(0, 1500, 300):
        sink.produce(numbers(first, first + 300))
        sink.wait_values(numbers(0, first + 300))
    sink.wait_committed(1500)


def test_what_a_task_wants_to_have_again_is_not_committed(sink, folder):
    once = folder / f'{sink.name}-once'
    once.touch()
    sink.produce(numbers(0, 300))
    sink.put(rewind_once=once)
    assert 'the end after a rewind' in sink.rest.wait_failed(sink.name)
    assert not sink.lines()
    sink.rest.call('POST', f'/connectors/{sink.name}/tasks/0/restart')
    sink.wait_values(numbers(0, 300))
    sink.wait_committed(300)


def test_a_fatal_record_fails_the_task_and_keeps_its_offset(sink):
    sink.produce(numbers(0, 300))
    sink.put(fatal_value='poison')
    sink.wait_values(numbers(0, 300))
    sink.produce(['poison'])
    trace = sink.rest.wait_failed(sink.name)
    assert trace.startswith('org.apache.kafka.connect.errors.ConnectException: Exiting WorkerSinkTask due to unrecoverable exception.')
    assert 'Caused by: org.apache.kafka.connect.errors.ConnectException: this record is the end' in trace
    sink.wait_committed(300)
    sink.produce(numbers(300, 600))
    sink.put(fatal_value='other')
    sink.wait_values(numbers(0, 600) + ['poison'])
    sink.wait_states('RUNNING', 'RUNNING')


def test_a_task_may_pause_only_what_is_its_own(sink):
    sink.produce(['1'])
    sink.put(pause_topic='nowhere')
    refusal = 'SinkTasks may not pause partitions that are not currently assigned to them: nowhere-0'
    stack.wait_for(lambda: f'the refusal: {sink.lines()}', lambda: refusal in sink.lines())
    sink.put(pause_topic=sink.topic)

    def paused():
        sink.produce(['2'])  # the task before it may take some
        return 'paused' in sink.lines()
    stack.wait_for(lambda: f'no refusal: {sink.lines()}', paused, every=0.5)


def test_records_that_cannot_be_delivered_go_to_the_dead_letter_queue(sink):
    queue = sink.topic + '-dlq'
    sink.produce(['1', '{not json', '2'], headers=[('h', b'v'), ('none', None)], key='k')
    sink.produce(['"disliked"'], key='k')
    sink.put(value_converter='org.apache.kafka.connect.json.JsonConverter', value_converter_schemas_enable='false', errors_tolerance='all',
             errors_deadletterqueue_topic_name=queue, errors_deadletterqueue_topic_replication_factor=1,
             errors_deadletterqueue_context_headers_enable='true', report_value='disliked', report_own='mine')
    sink.wait_committed(4)
    letters = {m.value(): m for m in sink.records_of(queue, 3)}
    assert set(letters) == {b'{not json', b'"disliked"', b'"mine"'}
    bad = letters[b'{not json']
    assert bad.key() == b'k' and bad.headers()[:2] == [('h', b'v'), ('none', None)]
    told = dict(bad.headers()[2:])
    assert list(told) == ['__connect.errors.' + name for name in (
        'topic', 'partition', 'offset', 'connector.name', 'task.id', 'stage', 'class.name', 'exception.class.name', 'exception.message', 'exception.stacktrace')]
    assert told['__connect.errors.topic'] == sink.topic.encode() and told['__connect.errors.partition'] == b'1' and told['__connect.errors.offset'] == b'0'
    assert told['__connect.errors.connector.name'] == sink.name.encode() and told['__connect.errors.task.id'] == b'0'
    assert told['__connect.errors.stage'] == b'VALUE_CONVERTER' and told['__connect.errors.class.name'] == b'org.apache.kafka.connect.json.JsonConverter'
    assert told['__connect.errors.exception.class.name'] == b'org.apache.kafka.connect.errors.DataException'
    reported = dict(letters[b'"disliked"'].headers())
    assert reported['__connect.errors.stage'] == b'TASK_PUT' and reported['__connect.errors.class.name'] == b'org.apache.kafka.connect.sink.SinkTask'
    assert reported['__connect.errors.exception.message'] == b'this record is not liked'
    own = dict(letters[b'"mine"'].headers())
    assert (own['__connect.errors.topic'], own['__connect.errors.partition'], own['__connect.errors.stage']) == (b'nowhere', b'-1', b'TASK_PUT')
    sink.wait_states('RUNNING', 'RUNNING')


def test_a_reported_record_that_the_dead_letter_queue_refuses_fails_the_task_and_keeps_its_offset(sink):
    queue, refused = sink.topic + '-dlq', 'x' * 1000
    sink.admin.create_topics([NewTopic(queue, 1, 1, config={'max.message.bytes': '200'})])[queue].result()
    sink.produce(['1', refused, '2'])
    sink.put(errors_tolerance='all', errors_deadletterqueue_topic_name=queue, report_value=refused)
    trace = sink.rest.wait_failed(sink.name)
    assert f'is not in the dead letter queue (topic={queue})' in trace
    assert sink.committed().get((sink.topic, 1), 0) == 0


def test_a_record_that_cannot_be_converted_fails_an_intolerant_task(sink):
    sink.produce(['{not json'])
    sink.put(value_converter='org.apache.kafka.connect.json.JsonConverter')
    trace = sink.rest.wait_failed(sink.name)
    assert trace.startswith('org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler'), trace
    assert 'Caused by: org.apache.kafka.connect.errors.DataException' in trace
    assert sink.committed() == {}


@pytest.mark.parametrize(('setting', 'value', 'first_line', 'reason'), [
    ('topics', 'no good name', 'org.apache.kafka.common.errors.InvalidTopicException: Invalid topics: [no good name]', ''),
    ('consumer_override_max_poll_records', 0,
     'org.apache.kafka.common.config.ConfigException: Invalid value 0 for configuration max.poll.records: Value must be at least 1', ''),
    ('errors_deadletterqueue_topic_replication_factor', 7,
     'org.apache.kafka.connect.errors.ConnectException: Could not initialize dead letter queue with topic=dlq-of-seven',
     'Caused by: org.apache.kafka.common.errors.InvalidReplicationFactorException: '),
])
def test_what_cannot_work_is_said(sink, setting, value, first_line, reason):
    sink.put(**{'errors_deadletterqueue_topic_name': 'dlq-of-seven' if 'deadletter' in setting else None, setting: value})
    trace = sink.rest.wait_failed(sink.name)
    assert trace.splitlines()[0] == first_line and reason in trace


@pytest.mark.parametrize('limits', [
    {'max_poll_interval_ms': 30_000, 'fetch_max_bytes': 500_000},
    {'session_timeout_ms': 600_000, 'max_poll_records': 2_147_483_647},
    {'metadata_max_age_ms': 720_000},
], ids=['short', 'long', 'old'])
def test_limits_that_only_java_takes(sink, limits):
    sink.produce(numbers(0, 30))
    sink.put(**{f'consumer_override_{name}': value for name, value in limits.items()})
    sink.wait_values(numbers(0, 30))


def test_two_tasks_that_are_the_same_member_of_the_group(sink):
    """As Java's: the one that came first fails."""
    sink.put('FileStreamSink', tasks_max=2, file=sink.out, **{'consumer.override.group.instance.id': 'one'})
    stack.wait_for(lambda: f'a task to fail; {sink.rest.status(sink.name)}',
                   lambda: sorted(sink.rest.states(sink.name)) == ['FAILED', 'RUNNING', 'RUNNING'])
    trace, = [task['trace'] for task in sink.rest.status(sink.name)['tasks'] if task['state'] == 'FAILED']
    assert trace.splitlines()[0] == (
        "org.apache.kafka.common.errors.FencedInstanceIdException: Cannot read from the group's topics: "
        'Broker: Static consumer fenced by other consumer with same group.instance.id (FENCED_INSTANCE_ID)')


def test_a_task_that_cannot_close_is_not_asked_to_open(sink):
    sink.put(close_fails='true', consumer_override_metadata_max_age_ms=500)
    for run in range(1, 4):  # the next partitions come in the call that took the others away, or after it
        stack.wait_for('its partitions', lambda run=run: sink.lines() == ['opened'] * run)
        sink.admin.create_partitions([NewPartitions(sink.topic, 3 + run)])[sink.topic].result()
        assert sink.rest.wait_failed(sink.name).startswith('org.apache.kafka.connect.errors.ConnectException: this close fails')
        assert sink.lines() == ['opened'] * run
        assert sink.rest.call('POST', f'/connectors/{sink.name}/tasks/0/restart')[0] == 204


def test_there_is_nothing_before_the_first_record(sink, folder):
    start = folder / 'start'
    start.touch()
    sink.produce(['1'])
    sink.put(rewind_to_start=start, rewind_offset=-1)
    assert 'java.lang.IllegalArgumentException: seek offset must not be a negative number' in sink.rest.wait_failed(sink.name)
    assert sink.committed() == {}


def test_a_time_out_of_zero_is_none(sink, folder, worker):
    (folder / 'stay').touch()
    sink.produce(['1'])
    sink.put(retriable_while=folder / 'stay', retriable_timeout=0)

    def tries():
        return worker.log().count(f'WorkerSinkTask{{id={sink.name}-0}} RetriableException from SinkTask')
    first = stack.wait_for('the first try', tries)
    begun = time.monotonic()
    stack.wait_for('eight more', lambda: tries() >= first + 8)
    assert time.monotonic() - begun > 1.5, 'one for each commit, which the worker does every 300 ms'


def test_a_topic_that_cannot_be_made_as_its_group_says(rest, sink, folder):
    name, source = f'{sink.name}-source', folder / 'lines.txt'
    source.write_text('1\n')
    config = {'connector.class': 'FileStreamSource', 'file': str(source), 'topic': name, 'topic.creation.default.partitions': '1',
              'topic.creation.default.replication.factor': '7'}
    assert rest.call('PUT', f'/connectors/{name}/config', config)[0] == 201
    try:
        trace = rest.wait_failed(name).splitlines()
        assert trace[0].startswith(f"org.apache.kafka.connect.errors.ConnectException: Unable to create topic(s) '{name}': ")
        assert trace[1].startswith('Caused by: org.apache.kafka.common.errors.InvalidReplicationFactorException: ')
    finally:
        rest.call('DELETE', f'/connectors/{name}')


def test_topics_that_match_a_pattern_are_read_also_when_they_come_late(sink):
    sink.produce(numbers(0, 30))
    sink.put(topics=None, topics_regex=f'{sink.topic}(-late)?', consumer_override_metadata_max_age_ms=500)
    sink.wait_values(numbers(0, 30))
    for name in ('-late', '-later'):
        sink.create_topic(sink.topic + name)
        sink.produce([f'from{name}'], topic=sink.topic + name)
    sink.wait_values(['from-late'])
    assert 'from-later' not in sink.values()


def test_a_topic_that_does_not_exist_yet(sink):
    topic = sink.topic + '-new'
    sink.put(topics=topic)
    sink.wait_states('RUNNING', 'RUNNING')
    sink.produce(['first'], topic=topic)
    sink.wait_values(['first'])


def test_tasks_that_come_and_go_share_the_partitions(sink):
    sink.put(buffered='true', tasks_max=1)
    total = 0
    for tasks in (3, 2, 1, 3):
        sink.produce(numbers(total, total + 600))
        total += 600
        sink.put(buffered='true', tasks_max=tasks)
        sink.wait_states(*['RUNNING'] * (tasks + 1))
        sink.wait_values(numbers(0, total))
    sink.wait_committed(total)
    assert sink.rest.call('POST', f'/connectors/{sink.name}/restart?includeTasks=true')[0] in (202, 204)
    sink.produce(numbers(total, total + 300))
    sink.wait_values(numbers(0, total + 300))


def test_offsets_that_a_user_sets(sink):
    path = f'/connectors/{sink.name}/offsets'
    at = {'kafka_topic': sink.topic, 'kafka_partition': 0}
    sink.produce(numbers(0, 30))
    sink.put()
    sink.wait_committed(30)
    stored = sink.rest.get(path)['offsets']
    assert sorted((o['partition']['kafka_partition'], o['offset']['kafka_offset']) for o in stored) == [(0, 10), (1, 10), (2, 10)]
    status, text = sink.rest.call('PATCH', path, {'offsets': [{'partition': at, 'offset': {'kafka_offset': 4}}]})
    assert status == 400 and 'must be in the STOPPED state' in text, text

    sink.change('stop')
    sink.wait_states('STOPPED')
    stack.wait_for('the group to be empty', lambda: sink.rest.call('PATCH', path, {'offsets': [{'partition': at, 'offset': {'kafka_offset': 4}}]})[0] == 200)
    assert sink.committed()[sink.topic, 0] == 4
    sink.change('resume')
    sink.wait_committed(30)
    assert sink.taken()[sink.topic, 0] == list(range(10)) + list(range(4, 10)) and sink.taken()[sink.topic, 1] == list(range(10))

    sink.change('stop')
    sink.wait_states('STOPPED')
    stack.wait_for('the group to be empty', lambda: sink.rest.call('DELETE', path)[0] == 200)
    assert sink.rest.get(path) == {'offsets': []}
    sink.change('resume')
    sink.wait_committed(30)
    assert sink.taken()[sink.topic, 1] == list(range(10)) * 2


def test_kill_9_repeats_records_and_loses_none(kafka_address, folder, dice):
    worker = stack.worker(folder / 'w', kafka_address, group=unique('killed-'), offset_flush_interval_ms=100, session_timeout_ms=6000,
                          consumer_session_timeout_ms=6000, plugin_path=PLUGINS).start()
    sink = Sink(stack.Rest(worker.address), kafka_address, folder, partitions=2)
    produced = 0

    def problems():
        """What the group has committed although the sink had not flushed it."""
        taken = {at: set(offsets) for at, offsets in sink.taken().items()}
        return [(at, offset, missing) for at, offset in sink.committed().items() if (missing := set(range(offset)) - taken.get(at, set()))]

    try:
        for kill in range(KILLS):
            # What is written in flush() shows commits that come too early; what is written in put() comes twice.
            sink.put(buffered='true' if kill < KILLS // 2 else 'false', retriable_every=7, consumer_override_max_poll_records=50)
            sink.produce(numbers(produced, produced + 2000))
            produced += 2000
            wanted = len(sink.lines()) + dice.randrange(1, 1500)
            stack.wait_for(f'progress before kill {kill}', lambda: len(sink.lines()) >= wanted or len(sink.values()) == produced, every=0.01)
            worker.kill()
            assert problems() == []
            worker.resume('--no-wait')
        sink.wait_values(numbers(0, produced), 120)
        sink.wait_committed(produced)
        assert problems() == []
        print(f'{len(sink.lines())} deliveries of {produced} records')
    finally:
        worker.stop()


def test_a_broker_that_restarts_while_a_sink_joins_leaves_no_partition_unread(folder):
    with own_broker() as kafka:
        worker = stack.worker(folder / 'w', kafka.address, group=unique('away-'), offset_flush_interval_ms=100, session_timeout_ms=6000, plugin_path=PLUGINS).start()
        sink = Sink(stack.Rest(worker.address), kafka.address, folder, partitions=12)
        produced = 0
        try:
            for restart in range(4):
                sink.produce(numbers(produced, produced + 600))
                produced += 600
                sink.put(consumer_override_session_timeout_ms=6000, consumer_override_client_id=f'try{restart}')
                stack.wait_for('the sink to join', lambda: worker.log().count('Subscribing to') > restart, every=0.01)
                kafka.restart()
                sink.wait_values(numbers(0, produced), 120)
                stack.wait_for(lambda: f'commits of {produced} records; they are {committed(sink)}', lambda: committed(sink) == produced, 120)
            assert {at: set(offsets) for at, offsets in sink.taken().items()} == {
                (sink.topic, partition): set(range(produced // 12)) for partition in range(12)}
        finally:
            worker.stop()
