#!/bin/sh
# Folders: a name that no file system takes refuses its row alone. Then folders are told to be complete: _SUCCESS comes when all files of a folder have their names and the delay has passed, not before;
# again for rows that come later; after a crash in between. What is not supported is refused with its place.
# services: none
# timeout: 120
set -eu
. "$(dirname "$0")/../support/engine.sh"
mkdir -p "$dir/in"
with="'connector'='filesystem','sink.rolling-policy.check-interval'='50 ms','sink.partition-commit.policy.kind'='success-file'"
cat >"$dir/job.sql" <<SQL
CREATE TABLE t (a INT, d STRING) WITH ('connector'='filesystem','path'='$dir/in','format'='json','source.monitor-interval'='200 ms');
CREATE TABLE soon (a INT, d STRING) PARTITIONED BY (d) WITH ($with,'path'='$dir/soon','format'='json','sink.rolling-policy.inactivity-interval'='300 ms');
CREATE TABLE later (a INT, d STRING) PARTITIONED BY (d) WITH ($with,'path'='$dir/later','format'='parquet',
	'sink.partition-commit.delay'='3 s','sink.partition-commit.success-file.name'='done');
INSERT INTO soon SELECT * FROM t;
INSERT INTO later SELECT * FROM t;
SQL
# until_file SECONDS FILE
until_file() {
	n=0
	until [ -e "$2" ]; do
		n=$((n + 1))
		[ $n -lt $(($1 * 20)) ] || die "after $1 s no $2: $(find "$dir/soon" "$dir/later" -type f)"
		sleep 0.05
	done
}
engine_start "$dir/job.sql"
begun=$(date +%s%N)
printf '{"a":1,"d":"x"}\n{"a":2,"d":"y/z"}\n' >"$dir/in/1.json"
until_file 20 "$dir/soon/d=x/_SUCCESS"
until_file 20 "$dir/soon/d=y%2Fz/_SUCCESS"
same "$(cat "$dir"/soon/d=x/part-*)" '{"a":1}' "what is complete"
[ ! -e "$dir/later/d=x/done" ] || [ $((($(date +%s%N) - begun) / 1000000)) -ge 2900 ] || die "committed before the delay"
until_file 20 "$dir/later/d=x/done"
took=$((($(date +%s%N) - begun) / 1000000))
[ $took -ge 2900 ] || die "committed after $took ms"
same "$(find "$dir/later/d=x" -name 'part-*.parquet' | wc -l)" 1 "the file that was ended for it"
[ ! -e "$dir/soon/_SUCCESS" ] || die "the folder of all is committed"

# many folders at once, each is told; they are of no use to what comes below
for k in $(seq 40); do echo "{\"a\":$k,\"d\":\"many$k\"}"; done >"$dir/in/many.json"
n=0
until [ "$(find "$dir/soon" -path '*/d=many*/_SUCCESS' | wc -l)" = 40 ]; do
	n=$((n + 1))
	[ $n -lt 400 ] || die "of 40 folders $(find "$dir/soon" -path '*/d=many*/_SUCCESS' | wc -l) are told"
	sleep 0.05
done
rm -rf "$dir"/soon/d=many*

# later rows: told again; the reader of such a folder does not read the file
rm "$dir/soon/d=x/_SUCCESS" "$dir/later/d=x/done"
echo '{"a":3,"d":"x"}' >"$dir/in/2.json"
until_file 20 "$dir/soon/d=x/_SUCCESS"
same "$(cat "$dir"/soon/d=x/part-* | sort | tr '\n' ' ')" '{"a":1} {"a":3} ' "later rows"
# a crash while the folder waits: it is told after the start, although no row comes any more
engine_stop KILL
[ ! -e "$dir/later/d=x/done" ] || die "told before the delay"
engine_start "$dir/job.sql"
until_file 20 "$dir/later/d=x/done"
same "$(find "$dir/later/d=x" -name 'part-*.parquet' | wc -l)" 2 "files"
engine_stop

# killed between the name of the file and the word
echo '{"a":4,"d":"new"}' >"$dir/in/3.json"
WEIR_FAIL_POINT=after-file-marker:4 "$WEIR" --log info serve --state "$state" --socket "$dir/sock" "$dir/job.sql" >"$dir/started" 2>&1 &
engine=$!
wait "$engine" 2>/dev/null || true
engine_start "$dir/job.sql"
until_file 20 "$dir/soon/d=new/_SUCCESS"
until_file 20 "$dir/later/d=new/done"
same "$(cat "$dir"/soon/d=new/part-*)" '{"a":4}' "after the crash"
engine_stop
cat >"$dir/read.sql" <<SQL
CREATE TABLE s (a INT, d STRING) PARTITIONED BY (d) WITH ('connector'='filesystem','path'='$dir/soon','format'='json');
SELECT a, d FROM s ORDER BY a;
SQL
same "$("$WEIR" --format csv run "$dir/read.sql" | tr '\n' ' ')" "a,d 1,x 2,y/z 3,x 4,new " "read back"

# rows whose folder cannot be: kept aside, the others go on; in both kinds of formats
mkdir "$dir/names"
/usr/bin/python3 -c '
import json
for a, d in (1, "x"), (2, "y" * 300), (3, "\u00fc" * 126), (4, "z"), (5, "\u00fc" * 127):
    print(json.dumps({"a": a, "d": d}))' >"$dir/names/1.json"
for format in json parquet; do
	cat >"$dir/long.sql" <<SQL
CREATE TABLE t (a INT, d STRING) WITH ('connector'='filesystem','path'='$dir/names','format'='json','source.monitor-interval'='200 ms');
CREATE TABLE o (a INT, d STRING) PARTITIONED BY (d) WITH ('connector'='filesystem','path'='$dir/long/$format','format'='$format');
INSERT INTO o SELECT a, d FROM t;
SQL
	state=$dir/long-$format.db
	engine_start "$dir/long.sql"
	wait_for 20 "SELECT COUNT(*) FROM o.refused" 2
	same "$(sql "SELECT DISTINCT error LIKE '%the name of its folder has%' FROM o.refused")" t "what .refused says"
	same "$(sql "SELECT state FROM weir.queries WHERE name = 'o'")" running "the query"
	engine_stop
	same "$(find "$dir/long/$format" -name 'part-*' | wc -l)" 3 "files of $format"
done

refused() { # options, words
	out=$("$WEIR" -c "CREATE TABLE r (a INT, d STRING) PARTITIONED BY (d) WITH ('connector'='filesystem','path'='$dir/r','format'='json',$1); INSERT INTO r VALUES (1, 'x')" 2>&1) && die "$1 is taken"
	case $out in *"$2"*) ;; *) die "$1: $out" ;; esac
}
refused "'sink.partition-commit.policy.kind'='metastore,success-file'" 'the policy "metastore,success-file" is not supported yet'
refused "'sink.partition-commit.trigger'='partition-time'" 'the trigger "partition-time" is not supported yet'
refused "'sink.partition-commit.policy.kind'='success-file','sink.partition-commit.success-file.name'='a/b'" '"a/b" is no name of a file'
refused "'partition.time-extractor.kind'='default'" 'not supported yet'
