#!/bin/sh
# A query that reads a table with several sets of options stands at several places of it: after kill -9 each read goes on from its own.
# services: none
. tests/support/engine.sh
set -eu
cat >"$dir/q.sql" <<'SQL'
CREATE TABLE g (id BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '3000', 'rows-per-second' = '2000', 'fields.id.kind' = 'sequence', 'fields.id.start' = '0', 'fields.id.end' = '2999');
CREATE MATERIALIZED VIEW v AS
SELECT 'plain' AS way, id FROM g
UNION ALL SELECT 'slow', id FROM g /*+ OPTIONS('rows-per-second' = '500') */
UNION ALL SELECT 'again', id FROM g
UNION ALL SELECT 'slower', id FROM g /*+ OPTIONS('rows-per-second' = '400') */;
CREATE MATERIALIZED VIEW other AS SELECT id FROM g /*+ OPTIONS('rows-per-second' = '600') */;
SQL
engine_start "$dir/q.sql"
wait_for 20 "SELECT COUNT(*) > 500 FROM v WHERE way = 'slower'" t
engine_stop KILL
engine_start "$dir/q.sql"
sleep 1
engine_stop KILL
engine_start "$dir/q.sql"
wait_for 30 "SELECT COUNT(*) FROM v" 12000
wait_for 30 "SELECT COUNT(*) FROM other" 3000
sleep 0.5
same "$(sql "SELECT way, COUNT(*), COUNT(DISTINCT id) FROM v GROUP BY way ORDER BY way")" "again|3000|3000
plain|3000|3000
slow|3000|3000
slower|3000|3000" "rows of each read"
engine_stop
echo ok
