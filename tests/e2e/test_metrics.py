"""/metrics of a worker that does everything, as a Prometheus sees it, and the dashboard on top of that."""
import json
import re
import urllib.request

import pytest

import stack
from conftest import unique
from prometheus import Prometheus
from group import FILE_SOURCE
from sink import Sink, worker_with_plugins

NULLABLE = re.compile(r'^(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?P<labels>.*)\})? (?P<value>\S+)$')


@pytest.fixture(scope='module')
def worker(kafka_address):
    with worker_with_plugins(kafka_address, 'metrics') as service:
        yield service


@pytest.fixture
def sink(rest, kafka_address, folder):
    made = Sink(rest, kafka_address, folder)
    yield made
    made.delete()


@pytest.fixture
def prometheus(folder, worker):
    made = Prometheus(folder, worker)
    yield made
    made.stop()


def scrape(address):
    """{name: [(labels, value)]} and the content type."""
    with urllib.request.urlopen(f'http://{address}/metrics', timeout=30) as answer:
        kind, text = answer.headers['Content-Type'], answer.read().decode()
    series = {}
    for line in text.splitlines():
        if line.startswith('#'):
            continue
        found = NULLABLE.match(line)
        assert found, line
        labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found['labels'] or ''))
        series.setdefault(found['name'], []).append((labels, float(found['value'])))
    return series, kind


def value(series, name, /, **labels):
    found = [number for with_labels, number in series.get(name, []) if labels.items() <= with_labels.items()]
    return found[0] if len(found) == 1 else None


def everything_at_work(rest, connector, sink, sql):
    """A PostgreSQL source that has taken a snapshot and streams, and a sink whose records are partly bad."""
    sql('create table public.t (id int primary key, v text)', "insert into t select i, 'x' from generate_series(1, 20) i")
    connector.create(table_include_list='public.t', transforms='r', transforms_r_type='org.apache.kafka.connect.transforms.RegexRouter',
                     transforms_r_regex='(.*)', transforms_r_replacement='$1', transforms_r_predicate='p', predicates='p',
                     predicates_p_type='org.apache.kafka.connect.transforms.predicates.TopicNameMatches', predicates_p_pattern='.*')
    connector.records('public.t', 20)
    sql("insert into t select i, 'y' from generate_series(21, 30) i", 'update t set v = v || 1 where id < 4', 'delete from t where id = 1')
    connector.records('public.t', 35)
    sink.produce(['{"a": 1}', 'bad', '{"a": 2}'])
    sink.put('FileStreamSink', file=sink.out, value_converter='org.apache.kafka.connect.json.JsonConverter', value_converter_schemas_enable='false',
             errors_tolerance='all', errors_log_enable='true', errors_deadletterqueue_topic_name=f'{sink.topic}-dlq',
             errors_deadletterqueue_topic_replication_factor=1)
    sink.wait_committed(3)


