#!/bin/sh
# The status line: one for each query that runs, counts since the line before, at an interval that SET changes; none for one that does not
# run; as JSON; also of weir run. A log as JSON has nothing but JSON.
# services: none
. tests/support/engine.sh
set -eu
cat >"$dir/job.sql" <<'END'
CREATE TABLE own (k INT);
CREATE TABLE g (id BIGINT, at AS PROCTIME()) WITH ('connector' = 'datagen', 'rows-per-second' = '50', 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '1000000');
CREATE MATERIALIZED VIEW counted AS SELECT COUNT(*) AS n FROM g;
CREATE MATERIALIZED VIEW doubled AS SELECT k * 2 AS k FROM own;
CREATE TABLE hole (k INT) WITH ('connector' = 'blackhole');
INSERT INTO hole SELECT k FROM doubled;
END
engine_start --set weir.status.interval=0 "$dir/job.sql"
sleep 1
grep -q '| status |' "$log" && die "a line though the interval is 0"
sql "INSERT INTO own VALUES (1), (2), (3)" >/dev/null
sql "SET \"weir.status.interval\" = '300 ms'" >/dev/null
lines() { grep -c "| status | INFO | query runs | query=\"$1\"" "$log"; }
until_lines() {
	n=0
	until [ "$(lines "$1")" -ge "$2" ]; do
		n=$((n + 1))
		[ $n -lt 200 ] || die "no $2 lines of $1: $(tail -5 "$log")"
		sleep 0.1
	done
}
until_lines counted 4
until_lines hole 2
sql "PAUSE hole" >/dev/null
sleep 0.5
paused=$(lines hole)
sql "INSERT INTO own VALUES (4)" >/dev/null
until_lines counted 8
same "$(lines hole)" "$paused" "lines of a paused query"
sql "SET \"weir.status.interval\" = '0'" >/dev/null
sleep 0.7
stopped=$(lines counted)
all=$(sed -n 's/.*query="counted" rows_in=\([0-9]*\) .*/\1/p' "$log" | awk '{ s += $1 } END { print s }')
rows=$(sql "SELECT rows_in FROM weir.queries WHERE name = 'counted'")
[ "$all" -gt 0 ] && [ "$all" -le "$rows" ] && [ $((rows - all)) -le 200 ] || die "the lines add up to $all of $rows rows"
same "$(sed -n 's/.*query="doubled" rows_in=\([0-9]*\) rows_out=\([0-9]*\) late=0 bad=0 held=0 .*/\1 \2/p' "$log" | awk '{ a += $1; b += $2 } END { print a, b }')" "4 4" "rows of doubled, in all"
grep -q 'query="counted" rows_in=[0-9]* rows_out=[0-9]* late=0 bad=0 held=0 rows_per_s=[0-9]* .*state_bytes=[0-9]* epoch=[0-9]* commit_age_ms=[0-9]*$' "$log" || die "a line lacks a part: $(grep '| status |' "$log" | tail -1)"
sleep 0.7
same "$(lines counted)" "$stopped" "lines after the interval was set to 0"
engine_stop
same "$status" 0 "the end"

# event time: delay of the watermark, late rows, records that could not be read; as JSON, of weir run too
mkdir "$dir/in"
for i in 1 2 3; do echo "{\"k\":$i,\"at\":\"2024-01-01 00:00:0$i\"}"; done >"$dir/in/a.json"
printf '{"k":1,"at":"x"}\n{"k":9,"at":"2024-01-01 00:00:40"}\n{"k":4,"at":"2024-01-01 00:00:01"}\n' >>"$dir/in/a.json"
cat >"$dir/time.sql" <<END
CREATE TABLE f (k INT, at TIMESTAMP(3), WATERMARK FOR at AS at) WITH ('connector' = 'filesystem', 'path' = '$dir/in', 'format' = 'json', 'source.monitor-interval' = '100 ms');
CREATE MATERIALIZED VIEW w AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE f, DESCRIPTOR(at), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
END
timeout 30 "$WEIR" run --log info --log-format json --set weir.status.interval='400 ms' "$dir/time.sql" >"$dir/run.log" 2>&1 &
engine=$!
n=0
until [ "$(grep -c '"component":"status"' "$dir/run.log")" -ge 3 ]; do
	n=$((n + 1))
	[ $n -lt 100 ] || die "no lines of weir run: $(cat "$dir/run.log")"
	sleep 0.1
done
kill -INT "$engine"
wait "$engine" || die "weir run: $(tail -5 "$dir/run.log")"
engine=
/usr/bin/python3 - "$dir/run.log" <<'END' || die "$(grep status "$dir/run.log")"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1]) if '"component":"status"' in line]
assert all(r["query"] == "w" and r["level"] == "INFO" for r in rows), rows
total = {k: sum(r[k] for r in rows) for k in ("rows_in", "rows_out", "late", "bad")}
assert total == {"rows_in": 5, "rows_out": 1, "late": 1, "bad": 1}, total
last = rows[-1]
assert last["held"] == 1 and last["lag_records"] >= 0 and last["state_bytes"] > 0 and last["epoch"] > 0, last
assert last["watermark_delay_ms"] > 1e10 and 0 <= last["commit_age_ms"] < 60000, last
END
"$WEIR" --set weir.status.interval='2 d' -c 'SELECT 1' >"$dir/out" 2>&1 && die "an interval over its bound"
grep -q 'It takes 0 ms to 1 d' "$dir/out" || die "$(cat "$dir/out")"

# a log as JSON has lines of JSON alone: what the files say at the start, also at the second one, and their errors
echo "CREATE TABLE d (k INT); CREATE MATERIALIZED VIEW dv AS SELECT k FROM d;" >"$dir/json.sql"
echo "SELECT nothing FROM nowhere;" >"$dir/wrong.sql"
json_serve() { # seconds, file: serves that long
	timeout -s TERM "$1" "$WEIR" --log-format json serve --state "$dir/json.db" "$2" >"$dir/json.out" 2>"$dir/json.log" || true
	/usr/bin/python3 - "$dir/json.log" "$3" <<'END' || die "$(cat "$dir/json.log")"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert any(sys.argv[2] in r["message"] for r in rows), rows
END
}
json_serve 2 "$dir/json.sql" ready
json_serve 2 "$dir/json.sql" 'materialized view "dv" goes on'
json_serve 10 "$dir/wrong.sql" 'may not hold a SELECT'
status=0
"$WEIR" --log-format xml -c 'SELECT 1' >"$dir/out" 2>&1 || status=$?
same "$status $(cat "$dir/out")" "2 weir: unknown log format xml: text or json" "an unknown format of the log"
echo ok
