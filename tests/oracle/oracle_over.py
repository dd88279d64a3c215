"""The oracle's part for OVER, Top-N and deduplication: queries and what they must answer, over lists of rows.

A partition is a list of rows in order; a frame is a slice of it. What is late, and what the watermark has let out, is
found row by row, as in the windows of oracle.py.
"""
import re

KAFKA = " WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json')"


def live(rel, db):
    """The rows alive, as they came; a retraction takes the oldest equal one."""
    rows = []
    for row, w in rel.data(db):
        if w > 0:
            rows.append(row)
        else:
            rows.remove(row)
    return rows


class Order:
    """ORDER BY of a window: text, and a stable sort of rows."""

    def __init__(self, rnd, cols, most, total):
        picked = rnd.sample(range(len(cols)), min(len(cols), rnd.randint(1, most)))
        if total:
            picked += [i for i in range(len(cols)) if i not in picked]
        self.keys, text = [], []
        for i in picked:
            desc, nulls = rnd.random() < 0.5, rnd.choice(['', '', ' NULLS FIRST', ' NULLS LAST'])
            first = not desc if nulls == '' else nulls.endswith('FIRST')
            self.keys.append((i, desc, first))
            text.append(f"{cols[i][0]}{' DESC' if desc else ''}{nulls}")
        self.text = ', '.join(text)

    def sort(self, rows):
        rows = list(rows)
        for i, desc, first in reversed(self.keys):
            known = [r for r in rows if r[i] is not None]
            known.sort(key=lambda r, i=i: r[i], reverse=desc)
            unknown = [r for r in rows if r[i] is None]
            rows = unknown + known if first else known + unknown
        return rows

    def same(self, a, b):
        return all(a[i] == b[i] for i, _, _ in self.keys)

    def ranks(self, rows, kind):
        out, rank, dense = [], 0, 0
        for i, row in enumerate(rows):
            if i == 0 or not self.same(rows[i - 1], row):
                rank, dense = i + 1, dense + 1
            out.append({'ROW_NUMBER': i + 1, 'RANK': rank, 'DENSE_RANK': dense}[kind])
        return out


def partitions(rows, cols):
    parts = {}
    for row in rows:
        parts.setdefault(tuple(row[i] for i in cols), []).append(row)
    return parts.values()


