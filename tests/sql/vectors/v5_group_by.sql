-- test: V5 GROUP BY over a retracting input, row by row
CREATE TABLE t (id INT, k STRING, v INT);
CREATE TABLE out (k STRING, n BIGINT, s INT) WITH ('connector' = 'print');
INSERT INTO out SELECT k, COUNT(*), SUM(v) FROM t GROUP BY k;
PUSH INTO t VALUES (1, 'a', 1);
STEP;
EXPECT CHANGELOG out +I('a', 1, 1);
PUSH INTO t VALUES (2, 'a', 2);
STEP;
EXPECT CHANGELOG out -U('a', 1, 1), +U('a', 2, 3);
PUSH DELETE FROM t VALUES (2, 'a', 2);
STEP;
EXPECT CHANGELOG out -U('a', 2, 3), +U('a', 1, 1);
PUSH INTO t VALUES (2, 'b', 7);
STEP;
EXPECT CHANGELOG out +I('b', 1, 7);
PUSH DELETE FROM t VALUES (1, 'a', 1);
STEP;
EXPECT CHANGELOG out -D('a', 1, 1);

-- test: V5 into a sink with a primary key: no -U
CREATE TABLE t (id INT, k STRING, v INT);
CREATE TABLE out (k STRING, n BIGINT, s INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 't');
INSERT INTO out SELECT k, COUNT(*), SUM(v) FROM t GROUP BY k;
PUSH INTO t VALUES (1, 'a', 1), (2, 'a', 2);
PUSH DELETE FROM t VALUES (2, 'a', 2);
PUSH INTO t VALUES (2, 'b', 7);
PUSH DELETE FROM t VALUES (1, 'a', 1);
STEP;
EXPECT CHANGELOG out +I('a', 1, 1), +U('a', 2, 3), +U('a', 1, 1), +I('b', 1, 7), -D('a', 1, 1);

-- test: V5 as a table, any step size
CREATE TABLE t (id INT, k STRING, v INT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, SUM(v) AS s, MAX(v) AS m FROM t GROUP BY k;
PUSH INTO t VALUES (1, 'a', 1), (2, 'a', 2);
STEP;
EXPECT v ('a', 2, 3, 2);
PUSH DELETE FROM t VALUES (2, 'a', 2);
PUSH INTO t VALUES (2, 'b', 7);
STEP;
EXPECT v ('a', 1, 1, 1), ('b', 1, 7, 7);
PUSH DELETE FROM t VALUES (1, 'a', 1);
STEP;
EXPECT v ('b', 1, 7, 7);
EXPECT CHANGES v +('b', 1, 7, 7);

-- test: V5 an unchanged result emits nothing
CREATE TABLE t (k STRING, v INT);
CREATE TABLE out (k STRING, m INT) WITH ('connector' = 'print');
INSERT INTO out SELECT k, MAX(v) FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 5), ('a', 3), ('a', 9);
STEP;
EXPECT CHANGELOG out +I('a', 5), -U('a', 5), +U('a', 9);
