"""One golden REST case: requests to a worker of its own, in their order, and the reference worker's answers to them."""
import http.client
import json
import re
import uuid
from pathlib import Path

import stack

HEADERS = ('Content-Type', 'Location', 'Allow')
# Members whose values are a run's own.
OWN = {'worker_id', 'commit', 'kafka_cluster_id', 'last_modified'}
# Messages that quote Java's JSON parser, a Java class or a null pointer: any text may stand there.
JAVA = re.compile(r'Cannot invoke|JsonToken|at \[Source|No enum constant|\(class org\.apache|no String-argument|Cannot deserialize|Unrecognized token')
EXCEPTION = 'org.apache.kafka.connect.errors.ConnectException: '  # named on one run of the reference worker and not on the next
CLASS = re.compile(r'(?:org|io)\.[\w.$]+')


class RestCase:
    """The files of a case: steps.jsonl, a request and its answer a line; case.json, what its worker needs; ours.json, where ours is
    better on purpose."""

    def __init__(self, folder):
        self.folder, self.name = Path(folder), 'rest-' + Path(folder).name
        self.steps = [json.loads(line) for line in (self.folder / 'steps.jsonl').read_text().splitlines()]
        self.spec = json.loads((self.folder / 'case.json').read_text())
        ours = json.loads((self.folder / 'ours.json').read_text()) if (self.folder / 'ours.json').exists() else []
        for change in ours:
            if not change['why'].strip():
                raise ValueError(f'{self.folder}/ours.json must say why ours differs')
            steps = [step for step in self.steps if re.fullmatch(change['steps'], step['name'])]
            if not steps:
                raise ValueError(f'{self.folder}/ours.json speaks of steps that are not there: {change["steps"]}')
            for step in steps:
                step.update({key: value for key, value in change.items() if key in ('unordered', 'until', 'ignore')})
                step['response'].update(change.get('response', {}))


