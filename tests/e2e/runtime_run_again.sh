#!/bin/sh
# services: none
# Running a job again on its state file. A bounded read of a file is the file as it was when the read began: what is appended later is not part of it, also when
# the job is run again on its state file. Such a job ends, with its windows as they closed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
row() {
	printf '{"k":"%s","ts":"2024-01-01 00:00:%s"}\n' "$1" "$2" >>"$work/rows.json"
}
row a 01
row a 02
row b 11
cat >"$work/job.sql" <<END
CREATE TABLE ev (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '$work/rows.json', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT window_start, k, COUNT(*) AS n
FROM TABLE(HOP(TABLE ev, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
CREATE MATERIALIZED VIEW total AS SELECT COUNT(*) AS n FROM ev;
END
show() {
	timeout 20 "$WEIR" --state "$work/s.db" -c 'SELECT * FROM v ORDER BY window_start, k; SELECT * FROM total'
}
timeout 20 "$WEIR" --state "$work/s.db" run "$work/job.sql" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
show >"$work/first"
[ "$(tail -n 1 "$work/first")" = 3 ] || { cat "$work/first"; exit 1; }
row c 03
row c 25
timeout 20 "$WEIR" --state "$work/s.db" run "$work/job.sql" >"$work/out" 2>&1 || { echo "the second run: $?"; cat "$work/out"; exit 1; }
show >"$work/second"
diff "$work/first" "$work/second"
# a file that lost its end is an error that names it
head -n 2 "$work/rows.json" >"$work/short"
mv "$work/short" "$work/rows.json"
status=0
timeout 20 "$WEIR" --state "$work/s.db" run "$work/job.sql" >"$work/out" 2>&1 || status=$?
[ "$status" != 0 ] && [ "$status" != 124 ] && grep -q 'rows.json' "$work/out" || { echo "status $status"; cat "$work/out"; exit 1; }

# a query keeps the settings it was made with, whatever the engine is started with later
cat >"$work/zone.sql" <<'END'
CREATE TABLE t (ts TIMESTAMP_LTZ(3));
CREATE MATERIALIZED VIEW z AS SELECT CAST(ts AS STRING) AS s FROM t;
END
timeout 20 "$WEIR" --state "$work/z.db" -f "$work/zone.sql"
zone=$(timeout 20 "$WEIR" --state "$work/z.db" --set table.local-time-zone=Europe/Berlin \
	-c 'INSERT INTO t VALUES (TO_TIMESTAMP_LTZ(0, 3)); SELECT * FROM z')
[ "$zone" = '1970-01-01 00:00:00.000' ] || { echo "zone: $zone"; exit 1; }
