#!/bin/sh
# The one list of Debian packages that weir needs, and their installer.
#
#   sh tests/support/deps.sh build     what building and the demo need
#   sh tests/support/deps.sh test      that, and what the tests need
#   sh tests/support/deps.sh list test print the list, install nothing
#
# Installs what is missing: as root with apt-get, else through sudo, else it prints the one line to
# run and exits 1. Asks dpkg only, so it is done in a moment when nothing is missing. "a|b" means
# that either will do, and that the first one apt knows is installed.
set -eu

build='
build-essential
cmake
ninja-build
pkgconf|pkg-config
librdkafka-dev
libsqlite3-dev
libjansson-dev
libpq-dev
libssl-dev
libedit-dev
zlib1g-dev
libzstd-dev
libsnappy-dev
libxxhash-dev
libpcre2-dev
libutf8proc-dev
libmicrohttpd-dev
libcurl4-openssl-dev
tzdata
'
test='
clang
clang-tidy
clang-format
llvm
libclang-rt-14-dev|libclang-rt-dev
ca-certificates
openjdk-17-jdk-headless|default-jdk-headless
maven
kcat
postgresql
postgresql-client
python3
python3-venv
python3-psycopg
python3-prometheus-client
curl
netcat-openbsd
sqlite3
tmux
valgrind
procps
util-linux
python3-yaml
docker-compose
bash
'

action=install
if [ "${1:-}" = list ]; then
    action=list
    shift
fi
case "${1:-test}" in
build) wanted=$build ;;
test) wanted="$build $test" ;;
*)
    echo "usage: deps.sh [list] build|test" >&2
    exit 2
    ;;
esac

if [ "$action" = list ]; then
    printf '%s\n' $wanted
    exit 0
fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "deps.sh: this is no Debian; weir needs what these packages hold:" $wanted >&2
    exit 1
fi

installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null |
    sed -n 's/^installed //p' | tr '\n' ' ')"
missing=
for entry in $wanted; do
    found=
    for name in $(echo "$entry" | tr '|' ' '); do
        case "$installed" in *" $name "*) found=1 ;; esac
    done
    [ -n "$found" ] || missing="$missing $entry"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    sudo=
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    sudo=sudo
else
    echo "deps.sh: packages are missing; as root, run:" >&2
    echo "  apt-get update && apt-get install -y --no-install-recommends" \
        $(echo "$missing" | sed 's/|[^ ]*//g') >&2
    exit 1
fi

apt_get() {
    $sudo env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" \
        </dev/null >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
}
log=$(mktemp "${TMPDIR:-/tmp}/weir-deps.XXXXXX")
trap 'rm -f "$log"' EXIT

echo "deps.sh: installing$missing" >&2
apt_get update -qq

# The tests start a PostgreSQL of their own. A first installation shall not leave a second one
# running on the machine, so its default cluster is switched off before the package arrives.
case "$missing" in
*postgresql*)
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        $sudo mkdir -p /etc/postgresql-common
        printf '%s\n' '# Written by the tests of weir: they need the programs, no cluster.' \
            'create_main_cluster = false' |
            $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    ;;
esac

chosen=
for entry in $missing; do
    pick=
    for name in $(echo "$entry" | tr '|' ' '); do
        if [ -z "$pick" ] && apt-cache show "$name" >/dev/null 2>&1; then pick=$name; fi
    done
    if [ -z "$pick" ]; then
        echo "deps.sh: apt knows no package for $entry" >&2
        exit 1
    fi
    chosen="$chosen $pick"
done
apt_get install -qq -y --no-install-recommends $chosen
