#!/bin/sh
# A row dated years ahead does not move the watermark: the rows behind it are in time, and their windows close. Without the guard it does, and
# what it made late is kept and counted.
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
topic=$unique-skew
"${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 1 "$WEIR_TEST_KAFKA" "$topic" </dev/null
put() { printf '%s\n' "$1" | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -p 0 -P; }
put '{"id":1,"ts":"2024-05-01 10:00:01"}
{"id":2,"ts":"2124-05-01 10:00:01"}
{"id":3,"ts":"2024-05-01 10:00:02"}
{"id":4,"ts":"2024-05-01 10:00:12"}'
cat >"$dir/q.sql" <<SQL
CREATE TABLE e (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector'='kafka','topic'='$topic','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json');
CREATE MATERIALIZED VIEW w AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
SET 'weir.watermark.max-skew' = '0';
CREATE MATERIALIZED VIEW unguarded AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
SQL
engine_start "$dir/q.sql"
wait_for 15 "SELECT window_start, n FROM w" "2024-05-01 10:00:00|2"
same "$(sql "SELECT COUNT(*) FROM w.late")" 0 "the guard lets no row be late"
wait_for 15 "SELECT window_start, n FROM unguarded" "2024-05-01 10:00:00|1"
wait_for 5 "SELECT COUNT(*) FROM unguarded.late" 2
sql "WHY w" | grep -q "rows of the table that do not move it, as they are dated ahead of the clock: 1 ('weir.watermark.max-skew')" || die "$(sql "WHY w")"
[ "$(grep -c 'a row is dated in the future; such rows do not move the watermark' "$log")" = 1 ] || die "the log does not say once that a row is ahead"
engine_stop KILL
engine_start "$dir/q.sql"
put '{"id":5,"ts":"2024-05-01 10:00:13"}
{"id":6,"ts":"2024-05-01 10:00:21"}'
wait_for 15 "SELECT n FROM w ORDER BY window_start" "2
2"
same "$(sql "SELECT COUNT(*) FROM w.late")" 0 "nor after a kill"
wait_for 5 "SELECT COUNT(*) FROM unguarded.late" 4
