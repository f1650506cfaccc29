"""A schema registry that is dead, hangs, comes back, refuses a schema or has forgotten one: it is named with subject and id, and no row is lost."""
import re
from urllib.parse import urlsplit

import pytest

import stack
from group import free_ports
from registries import CONVERTER, JSON_SCHEMA, PROTOBUF, SLOW, avro, both, underscored
from sink import Sink
from tcp_proxy import TcpProxy

UNWRAP = {'transforms': 'unwrap', 'transforms_unwrap_type': 'io.debezium.transforms.ExtractNewRecordState'}
PATIENT = {'errors_retry_timeout': -1, 'errors_retry_delay_max_ms': 500}


@pytest.fixture
def proxy(registry):
    made = TcpProxy(urlsplit(registry.url).port)
    yield made
    made.stop()


@pytest.fixture
def sink(rest, kafka_address, folder):
    made = Sink(rest, kafka_address, folder)
    yield made
    made.delete()


def url_at(port, registry):
    return f'http://127.0.0.1:{port}{urlsplit(registry.url).path}'


def retries(rest, connector):
    """How often its task has tried something again."""
    found = re.search(r'task_error_total_retries\{connector="%s",task="0"\} (\d+)' % connector, rest.metrics())
    return int(found[1]) if found else 0


def wait_for_retries(rest, name):
    before = retries(rest, name)
    stack.wait_for(lambda: f'the task to wait for the registry; {rest.status(name)}', lambda: retries(rest, name) > before + 2)
    assert rest.states(name) == ['RUNNING', 'RUNNING']


def id_of(line):
    return int(re.match(r'Struct\{id=(\d+)', line)[1])


def wait_for_rows(rest, sink, count):
    """The sink has written rows 1 to `count`; those before a restart perhaps twice."""
    def missing():
        return set(range(1, count + 1)) - {id_of(line) for line in sink.lines()}
    stack.wait_for(lambda: f'{len(missing())} of {count} rows; {rest.status(sink.name)}', lambda: not missing())


class Pipeline:
    """A table's rows that travel through a registry into a file. `via`: the URLs, as configurations have them."""

    def __init__(self, connector, sql, rest, sink, via, of_sink=None, converter=CONVERTER, **more):
        self.sql, self.rows = sql, 0
        sql('create table orders (id int primary key, note text)')
        connector.config.update(both(via, converter=converter, **SLOW, **more))
        connector.create(table_include_list='public.orders', **UNWRAP, **PATIENT)
        sink.topic = f'{connector.prefix}.public.orders'
        self.subject = f'{sink.topic}-value'
        self.settings = underscored(both(of_sink or via, converter=converter, **SLOW, **more))
        self.connector, self.sink, self.rest = connector, sink, rest

    def insert(self, count):
        self.sql(f"insert into orders select i, 'note ' || i from generate_series({self.rows + 1}, {self.rows + count}) i")
        self.rows += count

    def read(self, **more):
        self.sink.put('FileStreamSink', file=self.sink.out, **self.settings, **{**PATIENT, **more})

    def wait(self):
        """All rows have come, in their order, and are committed."""
        wait_for_rows(self.rest, self.sink, self.rows)
        assert list(dict.fromkeys(id_of(line) for line in self.sink.lines())) == list(range(1, self.rows + 1))
        self.sink.wait_committed(len(self.sink.lines()))


@pytest.mark.parametrize('converter', [CONVERTER, JSON_SCHEMA, PROTOBUF])
def test_of_several_urls_the_one_that_answers_serves(connector, sql, registry, proxy, rest, sink, converter):
    proxy.hold()
    urls = ','.join([url_at(free_ports(1)[0], registry), url_at(proxy.port, registry), registry.url])
    pipeline = Pipeline(connector, sql, rest, sink, urls, converter=converter, **{'http.read.timeout.ms': 1000})
    pipeline.insert(500)
    sink.records_of(sink.topic, 500)
    by_source = proxy.kept
    pipeline.read()
    pipeline.wait()
    assert 0 < by_source < proxy.kept, 'source and sink asked the one that hangs'


def test_a_registry_that_answers_late_is_waited_for(connector, sql, registry, proxy, rest, sink):
    proxy.hold()
    pipeline = Pipeline(connector, sql, rest, sink, url_at(proxy.port, registry))
    pipeline.insert(100)
    pipeline.read()
    stack.wait_for('the source to ask', lambda: proxy.kept > 0)
    assert rest.states(connector.name) == ['RUNNING', 'RUNNING']
    proxy.release()
    pipeline.wait()


def test_a_registry_that_hangs_is_asked_again(connector, sql, registry, proxy, rest, sink):
    pipeline = Pipeline(connector, sql, rest, sink, url_at(proxy.port, registry), **{'http.read.timeout.ms': 500})
    pipeline.insert(100)
    pipeline.read()
    pipeline.wait()
    proxy.hold()
    sql('alter table orders add size int')
    pipeline.insert(100)
    wait_for_retries(rest, connector.name)
    # Whoever stops it meanwhile need not wait for the registry.
    assert rest.call('PUT', f'/connectors/{connector.name}/stop')[0] == 204
    stack.wait_for(lambda: f'the stop; {rest.status(connector.name)}', lambda: rest.states(connector.name) == ['STOPPED'])
    assert rest.call('PUT', f'/connectors/{connector.name}/resume')[0] == 202
    proxy.release()
    pipeline.wait()


