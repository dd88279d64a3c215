#!/bin/sh
# Side tables at work: bad records of a topic are replayed by a mended table, refused rows into a mended target, late
# rows into a table; with kill -9 at each point on the way no row is lost or doubled.
# timeout: 170
set -eu
. "$(dirname "$0")/../support/engine.sh"
topic=$unique-t
pgport=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*port=\([^ ]*\).*/\1/p')
pgdb=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*dbname=\([^ ]*\).*/\1/p')
pgtable=side_$(echo "$unique" | tr -c 'a-z0-9\n' _)
pg() { psql -X -q -A -t "$WEIR_TEST_PG" -c "$1"; }
produce() { kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -P; }
jdbc() { echo "WITH ('connector'='jdbc','url'='jdbc:postgresql://127.0.0.1:$pgport/${pgdb:-weir}','username'='weir','table-name'='$1')"; }
with="WITH ('connector'='kafka','topic'='$topic','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='latest-offset','format'='json')"

# Starts an engine that kills itself at a point, maybe before it is ready.
start_to_die() {
	: >"$dir/started"
	WEIR_FAIL_POINT=$1 "$WEIR" --log info serve --state "$state" --socket "$dir/sock" >"$dir/started" 2>&1 &
	engine=$!
	n=0
	until grep -q '| ready |' "$dir/started" || ! kill -0 "$engine" 2>/dev/null || [ $n -gt 300 ]; do
		n=$((n + 1))
		sleep 0.1
	done
}

printf '' | produce
engine_start
sql "CREATE TABLE e (id INT, v INT) $with" >/dev/null
sql "CREATE MATERIALIZED VIEW good AS SELECT id, v FROM e" >/dev/null
sql "CREATE MATERIALIZED VIEW kinds AS SELECT field, COUNT(*) AS n FROM e.bad GROUP BY field" >/dev/null
# the table is being read when this returns
echo '{"id":0,"v":0}' | produce
n=0
until [ "$(sql "SELECT COUNT(*) FROM good WHERE id = 0")" -ge 1 ]; do
	n=$((n + 1))
	[ $n -lt 50 ] || die "the first record does not come"
	echo '{"id":0,"v":0}' | produce
	sleep 0.2
done
printf '{"id":1,"v":10}\n{"id":2,"v":"a lot"}\n{broken\n{"id":3,"v":30}\n{"id":4,"v":"some"}\n' | produce
wait_for 10 "SELECT COUNT(*) FROM e.bad" 3
same "$(sql "SELECT bad FROM weir.queries WHERE name = 'good'")" 3 "a message that is no JSON is counted like one with a bad field"
same "$(sql "SELECT position = \"end\" AND position > 5 AND position <> 1000 FROM weir.sources WHERE query = 'good'")" t "the position"
same "$(grep -c 'a record cannot be decoded; it is kept in the side table .bad | table="e"' "$log")" 2 "the first bad record, and the second, are logged"
wait_for 10 "SELECT field, n FROM kinds ORDER BY field" "|1
v|2"
engine_stop KILL
engine_start
wait_for 10 "SELECT field, n FROM kinds ORDER BY field" "|1
v|2"

# the schema is mended; the view is built anew from the end of the topic, and gets the records that nobody could use
sql "CREATE OR REPLACE TABLE e (id INT, v STRING) $with" >/dev/null
same "$(sql "SELECT field, n FROM kinds ORDER BY field")" "|1
v|2" "what was kept stays counted"
sql "CREATE MATERIALIZED VIEW sums AS SELECT COUNT(*) AS n, SUM(id) AS s FROM good" >/dev/null
wait_for 10 "SELECT COUNT(*) FROM weir.sources" 1
out=$(psql -X -A -t -h "$dir/sock" -U weir -c "REPLAY e.bad" 2>&1)
case $out in *"REPLAY 2"*) ;; *) die "REPLAY says: $out" ;; esac
case $out in *'2 replayed, 1 stay in "e.bad"'*) ;; *) die "REPLAY says: $out" ;; esac
same "$(sql "SELECT id, v FROM good ORDER BY id")" "2|a lot
4|some" "the replayed records"
same "$(sql "SELECT n, s FROM sums")" "2|6" "the view below"
same "$(sql "SELECT COUNT(*) FROM e.bad")" 1 "what is still bad"
same "$(sql "SELECT field, n FROM kinds ORDER BY field")" "|1
v|2" "what was taken out stays counted"
sql "REPLAY e.bad" >/dev/null
same "$(sql "SELECT n FROM sums")" 2 "a second REPLAY"

