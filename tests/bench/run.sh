#!/bin/sh
# Measures weir, and judges nothing; what each part prints is in README.md beside this.
#
#   sh tests/bench/run.sh [wire|start|idle|hop|state|set|latency|nexmark|parquet|pipelines] ...      without a name: all of them
#
# WEIR and WEIR_BUILD name a program and its build folder; else a release build is made. Kafka and PostgreSQL are the
# tests' own. Settings: EVENTS, PAIRS, WINDOWS, NEXMARK_EVENTS, NEXMARK_QUERIES, SOURCE_MEMORY (of weir, and of the queue of
# the consumer it is compared with).
set -eu
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8 TZ=UTC

EVENTS=${EVENTS:-2000000}
PAIRS=${PAIRS:-3}
WINDOWS=${WINDOWS:-300}
SOURCE_MEMORY=${SOURCE_MEMORY:-64}
topic=bench_wire_$EVENTS

work=$(mktemp -d "${TMPDIR:-/tmp}/weir-bench.XXXXXX")
server=
finish() {
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || true
		timeout 15 tail --pid="$server" -s 0.1 -f /dev/null || kill -KILL "$server" 2>/dev/null || true
		server=
	fi
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ -z "${WEIR:-}" ]; then
	WEIR_BUILD=${WEIR_BUILD:-$PWD/build}
	[ -f "$WEIR_BUILD/build.ninja" ] || cmake --preset release -B "$WEIR_BUILD" >"$work/configure" 2>&1
	cmake --build "$WEIR_BUILD" --target weir tool_drain tool_produce tool_measure tool_latency >"$work/build" 2>&1 || {
		tail -n 30 "$work/build" >&2
		exit 1
	}
	WEIR=$WEIR_BUILD/weir
fi
tools=$WEIR_BUILD/tools

# ---- help

say() { printf '%s\n' "$*"; }

# of FILE NAME: the value behind the last NAME= in FILE.
of() { tr ' ' '\n' <"$1" | sed -n "s/^$2=//p" | tail -n 1; }

calc() { awk "BEGIN { printf \"%.${2:-2}f\", $1 }"; }

median() { sort -n | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)] }'; }

kafka() {
	sh tests/support/kafka.sh start
	eval "$(sh tests/support/kafka.sh env)"
}

postgres() {
	sh tests/support/postgres.sh start
	eval "$(sh tests/support/postgres.sh env)"
	pg_port=$(printf '%s\n' "$WEIR_TEST_PG" | sed -n 's/.*port=\([0-9]*\).*/\1/p')
}

sql_pg() { PGCONNECT_TIMEOUT=5 timeout 120 psql -XAtq "$WEIR_TEST_PG" -c "$1"; }

# messages TOPIC: how many it holds; 0 when it does not exist.
messages() {
	timeout 20 kcat -b "$WEIR_TEST_KAFKA" -Q -t "$1:0:-1" 2>/dev/null | sed -n 's/.*offset //p' | tail -n 1 | grep . || echo 0
}

# events TOPIC N [OPTION...]: makes the topic unless it is there with N messages.
events() {
	t=$1 n=$2
	shift 2
	[ "$(messages "$t")" = "$n" ] || timeout 600 "$tools/produce" -g "$n" -p 1 "$@" "$WEIR_TEST_KAFKA" "$t"
}

