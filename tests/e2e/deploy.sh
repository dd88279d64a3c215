#!/bin/sh
# What deploy/ promises, as far as it can be seen without Docker: names, ports and metrics exist, compose and Prometheus accept their files, alerts
# fire, the entry point waits, the package holds a program that runs. In soak the image's steps and the package run in a bare Debian.
# services: none
# timeout: 360
set -eu
. tests/support/engine.sh
tools=$(dirname "$WEIR")/tools
"$tools/metrics" >"$dir/names"
/usr/bin/python3 tests/e2e/deploy.py "$dir/names" "$dir/health.sql" || die "deploy/ names what is not there"
pairs=
for file in deploy/docker-compose.yml queries/*/docker-compose.yml; do
	resolved=$dir/$(dirname "$file" | tr / _).yml
	docker-compose -f "$file" config >"$resolved" 2>"$dir/out" || die "compose does not accept $file: $(cat "$dir/out")"
	pairs="$pairs $file $resolved"
done
/usr/bin/python3 tests/e2e/deploy_compose.py $pairs || die "a compose file names what is not there"
# variables go through, and nobody's keys are made up for Amazon's S3
env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY S3_ENDPOINT= WINDOW_DURATION="5 minutes" AWS_SESSION_TOKEN=token \
	docker-compose -f queries/device_telemetry/docker-compose.yml config >"$dir/amazon.yml" 2>"$dir/out" || die "$(cat "$dir/out")"
same "$(/usr/bin/python3 -c "
import sys, yaml
env = yaml.safe_load(open(sys.argv[1]))['services']['weir']['environment']
print([env[k] for k in ('S3_ENDPOINT', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'S3_ACCESS_KEY', 'WINDOW_DURATION', 'AWS_SESSION_TOKEN')])" "$dir/amazon.yml")" \
	"['', None, None, None, '5 minutes', 'token']" "environment of a job for Amazon's S3"

bin=$(sh tests/support/prometheus.sh)
"$bin/promtool" check config deploy/prometheus/prometheus.yml >"$dir/out" 2>&1 || die "$(cat "$dir/out")"
cp deploy/prometheus/alerts.yml tests/e2e/deploy_alerts.yml "$dir/"
(cd "$dir" && "$bin/promtool" test rules deploy_alerts.yml) >"$dir/out" 2>&1 || die "$(cat "$dir/out")"

# a real Prometheus takes what weir says, and the health check's SQL runs
cat >"$dir/job.sql" <<'SQL'
CREATE TABLE t (k INT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
SQL
: >"$dir/started"
"$WEIR" --log info serve --state "$state" --socket "$dir/sock" --metrics 127.0.0.1:0 "$dir/job.sql" >"$dir/started" 2>&1 &
engine=$!
wait_log 30 '| ready |'
port=$(sed -n 's/.*| http | INFO | listening .* port=\([0-9]*\).*/\1/p' "$dir/started")
curl -sS -m 10 "http://127.0.0.1:$port/metrics" | "$bin/promtool" check metrics >"$dir/out" 2>&1 || die "promtool: $(cat "$dir/out")"
"$WEIR" connect "host=$dir/sock" -c "$(cat "$dir/health.sql")" >"$dir/out" 2>&1 || die "the health check fails: $(cat "$dir/out")"
before=$(date +%s)
engine_stop TERM
[ $(($(date +%s) - before)) -le 10 ] || die "it took more than 10 s to stop"
"$WEIR" connect "host=$dir/sock" -c 'SELECT 1' >/dev/null 2>&1 && die "the health check finds an engine that has stopped"

