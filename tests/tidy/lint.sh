#!/bin/sh
# clang-tidy with the settings of .clang-tidy, over the files named, or all. Slow: part of soak and of
# `tests/run.sh lint`. Needs build-clang, for its compile_commands.json.
#
#   sh tests/tidy/lint.sh [FILE.c...]
set -eu
cd "$(dirname "$0")/../.."
[ -s build-clang/compile_commands.json ] || cmake --preset clang >/dev/null
if [ $# = 0 ]; then
    set -- $(find base parser sql engine -name '*.c' | sort)
fi
printf '%s\0' "$@" | xargs -0 -r -n 4 -P "$(nproc)" \
    timeout 600 clang-tidy -p build-clang --quiet --warnings-as-errors='*' 2>/dev/null
echo "lint: no findings in $# files"
