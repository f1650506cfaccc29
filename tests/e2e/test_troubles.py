"""Sinks that retry, hold back, go back and dawdle: what the group has of them is never ahead of what they have made safe. Records that are
refused, and what is said of them. The worker commits once an hour, or when a task asks for it, so each commit that is seen has a reason."""
import contextlib
import re
import time

import pytest
from confluent_kafka import ConsumerGroupState, Producer
from confluent_kafka.admin import NewTopic

import stack
from conftest import own_broker, unique
from group import Lines
from sink import PLUGINS, Gate, Sink, committed, numbers, suspended, worker_with_plugins


@pytest.fixture(scope='module')
def worker(kafka_address):
    with worker_with_plugins(kafka_address, 'troubles', offset_flush_interval_ms=3_600_000) as service:
        yield service


@pytest.fixture
def sink(rest, kafka_address, folder):
    made = Sink(rest, kafka_address, folder, partitions=3)
    yield made
    made.delete()


@pytest.fixture
def flag(folder):
    path = folder / 'flag'
    path.touch()
    return path


@pytest.fixture
def gate(folder):
    return Gate(folder / 'gate')


def metric(rest, name, **labels):
    """The value of a series, or none."""
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    for line in rest.metrics().splitlines():
        series = re.fullmatch(re.escape(name) + r'\{(.*)\} (\S+)', line)
        if series and wanted <= set(series[1].split(',')):
            return float(series[2])
    return None


def flaky(flag, **more):
    """A transformation that asks for another try as long as the file is there."""
    return {'transforms': 'flaky', 'transforms_flaky_type': 'org.example.Flaky', 'transforms_flaky_while': flag, **more}


def test_a_record_is_tried_again_until_it_goes_through(sink, flag):
    sink.put(**flaky(flag, errors_retry_timeout=-1, errors_retry_delay_max_ms=50, errors_tolerance='all'))
    sink.produce(numbers(0, 30))
    stack.wait_for('retries', lambda: (metric(sink.rest, 'kafka_connect_task_error_total_retries', connector=sink.name) or 0) > 3)
    assert sink.lines() == []
    flag.unlink()
    sink.wait_values(numbers(0, 30))
    assert metric(sink.rest, 'kafka_connect_task_error_total_records_skipped', connector=sink.name) == 0


def test_when_the_time_for_retries_is_over_the_record_is_skipped_and_told_of(sink, flag, worker):
    sink.put(**flaky(flag, errors_retry_timeout=500, errors_tolerance='all', errors_log_enable='true', errors_log_include_messages='true',
                     request_commit='true'))
    sink.produce(['first'])
    line = (rf"Error encountered in task {sink.name}-0\. Executing stage 'TRANSFORMATION' with class 'org\.example\.Flaky', where consumed record is "
            rf"{{topic='{sink.topic}', partition=0, offset=0, timestamp=\d+, timestampType=CreateTime}}\. org\.apache\.kafka\.connect\.errors\.RetriableException: not now")
    stack.wait_for(lambda: f'{line}; {[text for text in worker.log().splitlines() if sink.name in text][-3:]}', lambda: re.search(line, worker.log()))
    assert metric(sink.rest, 'kafka_connect_task_error_total_retries', connector=sink.name) >= 1
    flag.unlink()
    sink.produce(['second'])
    sink.wait_values(['second'])
    sink.wait_committed(2)
    assert sink.values() == {'second'}


def test_when_the_time_for_retries_is_over_an_intolerant_task_fails(sink, flag):
    sink.put(**flaky(flag, errors_retry_timeout=500))
    sink.produce(['first'])
    trace = sink.rest.wait_failed(sink.name)
    assert trace.startswith('org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler'), trace
    assert 'Caused by: org.apache.kafka.connect.errors.RetriableException: not now' in trace
    assert not any(sink.committed().values())


def test_a_record_that_brokers_refuse_is_told_of(rest, sink, folder, worker):
    topic, source = sink.topic + '-small', folder / 'lines.txt'
    sink.admin.create_topics([NewTopic(topic, 1, 1, config={'max.message.bytes': '200'})])[topic].result()
    source.write_text('x' * 1000 + '\n')
    config = {'connector.class': 'FileStreamSource', 'file': str(source), 'topic': topic, 'errors.tolerance': 'all', 'errors.log.enable': 'true',
              'errors.log.include.messages': 'true', 'value.converter': 'org.apache.kafka.connect.storage.StringConverter'}
    assert rest.call('PUT', f'/connectors/{sink.name}/config', config)[0] == 201
    line = (rf"Error encountered in task {sink.name}-0\. Executing stage 'KAFKA_PRODUCE' with class 'org\.apache\.kafka\.connect\.runtime\.WorkerSourceTask', "
            rf"where source record is = SourceRecord{{topic='{topic}', kafkaPartition=null, timestamp=\d+}}\. org\.apache\.kafka\.common\.errors\.RecordTooLargeException")
    stack.wait_for(lambda: f'{line}; {[text for text in worker.log().splitlines() if sink.name in text][-3:]}', lambda: re.search(line, worker.log()))
    source.open('a').write('small\n')
    assert [message.value() for message in sink.records_of(topic, 1)] == [b'small']
    sink.wait_states('RUNNING', 'RUNNING')


