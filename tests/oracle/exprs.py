"""Random values, expressions and aggregates: text, and a function of rows over Python values."""
from decimal import ROUND_HALF_UP, Decimal

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
        if self.rnd.random() < 0.5:
            tenth = Decimal('0.1')
            return (f'CAST(CAST({a[0]} AS DECIMAL(8, 1)) AS DECIMAL(8, 2))',
                    lambda row: None if a[1](row) is None else a[1](row).quantize(tenth, ROUND_HALF_UP))
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
        items = [r.choice([None, 0, 1, 2, 3, -1]) for _ in range(r.randint(1, 8))] + [5]
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
