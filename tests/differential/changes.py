"""Random changes to the tables of a case: SQL of rows, messages and table definitions."""
from tables import changing, quoted


class Changes:
    def __init__(self, dice, maker, tables):
        self.dice, self.maker, self.tables = dice, maker, tables
        self.number = 0

    def chance(self, share):
        return self.dice.random() < share

    def value(self, column, row):
        if column.nullable and self.chance(0.2):
            return 'NULL'
        if column.long and self.chance(0.7):
            return column.long
        if not column.values:
            return str(row)
        if column.kind in ('integer', 'bigint', 'smallint') and column.key:
            return str(row)
        if column.key and column.kind in ('text', 'citext', 'varchar') and '(' not in column.type:
            return f"'k{row}'"
        return self.dice.choice(column.values)

    def insert(self, table):
        rows, chosen = [], [c for c in table.writable() if not (c.default or c.type.endswith('serial')) or changing(c.default) or self.chance(0.6)]
        for _ in range(self.dice.choice([1, 1, 2, 3])):
            table.rows += 1
            rows.append('(' + ', '.join(self.value(column, table.rows) for column in chosen) + ')')
        if not chosen:
            return f'insert into {table.sql} default values'
        return f'insert into {table.sql} ({", ".join(quoted(c.name) for c in chosen)}) values {", ".join(rows)} on conflict do nothing'

    def where(self, table):
        """One row, the same in every run."""
        order = ', '.join(f'{quoted(c.name)}::text' for c in table.key) or 'ctid'
        turn = self.dice.choice(['', ' desc'])
        return f'(tableoid, ctid) = (select tableoid, ctid from {table.sql} order by {order}{turn} limit 1)'

    def update(self, table):
        pool = [c for c in table.writable() if not c.key or self.chance(0.15)]
        if not pool:
            return self.insert(table)
        changed = self.dice.sample(pool, min(len(pool), self.dice.choice([1, 1, 2, 3])))
        table.rows += 1
        parts = [f'{quoted(c.name)} = {quoted(c.name) if self.chance(0.1) else self.value(c, table.rows)}' for c in changed]
        return f'update {table.sql} set {", ".join(parts)} where {self.where(table)}'

    def delete(self, table):
        return f'delete from {table.sql} where {self.where(table)}'

    def truncate(self, table):
        return f'truncate {", ".join(t.sql for t in self.dice.sample(self.tables, self.dice.choice([1, min(2, len(self.tables))])))}'

    def message(self, table):
        content = self.dice.choice(["'hello'", "''", "'{\"a\": 1}'", "'\\x00ff'::bytea", "'日'"])
        return f"select pg_logical_emit_message({self.dice.choice(['true', 'false'])}, '{self.dice.choice(['p', 'q 1', ''])}', {content})"

    def rows(self, table):
        kinds = [self.insert] * 5 + [self.update] * 8 + [self.delete] * 2 + [self.message]
        if self.chance(0.15):
            kinds += [self.truncate] * 3
        return self.dice.choice(kinds)(table)

    def transactions(self, count):
        out = []
        for _ in range(count):
            if self.chance(0.3):
                out += ['begin', *(self.rows(self.dice.choice(self.tables)) for _ in range(self.dice.randint(1, 4))), 'commit']
            else:
                out.append(self.rows(self.dice.choice(self.tables)))
        return out

    def definition(self, table):
        """A change of the table's definition."""
        self.number += 1
        name, column = f'new{self.number}', self.dice.choice(table.columns)
        kind = self.dice.choice(['add', 'add', 'add default', 'drop', 'rename', 'type', 'null', 'not null', 'default', 'drop default', 'identity',
                                 'label', 'drop key', 'new table', 'swap'])
        alter = f'alter table {table.sql} '
        if kind.startswith('add'):
            added = self.maker.column(self.number + 100)
            added.name, added.nullable = name, True
            if kind == 'add' or changing(added.default):
                added.default = ''
            table.columns.append(added)
            types, self.maker.types = self.maker.types, []
            return types + [alter + 'add column ' + added.sql()]
        if kind == 'drop' and not column.key:
            table.columns.remove(column)
            return [alter + f'drop column {quoted(column.name)}']
        if kind == 'rename':
            old, column.name = column.name, name
            return [alter + f'rename column {quoted(old)} to {quoted(name)}']
        if kind == 'type' and not column.generated:
            plain = {'smallint': 'integer', 'integer': 'bigint', 'bigint': 'numeric', 'varchar': 'text', 'real': 'double precision',
                     'date': 'timestamp'}.get(column.kind, 'text')
            column.type = column.kind = plain
            column.long = ''
            column.values = {'text': ["'t'", "''"], 'timestamp': ["'2020-01-01 00:00'"]}.get(plain, ['7', '8'])
            return [alter + f'alter column {quoted(column.name)} type {plain} using {quoted(column.name)}::text::{plain}']
        if kind in ('null', 'not null') and not column.key:
            column.nullable = kind == 'null'
            return [alter + f'alter column {quoted(column.name)} {"drop" if column.nullable else "set"} not null']
        if kind == 'default' and column.values:
            return [alter + f'alter column {quoted(column.name)} set default {self.dice.choice(column.values)}']
        if kind == 'drop default':
            return [alter + f'alter column {quoted(column.name)} drop default']
        if kind == 'identity':
            return [alter + f'replica identity {self.dice.choice(["full", "default"])}']
        if kind == 'label' and self.maker.enums:
            return [f"alter type {quoted(self.dice.choice(self.maker.enums))} add value 'new {self.number}'"]
        if kind == 'drop key':
            return [alter + f'drop constraint {quoted(table.name + "_pkey")}']
        if kind == 'new table':
            made = self.maker.table(50 + self.number)
            types, self.maker.types = self.maker.types, []
            create = self.maker.create(made)
            types, self.maker.types = types + self.maker.types, []
            self.tables.append(made)
            return types + create + [self.insert(made)]
        return [alter + f'rename column {quoted(column.name)} to {quoted(column.name)}']
