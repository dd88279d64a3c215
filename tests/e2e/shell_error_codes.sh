#!/bin/sh
# Errors that a test script in SQL cannot provoke: of the text itself, of options of real connectors, of the command line and the state file.
# services: none
. tests/e2e/pgwire_serve.inc

# fails NAME CODE TEXT COMMAND...: the command ends with an error of that code, whose text holds TEXT.
fails() {
    name=$1 code=$2 text=$3 status=0
    shift 3
    out=$(timeout 60 "$@" 2>&1) || status=$?
    [ $status != 0 ] || { echo "$name: it should have failed: $out" >&2 && exit 1; }
    contains "$name" "$code" "$out"
    contains "$name" "$text" "$out"
}
sql_fails() { fails "$1" "$2" "$3" "$WEIR" -c "$4"; }

sql_fails "a string without an end" W1002 "string without an end" "SELECT 'abc"
sql_fails "a comment without an end" W1002 "comment without an end" "SELECT 1 /* no end"
sql_fails "a name without an end" W1002 "without an end" 'SELECT `abc'
sql_fails "too deep" W1003 "deep" "SELECT $(printf '(%.0s' $(seq 3000))1$(printf ')%.0s' $(seq 3000))"
sql_fails "bytes that are no UTF-8" W1005 "UTF-8" "$(printf "SELECT '\377'")"

kafka="'connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = '127.0.0.1:1'"
sql_fails "no connector" W1403 "connector" "CREATE TABLE x (a INT) WITH ('topic' = 'x')"
sql_fails "no format" W1403 '"format"' "CREATE TABLE x (a INT) WITH ($kafka)"
sql_fails "no url" W1403 '"url"' "CREATE TABLE x (a INT) WITH ('connector' = 'jdbc', 'table-name' = 't')"
sql_fails "no path" W1403 '"path"' "CREATE TABLE x (a INT) WITH ('connector' = 'filesystem', 'format' = 'csv')"
sql_fails "an option of another connector" W1401 '"topik"' "CREATE TABLE x (a INT) WITH ($kafka, 'format' = 'json', 'topik' = 'y')"
sql_fails "a property that the client does not have" W1401 'Did you mean "properties.session.timeout.ms"' "CREATE TABLE x (a INT) WITH ($kafka, 'format' = 'json', 'properties.session.timeot.ms' = '1')"
sql_fails "a value that is none" W1402 '"soon"' "CREATE TABLE x (a INT) WITH ($kafka, 'format' = 'json', 'scan.startup.mode' = 'soon')"

printf "CREATE TABLE x (a INT) WITH ('connector' = 'filesystem', 'path' = '\${WEIR_NOT_SET_HERE}', 'format' = 'json');\n" >"$TMPDIR/env.sql"
fails "a variable that is not set" W1404 WEIR_NOT_SET_HERE "$WEIR" check "$TMPDIR/env.sql"
fails "an option that is none" "weir --help" "--nosuch" "$WEIR" --nosuch
fails "a file that is not there" "cannot read" "nosuch.sql" "$WEIR" run "$TMPDIR/nosuch.sql"
echo "this is no state file, whatever its name says" >"$TMPDIR/text.db"
fails "a text as state" W1702 "text.db" "$WEIR" --state "$TMPDIR/text.db" -c "SELECT 1"

echo 'CREATE TABLE t (a INT);' >"$TMPDIR/a.sql"
serve_start "$TMPDIR/a.sql"
fails "a second engine on one file" W1701 "$pid" "$WEIR" --state "$TMPDIR/e.db" -c "SELECT 1"
serve_stop
for code in $(sed -n 's/^ERRCODE([A-Z0-9_]*, \([0-9]*\),.*/W\1/p' base/errcodes.def); do
    contains "weir explain $code" "$code" "$("$WEIR" explain "$code")"
done
