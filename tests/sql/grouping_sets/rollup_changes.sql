-- test: totals by GROUPING SETS over rows that come and go, without a window
CREATE TABLE t (a STRING, b INT, v INT);
CREATE MATERIALIZED VIEW g AS SELECT a, b, SUM(v) AS s, COUNT(*) AS n, GROUPING(a) AS ga, GROUPING(b) AS gb FROM t GROUP BY ROLLUP (a, b);
PUSH INTO t VALUES ('x', 1, 10), ('x', NULL, 5), (NULL, 1, 7);
STEP;
EXPECT g ('x', 1, 10, 1, 0, 0), ('x', NULL, 5, 1, 0, 0), (NULL, 1, 7, 1, 0, 0), ('x', NULL, 15, 2, 0, 1), (NULL, NULL, 7, 1, 0, 1), (NULL, NULL, 22, 3, 1, 1);
PUSH DELETE FROM t VALUES ('x', NULL, 5), (NULL, 1, 7);
STEP;
EXPECT g ('x', 1, 10, 1, 0, 0), ('x', NULL, 10, 1, 0, 1), (NULL, NULL, 10, 1, 1, 1);
