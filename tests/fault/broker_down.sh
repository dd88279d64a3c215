#!/bin/sh
# The broker is down when the engine starts, and is killed in the middle, under a source and a sink with transactions, with a kill of the engine in between: every row once, in view, Kafka and order of its partition.
# services: none
# timeout: 150
set -eu
support=$(cd "$(dirname "$0")/../support" && pwd)
. "$support/engine.sh"
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
export WEIR_TEST_DIR="$dir/services"
kafka() { sh "$support/kafka.sh" "$@"; }
trap 'end_status=$?; kafka kill >/dev/null 2>&1 || true; engine_end' EXIT
kafka start
eval "$(kafka env)"
broker=$WEIR_TEST_KAFKA
up() {
	kafka start
	eval "$(kafka env)"
	same "$WEIR_TEST_KAFKA" "$broker" "the broker's port was taken in the meantime"
}
"$tools/produce" -p 2 "$broker" in </dev/null
"$tools/produce" -p 1 "$broker" out </dev/null
put() { # put FROM TO
	seq "$1" "$2" | sed 's/.*/{"id":&}/' >"$dir/rows"
	n=0
	until kcat -b "$broker" -t in -p $(($1 / 100 % 2)) -P -X message.timeout.ms=5000 <"$dir/rows" 2>/dev/null; do
		n=$((n + 1))
		[ $n -lt 5 ] || die "the broker takes no rows"
		sleep 1
	done
}
put 100 199
kafka kill
cat >"$dir/q.sql" <<SQL
CREATE TABLE e (id INT) WITH ('connector'='kafka','topic'='in','properties.bootstrap.servers'='$broker','scan.startup.mode'='earliest-offset','format'='json');
CREATE TABLE s (id INT) WITH ('connector'='kafka','topic'='out','properties.bootstrap.servers'='$broker','format'='json','sink.delivery-guarantee'='exactly-once','sink.transactional-id-prefix'='down');
CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS d, MIN(id) AS lo, MAX(id) AS hi FROM e;
INSERT INTO s SELECT id FROM e;
SQL
# down at the start
engine_start "$dir/q.sql"
same "$(sql "SELECT n FROM v")" 0 "a view over a broker that is down can be asked"
wait_for 15 "SELECT COUNT(*) FROM weir.queries WHERE state = 'running' AND name IN ('s', 'v')" 2
wait_log 15 'broker'
up
wait_for 30 "SELECT n, d, lo, hi FROM v" "100|100|100|199"
put 200 299
wait_for 20 "SELECT n, d, lo, hi FROM v" "200|200|100|299"
# killed in the middle, while rows are on their way
put 300 399
kafka kill
wait_log 20 'broker is down'
case $(sql "SELECT error FROM weir.queries WHERE name = 'v'") in '') ;; *) die "an outage is no failure of the query" ;; esac
same "$(sql "SELECT state FROM weir.queries WHERE name = 'v'")" running "the query waits"
engine_stop KILL
engine_start "$dir/q.sql"
up
wait_for 30 "SELECT n, d, lo, hi FROM v" "300|300|100|399"
put 400 499
wait_for 20 "SELECT n, d, lo, hi FROM v" "400|400|100|499"
n=0
until [ "$("$tools/consume" -c "$broker" out | wc -l)" -ge 400 ] || [ $n -gt 60 ]; do
	n=$((n + 1))
	sleep 0.5
done
"$tools/consume" -c "$broker" out >"$dir/out.tsv"
same "$(cut -f 5 "$dir/out.tsv" | sort | uniq | wc -l)|$(wc -l <"$dir/out.tsv")" "400|400" "each row once in the sink"
same "$(sql "SELECT state FROM weir.sinks")" delivering "the sink is well"
