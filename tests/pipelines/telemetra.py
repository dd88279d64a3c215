"""Events of the telemetra pipeline, and what its two tables must hold, computed without weir.

  telemetra.py make N FOLDER   FOLDER/chat.1, chat.2, viewer.1, viewer.2: records in their order
  telemetra.py count FOLDER    how many rows the two tables must hold
  telemetra.py check FOLDER    compares FOLDER/summary.json and FOLDER/moments.json, a JSON array each, with FOLDER

Windows are the hard part: a record meets the watermark that the records before it have made (newest time less 10 s, of
its own topic), and counts in the windows whose end is later than that. The last records of both topics are a quarter of
an hour later than all others, so that the other topic's watermark never matters.
"""
import collections
import datetime
import json
import math
import random
import re
import sys
from fractions import Fraction

START = datetime.datetime(2024, 10, 31, 23, 40, tzinfo=datetime.timezone.utc)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
STREAMS = ["alpha", "bravo", "charlie", "quiet"]
EMOTES = ["Kappa", "PogChamp", "LUL", "4Head", "BibleThump", "HeyGuys", "Kreygasm"]
FILLER = "the a game stream what now chat play go team map goodness unbroken hated".split()
SLIDE, SIZE, DELAY = 10000, 60000, 10000


def iso(ms):
    at = EPOCH + datetime.timedelta(milliseconds=ms)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def lexicon():
    """The words of the pipeline's own lexicon: they are its data, not its code."""
    words = {w: int(s) for w, s in re.findall(r"\('(\w+)', (-?1)\)", open("queries/telemetra/sentiment.sql").read())}
    assert sum(s > 0 for s in words.values()) >= 20 and sum(s < 0 for s in words.values()) >= 20
    return words


