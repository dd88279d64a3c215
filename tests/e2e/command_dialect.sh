#!/bin/sh
# check --dialect flink names what would not run on Flink, rule by rule; what export --to flink writes passes that check.
# services: none
# timeout: 120
. tests/e2e/pgwire_serve.inc

BASE="CREATE TABLE s (k STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
CREATE TABLE o (k STRING, c BIGINT) WITH ('connector' = 'print');"

check() {
    printf '%s\n%s\n' "$BASE" "$1" >"$TMPDIR/c.sql"
    status=0
    out=$("$WEIR" check --dialect flink "$TMPDIR/c.sql" 2>&1) || status=$?
}

# names 'SQL' 'words': an error that stands at the statement of this case, and that no export mends.
names() {
    check "$1"
    contains "$1" "ERROR: $2" "$out"
    contains "$1" "does not run on Flink" "$out"
    expect "$1" "1" "$status"
    if "$WEIR" export --to flink "$TMPDIR/c.sql" >"$TMPDIR/x.sql" 2>"$TMPDIR/x.err"; then
        expect "export refuses: $1" "refused" "written"
    fi
    contains "$1" "ERROR: $2" "$(cat "$TMPDIR/x.err")"
    expect "nothing is written" "" "$(cat "$TMPDIR/x.sql")"
}

# mends 'SQL' 'words' 'SQL for Flink'
mends() {
    check "$1"
    contains "$1" "ERROR: $2" "$out"
    expect "$1" "1" "$status"
    "$WEIR" export --to flink "$TMPDIR/c.sql" >"$TMPDIR/x.sql" || expect "export: $1" "written" "refused"
    contains "$1" "$3" "$(cat "$TMPDIR/x.sql")"
    contains "$1" "runs on Flink: 0 errors" "$("$WEIR" check --dialect flink "$TMPDIR/x.sql" 2>&1)"
}

# fine 'SQL' 'words of a note or warning'
fine() {
    check "$1"
    contains "$1" "runs on Flink: 0 errors" "$out"
    contains "$1" "$2" "$out"
    expect "$1" "0" "$status"
}

# ---- statements
mends "CREATE MATERIALIZED VIEW v AS SELECT k FROM s" 'Flink has no materialized views: "v"' "CREATE VIEW v AS SELECT k FROM s;"
mends "CREATE OR REPLACE VIEW v AS SELECT k FROM s" 'Flink has no CREATE OR REPLACE VIEW: "v"' "DROP VIEW IF EXISTS v;"
mends "CREATE MATERIALIZED VIEW v AS SELECT k FROM s; SELECT * FROM v" "Flink keeps no views that a SELECT could look at" "-- left out, no view is kept to look at: SELECT * FROM v"
mends "CREATE MATERIALIZED VIEW v AS SELECT k FROM s; DROP MATERIALIZED VIEW v" "Flink has no materialized views" "DROP VIEW v;"
mends "CREATE TABLE p (k INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print'); DROP TABLE p CASCADE" "CASCADE and RESTRICT" "DROP TABLE p;"
mends "CREATE MATERIALIZED VIEW v AS SELECT k FROM s; CREATE INDEX i ON v (k)" "Flink has no CREATE INDEX" "-- left out, it changes no result: CREATE INDEX i ON v (k)"
mends "FLUSH" "Flink has no FLUSH" "-- left out, it changes no result: FLUSH"
avro="WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'avro-confluent', 'avro-confluent.url' = 'http://h')"
names "CREATE TABLE a (t TIMESTAMP(6)) $avro" "column \"t\": Flink's avro-confluent has times of up to 3 digits"
names "CREATE TABLE a (t TIME(6)) $avro" "column \"t\": Flink's avro-confluent has times of up to 3 digits"
names "CREATE TABLE a (t ROW<x ARRAY<TIMESTAMP_LTZ(3)>>) $avro" "column \"t\": Flink's avro-confluent has no TIMESTAMP_LTZ"
fine "CREATE TABLE a (t TIMESTAMP(3), u TIME, v ROW<x ARRAY<TIMESTAMP(0)>>) $avro" "NOTE"
names "CREATE TABLE own (k INT)" 'Flink keeps no tables itself: "own"'
names "CREATE TABLE own (k INT); INSERT INTO own VALUES (1)" 'Flink keeps no tables itself: INSERT INTO "own"'
names "CREATE TABLE own (k INT); UPDATE own SET k = 2" "Flink has no UPDATE"
names "CREATE TABLE own (k INT); DELETE FROM own" "Flink has no DELETE"
names "CREATE FUNCTION f(x INT) RETURNS INT RETURN x + 1" "Flink has no CREATE FUNCTION ... RETURN"
names "SHOW QUERIES" "Flink does not show this"
names "SET timezone TO 'UTC'" "SET in PostgreSQL's form"
names "BEGIN; COMMIT" "Flink has no transactions"

