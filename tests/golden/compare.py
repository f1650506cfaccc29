"""What a run gave against what its case expects, as lines of text; none when they agree."""
import difflib
import json
import re

from normal import Symbols, normalised

SHOWN_RECORDS, SHOWN_LINES = 3, 30


def lines_of(text):
    """A JSON text as lines, its symbols quoted and its numbers as they are spelled; other text as one line."""
    try:
        quoted = re.sub(r'(?<=":)(<[A-Z_]+\d*\??>)', r'"\1"', text)
        return json.dumps(json.loads(quoted, parse_float=lambda number: f'float {number}'), indent=1, ensure_ascii=False).split('\n')
    except ValueError:
        return [text]


def difference(wanted, got):
    if not isinstance(wanted, str) or not isinstance(got, str):
        return [f'    expected {json.dumps(wanted)[:500]}', f'    got      {json.dumps(got)[:500]}']
    lines = list(difflib.unified_diff(lines_of(wanted), lines_of(got), lineterm='', n=2))[2:]
    if not lines:
        at = next(i for i in range(max(len(wanted), len(got))) if wanted[i:i + 1] != got[i:i + 1])
        lines = [f'the same JSON, other bytes from {at}:', f'expected ...{wanted[max(0, at - 60):at + 100]}', f'got      ...{got[max(0, at - 60):at + 100]}']
    return ['    ' + line[:300] for line in lines[:SHOWN_LINES]]


def of_records(topic, wanted, got):
    out = []
    if len(wanted) != len(got):
        out.append(f'  topic {topic}: {len(wanted)} records expected, {len(got)} found')
    differing = [(i, w, g) for i, (w, g) in enumerate(zip(wanted, got)) if w != g]
    for i, w, g in differing[:SHOWN_RECORDS]:
        for part in w:
            if w[part] != g.get(part):
                out += [f'  topic {topic}, record {i + 1} of {len(wanted)}, {part}:', *difference(w[part], g.get(part))]
    if len(differing) > SHOWN_RECORDS:
        out.append(f'  topic {topic}: {len(differing) - SHOWN_RECORDS} more records differ')
    return out


def differences(spec, expected_topics, expected_meta, topics, meta, names):
    wanted, got, out = normalised(expected_topics, spec), normalised(topics, spec, names), []
    for topic in sorted(set(wanted) | set(got)):
        out += of_records(topic, wanted.get(topic, []), got.get(topic, []))
    symbols = Symbols(spec, names)

    def plain(part):
        return symbols.text(json.dumps(part, sort_keys=True), ranked=False)
    for part in ('create', 'rest', 'status', 'postgres', 'topics'):
        w, g = plain(expected_meta.get(part)), plain(meta.get(part))
        if w != g:
            out += [f'  {part}:', *difference(w, g)]
    if spec.get('offsets', True):
        w, g = ([[symbols.text(text, ranked=False) for text in pair] for pair in m.get('offsets', [])] for m in (expected_meta, meta))
        if w != g:
            out += ['  offsets:', f'    expected {w}', f'    got      {g}']
    return out
