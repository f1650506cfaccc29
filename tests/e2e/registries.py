"""Converters with a schema registry, as configurations name them."""
CONVERTER = 'io.confluent.connect.avro.AvroConverter'
JSON_SCHEMA = 'io.confluent.connect.json.JsonSchemaConverter'
PROTOBUF = 'io.confluent.connect.protobuf.ProtobufConverter'
SLOW = {'max.retries': 1, 'retries.wait.ms': 100}


def avro(url, side='value', converter=CONVERTER, **more):
    """A converter's settings. Keys have dots already."""
    settings = {'schema.registry.url': url, **more}
    return {f'{side}.converter': converter, **{f'{side}.converter.{name}': value for name, value in settings.items()}}


def both(url, **more):
    return {**avro(url, 'key', **more), **avro(url, 'value', **more)}


def underscored(settings):
    """As Sink.put and Connector.create take them."""
    return {name.replace('.', '_'): value for name, value in settings.items()}
