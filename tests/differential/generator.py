"""Makes one random case from a seed: what its files hold."""
import random

from changes import Changes
from settings import Settings
from tables import TableMaker

EXTENSIONS = ['citext', 'hstore', 'ltree', 'isn', 'cube']
# Every case has this table too: its records tell that what was done before has come.
END = 'create table public.zz_end (id integer primary key, v integer)'


def mark(number):
    return [f'insert into public.zz_end values ({number}, 0)', f'update public.zz_end set v = 1 where id = {number}',
            f'delete from public.zz_end where id = {number}', '--@ settle']


class RandomCase:
    """`setup` and `changes` are statements, or orders that begin with --@; `settings` the connector's."""

    def __init__(self, seed):
        self.name, dice = f'random-{seed}', random.Random(seed)
        extensions = [name for name in EXTENSIONS if dice.random() < 0.5]
        maker = TableMaker(dice, extensions)
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
        if 'provide.transaction.metadata' in self.settings:  # where a message stands in an END record is an accident of Java's identity hashes
            self.changes = [statement for statement in self.changes if 'pg_logical_emit_message' not in statement]
