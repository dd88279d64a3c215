#!/usr/bin/python3
"""tests/e2e/nexmark_reference.py: the answers of Nexmark's queries by SQLite, and their comparison with weir's.

    nexmark_reference.py load DATABASE PERSON.csv AUCTION.csv BID.csv
    nexmark_reference.py compare DATABASE QUERY RESULT.csv
    nexmark_reference.py virtual DATABASE QUERY.sql     a script for `weir test`: q12 by a clock that shows the events' times

Times are kept as milliseconds since 1970; windows are computed in plain SQL over them. compare prints the first rows
that differ and exits 1. A query's answer is compared as a multiset of rows, after both sides were brought to one form.
"""

import csv
import datetime
import decimal
import sqlite3
import sys

EPOCH = datetime.datetime(1970, 1, 1)
TABLES = {
    "person": "id INT, name, emailAddress, creditCard, city, state, dateTime INT, extra",
    "auction": "id INT, itemName, description, initialBid INT, reserve INT, dateTime INT, expires INT, seller INT, category INT, extra",
    "bid": "auction INT, bidder INT, price INT, channel, url, dateTime INT, extra",
}
TIMES = {"dateTime", "expires", "window_start", "window_end", "opened", "bid_time"}

BANDS = """COUNT(*), SUM(price < 10000), SUM(price >= 10000 AND price < 1000000), SUM(price >= 1000000)"""
DISTINCT = """COUNT(DISTINCT {0}), COUNT(DISTINCT CASE WHEN price < 10000 THEN {0} END),
    COUNT(DISTINCT CASE WHEN price >= 10000 AND price < 1000000 THEN {0} END), COUNT(DISTINCT CASE WHEN price >= 1000000 THEN {0} END)"""
DAY = "strftime('%Y-%m-%d', dateTime / 1000, 'unixepoch')"
MINUTE = "strftime('%H:%M', dateTime / 1000, 'unixepoch')"
HOPS = """SELECT auction, s.value AS ws, s.value + 10000 AS we, COUNT(*) AS num
    FROM bid JOIN generate AS s ON s.value <= dateTime AND s.value > dateTime - 10000 GROUP BY auction, s.value"""
JOINED = """SELECT a.id, a.itemName, a.description, a.initialBid, a.reserve, a.dateTime AS opened, a.expires, a.seller, a.category,
    b.bidder, b.price, b.dateTime AS bid_time, b.rowid AS arrival
    FROM auction a JOIN bid b ON a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires"""
# Ties: the earlier row of the stream, which is the bid that was read first (auctions come before the bids on them or
# find them stored).
WINNING = f"""SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY price DESC, bid_time, arrival) AS n
    FROM ({JOINED})) WHERE n = 1"""

