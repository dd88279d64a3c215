#!/bin/sh
# A sink that fails for good stops its query alone, which says why; RESUME delivers what waits, once its target is mended.
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
pg() { psql -X -q -A -t "$WEIR_TEST_PG" -c "$1"; }
trap 'end_status=$?; pg "DROP TABLE IF EXISTS $unique" 2>/dev/null || true; engine_end' EXIT
pg "CREATE TABLE $unique (id INT PRIMARY KEY, v INT CONSTRAINT positive CHECK (v > 0))"
host=$(pg "SELECT '127.0.0.1:' || current_setting('port') || '/' || current_database()")
user=$(pg "SELECT current_user")
engine_start
sql "CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id) NOT ENFORCED)"
sql "CREATE MATERIALIZED VIEW other AS SELECT COUNT(*) AS n FROM t"
sql "CREATE TABLE r (id INT NOT NULL, v INT, PRIMARY KEY (id) NOT ENFORCED)
	WITH ('connector'='jdbc','url'='jdbc:postgresql://$host','username'='$user','table-name'='$unique')"
sql "SET 'weir.on-refused-row' = 'fail'; INSERT INTO r SELECT id, v FROM t"
sql "INSERT INTO t VALUES (1, 10)"
n=0
until [ "$(pg "SELECT COUNT(*) FROM $unique")" = 1 ]; do
	n=$((n + 1))
	[ $n -le 100 ] || die "nothing was delivered"
	sleep 0.1
done
sql "INSERT INTO t VALUES (2, -1)"
wait_for 10 "SELECT name || ' ' || state FROM weir.queries ORDER BY name" "other running
r failed"
sql "INSERT INTO t VALUES (3, 30)"
wait_for 10 "SELECT n FROM other" 3
pg "ALTER TABLE $unique DROP CONSTRAINT positive"
sql "RESUME r"
n=0
until [ "$(pg "SELECT STRING_AGG(id || ':' || v, ' ' ORDER BY id) FROM $unique")" = "1:10 2:-1 3:30" ]; do
	n=$((n + 1))
	[ $n -le 100 ] || die "after RESUME: $(pg "SELECT * FROM $unique")"
	sleep 0.1
done
wait_for 10 "SELECT state FROM weir.sinks" "delivering"
