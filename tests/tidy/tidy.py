#!/usr/bin/python3
"""tests/tidy/tidy.py: the rules of the source text that a compiler does not check.

Prints `file:line: what: why` for each finding and exits 1 when there is one. Reads the files that git
knows or would add. Standard library only, and under two seconds for the whole tree.

    tests/tidy/tidy.py             all files
    tests/tidy/tidy.py PATH...     findings in these files and folders only

A rule is a function that takes a File (or the whole Tree) and yields (line, what, why). To add one:
write it, put it into FILE_RULES or TREE_RULES, break it once by hand, and mend what it finds.
"""

import os
import re
import subprocess
import sys

FLOORS = ["base", "parser", "sql", "engine"]  # from the bottom
TOP = FLOORS + ["queries", "tests", "docs", "deploy"]

# sql/ is a tower of its own: a folder includes only folders to its left.
SQL_ORDER = ["types", "functions", "expr", "catalog", "plan", "bind", "dialect"]

# engine/: what a folder may not know.
ENGINE_FORBIDDEN = {
    "batch": ["state", "operators", "formats", "connectors", "runtime", "front"],
    "state": ["operators", "connectors", "runtime", "front"],
    "formats": ["state", "operators", "connectors", "runtime", "front"],
    "connectors": ["operators", "runtime", "front"],
    "operators": ["connectors", "formats", "runtime", "front"],
    "runtime": ["front"],
}

LINES_MAX = 700

BYTES_MAX = 1 << 20
LARGE = []  # fixtures that may be larger, by path
BINARY = ("tests/fuzz/corpus/",)  # where files that are no text may lie

# header: (where it may be included, the reason)
DOORS = {
    "sqlite3.h": (r"engine/state/", "SQLite has one door, engine/state"),
    "librdkafka/rdkafka.h": (r"engine/connectors/kafka", "librdkafka has one door, engine/connectors/kafka*"),
    "librdkafka/rdkafka_mock.h": (r"engine/connectors/kafka", "librdkafka has one door, engine/connectors/kafka*"),
    "libpq-fe.h": (r"engine/connectors/postgres|engine/front/(shell|backup)",
                   "libpq is for the PostgreSQL sink and for what talks to a running engine"),
    "histedit.h": (r"engine/front/shell", "line editing belongs to the shell"),
    "editline/readline.h": (r"engine/front/shell", "line editing belongs to the shell"),
    "xxhash.h": (r"base/hash\.", "hashes come from base/hash.h, so that their seed is known"),
    "pcre2.h": (r"sql/functions/|parser/", "regular expressions are functions of the language"),
    "curl/curl.h": (r"engine/net/http", "libcurl has one door, engine/net/http"),
    "microhttpd.h": (r"engine/front/http", "the HTTP server is engine/front/http*"),
    "assert.h": (r"tests/", "use ASSERT or DCHECK of base/assert.h: they stay on and say where"),
    "setjmp.h": (r"$^", "errors are returned, with an Err"),
}

# pattern of names: (where it is allowed, the reason)
BANNED = [
    (r"v?sprintf|strcpy|strcat|stpcpy|gets|strncpy|strncat", r"$^",
     "it does not know the size of its target: use StrBuf, arena_printf, snprintf or memcpy"),
    (r"atoi|atol|atoll|atof", r"$^", "it hides errors: use the number readers of base/str.h"),
    (r"sscanf|vsscanf|scanf|fscanf", r"tests/", "it hides errors and overflows: use the readers of base/str.h"),
    (r"strtok|strtok_r", r"$^", "it writes into its input: cut views with base/str.h"),
    (r"system|popen|fork|vfork", r"engine/front/shell|tests/",
     "no fork with the state file open: its locks would be lost"),
    (r"localtime|localtime_r|mktime|tzset|ctime|ctime_r|asctime|asctime_r|gmtime|strftime|strptime", r"$^",
     "zones are read by sql/types/zone.h and times by timestamp.h, never by libc with the process's TZ"),
    (r"time|gettimeofday|clock_gettime|clock", r"base/|tests/",
     "all clocks are injected: ask base/clock.h, so that tests run on virtual time"),
    (r"rand|srand|random|srandom|drand48|rand_r", r"$^", "use base/hash.h: randomness must be seeded per test"),
    (r"setlocale", r"engine/front/shell", "text is UTF-8 and numbers are C's, whatever the locale"),
    (r"alloca", r"$^", "the stack has a bound: use an arena"),
    (r"tmpnam|tempnam|mktemp", r"$^", "it races: use mkstemp or mkdtemp"),
    (r"signal", r"tests/", "its meaning varies: use sigaction"),
    (r"longjmp|setjmp|siglongjmp|sigsetjmp", r"$^", "errors are returned, with an Err"),
    (r"malloc|calloc|realloc|free|strdup|strndup|asprintf|vasprintf|posix_memalign|aligned_alloc",
     r"base/|tests/|engine/state/|engine/connectors/|engine/front/",
     "memory comes from an arena or mem_* of base/arena.h; only the glue to libraries calls malloc and free"),
    # The zones that were read are shared by all threads of the process.
    (r"pthread_(?:mutex|rwlock|spin|cond)_\w+|pthread_create|thrd_create|mtx_\w+",
     r"base/|tests/|sql/types/zone\.c|engine/(state|net|connectors|runtime|front)/",
     "parser, sql, batch, formats and operators hold no locks: threads own what they touch"),
    (r"exit|_exit|abort|quick_exit", r"base/|engine/front/|tests/",
     "a layer returns its error; only the front ends the process"),
]
BANNED = [(re.compile(r"(?<![\w.>])(" + names + r")\s*\("), re.compile(where), why) for names, where, why in BANNED]

