#!/bin/sh
# The disk under a Parquet sink runs full, in the middle of open rows, of row groups and of footers, and is free again; it is also full when
# weir is killed, when it starts, and when it is told to stop. No row is lost, none comes twice, and the log says so once.
# services: none
# timeout: 200
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/engine.sh"
python=$(sh "$here/../support/python.sh") || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
disk=$dir/disk
mkdir -p "$disk"
if ! mount -t tmpfs -o size=40m tmpfs "$disk" 2>/dev/null; then
	[ "${CI:-}" != true ] || die "a small tmpfs cannot be mounted"
	echo "skipped: a small tmpfs cannot be mounted (needs root)"
	exit 0
fi
trap 'end_status=$?; [ -z "$engine" ] || kill -9 "$engine" 2>/dev/null || true; sleep 0.2; umount -l "$disk" 2>/dev/null || true; engine_end' EXIT
count() { "$python" "$here/../e2e/parquet_peer.py" count "$disk/out"; }
rows=300000
cat >"$dir/q.sql" <<SQL
CREATE TABLE g (id BIGINT, k INT, s STRING) WITH ('connector'='datagen','number-of-rows'='$rows','rows-per-second'='25000','seed'='7',
	'fields.id.kind'='sequence','fields.id.start'='0','fields.id.end'='$((rows - 1))','fields.k.min'='0','fields.k.max'='2','fields.s.length'='20');
CREATE TABLE o (id BIGINT, k INT, s STRING) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='parquet','path'='$disk/out',
	'parquet.block.size'='150 kb','parquet.page.size'='10 kb','sink.rolling-policy.file-size'='500 kb',
	'sink.rolling-policy.inactivity-interval'='2 s','sink.rolling-policy.check-interval'='1 s');
INSERT INTO o SELECT * FROM g;
SQL
running() { [ -e "/proc/$engine" ] && [ "$(cut -d' ' -f3 "/proc/$engine/stat" 2>/dev/null)" != Z ]; }
fill() { dd if=/dev/zero of="$disk/filler" bs=4k count=20000 2>/dev/null || true; }

# full and free, again and again, without a restart
engine_start "$dir/q.sql"
for pause in 0.6 0.35 0.8; do
	sleep $pause
	fill
	sleep 1.2
	running || die "a full disk has ended the server"
	rm "$disk/filler"
done
grep -q 'No space left on device' "$log" || die "the log does not say that the disk is full"
[ "$(grep -c 'No space left' "$log")" -le 8 ] || die "the log is flooded: $(grep -c 'No space left' "$log") lines"
same "$(sql "SELECT state FROM weir.queries WHERE name = 'o'")" running "the query"

# full, and killed; full at the start
sleep 0.5
fill
sleep 0.5
engine_stop KILL
engine_start "$dir/q.sql"
sleep 1
running || die "a disk that is full at the start has ended the server"
rm "$disk/filler"

# full, and told to stop: it ends in time, and the rest comes after the next start
sleep 1.5
fill
sleep 0.3
before=$(date +%s)
kill -TERM "$engine"
while running; do
	[ $(($(date +%s) - before)) -lt 60 ] || die "SIGTERM with a full disk does not end"
	sleep 0.1
done
engine_stop
rm "$disk/filler"
engine_start "$dir/q.sql"
n=0
until [ "$(count)" = "$rows|$rows|$((rows * (rows - 1) / 2))" ]; do
	n=$((n + 1))
	[ $n -lt 90 ] || die "rows, distinct, sum: $(count); files: $(find "$disk/out" | head -20)"
	sleep 1
done
engine_stop
[ -z "$(find "$disk/out" -name '.part*')" ] || die "hidden files are left: $(find "$disk/out" -name '.part*')"
