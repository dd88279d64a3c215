#!/bin/sh
# The demo on a real broker prints what the topic holds, added up again by another program; on the broker inside of weir it prints the same and ends by itself.
# timeout: 180
set -eu
: "${WEIR:?}" "${WEIR_TEST_KAFKA:?}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
topic=demo-$$-$(date +%s)

DEMO_RATE=2000 DEMO_BROKER=$WEIR_TEST_KAFKA DEMO_TOPIC=$topic timeout 90 "$WEIR" run queries/demo/purchases.sql >"$dir/kafka.txt"
"$tools/consume" "$WEIR_TEST_KAFKA" "$topic" >"$dir/topic.tsv"
DEMO_RATE=2000 timeout 90 "$WEIR" run queries/demo/purchases.sql >"$dir/embedded.txt"

/usr/bin/python3 - "$dir" <<'PY'
import collections, datetime, decimal, json, sys

folder = sys.argv[1]
windows = collections.defaultdict(lambda: [0, 0, decimal.Decimal(0)])
rows = 0
for line in open(folder + "/topic.tsv"):
    e = json.loads(line.split("\t")[4], parse_float=decimal.Decimal)
    at = datetime.datetime.fromisoformat((e["bought_at"] + "000000")[:26] if "." in e["bought_at"] else e["bought_at"])
    start = at.replace(second=at.second // 10 * 10, microsecond=0)
    w = windows[start.strftime("%Y-%m-%d %H:%M:%S.000"), e["category"]]
    w[0] += 1
    w[1] += e["quantity"]
    w[2] += decimal.Decimal(e["amount"]) * e["quantity"]
    rows += 1
assert rows == 6000, f"{rows} purchases in the topic"
expected = {key: (w[0], w[1], w[2]) for key, w in windows.items()}
for name in "kafka.txt", "embedded.txt":
    text = open(f"{folder}/{name}").read()
    got = {}
    for line in text.splitlines():
        cells = [c.strip() for c in line.split("|")]
        if len(cells) == 5 and cells[1].isdigit():
            key = cells[4], cells[0]
            assert key not in got, f"{name}: {key} is printed twice"
            got[key] = int(cells[1]), int(cells[2]), decimal.Decimal(cells[3])
    for key in sorted(expected.keys() | got.keys()):
        assert expected.get(key) == got.get(key), f"{name}: {key}: the topic holds {expected.get(key)}, printed {got.get(key)}"
    assert text.startswith("purchases per category"), f"{name} has no title"
    print(f"{name}: {len(got)} rows of windows, as the topic holds")
PY
