#!/bin/sh
# Health check: is the program there, can the configuration and the files be read, do events come out of the generator and
# pass the validator, does the broker answer, does the topic exist? A line for each; the status is 0 when all is well.
#   sh queries/purchases/health.sh
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../job.sh"
config=${CONFIG:-$here/config.env}
failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# step NAME COMMAND...
step() {
	name=$1
	shift
	if "$@" >"$out" 2>&1; then
		echo "ok      $name"
	else
		failed=1
		echo "FAILED  $name"
		sed 's/^/        /' "$out" | head -n 8
	fi
}
read_config() {
	[ -r "$config" ] && [ ! -d "$config" ] || { echo "$config cannot be read"; return 1; }
	# what is set already wins over the file
	sh -n "$config"
}
made_and_valid() {
	MAX_EVENTS=20 EVENTS_PER_SECOND=1000 timeout 20 "$WEIR" --format csv run "$here/event_generator.sql" "$here/made_as_events.sql" "$here/validator.sql" "$here/health.sql" >"$out.events" 2>"$out.errors"
	status=$?
	cat "$out.errors" "$out.events"
	[ $status = 0 ] && grep -qx '20,0' "$out.events"
	status=$?
	rm -f "$out.events" "$out.errors"
	return $status
}

step "weir runs" timeout 10 "$WEIR" --version
step "the configuration can be read: $config" read_config
if [ $failed = 0 ]; then
	. "$here/environment.sh"
fi
step "the job's files can be read" timeout 10 "$WEIR" check "$here/source.sql" "$here/validator.sql" "$here/violations.sql" "$here/batch_processing_time.sql" "$here/streaming_job.sql"
step "events are made and valid" made_and_valid
step "the broker answers and the topic exists: ${KAFKA_BOOTSTRAP_SERVERS:-localhost:9092}, ${KAFKA_TOPIC:-purchasing_events}" timeout 15 "$WEIR" run "$here/source.sql" "$here/topic.sql"
exit $failed
