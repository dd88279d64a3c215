#!/bin/sh
# The PostgreSQL of the tests: Debian's programs, a data folder and a port of its own, loopback only.
#
#   sh tests/support/postgres.sh start   starts it, or finds that it runs; waits until it answers
#   sh tests/support/postgres.sh stop    ends it (its data stays for the next start)
#   sh tests/support/postgres.sh kill    the same with SIGKILL, for the tests of faults
#   sh tests/support/postgres.sh env     prints WEIR_TEST_PG='host=... port=...' for eval
#   sh tests/support/postgres.sh pid     prints its process id
#
# Superuser and database are called weir, without a password. PostgreSQL refuses to run as root: then
# it runs as the user postgres, or nobody. State is in WEIR_TEST_DIR.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
service=postgres.sh
. "$here/service.sh"

dir=$WEIR_TEST_DIR/postgres
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || {
    service_say "no PostgreSQL in /usr/lib/postgresql; sh tests/support/deps.sh test installs it"
    exit 1
}

user=
if [ "$(id -u)" = 0 ]; then
    user=nobody
    if id postgres >/dev/null 2>&1; then user=postgres; fi
fi

# as_user COMMAND...: as the unprivileged user, bounded, in a folder that user can enter.
as_user() {
    if [ -n "$user" ]; then
        (cd / && timeout 120 runuser -u "$user" -- env LC_ALL=C.UTF-8 "$@" </dev/null 9>&-)
    else
        (cd / && LC_ALL=C.UTF-8 timeout 120 "$@" </dev/null 9>&-)
    fi
}

answers() {
    [ -s "$dir/port" ] || return 1
    [ "$(PGCONNECT_TIMEOUT=3 timeout 10 psql -XAtq -h 127.0.0.1 -p "$(cat "$dir/port")" -U weir \
        -d weir -c 'select 1' 2>/dev/null 9>&-)" = 1 ]
}

launch() {
    port=$(service_port 15432) || return 1
    mkdir -p "$dir/run"
    : >>"$dir/log"
    if [ -n "$user" ]; then chown "$user" "$dir" "$dir/run" "$dir/log"; fi
    if [ ! -s "$dir/initialised" ]; then
        rm -rf "$dir/data"
        as_user "$bin/initdb" -D "$dir/data" -U weir --auth=trust -E UTF8 --locale=C.UTF-8 \
            >"$dir/log" 2>&1 || return 1
        cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$dir/run'
max_connections = 60
shared_buffers = 64MB
timezone = 'UTC'
CONF
    fi
    # pg_ctl waits until it accepts connections.
    rm -f "$dir/data/postmaster.pid"
    as_user "$bin/pg_ctl" start -D "$dir/data" -l "$dir/log" -w -t 60 -o "-p $port" >/dev/null 2>&1 || return 1
    head -n 1 "$dir/data/postmaster.pid" >"$dir/pid"
    echo "$port" >"$dir/port"
    if [ ! -s "$dir/initialised" ]; then
        as_user "$bin/createdb" -h 127.0.0.1 -p "$port" -U weir weir >>"$dir/log" 2>&1 || return 1
        echo yes >"$dir/initialised"
    fi
    service_wait 30 answers
}

end() {
    # INT is PostgreSQL's fast shutdown: open transactions are rolled back.
    service_kill INT 30 || service_kill QUIT 10 || service_kill KILL 10 || service_die "it cannot be ended"
}

start() {
    if ! service_pid >/dev/null && [ -s "$dir/data/postmaster.pid" ]; then
        head -n 1 "$dir/data/postmaster.pid" >"$dir/pid"
    fi
    if service_pid >/dev/null && service_wait 15 answers; then return 0; fi
    end
    if launch; then return 0; fi
    service_say "it did not start; once more with an empty data folder"
    tail -n 5 "$dir/log" >&2
    head -n 1 "$dir/data/postmaster.pid" >"$dir/pid" 2>/dev/null || true
    end
    rm -rf "$dir/data" "$dir/initialised"
    launch || service_die "it did not start"
}

case "${1:-}" in
start)
    service_lock
    start
    ;;
stop)
    service_lock
    end
    rm -f "$dir/pid"
    ;;
kill)
    service_lock
    # The backends end when they see that their parent is gone; only then can it start again.
    children=$(pgrep -P "$(service_pid || echo 0)" || true)
    service_kill KILL 10 || service_die "it cannot be ended"
    rm -f "$dir/pid"
    for child in $children; do
        timeout 15 tail --pid="$child" -s 0.1 -f /dev/null || service_die "backend $child lives on"
    done
    ;;
env)
    service_pid >/dev/null || service_die "it does not run; start it first"
    echo "WEIR_TEST_PG='host=127.0.0.1 port=$(cat "$dir/port") dbname=weir user=weir'"
    ;;
pid)
    service_pid
    ;;
*)
    echo "usage: postgres.sh start|stop|kill|env|pid" >&2
    exit 2
    ;;
esac
