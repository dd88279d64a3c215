#!/bin/sh
# A SELECT over a file: what cannot be decoded is said, computed columns have the session's zone, one NOW() and arithmetic.
# services: none
. tests/e2e/pgwire_serve.inc

printf '{"i":1}\n{"i":"x"}\n{"i":3}\n' >"$TMPDIR/b.json"
out=$("$WEIR" -c "CREATE TABLE b (i INT) WITH ('connector'='filesystem','path'='$TMPDIR/b.json','format'='json'); SELECT SUM(i) FROM b" 2>&1)
contains "the good rows" "4" "$out"
contains "the bad one" "NOTICE: \"b\": 1 record could not be decoded and is left out: field \"i\": the string \"x\" cannot be converted to INT ($TMPDIR/b.json, offset 8)" "$out"

out=$("$WEIR" -c "CREATE TABLE b (i INT) WITH ('connector'='filesystem','path'='$TMPDIR/b.json','format'='json','json.ignore-parse-errors'='true'); SELECT SUM(i) FROM b" 2>&1)
contains "a bad field" 'NOTICE: "b": 1 field could not be decoded and is NULL' "$out"

status=0
out=$("$WEIR" -c "CREATE TABLE b (i INT) WITH ('connector'='filesystem','path'='$TMPDIR/b.json','format'='json','weir.on-bad-record'='fail'); SELECT SUM(i) FROM b" 2>&1) || status=$?
contains "fail as asked for" 'field "i"' "$out"
expect "the exit status" "1" "$status"

echo '{"i":1704110400000}' >"$TMPDIR/z.json"
out=$("$WEIR" -c "SET 'table.local-time-zone'='Europe/Berlin'; SET 'weir.arithmetic'='flink';
CREATE TABLE z (i BIGINT, t AS CAST(TO_TIMESTAMP_LTZ(i, 3) AS TIMESTAMP(3)), o AS i * 9223372036854775807)
WITH ('connector'='filesystem','path'='$TMPDIR/z.json','format'='json'); SELECT t, o FROM z" 2>&1)
contains "zone and arithmetic" "2024-01-01 13:00:00.000	-1704110400000" "$out"

expect "one NOW()" "1" "$("$WEIR" -c "CREATE TABLE g (i INT, n AS NOW()) WITH ('connector'='datagen','number-of-rows'='20000'); SELECT COUNT(DISTINCT n) FROM g")"
