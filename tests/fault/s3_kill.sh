#!/bin/sh
# Sinks on S3 are killed again and again: in the middle of files, of uploads, at fail points; the server is killed too and comes back. No row is lost,
# none comes twice, no upload and no journal is left behind. Then the objects are read, by an engine that is killed too.
# services: none
# timeout: 420
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# a server of its own, for it is killed
WEIR_TEST_DIR=$(mktemp -d)
export WEIR_TEST_DIR
s3() { sh "$here/../support/s3.sh" "$@"; }
. "$here/../support/engine.sh"
trap 'end_status=$?; s3 kill >/dev/null 2>&1 || true; rm -rf "$WEIR_TEST_DIR"; engine_end' EXIT
python=$(sh "$here/../support/python.sh") || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
boto=$(sh "$here/../support/python.sh" s3) || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
s3 start || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
eval "$(s3 env)"
s3 bucket bucket
peer() { "$boto" "$here/../e2e/s3_peer.py" "$@"; }
sums() {
	/usr/bin/python3 -c 'import sys
ids = [int(line) for line in sys.stdin]
print("%d|%d|%d" % (len(ids), len(set(ids)), sum(ids)))'
}
counts() { # of the rows in JSON and in Parquet
	rm -rf "$dir/got"
	mkdir -p "$dir/got/json" "$dir/got/parquet"
	peer get bucket json/ "$dir/got"
	peer get bucket parquet/ "$dir/got"
	find "$dir/got/json" -type f -exec cat {} + | sed 's/{"id":\([0-9]*\),.*/\1/' | sums
	"$python" "$here/../e2e/parquet_peer.py" count "$dir/got/parquet"
}
rows=300000
passed=0 # fail points that killed it: all, unless the machine is so slow that the rows had ended before
cat >"$dir/q.sql" <<SQL
CREATE TABLE g (id BIGINT, k INT, s STRING) WITH ('connector'='datagen','number-of-rows'='$rows','rows-per-second'='10000','seed'='7',
	'fields.id.kind'='sequence','fields.id.start'='0','fields.id.end'='$((rows - 1))','fields.k.min'='0','fields.k.max'='1','fields.s.length'='150');
CREATE TABLE j (id BIGINT, k INT, s STRING) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='json','path'='s3://bucket/json',
	'sink.rolling-policy.file-size'='20 mb','sink.rolling-policy.inactivity-interval'='2 s','sink.rolling-policy.check-interval'='1 s');
CREATE TABLE p (id BIGINT, k INT, s STRING) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='parquet','path'='s3://bucket/parquet',
	'parquet.block.size'='1 mb','sink.rolling-policy.file-size'='10 mb','sink.rolling-policy.inactivity-interval'='2 s',
	'sink.rolling-policy.check-interval'='1 s');
INSERT INTO j SELECT * FROM g;
INSERT INTO p SELECT * FROM g;
SQL
file=$dir/q.sql
for pause in 1.2 0.7 1.9 0.4 0.9; do
	engine_start "$file"
	sleep $pause
	engine_stop KILL
done
crash_at() { # the point, and the how maniest time it is passed
	WEIR_FAIL_POINT=$1:$2 "$WEIR" --log info serve --state "$state" --socket "$dir/sock" "$file" >"$dir/started" 2>&1 &
	engine=$!
	n=0
	while [ $n -lt 150 ] && kill -0 "$engine" 2>/dev/null; do
		n=$((n + 1))
		sleep 0.1
	done
	if [ $n -lt 150 ]; then passed=$((passed + 1)); fi
	engine_stop KILL
}
for point in before-file-marker after-file-marker after-delivery; do crash_at $point 3; done
crash_at recovery 2
crash_at after-file-marker 2

# the server goes in the middle and comes back: twice, once the engine is killed meanwhile
engine_start "$file"
sleep 2
s3 kill
wait_log 60 'sink.*S3'
engine_stop KILL
engine_start "$file"
sleep 1
s3 start
sleep 2
s3 kill
sleep 2
s3 start
n=0
want="$rows|$rows|$((rows * (rows - 1) / 2))"
until [ "$(counts)" = "$want
$want" ]; do
	n=$((n + 1))
	[ $n -lt 40 ] || die "rows, distinct, sum: $(counts); objects: $(peer keys bucket '' | head -20)"
	sleep 2
done
engine_stop
same "$(peer uploads bucket)" "" "uploads that are left"
same "$(peer hidden bucket '' | grep -v '/\.weir-[^/]*$' || true)" "" "hidden objects but the markers"

# read back
state=$dir/again.db
file=$dir/again.sql
cat >"$file" <<SQL
SET 'execution.checkpointing.interval' = '20 ms';
CREATE TABLE j (id BIGINT, k INT, s STRING) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='json','path'='s3://bucket/json');
CREATE TABLE p (id BIGINT, k INT, s STRING) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='parquet','path'='s3://bucket/parquet');
CREATE MATERIALIZED VIEW v AS SELECT 'j' AS t, COUNT(*) AS n, SUM(id) AS ids, SUM(k) AS ks FROM j;
CREATE MATERIALIZED VIEW w AS SELECT 'p' AS t, COUNT(*) AS n, SUM(id) AS ids, SUM(k) AS ks FROM p;
SQL
for point in after-sqlite-commit after-sqlite-commit; do crash_at $point 3; done
engine_start "$file"
s3 kill
sleep 1
s3 start
wait_for 60 "SELECT n, ids FROM v" "$rows|$((rows * (rows - 1) / 2))"
wait_for 60 "SELECT n, ids FROM w" "$rows|$((rows * (rows - 1) / 2))"
same "$(sql "SELECT ks FROM v")" "$(sql "SELECT ks FROM w")" "the column in the folders' names"
[ "$passed" -ge 4 ] || die "only $passed fail points were passed"
