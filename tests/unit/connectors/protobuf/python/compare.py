"""compare.py make SEED RECORDS TO_READ: writes random messages of everything.proto.
compare.py check WRITTEN TO_READ READ: holds what the program wrote, and what it read, against Python's protobuf."""
import base64
import datetime
import decimal
import json
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

HERE = Path(__file__).parent
EPOCH = datetime.date(1970, 1, 1)
MESSAGES_A_LINE = 20


def classes(texts):
    """The classes of messages by full name, one dictionary a text: protoc compiles all texts at once."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i, text in enumerate(texts):
            names.append(f's{i}.proto')
            # Each in a package of its own, for many have the same names.
            (Path(folder) / names[-1]).write_text(in_package(text, f'q{i}'))
        (Path(folder) / 'names').write_text('\n'.join(names))
        subprocess.run(['protoc', '-I', folder, '-I', HERE / 'include', '--include_imports', '--descriptor_set_out', Path(folder) / 'set',
                        *[Path(folder) / name for name in names]], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString((Path(folder) / 'set').read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return [{name: message_factory.GetMessageClass(message) for name, message in pool.FindFileByName(name).message_types_by_name.items()}
            for name in names]


def in_package(text, package):
    lines = [line for line in text.split('\n') if not line.startswith('package ')]
    return '\n'.join([lines[0], f'package {package};', *lines[1:]])


def is_map(field):
    kind = field.message_type
    return field.is_repeated and kind is not None and kind.name.endswith('Entry') and [f.name for f in kind.fields] == ['key', 'value']


def one(field, value):
    """A value as the program's JSON has it."""
    if field.message_type is None:
        if field.enum_type is not None:
            return field.enum_type.values_by_number[value].name
        return base64.b64encode(value).decode() if isinstance(value, bytes) else value
    name = field.message_type.full_name
    if name == 'confluent.type.Decimal':
        return decimal.Decimal(int.from_bytes(value.value, 'big', signed=True)).scaleb(-value.scale, decimal.Context(prec=1000))
    if name == 'google.type.Date':
        return (datetime.date(value.year, value.month, value.day) - EPOCH).days
    if name == 'google.type.TimeOfDay':
        return ((value.hours * 60 + value.minutes) * 60 + value.seconds) * 1000 + value.nanos // 1000000
    if name == 'google.protobuf.Timestamp':
        return value.seconds * 1000 + value.nanos // 1000000
    return as_dict(value)


def wrapped(field, value):
    kind = field.message_type
    if kind is not None and kind.full_name.startswith('google.protobuf.') and kind.full_name.endswith('Value'):
        return one(kind.fields[0], value.value)
    return one(field, value)


def of_field(message, field, unwrap):
    value = getattr(message, field.name)
    single = wrapped if unwrap else one
    if is_map(field):
        key, of_key = field.message_type.fields
        pairs = list(value.items()) if hasattr(value, 'items') else [(entry.key, entry.value) for entry in value]
        return [[one(key, k), single(of_key, v)] for k, v in pairs]
    if field.is_repeated:
        return [single(field, element) for element in value]
    if field.has_presence and not message.HasField(field.name):
        return None
    return single(field, value)


def as_dict(message, unwrap=False):
    return {field.name: of_field(message, field, unwrap) for field in message.DESCRIPTOR.fields}


def same(ours, theirs, field, strict):
    """Whether two values are one. Not strict: what Protobuf cannot tell from null is null."""
    if not strict and ours is None:
        return theirs in (None, 0, '', False, [], {}) or (
            field.enum_type is not None and theirs == field.enum_type.values[0].name)
    if isinstance(theirs, float):
        kind = field if field.message_type is None else field.message_type.fields[0]
        return float(ours) == theirs or kind.type == kind.TYPE_FLOAT and struct.pack('f', float(ours)) == struct.pack('f', theirs)
    return ours == theirs


def compare(ours, message, strict, unwrap):
    """`ours`: a Struct of the program's."""
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        real = oneof is not None and not (len(oneof.fields) == 1 and oneof.name == '_' + field.name)
        holder = ours
        if real:
            name = f'{oneof.name}_{oneof.index}' if strict else oneof.name
            holder = ours[name] or {}
        compare_field(holder.get(field.name), message, field, strict and not real, unwrap)


def compare_field(ours, message, field, strict, unwrap):
    kind = field.message_type
    value = getattr(message, field.name)
    if field.has_presence and not message.HasField(field.name):
        assert ours is None, (field.full_name, ours)
    elif is_map(field):
        compare_map(ours, value, kind, strict, unwrap)
    elif field.is_repeated:
        elements = ours or []
        assert len(elements) == len(value), (field.full_name, ours, value)
        for our, their in zip(elements, value):
            compare_one(our, their, field, strict, unwrap)
    else:
        compare_one(ours, value, field, strict, unwrap)


