#!/bin/sh
# Runs the job: shows its configuration, waits for Kafka and PostgreSQL, makes the tables and the partitions of the next
# months, and serves until SIGTERM or SIGINT, which end it at a committed epoch with its output delivered. The same command
# goes on from there.
#   sh queries/telemetra/run.sh            WEIR names the program; config.example.env lists the variables
set -eu
here=$(cd "$(dirname "$0")" && pwd)
WEIR=${WEIR:-$here/../../build/weir}
CHECKPOINT_LOCATION=${CHECKPOINT_LOCATION:-/tmp/weir-checkpoints}
WAIT_ATTEMPTS=${WAIT_ATTEMPTS:-60}
WAIT_SECONDS=${WAIT_SECONDS:-2}
[ "${DEV_MODE:-false}" != true ] || LOG_LEVEL=${LOG_LEVEL:-debug}
level=$(printf '%s' "${LOG_LEVEL:-info}" | tr '[:upper:]' '[:lower:]' | sed 's/^warning$/warn/')
jdbc=${POSTGRES_URL:-jdbc:postgresql://postgres:5432/telemetra}
export PGUSER="${POSTGRES_USER:-telemetra}" PGPASSWORD="${POSTGRES_PASSWORD:-telemetra}" PGCONNECT_TIMEOUT=5

cat >&2 <<END
telemetra on weir
  Kafka        ${KAFKA_BOOTSTRAP_SERVERS:-kafka:9092}, ${KAFKA_TOPIC_CHAT:-telemetra.events.chat} and ${KAFKA_TOPIC_VIEWER:-telemetra.events.viewer}
  PostgreSQL   $jdbc as $PGUSER
  windows      ${WINDOW_DURATION:-1 minute} every ${SLIDE_DURATION:-10 seconds}, watermark ${WATERMARK_DELAY:-10 seconds}
  anomalies    above ${ANOMALY_THRESHOLD:-3.0} standard deviations
  state        $CHECKPOINT_LOCATION/telemetra.db
END

# wait_for NAME COMMAND...
wait_for() {
	name=$1
	shift
	n=0
	until timeout 10 "$@" >/dev/null 2>&1; do
		n=$((n + 1))
		if [ $n -ge "$WAIT_ATTEMPTS" ]; then
			echo "ERROR: $name not available after $WAIT_ATTEMPTS attempts" >&2
			timeout 10 "$@" >&2 || true
			exit 1
		fi
		echo "waiting for $name ($n of $WAIT_ATTEMPTS)" >&2
		sleep "$WAIT_SECONDS"
	done
}

wait_for Kafka "$WEIR" run "$here/source.sql" "$here/ready.sql"
wait_for PostgreSQL psql -X -q "${jdbc#jdbc:}" -c 'SELECT 1'
psql -X -q -v ON_ERROR_STOP=1 "${jdbc#jdbc:}" -f "$here/migrations/003_create_analytics_tables.sql" >/dev/null 2>&1 || {
	echo "ERROR: the migration failed" >&2
	psql -X -q -v ON_ERROR_STOP=1 "${jdbc#jdbc:}" -f "$here/migrations/003_create_analytics_tables.sql" >&2
	exit 1
}
mkdir -p "$CHECKPOINT_LOCATION"
exec "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" \
	--set "execution.checkpointing.interval=${TRIGGER_INTERVAL:-200 ms}" --set "weir.memory=${WEIR_MEMORY:-256 MB}" \
	serve --state "$CHECKPOINT_LOCATION/telemetra.db" \
	"$here/source.sql" "$here/sentiment.sql" "$here/windows.sql" "$here/anomalies.sql" "$here/results.sql" "$here/postgres.sql" "$here/streaming_job.sql"