def test_nothing_is_committed_before_its_time_unless_the_task_asks(sink):
    sink.produce(numbers(0, 30))
    sink.put()
    sink.wait_values(numbers(0, 30))
    assert sink.committed() == {}
    sink.put(request_commit='true')  # its old task commits when it stops
    sink.wait_committed(30)
    sink.produce(numbers(30, 60))
    sink.wait_committed(60)


def test_what_a_task_holds_back_is_delivered_again(sink):
    """pre_commit() gives five records less than put() took, in each partition; what the group has is exactly that."""
    def wait_at(offset):
        stack.wait_for(lambda: f'{offset} committed in each partition; they are {sink.committed()}',
                       lambda: sink.committed() == {(sink.topic, partition): offset for partition in range(3)})
        for at, offsets in sink.taken().items():
            assert set(range(offset)) <= set(offsets), at

    sink.put(keep_back=5, request_commit='true')
    sink.produce(numbers(0, 300))
    wait_at(95)
    assert all(offsets == list(range(100)) for offsets in sink.taken().values())
    sink.put(keep_back=5, request_commit='true', tasks_max=3)
    stack.wait_for(lambda: f'the new tasks to begin where the group stood; {sink.taken()}', lambda: all(offsets.count(95) == 2 for offsets in sink.taken().values()))
    sink.produce(numbers(300, 600))
    wait_at(195)
    sink.wait_values(numbers(0, 600))
    for restart in range(2, 4):
        assert sink.rest.call('POST', f'/connectors/{sink.name}/restart?includeTasks=true')[0] in (202, 204)
        stack.wait_for(lambda restart=restart: f'delivery {restart} of what was held back; {sink.taken()}',
                       lambda restart=restart: all(offsets.count(199) >= restart for offsets in sink.taken().values()))
    wait_at(195)


def test_a_pause_while_a_batch_is_to_be_put_again(sink, flag, worker):
    """As in Kafka Connect the task is given that batch also while it is paused, and nothing else."""
    sink.put(retriable_while=flag, request_commit='true')
    sink.produce(numbers(0, 300))
    failure = f'WorkerSinkTask{{id={sink.name}-0}} RetriableException from SinkTask'
    stack.wait_for('a put that fails', lambda: failure in worker.log())
    sink.change('pause')
    sink.wait_states('PAUSED', 'PAUSED')
    sink.produce(numbers(300, 600))
    flag.unlink()
    stack.wait_for('the batch', lambda: sink.lines())
    stack.wait_for(lambda: f'its commit; {sink.committed()}', lambda: sum(sink.committed().values()) == len(sink.lines()))
    assert sink.values() <= set(numbers(0, 300))
    assert sink.rest.states(sink.name) == ['PAUSED', 'PAUSED']
    sink.change('resume')
    sink.wait_values(numbers(0, 600))
    sink.wait_committed(600)
    assert all(offsets == list(range(200)) for offsets in sink.taken().values()), 'in order, each once'


def test_a_rewind_takes_back_what_the_group_has(sink, folder, flag):
    start = folder / 'start'
    sink.produce(numbers(0, 300))
    flag.unlink()
    sink.put(rewind_to_start=start, retriable_while=flag, request_commit='true')
    sink.wait_committed(300)
    flag.touch()
    start.touch()
    sink.produce(['more'])
    stack.wait_for('the rewind', lambda: not start.exists())
    nothing = {(sink.topic, partition): 0 for partition in range(3)}
    stack.wait_for(lambda: f'nothing committed while the task takes nothing; it is {sink.committed()}', lambda: sink.committed() == nothing)
    flag.unlink()
    sink.wait_committed(301)
    assert {partition: offsets for (_, partition), offsets in sink.taken().items()} == {
        0: [*range(100), *range(101)], 1: [*range(100)] * 2, 2: [*range(100)] * 2}