# ---- tables
mends "CREATE TABLE f (k INT) WITH ('connector' = 'filesystem', 'path' = '$TMPDIR/none', 'format' = 'json', 'weir.on-bad-record' = 'fail')" 'Flink does not know the option "weir.on-bad-record"' "'format' = 'json'
);"
names "CREATE TABLE f (k STRING) WITH ('connector' = 'stdout')" 'Flink has no connector "stdout"'
names "CREATE TABLE f (k INT) WITH ('connector' = 'datagen', 'seed' = '1')" "Flink's connector \"datagen\" has no \"seed\" = \"1\""
names "CREATE TABLE f (k INT) WITH ('connector' = 'datagen', 'fields.k.kind' = 'zipf', 'fields.k.max' = '9')" 'Flink'"'"'s connector "datagen" has no "fields.k.kind" = "zipf"'
mends "CREATE TABLE f (k TEXT, a INT8, b BOOL, c JSONB, d TIMESTAMPTZ(3)) WITH ('connector' = 'print')" "Flink has no type TEXT" "  k STRING,
  a BIGINT,
  b BOOLEAN,
  c STRING,
  d TIMESTAMP_LTZ(3)
"
mends "CREATE TABLE f (k STRING) WITH ('connector' = 'print', 'print-identifier' = '\${NOT_SET:-x}')" 'Flink does not replace ${...}' "'print-identifier' = 'x'"

# ---- names, literals
mends 'INSERT INTO o SELECT "k", 1 FROM s' "names in double quotes" 'SELECT `k`, 1 FROM s'
mends 'CREATE VIEW v AS SELECT n AS day FROM s' '"day" is reserved on Flink' 'n AS `day`'
mends 'INSERT INTO O SELECT S.K, 1 FROM S' 'Flink tells upper from lower case: there is no "K"' "INSERT INTO o SELECT s.k, 1 FROM s"
mends "INSERT INTO o SELECT k, n::BIGINT FROM s" "Flink has no x::type" "CAST(n AS BIGINT)"
mends "INSERT INTO o SELECT n::VARCHAR, n FROM s" "Flink has no x::type" "CAST(n AS STRING)"
mends "CREATE VIEW v AS SELECT n::NUMERIC AS d FROM s" "Flink has no x::type" "CAST(n AS NUMERIC(38, 18))"
mends "CREATE VIEW v AS SELECT ts + INTERVAL '10 minutes' AS t FROM s" "Flink has no such interval" "INTERVAL '10' MINUTE"
mends "CREATE VIEW v AS SELECT ts + INTERVAL '1 day 1 second' AS t FROM s" "Flink has no such interval" "INTERVAL '86401' SECOND(5)"
mends "CREATE VIEW v AS SELECT ts + INTERVAL '1.5 seconds' AS t FROM s" "Flink has no such interval" "INTERVAL '1.500000' SECOND"
mends "CREATE VIEW v AS SELECT ts + INTERVAL '2 years' AS t FROM s" "Flink has no such interval" "INTERVAL '2' YEAR"
mends "CREATE VIEW v AS SELECT ts + INTERVAL '100' DAY AS t FROM s" "an interval's first field has two digits on Flink" "INTERVAL '100' DAY(3)"
mends "CREATE VIEW v AS SELECT k || E'a\\tb' AS t FROM s" "strings E'...'" "k || 'a	b'"
mends "INSERT INTO o SELECT k, n FROM s WHERE n != 3" "!= does not parse on Flink 1.20" "n <> 3"
mends 'CREATE VIEW v AS SELECT n AS statement FROM s' '"statement" is reserved on Flink' 'n AS `statement`'

