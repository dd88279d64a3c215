#!/bin/sh
# Runs the jobs until SIGTERM or SIGINT, which end them at a committed epoch with their files finished:
#   sh queries/esports/run.sh                   both
#   sh queries/esports/run.sh --job matches     one: matches or players
# The same command goes on from there, also after a crash; so does the other way of starting. --await-termination is taken,
# and changes nothing: this waits always. What follows "--" are options of weir serve. config.example.env lists the variables.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../job.sh"
usage() {
	[ $# = 0 ] || echo "ERROR: $1" >&2
	sed -n '3,4s/^# *//p' "$0" >&2
	exit 2
}
job=all
while [ $# -gt 0 ]; do
	case $1 in
	--job)
		[ $# -gt 1 ] || usage "--job needs a value: all, matches or players"
		job=$2
		shift
		;;
	--job=*) job=${1#--job=} ;;
	--await-termination) ;;
	--)
		shift
		break
		;;
	*) usage "unknown argument \"$1\"" ;;
	esac
	shift
done
case $job in
all | matches | players) ;;
*) usage "--job is all, matches or players, not \"$job\"" ;;
esac

: "${KAFKA_BOOTSTRAP_SERVERS:?names the brokers, as host:port,host:port}"
DATA_LAKE_PATH=${DATA_LAKE_PATH:-/workspaces/esport-bigdata-pipeline/data}
PROCESSED_DATA_PATH=${PROCESSED_DATA_PATH:-$DATA_LAKE_PATH/processed}
CHECKPOINT_PATH=${CHECKPOINT_PATH:-$DATA_LAKE_PATH/checkpoints}
export PROCESSED_DATA_PATH
case $CHECKPOINT_PATH in
*://*)
	echo "ERROR: CHECKPOINT_PATH is $CHECKPOINT_PATH; states are files of this machine: name a folder" >&2
	exit 2
	;;
esac

cat >&2 <<END
esports on weir: $job
  Kafka        $KAFKA_BOOTSTRAP_SERVERS, ${KAFKA_TOPIC_MATCHES:-esports-matches} and ${KAFKA_TOPIC_PLAYERS:-esports-players}
  Parquet      $PROCESSED_DATA_PATH
  states       $CHECKPOINT_PATH
END

port=${SPARK_UI_PORT:-4040}
whole_number SPARK_UI_PORT "$port"
whole_number ACTIVITY_DAYS "${ACTIVITY_DAYS:-30}"
interval=execution.checkpointing.interval=${TRIGGER_INTERVAL:-200 ms} memory=weir.memory=${WEIR_MEMORY:-64 MB}
# serve STREAM PORT [OPTION...]: becomes the engine of one job
own=
serve() {
	stream=$1 port=$2 folder=$CHECKPOINT_PATH/$1_stream
	shift 2
	mkdir -p "$folder"
	exec $own "$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" \
		--set "$interval" --set "$memory" serve --state "$folder/state.db" --http "127.0.0.1:$port" "$@" "$here/${stream}_schema.sql" "$here/${stream}_stream.sql"
}

[ "$job" = players ] || configured --set "$interval" --set "$memory" check "$here/match_schema.sql" "$here/match_stream.sql"
[ "$job" = matches ] || configured --set "$interval" --set "$memory" check "$here/player_schema.sql" "$here/player_stream.sql"
[ "$job" = players ] || wait_for "the topic of matches" "$WEIR" run "$here/match_schema.sql" "$here/ready_matches.sql"
[ "$job" = matches ] || wait_for "the topic of players" "$WEIR" run "$here/player_schema.sql" "$here/ready_players.sql"
case $job in
matches) serve match "$port" "$@" ;;
players) serve player $((port + 1)) "$@" ;;
esac

# Both: a process each, with a state each. When one ends, so does the other, and the status is the worse one.
own=setsid # ^C of a terminal goes to this script, which tells them
(serve match "$port" "$@") &
first=$!
(serve player $((port + 1)) "$@") &
second=$!
# A second signal would end an engine that is still delivering: each gets one.
told=
tell() {
	[ -n "$told" ] || kill -TERM $first $second 2>/dev/null || true
	told=1
}
trap tell TERM INT
status=0
while kill -0 $first 2>/dev/null && kill -0 $second 2>/dev/null && [ -z "$told" ]; do
	sleep 1 &
	wait $! || true
done
tell
for child in $first $second; do
	code=0
	wait $child || code=$?
	if [ $code -gt 128 ]; then # a signal to this script ends a wait, too
		again=0
		wait $child || again=$?
		[ $again = 127 ] || code=$again
	fi
	[ $code = 0 ] || status=$code
done
exit $status
