"""Events of the purchases pipeline, and what its pages and violations must be, computed without weir.

  purchases.py make N FOLDER      FOLDER/first and FOLDER/second: records "key TAB value" in their order
  purchases.py check FOLDER OUT   compares the pages in OUT, and FOLDER/violations (rule|event_id|offset), with FOLDER
  purchases.py made FILE PAGES    checks "key TAB value" of the event producer, and that the last of PAGES adds them up
  purchases.py pages OUT          how many different pages are in OUT
"""
import datetime
import json
import random
import re
import sys
from decimal import Decimal, ROUND_HALF_UP

PRICES = {"Electronics": (50, 2000), "Clothing": (15, 300), "Books": (8, 80), "Home": (20, 800), "Sports": (10, 500)}
FUTURE = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)  # later ones move no watermark
START = datetime.datetime(2025, 6, 26, 23, 50, tzinfo=datetime.timezone.utc)
REQUIRED = "event_id timestamp customer_id product_id product_category quantity unit_price total_amount".split()
CENT = Decimal("0.01")
# At the edges of the rules, on either side: what is put into an event, and whether its total is made new. "cents": so many off.
EDGES = [
    {"timestamp": "1999-12-31T23:59:59.999Z"}, {"timestamp": "2000-01-01T00:00:00.000Z"}, {"timestamp": "2099-12-31T23:59:59.999Z"}, {"timestamp": "2100-01-01T00:00:00.000Z"},
    {"quantity": 1}, {"quantity": 1000}, {"quantity": 1001}, {"quantity": 0}, {"quantity": 2.7},
    {"unit_price": 0.01, "discount_percentage": 0}, {"unit_price": 0.005, "discount_percentage": 0}, {"unit_price": 0.004}, {"unit_price": 100000}, {"unit_price": 100000.01},
    {"discount_percentage": 100}, {"discount_percentage": 100.01}, {"discount_percentage": -0.01}, {"discount_percentage": None},
    {"quantity": 1000, "unit_price": 100000, "discount_percentage": 0}, {"quantity": 1000, "unit_price": 100000.01, "discount_percentage": 0},
    {"cents": 1}, {"cents": -1}, {"cents": 2}, {"cents": -2}, {"cents": 0.4}, {"cents": 1.5}, {"unit_price": 19.994}, {"unit_price": 19.995},
]


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def event(dice, n, at):
    category = dice.choice(sorted(PRICES))
    low, high = PRICES[category]
    price = Decimal(dice.randint(low * 100, high * 100)) / 100
    quantity, discount = dice.randint(1, 5), dice.choice([0, 0, 0, 5, 10, 12.5])
    total = (quantity * price * (100 - Decimal(str(discount))) / 100).quantize(CENT, ROUND_HALF_UP)
    return {
        "event_id": f"purchase_{int(at.timestamp() * 1000)}_{n}", "timestamp": iso(at), "customer_id": f"customer_{dice.randint(1, 9999)}",
        "customer_segment": dice.choice(["Premium", "Regular", "Budget"]), "product_id": f"product_{category.lower()}_{dice.randint(1, 999)}",
        "product_category": category, "product_name": f"{category} Item {dice.randint(1, 100)}", "quantity": quantity,
        "unit_price": float(price), "total_amount": float(total), "currency": "USD", "payment_method": "Credit Card",
        "order_source": "Mobile App", "location": {"country": "US", "city": "New York"}, "discount_percentage": float(discount),
        "is_new_customer": dice.random() < 0.2, "device_type": "Mobile"}


def edge(e, what):
    e.update({k: v for k, v in what.items() if k != "cents"})
    quantity, price, discount = int(e["quantity"]), whole_cents(e["unit_price"]), whole_cents(e["discount_percentage"] or 0)
    total = (quantity * price * (100 - discount) / 100).quantize(CENT, ROUND_HALF_UP) + Decimal(str(what.get("cents", 0))) / 100
    e["total_amount"] = float(total)


def whole_cents(x):
    return Decimal(str(x)).quantize(CENT, ROUND_HALF_UP)


