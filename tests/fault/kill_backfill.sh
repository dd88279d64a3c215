#!/bin/sh
# kill -9 in the middle of backfills: views over an own table and views over those views, while the table changes; what they hold at the end is what a SELECT over the table gives.
# services: none
# timeout: 150
set -eu
. "$(dirname "$0")/../support/engine.sh"
rounds=${WEIR_SOAK:+25}
rounds=${rounds:-2}
rows=150000
# short epochs, so that some fall into the walk over the rows
engine_begin() { engine_start --set execution.checkpointing.interval=1ms --set weir.epoch.min=1ms; }
engine_begin
sql "CREATE TABLE t (id INT NOT NULL, k INT, v INT, PRIMARY KEY (id) NOT ENFORCED)" >/dev/null
i=0
while [ $i -lt $rows ]; do
	{
		printf 'INSERT INTO t VALUES '
		awk -v a=$i 'BEGIN { for (i = 0; i < 6000; i++) printf "%s(%d, %d, %d)", (i ? ", " : ""), a + i, (a + i) % 997, (a + i) % 311 }'
	} | psql -X -q -h "$dir/sock" -U weir -v ON_ERROR_STOP=1 >/dev/null
	i=$((i + 6000))
done
# name, text over t (for the comparison), text over what it reads
define() {
	case $1 in
	a) over="SELECT k, COUNT(*) AS n, SUM(v) AS s, MIN(v) AS lo FROM t GROUP BY k" ;;
	b) over="SELECT id, k, v * 2 AS w FROM t WHERE v % 3 = 0" ;;
	c) over="SELECT w % 10 AS d, COUNT(*) AS n, MIN(w) AS lo, MAX(w) AS hi FROM b GROUP BY w % 10" ;;
	d) over="SELECT n, COUNT(*) AS keys, SUM(s) AS total FROM a GROUP BY n" ;;
	e) over="SELECT DISTINCT k FROM b" ;;
	esac
}
direct() {
	define "$1"
	define_text=$over
	case $1 in
	c | e)
		define b
		define_text=$(printf '%s' "$define_text" | sed "s/FROM b/FROM ($over) AS b/")
		;;
	d)
		define a
		define_text=$(printf '%s' "$define_text" | sed "s/FROM a/FROM ($over) AS a/")
		;;
	esac
}
views='a b c d e'
lines() { psql -X -q -A -t -h "$dir/sock" -U weir -v ON_ERROR_STOP=1 -c "$1" | sort; }
walking() { sqlite3 "file:$state?mode=ro" "SELECT count(*) FROM \"weir.positions\$state\" WHERE instr(k, x'0177616c6b') AND substr(v, 1, 1) = x'00' AND length(v) > 1" 2>/dev/null || echo 0; }
kills=0
in_walk=0
round=0
while [ $round -lt "$rounds" ]; do
	round=$((round + 1))
	# all views at once, in one session, in the background; killed at a random moment, until all are there
	tries=0
	while :; do
		have=" $(sql "SELECT name FROM weir.queries" | tr '\n' ' ')"
		for view in $views; do
			define "$view"
			case $have in *" $view "*) ;; *) echo "CREATE MATERIALIZED VIEW $view AS $over;" ;; esac
		done >"$dir/create.sql"
		[ -s "$dir/create.sql" ] || break
		psql -X -q -h "$dir/sock" -U weir -v ON_ERROR_STOP=1 -f "$dir/create.sql" >"$dir/create.out" 2>&1 &
		client=$!
		tries=$((tries + 1))
		echo "UPDATE t SET v = v + 1 WHERE id % 7 = $((round % 7)); DELETE FROM t WHERE id % 1000 = $((round * 10 + tries));" |
			psql -X -q -h "$dir/sock" -U weir >/dev/null 2>&1 &
		changer=$!
		# when a cursor stands between the first row and the last, or at a random moment
		n=0
		while [ $((tries % 3)) != 0 ] && [ "$(walking)" = 0 ] && [ $n -lt 60 ] && kill -0 $client 2>/dev/null; do n=$((n + 1)); done
		sleep "0.0$(awk -v s="$round$tries$$" 'BEGIN { srand(s); printf "%02d", int(rand() * 100) }')"
		[ $tries -lt 6 ] || wait "$client" || true
		engine_stop KILL
		kills=$((kills + 1))
		[ "$(walking)" = 0 ] || in_walk=$((in_walk + 1))
		wait "$changer" 2>/dev/null || true
		wait "$client" 2>/dev/null || true
		grep -qi 'error' "$dir/create.out" && ! grep -qi 'connection\|server closed\|terminat' "$dir/create.out" && die "CREATE: $(cat "$dir/create.out")"
		engine_begin
		[ $tries -lt 14 ] || die "the views are not made after $tries tries: $(cat "$dir/create.out")"
	done
	for view in $views; do
		direct "$view"
		lines "$define_text" >"$dir/want"
		n=0
		until lines "SELECT * FROM $view" >"$dir/got" && cmp -s "$dir/got" "$dir/want"; do
			n=$((n + 1))
			[ $n -lt 100 ] || die "round $round, view $view differs: $(diff "$dir/got" "$dir/want" | head -5)"
			sleep 0.1
		done
	done
	for view in c d e a b; do sql "DROP MATERIALIZED VIEW $view" >/dev/null; done
done
echo "$kills kills in $rounds rounds, $in_walk of them within a backfill; all views equal"
