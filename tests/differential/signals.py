"""Random signals in a case: incremental and blocking snapshots of its tables, while nothing else is written."""
import json

from settings import java_quoted

TABLE = 'create table public.signals (id varchar(42) primary key, type varchar(32) not null, data varchar(2048))'
# Keys by which both read a table in chunks; the reference gives tables with others up.
CHUNKED_BY = ('smallint', 'integer', 'bigint', 'serial', 'bigserial', 'smallserial', 'text', 'varchar', 'uuid', 'numeric', 'boolean')
# What the markers of windows hold, and what no two runs tell alike of the position at a signal.
SPEC = {'ranks': False, 'sorted': ['additional_data'], 'volatile': [
    [r'((?:open|close)WindowTimestamp\\*": ?\\*")[^"\\]*', r'\1<TIME>'],
    ['[0-9a-f]{8}-[0-9a-f]{4}-[1-6][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}(?=-open|-close)', '<UUID>'],
    [r'("id":")[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}(?=")', r'\1<UUID>'],
    [r'("timestamp":)\d{13}', r'\1<TS_MS>'],
    [r'(\\"(?:open|close)WindowTimestamp[^}]*)', '<WINDOW>'],
    [r'("sequence":"\[)(?:null|\\"<S>\\"),', r'\1*,']]}


class Signals:
    def __init__(self, dice, tables):
        self.dice, self.number = dice, 0
        # The reference gives up tables with blanks in their names, and those with generated columns.
        self.tables = [table for table in tables if not table.partitions and ' ' not in table.schema + table.name
                       and not any(column.generated.endswith('stored') for column in table.columns)]

    def chance(self, share):
        return self.dice.random() < share

    def settings(self):
        out = {'signal.data.collection': 'public.signals', 'incremental.snapshot.chunk.size': self.dice.choice(['1', '2', '3', '1024'])}
        if self.chance(0.3):
            out['incremental.snapshot.watermarking.strategy'] = self.dice.choice(['insert_insert', 'insert_delete'])
        if self.chance(0.5):
            out.update({'notification.enabled.channels': 'sink', 'notification.sink.topic.name': 'told.${PREFIX}'})
        return out

    def chunked(self, table):
        """Whether the reference reads it, and by which column if not by its key."""
        simple = [c for c in table.columns if c.kind in CHUNKED_BY and not c.nullable and not c.generated]
        if table.key and all(c.kind in CHUNKED_BY for c in table.key) and self.chance(0.75):
            return True, None
        plain = [c for c in simple if c.name.replace('_', '').isalnum() and c.name.islower()]
        return (True, self.dice.choice(plain)) if plain and len(table.key) < 2 else (False, None)

    def statements(self):
        """One signal and the order to wait for what it brings; nothing if no table will do."""
        table = self.dice.choice(self.tables) if self.tables else None
        if table is None:
            return []
        possible, surrogate = self.chunked(table)
        blocking = self.chance(0.25)
        if not possible and not blocking:
            return []
        name = f'{java_quoted(table.schema)}\\.{java_quoted(table.name)}'
        data = {'data-collections': [name], 'type': 'blocking' if blocking else self.dice.choice(['incremental', 'INCREMENTAL'])}
        if surrogate and not blocking:
            data['surrogate-key'] = surrogate.name
        if self.chance(0.4):
            where = self.dice.choice(['true', 'false', 'tableoid is not null', "'it''s' <> ''"])
            of = f'{table.schema}.{table.name}' if blocking else name  # of blocking ones the reference takes no expressions
            data['additional-conditions'] = [{'data-collection': of, 'filter': f'select * from {table.sql} where {where}' if blocking else where}]
        self.number += 1
        text = json.dumps(data, ensure_ascii=False).replace("'", "''")
        return [f"insert into public.signals values ('sig{self.number}', 'execute-snapshot', '{text}')", '--@ settle signal']
