#!/bin/sh
# Uploads that a killed process has begun, and that no marker names, are aborted on a server that lists uploads as MinIO does, of one key only: folders
# and files are new, old, and in the middle. No row is lost, none comes twice.
# services: s3
# timeout: 200
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/engine.sh"
boto=$(sh "$here/../support/python.sh" s3) || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
between=
trap 'end_status=$?; [ -z "$between" ] || kill "$between" 2>/dev/null || true; engine_end' EXIT
peer() { "$boto" "$here/s3_peer.py" "$@"; }
bucket=u$$
sh "$here/../support/s3.sh" bucket $bucket
/usr/bin/python3 "$here/../support/s3_faults.py" 0 "${AWS_ENDPOINT_URL_S3#http://}" minio >"$dir/between" 2>&1 &
between=$!
n=0
until grep -q '^ready' "$dir/between"; do
	n=$((n + 1))
	[ $n -lt 100 ] || die "nothing between: $(cat "$dir/between")"
	sleep 0.1
done
rows=300000
cat >"$dir/q.sql" <<SQL
SET 'execution.checkpointing.interval' = '1 s';
CREATE TABLE g (id BIGINT, k INT, s STRING) WITH ('connector'='datagen','number-of-rows'='$rows','rows-per-second'='80000','seed'='7',
	'fields.id.kind'='sequence','fields.id.start'='0','fields.id.end'='$((rows - 1))','fields.k.min'='0','fields.k.max'='1','fields.s.length'='150');
CREATE TABLE j (id BIGINT, d STRING, s STRING) PARTITIONED BY (d) WITH ('connector'='filesystem','format'='json','path'='s3://$bucket/json',
	's3.endpoint'='http://127.0.0.1:$(sed -n 's/^ready //p' "$dir/between")','sink.rolling-policy.file-size'='25 mb');
INSERT INTO j SELECT id, CONCAT('ü ', CAST(k AS STRING), '/', CAST(id / 100000 AS STRING)), s FROM g;
SQL
left() { peer uploads $bucket | wc -l; }
began=0
for n in 1 2 1 3 2; do
	before=$(left)
	WEIR_FAIL_POINT=before-file-marker:$n timeout 60 "$WEIR" --log info serve --state "$state" --socket "$dir/sock" "$dir/q.sql" >"$dir/killed" 2>&1 || true
	[ "$(left)" -le "$before" ] || began=$((began + 1))
done
[ $began -ge 1 ] || die "no upload was begun that the marker does not name"
timeout 100 "$WEIR" run --state "$state" "$dir/q.sql" || die "the end of it"
same "$(peer uploads $bucket)" "" "uploads that are left"
mkdir "$dir/got"
peer get $bucket json/ "$dir/got"
same "$(find "$dir/got" -type f -exec cat {} + | sed 's/{"id":\([0-9]*\),.*/\1/' | /usr/bin/python3 -c 'import sys
ids = [int(line) for line in sys.stdin]
print(len(ids), len(set(ids)), sum(ids))')" "$rows $rows $((rows * (rows - 1) / 2))" "rows"