# source_table NAME TOPIC: the table over a topic of generated events.
source_table() {
	cat <<SQL
CREATE TABLE $1 (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = '$2', 'properties.bootstrap.servers' = '$WEIR_TEST_KAFKA', 'format' = 'json',
      'properties.check.crcs' = 'true', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
SQL
}

# run NAME [OPTION...]: runs $work/NAME.sql on a fresh state file; its log and costs are in $work/NAME.log.
run() {
	name=$1
	shift
	rm -f "$work/$name".db*
	"$tools/measure" -t 500 "$WEIR" --log info --state "$work/$name.db" "$@" run "$work/$name.sql" \
		>"$work/$name.out" 2>"$work/$name.log" || {
		say "$name: failed"
		tail -n 5 "$work/$name.log"
		return 1
	}
}

tumble="SELECT k, window_start, COUNT(*) AS n, SUM(v) AS s
FROM TABLE(TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;"
result="k STRING, window_start TIMESTAMP(3), n BIGINT, s BIGINT"

# ---- wire

wire() {
	kafka
	postgres
	events "$topic" "$EVENTS" -c lz4 -s 225 -K 1000 -e 10000
	say "wire.settings=events:$EVENTS bytes:225 compression:lz4 partitions:1 check.crcs:true isolation.level:read_committed fetch.wait.max.ms:100 queue_mb:$SOURCE_MEMORY delivery:exactly-once cores:$(nproc)"
	{
		source_table ev "$topic"
		say "CREATE TABLE r ($result) WITH ('connector' = 'blackhole');"
		say "INSERT INTO r $tumble"
	} >"$work/wire.sql"
	for pair in $(seq "$PAIRS"); do
		timeout 120 "$tools/drain" "$WEIR_TEST_KAFKA" "$topic" isolation.level=read_committed fetch.wait.max.ms=100 \
			queued.min.messages=10000000 "queued.max.messages.kbytes=$((SOURCE_MEMORY * 1024))" >"$work/drain.log"
		run wire --set "weir.source.memory=$SOURCE_MEMORY MB"
		[ "$(of "$work/wire.log" rows)" = "$EVENTS" ] || say "wire: not all events were read"
		awk -v a="$(of "$work/drain.log" seconds)" -v b="$(of "$work/wire.log" seconds)" -v ac="$(of "$work/drain.log" cpu)" \
			-v bc="$(of "$work/wire.log" cpu)" -v n="$EVENTS" -v rss="$(of "$work/wire.log" rss_mb)" -v step="$(of "$work/wire.log" rows_per_step)" \
			'BEGIN { printf "%.3f %.3f %.0f %.0f %.3f %.3f %s %s\n", a / b, ac / bc, n / a, n / b, ac * 1e6 / n, bc * 1e6 / n, rss, step }' >>"$work/pairs"
		say "wire.pair.$pair=$(tail -n 1 "$work/pairs" | awk '{ print "ratio:" $1 " cpu:" $2 " raw_per_second:" $3 " weir_per_second:" $4 }')"
	done
	column=0
	for what in ratio cpu raw.rows_per_second weir.rows_per_second raw.cpu_s_per_million weir.cpu_s_per_million weir.peak_rss_mb weir.rows_per_step; do
		column=$((column + 1))
		say "wire.$what=$(awk "{ print \$$column }" "$work/pairs" | median)"
	done
	sql_pg "DROP TABLE IF EXISTS bench_windows; CREATE TABLE bench_windows (k TEXT, window_start TIMESTAMP(3), n BIGINT, s BIGINT, PRIMARY KEY (k, window_start))" 2>/dev/null
	{
		source_table ev "$topic"
		say "CREATE TABLE r ($result, PRIMARY KEY (k, window_start) NOT ENFORCED) WITH ('connector' = 'jdbc',"
		say "'url' = 'jdbc:postgresql://127.0.0.1:$pg_port/weir', 'username' = 'weir', 'table-name' = 'bench_windows');"
		say "INSERT INTO r $tumble"
	} >"$work/postgres.sql"
	sink postgres && say "wire.postgres.rows=$(sql_pg 'SELECT COUNT(*) FROM bench_windows') events_counted=$(sql_pg 'SELECT SUM(n) FROM bench_windows')"
	sql_pg 'DROP TABLE bench_windows'
	out=bench_out_$(date +%s)
	{
		source_table ev "$topic"
		say "CREATE TABLE r (id BIGINT, k STRING, v BIGINT, ts TIMESTAMP(3)) WITH ('connector' = 'kafka', 'topic' = '$out',"
		say "'properties.bootstrap.servers' = '$WEIR_TEST_KAFKA', 'properties.compression.type' = 'lz4', 'format' = 'json',"
		say "'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = '$out');"
		say "INSERT INTO r SELECT id, k, v, ts FROM ev;"
	} >"$work/kafka.sql"
	timeout 60 "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$out" </dev/null
	sink kafka || true
}

# sink NAME: events a second from the first one read to the end of the delivery.
sink() {
	run "$1" --set "weir.source.memory=$SOURCE_MEMORY MB" || return 1
	say "wire.$1.read_per_second=$(of "$work/$1.log" rows_per_second) delivered_per_second=$(calc "$EVENTS / $(of "$work/$1.log" wall)" 0) cpu_s_per_million=$(calc "$(of "$work/$1.log" cpu) * 1e6 / $EVENTS")"
}

# ---- start, idle

start() {
	"$tools/measure" -n 21 -t 10 "$WEIR" -c 'select 1' >/dev/null 2>"$work/start.log"
	say "start.ms=$(calc "$(of "$work/start.log" wall) * 1000" 1) rss_mb=$(of "$work/start.log" rss_mb) runs=21"
}

# serve NAME [OPTION...]: weir serve over $work/NAME.sql, as $server; ask SQL asks it.
serve() {
	name=$1
	shift
	rm -f "$work/$name".db*
	mkdir -p "$work/socket"
	"$WEIR" serve --state "$work/$name.db" --socket "$work/socket" "$@" "$work/$name.sql" >"$work/$name.out" 2>"$work/$name.log" &
	server=$!
	for try in $(seq 100); do
		[ "$(ask 'SELECT 1' 2>/dev/null)" = 1 ] && return 0
		sleep 0.1
	done
	say "$name: does not answer"
	tail -n 5 "$work/$name.log"
	return 1
}

ask() { PGCONNECT_TIMEOUT=3 timeout 60 psql -XAtq -h "$work/socket" -U weir -d weir -c "$1"; }

end_server() {
	kill "$server"
	timeout 20 tail --pid="$server" -s 0.1 -f /dev/null || kill -KILL "$server"
	wait "$server" || true
	server=
}

# A query that goes on: nothing bounds the topic.
endless() { source_table "$1" "$2" | sed "s/, 'scan.bounded.mode' = 'latest-offset'//"; }

idle() {
	kafka
	empty=bench_idle
	[ "$(messages "$empty")" = 10 ] || timeout 60 "$tools/produce" -g 10 -p 1 "$WEIR_TEST_KAFKA" "$empty"
	{
		endless ev "$empty"
		say "CREATE TABLE r ($result) WITH ('connector' = 'blackhole');"
		say "INSERT INTO r $tumble"
	} >"$work/idle.sql"
	serve idle || return 0
	sleep 5
	before=$(awk '{ print $14 + $15 }' "/proc/$server/stat")
	sleep 10
	after=$(awk '{ print $14 + $15 }' "/proc/$server/stat")
	say "idle.rss_mb=$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$server/status") cpu_percent=$(calc "($after - $before) * 100 / $(getconf CLK_TCK) / 10") threads=$(awk '/^Threads/ { print $2 }' "/proc/$server/status")"
	end_server
}

# ---- hop

# instructions NAME [OPTION...]
instructions() {
	shape=$1
	shift
	rm -f "$work/$shape".db*
	timeout 900 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$WEIR" --state "$work/$shape.db" "$@" run "$work/$shape.sql" \
		>"$work/$shape.out" 2>"$work/$shape.log" || { tail -n 5 "$work/$shape.log" >&2; echo 0; return; }
	sed -n 's/.*Collected : //p' "$work/$shape.log" | tail -n 1
}

hop() {
	n=1200000
	awk -v n=$n 'BEGIN { for (i = 0; i < n; i++) { s = int(i / 10000);
		printf "{\"k\":\"key-%d\",\"v\":%d,\"ts\":\"2024-01-01 00:%02d:%02d.%03d\"}\n", i % 100, i % 1000, s / 60, s % 60, i % 10000 / 10 } }' >"$work/events.json"
	for shape in none tumble hop; do
		{
			say "CREATE TABLE ev (k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = '$work/events.json', 'format' = 'json');"
			say "CREATE TABLE r ($result) WITH ('connector' = 'blackhole');"
			case $shape in
			none) say "INSERT INTO r SELECT k, ts, v, v FROM ev WHERE v < 0;" ;;
			tumble) say "INSERT INTO r $tumble" | sed "s/'10' SECOND/'60' SECOND/" ;;
			hop) say "INSERT INTO r $tumble" | sed "s/TUMBLE(/HOP(/; s/INTERVAL '10' SECOND/INTERVAL '1' SECOND, INTERVAL '60' SECOND/" ;;
			esac
		} >"$work/$shape.sql"
	done
	# Under callgrind an epoch of 200 ms holds a fiftieth of its events, so what epochs write would weigh fifty times
	# as much: the operators alone are counted with one epoch, at the end.
	none=$(instructions none) tumbles=$(instructions tumble) hops=$(instructions hop)
	ratio_with_epochs=$(calc "($hops - $none) / ($tumbles - $none)")
	set -- --set 'execution.checkpointing.interval=1 h' --set 'weir.epoch.min=1 h'
	none=$(instructions none "$@") tumbles=$(instructions tumble "$@") hops=$(instructions hop "$@")
	rm -f "$work/events.json"
	say "hop.instructions_per_event source=$(calc "$none / $n" 0) tumble=$(calc "($tumbles - $none) / $n" 0) hop=$(calc "($hops - $none) / $n" 0) ratio=$(calc "($hops - $none) / ($tumbles - $none)") ratio_with_source=$(calc "$hops / $tumbles") ratio_with_epochs=$ratio_with_epochs"
}

