"""Many queries in one test: one engine runs them beside each other, and steps, commits and crashes with all of them."""
import collections
import random
import sqlite3

import lite
from case import Case
from exprs import rows_text


def database(case, seen, finished):
    db = {t: [] for t in case.tables}
    for t, w, row in seen:
        db[t].append((row, w))
    return {**db, 'finished': finished, 'order': seen, 'alive': {}}


def counted(data, db):
    counts = collections.Counter()
    for row, w in data(db):
        counts[row] += w
    assert all(n >= 0 for n in counts.values())
    return counts


def expects(case, seen, finished, last):
    db = database(case, seen, finished)
    out, known = [], {}
    for what, cols, data in case.checks + ([case.mirror] if last and case.mirror else []):
        if data not in known:
            known[data] = rows_text(sorted(counted(data, db).elements(), key=repr), [t for _, t in cols])
        out.append(f'EXPECT {what} {known[data]};')
    return out


def changes(case, events):
    """Statements for changes: rows of one table that follow each other in one, a row that takes another's place as an update."""
    runs, i = [], 0
    while i < len(events):
        t, w, row = events[i]
        types = [ct for _, ct in case.tables[t]]
        after = events[i + 1] if i + 1 < len(events) else None
        update = t in case.keyed and w < 0 and after is not None and after[0] == t and after[1] > 0 and after[2][-1] == row[-1]
        i += 2 if update else 1
        if case.own and w < 0:
            texts = rows_text([after[2] if update else row], types)[1:-1]
            if update:
                sets = ', '.join(f'{n} = {rows_text([(v,)], [ct])[1:-1]}' for (n, ct), v in zip(case.tables[t][:-1], after[2]))
                texts = f'UPDATE {t} SET {sets} WHERE id = {row[-1]};'
            else:
                texts = f'DELETE FROM {t} WHERE id = {row[-1]};'
            runs.append((None, [texts]))
            continue
        word = f"{'INSERT INTO' if case.own else 'PUSH INTO' if w > 0 or update else 'PUSH DELETE FROM'} {t}"
        text = rows_text([after[2] if update else row], types)
        if runs and runs[-1][0] == word:
            runs[-1][1].append(text)
        else:
            runs.append((word, [text]))
    return [f"{word} VALUES {', '.join(rows)};" if word else rows[0] for word, rows in runs]


def possible(case, events):
    """The events without those that take away what is not there, or add a key twice."""
    live, out, ids = collections.Counter(), [], set()
    for t, w, row in events:
        if w < 0 and not live[t, row] or w > 0 and t in case.keyed and (t, row[-1]) in ids:
            continue
        if t in case.keyed:
            (ids.add if w > 0 else ids.discard)((t, row[-1]))
        live[t, row] += w
        out.append((t, w, row))
    return out


class World:
    def __init__(self, title, cases):
        self.title, self.cases = title, cases
        rnd = random.Random(title)
        self.slots = rnd.choice([1, 2, 3, 3, 4, 5])
        self.cuts = [sorted(rnd.random() for _ in range(self.slots - 1)) + [1] for _ in cases]
        self.often = [[rnd.random() < 0.6 for _ in range(self.slots)] for _ in cases]
        self.finish = any(c.finish for c in cases)

    def text(self, events=None):
        """The script; events: of each case, else all."""
        out = [f'-- test: {self.title}'] + [s for c in self.cases for s in c.statements]
        given = [possible(c, e) for c, e in zip(self.cases, events or [c.events for c in self.cases])]
        done = [0] * len(self.cases)
        for slot in range(self.slots):
            last = slot == self.slots - 1
            finished = last and self.finish
            until = [int(len(g) * cut[slot]) for g, cut in zip(given, self.cuts)]
            for c, g, d, u in zip(self.cases, given, done, until):
                out += changes(c, g[d:u])
            done = until
            out.append('STEP;\nFINISH;' if finished else 'STEP;')  # a table that ends by itself moves the watermark
            for c, g, d, often in zip(self.cases, given, done, self.often):
                if last or often[slot]:
                    out += expects(c, g[:d], finished, last)
        return '\n'.join(out) + '\n\n'

    def compare_sqlite(self):
        """How many of the queries SQLite answers as the evaluator does, and the numbers of those it does not."""
        same, differ = 0, []
        for i, c in enumerate(self.cases):
            if not lite.knows(c):
                continue
            want = counted(c.checks[0][2], database(c, possible(c, c.events), self.finish))
            try:
                found = lite.answer(c, possible(c, c.events))
            except sqlite3.Error as e:
                differ.append((i, str(e)))
                continue
            if found == lite.plain(want):
                same += 1
            else:
                differ.append((i, f'SQLite has {sorted(found.elements(), key=repr)}, the evaluator {sorted(want.elements(), key=repr)}'))
        return same, differ


def make_case(seed, names=0):
    for attempt in range(50):
        case = Case(random.Random(f'{seed}/{attempt}'), names)
        case.build()
        if any(w > 0 for _, w, _ in case.events) and {t for t, _, _ in case.events} == set(case.tables):
            try:
                for finished in (False, True):
                    expects(case, possible(case, case.events), finished, False)
                for i in range(0, len(case.events), 5):
                    expects(case, possible(case, case.events)[:i], False, False)
            except ValueError:  # the model met a retraction in a window that never saw the row
                continue
            case.measure()
            return case
    raise SystemExit('no case could be made')


def make_worlds(seed, numbers):
    """The queries of these numbers in one test; those with settings of their own in tests of their own."""
    cases = [make_case(f'{seed}/{n}', 100 * i) for i, n in enumerate(numbers)]
    alone = [(n, c) for n, c in zip(numbers, cases) if any(s.startswith('SET') for s in c.statements)]
    rest = [(n, c) for n, c in zip(numbers, cases) if not any(s.startswith('SET') for s in c.statements)]
    worlds = [World(f'{seed}/{n}', [c]) for n, c in alone]
    if rest:
        worlds.append(World(f'{seed}/{rest[0][0]}..{rest[-1][0]}', [c for _, c in rest]))
    return worlds, [[n] for n, _ in alone] + ([[n for n, _ in rest]] if rest else [])
