#!/usr/bin/python3
"""tests/flink/nexmark.py: the final tables of queries on Flink against weir's.

    nexmark.py FOLDER FLINK.out

FLINK.out is what `run.sh sql` prints of each `SELECT * FROM QUERY`: changes, whose sum is the table; weir's are FOLDER/QUERY.csv. Both
sides are compared as multisets of rows, in one form.
"""

import collections
import csv
import decimal
import re
import sys

CELL = re.compile(r"(?:TIMESTAMP |DATE |TIME )?'((?:[^']|'')*)'|([^,']+)")


def form(text):
    if text is None or text == '':
        return None
    try:
        n = decimal.Decimal(text)
        return n.normalize() if 'e' not in text.lower() else decimal.Decimal(repr(float(text))).normalize()
    except decimal.InvalidOperation:
        pass
    time = re.fullmatch(r'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d*?)0*', text)
    return time.group(1) + (time.group(2) if time.group(2) != '.' else '') if time else text


def cells(line):
    out, at = [], 0
    while at < len(line):
        m = CELL.match(line, at)
        quoted = m.group(1)
        out.append(form(quoted.replace("''", "'")) if quoted is not None else None if m.group(2) == 'NULL' else form(m.group(2)))
        at = m.end() + 2
    return tuple(out)


def sections(path):
    query, lines = None, []
    for line in open(path, encoding='utf-8'):
        line = line.rstrip('\n')
        m = re.match(r'> SELECT \* FROM (q\d+)$', line)
        if line.startswith('> ') and 'CREATE TABLE nexmark (' in line:
            if query:
                yield query, lines
            query, lines = None, []
        if m:
            query = m.group(1)
        elif not line.startswith('> '):
            lines.append(line)
    if query:
        yield query, lines


def compare(query, ours, lines):
    with open(ours, newline='', encoding='utf-8') as f:
        rows = list(csv.reader(f))[1:]
    weir = collections.Counter(tuple(form(c) for c in row) for row in rows)
    flink, error, changes = collections.Counter(), None, 0
    for line in lines:
        if line.startswith('ERROR'):
            error = error or line[6:]
        m = re.match(r'(\+I|\+U|-U|-D)\((.*)\)$', line)
        if m:
            flink[cells(m.group(2))] += 1 if m.group(1)[0] == '+' else -1
            changes += 1
    flink = +flink
    if error or not changes and weir:
        print(f'REFUSED {query}: {error or "no rows"}'[:300])
    elif weir == flink:
        print(f'ok {query}: {sum(weir.values())} rows')
    else:
        print(f'DIFFERS {query}: {sum(weir.values())} rows here, {sum(flink.values())} on Flink')
        for name, rest in (('weir', weir - flink), ('flink', flink - weir)):
            for row in sorted(rest, key=str)[:3]:
                print(f'    {name} only: {row}')


def main():
    folder, out = sys.argv[1:]
    for query, lines in sections(out):
        compare(query, f'{folder}/{query}.csv', lines)


if __name__ == '__main__':
    main()