# ---- state

# totals TOPIC NAME MEMORY: the newest COUNT(*), SUM(n), SUM(s) over the groups, into $answer.
totals() {
	{
		source_table ev "$1"
		say "CREATE TABLE r (groups_ BIGINT, n BIGINT, s BIGINT) WITH ('connector' = 'print');"
		say "INSERT INTO r SELECT COUNT(*), SUM(n), SUM(s) FROM (SELECT k, COUNT(*) AS n, SUM(v) AS s FROM ev GROUP BY k);"
	} >"$work/$2.sql"
	answer=
	run "$2" --set "weir.memory=$3" || return 0
	answer=$(tail -n 1 "$work/$2.out" | tr ' ' '_')
	say "state.$2 answer=$answer memory=$3 rows_per_second=$(of "$work/$2.log" rows_per_second) cpu_s=$(of "$work/$2.log" cpu) peak_rss_mb=$(of "$work/$2.log" rss_mb) file_mb=$(du -m "$work/$2.db" | cut -f1)"
}

# per_key TOPIC NAME MEMORY: the same groups in a materialized view, which keeps each key a second time; $answer as above.
per_key() {
	{
		source_table ev "$1"
		say "CREATE MATERIALIZED VIEW per_key AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM ev GROUP BY k;"
	} >"$work/$2.sql"
	answer=
	run "$2" --set "weir.memory=$3" || return 0
	answer=$(sqlite3 -readonly -separator ,_ "$work/$2.db" 'SELECT COUNT(*), SUM(n), SUM(s) FROM per_key')
	say "state.$2 answer=$answer memory=$3 rows_per_second=$(of "$work/$2.log" rows_per_second) cpu_s=$(of "$work/$2.log" cpu) peak_rss_mb=$(of "$work/$2.log" rss_mb) file_mb=$(du -m "$work/$2.db" | cut -f1)"
}

