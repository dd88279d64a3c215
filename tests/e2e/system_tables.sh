#!/bin/sh
# Every table of schema weir and every side table, on a served engine: what each column says of known input, and what is left after a restart.
# services: none
. tests/support/engine.sh
set -eu
mkdir "$dir/in"
{
	for i in 1 2 3 4 5 6; do echo "{\"k\":$((i % 2)),\"v\":$i,\"at\":\"2024-01-01 00:00:0$i\"}"; done
	echo '{"k":1,"v":"x","at":"2024-01-01 00:00:07"}'
	echo '{"k":1,"v":100,"at":"2024-01-01 00:00:25"}'
	echo '{"k":0,"v":7,"at":"2024-01-01 00:00:02"}'
} >"$dir/in/a.json"
size=$(wc -c <"$dir/in/a.json")
cat >"$dir/job.sql" <<END
CREATE TABLE f (k INT, v INT, at TIMESTAMP(3), WATERMARK FOR at AS at - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '$dir/in', 'format' = 'json', 'source.monitor-interval' = '100 ms');
CREATE TABLE own (k INT, PRIMARY KEY (k) NOT ENFORCED);
CREATE MATERIALIZED VIEW w AS SELECT window_start AS s, k, SUM(v) AS n FROM TABLE(TUMBLE(TABLE f, DESCRIPTOR(at), INTERVAL '10' SECOND)) WHERE v <> 3 GROUP BY window_start, window_end, k;
CREATE TABLE hole (k INT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
INSERT INTO hole SELECT k, COUNT(*) FROM own GROUP BY k;
END
engine_start "$dir/job.sql"
wait_for 20 "SELECT COUNT(*) FROM w" 2
wait_for 20 "SELECT COUNT(*) FROM w.late" 1
wait_for 20 "SELECT COUNT(*) FROM f.bad" 1
sql "INSERT INTO own VALUES (1), (2)" >/dev/null
wait_for 20 "SELECT \"rows\" FROM weir.sinks" 2

# queries: in = bad + filtered + late + taken
same "$(sql "SELECT name, kind, state, rows_in, late, bad, filtered, expired, \"unknown\", held, watermark, waits_for, error_code, error FROM weir.queries ORDER BY name")" \
	"hole|sink|running|2|0|0|0|0|0|0||||
w|view|running|8|1|1|1|0|0|1|2024-01-01 00:00:24|||" queries
same "$(sql "SELECT COUNT(*) FROM weir.queries WHERE started BETWEEN NOW() - INTERVAL '5' MINUTE AND NOW() AND state_bytes >= 0 AND rows_out > 0")" 2 "queries: started, state"
same "$(sql "SELECT lag_records, lag_ms FROM weir.queries WHERE name = 'w'")" "0|0" "queries: lag"
same "$(sql "SHOW QUERIES" | cut -d'|' -f1-3 | sort)" "hole|sink|running
w|view|running" "SHOW QUERIES"
# operators
same "$(sql "SELECT operator, rows_in, rows_out, filtered, late FROM weir.operators WHERE \"query\" = 'w' AND operator IN ('Filter', 'WindowAggregate') ORDER BY id")" \
	"$(sql "SELECT operator, rows_in, rows_out, filtered, late FROM weir.operators WHERE \"query\" = 'w' AND (filtered = 1 OR late = 1) ORDER BY id")" "operators: what dropped rows"
same "$(sql "SELECT SUM(filtered), SUM(late), SUM(duplicate), SUM(expired) FROM weir.operators WHERE \"query\" = 'w'")" "1|1|0|0" "operators: dropped"
same "$(sql "SELECT COUNT(*) FROM weir.operators WHERE \"query\" = 'w' AND operator = 'Materialize' AND state_rows >= 0 AND state_bytes >= 0")" 1 "operators: the view"
# sources, watermarks
same "$(sql "SELECT \"query\", \"table\", \"partition\", lag_records, lag_ms, watermark, idle, done, gaps, trouble FROM weir.sources")" \
	"w|f|$dir/in/a.json|0|0|2024-01-01 00:00:24|f|t|0|" sources
same "$(sql "SELECT position, \"end\" FROM weir.sources")" "$size|$size" "sources: a file that was read is at its end"
same "$(sql "SELECT \"query\", \"table\", watermark, partitions, idle FROM weir.watermarks")" "w|f|2024-01-01 00:00:24|1|0" watermarks
# sinks
wait_for 20 "SELECT COUNT(*) FROM weir.sinks WHERE delivered_epoch > 0 AND delivered_epoch <= epoch" 1
same "$(sql "SELECT name, connector, state, waiting_bytes, \"rows\", refused, retries, error_code, error FROM weir.sinks")" "hole|blackhole|delivering|0|2|0|0||" sinks
# checkpoints
same "$(sql "SELECT COUNT(*) FROM weir.checkpoints WHERE epoch >= landed_epoch AND landed_epoch > 0 AND epochs > 0 AND entries > 0 AND written_bytes > 0 AND commit_us_max >= commit_us AND landed_at BETWEEN NOW() - INTERVAL '5' MINUTE AND NOW()")" 1 checkpoints
# settings and history
same "$(sql "SELECT scope, COUNT(*) > 2 FROM weir.settings GROUP BY scope ORDER BY scope")" "engine|t
query|t
session|t
start|t" "settings: classes"
same "$(sql "SELECT COUNT(*) FROM weir.history WHERE event = 'query started' AND name IN ('w', 'hole')")" 2 history
# the tables are what tools see, and join like others
same "$(sql "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'weir'")" 8 "tables of the schema"
same "$(sql "SELECT q.name, s.\"partition\" FROM weir.queries q JOIN weir.sources s ON s.\"query\" = q.name")" "w|$dir/in/a.json" "a join of two of them"
sql "DELETE FROM weir.history" >"$dir/out" && die "a system table was changed"
sql "CREATE TABLE weir.x (a INT)" >"$dir/out" && die "a table was made in schema weir"
sql "CREATE MATERIALIZED VIEW mw AS SELECT name FROM weir.queries" >"$dir/out" && die "a continuous query over a system table"
grep -q 'HINT' "$dir/out" || die "no hint: $(cat "$dir/out")"

# side tables: the record with its place and reason, the late row with what it met
same "$(sql "SELECT field, code, CAST(\"value\" AS STRING) FROM f.bad")" "v|W1502|{\"k\":1,\"v\":\"x\",\"at\":\"2024-01-01 00:00:07\"}" "f.bad"
sql "SELECT * FROM w.late" >"$dir/late"
grep -q '2024-01-01 00:00:02.*2024-01-01 00:00:24' "$dir/late" || die "w.late: $(cat "$dir/late")"
# restart: side tables and history stay, counters begin anew
engine_stop KILL
engine_start "$dir/job.sql"
same "$(sql "SELECT (SELECT COUNT(*) FROM f.bad), (SELECT COUNT(*) FROM w.late)")" "1|1" "side tables after kill -9"
same "$(sql "SELECT rows_in, late, bad, watermark FROM weir.queries WHERE name = 'w'")" "0|0|0|2024-01-01 00:00:24" "counters after a restart"
engine_stop
echo ok
