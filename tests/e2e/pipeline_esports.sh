#!/bin/sh
# services: kafka s3
# timeout: 500
# The esports pipeline on real topics, killed twice in the middle: its Parquet files, read by pyarrow, against a computation of
# their own. Started as a user does: both jobs, then each alone, then both. Then the same into a bucket on S3, killed too.
# WEIR_FULL=1: 120,000 events instead of 5,000. EVENTS says how many.
set -eu
. tests/support/engine.sh
pyarrow=$(sh tests/support/python.sh) || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
events=5000
[ -z "${WEIR_FULL:-}" ] || events=120000
events=${EVENTS:-$events}
q=queries/esports
export KAFKA_BOOTSTRAP_SERVERS="$WEIR_TEST_KAFKA" KAFKA_TOPIC_MATCHES="matches-$unique" KAFKA_TOPIC_PLAYERS="players-$unique"
export DATA_LAKE_PATH="$dir/lake" ROLL_INTERVAL="2 s" ROLL_INACTIVITY="1 s" ROLL_CHECK="200 ms" WAIT_ATTEMPTS=20 WAIT_SECONDS=0.5
SPARK_UI_PORT=$(/usr/bin/python3 -c '
import socket
while True:
    a, b = socket.socket(), socket.socket()
    a.bind(("127.0.0.1", 0))
    try:
        b.bind(("127.0.0.1", a.getsockname()[1] + 1))
    except (OSError, OverflowError):
        continue
    print(a.getsockname()[1])
    break')
export SPARK_UI_PORT
python="/usr/bin/python3 tests/pipelines/esports.py"
jobs=
end_jobs() { for pid in $(cat "$dir"/lake/checkpoints/*/state.db-lock "$dir"/lake/checkpoints/*/*/state.db-lock 2>/dev/null) $jobs; do kill -9 "$pid" 2>/dev/null || true; done; }
trap 'end_status=$?; end_jobs; [ $end_status = 0 ] || tail -n 20 "$dir"/*.log; engine_end' EXIT

$python make "$events" "$dir"
KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1 WAIT_ATTEMPTS=1 timeout 60 sh $q/run.sh --job matches >"$dir/alone.log" 2>&1 &
alone=$!
for t in "$KAFKA_TOPIC_MATCHES" "$KAFKA_TOPIC_PLAYERS"; do timeout 60 "${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 3 "$WEIR_TEST_KAFKA" "$t" </dev/null; done
send() {
	timeout 120 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC_MATCHES" -K "$(printf '\t')" <"$dir/matches.$1"
	timeout 120 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC_PLAYERS" -K "$(printf '\t')" <"$dir/players.$1"
}
# start NAME ARGS...: run.sh, with its log in NAME.log
start() {
	name=$1
	shift
	: >"$dir/$name.log"
	sh $q/run.sh "$@" 2>"$dir/$name.log" &
	jobs="$jobs $!"
}
# ready NAME N: N engines of NAME serve
ready() {
	n=0
	until [ "$(grep -c '| ready |' "$dir/$1.log")" -ge "$2" ]; do
		n=$((n + 1))
		[ $n -lt 300 ] || die "$1 is not ready"
		sleep 0.1
	done
}
# ask match|player SQL: the engine that started last says where its socket is
ask() { psql -X -q -A -t -h "$(sed -n "s|.*/$1_stream/state.db\" psql=\"psql -h \([^ ]*\) .*|\1|p" "$dir/$name.log")" -U weir -v ON_ERROR_STOP=1 -c "$2" 2>&1; }
# until SECONDS WANT COMMAND...
until_is() {
	seconds=$1 want=$2
	shift 2
	n=0
	until [ "$("$@")" = "$want" ]; do
		n=$((n + 1))
		[ $n -lt $((seconds * 5)) ] || die "after $seconds s \"$*\" gives $("$@"), not $want"
		sleep 0.2
	done
}
kill_all() {
	end_jobs
	for job in $jobs; do wait "$job" 2>/dev/null || true; done
	jobs=
}
# until all records are read
wait_all() {
	read_all="SELECT COUNT(lag_records) = 3 AND SUM(lag_records) = 0 AND SUM(position) >= "
	until_is 120 t ask match "$read_all $(cat "$dir"/matches.[123] | wc -l) FROM weir.sources WHERE \"table\" = 'match_events'"
	until_is 120 t ask player "$read_all $(cat "$dir"/players.[123] | wc -l) FROM weir.sources WHERE \"table\" = 'player_events'"
}
# SIGTERM: all files have their names then
stop() {
	for job in $jobs; do kill -TERM "$job"; done
	for job in $jobs; do wait "$job" || die "status $? of run.sh"; done
	jobs=
}

# both, killed while files are open
send 1
start first --job all
ready first 2
n=0
until [ "$(find "$DATA_LAKE_PATH" -name '*.parquet' 2>/dev/null | wc -l)" -ge 3 ]; do
	n=$((n + 1))
	[ $n -lt 300 ] || die "no files"
	sleep 0.05
done
kill_all

# each alone, killed while the second half comes
start second --job matches --await-termination
start third --job=players
ready second 1
ready third 1
send 2
sleep 0.3
kill_all

# both to the end
start fourth
ready fourth 2
send 3
wait_all
until_is 30 t ask match "SELECT COUNT(*) > 0 FROM match_events.bad"
for path in healthz readyz metrics; do
	for port in "$SPARK_UI_PORT" $((SPARK_UI_PORT + 1)); do curl -sS -m 5 -f -o "$dir/$path" "http://127.0.0.1:$port/$path" || die "$path of port $port"; done
done
grep -q '^weir_query_rows_bad_total{query="players"} [1-9]' "$dir/metrics" || die "bad records are not counted: $(grep bad "$dir/metrics")"
grep -q 'cannot be decoded.*table="match_events"' "$dir"/*.log || die "malformed records are not logged"
stop
"$pyarrow" tests/pipelines/esports.py check "$dir" "$DATA_LAKE_PATH/processed"

# the same into a bucket: another address is all it takes
bucket=esports$$
sh tests/support/s3.sh bucket $bucket
CHECKPOINT_PATH="$dir/lake/checkpoints/bucket" PROCESSED_DATA_PATH="s3://$bucket/lake/processed"
export CHECKPOINT_PATH PROCESSED_DATA_PATH
start fifth
ready fifth 2
sleep 1.5
kill_all
start sixth
ready sixth 2
wait_all
stop
boto=$(sh tests/support/python.sh s3) || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
"$boto" tests/e2e/s3_peer.py get $bucket lake/processed "$dir/got"
"$pyarrow" tests/pipelines/esports.py check "$dir" "$dir/got/lake/processed"
same "$("$boto" tests/e2e/s3_peer.py uploads $bucket)" "" "uploads that are left"
unset CHECKPOINT_PATH PROCESSED_DATA_PATH

# the files as weir reads them, and a broker that is not there
PROCESSED_DATA_PATH="$DATA_LAKE_PATH/processed" timeout 60 "$WEIR" --format csv run $q/show.sql >"$dir/shown"
same "$(grep -cE '^(finished|live|scheduled),[0-9]+$' "$dir/shown")" 3 "folders of matches"
same "$(grep -cE '^(in)?active,(Top|Jungle|Mid|ADC|Support),[0-9]+,' "$dir/shown")" 10 "folders of players"
status=0
wait $alone || status=$?
same "$status" 1 "without a broker"
grep -q 'ERROR: the topic of matches not available after 1 attempts' "$dir/alone.log" || die "what is missing is not said: $(cat "$dir/alone.log")"
timeout 10 sh $q/run.sh --job nothing >"$dir/out" 2>&1 && die "an unknown job"
grep -q -- '--job matches' "$dir/out" || die "the usage is not said"
