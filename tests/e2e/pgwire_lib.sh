# Shared by the pgwire_*.sh and shell_*.sh tests: an engine of their own in $TMPDIR, served on a Unix socket and on a port of loopback.
#
#   serve_start [FILE.sql ...]   sets PGHOST (the socket's folder), PGUSER, PORT, PASSWORD
#   serve_stop                   asks it to stop and checks that it does
#   expect NAME WANTED GOT       compares
set -eu
: "${WEIR:?}" "${TMPDIR:?}"
log=$TMPDIR/serve.log
pid=

serve_start() {
    PASSWORD=secret-of-the-test
    echo "$PASSWORD" >"$TMPDIR/password"
    WEIR_PASSWORD_FILE=$TMPDIR/password "$WEIR" serve --state "$TMPDIR/e.db" --socket "$TMPDIR/s" --listen 127.0.0.1:0 "$@" \
        >"$log" 2>&1 &
    pid=$!
    trap 'kill -9 $pid 2>/dev/null || true' EXIT
    n=0
    until grep -q '| ready |' "$log"; do
        n=$((n + 1))
        if [ $n -gt 200 ] || ! kill -0 $pid 2>/dev/null; then
            echo "the server did not start:" >&2
            cat "$log" >&2
            exit 1
        fi
        sleep 0.05
    done
    sleep 0.1
    PORT=$(sed -n 's/.* -p \([0-9]*\) .*/\1/p' "$log" | head -n 1)
    PGHOST=$TMPDIR/s PGUSER=weir PGDATABASE=default_database PGCONNECT_TIMEOUT=10
    export PGHOST PGUSER PGDATABASE PGCONNECT_TIMEOUT PORT PASSWORD
}

serve_stop() {
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    trap - EXIT
    if [ $status != 0 ]; then
        echo "the server ended with status $status:" >&2
        cat "$log" >&2
        exit 1
    fi
    if grep -E 'ERROR: AddressSanitizer|runtime error|LeakSanitizer|ThreadSanitizer' "$log" >&2; then exit 1; fi
}

expect() {
    if [ "$2" != "$3" ]; then
        printf '%s\n--- wanted\n%s\n--- got\n%s\n' "$1" "$2" "$3" >&2
        exit 1
    fi
}

# Lines of psql without decoration; errors too.
sql() {
    psql -X -q -A -t -v VERBOSITY=verbose -c "$1" 2>&1
}

contains() {
    case "$3" in *"$2"*) ;; *)
        printf '%s\n--- should contain\n%s\n--- got\n%s\n' "$1" "$2" "$3" >&2
        exit 1
        ;;
    esac
}
