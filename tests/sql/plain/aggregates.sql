-- Plain SQL: aggregates over nothing, NULLs, duplicates; GROUP BY expressions and positions; HAVING. Rows as PostgreSQL gives them.

-- test: aggregates over no rows, without and with GROUP BY
CREATE TABLE t (k INT, v INT, s STRING, d DECIMAL(8, 2), b DOUBLE);
EXPECT (SELECT COUNT(*) AS a, COUNT(v) AS b, SUM(v) AS c, MIN(v) AS d, MAX(v) AS e FROM t) (0, 0, NULL, NULL, NULL);
EXPECT (SELECT SUM(d) AS a, MIN(s) AS b, MAX(b) AS c, COUNT(DISTINCT s) AS d FROM t) (NULL, NULL, NULL, 0);
EXPECT (SELECT k, COUNT(*) AS n FROM t GROUP BY k) ();
EXPECT (SELECT COUNT(*) AS n FROM t HAVING COUNT(*) > 0) ();
EXPECT (SELECT COUNT(*) AS n FROM t HAVING COUNT(*) = 0) (0);
EXPECT (SELECT 1 AS one FROM t HAVING COUNT(*) = 0) (1);
EXPECT (SELECT MAX(v) IS NULL AS a, COALESCE(SUM(v), -1) AS b FROM t) (TRUE, -1);
EXPECT (SELECT COUNT(*) AS n FROM (SELECT k FROM t GROUP BY k) AS g) (0);
EXPECT (SELECT SUM(n) AS n FROM (SELECT COUNT(*) AS n FROM t) AS g) (0);
EXPECT (SELECT STDDEV_POP(b) AS a, VAR_SAMP(b) AS c FROM t) (NULL, NULL);
INSERT INTO t VALUES (1, NULL, NULL, NULL, NULL), (1, NULL, NULL, NULL, NULL);
EXPECT (SELECT COUNT(*) AS a, COUNT(v) AS b, SUM(v) AS c, MIN(s) AS d, SUM(d) AS e, MAX(b) AS f, COUNT(DISTINCT v) AS g FROM t) (2, 0, NULL, NULL, NULL, NULL, 0);
EXPECT (SELECT k, COUNT(*) AS a, COUNT(s) AS b, SUM(d) AS c FROM t GROUP BY k) (1, 2, 0, NULL);
EXPECT (SELECT COUNT(*) AS n FROM t WHERE v IS NULL HAVING SUM(v) IS NULL) (2);
EXPECT (SELECT v, COUNT(*) AS n FROM t GROUP BY v) (NULL, 2);

-- test: NULL is a group of its own, one for all NULLs, and each combination is one
CREATE TABLE t (a INT, b STRING, v INT);
INSERT INTO t VALUES (1, 'x', 1), (1, NULL, 2), (NULL, 'x', 3), (NULL, NULL, 4), (1, 'x', 5), (NULL, NULL, NULL), (NULL, 'x', 7);
EXPECT (SELECT a, COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY a) (NULL, 4, 14), (1, 3, 8);
EXPECT (SELECT b, COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY b) (NULL, 3, 6), ('x', 4, 16);
EXPECT (SELECT a, b, COUNT(*) AS n, SUM(v) AS s, COUNT(v) AS c FROM t GROUP BY a, b) (NULL, NULL, 2, 4, 1), (NULL, 'x', 2, 10, 2), (1, NULL, 1, 2, 1), (1, 'x', 2, 6, 2);
EXPECT (SELECT COUNT(DISTINCT a) AS a, COUNT(DISTINCT b) AS b, COUNT(DISTINCT v) AS v FROM t) (1, 1, 6);
EXPECT (SELECT DISTINCT a, b FROM t) (NULL, NULL), (NULL, 'x'), (1, NULL), (1, 'x');
EXPECT (SELECT a IS NULL AS n, COUNT(*) AS c FROM t GROUP BY a IS NULL) (FALSE, 3), (TRUE, 4);
EXPECT (SELECT COALESCE(a, -1) AS a, MAX(v) AS m FROM t GROUP BY COALESCE(a, -1)) (-1, 7), (1, 5);

