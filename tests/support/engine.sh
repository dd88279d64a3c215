# Shared by the scripts that run a weir of their own; read with ".", not run by itself.
#
#   engine_start [FILE...]   weir serve on $state, ready when this returns        engine_stop [SIGNAL]   ends it, by pid
#   sql TEXT                 one psql call, tuples only                           wait_for SECONDS TEXT WANT   until a query prints WANT

: "${WEIR:?}"
dir=$(mktemp -d)
state=$dir/state.db
log=$dir/engine.log
engine=
unique="rt$$x$(date +%s)"
mkdir -p "$dir/sock"

# a script with more to clean up: trap 'end_status=$?; ...; engine_end' EXIT
engine_end() {
	status=${end_status:-$?}
	if [ -n "$engine" ]; then kill -9 "$engine" 2>/dev/null || true; fi
	if [ "$status" != 0 ]; then tail -n 20 "$log" 2>/dev/null || true; fi
	rm -rf "$dir"
	exit "$status"
}
trap engine_end EXIT
trap 'exit 1' INT TERM

die() {
	echo "FAILED: $*" >&2
	exit 1
}

engine_start() {
	: >"$dir/started"
	"$WEIR" --log info serve --state "$state" --socket "$dir/sock" "$@" >"$dir/started" 2>&1 &
	engine=$!
	n=0
	until grep -q '| ready |' "$dir/started"; do
		n=$((n + 1))
		if [ $n -gt 300 ] || ! kill -0 "$engine" 2>/dev/null; then
			cat "$dir/started" >&2
			die "the engine did not start"
		fi
		sleep 0.1
	done
	log=$dir/started
}

engine_stop() {
	kill "-${1:-TERM}" "$engine" 2>/dev/null || true
	status=0
	wait "$engine" 2>/dev/null || status=$?
	engine=
	cat "$dir/started" >>"$dir/all.log"
	return 0
}

sql() { psql -X -q -A -t -h "$dir/sock" -U weir -v ON_ERROR_STOP=1 -c "$1" 2>&1; }

wait_for() {
	n=0
	until [ "$(sql "$2")" = "$3" ]; do
		n=$((n + 1))
		[ $n -lt $(($1 * 10)) ] || die "after $1 s \"$2\" gives: $(sql "$2"); wanted: $3"
		sleep 0.1
	done
}

wait_log() {
	n=0
	until grep -q -- "$2" "$dir/started"; do
		n=$((n + 1))
		[ $n -lt $(($1 * 10)) ] || die "after $1 s no line \"$2\" in the log"
		sleep 0.1
	done
}

same() { [ "$1" = "$2" ] || die "${3:-}: got: $1; wanted: $2"; }