# Comments and literals, so that rules can look at code alone. Line breaks are kept.
TOKENS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
DEFINITION = re.compile(r"^(?!static\b|typedef\b|extern\b|struct [^(]*\{|enum\b|union\b|else\b|return\b)"
                        r"[A-Za-z_][\w \t*]*?[ \t*](\w+)\([^;{}()]*(?:\([^;{}()]*\)[^;{}()]*)*\)\n\{", re.M)
TYPE_T = re.compile(r"^(?:typedef\b[^;{}]*?|\} ?)\b(\w+_t)\s*;", re.M)
MARKS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
PLACES = re.compile(r"(?<![\w.$}~])/(?:home|work)/\w")
TRAILING = re.compile(r"[ \t\r]+$", re.M)


class File:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8", errors="replace", newline="") as f:
            self.text = f.read()
        self.folder, self.name = os.path.split(path)
        self.stem, self.ext = os.path.splitext(self.name)
        self.parts = path.split("/")
        self.is_c = self.ext in (".c", ".h")
        self.in_floor = self.parts[0] in FLOORS
        self.code = TOKENS.sub(blank, self.text) if self.is_c else ""
        # Includes are read from the text, where the names in quotes still are.
        self.includes = []
        if self.is_c:
            self.includes = [(self.line(m.start()), m[1] == '"', m[2]) for m in INCLUDE.finditer(self.text)]

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def line_of_code(self, offset):
        return self.code.count("\n", 0, offset) + 1


def blank(match):
    token = match[0]
    if token[0] == "/":
        return " " + "\n" * token.count("\n")
    return token[0] + " " * (len(token) - 2) + token[0]


class Tree:
    def __init__(self, paths):
        self.paths = paths
        self.all = set(paths)
        self.files = {p: File(p) for p in paths if is_text(p)}

    def c_files(self):
        return [f for f in self.files.values() if f.is_c]


def is_text(path):
    name = os.path.basename(path)
    if "/corpus/" in path or name == "LICENSE":
        return False
    return name in ("CMakeLists.txt", "run") or os.path.splitext(name)[1] in (
        ".c", ".h", ".def", ".sh", ".py", ".md", ".sql", ".txt", ".json", ".yml", ".yaml", ".cmake", ".service",
        ".xml")


# ---- rules of one file

