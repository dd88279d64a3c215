#!/usr/bin/python3
"""The auditor of kill.sh: computes from the topic what each sink must hold, with none of weir's code, and compares.

    kill_audit.py INPUT.tsv STATE.db KAFKA_SINK.tsv PSQL...

INPUT.tsv and KAFKA_SINK.tsv are the output of tests/tools/consume. The late rows are read from the state file; each must be late by a watermark
that the topic could have produced.
"""
import collections
import datetime
import decimal
import json
import sqlite3
import subprocess
import sys

SIZE_MS = 10000
DELAY_MS = 2000


def lines(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        for line in f:
            part, offset, _, key, value = line.rstrip("\n").split("\t")
            yield int(part), int(offset), key, value.replace("\\\\", "\\")


def parse(text):
    """The row as the table declares it, or None for a bad record."""
    try:
        d = json.loads(text)
    except ValueError:
        return None
    if not isinstance(d, dict):
        return None
    try:
        ts = datetime.datetime.strptime(d["ts"], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=datetime.timezone.utc)
        return int(d["id"]), d["k"], int(d["v"]), decimal.Decimal(d["amount"]), round(ts.timestamp() * 1000)
    except (KeyError, ValueError, decimal.InvalidOperation):
        return None


def query(psql, sql):
    out = subprocess.run(psql + ["-At", "-F", "\t", "-c", sql], check=True, capture_output=True, text=True, timeout=60).stdout
    return [tuple(line.split("\t")) for line in out.splitlines()]


def stamp(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def compare(name, want, got):
    want, got = collections.Counter(want), collections.Counter(got)
    if want == got:
        print(f"{name}: equal, {sum(want.values())} rows")
        return True
    missing, surplus = want - got, got - want
    print(f"{name}: DIFFERS: {sum(missing.values())} missing, {sum(surplus.values())} too many")
    for label, rows in (("missing", missing), ("too many", surplus)):
        for row in list(rows)[:5]:
            print(f"   {label}: {row} x{rows[row]}")
    return False


def main():
    topic, state, kafka_sink, psql = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    db = sqlite3.connect(f"file:{state}?mode=ro", uri=True)
    late = {}
    for part, offset, end in db.execute('select "partition", "offset", window_end from "windows_out.late"'):
        late[(part, offset)] = end
    rows, bad, marks = [], 0, collections.defaultdict(lambda: -1)
    for part, offset, _, value in lines(topic):
        row = parse(value)
        if row is None:
            bad += 1
            continue
        rows.append((part, offset) + row)
        marks[part] = max(marks[part], row[4] - DELAY_MS)
    watermark = min(marks.values())
    print(f"topic: {len(rows) + bad} records, {bad} bad, {len(late)} late, watermark {stamp(watermark)}")
    ok = True
    # windows, by key: only those the watermark has closed
    count, total, amount = collections.Counter(), collections.Counter(), collections.defaultdict(decimal.Decimal)
    for part, offset, ident, key, v, a, ms in rows:
        start = ms - ms % SIZE_MS
        if (part, offset) in late:
            if watermark < start + SIZE_MS - 1:
                print(f"a row that no watermark makes late is in the side table: partition {part} offset {offset}")
                ok = False
            continue
        count[key, start] += 1
        total[key, start] += v
        amount[key, start] += a
    closed = [w for w in count if w[1] + SIZE_MS - 1 <= watermark]
    windows = [(k, stamp(s), str(count[k, s]), str(total[k, s]), str(amount[k, s])) for k, s in closed]
    ok &= compare("upsert by the query's key", windows, query(psql, "select k, ws, n, s, a from kill_windows"))
    ok &= compare("append without a key", windows, query(psql, "select k, ws, n, s, a from kill_append"))
    # the sink's key is not the query's: per key the window that closed last
    newest = {}
    for k, s in closed:
        newest[k] = max(newest.get(k, s), s)
    ok &= compare("key of the sink", [(k, stamp(s), str(count[k, s])) for k, s in newest.items()],
                  query(psql, "select k, ws, n from kill_newest"))
    # updates and deletes: keys with an odd number of rows, bad ones aside, late ones included
    keys = collections.Counter(r[3] for r in rows)
    ok &= compare("upsert with deletes", [(k, str(n)) for k, n in keys.items() if n % 2 == 1], query(psql, "select k, n from kill_odd"))
    got = []
    for _, _, _, value in lines(kafka_sink):
        d = json.loads(value, parse_float=decimal.Decimal)
        got.append((d["k"], d["ws"][:19], str(d["n"]), str(d["s"]), str(decimal.Decimal(str(d["a"])).quantize(decimal.Decimal("0.01")))))
    ok &= compare("Kafka, read committed", windows, got)
    sys.exit(0 if ok else 1)


main()