def test_values(rest, worker, connector, sink, sql):
    everything_at_work(rest, connector, sink, sql)
    source, task = {'connector': connector.name, 'task': '0'}, {'connector': sink.name, 'task': '0'}

    def settled():
        series, _ = scrape(worker.address)
        return series if (value(series, 'kafka_connect_source_task_source_record_active_count', **source) == 0 and
                          value(series, 'kafka_connect_sink_task_sink_record_active_count', **task) == 0 and
                          value(series, 'millrace_postgres_slot_retained_wal_bytes', **source) is not None and
                          value(series, 'debezium_metrics_NumberOfCommittedTransactions', **source) and
                          value(series, 'kafka_consumer_node_request_total', clientId=f'connector-consumer-{sink.name}-0', nodeId='node-1')) else None
    series = stack.wait_for('the metrics to settle', settled)
    expected = {
        ('kafka_connect_source_task_source_record_poll_total', connector.name): 35,  # a tombstone follows the delete
        ('kafka_connect_source_task_source_record_write_total', connector.name): 35,
        ('kafka_connect_sink_task_sink_record_read_total', sink.name): 3,
        ('kafka_connect_sink_task_sink_record_send_total', sink.name): 2,
        ('kafka_connect_sink_task_partition_count', sink.name): 1,
        ('kafka_connect_task_error_total_record_failures', sink.name): 1,
        ('kafka_connect_task_error_total_record_errors', sink.name): 1,
        ('kafka_connect_task_error_total_records_skipped', sink.name): 1,
        ('kafka_connect_task_error_total_errors_logged', sink.name): 1,
        ('kafka_connect_task_error_deadletterqueue_produce_requests', sink.name): 1,
        ('kafka_connect_task_error_deadletterqueue_produce_failures', sink.name): 0,
        ('kafka_connect_worker_connector_running_task_count', connector.name): 1,
        ('kafka_connect_connector_task_offset_commit_success_percentage', connector.name): 1}
    for (name, of), number in expected.items():
        assert value(series, name, connector=of) == number, name
    streaming = {**source, 'context': 'streaming', 'plugin': 'postgres', 'name': connector.prefix}
    for event, number in {'Create': 10, 'Update': 3, 'Delete': 1}.items():
        assert value(series, f'debezium_metrics_TotalNumberOf{event}EventsSeen', **streaming) == number
    assert value(series, 'debezium_metrics_RowsScanned', **{**streaming, 'context': 'snapshot'}, table='public.t') == 20
    assert value(series, 'debezium_metrics_SnapshotCompleted', **{**streaming, 'context': 'snapshot'}) == 1
    assert value(series, 'debezium_metrics_Connected', **streaming) == 1
    assert value(series, 'kafka_connect_connector_status', connector=connector.name, status='running') == 1
    assert value(series, 'kafka_connect_connector_task_task_class', **source, task_class='io.debezium.connector.postgresql.PostgresConnectorTask') == 1
    assert value(series, 'kafka_connect_connector_transform_transform_class', **source, transform='r') == 1
    assert value(series, 'kafka_connect_connector_predicate_predicate_class', **source, predicate='p') == 1
    assert value(series, 'kafka_connect_worker_task_startup_success_total') >= 2
    assert value(series, 'kafka_connect_worker_rebalance_connect_protocol', connect_protocol='SESSIONED') == 1
    assert value(series, 'kafka_connect_coordinator_assigned_tasks') == 2
    assert value(series, 'kafka_producer_node_outgoing_byte_total', clientId=f'connector-producer-{connector.name}-0', nodeId='node-1') > 0
    rest.call('PUT', f'/connectors/{sink.name}/pause')
    sink.wait_states('PAUSED', 'PAUSED')
    stack.wait_for('the pause to be a metric', lambda: value(scrape(worker.address)[0], 'kafka_connect_worker_connector_paused_task_count', connector=sink.name) == 1)
    assert value(scrape(worker.address)[0], 'kafka_connect_connector_status', connector=sink.name, status='paused') == 1


def test_kafka_clients(rest, worker, connector, sink, sql):
    everything_at_work(rest, connector, sink, sql)
    producer = {'clientId': f'connector-producer-{connector.name}-0'}
    consumer = {'clientId': f'connector-consumer-{sink.name}-0', 'topic': sink.topic}

    def told():
        series, _ = scrape(worker.address)
        return (value(series, 'kafka_producer_topic_record_send_total', **producer, topic=f'{connector.prefix}.public.t') == 35 and
                value(series, 'kafka_producer_connection_count', **producer) >= 1 and
                value(series, 'kafka_consumer_fetch_manager_records_consumed_total', **consumer) == 3 and
                value(series, 'kafka_consumer_fetch_manager_records_lag', **consumer, partition='0') == 0)
    stack.wait_for('what the clients count', told)

    def others_told():
        """The clients that belong to no task, and those that sources and sinks have besides."""
        series, _ = scrape(worker.address)
        group = re.search(r'^group\.id=(.*)$', (worker.folder / 'worker.properties').read_text(), re.M)[1]
        ids = {labels['clientId'] for labels, _ in series.get('kafka_producer_request_total', [])}
        admins = {labels['clientId'] for labels, number in series.get('kafka_admin_client_request_total', []) if number > 0}
        return ({f'{group}-{name}' for name in ('configs', 'offsets', 'statuses')} <= ids and f'connector-dlq-producer-{sink.name}-0' in ids and
                f'{group}-configs' in admins and
                value(series, 'kafka_consumer_fetch_manager_records_consumed_total', clientId=f'{group}-configs') > 0)
    stack.wait_for('what the other clients count', others_told)
    series, _ = scrape(worker.address)
    assert value(series, 'kafka_connect_version_info', clientId=worker.address, version='4.3.1') == 1
    assert value(series, 'kafka_connect_start_time_seconds', clientId=worker.address) == pytest.approx(value(series, 'process_start_time_seconds'))
    assert value(series, 'kafka_connect_version_info', clientId=f'connect-{worker.address}') == 1
    assert value(series, 'kafka_connect_kafka_metrics_count_count') == sum(
        len(found) for name, found in series.items() if name.startswith('kafka_connect_'))
    sink.change('stop')
    sink.wait_states('STOPPED')
    sink.produce(['{"a": 3}'] * 7)
    sink.put(retriable_every=1, consumer_override_max_poll_records=1)
    sink.change('resume')

    def lag():
        return value(scrape(worker.address)[0], 'kafka_consumer_fetch_manager_records_lag_max', clientId=consumer['clientId'])
    stack.wait_for(lambda: f'the lag of a sink that cannot write, which is {lag()}', lambda: lag() == 6)


