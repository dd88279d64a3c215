#!/bin/sh
# Runs a part of the pipeline, configured by config.env and the environment:
#   sh queries/purchases/run.sh            the job: a page on standard output for each ten seconds by the clock
#   sh queries/purchases/run.sh replay     the same by the events' own time, from the begin of the topic
#   sh queries/purchases/run.sh producer   MAX_EVENTS made-up events into the topic
# ^C or SIGTERM ends the job at a committed epoch; the same command goes on from there. What follows "--" are options of weir serve.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"
. "$here/../job.sh"
folder=${CHECKPOINT_LOCATION:-./checkpoints}
part=job
case ${1:-} in
job | replay | producer) part=$1 && shift ;;
esac
case ${1:-} in
--) shift ;;
?*)
	sed -n '3,5s/^# *//p' "$0" >&2
	exit 2
	;;
esac
case $part in
producer)
	exec "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" run "$here/event_generator.sql" "$here/event_producer.sql"
	;;
job) batches=batch_processing_time state=$folder/purchases.db ;;
replay)
	batches=batch_event_time state=$folder/replay.db
	export KAFKA_AUTO_OFFSET_RESET=earliest # a replay has all of the topic
	;;
esac
cat >&2 <<END
purchases on weir: $part
  platform     $(uname -s)
  Kafka        ${KAFKA_BOOTSTRAP_SERVERS:-localhost:9092}, ${KAFKA_TOPIC:-purchasing_events} from ${KAFKA_AUTO_OFFSET_RESET:-earliest}
  batches      ${TRIGGER_PROCESSING_TIME:-10 seconds}
  state        $state
END
files() { # COMMAND...: with the files of the job behind it
	"$@" "$here/source.sql" "$here/validator.sql" "$here/violations.sql" "$here/$batches.sql" "$here/streaming_job.sql"
}
files configured check
wait_for "the topic of purchases" "$WEIR" run "$here/source.sql" "$here/topic.sql"
mkdir -p "$folder"
cat <<'END'

================================================================================
STREAMING DATA PIPELINE - STARTED
================================================================================
Listening for purchasing events...
Press Ctrl+C to stop
================================================================================
END
files exec "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" serve --state "$state" "$@"
