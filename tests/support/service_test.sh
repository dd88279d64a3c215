#!/bin/sh
# Runs one test of e2e/ or fault/ with what it needs in its environment:
#
#   WEIR             the program
#   WEIR_TEST_KAFKA  host:port of the broker
#   WEIR_TEST_PG     a libpq connection string, superuser
#   TMPDIR           an empty folder of its own, removed when the test has passed
#
# The services are looked at before each test, so that one a fault test has killed is back for the
# next. A test that needs none of them says so in a line `# services: none`. Without the services
# the test is skipped (77), except under CI, where nothing is.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
script=$1

if ! grep -q '^# services: none' "$script"; then
    if sh "$here/kafka.sh" start && sh "$here/postgres.sh" start; then
        eval "$(sh "$here/kafka.sh" env)"
        eval "$(sh "$here/postgres.sh" env)"
        export WEIR_TEST_KAFKA WEIR_TEST_PG
    else
        echo "$script: Kafka or PostgreSQL could not be started" >&2
        if [ "${CI:-}" = true ]; then exit 1; fi
        exit 77
    fi
fi

TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/weir-$(basename "$script" .sh).XXXXXX")
export TMPDIR
status=0
sh "$script" || status=$?
if [ "$status" = 0 ]; then
    rm -rf "$TMPDIR"
else
    echo "$script: exit $status; its files are in $TMPDIR" >&2
fi
exit "$status"
