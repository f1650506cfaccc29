"""One golden case: its files, and one run of it against a worker, a broker and a PostgreSQL."""
import base64
import json
import random
import re
import string
import time
from pathlib import Path

import psycopg
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

import stack

SCRIPT = re.compile(r"""
    (?P<order> ^[ \t]*--@[^\n]* ) | (?P<comment> --[^\n]* | /\*.*?\*/ ) | (?P<end> ; )
  | (?P<quoted> [eE]'(?:\\.|''|[^'\\])*' | '(?:''|[^'])*' | "(?:""|[^"])*" | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ ) | (?P<other> . )
""", re.X | re.S | re.M)
DYNAMIC_TOPIC_CONFIG = 1  # the source of a setting that was given to the topic itself


def steps_of(script):
    """The statements ('sql', text) and orders (word, rest of the line) of a script."""
    steps, statement = [], ''
    for token in SCRIPT.finditer(script):
        if token['order'] or token['end']:
            if statement.strip():
                steps.append(('sql', statement.strip()))
            statement = ''
            if token['order']:
                word, _, rest = token['order'].strip()[3:].strip().partition(' ')
                steps.append((word, rest.strip()))
        elif not token['comment']:
            statement += token[0]
    return steps + ([('sql', statement.strip())] if statement.strip() else [])


def text_of(data):
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {'base64': base64.b64encode(data).decode()}


def included(path):
    return re.sub(r'^\\ir (.*)\n?', lambda line: included(path.parent / line[1]), path.read_text(), flags=re.M)


class Case:
    """The files of a case. Where ours is better on purpose, expected-ours/ holds the topics and parts of _meta.json that differ
    from expected/, and a file `why`."""

    def __init__(self, folder):
        self.folder, self.name = Path(folder), Path(folder).name
        self.spec = json.loads((self.folder / 'case.json').read_text()) if (self.folder / 'case.json').exists() else {}
        self.meta = json.loads((self.folder / 'expected/_meta.json').read_text())
        files = {topic: self.folder / 'expected' / file for file, topic in self.meta['files'].items()}
        ours = self.folder / 'expected-ours'
        if ours.exists():
            if not (ours / 'why').read_text().strip():
                raise ValueError(f'{ours}/why must say why ours differs')
            if (ours / '_meta.json').exists():
                self.meta.update(json.loads((ours / '_meta.json').read_text()))
            files = {topic: self.folder / 'expected' / file for file, topic in self.meta['files'].items()}
            files = {topic: ours / path.name if (ours / path.name).exists() else path for topic, path in files.items()}
        self.topics = {topic: [json.loads(line) for line in path.read_text().split('\n') if line] for topic, path in files.items()}

    def text(self, name):
        """A file, with the files that it includes as psql would: \\ir PATH, relative to the file that says so."""
        path = self.folder / name
        return included(path) if path.exists() else ''


