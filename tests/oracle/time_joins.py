"""Joins by time: interval, window and temporal joins, row by row with the watermark of both sides together."""

from relate import COMPARE, compare3


class TimeJoins:
    """Mixed into Case."""

    def build_time_join(self):
        getattr(self, self.rnd.choice(['interval_join', 'window_join', 'temporal_join']))()
        self.finish = True
        self.fill(0)

    def two_streams(self):
        self.narrow, self.ties = True, self.rnd.random() < 0.5
        a = self.append_table(time=True)
        b = self.append_table(time=True) if self.rnd.random() < 0.5 else self.append_table(cols=a.cols[:-1], time=True)
        return a, b, self.named(a, 'x'), self.named(b, 'y')

    def walk(self, db, a, b):
        """The rows as they came with the side they came to, each with the watermark before it; then what ends with it."""
        passed = {a.source: None, b.source: None}
        mark = None
        for t, _, row in db['order']:
            if t not in passed:
                continue
            yield int(t == b.source), row, mark
            w = row[-1] - self.delays[t]
            passed[t] = w if passed[t] is None else max(passed[t], w)
            mark = None if None in passed.values() else min(passed.values())
        yield None, None, float('inf') if db['finished'] else mark

    def pairs(self, left, right):
        """Conditions beside the times: text, and a function of both rows."""
        r, found = self.rnd, []
        for _ in range(r.choice([0, 1, 1, 1])):
            c = self.equality(left[:-1], right[:-1], 0.1)
            if c:
                found.append(c)
        same = [(m, n) for m, (_, t) in enumerate(left[:-1]) for n, (_, u) in enumerate(right[:-1]) if t == u and t != 'b']
        if same and r.random() < 0.25:
            m, n = r.choice(same)
            op = r.choice(list(COMPARE))
            found.append((f'{left[m][0]} {op} {right[n][0]}', lambda x, y: compare3(COMPARE[op], x[m], y[n]) is True))
        return ''.join(f' AND {c[0]}' for c in found), lambda x, y: all(c[1](x, y) for c in found)

    def interval_join(self):
        r = self.rnd
        a, b, left, right = self.two_streams()
        self.holds('join', 'interval join')
        low, high = sorted([r.randint(-8, 4) * 1000, r.randint(-2, 8) * 1000])
        if r.random() < 0.15:
            low = high = 0
        text, match = self.pairs(left, right)
        how = r.choice(['INNER', 'INNER', 'LEFT', 'RIGHT', 'FULL'])

        def moved(ms):
            return '' if not ms else f" {'+' if ms > 0 else '-'} INTERVAL '{abs(ms) // 1000}' SECOND"
        form = r.randrange(3)
        time = f'y.ts BETWEEN x.ts{moved(low)} AND x.ts{moved(high)}'
        if form == 1:
            time = f'y.ts >= x.ts{moved(low)} AND x.ts{moved(high)} >= y.ts'
        if form == 2:
            time = f'x.ts BETWEEN y.ts{moved(-high)} AND y.ts{moved(-low)}'
        if low == high == 0:
            time = r.choice(['x.ts = y.ts', time])
        items, cols = self.listed(left + right)
        query = f'SELECT {items} FROM {a.source} AS x {how} JOIN {b.source} AS y ON {time}{text}'
        pads = how in ('LEFT', 'FULL'), how in ('RIGHT', 'FULL')
        nothing = (None,) * len(left), (None,) * len(right)
        reach = high, -low

        def data(db):
            kept, out = ([], []), []

            def alone(side, row):
                if pads[side]:
                    out.append(nothing[0] + row if side else row + nothing[1])
            for side, row, mark in self.walk(db, a, b):
                for s in (0, 1):
                    for entry in [e for e in kept[s] if mark is not None and e[0][-1] + reach[s] < mark]:
                        kept[s].remove(entry)
                        if not entry[1]:
                            alone(s, entry[0])
                if side is None:
                    break
                met = False
                for entry in kept[1 - side]:
                    x, y = (entry[0], row) if side else (row, entry[0])
                    if low <= y[-1] - x[-1] <= high and match(x, y):
                        met = entry[1] = True
                        out.append(x + y)
                if mark is None or mark < row[-1] + reach[side]:
                    kept[side].append([row, met])
                elif not met:
                    alone(side, row)
            return [(row, 1) for row in out]
        self.finish_view(self.tail((query, cols, data, False), 1))

    def window_join(self):
        r = self.rnd
        a, b, left, right = self.two_streams()
        self.holds('join', 'window join')
        slide = r.choice([2, 5, 10]) * 1000
        size = slide * r.choice([1, 1, 2])
        text, match = self.pairs(left, right)
        how = r.choice(['INNER', 'INNER', 'LEFT', 'RIGHT', 'FULL'])

        def windowed(rel):
            call = f"TUMBLE(TABLE {rel.source}, DESCRIPTOR(ts), INTERVAL '{size // 1000}' SECOND)" if size == slide else \
                f"HOP(TABLE {rel.source}, DESCRIPTOR(ts), INTERVAL '{slide // 1000}' SECOND, INTERVAL '{size // 1000}' SECOND)"
            return f'(SELECT * FROM TABLE({call}))'
        items, cols = self.listed(left + right + [('x.window_end', 't'), ('y.window_end', 't')])
        query = (f'SELECT {items} FROM {windowed(a)} AS x {how} JOIN {windowed(b)} AS y '
                 f'ON x.window_start = y.window_start AND x.window_end = y.window_end{text}')
        nothing = (None,) * len(left), (None,) * len(right)

        def data(db):
            open_, out = {}, []
            for side, row, mark in self.walk(db, a, b):
                for end in [e for e in open_ if mark is not None and mark >= e - 1]:
                    ls, rs = open_.pop(end)
                    hit = set()
                    for x in ls:
                        found = [i for i, y in enumerate(rs) if match(x, y)]
                        hit.update(found)
                        out += [x + rs[i] + (end, end) for i in found]
                        if not found and how in ('LEFT', 'FULL'):
                            out.append(x + nothing[1] + (end, None))
                    if how in ('RIGHT', 'FULL'):
                        out += [nothing[0] + y + (None, end) for i, y in enumerate(rs) if i not in hit]
                if side is None:
                    break
                last = row[-1] - row[-1] % slide
                for start in range(last, row[-1] - size, -slide):
                    if mark is None or mark < start + size - 1:
                        open_.setdefault(start + size, ([], []))[side].append(row)
            return [(row, 1) for row in out]
        self.finish_view(self.tail((query, cols, data, False), 1))

    def temporal_join(self):
        r = self.rnd
        a, b, left, right = self.two_streams()
        self.holds('join', 'temporal join')
        self.arrival = True  # no snapshot has it
        types = [t for _, t in b.cols[:-1]]
        key = r.choice([i for i, t in enumerate(types) if t in 'sil'])
        same = [i for i, (_, t) in enumerate(a.cols[:-1]) if t == types[key]]
        mine = r.choice(same) if same else None
        if mine is None:
            key, mine = 0, 0  # strings, in every table
        self.statements[-1] = self.statements[-1].replace(', WATERMARK', f', PRIMARY KEY (c{key}) NOT ENFORCED, WATERMARK', 1)
        i = self.statements[-1].index(' WITH (')
        self.statements[-1] = self.statements[-1][:i] + ';'
        how = r.choice(['', 'LEFT '])
        extra = self.pairs(left, right) if r.random() < 0.3 else ('', lambda x, y: True)
        items, cols = self.listed(left + right)
        query = (f'SELECT {items} FROM {a.source} AS x {how}JOIN {b.source} FOR SYSTEM_TIME AS OF x.ts AS y '
                 f"ON x.c{mine} = y.c{key}{extra[0]}")

        def data(db):
            kept, out = {}, []  # of a key: rows that wait, versions by time, the timer

            def timer(key, time):
                k = kept.setdefault(key, ([], {}, []))
                k[2][:] = [min(k[2] + [time])]
                return k

            def fire(mark):
                for waits, versions, due in kept.values():
                    if not due or due[0] > mark:
                        continue
                    for x in [x for x in waits if x[-1] <= mark]:
                        waits.remove(x)
                        times = [t for t in versions if t <= x[-1]] if x[mine] is not None else []
                        y = versions[max(times)] if times else None
                        if y and not extra[1](x, y):
                            y = None
                        if y or how:
                            out.append(x + (y or (None,) * len(right)))
                    for t in sorted(t for t in versions if t <= mark)[:-1]:
                        del versions[t]
                    due[:] = [min(x[-1] for x in waits)] if waits else []

            now = None
            for side, row, mark in self.walk(db, a, b):
                if mark is not None and (now is None or mark > now):
                    now = mark
                    fire(mark)
                if side == 0 and (row[mine] is not None or how):
                    timer(row[mine], row[-1])[0].append(row)
                if side == 1 and row[key] is not None:
                    timer(row[key], row[-1])[1][row[-1]] = row
            return [(row, 1) for row in out]
        self.finish_view(self.tail((query, cols, data, False), 1))
