#!/bin/sh
# What happens to a topic behind a query's back: records removed before the stored offset (on-data-loss fail and continue), the topic made again, aborted transactions, and the gaps that compaction leaves.
# timeout: 120
set -eu
. "$(dirname "$0")/../support/engine.sh"
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
topic() { "$tools/topic" "$WEIR_TEST_KAFKA" "$@"; }
lines() { seq "$1" "$2" | sed 's/.*/{"id":&}/'; }
put() { lines "$2" "$3" | kcat -b "$WEIR_TEST_KAFKA" -t "$1" -p 0 -P; } # put TOPIC FROM TO
table() { # table NAME TOPIC OPTIONS
	echo "CREATE TABLE $1 (id INT) WITH ('connector'='kafka','topic'='$2','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json'$3);
CREATE MATERIALIZED VIEW v_$1 AS SELECT COUNT(*) AS n, SUM(id) AS s, MAX(id) AS hi FROM $1;"
}
for t in fail go again; do
	topic make "$unique-$t" 1
	put "$unique-$t" 1 10
done
topic make "$unique-tx" 1
topic make "$unique-two" 2
topic make "$unique-compact" 1 cleanup.policy=compact segment.ms=500 min.cleanable.dirty.ratio=0.01 max.compaction.lag.ms=1000
{
	table f "$unique-fail" ""
	table g "$unique-go" ",'weir.kafka.on-data-loss'='continue'"
	table r "$unique-again" ""
	table tx "$unique-tx" ""
	table c "$unique-compact" ""
	echo "CREATE TABLE two (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector'='kafka','topic'='$unique-two','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json');
CREATE MATERIALIZED VIEW v_two AS SELECT COUNT(*) AS n FROM two;"
} >"$dir/q.sql"
engine_start "$dir/q.sql"
for t in f g r; do wait_for 15 "SELECT n, s, hi FROM v_$t" "10|55|10"; done
engine_stop
# offsets 10 to 19 come and go while nobody reads
for t in fail go; do
	put "$unique-$t" 11 20
	put "$unique-$t" 21 25
	topic trim "$unique-$t" 0 20
done
topic drop "$unique-again"
n=0
until topic make "$unique-again" 1 2>/dev/null; do
	n=$((n + 1))
	[ $n -lt 50 ] || die "the topic cannot be made again"
	sleep 0.2
done
put "$unique-again" 100 103
# transactions: aborted, committed, aborted; and an aborted one at the end
lines 1000 1099 | topic abort "$unique-tx" 0
lines 1 10 | topic commit "$unique-tx" 0
lines 2000 2099 | topic abort "$unique-tx" 0
lines 11 20 | topic commit "$unique-tx" 0
lines 3000 3099 | topic abort "$unique-tx" 0
# a partition that ends in what is no row does not hold up the one beside it, which is behind as well and has newer rows
seq 1 10 | sed 's/.*/{"id":&,"ts":"2024-01-01 00:00:01"}/' | topic commit "$unique-two" 0
lines 1 10 | topic abort "$unique-two" 0
seq 11 5010 | sed 's/.*/{"id":&,"ts":"2024-01-01 00:00:02"}/' | kcat -b "$WEIR_TEST_KAFKA" -t "$unique-two" -p 1 -P
# compaction: of 200 versions of 10 keys the last ones stay, and what came after
seq 1 200 | awk '{ printf "k%d\t{\"id\":%d}\n", $1 % 10, $1 }' | topic commit "$unique-compact" 0
n=0
until [ "$("$tools/consume" -c "$WEIR_TEST_KAFKA" "$unique-compact" | grep -c '	k[0-9]	')" -le 10 ]; do
	n=$((n + 1))
	[ $n -lt 60 ] || die "the topic is not compacted: $("$tools/consume" "$WEIR_TEST_KAFKA" "$unique-compact" | wc -l) rows"
	# only what is behind the active segment is compacted
	printf 'last%s\t{"id":0}\n' $n | topic commit "$unique-compact" 0
	sleep 0.5
done
extra=$("$tools/consume" -c "$WEIR_TEST_KAFKA" "$unique-compact" | grep -c '	last' || true)

engine_start "$dir/q.sql"
wait_for 15 "SELECT state, error_code FROM weir.queries WHERE name = 'v_f'" "failed|W1503"
grep -q 'read up to offset 10, but the broker has only 20 to 25' "$log" || die "fail: no words: $(grep v_f "$log")"
wait_for 15 "SELECT n, s, hi FROM v_g" "15|170|25"
grep -q 'lost=10' "$log" || die "continue: what is lost is not said: $(grep 'records are gone' "$log")"
wait_for 15 "SELECT state, error_code FROM weir.queries WHERE name = 'v_r'" "failed|W1503"
grep -q 'read up to offset 10, but the broker has only 0 to 4' "$log" || die "made again: no words: $(grep v_r "$log")"
for t in f r; do case $(sql "SELECT n, s, hi FROM v_$t") in "10|55|10" | *W[0-9]*) ;; *) die "$t: what was read does not stand: $(sql "SELECT n, s, hi FROM v_$t")" ;; esac; done
# aborted rows are not seen, gaps are no loss
wait_for 15 "SELECT n, s, hi FROM v_tx" "20|210|20"
wait_for 15 "SELECT n, s, hi FROM v_c" "$((10 + extra))|1955|200"
wait_for 15 "SELECT n FROM v_two" 5010
wait_for 15 "SELECT lag_records FROM weir.queries WHERE name = 'v_two'" 0
same "$(sql "SELECT COUNT(*) FROM weir.queries WHERE name IN ('v_tx', 'v_c', 'v_g') AND state = 'running'")" 3 "they run"
same "$(sql "SELECT name || ' ' || detail FROM weir.history WHERE event = 'records lost'")" "g $unique-go/0: from 10 to 20" "the jump in the history"
wait_for 15 "SELECT lag_records FROM weir.queries WHERE name = 'v_tx'" 0
engine_stop KILL
engine_start "$dir/q.sql"
lines 21 22 | topic commit "$unique-tx" 0
wait_for 15 "SELECT n, s, hi FROM v_tx" "22|253|22"
wait_for 15 "SELECT n, s, hi FROM v_g" "15|170|25"
# the way on after a loss: the option that the hint names
sed -i "1s/'format'='json')/'format'='json','weir.kafka.on-data-loss'='continue')/" "$dir/q.sql"
engine_stop
engine_start "$dir/q.sql"
wait_for 15 "SELECT state FROM weir.queries WHERE name = 'v_f'" running
wait_for 15 "SELECT hi FROM v_f" 25