def make(n, folder):
    """About 500 events a batch; of a hundred, one each is late, a copy, broken, of a wrong type, out of range, badly added, incomplete,
    and two stand at the edge of a rule."""
    dice = random.Random(20250626)
    records, kept = [], []
    for i in range(n):
        at = START + datetime.timedelta(milliseconds=20 * i - dice.randint(0, 4000))
        e = event(dice, i, at)
        what = dice.randint(0, 99)
        if what == 0 and i > 3000:
            e["timestamp"] = iso(at - datetime.timedelta(seconds=dice.randint(1, 60)))
        elif what == 1 and kept:
            e = dict(dice.choice(kept[-2000:]))
        elif what == 2:
            records.append(("", dice.choice(["{", "nonsense", '{"event_id": "x",}', "[1", "\"text\""])))
            continue
        elif what == 3:
            e[dice.choice(["quantity", "unit_price", "total_amount"])] = dice.choice(["many", [1], {"a": 1}])
            e["timestamp"] = iso(at - datetime.timedelta(seconds=5))
        elif what == 4:
            name, value = dice.choice([("quantity", 0), ("quantity", -2), ("unit_price", -1.5), ("unit_price", 0), ("total_amount", -3), ("timestamp", "2150-01-01T00:00:00.000Z"), ("discount_percentage", 120)])
            e[name] = value
        elif what == 5:
            e["total_amount"] += dice.choice([-1, 0.02, 10])
        elif what == 6:
            name = dice.choice(REQUIRED)
            if dice.random() < 0.5:
                del e[name]
            else:
                e[name] = None
        elif what in (7, 8):
            edge(e, dice.choice(EDGES))
        else:
            kept.append(e)
        records.append((e.get("customer_id") or "", json.dumps(e)))
    last = event(dice, n, START + datetime.timedelta(milliseconds=20 * n + 60000))
    last.update(event_id="end", quantity=0)
    records.append((last["customer_id"], json.dumps(last)))
    half = len(records) // 2
    for name, part in ("first", records[:half]), ("second", records[half:]):
        with open(f"{folder}/{name}", "w") as f:
            f.writelines(f"{k}\t{v}\n" for k, v in part)


def read_records(folder):
    for name in "first", "second":
        for line in open(f"{folder}/{name}"):
            yield line.rstrip("\n").split("\t", 1)[1]


def number(e, name, errors):
    value = e.get(name)
    if value is None:
        return None
    if not isinstance(value, (int, Decimal)):
        errors.append("type:" + name)
        return None
    return Decimal(int(value)) if name == "quantity" else whole_cents(value)


def rules(e, numbers, at):
    quantity, price, total, discount = (numbers[k] for k in ("quantity", "unit_price", "total_amount", "discount_percentage"))
    broken = ["required:" + k for k in REQUIRED if e.get(k) in (None, "")]
    if quantity is not None and not 1 <= quantity <= 1000:
        broken.append("range:quantity")
    if price is not None and not CENT <= price <= 100000:
        broken.append("range:unit_price")
    if total is not None and not 0 <= total <= 100000000:
        broken.append("range:total_amount")
    if at and not 2000 <= at.year < 2100:
        broken.append("range:timestamp")
    if discount is not None and not 0 <= discount <= 100:
        broken.append("logic:discount_percentage")
    if None not in (quantity, price, total) and abs(quantity * price * (100 - (discount or 0)) - 100 * total) > 1:
        broken.append("logic:total_amount")
    return broken


