#!/bin/sh
# The shell without a terminal: weir connect with statements on standard input, commands with a backslash, errors and the exit status.
# services: none
. tests/e2e/pgwire_serve.inc

cat >"$TMPDIR/a.sql" <<'SQL'
CREATE TABLE t (id INT, name STRING, PRIMARY KEY (id) NOT ENFORCED);
SQL
serve_start "$TMPDIR/a.sql"
out=$("$WEIR" connect "host=$PGHOST" 2>&1 <<'SQL'
INSERT INTO t VALUES
  (1, 'a;b'),
  (2, NULL);
SELECT * FROM t
 ORDER BY id; SELECT 3 AS x;
\d t
\x
SELECT * FROM t WHERE id = 1;
SQL
)
contains "rows" " id | name
----+------
  1 | a;b
  2 | NULL
(2 rows)
 x
---
 3
(1 row)" "$out"
contains "\\d" "name | STRING | TRUE" "$out"
contains "\\x" "-[ row 1 ]----
id   | 1
name | a;b" "$out"

echo 'SELECT 5 AS from_file;' >"$TMPDIR/b.sql"
out=$("$WEIR" connect "host=$PGHOST" -c 'SELECT 6 AS six' -f "$TMPDIR/b.sql" -c '\dt' </dev/null 2>&1)
contains "-c" "   6" "$out"
contains "-f" "         5" "$out"
contains "-c with a command" " t" "$out"
status=0
"$WEIR" connect "host=$PGHOST" -c 'SELECT nope' -c 'SELECT 1' >"$TMPDIR/out" 2>&1 || status=$?
expect "status of a -c that fails" 1 $status
contains "the next -c runs" "      1" "$(cat "$TMPDIR/out")"
status=0
"$WEIR" connect "host=$PGHOST" --format csv </dev/null >/dev/null 2>&1 || status=$?
expect "an option that connect does not have" 2 $status

status=0
out=$(printf 'SELECT nope\nFROM t;\nSELECT 4 AS y;\n' | "$WEIR" connect "host=$PGHOST" 2>&1) || status=$?
contains "an error" "ERROR W1102: unknown column \"nope\"
LINE 1: SELECT nope
               ^" "$out"
contains "it goes on" " 4" "$out"
expect "the exit status" "1" "$status"

echo "SELECT 5 AS z;" >"$TMPDIR/i.sql"
contains "\\i" " 5" "$(printf '%s\n' "\\i $TMPDIR/i.sql" | "$WEIR" connect "host=$PGHOST" 2>&1)"
expect "\\dt and \\df with patterns" "t
0
UPPER
help" "$(printf '\\dt T*\n\\dt %s\n\\df up?er\nhelp\n' "x'y" | "$WEIR" connect "host=$PGHOST" 2>&1 |
    sed -n 's/^ t$/t/p; s/^(0 rows)$/0/p; s/^ UPPER .*/UPPER/p; s/^ CREATE VIEW v .*/help/p')"
contains "a command between the lines of a statement" "   7" "$(printf 'SELECT 7 AS seven\n\\x off\n\\g\n' | "$WEIR" connect "host=$PGHOST" 2>&1)"
contains "a backslash in a string is text" '\x off' "$(printf "SELECT 'a\n\\\\x off' AS t;\n" | "$WEIR" connect "host=$PGHOST" 2>&1)"
contains "SQL in place of a state file" "Run it with: weir run" "$("$WEIR" "$TMPDIR/i.sql" 2>&1 || true)"
contains "a missing file" "cannot read" "$(printf '%s\n' '\i /nowhere' | "$WEIR" connect "host=$PGHOST" 2>&1 || true)"
contains "an unknown command" '\? lists them' "$(printf '%s\n' '\nope' | "$WEIR" connect "host=$PGHOST" 2>&1 || true)"
contains "the password of TCP" " weir" "$(echo 'SELECT current_user;' | PGPASSWORD=$PASSWORD "$WEIR" connect "host=127.0.0.1 port=$PORT" 2>&1)"
serve_stop