def test_nothing_is_lost_with_a_registry_that_comes_and_goes(connector, sql, registry, rest, sink):
    pipeline = Pipeline(connector, sql, rest, sink, registry.url)
    pipeline.insert(100)
    pipeline.read()
    pipeline.wait()
    for end in (registry.kill, registry.stop):
        sink.change('pause')
        sink.wait_states('PAUSED', 'PAUSED')
        sql(f'alter table orders add size_{pipeline.rows} int')
        pipeline.insert(100)
        sink.records_of(sink.topic, pipeline.rows)  # the sink has not seen their schema
        end()
        # What it has registered needs no registry any more; another schema does.
        pipeline.insert(100)
        sql(f'alter table orders add weight_{pipeline.rows} int')
        pipeline.insert(100)
        sink.change('resume')
        wait_for_retries(rest, connector.name)
        wait_for_retries(rest, sink.name)
        registry.resume()
        pipeline.wait()


def test_without_patience_the_task_fails_and_a_restart_loses_nothing(connector, sql, registry, rest, sink):
    sql('create table orders (id int primary key, note text)', "insert into orders select i, 'a' from generate_series(1, 100) i")
    connector.config.update(both(registry.url, **SLOW))
    connector.create(table_include_list='public.orders', **UNWRAP)
    sink.topic = f'{connector.prefix}.public.orders'
    sink.records_of(sink.topic, 100)
    registry.stop()
    sql('alter table orders add size int', "insert into orders select i, 'b', i from generate_series(101, 200) i")
    trace = rest.wait_failed(connector.name)
    for word in (f'Registering a schema under subject {sink.topic}-value failed 2 times', registry.url):
        assert word in trace, trace
    sink.put('FileStreamSink', file=sink.out, **underscored(both(registry.url, **SLOW)))
    trace = rest.wait_failed(sink.name)
    for word in ('Reading the schema with id', f'of subject {sink.topic}-', 'failed 2 times', registry.url):
        assert word in trace, trace
    registry.resume()
    for name in (connector.name, sink.name):
        rest.call('POST', f'/connectors/{name}/restart?includeTasks=true')
    wait_for_rows(rest, sink, 200)


def test_a_refused_schema_fails_the_task_and_says_why(connector, sql, registry, rest, sink):
    sql('create table parts (id int primary key, size int)', 'insert into parts select i, i from generate_series(1, 100) i')
    connector.config.update(both(registry.url, **SLOW))
    connector.create(table_include_list='public.parts', **UNWRAP)
    sink.topic = f'{connector.prefix}.public.parts'
    sink.records_of(sink.topic, 100)
    registry.call('PUT', f'/config/{sink.topic}-value', {'compatibility': 'BACKWARD'})
    sql('alter table parts alter size type text', "insert into parts select i, 'large' from generate_series(101, 200) i")
    trace = rest.wait_failed(connector.name)
    assert f'subject {sink.topic}-value' in trace and registry.url in trace and re.search('(?i)incompatible', trace), trace
    # Whoever lets it through finds the records there.
    registry.call('PUT', f'/config/{sink.topic}-value', {'compatibility': 'NONE'})
    rest.call('POST', f'/connectors/{connector.name}/restart?includeTasks=true')
    sink.put('FileStreamSink', file=sink.out, **underscored(both(registry.url, **SLOW)))
    wait_for_rows(rest, sink, 200)
    assert sink.lines()[-1] == 'Struct{id=200,size=large}'


def test_an_id_that_the_registry_does_not_know_is_named(registry, sink, rest):
    sink.produce([b'\x00\x00\x0f\x42\x3f\x02'])
    sink.put('FileStreamSink', file=sink.out, **underscored(avro(registry.url)))
    trace = rest.wait_failed(sink.name)
    for word in ('id 999999', f'subject {sink.topic}-value', registry.url, sink.topic):
        assert word in trace, trace


def test_a_schema_that_was_deleted_is_named_and_its_rows_come_when_it_is_there_again(connector, sql, registry, rest, sink):
    pipeline = Pipeline(connector, sql, rest, sink, registry.url)
    pipeline.insert(100)
    pipeline.read(errors_retry_timeout=0)
    pipeline.wait()
    sink.change('pause')
    sink.wait_states('PAUSED', 'PAUSED')
    sql('alter table orders add size int')
    pipeline.insert(100)
    sink.records_of(sink.topic, 200)
    versions = f'/subjects/{pipeline.subject}/versions'
    known = registry.call('GET', f'{versions}/latest')
    for query in ('', '?permanent=true'):
        registry.call('DELETE', f'{versions}/{known["version"]}{query}')
    sink.change('resume')
    trace = rest.wait_failed(sink.name)
    assert f'Reading the schema with id {known["id"]} of subject {pipeline.subject} failed: {registry.url}' in trace, trace
    assert len(sink.lines()) == 100
    assert registry.call('POST', versions, {'schema': known['schema']})['id'] == known['id']
    rest.call('POST', f'/connectors/{sink.name}/restart?includeTasks=true')
    pipeline.wait()
