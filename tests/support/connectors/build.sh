#!/bin/sh
# Builds one of the programs here against the libraries of $WEIR_BUILD, runs it, and passes its answer on:
#
#   sh tests/support/connectors/build.sh postgres_live [TEST...]
#
# They are no unit tests, since they need the services in WEIR_TEST_KAFKA and WEIR_TEST_PG.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
: "${WEIR_BUILD:?the folder that cmake builds in}"
name=$1
shift

cached() {
    sed -n "s/^$1:[A-Z]*=//p" "$WEIR_BUILD/CMakeCache.txt"
}

sanitize=$(cached WEIR_SANITIZE)
out=${TMPDIR:-/tmp}/$name.$$
trap 'rm -f "$out"' EXIT
"$(cached CMAKE_C_COMPILER)" -std=c17 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror ${sanitize:+-fsanitize=$sanitize} \
    $(pkg-config --cflags rdkafka libpq) "-I$root" "$here/$name.c" \
    "$WEIR_BUILD/libweir_engine.a" "$WEIR_BUILD/libweir_sql.a" "$WEIR_BUILD/libweir_parser.a" "$WEIR_BUILD/libweir_base.a" \
    $(pkg-config --libs rdkafka sqlite3 jansson libpq libssl libcrypto libedit zlib libxxhash libpcre2-8 libutf8proc libcurl libmicrohttpd libzstd snappy) \
    -lpthread -lm -o "$out"
"$out" "$@"
