"""Avro, JSON Schema and Protobuf with a real schema registry: what sources write is read by clients of another make, and by sinks."""
import base64
import decimal
import json
import struct
from urllib.parse import urlsplit

import pytest

import stack
from avro_topic import AvroTopic
from conftest import registry_of_its_own
from registries import CONVERTER, JSON_SCHEMA, PROTOBUF, avro, both, underscored
from sink import Sink
from tls_proxy import TlsProxy


@pytest.fixture(scope='module')
def secure_registry():
    with registry_of_its_own('--secure') as service:
        yield service


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
    converters = underscored(both(registry.url, converter=converter))
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
    sink.put('FileStreamSink', file=sink.out, **underscored(protobuf_settings(registry.url, skip)))
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


def test_ids_in_headers_are_read(registry, sink, rest):
    found = registry.call('POST', f'/subjects/{sink.topic}-value/versions', {'schema': '"string"'})
    schema_id, name = struct.pack('>bI', 0, found['id']), '__value_schema_id'
    # The last header counts, and the others are no text either.
    sink.produce([b'\x0afirst'], headers=[(name, b'\x01' + b'\xff' * 16), (name, schema_id)])
    sink.produce([schema_id + b'\x0csecond'])
    sink.put('FileStreamSink', file=sink.out, **underscored(avro(registry.url)))
    stack.wait_for(lambda: f'both; {rest.status(sink.name)}', lambda: sink.lines() == ['first', 'second'])


def through_strings(rest, sink, folder, settings):
    """Lines of a file become Avro texts in the sink's topic, and lines again."""
    source = folder / 'lines.txt'
    source.write_text(''.join(f'line {i}\n' for i in range(1000)))
    config = {'connector.class': 'FileStreamSource', 'file': str(source), 'topic': sink.topic, **settings}
    assert rest.call('PUT', f'/connectors/{sink.name}-source/config', config)[0] == 201
    sink.put('FileStreamSink', file=sink.out, **underscored(settings))


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
    sink.put('FileStreamSink', file=sink.out, **underscored(settings))
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
