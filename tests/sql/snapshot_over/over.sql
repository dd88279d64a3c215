-- test: rankings
CREATE TABLE t (k STRING, id INT, v INT);
INSERT INTO t VALUES ('a', 1, 10), ('a', 2, 30), ('a', 3, 30), ('a', 4, 40), ('b', 5, 1), ('b', 6, NULL);
EXPECT (SELECT id, ROW_NUMBER() OVER w, RANK() OVER w, DENSE_RANK() OVER w FROM t WINDOW w AS (PARTITION BY k ORDER BY v))
  (1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 2, 2), (4, 4, 4, 3), (6, 1, 1, 1), (5, 2, 2, 2);
EXPECT (SELECT id, PERCENT_RANK() OVER (PARTITION BY k ORDER BY v), CUME_DIST() OVER (PARTITION BY k ORDER BY v) FROM t WHERE k = 'a')
  (1, 0.0, 0.25), (2, 0.3333333333333333, 0.75), (3, 0.3333333333333333, 0.75), (4, 1.0, 1.0);
EXPECT (SELECT id, NTILE(3) OVER (ORDER BY id), NTILE(10) OVER (ORDER BY id) FROM t WHERE id < 6)
  (1, 1, 1), (2, 1, 2), (3, 2, 3), (4, 2, 4), (5, 3, 5);

-- test: NULL is the smallest value, unless it is said where it stands
CREATE TABLE t (id INT, v INT);
INSERT INTO t VALUES (1, 5), (2, NULL), (3, 8);
EXPECT (SELECT id, ROW_NUMBER() OVER (ORDER BY v), ROW_NUMBER() OVER (ORDER BY v DESC), ROW_NUMBER() OVER (ORDER BY v NULLS LAST),
  ROW_NUMBER() OVER (ORDER BY v DESC NULLS FIRST) FROM t) (1, 2, 2, 1, 3), (2, 1, 3, 3, 1), (3, 3, 1, 2, 2);

-- test: LAG, LEAD, with a distance, a default, without NULLs
CREATE TABLE t (id INT, v INT);
INSERT INTO t VALUES (1, 10), (2, NULL), (3, 30), (4, 40);
EXPECT (SELECT id, LAG(v) OVER (ORDER BY id), LEAD(v) OVER (ORDER BY id), LAG(v, 2, -1) OVER (ORDER BY id), LEAD(v, 0) OVER (ORDER BY id) FROM t)
  (1, NULL, NULL, -1, 10), (2, 10, 30, -1, NULL), (3, NULL, 40, 10, 30), (4, 30, NULL, NULL, 40);
EXPECT (SELECT id, LAG(v) IGNORE NULLS OVER (ORDER BY id), LEAD(v, 2) IGNORE NULLS OVER (ORDER BY id) FROM t)
  (1, NULL, 40), (2, 10, 40), (3, 10, NULL), (4, 30, NULL);

-- test: the default frame ends with the rows of equal order
CREATE TABLE t (id INT, v INT);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 2), (4, 3);
EXPECT (SELECT id, SUM(v) OVER (ORDER BY v), SUM(v) OVER (), COUNT(*) OVER (ORDER BY v ROWS UNBOUNDED PRECEDING) FROM t)
  (1, 1, 8, 1), (2, 5, 8, 2), (3, 5, 8, 3), (4, 8, 8, 4);

-- test: ROWS frames
CREATE TABLE t (id INT, v INT);
INSERT INTO t VALUES (1, 1), (2, 2), (3, 4), (4, 8), (5, 16);
EXPECT (SELECT id,
  SUM(v) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW),
  SUM(v) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING),
  SUM(v) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
  SUM(v) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING),
  SUM(v) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING),
  COUNT(v) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 2 PRECEDING) FROM t)
  (1, 1, 3, 31, NULL, 6, 0), (2, 3, 7, 30, NULL, 12, 0), (3, 6, 14, 28, 1, 24, 0), (4, 12, 28, 24, 3, 16, 0), (5, 24, 24, 16, 6, NULL, 0);

