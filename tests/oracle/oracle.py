"""Random queries over random change streams against a naive evaluator.

Each case is a schema, a stream of rows and retractions, and views over it. The expected rows are computed here, row by
row over Python values, with comparison, arithmetic, NULL logic, watermarks and lateness written down a second time.
`weir test` judges: it runs every case with all step sizes and restarts. A failing case is made smaller and printed.
"""
import argparse
import collections
import itertools
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal

from oracle_over import OverCases
from relate import Relations

SQL_TYPES = {'i': 'INT', 'l': 'BIGINT', 's': 'STRING', 'b': 'BOOLEAN', 'd': 'DECIMAL(8, 2)', 'f': 'DOUBLE',
             't': 'TIMESTAMP(3)'}
STRINGS = ['', 'a', 'b', 'ab', 'B', 'ba', 'é', 'x y']


def literal(value, type_):
    if value is None:
        return 'NULL'
    if type_ == 's':
        return "'" + value.replace("'", "''") + "'"
    if type_ == 'b':
        return 'TRUE' if value else 'FALSE'
    if type_ == 't':
        day, ms = divmod(value, 86400000)
        assert -1 <= day <= 0
        date = '2024-01-01' if day == 0 else '2023-12-31'
        return f"TIMESTAMP '{date} {ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}'"
    return f'{value!r}e0' if type_ == 'f' else str(value)


def rows_text(rows, types):
    return ', '.join('(' + ', '.join(literal(v, t) for v, t in zip(r, types)) + ')' for r in rows) or '()'


# ---- values

def div(a, b):
    q = abs(a) // abs(b)
    return q if (a < 0) == (b < 0) else -q


def both(f):
    return lambda a, b: None if a is None or b is None else f(a, b)


def and3(a, b):
    return False if a is False or b is False else None if a is None or b is None else True


def not3(a):
    return None if a is None else not a


def or3(a, b):
    return not3(and3(not3(a), not3(b)))


def in3(x, items):
    result = False
    for i in items:
        result = or3(result, None if x is None or i is None else x == i)
    return result


COMPARE = {'=': lambda a, b: a == b, '<>': lambda a, b: a != b, '<': lambda a, b: a < b, '<=': lambda a, b: a <= b,
           '>': lambda a, b: a > b, '>=': lambda a, b: a >= b}


