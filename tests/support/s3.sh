#!/bin/sh
# The S3 server of the tests: S3Proxy over a folder, on a private port of loopback; it checks signatures.
#
#   sh tests/support/s3.sh start          starts it, or finds that it runs; waits until it answers
#   sh tests/support/s3.sh stop           ends it (its objects stay for the next start)
#   sh tests/support/s3.sh kill           the same with SIGKILL, for the tests of faults
#   sh tests/support/s3.sh bucket NAME    makes a bucket
#   sh tests/support/s3.sh env            prints AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY for eval
#   sh tests/support/s3.sh pid            prints its process id
#   sh tests/support/s3.sh fetch          only puts the jars into the cache
#
# The jars come through Maven (s3-pom.xml) into WEIR_TEST_CACHE, state is in WEIR_TEST_DIR.
# Needs java, mvn and python3: tests/support/deps.sh installs them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
service=s3.sh
. "$here/service.sh"
. "$here/jars.sh"

dir=$WEIR_TEST_DIR/s3
jars=$WEIR_TEST_CACHE/s3-$(cksum <"$here/s3-pom.xml" | cut -d' ' -f1)
access=weirtests
secret='secret/of+the=tests'

fetch() { jars_fetch "$here/s3-pom.xml" "$jars" "the S3 server's jars"; }

# It is up when it refuses who brings no signature.
answers() {
    [ -s "$dir/port" ] && /usr/bin/python3 - "$(cat "$dir/port")" <<'PY' 2>/dev/null 9>&-
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen("http://127.0.0.1:%s/" % sys.argv[1], timeout=5)
except urllib.error.HTTPError as e:
    sys.exit(0 if e.code == 403 else 1)
sys.exit(1)
PY
}

# What a killed server was writing lies there under a name of its own, without the attributes that it looks for.
clean() {
    /usr/bin/python3 - "$dir/data" <<'PY'
import os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for path in (os.path.join(folder, name) for name in names):
        if "user.user.content-md5" not in os.listxattr(path):
            os.unlink(path)
PY
}

launch() {
    # The port of the first time: what was written with it is read with it.
    port=$(service_port "$(cat "$dir/port" 2>/dev/null || echo 19292)") || return 1
    mkdir -p "$dir/data"
    clean
    cat >"$dir/s3proxy.properties" <<CONF
s3proxy.authorization=aws-v4
s3proxy.endpoint=http://127.0.0.1:$port
s3proxy.identity=$access
s3proxy.credential=$secret
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=$dir/data
jclouds.identity=local
jclouds.credential=local
CONF
    cat >"$dir/logback.xml" <<'CONF'
<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %p %c: %m%n</pattern></encoder>
  </appender>
  <root level="warn"><appender-ref ref="out"/></root>
</configuration>
CONF
    (
        cd "$dir"
        exec setsid java -Xms32m "-Xmx${WEIR_TEST_S3_HEAP:-256m}" -XX:+UseSerialGC -Djava.awt.headless=true \
            "-Dlogback.configurationFile=$dir/logback.xml" -cp "$jars/*" org.gaul.s3proxy.Main \
            --properties "$dir/s3proxy.properties" </dev/null >>"$dir/log" 2>&1 9>&-
    ) &
    echo $! >"$dir/pid"
    echo "$port" >"$dir/port"
    sleep 0.3
    service_wait 60 answers
}

start() {
    if service_pid >/dev/null && service_wait 15 answers; then return 0; fi
    fetch
    service_kill TERM 15 || service_kill KILL 10 || service_die "process $(service_pid) cannot be ended"
    launch || service_die "it did not start"
}

case "${1:-}" in
start)
    service_lock
    start
    ;;
fetch)
    service_lock
    fetch
    ;;
stop)
    service_lock
    service_kill TERM 20 || service_kill KILL 10 || service_die "it cannot be ended"
    rm -f "$dir/pid"
    ;;
kill)
    service_lock
    service_kill KILL 10 || service_die "it cannot be ended"
    rm -f "$dir/pid"
    ;;
bucket)
    mkdir -p "$dir/data/${2:?}"
    ;;
env)
    service_pid >/dev/null || service_die "it does not run; start it first"
    echo "export AWS_ENDPOINT_URL_S3=http://127.0.0.1:$(cat "$dir/port")"
    echo "export AWS_ACCESS_KEY_ID='$access' AWS_SECRET_ACCESS_KEY='$secret' AWS_REGION=us-east-1"
    ;;
pid)
    service_pid
    ;;
*)
    echo "usage: s3.sh start|stop|kill|bucket NAME|env|pid|fetch" >&2
    exit 2
    ;;
esac
