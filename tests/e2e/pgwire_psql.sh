#!/bin/sh
# psql as a client: results, errors with their place, several statements, transactions, cursors, COPY, its own questions about the catalog.
# services: none
. tests/e2e/pgwire_serve.inc

cat >"$TMPDIR/a.sql" <<'SQL'
CREATE TABLE t (id INT, name STRING, price DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED);
CREATE MATERIALIZED VIEW v AS SELECT name, COUNT(*) AS n FROM t GROUP BY name;
CREATE VIEW cheap AS SELECT id, name FROM t WHERE price < 2;
SQL
serve_start "$TMPDIR/a.sql"

expect "insert" "" "$(sql "INSERT INTO t VALUES (1, 'one', 1.5), (2, 'two', 2.5), (3, 'one', NULL)")"
expect "a change is seen at once" "one|2
two|1" "$(sql "SELECT * FROM v ORDER BY name")"
expect "NULL and decimals" "1|one|1.50
2|two|2.50
3|one|" "$(sql "SELECT * FROM t ORDER BY id")"
expect "several statements" "1
2" "$(sql "SELECT 1; SELECT 2")"

# errors
out=$(sql "SELECT nope FROM t" || true)
contains "SQLSTATE and code" "ERROR:  42703: unknown column \"nope\" [W1102]" "$out"
contains "position" "LINE 1: SELECT nope FROM t
               ^" "$out"
out=$(sql "SELECT 'ü', nope FROM t" || true)
contains "position in characters" "LINE 1: SELECT 'ü', nope FROM t
                    ^" "$out"
out=$(sql "SELECT 111; SELECT nope; SELECT 333" || true)
contains "the statements before" "111" "$out"
case "$out" in *333*333*) echo "what follows an error ran" >&2 && exit 1 ;; esac

# transactions
out=$(printf 'BEGIN;\nSELECT nope;\nSELECT 1;\nROLLBACK;\nSELECT 2;\n' | psql -X -A -t 2>&1)
contains "a failed transaction" "commands are ignored until ROLLBACK" "$out"
contains "goes on after ROLLBACK" "ROLLBACK
2" "$out"

out=$(printf 'BEGIN READ ONLY;\nDELETE FROM t;\nROLLBACK;\n' | psql -X -A -t -v VERBOSITY=verbose 2>&1)
contains "a read-only transaction" "25006: a statement that changes something" "$out"
contains "a stronger isolation than there is" "NOTICE" "$(sql "BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT")"
contains "a GROUP BY that leaves half of the window out" 'GROUP BY has "window_start" but not "window_end"' "$(sql "CREATE TABLE w_in (ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector'='datagen','rows-per-second'='1');
CREATE MATERIALIZED VIEW w_half AS SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE w_in, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start;
DROP MATERIALIZED VIEW w_half; DROP TABLE w_in")"
expect "nothing was deleted" "3" "$(sql "SELECT COUNT(*) FROM t")"

# cursors
out=$(psql -X -A -t -q 2>&1 <<'SQL'
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id;
FETCH 2 FROM c;
FETCH PRIOR FROM c;
MOVE 1 FROM c;
FETCH ALL FROM c;
FETCH 1 FROM c;
FETCH PRIOR FROM c;
FETCH ABSOLUTE 2 FROM c;
CLOSE c;
DECLARE d CURSOR FOR SELECT 7;
COMMIT;
FETCH 1 FROM d;
SQL
)
contains "cursor" "1
2
1
3
3
2" "$out"
contains "a cursor ends with its transaction" 'cursor "d" does not exist' "$out"

# rows with FETCH_COUNT, as psql reads large results
expect "FETCH_COUNT" "1
2
3" "$(psql -X -A -t -q -v FETCH_COUNT=2 -c 'SELECT id FROM t ORDER BY id' 2>&1)"

# PREPARE
out=$(psql -X -A -t -q 2>&1 <<'SQL'
PREPARE p (INT) AS SELECT name FROM t WHERE id = $1;
EXECUTE p(2);
EXECUTE p(1);
DEALLOCATE p;
EXECUTE p(1);
SQL
)
contains "prepared" "two
one" "$out"
contains "deallocated" 'prepared statement "p" does not exist' "$out"

# COPY
expect "COPY as text" "1	one	1.50
2	two	2.50
3	one	\\N" "$(sql "COPY (SELECT * FROM t ORDER BY id) TO STDOUT")"
expect "COPY as csv" "id,name
1,one
2,two
3,one" "$(sql "COPY t (id, name) TO STDOUT WITH (FORMAT csv, HEADER)")"
expect "COPY as binary" "5047434f50590aff" "$(sql "COPY (SELECT id FROM t) TO STDOUT (FORMAT binary)" | od -A n -t x1 -N 8 | tr -d ' \n')"

# followed queries
timeout -s INT 3 psql -X -q -c "COPY (SUBSCRIBE TO v) TO STDOUT" >"$TMPDIR/follow" 2>&1 &
follower=$!
sleep 1
sql "INSERT INTO t VALUES (4, 'two', 1)" >/dev/null
wait $follower || true
contains "SUBSCRIBE shows what is there" "+I	one	2" "$(cat "$TMPDIR/follow")"
contains "SUBSCRIBE shows a change" "+U	two	2" "$(cat "$TMPDIR/follow")"
out=$(psql -X -A -t -q 2>&1 <<'SQL'
DECLARE c CURSOR FOR SUBSCRIBE TO v;
FETCH 100 FROM c;
INSERT INTO t VALUES (5, 'five', 5);
FETCH 100 FROM c;
CLOSE c;
SQL
)
contains "a cursor that follows" "+I|one|2" "$out"
contains "a cursor that follows sees a change" "+I|five|1" "$out"

# settings
expect "SHOW" "UTC" "$(sql "SHOW timezone")"
contains "SET alone" "weir.step.rows|4096|" "$(sql "SET")"
contains "SHOW ALL" "statement_timeout" "$(sql "SHOW ALL")"
expect "SET" "Europe/Berlin" "$(sql "SET timezone TO 'Europe/Berlin'; SHOW timezone")"
out=$(sql "SET statement_timeout = 200; SELECT COUNT(*) FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j, t k, t l" || true)
contains "statement_timeout" "57014: canceling statement due to statement timeout" "$out"

# psql's own questions
for c in '\d' '\dt' '\dv' '\dm' '\di' '\dn' '\l' '\du' '\df abs' '\d t' '\d+ v' '\d cheap' '\dS weir.*' '\dt+' '\dp' '\db' '\dT' '\dx' \
    '\dD' '\do' '\dC' '\dL' '\ds' '\dRp' '\sv cheap' '\dconfig'; do
    out=$(psql -X -c "$c" 2>&1) || true
    case "$out" in *ERROR*)
        [ "$c" = '\dL' ] || { printf '%s\n%s\n' "$c" "$out" >&2 && exit 1; }
        ;;
    esac
done
out=$(psql -X -c '\d t')
contains "\\d of a table" 'Table "public.t"' "$out"
contains "\\d of a table" 'price  | numeric(10,2)' "$out"
contains "\\d of a table" '"t_pkey" PRIMARY KEY, btree (id)' "$out"
contains "\\dm" "public | v    | materialized view | weir" "$(psql -X -c '\dm')"
expect "regclass" "t" "$(sql "SELECT 't'::regclass::oid::regclass")"
expect "weir.queries" "v|running" "$(sql "SELECT name, state FROM weir.queries WHERE kind = 'view'")"
expect "information_schema" "id|integer
name|text
price|numeric" "$(sql "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position")"

serve_stop