class Topics:
    """What the topics of one run hold, and the last offsets of its connector. What comes to an `endless` topic is no news."""

    def __init__(self, bootstrap, offsets_topic, names, endless):
        self.endless = endless
        self.names, self.offsets_topic, self.records, self.offsets = names, offsets_topic, {}, {}
        self.admin = AdminClient({'bootstrap.servers': bootstrap})
        self.consumer = Consumer({
            'bootstrap.servers': bootstrap, 'group.id': 'golden-' + names['NAME'], 'enable.auto.commit': False,
            'isolation.level': 'read_committed', 'fetch.wait.max.ms': 50, 'topic.metadata.refresh.interval.ms': 1000,
            'allow.auto.create.topics': False})
        self.assigned, self.listed_at, self.news_at = set(), 0.0, time.monotonic()
        partitions = self.consumer.list_topics(offsets_topic, timeout=20).topics[offsets_topic].partitions
        ends = [TopicPartition(offsets_topic, p, self.consumer.get_watermark_offsets(TopicPartition(offsets_topic, p), timeout=20)[1]) for p in partitions]
        if ends:
            self.consumer.incremental_assign(ends)

    def discover(self):
        self.listed_at, new = time.monotonic(), []
        for topic, metadata in self.consumer.list_topics(timeout=20).topics.items():
            if any(name in topic for name in self.names.values()):
                self.records.setdefault(topic, {})
                new += [(topic, p) for p in metadata.partitions if (topic, p) not in self.assigned]
        self.assigned.update(new)
        if new:
            self.consumer.incremental_assign([TopicPartition(topic, p, OFFSET_BEGINNING) for topic, p in new])

    def poll(self, seconds=0.1):
        if time.monotonic() - self.listed_at > 0.4:
            self.discover()
        for message in self.consumer.consume(2000, seconds):
            if message.error():
                continue
            if message.topic() == self.offsets_topic:
                if self.names['NAME'].encode() in (message.key() or b''):
                    self.offsets[message.key()] = message.value() or self.offsets.get(message.key())
                continue
            self.records[message.topic()].setdefault(message.partition(), []).append({
                'partition': message.partition(), 'key': text_of(message.key()), 'value': text_of(message.value()),
                'headers': [[name, text_of(value)] for name, value in message.headers() or []], 'tombstone': message.value() is None})
            if message.topic() not in self.endless:
                self.news_at = time.monotonic()

    def configs(self):
        if not self.records:
            return {}
        metadata = self.consumer.list_topics(timeout=20).topics
        answers = self.admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic) for topic in self.records])
        return {resource.name: {'partitions': len(metadata[resource.name].partitions),
                                'config': {k: v.value for k, v in sorted(answer.result().items()) if v.source == DYNAMIC_TOPIC_CONFIG}}
                for resource, answer in answers.items()}

    def close(self):
        self.consumer.close()
        for answer in (self.admin.delete_topics(list(self.records)) if self.records else {}).values():
            try:
                answer.result()
            except KafkaException:
                pass  # it goes with the broker


