#!/bin/sh
# A topic that holds nothing but records which cannot be decoded: a SELECT over it returns, a query over it goes on, and the bytes are kept as they
# came, also in PostgreSQL.
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
topic=$unique-bad
pgport=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*port=\([^ ]*\).*/\1/p')
pgdb=$(printf '%s' "$WEIR_TEST_PG" | sed -n 's/.*dbname=\([^ ]*\).*/\1/p')
pgtable=bad_$(echo "$unique" | tr -c 'a-z0-9\n' _)
pg() { psql -X -q -A -t "$WEIR_TEST_PG" -c "$1"; }
"${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 1 "$WEIR_TEST_KAFKA" "$topic" </dev/null
# three records: text with a byte of no UTF-8, a zero in the middle, half a document
printf 'caf\351' >"$dir/1"
printf '{"id"\000:1}' >"$dir/2"
printf '{"id":' >"$dir/3"
kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -p 0 -P "$dir/1" "$dir/2" "$dir/3"
with="WITH ('connector'='kafka','topic'='$topic','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json'"
out=$(timeout 30 "$WEIR" --format csv -c "CREATE TABLE b (id INT) $with,'scan.bounded.mode'='latest-offset'); SELECT COUNT(*) AS n FROM b" 2>&1) ||
	die "the SELECT does not return: $out"
case $out in *'3 records could not be decoded'*) ;; *) die "the SELECT does not say what it left out: $out" ;; esac
same "$(printf '%s\n' "$out" | grep -v NOTICE | tail -n 1)" 0 "rows of the SELECT"

pg "create table $pgtable (at bigint, raw bytea)"
cat >"$dir/q.sql" <<SQL
CREATE TABLE b (id INT) $with);
CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n FROM b;
CREATE TABLE kept (at BIGINT, raw BYTES)
WITH ('connector'='jdbc','url'='jdbc:postgresql://127.0.0.1:$pgport/${pgdb:-weir}','username'='weir','table-name'='$pgtable');
INSERT INTO kept SELECT \`offset\`, \`value\` FROM b.bad;
SQL
engine_start "$dir/q.sql"
wait_for 15 "SELECT COUNT(*) FROM b.bad" 3
wanted='\x636166e9
\x7b22696422003a317d
\x7b226964223a'
same "$(sql 'SELECT value FROM b.bad ORDER BY "offset"')" "$wanted" "the bytes"
n=0
until [ "$(pg "select raw from $pgtable order by at")" = "$wanted" ]; do
	n=$((n + 1))
	[ $n -lt 150 ] || die "in PostgreSQL: $(pg "select * from $pgtable")"
	sleep 0.1
done
# the records do not stand in the way of those behind them, also after a kill
engine_stop KILL
engine_start "$dir/q.sql"
echo '{"id":7}' | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -p 0 -P
wait_for 15 "SELECT n FROM v" 1
same "$(sql "SELECT COUNT(*) FROM b.bad")" 3 "kept once"
same "$(pg "select count(*) from $pgtable")" 3 "sent once"
