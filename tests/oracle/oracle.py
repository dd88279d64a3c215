"""Random queries over random change streams against a naive evaluator, against their snapshots, and against SQLite.

Each query has tables, a stream of rows and retractions, and layers over them. The expected rows are computed here, row by
row over Python values, with comparison, arithmetic, NULL logic, watermarks and lateness written down a second time.
`weir test` judges: it runs every query with all step sizes and restarts. A failing one is made smaller and printed.
"""
import argparse
import collections
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time

from world import World, make_case, make_worlds

# What a run must hold, in percent of its queries; of values, NULLs.
LEAST = {'join': 30, 'aggregate over retractions': 30, 'subquery': 20, 'set operation': 5, 'top-n': 3, 'over': 2, 'dedup': 1,
         'tumble window': 1, 'hop window': 1, 'cumulate window': 1, 'session window': 1, 'late rows': 3, 'interval join': 0.5,
         'window join': 0.5, 'temporal join': 0.5, 'grouping sets': 2, 'unnest': 0.8, 'lateral': 1, 'lateral top-n': 0.2, 'three deep': 10,
         'nested subquery': 1, 'correlated': 5, 'keyed upserts': 5, 'retractions': 30, 'snapshot of a stream': 10,
         'same on SQLite': 10, 'NULL values': 10}


def run(weir, folder, name, text, ways=((),)):
    """Did all go well, and what it said; ways: options of `weir test`, a run each."""
    path = os.path.join(folder, name)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    good, out = True, ''
    for way in ways:
        p = subprocess.run([weir, 'test', *way, path], capture_output=True, text=True, check=False, errors='replace')
        good &= p.returncode == 0
        out += p.stdout + ('' if p.returncode in (0, 1) else f'  exit {p.returncode}\n' + p.stderr[-2000:])
    os.unlink(path)
    return good, out


def ways(o, number):
    """Each step size and each restart once, other pairs of them for each batch; or all nine pairs."""
    if o.ways == 9:
        return ((),)
    restarts = ['none', 'commit', 'crash']
    return [('--steps', step, '--restarts', restarts[(number + i) % 3]) for i, step in enumerate(['1', '7', 'default'])]


