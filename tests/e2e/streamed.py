"""Transactions that are large enough for the server to stream them before they commit, and what came of them."""
import stack

ROWS = 4000  # of one step: more than the 64 kB from which the server streams


class Transaction:
    """A transaction that stays open; rows are (name, number)."""

    def __init__(self, address, database, name):
        self.name, self.connection, self.next = name, stack.connect(address, database), 0
        self.connection.execute('begin')

    def insert(self, rows=ROWS):
        """The keys of new rows."""
        begin, self.next = self.next, self.next + rows
        self.connection.execute("insert into t select %s, i, repeat('v', 100) from generate_series(%s::int, %s::int) i", [self.name, begin, self.next - 1])
        return [(self.name, i) for i in range(begin, self.next)]

    def execute(self, statement):
        self.connection.execute(statement)

    def close(self):
        self.connection.close()


class Streaming:
    """A worker with a connector to whose slot the server streams transactions, and the transactions, which end with the test."""

    def __init__(self, worker, connector, spill):
        self.worker, self.connector, self.spill, self.transactions = worker, connector, spill, []

    def begin(self, name):
        made = Transaction(self.connector.postgres_address, self.connector.config['database.dbname'], name)
        self.transactions.append(made)
        return made

    def close(self):
        for transaction in self.transactions:
            transaction.close()


def told(reader):
    """The keys in the order in which they came first."""
    return list(dict.fromkeys((key['name'], key['number']) for key, value, _ in reader.records if value['op'] == 'c'))
