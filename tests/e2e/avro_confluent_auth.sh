#!/bin/sh
# avro-confluent against a registry with TLS and passwords: what is refused says the cure and is shown as ***, RESUME goes on with
# what was mended; a registry that is refused by its certificate is waited for; references, schemas of other kinds; sinks.
# timeout: 180
set -eu
. "$(dirname "$0")/../support/engine.sh"
. "$(dirname "$0")/../support/registry.sh"
in=$unique-avro
out=$unique-avro-out
topics "$in" "$out"

# a CA, a server of it, a client of it
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
certificate() { # NAME EXTENSIONS
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$dir/$1.key" -out "$dir/$1.csr" 2>/dev/null
	echo "$2" >"$dir/$1.ext"
	openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 -extfile "$dir/$1.ext" -out "$dir/$1.crt" 2>/dev/null
}
certificate server "subjectAltName=IP:127.0.0.1"
certificate client "keyUsage=digitalSignature"
openssl pkcs12 -export -in "$dir/client.crt" -inkey "$dir/client.key" -passout pass:p12word -out "$dir/client.p12" 2>/dev/null

echo '{"type": "record", "name": "R", "fields": [{"name": "id", "type": "long"}]}' >"$dir/r.avsc"
registry_start
echo '{"id": 7}' | encode "$dir/r.avsc" "$in-value" | put "$in"
registry_stop
registry_start --tls "$dir/server.crt" "$dir/server.key" "$dir/ca.pem" --basic 'me:pass%word'
https=https://127.0.0.1:$port

# table NAME OPTIONS
table() {
	sql "CREATE TABLE $1 (id BIGINT) WITH ('connector'='kafka', 'topic'='$in', 'properties.bootstrap.servers'='$WEIR_TEST_KAFKA',
		'scan.startup.mode'='earliest-offset', 'format'='avro-confluent', 'avro-confluent.url'='$https' $2);
		CREATE MATERIALIZED VIEW v_$1 AS SELECT id FROM $1"
}
trust=", 'avro-confluent.ssl.truststore.location'='$dir/ca.pem'"
client=", 'avro-confluent.ssl.keystore.location'='$dir/client.p12', 'avro-confluent.ssl.keystore.password'='p12word'"
user=", 'avro-confluent.basic-auth.credentials-source'='USER_INFO', 'avro-confluent.basic-auth.user-info'='me:pass%word'"
wrong=", 'avro-confluent.basic-auth.credentials-source'='USER_INFO', 'avro-confluent.basic-auth.user-info'='me:wrongword'"
engine_start
table good "$trust $client $user"
table stranger "$client $user"
table nobody "$trust $client"
table liar "$trust $client $wrong"
table certless "$trust $user"
wait_for 20 "SELECT id FROM v_good" 7
for name in nobody liar; do
	wait_for 20 "SELECT state FROM weir.queries WHERE name = 'v_$name'" failed
	sql "WHY v_$name" >"$dir/why"
	grep -q "refuses access (401)" "$dir/why" || die "v_$name: $(cat "$dir/why")"
done
for name in stranger certless; do
	n=0
	until sql "WHY v_$name" | grep -q "does not answer: "; do
		n=$((n + 1))
		[ $n -lt 100 ] || die "v_$name: $(sql "WHY v_$name")"
		sleep 0.1
	done
	same "$(sql "SELECT COUNT(*) FROM $name.bad")" 0 "bad of $name"
done
! sql "SHOW CREATE TABLE good" | grep -E "pass%word|p12word|me:" || die "a secret was shown"
grep -E "pass%word|p12word|wrongword" "$dir/started" && die "a secret was logged"

# the password is what was wrong: with the right one the query goes on
registry_stop
registry_start --tls "$dir/server.crt" "$dir/server.key" "$dir/ca.pem" --basic 'me:wrongword'
sql "RESUME v_liar" >/dev/null
wait_for 20 "SELECT id FROM v_liar" 7

# a token
registry_stop
registry_start --bearer t0ken
url=http://127.0.0.1:$port
sql "CREATE TABLE bearer (id BIGINT) WITH ('connector'='kafka', 'topic'='$in', 'properties.bootstrap.servers'='$WEIR_TEST_KAFKA',
	'scan.startup.mode'='earliest-offset', 'value.format'='avro-confluent', 'value.avro-confluent.url'='$url',
	'value.avro-confluent.bearer-auth.credentials-source'='STATIC_TOKEN', 'value.avro-confluent.bearer-auth.token'='t0ken');
	CREATE MATERIALIZED VIEW v_bearer AS SELECT id FROM bearer"
