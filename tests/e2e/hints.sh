#!/bin/sh
# OPTIONS hints at a running engine: two views read one table otherwise than it says, each as its hint does, also after kill -9 and in a
# SELECT; a sink with a hint; what is no option of the table is an error with the nearest name, hints that mean nothing here a notice.
# services: none
. tests/support/engine.sh
set -eu
mkdir "$dir/a" "$dir/b"
printf '{"k":1}\n{"k":"x"}\n{"k":3}\n' >"$dir/a/f.json"
printf '{"k":10}\n{"k":20}\n' >"$dir/b/f.json"
cat >"$dir/job.sql" <<END
CREATE TABLE t (k INT) WITH ('connector' = 'filesystem', 'path' = '$dir/a', 'format' = 'json', 'source.monitor-interval' = '100 ms');
CREATE MATERIALIZED VIEW plain AS SELECT k FROM t;
CREATE MATERIALIZED VIEW lenient AS SELECT k FROM t /*+ OPTIONS('json.ignore-parse-errors' = 'true') */;
CREATE MATERIALIZED VIEW other AS SELECT k FROM t /*+ OPTIONS('path' = '$dir/b') */;
CREATE MATERIALIZED VIEW both AS SELECT a.k AS x, b.k AS y FROM t /*+ OPTIONS('path' = '$dir/b') */ a JOIN t b ON a.k = b.k * 10;
CREATE TABLE out (k INT) WITH ('connector' = 'filesystem', 'path' = '$dir/out', 'format' = 'json');
INSERT INTO out /*+ OPTIONS('format' = 'csv') */ SELECT k FROM other;
END
show="SELECT v FROM (SELECT 'p' || CAST(k AS STRING) AS v FROM plain UNION ALL SELECT 'l' || COALESCE(CAST(k AS STRING), 'null') FROM lenient UNION ALL SELECT 'o' || CAST(k AS STRING) FROM other UNION ALL SELECT 'b' || CAST(x AS STRING) || '/' || CAST(y AS STRING) FROM both) q ORDER BY v"
want="b10/1
l1
l3
lnull
o10
o20
p1
p3"
engine_start "$dir/job.sql"
wait_for 20 "$show" "$want"
printf '{"k":30}\n' >"$dir/b/g.json"
wait_for 20 "$show" "b10/1
b30/3
l1
l3
lnull
o10
o20
o30
p1
p3"
engine_stop KILL
engine_start "$dir/job.sql"
grep -q 'NOTICE: materialized view "lenient" goes on' "$dir/started" || die "it was made anew: $(cat "$dir/started")"
printf '{"k":4}\n' >"$dir/a/g.json"
wait_for 20 "SELECT COUNT(*) FROM lenient" 4
same "$(sql "SELECT COUNT(*) FROM other")" 3 "the other folder after a restart"
engine_stop
same "$(cat "$dir"/out/* | sort | tr '\n' ' ')" "10 20 30 " "a sink with a hint writes its format"
sel() { "$WEIR" -c "CREATE TABLE t (k INT) WITH ('connector' = 'filesystem', 'path' = '$dir/a/f.json', 'format' = 'json'); $1" 2>&1 || true; }
same "$(sel "SELECT k FROM t /*+ OPTIONS('path' = '$dir/b/f.json') */" | tr '\n' ' ')" "10 20 " "a SELECT"
sel "SELECT k FROM t /*+ OPTIONS('pth' = 'x') */" | grep -q 'Did you mean "path"?' || die "a wrong option: $(sel "SELECT k FROM t /*+ OPTIONS('pth' = 'x') */")"
sel "SELECT k FROM t /*+ OPTIONS('connector' = 'kafka') */" | grep -q 'ERROR' || die "another connector was taken"
sel "SELECT k FROM t /*+ NOTHING */" | grep -qi 'NOTICE: the hint nothing has no effect here' || die "an unknown hint: $(sel "SELECT k FROM t /*+ NOTHING */")"
# what is wrong with an option only where the table is written is an error of that statement, at its own place
cat >"$dir/bucket.sql" <<'END'
CREATE TABLE made (k INT) WITH ('connector' = 'datagen');
CREATE TABLE there (k INT) WITH ('connector' = 'filesystem', 'path' = 's3://b/x', 'format' = 'json');

INSERT INTO there SELECT k FROM made;
END
! "$WEIR" check "$dir/bucket.sql" >"$dir/checked" 2>&1 || die "a bucket of that name is taken"
grep -q 'bucket.sql:4:13: ERROR W1402: "b" is no name of a bucket' "$dir/checked" || die "$(cat "$dir/checked")"
echo ok
