#!/bin/sh
# A jdbc table read from its first row to its last: types, NULLs, restarts in the middle (kill -9), outages, a table that changes meanwhile: each row once, or an error.
# timeout: 240
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

pg "create table every (id int primary key, b boolean, si smallint, bi bigint, r real, d double precision, n numeric(12,3), n0 numeric, v varchar(20), c char(4), t text,
    by bytea, da date, ti time, ts timestamp, tz timestamptz, iv interval, u uuid, j json, jb jsonb, ai int[], at text[], an numeric(6,2)[], ip inet, en int4range)"
pg "insert into every values (1, true, -32768, 9223372036854775807, 1.5, 0.1, -12.345, 123456789012345678901234567890.5, 'häß', 'ab', E'a\\tb\\n\\\\', '\\x00ff',
    '2024-02-29', '23:59:59.5', '2024-01-01 10:00:00.123456', '2024-01-01 10:00:00+02', '1 day 02:03:04', '11111111-2222-3333-4444-555555555555',
    '{\"a\": [1, 2]}', '{\"a\": null}', '{1,NULL,3}', '{\"x y\",NULL,\"q\\\"\"}', '{1.50,-2.25}', '10.0.0.1/8', '[1,5)')"
pg "insert into every (id) values (2)"
pg "insert into every (id, d, r, t, ts) values (3, 'NaN', '-Infinity', '', '1969-12-31 23:59:59.999')"
pg "create table big as select g as id, 'name ' || (g * 7919 % 1000) as name, (g % 97)::numeric(10,2) / 4 as x from generate_series(1, 200000) g"
pg "create view odd as select id, name from big where id % 2 = 1"

