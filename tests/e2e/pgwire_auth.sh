#!/bin/sh
# Who may connect: trust on the Unix socket, SCRAM-SHA-256 on loopback, nothing else; the password that is made at the first start.
# services: none
. tests/e2e/pgwire_serve.inc

serve_start
expect "trust on the Unix socket" "1" "$(sql "SELECT 1")"
tcp() {
    PGPASSWORD=$1 psql -X -A -t -q -h 127.0.0.1 -p "$PORT" -U "$2" -c "SELECT current_user" 2>&1 || true
}
expect "the right password" "weir" "$(tcp "$PASSWORD" weir)"
contains "a wrong password" "FATAL:  password authentication failed" "$(tcp wrong weir)"
contains "a wrong user" "FATAL:  password authentication failed" "$(tcp "$PASSWORD" bob)"
contains "no password" "password" "$(psql -X -w -h 127.0.0.1 -p "$PORT" -U weir -c 'SELECT 1' 2>&1 || true)"
expect "TLS is asked for and not there" "weir" "$(PGSSLMODE=prefer tcp "$PASSWORD" weir)"
contains "TLS is wanted and not there" "server does not support SSL" "$(PGSSLMODE=require tcp "$PASSWORD" weir)"
[ "$(stat -c %a "$PGHOST")" = 700 ] || { echo "the socket's folder is open to others" >&2 && exit 1; }
serve_stop

# Another address, an address that is taken, a state file that is held.
out=$(WEIR_PASSWORD_FILE=$TMPDIR/password timeout 20 "$WEIR" serve --state "$TMPDIR/f.db" --listen 0.0.0.0:0 2>&1 || true)
contains "another address" "needs TLS, not supported yet" "$out"

# A password is made once, and kept as a verifier that only its owner can read.
"$WEIR" serve --state "$TMPDIR/g.db" --socket "$TMPDIR/gs" --listen 127.0.0.1:0 >"$log" 2>&1 &
pid=$!
trap 'kill -9 $pid 2>/dev/null || true' EXIT
n=0
until grep -q '| listening |' "$log" 2>/dev/null; do
    n=$((n + 1))
    [ $n -lt 200 ] || { cat "$log" >&2 && exit 1; }
    sleep 0.05
done
made=$(sed -n 's/.*shown this once: //p' "$log")
PORT=$(sed -n 's/.* -p \([0-9]*\) .*/\1/p' "$log" | head -n 1)
expect "the password that was made" "weir" "$(tcp "$made" weir)"
[ "$(stat -c %a "$TMPDIR/g.db-scram")" = 600 ] || { echo "the verifier can be read by others" >&2 && exit 1; }
if grep -q "$made" "$TMPDIR/g.db-scram"; then echo "the password itself is kept" >&2 && exit 1; fi
out=$(timeout 20 "$WEIR" serve --state "$TMPDIR/g.db" --socket "$TMPDIR/gs2" 2>&1 || true)
contains "a state file that is held" "in use" "$out"
serve_stop
"$WEIR" serve --state "$TMPDIR/g.db" --socket "$TMPDIR/gs" --listen 127.0.0.1:0 >"$log" 2>&1 &
pid=$!
trap 'kill -9 $pid 2>/dev/null || true' EXIT
n=0
until grep -q '| listening |' "$log" 2>/dev/null; do
    n=$((n + 1))
    [ $n -lt 200 ] || { cat "$log" >&2 && exit 1; }
    sleep 0.05
done
if grep -q 'shown this once' "$log"; then echo "the password was made again" >&2 && exit 1; fi
PORT=$(sed -n 's/.* -p \([0-9]*\) .*/\1/p' "$log" | head -n 1)
expect "the password after a restart" "weir" "$(tcp "$made" weir)"
serve_stop