class Exprs:
    """Random expressions over columns [(name, type)]: text, function of a row, type."""

    def __init__(self, rnd, cols):
        self.rnd, self.cols = rnd, cols

    def constant(self, t):
        r = self.rnd
        v = {'i': lambda: r.randint(-9, 9), 'l': lambda: r.randint(-9, 9), 's': lambda: r.choice(STRINGS),
             'b': lambda: r.random() < 0.5, 'd': lambda: Decimal(r.randint(-900, 900)) / 100,
             'f': lambda: r.randint(-20, 20) / 4, 't': lambda: r.randint(0, 60) * 1000}[t]()
        text = literal(v, t)
        if t == 'd':
            text = f'CAST({v} AS DECIMAL(8, 2))'
        if t == 'l':
            text = f'CAST({v} AS BIGINT)'
        return text, lambda row: v

    def column(self, t):
        found = [i for i, (_, ct) in enumerate(self.cols) if ct == t]
        if not found:
            return self.constant(t)
        i = self.rnd.choice(found)
        return self.cols[i][0], lambda row: row[i]

    def make(self, t, depth=2):
        r = self.rnd
        if t in 'Dt':
            return self.column(t)
        if depth == 0:
            return self.column(t) if r.random() < 0.75 else self.constant(t)
        kind = r.randrange(8)
        if kind == 0:
            return self.column(t)
        if kind == 1:
            c, a, b = self.make('b', depth - 1), self.make(t, depth - 1), self.make(t, depth - 1)
            return (f'CASE WHEN {c[0]} THEN {a[0]} ELSE {b[0]} END', lambda row: a[1](row) if c[1](row) else b[1](row))
        if kind == 2:
            a, b = self.make(t, depth - 1), self.make(t, depth - 1)
            return (f'COALESCE({a[0]}, {b[0]})', lambda row: b[1](row) if a[1](row) is None else a[1](row))
        if kind == 3 and t != 'b':
            a, b = self.make(t, depth - 1), self.make(t, 0)
            return (f'NULLIF({a[0]}, {b[0]})',
                    lambda row: None if a[1](row) is not None and a[1](row) == b[1](row) else a[1](row))
        return getattr(self, 'make_' + t)(depth)

    def make_i(self, depth, t='i'):
        r = self.rnd
        a = self.make(t, depth - 1)
        kind = r.randrange(6)
        if kind == 0:
            b = self.make(t, depth - 1)
            op = r.choice('+-')
            f = both((lambda x, y: x + y) if op == '+' else (lambda x, y: x - y))
            return f'({a[0]} {op} {b[0]})', lambda row: f(a[1](row), b[1](row))
        if kind == 1:
            n = r.randint(-3, 3)
            return f'({a[0]} * {n})', lambda row: None if a[1](row) is None else a[1](row) * n
        if kind == 2:
            b = self.make(t, 0)
            f = both(lambda x, y: None if y == 0 else div(x, y))
            return f'({a[0]} / NULLIF({b[0]}, 0))', lambda row: f(a[1](row), b[1](row))
        if kind == 3:
            n = r.choice([-3, 2, 3, 7])
            return f'({a[0]} % {n})', lambda row: None if a[1](row) is None else a[1](row) - div(a[1](row), n) * n
        if kind == 4 and t == 'i':
            s = self.make('s', depth - 1)
            return f'CHAR_LENGTH({s[0]})', lambda row: None if s[1](row) is None else len(s[1](row))
        if kind == 5:
            return f'ABS({a[0]})', lambda row: None if a[1](row) is None else abs(a[1](row))
        return f'(- {a[0]})', lambda row: None if a[1](row) is None else -a[1](row)

    def make_l(self, depth):
        if self.rnd.random() < 0.4:
            a, b = self.make('i', depth - 1), self.make('l', depth - 1)
            f = both(lambda x, y: x + y)
            return f'({a[0]} + {b[0]})', lambda row: f(a[1](row), b[1](row))
        return self.make_i(depth, 'l')

    def make_d(self, depth):
        a = self.make('d', depth - 1)
        return f'ABS({a[0]})', lambda row: None if a[1](row) is None else abs(a[1](row))

    def make_f(self, depth):
        a, b = self.make('f', depth - 1), self.make(self.rnd.choice('fi'), depth - 1)
        f = both(lambda x, y: x + y)
        return f'({a[0]} + {b[0]})', lambda row: f(a[1](row), b[1](row))

    def make_s(self, depth):
        a = self.make('s', depth - 1)
        kind = self.rnd.randrange(4)
        if kind == 0:
            b = self.make('s', depth - 1)
            f = both(lambda x, y: x + y)
            return f'({a[0]} || {b[0]})', lambda row: f(a[1](row), b[1](row))
        if kind == 1:
            return f'UPPER({a[0]})', lambda row: None if a[1](row) is None else a[1](row).upper()
        if kind == 2:
            i = self.make('i', depth - 1)
            return f'CAST({i[0]} AS STRING)', lambda row: None if i[1](row) is None else str(i[1](row))
        return f'SUBSTRING({a[0]}, 2, 1)', lambda row: None if a[1](row) is None else a[1](row)[1:2]

    def make_b(self, depth):
        r = self.rnd
        kind = r.randrange(8)
        t = r.choice([c[1] for c in self.cols] + ['i', 's'])
        if kind <= 2:
            a, b = self.make(t, depth - 1), self.make(t, depth - 1)
            op = r.choice(['=', '<>'] if t == 'b' else list(COMPARE))
            f = both(COMPARE[op])
            return f'({a[0]} {op} {b[0]})', lambda row: f(a[1](row), b[1](row))
        if kind == 3:
            a = self.make(t, depth - 1)
            no = r.random() < 0.5
            return f"({a[0]} IS {'NOT ' if no else ''}NULL)", lambda row: (a[1](row) is None) != no
        if kind == 4:
            a, b = self.make('b', depth - 1), self.make('b', depth - 1)
            op, f = r.choice([('AND', and3), ('OR', or3)])
            return f'({a[0]} {op} {b[0]})', lambda row: f(a[1](row), b[1](row))
        if kind == 5:
            a = self.make('b', depth - 1)
            return f'(NOT {a[0]})', lambda row: not3(a[1](row))
        if kind == 6:
            a, b = self.make(t, depth - 1), self.make(t, depth - 1)
            no = r.random() < 0.5
            return (f"({a[0]} IS {'NOT ' if no else ''}DISTINCT FROM {b[0]})",
                    lambda row: (a[1](row) != b[1](row)) != no)
        a = self.make('i', depth - 1)
        items = [r.choice([None, 0, 1, 2, 3, -1]) for _ in range(r.randint(1, 4))] + [5]
        no = r.random() < 0.4
        text = ', '.join('CAST(NULL AS INT)' if i is None else str(i) for i in items)
        return (f"({a[0]} {'NOT ' if no else ''}IN ({text}))",
                lambda row: not3(in3(a[1](row), items)) if no else in3(a[1](row), items))


# ---- aggregates

