"""Random tables and what is done to them, as SQL. Statements may be wrong: whoever runs them first drops what the server refuses."""
from dataclasses import dataclass, field

from values import BASE_NAMES, KINDS, LONG_KINDS

SCHEMAS = ['public', 'public', 'inv', 'My Schema', 's-1', 'ünï']
TABLES = ['t{}', 'orders{}', 'Tab le{}', 'UPPER{}', 'a$b{}', 'tä{}', 'x-{}', 'a_b{}', '{}st']
COLUMNS = ['c{}', 'col{}', 'Col umn{}', 'UP{}', '{}st', 'a-b{}', 'ß{}', 'a${}', '_x{}', 'a.b{}', "q'{}", 'before{}', 'ts_ms{}']
LABELS = [['a', 'b', 'c'], ['low', 'light blue', "it's"], ['ä', 'A,B', '"q"', '']]


# Defaults that each run answers otherwise: no row may take them.
CHANGING = ('random(', 'current_date', 'now(', 'localtime', 'current_time', 'clock_timestamp', 'gen_random_uuid')


NOT_FINITE = ("'NaN'", "'Infinity'", "'-Infinity'")


def refused(kind):
    """Whether values of it stop the reference's task where the column is NOT NULL."""
    return kind.endswith('[]') or kind.startswith('numeric') or kind.endswith(' domain') or kind in ('name', 'time', 'timestamp')


def changing(expression):
    return any(word in expression for word in CHANGING)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


@dataclass
class Column:
    name: str
    type: str
    kind: str
    values: list
    nullable: bool = True
    default: str = ''
    generated: str = ''
    long: str = ''
    key: bool = False

    def sql(self):
        parts = [quoted(self.name), self.type]
        if self.generated:
            parts.append(self.generated)
        if self.default:
            parts.append('default ' + self.default)
        if not self.nullable:
            parts.append('not null')
        return ' '.join(parts)


@dataclass
class Table:
    schema: str
    name: str
    columns: list
    key: list
    identity: str = ''
    partitions: list = field(default_factory=list)
    rows: int = 0

    @property
    def sql(self):
        return f'{quoted(self.schema)}.{quoted(self.name)}'

    def writable(self):
        return [column for column in self.columns if not column.generated]


