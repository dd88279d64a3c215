#!/bin/sh
# weir serve reads no source before all of its files have run: queries of different files begin together, at the same record.
# services: none
# timeout: 60
set -eu
. tests/support/engine.sh
seq 1 5000 | sed 's/.*/{"i":&}/' >"$dir/in.json"
cat >"$dir/a.sql" <<SQL
CREATE TABLE t (i INT) WITH ('connector' = 'filesystem', 'path' = '$dir/in.json', 'format' = 'json');
CREATE MATERIALIZED VIEW a AS SELECT COUNT(*) AS n FROM t;
SQL
mkfifo "$dir/second"
: >"$dir/started"
"$WEIR" --log info serve --state "$state" --socket "$dir/sock" --http 127.0.0.1:0 "$dir/a.sql" - <"$dir/second" 2>"$dir/started" &
engine=$!
exec 8>"$dir/second"
wait_log 20 'query started | query="a"'
port=$(sed -n 's/.*| http | INFO | listening .* port=\([0-9]*\).*/\1/p' "$dir/started")
sleep 1
read_by() { curl -sS -m 10 "http://127.0.0.1:$port/metrics" | sed -n "s/^weir_query_rows_in_total{query=\"$1\"} //p"; }
same "$(read_by a)" 0 "rows that were read before the last file"
echo 'CREATE MATERIALIZED VIEW b AS SELECT SUM(i) AS s FROM t;' >&8
exec 8>&-
wait_log 20 '| ready |'
wait_for 20 "SELECT n FROM a" 5000
wait_for 20 "SELECT s FROM b" 12502500
