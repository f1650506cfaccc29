"""Random settings of a connector for the tables of a case."""
import re

JSON = 'org.apache.kafka.connect.json.JsonConverter'
BASE = {
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector', 'tasks.max': '1', 'database.hostname': '${PG_HOST}', 'database.port': '${PG_PORT}',
    'database.user': '${PG_USER}', 'database.password': '${PG_PASSWORD}', 'database.dbname': '${DB}', 'topic.prefix': '${PREFIX}', 'plugin.name': 'pgoutput',
    'slot.name': '${SLOT}', 'publication.name': '${PUB}', 'key.converter': JSON, 'key.converter.schemas.enable': 'true', 'value.converter': JSON,
    'value.converter.schemas.enable': 'true', 'poll.interval.ms': '50',
}
# Name -> share of the cases that set it, and its values.
CHOICES = {
    'time.precision.mode': (0.7, ['adaptive', 'adaptive_time_microseconds', 'connect', 'isostring', 'structured', 'microseconds', 'nanoseconds']),
    'decimal.handling.mode': (0.6, ['precise', 'double', 'string']),
    'binary.handling.mode': (0.6, ['bytes', 'base64', 'base64-url-safe', 'hex']),
    'interval.handling.mode': (0.4, ['numeric', 'string']),
    'hstore.handling.mode': (0.4, ['json', 'map']),
    'money.fraction.digits': (0.2, ['0', '1', '3', '5']),
    'include.unknown.datatypes': (0.5, ['true', 'false']),
    'unavailable.value.placeholder': (0.25, ['absent', 'hex:6162', 'hex:00ff', '__other_ü', '']),
    'schema.name.adjustment.mode': (0.3, ['none', 'avro', 'avro_unicode']),
    'field.name.adjustment.mode': (0.3, ['none', 'avro', 'avro_unicode']),
    'tombstones.on.delete': (0.25, ['true', 'false']),
    'skip.messages.without.change': (0.25, ['true']),
    'provide.transaction.metadata': (0.25, ['true']),
    'extended.headers.enabled': (0.2, ['false']),
    'heartbeat.interval.ms': (0.1, ['3600000']),
    'topic.delimiter': (0.1, ['_', '-', '.']),
    'topic.naming.strategy': (0.15, ['io.debezium.schema.SchemaTopicNamingStrategy', 'io.debezium.schema.SchemaUnicodeTopicNamingStrategy',
                                     'io.debezium.schema.SchemaRegexTopicNamingStrategy']),
    'topic.heartbeat.prefix': (0.05, ['beats']),
    'topic.heartbeat.name': (0.05, ['beats.${PREFIX}.all']),
    'lsn.flush.mode': (0.1, ['connector', 'manual', 'connector_and_driver']),
    'snapshot.locking.mode': (0.05, ['shared', 'none']),
    'max.batch.size': (0.1, ['1', '7']),
    'event.converting.failure.handling.mode': (0.2, ['warn', 'skip']),
    'publish.via.partition.root': (0.2, ['true']),
    'publication.autocreate.mode': (0.5, ['all_tables', 'filtered']),
    'value.converter.replace.null.with.default': (0.5, ['false']),
    'key.converter.replace.null.with.default': (0.3, ['false']),
    'value.converter.decimal.format': (0.2, ['NUMERIC']),
    'snapshot.mode': (0.4, ['initial', 'no_data', 'always', 'when_needed']),
    'snapshot.isolation.mode': (0.1, ['repeatable_read', 'read_committed', 'serializable']),
    'message.prefix.include.list': (0.1, ['p', 'q.*']),
    'skipped.operations': (0.3, ['none', 'c', 'u', 'd', 't', 'r', 'c,d', 'u,d,t', 'r,t', 't,c']),
    'include.schema.comments': (0.05, ['true']),
    'topic.transaction': (0.1, ['txs']),
    'database.initial.statements': (0.05, ["select 'a;;b'; select 2"]),
}


def java_quoted(name):
    """A regular expression, within a list, that matches this name."""
    return re.sub(r'([\\.$|()\[\]{}+*?^])', r'\\\1', name).replace(',', '\\,')


