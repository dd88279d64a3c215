"""Events of the esports pipeline, and the files that must come of them, computed without weir; read by pyarrow.

  esports.py make N FOLDER       FOLDER/matches.1 to .3, players.1 to .3: records "key TAB value"; N in .1 and .2, a broken one in .3
  esports.py check FOLDER LAKE   compares the Parquet files below LAKE with what the records of FOLDER make
  esports.py rows LAKE           how many rows the visible files below LAKE have
"""
import collections
import datetime
import glob
import json
import os
import random
import sys
from decimal import Decimal, ROUND_HALF_UP

UTC = datetime.timezone.utc
START = datetime.datetime(2025, 12, 31, 10, 30, tzinfo=UTC)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
SIDE = "kills deaths assists gold towers dragons barons".split()
MATCH = """match_id game_id platform_game_id tournament_id tournament_name game_version patch team_1_id team_1_name team_2_id
    team_2_name winner_id duration statistics status started_at finished_at data_source ingestion_timestamp""".split()
PLAYER = """player_id summoner_name game_name first_name last_name nationality current_team_id current_team_name role games_played
    wins losses win_rate kills deaths assists kda cs_per_min gold_per_min is_active is_professional last_match_date
    profile_updated_at""".split()
INTS = set("duration games_played wins losses kills deaths assists".split())
TIMES = set("started_at finished_at ingestion_timestamp profile_updated_at".split())
BROKEN = ["{", "nonsense", '{"match_id": "x",}', "[1", '"text"', "[1, 2]", "7", '{"player_id": "a" "b"}', "\u00e9\u00e8"]


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + f"{at.microsecond // 1000:03d}Z"


def match(dice, n, at):
    status = dice.choices(["finished", "live", "scheduled", "canceled", "a/b=c %"], [50, 20, 25, 4, 1])[0]
    seconds = dice.randint(900, 3600)
    begun = at - datetime.timedelta(seconds=seconds)
    teams = dice.sample(range(1, 40), 2)
    e = {
        "match_id": f"m{dice.randint(1, 5000)}", "game_id": f"g{n}", "platform_game_id": f"EUW1_{dice.randint(1, 10**9)}",
        "tournament_id": f"t{dice.randint(1, 9)}", "tournament_name": dice.choice(["Worlds", "MSI", "LEC \u00c9t\u00e9", "LCK"]),
        "game_version": "15.24.1", "patch": "15.24", "team_1_id": f"team{teams[0]}", "team_1_name": f"Team {teams[0]}",
        "team_2_id": f"team{teams[1]}", "team_2_name": f"Team \u2605 {teams[1]}", "status": status, "started_at": iso(begun),
        "data_source": dice.choice(["riot", "pandascore"]), "ingestion_timestamp": iso(at)}
    if status == "scheduled":
        del e["started_at"]
        return e
    e["statistics"] = {f"team_{k}": {s: dice.randint(0, 80000 if s == "gold" else 40) for s in SIDE} for k in (1, 2)}
    if dice.random() < 0.1:
        del e["statistics"]["team_2"]["barons"]
    if dice.random() < 0.05:
        e["statistics"]["team_1"] = None
    if status == "finished":
        e["winner_id"] = f"team{dice.choice(teams)}"
        e["finished_at"] = iso(at)
        if dice.random() < 0.7:
            e["duration"] = seconds
    return e


def player(dice, n, at):
    games = dice.randint(0, 900)
    wins = dice.randint(0, games)
    e = {
        "player_id": f"p{dice.randint(1, 3000)}", "summoner_name": f"Hide on bush {n}", "game_name": f"name{n}",
        "first_name": dice.choice(["Sang-hyeok", " Luka ", "Rasmus", ""]), "last_name": dice.choice(["Lee", "Perkovi\u0107", "Borregaard "]),
        "nationality": dice.choice(["KR", "HR", "DK"]), "current_team_id": f"team{dice.randint(1, 40)}",
        "current_team_name": f"Team {dice.randint(1, 40)}", "role": dice.choice(["Top", "Jungle", "Mid", "ADC", "Support"]),
        "games_played": games, "wins": wins, "losses": games - wins, "kills": dice.randint(0, 9000), "deaths": dice.randint(0, 5000),
        "assists": dice.randint(0, 9000), "cs_per_min": dice.randint(40, 110) / 10, "gold_per_min": dice.randint(2500, 5500) / 10,
        "is_active": dice.random() < 0.7, "is_professional": dice.random() < 0.5,
        "last_match_date": (at - datetime.timedelta(days=dice.randint(0, 90))).strftime("%Y-%m-%d"), "profile_updated_at": iso(at)}
    if dice.random() < 0.3:
        e["win_rate"] = dice.randint(0, 1000) / 10
    if dice.random() < 0.3:
        e["kda"] = dice.randint(0, 200) / 8
    return e


