#!/bin/sh
# Rows that PostgreSQL does not take, and tables that two queries write: a row that another one is in the way of is kept aside, also over a
# restart, and the rest goes on; two writers of one table, who meet its rows in opposite orders, do not stop each other.
# timeout: 90
set -eu
. "$(dirname "$0")/../support/engine.sh"
pgport=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*port=\([^ ]*\).*/\1/p')
pgdb=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*dbname=\([^ ]*\).*/\1/p')
name=conf_$(echo "$unique" | tr -c 'a-z0-9\n' _)
pg() { psql -X -q -A -t "$WEIR_TEST_PG" -c "$1"; }
jdbc() { echo "WITH ('connector'='jdbc','url'='jdbc:postgresql://127.0.0.1:$pgport/${pgdb:-weir}','username'='weir','table-name'='$1')"; }
wait_pg() {
	n=0
	until [ "$(pg "$1")" = "$2" ]; do
		n=$((n + 1))
		[ $n -lt 200 ] || die "PostgreSQL: \"$1\" gives $(pg "$1"); wanted $2"
		sleep 0.1
	done
}
# ---- a plain INSERT into a table that knows a key: the first row of a key stays, the second one is refused ----
put() { kcat -b "$WEIR_TEST_KAFKA" -t "$unique-p" -p 0 -P; }
pg "create table ${name}_p (id int unique, v text)"
printf '{"id":1,"v":"a"}\n{"id":2,"v":"b"}\n{"id":1,"v":"c"}\n{"id":3,"v":"d"}\n' | put
cat >"$dir/q.sql" <<SQL
CREATE TABLE t (id INT, v STRING)
WITH ('connector'='kafka','topic'='$unique-p','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json');
CREATE TABLE p (id INT, v STRING) $(jdbc "${name}_p");
INSERT INTO p SELECT id, v FROM t;
SQL
engine_start "$dir/q.sql"
wait_pg "select string_agg(id || v, ' ' order by id) from ${name}_p" "1a 2b 3d"
wait_for 10 "SELECT \"row\" FROM p.refused" '{"id":1,"v":"c"}'
printf '{"id":2,"v":"e"}\n{"id":4,"v":"f"}\n' | put
engine_stop KILL
engine_start "$dir/q.sql"
wait_pg "select string_agg(id || v, ' ' order by id) from ${name}_p" "1a 2b 3d 4f"
wait_for 10 "SELECT COUNT(*) FROM p.refused" 2
same "$(sql "SELECT state FROM weir.queries WHERE name = 'p'")" running "the query goes on"
engine_stop
rm -f "$state" "$state"-wal "$state"-shm

# ---- two queries upsert the same keys, again and again: each table is walked by its key, so the orders are opposite ----
pg "create table ${name}_w (id int primary key, v bigint)"
# the rows take their time, so that the two meet
pg "create function ${name}_f() returns trigger language plpgsql as 'begin perform pg_sleep(0.002); return new; end'"
pg "create trigger slow before insert on ${name}_w for each row execute function ${name}_f()"
cat >"$dir/w.sql" <<SQL
CREATE TABLE u (id INT NOT NULL, v BIGINT, PRIMARY KEY (id) NOT ENFORCED);
CREATE TABLE d (below INT NOT NULL, v BIGINT, PRIMARY KEY (below) NOT ENFORCED);
CREATE TABLE wu (id INT, v BIGINT, PRIMARY KEY (id) NOT ENFORCED) $(jdbc "${name}_w");
CREATE TABLE wd (id INT, v BIGINT, PRIMARY KEY (id) NOT ENFORCED) $(jdbc "${name}_w");
INSERT INTO wu SELECT id, v FROM u;
INSERT INTO wd SELECT -below, v FROM d;
SQL
engine_start --set execution.checkpointing.interval=10ms "$dir/w.sql"
up=$(seq -s ', ' -f '(%.0f, 1)' 1 100)
down=$(seq -s ', ' -f '(%.0f, 1)' -100 -1)
sql "INSERT INTO u VALUES $up" >/dev/null
sql "INSERT INTO d VALUES $down" >/dev/null
for round in 2 3 4 5 6; do
	sql "UPDATE u SET v = $round" >/dev/null &
	one=$!
	sql "UPDATE d SET v = $round" >/dev/null
	wait $one
	wait_pg "select min(v) from ${name}_w" $round
done
wait_pg "select count(*), min(v), max(v) from ${name}_w" "100|6|6"
if grep -i 'deadlock\|40P01' "$log"; then die "the writers met in a deadlock"; fi
same "$(sql "SELECT SUM(retries) FROM weir.sinks")" 0 "nothing had to be sent again"