-- test: GROUP BY expressions, positions, aliases' expressions, constants, more than is selected
CREATE TABLE t (id INT, name STRING, v INT, d DATE);
INSERT INTO t VALUES (1, 'ann', 10, DATE '2024-01-15'), (2, 'Bob', 20, DATE '2024-01-20'), (3, 'ANN', 30, DATE '2024-02-01'), (4, 'bob', -5, DATE '2023-12-31'), (5, 'cy', 0, NULL);
EXPECT (SELECT LOWER(name) AS n, SUM(v) AS s FROM t GROUP BY LOWER(name)) ('ann', 40), ('bob', 15), ('cy', 0);
EXPECT (SELECT v % 20 AS m, COUNT(*) AS c FROM t GROUP BY v % 20) (-5, 1), (0, 2), (10, 2);
EXPECT (SELECT EXTRACT(YEAR FROM d) AS y, COUNT(*) AS c FROM t GROUP BY EXTRACT(YEAR FROM d)) (NULL, 1), (2023, 1), (2024, 3);
EXPECT (SELECT EXTRACT(YEAR FROM d) AS y, EXTRACT(MONTH FROM d) AS m, MIN(id) AS i FROM t GROUP BY EXTRACT(YEAR FROM d), EXTRACT(MONTH FROM d)) (NULL, NULL, 5), (2023, 12, 4), (2024, 1, 1), (2024, 2, 3);
EXPECT (SELECT CHAR_LENGTH(name) + 1 AS l, COUNT(*) AS c FROM t GROUP BY CHAR_LENGTH(name)) (3, 1), (4, 4);
EXPECT (SELECT COUNT(*) AS c FROM t GROUP BY LOWER(name)) (1), (2), (2);
EXPECT (SELECT UPPER(LOWER(name)) AS u, COUNT(*) AS c FROM t GROUP BY LOWER(name)) ('ANN', 2), ('BOB', 2), ('CY', 1);
EXPECT (SELECT v > 0 AS pos, SUM(v) AS s, COUNT(*) AS c FROM t GROUP BY v > 0) (FALSE, -5, 2), (TRUE, 60, 3);
EXPECT (SELECT v > 0 AND id > 1 AS p, MAX(id) AS m FROM t GROUP BY v > 0 AND id > 1) (FALSE, 5), (TRUE, 3);
EXPECT (SELECT 'all' AS g, COUNT(*) AS c FROM t GROUP BY id > 0) ('all', 5);
EXPECT (SELECT id / 2 AS h, STDDEV_POP(CAST(v AS DOUBLE)) AS s FROM t GROUP BY id / 2) (0, 0.0), (1, 5.0), (2, 2.5);

-- test: HAVING with aggregates that are not selected, with and without GROUP BY
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('a', 2), ('b', 10), ('c', NULL), ('c', 3), ('d', NULL);
EXPECT (SELECT k FROM t GROUP BY k HAVING COUNT(v) = 1) ('b'), ('c');
EXPECT (SELECT k FROM t GROUP BY k HAVING SUM(v) > 2 AND COUNT(*) > 1) ('a'), ('c');
EXPECT (SELECT k FROM t GROUP BY k HAVING SUM(v) IS NULL) ('d');
EXPECT (SELECT k, SUM(v) AS s FROM t GROUP BY k HAVING k <> 'a' AND SUM(v) + MAX(v) > 5) ('b', 10), ('c', 3);
EXPECT (SELECT k FROM t GROUP BY k HAVING MIN(v) = MAX(v)) ('b'), ('c');
EXPECT (SELECT k FROM t GROUP BY k HAVING NOT (SUM(v) > 5)) ('a'), ('c');
EXPECT (SELECT SUM(v) AS s FROM t HAVING COUNT(DISTINCT k) = 4) (16);
EXPECT (SELECT SUM(v) AS s FROM t HAVING COUNT(DISTINCT k) = 5) ();
EXPECT (SELECT k FROM t GROUP BY k HAVING COUNT(*) IN (SELECT v FROM t WHERE v < 3)) ('a'), ('b'), ('c'), ('d');
EXPECT (SELECT k FROM t GROUP BY k HAVING EXISTS (SELECT 1 FROM t u WHERE u.k = t.k AND u.v > 2)) ('b'), ('c');

