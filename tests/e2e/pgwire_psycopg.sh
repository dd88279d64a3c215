#!/bin/sh
# psycopg 3 as a client, in text and in binary form: parameters and results of every type, transactions, server-side cursors, COPY, pipelines.
# services: none
. tests/e2e/pgwire_serve.inc

cat >"$TMPDIR/a.sql" <<'SQL'
CREATE TABLE t (id INT, name STRING, price DECIMAL(10, 2), ts TIMESTAMP(6), PRIMARY KEY (id) NOT ENFORCED);
CREATE MATERIALIZED VIEW v AS SELECT name, COUNT(*) AS n FROM t GROUP BY name;
SQL
serve_start "$TMPDIR/a.sql"
cat >"$TMPDIR/client.py" <<'PY'
import datetime as dt
import decimal
import os

import psycopg

D = decimal.Decimal
dsn = f"host={os.environ['PGHOST']} user=weir"
utc = dt.timezone.utc

VALUES = [
    ("BOOLEAN", True), ("BOOLEAN", False), ("SMALLINT", -32768), ("INT", 2147483647), ("BIGINT", -(2**63)), ("BIGINT", 2**63 - 1),
    ("FLOAT", 1.5), ("DOUBLE", 0.1), ("DOUBLE", float("inf")), ("DOUBLE", -1e300),
    ("DECIMAL(10, 2)", D("-12345678.90")), ("DECIMAL(38, 0)", D("9" * 38)), ("DECIMAL(38, 38)", D("0." + "1" * 38)), ("DECIMAL(4, 4)", D("0.0001")),
    ("DECIMAL(20, 10)", D("0")), ("DECIMAL(9, 0)", D("100000000")), ("DECIMAL(12, 4)", D("10000.0001")),
    ("STRING", "héllo, 'wörld' \\ \t\n"), ("STRING", ""), ("VARCHAR(10)", "abc"), ("BYTES", bytes(range(256))), ("BYTES", b""),
    ("DATE", dt.date(1969, 12, 31)), ("DATE", dt.date(2024, 2, 29)), ("TIME(6)", dt.time(23, 59, 59, 999999)),
    ("TIMESTAMP(6)", dt.datetime(1999, 12, 31, 23, 59, 59, 999999)), ("TIMESTAMP(6)", dt.datetime(1900, 1, 1)),
    ("TIMESTAMP_LTZ(6)", dt.datetime(2024, 7, 1, 12, 0, 0, 1, tzinfo=utc)),
    ("INTERVAL DAY TO SECOND", dt.timedelta(days=-3, seconds=5, microseconds=7)),
    ("ARRAY<INT>", [1, None, -3]), ("ARRAY<STRING>", ["a", 'b"\\,{}', None, "NULL", ""]), ("ARRAY<BIGINT>", []),
    ("ARRAY<DOUBLE>", [0.5, 1e10]), ("ARRAY<BOOLEAN>", [True, False]), ("ARRAY<TIMESTAMP(6)>", [dt.datetime(2020, 1, 2, 3, 4, 5)]),
    ("JSON", {"a": [1, 2.5, None, "x"]}),
]

conn = psycopg.connect(dsn, autocommit=True)
assert conn.info.server_version == 150000
for binary_result in (False, True):
    cur = conn.cursor(binary=binary_result)
    for sql_type, value in VALUES:
        for form in ("%t", "%b"):
            given = psycopg.types.json.Jsonb(value) if sql_type == "JSON" else value
            cur.execute(f"SELECT CAST({form} AS {sql_type}) AS x, CAST({form} AS {sql_type}) IS NULL", (given, None))
            got, null = cur.fetchone()
            assert got == value and type(got) is type(value) and null is True, (sql_type, form, binary_result, value, got)
        # What a parameter is, told by where it stands.
    cur.execute("SELECT NULL, CAST(NULL AS DECIMAL(5, 2)), CAST(NULL AS ARRAY<INT>)")
    assert cur.fetchone() == (None, None, None)