class Settings:
    def __init__(self, dice, tables):
        self.dice, self.tables = dice, tables

    def chance(self, share):
        return self.dice.random() < share

    def table_pattern(self, table):
        exact = f'{java_quoted(table.schema)}\\.{java_quoted(table.name)}'
        return self.dice.choice([exact, exact, f'.*\\.{java_quoted(table.name)}', f'{java_quoted(table.schema)}\\..*',
                                 exact.upper() if exact.isascii() and '\\' not in exact.replace('\\.', '') else exact])

    def column_pattern(self, table, column):
        return self.dice.choice([f'{java_quoted(table.schema)}\\.{java_quoted(table.name)}\\.{java_quoted(column.name)}',
                                 f'.*\\.{java_quoted(column.name)}', f'{java_quoted(table.schema)}.{java_quoted(table.name)}.{java_quoted(column.name)}'])

    def columns(self, wanted=lambda column: True, most=3):
        pool = [(t, c) for t in self.tables for c in t.columns if wanted(c)]
        return ','.join(self.column_pattern(*pair) for pair in self.dice.sample(pool, min(len(pool), self.dice.randint(1, most))))

    def of_columns(self):
        text = re.compile('text|char|citext|varchar|name|enum|domain').search
        out = {}
        for name, share in (('column.truncate.to.%d.chars', 0.2), ('column.mask.with.%d.chars', 0.2)):
            if self.chance(share):
                out[name % self.dice.choice([0, 1, 2, 5, 12])] = self.columns(lambda c: text(c.kind) or self.chance(0.2))
        for version in ('', 'v2.'):
            if self.chance(0.15):
                out[f'column.mask.hash.{version}{self.dice.choice(["SHA-256", "MD5", "SHA-512", "SHA-1"])}.with.salt.{self.dice.choice(["salt", "CzQMA0cB5K"])}'] = \
                    self.columns(lambda c: text(c.kind) or self.chance(0.2))
        if self.chance(0.2):
            out['column.propagate.source.type'] = self.dice.choice(['.*', self.columns(most=6)])
        if self.chance(0.15):
            out['datatype.propagate.source.type'] = self.dice.choice([r'.*\.(varchar|numeric|int4)', r'.+\.(TEXT|TIMESTAMPTZ|_INT4|BIT)',
                                                                      r'.*\.\w+', r'.+\.INT.*'])
        if self.chance(0.2):
            out['column.exclude.list'] = self.columns(lambda c: not c.key and not c.default, 4)
        return out

    def keys(self):
        rules = []
        for table in self.dice.sample(self.tables, self.dice.randint(1, len(self.tables))):
            names = [c.name for c in table.columns if c.name.replace('_', '').isalnum() and not c.generated]
            if names:
                rules.append(f'{java_quoted(table.schema)}.{java_quoted(table.name)}:{",".join(self.dice.sample(names, min(len(names), self.dice.randint(1, 2))))}')
        return ';'.join(rules)

    def regex_naming(self):
        out = {'topic.regex': self.dice.choice([r'(.*)\.(.*)\.(.*)', r'(.*)(t|orders)\d(.*)', '(.*)zz(.*)', '.*']),
               'topic.replacement': self.dice.choice(['$1.$2', '$1all', '$1_$2'])}
        if out['topic.regex'] == '.*':
            out['topic.replacement'] = '${PREFIX}.all'
        for name, share, values in (('topic.key.enforce.uniqueness', 0.5, ['true', 'false']), ('topic.key.field.name', 0.3, ['__table', 'of']),
                                    ('topic.key.field.regex', 0.3, [r'(.*)\.(.*)'])):
            if self.chance(share):
                out[name] = self.dice.choice(values)
        if 'topic.key.field.regex' in out:
            out['topic.key.field.replacement'] = '$2'
        return out

    def overrides(self):
        out, names = {}, []
        for table in self.tables:
            if self.chance(0.6) and table.name.replace('_', '').isalnum() and table.schema.isalnum():
                names.append(f'{table.schema}.{table.name}')
                out[f'snapshot.select.statement.overrides.{names[-1]}'] = self.dice.choice([
                    f'select * from {table.sql} where false', f'select * from {table.sql} limit 1', f'select * from {table.sql} order by 1'])
        return {'snapshot.select.statement.overrides': ','.join(names), **out} if names else {}

    def make(self):
        out = dict(BASE)
        for name, (share, values) in CHOICES.items():
            if self.chance(share):
                out[name] = self.dice.choice(values)
        out.update(self.of_columns())
        if self.chance(0.15):
            out['message.key.columns'] = self.keys()
            out.pop('column.exclude.list', None)  # the reference's keys have no values of columns that it leaves out
        if any(t.partitions for t in self.tables) and out.get('skipped.operations') and out.get('publication.autocreate.mode') == 'filtered':
            del out['publication.autocreate.mode']  # the reference's ALTER PUBLICATION is refused
        if out.get('topic.naming.strategy', '').endswith('RegexTopicNamingStrategy'):
            out.update(self.regex_naming())
        if self.chance(0.1):
            out.update(self.overrides())
        if self.chance(0.2):
            out['table.include.list'] = ','.join([self.table_pattern(t) for t in self.dice.sample(self.tables, self.dice.randint(1,
                                                                                                                                 len(self.tables)))] + [r'public\.zz_end'])
        elif self.chance(0.1):
            out['table.exclude.list'] = self.table_pattern(self.dice.choice(self.tables)).replace('public\\..*', 'public\\.t.*')
        if self.chance(0.1):
            out['snapshot.include.collection.list'] = self.table_pattern(self.dice.choice(self.tables))
        first = self.tables[0]  # the reference does not quote its name
        if self.chance(0.05) and re.fullmatch('[a-z0-9_]+', first.schema + first.name) and not first.name[0].isdigit():
            out['replica.identity.autoset.values'] = f'{first.schema}\\.{first.name}:FULL'
        return {name: value for name, value in out.items() if value != '' or name == 'unavailable.value.placeholder'}
