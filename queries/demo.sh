#!/bin/sh
# The first minute: installs what is missing, builds weir, and runs a job over a Kafka topic on the broker that weir holds inside.
# On a machine with nothing but Debian 12, as root or with sudo: sh queries/demo.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
log=$root/build/demo-build.log

echo "1. Packages: what a build of weir needs, if it is missing"
sh "$root/tests/support/deps.sh" build
echo "2. Building build/weir; the first time this takes a minute or two"
mkdir -p "$root/build"
[ -f "$root/build/build.ninja" ] || cmake --preset release -S "$root" >"$log" 2>&1 || {
	cat "$log"
	exit 1
}
# Ninja says [done/all] per file: on a terminal one line that changes, else a line for every quarter.
tty=0
[ ! -t 1 ] || tty=1
{ cmake --build "$root/build" --target weir 2>&1 || echo "BUILD FAILED"; } | tee "$log" | awk -v tty=$tty '
	/^\[[0-9]+\/[0-9]+\]/ {
		split(substr($1, 2, length($1) - 2), n, "/")
		if (tty) printf "\r   %d of %d files", n[1], n[2]
		else if (int(4 * n[1] / n[2]) > quarter) { quarter = int(4 * n[1] / n[2]); printf "   %d of %d files\n", n[1], n[2] }
		fflush()
		any = 1
	}
	END { if (tty && any) print "" }'
if tail -n 1 "$log" | grep -q '^BUILD FAILED'; then
	grep -v '^\[[0-9/]*\] ' "$log" | tail -n 40
	echo "demo.sh: the build failed; all of its output is in $log" >&2
	exit 1
fi
cat <<'END'
3. A generator writes 6,000 purchases to the Kafka topic "purchases" (the broker is inside of weir); weir reads the topic, adds up
   ten seconds of event time per category, and prints each window when the watermark closes it. That is queries/demo/purchases.sql,
   and it takes about 15 seconds.

END
"$root/build/weir" run "$here/demo/purchases.sql"
cat <<'END'

That was: a Kafka topic, event time, windows closed by a watermark, exact decimals, state in SQLite. What to try next:

  build/weir                                   a shell: HELP lists the statements, \? its commands, \q ends it
  build/weir -c "SELECT 1 + 1"                 SQL from the command line
  build/weir check queries/demo/purchases.sql  parses, binds and plans without running
  DEMO_BROKER=localhost:9092 build/weir run queries/demo/purchases.sql
                                               the same on a Kafka of yours
  README.md, "The first five minutes"          your own topic, a view that psql can ask, results in PostgreSQL
END