def test_a_rewind_of_a_partition_that_is_not_the_tasks_fails_it(sink):
    sink.put(rewind_topic='nowhere')
    sink.produce(['1'])
    trace = sink.rest.wait_failed(sink.name)
    assert trace.startswith('java.lang.IllegalStateException: No current assignment for partition nowhere-0'), trace
    assert sink.values() == {'1'}
    assert not any(sink.committed().values()), 'what the task wanted to have again with that is not done'


def members(sink):
    group = f'connect-{sink.name}'
    described = sink.admin.describe_consumer_groups([group])[group].result()
    return described.state, [member.client_id for member in described.members]


def test_a_put_that_takes_longer_than_the_group_waits(sink, gate):
    """The task is put out of the group, comes back, and is given again what it could not commit."""
    sink.produce(numbers(0, 300))
    sink.put(hold_while=gate, request_commit='true', consumer_override_max_poll_interval_ms=6000, consumer_override_session_timeout_ms=6000)
    gate.wait_held()
    stack.wait_for(lambda: f'the group to be left; it is {members(sink)}', lambda: members(sink) == (ConsumerGroupState.EMPTY, []))
    assert not any(sink.committed().values())
    sink.produce(numbers(300, 600))
    gate.open()
    sink.wait_values(numbers(0, 600))
    sink.wait_committed(600)
    assert len(sink.lines()) > 600, 'what was put while it was no member came again'
    sink.wait_states('RUNNING', 'RUNNING')


def test_a_put_that_does_not_return(folder, kafka_address, gate):
    """The next task goes on without that one, whose return does no harm, and the worker ends while such a put is under way."""
    with worker_with_plugins(kafka_address, 'hanging', task_shutdown_graceful_timeout_ms=500) as worker:
        sink = Sink(stack.Rest(worker.address), kafka_address, folder)
        short = {'consumer_override_max_poll_interval_ms': 6000, 'consumer_override_session_timeout_ms': 6000}
        given_up = f'Graceful stop of task {sink.name}-0 failed.'
        sink.produce(numbers(0, 30))
        sink.put(hold_while=gate, **short)
        gate.wait_held()
        first, sink.out = sink.out, folder / 'second.out'
        sink.put()
        stack.wait_for('the task to be given up', lambda: given_up in worker.log())
        sink.wait_values(numbers(0, 30))
        assert not first.read_text(), 'it still waits'
        sink.produce(numbers(30, 60))
        sink.wait_committed(60)
        gate.open()
        stack.wait_for('the put to return', first.read_text)
        sink.produce(numbers(60, 90))
        sink.wait_committed(90)
        assert sink.taken() == {(sink.topic, 0): list(range(90))}
        sink.wait_states('RUNNING', 'RUNNING')
        last = Gate(folder / 'last')
        sink.change('stop')
        sink.wait_states('STOPPED')
        sink.produce(['more'])
        sink.put(hold_while=last, **short)
        sink.change('resume')
        last.wait_held()
        worker.stop()
        assert worker.log().count(given_up) == 2
        assert 'Kafka Connect stopped' in worker.log(), 'it was killed'
        worker.resume()
        last.path.unlink()
        sink.wait_values(['more'])


def test_a_partition_without_an_offset_is_read_from_a_time_ago(sink):
    now = int(time.time() * 1000)
    producer = Producer({'bootstrap.servers': sink.kafka_address})
    for partition in (0, 1):
        producer.produce(sink.topic, 'old', partition=partition, timestamp=now - 7_200_000)
    producer.produce(sink.topic, 'newer', partition=0, timestamp=now - 600_000)
    assert producer.flush(60) == 0
    sink.put(consumer_override_auto_offset_reset='by_duration:PT1H')
    sink.wait_values(['newer'])
    sink.produce(numbers(0, 3))  # also behind the old record of a partition that had no other
    sink.wait_values(numbers(0, 3))
    assert 'old' not in sink.values()


def test_the_group_protocol_of_new_brokers(sink):
    new = {'consumer_override_group_protocol': 'consumer', 'request_commit': 'true', 'keep_back': 5}
    sink.produce(numbers(0, 300))
    sink.put(**new)
    sink.wait_committed(285)
    sink.put(tasks_max=3, **new)
    sink.produce(numbers(300, 600))
    sink.wait_values(numbers(0, 600))
    sink.wait_committed(585)
    for at, offsets in sink.taken().items():
        assert set(offsets) == set(range(200)), at
    assert committed(sink) == 585
    sink.change('stop')
    sink.wait_states('STOPPED')
    path = f'/connectors/{sink.name}/offsets'
    change = {'offsets': [{'partition': {'kafka_topic': sink.topic, 'kafka_partition': 0}, 'offset': {'kafka_offset': 1}}]}
    stack.wait_for('the group to be empty', lambda: sink.rest.call('PATCH', path, change)[0] == 200)
    assert sink.committed()[sink.topic, 0] == 1
    stack.wait_for('the group to be empty', lambda: sink.rest.call('DELETE', path)[0] == 200)
    assert sink.rest.get(path) == {'offsets': []}
    sink.put(consumer_override_session_timeout_ms=6000, **new)
    sink.change('resume')
    assert 'session.timeout.ms cannot be set when group.protocol=CONSUMER' in sink.rest.wait_failed(sink.name)


