#!/bin/sh
# timeout: 400
# The device telemetry pipeline on a real topic, killed in the middle: results, rejects, late and bad records against a computation
# of their own. WEIR_FULL=1: 120,000 events instead of 5,000. EVENTS says how many.
set -eu
. tests/support/engine.sh
events=5000
[ -z "${WEIR_FULL:-}" ] || events=120000
events=${EVENTS:-$events}
q=queries/device_telemetry
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
export KAFKA_BOOTSTRAP_SERVERS="$WEIR_TEST_KAFKA" KAFKA_TOPIC="devices-$unique" KAFKA_STARTING_OFFSETS=earliest
python="/usr/bin/python3 tests/pipelines/device_telemetry.py"
files="$q/source.sql $q/events.sql $q/windows.sql $q/rejects.sql"

timeout 100 "$WEIR" test $q/device_telemetry_test.sql >"$dir/rules" || { cat "$dir/rules"; die "the rules"; }
$python make "$events" "$dir"
timeout 60 "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$KAFKA_TOPIC" </dev/null
send() { timeout 120 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC" -p 0 <"$dir/$1"; }
: >"$dir/results"
: >"$dir/started"
# start STATE FILE...
start() {
	state=$1
	shift
	"$WEIR" --log info serve --state "$state" --socket "$dir/sock" $files "$@" >>"$dir/results" 2>>"$dir/started" &
	engine=$!
	wait_log 30 '| ready |'
}
restart() {
	kill -9 "$engine"
	wait "$engine" 2>/dev/null || true
	mv "$dir/started" "$dir/before_kill.log"
	: >"$dir/started"
}
# lines N: waits until so many different results are there
lines() {
	tries=0
	until [ "$(sort -u "$dir/results" | wc -l)" -ge "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || die "only $(sort -u "$dir/results" | wc -l) results of $1"
		sleep 0.2
	done
}
# what the side tables hold, for check
side() {
	sql "SELECT rule, COALESCE(event_id, ''), \"offset\" FROM rejected_events" >"$dir/rejects"
	sql "SELECT DISTINCT \"offset\" FROM input_events.bad" >"$dir/bad"
}

set -- $($python count "$dir")
windows=$1 rejects=$2 late=$4
send first
start "$dir/a.db" $q/console.sql
lines 100
restart
start "$dir/a.db" $q/console.sql
send second
lines "$windows"
wait_for 60 "SELECT COUNT(*) FROM rejected_events" "$rejects"
wait_for 10 "SELECT COUNT(*) FROM console.late" "$late"
side
$python check "$dir" "$dir/results"
engine_stop TERM


# The same into files, JSON and Parquet, by run.sh; then the producer and the console.
export CHECKPOINT_LOCATION="$dir/state" OUTPUT_PATH="$dir/output" ROLL_INTERVAL="1 s" ROLL_CHECK="200 ms"
run() {
	sh $q/run.sh >>"$dir/run.out" 2>>"$dir/started" &
	engine=$!
	wait_log 60 '| ready |'
}
ask() { PGCONNECT_TIMEOUT=5 timeout 20 psql -X -q -A -t -h "$CHECKPOINT_LOCATION/device_telemetry.db-sock" -U weir -c "$1" 2>&1; }
: >"$dir/started"
run
tries=0
until [ "$(cat "$OUTPUT_PATH"/json/part* 2>/dev/null | wc -l)" -ge 100 ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || die "no files"
	sleep 0.2
done
restart
run
tries=0
until [ "$(cat "$OUTPUT_PATH"/json/part* | wc -l)" -ge "$windows" ] && [ "$(ask 'SELECT COUNT(*) FROM rejected_events')" = "$rejects" ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || die "$(cat "$OUTPUT_PATH"/json/part* | wc -l) results in files"
	sleep 0.2
done
engine_stop TERM
cat "$OUTPUT_PATH"/json/part* >"$dir/json"
same "$(wc -l <"$dir/json")" "$windows" "rows of the JSON files"
peer=$(sh tests/support/python.sh)
"$peer" - "$OUTPUT_PATH/parquet" >"$dir/parquet.json" <<'PY'
import glob, json, sys
import pyarrow.parquet as pq
for path in sorted(glob.glob(sys.argv[1] + "/part*")):
    for row in pq.read_table(path).to_pylist():
        for name in ("window_start", "window_end", "last_event_time"):
            row[name] = row[name].strftime("%Y-%m-%dT%H:%M:%S.") + f"{row[name].microsecond // 1000:03d}Z"
        print(json.dumps(row))
PY
same "$(wc -l <"$dir/parquet.json")" "$windows" "rows of the Parquet files"
$python check "$dir" "$dir/json"
$python check "$dir" "$dir/parquet.json"
unset OUTPUT_PATH

mkdir "$dir/made"
export KAFKA_TOPIC="made-$unique" MAX_EVENTS=500 EVENTS_PER_SECOND=2000 WATERMARK_DELAY="20 seconds" DELAY_MS=20000 CHECKPOINT_LOCATION="$dir/made"
timeout 60 "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$KAFKA_TOPIC" </dev/null
: >"$dir/started"
: >"$dir/run.out"
run
timeout 60 sh $q/run.sh producer 2>"$dir/producer.log" || { cat "$dir/producer.log"; die "the producer"; }
$python last | timeout 60 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC" -p 0
timeout 30 kcat -C -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC" -p 0 -o beginning -e -q >"$dir/made/first"
: >"$dir/made/second"
set -- $($python count "$dir/made")
tries=0
until [ "$(wc -l <"$dir/run.out")" -ge "$1" ] && [ "$(ask 'SELECT COUNT(*) FROM rejected_events')" = "$2" ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || die "$(wc -l <"$dir/run.out") results of made events, $1 are expected"
	sleep 0.1
done
ask "SELECT rule, COALESCE(event_id, ''), \"offset\" FROM rejected_events" >"$dir/made/rejects"
ask "SELECT DISTINCT \"offset\" FROM input_events.bad" >"$dir/made/bad"
$python check "$dir/made" "$dir/run.out"
grep -q 'device telemetry on weir' "$dir/started" || die "the configuration is not shown"
KAFKA_STARTING_OFFSETS='{"input_events":{"0":5}}' sh $q/run.sh 2>"$dir/refused" && die "offsets by partition are not refused"
KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1 WAIT_ATTEMPTS=2 WAIT_SECONDS=0 sh $q/run.sh 2>"$dir/refused" && die "a broker that is not there is not noticed"
grep -q 'Kafka not available after 2 attempts' "$dir/refused" || die "it is not said that there is no broker"
