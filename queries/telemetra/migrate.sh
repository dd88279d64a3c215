#!/bin/sh
# The tables of PostgreSQL and their partitions:
#   sh queries/telemetra/migrate.sh              waits for PostgreSQL, and makes what is missing: this month and the next three
#   sh queries/telemetra/migrate.sh daily        after that, the partitions once a day, until SIGTERM
#   sh queries/telemetra/migrate.sh daily PID    the partitions once a day, from tomorrow on, until SIGTERM or until the process PID is gone
# POSTGRES_URL, POSTGRES_USER and POSTGRES_PASSWORD say where; it needs psql.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../wait.sh"
jdbc=${POSTGRES_URL:-jdbc:postgresql://postgres:5432/telemetra}
export PGUSER="${POSTGRES_USER:-telemetra}" PGPASSWORD="${POSTGRES_PASSWORD:-telemetra}" PGCONNECT_TIMEOUT=5
pg() { timeout 300 psql -X -q -v ON_ERROR_STOP=1 "${jdbc#jdbc:}" "$@"; }

[ "${1:-}" != daily ] || trap 'exit 0' TERM INT # also as the first process of a container
# with a PID the tables were made by who says it: what fails here must not end what is to go on for months
if [ -z "${2:-}" ]; then
	wait_for PostgreSQL psql -X -q "${jdbc#jdbc:}" -c 'SELECT 1'
	[ "${1:-}" != daily ] || trap 'exit 0' TERM INT # the wait has set its own
	said=$(pg -f "$here/migrations/003_create_analytics_tables.sql" 2>&1) || {
		printf 'ERROR: the migration failed\n%s\n' "$said" >&2
		exit 1
	}
fi
[ "${1:-}" = daily ] || exit 0

# A day lost matters little, partitions are three months ahead: after a failure it is tried again ten minutes later.
every=${PARTITIONS_EVERY:-86400}
left=$every
while kill -0 "${2:-$$}" 2>/dev/null; do
	if [ "$left" -le 0 ]; then
		left=$every
		said=$(pg -c "SET lock_timeout = '10s'" -c 'SELECT chat_summary_make_partitions()' 2>&1) || {
			printf 'WARNING: no partitions were made, trying again in ten minutes\n%s\n' "$said" >&2
			left=600
		}
	fi
	nap=$((left < 5 ? left : 5))
	left=$((left - nap))
	sleep $nap &
	wait $!
done