# killed at each point of a REPLAY: every record is in the view once
for point in before-seal:2 after-seal:2 before-sqlite-commit:2 after-sqlite-commit:2 before-seal:3 after-sqlite-commit:3; do
	engine_stop
	rm -f "$state" "$state"-wal "$state"-shm
	engine_start
	sql "CREATE TABLE e (id INT, v INT) $(echo "$with" | sed s/latest-offset/earliest-offset/)" >/dev/null
	sql "CREATE MATERIALIZED VIEW good AS SELECT id, v FROM e" >/dev/null
	wait_for 10 "SELECT COUNT(*) FROM e.bad" 3
	sql "DROP MATERIALIZED VIEW good" >/dev/null
	sql "CREATE OR REPLACE TABLE e (id INT, v STRING) $with" >/dev/null
	sql "CREATE MATERIALIZED VIEW good AS SELECT id, v FROM e" >/dev/null
	sql "CREATE MATERIALIZED VIEW sums AS SELECT COUNT(*) AS n, SUM(id) AS s FROM good" >/dev/null
	sleep 0.3
	engine_stop
	start_to_die $point
	timeout 10 psql -X -q -A -t -h "$dir/sock" -U weir -c "REPLAY e.bad" >/dev/null 2>&1 || true
	engine_stop KILL
	engine_start
	timeout 10 psql -X -q -A -t -h "$dir/sock" -U weir -c "REPLAY e.bad" >/dev/null 2>&1
	wait_for 10 "SELECT n, s FROM sums" "2|6"
	same "$(sql "SELECT COUNT(*) FROM e.bad")" 1 "$point: what is still bad"
done
engine_stop
rm -f "$state" "$state"-wal "$state"-shm

# ---- refused rows of PostgreSQL ----
pg "create table ${pgtable}_k (id int primary key, v int check (v < 1000))"
pg "create table ${pgtable}_a (id int, v int check (v < 1000))"
engine_start
sql "CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id) NOT ENFORCED)" >/dev/null
sql "CREATE TABLE sk (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED) $(jdbc "${pgtable}_k")" >/dev/null
sql "INSERT INTO sk SELECT id, v FROM t" >/dev/null
sql "INSERT INTO t VALUES (1, 1), (2, 2000), (3, 3000), (4, 4000)" >/dev/null
wait_for 15 "SELECT COUNT(*) FROM sk.refused" 3
same "$(sql "SELECT kind, \"row\" FROM sk.refused ORDER BY seq LIMIT 1")" '+I|{"id":2,"v":2000}' "a refused row"
# a later row of the key: the refused one is out of date
sql "UPDATE t SET v = 30 WHERE id = 3" >/dev/null
wait_pg() {
	n=0
	until [ "$(pg "$1")" = "$2" ]; do
		n=$((n + 1))
		[ $n -lt 150 ] || die "PostgreSQL: \"$1\" gives $(pg "$1"); wanted $2"
		sleep 0.1
	done
}
wait_pg "select string_agg(id || ':' || v, ' ' order by id) from ${pgtable}_k" "1:1 3:30"
pg "alter table ${pgtable}_k drop constraint ${pgtable}_k_v_check, add check (v < 3500)"
out=$(psql -X -A -t -h "$dir/sock" -U weir -c "REPLAY sk.refused" 2>&1)
case $out in *"REPLAY 2"*) ;; *) die "REPLAY says: $out" ;; esac
case $out in *"1 taken out, for a later row of its key was sent"*) ;; *) die "REPLAY says: $out" ;; esac
case $out in *"1 were refused again"* | *"1 was refused again"*) ;; *) die "REPLAY says: $out" ;; esac
wait_pg "select string_agg(id || ':' || v, ' ' order by id) from ${pgtable}_k" "1:1 2:2000 3:30"
same "$(sql "SELECT \"row\" FROM sk.refused")" '{"id":4,"v":4000}' "what is refused again"