state() {
	kafka
	events bench_keys 8000000 -c lz4 -K 2000000 -e 10000
	totals bench_keys roomy "2 GB"
	roomy=$answer
	totals bench_keys tight "64 MB"
	say "state.same_answer=$([ -n "$roomy" ] && [ "$roomy" = "$answer" ] && echo yes || echo no)"
	rm -f "$work"/roomy.db* "$work"/tight.db*
	per_key bench_keys view "64 MB"
	case $roomy in
	*"$answer"*) say "state.view.same_answer=$([ -n "$answer" ] && echo yes || echo no)" ;;
	*) say "state.view.same_answer=no" ;;
	esac
	rm -f "$work"/view.db*

	changing=bench_changes_$(date +%s)
	timeout 120 "$tools/produce" -g 3000000 -p 1 -c lz4 -K 1000000 -e 10000 "$WEIR_TEST_KAFKA" "$changing"
	{
		endless ev "$changing"
		say "CREATE TABLE r (k STRING, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');"
		say "INSERT INTO r SELECT k, COUNT(*), SUM(v) FROM ev GROUP BY k;"
	} >"$work/changes.sql"
	serve changes --set "weir.memory=1 GB" --set "weir.epoch.min=200 ms" || return 0
	settle 3000000
	before=$(ask 'SELECT written_bytes, entries, epochs FROM weir.checkpoints')
	timeout 120 "$tools/produce" -g 50000 -r 5000 -S 7 -K 1000000 -e 10000 "$WEIR_TEST_KAFKA" "$changing"
	settle 3050000
	after=$(ask 'SELECT written_bytes, entries, epochs FROM weir.checkpoints')
	end_server
	say "$before|$after" | awk -F'|' '{ b = $4 - $1; k = $5 - $2; e = $6 - $3; if (k && e)
		printf "state.wal_bytes_per_changed_key=%.0f changed_keys_per_epoch=%.0f epochs=%d\n", b / k, k / e, e }'
}

