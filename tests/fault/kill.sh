#!/bin/sh
# kill -9 at random moments and at every named fail point while a producer runs; at the end each sink equals what an independent program computes.
# timeout: 600
#
# KILLS: random kills (default 30, 100 in soak); RATE: events a second; at least 200,000 events are made.
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${WEIR:?}" "${WEIR_TEST_KAFKA:?}" "${WEIR_TEST_PG:?}"
kills=${KILLS:-${WEIR_SOAK:+100}}
kills=${kills:-30}
rate=${RATE:-5000}
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
dir=$(mktemp -d)
producer=
engine=
finish() {
	[ -n "$engine" ] && kill -9 "$engine" 2>/dev/null
	[ -n "$producer" ] && kill "$producer" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM
pg_host=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*host=\([^ ]*\).*/\1/p')
pg_port=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*port=\([^ ]*\).*/\1/p')
export TOPIC="kill-$$-$(date +%s)" BROKER="$WEIR_TEST_KAFKA" PG_URL="jdbc:postgresql://$pg_host:$pg_port/weir"
state=$dir/state.db
log=$dir/engine.log
psql -q "$WEIR_TEST_PG" -v ON_ERROR_STOP=1 <<SQL >/dev/null || exit 1
set client_min_messages = warning;
drop table if exists kill_windows, kill_append, kill_newest, kill_odd;
create table kill_windows (k text, ws timestamp(3), n bigint, s bigint, a numeric(38,2), primary key (k, ws));
create table kill_append (k text, ws timestamp(3), n bigint, s bigint, a numeric(38,2));
create table kill_newest (k text primary key, ws timestamp(3), n bigint);
create table kill_odd (k text primary key, n bigint);
SQL
"$tools/produce" -g 5000000 -p 3 -r "$rate" -K 200 -e 1000 -L 5 -B 5 -D 10 -c lz4 -t "$dir/stop" "$WEIR_TEST_KAFKA" "$TOPIC" 2>>"$dir/producer.log" &
producer=$!
began=$(date +%s)
sleep 1
printf '' | "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$TOPIC-out"

start() { # start [FAIL_POINT]
	WEIR_FAIL_POINT=${1:-} "$WEIR" --log info --state "$state" run "$here/kill.sql" >>"$log" 2>&1 &
	engine=$!
}
epoch() { sqlite3 "file:$state?mode=ro" "select value from \"weir\$meta\" where name='epoch'" 2>/dev/null || echo 0; }
alive() { kill -0 "$engine" 2>/dev/null; }
# waits until the epoch has passed $1, at most 60 s
wait_epoch() {
	n=0
	while alive && [ "$(epoch)" -le "$1" ] && [ $n -lt 600 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	[ $n -lt 600 ] || { echo "no new epoch after 60 s"; tail -20 "$log"; exit 1; }
}
i=0
last=0
while [ $i -lt "$kills" ]; do
	start
	wait_epoch "$last"
	sleep "0.$(awk -v s=$i$$ 'BEGIN { srand(s); printf "%03d", int(rand() * 900) }')"
	alive || { echo "the engine ended by itself"; tail -20 "$log"; exit 1; }
	kill -9 "$engine"
	wait "$engine" 2>/dev/null
	last=$(epoch)
	i=$((i + 1))
	echo "kill $i at epoch $last"
done
for point in before-sqlite-commit after-sqlite-commit before-seal after-seal before-delivery before-pg-commit after-pg-commit before-kafka-commit \
	after-kafka-commit after-delivery between-sinks recovery; do
	start "$point:2"
	n=0
	while alive && [ $n -lt 150 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	if alive; then
		echo "fail point $point was not met"
		kill -9 "$engine"
		bad_points="${bad_points:-} $point"
	else
		last=$(epoch)
		echo "killed at fail point $point, epoch $last" | tee -a "$dir/points"
	fi
	wait "$engine" 2>/dev/null
done
while [ $((($(date +%s) - began - 1) * rate)) -lt 200000 ]; do
	sleep 1
done
touch "$dir/stop"
wait "$producer"
producer=
cat "$dir/producer.log"
# the rest, until nothing moves any more
start
still=0
n=0
before=
while [ $still -lt 15 ] && [ $n -lt 600 ]; do
	sleep 0.2
	n=$((n + 1))
	now="$(epoch) $(psql -At "$WEIR_TEST_PG" -c 'select sum(epoch) from weir_sink_progress')"
	if [ "$now" = "$before" ]; then still=$((still + 1)); else still=0; fi
	before=$now
	alive || { echo "the engine ended by itself"; tail -20 "$log"; exit 1; }
done
kill -TERM "$engine"
wait "$engine" || { echo "the engine ended with $?"; tail -50 "$log"; exit 1; }
engine=
if grep -q 'Sanitizer' "$log"; then grep -A 40 'Sanitizer' "$log" | head -80; exit 1; fi
echo "$i kills, $(grep -c 'killed at fail point' "$dir/points") fail points, $(epoch) epochs"
"$tools/consume" "$WEIR_TEST_KAFKA" "$TOPIC" >"$dir/topic.tsv" || exit 1
"$tools/consume" -c "$WEIR_TEST_KAFKA" "$TOPIC-out" >"$dir/out.tsv" || exit 1
if ! /usr/bin/python3 "$here/kill_audit.py" "$dir/topic.tsv" "$state" "$dir/out.tsv" psql "$WEIR_TEST_PG"; then
	grep -v INFO "$log" | tail -20
	exit 1
fi
[ -z "${bad_points:-}" ] || { echo "fail points never met:$bad_points"; exit 1; }
