#!/bin/sh
# More keys than memory: the answer is right, and the whole process stays within what weir.memory and weir.source.memory add up to. A sink that is slower
# than its source: what is on its way has a bound.
# timeout: 300
#
# 200,000 keys, three events each, through a materialized view (two state tables) with 8 MB for state and 8 MB for
# fetched records. The rest of the bound: 25 MB that an engine with Kafka and SQLite has at rest, 12 MB of SQLite's
# caches, and what malloc loses. tests/bench/run.sh state measures ten times the keys.
set -eu
: "${WEIR:?}" "${WEIR_TEST_KAFKA:?}"
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
topic=memory-$$-$(date +%s)
limit_mb=72
"$tools/produce" -g 600000 -p 1 -c lz4 -K 200000 -e 10000 "$WEIR_TEST_KAFKA" "$topic" 2>"$dir/produce.log"
cat >"$dir/q.sql" <<SQL
CREATE TABLE ev (k STRING, v BIGINT) WITH ('connector' = 'kafka', 'topic' = '$topic', 'format' = 'json',
  'properties.bootstrap.servers' = '$WEIR_TEST_KAFKA', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
CREATE MATERIALIZED VIEW per_key AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM ev GROUP BY k;
CREATE MATERIALIZED VIEW all_rows AS SELECT COUNT(*) AS n, SUM(v) AS s FROM ev;
SQL
"$tools/measure" -t 240 "$WEIR" --state "$dir/state.db" --set 'weir.memory=8 MB' --set 'weir.source.memory=8 MB' run "$dir/q.sql" \
	>"$dir/out" 2>"$dir/log" || { tail -n 5 "$dir/log"; exit 1; }
ask() { sqlite3 -readonly "$dir/state.db" "$1"; }
keys=$(ask 'SELECT COUNT(*) FROM per_key')
[ "$keys" -gt 180000 ] || { echo "only $keys keys"; exit 1; }
[ "$(ask 'SELECT SUM(n), SUM(s) FROM per_key')" = "$(ask 'SELECT n, s FROM all_rows')" ] ||
	{ echo "the sums over the keys are not those over all rows"; exit 1; }
[ "$(ask 'SELECT n FROM all_rows')" = 600000 ] || { echo "not all rows were counted"; exit 1; }
rss=$(sed -n 's/.*rss_mb=\([0-9]*\).*/\1/p' "$dir/log" | tail -n 1)
echo "peak RSS $rss MB, $keys keys"
[ "$rss" -le $limit_mb ] || { echo "more than $limit_mb MB"; exit 1; }

# Rows that come faster than the sink takes them wait where they come from: what is on its way stays small, whatever weir.outbox.max says.
cat >"$dir/p.sql" <<SQL
CREATE TABLE g (id BIGINT, a INT, d DOUBLE, s STRING, ts TIMESTAMP(3)) WITH ('connector'='datagen','number-of-rows'='3000000','rows-per-second'='5000000',
	'seed'='7','fields.id.kind'='sequence','fields.id.start'='0','fields.id.end'='2999999','fields.s.length'='20');
CREATE TABLE o (id BIGINT, a INT, d DOUBLE, s STRING, ts TIMESTAMP(3)) WITH ('connector'='filesystem','format'='parquet','path'='$dir/files',
	'parquet.block.size'='16 mb');
INSERT INTO o SELECT * FROM g;
SQL
"$tools/measure" -t 240 "$WEIR" run "$dir/p.sql" >"$dir/out" 2>"$dir/log" || { tail -n 5 "$dir/log"; exit 1; }
rss=$(sed -n 's/.*rss_mb=\([0-9]*\).*/\1/p' "$dir/log" | tail -n 1)
echo "peak RSS $rss MB, three million rows into Parquet"
[ "$rss" -le 330 ] || { echo "more than 330 MB"; exit 1; }

# Joined rows that all have one key: each row meets all of the other side, 256 million pairs, and the steps become small.
cat >"$dir/hot.sql" <<SQL
CREATE TABLE a (id BIGINT, k INT) WITH ('connector'='datagen','number-of-rows'='16000','rows-per-second'='5000000',
	'fields.id.kind'='sequence','fields.id.start'='1','fields.id.end'='16000','fields.k.min'='7','fields.k.max'='7');
CREATE TABLE b WITH ('connector'='datagen') LIKE a;
CREATE MATERIALIZED VIEW pairs AS SELECT COUNT(*) AS n, SUM(a.id) AS s FROM a JOIN b ON a.k = b.k;
SQL
"$tools/measure" -t 240 "$WEIR" --state "$dir/hot.db" run "$dir/hot.sql" >"$dir/out" 2>"$dir/log" || { tail -n 5 "$dir/log"; exit 1; }
[ "$(sqlite3 -readonly "$dir/hot.db" 'SELECT n, s FROM pairs')" = '256000000|2048128000000' ] || { echo "the pairs of one key are wrong"; exit 1; }
rss=$(sed -n 's/.*rss_mb=\([0-9]*\).*/\1/p' "$dir/log" | tail -n 1)
echo "peak RSS $rss MB, 256 million pairs of one key"
[ "$rss" -le 1500 ] || { echo "more than 1500 MB"; exit 1; }
