#!/bin/sh
# --config FILE: settings in lines and as SET, ${NAME}, which of several places wins, every error with its line, what a restart with
# another file does.
# services: none
. tests/support/engine.sh
set -eu
cd "$dir"
cat >good.conf <<'END'
# a comment
weir.memory = 1 GB   # and one behind a value
  SET 'weir.step.rows' = '${ROWS:-7}';  -- a statement
execution.checkpointing.interval TO 500 ms
table.local-time-zone = 'Europe/Berlin'
weir.arithmetic = flink;
statement_timeout=${TIMEOUT:?say how long}
parallelism.default = 4
END
printf 'weir.outbox.keep = 3\r\n' >>good.conf
show="SELECT name || '=' || \`value\` || ' ' || origin FROM weir.settings WHERE origin <> 'default' ORDER BY name"
export TIMEOUT='2 min'
same "$("$WEIR" --config good.conf -c "$show" 2>err | tr '\n' '|')" \
	'execution.checkpointing.interval=500 ms good.conf:4|statement_timeout=2 min good.conf:7|table.local-time-zone=Europe/Berlin good.conf:5|weir.arithmetic=flink good.conf:6|weir.memory=1 GB good.conf:2|weir.outbox.keep=3 good.conf:9|weir.step.rows=7 good.conf:3|' "values and origins"
same "$(cat err)" "good.conf:8: NOTICE: parallelism.default = 4 is accepted, and has no effect here" "without effect"
# --set wins over the file, SET over both; RESET goes back to the command line, not to the table
one="SELECT \`value\` || ' ' || origin FROM weir.settings WHERE name = 'weir.memory'"
same "$(ROWS=9 "$WEIR" --set weir.memory=2GB --config good.conf -c "$one; SET 'weir.memory' = '77 MB'; $one; RESET 'weir.memory'; $one; SHOW weir.step.rows" 2>/dev/null | tr '\n' '|')" \
	'2GB command line|77 MB SET|2GB command line|9|' "who wins"
same "$("$WEIR" --config good.conf -c "RESET 'weir.arithmetic'; SHOW weir.arithmetic; SET 'weir.arithmetic' = 'strict'; DISCARD ALL; SHOW weir.arithmetic" 2>/dev/null | tr '\n' '|')" 'flink|flink|' "RESET of a setting of the file"
same "$("$WEIR" --config good.conf -c 'SELECT 2147483647 + 1' 2>/dev/null)" -2147483648 "a setting of the file holds"

# all errors, with line and column
cat >bad.conf <<'END'
weir.memroy = 1 GB
weir.memory 1
weir.step.rows =
weir.step.rows = 0
weir.step.rows = 5
weir.query.threads = '3' 4
weir.outbox.keep = ${NOPE_NOT_SET}
weir.outbox.max = '1 GB
weir.delivery = sometimes
weir.wal.max = 5 GB
WEIR.WAL.MAX = 5 GB
timezone = Mars
table.local-time-zone = UTC
END
echo 'SELECT 1;' >one.sql
status=0
"$WEIR" check --config bad.conf >out 2>&1 || status=$?
same "$status $(grep -c ERROR out)" "1 12" "check of a bad file alone"
same "$(printf 'weir.memory = 64 MB\n' >alone.conf && "$WEIR" check --config alone.conf)" "the settings are fine" "check of a good file alone"
for verb in run check "serve --state $state" test export\ --to\ flink; do
	status=0
	"$WEIR" $verb --config bad.conf one.sql >out 2>&1 || status=$?
	same "$status" 1 "$verb with a bad file"
	same "$(sed -n 's/^bad.conf:\([0-9:]*\): ERROR \(W[0-9]*\): .*/\1 \2/p' out | tr '\n' '|')" \
		'1:1 W1401|2:13 W1001|3:16 W1001|4:18 W1402|5:1 W1402|6:26 W1001|7:20 W1404|8:19 W1001|9:17 W1402|11:1 W1402|12:12 W1402|13:1 W1402|' "$verb: lines, columns and codes"
done
for words in 'Did you mean "weir.memory"?' 'set at bad.conf:4 too' 'set at bad.conf:10 too' '"NOPE_NOT_SET" is not set' 'It takes: exactly-once|at-least-once.' 'It takes 1 to 1048576.'; do
	grep -qF "$words" out || die "the errors do not say: $words"
done
TIMEOUT= "$WEIR" check --config good.conf one.sql >out 2>&1 && die "an empty variable with :? was taken"
grep -q 'good.conf:7:19: ERROR W1404: "TIMEOUT" is not set: say how long' out || die "$(cat out)"
printf '\377\376\000x\n\001\002=\n' >binary.conf
"$WEIR" check --config binary.conf one.sql >out 2>&1 && die "bytes were taken for settings"
"$WEIR" check --config absent.conf one.sql >out 2>&1 && die "a file that is not there was read"
grep -q 'cannot read absent.conf: No such file' out || die "$(cat out)"
: >empty.conf
"$WEIR" check --config empty.conf one.sql >/dev/null || die "an empty file is fine"
printf '\357\273\277weir.memory = 3 MB' >bom.conf
same "$("$WEIR" --config bom.conf -c "$one")" '3 MB bom.conf:1' "a mark of byte order, no newline"
for args in "--config empty.conf --config empty.conf check one.sql" "explain --config empty.conf W1001" "connect --set a=b"; do
	status=0
	"$WEIR" $args >out 2>&1 || status=$?
	same "$status" 2 "weir $args"
done

# a served engine; a query keeps what it was made with and says so; another session sees what SET did
cat >job.sql <<'END'
CREATE TABLE t (k INT);
CREATE MATERIALIZED VIEW v AS SELECT k + 1 AS n FROM t;
CREATE TABLE sink (n INT) WITH ('connector' = 'blackhole');
INSERT INTO sink SELECT n FROM v;
END
echo 'weir.arithmetic = flink' >serve.conf
engine_start --config serve.conf job.sql
same "$(sql "SELECT origin FROM weir.settings WHERE name = 'weir.arithmetic'")" serve.conf:1 "origin over the wire"
same "$(sql "SET \"weir.outbox.keep\" = '4'; SELECT 1")" 1 "SET of one session"
same "$(sql "SELECT \`value\` || ' ' || origin FROM weir.settings WHERE name = 'weir.outbox.keep'")" "4 SET" "seen by another"
same "$(sql "INSERT INTO t VALUES (2147483647)")$(sql 'SELECT n FROM v')" -2147483648 "the view wraps"
engine_stop
echo 'weir.arithmetic = strict' >serve.conf
engine_start --config serve.conf job.sql
grep -q 'NOTICE: "v" keeps the setting it was made with: weir.arithmetic is flink, not strict' started || die "no word about the view: $(cat started)"
grep -q 'NOTICE: "sink" keeps the setting it was made with: weir.arithmetic is flink, not strict' started || die "no word about the query: $(cat started)"
grep -q 'NOTICE: "t" keeps' started && die "a table has no such settings"
same "$(sql 'INSERT INTO t VALUES (2147483647)')$(sql 'SELECT COUNT(*) FROM v')" 2 "and wraps still"
engine_stop
echo ok