-- test: RANGE frames over numbers, dates and times
CREATE TABLE t (id INT, v INT, d DATE, ts TIMESTAMP(3));
INSERT INTO t VALUES (1, 10, DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00'), (2, 11, DATE '2024-01-02', TIMESTAMP '2024-01-01 00:10:00'),
  (3, 13, DATE '2024-01-05', TIMESTAMP '2024-01-01 00:11:00'), (4, NULL, NULL, NULL);
EXPECT (SELECT id,
  COUNT(*) OVER (ORDER BY v RANGE BETWEEN 2 PRECEDING AND CURRENT ROW),
  COUNT(*) OVER (ORDER BY v RANGE BETWEEN 1 PRECEDING AND 2 FOLLOWING),
  COUNT(*) OVER (ORDER BY v DESC RANGE BETWEEN 2 PRECEDING AND CURRENT ROW),
  COUNT(*) OVER (ORDER BY d RANGE BETWEEN INTERVAL '3' DAY PRECEDING AND CURRENT ROW),
  COUNT(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '5' MINUTE PRECEDING AND INTERVAL '1' MINUTE FOLLOWING) FROM t)
  (1, 1, 2, 2, 1, 1), (2, 2, 3, 2, 2, 2), (3, 2, 1, 1, 2, 2), (4, 1, 1, 1, 1, 1);

-- test: all kinds of aggregates over sliding frames
CREATE TABLE t (id INT, v INT, d DOUBLE, s STRING);
INSERT INTO t VALUES (1, 5, 0.5, 'b'), (2, 3, 1e18, 'a'), (3, NULL, 0.25, NULL), (4, 3, -1e18, 'c'), (5, 9, 0.125, 'a');
EXPECT (SELECT id, MIN(v) OVER w, MAX(s) OVER w, AVG(d) OVER w, COUNT(DISTINCT v) OVER w, FIRST_VALUE(s) OVER w, LAST_VALUE(s) OVER w, LISTAGG(s) OVER w
  FROM t WINDOW w AS (ORDER BY id ROWS 1 PRECEDING))
  (1, 5, 'b', 0.5, 1, 'b', 'b', 'b'), (2, 3, 'b', 5e17, 2, 'b', 'a', 'b,a'), (3, 3, 'a', 5e17, 1, 'a', 'a', 'a'), (4, 3, 'c', -5e17, 1, 'c', 'c', 'c'),
  (5, 3, 'c', -5e17, 2, 'c', 'a', 'c,a');
EXPECT (SELECT id, SUM(v) FILTER (WHERE v > 3) OVER (ORDER BY id), SUM(DISTINCT v) OVER (ORDER BY id), STDDEV_POP(v) OVER () FROM t WHERE id < 4)
  (1, 5, 5, 1.0), (2, 5, 8, 1.0), (3, 5, 8, 1.0);

-- test: over groups, with expressions of aggregates, and sorted by a window's result
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('b', 5), ('a', 2), ('c', 4);
EXPECT (SELECT k, SUM(v) AS s, RANK() OVER (ORDER BY SUM(v) DESC) AS r, SUM(SUM(v)) OVER () FROM t GROUP BY k ORDER BY RANK() OVER (ORDER BY SUM(v)))
  ORDERED ('a', 3, 3, 12), ('c', 4, 2, 12), ('b', 5, 1, 12);
EXPECT (SELECT k, SUM(v) * 100 / SUM(SUM(v)) OVER () AS share FROM t GROUP BY k HAVING COUNT(*) < 2) ('b', 55), ('c', 44);

-- test: QUALIFY
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('b', 5), ('a', 2), ('b', 4);
EXPECT (SELECT k, v FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) = 1) ('a', 2), ('b', 5);
EXPECT (SELECT k, v, AVG(v) OVER (PARTITION BY k) AS a FROM t QUALIFY v > a) ('a', 2, 1), ('b', 5, 4);
EXPECT (SELECT DISTINCT COUNT(*) OVER (PARTITION BY k) AS n FROM t) (2);

-- test: named windows that build on others
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('a', 2), ('b', 5);
EXPECT (SELECT v, SUM(v) OVER p, SUM(v) OVER (p ORDER BY v ROWS UNBOUNDED PRECEDING), COUNT(*) OVER q FROM t WINDOW p AS (PARTITION BY k), q AS (p ORDER BY v))
  (1, 3, 1, 1), (2, 3, 3, 2), (5, 5, 5, 1);

-- test: the whole of several windows in one SELECT, subqueries beside them
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('a', 2), ('b', 5);
EXPECT (SELECT k, v, RANK() OVER (ORDER BY v DESC), SUM(v) OVER (PARTITION BY k), (SELECT MAX(v) FROM t) - v FROM t)
  ('a', 1, 3, 3, 4), ('a', 2, 2, 3, 3), ('b', 5, 1, 5, 0);
EXPECT (SELECT COUNT(*) FROM (SELECT ROW_NUMBER() OVER (ORDER BY v) AS rn FROM t) WHERE rn > 1) (2);
EXPECT (SELECT ROW_NUMBER() OVER () AS n FROM t WHERE v < 0) ();

-- test: what is refused
CREATE TABLE t (k STRING, v INT, j JSON);
EXPECT ERROR 'W1302' LIKE '%WHERE%';
SELECT v FROM t WHERE RANK() OVER (ORDER BY v) = 1;
EXPECT ERROR 'W1302';
SELECT SUM(RANK() OVER (ORDER BY v)) FROM t;
EXPECT ERROR 'W1302';
SELECT RANK() OVER (ORDER BY RANK() OVER (ORDER BY v)) FROM t;
EXPECT ERROR 'W1302' LIKE '%needs an OVER clause%';
SELECT RANK() FROM t;
EXPECT ERROR 'W1104' LIKE '%no function that takes OVER%';
SELECT UPPER(k) OVER () FROM t;
EXPECT ERROR 'W1306' LIKE '%ends before it begins%';
SELECT SUM(v) OVER (ORDER BY v ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM t;
EXPECT ERROR 'W1306' LIKE '%constant number of rows%';
SELECT SUM(v) OVER (ORDER BY v ROWS v PRECEDING) FROM t;
EXPECT ERROR 'W1306' LIKE '%exactly one value%';
SELECT SUM(v) OVER (ORDER BY v, k RANGE 1 PRECEDING) FROM t;
EXPECT ERROR 'W1306' LIKE '%INTERVAL%';
SELECT SUM(v) OVER (ORDER BY v RANGE INTERVAL '1' DAY PRECEDING) FROM t;
EXPECT ERROR 'W1101' LIKE '%no window "w"%';
SELECT SUM(v) OVER w FROM t;
EXPECT ERROR 'W1201';
SELECT SUM(v) OVER (ORDER BY j) FROM t;
