#!/bin/sh
# The Kafka broker of the tests: Apache Kafka 3.9, one KRaft node on a private port of loopback.
#
#   sh tests/support/kafka.sh start   starts it, or finds that it runs; waits until it answers
#   sh tests/support/kafka.sh stop    ends it (its data stays for the next start)
#   sh tests/support/kafka.sh kill    the same with SIGKILL, for the tests of faults
#   sh tests/support/kafka.sh env     prints WEIR_TEST_KAFKA=host:port for eval
#   sh tests/support/kafka.sh pid     prints its process id
#   sh tests/support/kafka.sh fetch   only puts the jars into the cache
#
# WEIR_TEST_KAFKA_SASL=1 at its start: a second listener asks for SASL (PLAIN, user weir, password "a secret") over TLS. env then prints
# WEIR_TEST_KAFKA_SASL_SSL=host:port and WEIR_TEST_KAFKA_CA=FILE too. For a private broker: one that runs already stays as it is.
#
# The jars come through Maven (kafka-pom.xml) into WEIR_TEST_CACHE, state is in WEIR_TEST_DIR.
# Needs java, mvn, kcat and python3: tests/support/deps.sh installs them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
service=kafka.sh
. "$here/service.sh"
. "$here/jars.sh"

dir=$WEIR_TEST_DIR/kafka
jars=$WEIR_TEST_CACHE/kafka-$(cksum <"$here/kafka-pom.xml" | cut -d' ' -f1)
data_mb_max=2048

fetch() { jars_fetch "$here/kafka-pom.xml" "$jars" "the broker's jars"; }

answers() {
    [ -s "$dir/port" ] && timeout 10 kcat -b "127.0.0.1:$(cat "$dir/port")" -L -m 3 2>/dev/null 9>&- |
        grep -q 'broker 1 at'
}

configure() {
    port=$(service_port 19092) || return 1
    cat >"$dir/server.properties" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$dir/data
num.partitions=1
auto.create.topics.enable=true
num.network.threads=2
num.io.threads=4
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0
# A killed broker may come back at once.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
# Tests write records of past years: nothing expires by its timestamp.
log.retention.ms=-1
log.segment.bytes=67108864
log.cleaner.dedupe.buffer.size=16777216
log.cleaner.backoff.ms=1000
log.segment.delete.delay.ms=1000
CONF
    cat >"$dir/log4j.properties" <<CONF
log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d %p %c: %m%n
CONF
    rm -f "$dir/sasl-port"
    [ -z "${WEIR_TEST_KAFKA_SASL:-}" ] || configure_sasl || return 1
    if [ ! -s "$dir/data/meta.properties" ]; then
        rm -rf "$dir/data"
        # 16 bytes in base64, as the tool wants an id: the text weir-tests-kafka
        timeout 60 java -cp "$jars/*" "-Dlog4j.configuration=file:$dir/log4j.properties" \
            kafka.tools.StorageTool format -t d2Vpci10ZXN0cy1rYWZrYQ -c "$dir/server.properties" \
            </dev/null >"$dir/log" 2>&1 9>&- || return 1
    fi
}

configure_sasl() {
    sasl=$(service_port $((port + 300))) || return 1
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
        -keyout "$dir/key.pem" -out "$dir/ca.pem" 2>"$dir/log" || return 1
    cat "$dir/key.pem" "$dir/ca.pem" >"$dir/keystore.pem"
    sed -i "s|^listeners=.*|&,SASL_SSL://127.0.0.1:$sasl|; s|^advertised.listeners=.*|&,SASL_SSL://127.0.0.1:$sasl|;
        s|^listener.security.protocol.map=.*|&,SASL_SSL:SASL_SSL|" "$dir/server.properties"
    cat >>"$dir/server.properties" <<CONF
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_weir="a secret";
ssl.keystore.type=PEM
ssl.keystore.location=$dir/keystore.pem
CONF
    echo "$sasl" >"$dir/sasl-port"
}

launch() {
    configure || return 1
    (
        cd "$dir"
        exec setsid java "-Xms128m" "-Xmx${WEIR_TEST_KAFKA_HEAP:-512m}" -XX:+UseSerialGC \
            -Djava.awt.headless=true "-Dlog4j.configuration=file:$dir/log4j.properties" \
            -cp "$jars/*" kafka.Kafka "$dir/server.properties" </dev/null >>"$dir/log" 2>&1 9>&-
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
    mb=$(du -sm "$dir/data" 2>/dev/null | cut -f1)
    if [ "${mb:-0}" -gt "$data_mb_max" ]; then rm -rf "$dir/data"; fi
    if launch; then return 0; fi
    # The data of a killed broker may be what stops it: they are the tests' own, so once without.
    service_say "it did not start; once more with an empty data folder"
    service_kill KILL 10 || service_die "process $(service_pid) cannot be ended"
    rm -rf "$dir/data"
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
env)
    service_pid >/dev/null || service_die "it does not run; start it first"
    echo "WEIR_TEST_KAFKA=127.0.0.1:$(cat "$dir/port")"
    [ ! -s "$dir/sasl-port" ] || echo "WEIR_TEST_KAFKA_SASL_SSL=127.0.0.1:$(cat "$dir/sasl-port") WEIR_TEST_KAFKA_CA=$dir/ca.pem"
    ;;
pid)
    service_pid
    ;;
*)
    echo "usage: kafka.sh start|stop|kill|env|pid|fetch" >&2
    exit 2
    ;;
esac