def make(n, folder):
    """25 events a second and stream on the average, with bursts; of a hundred, one each is late, a copy, broken, of a wrong
    type (one whose emotes cannot be read counts as a message), without a stream, without a time, far in the future."""
    dice = random.Random(810)
    words = sorted(lexicon())
    start = int((START - EPOCH).total_seconds() * 1000)
    step = 600000 * 5 // n if n < 20000 else 40
    chat, viewer, kept = [], [], []
    burst = lambda ms: (ms // 60000) % 13 in (7, 8) and ms // 1000 % 60 < 20
    t = start
    for i in range(n):
        t += step if not burst(t) else step // 6
        ms = t - dice.randint(0, 3000)
        text = " ".join(dice.choice(words if dice.random() < 0.3 else FILLER) for _ in range(dice.randint(0, 8)))
        text = dice.choice([text, text.upper(), text.capitalize(), text.replace(" ", ", ") + "!"])
        stream = dice.choices(STREAMS, [5, 4, 3, 0.05])[0]
        e = {"stream_id": stream, "user_id": f"u{dice.randint(1, 400)}", "username": "x", "message": text,
             "emotes": [dice.choice(EMOTES) for _ in range(dice.randint(0, 3))], "timestamp": iso(ms)}
        what = dice.randint(0, 99)
        if what == 0:
            e["timestamp"] = iso(ms - dice.randint(5000, 90000))
        elif what == 1 and kept:
            e = dict(kept[-dice.randint(1, min(50, len(kept)))])
        elif what == 2:
            chat.append(dice.choice(["{", "chat", '{"stream_id": alpha}', "[1, 2"]))
            continue
        elif what == 3:
            name = dice.choice(["emotes", "timestamp"])
            e[name] = "yesterday" if name == "timestamp" else dice.choice([{"a": 1}, "LUL", 5])
        elif what == 4:
            e["stream_id"] = dice.choice([None, ""])
        elif what == 5:
            e["timestamp"] = dice.choice([None, "2199-01-01T00:00:00.000Z"])
        elif what == 6:
            e[dice.choice(["message", "emotes", "user_id"])] = None
        else:
            kept.append(e)
        chat.append(json.dumps(e))
        if i % 10 == 0:
            v = {"stream_id": dice.choice(STREAMS[:2] + ["no chat"]), "viewer_count": dice.randint(0, 5000), "timestamp": iso(ms)}
            kind = dice.randint(0, 29)
            if kind == 0:
                v["viewer_count"] = dice.choice([-5, None])
            elif kind == 1:
                v["viewer_count"] = "many"
                v["timestamp"] = iso(ms - 10000)
            elif kind == 2:
                v["timestamp"] = iso(ms - 60000)
            viewer.append(json.dumps(v))
    end = iso(t + 900000)
    chat.append(json.dumps({"stream_id": "end", "user_id": "end", "message": "", "emotes": [], "timestamp": end}))
    viewer.append(json.dumps({"stream_id": "end", "viewer_count": 1, "timestamp": end}))
    for name, records in ("chat", chat), ("viewer", viewer):
        half = len(records) // 2
        for k, part in (1, records[:half]), (2, records[half:]):
            with open(f"{folder}/{name}.{k}", "w") as f:
                f.writelines(r + "\n" for r in part)


def windows_of(folder, name, good):
    """(windows of 1 minute -> events, newest watermark, number of events that were in no window)."""
    windows, newest, late = collections.defaultdict(list), None, 0
    for k in 1, 2:
        for line in open(f"{folder}/{name}.{k}"):
            try:
                e = json.loads(line)
            except ValueError:
                continue
            if not isinstance(e, dict) or not good(e, True):
                continue
            before = newest
            if e["timestamp"] is None:
                continue
            at = datetime.datetime.fromisoformat(e["timestamp"].replace("Z", "+00:00"))
            ms = (at - EPOCH) // datetime.timedelta(milliseconds=1)
            if at.year < 2100:
                newest = ms - DELAY if newest is None else max(newest, ms - DELAY)
            if not good(e, False):
                continue
            taken = 0
            for back in range(SIZE // SLIDE):
                first = (ms // SLIDE - back) * SLIDE
                if before is None or first + SIZE - 1 > before:
                    windows[e["stream_id"], first].append(e)
                    taken += 1
            late += taken == 0
    return windows, newest, late


def good_chat(e, decodes):
    if decodes:
        return e["timestamp"] != "yesterday"
    return bool(e["stream_id"])


def good_viewer(e, decodes):
    if decodes:
        return not isinstance(e["viewer_count"], str)
    return bool(e["stream_id"]) and e["viewer_count"] is not None and e["viewer_count"] >= 0


def expected(folder):
    words = lexicon()
    chat, mark, late = windows_of(folder, "chat", good_chat)
    viewer, viewer_mark, _ = windows_of(folder, "viewer", good_viewer)
    assert late > 0, "no event was late"
    mark = min(mark, viewer_mark)

    def score(text):
        found = [words[w] for w in re.findall("[a-z]+", (text or "").lower()) if w in words]
        return sum(found) / len(found) if found else 0.0

    summary, moments, before = {}, {}, collections.defaultdict(list)
    for stream, first in sorted(chat, key=lambda k: k[1]):
        if first + SIZE - 1 > mark:
            continue
        events = chat[stream, first]
        scores = [score(e["message"]) for e in events]
        used = collections.Counter(x for e in events for x in (e["emotes"] if isinstance(e["emotes"], list) else []))
        seen = [v["viewer_count"] for v in viewer.get((stream, first), [])]
        past = before[stream][-10:]
        z, odd = None, False
        if len(past) >= 3 and len(set(past)) > 1:
            mean = sum(past) / len(past)
            deviation = math.sqrt(sum((p - mean) ** 2 for p in past) / len(past))
            z = (len(events) - mean) / deviation
            exact = Fraction(sum(past), len(past))
            variance = sum((p - exact) ** 2 for p in past) / len(past)
            odd = (len(events) - exact) ** 2 > 9 * variance  # exactly three deviations are none too many
        before[stream].append(len(events))
        summary[stream, iso(first)[:19]] = {
            "window_end": iso(first + SIZE)[:19], "chat_count": len(events), "unique_chatters": len({e["user_id"] for e in events if e["user_id"] is not None}),
            "avg_sentiment": math.fsum(scores) / len(scores), "positive_count": sum(s > 0 for s in scores), "negative_count": sum(s < 0 for s in scores),
            "chat_rate": len(events) / 60, "avg_viewers": sum(seen) / len(seen) if seen else None,
            "top_emotes": [n for n, _ in sorted(used.items(), key=lambda x: (-x[1], x[0]))[:5]], "z_score": z, "is_anomaly": odd}
        if odd:
            moments[stream, iso(first + SIZE)[:19]] = {
                "moment_type": "chat_spike" if z > 0 else "chat_drop", "intensity": z,
                "window_start": iso(first)[:19], "window_end": iso(first + SIZE)[:19], "chat_rate": len(events) / 60, "mean": mean / 60, "deviation": deviation / 60}
    return summary, moments


def same(a, b):
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return a == b


def compare(what, want, rows, key, drop):
    got = {}
    for r in rows:
        k = tuple(r.pop(x) for x in key)
        assert k not in got, f"{what}: {k} is there twice"
        stamp = datetime.datetime.fromisoformat(r.pop(drop))
        ago = (datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - stamp).total_seconds()
        assert -5 < ago < 3600, f"{what}: {k} was written {ago} s ago"
        got[k] = r
    for k in sorted(want.keys() | got.keys()):
        w, g = want.get(k), got.get(k)
        assert w is not None, f"{what}: {k} should not be there: {g}"
        assert g is not None, f"{what}: {k} is missing: {w}"
        for name in w:
            assert same(w[name], g[name]), f"{what}: {k}: {name} is {g[name]}, computed {w[name]}\n{w}\n{g}"


def check(folder):
    summary, moments = expected(folder)
    rows = json.load(open(folder + "/summary.json")) or []
    compare("chat_summary_minute", summary, rows, ("stream_id", "window_start"), "processed_at")
    found = json.load(open(folder + "/moments.json")) or []
    for m in found:
        assert m["description"].startswith("chat rate "), m
        m.update(m.pop("metadata"))
    compare("moments", moments, found, ("stream_id", "timestamp"), "detected_at")
    assert any(s["avg_viewers"] is None for s in summary.values()) and any(s["avg_viewers"] for s in summary.values())
    assert moments and any(s["z_score"] is None for s in summary.values())
    print(f"{len(summary)} rows of chat_summary_minute and {len(moments)} moments, each once, as computed")


if sys.argv[1] == "make":
    make(int(sys.argv[2]), sys.argv[3])
elif sys.argv[1] == "count":
    print(*map(len, expected(sys.argv[2])))
else:
    check(sys.argv[2])
