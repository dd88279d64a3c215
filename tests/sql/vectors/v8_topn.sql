-- test: V8 Top-2 with the rank: a shifted row is an update
CREATE TABLE t (k STRING, v INT);
CREATE TABLE out (k STRING, v INT, rn BIGINT) WITH ('connector' = 'print');
INSERT INTO out SELECT k, v, rn FROM (SELECT k, v, ROW_NUMBER() OVER (ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
PUSH INTO t VALUES ('a', 5);
STEP;
EXPECT CHANGELOG out +I('a', 5, 1);
PUSH INTO t VALUES ('b', 3);
STEP;
EXPECT CHANGELOG out +I('b', 3, 2);
PUSH INTO t VALUES ('c', 4);
STEP;
EXPECT CHANGELOG out -U('b', 3, 2), +U('c', 4, 2);
PUSH INTO t VALUES ('d', 9), ('e', 1);
STEP;
EXPECT CHANGELOG out -U('a', 5, 1), +U('d', 9, 1), -U('c', 4, 2), +U('a', 5, 2);

-- test: V8 Top-2 without the rank: rows enter and leave
CREATE TABLE t (k STRING, v INT);
CREATE TABLE out (k STRING, v INT) WITH ('connector' = 'print');
INSERT INTO out SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
PUSH INTO t VALUES ('a', 5), ('b', 3), ('c', 4), ('d', 9), ('e', 1);
STEP;
EXPECT CHANGELOG out +I('a', 5), +I('b', 3), -D('b', 3), +I('c', 4), -D('c', 4), +I('d', 9);

-- test: V8 as a table, any step size
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW ranked AS
SELECT k, v, rn FROM (SELECT k, v, ROW_NUMBER() OVER (ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
CREATE MATERIALIZED VIEW plain AS
SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
PUSH INTO t VALUES ('a', 5), ('b', 3), ('c', 4);
STEP;
EXPECT ranked ('a', 5, 1), ('c', 4, 2);
EXPECT plain ('a', 5), ('c', 4);
PUSH INTO t VALUES ('d', 9), ('e', 1);
STEP;
EXPECT ranked ('d', 9, 1), ('a', 5, 2);
EXPECT plain ('d', 9), ('a', 5);
