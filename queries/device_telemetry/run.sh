#!/bin/sh
# Runs a part of the pipeline; all of its configuration comes from the environment (README.md lists the variables):
#   sh queries/device_telemetry/run.sh              the job, until ^C or SIGTERM, which end it at a committed epoch with its
#                                                   output delivered; the same command goes on from there
#   sh queries/device_telemetry/run.sh producer     MAX_EVENTS made-up events into the topic
# The results go to S3 or MinIO if S3_BUCKET is set, else into files if OUTPUT_PATH is, else to standard output.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
WEIR=${WEIR:-$here/../../build/weir}
CHECKPOINT_LOCATION=${CHECKPOINT_LOCATION:-/tmp/streaming_checkpoint}
WAIT_ATTEMPTS=${WAIT_ATTEMPTS:-60}
WAIT_SECONDS=${WAIT_SECONDS:-2}
level=$(printf '%s' "${LOG_LEVEL:-INFO}" | tr '[:upper:]' '[:lower:]' | sed 's/^warning$/warn/')

case ${1:-job} in
job) ;;
producer) exec "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" run "$here/event_generator.sql" "$here/event_producer.sql" ;;
*)
	sed -n '3,6s/^# *//p' "$0" >&2
	exit 2
	;;
esac
case ${KAFKA_STARTING_OFFSETS:-latest} in
earliest | latest) ;;
*)
	echo "ERROR: KAFKA_STARTING_OFFSETS is earliest or latest, not $KAFKA_STARTING_OFFSETS" >&2
	exit 2
	;;
esac

# Keys of the bucket: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or S3_ACCESS_KEY and S3_SECRET_KEY. Without either a server of one's own
# (S3_ENDPOINT) gets MinIO's default, and for Amazon's the engine asks ~/.aws/credentials and the metadata service.
if [ -z "${AWS_ACCESS_KEY_ID:-}" ] && [ -n "${S3_ACCESS_KEY:-}" ]; then
	export AWS_ACCESS_KEY_ID="$S3_ACCESS_KEY" AWS_SECRET_ACCESS_KEY="${S3_SECRET_KEY:-}"
elif [ -z "${AWS_ACCESS_KEY_ID:-}" ] && [ -n "${S3_ENDPOINT:-}" ]; then
	export AWS_ACCESS_KEY_ID=minioadmin AWS_SECRET_ACCESS_KEY=minioadmin
fi
if [ -n "${S3_BUCKET:-}" ]; then
	sink=s3 output="s3://$S3_BUCKET/${S3_PREFIX:-streaming-output}, ${S3_ENDPOINT:-Amazon S3}"
elif [ -n "${OUTPUT_PATH:-}" ]; then
	sink=files output=$OUTPUT_PATH
else
	sink=console output="standard output"
fi

cat >&2 <<END
device telemetry on weir
  Kafka        ${KAFKA_BOOTSTRAP_SERVERS:-kafka:9092}, ${KAFKA_TOPIC:-input_events} from ${KAFKA_STARTING_OFFSETS:-latest}
  windows      ${WINDOW_DURATION:-1 minute}, watermark ${WATERMARK_DELAY:-10 minutes}
  output       $output
  state        $CHECKPOINT_LOCATION/device_telemetry.db
END

n=0
until timeout 10 "$WEIR" run "$here/source.sql" "$here/ready.sql" >/dev/null 2>&1; do
	n=$((n + 1))
	if [ $n -ge "$WAIT_ATTEMPTS" ]; then
		echo "ERROR: Kafka not available after $WAIT_ATTEMPTS attempts" >&2
		timeout 10 "$WEIR" run "$here/source.sql" "$here/ready.sql" >&2 || true
		exit 1
	fi
	echo "waiting for Kafka ($n of $WAIT_ATTEMPTS)" >&2
	sleep "$WAIT_SECONDS"
done
mkdir -p "$CHECKPOINT_LOCATION"
exec "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" serve --state "$CHECKPOINT_LOCATION/device_telemetry.db" \
	"$here/source.sql" "$here/events.sql" "$here/windows.sql" "$here/rejects.sql" "$here/$sink.sql"
