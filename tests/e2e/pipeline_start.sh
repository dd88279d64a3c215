#!/bin/sh
# How the pipelines are started: what their run.sh tells the program, with a program in its place that writes down what it was told.
# services: none
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
root=$PWD
die() {
	echo "FAILED: $*" >&2
	exit 1
}
# answers as a broker that is there, unless DOWN says how often it is not
cat >"$dir/weir" <<'END'
#!/bin/sh
case " $* " in
*" check "*) exec "$CHECKS" "$@" ;;
*topic.sql* | *ready_*.sql* | *ready.sql*) [ ! -e "$TOLD.hangs" ] || exec sleep 30 ;;
esac
case " $* " in
*" serve "* | *event_producer.sql*) printf '%s\n' "$@" >"$TOLD" && env >"$TOLD.env" ;;
*)
	[ "$(cat "$TOLD.down")" -le 0 ] || {
		echo $(($(cat "$TOLD.down") - 1)) >"$TOLD.down"
		echo "no broker answers" >&2
		exit 1
	}
	;;
esac
END
chmod 755 "$dir/weir"
export TOLD="$dir/told"
# run STATUS PIPELINE [NAME=VALUE...] [-- ARG...]: run.sh in an empty environment
run() {
	want=$1 q=$2
	shift 2
	set -- "$@" --end
	named=
	[ "$1" != -- ] || set -- "" "$@"
	rm -f "$TOLD" "$TOLD.env"
	[ -s "$TOLD.down" ] || echo 0 >"$TOLD.down"
	: >"$dir/args"
	while [ "$1" != -- ] && [ "$1" != --end ]; do
		[ -z "$1" ] || printf 'export %s\n' "$(printf '%s' "$1" | sed "s/=/='/;s/\$/'/")" >>"$dir/args"
		shift
	done
	[ "$1" != -- ] || shift
	words=
	while [ "$1" != --end ]; do
		words="$words $1"
		shift
	done
	status=0
	env -i PATH="$PATH" TOLD="$TOLD" CHECKS="$WEIR" HOME=/nonexistent sh -c ". $dir/args; export WEIR=$dir/weir CHECKPOINT_LOCATION=$dir/c CHECKPOINT_PATH=$dir/c KAFKA_BOOTSTRAP_SERVERS=\${KAFKA_BOOTSTRAP_SERVERS:-b:1} MIGRATE=false WAIT_SECONDS=0; cd $dir; exec sh $root/queries/$q/run.sh $words" >"$dir/out" 2>&1 || status=$?
	[ "$status" = "$want" ] || die "$q $words: status $status, not $want: $(cat "$dir/out")"
}
told() { grep -qx -- "$1" "$TOLD" || die "weir was not told $1: $(cat "$TOLD")"; }
has() { grep -qx -- "$1" "$TOLD.env" || die "no $1 in its environment: $(grep "^${1%%=*}" "$TOLD.env")"; }
hasnt() { ! grep -q "^$1=" "$TOLD.env" || die "$1 should not be set: $(grep "^$1=" "$TOLD.env")"; }
says() { grep -q -- "$1" "$dir/out" || die "it does not say \"$1\": $(cat "$dir/out")"; }

# options behind "--" are those of weir serve; the log's level by all its names; another level is refused
for q in telemetra purchases device_telemetry esports; do
	job=
	[ $q != esports ] || job="--job matches"
	run 0 $q LOG_LEVEL=WARNING LOG_FORMAT=json -- $job -- --metrics 127.0.0.1:9464
	told --metrics && told 127.0.0.1:9464 && told serve && told warn && told json
	run 2 $q LOG_LEVEL=loud -- $job
	says 'LOG_LEVEL is DEBUG, INFO, WARNING, ERROR or CRITICAL, not loud'
	run 2 $q -- nonsense
	says "run.sh"
	# waits for the broker, and gives up
	echo 3 >"$TOLD.down"
	run 0 $q WAIT_ATTEMPTS=4 -- $job
	says 'waiting for .* (3 of 4)'
	echo 9 >"$TOLD.down"
	run 1 $q WAIT_ATTEMPTS=2 -- $job
	says 'ERROR: .* not available after 2 attempts'
	says 'no broker answers'
	# what is wrong with the configuration is said at once
	name=KAFKA_STARTING_OFFSETS
	[ $q != device_telemetry ] || name=WATERMARK_DELAY
	[ $q != purchases ] || name=KAFKA_AUTO_OFFSET_RESET
	run 2 $q $name=soon -- $job
	says "$name"
	! grep -q waiting "$dir/out" || die "it waits with a configuration that is wrong"
	echo 0 >"$TOLD.down"
