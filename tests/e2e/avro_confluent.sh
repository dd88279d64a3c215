#!/bin/sh
# avro-confluent on Kafka against a registry of the tests' own: every type in, schemas that change in mid-stream, numbers that
# nobody knows, a registry that is down at the start and in the middle, what is written read by code of its own.
# timeout: 180
set -eu
. "$(dirname "$0")/../support/engine.sh"
. "$(dirname "$0")/../support/registry.sh"
in=$unique-avro
out=$unique-avro-out
up=$unique-avro-up
topics "$in" "$out" "$up"
registry_start
cat >"$dir/v1.avsc" <<'SCHEMA'
{"type": "record", "name": "Order", "namespace": "shop", "fields": [
  {"name": "note", "type": ["string", "null"]},
  {"name": "id", "type": "int"},
  {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 3}},
  {"name": "unwanted", "type": {"type": "map", "values": {"type": "array", "items": ["null", "long", "string"]}}},
  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
  {"name": "day", "type": {"type": "int", "logicalType": "date"}},
  {"name": "noon", "type": {"type": "int", "logicalType": "time-millis"}},
  {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["NEW", "OLD"]}},
  {"name": "raw", "type": {"type": "fixed", "name": "Four", "size": 4}},
  {"name": "user", "type": ["null", {"type": "record", "name": "User", "fields": [
      {"name": "name", "type": "string"}, {"name": "friend", "type": ["null", "User"]}, {"name": "age", "type": "int"}]}]},
  {"name": "tags", "type": {"type": "array", "items": "string"}},
  {"name": "counts", "type": {"type": "map", "values": "int"}},
  {"name": "ok", "type": "boolean"},
  {"name": "ratio", "type": "float"}]}