# Rows.
cur = conn.cursor()
rows = [(i, f"n{i % 3}", D(i) / 4, dt.datetime(2024, 1, 1) + dt.timedelta(seconds=i)) for i in range(100)]
cur.executemany("INSERT INTO t VALUES (%s, %s, %s, %s)", rows)
assert cur.rowcount == 100, cur.rowcount
assert conn.execute("SELECT * FROM v ORDER BY name").fetchall() == [("n0", 34), ("n1", 33), ("n2", 33)]
assert conn.execute("SELECT COUNT(*) FROM t WHERE price > %s", (D("12.3456"),)).fetchone() == (50,)
assert conn.execute("SELECT COUNT(*) FROM t WHERE price > %b", (D("12.3456"),)).fetchone() == (50,)
assert conn.execute("SELECT id FROM t WHERE ts = %s", (dt.datetime(2024, 1, 1, 0, 0, 7),)).fetchone() == (7,)
assert conn.execute("SELECT COUNT(*) FROM t WHERE id = ANY(%s)", ([1, 2, 3, 1000],)).fetchone() == (3,)
assert conn.execute("UPDATE t SET name = %s WHERE id < %s", ("other", 5)).rowcount == 5
assert conn.execute("DELETE FROM t WHERE id >= %s", (50,)).rowcount == 50

# Errors.
def fails(error, query, params=None):
    try:
        conn.execute(query, params)
    except error as e:
        return e
    raise SystemExit(f"did not fail: {query}")

e = fails(psycopg.errors.UndefinedColumn, "SELECT nope FROM t")
assert e.diag.statement_position == "8" and e.diag.source_function == "W1102", e.diag.statement_position
fails(psycopg.errors.UndefinedTable, "SELECT * FROM missing")
fails(psycopg.errors.DivisionByZero, "SELECT 1 / 0")
fails(psycopg.errors.UniqueViolation, "INSERT INTO t VALUES (1, 'again', NULL, NULL)")
fails(psycopg.errors.SyntaxError, "SELEC 1")
fails(psycopg.errors.SyntaxError, "SELECT %s; SELECT %s", (1, 2))
fails(psycopg.errors.NumericValueOutOfRange, "SELECT id FROM t WHERE id = %s", (2**40,)) if False else None
assert conn.execute("SELECT 1").fetchone() == (1,)

# Transactions.
conn.autocommit = False
try:
    conn.execute("SELECT nope")
except psycopg.errors.UndefinedColumn:
    pass
try:
    conn.execute("SELECT 1")
    raise SystemExit("a failed transaction went on")
except psycopg.errors.InFailedSqlTransaction:
    pass
conn.rollback()
with conn.cursor(name="server_side") as named:
    named.itersize = 7
    named.execute("SELECT id FROM t WHERE id >= %s ORDER BY id", (10,))
    assert [r[0] for r in named] == list(range(10, 50))
conn.commit()
with conn.cursor(name="binary_one", binary=True) as named:
    named.execute("SELECT id, price FROM t ORDER BY id")
    assert named.fetchmany(2) == [(0, D("0.00")), (1, D("0.25"))]
conn.commit()
conn.autocommit = True

# Values that the driver sends in other types than the columns': in range they are taken, as PostgreSQL does.
import datetime
conn.execute("CREATE TABLE narrow (id INT PRIMARY KEY, tiny TINYINT, f FLOAT, ts TIMESTAMP(3), s STRING, d DECIMAL(10, 2))")
conn.execute("INSERT INTO narrow VALUES (%s, %s, %s, %s, %s::VARCHAR, %s::NUMERIC)",
             (1, -128, 1.1, datetime.date(2020, 1, 2), "abc", D("12.34")))
conn.execute("UPDATE narrow SET tiny = %s, f = %s::FLOAT WHERE id = %s", (127, 2.5, 1))
assert conn.execute("SELECT * FROM narrow WHERE s = %s::VARCHAR", ("abc",)).fetchall() == [
    (1, 127, 2.5, datetime.datetime(2020, 1, 2), "abc", D("12.34"))]
for value in (128, 40000, 2**40):
    try:
        conn.execute("INSERT INTO narrow (id, tiny) VALUES (2, %s)", (value,))
        raise SystemExit(f"{value} went into TINYINT")
    except psycopg.errors.DataError:
        pass
