#!/bin/sh
# services: kafka s3
# timeout: 400
# The device telemetry pipeline into a bucket, killed in the middle: JSON and Parquet objects, read by another client, against a
# computation of their own; keys by each of their names. WEIR_FULL=1: 120,000 events instead of 5,000. EVENTS says how many.
set -eu
. tests/support/engine.sh
events=5000
[ -z "${WEIR_FULL:-}" ] || events=120000
events=${EVENTS:-$events}
q=queries/device_telemetry
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
python="/usr/bin/python3 tests/pipelines/device_telemetry.py"
client=$(sh tests/support/python.sh s3)
parquet=$(sh tests/support/python.sh)
bucket=devices-$unique
sh tests/support/s3.sh bucket "$bucket"
export KAFKA_BOOTSTRAP_SERVERS="$WEIR_TEST_KAFKA" KAFKA_TOPIC="devices-$unique" KAFKA_STARTING_OFFSETS=earliest
export S3_BUCKET="$bucket" S3_ENDPOINT="$AWS_ENDPOINT_URL_S3" CHECKPOINT_LOCATION="$dir/state" ROLL_INTERVAL="1 s" ROLL_CHECK="200 ms"

$python make "$events" "$dir"
timeout 60 "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$KAFKA_TOPIC" </dev/null
send() { timeout 120 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC" -p 0 <"$dir/$1"; }
ask() { PGCONNECT_TIMEOUT=5 timeout 20 psql -X -q -A -t -h "$CHECKPOINT_LOCATION/device_telemetry.db-sock" -U weir -c "$1" 2>&1; }
# run [NAME=VALUE...]: the job with these and without the keys of the environment
run() {
	: >"$dir/started"
	env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_ENDPOINT_URL_S3 HOME="$dir" "$@" sh $q/run.sh >>"$dir/run.out" 2>>"$dir/started" &
	engine=$!
	wait_log 60 '| ready |'
}
get() {
	rm -rf "$dir/got"
	"$client" tests/e2e/s3_peer.py get "$bucket" streaming-output "$dir/got"
	cat "$dir/got/streaming-output/json"/* >"$dir/json" 2>/dev/null || : >"$dir/json"
}
# rows N: waits until so many rows are visible
rows() {
	tries=0
	until get && [ "$(wc -l <"$dir/json")" -ge "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || die "$(wc -l <"$dir/json") rows of $1 in the bucket"
		sleep 0.3
	done
}

set -- $($python count "$dir")
windows=$1 rejects=$2
send first
run S3_ACCESS_KEY="$AWS_ACCESS_KEY_ID" S3_SECRET_KEY="$AWS_SECRET_ACCESS_KEY"
rows 100
engine_stop KILL
# AWS_... go before S3_...
run AWS_ACCESS_KEY_ID="$AWS_ACCESS_KEY_ID" AWS_SECRET_ACCESS_KEY="$AWS_SECRET_ACCESS_KEY" S3_ACCESS_KEY=other S3_SECRET_KEY=other
send second
rows "$windows"
tries=0
until [ "$(ask 'SELECT COUNT(*) FROM rejected_events')" = "$rejects" ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || die "rejects: $(ask 'SELECT COUNT(*) FROM rejected_events')"
	sleep 0.2
done
ask "SELECT rule, COALESCE(event_id, ''), \"offset\" FROM rejected_events" >"$dir/rejects"
ask "SELECT DISTINCT \"offset\" FROM input_events.bad" >"$dir/bad"
engine_stop TERM
get
same "$(wc -l <"$dir/json")" "$windows" "rows of the JSON objects"
$python check "$dir" "$dir/json"
"$parquet" - "$dir/got/streaming-output/parquet" >"$dir/parquet.json" <<'PY'
import glob, json, sys
import pyarrow.parquet as pq
for path in sorted(glob.glob(sys.argv[1] + "/*")):
    for row in pq.read_table(path).to_pylist():
        for name in ("window_start", "window_end", "last_event_time"):
            row[name] = row[name].strftime("%Y-%m-%dT%H:%M:%S.") + f"{row[name].microsecond // 1000:03d}Z"
        print(json.dumps(row))
PY
same "$(wc -l <"$dir/parquet.json")" "$windows" "rows of the Parquet objects"
$python check "$dir" "$dir/parquet.json"
same "$("$client" tests/e2e/s3_peer.py uploads "$bucket")" "" "uploads that are left"

# MinIO's default keys, which this server does not know: the job does not start, and says why
env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY CHECKPOINT_LOCATION="$dir/default" timeout 60 sh $q/run.sh >"$dir/refused" 2>&1 && die "a job with wrong keys starts"
grep -q 'InvalidAccessKeyId' "$dir/refused" || die "wrong keys: $(cat "$dir/refused")"
# keys of the credentials file are for Amazon's; a file is asked when there is no S3_ENDPOINT
mkdir -p "$dir/.aws"
printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >"$dir/.aws/credentials"
run S3_ENDPOINT= AWS_ENDPOINT_URL="$AWS_ENDPOINT_URL_S3" CHECKPOINT_LOCATION="$dir/file" S3_PREFIX=by/file
tries=0
until [ "$("$client" tests/e2e/s3_peer.py keys "$bucket" by/file/json | wc -l)" -gt 0 ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || die "nothing was written with the keys of the file"
	sleep 0.3
done
engine_stop TERM
