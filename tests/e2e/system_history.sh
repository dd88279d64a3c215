#!/bin/sh
# weir.history over restarts: starts and stops, a crash as a start without a stop, statements once though the files run at each start, the
# failure of a query and of one that an outage stops; the bound.
# services: none
. tests/support/engine.sh
set -eu
cat >"$dir/job.sql" <<'END'
CREATE TABLE t (k INT);
CREATE MATERIALIZED VIEW v AS SELECT 6 / k AS q FROM t;
END
events() { sql "SELECT LISTAGG(event || COALESCE(' ' || name, '') || COALESCE(' ' || error_code, ''), ', ') FROM (SELECT * FROM weir.history ORDER BY seq)"; }
engine_start "$dir/job.sql"
same "$(events)" "engine started, statement t, query started v, statement v" "the first start"
engine_stop
engine_start "$dir/job.sql"
sql "INSERT INTO t VALUES (0)" >/dev/null 2>&1 || true
wait_for 10 "SELECT state FROM weir.queries WHERE name = 'v'" failed
same "$(events)" "engine started, statement t, query started v, statement v, engine stopped, engine started, query failed v W1204" "after a failure"
sleep 1 # the epoch that holds it
engine_stop KILL
engine_start --set weir.history.max=11 "$dir/job.sql"
wait_for 10 "SELECT state FROM weir.queries WHERE name = 'v'" failed # it was tried again at the start
sql "RESUME v SKIP" >/dev/null
wait_for 10 "SELECT state FROM weir.queries WHERE name = 'v'" running
wait_for 10 "SELECT COUNT(*) FROM v.bad" 1
late="query started v, statement v, engine stopped, engine started, query failed v W1204, engine started, query failed v W1204, statement v, query failed v W1204"
same "$(events)" "engine started, statement t, $late" "after a crash"
sql "CREATE TABLE more (k INT)" >/dev/null
same "$(events)" "statement t, $late, statement more" "the oldest has gone"
same "$(sql "SELECT COUNT(*) FROM weir.history WHERE at BETWEEN NOW() - INTERVAL '1' HOUR AND NOW() AND epoch >= 0")" 11 "times and epochs"
same "$(sql "SELECT detail FROM weir.history WHERE name = 'v' AND event = 'statement' ORDER BY seq DESC LIMIT 1")" "RESUME SKIP QUERY v" "the text"
engine_stop
echo ok
