-- test: a view is its query, wherever it stands
CREATE TABLE t (k STRING, v INT);
CREATE VIEW p AS SELECT k, v * 2 AS w FROM t WHERE v > 0;
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(w) AS s FROM p GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', -5), ('b', 2);
STEP;
EXPECT m ('a', 2), ('b', 4);

-- test: a view with a list of columns, and CREATE OR REPLACE
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1);
CREATE VIEW p (x, y) AS SELECT k, v FROM t;
EXPECT (SELECT y, x FROM p) (1, 'a');
CREATE OR REPLACE VIEW p AS SELECT v + 1 AS z FROM t;
EXPECT (SELECT * FROM p) (2);

-- test: a view made later holds what its inputs hold
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('b', 2);
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM t GROUP BY k;
EXPECT m ('a', 1), ('b', 2);
CREATE MATERIALIZED VIEW n AS SELECT SUM(s) AS s FROM m;
EXPECT n (3);
INSERT INTO t VALUES ('a', 4);
EXPECT n (7);

-- test: what others depend on is not dropped
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k FROM t;
EXPECT ERROR 'W1107' LIKE '%m%';
DROP TABLE t;
DROP MATERIALIZED VIEW m;
DROP TABLE t;
EXPECT ERROR 'W1101';
SELECT * FROM t;
