#!/bin/sh
# timeout: 400
# The telemetra pipeline on real topics and a real PostgreSQL, killed in the middle: both tables against a computation of
# their own; then rows of a month without a partition. WEIR_FULL=1: 120,000 events instead of 5,000. EVENTS says how many.
set -eu
. tests/support/engine.sh
events=5000
[ -z "${WEIR_FULL:-}" ] || events=120000
events=${EVENTS:-$events}
q=queries/telemetra
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
port=$(printf '%s\n' "$WEIR_TEST_PG" | sed -n 's/.*port=\([0-9]*\).*/\1/p')
database=telemetra_$unique
export KAFKA_BOOTSTRAP_SERVERS="$WEIR_TEST_KAFKA" KAFKA_TOPIC_CHAT="chat-$unique" KAFKA_TOPIC_VIEWER="viewer-$unique"
export POSTGRES_URL="jdbc:postgresql://127.0.0.1:$port/$database" POSTGRES_USER=weir POSTGRES_PASSWORD=
python="/usr/bin/python3 tests/pipelines/telemetra.py"
files="$q/source.sql $q/sentiment.sql $q/windows.sql $q/anomalies.sql $q/results.sql $q/postgres.sql $q/streaming_job.sql"

pg() { PGCONNECT_TIMEOUT=5 timeout 60 psql -X -q -A -t -v ON_ERROR_STOP=1 "$(printf '%s' "$WEIR_TEST_PG" | sed "s/dbname=[^ ]*/dbname=$database/")" "$@"; }
timeout 60 psql -X -q "$WEIR_TEST_PG" -c "CREATE DATABASE $database"
trap 'end_status=$?; [ -z "$engine" ] || kill -9 "$engine" 2>/dev/null; timeout 60 psql -X -q "$WEIR_TEST_PG" -c "DROP DATABASE IF EXISTS $database WITH (FORCE)"; engine=; engine_end' EXIT
pg -f $q/migrations/003_create_analytics_tables.sql >/dev/null
same "$(pg -f $q/migrations/003_create_analytics_tables.sql 2>/dev/null | tr '\n' ' ')" "0 0 " "a second migration makes no partition"

timeout 60 "$WEIR" test $q/telemetra_test.sql >"$dir/rules" || { cat "$dir/rules"; die "the rules"; }
$python make "$events" "$dir"
for t in "$KAFKA_TOPIC_CHAT" "$KAFKA_TOPIC_VIEWER"; do timeout 60 "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$t" </dev/null; done
send() {
	timeout 120 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC_CHAT" -p 0 <"$dir/chat.$1"
	timeout 120 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC_VIEWER" -p 0 <"$dir/viewer.$1"
}
# rows SECONDS QUERY N: until the query counts at least N
rows() {
	tries=0
	until [ "$(pg -c "$2")" -ge "$3" ]; do
		tries=$((tries + 1))
		[ $tries -lt $(($1 * 5)) ] || die "after $1 s \"$2\" gives $(pg -c "$2"), not $3"
		sleep 0.2
	done
}

send 1
engine_start $files
rows 60 "SELECT COUNT(*) FROM chat_summary_minute" 10
engine_stop KILL
engine_start --metrics 127.0.0.1:0 $files
send 2
want=$($python count "$dir")
rows 120 "SELECT COUNT(*) FROM chat_summary_minute" "${want% *}"
rows 30 "SELECT COUNT(*) FROM moments" "${want#* }"
sleep 0.5
pg -c "SELECT json_agg(x) FROM (SELECT stream_id, window_start, window_end, chat_count, unique_chatters, avg_sentiment, positive_count, negative_count, chat_rate, avg_viewers, top_emotes, z_score, is_anomaly, processed_at AT TIME ZONE current_setting('TimeZone') AT TIME ZONE 'UTC' AS processed_at FROM chat_summary_minute) x" >"$dir/summary.json"
pg -c "SELECT json_agg(x) FROM (SELECT stream_id, timestamp, moment_type, description, intensity, metadata, detected_at AT TIME ZONE current_setting('TimeZone') AT TIME ZONE 'UTC' AS detected_at FROM moments) x" >"$dir/moments.json"
$python check "$dir"

# A month without a partition: the row is kept aside and said, and goes on its way when the partition is there.
printf '%s\n' '{"stream_id":"alpha","user_id":"u","message":"good","emotes":["LUL"],"timestamp":"2025-03-05T00:00:05.000Z"}' '{"stream_id":"alpha","user_id":"u","message":"","timestamp":"2025-03-06T00:00:00.000Z"}' |
	timeout 20 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC_CHAT" -p 0
