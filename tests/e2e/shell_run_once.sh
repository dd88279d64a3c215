#!/bin/sh
# weir run, -f, -c and standard input: inputs that end are read to their end before a SELECT and before weir leaves; what has no
# end is said to stop; a failed query ends the run with its row's origin.
# services: none
. tests/e2e/pgwire_serve.inc

seq 1 300000 | sed 's/.*/{"i":&}/' >"$TMPDIR/big.json"
cat >"$TMPDIR/view.sql" <<SQL
CREATE TABLE b (i INT) WITH ('connector'='filesystem','path'='$TMPDIR/big.json','format'='json');
CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n, SUM(CAST(i AS BIGINT)) AS s FROM b;
SELECT * FROM v;
SQL
expect "run: a SELECT over a view of a file" "300000	45000150000" "$(timeout 60 "$WEIR" run "$TMPDIR/view.sql")"
expect "-f: the same" "300000	45000150000" "$(timeout 60 "$WEIR" -f "$TMPDIR/view.sql")"
expect "standard input: the same" "300000	45000150000" "$(timeout 60 "$WEIR" <"$TMPDIR/view.sql")"

cat >"$TMPDIR/slow.sql" <<SQL
CREATE TABLE s (id INT) WITH ('connector'='datagen','rows-per-second'='20','fields.id.kind'='sequence','fields.id.start'='1','fields.id.end'='20');
CREATE TABLE p (id INT) WITH ('connector'='print');
INSERT INTO p SELECT id FROM s;
SQL
expect "-f waits for the end of a slow input" "20" "$(timeout 60 "$WEIR" -f "$TMPDIR/slow.sql" | wc -l)"
expect "standard input, too" "20" "$(timeout 60 "$WEIR" <"$TMPDIR/slow.sql" | wc -l)"

out=$(timeout 60 "$WEIR" -c "CREATE TABLE s (id INT) WITH ('connector'='datagen','rows-per-second'='20');
CREATE TABLE p (id INT) WITH ('connector'='blackhole'); INSERT INTO p SELECT id FROM s" 2>&1)
contains "an input without an end" "NOTICE: queries whose input has no end are stopped here" "$out"

cat >"$TMPDIR/own.sql" <<SQL
CREATE TABLE t (a INT);
CREATE MATERIALIZED VIEW v AS SELECT SUM(a) AS s FROM t;
INSERT INTO t VALUES (1), (2);
SELECT * FROM v;
SQL
expect "run ends where only statements bring rows" "3" "$(timeout 60 "$WEIR" run "$TMPDIR/own.sql")"

printf '{"i":1}\n{"i":2}\n{"i":3}\n' >"$TMPDIR/three.json"
status=0
out=$(timeout 60 "$WEIR" run - 2>&1 <<SQL
CREATE TABLE b (i INT) WITH ('connector'='filesystem','path'='$TMPDIR/three.json','format'='json');
CREATE TABLE p (i BIGINT) WITH ('connector'='blackhole');
INSERT INTO p SELECT SUM(6 / (i - 2)) FROM b WHERE i > 0 GROUP BY i;
SQL
) || status=$?
expect "a failed query ends the run" "1" "$status"
contains "its row" "DETAIL: table \"b\", partition $TMPDIR/three.json, offset 8" "$out"

printf '{"i":1}\n{"i":"x"}\n{"i":3}\n' >"$TMPDIR/bad.json"
out=$(timeout 60 "$WEIR" run - 2>&1 <<SQL
CREATE TABLE b (i INT) WITH ('connector'='filesystem','path'='$TMPDIR/bad.json','format'='json');
CREATE TABLE p (i INT) WITH ('connector'='blackhole');
INSERT INTO p SELECT i FROM b;
SQL
)
contains "what was lost is said at the end" 'NOTICE: "b": 1 undecodable record (b.bad)' "$out"
contains "and that it is gone" "HINT: they are gone with this engine" "$out"

contains "tabs and line ends are blanks in a table" " a b | t h | zz" "$("$WEIR" --format table -c "SELECT E'a\\nb' AS x, E't\\th' AS y, 'zz' AS z")"

printf '{"i":1,"ts":"2020-01-01 00:00:01"}\n{"i":2,"ts":null}\n' >"$TMPDIR/null.json"
out=$(timeout 60 "$WEIR" run - 2>&1 <<SQL || true
CREATE TABLE b (i INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector'='filesystem','path'='$TMPDIR/null.json','format'='json');
CREATE TABLE p (n BIGINT) WITH ('connector'='blackhole');
INSERT INTO p SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY window_start, window_end;
SELECT (SELECT i FROM b);
SQL
)
contains "the row whose time is NULL" "offset 35" "$out"
contains "an error without a place shows its statement" "LINE 4: SELECT (SELECT i FROM b)" "$out"

"$WEIR" --state "$TMPDIR/slow.db" -f "$TMPDIR/slow.sql" >/dev/null
contains "a SELECT on a state file waits for no query" "|7|" "$(timeout 20 "$WEIR" --state "$TMPDIR/slow.db" -c "SELECT '|7|'")"

# SIGTERM ends the whole file, also while it waits for a broker that is not there, and the statements behind
cat >"$TMPDIR/down.sql" <<SQL
CREATE TABLE t (a INT) WITH ('connector'='kafka','topic'='t','properties.bootstrap.servers'='127.0.0.1:1','scan.bounded.mode'='latest-offset','format'='json');
SELECT COUNT(*) FROM t;
SELECT COUNT(*) FROM t;
SQL
for how in "run $TMPDIR/down.sql" "-f $TMPDIR/down.sql -c SELECT(1)"; do
	out=$(timeout -k 20 2 "$WEIR" $how 2>&1) && status=0 || status=$?
	expect "weir $how: ended by SIGTERM, not by force" 124 "$status"
	expect "weir $how: one statement was canceled, no other was run" "1 0" "$(printf '%s\n' "$out" | grep -c 'canceled by the user') $(printf '%s\n' "$out" | grep -cx 1)"
done
