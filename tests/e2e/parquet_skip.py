"""Files with several row groups by pyarrow, for parquet_skip.sh, and a script of SELECTs over them.

    parquet_skip.py make FOLDER           plain.parquet, unsorted.parquet, bare.parquet (no statistics), old.parquet (no order of columns)
    parquet_skip.py selects TABLE         each predicate twice: as it is, and in a form that no scan takes
"""
import datetime
import decimal
import random
import sys

import pyarrow as pa
import pyarrow.parquet as pq

ROWS, GROUP = 2000, 100
START = datetime.datetime(2024, 10, 26, 20, 0, 0)


def value(kind, i):
    group = i // GROUP
    if group == 7 or (i % 9 == 4 and kind != "id"):
        return None if kind != "id" else i
    if kind == "id":
        return i
    if kind == "i":
        return i * 3 - 1000
    if kind == "u":
        return i * 2000000 + 500
    if kind == "l":
        return (i - 900) * 10**14
    if kind == "d":
        return float("nan") if group in (3, 4) and (group == 4 or i % 5 == 0) else -0.0 if group == 9 else i / 7 - 100
    if kind == "f":
        return float("nan") if i % 50 == 1 else i / 4 - 200
    if kind == "de":
        return decimal.Decimal(i * 37 - 30000) / 100
    if kind == "s":
        return ("a", "b", "\u00fc", "z", "\U0001f600")[group % 5] + "%04d" % i if group else ""
    if kind == "long":
        return "x" * 5000 + "%04d" % i
    if kind == "b":
        return group % 3 == 1
    if kind == "ts":
        return START + datetime.timedelta(seconds=i * 20)
    if kind == "lz":
        return START + datetime.timedelta(milliseconds=i * 20001)
    if kind == "da":
        return datetime.date(1969, 1, 1) + datetime.timedelta(days=i)
    if kind == "raw":
        return bytes([255 - group, i % 256])
    raise KeyError(kind)


KINDS = {"id": pa.int64(), "i": pa.int32(), "u": pa.uint32(), "l": pa.int64(), "d": pa.float64(), "f": pa.float32(),
         "de": pa.decimal128(12, 2), "s": pa.string(), "long": pa.string(), "b": pa.bool_(), "ts": pa.timestamp("us"),
         "lz": pa.timestamp("ns", tz="UTC"), "da": pa.date32(), "raw": pa.binary()}


def make(folder):
    rows = list(range(ROWS))
    for name, more in (("plain", {}), ("unsorted", {}), ("bare", {"write_statistics": False})):
        if name == "unsorted":
            random.Random(7).shuffle(rows)
        table = pa.table({k: pa.array([value(k, i) for i in rows], t) for k, t in KINDS.items()})
        pq.write_table(table, "%s/%s.parquet" % (folder, name), row_group_size=GROUP, **more)
        rows = list(range(ROWS))
    # field 7 of the footer, the order of columns, gets a number that nobody knows: its bounds mean nothing then
    data = bytearray(open(folder + "/plain.parquet", "rb").read())
    orders = bytes([0x19, 0x0C | len(KINDS) << 4]) + bytes([0x1C, 0x00, 0x00]) * len(KINDS)
    at = data.rfind(orders)
    assert at > 0, "no list of orders"
    for k in range(len(KINDS)):
        data[at + 2 + 3 * k] = 0x9C
    open(folder + "/old.parquet", "wb").write(data)


def selects(table):
    values = {
        "id": ["0", "99", "100", "1999", "5000", "-1"],
        "i": ["-1000", "-703", "0", "4997", "100000"],
        "u": ["500", "2200000000", "3000000000", "4294967295"],
        "l": ["-90000000000000000", "0", "50000000000000000"],
        "d": ["-100", "0.0e0", "-0.0e0", "5.0e1", "CAST('NaN' AS DOUBLE)"],
        "f": ["CAST(-200 AS FLOAT)", "CAST(0 AS FLOAT)", "CAST(299.75 AS FLOAT)"],
        "de": ["-300", "-300.00", "0.07", "439.63", "12345678.90"],
        "s": ["''", "'a'", "'a0099'", "'\u00fc0200'", "'\u00fd'", "'zz'"],
        "long": ["'x'", "'y'"],
        "b": ["TRUE", "FALSE"],
        "ts": ["TIMESTAMP '2024-10-27 00:00:00'", "TIMESTAMP '2024-10-26 20:33:20.000000'", "TIMESTAMP '2030-01-01 00:00:00'"],
        "lz": ["TO_TIMESTAMP_LTZ(1729980000000, 3)", "TO_TIMESTAMP_LTZ(1730003000000, 3)"],
        "da": ["DATE '1969-12-31'", "DATE '1970-01-01'", "DATE '1974-06-22'"],
        "raw": ["x'f0'", "x'fe10'"],
        "gone": ["1"],
    }
    for column, list_ in values.items():
        for op in ("=", "<", ">", "<=", ">="):
            for v in list_:
                p = "`%s` %s %s" % (column, op, v)
                for where in (p, "(%s) IS TRUE" % p):
                    print("SELECT '%s', COUNT(*), SUM(id) FROM %s WHERE %s;" % (p.replace("'", "''"), table, where))
    for p in ("id > 150 AND i < 200 AND s < 'b'", "450 > id AND id >= 210", "id BETWEEN 100 AND 120", "id = 5 OR id = 1500",
              "NOT (id > 100)", "i IS NULL", "i IS NOT NULL AND id < 10", "d <> 0", "id IN (3, 1900)"):
        for where in (p, "(%s) IS TRUE" % p):
            print("SELECT '%s', COUNT(*), SUM(id) FROM %s WHERE %s;" % (p.replace("'", "''"), table, where))


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    selects(sys.argv[2])
