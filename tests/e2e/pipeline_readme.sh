#!/bin/sh
# services: none
# Each place that the tables of a pipeline's README name exists: a file, and a text in it. A row without a place says why.
set -eu
/usr/bin/python3 - queries/telemetra/README.md queries/purchases/README.md queries/esports/README.md queries/device_telemetry/README.md <<'PY'
import os, re, sys
bad = rows = 0
for readme in sys.argv[1:]:
    folder = os.path.dirname(readme)
    text = open(readme).read()
    for line in text[text.index("## Where everything is"):].splitlines():
        cells = [c.replace("\\|", "|").strip() for c in line.strip("|").split(" | ")]
        if not line.startswith("|") or line.startswith("|---") or cells[-1].rstrip("|").strip() == "place":
            continue
        place = cells[-1].rstrip("|").strip()
        rows += 1
        if len(cells) == 2 and re.match(r"none: .{5,}", place):
            continue
        m = re.fullmatch(r"`([^`]+)`(?: `([^`]+)`)?", place)
        if len(cells) != 2 or not m:
            print(f"{readme}: no place: {line}")
            bad += 1
            continue
        path = os.path.join(folder, m.group(1))
        if not os.path.isfile(path) or (m.group(2) and m.group(2) not in open(path).read()):
            print(f"{readme}: not there: {place}")
            bad += 1
    for name in os.listdir(folder):
        if os.path.isfile(os.path.join(folder, name)) and name != "README.md" and f"`{name}`" not in text:
            print(f"{readme}: says nothing of {name}")
            bad += 1
assert rows > 80, rows
print(rows, "places")
sys.exit(bad > 0)
PY
