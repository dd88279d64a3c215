"""How long after a file is due to end it has its name, for the esports pipeline: 10,000 players a second, a file per folder and second.

  latency_files.py BROKER TOPIC FOLDER INTERVAL_MS SECONDS

When a file began, and so when it is due, is read from the marker beside the files; when it got its name, from the file itself (the
time at which its name was changed). Prints the percentiles of all files but those of the first three seconds.
"""
import glob
import json
import os
import re
import subprocess
import sys
import time

RATE = 10000
ROLES = ["Top", "Jungle", "Mid", "ADC", "Support"]


def main():
    broker, topic, folder = sys.argv[1:4]
    interval_us, seconds = int(sys.argv[4]) * 1000, int(sys.argv[5])
    out = subprocess.Popen(["kcat", "-P", "-b", broker, "-t", topic, "-X", "linger.ms=0"], stdin=subprocess.PIPE, bufsize=0)
    begun = {}

    def look():
        for marker in glob.glob(f"{folder}/.weir-*"):
            try:
                text = open(marker).read()
            except FileNotFoundError:
                continue
            for number, created in re.findall(r"^open (\d+) \S+ \S+ \S+ (\d+) ", text, re.M):
                begun[int(number)] = int(created)

    begin, i, behind = time.monotonic(), 0, 0.0
    while i < RATE * seconds:
        batch = []
        for _ in range(RATE // 50):
            batch.append(json.dumps({
                "player_id": f"p{i % 5000}", "summoner_name": f"name {i}", "first_name": "Luka", "last_name": "P", "role": ROLES[i % 5],
                "games_played": 100 + i % 7, "wins": i % 100, "kills": i % 911, "deaths": i % 57, "assists": i % 707, "is_active": i % 3 > 0,
                "last_match_date": "2025-12-30", "profile_updated_at": "2025-12-31T10:30:00.000Z"}))
            i += 1
        out.stdin.write(("\n".join(batch) + "\n").encode())
        look()
        wait = begin + i / RATE - time.monotonic()
        behind = max(behind, -wait)
        if wait > 0:
            time.sleep(wait)
    out.stdin.close()
    out.wait(10)
    time.sleep(2)
    took, first = [], min(begun.values())
    for path in glob.glob(f"{folder}/**/part-*.parquet", recursive=True):
        number = int(re.search(r"-(\d+)\.parquet$", path)[1])
        if number in begun and begun[number] > first + 3000000:
            took.append(os.stat(path).st_ctime_ns / 1e6 - (begun[number] + interval_us) / 1e3)
    took.sort()
    at = lambda share: took[min(len(took) - 1, int(len(took) * share))]
    print(f"files={len(took)} p50_ms={at(.5):.0f} p90_ms={at(.9):.0f} p99_ms={at(.99):.0f} max_ms={took[-1]:.0f} late_ms={behind * 1000:.0f}")


main()
