#!/bin/sh
# Three partitions, two of them silent: 'scan.watermark.idle-timeout' lets windows close; two statements share one scan; read = bad + passed.
# timeout: 60
set -eu
. "$(dirname "$0")/../support/engine.sh"
topic=$unique-p
"${WEIR_TOOLS:-$(dirname "$WEIR")/tools}/produce" -p 3 "$WEIR_TEST_KAFKA" "$topic" </dev/null
put() { printf '%s\n' "$2" | kcat -b "$WEIR_TEST_KAFKA" -t "$topic" -p "$1" -P; }
put 0 '{"k":"a","ts":"2024-05-01 10:00:01"}
{"k":"b","ts":"2024-05-01 10:00:02"}
no json
{"k":"a","ts":"2024-05-01 10:01:30"}'
put 1 '{"k":"a","ts":"2024-05-01 10:00:03"}'
cat >"$dir/q.sql" <<SQL
CREATE TABLE e (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector'='kafka','topic'='$topic','properties.bootstrap.servers'='$WEIR_TEST_KAFKA','scan.startup.mode'='earliest-offset','format'='json',
      'scan.watermark.idle-timeout'='500 ms');
CREATE MATERIALIZED VIEW w AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW allrows AS SELECT COUNT(*) AS n FROM e;
CREATE TABLE one (k STRING) WITH ('connector'='blackhole');
CREATE TABLE two (k STRING) WITH ('connector'='blackhole');
EXECUTE STATEMENT SET BEGIN
INSERT INTO one SELECT k FROM e;
INSERT INTO two SELECT k FROM e WHERE k = 'a';
END;
SQL
engine_start "$dir/q.sql"
wait_for 15 "SELECT n FROM w" 3
wait_for 5 "SELECT n FROM allrows" 4
same "$(sql "SELECT COUNT(*) FROM e.bad")" 1 "the record that is no JSON"
wait_for 5 "SELECT name, rows_in FROM weir.queries WHERE name IN ('one', 'two') ORDER BY name" "one|4
two|4"
# a late row of the partition that was idle is kept, and said
put 2 '{"k":"z","ts":"2024-05-01 09:00:00"}'
wait_for 10 "SELECT COUNT(*) FROM w.late" 1
engine_stop KILL
engine_start "$dir/q.sql"
put 0 '{"k":"a","ts":"2024-05-01 10:02:30"}'
wait_for 15 "SELECT n FROM w ORDER BY window_start" "3
1"
wait_for 5 "SELECT n FROM allrows" 6
same "$(sql "SELECT COUNT(*) FROM e.bad")" 1 "the bad record is kept once"
same "$(sql "SELECT COUNT(*) FROM w.late")" 1 "the late row is kept once"