class Run:
    """Runs a case once. Afterwards `topics` and `meta` are what came, `failure` why it stopped early."""

    def __init__(self, case, services, timeout=60.0, seed=None):
        self.case, self.spec, self.services, self.timeout = case, case.spec, services, timeout
        dice = random.Random(seed)
        self.names = {symbol: first + ''.join(dice.choices(string.ascii_lowercase + string.digits, k=9))
                      for symbol, first in (('NAME', 'nm'), ('PREFIX', 'px'), ('DB', 'db'), ('SLOT', 'sl'), ('PUB', 'pb'))}
        host, port = services['postgres'].rsplit(':', 1)
        self.variables = {**self.names, 'PG_HOST': host, 'PG_PORT': port, 'PG_USER': 'postgres', 'PG_PASSWORD': 'postgres',
                          'BOOTSTRAP': services['kafka']}
        self.rest = stack.Rest(services['rest'])
        self.connector, self.settled, self.meta, self.topics, self.failure = self.names['NAME'], 0, {}, {}, None

    def fill(self, text):
        return re.sub(r'\$\{(%s)\}' % '|'.join(self.variables), lambda m: self.variables[m[1]], text)

    def unfill(self, text):
        for symbol, name in self.names.items():
            text = text.replace(name, '${%s}' % symbol)
        return text

    def missing(self):
        """Why the case cannot run here, or nothing."""
        with stack.connect(self.services['postgres']) as server:
            for need in self.spec.get('requires', []):
                kind, _, name = need.partition(':')
                if kind == 'extension' and not server.execute('select 1 from pg_available_extensions where name = %s', [name]).fetchone():
                    return f'PostgreSQL lacks the extension {name}'
                if kind == 'plugin' and not self.has_plugin(server, name):
                    return f'PostgreSQL lacks the output plugin {name}'
                if kind not in ('extension', 'plugin', 'no-ssl', 'worker-control'):
                    return f'needs {need}'
        return None

    def has_plugin(self, server, name):
        try:
            server.execute('select pg_create_logical_replication_slot(%s, %s, true)', ['probe_' + self.names['SLOT'], name])
        except psycopg.Error:
            return False
        server.execute('select pg_drop_replication_slot(%s)', ['probe_' + self.names['SLOT']])
        return True

    def run(self):
        with stack.connect(self.services['postgres']) as server:
            server.execute(f'create database {self.names["DB"]} template template0')
            server.execute(f"alter database {self.names['DB']} set timezone to 'UTC'")
        self.kafka = Topics(self.services['kafka'], self.services['offsets_topic'], self.names, {self.fill(topic) for topic in self.spec.get('at_least', {})})
        self.database = stack.connect(self.services['postgres'], self.names['DB'])
        try:
            self.drive()
        except (AssertionError, psycopg.Error) as error:
            self.failure = f'{type(error).__name__}: {error}'
        finally:
            self.clean_up()
        return self

    def drive(self):
        self.script(self.case.text('setup.sql'))
        body = self.fill(self.case.text('connector.json'))
        self.connector = json.loads(body)['name']
        status, text = self.rest.call('POST', '/connectors', body)
        self.meta['create'] = {'status': status}
        if status != 201:
            self.meta['create']['body'] = self.unfill(text)
            return
        if self.spec.get('fails'):
            self.rest.wait_failed(self.connector, self.timeout)
        elif self.spec.get('streams', True):
            self.wait('an active slot', self.streams)
        else:
            self.rest.wait_running(self.connector, self.timeout)
        self.settle('the end of the snapshot')
        self.meta['postgres'] = self.postgres_objects()
        self.script(self.case.text('changes.sql'))
        self.settle('the end of the changes', quiet=1.0)
        status = self.rest.status(self.connector)
        self.meta['status'] = status and {'connector': self.state_of(status['connector']), 'tasks': [self.state_of(t) for t in status['tasks']]}
        self.meta['topics'] = {self.unfill(topic): config for topic, config in self.kafka.configs().items()}

    def state_of(self, part):
        trace = {'trace': self.unfill(part['trace'].split('\n')[0])} if part.get('trace') else {}
        return {'state': part['state'], **trace}

    def wait(self, what, condition):
        def polled():
            self.kafka.poll()
            return condition()
        return stack.wait_for(lambda: f'{what}; status: {json.dumps(self.rest.status(self.connector))[:1500]}', polled, self.timeout, 0)

    def slot_holder(self):
        """Of the walsender that streams from the slot; one that has just made it holds it too."""
        row = self.database.execute('select active_pid from pg_replication_slots join pg_stat_replication on pid = active_pid '
                                    "where slot_name = %s and state <> 'startup'", [self.names['SLOT']]).fetchone()
        return row and row[0]

    def streams(self, not_by=None):
        holder = self.slot_holder()
        if not holder and not self.spec.get('fails') and 'FAILED' in self.rest.states(self.connector):
            raise AssertionError(f'it FAILED: {json.dumps(self.rest.status(self.connector))[:3000]}')
        return holder and holder != not_by

    def settle(self, what, quiet=0.0):
        """Waits until as many records as expected have come, and then, at the end, whether more come."""
        wanted = self.case.meta['settles'][self.settled] if self.settled < len(self.case.meta['settles']) else {}
        self.settled += 1
        self.kafka.news_at = time.monotonic()
        while True:
            self.kafka.poll()
            counts = {self.unfill(topic): sum(map(len, parts.values())) for topic, parts in self.kafka.records.items()}
            short = {topic: (counts.get(topic, 0), n) for topic, n in wanted.items() if counts.get(topic, 0) < n}
            idle = time.monotonic() - self.kafka.news_at
            if not short and idle >= quiet:
                return
            if idle > self.timeout:
                status = json.dumps(self.rest.status(self.connector))[:1500]
                raise AssertionError(f'at {what} records are missing (come, expected): {short}; status: {status}')

    def script(self, text):
        for word, rest in steps_of(self.fill(text)):
            if word == 'sql':
                self.database.execute(rest)
            elif word == 'settle':
                self.settle(rest or 'settle')
            elif word == 'rest':
                method, path, *body = rest.split(None, 2)
                self.request(method, path, body[0] if body else None)
            elif word == 'wait':
                self.wait(rest, lambda: self.in_state(rest))
            elif word == 'wait-streaming':
                self.wait('an active slot', self.streams)
            elif word == 'wait-sql':
                self.wait(rest, lambda: self.database.execute(rest).fetchone()[0])
            elif word == 'restart':
                self.restart('POST', f'/connectors/{self.connector}/restart?includeTasks=true&onlyFailed=false')
            elif word == 'reconfigure':
                self.restart('PATCH', f'/connectors/{self.connector}/config', rest)
            elif word == 'worker':
                self.services['worker'].run({'stop': 'stop', 'start': 'resume'}[rest])
            elif word == 'kafka':
                topic, key, value = rest.split(' ', 2)
                producer = Producer({'bootstrap.servers': self.services['kafka']})
                producer.produce(topic, value.encode(), key.encode())
                producer.flush(20)
            else:
                raise AssertionError(f'unknown order --@ {word}')

    def request(self, method, path, body=None):
        self.meta.setdefault('rest', []).append([f'{method} {self.unfill(path)}', self.rest.call(method, path, body)[0]])

    def restart(self, method, path, body=None):
        """A request that starts the task anew."""
        holder = self.slot_holder()
        self.request(method, path, body)
        self.wait('the slot to be taken anew', lambda: self.streams(holder))

    def in_state(self, state):
        states = self.rest.states(self.connector)
        if state == 'STOPPED':
            return states == ['STOPPED']
        return state in states if state == 'FAILED' else len(states) > 1 and set(states) == {state}

    def postgres_objects(self):
        def rows(query, *values):
            return [[self.unfill(x) if isinstance(x, str) else x for x in row] for row in self.database.execute(query, values or None)]
        return {
            'publications': rows('select pubname, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot from pg_publication order by 1'),
            'publication_tables': rows('select pubname, schemaname, tablename from pg_publication_tables order by 1, 2, 3'),
            # PostgreSQL 13 has no two_phase.
            'slots': rows("select slot_name, plugin, temporary, coalesce((to_jsonb(s) ->> 'two_phase')::boolean, false) "
                          "from pg_replication_slots s where database = %s order by 1", self.names['DB'])}

    def clean_up(self):
        self.rest.call('DELETE', f'/connectors/{self.connector}')
        with stack.connect(self.services['postgres']) as server:
            mine = [self.names['DB']]
            try:
                stack.wait_for('the slot to be left', lambda: self.kafka.poll() or not server.execute(
                    'select 1 from pg_replication_slots where database = %s and active', mine).fetchone(), 20)
            except AssertionError as error:
                self.failure = self.failure or f'after DELETE: {error}'
            for _ in range(3):
                self.kafka.poll()
            self.database.close()
            stack.drop_slots(server, self.names['DB'])
            server.execute(f'drop database if exists {self.names["DB"]} with (force)')
        if self.kafka.offsets:
            self.meta['offsets'] = [[self.unfill(text_of(k)), self.unfill(text_of(v)) if v else None] for k, v in sorted(self.kafka.offsets.items())]
        for topic, parts in sorted(self.kafka.records.items()):
            name, records = self.unfill(topic), [record for p in sorted(parts) for record in parts[p]]
            records = records[:self.spec.get('at_least', {}).get(name)]
            if name in self.spec.get('compact', []):
                records = [{'partition': record['partition'], 'key': record['key']} for record in records]
            if records:
                self.topics[name] = records
        self.kafka.close()
