"""The same query on SQLite, where both mean the same."""
import collections
import re
import sqlite3

UNKNOWN = re.compile(r'SEMI|ANTI|LATERAL|UNNEST|QUALIFY|(INTERSECT|EXCEPT) ALL|\b(ANY|ALL) \(|ROLLUP|CUBE|GROUPING|FIRST_VALUE|LAST_VALUE|'
                     r'LISTAGG|AVG|UPPER|OVER ')
TYPES = {'i': 'INTEGER', 'l': 'INTEGER', 's': 'TEXT', 'b': 'INTEGER', 'f': 'REAL'}


def knows(case):
    """Integers, strings, booleans and doubles; not what SQLite has not, or means otherwise (UPPER of letters beyond ASCII)."""
    if case.delays or not case.top or case.arrival:
        return False
    if any(t not in TYPES for cols in case.tables.values() for _, t in cols):
        return False
    return not UNKNOWN.search(' '.join(case.views.values())) and 'DECIMAL' not in ' '.join(case.views.values())


def translated(text):
    text = text.replace('AS STRING)', 'AS TEXT)').replace('CHAR_LENGTH', 'LENGTH').replace('AS BIGINT', 'AS INTEGER')
    return text.replace('AS INT)', 'AS INTEGER)')


def plain(counts):
    out = collections.Counter()
    for row, n in counts.items():
        out[tuple(float(v) if isinstance(v, (int, bool)) else v for v in row)] += n
    return out


def answer(case, events):
    db = sqlite3.connect(':memory:')
    rows = {t: collections.Counter() for t in case.tables}
    for t, w, row in events:
        rows[t][row] += w
    for t, cols in case.tables.items():
        db.execute(f"CREATE TABLE {t} ({', '.join(f'{n} {TYPES[ct]}' for n, ct in cols)})")
        db.executemany(f"INSERT INTO {t} VALUES ({', '.join('?' * len(cols))})", rows[t].elements())
    for v, query in case.views.items():
        if v != case.top:
            db.execute(f'CREATE VIEW {v} AS {translated(query)}')
    return plain(collections.Counter(db.execute(translated(case.views[case.top])).fetchall()))
