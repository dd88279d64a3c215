#!/bin/sh
# Checks that the C files are formatted as .clang-format says.
#
#   sh tests/tidy/format.sh               all files; prints what differs
#   sh tests/tidy/format.sh --fix         formats them
#   sh tests/tidy/format.sh [--fix] PATH...   these files and folders only
#
# Generated tables of data carry /* clang-format off */ themselves.
set -eu
cd "$(dirname "$0")/../.."

fix=
if [ "${1:-}" = --fix ]; then
    fix=1
    shift
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-format.XXXXXX")
trap 'rm -rf "$work"' EXIT

if ! command -v clang-format >/dev/null; then
    echo "format.sh: no clang-format; sh tests/support/deps.sh test installs it" >&2
    exit 1
fi

list() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files -z -co --exclude-standard -- "$@"
    else
        find "${@:-.}" -name 'build*' -prune -o -type f -print0
    fi
}

# A file that was removed a moment ago may still be listed.
list "$@" | tr '\0' '\n' | grep '\.[ch]$' | while IFS= read -r file; do
    if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done >"$work/files"

if [ -n "$fix" ]; then
    xargs -0 -r -n 16 -P "$(nproc)" clang-format -i <"$work/files"
    exit 0
fi
status=0
xargs -0 -r -n 16 -P "$(nproc)" clang-format --dry-run -Werror <"$work/files" 2>"$work/found" || status=$?
if [ "$status" != 0 ]; then
    # The first place of each file says enough.
    awk -F: '/: error: code should be/ && !seen[$1]++ { print $1 ":" $2 ": not formatted as .clang-format says" }' \
        "$work/found"
    grep -q 'clang-format-violations' "$work/found" || cat "$work/found"
    echo "sh tests/tidy/format.sh --fix PATH... formats them"
    exit 1
fi
