#!/bin/sh
# Builds weir and tests it.
#
#   sh tests/run.sh             everything a change needs: rules of the source, unit, SQL, end to end,
#                               faults; 15 to 30 minutes on two cores, builds included
#   sh tests/run.sh quick       no Kafka, no PostgreSQL, one build: rules, unit, SQL
#   sh tests/run.sh soak        also ThreadSanitizer, the second compiler, lint, long fuzzing, many kills
#   sh tests/run.sh pipelines   the pipelines of queries/ at full size
#   sh tests/run.sh bench       the measurements of tests/bench, on the release build
#   sh tests/run.sh lint        clang-tidy over all files
#
#   sh tests/run.sh TIER PATTERN   only tests whose names match, in any tier
#
# Installs missing packages first (tests/support/deps.sh). Kafka and PostgreSQL are the tests' own:
# started when they do not run, and kept for the next time; `kafka.sh stop` and `postgres.sh stop` of
# tests/support end them. Ends with ctest's summaries and exits 0 only when all tests passed. Under
# CI=true a skipped test is a failure. Settings: WEIR_BUDGET_S, WEIR_SOAK_FUZZ_S, JOBS.
set -eu
cd "$(dirname "$0")/.."

tier=${1:-default}
pattern=${2:-}
jobs=${JOBS:-$(nproc)}
budget_s=${WEIR_BUDGET_S:-2400}

case $tier in
quick | default | soak | pipelines | bench | lint) ;;
*)
    sed -n '2,13s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

# ctest looks at these; a run must not depend on the caller's locale or zone.
export LC_ALL=C.UTF-8 TZ=UTC
unset MAKEFLAGS CTEST_PARALLEL_LEVEL 2>/dev/null || true

work=$(mktemp -d "${TMPDIR:-/tmp}/weir-run.XXXXXX")
trap 'rm -rf "$work"' EXIT
: >"$work/log"
failed=

say() {
    printf '\n=== %s\n' "$*"
}

# build PRESET [OPTION...]: configures when needed, and builds.
build() {
    preset=$1
    shift
    say "building: $preset"
    cmake --preset "$preset" "$@" >"$work/configure" 2>&1 || {
        cat "$work/configure"
        exit 1
    }
    cmake --build --preset "$preset" -j "$jobs" >"$work/build" 2>&1 || {
        grep -v '^\[[0-9/]*\] ' "$work/build" || cat "$work/build"
        say "the $preset build failed"
        exit 1
    }
    tail -n 1 "$work/build"
}

# run FOLDER LABELS [ARG...]: ctest there; its output goes to the terminal and to the log.
run() {
    folder=$1
    labels=$2
    shift 2
    say "testing: $labels in $folder"
    {
        status=0
        ctest --test-dir "$folder" -L "^($labels)\$" ${pattern:+-R "$pattern"} -j "$jobs" \
            --output-on-failure --no-label-summary --no-tests=ignore "$@" || status=$?
        echo "$status" >"$work/status"
    } 2>&1 | tee "$work/part"
    sed "s|^|$folder: |" "$work/part" >>"$work/log"
    [ "$(cat "$work/status")" = 0 ] || failed="$failed $folder($labels)"
}

services() {
    say "starting Kafka and PostgreSQL"
    sh tests/support/kafka.sh start
    sh tests/support/postgres.sh start
    sh tests/support/kafka.sh env
    sh tests/support/postgres.sh env
}

sh tests/support/deps.sh test
case $tier in
default | soak | pipelines | bench)
    sh tests/support/kafka.sh fetch
    sh tests/support/s3.sh fetch
    sh tests/support/python.sh >/dev/null
    sh tests/support/python.sh s3 >/dev/null
    ;;
esac
begin=$(date +%s) # downloads are over

case $tier in
quick)
    build release
    run build 'tidy|unit|sql'
    ;;
default)
    build release
    build debug
    services
    run build-debug 'unit|sql|fuzz'
    run build 'tidy|e2e|fault'
    ;;
