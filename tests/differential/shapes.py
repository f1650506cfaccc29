"""Random transformations, converters and post processors: what users put behind the source, together with everything else."""
from settings import JSON, java_quoted

KAFKA = 'org.apache.kafka.connect.transforms.'
DEBEZIUM = 'io.debezium.transforms.'
# Names by which the values that no two runs have in common are known (tests/golden/normal.py).
ADDED = ['op', 'table', 'ts_ms', 'lsn', 'source.lsn', 'source.ts_us', 'source.sequence', 'db', 'schema:of', 'nothing', 'source.nothing', 'ts_ns', 'source.snapshot', 'before',
         'op:operation', 'transaction.total_order', 'before.id', 'after.id:now', 'source.schema']
TOLD = ['op', 'table', 'db', 'schema:of', 'nothing', 'source.snapshot', 'op:operation', 'before.id', 'after.id:now', 'source.schema']  # as headers, which are texts


class Shapes:
    def __init__(self, dice, tables):
        self.dice, self.tables, self.chain, self.unwrapped = dice, tables, [], False

    def chance(self, share):
        return self.dice.random() < share

    def column(self):
        return self.dice.choice([column.name for table in self.tables for column in table.columns])

    def some(self, values, most=4):
        return ','.join(self.dice.sample(values, self.dice.randint(1, min(most, len(values)))))

    def chosen(self, options):
        """Of name -> values: about half of the options, with one of their values each."""
        return {name: self.dice.choice(values) for name, values in options.items() if self.chance(0.5)}

    def unwrap(self):
        self.unwrapped = True
        # The mark is found by its table.
        added = ','.join(dict.fromkeys(['table', *self.some(ADDED).split(',')]))
        out = {'type': DEBEZIUM + 'ExtractNewRecordState', 'add.fields': added} | self.chosen({
            'delete.tombstone.handling.mode': ['drop', 'tombstone', 'rewrite', 'rewrite-with-tombstone', 'delete-to-tombstone'],
            'add.headers': [self.some(TOLD)], 'add.headers.prefix': ['', 'h.', '__'], 'replace.null.with.default': ['false', 'true'],
            'drop.tombstones': ['false'], 'delete.handling.mode': ['rewrite'], 'drop.fields.from.key': ['true'],
            'drop.fields.keep.schema.compatible': ['true', 'false']})
        if self.chance(0.2):
            out['route.by.field'] = self.column()
        return out

    def changed(self):
        return {'type': DEBEZIUM + 'ExtractChangedRecordState', 'header.changed.name': 'Changed', 'header.unchanged.name': 'Unchanged'}

    def router(self):
        out = {'type': DEBEZIUM + 'ByLogicalTableRouter', 'topic.regex': self.dice.choice([r'(.*)t\d(.*)', r'([^.]+)\.([^.]+)\.(.+)', '(.*)zz(.*)']),
               'topic.replacement': self.dice.choice(['$1all$2', '$1.$2'])}
        return out | self.chosen({'key.enforce.uniqueness': ['true', 'false'], 'key.field.name': ['from'], 'schema.name.adjustment.mode': ['avro', 'none']})

    def zone(self):
        return {'type': DEBEZIUM + 'TimezoneConverter', 'converted.timezone': self.dice.choice(['+05:30', 'Asia/Kolkata', '-03:00', 'Europe/Madrid', 'UTC'])}

    def partition(self):
        return {'type': DEBEZIUM + 'partitions.PartitionRouting', 'partition.payload.fields': self.dice.choice([f'change.{self.column()}', 'op,source.table', 'change.id']),
                'partition.topic.num': '1', 'partition.hash.function': self.dice.choice(['java', 'murmur'])}

    def field(self):
        side = self.dice.choice(['Value', 'Value', 'Key'])
        column = self.column()
        name, options = self.dice.choice([
            ('InsertField', {'static.field': 'from', 'static.value': 'here'}), ('InsertField', {'topic.field': 't', 'partition.field': 'p?'}),
            ('ReplaceField', {'exclude': column}), ('ReplaceField', {'renames': f'{column}:renamed'}), ('MaskField', {'fields': column}),
            ('Cast', {'spec': f'{column}:{self.dice.choice(["string", "int32", "float64", "int8", "boolean"])}'}), ('Flatten', {'delimiter': '_'}),
            ('HoistField', {'field': 'whole'}), ('ExtractField', {'field': column}), ('SetSchemaMetadata', {'schema.name': 'named', 'schema.version': '3'}),
            ('TimestampConverter', {'field': column, 'target.type': self.dice.choice(['string', 'unix', 'Timestamp', 'Date']), 'format': 'yyyy-MM-dd HH:mm:ss.SSS'}),
        ])
        return {'type': f'{KAFKA}{name}${side}', **options}

    def key(self):
        return {'type': KAFKA + 'ValueToKey', 'fields': self.column()}

    def header(self):
        return self.dice.choice([{'type': KAFKA + 'InsertHeader', 'header': 'given', 'value.literal': self.dice.choice(['1', 'text', '{"a": [1]}', '2026-01-02'])},
                                 {'type': KAFKA + 'DropHeaders', 'headers': '__debezium.context.connectorName'},
                                 {'type': KAFKA + 'RegexRouter', 'regex': r'(.*)\.public\.(.*)', 'replacement': '$1.$2'}])

    def transforms(self):
        steps = [step for step, share in ((self.changed, 0.2), (self.router, 0.2), (self.zone, 0.15), (self.partition, 0.15), (self.unwrap, 0.7), (self.field, 0.5),
                                          (self.field, 0.2), (self.key, 0.1), (self.header, 0.2)) if self.chance(share)]
        out = {'transforms': ','.join(f's{i}' for i in range(len(steps)))}
        for i, step in enumerate(steps):
            out |= {f'transforms.s{i}.{name}': value for name, value in step().items()}
            if step in (self.field, self.key) or f'transforms.s{i}.route.by.field' in out:  # the mark gets through
                out |= {f'transforms.s{i}.predicate': 'end', f'transforms.s{i}.negate': 'true'}
            elif self.chance(0.2):
                out |= {f'transforms.s{i}.predicate': 'gone', f'transforms.s{i}.negate': self.dice.choice(['true', 'false'])}
        if any(name.endswith('.predicate') for name in out):
            out |= {'predicates': 'gone,end', 'predicates.gone.type': KAFKA + 'predicates.RecordIsTombstone', 'predicates.end.type': KAFKA + 'predicates.TopicNameMatches',
                    'predicates.end.pattern': '.*(zz_end|zz-end|all).*'}
        return out if steps else {}

    def converters(self):
        out = {}
        if self.chance(0.4):
            out |= {'value.converter.schemas.enable': 'false'}
        if self.chance(0.3):
            out |= {'key.converter': self.dice.choice(['org.apache.kafka.connect.storage.StringConverter', JSON]), 'key.converter.schemas.enable': 'false'}
        if self.chance(0.1) and not self.unwrapped:
            out |= {'value.converter': 'io.debezium.converters.CloudEventsConverter', 'value.converter.serializer.type': 'json', 'value.converter.data.serializer.type': 'json'}
        if self.chance(0.15):
            out |= {'header.converter': self.dice.choice([JSON, 'org.apache.kafka.connect.storage.StringConverter', 'org.apache.kafka.connect.storage.SimpleHeaderConverter'])}
        return out

    def lists(self):
        table = self.dice.choice(self.tables)
        if self.chance(0.15):
            return {'schema.include.list': f'public,{java_quoted(table.schema)}'}
        if self.chance(0.15):
            return {'column.include.list': ','.join([r'public\.zz_end\..*', *(f'{java_quoted(t.schema)}\\.{java_quoted(t.name)}[^.]*\\.{java_quoted(c.name)}'
                                                                           for t in self.tables for c in t.columns if c.key or self.chance(0.6))])}
        return {}

    def make(self):
        """Settings that are added to those of a case."""
        out = self.transforms() | self.converters() | self.lists()
        if 'transforms' in out and self.chance(0.5):
            out['errors.tolerance'] = 'all'
        # A tombstone has the headers that a transformation gave the delete before it, in the reference.
        if any(name.endswith('.add.headers') or name.endswith('.header.changed.name') for name in out):
            out['tombstones.on.delete'] = 'false'
        return out

    # What the reference drops does not move its offset. A CloudEvent has times and positions in attributes of its own.
    SPEC = {'offsets': False, 'volatile': [[r'"iodebezium(ts\w+|tx[Ii]d|lsn|sequence)":"(?:\\.|[^"\\])*"', r'"iodebezium\1":"<V>"'],
                                           [r'"id":"name:(?:\\.|[^"\\])*"', '"id":"<V>"'], [r'"time":"2\d\d\d-[^"]*Z"', '"time":"<V>"']]}
