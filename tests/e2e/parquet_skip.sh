#!/bin/sh
# A SELECT passes over row groups of Parquet files by their statistics: never a row less, of any type, with NULLs, NaN, -0.0, bounds that are missing, too
# long, or in an order that is not known, in zones whose clocks are set back, and files of weir's own; EXPLAIN ANALYZE counts them.
# services: none
# timeout: 180
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${WEIR:?}"
python=$(sh "$here/../support/python.sh") || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
die() {
	echo "FAILED: $*" >&2
	exit 1
}
mkdir "$dir/made"
"$python" "$here/parquet_skip.py" make "$dir/made"
"$python" "$here/parquet_skip.py" selects t >"$dir/selects.sql"
columns="id BIGINT, i INT, u BIGINT, l BIGINT, d DOUBLE, f FLOAT, de DECIMAL(12, 2), s STRING, \`long\` STRING, b BOOLEAN, ts TIMESTAMP(6), lz TIMESTAMP_LTZ(3),
	da DATE, \`raw\` BYTES, gone INT"
table="'connector'='filesystem','format'='parquet'"

# weir's own files, with all of the rows and with several row groups
cat >"$dir/own.sql" <<SQL
CREATE TABLE t ($columns) WITH ($table,'path'='$dir/made/plain.parquet');
CREATE TABLE o ($columns) WITH ($table,'path'='$dir/own','parquet.block.size'='60 kb','parquet.page.size'='10 kb','parquet.write.int64.timestamp'='true');
INSERT INTO o SELECT * FROM t;
CREATE TABLE g (id BIGINT, s STRING) WITH ('connector'='datagen','number-of-rows'='20000','rows-per-second'='10000','fields.id.kind'='sequence',
	'fields.id.start'='0','fields.id.end'='19999','fields.s.length'='30');
CREATE TABLE many (id BIGINT, s STRING) WITH ($table,'path'='$dir/many','parquet.block.size'='60 kb','parquet.page.size'='10 kb');
INSERT INTO many SELECT * FROM g;
SQL
"$WEIR" run "$dir/own.sql" || die "writing"

skipped=0
for path in "$dir"/made/*.parquet "$dir/own" "$dir/made"; do
	for zone in UTC Europe/Berlin; do
		{
			echo "SET 'table.local-time-zone' = '$zone';"
			echo "CREATE TABLE t ($columns) WITH ($table,'path'='$path');"
			cat "$dir/selects.sql"
		} >"$dir/read.sql"
		timeout 100 "$WEIR" run "$dir/read.sql" >"$dir/rows" || die "reading $path"
		[ "$(wc -l <"$dir/rows")" = "$(wc -l <"$dir/selects.sql")" ] || die "answers of $path"
		uniq -c "$dir/rows" | grep -v '^ *2 ' >"$dir/other" && die "$path, $zone: with and without skipping: $(cat "$dir/other")"
	done
done

# what EXPLAIN ANALYZE says
says() { # path, WHERE, text
	out=$("$WEIR" -c "CREATE TABLE t ($columns) WITH ($table,'path'='$1'); EXPLAIN ANALYZE SELECT id, s FROM t WHERE $2") || die "EXPLAIN ANALYZE $2: $out"
	case $out in *"$3"*) ;; *) die "EXPLAIN ANALYZE of $2 in $1 says: $out; wanted: $3" ;; esac
}
says "$dir/made/plain.parquet" "id >= 1900" "read 100 rows, 19 of 20 row groups skipped"
says "$dir/made/plain.parquet" "id >= 1950" "rows: 50"
says "$dir/made/plain.parquet" "id < 150" "asked for [id < 150]"
says "$dir/made/plain.parquet" "id < 150" "read 200 rows, 18 of 20"
says "$dir/made/plain.parquet" "id > 150 AND id < 250" "read 200 rows, 18 of 20"
says "$dir/made/plain.parquet" "s = 'b0150'" "19 of 20"
says "$dir/made/plain.parquet" "ts < TIMESTAMP '2024-10-26 20:30:00'" "19 of 20"
says "$dir/made/plain.parquet" "de > 439" "19 of 20"
says "$dir/made/plain.parquet" "d > 180" "read 200 rows, 18 of 20" # a group of NaN has no bounds
says "$dir/made/plain.parquet" "de > 439.1" "19 of 20"
says "$dir/made/plain.parquet" "i < 100000" "1 of 20"
says "$dir/made/plain.parquet" "gone = 1" "read 0 rows, 20 of 20"
says "$dir/made/plain.parquet" "id IS NOT NULL" "0 of 20"
says "$dir/made/unsorted.parquet" "id >= 1900" "0 of 20"
says "$dir/made/bare.parquet" "id >= 1900" "0 of 20"
says "$dir/made/old.parquet" "id >= 1900" "0 of 20"
says "$dir/made" "id >= 1900" "19 of 80"
out=$("$WEIR" -c "CREATE TABLE t (id BIGINT, s STRING) WITH ($table,'path'='$dir/many'); EXPLAIN ANALYZE SELECT id FROM t WHERE id >= 19990")
echo "$out" | grep -q ' [1-9][0-9]* of [1-9][0-9]* row groups skipped' || die "of weir's own file: $out"
case $out in *"rows: 10"*) ;; *) die "rows of weir's own file: $out" ;; esac
