#!/bin/sh
# Runs a part of the pipeline; all of its configuration comes from the environment (README.md lists the variables):
#   sh queries/device_telemetry/run.sh              the job, until ^C or SIGTERM, which end it at a committed epoch with its
#                                                   output delivered; the same command goes on from there
#   sh queries/device_telemetry/run.sh producer     MAX_EVENTS made-up events into the topic
# The results go to S3 or MinIO if S3_BUCKET is set, else into files if OUTPUT_PATH is, else to standard output. What follows "--" are
# options of weir serve.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../job.sh"
CHECKPOINT_LOCATION=${CHECKPOINT_LOCATION:-/tmp/streaming_checkpoint}
part=job
case ${1:-} in
job | producer) part=$1 && shift ;;
esac
case ${1:-} in
--) shift ;;
?*)
	sed -n '3,7s/^# *//p' "$0" >&2
	exit 2
	;;
esac
[ $part = job ] ||
	exec "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" run "$here/event_generator.sql" "$here/event_producer.sql"
case ${KAFKA_STARTING_OFFSETS:-latest} in
earliest | latest) ;;
*)
	echo "ERROR: KAFKA_STARTING_OFFSETS is earliest or latest, not $KAFKA_STARTING_OFFSETS" >&2
	exit 2
	;;
esac

if [ -n "${S3_BUCKET:-}" ]; then
	. "$here/keys.sh"
	prefix=$(printf '%s' "${S3_PREFIX:-streaming-output}" | sed 's,^/*,,; s,/*$,,')
	export OUTPUT_PATH="s3://$S3_BUCKET${prefix:+/$prefix}"
	sink=files output="$OUTPUT_PATH, ${S3_ENDPOINT:-Amazon S3}"
	[ -z "${S3_ENDPOINT:-}" ] || export AWS_ENDPOINT_URL_S3="$S3_ENDPOINT"
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

files() { # COMMAND...: with the files of the job behind it
	"$@" "$here/source.sql" "$here/events.sql" "$here/windows.sql" "$here/rejects.sql" "$here/$sink.sql"
}
files configured check
wait_for Kafka "$WEIR" run "$here/source.sql" "$here/ready.sql"
mkdir -p "$CHECKPOINT_LOCATION"
files exec "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" serve --state "$CHECKPOINT_LOCATION/device_telemetry.db" "$@"