# What Kafka Connect 4.3.1 counts for the same connectors and records, read over JMX.
TRANSFORMED = {
    'poisoned': ({'errors.tolerance': 'all'}, {'source_task_source_record_poll_total': 4, 'source_task_source_record_write_total': 2, 'source_task_source_record_active_count': 0,
                                               'task_error_total_record_failures': 2, 'task_error_total_record_errors': 2, 'task_error_total_records_skipped': 2,
                                               'task_error_total_errors_logged': 2, 'task_error_total_retries': 0}),
    'strict': ({}, {'source_task_source_record_poll_total': 4, 'task_error_total_record_failures': 1, 'task_error_total_record_errors': 1,
                    'task_error_total_records_skipped': 0, 'task_error_total_errors_logged': 1, 'task_error_total_retries': 0}),
    'filtered': ({'transforms.t.type': 'org.apache.kafka.connect.transforms.Filter', 'transforms.t.spec': None},
                 {'source_task_source_record_poll_total': 4, 'source_task_source_record_write_total': 0, 'source_task_source_record_active_count': 0,
                  'task_error_total_record_failures': 0, 'task_error_total_records_skipped': 0, 'task_error_last_error_timestamp': 0})}


@pytest.mark.parametrize('kind', TRANSFORMED)
def test_what_a_source_counts(rest, worker, folder, kind):
    changes, expected = TRANSFORMED[kind]
    lines, name = folder / 'lines', unique('lines-')
    lines.write_text('1\nx\n2\ny\n')
    config = {'connector.class': FILE_SOURCE, 'file': str(lines), 'topic': unique('lines'), 'errors.log.enable': 'true', 'transforms': 't',
              'transforms.t.type': 'org.apache.kafka.connect.transforms.Cast$Value', 'transforms.t.spec': 'int32', **changes}
    status, text = rest.call('PUT', f'/connectors/{name}/config', {key: value for key, value in config.items() if value is not None})
    assert status == 201, text
    try:
        def counts():
            series, _ = scrape(worker.address)
            return {metric: value(series, f'kafka_connect_{metric}', connector=name, task='0') for metric in expected}
        stack.wait_for(lambda: f'{expected}; there is {counts()}', lambda: counts() == expected)
        state = 'failed' if kind == 'strict' else 'running'
        stack.wait_for(state, lambda: value(scrape(worker.address)[0], 'kafka_connect_connector_task_status', connector=name, status=state) == 1)
        if kind == 'strict':
            return

        def commits():
            series, _ = scrape(worker.address)
            return [value(series, f'kafka_connect_connector_task_offset_commit_{part}_percentage', connector=name) for part in ('success', 'failure')]
        stack.wait_for(lambda: f'commits of a source that has nothing to commit; there is {commits()}', lambda: commits() == [1, 0])
    finally:
        rest.call('DELETE', f'/connectors/{name}')


def test_what_a_sink_counts_besides_its_records(rest, worker, sink):
    sink.produce(['a', 'not this', 'b'])
    sink.put(report_value='not this', errors_tolerance='all', errors_log_enable='true', errors_deadletterqueue_topic_name=f'{sink.topic}-dlq',
             errors_deadletterqueue_topic_replication_factor=1)
    task = {'connector': sink.name, 'task': '0'}

    def read(*metrics):
        series, _ = scrape(worker.address)
        return [value(series, f'kafka_connect_{metric}', **task) for metric in metrics]
    # What a task reports itself is a failure, not an error of the record's stages.
    errors = [f'task_error_{metric}' for metric in ('total_record_failures', 'total_record_errors', 'total_records_skipped', 'total_errors_logged',
                                                    'deadletterqueue_produce_requests', 'deadletterqueue_produce_failures')]
    stack.wait_for(lambda: f'the errors; they are {read(*errors)}', lambda: read(*errors) == [1, 0, 0, 1, 1, 0])
    sink.wait_committed(3)
    stack.wait_for('all to be committed', lambda: read('sink_task_sink_record_active_count') == [0])
    # Commits go on without anything to commit, and puts without records are batches.
    commits = read('sink_task_offset_commit_completion_total')[0]
    stack.wait_for('more commits', lambda: read('sink_task_offset_commit_completion_total')[0] >= commits + 3)
    assert read('connector_task_offset_commit_success_percentage', 'connector_task_offset_commit_failure_percentage', 'sink_task_offset_commit_skip_total') == [1, 0, 0]
    assert read('connector_task_batch_size_avg')[0] < 1.5
    sink.change('stop')
    sink.wait_states('STOPPED')
    sink.produce(['c'])
    sink.put(fatal_value='c', errors_tolerance='all')
    sink.change('resume')
    sink.wait_states('RUNNING', 'FAILED')
    stack.wait_for('its partitions to be gone', lambda: read('sink_task_partition_count', 'sink_task_sink_record_active_count') == [0, 0])


