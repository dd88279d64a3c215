"""Events of the device telemetry pipeline, and what must come of them, computed without weir.

  device_telemetry.py make N FOLDER           FOLDER/first and FOLDER/second: records in their order
  device_telemetry.py count FOLDER            windows that close, rows of the table of rejects
  device_telemetry.py check FOLDER [FILE...]  compares the objects in the FILEs (JSON, one a line), FOLDER/rejects
                                              (rule|event_id|offset) and FOLDER/bad (offset) with FOLDER; says how many
                                              events were late

A record meets the watermark that those before it have made: the newest time less ten minutes (DELAY_MS says
else).
"""
import datetime
import json
import math
import os
import random
import sys
import time

START = datetime.datetime(2024, 1, 15, 23, 30, tzinfo=datetime.timezone.utc)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DELAY, WITHIN, SIZE = int(os.environ.get("DELAY_MS", 600000)), 600000, 60000
PLACES = [("New York", "United States", 40.71, -74.0), ("Berlin", "Germany", 52.52, 13.4), ("São Paulo", "Brazil", -23.55, -46.63),
          ("東京", "Japan", 35.68, 139.69), ("Reykjavík", "Iceland", 64.15, -21.94)]
RANGES = [("event_duration", 0, 3600), ("battery_level", 0, 100), ("signal_strength", -120, 0), ("latitude", -90, 90), ("longitude", -180, 180)]


def iso(ms):
    at = EPOCH + datetime.timedelta(milliseconds=ms)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def event(dice, ms):
    device = dice.randint(1, 200)
    city, country, latitude, longitude = dice.choice(PLACES)
    return {
        "event_id": f"{dice.getrandbits(128):032x}", "device_id": f"dev_{device}", "device_type": "sensor_" + "ABC"[device % 3],
        "timestamp": iso(ms), "event_duration": round(dice.uniform(0, 5), 3),
        "location": {"latitude": round(latitude + dice.uniform(-0.2, 0.2), 4), "longitude": round(longitude + dice.uniform(-0.2, 0.2), 4), "city": city, "country": country},
        "metadata": {"firmware_version": f"3.{dice.randint(0, 2)}.{dice.randint(0, 20)}", "battery_level": dice.randint(5, 100), "signal_strength": dice.randint(-110, -30)}}


def put(e, name, value):
    for part in (e, e["location"], e["metadata"]):
        if isinstance(part, dict) and name in part:
            part[name] = value


def make(n, folder):
    """About 200 devices, an event every 20 ms (60 ms where they are few); of a hundred, two are late, two copies (one of them with
    another time), one each is broken, of a wrong type, out of range, incomplete, and some lack a city or stand at the edge of a range."""
    dice = random.Random(20240115)
    records, kept = [], []
    step = 20 if n > 50000 else 360
    start = int((START - EPOCH).total_seconds() * 1000)
    for i in range(n):
        ms = start + step * i - dice.randint(0, 30000)
        e = event(dice, ms)
        what = dice.randint(0, 99)
        if what in (0, 1):
            e["timestamp"] = iso(ms - dice.randint(60000, 1500000))
        elif what in (2, 3) and kept:
            e = json.loads(json.dumps(kept[-dice.randint(1, min(20000, len(kept)))]))
            if what == 3:
                e["timestamp"] = iso(ms - dice.randint(0, 90000))
        elif what == 4:
            records.append(dice.choice(["{", "nonsense", '{"event_id": "x",}', "[1", '"text"', '{"event_id": "a", "location": {"latitude": 1}']))
            continue
        elif what == 5:
            name, value = dice.choice([("battery_level", "full"), ("signal_strength", {"a": 1}), ("latitude", "north"), ("event_duration", [1]), ("timestamp", "yesterday"), ("location", 5)])
            put(e, name, value)
        elif what == 6:
            name, low, high = dice.choice(RANGES)
            value = dice.choice([low - 1, high + 1, low - 1000, high + 500])
            put(e, name, value)
            if dice.random() < 0.2:
                put(e, "battery_level", 101)
        elif what == 7:
            name = dice.choice(["event_id", "device_id", "device_type", "timestamp", "event_duration", "location", "metadata", "battery_level", "signal_strength", "latitude", "longitude"])
            if name in ("location", "metadata") or dice.random() < 0.5:
                put(e, name, None)
            else:
                for part in (e, e["location"], e["metadata"]):
                    part.pop(name, None)
        elif what == 8:
            put(e, dice.choice(["city", "country", "firmware_version"]), None)
        elif what == 9:
            for name, low, high in RANGES:
                put(e, name, dice.choice([low, high]))
        elif what == 10 and dice.random() < 0.1:
            e["timestamp"] = dice.choice(["2199-01-01T00:00:00.000Z", "1999-12-31T23:59:59.999Z"])
        elif what == 11:
            put(e, dice.choice(["event_id", "device_id", "device_type"]), "")
        else:
            kept.append(e)
        records.append(json.dumps(e, ensure_ascii=dice.random() < 0.5))
    end = event(dice, start + step * n + 3600000)
    end.update(event_id="end")
    records.append(json.dumps(end))
    half = len(records) // 2
    for name, part in ("first", records[:half]), ("second", records[half:]):
        with open(f"{folder}/{name}", "w") as f:
            f.writelines(r + "\n" for r in part)


def read_records(folder):
    for name in "first", "second":
        for line in open(f"{folder}/{name}"):
            yield line.rstrip("\n")


