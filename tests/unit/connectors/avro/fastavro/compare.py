"""compare.py make SEED RECORDS FILE: random Avro schemas and records, encoded by fastavro.
compare.py check WRITTEN MADE READ: fastavro reads WRITTEN, and what was read of MADE is compared with what was made."""
import base64
import io
import json
import random
import struct
import sys

import fastavro

RECORDS_A_SCHEMA = 20
PRIMITIVES = ['boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']
NAMED = ('record', 'enum', 'fixed')


class Maker:
    """Schemas that have a counterpart in Connect: no recursion, and branches of a union that differ by name."""

    def __init__(self, seed):
        self.dice, self.names = random.Random(seed), 0

    def name(self):
        self.names += 1
        return self.dice.choice(['a.', 'a.b.', 'c.']) + f'N{self.names}'

    def schema(self, level=0):
        kinds = PRIMITIVES + ['enum', 'fixed'] + (['record', 'array', 'map', 'union'] * 2 if level < 4 else [])
        if level == 0:
            kinds.remove('bytes')  # by themselves they have no length in messages
        return self.of_kind('record' if level == 0 and self.dice.random() < 0.8 else self.dice.choice(kinds), level)

    def of_kind(self, kind, level):
        if kind == 'record':
            fields = [self.field(f'f{i}', level) for i in range(self.dice.randrange(7))]
            return {'type': 'record', 'name': self.name(), 'fields': fields, **({'doc': 'a "doc"'} if self.dice.random() < 0.2 else {})}
        if kind == 'array':
            return {'type': 'array', 'items': self.schema(level + 1)}
        if kind == 'map':
            return {'type': 'map', 'values': self.schema(level + 1)}
        if kind == 'enum':
            return {'type': 'enum', 'name': self.name(), 'symbols': [f'S{i}' for i in range(self.dice.randrange(1, 5))]}
        if kind == 'fixed':
            return {'type': 'fixed', 'name': self.name(), 'size': self.dice.randrange(1, 9)}
        if kind == 'union':
            return self.union(level)
        return self.dice.choice([kind, {'type': kind, 'anything': {'b': [1, 'x']}}])

    def union(self, level):
        kinds = self.dice.sample(PRIMITIVES + ['record', 'enum', 'fixed', 'array', 'map', 'record'], self.dice.randrange(1, 5))
        branches = [self.of_kind(kind, level + 1) for kind in kinds]
        if self.dice.random() < 0.7:
            branches.insert(self.dice.randrange(len(branches) + 1), 'null')
        return branches

    def field(self, name, level):
        made = {'name': name, 'type': self.schema(level + 1)}
        if isinstance(made['type'], list) and made['type'][0] == 'null':
            made['default'] = None
        return made

    def value(self, schema):
        """(what fastavro writes, what Connect's JSON of it is)."""
        dice = self.dice
        if isinstance(schema, list):
            return self.value_of_union(schema)
        kind = schema['type'] if isinstance(schema, dict) else schema
        if kind == 'record':
            pairs = {field['name']: self.value(field['type']) for field in schema['fields']}
            return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}
        if kind in ('array', 'map'):
            pairs = [self.value(schema['items' if kind == 'array' else 'values']) for _ in range(dice.randrange(4))]
            if kind == 'array':
                return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            return {f'k{i}': pair[0] for i, pair in enumerate(pairs)}, {f'k{i}': pair[1] for i, pair in enumerate(pairs)}
        if kind == 'enum':
            return (dice.choice(schema['symbols']),) * 2
        if kind in ('bytes', 'fixed'):
            data = dice.randbytes(schema['size'] if kind == 'fixed' else dice.randrange(20))
            return data, base64.b64encode(data).decode()
        if kind in ('int', 'long'):
            bits = dice.randrange(32 if kind == 'int' else 64)
            return (dice.choice([1, -1]) * dice.getrandbits(bits),) * 2
        if kind in ('float', 'double'):
            number = dice.choice([0.0, -1.5, dice.uniform(-1e9, 1e9), dice.uniform(-1, 1) * 10 ** dice.randrange(-30, 30)])
            return (struct.unpack('<f', struct.pack('<f', number))[0] if kind == 'float' else number,) * 2
        if kind == 'boolean':
            return (dice.random() < 0.5,) * 2
        return (''.join(dice.choices(['a', '"', '\\', '\n', '\x01', 'é', '€', '😀', '/'], k=dice.randrange(8))),) * 2

    def value_of_union(self, branches):
        others = [branch for branch in branches if branch != 'null']
        if len(others) < len(branches) and self.dice.random() < 0.4:
            return None, None
        chosen = self.dice.choice(others)
        written, json_value = self.value(chosen)
        written = (branch_name(chosen), written)
        if len(branches) == 1 or len(branches) == 2 and len(others) == 1:
            return written, json_value
        return written, {branch_name(branch): json_value if branch is chosen else None for branch in others}


