#!/bin/sh
# weir test keeps its state files in a folder of its own: a file that a killed run with the same process number has left is not met, and
# runs at once do not meet either.
# services: none
. tests/support/engine.sh
set -eu
cat >"$dir/other.sql" <<'END'
CREATE TABLE t (a STRING, b STRING);
CREATE MATERIALIZED VIEW v AS SELECT a, COUNT(*) AS n FROM t GROUP BY a;
INSERT INTO t VALUES ('x', 'y');
END
cat >"$dir/test.sql" <<'END'
-- test: one
CREATE TABLE t (k INT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
PUSH INTO t VALUES (1), (1);
STEP;
EXPECT v (1, 2);
END
"$WEIR" run --state "$dir/other.db" "$dir/other.sql" 2>"$dir/out" || die "$(cat "$dir/out")"
for place in /dev/shm "$dir"; do
	[ -w "$place" ] || continue
	# sh keeps its number when it becomes weir
	out=$(TMPDIR=$dir sh -c 'for i in 0 1 2 3; do cp "$1/other.db" "$2/weir-test-$$-$i.db"; done; echo $$ >"$1/number"; exec "$3" test "$1/test.sql"' - "$dir" "$place" "$WEIR" 2>&1) || {
		rm -f "$place/weir-test-$(cat "$dir/number")"-?.db
		die "a file of an earlier run was met: $out"
	}
	rm -f "$place/weir-test-$(cat "$dir/number")"-?.db
done
runs=
for i in 1 2 3 4; do
	"$WEIR" test "$dir/test.sql" >"$dir/run.$i" 2>&1 &
	runs="$runs $!"
done
for run in $runs; do wait "$run" || die "a run beside others: $(cat "$dir"/run.*)"; done
echo ok
