"""Makes one random case from a seed: what its files hold."""
import random

import signals
from changes import Changes
from settings import Settings
from shapes import Shapes
from tables import TableMaker

EXTENSIONS = ['citext', 'hstore', 'ltree', 'isn', 'cube']
# Every case has this table too: its records tell that what was done before has come.
END = 'create table public.zz_end (id integer primary key, v integer)'

# Types whose values, or nulls, the reference gets wrong where decoderbufs sends them (docs/differences.md).
NOT_WITH_DECODERBUFS = ('name', 'numeric(p,-s)', 'line', 'lseg', 'box', 'path', 'polygon', 'circle')
# The share of the cases that have transformations or other converters.
SHAPED = 0.5
NOT_WITH_LISTS = ('column.exclude.list', 'table.include.list', 'table.exclude.list', 'message.key.columns')
# Settings that choose another key, tables that are not read, or rows that both leave out for other reasons.
NOT_WITH_SIGNALS = ('message.key.columns', 'table.include.list', 'table.exclude.list', 'column.exclude.list', 'skipped.operations', 'read.only')


def mark(number):
    return [f'insert into public.zz_end values ({number}, 0)', f'update public.zz_end set v = 1 where id = {number}',
            f'delete from public.zz_end where id = {number}', '--@ settle']


class RandomCase:
    """`setup` and `changes` are statements, or orders that begin with --@; `settings` the connector's; `spec` is case.json."""

    def __init__(self, seed):
        self.name, dice = f'random-{seed}', random.Random(seed)
        extensions = [name for name in EXTENSIONS if dice.random() < 0.5]
        decoderbufs = random.Random(f'plugin of {seed}').random() < 0.15
        maker = TableMaker(dice, extensions, NOT_WITH_DECODERBUFS if decoderbufs else ())
        tables = [maker.table(i) for i in range(dice.randint(1, 4))]
        creation = [statement for table in tables for statement in maker.create(table)]
        changes = Changes(dice, maker, tables)
        before = [changes.insert(table) for table in tables for _ in range(dice.randint(0, 3))]
        self.setup = [f'create extension {name}' for name in extensions] + ['create sequence numbers', END] + maker.types + creation + before
        maker.types = []
        self.settings = Settings(dice, tables).make()
        self.changes = mark(1) + changes.transactions(dice.randint(6, 18)) + mark(2)
        if dice.random() < 0.5:
            for i in range(dice.randint(1, 4)):
                table = dice.choice(tables)
                self.changes += changes.definition(table) + changes.transactions(dice.randint(1, 4)) + [changes.insert(table),
                                                                                                        changes.update(table)] + mark(3 + i)
        self.spec = {}
        self.add_signals(random.Random(f'signals of {seed}'), tables)
        self.add_restart(random.Random(f'restart of {seed}'))
        self.add_shapes(random.Random(f'shapes of {seed}'), tables)
        if decoderbufs:
            self.settings = {name: value for name, value in self.settings.items() if not name.endswith('.propagate.source.type')}
            self.settings['plugin.name'] = 'decoderbufs'
            if self.settings.get('time.precision.mode') == 'structured':
                del self.settings['time.precision.mode']  # a timetz of 24:00 stops the reference
            # Only what the stream tells of makes the reference look for defaults.
            self.changes = [statement for statement in self.changes if ' set default ' not in statement and not statement.endswith(' drop default')]
            # It tells of transactions of other databases, which one run has and another has not.
            self.settings.pop('provide.transaction.metadata', None)
            self.spec = {**self.spec, 'ranks': False}
        if 'provide.transaction.metadata' in self.settings:  # where a message stands in an END record is an accident of Java's identity hashes
            self.changes = [statement for statement in self.changes if 'pg_logical_emit_message' not in statement]

    def add_signals(self, dice, tables):
        if dice.random() > 0.25:
            return
        made = signals.Signals(dice, tables)
        asked = [statement for _ in range(dice.randint(1, 3)) for statement in made.statements()]
        if not asked:
            return
        self.spec = signals.SPEC
        self.setup.append(signals.TABLE)
        self.settings = {**{name: value for name, value in self.settings.items() if name not in NOT_WITH_SIGNALS}, **made.settings()}
        end = self.changes.index('--@ settle') + 1
        self.changes[end:end] = asked

    def add_shapes(self, dice, tables):
        if self.spec or dice.random() > SHAPED:
            return
        added = Shapes(dice, tables).make()
        if any(name.endswith('.include.list') for name in added):
            self.settings = {name: value for name, value in self.settings.items() if name not in NOT_WITH_LISTS}
        self.settings |= added
        self.spec = Shapes.SPEC

    def add_restart(self, dice):
        """The task starts anew between two marks, from the offset of the first."""
        if self.spec or dice.random() > 0.2:
            return
        ends = [i + 1 for i, statement in enumerate(self.changes) if statement == '--@ settle']
        at = dice.choice(ends)
        self.changes[at:at] = ['--@ restart', *mark(90)]