def rule_floors(f, tree):
    for line, quoted, name in f.includes:
        if not quoted:
            continue
        target = name.split("/")
        if name not in tree.all and not os.path.exists(name):
            yield line, f'include "{name}" is not found from the root', "includes are written from the root, in quotes"
            continue
        if not f.in_floor:
            continue
        if target[0] not in FLOORS:
            yield line, f"{f.parts[0]} includes {target[0]}", "the floors know nothing of the tests"
            continue
        here, there = FLOORS.index(f.parts[0]), FLOORS.index(target[0])
        if there > here:
            yield line, f"a step up, from {f.parts[0]} to {target[0]}", "includes go down: " + " > ".join(FLOORS[::-1])
        if here != there or len(target) < 3 or len(f.parts) < 3 or target[1] == f.parts[1]:
            continue
        if target[0] == "sql" and {target[1], f.parts[1]} <= set(SQL_ORDER):
            if SQL_ORDER.index(target[1]) > SQL_ORDER.index(f.parts[1]):
                yield line, f"a step up, from sql/{f.parts[1]} to sql/{target[1]}", "in sql: " + " < ".join(SQL_ORDER)
        if target[0] == "engine" and target[1] in ENGINE_FORBIDDEN.get(f.parts[1], []):
            yield (line, f"engine/{f.parts[1]} includes engine/{target[1]}",
                   f"engine/{f.parts[1]} works without {', '.join(ENGINE_FORBIDDEN[f.parts[1]])}")


def rule_doors(f, tree):
    for line, quoted, name in f.includes:
        door = DOORS.get(name)
        if door and f.in_floor and not re.match(door[0], f.path):
            yield line, f"<{name}> in {f.folder}", door[1]
        if name == "assert.h" and not f.in_floor and not f.path.startswith("tests/"):
            yield line, "<assert.h>", door[1]


def rule_own_header_first(f, tree):
    if f.ext != ".c" or not f.in_floor or not f.includes or f.name == "main.c":
        return
    own = f.path[:-2] + ".h"
    line, quoted, name = f.includes[0]
    if own in tree.all and name != own:
        yield line, f'the first include is not "{own}"', "that shows that each header compiles alone"
    if own not in tree.all and not quoted:
        yield line, "the first include is not a header of ours", "that shows that the header compiles alone"


def rule_header(f, tree):
    if f.ext != ".h" or not f.in_floor:
        return
    guard = "WEIR_" + re.sub(r"\W", "_", f.path).upper()
    if f"#ifndef {guard}\n#define {guard}\n" not in f.text:
        yield 1, f"no include guard {guard}", "a guard is named by the path, so that no two are the same"


def rule_first_lines(f, tree):
    if f.is_c and (f.in_floor or f.path.startswith("tests/support/")):
        if not f.text.startswith(f"/*\n * {f.path}: "):
            yield 1, f'the file does not start with "/*", " * {f.path}: ..."', "its first lines say what it is for"


def rule_length(f, tree):
    if f.is_c and f.text.count("\n") > LINES_MAX:
        yield LINES_MAX, f"{f.text.count(chr(10))} lines", f"a file holds one idea in at most {LINES_MAX} lines"


def rule_banned(f, tree):
    if not f.is_c:
        return
    for pattern, allowed, why in BANNED:
        if allowed.match(f.path):
            continue
        for m in pattern.finditer(f.code):
            yield f.line_of_code(m.start()), f"{m[1]}()", why


def rule_prefix(f, tree):
    if f.ext != ".c" or not f.in_floor:
        return
    # zone_file.c may hold zone_file_* and zone_*; keywords.c also keyword_*.
    words = f.stem.split("_")
    prefixes = ["_".join(words[:n]) for n in range(1, len(words) + 1)]
    prefixes += [p[:-1] for p in prefixes if p.endswith("s")]
    for m in DEFINITION.finditer(f.code):
        name = m[1]
        if name.isupper() or name in ("main", "LLVMFuzzerTestOneInput"):
            continue
        if not any(name == p or name.startswith(p + "_") for p in prefixes):
            yield (f.line_of_code(m.start(1)), f"{name} is visible outside of {f.name}",
                   f"a function's prefix is its file ({f.stem}_...), or it is static")


def rule_type_names(f, tree):
    if f.is_c:
        for m in TYPE_T.finditer(f.code):
            yield f.line_of_code(m.start(1)), f"type {m[1]}", "types are nouns in UpperCamel; _t belongs to POSIX"


def rule_text(f, tree):
    for m in TRAILING.finditer(f.text):
        if f.ext != ".md" or f.text[m.start():m.end()] != "  ":
            yield f.line(m.start()), "white space at the end of the line", "it makes noise in every diff"
    if f.text and not f.text.endswith("\n"):
        yield f.text.count("\n") + 1, "no line break at the end of the file", "it makes noise in the next diff"
    for m in MARKS.finditer(f.text):
        yield f.line(m.start()), m[1], "what is left to do is kept in the tracker, not in the source"
    for m in PLACES.finditer(f.text):
        yield f.line(m.start()), "a path of one machine", "the tree must work wherever it is cloned"


