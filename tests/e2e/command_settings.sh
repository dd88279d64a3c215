#!/bin/sh
# services: none
# What SET says in a file or a text holds for those behind it in the same command, as if they were one: weir run, serve, check, -c.
set -eu
. tests/support/engine.sh
echo "SET 'table.local-time-zone' = 'Asia/Tokyo';" >"$dir/set.sql"
echo "SHOW 'table.local-time-zone';" >"$dir/show.sql"
same "$(timeout 20 "$WEIR" run "$dir/set.sql" "$dir/show.sql")" "Asia/Tokyo" "run"
same "$(timeout 20 "$WEIR" run "$dir/show.sql" "$dir/set.sql")" "UTC" "run, the other way round"
same "$(timeout 20 "$WEIR" -f "$dir/set.sql" -c "SHOW 'table.local-time-zone'")" "Asia/Tokyo" "-f and -c"
cat >"$dir/view.sql" <<'SQL'
CREATE TABLE t (k INT, at TIMESTAMP_LTZ(3));
CREATE MATERIALIZED VIEW v AS SELECT k, CAST(at AS STRING) AS shown FROM t;
SQL
cat >"$dir/reset.sql" <<'SQL'
RESET 'table.local-time-zone';
CREATE MATERIALIZED VIEW w AS SELECT k, CAST(at AS STRING) AS shown FROM t;
SQL
engine_start "$dir/set.sql" "$dir/view.sql" "$dir/reset.sql"
sql "INSERT INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:00')"
wait_for 10 "SELECT shown FROM v" "2024-01-01 09:00:00.000"
wait_for 10 "SELECT shown FROM w" "2024-01-01 00:00:00.000"
engine_stop TERM
engine_start "$dir/set.sql" "$dir/view.sql" "$dir/reset.sql"
wait_for 10 "SELECT shown FROM v" "2024-01-01 09:00:00.000"
engine_stop TERM
