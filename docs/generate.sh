#!/bin/sh
# Writes the reference pages from the program itself: functions, settings, options, error codes, metrics.
#
#   sh docs/generate.sh [FOLDER]     default: docs/reference
#
# WEIR and WEIR_TOOLS name the program and the folder of its tools (default: build/weir, build/tools).
# tests/e2e/docs.sh fails when the pages are not what this script writes.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
weir=${WEIR:-$root/build/weir}
tools=${WEIR_TOOLS:-$(dirname "$weir")/tools}
out=${1:-$root/docs/reference}
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$weir" --format csv -c 'SHOW FUNCTIONS' >"$work/functions.csv"
"$weir" --format csv -c 'SELECT * FROM weir.settings' >"$work/settings.csv"
"$tools/options" >"$work/options.tsv"
"$tools/metrics" >"$work/metrics.txt"
sed -n 's/^ERRCODE(\([A-Z_0-9]*\), \([0-9]*\),.*/W\2/p' "$root/base/errcodes.def" | while read -r code; do
	"$weir" explain "$code"
	printf '\f\n'
done >"$work/codes.txt"
/usr/bin/python3 - "$work" "$out" <<'PY'
import csv, sys

work, out = sys.argv[1:]
NOTE = "<!-- Written by docs/generate.sh from the program; edit the source, not this page. -->\n\n"


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def code(text):
    return "`" + text.replace("|", "\\|") + "`" if text else ""


def table(head, rows):
    return "".join(["| " + " | ".join(head) + " |\n", "|" + "---|" * len(head) + "\n"] + ["| " + " | ".join(r) + " |\n" for r in rows])


def page(name, text):
    with open(f"{out}/{name}", "w") as f:
        f.write(NOTE + text.rstrip("\n") + "\n")


rows = list(csv.DictReader(open(f"{work}/functions.csv", newline="")))
page("functions.md", "# Functions\n\nScalar functions and aggregates, as `SHOW FUNCTIONS` lists them. Operators (`+`, `||`, `LIKE`, `BETWEEN`, `CASE`, "
     "`::`) are part of the grammar.\n\n" + table(["name", "form", "what it does"], [[code(r["name"]), code(r["signature"]), cell(r["description"])] for r in rows]))

rows = list(csv.reader(open(f"{work}/settings.csv", newline="")))
head, rows = rows[0], rows[1:]
at = {h: i for i, h in enumerate(head)}
default = at.get("default", 2)
scope, doc = at["scope"], at["description"]
text = ("# Settings\n\n`SET 'name' = 'value'` in a file or session, `--set name=value` on the command line, a line `name = value` of `--config FILE`; `SHOW SETTINGS` for what "
        "holds now and who said so. A name that is not here is an error.\n")
for name, title in ("engine", "Of the engine, for all queries"), ("start", "Of the engine, fixed when it starts: --set or --config"), ("query", "Kept with each query, as they were when it was made"), ("session", "Of the connection"):
    mine = [r for r in rows if r[scope] == name]
    if mine:
        text += f"\n## {title}\n\n" + table(["setting", "default", "what it does"], [[code(r[0]), code(r[default]), cell(r[doc])] for r in mine])
page("settings.md", text)

scopes, options = [], []
for line in open(f"{work}/options.tsv"):
    parts = line.rstrip("\n").split("\t")
    (scopes if parts[0] == "scope" else options).append(parts[1:])
text = ("# Connectors, formats and their options\n\nWhat stands in `WITH (...)` of CREATE TABLE. Names and defaults are Flink's where Flink has the option; `#` stands for a "
        "column's name, `*` for the rest of a name. An option that is not here is an error. Options of a format are written with its name before "
        "them where they have it there (`json.ignore-parse-errors`).\n")
for name, supported, doc in scopes:
    if supported != "yes":
        continue
    kind, plain = ("Format", name[7:]) if name.startswith("format:") else ("Connector", name)
    mine = [o for o in options if name in o[0].split(",")]
    text += f"\n## {kind} {plain}\n\n{doc}\n"
    honoured = [o for o in mine if o[2] == "honoured"]
    if honoured:
        text += "\n" + table(["option", "value", "default", "what it does"], [
            [code(o[1]), " or ".join(code(c) for c in o[4].split("|")) if o[4] else o[3], "required" if o[6] == "yes" else code(o[5]), cell(o[7])] for o in honoured])
    ignored = [o[1] for o in mine if o[2] == "no effect"]
    if ignored:
        text += "\nAccepted with a notice, without effect: " + ", ".join(code(o) for o in ignored) + ".\n"
    later = [o[1] for o in mine if o[2] == "not yet"]
    if later:
        text += "\nNot supported yet: " + ", ".join(code(o) for o in later) + ".\n"
text += "\n## Not supported yet\n\n" + table(["name", "instead"], [[code(n), cell(d)] for n, s, d in scopes if s != "yes"])
page("options.md", text)

lines = [line.rstrip("\n").split(" ", 3)[2:] for line in open(f"{work}/metrics.txt")]
page("metrics.md", "# Metrics\n\nWhat `GET /metrics` of `weir serve --http` and `--metrics` has, as Prometheus reads it. Counters count since the process started; what is "
     "not known has no sample.\n\n" + table(["metric", "type", "what it is"], [[code(name), kind, cell(help_)] for (name, help_), (_, kind) in zip(lines[::2], lines[1::2])]))

text = "# Error codes\n\nEach error has a code that never changes its meaning; `weir explain CODE` prints the same.\n\n"
rows = []
for entry in open(f"{work}/codes.txt").read().split("\f\n"):
    if entry.strip():
        first, explanation = entry.strip().split("\n\n", 1)
        number, rest = first.split("  ", 1)
        title, state = rest.split("  (SQLSTATE ")
        rows.append([code(number), code(state.rstrip(")")), cell(title), cell(explanation)])
page("errors.md", text + table(["code", "SQLSTATE", "title", "what happened, and the cure"], rows))
PY
