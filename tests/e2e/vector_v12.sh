#!/bin/sh
# Vector V12 on a real topic of three partitions, unbounded: the third never has a row, p1 falls silent; 'scan.watermark.idle-timeout' takes each out of the minimum in its turn.
# timeout: 90
set -eu
. "$(dirname "$0")/../support/engine.sh"
topic=$unique-v12
"${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 3 "$WEIR_TEST_KAFKA" "$topic" </dev/null
put() { printf '{"id":%s,"ts":"2024-01-01 00:00:%s"}\n' "$2" "$3" | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -p "$1" -P; }
idle_s=3
cat >"$dir/q.sql" <<SQL
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector'='kafka','topic'='$topic','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json',
      'scan.watermark.idle-timeout'='$idle_s s');
CREATE MATERIALIZED VIEW v AS SELECT window_start, window_end, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
SQL
windows="SELECT window_start, window_end, n FROM v ORDER BY window_start"
first="2024-01-01 00:00:00|2024-01-01 00:00:10|2"
idle="SELECT \"partition\" FROM weir.sources WHERE query = 'v' AND idle ORDER BY 1"
watermark="SELECT watermark FROM weir.watermarks WHERE query = 'v'"
engine_start "$dir/q.sql"
wait_for 10 "SELECT COUNT(*) FROM weir.sources WHERE query = 'v'" 3
sleep 1
# p0 and p1 have a row each, but the third has none and holds the watermark
put 0 1 01
put 1 2 03
wait_for 10 "SELECT rows_in FROM weir.queries WHERE name = 'v'" 2
same "$(sql "$watermark")" "" "the third partition has no watermark and holds"
# the third is idle: W = min(p0, p1)
wait_for 10 "$idle" "$topic/2"
put 0 3 20
wait_for 10 "SELECT rows_in FROM weir.queries WHERE name = 'v'" 3
same "$(sql "$watermark")" "2024-01-01 00:00:03" "W = min(20, 3)"
same "$(sql "$windows")" "" "nothing is emitted at W = 3"
# p1 is idle: W = 20
wait_for 10 "$idle" "$topic/1
$topic/2"
wait_for 5 "$windows" "$first"
same "$(sql "$watermark")" "2024-01-01 00:00:20" "W = 20"
same "$(sql "SELECT late FROM weir.queries WHERE name = 'v'")" 0 "nothing was late"
# a kill forgets none of it
engine_stop KILL
engine_start "$dir/q.sql"
same "$(sql "$windows")" "$first" "after a kill"
put 1 4 08
wait_for 10 "SELECT COUNT(*) FROM v.late" 1
same "$(sql "SELECT \"time\", watermark, window_start, window_end, topic, \"partition\", \"offset\" FROM v.late")" \
	"2024-01-01 00:00:08|2024-01-01 00:00:20|2024-01-01 00:00:00|2024-01-01 00:00:10|$topic|1|1" "the late row of p1"
same "$(sql "$windows")" "$first" "a late row changes no window"
same "$(sql "$watermark")" "2024-01-01 00:00:20" "W does not fall"
# active again, p1 holds: 30 in p0 closes [10,20) only when p1 has moved or is idle
put 0 5 30
wait_for 10 "SELECT rows_in FROM weir.queries WHERE name = 'v'" 2
same "$(sql "$windows")" "$first" "p1 is awake and holds"
put 1 6 29
wait_for 5 "$windows" "$first"
wait_for 5 "$watermark" "2024-01-01 00:00:29"
# when all are silent, W is that of the one ahead, and [20,30) closes
wait_for 10 "$windows" "$first
2024-01-01 00:00:20|2024-01-01 00:00:30|2"
same "$(sql "SELECT COUNT(*) FROM v.late")" 1 "one late row in all"