-- test: DISTINCT and FILTER, apart and together
CREATE TABLE t (k STRING, v INT, ok BOOLEAN);
INSERT INTO t VALUES ('a', 1, TRUE), ('a', 1, FALSE), ('a', 2, TRUE), ('a', NULL, TRUE), ('b', 5, NULL), ('b', 5, FALSE), ('c', 9, TRUE);
EXPECT (SELECT k, COUNT(DISTINCT v) AS d, SUM(DISTINCT v) AS s, SUM(v) AS a FROM t GROUP BY k) ('a', 2, 3, 4), ('b', 1, 5, 10), ('c', 1, 9, 9);
EXPECT (SELECT k, COUNT(*) FILTER (WHERE ok) AS t, COUNT(*) FILTER (WHERE NOT ok) AS f, COUNT(*) FILTER (WHERE ok IS NULL) AS n FROM t GROUP BY k) ('a', 3, 1, 0), ('b', 0, 1, 1), ('c', 1, 0, 0);
EXPECT (SELECT SUM(v) FILTER (WHERE v > 100) AS a, COUNT(v) FILTER (WHERE v > 100) AS b, MAX(v) FILTER (WHERE ok) AS c FROM t) (NULL, 0, 9);
EXPECT (SELECT k, COUNT(DISTINCT v) FILTER (WHERE ok) AS d FROM t GROUP BY k) ('a', 2), ('b', 0), ('c', 1);
EXPECT (SELECT COUNT(DISTINCT k) AS k, COUNT(DISTINCT v) AS v, COUNT(DISTINCT ok) AS ok, COUNT(*) AS n FROM t) (3, 4, 2, 7);
EXPECT (SELECT MIN(DISTINCT v) AS lo, MAX(DISTINCT v) AS hi FROM t WHERE k <> 'c') (1, 5);
EXPECT (SELECT k, SUM(v) FILTER (WHERE ok) + COALESCE(SUM(v) FILTER (WHERE NOT ok), 0) AS s FROM t GROUP BY k) ('a', 4), ('b', NULL), ('c', 9);
EXPECT (SELECT k FROM t GROUP BY k HAVING COUNT(*) FILTER (WHERE ok) > 1) ('a');

-- test: aggregates within expressions and expressions within aggregates
CREATE TABLE t (k INT, a INT, b INT);
INSERT INTO t VALUES (1, 2, 3), (1, 4, 5), (2, 6, NULL), (2, NULL, 8);
EXPECT (SELECT k, SUM(a * b) AS s, SUM(a) * SUM(b) AS p FROM t GROUP BY k) (1, 26, 48), (2, NULL, 48);
EXPECT (SELECT k, SUM(a + b) AS s, SUM(a) + SUM(b) AS t FROM t GROUP BY k) (1, 14, 14), (2, NULL, 14);
EXPECT (SELECT k * 10 + COUNT(*) AS x, MAX(a) - MIN(a) AS r FROM t GROUP BY k) (12, 2), (22, 0);
EXPECT (SELECT MAX(COALESCE(a, 0) + COALESCE(b, 0)) AS m, MIN(-a) AS n FROM t) (9, -6);
EXPECT (SELECT k, CASE WHEN COUNT(a) = COUNT(*) THEN 'full' ELSE 'holes' END AS c FROM t GROUP BY k) (1, 'full'), (2, 'holes');
EXPECT (SELECT SUM(s) AS s, MAX(n) AS n FROM (SELECT k, SUM(a) AS s, COUNT(*) AS n FROM t GROUP BY k) AS g) (12, 2);
EXPECT (SELECT ABS(MIN(a - b)) AS x, CAST(SUM(a) AS STRING) || '!' AS y FROM t) (1, '12!');
EXPECT (SELECT a.k, COUNT(*) AS n, SUM(b.b) AS s FROM t a JOIN t b ON a.k = b.k GROUP BY a.k) (1, 4, 16), (2, 4, 16);

