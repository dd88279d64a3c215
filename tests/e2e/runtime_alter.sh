#!/bin/sh
# Served files are declarative: what changed is kept or built anew, per query, and said; a changed INSERT replaces the old one; what left
# the files stays and is named; rows that weir keeps are not dropped. ALTER from a client, with its dry run, over kills.
# services: none
# timeout: 120
set -eu
. "$(dirname "$0")/../support/engine.sh"
cat >"$dir/a.sql" <<SQL
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id) NOT ENFORCED);
CREATE MATERIALIZED VIEW m AS SELECT id, v * 2 AS w FROM t;
CREATE MATERIALIZED VIEW n AS SELECT COUNT(*) AS n, SUM(w) AS s FROM m;
CREATE MATERIALIZED VIEW apart AS SELECT MAX(v) AS v FROM t;
CREATE TABLE f (id INT, w INT) WITH ('connector'='print');
CREATE TABLE g (id INT) WITH ('connector'='blackhole');
INSERT INTO f SELECT id, w FROM m WHERE id < 3;
EXECUTE STATEMENT SET BEGIN
INSERT INTO g SELECT id FROM t;
INSERT INTO g SELECT id FROM t WHERE v > 1;
END;
SQL
engine_start "$dir/a.sql"
sql "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)" >/dev/null
wait_for 10 "SELECT n, s FROM n" "3|120"
sql "CREATE MATERIALIZED VIEW client AS SELECT COUNT(*) AS n FROM m" >/dev/null
same "$(sql "SELECT n FROM client")" 3 "a view of a client"
engine_stop KILL

# nothing changed: nothing is built
engine_start "$dir/a.sql"
if grep -q 'definition changed\|in no file any more' "$log"; then die "something changed although nothing did: $(cat "$log")"; fi
same "$(sql "SELECT COUNT(*) FROM weir.queries")" 7 "queries after a restart: $(sql "SELECT name FROM weir.queries")"
engine_stop

# one view means something else: it and its readers are built anew, also the client's; the other is kept
sed -i 's/v \* 2/v * 3/; s/WHERE id < 3/WHERE id < 2/' "$dir/a.sql"
engine_start "$dir/a.sql"
wait_for 10 "SELECT n, s FROM n" "3|180"
same "$(sql "SELECT n FROM client")" 3 "the client's view after its input changed"
for q in m n client f; do
	grep -q "definition changed: state is built anew | query=\"$q\"" "$log" || die "\"$q\": $(grep 'definition' "$log")"
done
if grep -q 'query="apart"\|query="g"' "$log" && grep 'definition' "$log" | grep -q 'apart\|"g'; then die "what did not change is touched"; fi
grep -q 'which keeps those sent before' "$log" || die "nothing about the rows in the file: $(grep definition "$log")"
same "$(sql "SELECT COUNT(*) FROM weir.queries")" 7 "a changed INSERT has a second query beside it: $(sql "SELECT name FROM weir.queries")"
engine_stop KILL

# the same text in other words keeps the state; more columns of a table that weir keeps
sed -i 's/SELECT MAX(v) AS v FROM t/SELECT MAX(t.v) AS v FROM t AS t/; s/v INT, PRIMARY/v INT, more STRING, PRIMARY/' "$dir/a.sql"
engine_start "$dir/a.sql"
grep -q 'state is kept | query="apart"' "$log" || die "\"apart\": $(grep 'definition' "$log")"
same "$(sql "SELECT id, v, more FROM t ORDER BY id")" "1|10|
2|20|
3|30|" "rows after a column was added"
same "$(sql "SELECT n, s FROM n")" "3|180" "a reader after a column was added"
sql "INSERT INTO t VALUES (4, 40, 'x')" >/dev/null
wait_for 10 "SELECT n, s FROM n" "4|300"
same "$(sql "SELECT v FROM apart")" 40 "apart"
engine_stop

# rows are not dropped for a changed file
sed 's/v INT, more STRING/v STRING/' "$dir/a.sql" >"$dir/b.sql"
if timeout 20 "$WEIR" serve --state "$state" --socket "$dir/sock" "$dir/b.sql" >"$dir/refused" 2>&1; then die "a table lost its rows"; fi
grep -q 'holds rows' "$dir/refused" || die "no words: $(cat "$dir/refused")"

