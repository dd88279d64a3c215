#!/bin/sh
# Debezium's changes on Kafka, in and out: an aggregate over a table with and one without a key, the changes of one query read back by another; killed in the middle.
# timeout: 120
set -eu
. "$(dirname "$0")/../support/engine.sh"
in=$unique-dbz
out=$unique-dbz-out
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
"$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$in" </dev/null
"$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$out" </dev/null
put() { kcat -b "$WEIR_TEST_KAFKA" -t "$in" -p 0 -P; }
with="WITH ('connector'='kafka','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='debezium-json'"
cat >"$dir/q.sql" <<SQL
CREATE TABLE t (id INT, k STRING, x INT) $with,'topic'='$in');
CREATE TABLE keyed (id INT, k STRING, x INT, PRIMARY KEY (id) NOT ENFORCED) $with,'topic'='$in');
CREATE TABLE sums (k STRING, n BIGINT, s INT) $with,'topic'='$out');
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, SUM(x) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW w AS SELECT id, k, x FROM keyed;
INSERT INTO sums SELECT k, COUNT(*), SUM(x) FROM t GROUP BY k;
CREATE MATERIALIZED VIEW back AS SELECT k, n, s FROM sums;
SQL
v="SELECT k, n, s FROM v ORDER BY k"
w="SELECT id, k, x FROM w ORDER BY id"
back="SELECT k, n, s FROM back ORDER BY k"
engine_start "$dir/q.sql"
put <<'MESSAGES'
{"before":null,"after":{"id":1,"k":"a","x":1},"source":{"db":"shop"},"op":"r","ts_ms":1}
{"before":null,"after":{"id":2,"k":"a","x":2},"op":"c"}
{"before":null,"after":{"id":3,"k":"b","x":3},"op":"c"}
MESSAGES
wait_for 20 "$v" "a|2|3
b|1|3"
wait_for 20 "$back" "a|2|3
b|1|3"
# while it is dead the rows go on to change
engine_stop KILL
put <<'MESSAGES'
{"before":{"id":1,"k":"a","x":1},"after":{"id":1,"k":"b","x":10},"op":"u"}
{"before":null,"after":{"id":2,"k":"a","x":9},"op":"u"}
{"before":{"id":3,"k":"b","x":3},"after":null,"op":"d"}
MESSAGES
engine_start "$dir/q.sql"
wait_for 20 "$v" "a|1|2
b|1|10"
wait_for 20 "$back" "a|1|2
b|1|10"
# the update without its old row is of use with a key only
wait_for 20 "$w" "1|b|10
2|a|9"
same "$(sql "SELECT error FROM t.bad")" 'an update ("u") has no "before"' "bad without a key"
same "$(sql "SELECT COUNT(*) FROM keyed.bad")" 0 "nothing bad with a key"
engine_stop KILL
engine_start "$dir/q.sql"
same "$(sql "$v")" "a|1|2
b|1|10" "after a second kill"
wait_for 20 "$back" "a|1|2
b|1|10"
# what was written, in Flink's form, and no change twice: the sum of the changes is the view
kcat -b "$WEIR_TEST_KAFKA" -t "$out" -C -e -q -X isolation.level=read_committed >"$dir/written"
same "$(head -n 1 "$dir/written" | cut -c 1-24)" '{"before":null,"after":{' "the form of a row that comes"
grep -q '^{"before":{"k":"b","n":1,"s":3},"after":null,"op":"d"}$' "$dir/written" || die "no row was taken back: $(cat "$dir/written")"
same "$(($(grep -c '"op":"c"' "$dir/written") - $(grep -c '"op":"d"' "$dir/written")))" 2 "rows that came less rows that went"
