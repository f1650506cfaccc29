"""Random work on one table: rows that come, change, move and go, and a description that changes under them."""
import random
import threading

import psycopg

import stack

CORE = 'id bigint primary key, version int not null, body text, amount numeric(20, 4)'
MOST_EXTRAS = 6
TYPES = {'integer': ('7', 'bigint'), 'bigint': ('8000000000', 'text'), 'text': ("'seven'", None), 'boolean': ('true', 'text'), 'date': ("'2024-02-29'", 'text')}


class Work(threading.Thread):
    """Transactions on one table until it is told to stop, through restarts of the server."""

    def __init__(self, address, table, seed):
        super().__init__(daemon=True)
        self.address, self.table, self.dice, self.done, self.error = address, table, random.Random(seed), threading.Event(), None
        self.commits = self.changes_of_description = self.next_id = self.names = 0

    def run(self):
        while not self.done.is_set():
            try:
                with stack.connect(self.address) as connection:
                    self.next_id = 1 + (connection.execute(f'select max(id) from {self.table}').fetchone()[0] or 0)
                    while not self.done.is_set():
                        with connection.transaction():
                            for _ in range(self.dice.choice([1, 1, 2, 5, 40])):
                                self.step(connection)
                            if self.dice.random() < 0.05:
                                raise psycopg.Rollback
                        self.commits += 1
                        self.done.wait(self.dice.random() * 0.4)
            except (psycopg.OperationalError, psycopg.Rollback):  # the latter where the connection ended before its rollback
                self.done.wait(0.2)  # the server restarts, or ended this connection
            except psycopg.errors.UniqueViolation:
                pass
            except Exception as error:  # whatever it is ends the run
                self.error = error
                return

    def step(self, connection):
        kinds = {self.insert: 30, self.update: 45, self.remove: 10, self.move: 4, self.copy: 0.2, self.describe: 1.5, self.identity: 0.5, self.truncate: 0.1}
        self.dice.choices(list(kinds), list(kinds.values()))[0](connection)

    def some_id(self):
        return self.dice.randrange(max(1, self.next_id - 3000), self.next_id + 1)

    def body(self):
        """Now and then one that is kept outside of its row, so that an update of other columns does not show it."""
        if self.dice.random() < 0.1:
            return ''.join(self.dice.choices('abcdefghij', k=self.dice.choice([3000, 9000])))
        return self.dice.choice([None, '', 'ä', 'tab\tline\n\\.', 'x' * self.dice.randrange(200)])

    def insert(self, connection):
        connection.execute(f'insert into {self.table} (id, version, body, amount) values (%s, 1, %s, %s)',
                           [self.next_id, self.body(), self.dice.choice([None, 0, -1.5, 123456789012.3456])])
        self.next_id += 1

    def update(self, connection):
        connection.execute(f'update {self.table} set version = version + 1, amount = %s where id = %s', [self.dice.randrange(10**6), self.some_id()])
        if self.dice.random() < 0.3:
            connection.execute(f'update {self.table} set body = %s, version = version + 1 where id = %s', [self.body(), self.some_id()])

    def remove(self, connection):
        connection.execute(f'delete from {self.table} where id = %s', [self.some_id()])

    def move(self, connection):
        # The body comes with it, because an unchanged one that lies outside of the row would not.
        connection.execute(f'update {self.table} set id = %s, body = body || %s, version = version + 1 where id = %s', [self.next_id, '+', self.some_id()])
        self.next_id += 1

    def copy(self, connection):
        rows = self.dice.choice([3, 50, 1000])
        with connection.cursor().copy(f'copy {self.table} (id, version, body) from stdin') as copy:
            for _ in range(rows):
                copy.write_row((self.next_id, 1, self.body()))
                self.next_id += 1

    def extras(self, connection):
        return connection.execute("select attname, format_type(atttypid, null) from pg_attribute where attrelid = %s::regclass and attnum > 4 "
                                  'and not attisdropped', [self.table]).fetchall()

    def describe(self, connection):
        """Adds, drops, renames or retypes a column. A name is never used twice, so the topic tells which one was meant."""
        extras = self.extras(connection)
        choice = self.dice.choice(['add', 'drop', 'rename', 'retype']) if extras else 'add'
        if choice == 'add' and len(extras) >= MOST_EXTRAS:
            choice = 'drop'
        name, kind = self.dice.choice(extras) if extras else ('', '')
        self.names += 1
        fresh = f'e{self.dice.randrange(10**6)}_{self.names}'
        if choice == 'add':
            kind = self.dice.choice(list(TYPES))
            default = f' default {TYPES[kind][0]}' if self.dice.random() < 0.5 else ''
            connection.execute(f'alter table {self.table} add column {fresh} {kind}{default}')
        elif choice == 'drop':
            connection.execute(f'alter table {self.table} drop column {name}')
        elif choice == 'rename':
            connection.execute(f'alter table {self.table} rename column {name} to {fresh}')
        elif TYPES[kind][1]:
            # Another name with it: the rows that are there come with the old type.
            connection.execute(f'alter table {self.table} alter column {name} drop default')
            connection.execute(f'alter table {self.table} alter column {name} type {TYPES[kind][1]} using {name}::{TYPES[kind][1]}')
            connection.execute(f'alter table {self.table} rename column {name} to {fresh}')
        self.changes_of_description += 1

    def identity(self, connection):
        connection.execute(f"alter table {self.table} replica identity {self.dice.choice(['full', 'default'])}")

    def truncate(self, connection):
        connection.execute(f'truncate {self.table}')

    def finish(self):
        self.done.set()
        self.join(60)
        if self.error:
            raise self.error
