#!/bin/sh
# The HTTP server while hundreds of connections hold it and while the disk under the state file is full: the stream goes on, memory and
# files stay bounded, and who asks is answered again once the idle ones have been sent away; after the disk has room all is as before.
# services: none
# timeout: 150
set -eu
. "$(dirname "$0")/../support/engine.sh"
export no_proxy=127.0.0.1,localhost
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
state=$disk/state.db
engine_start --http 127.0.0.1:0 --metrics '*:0' "$dir/a.sql"
port() { sed -n "s/.*| http | INFO | listening | address=\"$1\" port=\([0-9]*\).*/\1/p" "$dir/started"; }
all=http://127.0.0.1:$(port 127.0.0.1:0) open=http://127.0.0.1:$(port '\*:0')
code() { curl -sS -m "$1" -o "$dir/body" -w '%{http_code}' "$2" 2>/dev/null || true; }
same "$(code 10 "$all/healthz") $(code 10 "$open/readyz")" "200 200" "before"
rss() { awk '/VmRSS/ { print $2 }' "/proc/$engine/status"; }
files() { ls "/proc/$engine/fd" | wc -l; }
before_rss=$(rss) before_files=$(files)

# idle ones, heads without an end, bodies that nobody asked for, garbage; from one address, to both listeners
cat >"$dir/attack.py" <<'PY'
import select, socket, sys, time
ports, end = [int(p) for p in sys.argv[1].split(",")], time.time() + float(sys.argv[2])
kinds = [b"", b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ", b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\nx", b"\0\xff" * 2000, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 2000]
socks = []
for i in range(400):
    s = socket.socket()
    s.settimeout(1)
    try:
        s.connect(("127.0.0.1", ports[i % len(ports)]))
        s.sendall(kinds[i % len(kinds)])
    except OSError:
        pass
    s.setblocking(False)
    socks.append(s)
print("ready", flush=True)
while time.time() < end:
    for s in socks:
        try:
            s.send(b"x" * 100)
        except OSError:
            pass
    time.sleep(0.5)
PY
/usr/bin/python3 "$dir/attack.py" "${all##*:},${open##*:}" 12 >"$dir/attack" 2>&1 &
attack=$!
n=0
until grep -q ready "$dir/attack"; do
	n=$((n + 1))
	[ $n -lt 300 ] || die "the attack does not begin: $(cat "$dir/attack")"
	sleep 0.1
done
for i in 1 2 3; do
	same "$(sql "INSERT INTO t VALUES ($i, 'a'); SELECT n FROM m" | tail -1)" $i "SQL under attack"
	sleep 1
done
[ "$(files)" -le $((before_files + 160)) ] || die "$(files) files are open, $before_files before"
[ "$(rss)" -le $((before_rss + 65536)) ] || die "$(rss) kB, $before_rss before"
wait $attack || die "the attack: $(cat "$dir/attack")"
same "$(code 40 "$all/healthz") $(code 40 "$open/metrics")" "200 200" "after the connections"
[ "$(files)" -le $((before_files + 10)) ] || sleep 16
[ "$(files)" -le $((before_files + 10)) ] || die "$(files) files are open, $before_files before: connections are not closed"

# a full disk: what the engine is doing can be asked, also that nothing lands
dd if=/dev/zero of="$disk/filler" bs=64k count=1000 2>/dev/null || true
(sql "INSERT INTO t SELECT 9, REPEAT('x', 2000000) FROM (VALUES (1)) AS o (one)" >"$dir/insert" || true) &
insert=$!
wait_log 20 'cannot be written; trying again'
for i in 1 2 3 4 5; do
	same "$(code 10 "$all/healthz")" 200 "healthz with a full disk"
	same "$(code 10 "$open/metrics")" 200 "metrics with a full disk"
	grep -q '^weir_epoch ' "$dir/body" && grep -q '^weir_epoch_landed ' "$dir/body" || die "metrics without epochs: $(head -5 "$dir/body")"
	same "$(code 10 "$all/api/v1/queries")" 200 "queries with a full disk"
done
rm "$disk/filler"
wait $insert || die "the INSERT failed: $(cat "$dir/insert")"
same "$(sql 'SELECT n, last FROM m')" "4|9" "after there was room"
same "$(code 10 "$all/healthz")" 200 "at the end"
engine_stop
same "$status" 0 "the end"
echo ok
