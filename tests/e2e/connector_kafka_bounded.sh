#!/bin/sh
# Bounded reads of Kafka: where they end is decided once and kept over kills; topics that do not exist; a broker that comes later.
# timeout: 150
set -eu
. "$(dirname "$0")/../support/engine.sh"
broker=$WEIR_TEST_KAFKA
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
put() { seq "$2" "$3" | sed 's/.*/{"id":&}/' | kcat -b "$broker" -t "$1" -P "${4:--p0}"; }
table() {
	echo "CREATE TABLE $1 (id BIGINT) WITH ('connector'='kafka','topic'='$2','properties.bootstrap.servers'='${5:-$broker}','scan.startup.mode'='earliest-offset','format'='json'${3:+,'scan.bounded.mode'='$3'}${4:+,$4});"
	echo "CREATE MATERIALIZED VIEW v_$1 AS SELECT COUNT(*) AS n, MAX(id) AS m FROM $1;"
}
a=$unique-a g=$unique-g e=$unique-e
"$tools/produce" -p 2 "$broker" "$a" </dev/null
"$tools/produce" -p 1 "$broker" "$g" </dev/null
"$tools/produce" -p 1 "$broker" "$e" </dev/null
put "$a" 1 5
put "$a" 6 7 -p1
put "$g" 1 9
timeout 30 kcat -b "$broker" -X auto.offset.reset=earliest -G "$unique" -c 4 "$g" >"$dir/group" 2>&1 || die "kcat: $(cat "$dir/group")"
sleep 1.1
now=$(date +%s%3N)
{
	table latest "$a" latest-offset
	table stamped "$a" timestamp "'scan.bounded.timestamp-millis'='$now'"
	table grouped "$g" group-offsets "'properties.group.id'='$unique'"
	table paused "$a" latest-offset
	table nothing "$e" latest-offset
	table specific "$g" specific-offsets "'scan.bounded.specific-offsets'='partition:0,offset:11'"
} >"$dir/q.sql"
engine_start "$dir/q.sql"
sql "PAUSE QUERY v_paused" >/dev/null
wait_for 15 "SELECT n, m FROM v_latest" "7|7"
wait_for 15 "SELECT n, m FROM v_stamped" "7|7"
wait_for 15 "SELECT n, m FROM v_grouped" "4|4"
wait_for 15 "SELECT n, m FROM v_specific" "9|9"
sleep 0.5
engine_stop KILL
put "$a" 100 200
put "$a" 300 310 -p1
put "$g" 10 30
put "$e" 1 5
timeout 30 kcat -b "$broker" -X auto.offset.reset=earliest -G "$unique" -c 10 "$g" >"$dir/group" 2>&1 || die "kcat: $(cat "$dir/group")"
engine_start "$dir/q.sql"
sql "RESUME QUERY v_paused" >/dev/null
wait_for 15 "SELECT n, m FROM v_specific" "11|11"
wait_for 15 "SELECT n <= 7 FROM v_paused" t
sleep 1
same "$(sql "SELECT n, m FROM v_latest")" "7|7" "latest-offset goes on after the kill"
same "$(sql "SELECT n, m FROM v_stamped")" "7|7" "timestamp goes on after the kill"
same "$(sql "SELECT n, m FROM v_grouped")" "4|4" "group-offsets goes on after the kill"
same "$(sql "SELECT n FROM v_paused")" 7 "a paused read ends where it was to end"
same "$(sql "SELECT n FROM v_nothing")" 0 "a read of nothing stays one"
engine_stop
# a topic that does not exist: a bounded read ends with its name, an unbounded one waits and says so
m=$unique-missing
table t "$m" latest-offset >"$dir/m.sql"
status=0
timeout 40 "$WEIR" run "$dir/m.sql" >"$dir/out" 2>&1 || status=$?
same "$status" 1 "bounded read of a missing topic: $(cat "$dir/out")"
grep -q "query \"v_t\" failed.*" "$dir/out" || die "no words: $(cat "$dir/out")"
grep -q "the topic \"$m\" does not exist" "$dir/out" || die "the topic is not named: $(cat "$dir/out")"
grep -q 'Create it' "$dir/out" || die "no cure: $(cat "$dir/out")"
state=$dir/m.db
table t "$m" >"$dir/m.sql"
engine_start "$dir/m.sql"
wait_log 15 "waiting for a topic that does not exist.*$m"
"$tools/produce" -p 1 "$broker" "$m" </dev/null
put "$m" 1 3
wait_for 20 "SELECT n FROM v_t" 3
engine_stop
# no broker when a bounded read begins: words, then it goes on; its end is what there is when the broker answers first
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
table t "$g" latest-offset "" "127.0.0.1:$port" >"$dir/d.sql"
timeout 60 "$WEIR" --set execution.checkpointing.interval=100ms --state "$dir/d.db" run "$dir/d.sql" >"$dir/out" 2>&1 &
run=$!
n=0
until grep -q 'source unreachable, trying again' "$dir/out"; do
	n=$((n + 1))
	[ $n -lt 200 ] || die "no words about the broker that is down: $(cat "$dir/out")"
	sleep 0.1
done
kill -0 $run || die "ended although the broker may come"
cat >"$dir/forward.py" <<'PY'
import socket, sys, threading
host, port = sys.argv[2].split(',')[0].rsplit(':', 1)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(('127.0.0.1', int(sys.argv[1])))
listener.listen()
def pump(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try: s.shutdown(socket.SHUT_RDWR)
        except OSError: pass
while True:
    a, _ = listener.accept()
    b = socket.create_connection((host, int(port)))
    for x, y in ((a, b), (b, a)):
        threading.Thread(target=pump, args=(x, y), daemon=True).start()
PY
timeout 60 python3 "$dir/forward.py" "$port" "$broker" &
forward=$!
status=0
wait $run || status=$?
kill $forward
same "$status" 0 "after the broker came: $(cat "$dir/out")"
same "$(sqlite3 -readonly "$dir/d.db" "SELECT n FROM v_t")" 30 "all that was there when the broker answered"
