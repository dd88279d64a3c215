#!/bin/sh
# One file of plain SQL, three ways: PostgreSQL, psql on a weir that serves, and the shell of weir with the file as its input. All three
# print the same.
. tests/e2e/pgwire_serve.inc

file=tests/e2e/plain_sql.sql
tab=$(printf '\t')

# The same decoration everywhere: no header, tabs, \N for NULL; an error ends it.
run_psql() { psql -X -q -A -t -F "$tab" -P 'null=\N' -v ON_ERROR_STOP=1 "$@" 2>&1; }

same() {
    if ! diff "$TMPDIR/postgres" "$2" >"$TMPDIR/diff"; then
        echo "$1 and PostgreSQL differ:" >&2
        head -n 40 "$TMPDIR/diff" >&2
        exit 1
    fi
}

schema=plain_sql_$$
{
    echo "SET client_min_messages = error; DROP SCHEMA IF EXISTS $schema CASCADE; CREATE SCHEMA $schema; SET search_path = $schema;"
    cat "$file"
    echo "DROP SCHEMA $schema CASCADE;"
} >"$TMPDIR/postgres.sql"
run_psql "$WEIR_TEST_PG" -f "$TMPDIR/postgres.sql" >"$TMPDIR/postgres" || { tail -n 5 "$TMPDIR/postgres" >&2; exit 1; }
[ "$(wc -l <"$TMPDIR/postgres")" -gt 500 ] || { echo "PostgreSQL printed too little" >&2; exit 1; }

"$WEIR" <"$file" >"$TMPDIR/shell.raw" 2>&1 || { tail -n 5 "$TMPDIR/shell.raw" >&2; exit 1; }
# the shell writes booleans as Flink does
awk 'BEGIN { FS = OFS = "\t" } { for (i = 1; i <= NF; i++) if ($i == "TRUE" || $i == "FALSE") $i = $i == "TRUE" ? "t" : "f"; print }' "$TMPDIR/shell.raw" >"$TMPDIR/shell"
same "weir < $file" "$TMPDIR/shell"

echo 'CREATE TABLE unused (a INT);' >"$TMPDIR/a.sql"
serve_start "$TMPDIR/a.sql"
run_psql -f "$file" >"$TMPDIR/psql" || { tail -n 5 "$TMPDIR/psql" >&2; exit 1; }
same "psql on weir" "$TMPDIR/psql"
# Sent as one message, and read by a cursor in pieces.
run_psql -v FETCH_COUNT=2 -f "$file" >"$TMPDIR/fetched" || { tail -n 5 "$TMPDIR/fetched" >&2; exit 1; }
same "psql with FETCH_COUNT" "$TMPDIR/fetched"
serve_stop
