"""The other side of tests/e2e/parquet.sh: files by pyarrow, and weir's files read by pyarrow and DuckDB.

    parquet_peer.py make FOLDER            a file for each way of writing, and expect.csv
    parquet_peer.py check FOLDER SOURCE    all Parquet files of the folder hold the rows of the source, with statistics
    parquet_peer.py count FOLDER           rows, distinct ids, sum of ids
"""

import datetime
import decimal
import glob
import math
import os
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 1000


def maybe(value, i, k=7):
    return None if i % k == 3 else value


def column(make, kind, k=7):
    return pa.array([maybe(make(i), i, k) for i in range(ROWS)], kind)


def table():
    dec, day, us = decimal.Decimal, datetime.timedelta(days=1), datetime.timedelta(microseconds=1)
    inner = pa.struct([("x", pa.int32()), ("y", pa.string()), ("z", pa.list_(pa.int64()))])
    return pa.table({
        "id": pa.array(range(ROWS), pa.int64()),
        "b": column(lambda i: i % 3 == 0, pa.bool_()),
        "t": column(lambda i: i % 256 - 128, pa.int8()),
        "s": column(lambda i: i % 60000 - 30000, pa.int16()),
        "i": column(lambda i: i * 7919 - 5, pa.int32(), 5),
        "l": column(lambda i: i * 10**14 - 3, pa.int64(), 11),
        "f": column(lambda i: i / 4, pa.float32()),
        "d": column(lambda i: i / 3, pa.float64()),
        "de": column(lambda i: dec(i * 37 - 100) / 100, pa.decimal128(9, 2)),
        "de2": column(lambda i: dec(i * 10**20 - 7) / 1000, pa.decimal128(30, 3)),
        "st": column(lambda i: "v%d \u00e9" % (i % 50), pa.string()),
        "st2": column(lambda i: "unique-%07d" % i, pa.string(), 13),
        "by": column(lambda i: bytes([i % 256, 0, 255]), pa.binary()),
        "da": column(lambda i: datetime.date(1960, 1, 1) + i * day, pa.date32()),
        "ti": column(lambda i: i * 86399000 % 86400000, pa.time32("ms")),
        "ts": column(lambda i: datetime.datetime(1969, 12, 31, 23, 59, 59) + i * 1000003 * us, pa.timestamp("us")),
        "lz": column(lambda i: datetime.datetime(2024, 1, 1) + i * 1000000 * us, pa.timestamp("ms", tz="UTC")),
        "ar": column(lambda i: [maybe("x%d" % k, k, 4) for k in range(i % 6)], pa.list_(pa.string())),
        "aa": column(lambda i: [maybe([maybe(j, j + k, 3) for j in range(k)], k, 4) for k in range(i % 5)],
                     pa.list_(pa.list_(pa.int32()))),
        "mp": column(lambda i: [("k%d" % k, maybe(k * 1.5, k, 3)) for k in range(i % 4)],
                     pa.map_(pa.string(), pa.float64())),
        "ro": column(lambda i: {"x": maybe(i, i, 5), "y": maybe("y%d" % i, i, 4), "z": maybe([i, None], i, 9)}, inner),
    })


def make(folder):
    rows = table()
    deltas = {"id": "DELTA_BINARY_PACKED", "i": "DELTA_BINARY_PACKED", "l": "DELTA_BINARY_PACKED",
              "st": "DELTA_BYTE_ARRAY", "st2": "DELTA_LENGTH_BYTE_ARRAY", "by": "DELTA_BYTE_ARRAY",
              "d": "BYTE_STREAM_SPLIT", "f": "BYTE_STREAM_SPLIT", "de2": "DELTA_BYTE_ARRAY"}
    for codec in ("snappy", "zstd", "gzip", "none"):
        for version in ("1.0", "2.0"):
            for how in ("dictionary", "plain", "delta"):
                pq.write_table(rows, f"{folder}/{codec}-{version[0]}-{how}.parquet", compression=codec,
                               data_page_version=version, use_dictionary=how == "dictionary", row_group_size=400,
                               data_page_size=4096, column_encoding=deltas if how == "delta" else None)
    pq.write_table(rows, f"{folder}/int96.parquet", use_deprecated_int96_timestamps=True)
    pq.write_table(rows, f"{folder}/integers.parquet", store_decimal_as_integer=True)
    pq.write_table(rows, f"{folder}/checksums.parquet", write_page_checksum=True)
    duckdb.sql(f"COPY (SELECT * FROM '{folder}/zstd-1-plain.parquet') TO '{folder}/duckdb.parquet' (FORMAT parquet)")


def plain(value):
    """Values that are equal whatever they were read through."""
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, list):
        return tuple(plain(v) for v in value)
    if isinstance(value, dict):
        return tuple((k, plain(v)) for k, v in value.items())
    return value


def order(value):
    """The order of the format's statistics."""
    return value.encode() if isinstance(value, str) else value


def check_statistics(path):
    f = pq.ParquetFile(path)
    assert f.metadata.created_by.startswith("weir version "), f.metadata.created_by
    for g in range(f.metadata.num_row_groups):
        group = f.read_row_group(g)
        for c in range(f.metadata.num_columns):
            chunk = f.metadata.row_group(g).column(c)
            name, stats = chunk.path_in_schema, chunk.statistics
            if "." in name:
                continue
            values = [v for v in group.column(name).to_pylist() if v is not None]
            assert stats.null_count == group.num_rows - len(values), name
            if chunk.physical_type == "INT96" or not values:
                assert not stats.has_min_max, name
                continue
            assert stats.has_min_max, name
            ranged = [v for v in values if not (isinstance(v, float) and math.isnan(v))]
            assert plain(stats.min) == plain(min(ranged, key=order)), (name, stats.min)
            assert plain(stats.max) == plain(max(ranged, key=order)), (name, stats.max)


def check(folder, source):
    want = pq.read_table(source).to_pylist()
    files = sorted(glob.glob(f"{folder}/**/part-*.parquet", recursive=True))
    assert files, "no file"
    got = []
    for path in files:
        got += pq.ParquetFile(path, page_checksum_verification=True).read().to_pylist()
        check_statistics(path)
    got.sort(key=lambda row: row["id"])
    assert len(got) == len(want), (len(got), len(want))
    for a, b in zip(got, want):
        for name, value in a.items():
            assert plain(value) == plain(b[name]), (b["id"], name, value, b[name])
    sums = "count(*), sum(id), sum(de), sum(de2), count(st), sum(len(st2)), sum(len(ar)), sum(len(aa)), count(ro.y)"
    a = duckdb.sql(f"SELECT {sums} FROM read_parquet({files})").fetchall()
    b = duckdb.sql(f"SELECT {sums} FROM '{source}'").fetchall()
    assert a == b, (a, b)
    print("same")


def count(folder):
    files = sorted(glob.glob(f"{folder}/**/part-*.parquet", recursive=True))
    if not files:
        print("0|0|0")
        return
    n, ids, total = duckdb.sql(f"SELECT count(*), count(DISTINCT id), sum(id) FROM read_parquet({files})").fetchall()[0]
    print(f"{n}|{ids}|{total}")


if __name__ == "__main__":
    {"make": make, "check": check, "count": count}[sys.argv[1]](*sys.argv[2:])