# ---- rules of the tree

def rule_cycles(tree):
    edges = {}
    for f in tree.c_files():
        if f.parts[0] not in ("sql", "engine") or len(f.parts) < 3:
            continue
        for line, quoted, name in f.includes:
            target = name.split("/")
            if quoted and target[0] == f.parts[0] and len(target) > 2 and target[1] != f.parts[1]:
                edges.setdefault("/".join(f.parts[:2]), {}).setdefault("/".join(target[:2]), (f.path, line))
    done = set()

    def walk(node, path):
        if node in path:
            loop = path[path.index(node):] + [node]
            where = edges[loop[0]][loop[1]]
            yield where[0], where[1], " -> ".join(loop), "folders that include each other are one folder"
            return
        if node in done:
            return
        for target in sorted(edges.get(node, {})):
            yield from walk(target, path + [node])
        done.add(node)

    for node in sorted(edges):
        yield from walk(node, [])


def rule_readme(tree):
    """Each top folder has a README; the nearest README above a file of a floor names it."""
    folders = {}
    for path in tree.paths:
        folders.setdefault(path.split("/")[0] if "/" in path else "", []).append(path)
    for top in TOP:
        paths = folders.get(top)
        if not paths:
            continue
        readme = f"{top}/README.md"
        if readme not in tree.all:
            yield readme, 1, "is missing", "each top folder says what it is for and lists its files"
            continue
        text = tree.files[readme].text
        for child in sorted({p.split("/")[1] for p in paths if p.count("/") > 1}):
            if not re.search(r"\b%s\b" % re.escape(child), text):
                yield readme, 1, f"does not name {child}/", "each top folder lists what is in it"
        for path in paths:
            if path.endswith("README.md") or os.path.basename(path).startswith("."):
                continue
            if top not in FLOORS and path.count("/") > 1:
                continue
            near = os.path.dirname(path)
            while f"{near}/README.md" not in tree.all:
                near = os.path.dirname(near)
            listing = f"{near}/README.md"
            name = os.path.basename(path)
            stem = os.path.splitext(name)[0]
            if not re.search(r"(?<![\w.])%s(?![\w])|(?<![\w.])%s`" % (re.escape(name), re.escape(stem)),
                             tree.files[listing].text):
                yield listing, 1, f"does not name {path}", "each file has its line in the README above it"


# Folders whose parts are tested alone: a header with a .c is included by some unit test.
MIRRORED = ("base/", "parser/", "sql/types/", "engine/batch/", "engine/formats/", "engine/state/")


def rule_unit_tests(tree):
    tested = set()
    for f in tree.c_files():
        if f.path.startswith(("tests/unit/", "tests/fuzz/", "tests/support/")):
            tested.update(name for line, quoted, name in f.includes if quoted)
    for path in tree.paths:
        if path.startswith(MIRRORED) and path.endswith(".h") and path[:-2] + ".c" in tree.all:
            private = path.endswith(("_int.h", "_internal.h")) or path.startswith("parser/")
            if not private and path not in tested:
                yield path, 1, "no unit test includes it", "what stands alone is tested alone, in tests/unit"


# Codes that no script of tests/sql can provoke, and the test that does, or that meets the state behind them.
PROVOKED_ELSEWHERE = {
    1002: "tests/e2e/shell_error_codes.sh", 1003: "tests/e2e/shell_error_codes.sh",
    1005: "tests/e2e/shell_error_codes.sh", 1403: "tests/e2e/shell_error_codes.sh",
    1404: "tests/e2e/shell_error_codes.sh", 1501: "tests/fault/broker_down.sh", 1503: "tests/fault/kafka_topic.sh",
    1504: "tests/fault/kafka_topic.sh", 1601: "tests/fault/runtime_postgres_down.sh",
    1602: "tests/e2e/runtime_sink_failure.sh", 1603: "tests/unit/engine/connectors/filesystem_sink.c",
    1604: "tests/fault/target_restored.sh", 1701: "tests/e2e/shell_error_codes.sh",
    1702: "tests/e2e/shell_error_codes.sh", 1703: "tests/unit/engine/state/test_state_faults.c",
    1704: "tests/unit/engine/state/test_state_faults.c", 1705: "tests/fault/runtime_disk.sh",
    1801: "tests/e2e/pgwire_psql.sh", 1802: "tests/e2e/pgwire_binary.sh",
    1803: "tests/unit/engine/front/test_scram.c", 1804: "tests/unit/engine/front/test_session_spool.c",
    1806: "engine/front/test_script.c", 1807: "tests/e2e/shell_error_codes.sh",
    1808: "tests/e2e/shell_error_codes.sh", 1901: "tests/unit/engine/connectors/sink_marker.c",
}


