#!/bin/sh
# Parquet against other implementations: what pyarrow and DuckDB write is read, all kinds of pages, encodings and compressions alike;
# what weir writes is read by both, with statistics; folders; a million rows; damaged files.
# services: none
# timeout: 240
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
peer() { "$python" "$here/parquet_peer.py" "$@"; }
columns="id BIGINT, b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, de DECIMAL(9, 2), de2 DECIMAL(30, 3), st STRING, st2 STRING,
	\`by\` BYTES, da DATE, ti TIME(3), ts TIMESTAMP(6), lz TIMESTAMP_LTZ(3), ar ARRAY<STRING>, aa ARRAY<ARRAY<INT>>, mp MAP<STRING, DOUBLE>,
	ro ROW<x INT, y STRING, z ARRAY<BIGINT>>"
mkdir "$dir/made"
peer make "$dir/made"

# every file holds the same rows
for file in "$dir"/made/*.parquet; do
	cat >"$dir/read.sql" <<SQL
CREATE TABLE t ($columns) WITH ('connector'='filesystem','format'='parquet','path'='$file');
SELECT * FROM t;
SQL
	"$WEIR" run "$dir/read.sql" >"$dir/rows.$(basename "$file" .parquet)" || die "$file cannot be read"
	cmp "$dir/rows.snappy-1-plain" "$dir/rows.$(basename "$file" .parquet)" 2>/dev/null ||
		[ ! -e "$dir/rows.snappy-1-plain" ] || die "$file has other rows than snappy-1-plain"
done
for rows in "$dir"/rows.*; do cmp "$rows" "$dir/rows.snappy-1-plain" || die "$rows"; done
[ "$(wc -l <"$dir/rows.none-2-delta")" = 1000 ] || die "not all rows"
[ "$(cut -f1 "$dir/rows.none-2-delta" | sort -n | uniq | wc -l)" = 1000 ] || die "not each row once"

# a compression that is not supported is named, with the cure
for codec in brotli lz4; do
	"$python" -c "import pyarrow as pa, pyarrow.parquet as pq, sys; pq.write_table(pa.table({'a': [1]}), sys.argv[1], compression='$codec')" "$dir/$codec.parquet"
	echo "CREATE TABLE t (a BIGINT) WITH ('connector'='filesystem','format'='parquet','path'='$dir/$codec.parquet'); SELECT * FROM t;" >"$dir/read.sql"
	"$WEIR" run "$dir/read.sql" >"$dir/out" 2>&1 && die "$codec was read"
	grep -qi "HINT: Write the file with snappy, gzip, zstd or no compression; $codec.* is none of them." "$dir/out" || die "$(cat "$dir/out")"
done

# written by weir, read by others: compressions, page and group sizes, both kinds of timestamps
write() { # name, options
	cat >"$dir/write.sql" <<SQL
CREATE TABLE t ($columns) WITH ('connector'='filesystem','format'='parquet','path'='$dir/made/snappy-1-dictionary.parquet');
CREATE TABLE o ($columns) WITH ('connector'='filesystem','format'='parquet','path'='$dir/$1'$2);
INSERT INTO o SELECT * FROM t;
SQL
	"$WEIR" run "$dir/write.sql" || die "writing $1"
	[ "$(peer check "$dir/$1" "$dir/made/snappy-1-plain.parquet")" = same ] || die "$1 is not read as it was written"
}
write default ""
write zstd ",'parquet.compression'='ZSTD','parquet.write.int64.timestamp'='true','parquet.page.size'='1 kb'"
write gzip ",'parquet.compression'='GZIP','parquet.write.int64.timestamp'='true','parquet.timestamp.time.unit'='nanos'"
write none ",'parquet.compression'='UNCOMPRESSED','parquet.enable.dictionary'='false','parquet.block.size'='20 kb','parquet.page.size'='500 b'"

# folders, and a million rows in row groups; some columns are read back, and folders too
cat >"$dir/many.sql" <<SQL
CREATE TABLE g (id BIGINT, k INT, s STRING) WITH ('connector'='datagen','number-of-rows'='1000000','rows-per-second'='1000000000','seed'='1',
	'fields.id.kind'='sequence','fields.id.start'='0','fields.id.end'='999999','fields.k.min'='0','fields.k.max'='2','fields.s.length'='12');
CREATE TABLE o (id BIGINT, k INT, s STRING) PARTITIONED BY (k)
	WITH ('connector'='filesystem','format'='parquet','path'='$dir/many','parquet.block.size'='4 mb');
INSERT INTO o SELECT * FROM g;
SQL
"$WEIR" run "$dir/many.sql"
[ "$(peer count "$dir/many")" = "1000000|1000000|499999500000" ] || die "a million rows: $(peer count "$dir/many")"
[ "$(cd "$dir/many" && ls -d k=*)" = "k=0
k=1
k=2" ] || die "folders: $(ls "$dir/many")"
[ -z "$(find "$dir/many" -name '.part*')" ] || die "hidden files are left: $(find "$dir/many" -name '.part*')"
cat >"$dir/many2.sql" <<SQL
CREATE TABLE o (id BIGINT, k INT, s STRING) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='parquet','path'='$dir/many');
SELECT COUNT(*), SUM(id), COUNT(DISTINCT k), MIN(CHAR_LENGTH(s)) FROM o;
SQL
[ "$("$WEIR" run "$dir/many2.sql" | tr '\t' '|')" = "1000000|499999500000|3|12" ] || die "read back: $("$WEIR" run "$dir/many2.sql")"

# a file is as large as it was asked to be: what counts is how its rows are encoded, here to a tenth
cat >"$dir/sizes.sql" <<SQL
CREATE TABLE g (id BIGINT, k INT, s STRING) WITH ('connector'='datagen','number-of-rows'='600000','rows-per-second'='1000000000','seed'='1',
	'fields.id.kind'='sequence','fields.id.start'='0','fields.id.end'='599999','fields.k.min'='0','fields.k.max'='1');
CREATE TABLE o (id BIGINT, k INT, s STRING) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='parquet','path'='$dir/sizes',
	'parquet.compression'='ZSTD','parquet.block.size'='4 mb','sink.rolling-policy.file-size'='300 kb');
SET 'execution.checkpointing.interval' = '20 ms';
INSERT INTO o SELECT id, k, CONCAT('always the same text ', CAST(id % 10 AS STRING)) FROM g;
SQL
"$WEIR" --set "weir.outbox.max=2 mb" run "$dir/sizes.sql"
[ "$(peer count "$dir/sizes")" = "600000|600000|179999700000" ] || die "sizes: $(peer count "$dir/sizes")"
find "$dir/sizes" -name '*.parquet' -printf '%s\n' | sort -n >"$dir/sizes.txt"
[ "$(wc -l <"$dir/sizes.txt")" -ge 4 ] || die "files were not ended by their size: $(cat "$dir/sizes.txt")"
# but for the last of each folder
[ "$(awk '$1 < 280000' "$dir/sizes.txt" | wc -l)" -le 2 ] || die "files are smaller than they were asked to be: $(cat "$dir/sizes.txt")"
[ "$(tail -1 "$dir/sizes.txt")" -lt 450000 ] || die "files are larger than they were asked to be: $(cat "$dir/sizes.txt")"

# many folders at once: all are written, and the quietest files end before memory does
cat >"$dir/folders.sql" <<SQL
CREATE TABLE g (id BIGINT) WITH ('connector'='datagen','number-of-rows'='20000','rows-per-second'='1000000000','seed'='1',
	'fields.id.kind'='sequence','fields.id.start'='0','fields.id.end'='19999');
CREATE TABLE o (id BIGINT, k INT) PARTITIONED BY (k) WITH ('connector'='filesystem','format'='parquet','path'='$dir/folders');
INSERT INTO o SELECT id, CAST(id % 5000 AS INT) FROM g;
SQL
"$WEIR" run "$dir/folders.sql"
[ "$(peer count "$dir/folders")" = "20000|20000|199990000" ] || die "folders: $(peer count "$dir/folders")"
[ "$(find "$dir/folders" -type d -name 'k=*' | wc -l)" = 5000 ] || die "not all folders"
[ -z "$(find "$dir/folders" -name '.part*' | head -1)" ] || die "hidden files are left in the folders"

# damage, and types that do not hold what the file has: an error that names file and place
bad() { # file, columns, words
	cat >"$dir/bad.sql" <<SQL
CREATE TABLE t ($2) WITH ('connector'='filesystem','format'='parquet','path'='$1');
SELECT * FROM t;
SQL
	if "$WEIR" run "$dir/bad.sql" >"$dir/bad.out" 2>&1; then die "$1 was read"; fi
	grep -q -- "$3" "$dir/bad.out" || die "$1: $(cat "$dir/bad.out")"
}
head -c 5000 "$dir/made/checksums.parquet" >"$dir/cut.parquet"
bad "$dir/cut.parquet" "id BIGINT" "cut.parquet\" cannot be read as Parquet: it does not end with \"PAR1\""
echo hello >"$dir/short.parquet"
bad "$dir/short.parquet" "id BIGINT" "it is too short"
cp "$dir/made/checksums.parquet" "$dir/broken.parquet"
printf 'XXXX' | dd of="$dir/broken.parquet" bs=1 seek=100 conv=notrunc 2>/dev/null
bad "$dir/broken.parquet" "id BIGINT" "broken.parquet\": column \"id\", page at byte 4: "
bad "$dir/made/none-1-plain.parquet" "id INT" "column \"id\" is INT in the table, but in the file its \"id\" is INT64"
bad "$dir/made/none-1-plain.parquet" "ar ARRAY<INT>" "column \"ar\" is INT in the table, but in the file its \"element\" is BYTE_ARRAY (STRING)"
