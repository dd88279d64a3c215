#!/bin/sh
# PostgreSQL is down when an INSERT starts, and again in the middle: the output waits, nothing is lost; a refused row is kept and the rest goes on.
# timeout: 120
set -eu
support=$(cd "$(dirname "$0")/../support" && pwd)
. "$support/engine.sh"
# PostgreSQL runs as another user, who must reach its folder
chmod 711 "$dir"
[ -z "${TMPDIR:-}" ] || chmod 711 "$TMPDIR"
export WEIR_TEST_DIR="$dir/services"
pg_end() { sh "$support/postgres.sh" kill >/dev/null 2>&1 || true; }
trap 'end_status=$?; pg_end; engine_end' EXIT
chmod 755 "$dir"
sh "$support/postgres.sh" start
eval "$(sh "$support/postgres.sh" env)"
pg() { psql -X -q -A -t "$WEIR_TEST_PG" -c "$1"; }
port=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*port=\([^ ]*\).*/\1/p')
pg "create table target (id int primary key, v int check (v < 1000))"
sh "$support/postgres.sh" stop
engine_start
sql "CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id) NOT ENFORCED)" >/dev/null
sql "CREATE TABLE s (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED)
WITH ('connector'='jdbc','url'='jdbc:postgresql://127.0.0.1:$port/weir','username'='weir','table-name'='target')" >/dev/null
sql "INSERT INTO s SELECT id, v FROM t" >/dev/null
sql "INSERT INTO t VALUES (1, 1), (2, 2), (3, 5000)" >/dev/null
wait_log 15 'does not answer'
case $(sql "WHY s") in *"the target does not answer"*) ;; *) die "WHY does not say what the output waits for: $(sql "WHY s")" ;; esac
sh "$support/postgres.sh" start
n=0
until [ "$(pg 'select count(*), sum(v) from target')" = "2|3" ]; do
	n=$((n + 1))
	[ $n -lt 300 ] || die "after the outage: $(pg 'select * from target')"
	sleep 0.1
done
wait_log 15 'answers again'
wait_for 10 "SELECT COUNT(*) FROM s.refused" 1
sh "$support/postgres.sh" kill
sql "INSERT INTO t VALUES (4, 4)" >/dev/null
sql "UPDATE t SET v = 7 WHERE id = 1" >/dev/null
sleep 0.5
engine_stop KILL
engine_start
sql "DELETE FROM t WHERE id = 2" >/dev/null
sh "$support/postgres.sh" start
n=0
until [ "$(pg 'select id, v from target order by id')" = "1|7
4|4" ]; do
	n=$((n + 1))
	[ $n -lt 300 ] || die "after the second outage: $(pg 'select * from target')"
	sleep 0.1
done
same "$(sql "SELECT COUNT(*) FROM s.refused")" 1 "the refused row is kept once"
