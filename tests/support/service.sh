# Shared by kafka.sh, postgres.sh and s3.sh, which read it with "."; not run by itself.
#
# A service has a folder below WEIR_TEST_DIR with its pid, its port, its log and its data. It is kept
# between runs: start is a look at the pid and one question when it is there. Every wait is bounded.
# A private second one is made by setting WEIR_TEST_DIR to another folder.

WEIR_TEST_DIR=${WEIR_TEST_DIR:-/tmp/weir-tests-$(id -u)}
WEIR_TEST_CACHE=${WEIR_TEST_CACHE:-${HOME:-/tmp}/.cache/weir-tests}

service_say() {
    echo "$service: $*" >&2
}

service_die() {
    service_say "$@"
    if [ -s "$dir/log" ]; then
        service_say "the end of $dir/log:"
        tail -n 20 "$dir/log" >&2
    fi
    exit 1
}

# One start or stop at a time; the service itself must not inherit the lock (9>&-).
service_lock() {
    mkdir -p "$dir"
    exec 9>"$dir/lock"
    flock -w 300 9 || service_die "another start or stop has held $dir/lock for 300 s"
}

# The recorded pid, if that process is alive and still the one that was recorded.
service_pid() {
    pid=$(cat "$dir/pid" 2>/dev/null) || return 1
    case $pid in '' | *[!0-9]*) return 1 ;; esac
    [ -r "/proc/$pid/cmdline" ] || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$dir" || return 1
    case $(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null) in
    Z | '') return 1 ;;
    esac
    echo "$pid"
}

# service_port FIRST: the first port from there on that nobody listens on, and the next one too.
service_port() {
    /usr/bin/python3 - "$1" <<'PY'
import socket, sys
first = int(sys.argv[1])
def free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False
for port in range(first, first + 200, 2):
    if free(port) and free(port + 1):
        print(port)
        break
else:
    sys.exit("no free port from %d on" % first)
PY
}

# service_wait SECONDS COMMAND...: until it succeeds; fails at the end of the time, or when the
# process is gone.
service_wait() {
    end=$(($(date +%s) + $1))
    shift
    while ! "$@"; do
        service_pid >/dev/null || return 1
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.2
    done
}

# service_kill SIGNAL SECONDS: by pid only; 0 when it is gone.
service_kill() {
    victim=$(service_pid) || return 0
    kill -CONT "$victim" 2>/dev/null || true
    kill "-$1" "$victim" 2>/dev/null || true
    end=$(($(date +%s) + $2))
    while service_pid >/dev/null; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.1
    done
}