def decode(text):
    """The event with its fields flat, or None where it cannot be read."""
    try:
        e = json.loads(text)
    except ValueError:
        return None
    if not isinstance(e, dict):
        return None
    flat = {k: e.get(k) for k in ("event_id", "device_id", "device_type", "event_duration")}
    for group, names in ("location", ("latitude", "longitude", "city", "country")), ("metadata", ("firmware_version", "battery_level", "signal_strength")):
        part = e.get(group)
        if part is not None and not isinstance(part, dict):
            return None
        flat.update({k: (part or {}).get(k) for k in names})
    for name in ("event_duration", "latitude", "longitude", "battery_level", "signal_strength"):
        if flat[name] is not None and not isinstance(flat[name], (int, float)):
            return None
    flat["at"] = None
    if e.get("timestamp") is not None:
        try:
            at = datetime.datetime.strptime(e["timestamp"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
        except ValueError:
            return None
        flat["at"] = (at - EPOCH) // datetime.timedelta(milliseconds=1)
    return flat


def year(ms):
    return (EPOCH + datetime.timedelta(milliseconds=ms)).year


def rules(e):
    broken = ["required:" + k for k in ("event_id", "device_id", "device_type") if not e[k]]
    if e["at"] is None:
        broken.append("required:timestamp")
    elif not 2000 <= year(e["at"]) < 2100:
        broken.append("range:timestamp")
    for name, low, high in RANGES:
        if e[name] is None:
            broken.append("required:" + name)
        elif not low <= e[name] <= high:
            broken.append("range:" + name)
    return broken


def expected(folder):
    """(closed windows, rejects, offsets of bad records, number of late events, of copies)"""
    windows, rejects, bad, seen, late, copies = {}, [], [], {}, 0, 0
    mark = -math.inf
    for offset, text in enumerate(read_records(folder)):
        e = decode(text)
        if e is None:
            bad.append(offset)
            continue
        before = mark
        if e["at"] is not None and year(e["at"]) < 2100:
            mark = max(mark, e["at"] - DELAY)
        broken = rules(e)
        rejects += [(r, e["event_id"] or "", offset) for r in broken]
        if broken:
            continue
        key = e["event_id"], e["device_id"]
        if key in seen and before < seen[key] + WITHIN:
            copies += 1
            continue
        seen[key] = e["at"]
        first = e["at"] // SIZE * SIZE
        if before >= first + SIZE - 1:
            late += 1
            continue
        windows.setdefault((first, e["device_id"], e["device_type"]), []).append(e)
    rows = {}
    for (first, device, kind), events in windows.items():
        if first + SIZE - 1 > mark:
            continue
        column = lambda name: [e[name] for e in events if e[name] is not None]
        last = lambda name: (column(name) or [None])[-1]
        mean = lambda name: math.fsum(column(name)) / len(events)
        rows[iso(first), device, kind] = {
            "window_start": iso(first), "window_end": iso(first + SIZE), "device_id": device, "device_type": kind, "event_count": len(events),
            "avg_duration": mean("event_duration"), "max_duration": max(column("event_duration")), "min_duration": min(column("event_duration")),
            "avg_battery_level": mean("battery_level"), "min_battery_level": min(column("battery_level")),
            "avg_signal_strength": mean("signal_strength"), "min_signal_strength": min(column("signal_strength")),
            "city": last("city"), "country": last("country"), "firmware_version": last("firmware_version"),
            "last_event_time": iso(max(e["at"] for e in events))}
    return rows, rejects, bad, late, copies


def same(a, b):
    if isinstance(a, float) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return a == b


def check_rows(rows, lines):
    got, again = {}, 0
    for line in lines:
        r = json.loads(line)
        key = r["window_start"], r["device_id"], r["device_type"]
        assert key not in got or got[key] == r, f"{key} is there twice: {got[key]} and {r}"
        again += key in got
        got[key] = r
    for key in sorted(rows.keys() | got.keys()):
        w, g = rows.get(key), got.get(key)
        assert w is not None, f"{key} should not be there: {g}"
        assert g is not None, f"{key} is missing: {w}"
        assert list(w) == list(g), f"fields {list(g)}"
        for name in w:
            assert same(w[name], g[name]), f"{key}: {name} is {g[name]}, computed {w[name]}\n{w}\n{g}"
    return again


def check(folder, files):
    rows, rejects, bad, late, copies = expected(folder)
    again = check_rows(rows, [line for f in files for line in open(f)])
    got = sorted((r, e, int(o)) for r, e, o in (line.rstrip("\n").split("|") for line in open(folder + "/rejects")))
    rejects.sort()
    for w, g in zip(rejects + [None] * len(got), got + [None] * len(rejects)):
        assert w == g, f"reject {g}, expected {w}"
        if w is None:
            break
    got = sorted(int(line) for line in open(folder + "/bad"))
    assert got == bad, f"bad records {sorted(set(got) ^ set(bad))[:10]}"
    assert rows and rejects and bad and late and copies
    print(f"{len(rows)} windows ({again} again), {len(rejects)} rejects, {len(bad)} bad, {copies} copies, as computed; {late} late")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), sys.argv[3])
    elif sys.argv[1] == "count":
        found = expected(sys.argv[2])
        print(len(found[0]), len(found[1]), len(found[2]), found[3])
    elif sys.argv[1] == "last":
        print(json.dumps(event(random.Random(1), int(time.time() * 1000) + 100000)))
    else:
        check(sys.argv[2], sys.argv[3:])