printf '%s\n' '{"stream_id":"alpha","viewer_count":5,"timestamp":"2025-03-06T00:00:00.000Z"}' | timeout 20 kcat -P -b "$WEIR_TEST_KAFKA" -t "$KAFKA_TOPIC_VIEWER" -p 0
wait_for 20 "SELECT COUNT(*) FROM chat_summary_minute.refused WHERE error LIKE '%no partition of relation%'" 6
grep -q 'refused' "$log" || die "the log does not speak of refused rows"
http=$(sed -n 's/.*| http | INFO | listening .* port=\([0-9]*\).*/\1/p' "$log")
curl -sS -m 10 -o "$dir/metrics" "http://127.0.0.1:$http/metrics"
grep -q '^weir_sink_rows_refused_total{sink="chat_summary_minute".*} 6$' "$dir/metrics" || die "what the alert looks at does not count them"
same "$(pg -c "SELECT chat_summary_make_partitions(DATE '2024-11-15', 5)")" 4 "partitions up to March"
sql "REPLAY chat_summary_minute.refused" >/dev/null
rows 20 "SELECT COUNT(*) FROM chat_summary_minute WHERE window_start >= '2025-01-01'" 6
wait_for 10 "SELECT COUNT(*) FROM chat_summary_minute.refused" 0
engine_stop TERM

# As a user starts it: the partitions of the months to come are made again while it runs, and nothing is left of that behind the job.
export CHECKPOINT_LOCATION="$dir/run" PARTITIONS_EVERY=1
: >"$dir/started"
sh $q/run.sh >"$dir/out" 2>"$dir/started" &
engine=$!
wait_log 60 '| ready |'
ahead=chat_summary_minute_$(pg -c "SELECT to_char(CURRENT_DATE + INTERVAL '3 months', 'YYYY_MM')")
pg -c "DROP TABLE $ahead"
tries=0
until [ "$(pg -c "SELECT COUNT(*) FROM pg_inherits WHERE inhrelid = to_regclass('$ahead')")" = 1 ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || die "no partition is made ahead while the job runs: $(tail -n 3 "$dir/started")"
	sleep 0.2
done
same "$(pg -c "SELECT COUNT(*) FROM pg_indexes WHERE tablename = '$ahead'")" 3 "indexes of a partition"
pg -c "INSERT INTO chat_summary_minute (stream_id, window_start, window_end) SELECT 'a', d, d FROM (SELECT date_trunc('month', CURRENT_DATE + INTERVAL '3 months') AS d) x"
same "$(pg -c "SELECT id > 0, chat_count, is_anomaly FROM $ahead")" "t|0|f" "defaults of a partition"
loop=$(pgrep -f "migrate.sh daily $engine") || die "nothing makes partitions"
engine_stop TERM
tries=0
while kill -0 "$loop" 2>/dev/null; do
	tries=$((tries + 1))
	[ $tries -lt 60 ] || die "the job has ended, and partitions are still made"
	sleep 0.2
done

# The producer, into topics of their own: as many messages as were asked for, and the job takes them all.
export KAFKA_TOPIC_CHAT="madechat-$unique" KAFKA_TOPIC_VIEWER="madeviewer-$unique" MAX_EVENTS=300 EVENTS_PER_SECOND=1000 CHECKPOINT_LOCATION="$dir/made"
for t in "$KAFKA_TOPIC_CHAT" "$KAFKA_TOPIC_VIEWER"; do timeout 60 "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$t" </dev/null; done
timeout 60 sh $q/run.sh producer >"$dir/out" 2>&1 || die "the producer: $(cat "$dir/out")"
: >"$dir/started"
MIGRATE=false sh $q/run.sh -- --socket "$dir/sock" >"$dir/out" 2>"$dir/started" &
engine=$!
wait_log 60 '| ready |'
wait_for 30 "SELECT COUNT(*) FROM weir.sources WHERE lag_records = 0 AND position >= CASE WHEN \"table\" = 'chat_events' THEN 300 ELSE 60 END" 3
same "$(sql 'SELECT COUNT(*) FROM chat_events.bad') $(sql 'SELECT COUNT(*) FROM viewer_events.bad')" "0 0" "made events that cannot be read"