def test_settings_of_clients_that_have_no_effect_are_named(sink, worker):
    sink.put(topics=None, topics_regex='__consumer_offsets', consumer_override_exclude_internal_topics='false',
             consumer_override_interceptor_classes='org.example.Interceptor', consumer_override_default_api_timeout_ms=1000)
    told = f'WorkerSinkTask{{id={sink.name}-0}} Subscribing to __consumer_offsets'
    stack.wait_for('the internal topic', lambda: told in worker.log())
    log = worker.log()
    assert 'interceptor.classes=org.example.Interceptor has no effect: ' in log
    assert 'default.api.timeout.ms=1000 has no effect: ' in log


def wait_for_a_late_flush(kafka, worker, lines):
    """Suspends the broker until a flush of the source is late; again, if it met the moment in which there was nothing to flush."""
    late = f'WorkerSourceTask{{id={lines.name}-0}} Failed to flush, timed out while waiting for producer to flush'
    for _ in range(5):
        lines.wait_beyond()
        with suspended(kafka), contextlib.suppress(stack.TimedOut):
            stack.wait_for('a flush that is late', lambda: late in worker.log(), 8)
        if late in worker.log():
            return
    raise AssertionError(f'no flush was late; {worker.log()[-3000:]}')


def test_commits_that_brokers_do_not_answer_in_time(folder, gate):
    """A sink's and a source's: both are told of, both tasks go on."""
    with own_broker() as kafka:
        worker = stack.worker(folder / 'w', kafka.address, offset_flush_interval_ms=2000, offset_flush_timeout_ms=1000, session_timeout_ms=60000,
                              plugin_path=PLUGINS).start()
        rest = stack.Rest(worker.address)
        sink, lines = Sink(rest, kafka.address, folder), Lines(folder, unique('lines'), kafka.address)
        try:
            sink.produce(numbers(0, 30))
            sink.put(hold_while=gate, request_commit='true')
            lines.create(rest).start()
            lines.wait_beyond()
            gate.wait_held()
            with suspended(kafka):
                gate.open()
                late = f'WorkerSinkTask{{id={sink.name}-0}} Commit of offsets timed out'
                stack.wait_for('the commit to be late', lambda: late in worker.log())
            wait_for_a_late_flush(kafka, worker, lines)
            assert metric(rest, 'kafka_connect_connector_task_offset_commit_failure_percentage', connector=lines.name) > 0
            stack.wait_for(lambda: f'the commit; {committed(sink)}', lambda: committed(sink) == 30)
            sink.produce(numbers(30, 60))
            sink.wait_values(numbers(0, 60))
            stack.wait_for(lambda: f'the commit; {committed(sink)}', lambda: committed(sink) == 60)
            lines.wait_beyond()
            for name in (sink.name, lines.name):
                assert rest.states(name) == ['RUNNING', 'RUNNING']
        finally:
            lines.done.set()
            worker.stop()


def test_a_task_is_not_hurried_while_a_commit_is_under_way(folder, gate):
    """Its turns come as often as commits, although the next one has been due for long."""
    count = folder / 'puts'
    with own_broker() as kafka, worker_with_plugins(kafka.address, 'unhurried', offset_flush_interval_ms=100, offset_flush_timeout_ms=3000) as worker:
        sink = Sink(stack.Rest(worker.address), kafka.address, folder)
        sink.produce(numbers(0, 30))
        sink.put(hold_while=gate, count_puts=count)
        gate.wait_held()
        with suspended(kafka):
            before = count.stat().st_size
            gate.open()
            stack.wait_for('the commit to be late', lambda: f'WorkerSinkTask{{id={sink.name}-0}} Commit of offsets timed out' in worker.log())
            assert 0 < count.stat().st_size - before < 100
        stack.wait_for(lambda: f'the commit; {committed(sink)}', lambda: committed(sink) == 30)
        assert sink.taken() == {(sink.topic, 0): list(range(30))}