engine_start
sql "CREATE TABLE every (id INT, b BOOLEAN, si SMALLINT, bi BIGINT, r FLOAT, d DOUBLE, n DECIMAL(12,3), n0 STRING, v STRING, c STRING, t STRING, \`by\` BYTES, da DATE, ti TIME(3),
  ts TIMESTAMP(6), tz TIMESTAMP_LTZ(3), iv STRING, u STRING, j STRING, jb JSON, ai ARRAY<INT>, \`at\` ARRAY<STRING>, an ARRAY<DECIMAL(6,2)>, ip STRING, en STRING, twice AS id * 2)
  $with,'table-name'='every')" >/dev/null
same "$(sql "SELECT COUNT(*) FROM every")" 3 "a snapshot reads the table"
row="b AND si = -32768 AND bi = 9223372036854775807 AND r = 1.5 AND d = 0.1 AND n = -12.345 AND n0 = '123456789012345678901234567890.5' AND v = 'häß' AND c = 'ab  '
  AND t = 'a' || U&'\\0009' || 'b' || U&'\\000A' || '\\' AND \`by\` = x'00ff' AND da = DATE '2024-02-29' AND ti = TIME '23:59:59.5' AND ts = TIMESTAMP '2024-01-01 10:00:00.123456'
  AND tz = TO_TIMESTAMP_LTZ(1704096000000, 3) AND iv = '1 day 02:03:04' AND u = '11111111-2222-3333-4444-555555555555' AND j = '{\"a\": [1, 2]}'
  AND ai[1] = 1 AND ai[2] IS NULL AND ai[3] = 3 AND \`at\`[1] = 'x y' AND \`at\`[2] IS NULL AND \`at\`[3] = 'q\"' AND an[1] = 1.5 AND an[2] = -2.25 AND ip = '10.0.0.1/8' AND en = '[1,5)' AND twice = 2"
same "$(sql "SELECT id FROM every WHERE $row")" 1 "every type, in a snapshot"
sql "CREATE MATERIALIZED VIEW copy AS SELECT * FROM every" >/dev/null
wait_for 20 "SELECT COUNT(*) FROM copy" 3
same "$(sql "SELECT id FROM copy WHERE $row")" 1 "every type, in a view"
same "$(sql "SELECT id FROM copy WHERE COALESCE(CAST(b AS STRING), CAST(si AS STRING), CAST(bi AS STRING), CAST(r AS STRING), CAST(n AS STRING), n0, v, c, t, CAST(da AS STRING), CAST(ti AS STRING), CAST(ts AS STRING), CAST(tz AS STRING), iv, u, j, ip, en) IS NULL AND ai IS NULL AND \`by\` IS NULL AND jb IS NULL")" 2 "NULLs"
same "$(sql "SELECT COUNT(*) FROM copy WHERE id = 3 AND t = '' AND CAST(r AS STRING) = '-Infinity' AND CAST(d AS STRING) = 'NaN' AND ts = TIMESTAMP '1969-12-31 23:59:59.999'")" 1 "what is no number, and before 1970"
wait_for 20 "SELECT state FROM weir.queries WHERE name = 'copy'" done
# what a type cannot hold is kept aside, with its field
sql "CREATE TABLE narrow (id INT, d DECIMAL(5, 2)) $with,'table-name'='every')" >/dev/null
sql "CREATE MATERIALIZED VIEW narrowed AS SELECT id, d FROM narrow" >/dev/null
wait_for 20 "SELECT COUNT(*) FROM narrowed" 2
same "$(sql "SELECT field FROM narrow.bad")" d "NaN is no DECIMAL"
# a table read with a declaration that does not fit
sql "CREATE TABLE wrong (id INT, nix STRING) $with,'table-name'='every')" >/dev/null
sql "SELECT * FROM wrong" 2>&1 | grep -q 'has no column "nix"' || die "a column that is not there"
sql "CREATE TABLE gone (id INT) $with,'table-name'='gone')" >/dev/null
sql "SELECT * FROM gone" 2>&1 | grep -q 'no table "gone"' || die "a table that is not there"
sql "CREATE TABLE instant (tz TIMESTAMP(3)) $with,'table-name'='every')" >/dev/null
sql "SELECT * FROM instant" 2>&1 | grep -q 'TIMESTAMP_LTZ' || die "an instant is no wall time"

# options that do not go together
refused() {
	sql "CREATE TABLE x$2 ($3) $with,'table-name'='big',$1)" >/dev/null
	sql "SELECT * FROM x$2" 2>&1 | grep -q "$4" || die "$1 is not refused: $(sql "SELECT * FROM x$2")"
}
refused "'scan.partition.column'='id'" 1 "id INT" '"scan.partition.[a-z-]*" is missing: the options scan.partition.\* go together'
refused "'scan.partition.column'='no','scan.partition.num'='2','scan.partition.lower-bound'='1','scan.partition.upper-bound'='2'" 2 "id INT" 'no column "no"'
refused "'scan.partition.column'='name','scan.partition.num'='2','scan.partition.lower-bound'='1','scan.partition.upper-bound'='2'" 3 "name STRING" 'is no number'
refused "'scan.partition.column'='id','scan.partition.num'='2','scan.partition.lower-bound'='3','scan.partition.upper-bound'='2'" 4 "id INT" 'is above scan.partition.upper-bound'

# scan.partition.*: rows outside of the bounds are not read, as in Flink
sql "CREATE TABLE part (id INT, name STRING) $with,'table-name'='big','scan.partition.column'='id','scan.partition.num'='3','scan.partition.lower-bound'='10','scan.partition.upper-bound'='19','scan.fetch-size'='3')" >/dev/null
same "$(sql "SELECT COUNT(*), MIN(id), MAX(id) FROM part")" "10|10|19" "the bounds of a partitioned scan"
sql "CREATE TABLE partx (x DECIMAL(10,2)) $with,'table-name'='big','scan.partition.column'='x','scan.partition.num'='2','scan.partition.lower-bound'='1','scan.partition.upper-bound'='4')" >/dev/null
same "$(sql "SELECT x, COUNT(*) > 1000 FROM partx GROUP BY x ORDER BY x" | tr '\n' ' ')" "1.00|t 1.25|t 1.50|t 1.75|t 2.00|t 3.00|t 3.25|t 3.50|t 3.75|t 4.00|t " "fractions between two ranges are not read"
sql "CREATE TABLE odd (id BIGINT, name STRING) $with,'table-name'='odd')" >/dev/null
same "$(sql "SELECT COUNT(*), SUM(id) FROM odd")" "100000|10000000000" "a view of PostgreSQL"

# what a SELECT does not need is not asked for: the view fails on what it need not compute
pg "create view boom as select id, v, da, 1 / (id - 3) as x from every"
sql "CREATE TABLE boom (id BIGINT, v STRING, da DATE, x INT, y AS id + 1) $with,'table-name'='boom')" >/dev/null
sql "SELECT SUM(x) FROM boom" | grep -q 'division by zero' || die "PostgreSQL's errors are told"
same "$(sql "SELECT COUNT(*) FROM boom")" 3 "no column"
same "$(sql "SELECT MAX(id), MAX(y) FROM boom")" "3|4" "some columns"
same "$(sql "SELECT x FROM boom WHERE id < 2 AND v = 'häß' AND da >= DATE '2024-01-01' AND id <> 7")" 0 "conditions"
same "$(sql "SELECT x FROM boom WHERE 2 = y - id + 1 AND id BETWEEN -1 AND 2 AND id < 30000000000 ORDER BY id" | tr '\n' ' ')" "0 -1 " "conditions on both sides"
same "$(sql "SELECT COUNT(*) FROM boom WHERE v = 'it''s \\ \"so\"'")" 0 "quotes in a condition"
same "$(sql "SELECT s.id FROM (SELECT * FROM boom WHERE id = 2) s JOIN (SELECT * FROM boom WHERE id = 1) t ON s.id = t.id + 1")" 2 "twice"
sql "EXPLAIN SELECT x FROM boom WHERE id < 2 AND v > 'a'" | grep -q 'asked for \[id < 2\]' || die "EXPLAIN says what is asked for: $(sql "EXPLAIN SELECT x FROM boom WHERE id < 2 AND v > 'a'")"
same "$(sql "SELECT COUNT(*) FROM every WHERE u = 'no uuid' OR c = 'x'")" 0 "a text that is no text there"
same "$(sql "SELECT COUNT(*) FROM every WHERE u = 'no uuid'")" 0 "a text that is no text there"
same "$(sql "SELECT COUNT(*) FROM every WHERE c = 'ab  '")" 1 "CHAR there"

# a stream joined with the table, which is read first
mkdir -p "$dir/in"
sql "CREATE TABLE s (id INT) WITH ('connector'='filesystem','path'='$dir/in','format'='csv','source.monitor-interval'='100 ms')" >/dev/null
sql "CREATE TABLE big (id BIGINT, name STRING, x DECIMAL(10, 2)) $with,'table-name'='big','scan.fetch-size'='10')" >/dev/null
sql "CREATE MATERIALIZED VIEW joined AS SELECT s.id, e.bi FROM s JOIN every e ON e.id = s.id" >/dev/null
printf '1\n2\n5\n' >"$dir/1.csv" && mv "$dir/1.csv" "$dir/in/"
wait_for 20 "SELECT COUNT(*) FROM joined" 2

# killed in the middle, again and again: each row once
engine_stop TERM
printf "SET 'weir.step.rows' = '100';\nSET 'execution.checkpointing.interval' = '20 ms';\n" >"$dir/slow.sql"
engine_start "$dir/slow.sql"
sql "CREATE MATERIALIZED VIEW whole AS SELECT id, name, x FROM big" >/dev/null
sql "CREATE MATERIALIZED VIEW sums AS SELECT COUNT(*) AS n, SUM(id) AS s, SUM(x) AS x FROM big" >/dev/null
middle=0
for pause in 0.05 0.1 0.1 0.15 0.2; do
	sleep $pause
	engine_stop KILL
	n=$(sqlite3 -readonly "$state" 'SELECT COUNT(*) FROM "whole$rows"' 2>/dev/null || echo 0)
	echo "killed at $n rows"
	if [ "$n" -gt 0 ] && [ "$n" -lt 200000 ]; then middle=$((middle + 1)); fi
	engine_start "$dir/slow.sql"
done
[ $middle -gt 0 ] || die "never killed in the middle"
wait_for 60 "SELECT n FROM sums" 200000
same "$(sql "SELECT COUNT(*), COUNT(DISTINCT id), SUM(id) FROM whole")" "200000|200000|20000100000" "each row once"
same "$(sql "SELECT s, x FROM sums")" "20000100000|$(pg "select sum(x::numeric(10,2)) from big")" "the sums"

# an outage in the middle: the query is held and goes on
sql "CREATE MATERIALIZED VIEW again AS SELECT id, name FROM big" >/dev/null
sleep 0.1
sh "$support/postgres.sh" kill
n=$(sql "SELECT COUNT(*) FROM again")
[ "$n" -lt 200000 ] || die "read before the outage: $n"
wait_log 20 'source unreachable'
sql "WHY again" | grep -q -i 'postgresql' || die "WHY names the outage: $(sql "WHY again")"
sql "SELECT COUNT(*) FROM big" | grep -q 'PostgreSQL' || die "a SELECT does not wait for an outage"
sh "$support/postgres.sh" start
wait_for 60 "SELECT COUNT(*) FROM again" 200000
same "$(sql "SELECT SUM(id) FROM again")" 20000100000 "each row once after an outage"

# rows behind the position change meanwhile: an error, not a table that never was
sql "CREATE MATERIALIZED VIEW torn AS SELECT id, name FROM big" >/dev/null
sleep 0.1
engine_stop KILL
pg "update big set name = 'changed' where id = 1"
engine_start "$dir/slow.sql"
wait_log 30 'has changed while it was read'
same "$(sql "SELECT state FROM weir.queries WHERE name = 'torn'")" failed "a torn scan fails"
sql "DROP MATERIALIZED VIEW torn" >/dev/null
# rows ahead of it change: the result is the table as it is now
sql "CREATE MATERIALIZED VIEW ahead AS SELECT id, name FROM big" >/dev/null
sleep 0.1
engine_stop KILL
pg "delete from big where id = 199999"
pg "insert into big values (200001, 'new', 0)"
engine_start "$dir/slow.sql"
wait_for 60 "SELECT COUNT(*) FROM ahead" 200000
same "$(sql "SELECT COUNT(DISTINCT id), SUM(id), MAX(id) FROM ahead")" "200000|20000100002|200001" "the table as it is now"
# what was read to its end is not read again
pg "drop view odd; drop table big"
engine_stop KILL
engine_start "$dir/slow.sql"
same "$(sql "SELECT COUNT(*) FROM ahead")" 200000 "ended"
sleep 1
same "$(sql "SELECT state FROM weir.queries WHERE name = 'whole'")" done "an ended read needs no table"

# a SELECT is cancelled, though the server is slow
pg "create view slow as select g as id from generate_series(1, 100) g where pg_sleep(1) is not null"
sql "CREATE TABLE slow (id INT) $with,'table-name'='slow')" >/dev/null
began=$(date +%s)
psql -X -q -A -t -h "$dir/sock" -U weir -c "SET statement_timeout = '1 s'" -c "SELECT COUNT(*) FROM slow" >"$dir/cancel" 2>&1 || true
[ $(($(date +%s) - began)) -lt 10 ] || die "a SELECT was not cancelled"
grep -q -i 'cancel\|time' "$dir/cancel" || die "not cancelled: $(cat "$dir/cancel")"