soak)
    export WEIR_SOAK=1
    for preset in release debug tsan clang; do build "$preset" -DWEIR_TIMEOUT_SCALE=20; done
    build fuzz
    services
    run build 'tidy|e2e|fault'
    sh tests/tidy/lint.sh || failed="$failed lint"
    case oracle_planted in *"$pattern"*) sh tests/oracle/planted.sh || failed="$failed oracle_planted" ;; esac
    run build-clang 'unit|sql|e2e'
    run build-tsan 'unit|sql|e2e'
    if [ -z "$pattern" ]; then run build-tsan 'fault' -R '^fault_kill$'; fi
    run build-debug 'unit|sql|fuzz|e2e|fault'
    # Each target in turn; what it finds is left in build-fuzz/found and is a new file for its corpus.
    mkdir -p build-fuzz/found
    for source in tests/fuzz/fuzz_*.c; do
        [ -e "$source" ] || continue
        target=$(basename "$source" .c)
        case $target in *"$pattern"*) ;; *) continue ;; esac
        say "fuzzing: $target"
        mkdir -p "build-fuzz/grown/$target"
        seeds=tests/fuzz/corpus/$target
        [ -d "$seeds" ] || seeds=
        "build-fuzz/tests/$target" -max_total_time="${WEIR_SOAK_FUZZ_S:-300}" -timeout=20 -rss_limit_mb=4096 \
            -print_final_stats=1 -artifact_prefix="build-fuzz/found/$target-" "build-fuzz/grown/$target" $seeds \
            >"$work/fuzz" 2>&1 || failed="$failed $target"
        tail -n 8 "$work/fuzz"
    done
    # Back to the timeouts of every day.
    for preset in release debug tsan clang; do cmake --preset "$preset" -DWEIR_TIMEOUT_SCALE=1 >/dev/null; done
    ;;
pipelines)
    export WEIR_FULL=1
    build release -DWEIR_TIMEOUT_SCALE=40
    services
    pattern=${pattern:-pipeline} run build 'e2e|pipelines' -j 1
    cmake --preset release -DWEIR_TIMEOUT_SCALE=1 >/dev/null
    ;;
bench)
    build release
    services
    eval "$(sh tests/support/kafka.sh env)"
    eval "$(sh tests/support/postgres.sh env)"
    WEIR=$PWD/build/weir WEIR_BUILD=$PWD/build
    export WEIR_TEST_KAFKA WEIR_TEST_PG WEIR WEIR_BUILD
    for script in tests/bench/*.sh; do
        case $script in *"$pattern"*) ;; *) continue ;; esac
        say "$script"
        timeout 3600 sh "$script" || failed="$failed $script"
    done
    ;;
lint)
    build clang
    sh tests/tidy/lint.sh || failed="$failed lint"
    ;;
esac
took=$(($(date +%s) - begin))

if [ -s "$work/log" ]; then
    say "the ten slowest tests, in seconds"
    sed -nE 's|^([^ ]*): .*Test +#[0-9]+: ([^ ]+) .*[^0-9.]([0-9]+\.[0-9]+) sec.*|\3 \1 \2|p' "$work/log" |
        sort -rn | head -n 10 | awk '{ printf "%8.2f  %s (%s)\n", $1, $3, $2 }'
    if [ "${CI:-}" = true ] && grep -q '\*\*\*Skipped\|\*\*\*Not Run' "$work/log"; then
        say "skipped under CI, where nothing may be"
        grep '\*\*\*Skipped\|\*\*\*Not Run' "$work/log"
        failed="$failed skipped"
    fi
    grep -q 'Test *#[0-9]*:' "$work/log" || failed="$failed none-run"
    say "summary"
    sed -nE 's/^([^ ]*): ([0-9]+% tests passed.*|Total Test time.*|The following tests FAILED.*|[[:space:]]+[0-9]+ - .*)$/\2/p' "$work/log"
fi
echo "$tier: $took s"
if [ "$tier" = default ] && [ "$took" -gt "$budget_s" ] && [ -z "$pattern" ]; then
    echo "over its budget of $budget_s s: see the slowest tests above, or move what is heavy to soak"
    failed="$failed budget"
fi
if [ -n "$failed" ]; then
    echo "FAILED:$failed"
    exit 1
fi