wait_for 20 "SELECT id FROM v_bearer" 7
! sql "SHOW CREATE TABLE bearer" | grep t0ken || die "the token was shown"

# an address that leads elsewhere is no bad record
registry_stop
registry_start
url=http://127.0.0.1:$port
sql "CREATE TABLE astray (id BIGINT) WITH ('connector'='kafka', 'topic'='$in', 'properties.bootstrap.servers'='$WEIR_TEST_KAFKA',
	'scan.startup.mode'='earliest-offset', 'format'='avro-confluent', 'avro-confluent.url'='$url');
	CREATE MATERIALIZED VIEW v_astray AS SELECT id FROM astray"
wait_for 20 "SELECT id FROM v_astray" 7

# a schema that refers to another one; one that is no Avro
/usr/bin/python3 - "$url" "$in" >"$dir/hex" <<'PYTHON'
import json, sys, urllib.request
url, topic = sys.argv[1:]
def post(subject, body):
    r = urllib.request.Request(url + "/subjects/" + subject + "/versions", json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(r, timeout=10))["id"]
post("money", {"schema": json.dumps({"type": "record", "name": "a.Money", "fields": [{"name": "id", "type": "long"}]})})
ref = post("wrapped", {"schema": json.dumps({"type": "record", "name": "W", "fields": [{"name": "id", "type": "long"}, {"name": "m", "type": "a.Money"}]}),
                       "references": [{"name": "a.Money", "subject": "money", "version": 1}]})
other = post("proto", {"schema": "syntax = \"proto3\";", "schemaType": "PROTOBUF"})
print((b"\0" + ref.to_bytes(4, "big") + b"\x10\x12").hex())
print((b"\0" + other.to_bytes(4, "big") + b"\x10").hex())
PYTHON
put "$in" <"$dir/hex"
wait_for 20 "SELECT id FROM v_astray ORDER BY id" "7
8"
wait_for 20 "SELECT COUNT(*) FROM astray.bad" 1
sql "SELECT error FROM astray.bad" | grep -q "no Avro schema but PROTOBUF" || die "$(sql "SELECT error FROM astray.bad")"
# once more, when the engine has forgotten what it had been answered and the registry is away: REPLAY says so
engine_stop KILL
registry_stop
engine_start
sql "REPLAY astray.bad" >"$dir/replay" 2>&1 || true
grep -q "is awaited" "$dir/replay" || die "REPLAY says: $(cat "$dir/replay")"
registry_start
engine_stop KILL
engine_start

# sinks: a column that Avro cannot have, a registry that is away, a change that its subject does not allow
sink() { # NAME COLUMNS OPTIONS
	sql "CREATE TABLE $1 ($2) WITH ('connector'='kafka', 'topic'='$out', 'properties.bootstrap.servers'='$WEIR_TEST_KAFKA',
		'scan.startup.mode'='earliest-offset', 'format'='avro-confluent', 'avro-confluent.url'='$url' $3)"
}
sink first "id BIGINT, note STRING" ""
sink second "id STRING" ""
sink third "id BIGINT" ", 'avro-confluent.auto.register.schemas'='false', 'avro-confluent.subject'='other'"
sink fourth "m MAP<INT, INT>" ""
sql "INSERT INTO fourth SELECT MAP[1, 2] FROM v_astray" >"$dir/fourth" 2>&1 || true
grep -q "Avro's maps have text keys only" "$dir/fourth" || die "fourth: $(cat "$dir/fourth")"
registry_stop
sql "INSERT INTO first SELECT id, 'n' FROM v_astray" >/dev/null
sleep 1
same "$(sql "SELECT state FROM weir.queries WHERE name = 'first'")" running "a sink without its registry"
registry_start
sql "CREATE MATERIALIZED VIEW v_first AS SELECT id, note FROM first" >/dev/null
wait_for 30 "SELECT id, note FROM v_first ORDER BY id" "7|n
8|n"
sql "INSERT INTO second SELECT note FROM v_first" >/dev/null
wait_for 20 "SELECT state FROM weir.queries WHERE name = 'second'" failed
sql "WHY second" >"$dir/why"
grep -q "cannot be registered under \"$out-value\": .*incompatible" "$dir/why" || die "second: $(cat "$dir/why")"
sql "INSERT INTO third SELECT id FROM v_first" >/dev/null
wait_for 20 "SELECT state FROM weir.queries WHERE name = 'third'" failed
sql "WHY third" | grep -q "Subject 'other' not found" || die "third: $(sql "WHY third")"
engine_stop TERM
