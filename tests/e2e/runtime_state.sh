#!/bin/sh
# The state file: a second engine, a damaged and a foreign file, a copy of a running one, a graceful end, declarative files.
# services: none
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
cat >"$dir/a.sql" <<'SQL'
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id) NOT ENFORCED);
CREATE MATERIALIZED VIEW m AS SELECT id, v * 2 AS w FROM t;
INSERT INTO t VALUES (1, 10);
SQL
engine_start "$dir/a.sql"
same "$(sql "SELECT id, w FROM m")" "1|20" "first start"
sql "EXPLAIN ANALYZE m" | grep -q 'Materialize(m, key=\[id\]).*; now: in 1 (0/s), out 1 (0/s), state 1 rows' ||
	die "figures of a running view: $(sql "EXPLAIN ANALYZE m")"
if "$WEIR" serve --state "$state" --socket "$dir" "$dir/a.sql" >"$dir/second" 2>&1; then die "a second engine was let in"; fi
grep -q "$engine" "$dir/second" || die "the pid of the first is not named: $(cat "$dir/second")"
engine_stop
same "$status" 0 "end by SIGTERM"
engine_start "$dir/a.sql"
same "$(sql "SELECT id, w FROM m")" "1|20" "INSERT VALUES of a file runs once"
engine_stop
sed -i 's/v \* 2/v * 3/' "$dir/a.sql"
engine_start "$dir/a.sql"
same "$(sql "SELECT id, w FROM m")" "1|30" "a changed definition is built again"
grep -q 'definition changed' "$log" || die "nothing is said about the changed definition"
engine_stop KILL
engine_start "$dir/a.sql"
same "$(sql "SELECT id, w FROM m")" "1|30" "after a kill"
engine_stop
# a statement that failed has not run; one that ran is not bound again, and not run with another text
cat >"$dir/once.sql" <<'SQL'
CREATE TABLE own (id INT PRIMARY KEY, v INT);
CREATE TABLE plain (v INT);
INSERT INTO own VALUES (1, 1), (1, 2);
INSERT INTO plain VALUES (1);
SQL
state=$dir/once.db
if "$WEIR" serve --state "$state" --socket "$dir" "$dir/once.sql" >"$dir/out" 2>&1; then die "a key twice was let in"; fi
sed -i 's/(1, 1), (1, 2)/(1, 1), (1 + 1, 2)/' "$dir/once.sql"
engine_start "$dir/once.sql"
same "$(sql "SELECT id, v FROM own ORDER BY id")" "1|1
2|2" "an INSERT whose first text had failed"
engine_stop
sed -i 's/PRIMARY KEY, v INT)/PRIMARY KEY, v INT, more STRING)/' "$dir/once.sql"
echo 'CREATE INDEX i ON own (v);' >>"$dir/once.sql"
engine_start "$dir/once.sql"
same "$(sql "SELECT id, v, more FROM own ORDER BY id")" "1|1|
2|2|" "a column more behind an INSERT that has run"
engine_stop
sed -i 's/ON own (v)/ON own (more)/' "$dir/once.sql"
engine_start "$dir/once.sql"
sql "EXPLAIN SELECT id FROM own WHERE more = 'x'" | grep -q 'by index i' || die "an index with another definition"
engine_stop
sed -i 's/INTO plain VALUES (1)/INTO plain VALUES (2)/' "$dir/once.sql"
if "$WEIR" serve --state "$state" --socket "$dir" "$dir/once.sql" >"$dir/out" 2>&1; then die "an INSERT with another text was run"; fi
grep -q 'ran with this state file has another text' "$dir/out" || die "an INSERT with another text: $(cat "$dir/out")"
sed -i 's/INTO plain VALUES (2)/INTO plain VALUES (1); INSERT INTO plain VALUES (2)/' "$dir/once.sql"
engine_start "$dir/once.sql"
same "$(sql "SELECT v FROM plain ORDER BY v")" "1
2" "a new INSERT behind one that has run"
engine_stop
cat >"$dir/set.sql" <<'SQL'
CREATE TABLE p (a INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN INSERT INTO p VALUES (1), (2); INSERT INTO p VALUES (3); END;
SQL
state=$dir/set.db
engine_start "$dir/set.sql"
same "$(grep '^+I' "$log")" "+I[1]
+I[2]
+I[3]" "rows of a statement set into a connector"
engine_stop
engine_start "$dir/set.sql"
same "$(grep -c '^+I' "$log")" 0 "rows of a statement set, sent once"
engine_stop
state=$dir/state.db
printf 'this is no database, but a text that is long enough to look at' >"$dir/foreign.db"
if "$WEIR" --state "$dir/foreign.db" -c 'SELECT 1' >"$dir/out" 2>&1; then die "a foreign file was taken"; fi
sqlite3 "$dir/other.db" 'create table x (a)'
if "$WEIR" --state "$dir/other.db" -c 'SELECT 1' >"$dir/out" 2>&1; then die "another program's database was taken"; fi
cp "$state" "$dir/broken.db"
printf 'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' | dd of="$dir/broken.db" bs=1 seek=40 conv=notrunc 2>/dev/null
if "$WEIR" --state "$dir/broken.db" -c 'SELECT 1' >"$dir/out" 2>&1; then die "a damaged file was taken"; fi
grep -q ERROR "$dir/out" || die "no words about the damaged file: $(cat "$dir/out")"
