#!/bin/sh
# SHOW CREATE gives a statement that runs again and makes the same object: of every kind, with names and texts that need
# quotes.
# services: none
# timeout: 120
set -eu
dir=$TMPDIR
die() {
	echo "$*" >&2
	exit 1
}

mkdir "$dir/files"
cat >"$dir/objects" <<'SQL'
TABLE `my ``t`
TABLE own
TABLE l
TABLE part
TABLE tmp
TABLE asq
TABLE up
VIEW v
MATERIALIZED VIEW mv
FUNCTION f
INDEX ix
SQL
cat >"$dir/make.sql" <<SQL
CREATE TABLE \`my \`\`t\` (\`a b\` INT NOT NULL COMMENT 'it''s', "select" STRING, \`ts\` TIMESTAMP(3), off BIGINT METADATA FROM 'offset' VIRTUAL,
  cost AS \`a b\` * 2 COMMENT 'c', p AS PROCTIME(), r ROW<x INT, \`y z\` ARRAY<STRING NOT NULL>>, m MAP<STRING, DECIMAL(10,2)>,
  l TIMESTAMP_LTZ(3), b BYTES, f FLOAT, t TIME, j JSON, c CHAR(3), vc VARCHAR(7), bi BINARY(2),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) COMMENT 'a ''table'''
  WITH ('connector' = 'kafka', 'topic' = 'it''s', 'properties.bootstrap.servers' = 'x:1', 'format' = 'json');
CREATE TABLE own (id INT, \`X y\` STRING, d DECIMAL(10,2) NOT NULL, CONSTRAINT pk PRIMARY KEY (id)) COMMENT 'own';
CREATE TABLE l WITH ('topic' = 'other') LIKE \`my \`\`t\`;
CREATE TABLE part (a INT, dt STRING, PRIMARY KEY (a, dt) NOT ENFORCED) PARTITIONED BY (dt) WITH ('connector' = 'filesystem', 'path' = '$dir/files', 'format' = 'csv', 'csv.field-delimiter' = ';');
CREATE TEMPORARY TABLE tmp (a INT, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'blackhole');
CREATE TABLE asq WITH ('connector' = 'blackhole') AS SELECT id, COUNT(*) AS n FROM own GROUP BY id;
CREATE TABLE up (k STRING, v BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'x:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE OR REPLACE VIEW v (x, \`Y y\`) COMMENT 'v''s' AS SELECT id, \`X y\` || 'it''s' FROM own WHERE id > 1;
CREATE MATERIALIZED VIEW mv AS SELECT id, COUNT(*) AS \`n m\` FROM own GROUP BY id;
CREATE OR REPLACE FUNCTION f(x INT, \`y z\` STRING) RETURNS STRING RETURN (SELECT MAX(\`X y\`) FROM own WHERE id = x) || \`y z\` || 'it''s';
CREATE INDEX ix ON own (d DESC, id);
SQL
cp "$dir/make.sql" "$dir/all.sql"
while read -r what; do
	echo "SHOW CREATE $what;" >>"$dir/all.sql"
	case $what in
	FUNCTION* | INDEX*) ;;
	*) echo "DESCRIBE ${what##*VIEW }; " | sed 's/DESCRIBE TABLE /DESCRIBE /' >>"$dir/all.sql" ;;
	esac
done <"$dir/objects"
"$WEIR" run "$dir/all.sql" >"$dir/first" 2>"$dir/errors" || die "the objects are not made: $(cat "$dir/errors")"

# each as it is shown, run in the same order
while read -r what; do
	cat "$dir/make.sql" >"$dir/one.sql"
	echo "SHOW CREATE $what;" >>"$dir/one.sql"
	"$WEIR" run "$dir/one.sql" 2>"$dir/errors" || die "SHOW CREATE $what: $(cat "$dir/errors")"
	echo ";"
done <"$dir/objects" >"$dir/again.sql"
sed -n '/^SHOW CREATE\|^DESCRIBE/p' "$dir/all.sql" >>"$dir/again.sql"
"$WEIR" run "$dir/again.sql" >"$dir/second" 2>"$dir/errors" || die "what is shown does not run: $(cat "$dir/errors")"
cmp "$dir/first" "$dir/second" || die "it makes something else: $(diff "$dir/first" "$dir/second")"
grep -q "CONSTRAINT \`pk\` PRIMARY KEY (\`id\`)" "$dir/first" || die "not in Flink's form: $(cat "$dir/first")"
