#!/bin/sh
# The target's marker does not fit the state file: an older file was restored, the target was restored, the marker is gone, a second engine runs on a copy. Each is refused with words, also after a restart, and each way on gives every row once.
# timeout: 150
set -eu
. "$(dirname "$0")/../support/engine.sh"
topic=$unique-r
target=restored_$$
pg() { psql -X -q -A -t "$WEIR_TEST_PG" -c "$1"; }
rows() { pg "select string_agg(id::text, ' ' order by id) from $target"; }
until_rows() {
	n=0
	until [ "$(rows)" = "$1" ]; do
		n=$((n + 1))
		[ $n -lt 150 ] || die "$2: the target has: $(rows); wanted: $1"
		sleep 0.1
	done
}
engine_begin() { engine_start --set weir.outbox.keep=2 "$@"; }
put() { echo "{\"id\":$1}" | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -p 0 -P; }
# one epoch each
put_seen() { put "$1" && until_rows "$2 $1" "row $1" && have="$2 $1"; }
marker() { pg "select epoch from weir_sink_progress where sink = 's' and engine = '$engine_id'"; }
set_marker() { pg "update weir_sink_progress set epoch = $1 where sink = 's' and engine = '$engine_id'"; }
restore() { rm -f "$state" "$state"-wal "$state"-shm && cp "$1" "$state"; }
refused() { wait_for 15 "SELECT state, error_code FROM weir.sinks" "failed|W1604" && wait_log 5 "$1"; }
port=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*port=\([^ ]*\).*/\1/p')
"${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 1 "$WEIR_TEST_KAFKA" "$topic" </dev/null
pg "create table $target (id int)"
second=
trap 'end_status=$?; pg "drop table if exists $target" || true; [ -z "$second" ] || kill -9 "$second" 2>/dev/null || true; engine_end' EXIT
cat >"$dir/q.sql" <<SQL
CREATE TABLE e (id INT) WITH ('connector'='kafka','topic'='$topic','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json');
CREATE TABLE s (id INT) WITH ('connector'='jdbc','url'='jdbc:postgresql://127.0.0.1:$port/weir','username'='weir','table-name'='$target');
INSERT INTO s SELECT id FROM e;
SQL
again="INSERT INTO s SELECT id FROM e"
engine_begin "$dir/q.sql"
put 1
until_rows 1 "the first row"
engine_id=$(sqlite3 "file:$state?mode=ro" "select printf('%016x', value) from \"weir\$meta\" where name = 'engine_id'")
put_seen 2 1
put_seen 3 "$have"
engine_stop
cp "$state" "$dir/old.db"
engine_begin
put_seen 4 "$have"
put_seen 5 "$have"
put_seen 6 "$have"
engine_stop
cp "$state" "$dir/new.db"

# an older file
restore "$dir/old.db"
engine_begin
refused 'An older state file was restored'
same "$(rows)" "$have" "nothing is sent"
# it counts on, past the number that the target holds; a restart must not take that for its own
want=$(marker)
put 7
n=0
while [ "$(sql "SELECT epoch FROM weir.sinks")" -le $((want + 2)) ]; do
	n=$((n + 1))
	[ $n -lt 40 ] || die "no epoch after $(sql "SELECT epoch FROM weir.sinks"), the target is at $want"
	sql "CREATE TABLE filler_$n (id INT)" >/dev/null
done
engine_stop KILL
engine_begin
refused 'holds epoch'
same "$(rows)" "$have" "nothing is sent after a restart"
# way on: the newest file
engine_stop
restore "$dir/new.db"
engine_begin
until_rows "$have 7" "the newest file goes on"
have="$have 7"
engine_stop
# way on: drop, empty the target, create
restore "$dir/old.db"
engine_begin
refused 'An older state file was restored'
sql "DROP QUERY s" >/dev/null
pg "truncate $target"
sql "$again" >/dev/null
until_rows "$have" "made again"
put_seen 8 "$have"
engine_stop KILL
engine_begin
put_seen 9 "$have"

# the target was restored: behind by what the outbox still holds
back=$(marker)
put_seen 10 "$have"
put_seen 11 "$have"
engine_stop
pg "delete from $target where id > 9"
set_marker "$back"
engine_begin
until_rows "$have" "what is kept is sent again"
# by more than it holds
engine_stop
pg "delete from $target where id > 1"
set_marker 1
engine_begin
refused 'are no longer kept'
same "$(rows)" 1 "nothing is sent into a gap"
sql "DROP QUERY s" >/dev/null
pg "truncate $target"
sql "$again" >/dev/null
until_rows "$have" "made again after the target was restored"
# the marker is gone
engine_stop
pg "delete from weir_sink_progress where engine = '$engine_id'"
engine_begin
refused 'has no marker'
sql "DROP QUERY s" >/dev/null
pg "truncate $target"
sql "$again" >/dev/null
until_rows "$have" "made again after the marker was gone"

# one sink identity twice: a second engine on a copy of the file
engine_stop
cp "$state" "$dir/copy.db"
engine_begin
mkdir "$dir/sock2"
"$WEIR" --log info serve --state "$dir/copy.db" --socket "$dir/sock2" >"$dir/second" 2>&1 &
second=$!
n=0
until grep -q '| ready |' "$dir/second" || [ $n -gt 100 ]; do n=$((n + 1)) && sleep 0.1; done
put 12
until_rows "$have 12" "one of two engines delivers"
have="$have 12"
put 13
until_rows "$have 13" "and again"
sleep 1
failed=$(grep -h 'sink failed' "$dir/started" "$dir/second" | grep -c 'W1604' || true)
kill "$second"
wait "$second" 2>/dev/null || true
second=
same "$failed" 1 "one of the two is refused, with words"
same "$(rows)" "$have 13" "each row once"
