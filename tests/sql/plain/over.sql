-- OVER in a SELECT: frames of rows, of values, of everything; ranks, LAG and LEAD. Rows as PostgreSQL gives them.

-- test: frames of ROWS and RANGE over values with ties and gaps
CREATE TABLE t (id INT, k STRING, o INT, v INT);
INSERT INTO t VALUES (1, 'a', 1, 10), (2, 'a', 2, 20), (3, 'a', 2, 30), (4, 'a', 5, NULL), (5, 'b', 1, 1), (6, 'b', 9, 2), (7, NULL, 3, 7);
EXPECT (SELECT id, SUM(v) OVER () AS s FROM t) (1, 70), (2, 70), (3, 70), (4, 70), (5, 70), (6, 70), (7, 70);
EXPECT (SELECT id, SUM(v) OVER (PARTITION BY k) AS s FROM t) (1, 60), (2, 60), (3, 60), (4, 60), (5, 3), (6, 3), (7, 7);
EXPECT (SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY o) AS s FROM t) (1, 10), (2, 60), (3, 60), (4, 60), (5, 1), (6, 3), (7, 7);
EXPECT (SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY o, id ROWS UNBOUNDED PRECEDING) AS s FROM t) (1, 10), (2, 30), (3, 60), (4, 60), (5, 1), (6, 3), (7, 7);
EXPECT (SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY o, id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s FROM t) (1, 30), (2, 60), (3, 50), (4, 30), (5, 3), (6, 3), (7, 7);
EXPECT (SELECT id, COUNT(*) OVER (PARTITION BY k ORDER BY o, id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS n FROM t) (1, 0), (2, 1), (3, 2), (4, 2), (5, 0), (6, 1), (7, 0);
EXPECT (SELECT id, MAX(v) OVER (PARTITION BY k ORDER BY o, id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS m FROM t) (1, 30), (2, 30), (3, NULL), (4, NULL), (5, 2), (6, NULL), (7, NULL);
EXPECT (SELECT id, MIN(v) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING) AS m FROM t) (1, 10), (2, 20), (3, 1), (4, 1), (5, 1), (6, 2), (7, 7);
EXPECT (SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY o RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s FROM t) (1, 60), (2, 60), (3, 60), (4, NULL), (5, 1), (6, 2), (7, 7);
EXPECT (SELECT id, COUNT(v) OVER (PARTITION BY k ORDER BY o RANGE BETWEEN 3 PRECEDING AND CURRENT ROW) AS n FROM t) (1, 1), (2, 3), (3, 3), (4, 2), (5, 1), (6, 1), (7, 1);
EXPECT (SELECT id, COUNT(*) OVER (PARTITION BY k ORDER BY o RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS n FROM t) (1, 4), (2, 3), (3, 3), (4, 1), (5, 2), (6, 1), (7, 1);
EXPECT (SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY o DESC) AS s FROM t) (1, 60), (2, 50), (3, 50), (4, NULL), (5, 3), (6, 2), (7, 7);
EXPECT (SELECT id, SUM(v) OVER w AS s, COUNT(v) OVER w AS n FROM t WINDOW w AS (PARTITION BY k ORDER BY o, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) (1, NULL, 0), (2, 10, 1), (3, 30, 2), (4, 60, 3), (5, NULL, 0), (6, 1, 1), (7, NULL, 0);
EXPECT (SELECT id, SUM(v) OVER (w ORDER BY id) AS s FROM t WINDOW w AS (PARTITION BY k)) (1, 10), (2, 30), (3, 60), (4, 60), (5, 1), (6, 3), (7, 7);

-- test: ranks and neighbours
CREATE TABLE t (id INT, k STRING, v INT);
INSERT INTO t VALUES (1, 'a', 10), (2, 'a', 10), (3, 'a', 30), (4, 'b', 5), (5, 'b', 1), (6, 'a', 40);
EXPECT (SELECT id, ROW_NUMBER() OVER (ORDER BY v, id) AS n FROM t) (1, 3), (2, 4), (3, 5), (4, 2), (5, 1), (6, 6);
EXPECT (SELECT id, RANK() OVER (PARTITION BY k ORDER BY v) AS r FROM t) (1, 1), (2, 1), (3, 3), (4, 2), (5, 1), (6, 4);
EXPECT (SELECT id, DENSE_RANK() OVER (PARTITION BY k ORDER BY v DESC) AS r FROM t) (1, 3), (2, 3), (3, 2), (4, 1), (5, 2), (6, 1);
EXPECT (SELECT id, PERCENT_RANK() OVER (ORDER BY v) AS r FROM t) (1, 0.4), (2, 0.4), (3, 0.8), (4, 0.2), (5, 0.0), (6, 1.0);
EXPECT (SELECT id, CUME_DIST() OVER (PARTITION BY k ORDER BY v) AS r FROM t) (1, 0.5), (2, 0.5), (3, 0.75), (4, 1.0), (5, 0.5), (6, 1.0);
EXPECT (SELECT id, NTILE(4) OVER (ORDER BY id) AS n FROM t) (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 4);
EXPECT (SELECT id, NTILE(10) OVER (ORDER BY id DESC) AS n FROM t) (1, 6), (2, 5), (3, 4), (4, 3), (5, 2), (6, 1);
EXPECT (SELECT id, LAG(v) OVER (PARTITION BY k ORDER BY id) AS p, LEAD(v) OVER (PARTITION BY k ORDER BY id) AS n FROM t) (1, NULL, 10), (2, 10, 30), (3, 10, 40), (4, NULL, 1), (5, 5, NULL), (6, 30, NULL);
EXPECT (SELECT id, LAG(v, 2, -1) OVER (ORDER BY id) AS p, LEAD(v, 2, -2) OVER (ORDER BY id) AS n FROM t) (1, -1, 30), (2, -1, 5), (3, 10, 1), (4, 10, 40), (5, 30, -2), (6, 5, -2);
EXPECT (SELECT id, LAG(v, 0) OVER (ORDER BY id) AS p FROM t) (1, 10), (2, 10), (3, 30), (4, 5), (5, 1), (6, 40);
EXPECT (SELECT id, FIRST_VALUE(v) OVER (PARTITION BY k ORDER BY id) AS f, LAST_VALUE(v) OVER (PARTITION BY k ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS l FROM t) (1, 10, 40), (2, 10, 40), (3, 10, 40), (4, 5, 1), (5, 5, 1), (6, 10, 40);
EXPECT (SELECT id FROM (SELECT id, v - LAG(v) OVER (ORDER BY id) AS d FROM t) AS x WHERE d > 5) (3), (6);
EXPECT (SELECT k, MAX(n) AS m FROM (SELECT k, COUNT(*) OVER (PARTITION BY k) AS n FROM t) AS x GROUP BY k) ('a', 4), ('b', 2);
EXPECT (SELECT k, SUM(v) AS s, RANK() OVER (ORDER BY SUM(v) DESC) AS r FROM t GROUP BY k) ('a', 90, 1), ('b', 6, 2);
EXPECT (SELECT k, SUM(SUM(v)) OVER () AS all_v FROM t GROUP BY k) ('a', 96), ('b', 96);
EXPECT (SELECT id FROM t ORDER BY ROW_NUMBER() OVER (ORDER BY v DESC, id DESC)) ORDERED (6), (3), (2), (1), (4), (5);
EXPECT (SELECT DISTINCT COUNT(*) OVER (PARTITION BY k) AS n FROM t) (2), (4);
EXPECT (SELECT id, SUM(v) FILTER (WHERE v > 5) OVER (PARTITION BY k ORDER BY id) AS s FROM t) (1, 10), (2, 20), (3, 50), (4, NULL), (5, NULL), (6, 90);
EXPECT (SELECT id, v * 100 / SUM(v) OVER (PARTITION BY k) AS pct FROM t) (1, 11), (2, 11), (3, 33), (4, 83), (5, 16), (6, 44);

-- test: OVER with no rows, one row, only NULL
CREATE TABLE t (id INT, v INT);
EXPECT (SELECT id, SUM(v) OVER (ORDER BY id) AS s FROM t) ();
INSERT INTO t VALUES (1, NULL);
EXPECT (SELECT id, SUM(v) OVER (ORDER BY id) AS s, COUNT(v) OVER () AS n, LAG(v) OVER (ORDER BY id) AS l, RANK() OVER (ORDER BY v) AS r FROM t) (1, NULL, 0, NULL, 1);
INSERT INTO t VALUES (2, NULL), (3, 3);
EXPECT (SELECT id, SUM(v) OVER (ORDER BY id DESC) AS s, MAX(v) OVER (ORDER BY id) AS m, CUME_DIST() OVER (ORDER BY v NULLS FIRST) AS c FROM t) (1, 3, NULL, 0.6666666666666666), (2, 3, NULL, 0.6666666666666666), (3, 3, 3, 1.0);
EXPECT (SELECT id, RANK() OVER (ORDER BY v NULLS LAST) AS r, DENSE_RANK() OVER (ORDER BY v DESC NULLS FIRST) AS d FROM t) (1, 2, 1), (2, 2, 1), (3, 1, 2);
