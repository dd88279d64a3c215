"""Queries over two and three relations: joins, subqueries, set operations, by nested loops over the rows alive."""
import collections

from oracle_over import Order

COMPARE = {'<': lambda a, b: a < b, '>': lambda a, b: a > b, '>=': lambda a, b: a >= b, '<>': lambda a, b: a != b}


def alive(rel, db):
    """The rows of a relation, one per copy; once per database."""
    known = db['alive']
    if rel.data not in known:
        counts = collections.Counter()
        for row, w in rel.data(db):
            counts[row] += w
        known[rel.data] = list(counts.elements())
    return known[rel.data]


def or3(items):
    items = list(items)
    return True if True in items else None if None in items else False


def and3(items):
    items = list(items)
    return False if False in items else None if None in items else True


def not3(a):
    return None if a is None else not a


def compare3(f, a, b):
    return None if a is None or b is None else f(a, b)


class Relations:
    """Mixed into Case: uses its rnd, table, layer, project, plain_group, distinct, name, holds."""

    exprs = None  # the class Exprs, set by oracle.py

    def side(self, cols=None):
        rel = self.table(cols)
        if cols is None and self.rnd.random() < 0.35:
            rel = self.layer(*self.rnd.choice([self.project, self.plain_group, self.distinct])(rel))
        return rel

    def two_sides(self, a):
        a = a or self.side()
        return a, a if self.rnd.random() < 0.12 else self.side()

    @staticmethod
    def named(rel, alias):
        return [(f'{alias}.{n}', t) for n, t in rel.cols]

    def equality(self, left, right, null_equal=0.15):
        """A condition between columns of one type: its text and a function of both rows; None: there is no such pair."""
        r = self.rnd
        pairs = [(i, j) for i, (_, t) in enumerate(left) for j, (_, u) in enumerate(right) if t == u and t != 'D']
        if not pairs:
            return None
        i, j = r.choice(pairs)
        a, b = (left[i][0], right[j][0]) if r.random() < 0.5 else (right[j][0], left[i][0])
        if r.random() < null_equal:
            return f'{a} IS NOT DISTINCT FROM {b}', lambda x, y: x[i] == y[j]
        return f'{a} = {b}', lambda x, y: x[i] is not None and x[i] == y[j]

    def conditions(self, left, right, most=2, extra=0.35):
        r = self.rnd
        found = [self.equality(left, right) for _ in range(r.choice([0, 1, 1, 1, 1, most]))]
        found = [c for c in found if c]
        if r.random() < extra or not found:
            text, f = self.exprs(r, left + right).make('b', 1)
            found.append((text, lambda x, y: f(x + y) is True))
        return ' AND '.join(c[0] for c in found), lambda x, y: all(c[1](x, y) for c in found)

    def listed(self, cols):
        out = [(self.name('j'), t) for _, t in cols]
        return ', '.join(f'{n} AS {o}' for (n, _), (o, _) in zip(cols, out)), out

    def join(self, a=None):
        r = self.rnd
        a, b = self.two_sides(a)
        left, right = self.named(a, 'x'), self.named(b, 'y')
        how = r.choice(['INNER', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'LEFT SEMI', 'LEFT ANTI', ','])
        self.holds('join', 'comma join' if how == ',' else 'semi or anti join' if how in ('LEFT SEMI', 'LEFT ANTI') else 'outer join' if how != 'INNER' else 'inner join')
        text, match = self.conditions(left, right)
        one = how in ('LEFT SEMI', 'LEFT ANTI')
        items, cols = self.listed(left if one else left + right)
        source = f'{a.source} AS x, {b.source} AS y WHERE {text}' if how == ',' else \
            f'{a.source} AS x {how} JOIN {b.source} AS y ON {text}'

        def data(db):
            out, ls, rs, hit = [], alive(a, db), alive(b, db), set()
            for i in ls:
                found = [k for k, o in enumerate(rs) if match(i, o)]
                hit.update(found)
                if one:
                    out += [i] if (how == 'LEFT SEMI') == bool(found) else []
                    continue
                out += [i + rs[k] for k in found]
                if not found and how in ('LEFT', 'FULL'):
                    out.append(i + (None,) * len(right))
            if how in ('RIGHT', 'FULL'):
                out += [(None,) * len(left) + o for k, o in enumerate(rs) if k not in hit]
            return [(row, 1) for row in out]
        query = f'SELECT {items} FROM {source}'
        if how in ('LEFT', 'RIGHT', 'FULL', 'LEFT ANTI'):
            self.updates.append(query)
        return query, cols, data, False

    def three(self):
        """Comma joins and joins that WHERE connects, with conditions on one side."""
        r = self.rnd
        self.holds('join', 'three tables')
        rels = [self.side() for _ in range(3)]
        named = [self.named(rel, n) for rel, n in zip(rels, 'xyz')]
        order = [(0, 2), (1, 2)] if r.random() < 0.5 else [(0, 1), (1, 2)]
        where = []
        for i, j in order:
            c = self.equality(named[i], named[j], 0.1)
            if c:
                where.append((c[0], lambda rows, i=i, j=j, f=c[1]: f(rows[i], rows[j])))
        for i in range(3):
            if r.random() < 0.3:
                text, f = self.exprs(r, named[i]).make('b', 1)
                where.append((text, lambda rows, i=i, f=f: f(rows[i]) is True))
        if r.random() < 0.3 or not where:
            text, f = self.exprs(r, named[0] + named[1] + named[2]).make('b', 1)
            where.append((text, lambda rows, f=f: f(rows[0] + rows[1] + rows[2]) is True))
        items, cols = self.listed(named[0] + named[1] + named[2])
        sep = r.choice([', ', ' CROSS JOIN '])
        query = (f"SELECT {items} FROM {sep.join(f'{rel.source} AS {n}' for rel, n in zip(rels, 'xyz'))} "
                 f"WHERE {' AND '.join(c[0] for c in where)}")

        def data(db):
            xs, ys, zs = (alive(rel, db) for rel in rels)
            return [(x + y + z, 1) for x in xs for y in ys for z in zs if all(c[1]((x, y, z)) for c in where)]
        return query, cols, data, False

    def inner(self, rel, left, wide, alias='y'):
        """FROM and WHERE of a subquery over rel: text, and a function of an outer row and db that gives the rows left."""
        r = self.rnd
        right, where = self.named(rel, alias), []
        for _ in range(r.choice([0, 1, 1, 2])):
            c = self.equality(left, right, 0.1)
            if c:
                self.holds('correlated')
                where.append((c[0], lambda x, y, db, c=c: c[1](x, y)))
        if r.random() < 0.4:
            text, f = self.exprs(r, right).make('b', 1)
            where.append((text, lambda x, y, db: f(y) is True))
        if wide and r.random() < 0.3:
            text, g = self.exprs(r, left + right).make('b', 1)
            where.append((text, lambda x, y, db: g(x + y) is True))
        if alias == 'y' and r.random() < 0.2:
            part = self.subquery_value(rel, self.table(), r.choice(['exists', 'in']), False, 'yz')
            if part:
                self.holds('nested subquery')
                where.append((part[0], lambda x, y, db: part[1](y, db) is True))
        text = f'{rel.source} AS {alias}' + (f" WHERE {' AND '.join(c[0] for c in where)}" if where else '')
        return text, lambda x, db: [y for y in alive(rel, db) if all(c[1](x, y, db) for c in where)]

    def subquery_value(self, a, b, kind, wide, names='xy'):
        """EXISTS, IN, ANY, ALL: its text, and a function of an outer row and db; None: no columns fit."""
        r = self.rnd
        out, own = names
        left = self.named(a, out)
        source, rows_of = self.inner(b, left, wide, own)
        self.holds('subquery')
        no = r.random() < 0.5
        if kind == 'exists':
            return (f"{'NOT ' if no else ''}EXISTS (SELECT 1 FROM {source})", lambda x, db: bool(rows_of(x, db)) != no)
        pairs = [(i, j) for i, (_, t) in enumerate(a.cols) for j, (_, u) in enumerate(b.cols) if t == u and t != 'D']
        if not pairs:
            return None
        i, j = r.choice(pairs)
        column = f'(SELECT {own}.{b.cols[j][0]} FROM {source})'
        if kind == 'in':
            def value(x, db):
                v = or3(compare3(lambda p, q: p == q, x[i], y[j]) for y in rows_of(x, db))
                return not3(v) if no else v
            return f"{out}.{a.cols[i][0]} {'NOT ' if no else ''}IN {column}", value
        op = r.choice(list(COMPARE) if a.cols[i][1] != 'b' else ['<>'])
        word, fold = r.choice([('ANY', or3), ('ALL', and3)])
        return (f"{'NOT ' if no else ''}({out}.{a.cols[i][0]} {op} {word} {column})",
                lambda x, db: (not3 if no else lambda v: v)(fold(compare3(COMPARE[op], x[i], y[j]) for y in rows_of(x, db))))

    def where_subquery(self, a=None):
        r = self.rnd
        a, b = self.two_sides(a)
        kind = r.choice(['exists', 'in', 'in', 'any'])
        part = self.subquery_value(a, b, kind, True)
        if part is None:
            return self.join(a)
        self.holds(f'where {kind}')
        items, cols = self.listed(self.named(a, 'x'))

        def data(db):
            return [(x, 1) for x in alive(a, db) if part[1](x, db) is True]
        return f'SELECT {items} FROM {a.source} AS x WHERE {part[0]}', cols, data, False

    def value_subquery(self, a=None):
        """EXISTS and IN in the select list or under OR."""
        r = self.rnd
        a, b = self.two_sides(a)
        kind = r.choice(['exists', 'in', 'in'])
        part = self.subquery_value(a, b, kind, False)
        if part is None:
            return self.join(a)
        self.holds(f'value {kind}')
        items, cols = self.listed(self.named(a, 'x'))
        if r.random() < 0.5:
            text, f = self.exprs(r, self.named(a, 'x')).make('b', 1)

            def data(db):
                return [(x, 1) for x in alive(a, db) if or3([f(x), part[1](x, db)]) is True]
            return f'SELECT {items} FROM {a.source} AS x WHERE {text} OR {part[0]}', cols, data, False
        n = self.name('m')

        def shown(db):
            return [(x + (part[1](x, db),), 1) for x in alive(a, db)]
        return f'SELECT {items}, {part[0]} AS {n} FROM {a.source} AS x', cols + [(n, 'b')], shown, False

    def total_of(self, b):
        """An aggregate over all rows of b as y: text, function of the rows, type."""
        r = self.rnd
        i = r.randrange(len(b.cols))
        name, t = b.cols[i]
        how = r.choice(['COUNT', 'COUNT(*)'] + (['MIN', 'MAX'] if t not in 'bD' else []) + (['SUM'] if t in 'il' else []))

        def value(found):
            if how == 'COUNT(*)':
                return len(found)
            values = [y[i] for y in found if y[i] is not None]
            if how == 'COUNT':
                return len(values)
            return {'MIN': min, 'MAX': max, 'SUM': sum}[how](values) if values else None
        return 'COUNT(*)' if how == 'COUNT(*)' else f'{how}(y.{name})', value, 'l' if how.startswith('COUNT') else t

    def scalar_subquery(self, a=None):
        r = self.rnd
        a, b = self.two_sides(a)
        self.holds('subquery', 'scalar subquery')
        source, rows_of = self.inner(b, self.named(a, 'x'), False)
        self.aggregates_over.append(b.source)
        text, value, t = self.total_of(b)
        items, cols = self.listed(self.named(a, 'x'))
        if r.random() < 0.3 and t != 'b':
            same = [(n, i) for i, (n, u) in enumerate(a.cols) if u == t]
            if same:
                n, i = r.choice(same)
                op = r.choice(list(COMPARE))

                def kept(db):
                    return [(x, 1) for x in alive(a, db) if compare3(COMPARE[op], x[i], value(rows_of(x, db))) is True]
                return f'SELECT {items} FROM {a.source} AS x WHERE x.{n} {op} (SELECT {text} FROM {source})', cols, kept, False
        n = self.name('m')

        def data(db):
            return [(x + (value(rows_of(x, db)),), 1) for x in alive(a, db)]
        return f'SELECT {items}, (SELECT {text} FROM {source}) AS {n} FROM {a.source} AS x', cols + [(n, t)], data, False

    def lateral(self, a=None):
        """A subquery in FROM that reads the row beside it: its rows, or one aggregate."""
        r = self.rnd
        a, b = self.two_sides(a)
        self.holds('join', 'subquery', 'lateral')
        source, rows_of = self.inner(b, self.named(a, 'x'), False)
        items, cols = self.listed(self.named(a, 'x'))
        if r.random() < 0.4:
            self.aggregates_over.append(b.source)
            text, value, t = self.total_of(b)
            n = self.name('m')

            def one(db):
                return [(x + (value(rows_of(x, db)),), 1) for x in alive(a, db)]
            return (f"SELECT {items}, {n} FROM {a.source} AS x{r.choice([', ', ' CROSS JOIN '])}LATERAL "
                    f'(SELECT {text} AS {n} FROM {source}) AS l', cols + [(n, t)], one, False)
        shown, more = self.listed(self.named(b, 'y'))
        outer, top, first, past = r.random() < 0.4, None, 0, None
        if r.random() < 0.4:  # the first ones of all that the outer row sees, in an order of all columns
            self.holds('lateral top-n')
            top = Order(r, [(f'y.{n}', t) for n, t in b.cols], 2, True)
            first, past = r.choice([(0, 1), (0, 2), (0, 3), (1, 2), (1, 4)])
            source += f' ORDER BY {top.text} LIMIT {past - first}' + (f' OFFSET {first}' if first else '')

        def data(db):
            out = []
            for x in alive(a, db):
                found = rows_of(x, db)
                found = top.sort(found)[first:past] if top else found
                out += [(x + y, 1) for y in found] or ([(x + (None,) * len(more), 1)] if outer else [])
            return out
        names = ', '.join(n for n, _ in more)
        query = (f"SELECT {items}, {names} FROM {a.source} AS x{' LEFT JOIN' if outer else r.choice([',', ' CROSS JOIN'])} "
                 f"LATERAL (SELECT {shown} FROM {source}) AS l{' ON TRUE' if outer else ''}")
        if outer or top:
            self.updates.append(query)
        return query, cols + more, data, False

    def unnest(self, a=None):
        """A row per element of an array made of columns; it may be NULL."""
        r = self.rnd
        a = a or self.side()
        self.holds('unnest')
        x = self.exprs(r, self.named(a, 'x'))
        t = r.choice('iisl')
        elements = [x.make(t, 1) if i else x.column(t) for i in range(r.randint(1, 3))]
        none = x.make('b', 1) if r.random() < 0.4 else None
        text = f"ARRAY[{', '.join(e[0] for e in elements)}]"
        if t == 'l':
            text = f"ARRAY[{', '.join(f'CAST({e[0]} AS BIGINT)' for e in elements)}]"
        if none:
            text = f'CASE WHEN {none[0]} THEN {text} END'
        how = r.choice([', ', ' CROSS JOIN ', ' LEFT JOIN ', ' JOIN '])
        n, o = self.name('e'), self.name('o')
        items, cols = self.listed(self.named(a, 'x'))
        numbered = r.random() < 0.3
        bound = r.randint(0, 3)
        on = {' LEFT JOIN ': ' ON TRUE', ' JOIN ': f' ON {n} > {bound}' if t in 'il' else ' ON TRUE'}.get(how, '')
        query = (f"SELECT {items}, {n}{', ' + o if numbered else ''} FROM {a.source} AS x{how}UNNEST({text})"
                 f"{' WITH ORDINALITY' if numbered else ''} AS u ({n}{', ' + o if numbered else ''}){on}")
        more = [(n, t)] + ([(o, 'i')] if numbered else [])

        def data(db):
            out = []
            for row in alive(a, db):
                found = [] if none and none[1](row) is not True else [e[1](row) for e in elements]
                found = [(v, i + 1) for i, v in enumerate(found) if '>' not in on or v is not None and v > bound]
                found = found or ([(None, None)] if how == ' LEFT JOIN ' else [])
                out += [(row + e[:len(more)], 1) for e in found]
            return out
        return query, cols + more, data, False

    def setop(self, a=None):
        r = self.rnd
        if a is None and r.random() < 0.6:  # rows that come often on both sides
            self.few, a = True, self.table([('c0', 's'), ('c1', 'i')])
        a = a or self.side()
        b = a if r.random() < 0.1 else self.table([(f'c{i}', t if t != 'D' else 'd') for i, (_, t) in enumerate(a.cols)])
        op, keep = r.choice(['INTERSECT', 'EXCEPT']), r.random() < 0.5
        self.holds('set operation', op.lower() + (' all' if keep else ''))
        cols = [(n, t) for n, t in a.cols]
        items = ', '.join(n for n, _ in a.cols)
        other = ', '.join(n for n, _ in b.cols)
        query = f"SELECT {items} FROM {a.source} {op} {'ALL ' if keep else ''}SELECT {other} FROM {b.source}"

        def data(db):
            m, n = collections.Counter(alive(a, db)), collections.Counter(alive(b, db))
            if not keep:
                m, n = collections.Counter(set(m)), collections.Counter(set(n))
            out = m & n if op == 'INTERSECT' else m - n
            return [(row, 1) for row in out.elements()]
        return query, cols, data, False

    def related(self, a=None):
        r = self.rnd
        kinds = {self.join: 10, self.three: 4, self.where_subquery: 7, self.value_subquery: 3, self.scalar_subquery: 4,
                 self.lateral: 3, self.setop: 3, self.unnest: 2}
        if a is not None:
            del kinds[self.three]
        make = r.choices(list(kinds), list(kinds.values()))[0]
        return make() if a is None else make(a)

    def build_relate(self):
        r = self.rnd
        self.own, self.keyed_ok = r.random() < 0.3, True
        self.narrow = True  # values that meet
        self.finish_view(self.tail(self.related()))
        self.fill(0.3)
