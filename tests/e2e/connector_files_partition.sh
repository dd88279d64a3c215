#!/bin/sh
# A folder whose name is no value of its partition column: its rows are bad for those who read the column, and never NULL.
# services: none
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
mkdir -p "$dir/in/d=2024-01-01" "$dir/in/d=soon" "$dir/in/d=__DEFAULT_PARTITION__"
echo '{"a":1}' >"$dir/in/d=2024-01-01/x"
echo '{"a":2}' >"$dir/in/d=soon/x"
echo '{"a":3}' >"$dir/in/d=__DEFAULT_PARTITION__/x"
engine_start
sql "CREATE TABLE f (a INT, d DATE) PARTITIONED BY (d) WITH ('connector'='filesystem','path'='$dir/in','format'='json')"
sql "CREATE MATERIALIZED VIEW v AS SELECT a, d FROM f"
sql "CREATE MATERIALIZED VIEW w AS SELECT a FROM f"
n=0
until [ "$(sql 'SELECT COUNT(*) FROM w')" = 3 ]; do
	n=$((n + 1))
	[ $n -le 150 ] || die "no rows after 15 s: $(sql 'SELECT * FROM w')"
	sleep 0.1
done
got=$(sql "SELECT a, COALESCE(CAST(d AS STRING), 'none') FROM v ORDER BY a" | tr '\n' ' ')
[ "$got" = "1|2024-01-01 3|none " ] || [ "$got" = "1,2024-01-01 3,none " ] || die "rows: $got"
got=$(sql "SELECT field, COUNT(*) FROM f.bad GROUP BY field" | tr '|' ',')
[ "$got" = "d,1" ] || die "bad: $got"