def expected(folder):
    """(violations, batches): batches by start, each a list of valid events in their order."""
    violations, batches, seen = [], {}, set()
    watermark = None
    for offset, text in enumerate(read_records(folder)):
        try:
            e = json.loads(text, parse_float=Decimal)
            assert isinstance(e, dict)
        except (ValueError, AssertionError):
            violations.append(("type:record", "", offset))
            continue
        errors = []
        numbers = {k: number(e, k, errors) for k in ("quantity", "unit_price", "total_amount", "discount_percentage")}
        if errors:
            violations += [(x, "", offset) for x in errors]
            continue
        at = datetime.datetime.fromisoformat(e["timestamp"].replace("Z", "+00:00")) if e.get("timestamp") else None
        broken = rules(e, numbers, at)
        violations += [(x, e.get("event_id") or "", offset) for x in broken]
        before = watermark
        if at and at < FUTURE:
            mark = at - datetime.timedelta(seconds=10)
            watermark = mark if watermark is None else max(watermark, mark)
        if broken:
            continue
        if e["event_id"] in seen:
            violations.append(("duplicate:event_id", e["event_id"], offset))
            continue
        seen.add(e["event_id"])
        start = at.replace(second=at.second // 10 * 10, microsecond=0)
        end = start + datetime.timedelta(seconds=10)
        if before is not None and before >= end - datetime.timedelta(milliseconds=1):
            continue
        batches.setdefault(start, []).append((at, e, numbers["total_amount"]))
    closed = {s: b for s, b in batches.items() if s + datetime.timedelta(seconds=10, milliseconds=-1) <= watermark}
    return violations, closed


def shown(x):
    """The shortest text of a number with two digits, as a DOUBLE shows it."""
    text = f"{x:.2f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def frame(header, rows, left):
    width = [max(3, *(len(r[c]) for r in [header] + rows)) for c in range(len(header))]
    line = "+" + "+".join("-" * w for w in width) + "+"
    put = lambda r: "|" + "|".join(t.ljust(w) if left else t.rjust(w) for t, w in zip(r, width)) + "|"
    return "\n".join([line, put(header), line] + [put(r) for r in rows] + [line])


def page(number_, start, events, running):
    day = start.strftime("%Y-%m-%d")
    total = sum(t for _, _, t in events)
    first = sorted(events, key=lambda x: (x[0], x[1]["event_id"]))[:5]
    categories = {}
    for _, e, t in events:
        c = categories.setdefault(e["product_category"], [Decimal(0), 0])
        c[0] += t
        c[1] += 1
    rule = "=" * 80
    return f"""
{rule}
STREAMING DATA PIPELINE OUTPUT - BATCH {number_}
{rule}

DAILY AGGREGATION SUMMARY:
{frame(["Timestamp", "Date", "Daily_Total", "Running_Total", "Transaction_Count"], [["0000-00-00 00:00:00", day, shown(total), shown(running), str(len(events))]], True)}

BATCH DETAILS:
{frame(["event_id", "customer_id", "product_category", "total_amount", "event_time"], [[e["event_id"], e["customer_id"], e["product_category"], shown(t), at.strftime("%Y-%m-%d %H:%M:%S")] for at, e, t in first], True)}

CATEGORY BREAKDOWN:
{frame(["product_category", "category_total", "transaction_count"], [[k, shown(v[0]), str(v[1])] for k, v in sorted(categories.items(), key=lambda x: (-x[1][0], x[0]))], False)}

{rule}
RUNNING TOTAL: ${running:,.2f}
{rule}
"""


def pages_of(text):
    """Pages with their time of printing blanked, and these times."""
    parts = re.split(r"(?m)^\n(?====+\nSTREAMING DATA PIPELINE OUTPUT)", text)[1:]
    times = []
    for i, p in enumerate(parts):
        at = re.search(r"(?m)^\|(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\|\d{4}-\d\d-\d\d\|", p)
        assert at, p
        times.append(at.group(1))
        parts[i] = "\n" + p[:at.start(1)] + "0000-00-00 00:00:00" + p[at.end(1):]
    return parts, times


def check(folder, out):
    violations, batches = expected(folder)
    want, running = [], Decimal(0)
    for i, start in enumerate(sorted(batches), 1):
        running += sum(t for _, _, t in batches[start])
        want.append(page(i, start, batches[start], running))
    parts, times = pages_of(open(out).read())
    got = []
    for p in parts:
        if p not in got[-60:]:
            got.append(p)
    for i in range(max(len(want), len(got))):
        w, g = (x[i] if i < len(x) else "nothing" for x in (want, got))
        assert w == g, f"page {i + 1}: expected{w}printed{g}"
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    for t in times:
        ago = (now - datetime.datetime.fromisoformat(t)).total_seconds()
        assert -2 < ago < 3600, f"printed at {t}, which is {ago} s ago"
    rows = sorted((r, e, int(o)) for r, e, o in (line.rstrip("\n").split("|") for line in open(folder + "/violations")))
    violations.sort()
    for w, g in zip(violations + [None] * len(rows), rows + [None] * len(violations)):
        if w is None and g is None:
            break
        assert w == g, f"violation {g}, expected {w}"
    kinds = {v[0].split(":")[0] for v in violations}
    assert kinds == {"required", "type", "range", "logic", "duplicate"}, kinds
    late = sum(1 for _ in read_records(folder)) - len({v[2] for v in violations}) - sum(map(len, batches.values())) - 1
    assert late > 0, "no event was late"
    print(f"{len(got)} pages ({len(parts) - len(got)} printed again), ${running:,.2f}, {len(rows)} violations, {late} late: as computed")


def made(path, pages):
    dice = event(random.Random(1), 1, START)
    total, ids = Decimal(0), set()
    for line in open(path):
        key, text = line.rstrip("\n").split("\t", 1)
        e = json.loads(text, parse_float=Decimal)
        assert list(e) == list(dice), f"fields {list(e)}"
        numbers = {k: Decimal(e[k]) for k in ("quantity", "unit_price", "total_amount", "discount_percentage")}
        at = datetime.datetime.fromisoformat(e["timestamp"].replace("Z", "+00:00"))
        assert not rules(e, numbers, at), f"{text}: {rules(e, numbers, at)}"
        low, high = PRICES[e["product_category"]]
        assert low <= numbers["unit_price"] <= high and key == e["customer_id"], line
        assert re.fullmatch(rf"purchase_{int(at.timestamp() * 1000 + 0.5)}_\d{{4,}}", e["event_id"]), text
        assert e["product_name"].startswith(e["product_category"] + " Item ") and set(e["location"]) == {"country", "city"}, text
        assert e["product_id"].startswith(f"product_{e['product_category'].lower()}_"), text
        assert e["event_id"] not in ids, f"{e['event_id']} comes twice"
        total += numbers["total_amount"]
        ids.add(e["event_id"])
    last = pages_of(open(pages).read())[0][-1]
    assert f"RUNNING TOTAL: ${total:,.2f}\n" in last, f"{last}\nthe events make {total}"
    print(f"{len(ids)} made events, ${total:,.2f}, as the last page says")


if sys.argv[1] == "make":
    make(int(sys.argv[2]), sys.argv[3])
elif sys.argv[1] == "check":
    check(sys.argv[2], sys.argv[3])
elif sys.argv[1] == "made":
    made(sys.argv[2], sys.argv[3])
else:
    print(len(set(pages_of(open(sys.argv[2]).read())[0])))