# asked to stop while a target does not answer: in time, and what it did not take waits in the state file
cat >"$dir/down.sql" <<'SQL'
CREATE TABLE t (k INT);
CREATE TABLE d (k INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://127.0.0.1:1/d', 'table-name' = 'd');
INSERT INTO d SELECT k FROM t;
SQL
state=$dir/down.db
for signal in TERM INT; do
	engine_start "$dir/down.sql"
	sql "INSERT INTO t VALUES (1)" >/dev/null
	before=$(date +%s%N)
	engine_stop $signal
	took=$((($(date +%s%N) - before) / 1000000))
	[ $took -le 11000 ] || die "it took $took ms to stop by SIG$signal"
	grep -q 'stopped before all output was delivered; it stays in the outbox' "$dir/started" || die "SIG$signal: $(tail -3 "$dir/started")"
	grep -q '| stopped | status=1' "$dir/started" || die "SIG$signal: $(tail -3 "$dir/started")"
done

# the entry point: waits for what comes, gives up on what does not
mkdir "$dir/bin"
printf '#!/bin/sh\necho "weir $*"\n' >"$dir/bin/weir"
chmod 755 "$dir/bin/weir"
free=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(sleep 0.5 && exec timeout 20 /usr/bin/python3 -m http.server --bind 127.0.0.1 "$free") >/dev/null 2>&1 &
server=$!
same "$(PATH="$dir/bin:$PATH" WAIT_FOR="127.0.0.1:$free" WAIT_RETRIES=40 WAIT_DELAY=0.2 timeout 30 bash deploy/image/start.sh serve x 2>/dev/null)" "weir serve x" "start.sh"
kill $server 2>/dev/null || true
status=0
PATH="$dir/bin:$PATH" WAIT_FOR="127.0.0.1:1" WAIT_RETRIES=3 WAIT_DELAY=0.1 timeout 30 bash deploy/image/start.sh serve >"$dir/out" 2>&1 || status=$?
same "$status" 1 "start.sh without its broker"
grep -q '127.0.0.1:1 does not answer after 3 tries' "$dir/out" || die "start.sh does not say why"
# an address that takes no connection and refuses none
/usr/bin/python3 -c '
import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
print(s.getsockname()[1], flush=True)
held = []
for _ in range(4):
    c = socket.socket(); c.setblocking(False); held.append(c); c.connect_ex(s.getsockname())
time.sleep(60)' >"$dir/silent" &
server=$!
until [ -s "$dir/silent" ]; do sleep 0.1; done
status=0
PATH="$dir/bin:$PATH" WAIT_FOR="127.0.0.1:$(cat "$dir/silent")" WAIT_RETRIES=2 WAIT_DELAY=0.1 timeout 30 bash deploy/image/start.sh serve >"$dir/out" 2>&1 || status=$?
kill $server 2>/dev/null || true
same "$status" 1 "start.sh before a silent address"

# the package
cp -r "$(dirname "$WEIR")"/CPackConfig.cmake "$dir/"
(cd "$dir" && timeout 120 cpack -G DEB --config CPackConfig.cmake -B "$dir/pack") >"$dir/out" 2>&1 || die "cpack: $(tail -5 "$dir/out")"
deb=$(ls "$dir"/pack/weir_*.deb)
dpkg -x "$deb" "$dir/root"
"$dir/root/usr/bin/weir" --version >"$dir/out" || die "the packaged program does not run"
[ -f "$dir/root/etc/weir/weir.conf" ] || die "the package has no weir.conf"
sed -n 's/^# \([a-z.-]* = .*\)/\1/p' deploy/weir.conf >"$dir/weir.conf"
echo 'SELECT COUNT(*) FROM weir.settings WHERE origin LIKE '"'%weir.conf:%'" >"$dir/count.sql"
"$WEIR" check --config "$dir/weir.conf" "$dir/count.sql" >"$dir/out" 2>&1 || die "weir.conf with its comments taken off: $(cat "$dir/out")"
same "$("$WEIR" run --config "$dir/weir.conf" "$dir/count.sql")" "$(wc -l <"$dir/weir.conf")" "settings of weir.conf"
for file in share/man/man1/weir.1 lib/systemd/system/weir.service share/bash-completion/completions/weir share/weir/prometheus/alerts.yml; do
	ls "$dir/root/usr/$file"* >/dev/null || die "the package has no $file"
done
dpkg-deb -f "$deb" Depends | grep -q librdkafka1 || die "the package does not ask for its libraries"

if [ -n "${WEIR_SOAK:-}" ] && [ "$(id -u)" = 0 ]; then
	timeout 1500 sh tests/e2e/deploy_bare.inc "$deb" "$dir" || die "a bare Debian"
fi
echo ok
