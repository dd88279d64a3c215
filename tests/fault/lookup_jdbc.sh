#!/bin/sh
# Lookup joins into PostgreSQL: types, missing keys, the cache, several rows of a key; the server goes down and comes back, weir is killed: nothing is lost, nothing twice.
# timeout: 180
set -eu
support=$(cd "$(dirname "$0")/../support" && pwd)
. "$support/engine.sh"
# PostgreSQL runs as another user, who must reach its folder
chmod 711 "$dir"
[ -z "${TMPDIR:-}" ] || chmod 711 "$TMPDIR"
export WEIR_TEST_DIR="$dir/services"
pg_end() { sh "$support/postgres.sh" kill >/dev/null 2>&1 || true; }
trap 'end_status=$?; pg_end; engine_end' EXIT
chmod 755 "$dir"
sh "$support/postgres.sh" start
eval "$(sh "$support/postgres.sh" env)"
pg() { psql -X -q -A -t "$WEIR_TEST_PG" -c "$1"; }
port=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*port=\([^ ]*\).*/\1/p')
with="WITH ('connector'='jdbc','url'='jdbc:postgresql://127.0.0.1:$port/weir','username'='weir'"
pg "create table dim (k bigint primary key, name text, price numeric(12,3), tags text[], doc jsonb, at timestamptz, raw bytea, ok boolean, small int)"
pg "insert into dim values (1, 'one', 1.5, '{a,\"b c\",NULL}', '{\"x\": 1}', '2024-01-01 10:00:00+02', '\\x00ff', true, 7), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (3, 'three', 3, '{}', '[]', 'infinity', '', false, 1)"
pg "create table many (k varchar(10), v int); insert into many values ('a', 1), ('a', 2), ('b', 3)"
pg "create table cached (k int primary key, v int); insert into cached values (1, 10)"

engine_start
sql "CREATE TABLE t (id INT, k BIGINT, s STRING) WITH ('connector'='filesystem','path'='$dir/in','format'='csv','csv.null-literal'='-','source.monitor-interval'='100 ms')" >/dev/null
mkdir -p "$dir/in"
sql "CREATE VIEW o AS SELECT *, PROCTIME() AS p FROM t" >/dev/null
sql "CREATE TABLE dim (k BIGINT, name STRING, price DECIMAL(10, 2), tags ARRAY<STRING>, doc STRING, \`at\` TIMESTAMP_LTZ(3), raw BYTES, ok BOOLEAN, small BIGINT, twice AS small * 2, PRIMARY KEY (k) NOT ENFORCED) $with,'table-name'='dim')" >/dev/null
sql "CREATE TABLE many (k STRING, v INT) $with,'table-name'='many')" >/dev/null
sql "CREATE TABLE cached (k INT, v INT, PRIMARY KEY (k) NOT ENFORCED) $with,'table-name'='cached','lookup.cache'='PARTIAL','lookup.partial-cache.max-rows'='1000','lookup.partial-cache.cache-missing-key'='false')" >/dev/null
sql "CREATE MATERIALIZED VIEW v AS SELECT o.id, d.name, d.price, d.tags, d.doc, d.raw, d.ok, d.twice FROM o LEFT JOIN dim FOR SYSTEM_TIME AS OF o.p AS d ON o.k = d.k AND d.small > 5" >/dev/null
sql "CREATE MATERIALIZED VIEW m AS SELECT o.id, d.v FROM o JOIN many FOR SYSTEM_TIME AS OF o.p AS d ON o.s = d.k" >/dev/null
sql "CREATE MATERIALIZED VIEW c AS SELECT o.id, d.v FROM o LEFT JOIN cached FOR SYSTEM_TIME AS OF o.p AS d ON o.k = d.k" >/dev/null
put() { printf '%b' "$2" >"$dir/$1" && mv "$dir/$1" "$dir/in/$1"; }
put 1.csv '1,1,a\n2,2,b\n3,3000000000,c\n4,-,-\n'
wait_for 20 "SELECT COUNT(*) FROM c" 4
same "$(sql "SELECT COUNT(*) FROM v WHERE name = 'one' AND price = 1.50 AND twice = 14 AND ok AND tags[2] = 'b c' AND doc = '{\"x\": 1}' AND raw = x'00ff'")" 1 "the row of key 1"
same "$(sql "SELECT COUNT(*) FROM v WHERE name IS NULL")" 3 "missing keys, NULLs, and the condition"
wait_for 20 "SELECT SUM(v) FROM m" 6
same "$(sql "SELECT v FROM c WHERE id = 1")" 10 "the cache is filled"
pg "update cached set v = 11; insert into cached values (2, 20)"
pg "update many set v = v + 100"
put 2.csv '5,1,a\n6,2,z\n'
wait_for 20 "SELECT COUNT(*) FROM c" 6
same "$(sql "SELECT v FROM c WHERE id = 5")" 10 "the cache answers"
same "$(sql "SELECT v FROM c WHERE id = 6")" 20 "a missing key was not remembered"
wait_for 20 "SELECT SUM(v) FROM m" 209

