#!/bin/sh
# The first minute: installs what is missing, builds weir, and runs a pipeline over a Kafka topic on the broker that weir holds inside.
# On a machine with nothing but Debian 12, as root or with sudo: sh queries/demo.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
sh "$root/tests/support/deps.sh" build
if [ ! -f "$root/build/build.ninja" ]; then
	cmake --preset release -S "$root" >/dev/null
fi
echo "Building weir (build/weir) ..."
cmake --build "$root/build" --target weir >"$root/build/demo-build.log" 2>&1 || { tail -30 "$root/build/demo-build.log"; exit 1; }
echo "A generator feeds the topic \"purchases\"; weir windows it per category. The SQL: queries/demo/purchases.sql"
echo
"$root/build/weir" run "$here/demo/purchases.sql"
cat <<'END'

That was: a Kafka topic, event time, windows closed by a watermark, exact decimals, state in SQLite. What to try next:

  build/weir                                   a shell; \? lists its commands, HELP the statements
  build/weir -c "SELECT 1 + 1"                 SQL from the command line
  build/weir check queries/demo/purchases.sql  parse, bind and plan without running
  build/weir serve --state demo.db FILE.sql    a server that psql and every PostgreSQL driver can query
  DEMO_BROKER=localhost:9092 build/weir run queries/demo/purchases.sql   the same on your own Kafka
END