class TableMaker:
    """Makes tables of one case; `types` are the statements that make their types."""

    def __init__(self, dice, extensions, without=()):
        self.dice, self.extensions, self.without, self.types, self.made = dice, extensions, without, [], 0
        self.enums = []

    def chance(self, share):
        return self.dice.random() < share

    def kind(self, key=False):
        names = [name for name, kind in KINDS.items() if (kind.key or not key) and (not kind.needs or kind.needs in self.extensions)
                 and name not in self.without]
        return self.dice.choice(names)

    def type_of(self, name):
        kind = KINDS[name]
        return BASE_NAMES.get(name, name) + self.dice.choice(kind.sizes), list(kind.values), list(kind.defaults), name

    def enum(self):
        self.made += 1
        name, labels = self.dice.choice(['e{}', 'En um{}']).format(self.made), self.dice.choice(LABELS)
        spelled = ["'" + label.replace("'", "''") + "'" for label in labels]
        self.types.append(f'create type {quoted(name)} as enum ({", ".join(spelled)})')
        self.enums.append(name)
        return quoted(name), spelled, [spelled[-1], f'{spelled[0]}::{quoted(name)}'], 'enum'

    def composite(self):
        self.made += 1
        self.types.append(f'create type comp{self.made} as (a integer, b text)')
        return f'comp{self.made}', ["row(1, 'x y')", "row(NULL, '')"], [], 'composite'

    def range_type(self):
        self.made += 1
        self.types.append(f'create type rt{self.made} as range (subtype = float8)')
        return f'rt{self.made}', ["'[1.5,2)'", "'empty'"], [], 'range'

    def domain(self, depth=0):
        base, values, defaults, kind = self.scalar(0.0) if depth or self.chance(0.7) else self.domain(1)
        self.made += 1
        parts = [f'create domain dom{self.made} as {base}']
        defaults = [expression for expression in defaults if not changing(expression)]
        if defaults and self.chance(0.4):
            parts.append('default ' + self.dice.choice(defaults))
        if self.chance(0.3):
            parts.append('check (value is null or value is not null)')
        self.types.append(' '.join(parts))
        return f'dom{self.made}', values, defaults, kind + ' domain'

    def scalar(self, special=0.22):
        if self.chance(special):
            return self.dice.choice([self.enum, self.enum, self.domain, self.domain, self.composite, self.range_type])()
        return self.type_of(self.kind())

    def array(self):
        base, values, defaults, kind = self.scalar(0.2)
        def some():
            members = [self.dice.choice(values + ['NULL'] * self.chance(0.3)) for _ in range(self.dice.randint(1, 3))]
            return f'array[{", ".join(members)}]::{base}[]'
        arrays = [some() for _ in range(4)] + ["'{}'"]
        if self.chance(0.1) and kind in ('integer', 'bigint', 'boolean', 'date', 'double precision',
                                         'timestamp'):  # others have names of Java objects
            arrays.append(f'array[[{values[0]}, {values[-1]}], [{values[0]}, NULL]]::{base}[]')
        return base + '[]', arrays, ["'{}'", some()], kind + '[]'

    def column(self, number):
        name = self.dice.choice(COLUMNS[:2] if self.chance(0.6) else COLUMNS).format(number)
        if self.chance(0.15):
            kind = self.dice.choice([k for k in LONG_KINDS if k not in self.without and
                                     (not KINDS.get(k.removesuffix('[]')) or KINDS[k.removesuffix('[]')].needs in ('', *self.extensions))])
            plain = KINDS[kind.removesuffix('[]')].values
            values = [f'array[{value}]::{kind}' for value in plain[:2]] if kind.endswith('[]') else plain[:3]
            long = LONG_KINDS[kind].replace('{seed}', str(number))
            return Column(name, kind, kind, values, nullable=self.chance(0.8), long=long)
        type_name, values, defaults, kind = self.array() if self.chance(0.25) else self.scalar()
        column = Column(name, type_name, kind, values, nullable=self.chance(0.7) or refused(kind))
        if defaults and self.chance(0.35):
            column.default = self.dice.choice(defaults)
        return column

    def key_column(self, number):
        name = self.dice.choice(['id{}', 'key{}', 'Key {}', 'k-{}']).format(number)
        if self.chance(0.5):
            kind = self.dice.choice(['integer', 'bigint', 'serial', 'bigserial', 'smallserial', 'identity'])
            if kind == 'identity':
                return Column(name, 'integer', 'integer', [], False, generated='generated by default as identity', key=True)
            return Column(name, kind, kind, [], nullable=False, key=True)
        type_name, values, defaults, kind = self.type_of(self.kind(key=True))
        values = [value for value in values if value not in NOT_FINITE or kind != 'numeric']
        return Column(name, type_name, kind, values, False, self.dice.choice(defaults) if defaults and self.chance(0.2) else '', key=True)

    def table(self, number):
        name = self.dice.choice(TABLES[:2] if self.chance(0.6) else TABLES).format(number)
        keys = [self.key_column(i) for i in range(self.dice.choice([0, 1, 1, 1, 1, 2, 2, 3]))]
        columns = keys + [self.column(i) for i in range(self.dice.randint(2, 9))]
        if self.chance(0.3):
            self.dice.shuffle(columns)
        if self.chance(0.12):
            columns.append(Column('gen', 'integer', 'integer', [], generated='generated always as (1 + 2) stored'))
        seen, distinct = set(), []
        for column in columns:
            if column.name.lower() not in seen:
                distinct.append(column)
            seen.add(column.name.lower())
        return Table(self.dice.choice(SCHEMAS), name, distinct, [c for c in distinct if c.key])

    def create(self, table):
        """The statements that make it."""
        out, parts = [f'create schema if not exists {quoted(table.schema)}'], [column.sql() for column in table.columns]
        partitioned = table.key and self.chance(0.1)
        if table.key and self.chance(0.85) or partitioned:
            parts.append(f'primary key ({", ".join(quoted(c.name) for c in table.key)})')
        out.append(f'create table {table.sql} ({", ".join(parts)})' + (f' partition by hash ({quoted(table.key[0].name)})' if partitioned else ''))
        if partitioned:
            for i in range(2):
                part = Table(table.schema, f'{table.name}_p{i}', table.columns, table.key)
                table.partitions.append(part)
                out.append(f'create table {part.sql} partition of {table.sql} for values with (modulus 2, remainder {i})')
        for i, column in enumerate(c for c in table.columns if not c.generated and not c.long):
            if self.chance(0.04):
                out.append(f'create unique index ux{i}_{self.made} on {table.sql} ({quoted(column.name)})')
        for column in table.columns:
            if column.long:
                out.append(f'alter table {table.sql} alter column {quoted(column.name)} set storage external')
        return out + self.identity(table)

    def identity(self, table):
        choice = self.dice.choice(['default', 'default', 'full', 'full', 'index', 'nothing'])
        targets = table.partitions or [table]
        if choice == 'index' and table.key:
            columns = self.dice.sample([c for c in table.columns if not c.nullable], 1)[0]
            out = []
            for i, target in enumerate(targets):
                out += [f'create unique index ri{i}_{self.made} on {target.sql} ({quoted(columns.name)})',
                        f'alter table {target.sql} replica identity using index ri{i}_{self.made}']
            self.made += 1
            return out
        return [] if choice in ('default', 'index') else [f'alter table {target.sql} replica identity {choice}' for target in targets]
