#!/bin/sh
# Rows of a closed window do not wait for the end of a long epoch: a view shows them at once; nor does the end of a run.
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
topic=$unique-w
put() { printf '%s\n' "$1" | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -P; }
"${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 1 "$WEIR_TEST_KAFKA" "$topic" </dev/null
cat >"$dir/q.sql" <<SQL
CREATE TABLE e (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector'='kafka','topic'='$topic','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json');
CREATE MATERIALIZED VIEW w AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
SQL
"$WEIR" --log info serve --state "$state" --socket "$dir/sock" --set 'execution.checkpointing.interval=1 h' "$dir/q.sql" >"$dir/started" 2>&1 &
engine=$!
log=$dir/started
wait_log 30 '| ready |'
put '{"k":"a","ts":"2024-05-01 10:00:01"}
{"k":"b","ts":"2024-05-01 10:00:02"}
{"k":"a","ts":"2024-05-01 10:01:00"}'
wait_for 20 "SELECT n FROM w" 2
put '{"k":"a","ts":"2024-05-01 10:02:30"}'
wait_for 20 "SELECT SUM(n) FROM w" 3
# Nor does a run whose sources have ended.
printf '{"k":"a"}\n{"k":"b"}\n' >"$dir/two.json"
cat >"$dir/run.sql" <<SQL
CREATE TABLE two (k STRING) WITH ('connector'='filesystem','path'='$dir/two.json','format'='json');
CREATE TABLE p (n BIGINT) WITH ('connector'='print');
INSERT INTO p SELECT COUNT(*) FROM two;
SQL
timeout 20 "$WEIR" --state "$dir/run.db" --set 'execution.checkpointing.interval=1 h' --set 'weir.epoch.min=1 h' run "$dir/run.sql" >"$dir/run.out" ||
	die "the run does not end"
grep -q '+.*\[2\]' "$dir/run.out" || die "$(cat "$dir/run.out")"
