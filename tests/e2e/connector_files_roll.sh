#!/bin/sh
# Rows of a sink that has gone quiet become visible when their file is as old as the table says, without another row.
# services: none
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
engine_start
sql "CREATE TABLE t (a INT) WITH ('connector'='datagen','number-of-rows'='1','fields.a.kind'='sequence','fields.a.start'='7','fields.a.end'='7')"
sql "CREATE TABLE f (a INT) WITH ('connector'='filesystem','path'='$dir/out','format'='json',
	'sink.rolling-policy.inactivity-interval'='1 s','sink.rolling-policy.check-interval'='1 s')"
sql "INSERT INTO f SELECT a FROM t"
n=0
until [ "$(cat "$dir"/out/part-* 2>/dev/null)" = '{"a":7}' ]; do
	n=$((n + 1))
	[ $n -le 150 ] || die "no file after 15 s: $(ls -lA "$dir/out" 2>&1)"
	sleep 0.1
done