# ---- queries
names "CREATE VIEW v AS SELECT k, n FROM s QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY n) = 1" "Flink 1.20 has no QUALIFY"
names "CREATE VIEW v AS SELECT k, RANK() OVER (PARTITION BY k ORDER BY n) AS r FROM s" "Flink has no RANK over streams"
names "CREATE VIEW v AS SELECT a.k FROM s a JOIN s b ON a.n < b.n" "Flink joins streams only by an equality"
names "CREATE VIEW v AS SELECT a.k FROM s a, s b" "Flink joins streams only by an equality"
names "CREATE VIEW v AS SELECT SUM(n) OVER (ORDER BY ts ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) AS x FROM s" "Flink's OVER frames over streams end at the current row"
names "CREATE VIEW v AS SELECT SUM(n) OVER (ORDER BY ts) AS x, SUM(n) OVER (PARTITION BY k ORDER BY ts) AS y FROM s" "Flink takes one OVER window in a SELECT"
names "CREATE VIEW v AS SELECT k, ARRAY_AGG(n ORDER BY n) AS a FROM s GROUP BY k" "Flink has no ORDER BY within an aggregate"
names "CREATE VIEW v AS SELECT TOP_K(k, 3) AS a FROM s" "Flink has no function TOP_K"
names "CREATE VIEW v AS SELECT DATE_TRUNC('hour', ts) AS a FROM s" "Flink has no function DATE_TRUNC"
contains "the cure of DATE_TRUNC" "Write FLOOR(time TO unit), as FLOOR(ts TO HOUR)" "$out"
names "CREATE VIEW v AS SELECT STRING_AGG(k, ',') AS a FROM s" "Flink has no function STRING_AGG"
contains "the cure of STRING_AGG" "Write LISTAGG(text, separator)." "$out"
names "CREATE VIEW v AS SELECT BOOL_OR(n > 1) AS a FROM s" "Flink has no function BOOL_OR"
contains "the cure of BOOL_OR" "Write MAX(CASE WHEN x THEN 1 WHEN NOT x THEN 0 END) = 1." "$out"
fine "CREATE VIEW v AS SELECT FLOOR(ts TO HOUR) AS a FROM s; CREATE VIEW w AS SELECT LISTAGG(k, ',') AS a, MAX(CASE WHEN n > 1 THEN 1 WHEN NOT n > 1 THEN 0 END) = 1 AS b FROM s" "NOTE"
names "CREATE VIEW v AS SELECT NVL(k, 'x') AS a FROM s" "Flink has no function NVL"
names "CREATE VIEW v AS SELECT STARTSWITH(k, 'x') AS a FROM s" "Flink 1.20 has no function STARTSWITH"
names "CREATE VIEW v AS SELECT URL_ENCODE(k) AS a FROM s" "Flink 1.20 has no function URL_ENCODE"
names "CREATE VIEW v AS SELECT k FROM s WHERE k ~ 'x'" "Flink has no operator ~"
names "CREATE MATERIALIZED VIEW v AS SELECT window_start, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end EMIT CHANGES" "Flink has no EMIT clause"
mends "CREATE MATERIALIZED VIEW v AS SELECT window_start, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end EMIT ON WINDOW CLOSE" "Flink has no EMIT clause" "GROUP BY window_start, window_end;"
names "SELECT k FROM s ORDER BY n" "Flink does not sort a stream without LIMIT"
names "CREATE VIEW v AS SELECT * FROM s.bad" 'Flink has no side tables: "bad"'
names "SELECT * FROM weir.queries" 'Flink has no system tables: "weir"'

# ---- what runs, and the differences that it touches
fine "INSERT INTO o SELECT k, COUNT(*) FROM s GROUP BY k" "NOTE: updates of one key within a step are merged here"
fine "INSERT INTO o SELECT a.k, 1 FROM s a, s b WHERE a.k = b.k" "NOTE: a row dated far ahead of the clock"
fine "INSERT INTO o SELECT k, n + 1 FROM s" "NOTE: an integer that overflows is an error here"
fine "CREATE VIEW v AS SELECT k, SUM(c) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS x FROM (SELECT k, ts, COUNT(*) AS c FROM s GROUP BY k, ts)" "WARNING: Flink's OVER takes only rows that never change"
fine "CREATE VIEW v AS SELECT SUM(n) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS x FROM s" "NOTE: what comes at or below the watermark goes to .late here"
fine "SET 'weir.delivery' = 'at-least-once'" "NOTE: a setting that nobody knows is an error here"
fine "SELECT k FROM s" "WARNING: SELECT shows its result at the end here"
fine "INSERT INTO o SELECT k, 1 FROM s WHERE ts < NOW()" "NOTE: the time zone is UTC here"
fine "CREATE VIEW v AS SELECT k AS \`value\` FROM s" "watermarks move with each row"

# ---- the place, JSON, usage
check "INSERT INTO o SELECT k,
	n::BIGINT FROM s"
contains "the place" "$TMPDIR/c.sql:4:2: ERROR: Flink has no x::type
  	n::BIGINT FROM s
  	^
  HINT: Write CAST(x AS type)." "$out"
contains "json" "\"line\":4,\"column\":2,\"severity\":\"error\",\"rule\":\"cast\",\"export\":true,\"message\":\"Flink has no x::type\",\"hint\":\"Write CAST(x AS type).\"}" \
    "$("$WEIR" check --dialect flink --format json "$TMPDIR/c.sql" 2>&1)"
for usage in "check --dialect oracle $TMPDIR/c.sql" "export $TMPDIR/c.sql" "export --to oracle $TMPDIR/c.sql" "export --to flink" "check --dialect"; do
    status=0
    "$WEIR" $usage >"$TMPDIR/u" 2>&1 || status=$?
    expect "$usage" "2" "$status"
done
check "SELECT nothing FROM s"
contains "what weir refuses is said first" 'ERROR W' "$out"

# ---- the queries that come with weir: two of Nexmark use what only weir has
for q in 0 1 2 3 4 5 7 8 9 10 11 12 15 16 17 18 19 20 21 22 23; do
    OUT="$TMPDIR/out" "$WEIR" export --to flink queries/nexmark/source.sql queries/nexmark/q$q.sql >"$TMPDIR/x.sql"
    contains "nexmark q$q" "runs on Flink: 0 errors" "$("$WEIR" check --dialect flink "$TMPDIR/x.sql" 2>&1)"
done
"$WEIR" export --to flink queries/demo/shop.sql >"$TMPDIR/x.sql"
contains "the shop" "runs on Flink: 0 errors" "$("$WEIR" check --dialect flink "$TMPDIR/x.sql" 2>&1)"
