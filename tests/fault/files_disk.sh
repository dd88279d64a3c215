#!/bin/sh
# The disk of a Parquet and of a JSON sink is full: the queries wait, nothing is visible by halves, and with room again every row is there once, also
# when the engine was killed meanwhile. Where no folder can be made it waits, too.
# services: none
# timeout: 120
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/engine.sh"
python=$(sh "$here/../support/python.sh") || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
disk=$dir/disk
mkdir "$disk"
if ! mount -t tmpfs -o size=30m tmpfs "$disk" 2>/dev/null; then
	[ "${CI:-}" != true ] || die "a small tmpfs cannot be mounted"
	echo "skipped: a small tmpfs cannot be mounted (needs root)"
	exit 77
fi
folders=$dir/folders
mkdir "$folders"
trap 'end_status=$?; [ -z "$engine" ] || kill -9 "$engine" 2>/dev/null || true; sleep 0.2; umount -l "$disk" "$folders" 2>/dev/null || true; engine_end' EXIT
# it is one inode already
mount -t tmpfs -o size=1m,nr_inodes=1 tmpfs "$folders"
rows=60000
cat >"$dir/q.sql" <<SQL
CREATE TABLE g (id BIGINT, s STRING) WITH ('connector'='datagen','number-of-rows'='$rows','rows-per-second'='20000','seed'='7',
	'fields.id.kind'='sequence','fields.id.start'='0','fields.id.end'='$((rows - 1))','fields.s.length'='60');
CREATE TABLE p (id BIGINT, s STRING) WITH ('connector'='filesystem','format'='parquet','path'='$disk/parquet','parquet.block.size'='300 kb','parquet.page.size'='20 kb',
	'sink.rolling-policy.file-size'='1 mb','sink.rolling-policy.inactivity-interval'='2 s','sink.rolling-policy.check-interval'='1 s');
CREATE TABLE j (id BIGINT, s STRING) WITH ('connector'='filesystem','format'='json','path'='$disk/json',
	'sink.rolling-policy.file-size'='1 mb','sink.rolling-policy.inactivity-interval'='2 s','sink.rolling-policy.check-interval'='1 s');
CREATE TABLE n (id BIGINT, k BIGINT) WITH ('connector'='datagen','number-of-rows'='300','rows-per-second'='100','fields.id.kind'='sequence','fields.id.start'='0',
	'fields.id.end'='299','fields.k.min'='0','fields.k.max'='9');
CREATE TABLE f (id BIGINT, k BIGINT) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='json','path'='$folders/f');
INSERT INTO f SELECT * FROM n;
INSERT INTO p SELECT * FROM g;
INSERT INTO j SELECT * FROM g;
SQL
head -c 27000000 /dev/zero >"$disk/full"
engine_start "$dir/q.sql"
wait_log 30 'No space left'
engine_stop KILL
engine_start "$dir/q.sql"
wait_log 30 'No space left'
wait_log 30 'cannot make the folder'
same "$(sql "SELECT state FROM weir.sinks WHERE name = 'f'")" waiting "no folder can be made"
mount -o remount,nr_inodes=1000 "$folders"
wait_for 30 "SELECT rows FROM weir.sinks WHERE name = 'f'" 300
rm "$disk/full"
json() { cat "$disk"/json/part* 2>/dev/null | sed 's/{"id":\([0-9]*\),.*/\1/' | awk '{ n++; s += $1; d += !seen[$1]++ } END { printf "%d|%d|%d\n", n, d, s }'; }
n=0
want="$rows|$rows|$((rows * (rows - 1) / 2))"
until [ "$("$python" "$here/../e2e/parquet_peer.py" count "$disk/parquet")" = "$want" ] && [ "$(json)" = "$want" ]; do
	n=$((n + 1))
	[ $n -lt 60 ] || die "rows, distinct, sum: $(json), $("$python" "$here/../e2e/parquet_peer.py" count "$disk/parquet"); wanted $want"
	sleep 1
done
