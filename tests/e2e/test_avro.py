"""Avro, JSON Schema and Protobuf with a real schema registry: what sources write is read by clients of another make, and by sinks; nothing is lost with it."""
import base64
import decimal
import json
import re
import struct
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import stack
from avro_topic import AvroTopic
from conftest import unique
from sink import Sink
from tls_proxy import TlsProxy

CONVERTER = 'io.confluent.connect.avro.AvroConverter'
JSON_SCHEMA = 'io.confluent.connect.json.JsonSchemaConverter'
PROTOBUF = 'io.confluent.connect.protobuf.ProtobufConverter'
SLOW = {'max.retries': 1, 'retries.wait.ms': 100}


@pytest.fixture(scope='module')
def registry():
    service = stack.Registry(Path(stack.environment('MILLRACE_TEST_DIR')) / unique('registry-')).start()
    yield service
    service.stop()


@pytest.fixture(scope='module')
def secure_registry():
    service = stack.Registry(Path(stack.environment('MILLRACE_TEST_DIR')) / unique('registry-'), '--secure').start()
    yield service
    service.stop()


@pytest.fixture
def topics(kafka_address, registry):
    """Readers of topics by name, which end with the test."""
    opened = []

    def read(topic, of=registry):
        opened.append(AvroTopic(kafka_address, of, topic))
        return opened[-1]
    yield read
    for topic in opened:
        topic.close()


@pytest.fixture
def sink(rest, kafka_address, folder):
    made = Sink(rest, kafka_address, folder)
    yield made
    made.delete()


def avro(url, side='value', converter=CONVERTER, **more):
    """A converter's settings. Keys have dots already."""
    settings = {'schema.registry.url': url, **more}
    return {f'{side}.converter': converter, **{f'{side}.converter.{name}': value for name, value in settings.items()}}


def both(url, **more):
    return {**avro(url, 'key', **more), **avro(url, 'value', **more)}


def test_the_converters_are_listed(rest):
    listed = {plugin['class']: plugin for plugin in rest.get('/connector-plugins?connectorsOnly=false')}
    assert listed[CONVERTER]['type'] == listed[JSON_SCHEMA]['type'] == listed[PROTOBUF]['type'] == 'converter'


def test_changes_of_a_table_are_read_with_fastavro(connector, sql, registry, topics):
    sql('create table customers (id int primary key, name text, balance numeric(10,2), at timestamp, active bool not null default true)',
        "insert into customers values (1, 'Ann', 12.34, '2023-11-14 22:13:20', true), (2, null, -0.01, null, false)")
    connector.config.update(both(registry.url))
    connector.create(table_include_list='public.customers', decimal_handling_mode='precise')
    topic = f'{connector.prefix}.public.customers'
    reader = topics(topic)
    reader.wait_for(2)
    sql("update customers set name = 'Bob' where id = 2", 'delete from customers where id = 1')
    records = reader.wait_for(5)
    assert [key for key, _ in records] == [{'id': 1}, {'id': 2}, {'id': 2}, {'id': 1}, {'id': 1}]
    assert records[0][1]['after'] == {'id': 1, 'name': 'Ann', 'balance': decimal.Decimal('12.34'), 'at': 1700000000000000, 'active': True}
    assert records[0][1]['source']['table'] == 'customers' and records[0][1]['op'] == 'r'
    assert records[1][1]['after'] == {'id': 2, 'name': None, 'balance': decimal.Decimal('-0.01'), 'at': None, 'active': False}
    assert (records[2][1]['op'], records[2][1]['after']['name']) == ('u', 'Bob')
    assert (records[3][1]['op'], records[3][1]['after'], records[4][1]) == ('d', None, None)
    key = registry.call('GET', f'/subjects/{topic}-key/versions/latest')
    assert key['schema'] == ('{"type":"record","name":"Key","namespace":"%s","fields":[{"name":"id","type":"int"}],"connect.name":"%s.Key"}'
                             % (topic, topic))
    assert registry.call('GET', f'/subjects/{topic}-value/versions') == [1]


@pytest.mark.parametrize('converter', [CONVERTER, JSON_SCHEMA, PROTOBUF])
def test_a_sink_reads_what_a_source_wrote(connector, sql, registry, sink, rest, converter):
    sql('create table pets (id int primary key, name text)', "insert into pets select i, 'pet ' || i from generate_series(1, 500) i")
    connector.config.update(both(registry.url, converter=converter))
    connector.create(table_include_list='public.pets', transforms='unwrap',
                     transforms_unwrap_type='io.debezium.transforms.ExtractNewRecordState')
    sink.topic = f'{connector.prefix}.public.pets'
    converters = {name.replace('.', '_'): value for name, value in both(registry.url, converter=converter).items()}
    sink.put('FileStreamSink', file=sink.out, **converters)
    expected = {f'Struct{{id={i},name=pet {i}}}' for i in range(1, 501)}
    stack.wait_for(lambda: f'all pets; {rest.status(sink.name)}', lambda: set(sink.lines()) == expected)
    sink.wait_committed(500)
    found = registry.call('GET', f'/subjects/{connector.prefix}.public.pets-value/versions/latest')
    assert found.get('schemaType', 'AVRO') == {CONVERTER: 'AVRO', JSON_SCHEMA: 'JSON', PROTOBUF: 'PROTOBUF'}[converter]
    assert {CONVERTER: '"connect.name"', JSON_SCHEMA: '"connect.index"', PROTOBUF: 'string name = 2;'}[converter] in found['schema']


