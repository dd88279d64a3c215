#!/bin/sh
# A state file with random bytes in its pages, cut short, of another format, of another program, or no database at all: refused with words or exactly the rows that were committed, never something in between. A second engine names the pid of the first.
# services: none
# timeout: 120
set -eu
. "$(dirname "$0")/../support/engine.sh"
cat >"$dir/a.sql" <<'SQL'
CREATE TABLE t (id INT NOT NULL, k STRING, v INT, PRIMARY KEY (id) NOT ENFORCED);
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY k;
SQL
engine_start "$dir/a.sql"
values=$(awk 'BEGIN { for (i = 1; i <= 3000; i++) printf "%s(%d, '\''k%d'\'', %d)", (i == 1 ? "" : ", "), i, i % 500, i }')
echo "INSERT INTO t VALUES $values" | psql -X -q -h "$dir/sock" -U weir -v ON_ERROR_STOP=1 >/dev/null
ask="SELECT COUNT(*), SUM(n), SUM(s) FROM m"
want="500|3000|4501500"
wait_for 10 "$ask" "$want"
# the second engine
if "$WEIR" serve --state "$state" --socket "$dir" "$dir/a.sql" >"$dir/out" 2>&1; then die "a second engine was let in"; fi
grep -q "ERROR.*$engine\|process $engine\|pid $engine" "$dir/out" || die "the pid of the first ($engine) is not named: $(cat "$dir/out")"
ln -s "$state" "$dir/link.db"
if "$WEIR" --state "$dir/link.db" -c 'SELECT 1' >"$dir/out" 2>&1; then die "a second engine was let in by a link"; fi
grep -q "$engine" "$dir/out" || die "by a link, the pid is not named: $(cat "$dir/out")"
engine_stop
sqlite3 "$state" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null

# refused NAME WORD: the file must be refused with WORD; the process must not end by a signal
refused() {
	status=0
	timeout 20 "$WEIR" --state "$dir/$1" -c "$ask" >"$dir/out" 2>"$dir/err" || status=$?
	[ "$status" != 0 ] || die "$1: was taken: $(cat "$dir/out")"
	[ "$status" -lt 124 ] || die "$1: ended with $status: $(cat "$dir/err")"
	grep -q "ERROR" "$dir/err" && grep -q "$2" "$dir/err" || die "$1: not refused with \"$2\": $(cat "$dir/err")"
}
# refused_or_same NAME: damage in a page that is not read is not seen; what is answered is right
refused_or_same() {
	status=0
	timeout 20 "$WEIR" --state "$dir/$1" --format csv -c "$ask" >"$dir/out" 2>"$dir/err" || status=$?
	[ "$status" -lt 124 ] || die "$1: ended with $status: $(cat "$dir/err")"
	if [ "$status" = 0 ]; then
		[ "$(tail -n 1 "$dir/out" | tr , '|')" = "$want" ] || die "$1: half-read: $(cat "$dir/out" "$dir/err")"
		taken=$((taken + 1))
	else
		grep -q "ERROR" "$dir/err" || die "$1: no words: $(cat "$dir/err")"
		turned_away=$((turned_away + 1))
	fi
}
size=$(stat -c %s "$state")
pages=$((size / 4096))
[ "$pages" -gt 20 ] || die "the file has $pages pages only"

printf 'this is no database, but a text that is long enough to be looked at by somebody' >"$dir/text.db"
refused text.db 'not a database'
sqlite3 "$dir/other.db" 'create table x (a)'
refused other.db 'not a state file of weir'
cp "$state" "$dir/newer.db"
sqlite3 "$dir/newer.db" 'PRAGMA user_version = 9999'
refused newer.db 'has format 9999'
cp "$state" "$dir/meta.db"
sqlite3 "$dir/meta.db" "DELETE FROM \"weir\$meta\" WHERE name = 'group_seed'"
refused meta.db 'damaged'
cp "$state" "$dir/gone.db"
sqlite3 "$dir/gone.db" 'DROP TABLE "m.2.agg$state"'
refused gone.db 'does not fit'
cp "$state" "$dir/head.db"
printf 'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' | dd of="$dir/head.db" bs=1 seek=40 conv=notrunc 2>/dev/null
refused head.db ERROR
mkdir "$dir/folder.db"
refused folder.db ERROR

taken=0
turned_away=0
# cut short, at a page and within one
for part in 10 40 70 95; do
	cp "$state" "$dir/cut.db"
	truncate -s $((pages * part / 100 * 4096)) "$dir/cut.db"
	refused_or_same cut.db
	truncate -s $((pages * part / 100 * 4096 - 1000)) "$dir/cut.db"
	refused_or_same cut.db
done
[ "$taken" = 0 ] || die "$taken of the cut files were taken"
# random bytes in pages; what is in a cell is not known to SQLite, so weir must see it
rounds=${WEIR_SOAK:+150}
rounds=${rounds:-25}
i=0
while [ $i -lt "$rounds" ]; do
	i=$((i + 1))
	cp "$state" "$dir/bytes.db"
	rm -f "$dir/bytes.db-wal" "$dir/bytes.db-shm"
	/usr/bin/python3 - "$dir/bytes.db" "$i" <<'PY'
import random, sys
rnd = random.Random(int(sys.argv[2]))
with open(sys.argv[1], "r+b") as f:
    size = f.seek(0, 2)
    for _ in range(1 + rnd.randrange(8)):
        f.seek(rnd.randrange(1, size // 4096) * 4096 + rnd.choice([0, rnd.randrange(4000)]))
        f.write(rnd.randbytes(64))
PY
	damaged_answer=$(timeout 20 "$WEIR" --state "$dir/bytes.db" --format csv -c "$ask" 2>"$dir/err") && status=0 || status=$?
	[ "$status" -lt 124 ] || die "round $i: ended with $status: $(cat "$dir/err")"
	if [ "$status" != 0 ]; then
		grep -q ERROR "$dir/err" || die "round $i: no words: $(cat "$dir/err")"
		turned_away=$((turned_away + 1))
	elif [ "$(echo "$damaged_answer" | tail -n 1 | tr , '|')" = "$want" ]; then
		taken=$((taken + 1))
	else
		die "round $i: half-read: $damaged_answer $(cat "$dir/err")"
	fi
done
echo "damage in $((turned_away + taken)) files: $turned_away refused, $taken not touched by it"
# the file itself is as it was
engine_start "$dir/a.sql"
same "$(sql "$ask")" "$want" "the sound file"