def total(values):
    s = values[0]
    for v in values[1:]:
        s += v
    return s


def average(values, t):
    if t in 'il':
        return div(total(values), len(values))
    if t == 'd':
        return (total(values) / len(values)).quantize(Decimal('0.000001'), ROUND_HALF_UP)
    return total(values) / len(values)


def aggregate(rnd, cols, ordered):
    """Text, function of the rows of a group, type."""
    x = Exprs(rnd, cols)
    t = rnd.choice('iiilsdfb')
    arg = x.make(t, rnd.choice([0, 0, 1]))
    names = ['COUNT', 'COUNT'] + (['SUM', 'AVG', 'MIN', 'MAX', 'SUM', 'MAX'] if t in 'ildf' else []) + \
        (['MIN', 'MAX'] if t == 's' else []) + (['FIRST_VALUE', 'LAST_VALUE'] if ordered else []) + \
        (['LISTAGG'] if ordered and t == 's' else [])
    name = rnd.choice(names + ['*'])
    distinct = name in ('COUNT', 'SUM', 'AVG') and t != 'f' and rnd.random() < 0.3
    keep, filter_text = None, ''
    if rnd.random() < 0.2:
        condition = x.make('b', 1)
        keep, filter_text = condition[1], f' FILTER (WHERE {condition[0]})'

    def compute(rows):
        rows = [r for r in rows if keep is None or keep(r) is True]
        if name == '*':
            return len(rows)
        values = [v for v in (arg[1](r) for r in rows) if v is not None]
        if distinct:
            values = list(dict.fromkeys(values))
        if name == 'COUNT':
            return len(values)
        if not values:
            return None
        return {'SUM': lambda: total(values), 'AVG': lambda: average(values, t), 'MIN': lambda: min(values),
                'MAX': lambda: max(values), 'FIRST_VALUE': lambda: values[0], 'LAST_VALUE': lambda: values[-1],
                'LISTAGG': lambda: ','.join(values)}[name]()

    text = 'COUNT(*)' if name == '*' else f"{name}({'DISTINCT ' if distinct else ''}{arg[0]})"
    result = 'l' if name in ('*', 'COUNT') else t
    if t == 'd' and name in ('SUM', 'AVG'):
        result = 'D'
    return text + filter_text, compute, result


# ---- relations: a text for FROM, columns, and what they hold: a function of the database to [(row, weight)]

Rel = collections.namedtuple('Rel', 'source cols data ordered')