def compare_map(ours, value, kind, strict, unwrap):
    theirs = list(value.items()) if hasattr(value, 'items') else [(entry.key, entry.value) for entry in value]
    pairs = list(ours.items()) if isinstance(ours, dict) else ours or []
    assert len(pairs) == len(theirs), (kind.full_name, ours)
    found = {str(key): of_key for key, of_key in theirs}
    for key, of_key in pairs:
        compare_one(of_key, found[str(key)], kind.fields[1], strict, unwrap)


def compare_one(ours, theirs, field, strict, unwrap):
    value = (wrapped if unwrap else one)(field, theirs)
    if isinstance(value, dict):
        return compare(ours, theirs, strict, unwrap)
    assert same(ours, value, field, strict), (field.full_name, ours, value)


def scalar(chance, field):
    t = field.type
    bits = chance.getrandbits(64) >> chance.randrange(64)
    signed = bits - (1 << 64) if bits >> 63 else bits
    if t in (field.TYPE_INT32, field.TYPE_SINT32, field.TYPE_SFIXED32):
        return (bits & 0xFFFFFFFF) - (1 << 32 if bits & 0x80000000 else 0)
    if t in (field.TYPE_UINT32, field.TYPE_FIXED32):
        return bits & 0xFFFFFFFF
    if t in (field.TYPE_UINT64, field.TYPE_FIXED64):
        return bits >> 1
    if t in (field.TYPE_INT64, field.TYPE_SINT64, field.TYPE_SFIXED64):
        return signed
    if t in (field.TYPE_FLOAT, field.TYPE_DOUBLE):
        return chance.choice([0.0, 1.5, -2.25, chance.uniform(-1e6, 1e6)])
    if t == field.TYPE_BOOL:
        return chance.random() < 0.5
    if t == field.TYPE_STRING:
        return ''.join(chance.choice('ab"\\\né€😀') for _ in range(chance.randrange(8)))
    if t == field.TYPE_BYTES:
        return chance.randbytes(chance.randrange(8))
    return chance.choice(field.enum_type.values).number


def fill(chance, message):
    name = message.DESCRIPTOR.full_name
    if name == 'google.type.Date':
        day = EPOCH + datetime.timedelta(days=chance.randrange(-30000, 30000))
        message.year, message.month, message.day = day.year, day.month, day.day
        return
    if name == 'google.type.TimeOfDay':
        message.hours, message.minutes, message.seconds, message.nanos = (chance.randrange(n) for n in (24, 60, 60, 10**9))
        return
    if name == 'google.protobuf.Timestamp':
        message.seconds, message.nanos = chance.randrange(-10**10, 10**10), chance.randrange(10**9)
        return
    if name == 'confluent.type.Decimal':
        message.value, message.scale = chance.randbytes(chance.randrange(1, 12)), chance.randrange(4)
        return
    for field in message.DESCRIPTOR.fields:
        if chance.random() < 0.4:
            continue
        held = getattr(message, field.name)
        if is_map(field):
            value = field.message_type.fields[1]
            for i in range(chance.randrange(4)):
                key = f'k{i}' if field.message_type.fields[0].type == field.TYPE_STRING else i
                if value.message_type is None:
                    held[key] = scalar(chance, value)
                else:
                    fill(chance, held[key])
        elif field.is_repeated:
            for _ in range(chance.randrange(4)):
                if field.message_type is None:
                    held.append(scalar(chance, field))
                else:
                    fill(chance, held.add())
        elif field.message_type is None:
            setattr(message, field.name, scalar(chance, field))
        else:
            held.SetInParent()
            fill(chance, held)


def make(seed, records, to_read):
    chance = random.Random(seed)
    text = (HERE / 'everything.proto').read_text()
    everything = classes([text])[0]['Everything']
    with open(to_read, 'w') as out:
        for _ in range(0, records, MESSAGES_A_LINE):
            messages = []
            for _ in range(MESSAGES_A_LINE):
                message = everything()
                fill(chance, message)
                messages.append(message.SerializeToString().hex())
            out.write(json.dumps({'text': text, 'message': 'everything.Everything', 'records': messages}) + '\n')


def lines_of(path):
    with open(path) as lines:
        return [json.loads(line, parse_float=decimal.Decimal) for line in lines]


def check(written, to_read, read):
    count = 0
    lines = lines_of(written)
    for line, by_name in zip(lines, classes([line['text'] for line in lines])):
        wanted = by_name[line['message'].split('.')[-1]]
        for data, value in line['records']:
            message = wanted.FromString(bytes.fromhex(data))
            assert message.SerializeToString(deterministic=True).hex() == data, line['text']
            compare(value, message, False, True)
            count += 1
    print(f'{count} records that the program wrote are the same in Python')
    count = 0
    lines = lines_of(to_read)
    everything = classes([lines[0]['text']])[0]['Everything']
    for line, values in zip(lines, lines_of(read)):
        for data, value in zip(line['records'], values):
            compare(value, everything.FromString(bytes.fromhex(data)), True, False)
            count += 1
    print(f'{count} records that Python wrote are the same in the program')


if __name__ == '__main__':
    if sys.argv[1] == 'make':
        make(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        check(*sys.argv[2:])