# killed while refused rows of a sink without a key are on their way: each is there once
engine_stop
for point in before-seal after-seal before-pg-commit after-pg-commit after-delivery; do
	rm -f "$state" "$state"-wal "$state"-shm "$state"-lock
	pg "set client_min_messages to warning; truncate ${pgtable}_a; alter table ${pgtable}_a drop constraint if exists ${pgtable}_a_v_check, add constraint ${pgtable}_a_v_check check (v < 1000)"
	printf '' | kcat -b "$WEIR_TEST_KAFKA" -t "$topic-$point" -P
	engine_start
	sql "CREATE TABLE src (id INT, v INT) WITH ('connector'='kafka','topic'='$topic-$point','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json')" >/dev/null
	sql "CREATE TABLE sa (id INT, v INT) $(jdbc "${pgtable}_a")" >/dev/null
	sql "INSERT INTO sa SELECT id, v FROM src" >/dev/null
	printf '{"id":1,"v":1}\n{"id":2,"v":2000}\n{"id":3,"v":3000}\n{"id":4,"v":4}\n' | kcat -b "$WEIR_TEST_KAFKA" -t "$topic-$point" -P
	wait_for 20 "SELECT COUNT(*) FROM sa.refused" 2
	wait_pg "select string_agg(id || ':' || v, ' ' order by id) from ${pgtable}_a" "1:1 4:4"
	engine_stop
	pg "alter table ${pgtable}_a drop constraint ${pgtable}_a_v_check"
	start_to_die $point
	timeout 10 psql -X -q -A -t -h "$dir/sock" -U weir -c "REPLAY sa.refused" >/dev/null 2>&1 || true
	sleep 0.3
	engine_stop KILL
	engine_start
	timeout 10 psql -X -q -A -t -h "$dir/sock" -U weir -c "REPLAY sa.refused" >/dev/null 2>&1
	wait_pg "select string_agg(id || ':' || v, ' ' order by id) from ${pgtable}_a" "1:1 2:2000 3:3000 4:4"
	same "$(sql "SELECT COUNT(*) FROM sa.refused")" 0 "$point: nothing is left aside"
	engine_stop
done

# ---- late rows, into a table and into PostgreSQL, killed on the way: each is in one place ----
pg "create table ${pgtable}_l (id int, ts timestamp)"
number=0
for point in before-seal:2 after-seal:2 before-sqlite-commit:2 after-sqlite-commit:2 before-pg-commit; do
	rm -f "$state" "$state"-wal "$state"-shm "$state"-lock
	pg "truncate ${pgtable}_l"
	number=$((number + 1))
	printf '' | kcat -b "$WEIR_TEST_KAFKA" -t "$topic-l$number" -P
	engine_start
	sql "CREATE TABLE src (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector'='kafka','topic'='$topic-l$number','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json','json.timestamp-format.standard'='SQL')" >/dev/null
	sql "CREATE MATERIALIZED VIEW w AS SELECT window_start, SUM(id) AS s FROM TABLE(TUMBLE(TABLE src, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end" >/dev/null
	sql "CREATE TABLE k (id INT, ts TIMESTAMP(3))" >/dev/null
	sql "CREATE TABLE l (id INT, ts TIMESTAMP(3)) $(jdbc "${pgtable}_l")" >/dev/null
	sql "INSERT INTO l SELECT id, ts FROM src WHERE id > 100" >/dev/null
	sql "CREATE MATERIALIZED VIEW c AS SELECT COUNT(*) AS n, SUM(id) AS s FROM k" >/dev/null
	printf '{"id":1,"ts":"2024-01-01 00:00:20"}\n{"id":2,"ts":"2024-01-01 00:00:01"}\n{"id":3,"ts":"2024-01-01 00:00:02"}\n' | kcat -b "$WEIR_TEST_KAFKA" -t "$topic-l$number" -P
	wait_for 15 "SELECT COUNT(*) FROM w.late" 2
	engine_stop
	into=k
	[ $point != before-pg-commit ] || into=l
	start_to_die $point
	timeout 10 psql -X -q -A -t -h "$dir/sock" -U weir -c "REPLAY w.late INTO $into" >/dev/null 2>&1 || true
	sleep 0.3
	engine_stop KILL
	engine_start
	timeout 10 psql -X -q -A -t -h "$dir/sock" -U weir -c "REPLAY w.late INTO $into" >/dev/null 2>&1
	same "$(sql "SELECT COUNT(*) FROM w.late")" 0 "$point: nothing is left"
	if [ $into = k ]; then
		wait_for 10 "SELECT n, s FROM c" "2|5"
	else
		wait_pg "select count(*), sum(id) from ${pgtable}_l" "2|5"
	fi
	engine_stop
done
