#!/bin/sh
# A Parquet sink is killed again and again while it writes: in the middle of row groups, of files, at fail points. No row is lost, none comes twice,
# and a quiet file is ended by time. Then the files are read, by an engine that is killed too.
# services: none
# timeout: 240
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/engine.sh"
python=$(sh "$here/../support/python.sh") || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
count() { "$python" "$here/../e2e/parquet_peer.py" count "$dir/$1"; }
rows=600000
passed=0 # fail points that killed it: all, unless the machine is so slow that the rows had ended before
cat >"$dir/q.sql" <<SQL
CREATE TABLE g (id BIGINT, k INT, s STRING) WITH ('connector'='datagen','number-of-rows'='$rows','rows-per-second'='30000','seed'='7',
	'fields.id.kind'='sequence','fields.id.start'='0','fields.id.end'='$((rows - 1))','fields.k.min'='0','fields.k.max'='1','fields.s.length'='20');
CREATE TABLE o (id BIGINT, k INT, s STRING, a ARRAY<BIGINT>) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='parquet','path'='$dir/out',
	'parquet.block.size'='150 kb','parquet.page.size'='10 kb','sink.rolling-policy.file-size'='700 kb',
	'sink.rolling-policy.inactivity-interval'='2 s','sink.rolling-policy.check-interval'='1 s');
INSERT INTO o SELECT id, k, s, ARRAY[id, id + 1] FROM g;
SQL
file=$dir/q.sql
for pause in 0.7 1.1 0.4 1.3 0.9 0.3 0.8 1.2; do
	engine_start "$dir/q.sql"
	sleep $pause
	engine_stop KILL
done
crash_at() { # the point, and the how maniest time it is passed
	WEIR_FAIL_POINT=$1:$2 "$WEIR" --log info serve --state "$state" --socket "$dir/sock" "$file" >"$dir/started" 2>&1 &
	engine=$!
	n=0
	while [ $n -lt 100 ] && kill -0 "$engine" 2>/dev/null; do
		n=$((n + 1))
		sleep 0.1
	done
	if [ $n -lt 100 ]; then passed=$((passed + 1)); fi
	engine_stop KILL
}
for point in before-delivery before-file-marker after-file-marker after-delivery; do crash_at $point 4; done
crash_at recovery 1
crash_at after-file-marker 1
engine_start "$dir/q.sql"
n=0
until [ "$(count out)" = "$rows|$rows|$((rows * (rows - 1) / 2))" ]; do
	n=$((n + 1))
	[ $n -lt 60 ] || die "rows, distinct, sum: $(count out); files: $(find "$dir/out" | head -20)"
	sleep 1
done
engine_stop
[ -z "$(find "$dir/out" -name '.part*')" ] || die "hidden files are left: $(find "$dir/out" -name '.part*')"

state=$dir/again.db
file=$dir/again.sql
cat >"$file" <<SQL
SET 'execution.checkpointing.interval' = '20 ms';
CREATE TABLE o (id BIGINT, k INT, s STRING, a ARRAY<BIGINT>) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='parquet','path'='$dir/out');
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, SUM(id) AS ids, SUM(a[2] - id) AS ones FROM o GROUP BY k;
CREATE TABLE copy (id BIGINT, k INT, s STRING, a ARRAY<BIGINT>) WITH ('connector'='filesystem','format'='parquet','path'='$dir/copy',
	'sink.rolling-policy.inactivity-interval'='1 s','sink.rolling-policy.check-interval'='1 s');
INSERT INTO copy SELECT * FROM o;
SQL
for point in after-sqlite-commit after-sqlite-commit after-file-marker before-file-marker; do crash_at $point 3; done
engine_start "$file"
wait_for 60 "SELECT SUM(n), SUM(ids), SUM(ones) FROM v" "$rows|$((rows * (rows - 1) / 2))|$rows"
n=0
until [ "$(count copy)" = "$rows|$rows|$((rows * (rows - 1) / 2))" ]; do
	n=$((n + 1))
	[ $n -lt 60 ] || die "of the copy: $(count copy)"
	sleep 1
done
[ "$passed" -ge 5 ] || die "only $passed fail points were passed"
