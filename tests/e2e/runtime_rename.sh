#!/bin/sh
# A table that weir keeps and a materialized view get other names while clients read and follow them, and the process is
# killed before and after the commit of the epoch that holds the rename: all is there under the old or under the new name.
# services: none
# timeout: 120
set -eu
. "$(dirname "$0")/../support/engine.sh"
cat >"$dir/a.sql" <<SQL
CREATE TABLE src (id INT, v INT, at TIMESTAMP(3), WATERMARK FOR at AS at) WITH ('connector'='filesystem', 'path'='$dir/in',
  'format'='json', 'source.monitor-interval'='100 ms');
SQL
mkdir "$dir/in"
rows() {
	printf '{"id":%d,"v":%s,"at":"2024-01-01 00:0%d:00"}\n' "$@" >"$dir/in.new"
	mv "$dir/in.new" "$dir/in/$1.json"
}
rows 1 10 1 2 20 1
engine_start "$dir/a.sql"
sql "CREATE TABLE t (id INT NOT NULL, tags ARRAY<STRING>, PRIMARY KEY (id))" >/dev/null
sql "CREATE INDEX ON t (id)" >/dev/null
sql "INSERT INTO t VALUES (1, ARRAY['a']), (2, NULL)" >/dev/null
sql "CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n, SUM(v) AS s FROM src" >/dev/null
wait_for 10 "SELECT n, s FROM m" "2|30"
rows 3 '"x"' 2
wait_for 10 "SELECT query, field FROM src.bad" "m|v"
engine_stop
cp "$state" "$dir/before.db"

# killed at the first, second, ... commit from the start on: one of them is the rename's
for point in before-sqlite-commit after-sqlite-commit; do
	old=0 new=0
	for nth in 1 2 3 4 5 6 7; do
		rm -f "$state"*
		cp "$dir/before.db" "$state"
		WEIR_FAIL_POINT=$point:$nth "$WEIR" serve --state "$state" --socket "$dir/sock" "$dir/a.sql" >"$dir/started" 2>&1 &
		engine=$!
		n=0
		until grep -q '| ready |' "$dir/started" || ! kill -0 "$engine" 2>/dev/null || [ $n -gt 100 ]; do
			n=$((n + 1))
			sleep 0.1
		done
		{ sql "ALTER MATERIALIZED VIEW m RENAME TO w" && sql "ALTER TABLE t RENAME TO u"; } >/dev/null 2>&1 || true
		engine_stop KILL
		engine_start "$dir/a.sql"
		if [ "$(sql "SELECT COUNT(*) FROM weir.queries WHERE name = 'w'")" = 1 ]; then
			new=$((new + 1)) view=w
		else
			old=$((old + 1)) view=m
		fi
		same "$(sql "SELECT name, state FROM weir.queries")" "$view|running" "$point $nth: queries"
		same "$(sql "SELECT n, s FROM $view")" "2|30" "$point $nth: \"$view\""
		same "$(sql "SELECT query, field FROM src.bad")" "$view|v" "$point $nth: src.bad"
		same "$(sqlite3 -readonly "$state" "SELECT n, s FROM $view")" "2|30" "$point $nth: \"$view\" in the file"
		table=$(sql "SELECT relname FROM pg_catalog.pg_class WHERE relname IN ('t', 'u')")
		same "$(sql "SELECT id, tags FROM $table ORDER BY id")" "1|{a}
2|" "$point $nth: \"$table\""
		engine_stop
	done
	[ $old -gt 0 ] && [ $new -gt 0 ] || die "$point: $old times the old name, $new times the new one: no kill met the rename"
done

# clients that follow the view and the table are told, and what was renamed goes on; the old names are free
rm -f "$state"*
cp "$dir/before.db" "$state"
engine_start "$dir/a.sql"
(sql "COPY (SUBSCRIBE TO m) TO STDOUT" >"$dir/follow_m" 2>&1 || true) &
follow_m=$!
(sql "COPY (SUBSCRIBE TO t) TO STDOUT" >"$dir/follow_t" 2>&1 || true) &
follow_t=$!
wait_for 10 "SELECT 1" 1
n=0
until [ -s "$dir/follow_m" ] && [ -s "$dir/follow_t" ] || [ $n -gt 50 ]; do
	n=$((n + 1))
	sleep 0.1
done
sql "ALTER MATERIALIZED VIEW m RENAME TO w" >"$dir/said"
grep -q '"m": kept, with its positions' "$dir/said" || die "the receipt: $(cat "$dir/said")"
sql "ALTER TABLE t RENAME TO u" >/dev/null
wait "$follow_m" "$follow_t"
grep -q '"m" was dropped or renamed' "$dir/follow_m" || die "who followed the view: $(cat "$dir/follow_m")"
grep -q '"t" was dropped or renamed' "$dir/follow_t" || die "who followed the table: $(cat "$dir/follow_t")"
sql "CREATE TABLE t (x INT)" >/dev/null
sql "CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n FROM u" >/dev/null
sql "INSERT INTO t VALUES (7)" >/dev/null
rows 4 40 3
wait_for 10 "SELECT n, s FROM w" "3|70"
wait_for 10 "SELECT n FROM m" 2
engine_stop
same "$(sqlite3 -readonly "$state" "SELECT x FROM t; SELECT id FROM u ORDER BY id; SELECT n, s FROM w")" "7
1
2
3|70" "the state file's views"
engine_start "$dir/a.sql"
same "$(sql "SELECT n, s FROM w")" "3|70" "after the restart"
same "$(sql "SELECT event, name FROM weir.history WHERE event = 'statement' AND detail LIKE '%RENAME%'")" "statement|m
statement|t" "history"
engine_stop

# a served file in which the name is changed as it was by the client has nothing that is new
cat >"$dir/b.sql" <<SQL
CREATE TABLE IF NOT EXISTS  held (id INT,   PRIMARY KEY (id) NOT ENFORCED);
CREATE MATERIALIZED VIEW
  held_top AS SELECT   a.id AS top FROM held a JOIN held b ON a.id = b.id; -- as it is written
SQL
rm -f "$state"*
engine_start "$dir/b.sql"
sql "INSERT INTO held VALUES (3), (4)" >/dev/null
wait_for 10 "SELECT COUNT(*) FROM held_top" 2
sql "ALTER MATERIALIZED VIEW held_top RENAME TO top" >/dev/null
engine_stop
sed -i 's/  held_top/  top/' "$dir/b.sql"
engine_start "$dir/b.sql"
if grep -q 'definition changed\|in no file any more' "$log"; then die "the name alone had changed: $(cat "$log")"; fi
same "$(sql "SELECT name FROM weir.queries")" top "queries of the file with the new name"
same "$(sql "SELECT MAX(top) FROM top")" 4 "rows of the file with the new name"
engine_stop