-- test: MIN and MAX of every type that has an order
CREATE TABLE t (b SMALLINT, n DECIMAL(20, 4), f DOUBLE, s STRING, d DATE, ts TIMESTAMP(3));
INSERT INTO t VALUES (-32768, -0.0001, -1.5, 'b', DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999'),
  (32767, 12345678901234.5678, 1e300, 'B', DATE '2024-02-29', TIMESTAMP '2024-02-29 12:00:00'), (0, 0.0000, 0.0, '', DATE '9999-12-31', TIMESTAMP '0001-01-01 00:00:00'), (NULL, NULL, NULL, NULL, NULL, NULL);
EXPECT (SELECT MIN(b) AS a, MAX(b) AS b FROM t) (-32768, 32767);
EXPECT (SELECT MIN(n) AS a, MAX(n) AS b, SUM(n) AS c FROM t) (-0.0001, 12345678901234.5678, 12345678901234.5677);
EXPECT (SELECT MIN(f) AS a, MAX(f) AS b FROM t) (-1.5, 1e300);
EXPECT (SELECT MIN(s) AS a, MAX(s) AS b, COUNT(s) AS c FROM t) ('', 'b', 3);
EXPECT (SELECT MIN(d) AS a, MAX(ts) AS b FROM t) (DATE '1969-12-31', TIMESTAMP '2024-02-29 12:00:00');

-- test: GROUPING SETS, ROLLUP and CUBE with NULL among the keys
CREATE TABLE t (a STRING, b STRING, v INT);
INSERT INTO t VALUES ('x', 'p', 1), ('x', 'q', 2), ('y', 'p', 4), ('y', NULL, 8), (NULL, 'p', 16);
EXPECT (SELECT a, b, SUM(v) AS s FROM t GROUP BY GROUPING SETS ((a, b), (a), ())) (NULL, NULL, 16), (NULL, NULL, 31), (NULL, 'p', 16), ('x', NULL, 3), ('x', 'p', 1), ('x', 'q', 2), ('y', NULL, 8), ('y', NULL, 12), ('y', 'p', 4);
EXPECT (SELECT a, b, SUM(v) AS s FROM t GROUP BY ROLLUP (a, b)) (NULL, NULL, 16), (NULL, NULL, 31), (NULL, 'p', 16), ('x', NULL, 3), ('x', 'p', 1), ('x', 'q', 2), ('y', NULL, 8), ('y', NULL, 12), ('y', 'p', 4);
EXPECT (SELECT a, b, SUM(v) AS s, COUNT(*) AS n FROM t GROUP BY CUBE (a, b)) (NULL, NULL, 8, 1), (NULL, NULL, 16, 1), (NULL, NULL, 31, 5), (NULL, 'p', 16, 1), (NULL, 'p', 21, 3), (NULL, 'q', 2, 1), ('x', NULL, 3, 2), ('x', 'p', 1, 1), ('x', 'q', 2, 1), ('y', NULL, 8, 1), ('y', NULL, 12, 2), ('y', 'p', 4, 1);
EXPECT (SELECT a, GROUPING(a) AS g, SUM(v) AS s FROM t GROUP BY ROLLUP (a)) (NULL, 0, 16), (NULL, 1, 31), ('x', 0, 3), ('y', 0, 12);
EXPECT (SELECT a, b, GROUPING(a, b) AS g, MAX(v) AS m FROM t GROUP BY CUBE (a, b) HAVING GROUPING(a, b) > 0) (NULL, NULL, 1, 16), (NULL, NULL, 2, 8), (NULL, NULL, 3, 16), (NULL, 'p', 2, 16), (NULL, 'q', 2, 2), ('x', NULL, 1, 2), ('y', NULL, 1, 8);
EXPECT (SELECT COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY GROUPING SETS ((), ())) (5, 31), (5, 31);
EXPECT (SELECT a, b, SUM(v) AS s FROM t GROUP BY a, ROLLUP (b)) (NULL, NULL, 16), (NULL, 'p', 16), ('x', NULL, 3), ('x', 'p', 1), ('x', 'q', 2), ('y', NULL, 8), ('y', NULL, 12), ('y', 'p', 4);
EXPECT (SELECT a, SUM(v) AS s FROM t GROUP BY GROUPING SETS ((a), (b))) (NULL, 2), (NULL, 8), (NULL, 16), (NULL, 21), ('x', 3), ('y', 12);
