"""One random query: its tables, its layers, its data, and what it must answer."""
import collections
import itertools
import re
from decimal import Decimal

from exprs import SQL_TYPES, STRINGS, Exprs, aggregate, in3, not3
from oracle_over import KAFKA, OverCases
from relate import Relations
from time_joins import TimeJoins

# ---- relations: a text for FROM, columns, and what they hold: a function of the database to [(row, weight)]

Rel = collections.namedtuple('Rel', 'source cols data ordered')
UPSERT = KAFKA.replace("'kafka'", "'upsert-kafka'").replace("'format'", "'key.format' = 'json', 'value.format'")


class Case(Relations, OverCases, TimeJoins):
    exprs = Exprs
    aggregate = staticmethod(aggregate)

    def __init__(self, rnd, names=0):
        self.rnd, self.statements, self.tables, self.events = rnd, [], {}, []
        self.names, self.held, self.checks, self.finish, self.own = names, collections.Counter(), [], False, False
        self.delay_ms, self.appends, self.narrow, self.keyed_ok = None, False, False, False
        self.keyed, self.delays, self.views = set(), {}, {}  # tables with an id, their watermarks' delays, views and their texts
        self.updates, self.aggregates_over = [], []  # queries that take rows back, inputs of aggregates
        self.arrival = False  # the answer depends on the order of rows that are otherwise equal
        self.ties = self.few = False  # many rows of one time, many equal rows
        self.timely, self.top, self.mirror = False, None, None

    def holds(self, *what):
        self.held.update(what)

    def name(self, prefix):
        self.names += 1
        return f'{prefix}{self.names}'

    def value(self, t):
        if self.rnd.random() < 0.125:
            return None
        r = self.rnd
        if self.few and t in 'is':
            return r.choice('ab') if t == 's' else 1
        if self.narrow and t in 'ils':
            return r.choice(STRINGS[1:4]) if t == 's' else r.randint(0, 3)
        return {'i': lambda: r.randint(-4, 9), 'l': lambda: r.randint(-1000000, 1000000), 's': lambda: r.choice(STRINGS),
                'b': lambda: r.random() < 0.5, 'd': lambda: Decimal(r.randint(-999, 999)) / 100,
                'f': lambda: r.randint(-40, 40) / 4}[t]()

    def table(self, cols=None, time=False):
        r = self.rnd
        name = self.name('t')
        keyed = self.keyed_ok and not time and cols is None and r.random() < 0.25
        cols = cols or [(f'c{i}', t) for i, t in enumerate(['s', 'i'] + [r.choice('ilsbdf') for _ in range(r.randint(0, 2))])]
        cols = cols + [('id', 'l')] if keyed else cols
        parts = [f'{n} {SQL_TYPES[t]}' for n, t in cols]
        if keyed:
            self.keyed.add(name)
            self.holds('keyed upserts')
            parts.append(f"PRIMARY KEY (id){'' if self.own else ' NOT ENFORCED'}")
        if time:
            self.delay_ms = self.delays[name] = 20000 if self.timely else r.choice([0, 1, 1, 1000, 3000, 7000])
            cols = cols + [('ts', 't')]
            parts += ['ts TIMESTAMP(3)', f"WATERMARK FOR ts AS ts - INTERVAL '{self.delay_ms / 1000:.3f}' SECOND"]
        options = UPSERT if keyed and not self.own else ''
        self.statements.append(f"CREATE TABLE {name} ({', '.join(parts)}){options};")
        self.tables[name] = cols
        return Rel(name, cols, lambda db: db[name], not keyed)

    def fill(self, deletes=0.25):
        r = self.rnd
        live, clock = {t: [] for t in self.tables}, 0
        self.events = []
        deletes = 0 if self.appends else deletes
        for _ in range(r.randint(3, 40 if self.narrow else 25)):
            t = r.choice(list(self.tables))
            row = None
            if t in self.keyed:
                key = r.randint(0, 7)
                row = next((row for row in live[t] if row[-1] == key), None)
                more = row is None or r.random() < 0.6
                if row:
                    live[t].remove(row)
                    self.events.append((t, -1, row))
                row = tuple(self.value(ct) for _, ct in self.tables[t][:-1]) + (key,) if more else None
            elif live[t] and not self.own and r.random() < deletes:
                self.events.append((t, -1, live[t].pop(r.randrange(len(live[t])))))
            else:
                clock += r.choice([0, 0, 0, 1000, 4000] if self.ties else [0, 500, 1000, 2000, 4000, 9000])
                row = tuple(max(0, clock - r.choice([0, 0, 0, 1, 2500, 6000, 12000])) if ct == 't' else self.value(ct)
                            for _, ct in self.tables[t])
            if row:
                live[t].append(row)
                self.events.append((t, 1, row))

    def late(self):
        """Are there rows that a watermark has passed?"""
        passed = {}
        for t, _, row in self.events:
            if t in self.delays:
                if row[-1] <= passed.get(t, -1):
                    return True
                passed[t] = max(passed.get(t, -1), row[-1] - self.delays[t])
        return False

    def expand(self, text):
        """A text with the texts of its views in their places."""
        return re.sub(r'\b[vr]\d+\b', lambda m: self.expand(self.views[m.group()]) if m.group() in self.views else m.group(), text)

    def measure(self):
        """What is in the query, by its structure."""
        deleted = {t for t, w, _ in self.events if w < 0}
        updates = [self.expand(q) for q in self.updates]
        for source in self.aggregates_over:
            full = self.expand(source)
            if deleted & set(re.findall(r'\bt\d+\b', full)) or any(q in full for q in updates):
                self.holds('aggregate over retractions')
        if deleted:
            self.holds('retractions')
        if self.delays and self.late():
            self.holds('late rows')
        depth, deep, open_ = 0, 0, []
        for word in re.findall(r'\(SELECT|\(|\)', re.sub(r"'[^']*'", '', self.nested(self.top or self.checks[0][0]))):
            if word == ')':
                depth -= open_.pop()
            else:
                open_.append(len(word) > 1)
                depth += open_[-1]
                deep = max(deep, depth)
        if deep > 2:
            self.holds('three deep')

    def nested(self, text):
        return re.sub(r'\b[vr]\d+\b', lambda m: f'({self.nested(self.views[m.group()])})' if m.group() in self.views else m.group(), text)

    # layers

    def layer(self, query, cols, data, ordered):
        """How a query becomes the source of the next: derived table, view or materialized view."""
        how = self.rnd.choice(['derived', 'view', 'materialized'])
        if how == 'derived':
            return Rel(f'({query})', cols, data, ordered)
        name = self.name('v')
        word = 'VIEW' if how == 'view' else 'MATERIALIZED VIEW'
        self.statements.append(f'CREATE {word} {name} AS {query};')
        self.views[name] = query
        return Rel(name, cols, data, ordered)

    def project(self, rel, keep_time=False):
        self.holds('filter')
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
        self.holds('aggregate', 'group' if windows is None else windows.lower() + ' window')
        self.aggregates_over.append(rel.source)
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
        self.arrival |= arrival
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
        self.holds('grouping sets')
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
        self.updates.append(query)

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
        self.holds('distinct')
        query, cols, inner, _ = self.project(rel)

        def data(db):
            counts = collections.Counter()
            for row, w in inner(db):
                counts[row] += w
            return [(row, 1) for row, n in counts.items() if n > 0]
        return query.replace('SELECT ', 'SELECT DISTINCT ', 1), cols, data, False

    def union(self):
        a = self.table()
        b = self.table(a.cols)
        keep = self.rnd.random() < 0.7
        self.holds('set operation', 'union all' if keep else 'union')
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
            stream = iter(base.data({**db, 'alive': {}, table: [(row, (w, i)) for i, (row, w) in enumerate(db[table])]}))
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
            stream = iter(base.data({**db, 'alive': {}, table: [(row, (w, i)) for i, (row, w) in enumerate(db[table])]}))
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
        return query, cols + [('ws', 't'), ('we', 't')], data, False

    # shapes of cases

    def build(self):
        mix = {'stream': 17, 'union': 4, 'window': 13, 'snapshot': 3, 'relate': 54, 'topn': 6, 'dedup': 3, 'window_topn': 2,
               'over_time': 3, 'over_any': 3, 'time_join': 7}
        shape = self.rnd.choices(list(mix), list(mix.values()))[0]
        self.timely = self.rnd.random() < 0.3
        getattr(self, 'build_' + shape)()
        self.close()

    def finish_view(self, part):
        query, cols, data, _ = part
        name = self.name('r')
        self.statements.append(f'CREATE MATERIALIZED VIEW {name} AS {query};')
        self.views[name], self.top = query, name
        self.checks.append((name, cols, data))
        if self.own:
            self.checks.append((f'({query})', cols, data))

    def close(self):
        """The query as a snapshot too, over views that hold what has come, where the batch meaning is the same."""
        if self.own or self.arrival or not self.top or self.delays and self.late() or \
                not self.delays and self.rnd.random() < 0.5:
            return
        def copied(text):
            return re.sub(r'\b([tv]\d+)\b', r'\1m', text)
        for t in self.tables:
            self.statements.append(f'CREATE MATERIALIZED VIEW {t}m AS SELECT * FROM {t};')
        for v, query in self.views.items():
            if v != self.top:
                self.statements.append(f'CREATE VIEW {v}m AS {copied(query)};')
        _, cols, data = self.checks[0]
        self.mirror = (f'({copied(self.views[self.top])})', cols, data)
        self.holds('snapshot of a stream')

    def tail(self, part, most=3):
        r = self.rnd
        for _ in range(r.randint(0, most)):
            rel = self.layer(*part)
            part = r.choices([self.project, self.plain_group, self.distinct, self.related], [3, 7, 2, 3 if self.narrow else 1])[0](rel)
        return part

    def build_stream(self):
        self.own, self.keyed_ok = self.rnd.random() < 0.3, True
        rel = self.table()
        part = self.rnd.choice([self.project, self.plain_group, self.plain_group, self.distinct])(rel)
        self.finish_view(self.tail(part))
        self.fill()

    def build_union(self):
        self.finish_view(self.tail(self.union(), 2))
        self.fill()

    def build_window(self):
        rel = self.table(time=True)
        if self.rnd.random() < 0.4:
            query, cols, data, ordered = self.project(rel, keep_time=True)
            name = self.name('v')
            self.statements.append(f'CREATE VIEW {name} AS {query};')
            self.views[name] = query
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
        self.holds({'join': 'join', 'setop': 'set operation'}.get(kind, 'subquery'), 'snapshot ' + kind)
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
