-- test: GROUPING SETS, ROLLUP and CUBE over an own table
CREATE TABLE t (a STRING NOT NULL, b INT NOT NULL, v INT);
INSERT INTO t VALUES ('x', 1, 10), ('x', 2, 20), ('y', 1, 40), ('y', 1, NULL);
EXPECT (SELECT a, b, SUM(v) AS s, COUNT(*) AS n FROM t GROUP BY GROUPING SETS ((a, b), (a), ()))
  ('x', 1, 10, 1), ('x', 2, 20, 1), ('y', 1, 40, 2), ('x', NULL, 30, 2), ('y', NULL, 40, 2), (NULL, NULL, 70, 4);
EXPECT (SELECT a, b, SUM(v) AS s, COUNT(*) AS n FROM t GROUP BY ROLLUP (a, b))
  ('x', 1, 10, 1), ('x', 2, 20, 1), ('y', 1, 40, 2), ('x', NULL, 30, 2), ('y', NULL, 40, 2), (NULL, NULL, 70, 4);
EXPECT (SELECT a, b, COUNT(*) AS n FROM t GROUP BY CUBE (a, b))
  ('x', 1, 1), ('x', 2, 1), ('y', 1, 2), ('x', NULL, 2), ('y', NULL, 2), (NULL, 1, 3), (NULL, 2, 1), (NULL, NULL, 4);
EXPECT (SELECT a, b, COUNT(*) AS n FROM t GROUP BY a, ROLLUP (b)) ('x', 1, 1), ('x', 2, 1), ('y', 1, 2), ('x', NULL, 2), ('y', NULL, 2);
EXPECT (SELECT a, b, COUNT(*) AS n FROM t GROUP BY ROLLUP ((a, b))) ('x', 1, 1), ('x', 2, 1), ('y', 1, 2), (NULL, NULL, 4);
EXPECT (SELECT a, b, COUNT(*) AS n FROM t GROUP BY GROUPING SETS (ROLLUP (a), CUBE (b))) ('x', NULL, 2), ('y', NULL, 2), (NULL, NULL, 4), (NULL, 1, 3), (NULL, 2, 1), (NULL, NULL, 4);
EXPECT (SELECT a, b, COUNT(*) AS n FROM t GROUP BY ROLLUP (a), ROLLUP (b))
  ('x', 1, 1), ('x', 2, 1), ('y', 1, 2), ('x', NULL, 2), ('y', NULL, 2), (NULL, 1, 3), (NULL, 2, 1), (NULL, NULL, 4);

-- test: a set that is named twice counts twice, one set alone is a plain GROUP BY
CREATE TABLE t (a STRING, v INT);
INSERT INTO t VALUES ('x', 1), ('y', 2), ('x', 4);
EXPECT (SELECT a, SUM(v) AS s FROM t GROUP BY GROUPING SETS ((a), (a))) ('x', 5), ('x', 5), ('y', 2), ('y', 2);
EXPECT (SELECT a, SUM(v) AS s FROM t GROUP BY GROUPING SETS ((a))) ('x', 5), ('y', 2);
EXPECT (SELECT SUM(v) AS s FROM t GROUP BY ()) (7);
EXPECT (SELECT SUM(v) AS s FROM t GROUP BY GROUPING SETS (())) (7);
EXPECT (SELECT SUM(v) AS s FROM t GROUP BY GROUPING SETS ((), ())) (7), (7);
EXPECT (SELECT a, SUM(v) AS s FROM t WHERE v > 100 GROUP BY ROLLUP (a)) ();

-- test: GROUPING tells a NULL of the data from a key that is left out
CREATE TABLE t (a STRING, b INT, v INT);
INSERT INTO t VALUES ('x', 1, 10), (NULL, 1, 20), ('x', NULL, 40);
EXPECT (SELECT a, b, GROUPING(a) AS ga, GROUPING(b) AS gb, GROUPING_ID(a, b) AS g, GROUPING_ID(b, a) AS r, SUM(v) AS s FROM t GROUP BY CUBE (a, b))
  ('x', 1, 0, 0, 0, 0, 10), (NULL, 1, 0, 0, 0, 0, 20), ('x', NULL, 0, 0, 0, 0, 40),
  ('x', NULL, 0, 1, 1, 2, 50), (NULL, NULL, 0, 1, 1, 2, 20),
  (NULL, 1, 1, 0, 2, 1, 30), (NULL, NULL, 1, 0, 2, 1, 40), (NULL, NULL, 1, 1, 3, 3, 70);
EXPECT (SELECT a, GROUPING(a) AS g, COUNT(*) AS n FROM t GROUP BY a) ('x', 0, 2), (NULL, 0, 1);
EXPECT (SELECT CASE WHEN GROUPING(a) = 1 THEN 'all' ELSE COALESCE(a, 'none') END AS a, SUM(v) AS s FROM t GROUP BY ROLLUP (a) HAVING GROUPING(a) = 1 OR SUM(v) > 20) ('x', 50), ('all', 70);

-- test: keys are expressions too, aggregates read what a set leaves out
CREATE TABLE t (a INT NOT NULL, v INT);
INSERT INTO t VALUES (1, 10), (2, 20), (3, 40);
EXPECT (SELECT a % 2 AS odd, SUM(a) AS sa, SUM(v) AS s, COUNT(DISTINCT a) AS d FROM t GROUP BY ROLLUP (a % 2)) (1, 4, 50, 2), (0, 2, 20, 1), (NULL, 6, 70, 3);
EXPECT (SELECT (a % 2) * 10 AS x, GROUPING(a % 2) AS g FROM t GROUP BY ROLLUP (a % 2) ORDER BY g, x) (0, 0), (10, 0), (NULL, 1);
EXPECT (SELECT COALESCE(a, -1) AS a, a IS NULL AS n, COUNT(*) FILTER (WHERE a > 1) AS big FROM t GROUP BY ROLLUP (a)) (1, FALSE, 0), (2, FALSE, 1), (3, FALSE, 1), (-1, TRUE, 2);
EXPECT (SELECT a, SUM(v) AS s FROM t GROUP BY ROLLUP (1)) (1, 10), (2, 20), (3, 40), (NULL, 70);

-- test: a filter on a key of all sets, and on one that some leave out
CREATE TABLE t (a STRING, b INT, v INT);
INSERT INTO t VALUES ('x', 1, 10), ('x', 2, 20), ('y', 1, 40);
EXPECT (SELECT * FROM (SELECT a, b, SUM(v) AS s FROM t GROUP BY a, ROLLUP (b)) WHERE a = 'x') ('x', 1, 10), ('x', 2, 20), ('x', NULL, 30);
EXPECT (SELECT * FROM (SELECT a, b, SUM(v) AS s FROM t GROUP BY a, ROLLUP (b)) WHERE b = 1) ('x', 1, 10), ('y', 1, 40);
EXPECT (SELECT * FROM (SELECT a, b, SUM(v) AS s FROM t GROUP BY a, ROLLUP (b)) WHERE b IS NULL) ('x', NULL, 30), ('y', NULL, 40);

-- test: GROUPING wants keys of GROUP BY
CREATE TABLE t (a STRING, b INT);
INSERT INTO t VALUES ('x', 1);
EXPECT ERROR 'W1302' LIKE '%keys of GROUP BY%';
SELECT GROUPING(b) FROM t GROUP BY ROLLUP (a);
EXPECT ERROR 'W1302' LIKE '%queries with GROUP BY%';
SELECT GROUPING(b) FROM t;
EXPECT ERROR 'W1301' LIKE '%GROUP_ID%';
SELECT GROUP_ID() FROM t GROUP BY ROLLUP (a);
