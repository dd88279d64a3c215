#!/bin/bash
# The image's entry point: waits for what it is told to wait for, then becomes weir, which takes the signals itself.
#
#   WAIT_FOR="kafka:9092 postgres:5432"   addresses that have to accept a connection first; empty: none
#   WAIT_RETRIES=60 WAIT_DELAY=2          how often it is tried, and the seconds between
#
# weir itself waits for brokers and databases for as long as it takes; this is for those who want a container that ends when they do not come.
set -eu
trap 'exit 143' TERM INT # the first process of a container has no other way to end by them
for address in ${WAIT_FOR:-}; do
	host=${address%:*} port=${address##*:}
	tries=0
	# a machine that is not there says nothing, and the kernel would ask it for minutes
	until timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>/dev/null; do
		tries=$((tries + 1))
		if [ "$tries" -ge "${WAIT_RETRIES:-60}" ]; then
			echo "start.sh: $address does not answer after $tries tries" >&2
			exit 1
		fi
		[ $((tries % 10)) != 1 ] || echo "start.sh: waiting for $address" >&2
		sleep "${WAIT_DELAY:-2}"
	done
done
exec weir "$@"