def test_a_flush_that_fails_is_a_commit_that_failed(rest, worker, sink):
    sink.produce(['a'])
    sink.put(buffered='true', flush_fails_every=1)

    def commits():
        series, _ = scrape(worker.address)
        return [value(series, f'kafka_connect_connector_task_offset_commit_{part}_percentage', connector=sink.name) for part in ('success', 'failure')]
    stack.wait_for(lambda: f'commits that fail; they are {commits()}', lambda: commits() == [0, 1])


def test_transactions(folder, kafka_address):
    lines = folder / 'lines'
    lines.write_text('one\ntwo\nthree\n')
    service = stack.worker(folder / 'w', kafka_address, group=unique('metrics-'), exactly_once_source_support='enabled').start()
    try:
        rest = stack.Rest(service.address)
        status, text = rest.call('PUT', '/connectors/lines/config', {'connector.class': FILE_SOURCE, 'file': str(lines), 'topic': unique('lines')})
        assert status == 201, text
        for part, size in {'min': 3, 'avg': 3, 'max': 3}.items():
            stack.wait_for(f'transaction-size-{part}', lambda: value(scrape(service.address)[0], f'kafka_connect_source_task_transaction_size_{part}', connector='lines') == size)
        series, _ = scrape(service.address)
        assert value(series, 'kafka_connect_connector_task_offset_commit_success_percentage', connector='lines') == 1
        assert value(series, 'kafka_connect_source_task_source_record_active_count_max', connector='lines') == 3
    finally:
        service.stop()


def test_every_metric_of_the_reference_is_there(rest, worker, connector, sink, sql):
    everything_at_work(rest, connector, sink, sql)
    page = (stack.ROOT / 'docs/reference/metrics.md').read_text()
    names = set(re.findall(r'^\| `(\w+)` \|', page, re.M))
    assert len(names) > 150, 'the page has a row for each metric'
    names -= {'millrace_restarts_total'}  # there once something was restarted: test_restarts
    names = {name for name in names if 'transaction_size' not in name}  # with exactly-once: test_transactions
    stack.wait_for(lambda: f'{names - scrape(worker.address)[0].keys()}', lambda: names <= scrape(worker.address)[0].keys())
    assert scrape(worker.address)[0].keys() <= names, 'and no metric is missing in it'


def test_dashboard(rest, worker, connector, sink, sql, prometheus):
    everything_at_work(rest, connector, sink, sql)
    dashboard = json.loads((stack.ROOT / 'deploy/grafana/millrace.json').read_text())
    expressions = [target['expr'] for panel in dashboard['panels'] for target in panel.get('targets', [])]
    assert len(expressions) > 25
    for expression in expressions:
        for name in ('connector', 'instance', 'job'):
            expression = expression.replace(f'${name}', '.*')
        expression = expression.replace('$__rate_interval', '30s')
        stack.wait_for(f'a result of {expression}', lambda: prometheus.query(expression))
    variables = [entry['definition'] for entry in dashboard['templating']['list'] if entry['type'] == 'query']
    for definition in variables:
        metric, label = re.fullmatch(r'label_values\((\w+), (\w+)\)', definition).groups()
        assert any(label in labels for labels, _ in prometheus.query(metric)), definition
    assert [number for _, number in prometheus.query('up{job="connect"}')] == [1]


def test_formats(rest, worker):
    series, kind = scrape(worker.address)
    assert kind == 'text/plain; version=0.0.4; charset=utf-8'
    assert value(series, 'process_resident_memory_bytes') > 1e6
    for accept, status in (('text/plain', 200), ('*/*', 200), ('application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 200),
                           ('application/json', 406)):
        request = urllib.request.Request(f'http://{worker.address}/metrics', headers={'Accept': accept})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == status
        except urllib.error.HTTPError as refusal:
            assert refusal.code == status
