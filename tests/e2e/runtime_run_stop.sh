#!/bin/sh
# weir run ends in time when it is told to, also while its sink's server is away; what was not delivered is said to be gone. A
# signal that comes twice at once, as from timeout(1), ends weir serve as gracefully as one.
# services: none
# timeout: 60
set -eu
dir=${TMPDIR:-/tmp}
cat >"$dir/a.sql" <<'SQL'
CREATE TABLE made (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '10');
CREATE TABLE topic (n BIGINT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:1', 'format' = 'json', 'sink.delivery-guarantee' = 'at-least-once');
INSERT INTO topic SELECT * FROM made;
SQL
: >"$dir/empty.sql"
"$WEIR" run "$dir/a.sql" >"$dir/out" 2>&1 &
pid=$!
sleep 3
kill -0 $pid || { cat "$dir/out"; echo "it has ended by itself" >&2; exit 1; }
began=$(date +%s)
kill -TERM $pid
status=0
wait $pid || status=$?
took=$(($(date +%s) - began))
[ $status = 1 ] && [ $took -le 19 ] || { cat "$dir/out"; echo "status $status after $took s" >&2; exit 1; }
grep -q 'without --state the rest of it is gone' "$dir/out" || { cat "$dir/out"; echo "it does not say what is lost" >&2; exit 1; }

"$WEIR" serve --state "$dir/s.db" "$dir/empty.sql" >"$dir/served" 2>&1 &
pid=$!
n=0
until grep -q '| ready |' "$dir/served"; do
	n=$((n + 1))
	[ $n -lt 200 ] || { cat "$dir/served"; echo "weir serve does not start" >&2; exit 1; }
	sleep 0.1
done
kill -TERM $pid && sleep 0.02 && kill -TERM $pid
status=0
wait $pid || status=$?
[ $status = 0 ] && grep -q 'stopped | status=0' "$dir/served" || { cat "$dir/served"; echo "status $status of weir serve" >&2; exit 1; }
echo ok
