"""PostgreSQL types and values of them, as SQL, to build random columns from.

KINDS: type name -> Kind. A value is an expression that can stand in VALUES and in UPDATE; a default one that can stand behind DEFAULT.
"""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """One type. `key`: may stand in a primary key; `size`: modifiers to choose from, each with its parentheses."""
    values: list
    defaults: list = field(default_factory=list)
    key: bool = False
    sizes: tuple = ('',)
    array: bool = True
    domain: bool = True
    needs: str = ''


def texts(*values):
    return ["'" + value.replace("'", "''") + "'" for value in values]


LETTERS = texts('', 'a', 'ab', 'Ää ß', 'x' * 9, ' lead', 'trail ', "it's", 'a"b', 'back\\slash', '{1,2}', 'NULL', 'null', 'tab\there', '日本語', '(1)',
                'a,b', '%s $1 ${x}')
DATES = texts('2024-02-29', '1970-01-01', '1969-12-31', '0001-01-01', '9999-12-31', '2038-01-19', '1582-10-15', '1700-03-01')
ODD_DATES = texts('infinity', '-infinity', '0044-03-15 BC', '20000-01-01', '1500-02-28', '1582-10-04')
TIMES = texts('00:00:00', '23:59:59.999999', '12:34:56.789', '01:02:03.000004', '12:00', '24:00:00', '04:05:06.5')
ZONED_TIMES = texts('00:00:00+00', '23:59:59.999999+02', '12:34:56.789-08:30', '24:00:00+00', '01:02:03.1+14', '00:30+02')
STAMPS = texts('2024-02-29 12:34:56.789012', '1970-01-01 00:00:00', '1969-12-31 23:59:59.999999', '0001-01-01 00:00:00', '9999-12-31 23:59:59.999999',
               '2262-04-11 23:47:16.854775', '2262-04-12 00:00:00', '1677-09-21 00:12:43', '2024-01-01 00:00:00.1')
ODD_STAMPS = texts('infinity', '-infinity', '0044-03-15 01:02:03 BC', '20000-01-01 00:00:00', '1500-02-28 01:00', '294276-12-31 23:59:59')
ZONED_STAMPS = texts('2024-02-29 12:34:56.789012+00', '1970-01-01 00:00:00+02', '2024-07-01 12:00:00.5-07', '0001-01-01 00:00:00+00',
                     '9999-12-31 23:59:59.999999+00',
                     '2024-01-01 00:00:00+05:45')
NUMBERS = ['0', '1', '-1', '12.34', '-0.5', '99.99', '0.001', '-12.345']
NUMBERS_ANY = NUMBERS + ['123.4500', '1e20', '100000000000000000000000000000.000000001', '-1e-10', '0.00', '10', '1200', "'NaN'", "'Infinity'",
                         "'-Infinity'"]
RANGE_BOUNDS = {
    'int4range': texts('[1,10)', '(1,10]', 'empty', '(,)', '[5,)', '(,5]'),
    'int8range': texts('[1,10000000000)', 'empty', '(,)'),
    'numrange': texts('[1.10,2.5)', '(1,2)', 'empty', '(,1e3]'),
    'daterange': texts('[2020-01-01,2020-02-01]', 'empty', '(,)', '[2020-01-01,infinity)'),
    'tsrange': texts('[2020-01-01,2020-01-02 03:04:05.678)', 'empty', '(,)'),
    'tstzrange': texts('[2020-01-01 00:00+00,2020-06-01 00:00+02]', 'empty', '[2020-01-01 12:00:00.5+00,)'),
}

