#!/bin/sh
# The shell on a terminal (tmux): many lines, completion, ^C while typing and while something runs, a followed query with its status line, history, a state file that
# another shell holds.
# services: none
set -eu
: "${WEIR:?}" "${TMPDIR:?}"
session=weir-$$
screen=$TMPDIR/screen
socket=$TMPDIR/tmux
trap 'tmux -S "$socket" kill-server 2>/dev/null || true' EXIT

start() {
    tmux -S "$socket" -f /dev/null new-session -d -s "$session" -x 100 -y 50 \
        "env HOME='$TMPDIR' LC_ALL=C.UTF-8 '$WEIR' $1; echo ended with \$?; sleep 60"
}

keys() {
    tmux -S "$socket" send-keys -t "$session" "$@"
}

# Types a line; tmux takes a semicolon at the end for its own.
type_line() {
    case $1 in
    *\;) keys -l "${1%;}\\;" ;;
    *) keys -l "$1" ;;
    esac
    keys Enter
}

# Waits until the screen shows a text.
shows() {
    n=0
    while :; do
        tmux -S "$socket" capture-pane -p -t "$session" -S -300 >"$screen"
        if grep -qF -- "$1" "$screen"; then return; fi
        n=$((n + 1))
        if [ $n -gt 100 ]; then
            printf 'the screen does not show: %s\n' "$1" >&2
            cat "$screen" >&2
            exit 1
        fi
        sleep 0.1
    done
}

start "'$TMPDIR/e.db'"
shows 'weir>'
type_line "create table numbers (id int, name string,"
shows '  ..>'
type_line "primary key (id) not enforced);"
shows 'CREATE TABLE'
type_line "create materialized view totals as select name, count(*) as n from numbers group by name;"
shows 'CREATE MATERIALIZED VIEW'
type_line "insert into numbers values (1, 'one'), (2, 'two'), (3, 'one');"
shows 'INSERT 0 3'

# completion of a relation
keys -l "select * from tota"
keys Tab
sleep 0.5
type_line "where n = 2;"
shows ' one  | 2'

# an error with its caret
type_line "select nope from numbers;"
shows 'ERROR W1102: unknown column "nope"'
shows '       ^'

# ^C throws a line away
keys -l "this is no"
keys C-c
shows 'this is no^C'

# a followed query: rows, the status line, ^C
type_line "subscribe to totals;"
shows ' +I | two  | 1'
shows ' in | 0 late'
keys C-c
shows 'stopped'
type_line "select 41 + 1 as answer;"
shows '     42'

# ^C ends a long statement, not the shell
type_line "create table d (k int);"
type_line "insert into d values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);"
shows 'INSERT 0 10'
type_line "select count(*) from d a, d b, d c, d e, d f, d g, d h, d i, d j, d k;"
sleep 0.5
keys C-c
n=0
until [ "$(grep -c '^stopped' "$screen")" -ge 2 ]; do
    tmux -S "$socket" capture-pane -p -t "$session" -S -300 >"$screen"
    n=$((n + 1))
    [ $n -lt 100 ] || { echo "^C did not stop the statement" >&2 && cat "$screen" >&2 && exit 1; }
    sleep 0.1
done

# the shell's own commands
type_line '\dt'
shows ' numbers'
type_line '\dm'
shows ' totals |'
type_line '\timing'
shows 'Timing is on.'
type_line 'select 1 as one;'
shows 'Time: '

# another shell on the same file talks to this engine
out=$(echo "SELECT name FROM totals ORDER BY name;" | env HOME="$TMPDIR" "$WEIR" connect "$TMPDIR/e.db" 2>&1)
case "$out" in *" one"*" two"*"(2 rows)"*) ;; *) printf '%s\n' "$out" >&2 && exit 1 ;; esac

type_line '\q'
shows 'ended with 0'
tmux -S "$socket" kill-server
sleep 0.3

# the state and the history are still there
start "'$TMPDIR/e.db'"
shows 'weir>'
keys Up
shows 'select 1 as one;'
keys C-c
type_line "select n from totals where name = 'two';"
shows '(1 row)'
keys C-d
shows 'ended with 0'