def rule_error_codes(tree):
    provoked = set()
    for path in tree.paths:
        if path.startswith("tests/sql/") and path.endswith(".sql"):
            with open(path, encoding="utf-8") as script:
                provoked.update(int(code) for code in re.findall(r"EXPECT ERROR 'W(\d{4})'", script.read()))
    with open("base/errcodes.def", encoding="utf-8") as codes:
        for number, line in enumerate(codes, 1):
            code = re.match(r"ERRCODE\(\w+, (\d{4}),", line)
            if not code or int(code[1]) in provoked:
                continue
            if PROVOKED_ELSEWHERE.get(int(code[1])) not in tree.all:
                yield "base/errcodes.def", number, f"no script in tests/sql expects W{code[1]}", \
                    "an error is tested: EXPECT ERROR, or a line in PROVOKED_ELSEWHERE"


RULE_ROW = re.compile(r"\| .*[^|\\] \| `([^`]+)` `([^`]+)` \|")


def rule_rules(tree):
    path, rows = "tests/rules.md", 0
    text = tree.files[path].text if path in tree.files else ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("| ") or line.endswith("| test |"):
            continue
        rows += 1
        found = RULE_ROW.fullmatch(line)
        if not found:
            yield path, number, "no row", "a row is a rule, a `file` and a `text` in it"
        elif found[1] not in tree.files:
            yield path, number, f"no file {found[1]}", "the table says what proves a rule"
        elif found[2] not in tree.files[found[1]].text:
            yield path, number, f'"{found[2]}" is not in {found[1]}', "the table says what proves a rule"
    if rows < 100:
        yield path, 1, f"{rows} rows", "the table of the rules and their tests is gone"


def rule_files(tree):
    """Of all files, not only of texts: what nobody wrote by hand does not belong into the history."""
    for path in tree.paths:
        with open(path, "rb") as f:
            head = f.read(8192)
        size = os.path.getsize(path)
        if head[:4] == b"\x7fELF" or re.fullmatch(r"core(\.\d+)?|vgcore\.\d+", os.path.basename(path)):
            yield path, 1, "a program or memory image", "the build makes programs; images are for debugging"
        elif size > BYTES_MAX and path not in LARGE:
            yield path, 1, f"{size} bytes", f"more than {BYTES_MAX} stay in every clone for ever: make it in the test, or list it in LARGE"
        elif b"\0" in head and not path.startswith(BINARY):
            yield path, 1, "a binary file", f"a change of it cannot be read; fixtures lie in {', '.join(BINARY)}"


FILE_RULES = [rule_floors, rule_doors, rule_own_header_first, rule_header, rule_first_lines, rule_length, rule_banned,
              rule_prefix, rule_type_names, rule_text]
TREE_RULES = [rule_cycles, rule_readme, rule_unit_tests, rule_error_codes, rule_rules, rule_files]


def tree_paths():
    try:
        out = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], check=True, timeout=30,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        paths = [p for p in out.split("\0") if p]
    except (OSError, subprocess.SubprocessError):
        paths = []
        for top, folders, names in os.walk("."):
            folders[:] = [d for d in folders if not d.startswith(("build", ".git"))]
            paths += [os.path.relpath(os.path.join(top, n), ".") for n in names]
    return sorted(p for p in set(paths) if os.path.isfile(p))


def main():
    wanted = [os.path.relpath(p) for p in sys.argv[1:]]
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    tree = Tree(tree_paths())
    findings = []
    for f in tree.files.values():
        if f.path == "tests/tidy/tidy.py":
            continue
        for rule in FILE_RULES:
            findings += [(f.path,) + found for found in rule(f, tree)]
    for rule in TREE_RULES:
        findings += rule(tree)
    if wanted:
        findings = [x for x in findings if any(x[0] == w or x[0].startswith(w + "/") for w in wanted)]
    for path, line, what, why in sorted(findings):
        print(f"{path}:{line}: {what}: {why}")
    print(f"{len(tree.files)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
