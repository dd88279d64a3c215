#!/bin/sh
# Runs a part of the pipeline; config.example.env lists the variables:
#   sh queries/telemetra/run.sh              the job: shows its configuration, waits for Kafka and PostgreSQL, makes the tables and the
#                                            partitions of the next months (and again once a day), and serves until SIGTERM or SIGINT,
#                                            which end it at a committed epoch with its output delivered; the same command goes on
#   sh queries/telemetra/run.sh producer     MAX_EVENTS made-up messages and counts of viewers into the topics
# What follows "--" are options of weir serve.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ "${DEV_MODE:-false}" != true ] || LOG_LEVEL=${LOG_LEVEL:-DEBUG}
. "$here/../job.sh"
part=job
case ${1:-} in
job | producer) part=$1 && shift ;;
esac
case ${1:-} in
--) shift ;;
?*)
	sed -n '3,6s/^# *//p' "$0" >&2
	exit 2
	;;
esac
[ $part = job ] ||
	exec "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" run "$here/event_generator.sql" "$here/event_producer.sql"
CHECKPOINT_LOCATION=${CHECKPOINT_LOCATION:-/tmp/weir-checkpoints}

cat >&2 <<END
telemetra on weir
  Kafka        ${KAFKA_BOOTSTRAP_SERVERS:-kafka:9092}, ${KAFKA_TOPIC_CHAT:-telemetra.events.chat} and ${KAFKA_TOPIC_VIEWER:-telemetra.events.viewer}
  PostgreSQL   ${POSTGRES_URL:-jdbc:postgresql://postgres:5432/telemetra} as ${POSTGRES_USER:-telemetra}
  windows      ${WINDOW_DURATION:-1 minute} every ${SLIDE_DURATION:-10 seconds}, watermark ${WATERMARK_DELAY:-10 seconds}
  anomalies    above ${ANOMALY_THRESHOLD:-3.0} standard deviations
  state        $CHECKPOINT_LOCATION/telemetra.db
END

files() { # COMMAND...: with the files of the job behind it
	"$@" "$here/source.sql" "$here/sentiment.sql" "$here/windows.sql" "$here/anomalies.sql" "$here/results.sql" "$here/postgres.sql" "$here/streaming_job.sql"
}
interval=execution.checkpointing.interval=${TRIGGER_INTERVAL:-200 ms} memory=weir.memory=${WEIR_MEMORY:-256 MB}
number ANOMALY_THRESHOLD "${ANOMALY_THRESHOLD:-3.0}"
files configured --set "$interval" --set "$memory" check
wait_for Kafka "$WEIR" run "$here/source.sql" "$here/ready.sql"
mkdir -p "$CHECKPOINT_LOCATION"
# MIGRATE=false: somebody else makes tables and partitions
if [ "${MIGRATE:-true}" != false ]; then
	patiently sh "$here/migrate.sh"
	sh "$here/migrate.sh" daily $$ </dev/null >/dev/null & # weir's process will be this one
fi
files exec "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" --set "$interval" --set "$memory" \
	serve --state "$CHECKPOINT_LOCATION/telemetra.db" "$@"
