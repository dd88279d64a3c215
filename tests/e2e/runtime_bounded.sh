#!/bin/sh
# `weir run` of a bounded input prints all of it, every time: the engine that has nothing to do yet is not one that has finished.
# services: none
# timeout: 60
set -eu
: "${WEIR:?}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
# the first step is a long one, so that the engine is looked at while it runs
cat >"$dir/q.sql" <<'SQL'
CREATE TABLE e (id INT, s STRING) WITH ('connector'='datagen','number-of-rows'='20000','rows-per-second'='1000000','fields.id.kind'='sequence','fields.id.start'='1','fields.id.end'='20000');
CREATE TABLE out (n BIGINT) WITH ('connector'='print');
INSERT INTO out SELECT COUNT(*) FROM e;
SQL
i=0
while [ $i -lt 20 ]; do
	i=$((i + 1))
	timeout 20 "$WEIR" run "$dir/q.sql" >"$dir/out" 2>"$dir/err" || { cat "$dir/err"; exit 1; }
	[ "$(tail -n 1 "$dir/out")" = "+U[20000]" ] || { echo "run $i printed: $(cat "$dir/out")"; exit 1; }
done