FAR = [("duration", -5), ("duration", 2**31 - 1), ("started_at", "0001-01-01T00:00:00.000Z"), ("finished_at", "9999-12-31T23:59:59.999Z"),
       ("wins", 2**31 - 1), ("wins", -1), ("games_played", -2**31), ("kills", 2**31 - 1), ("assists", 2**31 - 1), ("deaths", -2**31),
       ("win_rate", 250.5), ("last_match_date", "0001-01-01"), ("last_match_date", "9999-12-31"), ("profile_updated_at", "0001-01-01T00:00:00.000Z")]
WRONG = [("duration", "many"), ("duration", 2**31), ("started_at", "yesterday"), ("finished_at", [1]), ("wins", {"a": 1}), ("kills", -2**40),
         ("win_rate", "high"), ("last_match_date", "31.12.2025")]


def make(n, folder):
    """Of a hundred each: 2 late, 4 copies, 2 broken, 2 of a wrong type, 3 out of range, 12 with fields missing or null."""
    dice = random.Random(20251231)
    for name, one, fields in ("matches", match, MATCH), ("players", player, PLAYER):
        records, kept = [], []
        for i in range(n // 2):
            at = START + datetime.timedelta(milliseconds=137 * i - dice.randint(0, 4000))
            what = dice.randint(0, 99)
            if what < 2:
                at -= datetime.timedelta(days=dice.randint(1, 400))
            e = one(dice, i, at)
            if what < 2:
                pass
            elif what < 6 and kept:
                e = dice.choice(kept[-3000:])
            elif what < 8:
                records.append(("", dice.choice(BROKEN)))
                continue
            elif what < 10:
                field, value = dice.choice([x for x in WRONG if x[0] in fields])
                e[field] = value
            elif what < 13:
                field, value = dice.choice([x for x in FAR if x[0] in fields])
                e[field] = value
                if field == "started_at":
                    e.pop("duration", None)
            elif what < 25:
                for field in dice.sample(fields, dice.randint(1, len(fields))):
                    if dice.random() < 0.5:
                        e.pop(field, None)
                    else:
                        e[field] = None
            kept.append(e)
            records.append((e.get(fields[0]) or "", json.dumps(e, ensure_ascii=dice.random() < 0.5)))
        half = len(records) // 2
        for part, lines in (1, records[:half]), (2, records[half:]), (3, [("", "{} and more")]):
            with open(f"{folder}/{name}.{part}", "w", encoding="utf-8") as f:
                f.writelines(f"{k}\t{v}\n" for k, v in lines)


def read_records(folder, name):
    for part in 1, 2, 3:
        for line in open(f"{folder}/{name}.{part}", encoding="utf-8"):
            yield line.rstrip("\n").split("\t", 1)[1]


def taken(value, field):
    """A field as its column has it; ValueError: it cannot be one."""
    if value is None:
        return None
    if field in INTS:
        if not isinstance(value, int) or not -2**31 <= value < 2**31:
            raise ValueError(field)
    elif field in TIMES:
        if not isinstance(value, str) or not value.endswith("Z"):
            raise ValueError(field)
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    elif field == "last_match_date":
        return datetime.date.fromisoformat(value)
    elif field in ("win_rate", "kda", "cs_per_min", "gold_per_min"):
        if not isinstance(value, (int, float)):
            raise ValueError(field)
        return float(value)
    elif field in ("is_active", "is_professional") and not isinstance(value, bool):
        raise ValueError(field)
    return value


def cents(part, whole):
    return float((Decimal(part) / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def whole_seconds(at):
    return (at - EPOCH) // datetime.timedelta(seconds=1)


def match_row(e):
    seconds = e["duration"]
    if seconds is None and e["started_at"] is not None and e["finished_at"] is not None:
        seconds = whole_seconds(e["finished_at"]) - whole_seconds(e["started_at"])
    if e["statistics"] is not None:
        sides = {f"team_{k}": e["statistics"].get(f"team_{k}") for k in (1, 2)}
        e["statistics"] = json.dumps({k: v and {s: v.get(s) for s in SIDE} for k, v in sides.items()})
    e["duration_minutes"] = cents(seconds, 60) if seconds is not None and seconds >= 0 else None
    e["is_completed"] = e["status"] == "finished"
    return e


def player_row(e):
    games = e["games_played"]
    if games is None and e["wins"] is not None and e["losses"] is not None:
        games = e["wins"] + e["losses"]
    if e["win_rate"] is None and None not in (e["wins"], games) and e["wins"] >= 0 and games > 0:
        e["win_rate"] = cents(100 * e["wins"], games)
    fights = [e["kills"], e["deaths"], e["assists"]]
    if e["kda"] is None and None not in fights and min(fights) >= 0:
        e["kda"] = cents(fights[0] + fights[2], max(1, fights[1]))
    names = [x.strip(" ") for x in (e["first_name"], e["last_name"]) if x is not None]
    e["full_name"] = " ".join(names).strip(" ") or None
    recent = None
    if e["last_match_date"] is not None and e["profile_updated_at"] is not None:
        recent = 0 <= (e["profile_updated_at"].date() - e["last_match_date"]).days <= 30
    active = recent if e["is_active"] is None else e["is_active"]
    e["has_played_recently"] = recent
    e["is_active_player"] = bool(active)
    e["status"] = "active" if active else "inactive"
    return e


def expected(folder, name):
    """(rows, rejects): multisets."""
    rows, rejects = collections.Counter(), collections.Counter()
    fields, build = (MATCH, match_row) if name == "matches" else (PLAYER, player_row)
    for text in read_records(folder, name):
        field = None
        try:
            e = json.loads(text)
            if not isinstance(e, dict):
                raise ValueError("no object")
            for field in fields:
                e[field] = taken(e.get(field), field)
            rows[tuple(sorted(build({f: e[f] for f in fields}).items(), key=lambda x: x[0]))] += 1
        except ValueError:
            rejects[(field, text)] += 1
    return rows, rejects


def read_lake(lake, name, folders):
    """Rows of the visible files, by pyarrow, and what the files themselves say."""
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq
    root = f"{lake}/{name}"
    files = sorted(glob.glob(f"{root}/**/part-*.parquet", recursive=True))
    assert files, f"no file below {root}"
    for path in files:
        f = pq.ParquetFile(path)
        names = {f.metadata.schema.column(i).path.split(".")[0] for i in range(f.metadata.num_columns)}
        assert not names & set(folders), f"{path}: a column that is a folder's name"
        for i in range(f.metadata.num_columns):
            c = f.metadata.schema.column(i)
            if "timestamp" in c.name or c.name.endswith("_at"):
                assert c.physical_type == "INT64" and "isAdjustedToUTC=true" in str(c.logical_type), f"{path}: {c}"
        for g in range(f.metadata.num_row_groups):
            for i in range(f.metadata.row_group(g).num_columns):
                assert f.metadata.row_group(g).column(i).compression == "SNAPPY", path
        under = os.path.relpath(path, root).split("/")[:-1]
        assert [u.split("=")[0] for u in under] == folders, f"{path}: folders {under}"
    hive = ds.partitioning(pa.schema([(c, pa.string()) for c in folders]), flavor="hive") if folders else None
    table = ds.dataset(files, format="parquet", partitioning=hive, partition_base_dir=root).to_table()
    return table.to_pylist(), len(files)


def compare(want, got, what):
    for row in (want - got):
        raise AssertionError(f"{what}: {want[row]} times expected, {got[row]} times there: {row}")
    for row in (got - want):
        raise AssertionError(f"{what}: {got[row]} times there, {want[row]} times expected: {row}")


def check(folder, lake):
    now = datetime.datetime.now(UTC)
    for name, folders in ("matches", ["status"]), ("players", ["status", "role"]):
        want, rejects = expected(folder, name)
        rows, nfiles = read_lake(lake, name, folders)
        got = collections.Counter()
        for row in rows:
            ago = (now - row.pop("processing_timestamp")).total_seconds()
            assert -2 < ago < 3600, f"processed {ago} s ago"
            if row.get("statistics") is not None:
                row["statistics"] = json.dumps({k: row["statistics"][k] for k in ("team_1", "team_2")})
            got[tuple(sorted(row.items(), key=lambda x: x[0]))] += 1
        compare(want, got, name)
        refused, _ = read_lake(lake, f"rejected/{name}", [])
        kept = collections.Counter()
        for r in refused:
            assert -2 < (now - r["rejected_at"]).total_seconds() < 3600 and r["error"] and r["partition"] is not None and r["offset"] is not None, r
            kept[(r["field"], r["record"].decode())] += 1
        compare(rejects, kept, "rejected " + name)
        kinds = {dict(r)["status"] for r in want}
        copies = sum(n - 1 for n in want.values())
        assert copies and rejects and len(kinds) > 1, "the events are too plain"
        print(f"{name}: {sum(want.values())} rows in {nfiles} files, {copies} of them copies, {sum(rejects.values())} rejected: as computed")
    hidden = [x for x in glob.glob(f"{lake}/**/.*", recursive=True, include_hidden=True) if ".part" in x]
    assert not hidden, f"hidden files are left: {hidden}"


if sys.argv[1] == "make":
    make(int(sys.argv[2]), sys.argv[3])
elif sys.argv[1] == "check":
    check(sys.argv[2], sys.argv[3])
else:
    import pyarrow.parquet as pq
    print(sum(pq.ParquetFile(f).metadata.num_rows for f in glob.glob(f"{sys.argv[2]}/**/part-*.parquet", recursive=True)))
