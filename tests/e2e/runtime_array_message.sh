#!/bin/sh
# services: none
# One record that is an array of more rows than a step or a batch takes: all of them come, in one step.
set -eu
n=300000
awk -v n=$n 'BEGIN { printf "["; for (i = 0; i < n; i++) printf "%s{\"a\":%d}", i ? "," : "", i; print "]" }' >"$TMPDIR/a.json"
echo '{"a":1}' >>"$TMPDIR/a.json"
out=$(timeout 60 "$WEIR" -c "CREATE TABLE t (a BIGINT) WITH ('connector'='filesystem','path'='$TMPDIR/a.json','format'='json');
CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n, SUM(a) AS s FROM t; SELECT * FROM v")
expected=$(printf '%d\t%d' $((n + 1)) $((n * (n - 1) / 2 + 1)))
[ "$out" = "$expected" ] || {
    echo "expected $expected, got: $out"
    exit 1
}
