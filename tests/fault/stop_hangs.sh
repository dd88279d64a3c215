#!/bin/sh
# An engine that hangs does not keep the process from ending when it is told to: it ends in time, says so, and the next start
# has all that was committed. Who asks for its health gets an answer meanwhile, also behind somebody who asks for metrics.
# services: none
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
cat >"$dir/a.sql" <<'SQL'
CREATE TABLE t (id INT NOT NULL, v STRING, PRIMARY KEY (id) NOT ENFORCED);
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n FROM t;
SQL
engine_start "$dir/a.sql"
sql "INSERT INTO t VALUES (1, 'a')" >"$dir/out"
wait_for 10 'SELECT n FROM m' 1
engine_stop

WEIR_FAIL_POINT=hang:before-seal:3
export WEIR_FAIL_POINT
engine_start --http 127.0.0.1:0 "$dir/a.sql"
unset WEIR_FAIL_POINT
n=1
while timeout 5 psql -X -q -h "$dir/sock" -U weir -c "INSERT INTO t VALUES ($((n + 1)), 'b')" >"$dir/out" 2>&1; do
	n=$((n + 1))
	[ $n -lt 10 ] || die "the engine does not hang"
done
http=http://127.0.0.1:$(sed -n 's/.*| http | INFO | listening .* port=\([0-9]*\).*/\1/p' "$dir/started")
curl -s --noproxy '*' -m 20 -o "$dir/metrics" -w '%{http_code}' "$http/metrics" >"$dir/metrics_status" &
asks=$!
sleep 0.5
health=$(curl -s --noproxy '*' -m 15 -o "$dir/out" -w '%{http_code}' "$http/healthz") || die "no answer about its health"
wait $asks || die "no answer about its metrics"
same "$(cat "$dir/metrics_status")" 503 "metrics of an engine that hangs"
grep -q 'the engine does not answer' "$dir/metrics" || die "metrics: $(cat "$dir/metrics")"
case $health in 200 | 503) ;; *) die "health: $health" ;; esac
began=$(date +%s)
engine_stop
took=$(($(date +%s) - began))
[ "$status" = 1 ] && [ $took -le 19 ] || die "status $status after $took s"
grep -q 'could not stop in time' "$dir/started" || die "it does not say so"

engine_start "$dir/a.sql"
wait_for 10 "SELECT n BETWEEN $n AND $((n + 1)) FROM m" t # the last one got no answer
engine_stop
[ "$status" = 0 ] || die "status $status"
echo ok
