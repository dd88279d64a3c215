#!/bin/sh
# No password, token or key of an option is shown: not by SHOW CREATE, EXPLAIN, WHY, the catalogs, the system tables, errors, notices, the
# log, the metrics, the JSON of HTTP; for each option that can hold one, also inside of URLs, hints and JAAS texts.
# services: none
# timeout: 120
. tests/support/engine.sh
set -eu
P='hunter2'
# tables whose servers are not there: what is said about the outage is looked at too
cat >"$dir/job.sql" <<END
CREATE TABLE k (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:1', 'properties.group.id' = 'g',
  'properties.security.protocol' = 'SASL_PLAINTEXT', 'properties.sasl.mechanism' = 'PLAIN',
  'properties.sasl.jaas.config' = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="$P";',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE k2 (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:1',
  'properties.security.protocol' = 'SASL_SSL', 'properties.sasl.mechanism' = 'SCRAM-SHA-256', 'properties.sasl.username' = 'u', 'properties.sasl.password' = '$P',
  'properties.ssl.key.password' = '$P', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE r (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:1', 'scan.startup.mode' = 'earliest-offset',
  'format' = 'avro-confluent', 'avro-confluent.url' = 'http://127.0.0.1:1', 'avro-confluent.basic-auth.credentials-source' = 'USER_INFO',
  'avro-confluent.basic-auth.user-info' = 'u:$P');
CREATE TABLE r2 (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:1', 'scan.startup.mode' = 'earliest-offset',
  'format' = 'avro-confluent', 'avro-confluent.url' = 'http://127.0.0.1:1', 'avro-confluent.bearer-auth.credentials-source' = 'STATIC_TOKEN',
  'avro-confluent.bearer-auth.token' = '$P');
CREATE TABLE j1 (a INT, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://127.0.0.1:1/d', 'table-name' = 't', 'username' = 'u', 'password' = '$P');
CREATE TABLE j2 (a INT, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://127.0.0.1:1/d?user=u&password=$P&ApplicationName=x', 'table-name' = 't');
CREATE TABLE j3 (a INT, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'postgresql://u:$P@127.0.0.1:1/d?connect_timeout=2', 'table-name' = 't');
END
cat >"$dir/queries.sql" <<'END'
CREATE TABLE own (a INT);
INSERT INTO own VALUES (1);
CREATE MATERIALIZED VIEW vk AS SELECT a FROM k;
CREATE MATERIALIZED VIEW vk2 AS SELECT a FROM k2 /*+ OPTIONS('properties.sasl.password' = 'hunter2') */;
CREATE VIEW hint AS SELECT a FROM k2 /*+ OPTIONS('properties.sasl.jaas.config' = 'x hunter2') */;
CREATE MATERIALIZED VIEW vr AS SELECT a FROM r;
CREATE MATERIALIZED VIEW vr2 AS SELECT a FROM r2;
INSERT INTO j1 SELECT a FROM own;
INSERT INTO j2 SELECT a FROM own;
INSERT INTO j3 SELECT a FROM own;
END
engine_start --log debug --http 127.0.0.1:0 "$dir/job.sql" "$dir/queries.sql"
port=$(sed -n 's/.*| http | INFO | listening .* port=\([0-9]*\).*/\1/p' "$log" | head -1)
sleep 3 # the servers do not answer, which is said
shown=$dir/shown
say() { echo "--- $*" >>"$shown"; }
for t in k k2 r r2 j1 j2 j3; do
	say "SHOW CREATE TABLE $t"
	sql "SHOW CREATE TABLE $t" >>"$shown"
	grep -qF '***' "$shown" || die "nothing is masked in $t"
	sql "DESCRIBE EXTENDED $t" >>"$shown" || true
	sql "SELECT * FROM $t" >>"$shown" || true # an error
	sql "EXPLAIN SELECT * FROM $t" >>"$shown" || true
	sql "EXPLAIN INSERT INTO j1 SELECT a FROM own" >>"$shown" || true
done
same "$(grep -o "'[^']*' = '[^']*\*\*\*[^']*'" "$shown" | sort -u | tr '\n' ' ')" \
	"'avro-confluent.basic-auth.credentials-source' = '***' 'avro-confluent.basic-auth.user-info' = '***' 'avro-confluent.bearer-auth.credentials-source' = '***' 'avro-confluent.bearer-auth.token' = '***' 'password' = '***' 'properties.sasl.jaas.config' = '***' 'properties.sasl.password' = '***' 'properties.ssl.key.password' = '***' 'url' = 'jdbc:postgresql://127.0.0.1:1/d?user=u&password=***&ApplicationName=x' 'url' = 'postgresql://u:***@127.0.0.1:1/d?connect_timeout=2' " "what SHOW CREATE masks"
for q in vk vk2 vr vr2 j1 j2 j3; do
	say "query $q"
	sql "WHY $q" >>"$shown"
	sql "EXPLAIN ANALYZE $q" >>"$shown" || true
	curl -sS -m 10 "http://127.0.0.1:$port/api/v1/queries/$q" >>"$shown"
done
for v in vk2 hint; do sql "SHOW CREATE VIEW $v" >>"$shown" || sql "SHOW CREATE MATERIALIZED VIEW $v" >>"$shown"; done
grep -q "OPTIONS('properties.sasl.password' = '\*\*\*')" "$shown" || die "the hint of a view is not shown: $(grep OPTIONS "$shown")"
for table in queries operators sources watermarks sinks checkpoints settings history; do
	say "weir.$table"
	sql "SELECT * FROM weir.$table" >>"$shown"
done
for table in pg_catalog.pg_views pg_catalog.pg_matviews information_schema.views pg_catalog.pg_settings pg_catalog.pg_stat_activity; do
	say "$table"
	sql "SELECT * FROM $table" >>"$shown" || true
done
sql "SELECT pg_get_viewdef(CAST(oid AS BIGINT)) FROM pg_catalog.pg_class WHERE relname IN ('hint', 'vk2')" >>"$shown" || true
curl -sS -m 10 "http://127.0.0.1:$port/metrics" >>"$shown"
curl -sS -m 10 "http://127.0.0.1:$port/api/v1/queries" >>"$shown"
engine_stop
same "$status" 1 "the end, with output that waits for its target"

# statements that fail: the line with the caret goes to the log of a service
fail() {
	say "a statement that fails"
	timeout 30 "$WEIR" -c "$1; INSERT INTO x VALUES (1)" >>"$shown" 2>&1 && die "this was taken: $1"
	return 0
}
W="CREATE TABLE x (a INT) WITH ("
fail "$W'connector' = 'jdbc', 'password' = '$P', 'tabel-name' = 't')"
fail "$W'tabel-name' = 't', 'connector' = 'jdbc', 'password'='$P')"
fail "$W'connector' = 'jdbc', 'table-name' = 't', 'url' = 'jdbc:postgresql://u:$P@h/d')"
fail "$W'connector' = 'jdbc', 'table-name' = 't', 'url' = 'jdbc:postgresql://h/d?password=$P&nonsense=1')"
fail "$W'connector' = 'jdbc', 'table-name' = 't', 'url' = 'postgresql://u:hun/$P@h/d')"
fail "$W'connector' = 'jdbc', 'table-name' = 't', 'url' = 'mysql://u:$P@h/d')"
fail "$W'connector' = 'jdbc', 'table-name' = 't', 'url' = 'jdbc:mysql://h/d?password=$P')"
fail "$W'connector' = 'kafka', 'properties.sasl.jaas.config' = 'Unknown required password=\"$P\";', 'topic' = 't', 'properties.bootstrap.servers' = 'h', 'format' = 'json')"
fail "$W'connector' = 'kafka', 'properties.sasl.jaas.config' = 'x $P', 'topic' = 't', 'properties.bootstrap.servers' = 'h', 'format' = 'json')"
fail "$W'connector' = 'kafka', 'properties.ssl.keystore.type' = 'PEM', 'properties.ssl.keystore.key' = '$P', 'topic' = 't', 'properties.bootstrap.servers' = 'h', 'format' = 'nope')"
fail "$W'connector' = 'kafka', 'format' = 'avro-confluent', 'avro-confluent.url' = 'http://u:$P@h', 'topic' = 't', 'properties.bootstrap.servers' = 'h')"
fail "$W'connector' = 'filesystem', 'path' = 's3://b/p', 's3.secret-key' = '$P', 's3.access-key' = '$P', 's3.session-token' = '$P', 'format' = 'jsn')"
fail "$W'connector' = 'nope', 'password' = '$P')"
fail "$W'connector' = 'jdbc', 'password' = '$P' 'table-name' = 't')"
fail "SET 'some.password' = '$P'"
cat "$dir/all.log" >>"$shown"
if grep -n "$P" "$shown" >"$dir/found"; then
	cut -c 1-300 "$dir/found" >&2
	die "a secret is shown"
fi
grep -q 'LINE 1: .*\*\*\*' "$shown" || die "no line of an error has a masked secret"
echo ok
