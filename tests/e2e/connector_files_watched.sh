#!/bin/sh
# A folder that is watched (source.monitor-interval) has no end: when its files are read, the watermark is that of their rows, not the end of
# time; what comes later is not late; after a restart and kill -9 too.
# services: none
. tests/support/engine.sh
set -eu
mkdir "$dir/in"
put() { # FILE "k at"...
	name=$1
	shift
	for row in "$@"; do echo "{\"k\":${row% *},\"at\":\"2024-01-01 00:0${row#* }\"}"; done >"$dir/$name.tmp"
	mv "$dir/$name.tmp" "$dir/in/$name"
}
put a.json "1 0:01" "2 0:02" "3 0:41"
put b.json "4 0:03"
cat >"$dir/job.sql" <<END
CREATE TABLE f (k INT, at TIMESTAMP(3), WATERMARK FOR at AS at - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '$dir/in', 'format' = 'json', 'source.monitor-interval' = '100 ms');
CREATE MATERIALIZED VIEW w AS SELECT window_start AS s, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE f, DESCRIPTOR(at), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
END
engine_start "$dir/job.sql"
show="SELECT LISTAGG(CAST(EXTRACT(SECOND FROM s) AS STRING) || ':' || CAST(n AS STRING), ' ') FROM w"
wait_for 20 "$show" "0:3"
sleep 0.5
same "$(sql "$show")" "0:3" "the window of the newest row is open while the folder is watched"
same "$(sql "SELECT DISTINCT watermark FROM weir.watermarks WHERE \"query\" = 'w'")" "2024-01-01 00:00:40" "the watermark"
put c.json "5 0:42" "6 0:55"
wait_for 20 "$show" "0:3 40:2"
put d.json "7 0:56"
sleep 0.5
engine_stop KILL
engine_start "$dir/job.sql"
put e.json "8 0:57"
sleep 0.5
same "$(sql "$show")" "0:3 40:2" "the open window after a restart"
engine_stop
put f.json "9 0:59" "10 0:08"
engine_start "$dir/job.sql"
wait_for 20 'SELECT COUNT(*) FROM w.late' 1
put g.json "11 1:05"
wait_for 20 'SELECT SUM(n) FROM w' 9
same "$(sql "$show")" "0:3 40:2 50:4" "all rows but the late one"
engine_stop
echo ok
