#!/bin/sh
# The disk under the state file: full and free again; fsync that fails; another program that writes; a file that is overwritten. What
# cannot be trusted ends the server with a status and words; what passes is waited for.
# services: none
# timeout: 150
set -eu
. "$(dirname "$0")/../support/engine.sh"
disk=$dir/disk
mkdir -p "$disk"
if ! mount -t tmpfs -o size=24m tmpfs "$disk" 2>/dev/null; then
	[ "${CI:-}" != true ] || die "a small tmpfs cannot be mounted"
	echo "skipped: a small tmpfs cannot be mounted (needs root)"
	exit 0
fi
trap 'status=$?; [ -z "$engine" ] || kill -9 "$engine" 2>/dev/null || true; sleep 0.2; umount -l "$disk" 2>/dev/null || true; (exit $status); engine_end' EXIT
cat >"$dir/a.sql" <<'SQL'
CREATE TABLE t (id INT NOT NULL, v STRING, PRIMARY KEY (id) NOT ENFORCED);
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n, MAX(id) AS last FROM t;
SQL

running() { [ -e "/proc/$engine" ] && [ "$(cut -d' ' -f3 "/proc/$engine/stat" 2>/dev/null)" != Z ]; }

# ---- full, then free again
state=$disk/state.db
engine_start "$dir/a.sql"
sql "INSERT INTO t VALUES (1, 'a')" >/dev/null
dd if=/dev/zero of="$disk/filler" bs=64k count=1000 2>/dev/null || true
(sql "INSERT INTO t SELECT 2, REPEAT('x', 2000000) FROM (VALUES (1)) AS o (one)" >"$dir/insert" || true) &
insert=$!
wait_log 20 'cannot be written; trying again'
sleep 3
kill -0 "$engine" || die "a full disk has ended the server"
kill -0 $insert || die "the INSERT is answered although nothing is written: $(cat "$dir/insert")"
same "$(sql "SELECT n, last FROM m")" "1|1" "what is committed can be asked while the disk is full"
[ "$(grep -c 'cannot be written' "$log")" -lt 5 ] || die "the log is flooded"
rm "$disk/filler"
wait $insert || die "the INSERT failed: $(cat "$dir/insert")"
wait_log 10 'is written again'
same "$(sql "SELECT n, last FROM m")" "2|2" "after there was room again"
engine_stop KILL
engine_start "$dir/a.sql"
same "$(sql "SELECT n, last FROM m")" "2|2" "after the disk was full and a kill"
# a full disk at the end: the end is bounded, says what is not written, and loses nothing that was told
dd if=/dev/zero of="$disk/filler" bs=64k count=1000 2>/dev/null || true
(sql "INSERT INTO t SELECT 3, REPEAT('x', 8000000) FROM (VALUES (1)) AS o (one)" >"$dir/insert" || true) & # more than the log has room for from before
wait_log 20 'cannot be written; trying again'
kill -TERM "$engine"
n=0
while running; do
	n=$((n + 1))
	[ $n -lt 500 ] || die "SIGTERM with a full disk does not end"
	sleep 0.1
done
engine_stop
[ "$status" != 0 ] || die "an end without its last epoch has status 0"
rm "$disk/filler"
engine_start "$dir/a.sql"
same "$(sql "SELECT n, last FROM m")" "2|2" "after an end on a full disk"
engine_stop

# ends NAME WORDS: the server ends by itself, with status 1 and words
ends() {
	n=0
	while running; do
		n=$((n + 1))
		[ $n -lt 200 ] || die "$1: the server stays up"
		sleep 0.1
	done
	engine_stop
	[ "$status" = 1 ] || die "$1: status $status"
	grep -q "$2" "$log" || die "$1: no words \"$2\""
}

# ---- another program writes
state=$dir/foreign.db
engine_start "$dir/a.sql"
sql "INSERT INTO t VALUES (1, 'a')" >/dev/null
sqlite3 "$state" 'CREATE TABLE somebody (x); INSERT INTO somebody VALUES (1)'
sql "INSERT INTO t VALUES (2, 'b')" >"$dir/insert" || true
ends "another program writes" 'another program has written'
grep -q 'another program has written' "$dir/insert" || die "the client is not told: $(cat "$dir/insert")"
engine_start "$dir/a.sql"
same "$(sql "SELECT n FROM m")" 1 "goes on from the file as it is"
engine_stop

# ---- fsync fails
cat >"$dir/nosync.c" <<'C'
#include <errno.h>
#include <sys/syscall.h>
#include <stdlib.h>
#include <unistd.h>
static int broken(void) { return access(getenv("NOSYNC"), F_OK) == 0; }
int fsync(int fd) { return broken() ? (errno = EIO, -1) : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return broken() ? (errno = EIO, -1) : (int)syscall(SYS_fdatasync, fd); }
C
cc -shared -fPIC -o "$dir/nosync.so" "$dir/nosync.c"
state=$dir/sync.db
NOSYNC=$dir/broken
export NOSYNC
asan=
if ldd "$WEIR" | grep -q 'libasan\|libclang_rt'; then asan="verify_asan_link_order=0"; fi
LD_PRELOAD=$dir/nosync.so ASAN_OPTIONS=${ASAN_OPTIONS:-}${asan:+:$asan} engine_start "$dir/a.sql"
sql "INSERT INTO t VALUES (1, 'a')" >/dev/null
: >"$NOSYNC"
sql "INSERT INTO t VALUES (2, 'b')" >"$dir/insert" || true
ends "fsync fails" 'did not confirm\|disk I/O error'
grep -q 'ERROR\|connection' "$dir/insert" || die "a row that was not synced is told as written: $(cat "$dir/insert")"
rm "$NOSYNC"
engine_start "$dir/a.sql"
sql "SELECT n >= 1 FROM m" | grep -q t || die "after a failed fsync"
engine_stop

# ---- the file is overwritten
state=$dir/torn.db
engine_start "$dir/a.sql"
seq 1 20000 | awk 'BEGIN { x = sprintf("%400s", ""); gsub(/ /, "x", x); printf "INSERT INTO t VALUES " } { printf "%s(%d, \047%s\047)", (NR > 1 ? ", " : ""), $1, x } END { print ";" }' >"$dir/fill.sql"
psql -X -q -h "$dir/sock" -U weir -v ON_ERROR_STOP=1 -f "$dir/fill.sql" >/dev/null
engine_stop
engine_start "$dir/a.sql"
pages=$(($(stat -c %s "$state") / 4096 - 1))
dd if=/dev/urandom of="$state" bs=4096 seek=1 count="$pages" conv=notrunc 2>/dev/null
n=0
while running && [ $n -lt 40 ]; do
	n=$((n + 1))
	sql "UPDATE t SET v = 'changed' WHERE id = $((n * 487))" >"$dir/insert" || true
done
ends "an overwritten file" 'malformed\|damaged\|corrupt\|not a database'
if "$WEIR" --state "$state" -c 'SELECT 1' >"$dir/out" 2>&1; then die "a damaged file is opened again"; fi