SCHEMA
# the id is wider, fields have another order, some are gone, one is new
cat >"$dir/v2.avsc" <<'SCHEMA'
{"type": "record", "name": "Order", "namespace": "shop", "fields": [
  {"name": "ok", "type": "boolean"},
  {"name": "extra", "type": ["null", "string"], "default": null},
  {"name": "ratio", "type": "double"},
  {"name": "id", "type": "long"},
  {"name": "price", "type": {"type": "fixed", "name": "Price", "size": 6, "logicalType": "decimal", "precision": 10, "scale": 2}},
  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
SCHEMA
cat >"$dir/q.sql" <<SQL
CREATE TABLE orders (id BIGINT, note STRING, price DECIMAL(8, 2), at TIMESTAMP(3), \`day\` DATE, noon TIME, kind STRING, raw BYTES,
  \`user\` ROW<name STRING, age INT>, tags ARRAY<STRING>, counts MAP<STRING, INT>, ok BOOLEAN, ratio DOUBLE, extra STRING)
  WITH ('connector'='kafka', 'topic'='$in', 'properties.bootstrap.servers'='$WEIR_TEST_KAFKA', 'scan.startup.mode'='earliest-offset',
  'format'='avro-confluent', 'avro-confluent.url'='$url');
CREATE MATERIALIZED VIEW v AS SELECT * FROM orders;
CREATE MATERIALIZED VIEW names AS SELECT id, \`user\`.name AS name, \`user\`.age AS age FROM orders;
CREATE TABLE written (id BIGINT NOT NULL, price DECIMAL(8, 2), at TIMESTAMP(3), \`user\` ROW<name STRING, age INT>, tags ARRAY<STRING>,
  counts MAP<STRING, INT>, ok BOOLEAN, ratio DOUBLE, \`day\` DATE, noon TIME, raw BYTES)
  WITH ('connector'='kafka', 'topic'='$out', 'properties.bootstrap.servers'='$WEIR_TEST_KAFKA', 'scan.startup.mode'='earliest-offset',
  'key.format'='avro-confluent', 'key.fields'='id', 'key.avro-confluent.url'='$url',
  'value.format'='avro-confluent', 'value.avro-confluent.url'='$url');
INSERT INTO written SELECT id, price, at, \`user\`, tags, counts, ok, ratio, \`day\`, noon, raw FROM orders;
CREATE MATERIALIZED VIEW back AS SELECT * FROM written;
CREATE TABLE totals (ok BOOLEAN, n BIGINT, PRIMARY KEY (ok) NOT ENFORCED)
  WITH ('connector'='upsert-kafka', 'topic'='$up', 'properties.bootstrap.servers'='$WEIR_TEST_KAFKA',
  'key.format'='avro-confluent', 'key.avro-confluent.url'='$url', 'value.format'='avro-confluent', 'value.avro-confluent.url'='$url');
INSERT INTO totals SELECT ok, COUNT(*) FROM orders GROUP BY ok;
CREATE MATERIALIZED VIEW totals_back AS SELECT ok, n FROM totals;
SQL
v="SELECT id, note, price, at, \"day\", noon, kind, raw, \"user\", tags, counts, ok, ratio, extra FROM v ORDER BY id"
row1='1|first|12.35|2024-05-01 10:00:00.123|2024-05-01|12:30:00|OLD|\x00ff4142|{"name":"ann","age":30}|{a,b}|{"x":1,"y":-2}|t|0.5|'
row2='2||-0.01|1969-12-31 23:59:59.999|1970-01-01|00:00:00|NEW|\x61626364||{}|{}|f|-2|'
encode "$dir/v1.avsc" "$in-value" >"$dir/v1.hex" <<'ROWS'
{"note": {"0": "first"}, "id": 1, "price": "0:", "unwanted": {"k": [null, {"1": 5}, {"2": "z"}]}, "at": 1714557600123456, "day": 19844, "noon": 45000000, "kind": "OLD", "raw": "\u0000\u00ffAB", "user": {"1": {"name": "ann", "friend": {"1": {"name": "bob", "friend": null, "age": 1}}, "age": 30}}, "tags": ["a", "b"], "counts": {"x": 1, "y": -2}, "ok": true, "ratio": 0.5}
{"note": null, "id": 2, "price": "\u00f6", "unwanted": {}, "at": -1, "day": 0, "noon": 0, "kind": "NEW", "raw": "abcd", "user": null, "tags": [], "counts": {}, "ok": false, "ratio": -2}
ROWS

# down at the start: the rows wait, and WHY says for what
put "$in" <"$dir/v1.hex"
registry_stop
engine_start "$dir/q.sql"
n=0
until sql "WHY v" | grep -q "schema 1 is awaited"; do
	n=$((n + 1))
	[ $n -lt 200 ] || die "WHY v says: $(sql "WHY v")"
	sleep 0.1
done
same "$(sql "SELECT COUNT(*) FROM v")" 0 "while the registry is down"
same "$(sql "SELECT COUNT(*) FROM orders.bad")" 0 "bad while the registry is down"
wait_log 10 "schema registry is down"
registry_start
wait_for 30 "$v" "$row1
$row2"
wait_for 10 "SELECT id, name, age FROM names ORDER BY id" "1|ann|30
2||"

# down again, and another schema comes; weir dies meanwhile
encode "$dir/v2.avsc" "$in-other" >"$dir/v2.hex" <<'ROWS'
{"ok": true, "extra": {"1": "new"}, "ratio": 2.25, "id": 5000000000, "price": "\u0000\u0000\u0000\u0000\u0004\u00d2", "at": 1714557600000}
ROWS
registry_stop
put "$in" <"$dir/v2.hex"
n=0
until sql "WHY v" | grep -q "is awaited"; do
	n=$((n + 1))
	[ $n -lt 200 ] || die "WHY v says: $(sql "WHY v")"
	sleep 0.1
done
engine_stop KILL
engine_start "$dir/q.sql"
same "$(sql "SELECT COUNT(*) FROM v")" 2 "after a kill without the registry"
registry_start
row3='5000000000||12.34|2024-05-01 10:00:00||||||||t|2.25|new'
wait_for 30 "$v" "$row1
$row2
$row3"

# what is no message: no head, a number that nobody knows, cut off, too long, an impossible branch; a price that does not fit is bad for those who read it
head -n 1 "$dir/v1.hex" >"$dir/one.hex"
{
	echo 00
	echo 0100000001
	echo 0000000063aabb
	cut -c 1-60 "$dir/one.hex"
	sed 's/$/00/' "$dir/one.hex"
	echo 000000000108
} | put "$in"
wait_for 30 "SELECT COUNT(*) FROM orders.bad" 6
sql "SELECT \"offset\", error FROM orders.bad ORDER BY \"offset\"" >"$dir/bad"
grep -q "^3|.*shorter than its head" "$dir/bad" || die "$(cat "$dir/bad")"
grep -q "^4|.*zero byte" "$dir/bad" || die "$(cat "$dir/bad")"
grep -q "^5|the schema 99 of the message cannot be used: .*Schema 99 not found" "$dir/bad" || die "$(cat "$dir/bad")"
grep -q "^6|.*ends too early" "$dir/bad" || die "$(cat "$dir/bad")"
grep -q "^7|.*bytes behind the value" "$dir/bad" || die "$(cat "$dir/bad")"
grep -q "^8|.*no such branch" "$dir/bad" || die "$(cat "$dir/bad")"

# what is written, by code of its own and by weir
wait_for 30 "SELECT id, price, at, \"user\", tags, counts, ok, ratio, \"day\", noon, raw FROM back ORDER BY id" \
	'1|12.35|2024-05-01 10:00:00.123|{"name":"ann","age":30}|{a,b}|{"x":1,"y":-2}|t|0.5|2024-05-01|12:30:00|\x00ff4142
2|-0.01|1969-12-31 23:59:59.999||{}|{}|f|-2|1970-01-01|00:00:00|\x61626364
5000000000|12.34|2024-05-01 10:00:00||||t|2.25|||'
wait_for 30 "SELECT ok, n FROM totals_back ORDER BY ok" "f|1
t|2"
written() { kcat -b "$WEIR_TEST_KAFKA" -t "$out" -C -e -q -X isolation.level=read_committed -f "$1" >"$dir/written"; }
written '%R%s'
/usr/bin/python3 -c 'import sys
data = sys.stdin.buffer.read()
while data:
    n = int.from_bytes(data[:4], "big")
    print(data[4:4 + n].hex())
    data = data[4 + n:]' <"$dir/written" | /usr/bin/python3 "$support/avro_reference.py" decode "$url" | sort >"$dir/decoded"
same "$(cut -d , -f 2- "$dir/decoded" | sort | head -n 1)" \
	' "value": {"at": {"1": -1}, "counts": {"1": {}}, "day": {"1": 0}, "id": 2, "noon": {"1": 0}, "ok": {"1": false}, "price": {"1": "\u00ff"}, "ratio": {"1": -2.0}, "raw": {"1": "abcd"}, "tags": {"1": []}, "user": null}}' "what was written"
same "$(wc -l <"$dir/decoded" | tr -d ' ')" 3 "rows that were written"
/usr/bin/python3 - "$dir/schemas.json" "$out" <<'PYTHON'
import json, sys
data = json.load(open(sys.argv[1]))
value = json.loads(data["schemas"][str(data["subjects"][sys.argv[2] + "-value"][0])]["schema"])
key = json.loads(data["schemas"][str(data["subjects"][sys.argv[2] + "-key"][0])]["schema"])
assert value["name"] == "record" and value["namespace"] == "org.apache.flink.avro.generated", value
fields = {f["name"]: f for f in value["fields"]}
assert fields["id"] == {"name": "id", "type": "long"}, fields["id"]
assert fields["at"] == {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}], "default": None}
assert fields["user"]["type"][1]["name"] == "record_user", fields["user"]
assert key["fields"] == [{"name": "id", "type": "long"}], key
PYTHON
engine_stop TERM