class RestRun:
    """Runs a case once, against a worker at HOST:PORT that has no connector."""

    def __init__(self, case, address, services, patience=30.0):
        self.case, self.address, self.patience = case, address, patience
        host, port = services['postgres'].rsplit(':', 1)
        self.variables = {'PG_HOST': host, 'PG_PORT': port, 'PG_USER': 'postgres', 'PG_PASSWORD': 'postgres', 'BOOTSTRAP': services['kafka'],
                          'RUN': 'r' + uuid.uuid4().hex[:12], 'BASE': f'http://{address}', 'WORKER': address}
        self.skipped, self.plugins = {}, set()

    def fill(self, text):
        return re.sub(r'\$\{(%s)\}' % '|'.join(self.variables), lambda m: self.variables[m[1]], text)

    def run(self):
        """What differs, as lines of text."""
        self.plugins = {plugin['class'] for plugin in stack.Rest(self.address).get('/connector-plugins?connectorsOnly=false')}
        problems = []
        for step in self.case.steps:
            why_not = self.missing(step)
            if why_not:
                self.skipped.setdefault(why_not, []).append(step['name'])
                continue
            found = self.differences(step, self.answer(step))
            if found:
                request = step['request']
                problems += [f'  {step["name"]}: {request["method"]} {request["path"]} {json.dumps(request.get("body", ""))[:200]}', *found[:12]]
        return problems

    def missing(self, step):
        for need in self.case.spec.get('requires', []):
            if need['plugin'] not in self.plugins and re.fullmatch(need['steps'], step['name']):
                return f'the worker has no {need["plugin"]}'
        return None

    def answer(self, step):
        """The answer, asked for again while what the step waits for has not come."""
        last = None

        def came():
            nonlocal last
            last = status, _, text = self.send(step['request'])
            until = step.get('until')
            passing = until and not re.search(until, f'{status} {compact(text)}', re.S)
            passing = passing or status == 409 and re.search('rebalance|stale', text)
            return step.get('at_once') or not passing
        try:
            stack.wait_for(step['name'], came, self.patience)
        except stack.TimedOut:
            pass  # the last answer is compared all the same
        return last

    def send(self, request):
        connection = http.client.HTTPConnection(*self.address.rsplit(':', 1), timeout=120)
        body = request.get('body')
        headers = request.get('headers', {'Content-Type': 'application/json'} if body is not None else {})
        data = self.fill(body if isinstance(body, str) else json.dumps(body)).encode() if body is not None else b''
        connection.putrequest(request['method'], self.fill(request['path']), skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None or request['method'] in ('POST', 'PUT', 'PATCH'):
            connection.putheader('Content-Length', str(len(data)))
        connection.endheaders(data)
        response = connection.getresponse()
        text = response.read().decode('utf-8', 'replace')
        connection.close()
        return response.status, {name: response.headers[name] for name in HEADERS if response.headers[name]}, text

    def differences(self, step, answer):
        status, headers, text = answer
        wanted, out = step['response'], []
        if status != wanted['status']:
            out.append(f'    status {wanted["status"]} expected, {status} found: {text[:300]}')
        for name in HEADERS:
            if normal_header(name, self.fill(wanted['headers'].get(name, ''))) != normal_header(name, headers.get(name, '')):
                out.append(f'    header {name}: {wanted["headers"].get(name)} expected, {headers.get(name)} found')
        if not step.get('status_only'):
            expected = json.loads(self.fill(json.dumps(wanted['body'])))
            compare(self.normal(expected, step), self.normal(parsed(text), step), '', out)
        return [line for line in out if not ('ignore' in step and re.match(step['ignore'], line.strip()))]

    def normal(self, value, step, key=None):
        """The value without what is a run's own, and without classes that `without` says are not shipped, or `besides` that the reference worker lacks."""
        if isinstance(value, dict):
            return {name: self.normal(v, step, name) for name, v in value.items()}
        if isinstance(value, list):
            rows = [self.normal(v, step, key) for v in value if not self.left_out(v, step, key)]
            if key == 'recommended_values':
                rows = list(dict.fromkeys(rows))  # the reference worker has some plugins installed twice
            return sorted(rows, key=json.dumps) if step.get('unordered') else rows
        if key in OWN and value is not None:
            return f'<{key}>'
        if not isinstance(value, str):
            return value
        if key == 'message' and JAVA.search(value) or key == 'message' and JAVA.search(str(message_of(step))):
            return '<message>'
        value = re.sub(r'(available connectors are: ).*', r'\1...', value.replace(EXCEPTION, '') if key == 'message' else value, flags=re.S)
        return value.split('\n')[0] if key in ('trace', 'text') else value

    def left_out(self, value, step, key):
        name = value.get('class', '') if isinstance(value, dict) else value if key == 'recommended_values' else ''
        if not CLASS.fullmatch(str(name)):
            return False
        if isinstance(value, dict) and 'classes' in step and not re.search(step['classes'], name):
            return True
        lists = self.case.spec.get('without' if name not in self.plugins else 'besides', [])
        return any(re.fullmatch(pattern, name) for pattern in lists)


def message_of(step):
    body = step['response']['body']
    return body.get('message') if isinstance(body, dict) else None


def normal_header(name, value):
    return ','.join(sorted(part.strip() for part in value.split(','))) if name == 'Allow' else value.lower()


def parsed(text):
    try:
        return json.loads(text) if text else None
    except ValueError:
        return {'text': text}


def compact(text):
    """As the steps' `until` expressions read it: JSON without blanks, other text as it is."""
    try:
        return json.dumps(json.loads(text), separators=(',', ':'))
    except ValueError:
        return text


def compare(wanted, got, at, out):
    if type(wanted) is not type(got) or not isinstance(wanted, (dict, list)):
        if wanted != got:
            out.append(f'    {at or "body"}: {json.dumps(wanted)[:300]} expected, {json.dumps(got)[:300]} found')
    elif isinstance(wanted, dict):
        for key in {**wanted, **got}:
            compare(wanted.get(key, '<absent>'), got.get(key, '<absent>'), f'{at}.{key}', out)
    else:
        if len(wanted) != len(got):
            out.append(f'    {at or "body"}: {len(wanted)} elements expected, {len(got)} found')
        for i, (w, g) in enumerate(zip(wanted, got)):
            compare(w, g, f'{at}[{i}]', out)