class Case(Relations, OverCases):
    exprs = Exprs
    aggregate = staticmethod(aggregate)

    def __init__(self, rnd):
        self.rnd, self.statements, self.tables, self.events = rnd, [], {}, []
        self.names, self.kinds, self.checks, self.finish, self.own = 0, [], [], False, False
        self.delay_ms, self.appends, self.narrow = None, False, False

    def name(self, prefix):
        self.names += 1
        return f'{prefix}{self.names}'

    def value(self, t):
        if self.rnd.random() < 0.1:
            return None
        r = self.rnd
        if self.narrow and t in 'ils':
            return r.choice(STRINGS[1:4]) if t == 's' else r.randint(0, 3)
        return {'i': lambda: r.randint(-4, 9), 'l': lambda: r.randint(-1000000, 1000000), 's': lambda: r.choice(STRINGS),
                'b': lambda: r.random() < 0.5, 'd': lambda: Decimal(r.randint(-999, 999)) / 100,
                'f': lambda: r.randint(-40, 40) / 4}[t]()

    def table(self, cols=None, time=False):
        r = self.rnd
        name = self.name('t')
        cols = cols or [(f'c{i}', t) for i, t in enumerate(['s', 'i'] + [r.choice('ilsbdf') for _ in range(r.randint(0, 2))])]
        parts = [f'{n} {SQL_TYPES[t]}' for n, t in cols]
        if time:
            self.delay_ms = r.choice([0, 0, 1000, 3000, 7000])
            cols = cols + [('ts', 't')]
            parts += ['ts TIMESTAMP(3)', f"WATERMARK FOR ts AS ts - INTERVAL '{self.delay_ms / 1000:.3f}' SECOND"]
        self.statements.append(f"CREATE TABLE {name} ({', '.join(parts)});")
        self.tables[name] = cols
        return Rel(name, cols, lambda db: db[name], True)

    def fill(self, deletes=0.25):
        r = self.rnd
        live, clock = {t: [] for t in self.tables}, 0
        self.events, self.steps = [], set()
        deletes = 0 if self.appends else deletes
        for i in range(r.randint(3, 40 if self.narrow else 25)):
            t = r.choice(list(self.tables))
            if live[t] and r.random() < deletes:
                self.events.append((t, -1, live[t].pop(r.randrange(len(live[t])))))
            else:
                clock += r.choice([0, 500, 1000, 2000, 4000, 9000])
                row = tuple(max(0, clock - r.choice([0, 0, 0, 1, 2500, 6000, 12000])) if ct == 't' else self.value(ct)
                            for _, ct in self.tables[t])
                live[t].append(row)
                self.events.append((t, 1, row))
            if r.random() < 0.2:
                self.steps.add(len(self.events))

    # layers

    def layer(self, query, cols, data, ordered):
        """How a query becomes the source of the next: derived table, view or materialized view."""
        how = self.rnd.choice(['derived', 'view', 'materialized'])
        if how == 'derived':
            return Rel(f'({query})', cols, data, ordered)
        name = self.name('v')
        word = 'VIEW' if how == 'view' else 'MATERIALIZED VIEW'
        self.statements.append(f'CREATE {word} {name} AS {query};')
        return Rel(name, cols, data, ordered)

    def project(self, rel, keep_time=False):
        self.kinds.append('filter')
        x = Exprs(self.rnd, rel.cols)
        where = x.make('b', 2) if self.rnd.random() < 0.7 else None
        types = [self.rnd.choice('isilb' + 'df') for _ in range(self.rnd.randint(1, 3))]
        out = [x.make(t, self.rnd.choice([0, 1, 2])) for t in types]
        cols = [(self.name('p'), t) for t in types]
        if keep_time:
            out.append(('ts', lambda row: row[-1]))
            cols.append(('ts', 't'))
        items = ', '.join(o[0] if n == 'ts' else f'{o[0]} AS {n}' for o, (n, _) in zip(out, cols))
        query = f"SELECT {items} FROM {rel.source}" + (f' WHERE {where[0]}' if where else '')

        def data(db):
            return [(tuple(o[1](row) for o in out), w) for row, w in rel.data(db)
                    if where is None or where[1](row) is True]
        return query, cols, data, rel.ordered

    def group(self, rel, windows=None):
        r = self.rnd
        self.kinds.append('group' if windows is None else 'window')
        x = Exprs(r, rel.cols)
        nkeys = r.choice([0, 1, 1, 1, 2]) if windows is None else r.choice([0, 1, 1, 2])
        keys, cols = [], []
        for _ in range(nkeys):
            t = r.choice([c[1] for c in rel.cols if c[1] != 't'] or ['i'])
            k = x.make(t, r.choice([0, 0, 1]) if windows is None else 0)
            if k[0] in [o[0] for o in keys] or k[0] not in [c[0] for c in rel.cols] and windows is not None:
                continue
            if not any(c[0] in k[0] for c in rel.cols):
                continue
            keys.append(k)
            cols.append((self.name('k'), t))
        # A function of arrival takes back the oldest equal value, which a list of rows does not show: no retractions then.
        arrival = r.random() < 0.3 and (rel.ordered if windows is None else windows in ('TUMBLE', 'SESSION'))
        self.appends |= arrival
        aggs = [aggregate(r, rel.cols, arrival) for _ in range(r.randint(1, 3))]
        for a in aggs:
            cols.append((self.name('a'), a[2]))
        having = None
        if r.random() < 0.2 and (keys or windows):
            n = r.randint(1, 3)
            having = (f' HAVING COUNT(*) >= {n}', lambda rows: len(rows) >= n)
        by, sets = self.grouping_sets(keys) if windows != 'SESSION' else (', '.join(k[0] for k in keys), [(1,) * len(keys)])
        items = [k[0] for k in keys] + [a[0] for a in aggs]
        if len(sets) > 1 and r.random() < 0.5:
            items.append(f"GROUPING_ID({', '.join(k[0] for k in keys)})")
            cols.append((self.name('g'), 'l'))
        items = ', '.join(f'{text} AS {n}' for text, (n, _) in zip(items, cols))
        return keys, aggs, cols, having, items, by, sets

    def grouping_sets(self, keys):
        """Text of the keys in GROUP BY, and the sets: which keys are in each."""
        r = self.rnd
        n, names = len(keys), [k[0] for k in keys]
        plain = (', '.join(names), [(1,) * n])
        if not n or r.random() < 0.8:
            return plain
        self.kinds.append('sets')
        how = r.choice(['ROLLUP', 'CUBE', 'GROUPING SETS', 'beside'])
        if how == 'ROLLUP':
            return f"ROLLUP ({plain[0]})", [tuple(int(i < length) for i in range(n)) for length in range(n, -1, -1)]
        if how == 'CUBE':
            return f"CUBE ({plain[0]})", list(itertools.product([1, 0], repeat=n))
        if how == 'beside' and n == 2:
            return f'{names[0]}, ROLLUP ({names[1]})', [(1, 1), (1, 0)]
        sets = [tuple(r.randint(0, 1) for _ in range(n)) for _ in range(r.randint(2, 3))]
        sets += [] if all(any(x[i] for x in sets) for i in range(n)) else [(1,) * n]
        text = ', '.join('(' + ', '.join(k for k, inside in zip(names, x) if inside) + ')' for x in sets)
        return f'GROUPING SETS ({text})', sets

    @staticmethod
    def groups_of(row, keys, sets):
        """The groups that a row is in: number of the set and key; and a key's end, GROUPING_ID."""
        values = [k[1](row) for k in keys]
        for i, x in enumerate(sets):
            yield i, tuple(v if inside else None for v, inside in zip(values, x))

    @staticmethod
    def result(key, sets, aggs, rows, cols):
        number, values = key
        out = values + tuple(a[1](rows) for a in aggs)
        if len(out) < len(cols):
            out += (int(''.join(str(1 - inside) for inside in sets[number]), 2),)
        return out

    def plain_group(self, rel):
        keys, aggs, cols, having, items, by, sets = self.group(rel)
        by = f' GROUP BY {by}' if keys else ''
        query = f"SELECT {items} FROM {rel.source}{by}{having[0] if having else ''}"

        def data(db):
            groups = {} if keys else {(0, ()): []}
            for row, w in rel.data(db):
                for key in self.groups_of(row, keys, sets):
                    rows = groups.setdefault(key, [])
                    if w > 0:
                        rows.append(row)
                    else:
                        rows.remove(row)
            return [(self.result(key, sets, aggs, rows, cols), 1) for key, rows in groups.items()
                    if (rows or not keys) and (having is None or having[1](rows))]
        return query, cols, data, False

    def distinct(self, rel):
        self.kinds.append('distinct')
        query, cols, inner, _ = self.project(rel)

        def data(db):
            counts = collections.Counter()
            for row, w in inner(db):
                counts[row] += w
            return [(row, 1) for row, n in counts.items() if n > 0]
        return query.replace('SELECT ', 'SELECT DISTINCT ', 1), cols, data, False

    def union(self):
        self.kinds.append('union')
        a = self.table()
        b = self.table(a.cols)
        keep = self.rnd.random() < 0.7
        query = f"SELECT * FROM {a.source} UNION {'ALL ' if keep else ''}SELECT * FROM {b.source}"

        def data(db):
            rows = a.data(db) + b.data(db)
            if keep:
                return rows
            counts = collections.Counter()
            for row, w in rows:
                counts[row] += w
            return [(row, 1) for row, n in counts.items() if n > 0]
        return query, a.cols, data, False

    def window(self, rel):
        r = self.rnd
        shape = r.choice(['TUMBLE', 'HOP', 'CUMULATE'])
        slide = r.choice([1, 2, 5, 10]) * 1000
        size = slide * (1 if shape == 'TUMBLE' else r.choice([1, 2, 3, 6]))
        offset = r.choice([0, 0, 0, 1000, 3000])
        keys, aggs, cols, having, items, by, sets = self.group(rel, shape)
        base, delay, table = rel, self.delay_ms, list(self.tables)[0]

        def interval(ms):
            return f"INTERVAL '{ms // 1000}' SECOND"
        args = ([interval(slide)] if shape != 'TUMBLE' else []) + [interval(size)] + ([interval(offset)] if offset else [])
        query = (f"SELECT {items}{', ' if items else ''}window_start AS ws, window_end AS we FROM "
                 f"TABLE({shape}(TABLE {rel.source}, DESCRIPTOR(ts), {', '.join(args)})) "
                 f"GROUP BY {', '.join(([by] if by else []) + ['window_start', 'window_end'])}{having[0] if having else ''}")

        def windows_of(ts):
            if shape == 'CUMULATE':
                start = ts - (ts - offset) % size
                return [(start, start + n) for n in range(slide, size + 1, slide) if start + n > ts]
            last = ts - (ts - offset) % slide
            return [(start, start + size) for start in range(last, ts - size, -slide)]

        def data(db):
            # Row by row: what the watermark has passed is fired and takes no more; the row's own watermark comes after it.
            passed, groups = None, {}
            stream = iter(base.data({**db, table: [(row, (w, i)) for i, (row, w) in enumerate(db[table])]}))
            mapped = {tag[1]: row for row, tag in stream}
            for i, (source_row, w) in enumerate(db[table]):
                row = mapped.get(i)
                for win in windows_of(row[-1]) if row is not None else []:
                    if passed is not None and passed >= win[1] - 1:
                        continue
                    for key in self.groups_of(row, keys, sets):
                        rows = groups.setdefault((key, win), [])
                        if w > 0:
                            rows.append(row)
                        else:
                            rows.remove(row)
                mark = source_row[-1] - delay
                passed = mark if passed is None else max(passed, mark)
            fired = [(key, win, rows) for (key, win), rows in groups.items() if rows and
                     (db['finished'] or passed is not None and passed >= win[1] - 1)]
            return [(self.result(key, sets, aggs, rows, cols) + win, 1) for key, win, rows in fired
                    if having is None or having[1](rows)]
        return query, cols + [('ws', 't'), ('we', 't')], data, False

    def session(self, rel):
        """Sessions are kept apart by the keys of GROUP BY, or, over rows that stay, by some of them."""
        r = self.rnd
        gap = r.choice([1, 2, 5, 10]) * 1000
        keys, aggs, cols, having, items, by, sets = self.group(rel, 'SESSION')
        base, delay, table = rel, self.delay_ms, list(self.tables)[0]
        apart = list(keys)
        if keys and not any('FIRST' in a or 'LAST' in a or 'LISTAGG' in a for a in [items]) and r.random() < 0.3:
            apart = r.sample(keys, r.randint(0, len(keys) - 1))
            self.appends = True
        partition = f" PARTITION BY {', '.join(k[0] for k in apart)}" if apart else ''
        form = r.choice(['TABLE(SESSION({}))', 'SESSION({})'])
        call = form.format(f"TABLE {rel.source}{partition}, DESCRIPTOR(ts), INTERVAL '{gap // 1000}' SECOND")
        query = (f"SELECT {items}{', ' if items else ''}window_start AS ws, window_end AS we FROM {call} "
                 f"GROUP BY {', '.join(([by] if by else []) + ['window_start', 'window_end'])}{having[0] if having else ''}")
        if apart == keys and r.random() < 0.3:
            at = f"(ts, INTERVAL '{gap // 1000}' SECOND)"
            query = (f"SELECT {items}{', ' if items else ''}SESSION_START{at} AS ws, SESSION_END{at} AS we FROM {rel.source} "
                     f"GROUP BY SESSION{at}{', ' + by if by else ''}{having[0] if having else ''}")

        def sessions_of(rows):
            """Lists of rows in order of arrival, with their spans."""
            out = []
            for t in sorted(row[-1] for row in rows):
                if out and t <= out[-1][1]:
                    out[-1][1] = t + gap
                else:
                    out.append([t, t + gap])
            return [(start, end, [row for row in rows if start <= row[-1] < end]) for start, end in out]

        def data(db):
            passed, live, out = None, {}, []

            def fire(mark):
                for rows in live.values():
                    for start, end, inside in sessions_of(rows):
                        if mark is None or mark < end - 1:
                            continue
                        rows[:] = [row for row in rows if not start <= row[-1] < end]
                        groups = {}
                        for row in inside:
                            groups.setdefault(tuple(k[1](row) for k in keys), []).append(row)
                        out.extend((key, start, end, group) for key, group in groups.items())
            stream = iter(base.data({**db, table: [(row, (w, i)) for i, (row, w) in enumerate(db[table])]}))
            mapped = {tag[1]: row for row, tag in stream}
            for i, (source_row, w) in enumerate(db[table]):
                row = mapped.get(i)
                if row is not None:
                    rows, t = live.setdefault(tuple(k[1](row) for k in apart), []), row[-1]
                    past = passed is not None and passed >= t + gap - 1
                    if w > 0 and (not past or any(abs(x[-1] - t) <= gap for x in rows)):
                        rows.append(row)
                    elif w < 0 and (row in rows or not past):
                        rows.remove(row)
                        fire(passed)
                mark = source_row[-1] - delay
                passed = mark if passed is None else max(passed, mark)
                fire(passed)
            if db['finished']:
                fire(float('inf'))
            merged = {}
            for key, start, end, rows in out:
                merged.setdefault((key, start, end), []).extend(rows)
            return [(self.result((0, key), sets, aggs, rows, cols) + (start, end), 1) for (key, start, end), rows in merged.items()
                    if having is None or having[1](rows)]
        self.kinds.append('session')
        return query, cols + [('ws', 't'), ('we', 't')], data, False

    # shapes of cases

    def build(self):
        mix = {'stream': 25, 'union': 6, 'window': 17, 'snapshot': 7, 'relate': 25, 'topn': 8, 'dedup': 3, 'window_topn': 3,
               'over_time': 3, 'over_any': 3}
        shape = self.rnd.choices(list(mix), list(mix.values()))[0]
        return getattr(self, 'build_' + shape)()

    def finish_view(self, part):
        query, cols, data, _ = part
        self.statements.append(f'CREATE MATERIALIZED VIEW result AS {query};')
        self.checks.append(('result', cols, data))
        if self.own:
            self.checks.append((f'({query})', cols, data))

    def tail(self, part, most=2):
        r = self.rnd
        for _ in range(r.randint(0, most)):
            rel = self.layer(*part)
            part = r.choice([self.project, self.plain_group, self.plain_group, self.distinct])(rel)
        return part

    def build_stream(self):
        self.own = self.rnd.random() < 0.2
        rel = self.table()
        part = self.rnd.choice([self.project, self.plain_group, self.plain_group, self.distinct])(rel)
        self.finish_view(self.tail(part))
        self.fill(0 if self.own else 0.25)

    def build_union(self):
        self.finish_view(self.tail(self.union(), 2))
        self.fill()

    def build_window(self):
        rel = self.table(time=True)
        if self.rnd.random() < 0.4:
            query, cols, data, ordered = self.project(rel, keep_time=True)
            name = self.name('v')
            self.statements.append(f'CREATE VIEW {name} AS {query};')
            rel = Rel(name, cols, data, ordered)
        self.finish_view(self.tail(self.session(rel) if self.rnd.random() < 0.3 else self.window(rel), 1))
        self.finish = True
        self.fill(self.rnd.choice([0, 0.2]))

    def build_snapshot(self):
        r = self.rnd
        self.own = True
        a = self.table()
        b = self.table(a.cols if r.random() < 0.5 else None)
        kind = r.choice(['join', 'in', 'exists'] + (['setop', 'setop'] if a.cols == b.cols else []))
        self.kinds.append('snapshot ' + kind)
        left, right = [(f'x.{n}', t) for n, t in a.cols], [(f'y.{n}', t) for n, t in b.cols]

        def rows(rel, db):
            return [row for row, _ in rel.data(db)]
        if kind == 'join':
            how = r.choice(['INNER', 'LEFT', 'RIGHT', 'FULL'])
            extra = Exprs(r, left + right).make('b', 1) if r.random() < 0.4 else None
            c = r.randrange(2)
            query = (f"SELECT {', '.join(n + ' AS ' + n.replace('.', '_') for n, _ in left + right)} FROM {a.source} AS x "
                     f"{how} JOIN {b.source} AS y ON x.c{c} = y.c{c}" + (f' AND {extra[0]}' if extra else ''))

            def data(db):
                out, ls, rs = [], rows(a, db), rows(b, db)
                hit = set()
                for i in ls:
                    matched = False
                    for j, o in enumerate(rs):
                        if i[c] is not None and i[c] == o[c] and (extra is None or extra[1](i + o) is True):
                            matched = True
                            hit.add(j)
                            out.append(i + o)
                    if not matched and how in ('LEFT', 'FULL'):
                        out.append(i + (None,) * len(right))
                if how in ('RIGHT', 'FULL'):
                    out += [(None,) * len(left) + o for j, o in enumerate(rs) if j not in hit]
                return [(row, 1) for row in out]
            cols = left + right
        elif kind == 'setop':
            op, keep = r.choice(['UNION', 'INTERSECT', 'EXCEPT']), r.random() < 0.5
            query = f"SELECT * FROM {a.source} {op} {'ALL ' if keep else ''}SELECT * FROM {b.source}"

            def data(db):
                m, n = collections.Counter(rows(a, db)), collections.Counter(rows(b, db))
                if not keep:
                    m, n = collections.Counter(set(m)), collections.Counter(set(n))
                out = m + n if op == 'UNION' else m & n if op == 'INTERSECT' else m - n
                return [(row, 1) for row, k in out.items() for _ in range(k if keep else 1)]
            cols = a.cols
        else:
            c, no = r.randrange(2), r.random() < 0.5
            cond = Exprs(r, right).make('b', 1)
            word = 'NOT ' if no else ''
            if kind == 'in':
                where = f'x.c{c} {word}IN (SELECT y.c{c} FROM {b.source} AS y WHERE {cond[0]})'
            else:
                where = f'{word}EXISTS (SELECT 1 FROM {b.source} AS y WHERE y.c{c} = x.c{c} AND {cond[0]})'
            query = f'SELECT * FROM {a.source} AS x WHERE {where}'

            def data(db):
                out = []
                for i in rows(a, db):
                    found = [o[c] for o in rows(b, db) if cond[1](o) is True]
                    t = in3(i[c], found) if kind == 'in' else i[c] is not None and i[c] in found
                    if (not3(t) if no else t) is True:
                        out.append((i, 1))
                return out
            cols = a.cols
        self.checks.append((f'({query})', cols, data))
        self.fill(0)

    # text

    def expects(self, seen, finished):
        db = {t: [] for t in self.tables}
        for t, w, row in seen:
            db[t].append((row, w))
        db['finished'] = finished
        out = []
        for what, cols, data in self.checks:
            counts = collections.Counter()
            for row, w in data(db):
                counts[row] += w
            assert all(n >= 0 for n in counts.values())
            out.append(f'EXPECT {what} {rows_text(sorted(counts.elements(), key=repr), [t for _, t in cols])};')
        return out

    def text(self, title, events=None):
        given = self.events if events is None else events
        out = [f'-- test: {title}'] + self.statements
        seen, live, used = [], collections.Counter(), 0
        for t, w, row in given:
            used += 1
            if w < 0 and not live[t, row]:
                continue
            live[t, row] += w
            seen.append((t, w, row))
            values = rows_text([row], [ct for _, ct in self.tables[t]])
            word = 'INSERT INTO' if self.own else 'PUSH INTO' if w > 0 else 'PUSH DELETE FROM'
            out.append(f'{word} {t} VALUES {values};')
            if not self.own and used in self.steps:
                out += ['STEP;'] + self.expects(seen, False)
        if not self.own:
            out += ['FINISH;' if self.finish else 'STEP;']
        return '\n'.join(out + self.expects(seen, self.finish)) + '\n\n'


