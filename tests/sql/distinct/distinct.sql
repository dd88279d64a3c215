-- test: DISTINCT emits on the edges only
CREATE TABLE t (k STRING);
CREATE MATERIALIZED VIEW m AS SELECT DISTINCT k FROM t;
PUSH INTO t VALUES ('a'), ('a'), (NULL), (NULL), ('b');
STEP;
EXPECT CHANGES m +('a'), +(NULL), +('b');
PUSH DELETE FROM t VALUES ('a'), (NULL), ('b');
STEP;
EXPECT CHANGES m -('b');
PUSH DELETE FROM t VALUES ('a');
PUSH INTO t VALUES ('a');
PUSH DELETE FROM t VALUES ('a');
STEP;
EXPECT CHANGES m -('a');

-- test: DISTINCT of an append-only stream only appends
CREATE TABLE t (k STRING);
CREATE TABLE s (k STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO s SELECT DISTINCT k FROM t;
PUSH INTO t VALUES ('a'), ('a'), ('b');
STEP;
EXPECT CHANGELOG s +I('a'), +I('b');

-- test: DISTINCT of several columns and expressions
CREATE TABLE t (a INT, b INT);
CREATE MATERIALIZED VIEW m AS SELECT DISTINCT a % 2 AS p, b FROM t;
PUSH INTO t VALUES (1, 1), (3, 1), (2, NULL), (4, NULL);
STEP;
EXPECT m (1, 1), (0, NULL);

-- test: DISTINCT above a group
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT DISTINCT n FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k);
PUSH INTO t VALUES ('a', 1), ('b', 1);
STEP;
EXPECT m (1);
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT m (1), (2);
PUSH INTO t VALUES ('b', 1);
STEP;
EXPECT m (2);
