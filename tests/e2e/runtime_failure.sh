#!/bin/sh
# A query that fails stands alone: the others go on, those below it wait; RESUME and RESUME SKIP lose no change.
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
topic=$unique-t
printf '' | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -P
engine_start
with="WITH ('connector'='kafka','topic'='$topic','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json')"
sql "CREATE TABLE e (id INT, v INT) $with" >/dev/null
sql "CREATE MATERIALIZED VIEW fine AS SELECT id, v FROM e" >/dev/null
sql "CREATE MATERIALIZED VIEW broken AS SELECT id, 100 / v AS x FROM e" >/dev/null
sql "CREATE MATERIALIZED VIEW below AS SELECT COUNT(*) AS n, SUM(x) AS s FROM broken" >/dev/null
printf '1:{"id":1,"v":10}\n2:{"id":2,"v":0}\n3:{"id":3,"v":5}\n' | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -P -K:
wait_for 10 "SELECT COUNT(*) FROM fine" 3
wait_for 10 "SELECT name || ' ' || state FROM weir.queries ORDER BY name" "below held
broken failed
fine running"
grep -q 'query="broken" code=W1204' "$log" || die "no reason in the log"
sql "RESUME broken SKIP" >/dev/null
wait_for 10 "SELECT n, s FROM below" "2|30"
same "$(sql "SELECT query, \"offset\", code FROM e.bad")" "broken|1|W1204" "the row that was left out"
# after a restart the row is still left out
engine_stop
engine_start
wait_for 10 "SELECT n, s FROM below" "2|30"
echo '{"id":4,"v":20}' | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -P
wait_for 10 "SELECT n, s FROM below" "3|35"

# a query over a table that changes while it stands
sql "CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id) NOT ENFORCED)" >/dev/null
sql "INSERT INTO t VALUES (1, 10), (2, 20)" >/dev/null
sql "CREATE MATERIALIZED VIEW d AS SELECT id, 100 / v AS x FROM t" >/dev/null
same "$(sql "SELECT id, x FROM d ORDER BY id")" "1|10
2|5" "the backfill is there when CREATE returns"
sql "PAUSE d" >/dev/null
sql "INSERT INTO t VALUES (3, 50)" >/dev/null
sql "DELETE FROM t WHERE id = 1" >/dev/null
engine_stop KILL
engine_start
wait_for 10 "SELECT state FROM weir.queries WHERE name = 'd'" paused
sql "UPDATE t SET v = 25 WHERE id = 2" >/dev/null
sql "RESUME d" >/dev/null
wait_for 10 "SELECT id, x FROM d ORDER BY id" "2|4
3|2"
sql "INSERT INTO t VALUES (4, 0)" >/dev/null
wait_for 10 "SELECT state FROM weir.queries WHERE name = 'd'" failed
sql "INSERT INTO t VALUES (5, 100)" >/dev/null
sql "UPDATE t SET v = 1 WHERE id = 4" >/dev/null
sql "RESUME d" >/dev/null
wait_for 10 "SELECT id, x FROM d ORDER BY id" "2|4
3|2
4|100
5|1"
case $(sql "INSERT INTO t VALUES (5, 1)" || true) in *"exists in table"*) ;; *) die "a second row of the same key was taken" ;; esac
case $(sql "INSERT INTO t (v) VALUES (1)" || true) in *"NOT NULL"* | *"NULL in column"*) ;; *) die "NULL in a NOT NULL column was taken" ;; esac