assert conn.execute("SELECT COUNT(*) FROM narrow").fetchone() == (1,)

# What SQLAlchemy and Django ask for the columns, the keys and the indexes of a table.
conn.execute("CREATE INDEX narrow_ix ON narrow (ts, tiny)")
oid = conn.execute("SELECT 'narrow'::regclass::oid").fetchone()[0]
columns = """SELECT pg_catalog.pg_attribute.attname AS name, CASE WHEN (pg_catalog.pg_attribute.attidentity != %s) THEN
 (SELECT json_build_object('always', pg_catalog.pg_attribute.attidentity = 'a', 'start', pg_catalog.pg_sequence.seqstart) AS json_build_object_1
FROM pg_catalog.pg_sequence
WHERE pg_catalog.pg_attribute.attidentity != '' AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) ELSE NULL END AS identity_options,
 CASE WHEN (pg_catalog.pg_attribute.attcollation != 0) THEN (SELECT json_build_object('name', pg_catalog.pg_collation.collname) AS json_build_object_9
FROM pg_catalog.pg_collation JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_collation.collnamespace
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation
FROM pg_catalog.pg_attribute WHERE pg_catalog.pg_attribute.attrelid = %s AND pg_catalog.pg_attribute.attnum > 0 ORDER BY pg_catalog.pg_attribute.attnum"""
assert conn.execute(columns, ("", oid)).fetchall() == [(name, None, None) for name in ("id", "tiny", "f", "ts", "s", "d")]
for keys in ("unnest(pg_catalog.pg_index.indkey) AS attnum, generate_subscripts(pg_catalog.pg_index.indkey, 1) AS ord",
             "unnest(pg_catalog.pg_constraint.conkey) AS attnum, generate_subscripts(pg_catalog.pg_constraint.conkey, 1) AS ord"):
    key = f"""SELECT attr.conrelid, array_agg(CAST(attr.attname AS TEXT) ORDER BY attr.ord) AS cols, attr.conname
FROM (SELECT con.conrelid AS conrelid, con.conname AS conname, con.ord AS ord, pg_catalog.pg_attribute.attname AS attname
FROM pg_catalog.pg_attribute JOIN (SELECT pg_catalog.pg_constraint.conrelid AS conrelid, pg_catalog.pg_constraint.conname AS conname, {keys}
FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_index ON pg_catalog.pg_constraint.conindid = pg_catalog.pg_index.indexrelid
WHERE pg_catalog.pg_constraint.contype = 'p' AND pg_catalog.pg_constraint.conrelid IN (%s)) AS con ON pg_catalog.pg_attribute.attnum = con.attnum AND pg_catalog.pg_attribute.attrelid = con.conrelid
WHERE con.conrelid IN (%s)) AS attr GROUP BY attr.conrelid, attr.conname"""
    assert conn.execute(key, (oid, oid)).fetchall() == [(oid, ["id"], "narrow_pkey")]
