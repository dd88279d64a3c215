#!/bin/sh
# Vector V1 on a real topic of one partition: TUMBLE of 10 s, watermark 2 s behind. Row by row on an unbounded read with a kill, then the whole topic, bounded and unbounded.
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
topic=$unique-v1
"${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 1 "$WEIR_TEST_KAFKA" "$topic" </dev/null
put() { printf '{"id":%s,"ts":"2024-01-01 00:00:%s"}\n' "$1" "$2" | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -p 0 -P; }
table() {
	echo "CREATE TABLE $1 (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector'='kafka','topic'='$topic','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json'$2);"
}
windows="SELECT window_start, window_end, n FROM v ORDER BY window_start"
late="SELECT \"time\", watermark, window_start, window_end, topic, \"partition\", \"offset\" FROM v.late"
# the watermark comes with the row: what is asked for after it holds for that row
watermark() { wait_for 10 "SELECT watermark FROM weir.watermarks WHERE query = 'v'" "2024-01-01 00:00:$1"; }
taken() { wait_for 10 "SELECT rows_in FROM weir.queries WHERE name = 'v'" "$1"; }
{
	table t ""
	echo "CREATE MATERIALIZED VIEW v AS SELECT window_start, window_end, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;"
} >"$dir/q.sql"
engine_start "$dir/q.sql"
put 1 01 && put 2 05 && put 3 11 && put 4 09
watermark 09 && taken 4
same "$(sql "$windows")" "" "nothing before the watermark reaches 9.999"
put 5 13
watermark 11
wait_for 10 "$windows" "2024-01-01 00:00:00|2024-01-01 00:00:10|3"
same "$(sql "SELECT COUNT(*) FROM v.late")" 0 "9 was out of order but in time"
engine_stop KILL
engine_start "$dir/q.sql"
put 6 08
wait_for 10 "SELECT COUNT(*) FROM v.late" 1
same "$(sql "$late")" "2024-01-01 00:00:08|2024-01-01 00:00:11|2024-01-01 00:00:00|2024-01-01 00:00:10|$topic|0|5" "the late row"
same "$(sql "$windows")" "2024-01-01 00:00:00|2024-01-01 00:00:10|3" "a late row changes no window"
put 7 25
watermark 23
wait_for 10 "$windows" "2024-01-01 00:00:00|2024-01-01 00:00:10|3
2024-01-01 00:00:10|2024-01-01 00:00:20|2"
same "$(sql "SELECT late FROM weir.queries WHERE name = 'v'")" 1 "the late counter"
engine_stop

# the same topic, whole, by a new engine: no matter how many rows come at once
state=$dir/second.db
engine_start "$dir/q.sql"
wait_for 10 "$windows" "2024-01-01 00:00:00|2024-01-01 00:00:10|3
2024-01-01 00:00:10|2024-01-01 00:00:20|2"
same "$(sql "$late")" "2024-01-01 00:00:08|2024-01-01 00:00:11|2024-01-01 00:00:00|2024-01-01 00:00:10|$topic|0|5" "the late row of a catching-up read"
engine_stop

# bounded: at the end the watermark is at its most, and the last window closes
{
	table t ",'scan.bounded.mode'='latest-offset'"
	echo "CREATE TABLE out (ws TIMESTAMP(3), we TIMESTAMP(3), n BIGINT) WITH ('connector'='print');
INSERT INTO out SELECT window_start, window_end, COUNT(*)
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;"
} >"$dir/bounded.sql"
timeout 20 "$WEIR" run "$dir/bounded.sql" >"$dir/out" 2>"$dir/err" || die "the bounded run failed: $(cat "$dir/err")"
same "$(cat "$dir/out")" "+I[2024-01-01T00:00, 2024-01-01T00:00:10, 3]
+I[2024-01-01T00:00:10, 2024-01-01T00:00:20, 2]
+I[2024-01-01T00:00:20, 2024-01-01T00:00:30, 1]" "the bounded run"
