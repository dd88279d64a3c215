-- test: groups appear, change and vanish
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('b', 2);
STEP;
EXPECT CHANGES m +('a', 1), +('b', 2);
PUSH INTO t VALUES ('a', 3);
STEP;
EXPECT CHANGES m -('a', 1), +('a', 4);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT CHANGES m -('b', 2);

-- test: a group that goes from nothing to something and back leaves no trace
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
PUSH DELETE FROM t VALUES ('a', 1);
PUSH INTO t VALUES ('a', 1);
PUSH DELETE FROM t VALUES ('a', 1);
STEP;
EXPECT m ();

-- test: weights need no pairs
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s, MAX(v) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2);
STEP;
PUSH DELETE FROM t VALUES ('a', 1);
STEP;
PUSH INTO t VALUES ('a', 9);
STEP;
EXPECT m ('a', 11, 9);

-- test: a view's global aggregate has its one row from the start and after the last delete
CREATE TABLE t (v INT);
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n, SUM(v) AS s FROM t;
EXPECT m (0, NULL);
PUSH INTO t VALUES (3);
STEP;
EXPECT m (1, 3);
PUSH DELETE FROM t VALUES (3);
STEP;
EXPECT m (0, NULL);

-- test: a sink's global aggregate has nothing before the first row and -D after the last
CREATE TABLE t (v INT);
CREATE TABLE s (n BIGINT, x INT) WITH ('connector' = 'print');
INSERT INTO s SELECT COUNT(*), SUM(v) FROM t;
STEP;
EXPECT s ();
PUSH INTO t VALUES (3), (4);
STEP;
EXPECT CHANGELOG s +I(1, 3), -U(1, 3), +U(2, 7);
PUSH DELETE FROM t VALUES (3), (4);
STEP;
EXPECT CHANGELOG s -U(2, 7), +U(1, 4), -D(1, 4);

-- test: group by expressions, names and positions
CREATE TABLE t (a INT, b INT);
CREATE MATERIALIZED VIEW m AS SELECT a % 2 AS p, b, COUNT(*) AS n FROM t GROUP BY a % 2, b;
PUSH INTO t VALUES (1, 1), (3, 1), (2, 1), (2, NULL), (4, NULL);
STEP;
EXPECT m (1, 1, 2), (0, 1, 1), (0, NULL, 2);

-- test: an aggregate of an aggregate retracts what it has sent
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT n, COUNT(*) AS c FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k) GROUP BY n;
PUSH INTO t VALUES ('a', 1), ('b', 1), ('a', 2);
STEP;
EXPECT m (1, 1), (2, 1);
PUSH INTO t VALUES ('b', 2), ('c', 1);
STEP;
EXPECT m (2, 2), (1, 1);

-- test: rows come more than once and go one by one
CREATE TABLE t (k STRING);
CREATE MATERIALIZED VIEW m AS SELECT k FROM t WHERE k <> 'z';
PUSH INTO t VALUES ('a'), ('a'), ('a'), ('z');
STEP;
EXPECT m ('a'), ('a'), ('a');
PUSH DELETE FROM t VALUES ('a'), ('a');
STEP;
EXPECT m ('a');

-- test: changelog of a group in order of the rows
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (k STRING, x INT) WITH ('connector' = 'print');
INSERT INTO s SELECT k, SUM(v) FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('b', 1), ('a', 0), ('a', 1);
STEP;
EXPECT CHANGELOG s +I('a', 1), +I('b', 1), -U('a', 1), +U('a', 2);
