#!/bin/sh
# Metrics, health and the JSON API of weir serve, as a scraper, a load balancer and a person ask for them.
# services: none
set -eu
. tests/support/engine.sh
export no_proxy=127.0.0.1,localhost

cat >"$dir/a.sql" <<'SQL'
CREATE TABLE orders (id INT, k INT, at TIMESTAMP(3), WATERMARK FOR at AS at - INTERVAL '1' SECOND)
WITH ('connector' = 'datagen', 'number-of-rows' = '5000', 'rows-per-second' = '100000', 'fields.id.kind' = 'sequence',
      'fields.id.start' = '1', 'fields.id.end' = '5000', 'fields.k.min' = '1', 'fields.k.max' = '5');
CREATE TABLE nowhere (k INT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
CREATE TABLE files (k INT) WITH ('connector' = 'filesystem', 'path' = '${IN}', 'format' = 'json', 'source.monitor-interval' = '10 min');
CREATE MATERIALIZED VIEW pairs AS SELECT a.k FROM files AS a JOIN files AS b ON a.k = b.k
  JOIN files /*+ OPTIONS('source.monitor-interval' = '20 min') */ AS c ON a.k = c.k;
CREATE MATERIALIZED VIEW `per "k"` AS SELECT k, COUNT(*) AS n FROM orders WHERE id > 1000 GROUP BY k;
INSERT INTO nowhere SELECT k, COUNT(*) FROM orders GROUP BY k;
SQL
# a file's name may have any bytes
export IN="$dir/in"
mkdir "$IN"
echo '{"k":1}' >"$IN/$(printf 'bad\377').json"
"$WEIR" --log info serve --state "$state" --socket "$dir/sock" --http 127.0.0.1:0 --metrics '*:0' "$dir/a.sql" >"$dir/started" 2>&1 &
engine=$!
wait_log 30 '| ready |'
port() { sed -n "s/.*| http | INFO | listening | address=\"$1\" port=\([0-9]*\).*/\1/p" "$dir/started"; }
all=http://127.0.0.1:$(port 127.0.0.1:0)
open=http://127.0.0.1:$(port '\*:0')
grep -q 'metrics and health can be read by whoever' "$dir/started" || die "no warning for the open address"

get() { curl -sS -m 10 "$@"; }
status() { curl -sS -m 10 -o "$dir/body" -w '%{http_code}' "$@"; }
wait_for 20 'SELECT SUM(n) FROM `per "k"`' 4000

same "$(status "$all/healthz") $(cat "$dir/body")" "200 ok" healthz
same "$(status "$open/readyz") $(cat "$dir/body")" "200 ok" readyz
same "$(status "$all/nothing")" 404
same "$(status "$all/api/v1/queriesx")" 404
same "$(status "$all/api/v1/queries/nobody")" 404
same "$(status "$open/api/v1/queries")" 404 "the open listener shows queries"
same "$(status "$open/")" 404
same "$(status -X POST -d x "$all/metrics")" 405
same "$(status -X DELETE "$all/api/v1/queries/nowhere")" 405
same "$(status -I "$all/metrics")" 200
same "$(status -H 'Host: example.org' "$all/api/v1/queries")" 403 "a foreign name was answered"
same "$(status -H 'Host: localhost.example.org' "$all/metrics")" 403
same "$(status -H 'Host: example.org' "$open/metrics")" 200

get "$open/metrics" >"$dir/metrics"
get "$all/api/v1/queries" >"$dir/list.json"
get "$all/api/v1/queries/per%20%22k%22" >"$dir/one.json"
get "$all/api/v1/queries/pairs" >"$dir/pairs.json"
/usr/bin/python3 - "$dir" <<'PY'
import json, sys
from prometheus_client.parser import text_string_to_metric_families

families = {f.name: f for f in text_string_to_metric_families(open(sys.argv[1] + "/metrics", encoding="utf-8").read())}
samples = [(s.name, tuple(sorted(s.labels.items()))) for f in families.values() for s in f.samples]
assert len(samples) == len(set(samples)), "a sample comes twice"
assert all(f.documentation and f.type != "unknown" for f in families.values())


def value(family, sample, **labels):
    found = [s.value for s in families[family].samples if s.name == sample and labels.items() <= s.labels.items()]
    assert len(found) == 1, (sample, labels, found)
    return found[0]


view = 'per "k"'
assert value("weir_query_rows_in", "weir_query_rows_in_total", query=view) == 5000
assert value("weir_query_rows_filtered", "weir_query_rows_filtered_total", query=view) == 1000
assert value("weir_query_state", "weir_query_state", query="nowhere", state="done") == 1
assert value("weir_sink_rows", "weir_sink_rows_total", sink="nowhere") > 0
assert value("weir_query_state_rows", "weir_query_state_rows", query=view) >= 5
assert value("weir_commit_duration_seconds", "weir_commit_duration_seconds_count") >= 1
assert value("weir_epoch_duration_seconds", "weir_epoch_duration_seconds_bucket", le="+Inf") >= 1
assert 1e6 < value("process_resident_memory_bytes", "process_resident_memory_bytes") < 1e9
assert families["weir_build_info"].samples[0].labels["version"]

names = {q["name"]: q for q in json.load(open(sys.argv[1] + "/list.json"))["queries"]}
assert set(names) == {view, "nowhere", "pairs"} and names[view]["rows_in"] == 5000 and names[view]["kind"] == "view"
one = json.load(open(sys.argv[1] + "/one.json"))
assert one["name"] == view and one["sink"] is None
pairs = json.load(open(sys.argv[1] + "/pairs.json"))["sources"]
assert len(pairs) == 2 and all(s["partition"].endswith("/bad\ufffd.json") for s in pairs)
assert len([s for s in families["weir_source_end"].samples if s.labels.get("scan") == "2"]) == 1
assert [o["operator"] for o in one["operators"]][-1] == "Materialize" and one["sources"][0]["table"] == "orders"
PY

# a client that sends nothing, and one that sends no end of a head, hold nobody up
sleep 20 | timeout 20 nc -w 20 127.0.0.1 "${all##*:}" >/dev/null 2>&1 &
idle=$!
same "$(status "$all/healthz")" 200
kill $idle 2>/dev/null || true
engine_stop TERM
grep -q 'serve | INFO | stopped | status=0' "$dir/started" || die "it did not stop well"

# what is refused
refuse() {
	"$WEIR" serve --state "$state" --socket "$dir/sock" "$@" "$dir/a.sql" >"$dir/out" 2>&1 && die "$* was accepted"
	grep -q "$want" "$dir/out" || { cat "$dir/out"; die "$*: no \"$want\""; }
}
want='listens on loopback only' refuse --http 0.0.0.0:0
want='Give --metrics that address' refuse --http '*:0'
want='not an address to listen on' refuse --metrics here:http
want='for example 127.0.0.1:8080' refuse --http 127.0.0.1:99999
echo ok