QUERIES = {
    "q0": "SELECT auction, bidder, price, dateTime, extra FROM bid",
    "q1": "SELECT auction, bidder, price * 908, dateTime, extra FROM bid",
    "q2": "SELECT auction, price FROM bid WHERE auction % 123 = 0",
    "q3": "SELECT p.name, p.city, p.state, a.id FROM auction a JOIN person p ON a.seller = p.id "
          "WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')",
    "q4": f"SELECT category, SUM(f) / COUNT(*) FROM (SELECT category, MAX(price) AS f FROM ({JOINED}) GROUP BY id, category) GROUP BY category",
    "q5": f"WITH h AS ({HOPS}) SELECT auction, num, ws, we FROM h WHERE num = (SELECT MAX(num) FROM h AS o WHERE o.ws = h.ws)",
    "q6": f"SELECT seller, SUM(price) OVER w / COUNT(*) OVER w FROM ({WINNING}) "
          "WINDOW w AS (PARTITION BY seller ORDER BY bid_time, arrival ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)",
    "q7": "SELECT auction, price, bidder, dateTime, extra FROM bid AS b "
          "WHERE price = (SELECT m FROM (SELECT dateTime / 10000 AS w, MAX(price) AS m FROM bid GROUP BY 1) WHERE w = b.dateTime / 10000)",
    "q8": "SELECT DISTINCT p.id, p.name, p.dateTime / 10000 * 10000 FROM person p JOIN auction a "
          "ON a.seller = p.id AND a.dateTime / 10000 = p.dateTime / 10000",
    "q9": f"SELECT id, itemName, description, initialBid, reserve, opened, expires, seller, category, bidder, price, bid_time FROM ({WINNING})",
    "q11": """SELECT bidder, COUNT(*), MIN(dateTime), MAX(dateTime) + 10000 FROM (
        SELECT *, SUM(starts) OVER (PARTITION BY bidder ORDER BY dateTime, rowid) AS session FROM (
            SELECT *, rowid, dateTime - LAG(dateTime, 1, -1000000) OVER (PARTITION BY bidder ORDER BY dateTime, rowid) > 10000 AS starts
            FROM bid)) GROUP BY bidder, session""",
    "q13": "SELECT auction, bidder, price, dateTime, 'side-' || (auction % 10000) FROM bid",
    "q14": """SELECT auction, bidder, price * 908, CASE WHEN h BETWEEN 8 AND 18 THEN 'dayTime' WHEN h <= 6 OR h >= 20 THEN 'nightTime'
        ELSE 'otherTime' END, dateTime, extra, LENGTH(extra) - LENGTH(REPLACE(extra, 'c', ''))
        FROM (SELECT *, dateTime / 3600000 % 24 AS h FROM bid) WHERE price * 908 > 1000000000 AND price * 908 < 50000000000""",
    "q15": f"SELECT {DAY}, {BANDS}, {DISTINCT.format('bidder')}, {DISTINCT.format('auction')} FROM bid GROUP BY 1",
    "q16": f"SELECT channel, {DAY}, MAX({MINUTE}), {BANDS}, {DISTINCT.format('bidder')}, {DISTINCT.format('auction')} FROM bid GROUP BY 1, 2",
    "q17": f"SELECT auction, {DAY}, {BANDS}, MIN(price), MAX(price), SUM(price) / COUNT(*), SUM(price) FROM bid GROUP BY 1, 2",
    "q18": """SELECT auction, bidder, price, channel, url, dateTime, extra FROM (SELECT *,
        ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY dateTime DESC, rowid {ties}) AS n FROM bid) WHERE n = 1""".format(ties="DESC"),
    "q19": """SELECT auction, bidder, price, channel, dateTime, n FROM (SELECT *,
        ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, rowid) AS n FROM bid) WHERE n <= 10""",
    "q20": """SELECT b.auction, b.bidder, b.price, b.channel, b.url, b.dateTime, a.itemName, a.initialBid, a.reserve, a.dateTime,
        a.expires, a.seller, a.category FROM bid b JOIN auction a ON b.auction = a.id WHERE a.category = 10""",
    "q21": """SELECT auction, bidder, price, channel, CASE LOWER(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1'
        WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3' ELSE substr(url, instr(url, '&channel_id=') + 12) END FROM bid
        WHERE LOWER(channel) IN ('apple', 'google', 'facebook', 'baidu') OR instr(url, '&channel_id=') > 0""",
    "q22": "SELECT auction, bidder, price, channel, part(url, 3), part(url, 4), part(url, 5) FROM bid",
    "q23": "SELECT b.auction, b.bidder, b.price, p.name, a.id FROM bid b JOIN person p ON b.bidder = p.id JOIN auction a ON a.seller = p.id",
}
QUERIES["q10"] = f"SELECT auction, bidder, price, dateTime, extra, {DAY}, {MINUTE} FROM bid"
QUERIES["q12"] = "SELECT bidder, COUNT(*) FROM bid GROUP BY bidder"  # summed over the windows of the wall clock; see virtual
VIRTUAL_START = 1704067200000  # what the clock of `weir test` shows first
VIRTUAL_SECONDS = 25
THOUSANDTHS = {("q1", 2), ("q14", 2)}  # columns that SQLite computes in thousandths


def millis(text):
    moment = datetime.datetime.fromisoformat(text.replace("T", " "))
    return round((moment - EPOCH) / datetime.timedelta(milliseconds=1))


def connect(path):
    db = sqlite3.connect(path)
    db.create_function("part", 2, lambda s, i: (s.split("/") + [None] * 9)[i], deterministic=True)
    return db


