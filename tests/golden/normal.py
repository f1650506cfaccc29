"""Makes two runs of a case comparable: what differs from run to run becomes a symbol.

Times become <TS_MS> and so on, by their number of digits, so that a wrong unit stays a difference. Log positions and transaction
ids become their rank among those of their kind in the run: equal ones stay equal and later ones later. The kinds are kept
apart (streamed events, snapshot records, commits, transactions and their ends), as how they interleave is the server's affair.
"""
import json
import re

TIMES = [('ts_ms', 13, 'TS_MS'), ('ts_us', 16, 'TS_US'), ('ts_ns', 19, 'TS_NS'), ('ts_usec', 16, 'TS_US'), ('ts_sec', 10, 'TS_S')]
POSITION = re.compile(r'("(?:[\w.]*_)?(?:lsn|lsn_proc|lsn_commit|source_lsn)\\?":)(\d+)')
TRANSACTION = re.compile(r'("(?:[\w.]*_)?(?:txId\\?":|xmin\\?":|transaction_id":"(?=\d+")))(\d+)')
SEQUENCE = re.compile(r'(sequence\\*":\\*"\[)([^\]]*)(\])')
TRANSACTION_AT = re.compile(r'("(?:id|transaction_id\\?|transactionId)":")(\d+):(\d+)"')
OF_SNAPSHOT = re.compile(r'"(?:\w*_)?snapshot":"(?!false")')
RUN_ID = re.compile(r'[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')


def each_number(text, value, replace):
    """Text with replace(kind, number) in the place of each position and transaction id. `value` is the record's value, which tells
    what its key and headers belong to."""
    events = 'S' if OF_SNAPSHOT.search(text) else 'L'
    transactions = 'E' if '"status":"END"' in value else 'T'

    def in_sequence(match):
        first, comma, second = match[2].partition(',')
        commits = 'C' if events == 'L' else events
        return (match[1] + re.sub(r'\d+', lambda n: replace(commits, n[0]), first) + comma
                + re.sub(r'\d+', lambda n: replace(events, n[0]), second) + match[3])

    text = POSITION.sub(lambda m: m[1] + replace(events, m[2]), text)
    text = TRANSACTION.sub(lambda m: m[1] + replace('X', m[2]), text)
    text = SEQUENCE.sub(in_sequence, text)
    return TRANSACTION_AT.sub(lambda m: f'{m[1]}{replace("X", m[2])}:{replace(transactions, m[3])}"', text)


class Symbols:
    """The ranks of one run, and its texts with symbols. `spec` is case.json, `names` the run's own names by their symbols."""

    def __init__(self, spec, names=None):
        self.spec, self.names = spec, names or {}
        self.numbers, self.ranks, self.runs = {}, {}, {}

    def learn(self, topics):
        def note(kind, number):
            self.numbers.setdefault(kind, set()).add(int(number))
            return ''
        for records in topics.values():
            for record in records:
                for text in texts_of(record):
                    each_number(text, value_of(record), note)
        self.ranks = {kind: {number: rank + 1 for rank, number in enumerate(sorted(numbers))} for kind, numbers in self.numbers.items()}

    def own_names(self, text):
        for symbol, name in self.names.items():
            text = text.replace(name, '${%s}' % symbol)
        return text

    def text(self, text, value='', ranked=True):
        if not isinstance(text, str):
            return text

        def symbol(kind, number):
            return f'<{kind}{self.ranks.get(kind, {}).get(int(number), "?")}>' if ranked else f'<{kind}>'
        text = each_number(text, value, symbol)
        for name, digits, symbol_of_time in TIMES:
            text = re.sub(r'("(?:\w*_)?%s\\?":)\d{%d}(?!\d)' % (name, digits), rf'\1<{symbol_of_time}>', text)
        for name in self.spec.get('sorted', []):
            text = re.sub(r'("%s":)(\{(?:[^{}]|\$\{\w+\})*\})' % name,
                          lambda m: m[1] + json.dumps(json.loads(m[2]), sort_keys=True, separators=(',', ':')), text)
        text = re.sub(r'(LogicalDecodingMessageId@)[0-9a-f]+', r'\1<HASH>', text)
        for pattern, replacement in self.spec.get('volatile', []):
            text = re.sub(pattern, replacement, text)
        return self.own_names(text)

    def header(self, name, text, value, ranked):
        if not name.endswith('.runId'):
            return self.text(text, value, ranked)
        return self.own_names(RUN_ID.sub(lambda m: f'<RUN{self.runs.setdefault(m[0], len(self.runs) + 1) if ranked else ""}>', text or ''))

    def records(self, topic, records):
        ranked = self.spec.get('ranks', True) and topic not in self.spec.get('at_least', {})
        rows = []
        for record in records:
            value, row = value_of(record), dict(record)
            row.update({part: self.text(record[part], value, ranked) for part in ('key', 'value') if part in record})
            if 'headers' in record:
                row['headers'] = [[name, self.header(name, text, value, ranked)] for name, text in record['headers']]
            rows.append(row)
        return sorted(rows, key=json.dumps) if topic in self.spec.get('unordered', []) else rows


def value_of(record):
    value = record.get('value')
    return value if isinstance(value, str) else ''


def texts_of(record):
    return [t for t in [record.get('key'), record.get('value'), *(text for _, text in record.get('headers', []))] if isinstance(t, str)]


def normalised(topics, spec, names=None):
    symbols = Symbols(spec, names)
    symbols.learn(topics)
    return {topic: symbols.records(topic, records) for topic, records in topics.items()}