# settle N: until N events have been read and nothing more is written; a minute and a half at most.
settle() {
	for try in $(seq 150); do
		[ "$(ask 'SELECT SUM(position) FROM weir.sources')" = "$1" ] && break
		sleep 0.2
	done
	seen=
	for try in $(seq 60); do
		sleep 1
		now=$(ask 'SELECT entries, epoch, epoch - landed_epoch FROM weir.checkpoints')
		[ "$now" = "$seen" ] && [ "${now##*|}" = 0 ] && break
		seen=$now
	done
}

# ---- set

# What the process received from the broker, in bytes.
fetched() {
	rm -f "$work/$1".db*
	timeout 300 strace -f -qq -e trace=recvmsg,recvfrom,recv -o "$work/$1.trace" "$WEIR" --log info --state "$work/$1.db" run "$work/$1.sql" >"$work/$1.out" 2>"$work/$1.log" ||
		{ tail -n 5 "$work/$1.log" >&2; }
	sed -n 's/.* = \([0-9][0-9]*\)$/\1/p' "$work/$1.trace" | awk '{ n += $1 } END { printf "%.0f", n }'
}

set_() {
	kafka
	events "$topic" "$EVENTS" -c lz4 -s 225 -K 1000 -e 10000
	for count in 1 5; do
		{
			source_table ev "$topic"
			for i in $(seq "$count"); do say "CREATE TABLE r$i ($result) WITH ('connector' = 'blackhole');"; done
			say "EXECUTE STATEMENT SET BEGIN"
			for i in $(seq "$count"); do say "INSERT INTO r$i $tumble"; done
			say "END;"
		} >"$work/set$count.sql"
	done
	one=$(fetched set1) five=$(fetched set5)
	say "set.fetched_mb one=$(calc "$one / 1048576" 1) five=$(calc "$five / 1048576" 1) ratio=$(calc "$five / $one") reads_of_topic=$(grep -c 'read to its end' "$work/set5.log")"
	run set1 && run set5 && say "set.rows_per_second one=$(of "$work/set1.log" rows_per_second) five=$(of "$work/set5.log" rows_per_second)"
}

# ---- latency

