-- test: HAVING lets groups in and out
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM t GROUP BY k HAVING SUM(v) > 10;
PUSH INTO t VALUES ('a', 8), ('b', 11);
STEP;
EXPECT m ('b', 11);
PUSH INTO t VALUES ('a', 8);
PUSH DELETE FROM t VALUES ('b', 11);
STEP;
EXPECT m ('a', 16);

-- test: HAVING with an aggregate that is not selected, and with NULL
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k FROM t GROUP BY k HAVING MAX(v) > 3 AND COUNT(*) > 1;
PUSH INTO t VALUES ('a', 4), ('a', NULL), ('b', NULL), ('b', NULL), ('c', 9);
STEP;
EXPECT m ('a');

-- test: a group that goes through HAVING and back leaves nothing in a sink
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (k STRING, x INT) WITH ('connector' = 'print');
INSERT INTO s SELECT k, SUM(v) FROM t GROUP BY k HAVING SUM(v) > 2;
PUSH INTO t VALUES ('a', 2), ('a', 1), ('a', 1), ('b', 3), ('a', -3);
STEP;
EXPECT s ('b', 3);

-- test: HAVING of a global aggregate
CREATE TABLE t (v INT);
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n FROM t HAVING COUNT(*) > 1;
EXPECT m ();
PUSH INTO t VALUES (1), (2);
STEP;
EXPECT m (2);
