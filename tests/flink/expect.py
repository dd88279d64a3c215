#!/usr/bin/env python3
"""tests/flink/expect.py: Flink's answers to a file of expressions become checks.

usage: run.sh eval FILE | expect.py FILE FOLDER

FILE is a family of expressions; its answers come on standard input. Each expression on which weir gives the same text
(and, but for lengths of texts and NOT NULL, the same type), or fails as well, becomes a check in
FOLDER/NAME/NAME.sql, with Flink's answer as the expectation. The others are kept in differences.tsv beside this file.
"""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WEIR = os.environ.get("WEIR", os.path.join(HERE, "../../build/weir"))
WIDTH = 150

# What Flink cannot answer at all: functions of later versions, and code of its own that does not compile or breaks.
NO_ANSWER = re.compile(r"No match found for function|CompileException|NullPointerException|CodeGenException|ClassCastException|"
                       r"UnsupportedOperationException|Numeric literal .* out of range|Invalid number of arguments|ParseException")


def ask_weir(blocks):
    """Type and text, or the error's code, of each expression, by setting."""
    answers = {}
    for setting, expressions in blocks:
        text = [setting + ";"] if setting else []
        for i, e in enumerate(expressions):
            text.append(f"SELECT 'mark {i}' AS m;\nSELECT CAST({e} AS STRING) AS v, TYPEOF({e}) AS t;")
        p = subprocess.run([WEIR, "--format", "json"], input="\n".join(text).encode(), capture_output=True, timeout=300)
        found, at = {}, None
        for line in p.stdout.decode("utf-8").splitlines():
            d = json.loads(line)
            if "m" in d:
                at = int(d["m"][5:])
            else:
                found[at] = (d["t"], d["v"])
        errors = iter(re.findall(r"(?m)^ERROR (W\d+):", p.stderr.decode("utf-8", "replace")))
        for i, e in enumerate(expressions):
            answers[setting, e] = found[i] if i in found else ("ERROR", next(errors))
    return answers


def unescape(s):
    if s == "\\N":
        return None
    return re.sub(r"\\(x[0-9a-f]{2}|\\)", lambda m: chr(int(m[1][1:], 16)) if m[1] != "\\" else "\\", s)


def plain_type(t):
    t = re.sub(r"(VAR)?CHAR\(\d+\)", "STRING", t)
    return re.sub(r"(VAR)?BINARY\(\d+\)", "BYTES", t).replace(" NOT NULL", "")


def map_entries(t, text):
    """The order of a map's entries is nobody's."""
    return sorted(text.strip("{}").split(", ")) if t.startswith("MAP<") and text else text


def literal(s):
    if s is None:
        return "NULL"
    if all(32 <= ord(c) != 127 for c in s):
        return "'" + s.replace("'", "''") + "'"
    return "U&'" + "".join(c.replace("'", "''").replace("\\", "\\\\") if 32 <= ord(c) != 127 else f"\\{ord(c):04X}" for c in s) + "'"


def cell(expression, t, text):
    """What is selected, and what is expected: numbers and booleans as they are, all else as text."""
    root = plain_type(t).split("(")[0]
    if text is None or root == "STRING":
        return expression, literal(text)
    if root in ("TINYINT", "SMALLINT", "INT", "BIGINT", "DECIMAL") and len(text) < 38:
        return expression, text
    if root == "BOOLEAN":
        return expression, text
    if root in ("FLOAT", "DOUBLE") and re.fullmatch(r"-?\d+\.\d+(E-?\d+)?", text):
        return expression, text
    return f"CAST({expression} AS STRING)", literal(text)


class Family:
    def __init__(self, path):
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.tests = []  # (name, setting, [(expression, type, text)])
        self.differences = []
        self.agreed = 0

    def read(self, lines):
        setting, name, asked = "", "", []
        for line in lines:
            if line.startswith("-- test: "):
                name = line[9:]
                asked.append([name, setting, []])
            elif line.startswith("SET "):
                setting = line.rstrip(";")
            elif "\t" in line:
                expression, t, text = line.split("\t", 2)
                asked[-1][2].append((expression, t, text))
        blocks = {}
        for _, s, items in asked:
            blocks.setdefault(s, []).extend(e for e, _, _ in items)
        weir = ask_weir(blocks.items())
        for name, s, items in asked:
            kept = [(e, t, x, weir[s, e]) for e, t, x in items if self.judge(s, e, t, x, weir[s, e])]
            if kept:
                self.tests.append((name, s, kept))

    def judge(self, setting, e, t, text, ours):
        if t == "ERROR":
            if ours[0] == "ERROR":
                return not NO_ANSWER.search(text)
            if not NO_ANSWER.search(text):
                self.differ(setting, e, "error: " + text, ours)
            return False
        same = ours[0] != "ERROR" and (t == "?" or plain_type(t) == plain_type(ours[0]) or "INTERVAL" in t) and \
            map_entries(t, unescape(text)) == map_entries(t, ours[1])
        if same:
            self.agreed += 1
        else:
            self.differ(setting, e, f"{unescape(text)} ({t})", ours)
        return same

    def differ(self, setting, e, flink, ours):
        zone = setting.split("'")[3] if setting else ""
        weir = f"error {ours[1]}" if ours[0] == "ERROR" else f"{ours[1]} ({ours[0]})"
        self.differences.append("\t".join(x.replace("\t", " ").replace("\n", " ") for x in (self.name, zone, e, flink[:160], weir)))

    def script(self):
        out = []
        for name, setting, items in self.tests:
            out.append(f"-- test: {self.name}: {name}")
            if setting:
                out.append(setting + ";")
            row, want = [], []

            def flush():
                if row:
                    out.append(f"EXPECT (SELECT {', '.join(row)})\n  ({', '.join(want)});")
                    row.clear()
                    want.clear()

            for e, t, text, ours in items:
                if t == "ERROR":
                    flush()
                    out.append(f"EXPECT ERROR '{ours[1]}';\nSELECT {e};")
                    continue
                if ours[1] and re.search("[\0\ufffd]", ours[1]):
                    continue  # no literal says it
                what, expected = cell(e, ours[0] if t == "?" else t, ours[1])
                if sum(map(len, row)) + len(what) > WIDTH:
                    flush()
                row.append(what)
                want.append(expected)
            flush()
            types = [(e, ours[0]) for e, t, _, ours in items if t not in ("ERROR", "?") and "DECIMAL" in t]
            for i in range(0, len(types), 3):
                some = types[i:i + 3]
                out.append(f"EXPECT (SELECT {', '.join(f'TYPEOF({e})' for e, _ in some)})\n  ({', '.join(literal(t) for _, t in some)});")
            out.append("")
        return "\n".join(out)


def main():
    path, folder = sys.argv[1:]
    f = Family(path)
    f.read(sys.stdin.read().splitlines())
    target = os.path.join(folder, f.name)
    os.makedirs(target, exist_ok=True)
    with open(os.path.join(target, f.name + ".sql"), "w", encoding="utf-8") as out:
        out.write(f.script())
    listing = os.path.join(HERE, "differences.tsv")
    old = []
    if os.path.exists(listing):
        with open(listing, encoding="utf-8") as known:
            old = [line for line in known.read().splitlines() if line and line.split("\t")[0] not in (f.name, "family")]
    with open(listing, "w", encoding="utf-8") as out:
        out.write("\n".join(["family\tzone\texpression\tflink\tweir"] + sorted(old + f.differences)) + "\n")
    print(f"{f.name}: {f.agreed} agree, {len(f.differences)} differ, {len(f.tests)} tests")


if __name__ == "__main__":
    main()
