#!/bin/sh
# All four pipelines on a Kafka that asks for SASL over TLS, told by the variables that they have in common: each reads its topics and
# the producers write, and nothing is read with another password. The broker is the test's own.
# services: none
# timeout: 200
set -eu
. tests/support/engine.sh
export WEIR_TEST_DIR="$dir/services" WEIR_TEST_KAFKA_SASL=1
trap 'end_status=$?; sh tests/support/kafka.sh stop; engine_end' EXIT
sh tests/support/kafka.sh start || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
eval "$(sh tests/support/kafka.sh env)"
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
for topic in telemetra.events.chat telemetra.events.viewer purchasing_events input_events esports-matches esports-players; do
	timeout 60 "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" $topic </dev/null
done
export KAFKA_BOOTSTRAP_SERVERS="$WEIR_TEST_KAFKA_SASL_SSL" KAFKA_SECURITY_PROTOCOL=SASL_SSL KAFKA_SASL_USERNAME=weir KAFKA_SASL_PASSWORD="a secret" KAFKA_SSL_CA_LOCATION="$WEIR_TEST_KAFKA_CA"
q=queries
for files in "telemetra/source telemetra/ready" "purchases/source purchases/topic" "device_telemetry/source device_telemetry/ready" \
	"esports/match_schema esports/ready_matches" "esports/player_schema esports/ready_players"; do
	paths=
	for f in $files; do paths="$paths $q/$f.sql"; done
	timeout 30 "$WEIR" run $paths >"$dir/out" 2>&1 || die "$files: $(cat "$dir/out")"
done
KAFKA_SASL_PASSWORD=another timeout 8 "$WEIR" run $paths >"$dir/out" 2>&1 && die "another password is taken"
grep -qi 'authentication' "$dir/out" || die "it is not said that the password is wrong: $(cat "$dir/out")"
export MAX_EVENTS=50 EVENTS_PER_SECOND=1000 PRODUCER_LINGER_MS=10
for pipeline in purchases device_telemetry; do
	timeout 60 sh $q/$pipeline/run.sh producer >"$dir/out" 2>&1 || die "the producer of $pipeline: $(cat "$dir/out")"
done
for topic in purchasing_events input_events; do
	n=$(timeout 30 kcat -C -b "$WEIR_TEST_KAFKA" -t $topic -p 0 -o beginning -e -q | wc -l)
	[ "$n" -ge 50 ] || die "$n records in $topic"
done
