#!/bin/sh
# A backup of an engine that runs under load: whole, at one epoch, and it goes on from there. Refused into the file itself.
# services: none
# timeout: 90
set -eu
. "$(dirname "$0")/../support/engine.sh"
cat >"$dir/a.sql" <<'SQL'
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id) NOT ENFORCED);
CREATE TABLE g (id BIGINT) WITH ('connector'='datagen', 'rows-per-second'='20000', 'fields.id.kind'='sequence', 'fields.id.start'='1', 'fields.id.end'='100000000');
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n, SUM(v) AS s FROM t;
CREATE MATERIALIZED VIEW many AS SELECT id, COUNT(*) AS n FROM g GROUP BY id;
SQL
engine_start "$dir/a.sql"
(
	i=1
	while [ -e "$dir/sock" ] && [ $i -le 2000 ] && [ ! -e "$dir/enough" ]; do
		sql "INSERT INTO t VALUES ($i, 1)" >/dev/null || exit 0
		i=$((i + 1))
	done
) &
load=$!
wait_for 20 "SELECT n > 5 FROM m" t
wait_for 20 "SELECT COUNT(*) > 50000 FROM many" t
for round in 1 2 3; do
	"$WEIR" backup "$state" "$dir/copy$round.db" --socket "$dir/sock" 2>"$dir/said" || die "backup: $(cat "$dir/said")"
	grep -q 'makes the copy' "$dir/said" || die "the engine was not asked: $(cat "$dir/said")"
	grep -q 'at epoch' "$dir/said" || die "the epoch is not said: $(cat "$dir/said")"
done
grep -q 'made, checked and synced' "$log" || die "nothing in the engine's log"
before=$(sql "SELECT n FROM m")
wait_for 20 "SELECT n > $before FROM m" t
if "$WEIR" backup "$state" "$state" --socket "$dir/sock" 2>"$dir/said"; then die "a backup over the state file itself"; fi
if "$WEIR" backup "$state" "$dir/none/copy.db" --socket "$dir/sock" 2>"$dir/said"; then die "a backup into a folder that is not there"; fi
# without a server that answers the copy is made from beside
"$WEIR" backup "$state" "$dir/beside.db" --socket "$dir/nowhere" 2>"$dir/said" || die "from beside: $(cat "$dir/said")"
grep -q 'from beside' "$dir/said" || die "nothing about the copy from beside: $(cat "$dir/said")"
: >"$dir/enough"
wait "$load"
engine_stop
same "$status" 0 "end"
[ -z "$(ls "$dir" | grep part- || true)" ] || die "parts are left: $(ls "$dir")"
"$WEIR" backup "$state" "$dir/stopped.db" 2>"$dir/said" || die "of a stopped engine: $(cat "$dir/said")"
original=$state
for copy in copy1 copy2 copy3 beside stopped; do
	state=$dir/$copy.db
	engine_start "$dir/a.sql"
	rows=$(sql "SELECT COUNT(*) FROM t")
	[ "$rows" -gt 5 ] || die "$copy has $rows rows"
	same "$(sql "SELECT n, s FROM m")" "$rows|$rows" "$copy: view and table are of one epoch"
	seen=$(sql "SELECT COUNT(*) FROM many")
	same "$(sql "SELECT MAX(id) = COUNT(*) AND MAX(n) = 1 FROM many")" t "$copy: a generated row is missing or there twice"
	wait_for 20 "SELECT COUNT(*) > $seen FROM many" t
	sql "INSERT INTO t VALUES (100000, 1)" >/dev/null
	same "$(sql "SELECT n, s FROM m")" "$((rows + 1))|$((rows + 1))" "$copy goes on"
	engine_stop
done
state=$original
if "$WEIR" backup "$dir/absent.db" "$dir/x.db" 2>"$dir/said"; then die "a backup of nothing"; fi
[ ! -e "$dir/absent.db" ] || die "a backup has made the file that it should copy"