# seen NAME CONNINFO TABLE MS: what the generator measures, asking TABLE for its newest window every MS milliseconds.
seen() {
	load=$(cut -d' ' -f1 /proc/loadavg)
	timeout 120 "$tools/latency" -n "$WINDOWS" -i "$4" "$WEIR_TEST_KAFKA" "$events" "$2" \
		"SELECT MAX(window_start) FROM $3 WHERE k = 'key-7'" >"$work/latency.out" 2>"$work/latency.err" ||
		{ tail -n 3 "$work/latency.err"; return 0; }
	commit=$(ask 'SELECT epochs, commit_us_max FROM weir.checkpoints')
	say "latency.$1 $(sed -n 's/^latency: //p' "$work/latency.out") epochs=${commit%|*} longest_commit_ms=$(calc "${commit#*|} / 1000" 1) load=$load..$(cut -d' ' -f1 /proc/loadavg)"
}

latency() {
	kafka
	postgres
	windows="SELECT k, window_start, COUNT(*) AS n, SUM(v) AS s
FROM TABLE(TUMBLE(TABLE ev, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY k, window_start, window_end;"
	for shape in exactly_once at_least_once view; do
		events=bench_latency_${shape}_$(date +%s)
		timeout 60 "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$events" </dev/null
		sql_pg "DROP TABLE IF EXISTS bench_latency; CREATE TABLE bench_latency (k TEXT, window_start TIMESTAMP(3), n BIGINT, s BIGINT, PRIMARY KEY (k, window_start))" 2>/dev/null
		{
			endless ev "$events" | sed "s/ - INTERVAL '5' SECOND//"
			if [ $shape = view ]; then
				say "CREATE MATERIALIZED VIEW r AS $windows"
			else
				[ $shape = exactly_once ] || say "SET 'weir.delivery' = 'at-least-once';"
				say "CREATE TABLE r ($result, PRIMARY KEY (k, window_start) NOT ENFORCED) WITH ('connector' = 'jdbc',"
				say "'url' = 'jdbc:postgresql://127.0.0.1:$pg_port/weir', 'username' = 'weir', 'table-name' = 'bench_latency');"
				say "INSERT INTO r $windows"
			fi
		} >"$work/latency.sql"
		serve latency || return 0
		sleep 1
		if [ $shape = view ]; then
			seen view "host=$work/socket user=weir dbname=weir" r 5
		else
			seen $shape "$WEIR_TEST_PG" bench_latency 2
		fi
		end_server
	done
	sql_pg 'DROP TABLE bench_latency'
}

# Rows of five columns into a Parquet file, and back; what making the rows costs is measured by itself.
parquet() {
	columns='id BIGINT, k INT, v DOUBLE, s STRING, ts TIMESTAMP(3)'
	made="CREATE TABLE g ($columns) WITH ('connector'='datagen','seed'='1','number-of-rows'='$EVENTS','rows-per-second'='1000000000',
		'fields.id.kind'='sequence','fields.id.start'='1','fields.id.end'='$EVENTS','fields.k.min'='0','fields.k.max'='999','fields.s.length'='10',
		'start-time'='2024-01-01 00:00:00','step'='1 ms');"
	file="CREATE TABLE f ($columns) WITH ('connector'='filesystem','format'='parquet','path'='$work/parquet');"
	echo "$made CREATE TABLE b ($columns) WITH ('connector'='blackhole'); INSERT INTO b SELECT * FROM g;" >"$work/made.sql"
	echo "$made $file INSERT INTO f SELECT * FROM g;" >"$work/write.sql"
	echo "$file SELECT COUNT(*), SUM(id), SUM(CAST(k AS BIGINT)), SUM(v), COUNT(s), MAX(ts) FROM f;" >"$work/read.sql"
	echo "$file SELECT SUM(id) FROM f;" >"$work/one.sql"
	for what in made write read one; do
		"$tools/measure" -t 500 "$WEIR" run "$work/$what.sql" >/dev/null 2>"$work/$what.log" || {
			cat "$work/$what.log" >&2
			exit 1
		}
	done
	say "parquet.write cpu_s_per_million=$(calc "($(of "$work/write.log" cpu) - $(of "$work/made.log" cpu)) * 1e6 / $EVENTS") mb=$(du -m "$work/parquet" | cut -f1) peak_rss_mb=$(of "$work/write.log" rss_mb)"
	for what in read one; do
		say "parquet.$what rows_per_second=$(calc "$EVENTS / $(of "$work/$what.log" wall)" 0) cpu_s_per_million=$(calc "$(of "$work/$what.log" cpu) * 1e6 / $EVENTS") peak_rss_mb=$(of "$work/$what.log" rss_mb)"
	done
}

. tests/bench/nexmark.inc
. tests/bench/pipelines.inc
[ $# -gt 0 ] || set -- wire start idle hop state set latency nexmark parquet pipelines
for part in "$@"; do
	case $part in
	wire | start | idle | hop | state | latency | nexmark | parquet | pipelines) "$part" ;;
	set) set_ ;;
	*)
		sed -n '4p' "$0" >&2
		exit 2
		;;
	esac
done