def make_case(seed):
    for attempt in range(50):
        case = Case(random.Random(f'{seed}/{attempt}'))
        case.build()
        if case.own or any(w > 0 for _, w, _ in case.events) and {t for t, _, _ in case.events} == set(case.tables):
            try:
                case.text('')
            except ValueError:  # the model met a retraction in a window that never saw the row
                continue
            return case
    raise SystemExit('no case could be made')


def run(weir, folder, name, text, steps=None):
    path = os.path.join(folder, name)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    p = subprocess.run([weir, 'test', path], capture_output=True, text=True, check=False, errors='replace')
    return p.returncode == 0, p.stdout + ('' if p.returncode in (0, 1) else f'  exit {p.returncode}\n' + p.stderr[-2000:])


def shrink(weir, folder, case, name):
    events = list(case.events)
    size = max(1, len(events) // 2)
    tries = 0
    while size and tries < 60:
        i = 0
        while i < len(events) and tries < 60:
            fewer = events[:i] + events[i + size:]
            tries += 1
            try:
                text = case.text('smaller', fewer)
            except ValueError:
                i += size
                continue
            if fewer and {t for t, _, _ in fewer} == set(case.tables) and not run(weir, folder, name, text)[0]:
                events = fewer
            else:
                i += size
        size //= 2
    return case.text('smaller', events)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--weir', required=True)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--queries', type=int, help='2000, in soak 20000')
    p.add_argument('--batch', type=int, default=100, help='cases per file')
    p.add_argument('--jobs', type=int, default=2)
    p.add_argument('--show', type=int, default=5, help='failing cases to make smaller and print')
    p.add_argument('--print', action='store_true', help='print the scripts, run nothing')
    o = p.parse_args()
    o.queries = o.queries or (20000 if os.environ.get('WEIR_SOAK') else 2000)
    if o.print:
        sys.stdout.writelines(make_case(f'{o.seed}/{i}').text(f'{o.seed}/{i}') for i in range(o.queries))
        return 0
    mix, failed = collections.Counter(), []
    with tempfile.TemporaryDirectory(prefix='weir-oracle-') as folder:
        def batch(first):
            numbers = range(first, min(first + o.batch, o.queries))
            cases = [make_case(f'{o.seed}/{i}') for i in numbers]
            for c in cases:
                mix.update(set(c.kinds))
            good, out = run(o.weir, folder, f'{first}.sql',
                            ''.join(c.text(f'{o.seed}/{i}') for i, c in zip(numbers, cases)))
            os.unlink(os.path.join(folder, f'{first}.sql'))
            if good:
                return []
            found = [i for i in numbers if f'"{o.seed}/{i}"' in out]
            if not found:
                print(out[-3000:])
            return found or [first]
        with ThreadPoolExecutor(o.jobs) as pool:
            for found in pool.map(batch, range(0, o.queries, o.batch)):
                failed += found
        print(f'seed {o.seed}, {o.queries} queries:', ', '.join(f'{k} {n}' for k, n in mix.most_common()))
        for i in failed[:o.show]:
            text = shrink(o.weir, folder, make_case(f'{o.seed}/{i}'), 'one.sql')
            print(f'---- {o.seed}/{i}\n{text}{run(o.weir, folder, "one.sql", text)[1]}')
    print(f'{o.queries - len(failed)} of {o.queries} queries answered as the naive evaluator does')
    if failed:
        print('failed:', ' '.join(f'{o.seed}/{i}' for i in failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
