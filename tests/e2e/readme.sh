#!/bin/sh
# The README's first five minutes: a topic, views asked through psql and the shell, side tables, PostgreSQL, a kill, the test in SQL.
# timeout: 120
set -eu
: "${WEIR:?}" "${WEIR_TEST_KAFKA:?}" "${WEIR_TEST_PG:?}"
dir=$(mktemp -d)
engine=
finish() {
	[ -z "$engine" ] || kill -9 "$engine" 2>/dev/null || true
	rm -rf "$dir"
}
trap finish EXIT
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
pg_host=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*host=\([^ ]*\).*/\1/p')
pg_port=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*port=\([^ ]*\).*/\1/p')
pg() { psql -At "$WEIR_TEST_PG" -c "$1"; }
schema=readme_$$_$(date +%s)
pg "CREATE SCHEMA $schema" >/dev/null
export BROKER="$WEIR_TEST_KAFKA" TOPIC="shop-$$-$(date +%s)" PG_USER=weir
export PG_URL="jdbc:postgresql://$pg_host:$pg_port/weir?currentSchema=$schema"
"$tools/produce" "$BROKER" "$TOPIC" <<'END'
{"id":1,"category":"books","amount":12.50,"quantity":2,"bought_at":"2024-06-01 12:00:01"}
{"id":2,"category":"games","amount":40,"quantity":1,"bought_at":"2024-06-01 12:00:04"}
{"id":3,"category":"books","amount":"broken","quantity":1,"bought_at":"2024-06-01 12:00:05"}
{"id":4,"category":"books","amount":8.00,"quantity":1,"bought_at":"2024-06-01 12:00:15"}
{"id":5,"category":"games","amount":60,"quantity":1,"bought_at":"2024-06-01 12:00:03"}
END
ask() { psql -At -h "$dir/shop.db-sock" -U weir -c "$1" 2>/dev/null || true; }
# expect WHAT VALUE COMMAND...: within 20 s the command prints the value
expect() {
	what=$1 value=$2 n=0
	shift 2
	while got=$("$@") && [ "$got" != "$value" ]; do
		n=$((n + 1))
		[ $n -lt 100 ] || { printf '%s: expected\n%s\ngot\n%s\n' "$what" "$value" "$got"; tail -5 "$dir/log"; exit 1; }
		sleep 0.2
	done
}
windows='2024-06-01 12:00:00|books|1|25.00
2024-06-01 12:00:00|games|1|40.00'
for life in 1 2; do
	"$WEIR" serve --state "$dir/shop.db" queries/demo/shop.sql >"$dir/out" 2>"$dir/log" &
	engine=$!
	expect per_window "$windows" ask 'SELECT * FROM per_window ORDER BY category'
	expect per_category 'games|2|100.00' ask "SELECT * FROM per_category WHERE category = 'games'"
	expect late 1 ask 'SELECT COUNT(*) FROM per_window.late'
	expect bad amount ask 'SELECT DISTINCT field FROM purchases.bad'
	expect PostgreSQL 'books|25.00
games|40.00' pg "SELECT category, revenue FROM $schema.revenue ORDER BY 1"
	expect epochs 1 pg "SELECT COUNT(*) FROM $schema.weir_sink_progress"
	ask 'WHY per_window' | grep -q 'holds the watermark' || { echo "WHY does not say who holds the watermark"; exit 1; }
	kill -9 "$engine"
	wait "$engine" 2>/dev/null || true
	engine=
done
expect sqlite3 'games' sqlite3 -readonly "$dir/shop.db" "SELECT category FROM per_window WHERE revenue = '40.00'"
"$WEIR" test queries/demo/shop_test.sql
pg "SET client_min_messages = warning; DROP SCHEMA $schema CASCADE" >/dev/null
