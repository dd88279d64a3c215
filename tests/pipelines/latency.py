"""How long after the event that closes a window its row can be seen, for the pipelines.

  latency.py telemetra BROKER CHAT VIEWER CONNINFO   10,000 chat events a second; looks for the newest window of chat_summary_minute
  latency.py purchases BROKER TOPIC PAGES            10,000 events a second; looks for the pages in the file PAGES

Event time runs so fast that 30 windows close in a second, 300 of them in all. An arrival is the moment in which the event is
handed to the Kafka client. Prints the percentiles of all windows but the first tenth.
"""
import datetime
import json
import re
import subprocess
import sys
import threading
import time

RATE, PER_SECOND, CLOSINGS = 10000, 30, 300
START = datetime.datetime(2024, 10, 16, 12, tzinfo=datetime.timezone.utc)
arrived, seen = {}, {}
done = threading.Event()


def iso(ms):
    at = START + datetime.timedelta(milliseconds=ms)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def client(broker, topic, key):
    return subprocess.Popen(["kcat", "-P", "-b", broker, "-t", topic, "-p", "0", "-X", "linger.ms=0"] + (["-K", "\t"] if key else []),
                            stdin=subprocess.PIPE, bufsize=0)


def note(newest):
    now = time.monotonic()
    k = newest
    while k > 0 and k not in seen:
        seen[k] = now
        k -= 1


def watch_table(conninfo):
    psql = subprocess.Popen(["psql", "-XAtq", conninfo], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    while not done.is_set():
        psql.stdin.write("SELECT COALESCE((EXTRACT(EPOCH FROM MAX(window_end)) - %d) / 10, 0)::INT FROM chat_summary_minute;\n" % START.timestamp())
        psql.stdin.flush()
        note(int(psql.stdout.readline()))
        time.sleep(0.002)
    psql.stdin.close()
    psql.wait(10)


def watch_pages(path):
    text = open(path, errors="replace")
    pages, rest = 0, ""
    while not done.is_set():
        rest += text.read()
        pages += len(re.findall("RUNNING TOTAL: [^\n]*\n=+\n", rest))
        rest = rest[rest.rfind("RUNNING TOTAL"):] if not re.search("RUNNING TOTAL: [^\n]*\n=+\n", rest) else rest[[m.end() for m in re.finditer("RUNNING TOTAL: [^\n]*\n=+\n", rest)][-1]:]
        if pages:
            note(pages)
        time.sleep(0.002)


def main():
    kind, broker = sys.argv[1:3]
    chat = kind == "telemetra"
    out = client(broker, sys.argv[3], not chat)
    viewers = client(broker, sys.argv[4], False) if chat else None
    target = threading.Thread(target=watch_table if chat else watch_pages, args=(sys.argv[5] if chat else sys.argv[4],), daemon=True)
    target.start()
    step = 10000 * PER_SECOND / RATE  # milliseconds of event time an event
    each = RATE // 200
    begin, late, closed, i = time.monotonic(), 0.0, 0, 0
    while closed < CLOSINGS:
        late = max(late, time.monotonic() - begin - i / RATE)
        batch = []
        for _ in range(each):
            ms = int(i * step)
            if chat:
                batch.append(json.dumps({"stream_id": f"s{i % 3}", "user_id": f"u{i % 1000}", "message": "what a great game", "emotes": ["Kappa", "LUL"], "timestamp": iso(ms)}))
            else:
                batch.append(f"c{i % 1000}\t" + json.dumps({"event_id": f"e{i}", "timestamp": iso(ms), "customer_id": f"c{i % 1000}", "product_id": "p", "product_category": f"k{i % 5}", "quantity": 2, "unit_price": 10.5, "total_amount": 21, "discount_percentage": 0}))
            i += 1
        k = (int((i - 1) * step) - 10000) // 10000  # windows that end at k * 10 s are closed by this piece
        if chat and k > closed:
            # kcat reads a kilobyte at a time: copies push the first one through
            viewers.stdin.write((json.dumps({"stream_id": "s0", "viewer_count": 5, "timestamp": iso(int((i - 1) * step))}) + "\n").encode() * 16)
        out.stdin.write(("\n".join(batch) + "\n").encode())
        now = time.monotonic()
        while closed < k:
            closed += 1
            arrived[closed] = now
        wait = begin + i / RATE - time.monotonic()
        if wait > 0:
            time.sleep(wait)
    until = time.monotonic() + 10
    while closed not in seen and time.monotonic() < until:
        time.sleep(0.01)
    done.set()
    for p in filter(None, (out, viewers)):
        p.stdin.close()
        p.wait(10)
    took = sorted((seen[k] - arrived[k]) * 1000 for k in arrived if k in seen and k > CLOSINGS // 10)
    if not took:
        sys.exit("latency.py: no window was seen")
    at = lambda share: took[min(len(took) - 1, int(len(took) * share))]
    print(f"windows={len(took)} p50_ms={at(.5):.1f} p90_ms={at(.9):.1f} p99_ms={at(.99):.1f} max_ms={took[-1]:.1f} unseen={sum(k not in seen for k in arrived)} late_ms={late * 1000:.0f}")


main()