def protobuf_settings(url, skip):
    return both(url, converter=PROTOBUF, **{'skip.known.types': skip, 'optional.for.nullables': 'true'})


@pytest.mark.parametrize('skip', ['true', 'false'])
def test_protobuf_keeps_what_the_columns_are(connector, sql, registry, sink, rest, skip):
    sql('create table sizes (id int primary key, small smallint, price numeric(10,2), day date, at timestamp(3), note text)',
        "insert into sizes values (1, -3, -123.45, '2023-11-14', '2023-11-14 22:13:20.5', null)")
    connector.config.update(protobuf_settings(registry.url, skip))
    connector.create(table_include_list='public.sizes', decimal_handling_mode='precise', time_precision_mode='connect',
                     transforms='unwrap', transforms_unwrap_type='io.debezium.transforms.ExtractNewRecordState')
    sink.topic = f'{connector.prefix}.public.sizes'
    sink.put('FileStreamSink', file=sink.out, **{name.replace('.', '_'): value for name, value in protobuf_settings(registry.url, skip).items()})
    stack.wait_for(lambda: f'the row; {rest.status(connector.name)} {rest.status(sink.name)}', lambda: len(sink.lines()) == 1)
    assert sink.lines()[0].startswith('Struct{id=1,small=-3,price=-123.45,day='), sink.lines()
    found = registry.call('GET', f'/subjects/{connector.prefix}.public.sizes-value/versions/latest')
    assert bool(found.get('references')) == (skip == 'false'), found


@pytest.mark.parametrize('form', ['avro in avro', 'avro in json'])
def test_cloud_events_hold_avro(connector, sql, registry, topics, form):
    sql('create table letters (id int primary key, text text)', "insert into letters values (1, 'a')")
    connector.create(table_include_list='public.letters', value_converter='io.debezium.converters.CloudEventsConverter',
                     **{'value_converter_serializer_type': form.split()[2], 'value_converter_data_serializer_type': 'avro',
                        'value_converter_avro_schema_registry_url': registry.url})
    reader = topics(f'{connector.prefix}.public.letters')
    if form == 'avro in avro':
        event = reader.wait_for(1, raw_keys=True)[0][1]
        data = reader.decode(event['data'])
    else:
        event = json.loads(reader.wait_for(1, raw=True)[0][1])
        data = reader.decode(base64.b64decode(event['data']))
    assert event['specversion'] == '1.0' and event['type'] == 'io.debezium.connector.postgresql.DataChangeEvent'
    assert event['dataschema'].startswith(f'{registry.url}/schemas/ids/')
    assert data['after'] == {'id': 1, 'text': 'a'}


def test_nothing_is_lost_with_a_registry_that_dies(connector, sql, registry, topics, rest):
    sql('create table orders (id int primary key)', 'insert into orders select generate_series(1, 100)')
    connector.config.update(both(registry.url, **SLOW))
    connector.create(table_include_list='public.orders', errors_retry_timeout=-1, errors_retry_delay_max_ms=500)
    reader = topics(f'{connector.prefix}.public.orders')
    reader.wait_for(100)
    registry.kill()
    # What it has registered needs no registry any more; another schema does.
    sql('insert into orders select generate_series(101, 200)')
    reader.wait_for(200)
    sql('alter table orders add note text', "insert into orders select i, 'note ' || i from generate_series(201, 300) i")

    def retries():
        return int(re.search(r'task_error_total_retries\{connector="%s",task="0"\} (\d+)' % connector.name, rest.metrics())[1])
    stack.wait_for('the task to wait for the registry', lambda: retries() > 2)
    assert rest.states(connector.name) == ['RUNNING', 'RUNNING']
    registry.resume()
    values = [value for _, value in reader.wait_for(300)]
    assert [value['after']['id'] for value in values] == list(range(1, 301))
    assert values[-1]['after']['note'] == 'note 300'


def test_a_refused_schema_fails_the_task_and_says_why(connector, sql, registry, topics, rest):
    sql('create table parts (id int primary key, size int)', 'insert into parts values (1, 10)')
    connector.config.update(both(registry.url, **SLOW))
    connector.create(table_include_list='public.parts')
    subject = f'{connector.prefix}.public.parts-value'
    topics(f'{connector.prefix}.public.parts').wait_for(1)
    registry.call('PUT', f'/config/{subject}', {'compatibility': 'BACKWARD'})
    sql('alter table parts alter size type text', "insert into parts values (2, 'large')")
    trace = rest.wait_failed(connector.name)
    assert subject in trace and registry.url in trace and re.search('(?i)incompatible', trace), trace
    # Whoever lets it through finds the record there.
    registry.call('PUT', f'/config/{subject}', {'compatibility': 'NONE'})
    rest.call('POST', f'/connectors/{connector.name}/restart?includeTasks=true')
    assert topics(f'{connector.prefix}.public.parts').wait_for(2)[1][1]['after'] == {'id': 2, 'size': 'large'}


