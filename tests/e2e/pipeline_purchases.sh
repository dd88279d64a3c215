#!/bin/sh
# timeout: 300
# The purchases pipeline on a real topic, killed in the middle: its pages and violations against a computation of their own.
# WEIR_FULL=1: 120,000 events instead of 5,000. EVENTS says how many.
set -eu
. tests/support/engine.sh
events=5000
[ -z "${WEIR_FULL:-}" ] || events=120000
events=${EVENTS:-$events}
q=queries/purchases
export KAFKA_BOOTSTRAP_SERVERS="$WEIR_TEST_KAFKA" KAFKA_TOPIC="purchases-$unique"
python="/usr/bin/python3 tests/pipelines/purchases.py"
files="$q/source.sql $q/validator.sql $q/violations.sql $q/batch_event_time.sql $q/streaming_job.sql"

timeout 100 "$WEIR" test $q/purchases_test.sql >"$dir/rules" 2>&1 || { cat "$dir/rules"; die "the rules"; }
$python make "$events" "$dir"
timeout 60 "${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 1 "$WEIR_TEST_KAFKA" "$KAFKA_TOPIC" </dev/null
send() { timeout 120 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC" -p 0 -K "$(printf '\t')" <"$dir/$1"; }
start() {
	"$WEIR" --log info serve --state "$state" --socket "$dir/sock" $files >>"$dir/pages" 2>>"$dir/started" &
	engine=$!
	wait_log 30 '| ready |'
}
# pages N: waits until N different pages are printed
pages() {
	tries=0
	until [ "$($python pages "$dir/pages")" -ge "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || die "only $($python pages "$dir/pages") pages of $1"
		sleep 0.2
	done
}
log=$dir/started
: >"$dir/pages"
: >"$dir/started"

send first
start
pages 3
kill -9 "$engine"
wait "$engine" 2>/dev/null || true
mv "$dir/started" "$dir/before_kill.log"
: >"$dir/started"
start
send second
# the last event closes all windows before it
wait_for 120 "SELECT DISTINCT \"offset\" FROM rule_violations WHERE event_id = 'end'" "$events"
all=$((events / 500 + 1))
tries=0
until /usr/bin/python3 -c "import sys; sys.exit(0 if open('$dir/pages').read().count('BATCH ') >= $all else 1)"; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || break
	sleep 0.1
done
sleep 1
sql "SELECT rule, COALESCE(event_id, ''), \"offset\" FROM violations" >"$dir/violations"
$python check "$dir" "$dir/pages"
engine_stop TERM

# However fast events are made, none has the name of another.
echo 'SELECT COUNT(*), COUNT(DISTINCT event_id) FROM made_events' >"$dir/names.sql"
same "$(MAX_EVENTS=100000 EVENTS_PER_SECOND=50000 timeout 60 "$WEIR" --format tsv run $q/event_generator.sql "$dir/names.sql")" "100000	100000" "events and their names"

# The producer, the job by the clock and the health check, as a user starts them.
export KAFKA_TOPIC="made-$unique" CHECKPOINT_LOCATION="$dir/checkpoints" MAX_EVENTS=200 EVENTS_PER_SECOND=1000 TRIGGER_PROCESSING_TIME="1 second" PRODUCER_LINGER_MS=50
timeout 60 "${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 1 "$WEIR_TEST_KAFKA" "$KAFKA_TOPIC" </dev/null
timeout 60 sh $q/health.sh >"$dir/health" || { cat "$dir/health"; die "the health check fails"; }
same "$(grep -c '^ok ' "$dir/health")" 5 "lines of the health check"
cp $q/config.env "$dir/my.env"
(root=$PWD && cd "$dir" && CONFIG=my.env timeout 60 sh "$root/$q/health.sh" >"$dir/health") || { cat "$dir/health"; die "the health check with a configuration beside the caller"; }
CONFIG=/nowhere timeout 60 sh $q/health.sh >"$dir/health" && die "a configuration that is not there is not noticed"
sh $q/run.sh >"$dir/made_pages" 2>"$dir/started" &
engine=$!
wait_log 30 '| ready |'
timeout 60 sh $q/run.sh producer 2>"$dir/producer.log" || { cat "$dir/producer.log"; die "the producer"; }
timeout 30 kcat -C -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC" -p 0 -o beginning -e -q -K "$(printf '\t')" >"$dir/made"
same "$(grep -c . "$dir/made")" 200 "made events"
tries=0
until $python made "$dir/made" "$dir/made_pages" 2>"$dir/made.err"; do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || { cat "$dir/made.err"; die "the pages by the clock"; }
	sleep 0.2
done
grep -q 'STREAMING DATA PIPELINE - STARTED' "$dir/made_pages" || die "no banner"
