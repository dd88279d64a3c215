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

mode='--dry-run -Werror'
if [ "${1:-}" = --fix ]; then
    mode=-i
    shift
fi

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

# A file that a colleague or a branch has just removed is listed still; -e keeps those out.
list "$@" | tr '\0' '\n' | grep '\.[ch]$' | while IFS= read -r file; do
    if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | xargs -0 -r -n 16 -P "$(nproc)" clang-format $mode