KINDS = {
    'boolean': Kind(['true', 'false'], ['true', 'false', '(1 = 1)', "'yes'"], key=True),
    'smallint': Kind(['0', '1', '-1', '32767', '(-32768)'], ['5', "'-5'", '1 + 1', "'7'::smallint"], key=True),
    'integer': Kind(['0', '1', '-1', '2147483647', '(-2147483648)', '42'], ['5', '-5', "'6'", '1 + 2', 'abs(-3)', "nextval('numbers')",
                                                                            '(7)::integer'], key=True),
    'bigint': Kind(['0', '1', '-1', '9223372036854775807', '(-9223372036854775808)'], ['12345678901', "'-1'::bigint", '1', 'length(current_user)'],
                   key=True),
    'oid': Kind(['0', '1', '4294967295'], ['5', "'7'::oid"], key=True),
    'real': Kind(['0', '1.5', '-0.1', "'NaN'", "'Infinity'", '3.4e38', '1e-10', '16777217', "'-0'"], ['1.5', '1e10', "'Infinity'", "'NaN'"]),
    'double precision': Kind(['0', '1.5', '-0.1', "'NaN'", "'-Infinity'", '1.7e308', '1e-300', '0.30000000000000004', '1e15', '123456789012345680',
                              "'-0'"],
                             ['-0.5', '1e100', "'Infinity'", 'random()', 'pi()']),
    'numeric': Kind(NUMBERS_ANY, ['1.50', "'NaN'", '1e3', '0', '-1.5', '1.5::numeric(4,2)'], key=True),
    'numeric(p,s)': Kind(NUMBERS, ['1.50', '-1.5', '0', '1', '2.345', "'7.1'"], key=True, sizes=('(5,2)', '(10)', '(10,0)', '(38,10)', '(6,3)',
                                                                                                 '(4,2)')),
    'numeric(p,-s)': Kind(['0', '12345', '-6789', '49'], ['1000'], sizes=('(5,-2)',)),
    'money': Kind(texts('12.34', '-5.5', '0', '1,234,567.89', '0.005'), ["'1.5'", '5::money']),
    'char(n)': Kind(texts('', 'a', 'ab', 'é'), ["'x'", "''", "'ab'::bpchar"], key=True, sizes=('(3)', '(1)', '', '(10)')),
    'varchar': Kind(texts('', 'a', 'ab', 'é"', "q'"), ["'x'", "''", "'abc'::varchar", "('a' || 'b')", 'current_user', "upper('q')"], key=True,
                    sizes=('', '(5)', '(20)')),
    'text': Kind(LETTERS, ["'x'", "''", "'it''s'", "E'line\\nbreak'", "'a' || 'b'", 'current_user', 'NULL', "'(1)::text'", "coalesce(NULL, 'c')",
                           "upper('ab')", "'x'::text", "md5('a')"],
                 key=True),
    'citext': Kind(LETTERS, ["'Ab'"], key=True, needs='citext'),
    'name': Kind(texts('a', 'Bc d', ''), ["'n'", 'current_user']),
    '"char"': Kind(texts('a', 'Z', '1'), ["'q'"]),
    'bytea': Kind(texts('\\xdeadbeef', '\\x', '\\x00ff', '\\x61'), ["'\\x01'"]),
    'bit': Kind(["B'0'", "B'1'"], ["B'1'", "'0'"], sizes=('', '(1)')),
    'bit(n)': Kind(["B'101'", "B'000'", "B'111'", "B'001'"], ["B'101'", "'110'", "'011'::bit(3)"], sizes=('(3)',)),
    'bit(12)': Kind(["B'100000000011'", "B'000000000000'", "B'000000001111'", "B'111111111111'"], ["B'100000000011'"]),
    'varbit': Kind(["B'101'", "B''", "B'1'", "B'00000000000000011'"], ["B'101'", "B'0'"], sizes=('', '(20)', '(17)')),
    'varbit(1)': Kind(["B'1'", "B'0'"], ["B'1'"]),
    'json': Kind(texts('{"a": 1,  "b":[null,true]}', '[]', '"x"', 'null', '12.50'), ["'{\"k\": [1]}'", "'[]'::json"]),
    'jsonb': Kind(texts('{"b": 2, "a": {"é": "\\u00e9"}}', '[]', '"x"', 'null', '1.500'), ["'{\"k\": [1]}'", "jsonb_build_object('a', 1)", "'{}'"]),
    'xml': Kind(texts('<a b="1">x</a>', '<e/>', 'just text'), ["'<d/>'"]),
    'uuid': Kind(texts('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'FFFFFFFF-0000-0000-0000-000000000000'), ['gen_random_uuid()',
                                                                                                         "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"], key=True),
    'date': Kind(DATES + ODD_DATES, ["'2024-01-01'", 'current_date', "'2024-01-01'::date + 1", "'2020-02-03'::date"], key=True),
    'time': Kind(TIMES, ["'10:00'", 'localtime', "'10:11:12.131415'"], sizes=('', '(0)', '(3)', '(6)', '(1)', '(4)')),
    'timetz': Kind(ZONED_TIMES, ["'10:00+02'", 'current_time'], sizes=('', '(0)', '(3)')),
    'timestamp': Kind(STAMPS + ODD_STAMPS, ["'2020-01-01 00:00:00'", 'now()', 'localtimestamp', "'2020-01-02 03:04:05.678901'"], key=True,
                      sizes=('', '(0)', '(3)', '(6)', '(2)', '(5)')),
    'timestamptz': Kind(ZONED_STAMPS + ODD_STAMPS, ["'2020-01-01 00:00:00+00'", 'now()', 'clock_timestamp()', "timezone('utc', now())",
                                                    "'2020-01-02 03:04:05.6+02'"], key=True,
                        sizes=('', '(0)', '(3)', '(6)')),
    'interval': Kind(texts('1 year 2 mons 3 days 04:05:06.789', '-1 mons +2 days -03:00:00', '0', '1 day', '-00:00:00.000001', '100 years',
                           '10 hours', '1 year -1 day'),
                     ["'1 day'", "'1 year 2 mons'", "'00:00:01.5'"], sizes=('', '(3)', ' day to second', ' year to month', '(0)')),
    'inet': Kind(texts('192.168.1.5', '192.168.1.5/24', '::1', '2001:db8::1/64'), ["'10.1.2.3'"], key=True),
    'cidr': Kind(texts('10.0.0.0/8', '2001:db8::/32'), ["'192.168.0.0/16'"]),
    'macaddr': Kind(texts('08:00:2b:01:02:03'), ["'08:00:2b:01:02:03'"]),
    'macaddr8': Kind(texts('08:00:2b:01:02:03:04:05'), ["'08:00:2b:01:02:03:04:05'"]),
    'tsvector': Kind(["to_tsvector('simple', 'a fat cat')", "''"], ["'a b'::tsvector"]),
    'tsquery': Kind(texts('a & b', '!x'), []),
    'point': Kind(texts('(1.5,-2.25)', '(0,0)', '(1e300,-1e-300)'), ["'(1,2)'", 'point(3, 4)']),
    'line': Kind(texts('{1,2,3}', '{1,0,0}', '{0,-1,0.5}'), ["'{1,2,3}'"]),
    'lseg': Kind(texts('[(0,0),(1,1)]', '[(-1.5,2),(3,4)]'), ["'[(0,0),(1,1)]'"]),
    'box': Kind(texts('((0,0),(2,2))', '((1,5),(-3,2))'), ["'((0,0),(2,2))'"]),
    'path': Kind(texts('[(0,0),(1,1),(2,0)]', '((0,0),(1,1),(2,0))', '[(1,1)]'), ["'[(0,0),(1,1)]'"]),
    'polygon': Kind(texts('((0,0),(1,1),(2,0))', '((0,0))'), ["'((0,0),(1,1),(2,0))'"]),
    'circle': Kind(texts('<(1,2),3>', '<(0,0),0>', '<(-1.5,1e10),0.25>'), ["'<(1,2),3>'"]),
    'pg_lsn': Kind(texts('16/B374D848', '0/0'), ["'0/1'"]),
    'regclass': Kind(texts('pg_class', 'pg_type'), ["'pg_class'"]),
    'xid': Kind(texts('7'), []),
    'tid': Kind(texts('(1,2)'), []),
    'jsonpath': Kind(texts('$.a[*]'), []),
    'int4multirange': Kind(texts('{[1,2),[5,9)}', '{}'), []),
    'tsmultirange': Kind(texts('{[2020-01-01,2020-01-02)}'), []),
    'hstore': Kind(texts('a=>1', '', '"k 1"=>"v\\"1", b=>NULL', 'é=>"日"'), ["'d=>1'"], needs='hstore'),
    'ltree': Kind(texts('Top.Science', 'a', ''), ["'a.b'"], needs='ltree', key=True),
    'cube': Kind(texts('(1,2)'), [], needs='cube'),
    'isbn': Kind(texts('978-0-393-04002-9'), [], needs='isn'),
    'issn': Kind(texts('1436-4522'), [], needs='isn'),
    **{name: Kind(bounds, bounds[:1]) for name, bounds in RANGE_BOUNDS.items()},
}
BASE_NAMES = {'numeric(p,s)': 'numeric', 'numeric(p,-s)': 'numeric', 'char(n)': 'char', 'bit(n)': 'bit'}
# Text that is long enough to be kept out of line, and does not compress.
LONG = "(select string_agg(md5(i::text || '{seed}'), '') from generate_series(1, 120) i)"
LONG_KINDS = {
    'text': LONG, 'varchar': LONG, 'citext': LONG, 'bytea': f'{LONG}::bytea', 'json': f'to_json({LONG})', 'jsonb': f'to_jsonb({LONG})', 'xml': f'{LONG}::xml',
    'hstore': f"hstore('k', {LONG})", 'text[]': f'array[{LONG}]', 'varchar[]': f'array[{LONG}]::varchar[]', 'bytea[]': f'array[{LONG}::bytea]',
    'integer[]': "(select array_agg((i * 7919) % 1000003) from generate_series(1, 1200) i)", 'bigint[]': "(select array_agg((i * 7919)::bigint) from generate_series(1, 900) i)",
    'smallint[]': "(select array_agg((i % 30000)::smallint) from generate_series(1, 4000) i)",
    'numeric': "repeat('1234567', 900)::numeric", 'numeric[]': "(select array_agg(i / 7.0) from generate_series(1, 400) i)",
    'double precision[]': "(select array_agg(i / 7.0::float8) from generate_series(1, 800) i)", 'real[]': "(select array_agg(i / 7.0::real) from generate_series(1, 1600) i)",
    'date[]': "(select array_agg('2020-01-01'::date + i) from generate_series(1, 1600) i)", 'timestamp[]': "(select array_agg('2020-01-01'::timestamp + i * '7 minutes'::interval) from generate_series(1, 800) i)",
    'timestamptz[]': "(select array_agg('2020-01-01'::timestamptz + i * '7 minutes'::interval) from generate_series(1, 800) i)",
    'uuid[]': "(select array_agg(md5(i::text)::uuid) from generate_series(1, 400) i)", 'boolean[]': "(select array_agg(i % 3 = 0) from generate_series(1, 8000) i)",
    'json[]': f'array[to_json({LONG})]', 'jsonb[]': f'array[to_jsonb({LONG})]', 'ltree': f"{LONG}::ltree", 'tsvector': "(select string_agg(md5(i::text), ' ') from generate_series(1, 300) i)::tsvector",
    'path': "(select ('[' || string_agg(format('(%s,%s)', i / 7.0, i / 3.0), ',') || ']')::path from generate_series(1, 400) i)",
    'polygon': "(select ('(' || string_agg(format('(%s,%s)', i / 7.0, i / 3.0), ',') || ')')::polygon from generate_series(1, 400) i)",
    'oid[]': "(select array_agg(i::oid) from generate_series(1, 3000) i)", 'inet[]': "(select array_agg('10.0.0.0'::inet + i) from generate_series(1, 900) i)",
    'time[]': "(select array_agg('00:00'::time + i * '1 minute'::interval) from generate_series(1, 1200) i)", 'varbit': "repeat('1011001110001111', 2500)::varbit",
    'numrange[]': "(select array_agg(numrange(i / 7.0, i)) from generate_series(1, 300) i)",
}