class OverCases:
    """Mixed into Case."""

    def partition(self, cols, most=1):
        picked = self.rnd.sample(range(len(cols)), min(len(cols), self.rnd.randint(0, most)))
        return picked, f"PARTITION BY {', '.join(cols[i][0] for i in picked)} " if picked else ''

    def append_table(self, **args):
        rel = self.table(**args)
        self.statements[-1] = self.statements[-1].rstrip(';') + KAFKA + ';'
        self.appends = True
        return rel

    def build_topn(self):
        r = self.rnd
        self.holds('top-n')
        grouped = r.random() < 0.2
        rel = self.append_table() if r.random() < 0.4 else self.table()
        if grouped:
            rel = self.layer(*self.plain_group(rel))
        kind = r.choice(['ROW_NUMBER', 'ROW_NUMBER', 'RANK', 'DENSE_RANK'])
        total = kind == 'ROW_NUMBER' and (grouped or r.random() < 0.5)
        order = Order(r, rel.cols, 2, total)
        self.arrival |= kind == 'ROW_NUMBER' and not total
        picked, by = self.partition(rel.cols)
        low, high = r.choice([(1, 1), (1, 2), (1, 3), (2, 3), (3, 5), (1, 10)])
        shown, form = r.random() < 0.5, r.randrange(4)
        call = f'{kind}() OVER ({by}ORDER BY {order.text})'
        bound = f'rn BETWEEN {low} AND {high}' if low > 1 else r.choice([f'rn <= {high}', f'rn < {high + 1}'])
        names = ', '.join(n for n, _ in rel.cols)
        if form == 0 and low == 1 and high > 1 and not picked and kind == 'ROW_NUMBER':
            shown = False
            query = f'SELECT {names} FROM {rel.source} ORDER BY {order.text} LIMIT {high}'
        elif form == 1:
            query = f"SELECT {names}{', ' + call + ' AS rn' if shown else ''} FROM {rel.source} QUALIFY " + \
                (bound if shown else bound.replace('rn', call))
        else:
            query = f"SELECT {names}{', rn' if shown else ''} FROM (SELECT *, {call} AS rn FROM {rel.source}) WHERE {bound}"

        def data(db):
            out = []
            for rows in partitions(live(rel, db), picked):
                rows = order.sort(rows)
                out += [row + ((rank,) if shown else ()) for row, rank in zip(rows, order.ranks(rows, kind))
                        if low <= rank <= high]
            return [(row, 1) for row in out]
        self.finish_view(self.tail((query, rel.cols + ([('rn', 'l')] if shown else []), data, False), 1))
        self.fill(0.3)

    def build_dedup(self):
        r = self.rnd
        self.holds('dedup')
        self.narrow = self.ties = True
        how = r.choice(['first', 'last', 'bound', 'within'])
        within = r.choice([1000, 5000, 20000])
        self.arrival = True  # of rows of one time the first or the last to come, and a snapshot has no bound
        if how == 'within':
            self.statements.append(f"SET 'weir.dedup.within' = '{within} ms';")
        rel = self.append_table(time=True)
        key = r.randrange(2)
        names = ', '.join(n for n, _ in rel.cols)
        by = f'c{key}, ts' if how == 'bound' else f'c{key}'
        query = (f"SELECT {names} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY ts"
                 f"{' DESC' if how == 'last' else ''}) AS rn FROM {rel.source}) WHERE rn = 1")
        delay = self.delay_ms

        def data(db):
            kept, passed, out = {}, None, []
            for row, _ in rel.data(db):
                late = passed is not None and (row[-1] < passed if how == 'bound' else row[-1] <= passed)
                k = (row[key], row[-1]) if how == 'bound' else row[key]
                old = kept.get(k)
                if how == 'within' and not late:
                    if old is not None and passed is not None and old[-1] + within <= passed:
                        out.append(old)
                        old = None
                    settled = old is not None and passed is not None and old[-1] <= passed
                    if old is None or (not settled and row[-1] < old[-1]):
                        kept[k] = row
                elif how == 'bound' and not late:
                    kept.setdefault(k, row)
                elif how == 'first' and (old is None or row[-1] < old[-1]):
                    kept[k] = row
                elif how == 'last' and (old is None or row[-1] >= old[-1]):
                    kept[k] = row
                mark = row[-1] - delay
                passed = mark if passed is None else max(passed, mark)
            out += [row for row in kept.values() if how != 'within' or db['finished'] or row[-1] <= passed]
            return [(row, 1) for row in out]
        self.finish_view((query, rel.cols, data, False))
        self.finish = True
        self.fill(0)

    def build_window_topn(self):
        r = self.rnd
        self.holds('window top-n')
        rel = self.append_table(time=True) if r.random() < 0.5 else self.table(time=True)
        size, delay = r.choice([2, 5, 10]) * 1000, self.delay_ms
        picked, _ = self.partition(rel.cols[:-1])
        kind = r.choice(['ROW_NUMBER', 'RANK', 'DENSE_RANK'])
        order = Order(r, rel.cols[:-1], 2, False)
        self.arrival |= kind == 'ROW_NUMBER'
        n = r.randint(1, 3)
        by = ', '.join(['window_start', 'window_end'] + [rel.cols[i][0] for i in picked])
        query = (f"SELECT {', '.join(c for c, _ in rel.cols)}, window_end AS we, rn FROM (SELECT *, {kind}() OVER (PARTITION BY {by} "
                 f"ORDER BY {order.text}) AS rn FROM TABLE(TUMBLE(TABLE {rel.source}, DESCRIPTOR(ts), INTERVAL '{size // 1000}' SECOND))) "
                 f"WHERE rn <= {n}")

        def data(db):
            passed, wins = None, {}
            for row, w in rel.data(db):
                end = row[-1] // size * size + size
                if passed is None or passed < end - 1:
                    rows = wins.setdefault(end, [])
                    if w > 0:
                        rows.append(row)
                    else:
                        rows.remove(row)
                mark = row[-1] - delay
                passed = mark if passed is None else max(passed, mark)
            out = []
            for end, rows in wins.items():
                if not (db['finished'] or passed is not None and passed >= end - 1):
                    continue
                for part in partitions(rows, picked):
                    part = order.sort(part)
                    out += [row + (end, rank) for row, rank in zip(part, order.ranks(part, kind)) if rank <= n]
            return [(row, 1) for row in out]
        self.finish_view((query, rel.cols + [('we', 't'), ('rn', 'l')], data, False))
        self.finish = True
        self.fill(0.2)

    def frame(self, key, follows):
        """Text, and the frame of row i of a partition: key is a function of a row to a number for RANGE, or None."""
        r = self.rnd
        rows = key is None or r.random() < 0.5
        unit = 'ROWS' if rows else 'RANGE'
        kinds = ['up', 'back', 'back', 'here'] + (['on', 'down'] if follows else [])
        rank = {'up': 0, 'back': 1, 'here': 2, 'on': 3, 'down': 4}
        while True:
            start, end = r.choice(kinds[:5]), r.choice(['back', 'here', 'here'] + kinds[4:])
            if rank[start] <= rank[end] and start != 'down' and end != 'up':
                break
        dist = [r.randint(0, 3) if rows or follows else r.randint(0, 6) * 1000 for _ in range(2)]

        def word(kind, n):
            d = str(n) if rows or follows else f"INTERVAL '{n // 1000}' SECOND"
            return {'up': 'UNBOUNDED PRECEDING', 'back': d + ' PRECEDING', 'here': 'CURRENT ROW', 'on': d + ' FOLLOWING',
                    'down': 'UNBOUNDED FOLLOWING'}[kind]

        def slice_(part, i):
            if rows:
                lo = {'up': 0, 'back': i - dist[0], 'here': i, 'on': i + dist[0]}[start]
                hi = {'back': i - dist[1], 'here': i, 'on': i + dist[1], 'down': len(part)}[end] + 1
                return part[max(lo, 0):max(hi, 0)]
            v = key(part[i])
            out = []
            for row in part:
                x = key(row)
                if v is None:
                    low = start == 'up' or x is None
                    high = end == 'down' or x is None
                elif x is None:
                    low, high = start == 'up', True
                else:
                    low = start == 'up' or x >= {'back': v - dist[0], 'here': v, 'on': v + dist[0]}[start]
                    high = end == 'down' or x <= {'back': v - dist[1], 'here': v, 'on': v + dist[1]}[end]
                if low and high:
                    out.append(row)
            return out
        return f'{unit} BETWEEN {word(start, dist[0])} AND {word(end, dist[1])}', slice_

    def build_over_time(self):
        r = self.rnd
        self.holds('over', 'over time')
        rel = self.append_table(time=True)
        picked, by = self.partition(rel.cols[:-1])
        delay = self.delay_ms
        text, slice_ = self.frame(lambda row: row[-1], False)
        self.arrival = True
        aggs = [self.aggregate(r, rel.cols[:-1], True) for _ in range(r.randint(1, 3))]
        # of a frame that begins at a row or time before the current one some late rows are taken
        start = re.match(r"(ROWS|RANGE) BETWEEN (UNBOUNDED|CURRENT|INTERVAL '(\d+)'|\d+)", text)
        bounded = start.group(2) != 'UNBOUNDED'
        frame = int(start.group(3) or 0) * 1000 if bounded and start.group(1) == 'RANGE' else None
        lag = None if bounded else r.choice([None, None, 1, 2])
        over = f'OVER ({by}ORDER BY ts {text})'
        items = [f'{c}' for c, _ in rel.cols] + [f'{a[0]} {over} AS o{i}' for i, a in enumerate(aggs)]
        cols = rel.cols + [(f'o{i}', a[2]) for i, a in enumerate(aggs)]
        if lag:
            items.append(f'LAG(c1, {lag}) OVER ({by}ORDER BY ts) AS lg')
            cols = cols + [('lg', rel.cols[1][1])]
        query = f"SELECT {', '.join(items)} FROM {rel.source}"

        def let_out(part, mark):
            for row in sorted((x for x in part['waiting'] if x[-1] <= mark), key=lambda row: row[-1]):
                part['out'][-1].append(row)
                part['last'] = row[-1]
                if frame is not None and (part['end'] is None or part['end'] < row[-1] + frame + 1):
                    part['end'] = row[-1] + frame * 3 // 2 + 1
                    part['timers'].append(part['end'])
            part['waiting'] = [x for x in part['waiting'] if x[-1] > mark]
            for at in [t for t in part['timers'] if t <= mark]:
                part['timers'].remove(at)
                if part['end'] is not None and part['end'] <= at:
                    part['out'].append([])  # forgotten: what comes begins anew
                    part['last'] = part['end'] = None
                else:
                    part['last'] = max(part['last'], at)

        def data(db):
            passed, parts = None, {}
            for row, _ in rel.data(db):
                part = parts.setdefault(tuple(row[i] for i in picked),
                                        {'waiting': [], 'out': [[]], 'last': None, 'end': None, 'timers': []})
                if passed is None or row[-1] > passed or (bounded and (part['last'] is None or row[-1] > part['last'])):
                    part['waiting'].append(row)
                mark = row[-1] - delay
                if passed is None or mark > passed:
                    passed = mark
                    for p in parts.values():
                        let_out(p, passed)
            out = []
            for p in parts.values():
                if db['finished']:
                    let_out(p, float('inf'))
            for part in [life for p in parts.values() for life in p['out']]:
                for i, row in enumerate(part):
                    found = slice_(part, i)
                    more = tuple(a[1](found) for a in aggs)
                    if lag:
                        more += (part[i - lag][1] if i >= lag else None,)
                    out.append(row + more)
            return [(row, 1) for row in out]
        self.finish_view((query, cols, data, False))
        self.finish = True
        self.fill(0)

    def build_over_any(self):
        """Over retractions, and in snapshots: any order and frame."""
        r = self.rnd
        self.own = r.random() < 0.6
        self.holds('over', 'over any')
        rel = self.table()
        picked, by = self.partition(rel.cols)
        numbers = [i for i, (_, t) in enumerate(rel.cols) if t in 'il']
        by_value = r.random() < 0.4
        order = Order(r, [rel.cols[numbers[0]]], 1, False) if by_value else Order(r, rel.cols, 2, True)
        if by_value:
            order.keys = [(numbers[0], d, f) for _, d, f in order.keys]
            desc = order.keys[0][1]
            column = numbers[0]
        text, slice_ = self.frame((lambda row: None if row[column] is None else -row[column] if desc else row[column])
                                  if by_value else None, True)
        if by_value and text.startswith('ROWS'):
            text, slice_ = 'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW', None
        aggs = [self.aggregate(r, rel.cols, False) for _ in range(r.randint(1, 2))]
        kind = r.choice(['RANK', 'DENSE_RANK'])
        items = [c for c, _ in rel.cols] + [f'{a[0]} OVER ({by}ORDER BY {order.text} {text}) AS o{i}' for i, a in enumerate(aggs)] + \
            [f'{kind}() OVER ({by}ORDER BY {order.text}) AS rk', f'SUM(c1) OVER ({by.strip()}) AS al']
        cols = rel.cols + [(f'o{i}', a[2]) for i, a in enumerate(aggs)] + [('rk', 'l'), ('al', 'i')]
        query = f"SELECT {', '.join(items)} FROM {rel.source}"

        def nulls_place(part, i, found):
            """UNBOUNDED reaches the NULLs on its side only."""
            if not by_value or slice_ is None:
                return found
            first, v = order.keys[0][2], part[i][column]
            lo_open, hi_open = 'UNBOUNDED PRECEDING' in text, 'UNBOUNDED FOLLOWING' in text
            out = []
            for row in part:
                x = row[column]
                if v is None and x is not None:
                    if (hi_open if first else lo_open):
                        out.append(row)
                elif v is not None and x is None:
                    if (lo_open if first else hi_open):
                        out.append(row)
                elif v is None or row in found:
                    out.append(row)
            return out

        def data(db):
            out = []
            for part in partitions(live(rel, db), picked):
                part = order.sort(part)
                ranks = order.ranks(part, kind)
                values = [row[1] for row in part if row[1] is not None]
                for i, row in enumerate(part):
                    if slice_ is None:
                        found = part[:max(k for k in range(len(part)) if order.same(part[k], row)) + 1]
                    else:
                        found = nulls_place(part, i, slice_(part, i))
                    out.append(row + tuple(a[1](found) for a in aggs) + (ranks[i], sum(values) if values else None))
            return [(row, 1) for row in out]
        self.finish_view((query, cols, data, False))
        self.fill(0 if self.own else 0.25)
        if not self.own:  # one retraction at least: rows that only come want an order by time
            row = tuple(self.value(t) for _, t in rel.cols)
            self.events += [(rel.source, 1, row), (rel.source, -1, row)]