# down, and back
sh "$support/postgres.sh" kill
put 3.csv '7,1,a\n'
wait_log 30 'source unreachable\|PostgreSQL: no connection\|the connection broke'
wait_for 20 "SELECT COUNT(*) FROM c" 7 # out of the cache
same "$(sql "SELECT 1")" 1 "the engine answers during the outage"
sh "$support/postgres.sh" start
wait_for 60 "SELECT COUNT(*) FROM v" 7
wait_for 60 "SELECT SUM(v) FROM m" 412
wait_log 30 'answers again'

# hung, within an answer: the query alone is held, for what it reads; the others go on
sql "CREATE MATERIALIZED VIEW plain AS SELECT COUNT(*) AS n FROM t" >/dev/null
wait_for 20 "SELECT n FROM plain" 7
pids=$(sh "$support/postgres.sh" pid)
pids="$pids $(pgrep -P "$pids" | tr '\n' ' ')"
kill -STOP $pids
put 3a.csv '71,1,a\n'
wait_for 6 "SELECT n FROM plain" 8
for i in 1 2 3 4; do
	put "3b$i.csv" '72,9,z\n'
	wait_for 2 "SELECT n FROM plain" $((8 + i))
	sleep 1
done
same "$(sql "SELECT COUNT(*) FROM v")" 7 "the lookup waits"
kill -CONT $pids
wait_for 60 "SELECT COUNT(*) FROM v" 12
wait_for 60 "SELECT SUM(v) FROM m" 615
# a lock on the table: nobody else waits for it, and nothing is lost
(printf 'BEGIN; LOCK TABLE many; SELECT pg_sleep(8); COMMIT;' | psql -X -q -A -t "$WEIR_TEST_PG" >/dev/null) &
lock=$!
sleep 1
put 3c.csv '73,1,b\n'
wait_for 6 "SELECT n FROM plain" 13
put 3d.csv '74,1,z\n'
wait_for 3 "SELECT n FROM plain" 14
wait "$lock"
wait_for 60 "SELECT SUM(v) FROM m" 718

# killed, with an outage when it comes back
sh "$support/postgres.sh" kill
engine_stop KILL
put 4.csv '8,2,b\n'
engine_start
sleep 1
sh "$support/postgres.sh" start
wait_for 60 "SELECT COUNT(*) FROM v" 15
wait_for 60 "SELECT SUM(v) FROM m" 821
wait_for 60 "SELECT COUNT(*) FROM c" 15

# what a type cannot hold stops the query and names it
sql "CREATE MATERIALIZED VIEW bad AS SELECT o.id, d.\`at\` FROM o JOIN dim FOR SYSTEM_TIME AS OF o.p AS d ON o.k = d.k" >/dev/null
put 5.csv '9,3,x\n'
wait_log 30 'holds .*infinity'