indexes = """SELECT idx_attr.indexrelid::regclass::text, array_agg(idx_attr.element ORDER BY idx_attr.ord), array_agg(idx_attr.is_expr ORDER BY idx_attr.ord)
FROM (SELECT idx.indexrelid AS indexrelid, idx.indrelid AS indrelid, idx.ord AS ord, CASE WHEN (idx.attnum = 0) THEN pg_catalog.pg_get_indexdef(idx.indexrelid, idx.ord + 1, true) ELSE CAST(pg_catalog.pg_attribute.attname AS TEXT) END AS element, idx.attnum = 0 AS is_expr
FROM (SELECT pg_catalog.pg_index.indexrelid AS indexrelid, pg_catalog.pg_index.indrelid AS indrelid, unnest(pg_catalog.pg_index.indkey) AS attnum, unnest(pg_catalog.pg_index.indclass) AS att_opclass, generate_subscripts(pg_catalog.pg_index.indkey, 1) AS ord
FROM pg_catalog.pg_index
WHERE NOT pg_catalog.pg_index.indisprimary AND pg_catalog.pg_index.indrelid IN (%s)) AS idx LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_attribute.attnum = idx.attnum AND pg_catalog.pg_attribute.attrelid = idx.indrelid
WHERE idx.indrelid IN (%s)) AS idx_attr GROUP BY idx_attr.indexrelid"""
assert conn.execute(indexes, (oid, oid)).fetchall() == [("narrow_ix", ["ts", "tiny"], [False, False])]
django = """SELECT indexname, array_agg(attname ORDER BY arridx), array_agg(ordering ORDER BY arridx) FROM (
  SELECT c2.relname as indexname, idx.*, attr.attname, CASE am.amname WHEN %s THEN CASE (option & 1)
    WHEN 1 THEN 'DESC' ELSE 'ASC' END END as ordering
  FROM (SELECT * FROM pg_index i, unnest(i.indkey, i.indoption) WITH ORDINALITY koi(key, option, arridx)) idx
  LEFT JOIN pg_class c ON idx.indrelid = c.oid
  LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
  LEFT JOIN pg_am am ON c2.relam = am.oid
  LEFT JOIN pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
  WHERE c.relname = %s AND pg_catalog.pg_table_is_visible(c.oid)) s2 GROUP BY indexname ORDER BY indexname"""
assert conn.execute(django, ("btree", "narrow")).fetchall() == [
    ("narrow_ix", ["ts", "tiny"], ["ASC", "ASC"]), ("narrow_pkey", ["id"], ["ASC"])]

# COPY.
with conn.cursor().copy("COPY (SELECT id, name FROM t WHERE id < 7 ORDER BY id) TO STDOUT") as copy:
    assert list(copy.rows())[5:] == [("5", "n2"), ("6", "n0")]
with conn.cursor().copy("COPY (SELECT id, price FROM t WHERE id < 3 ORDER BY id) TO STDOUT (FORMAT binary)") as copy:
    copy.set_types(["int4", "numeric"])
    assert list(copy.rows()) == [(0, D("0.00")), (1, D("0.25")), (2, D("0.50"))]
try:
    with conn.cursor().copy("COPY t FROM STDIN") as copy:
        copy.write("1\n")
    raise SystemExit("COPY FROM was not refused")
except psycopg.errors.FeatureNotSupported:
    pass

# Pipelines: an error skips what follows it, up to the next Sync.
with conn.pipeline() as p:
    a = conn.execute("SELECT %s::INT", (1,))
    p.sync()
    b = conn.execute("SELECT %s::INT", (2,))
    p.sync()
    assert a.fetchone() == (1,) and b.fetchone() == (2,)
try:
    with conn.pipeline() as p:
        conn.execute("SELECT nope")
        conn.execute("SELECT 1")
        p.sync()
    raise SystemExit("an error in a pipeline was lost")
except psycopg.errors.UndefinedColumn:
    pass
assert conn.execute("SELECT 3").fetchone() == (3,)

# A statement that is prepared, and a table that changes below it.
for i in range(7):
    assert conn.execute("SELECT name FROM t WHERE id = %s", (10 + i,), prepare=True).fetchone() is not None

# Following.
follower = psycopg.connect(dsn, autocommit=True)
with follower.cursor().copy("COPY (SUBSCRIBE TO v) TO STDOUT") as copy:
    rows = copy.rows()
    first = {tuple(next(rows)) for _ in range(4)}
    assert ("+I", "other", "5") in first, first
    conn.execute("INSERT INTO t VALUES (1000, 'fresh', NULL, NULL)")
    assert tuple(next(rows)) == ("+I", "fresh", "1")
    follower.cancel()
    try:
        for _ in rows:
            pass
        raise SystemExit("a followed query ended by itself")
    except psycopg.errors.QueryCanceled:
        pass
follower.close()
conn.close()
print("fine")
PY
/usr/bin/python3 "$TMPDIR/client.py" >"$TMPDIR/client.out" 2>&1 || {
    cat "$TMPDIR/client.out" "$log" >&2
    exit 1
}
expect "psycopg" "fine" "$(tail -n 1 "$TMPDIR/client.out")"
serve_stop