def load(path, files):
    db = connect(path)
    for (table, columns), name in zip(TABLES.items(), files):
        db.execute(f"CREATE TABLE {table} ({columns})")
        names = [c.split()[0] for c in columns.split(", ")]
        with open(name, newline="", encoding="utf-8") as f:
            rows = [[millis(v) if n in TIMES else v for n, v in zip(names, row)] for row in list(csv.reader(f))[1:]]
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows)
    low, high = db.execute("SELECT MIN(dateTime), MAX(dateTime) FROM bid").fetchone()
    db.execute("CREATE TABLE generate (value INTEGER PRIMARY KEY)")
    db.executemany("INSERT INTO generate VALUES (?)", ((t,) for t in range(low // 2000 * 2000 - 10000, high + 2000, 2000)))
    db.execute("CREATE INDEX bid_auction ON bid (auction)")
    db.execute("CREATE INDEX person_id ON person (id)")
    db.execute("CREATE INDEX auction_seller ON auction (seller)")
    db.commit()


def form(value):
    """One form for both sides: numbers without trailing zeros, times as milliseconds, the rest as text."""
    if value is None or value == "":
        return ""
    text = str(value)
    if text.isdigit() and (text[0] != "0" or text == "0"):
        return text
    if len(text) >= 19 and text[4] == "-" and text[10] in " T" and text[13] == ":":
        return str(millis(text))
    try:
        return format(decimal.Decimal(text).normalize(), "f")
    except decimal.InvalidOperation:
        return text


def virtual(path, query):
    """Processing time that can be foretold: the clock shows a bid's second when the bid comes."""
    db = connect(path)
    start = db.execute("SELECT MIN(dateTime) FROM bid").fetchone()[0] // 1000 * 1000
    text = lambda ms: (EPOCH + datetime.timedelta(milliseconds=ms)).isoformat(" ", "milliseconds")
    print("-- test: q12, windows of a clock that shows the time of the events")
    print("CREATE TABLE bid (bidder BIGINT, p_time AS PROCTIME());")
    with open(query, encoding="utf-8") as f:
        print(f.read())
    clock = 0
    rows = db.execute("SELECT (dateTime - ?) / 1000 AS at, bidder FROM bid WHERE at < ? ORDER BY rowid", (start, VIRTUAL_SECONDS))
    for at, bidder in rows.fetchall():
        if at > clock:
            print(f"STEP;\nADVANCE CLOCK BY INTERVAL '{at - clock}' SECOND;")
            clock = at
        print(f"PUSH INTO bid VALUES ({bidder});")
    print("STEP;\nADVANCE CLOCK BY INTERVAL '30' SECOND;\nSTEP;")
    sums = db.execute("""SELECT bidder, COUNT(*), (dateTime - ?) / 10000 AS w FROM bid WHERE (dateTime - ?) / 1000 < ? GROUP BY bidder, w""",
                      (start, start, VIRTUAL_SECONDS)).fetchall()
    at = lambda w: f"TIMESTAMP '{text(VIRTUAL_START + w * 10000)}'"
    print("EXPECT q12 " + ",\n".join(f"({bidder}, {n}, {at(w)}, {at(w + 1)})" for bidder, n, w in sums) + ";")
    return 0


def compare(path, query, result):
    db = connect(path)
    expected = []
    for row in db.execute(QUERIES[query]):
        row = [form(decimal.Decimal(v) / 1000) if (query, i) in THOUSANDTHS else form(v) for i, v in enumerate(row)]
        expected.append(tuple(row))
    with open(result, newline="", encoding="utf-8") as f:
        actual = [tuple(form(v) for v in row) for row in list(csv.reader(f))[1:]]
    if query == "q12":
        sums = {}
        for row in actual:
            sums[row[0]] = sums.get(row[0], 0) + int(row[1])
        actual = [(k, str(n)) for k, n in sums.items()]
    expected.sort()
    actual.sort()
    if expected == actual and expected:
        print(f"{query}: {len(actual)} rows equal")
        return 0
    print(f"{query}: {len(actual)} rows, expected {len(expected)}")
    missing, more = sorted(set(expected) - set(actual)), sorted(set(actual) - set(expected))
    for row in missing[:3]:
        print("  missing ", row)
    for row in more[:3]:
        print("  too much", row)
    return 1


if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(sys.argv[2], sys.argv[3:])
    elif sys.argv[1] == "virtual":
        sys.exit(virtual(sys.argv[2], sys.argv[3]))
    else:
        sys.exit(compare(sys.argv[2], sys.argv[3], sys.argv[4]))
