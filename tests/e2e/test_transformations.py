"""Chains of transformations, end to end: on a sink with predicates and a dead letter queue, and on a source."""
import json

import pytest

import stack
from sink import Sink

KAFKA = 'org.apache.kafka.connect.transforms.'
DEBEZIUM = 'io.debezium.transforms.'
JSON = 'org.apache.kafka.connect.json.JsonConverter'
ROW = {'type': 'struct', 'optional': True, 'fields': [{'field': 'id', 'type': 'int64'}, {'field': 'item', 'type': 'string'}, {'field': 'quantity', 'type': 'string'}]}
EVENT = {'type': 'struct', 'name': 'shop.orders.Envelope', 'optional': False, 'fields': [
    {'field': 'before', **ROW}, {'field': 'after', **ROW}, {'field': 'op', 'type': 'string'},
    {'field': 'source', 'type': 'struct', 'fields': [{'field': 'table', 'type': 'string'}]}]}


def chain(**transformations):
    """transforms=... and what stands below it: the settings of each, its class without package under `type`, predicates as the rest."""
    settings = {'transforms': ','.join(transformations)}
    for name, parts in transformations.items():
        settings |= {f'transforms.{name}.{key}': value for key, value in parts.items()}
    return settings


def event(op, before=None, after=None):
    row = lambda values: values and dict(zip(('id', 'item', 'quantity'), values))
    return json.dumps({'schema': EVENT, 'payload': {'before': row(before), 'after': row(after), 'op': op, 'source': {'table': 'orders'}}})


@pytest.fixture
def sink(rest, kafka_address, folder):
    made = Sink(rest, kafka_address, folder)
    yield made
    made.delete()


def test_a_chain_with_predicates_on_a_sink(sink):
    queue = sink.topic + '-dlq'
    sink.produce([event('c', after=(1, 'pen', '2')), event('u', (1, 'pen', '2'), (1, 'pen', '3')), event('r', after=(2, 'ink', '5')),
                  event('c', after=(3, 'pad', 'many')), event('d', (1, 'pen', '3')), None, event('c', after=(4, 'cup', '4'))])
    steps = chain(
        # No snapshots; tombstones, which have no value to look into, pass.
        live={'type': DEBEZIUM + 'Filter', 'language': 'jsr223.groovy', 'condition': "value.op in ['c', 'u', 'd'] && value.source.table == 'orders'"},
        unwrap={'type': DEBEZIUM + 'ExtractNewRecordState', 'delete.tombstone.handling.mode': 'tombstone'},
        number={'type': KAFKA + 'Cast$Value', 'spec': 'quantity:int32'},
        place={'type': KAFKA + 'InsertField$Value', 'offset.field': 'at', 'static.field': 'origin', 'static.value': 'shop'},
        # Tombstones are dropped, and nothing else.
        gone={'type': KAFKA + 'Filter', 'predicate': 'isTombstone'},
        # On every topic but this one: never.
        hidden={'type': KAFKA + 'MaskField$Value', 'fields': 'item', 'predicate': 'isInput', 'negate': 'true'})
    predicates = {'predicates': 'isTombstone,isInput', 'predicates.isTombstone.type': KAFKA + 'predicates.RecordIsTombstone',
                  'predicates.isInput.type': KAFKA + 'predicates.TopicNameMatches', 'predicates.isInput.pattern': 'in-.*'}
    sink.put('FileStreamSink', file=sink.out, value_converter=JSON, errors_tolerance='all', errors_deadletterqueue_topic_name=queue,
             errors_deadletterqueue_topic_replication_factor=1, errors_deadletterqueue_context_headers_enable='true', **steps, **predicates)
    sink.wait_committed(7)
    assert sink.lines() == [f'Struct{{id={id},item={item},quantity={quantity},at={at},origin=shop}}' for id, item, quantity, at in (
        (1, 'pen', 2, 0), (1, 'pen', 3, 1), (4, 'cup', 4, 6))]
    letter = sink.records_of(queue, 1)[0]
    assert letter.value() == event('c', after=(3, 'pad', 'many')).encode(), 'the record as it was read'
    told = dict(letter.headers())
    assert told['__connect.errors.stage'] == b'TRANSFORMATION' and told['__connect.errors.class.name'] == (KAFKA + 'Cast$Value').encode()
    assert b'many' in told['__connect.errors.exception.message']
    assert told['__connect.errors.offset'] == b'3'
    sink.wait_states('RUNNING', 'RUNNING')


