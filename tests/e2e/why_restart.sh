#!/bin/sh
# Right after a start WHY names the partitions of a query's inputs with their stored positions, though no source has
# answered yet, and the watermark that windows have reached; EXPLAIN says what it said before.
# services: none
# timeout: 60
set -eu
dir=$TMPDIR
db=$dir/e.db
die() {
	echo "$*" >&2
	exit 1
}
run() { "$WEIR" "$db" -c "$1" 2>"$dir/errors" || die "$1: $(cat "$dir/errors")"; }

run "CREATE TABLE d (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'rows-per-second' = '50', 'start-time' = '2024-01-01 00:00:00', 'step' = '1 s');
CREATE MATERIALIZED VIEW w AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE d, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
EXPLAIN w" >"$dir/explained"
n=0
until [ "$(run "FLUSH; SELECT COUNT(*) FROM w")" -gt 0 ]; do
	n=$((n + 1))
	[ $n -lt 50 ] || die "no window closes"
done
run "EXPLAIN w; WHY w" >"$dir/after"
lines=$(wc -l <"$dir/explained")
head -n "$lines" "$dir/after" | cmp - "$dir/explained" || die "EXPLAIN differs: $(cat "$dir/after")"
grep -q 'input "d" partition 0: at position [0-9]*, .*watermark 2024-01-01' "$dir/after" || die "no input: $(cat "$dir/after")"
grep -q 'windows: watermark 2024-01-01 .*; the next one ends at' "$dir/after" || die "no watermark: $(cat "$dir/after")"