# what left the files is named and kept
grep -v 'VIEW apart' "$dir/a.sql" >"$dir/c.sql"
engine_start "$dir/c.sql"
grep -q 'in no file any more; kept until it is dropped | object="apart"' "$log" || die "nothing about \"apart\": $(cat "$log")"
if grep 'in no file' "$log" | grep -qv '"apart"'; then die "others are said to have left: $(grep 'in no file' "$log")"; fi
same "$(sql "SELECT v FROM apart")" 40 "what left the files"

# ALTER of a client; its dry run
dry=$(sql "ALTER MATERIALIZED VIEW m AS SELECT id, v * 3 AS w FROM t WHERE id <> 1 DRY RUN")
case $dry in *'built anew'*) ;; *) die "dry run without verdict: $dry" ;; esac
case $dry in *'- (1, 30)'*) ;; *) die "dry run without the row that goes: $dry" ;; esac
same "$(sql "SELECT n, s FROM n")" "4|300" "after a dry run"
sql "ALTER MATERIALIZED VIEW m AS SELECT id, v * 3 AS w FROM t WHERE id <> 1" >"$dir/receipt"
grep -q '"n": built anew from the start of its inputs, because it reads "m"' "$dir/receipt" || die "receipt: $(cat "$dir/receipt")"
wait_for 10 "SELECT n, s FROM n" "3|270"
engine_stop KILL
engine_start "$dir/c.sql"
wait_for 10 "SELECT n, s FROM n" "4|300"
grep -q 'built anew | query="m"' "$log" || die "the file does not win: $(grep definition "$log")"

# who follows is told
(sql "COPY (SUBSCRIBE TO m) TO STDOUT" >"$dir/followed" 2>&1 || true) &
follower=$!
sleep 1
sql "ALTER MATERIALIZED VIEW m AS SELECT id, v AS w FROM t" >/dev/null
n=0
while kill -0 $follower 2>/dev/null; do
	n=$((n + 1))
	[ $n -lt 100 ] || die "who follows the view hangs"
	sleep 0.1
done
grep -q 'another definition' "$dir/followed" || die "who follows is not told: $(cat "$dir/followed")"
wait_for 10 "SELECT n, s FROM n" "4|100"
sql "SELECT 1" >/dev/null
engine_stop
same "$status" 0 "end"

# a plan that another version has made: it stops with words, the others go on; or is built anew, with who reads it
forge() {
	/usr/bin/python3 - "$state" "$1" <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for k, v in db.execute('SELECT k, v FROM "weir.catalog$state"').fetchall():
    if ('VIEW ' + sys.argv[2] + ' AS').encode() in v:
        db.execute('UPDATE "weir.catalog$state" SET v = ? WHERE k = ?', (v[:8] + bytes([v[8] ^ 255]) + v[9:], k))
db.commit()
PY
}
engine_start "$dir/c.sql"
wait_for 10 "SELECT n, s FROM n" "4|300"
engine_stop
forge m
engine_start "$dir/c.sql"
same "$(sql "SELECT state FROM weir.queries WHERE name = 'm'")" failed "a plan that differs"
grep -q 'on-changed-plan=rebuild' "$log" || sql "SELECT * FROM weir.queries WHERE name = 'm'" | grep -q 'rebuild' || die "no way out is named: $(grep 'plan' "$log")"
case $(sql "RESUME QUERY m" || true) in *W1702*) ;; *) die "RESUME runs another plan over the state" ;; esac
same "$(sql "SELECT COUNT(*) FROM m")" 4 "rows of what stands can be read"
sql "INSERT INTO t VALUES (5, 50, 'y')" >/dev/null
wait_for 10 "SELECT v FROM apart" 50
sql "ALTER MATERIALIZED VIEW m AS SELECT id, v * 3 AS w FROM t" >/dev/null
wait_for 10 "SELECT n, s FROM n" "5|450"
engine_stop
forge m
"$WEIR" --log info --set weir.state.on-changed-plan=rebuild serve --state "$state" --socket "$dir/sock" "$dir/c.sql" >"$dir/started" 2>&1 &
engine=$!
wait_log 20 '| ready |'
wait_for 10 "SELECT n, s FROM n" "5|450"
grep -q 'built anew | query="n"' "$log" || die "what reads it is not built anew: $(grep definition "$log")"
engine_stop