def branch_name(schema):
    kind = schema['type'] if isinstance(schema, dict) else schema
    return schema['name'] if kind in NAMED else kind


def without_logical_types(schema):
    """The same data, as the types below have it."""
    if isinstance(schema, list):
        return [without_logical_types(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: [{**field, 'type': without_logical_types(field['type'])} for field in part] if name == 'fields' else without_logical_types(part)
            if name in ('type', 'items', 'values') else part for name, part in schema.items() if name != 'logicalType'}


def same(json_value, avro_value):
    """Connect's JSON and the value that fastavro has read."""
    if isinstance(avro_value, dict):
        return isinstance(json_value, dict) and json_value.keys() == avro_value.keys() and all(same(json_value[k], v) for k, v in avro_value.items())
    if isinstance(avro_value, list):
        if isinstance(json_value, list) and avro_value and isinstance(avro_value[0], dict) and avro_value[0].keys() == {'key', 'value'}:
            avro_value = [[entry['key'], entry['value']] for entry in avro_value]
        return isinstance(json_value, list) and len(json_value) == len(avro_value) and all(map(same, json_value, avro_value))
    if isinstance(avro_value, bytes):
        return base64.b64decode(json_value) == avro_value
    if isinstance(avro_value, float):
        return json_value == avro_value or struct.pack('<f', json_value) == struct.pack('<f', avro_value)
    return json_value == avro_value and isinstance(json_value, bool) == isinstance(avro_value, bool)


def encoded(schema, value):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, value)
    return out.getvalue()


def make(seed, records, path):
    maker = Maker(int(seed))
    with open(path, 'w', encoding='utf-8') as file:
        for _ in range(0, int(records), RECORDS_A_SCHEMA):
            schema = maker.schema()
            parsed = fastavro.parse_schema(json.loads(json.dumps(schema)))
            pairs = [maker.value(schema) for _ in range(RECORDS_A_SCHEMA)]
            json.dump({'schema': json.dumps(schema), 'records': [encoded(parsed, written).hex() for written, _ in pairs],
                       'expected': [expected for _, expected in pairs]}, file)
            file.write('\n')


def check(written, made, read):
    checked = 0
    for line in open(written, encoding='utf-8'):
        line = json.loads(line)
        parsed = fastavro.parse_schema(without_logical_types(json.loads(line['schema'])))
        for data, json_value in line['records']:
            payload = io.BytesIO(bytes.fromhex(data))
            value = fastavro.schemaless_reader(payload, parsed)
            assert payload.read() == b'' and same(json_value, value), (line['schema'], json_value, value)
            assert encoded(parsed, value).hex() == data, (line['schema'], value)
            checked += 1
    for line, found in zip(open(made, encoding='utf-8'), open(read, encoding='utf-8'), strict=True):
        line, found = json.loads(line), json.loads(found)
        assert len(line['expected']) == len(found)
        for expected, json_value in zip(line['expected'], found):
            assert same_json(expected, json_value), (line['schema'], expected, json_value)
            checked += 1
    print(f'{checked} records are the same')


def same_json(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same_json(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same_json, a, b))
    return same(b, a)


if __name__ == '__main__':
    {'make': make, 'check': check}[sys.argv[1]](*sys.argv[2:])