def test_an_id_that_the_registry_does_not_know_is_named(registry, sink, rest):
    sink.produce([b'\x00\x00\x0f\x42\x3f\x02'])
    sink.put('FileStreamSink', file=sink.out, **{name.replace('.', '_'): value for name, value in avro(registry.url).items()})
    trace = rest.wait_failed(sink.name)
    assert '999999' in trace and registry.url in trace and sink.topic in trace, trace


def test_ids_in_headers_are_read(registry, sink, rest):
    found = registry.call('POST', f'/subjects/{sink.topic}-value/versions', {'schema': '"string"'})
    schema_id, name = struct.pack('>bI', 0, found['id']), '__value_schema_id'
    # The last header counts, and the others are no text either.
    sink.produce([b'\x0afirst'], headers=[(name, b'\x01' + b'\xff' * 16), (name, schema_id)])
    sink.produce([schema_id + b'\x0csecond'])
    sink.put('FileStreamSink', file=sink.out, **{key.replace('.', '_'): value for key, value in avro(registry.url).items()})
    stack.wait_for(lambda: f'both; {rest.status(sink.name)}', lambda: sink.lines() == ['first', 'second'])


def through_strings(rest, sink, folder, settings):
    """Lines of a file become Avro texts in the sink's topic, and lines again."""
    source = folder / 'lines.txt'
    source.write_text(''.join(f'line {i}\n' for i in range(1000)))
    config = {'connector.class': 'FileStreamSource', 'file': str(source), 'topic': sink.topic, **settings}
    assert rest.call('PUT', f'/connectors/{sink.name}-source/config', config)[0] == 201
    sink.put('FileStreamSink', file=sink.out, **{name.replace('.', '_'): value for name, value in settings.items()})


@pytest.mark.parametrize('login', ['user info', 'url'])
def test_a_registry_with_a_password_and_tls(secure_registry, rest, sink, folder, worker, login):
    url = secure_registry.secure_url
    trust = {'schema.registry.ssl.truststore.type': 'PEM',
             'schema.registry.ssl.truststore.location': str(secure_registry.folder / 'certificates/ca.pem')}
    if login == 'url':
        settings = avro(url.replace('://', '://alice:alice-secret@'), **{'basic.auth.credentials.source': 'URL'}, **trust)
    else:
        settings = avro(url, **{'basic.auth.credentials.source': 'USER_INFO', 'basic.auth.user.info': 'alice:alice-secret'}, **trust)
    through_strings(rest, sink, folder, settings)
    try:
        stack.wait_for(lambda: f'all lines; {rest.status(sink.name + "-source")} {rest.status(sink.name)}', lambda: len(sink.lines()) == 1000)
        assert sink.lines() == [f'line {i}' for i in range(1000)]
    finally:
        rest.call('DELETE', f'/connectors/{sink.name}-source')


def test_a_wrong_password_is_told_and_not_shown(secure_registry, rest, sink, worker):
    settings = avro(secure_registry.url, **{'basic.auth.credentials.source': 'USER_INFO', 'basic.auth.user.info': 'alice:not-it-at-all'})
    sink.produce([b'\x00\x00\x00\x00\x01\x02a'])
    sink.put('FileStreamSink', file=sink.out, **{name.replace('.', '_'): value for name, value in settings.items()})
    trace = rest.wait_failed(sink.name)
    assert '401' in trace and secure_registry.url in trace and 'not-it-at-all' not in trace, trace
    assert 'not-it-at-all' not in worker.log()


def test_a_registry_that_wants_a_client_certificate(registry, rest, sink, folder):
    proxy = TlsProxy(folder, urlsplit(registry.url).port)
    url = f'https://127.0.0.1:{proxy.port}{urlsplit(registry.url).path}'
    keystore = folder / 'client.keystore'
    keystore.write_text(proxy.client_key.read_text() + proxy.client.read_text())
    settings = avro(url, **{'schema.registry.ssl.truststore.type': 'PEM', 'schema.registry.ssl.truststore.location': str(proxy.ca),
                            'schema.registry.ssl.keystore.type': 'PEM', 'schema.registry.ssl.keystore.location': str(keystore)})
    try:
        through_strings(rest, sink, folder, settings)
        stack.wait_for(lambda: f'all lines; {rest.status(sink.name + "-source")} {rest.status(sink.name)}', lambda: len(sink.lines()) == 1000)
        assert proxy.accepted > 0
    finally:
        rest.call('DELETE', f'/connectors/{sink.name}-source')
        proxy.stop()