def test_an_expression_that_fails_for_a_record_fails_an_intolerant_task(sink):
    sink.produce([event('c', after=(1, 'pen', '2'))])
    sink.put('FileStreamSink', file=sink.out, value_converter=JSON, **chain(
        old={'type': DEBEZIUM + 'Filter', 'language': 'jsr223.groovy', 'condition': 'value.before.id == 1'}))
    trace = sink.rest.wait_failed(sink.name)
    assert trace.startswith('org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler')
    assert "Error while evaluating expression 'value.before.id == 1': Cannot get property 'id' on null object" in trace
    assert sink.committed() == {}


def test_conditions_in_javascript(sink):
    sink.produce([event('c', after=(1, 'pen', '2')), event('u', (1, 'pen', '2'), (1, 'pen', '3')), event('u', (2, 'ink', '5'), (2, 'ink', '6'))])
    sink.put('FileStreamSink', file=sink.out, value_converter=JSON, **chain(
        pen={'type': DEBEZIUM + 'Filter', 'language': 'jsr223.graal.js', 'condition': "value.op === 'u' && value.before.id == 1"},
        unwrap={'type': DEBEZIUM + 'ExtractNewRecordState'}))
    sink.wait_committed(3)
    assert sink.lines() == ['Struct{id=1,item=pen,quantity=3}']


def test_a_condition_in_another_language_than_its_own_fails_the_task(sink):
    sink.put('FileStreamSink', file=sink.out, value_converter=JSON, **chain(
        pen={'type': DEBEZIUM + 'Filter', 'language': 'jsr223.groovy', 'condition': "value.op === 'u'"}))
    assert '=== is not supported here' in sink.rest.wait_failed(sink.name)


def test_an_expression_that_is_not_supported_is_refused_with_its_place(sink):
    config = {'connector.class': 'FileStreamSink', 'topics': sink.topic, 'file': str(sink.out), **chain(
        ok={'type': DEBEZIUM + 'ContentBasedRouter', 'language': 'jsr223.groovy', 'topic.expression': "value.tags.any { it == 'x' } ? 'a' : null"},
        other={'type': DEBEZIUM + 'Filter', 'language': 'jsr223.jexl', 'condition': 'true'})}
    status, text = sink.rest.call('PUT', f'/connectors/{sink.name}/config', config)
    assert status == 400
    assert "for configuration topic.expression: at character 16, before { it == 'x' }" in json.loads(text)['message']
    assert 'Invalid value jsr223.jexl for configuration language: Only jsr223.groovy and jsr223.graal.js are supported' in json.loads(text)['message']


def test_a_source_routes_by_content_and_takes_attributes_of_cloud_events_from_headers(connector, sql):
    sql('create table orders (id int primary key, item text)', "insert into orders values (1, 'pen')")
    connector.create(value_converter='io.debezium.converters.CloudEventsConverter', value_converter_json_schemas_enable='false',
                     value_converter_extension_attributes_enable='false',
                     **{'value.converter.metadata.source': 'header,id:generate,type:generate,dataSchemaName:generate'}, **chain(
                         route={'type': DEBEZIUM + 'ContentBasedRouter', 'language': 'jsr223.groovy',
                                'topic.expression': "topic.startsWith('__') ? null : value.op == 'c' ? topic + '.created' : topic + '.' + value.op"},
                         keep={'type': KAFKA + 'HeaderFrom$Value', 'fields': 'source,op', 'headers': 'source,op', 'operation': 'copy'},
                         unwrap={'type': DEBEZIUM + 'ExtractNewRecordState'}))
    sql("insert into orders values (2, 'ink')")
    for topic, row in (('public.orders.r', {'id': 1, 'item': 'pen'}), ('public.orders.created', {'id': 2, 'item': 'ink'})):
        key, value, _ = connector.records(topic, 1)[0]
        assert key == {'id': row['id']} and value['data'] == row
        assert value['source'] == f'/debezium/postgresql/{connector.prefix}' and value['type'] == 'io.debezium.connector.postgresql.DataChangeEvent'
        assert value['id'].startswith(f'name:{connector.prefix};lsn:')
    stack.wait_for('the connector to run on', lambda: connector.rest.states(connector.name) == ['RUNNING', 'RUNNING'])