done
run 2 telemetra TRIGGER_INTERVAL=often
says often
run 2 telemetra ANOMALY_THRESHOLD=high
says 'ANOMALY_THRESHOLD is a number, not high'
run 0 telemetra ANOMALY_THRESHOLD=2
run 2 esports ACTIVITY_DAYS=1.5
says 'ACTIVITY_DAYS is a number, not 1.5'
run 2 esports SPARK_UI_PORT=ui
says 'SPARK_UI_PORT is a number, not ui'

# SIGTERM ends the wait at once, also in a container, where run.sh is the first process and has no default for signals
: >"$TOLD.hangs"
if timeout 5 unshare -fp --kill-child true 2>/dev/null; then
	for q in telemetra purchases device_telemetry esports; do
		KAFKA_BOOTSTRAP_SERVERS=b:1 CHECKPOINT_LOCATION="$dir/c" CHECKS="$WEIR" WEIR="$dir/weir" timeout 40 unshare -fp --kill-child sh "$root/queries/$q/run.sh" >"$dir/out" 2>&1 &
		outer=$!
		sleep 1
		began=$(date +%s)
		first=$(pgrep -f "^sh $root/queries/$q/run.sh" | head -n 1)
		kill -TERM "$first"
		wait $outer || true
		[ $(($(date +%s) - began)) -le 10 ] || die "$q: SIGTERM does not end the wait of a container"
	done
fi
rm -f "$TOLD.hangs"

# esports: --job needs its value
run 2 esports -- --job
says 'needs a value: all, matches or players'
run 2 esports -- --job=
says 'all, matches or players, not ""'

# purchases: a replay reads the whole topic; CONFIG is a file beside the caller too, and an error if it cannot be read
run 0 purchases KAFKA_AUTO_OFFSET_RESET=latest -- replay
has KAFKA_AUTO_OFFSET_RESET=earliest
run 0 purchases KAFKA_AUTO_OFFSET_RESET=latest
has KAFKA_AUTO_OFFSET_RESET=latest
printf 'KAFKA_TOPIC=mine\nLOG_LEVEL=ERROR\n' >"$dir/my.env"
run 0 purchases CONFIG=my.env
has KAFKA_TOPIC=mine
told error
run 0 purchases CONFIG=my.env KAFKA_TOPIC=his
has KAFKA_TOPIC=his
run 2 purchases CONFIG=other.env
says 'ERROR: the configuration other.env cannot be read'
run 2 purchases CONFIG="$dir"
says 'cannot be read'

# device_telemetry: a pair of keys is one pair, the first that is whole; a token belongs to the pair of its names
device() { run 0 device_telemetry S3_BUCKET=bucket "$@"; }
aws="AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=s=1" token=AWS_SESSION_TOKEN=t s3="S3_ACCESS_KEY=b S3_SECRET_KEY=x" minio=S3_ENDPOINT=http://m:1
device $aws $token $s3 $minio
has AWS_ACCESS_KEY_ID=a && has AWS_SECRET_ACCESS_KEY=s=1 && has AWS_SESSION_TOKEN=t && has AWS_ENDPOINT_URL_S3=http://m:1 && has OUTPUT_PATH=s3://bucket/streaming-output
told "$root/queries/device_telemetry/files.sql"
device $token $s3 $minio
has AWS_ACCESS_KEY_ID=b && has AWS_SECRET_ACCESS_KEY=x && hasnt AWS_SESSION_TOKEN
device $token $minio S3_PREFIX=p/q
has AWS_ACCESS_KEY_ID=minioadmin && has AWS_SECRET_ACCESS_KEY=minioadmin && hasnt AWS_SESSION_TOKEN && has OUTPUT_PATH=s3://bucket/p/q
device $token $minio S3_PREFIX=/p/q//
has OUTPUT_PATH=s3://bucket/p/q
device $token $minio S3_PREFIX=/
has OUTPUT_PATH=s3://bucket
device $token S3_ENDPOINT= AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY=
hasnt AWS_ACCESS_KEY_ID && hasnt AWS_SECRET_ACCESS_KEY && hasnt AWS_SESSION_TOKEN && hasnt AWS_ENDPOINT_URL_S3
run 2 device_telemetry S3_BUCKET=b AWS_ACCESS_KEY_ID=a $s3 $minio
says 'AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not'
run 2 device_telemetry S3_BUCKET=b S3_SECRET_KEY=x $minio
says 'S3_SECRET_KEY is set and S3_ACCESS_KEY is not'
run 0 device_telemetry AWS_ACCESS_KEY_ID=a OUTPUT_PATH=/o
told "$root/queries/device_telemetry/files.sql" && has OUTPUT_PATH=/o
run 0 device_telemetry
told "$root/queries/device_telemetry/console.sql"