def shrink(weir, folder, case, title):
    """A query with as few events as still fail; None if it does not fail by itself."""
    def fails(events):
        try:
            text = World(title, [case]).text([events])
        except ValueError:
            return False
        return not run(weir, folder, 'smaller.sql', text)[0]
    events = list(case.events)
    if not fails(events):
        return None
    size, tries = max(1, len(events) // 2), 0
    while size and tries < 60:
        i = 0
        while i < len(events) and tries < 60:
            fewer = events[:i] + events[i + size:]
            tries += 1
            if fewer and fails(fewer):
                events = fewer
            else:
                i += size
        size //= 2
    return World(title, [case]).text([events])


def batch(job):
    """Runs queries first..last: the mix, failed numbers with reasons, what `weir test` said of them."""
    o, first, last = job
    worlds, numbers = [], []
    for i in range(first, last, o.world):
        w, n = make_worlds(o.seed, list(range(i, min(i + o.world, last))))
        worlds += w
        numbers += n
    mix, failed = collections.Counter(), []
    for w, n in zip(worlds, numbers):
        for c in w.cases:
            mix.update(set(c.held))
            values = [v for _, _, row in c.events for v in row]
            mix.update({'values': len(values), 'nulls': values.count(None)})
        same, differ = w.compare_sqlite()
        mix['same on SQLite'] += same
        failed += [(n[i], f'SQLite: {why}') for i, why in differ]
    with tempfile.TemporaryDirectory(prefix='weir-oracle-') as folder:
        good, out = run(o.weir, folder, f'{first}.sql', ''.join(w.text() for w in worlds), ways(o, first // o.batch))
        if good:
            return mix, failed, ''
        found = [(w, n) for w, n in zip(worlds, numbers) if f'"{w.title}"' in out]
        if not found:
            return mix, failed + [(first, out[-3000:])], ''
        for w, n in found:
            bad = [i for i in n if not run(o.weir, folder, 'one.sql', World(f'{o.seed}/{i}', [make_case(f'{o.seed}/{i}')]).text())[0]]
            failed += [(i, '') for i in bad] or [(n[0], f'fails beside others only, {w.title}:\n' + out[-3000:])]
    return mix, failed, out[-3000:]


def shares(mix, queries):
    """The mix in words, and what of it is below its least."""
    percent = {k: 100 * n / queries for k, n in mix.items() if k not in ('values', 'nulls')}
    percent['NULL values'] = 100 * mix['nulls'] / max(1, mix['values'])
    lines = [f'  {k:<28}{p:6.1f} %' + (f'   at least {LEAST[k]}' if k in LEAST else '')
             for k, p in sorted(percent.items(), key=lambda x: (x[0] not in LEAST, -x[1]))]
    low = [f'{k} {percent.get(k, 0):.1f} % < {n} %' for k, n in LEAST.items() if percent.get(k, 0) < n]
    return '\n'.join(lines), low


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--weir', required=True)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--first', type=int, default=0, help='number of the first query')
    p.add_argument('--queries', type=int, help='1200, in soak 100000')
    p.add_argument('--batch', type=int, default=100, help='queries per process')
    p.add_argument('--world', type=int, default=10, help='queries per engine')
    p.add_argument('--ways', type=int, default=3, choices=(3, 9), help='pairs of step size and restart for each query')
    p.add_argument('--jobs', type=int, default=2)
    p.add_argument('--show', type=int, default=5, help='failing queries to make smaller and print')
    p.add_argument('--until-found', action='store_true', help='stop at the first batch that fails, print its first number')
    p.add_argument('--print', action='store_true', help='print the scripts, run nothing')
    o = p.parse_args()
    o.queries = o.queries or (100000 if os.environ.get('WEIR_SOAK') else 1200)
    end, start = o.first + o.queries, time.time()
    if o.print:
        for i in range(o.first, end, o.world):
            sys.stdout.writelines(w.text() for w in make_worlds(o.seed, list(range(i, min(i + o.world, end))))[0])
        return 0
    mix, failed, done = collections.Counter(), [], 0
    with multiprocessing.Pool(o.jobs) as pool:
        for more, bad, said in pool.imap(batch, [(o, i, min(i + o.batch, end)) for i in range(o.first, end, o.batch)]):
            mix.update(more)
            failed += bad
            done = min(done + o.batch, o.queries)
            if bad and not o.until_found:
                print('failed:', ' '.join(f'{o.seed}/{i}' for i, _ in bad), f'after {time.time() - start:.0f} s\n{said}', flush=True)
            if bad and o.until_found:
                pool.terminate()
                print(f'found: {done} queries, {o.seed}/{bad[0][0]} {bad[0][1][:300]}')
                return 1
            if done % 5000 == 0:
                print(f'{done} queries, {len(failed)} failed, {time.time() - start:.0f} s', flush=True)
    text, low = shares(mix, o.queries)
    print(f'seed {o.seed}, queries {o.first} to {end - 1}, share of the queries that hold:\n{text}')
    with tempfile.TemporaryDirectory(prefix='weir-oracle-') as folder:
        for i, why in failed[:o.show]:
            text = None if why else shrink(o.weir, folder, make_case(f'{o.seed}/{i}'), f'{o.seed}/{i}')
            print(f'---- {o.seed}/{i} {why}' + (f"\n{text}{run(o.weir, folder, 'one.sql', text)[1]}" if text else ''))
    print(f'{o.queries - len(failed)} of {o.queries} queries answered as the naive evaluator does, '
          f"{mix['same on SQLite']} of them as SQLite does, {time.time() - start:.0f} s")
    if failed:
        print('failed:', ' '.join(f'{o.seed}/{i}' for i, _ in failed))
    if low and o.queries >= 1000:
        print('the mix is too thin:', '; '.join(low))
    return 1 if failed or low and o.queries >= 1000 else 0


if __name__ == '__main__':
    sys.exit(main())
