#!/bin/sh
# Runs one test of e2e/ or fault/ with what it needs in its environment:
#
#   WEIR             the program
#   WEIR_TEST_KAFKA  host:port of the broker
#   WEIR_TEST_PG     a libpq connection string, superuser
#   AWS_*            address, keys and region of the S3 server
#   TMPDIR           an empty folder of its own, removed when the test has passed
#
# The services are looked at before each test, so that one a fault test has killed is back for the
# next. A test gets Kafka and PostgreSQL unless a line `# services: NAME...` says what it needs: none,
# kafka, postgres, s3. Without the services the test is skipped (77), except under CI, where nothing is.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
script=$1

services=$(sed -n 's/^# services: //p' "$script" | head -n 1)
for service in ${services:-kafka postgres}; do
    case $service in
    none) continue ;;
    kafka | postgres | s3) ;;
    *)
        echo "$script: no service \"$service\"" >&2
        exit 1
        ;;
    esac
    if sh "$here/$service.sh" start; then
        eval "$(sh "$here/$service.sh" env)"
    else
        echo "$script: $service could not be started" >&2
        if [ "${CI:-}" = true ]; then exit 1; fi
        exit 77
    fi
done
export WEIR_TEST_KAFKA WEIR_TEST_PG

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
