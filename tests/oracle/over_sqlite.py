"""Window functions of snapshots against SQLite's: random tables, random calls with OVER, the same rows expected.

Left out is where the two mean different things (AVG of integers, FIRST_VALUE and LAST_VALUE over NULLs) and where SQLite is
wrong (MIN and MAX with FILTER over frames that slide).
"""
import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile

from exprs import rows_text

COLS = [('id', 'l'), ('k', 's'), ('v', 'i'), ('d', 'f'), ('s', 's')]
RANKINGS = [('RANK()', 'l'), ('DENSE_RANK()', 'l'), ('PERCENT_RANK()', 'f'), ('CUME_DIST()', 'f')]


class Query:
    def __init__(self, rnd):
        self.rnd = rnd

    def order(self, total):
        r = self.rnd
        keys = r.sample(['k', 'v', 'd', 's'], r.randint(0, 2)) + (['id'] if total else [])
        if not keys:
            keys = [r.choice(['k', 'v', 'd'])]
        return ', '.join(k + r.choice(['', ' DESC']) + r.choice(['', '', ' NULLS FIRST', ' NULLS LAST']) for k in keys)

    def window(self, total, frame=''):
        r = self.rnd
        by = r.choice(['', '', 'PARTITION BY k ', 'PARTITION BY k, s '])
        return f'({by}ORDER BY {self.order(total)}{frame})'

    def bounds(self, most):
        r = self.rnd
        words = ['UNBOUNDED PRECEDING', '{} PRECEDING', 'CURRENT ROW', '{} FOLLOWING', 'UNBOUNDED FOLLOWING']
        while True:
            a, b = r.randrange(4), r.randrange(1, 5)
            if a <= b:
                return f'BETWEEN {words[a].format(r.randint(0, most))} AND {words[b].format(r.randint(0, most))}'

    def aggregate(self):
        r = self.rnd
        text, t = r.choice([('COUNT(*)', 'l'), ('COUNT(v)', 'l'), ('SUM(v)', 'i'), ('MIN(v)', 'i'), ('MAX(v)', 'i'), ('SUM(d)', 'f'),
                            ('AVG(d)', 'f'), ('MIN(s)', 's'), ('MAX(s)', 's'), ('MAX(d)', 'f')])
        if r.random() < 0.2 and text[0] in 'CSA':
            text += f' FILTER (WHERE v > {r.randint(-2, 5)})'
        how = r.randrange(5)
        if how == 0:
            return text + f" OVER ({r.choice(['', 'PARTITION BY k'])})", t
        if how == 1:
            return text + f' OVER {self.window(False)}', t
        if how == 2:
            key = r.choice(['v', 'd']) + r.choice(['', ' DESC']) + r.choice(['', ' NULLS FIRST', ' NULLS LAST'])
            return text + f" OVER ({r.choice(['', 'PARTITION BY k '])}ORDER BY {key} RANGE {self.bounds(3)})", t
        return text + f" OVER {self.window(True, ' ROWS ' + self.bounds(4))}", t

    def call(self):
        r = self.rnd
        how = r.randrange(8)
        if how < 4:
            return self.aggregate()
        if how == 4:
            text, t = r.choice(RANKINGS)
            return f'{text} OVER {self.window(False)}', t
        if how == 5:
            return f"{r.choice(['ROW_NUMBER()', f'NTILE({r.randint(1, 6)})'])} OVER {self.window(True)}", 'l'
        if how == 6:
            col, t = r.choice([('v', 'i'), ('s', 's'), ('d', 'f')])
            more = r.choice(['', ', 0', ', 2', ', 3'])
            if more and t == 'i' and r.random() < 0.5:
                more += ', -7'
            return f"{r.choice(['LAG', 'LEAD'])}({col}{more}) OVER {self.window(True)}", t
        return f"{r.choice(['FIRST_VALUE', 'LAST_VALUE'])}(id) OVER {self.window(True, ' ROWS ' + self.bounds(3))}", 'l'

    def build(self):
        r = self.rnd
        calls = [self.call() for _ in range(r.randint(1, 4))]
        where = r.choice(['', '', ' WHERE v > 0', ' WHERE k IS NOT NULL'])
        text = 'SELECT id, ' + ', '.join(f'{c} AS o{i}' for i, (c, _) in enumerate(calls)) + f' FROM t{where}'
        return text, ['l'] + [t for _, t in calls]


def table(rnd):
    rows = []
    for i in range(rnd.choice([0, 1, 5, 12, 30])):
        rows.append((i, rnd.choice(['a', 'b', None]), rnd.choice([None, 0, 1, 2, 3, 5, 9]),
                     rnd.choice([None, -1.5, 0.0, 0.25, 2.0, 4.5]), rnd.choice([None, '', 'x', 'y', 'é'])))
    rnd.shuffle(rows)
    return rows


def script(seed, queries):
    rnd = random.Random(seed)
    out = []
    for n in range(queries // 10):
        rows = table(rnd)
        lite = sqlite3.connect(':memory:')
        lite.execute('CREATE TABLE t (id INTEGER, k TEXT, v INTEGER, d REAL, s TEXT)')
        lite.executemany('INSERT INTO t VALUES (?, ?, ?, ?, ?)', rows)
        out += [f'-- test: {seed}/{n}', 'CREATE TABLE t (id BIGINT, k STRING, v INT, d DOUBLE, s STRING);']
        if rows:
            out.append(f"INSERT INTO t VALUES {rows_text(rows, [t for _, t in COLS])};")
        for _ in range(10):
            text, types = Query(rnd).build()
            found = lite.execute(text).fetchall()
            found = [tuple(float(v) if t == 'f' and v is not None else v for v, t in zip(row, types)) for row in found]
            out.append(f'EXPECT ({text}) {rows_text(found, types)};')
        out.append('')
    return '\n'.join(out)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--weir', required=True)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--queries', type=int, default=1000)
    o = p.parse_args()
    with tempfile.TemporaryDirectory(prefix='weir-over-') as folder:
        path = os.path.join(folder, 'over.sql')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(script(o.seed, o.queries))
        r = subprocess.run([o.weir, 'test', path], capture_output=True, text=True, check=False, errors='replace')
    print(r.stdout[-6000:])
    return 0 if r.returncode == 0 else 1


if __name__ == '__main__':
    sys.exit(main())
