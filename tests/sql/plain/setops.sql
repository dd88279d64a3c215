-- Plain SQL: UNION, INTERSECT, EXCEPT with and without ALL, nested, of different types; VALUES as a table. Rows as PostgreSQL gives them.

-- test: duplicates and NULL in each operation
CREATE TABLE a (x INT, s STRING);
CREATE TABLE b (x INT, s STRING);
INSERT INTO a VALUES (1, 'p'), (1, 'p'), (1, 'p'), (2, 'q'), (2, 'q'), (NULL, 'n'), (NULL, 'n'), (3, NULL);
INSERT INTO b VALUES (1, 'p'), (1, 'p'), (2, 'z'), (NULL, 'n'), (3, NULL), (3, NULL), (4, 'only b');
EXPECT (SELECT * FROM a UNION SELECT * FROM b) (NULL, 'n'), (1, 'p'), (2, 'q'), (2, 'z'), (3, NULL), (4, 'only b');
EXPECT (SELECT * FROM a UNION ALL SELECT * FROM b) (NULL, 'n'), (NULL, 'n'), (NULL, 'n'), (1, 'p'), (1, 'p'), (1, 'p'), (1, 'p'), (1, 'p'), (2, 'q'), (2, 'q'), (2, 'z'), (3, NULL), (3, NULL), (3, NULL), (4, 'only b');
EXPECT (SELECT * FROM a INTERSECT SELECT * FROM b) (NULL, 'n'), (1, 'p'), (3, NULL);
EXPECT (SELECT * FROM a INTERSECT ALL SELECT * FROM b) (NULL, 'n'), (1, 'p'), (1, 'p'), (3, NULL);
EXPECT (SELECT * FROM a EXCEPT SELECT * FROM b) (2, 'q');
EXPECT (SELECT * FROM a EXCEPT ALL SELECT * FROM b) (NULL, 'n'), (1, 'p'), (2, 'q'), (2, 'q');
EXPECT (SELECT * FROM b EXCEPT SELECT * FROM a) (2, 'z'), (4, 'only b');
EXPECT (SELECT * FROM b EXCEPT ALL SELECT * FROM a) (2, 'z'), (3, NULL), (4, 'only b');
EXPECT (SELECT x FROM a INTERSECT SELECT x FROM b WHERE x > 1) (2), (3);
EXPECT (SELECT x FROM a EXCEPT SELECT x FROM b WHERE x IS NOT NULL) (NULL);
EXPECT (SELECT x FROM a WHERE FALSE UNION SELECT x FROM b WHERE FALSE) ();
EXPECT (SELECT x FROM a EXCEPT ALL SELECT x FROM a) ();
EXPECT (SELECT s FROM a UNION SELECT s FROM b) (NULL), ('n'), ('only b'), ('p'), ('q'), ('z');

-- test: INTERSECT binds closer than UNION and EXCEPT, which go from left to right
EXPECT (SELECT 1 AS x UNION SELECT 2 INTERSECT SELECT 2) (1), (2);
EXPECT ((SELECT 1 AS x UNION SELECT 2) INTERSECT SELECT 2) (2);
EXPECT (SELECT 1 AS x UNION ALL SELECT 1 EXCEPT SELECT 1) ();
EXPECT (SELECT 1 AS x UNION ALL (SELECT 1 EXCEPT SELECT 1)) (1);
EXPECT (SELECT 1 AS x EXCEPT SELECT 1 UNION SELECT 3) (3);
EXPECT (SELECT 1 AS x EXCEPT (SELECT 1 UNION SELECT 3)) ();
EXPECT (VALUES (1), (2), (3) EXCEPT VALUES (2) EXCEPT VALUES (3)) (1);
EXPECT (VALUES (1), (2), (3) EXCEPT (VALUES (2), (3) EXCEPT VALUES (3))) (1), (3);
EXPECT (VALUES (1), (2) UNION ALL VALUES (2), (3) INTERSECT VALUES (3), (4)) (1), (2), (3);
EXPECT (((VALUES (1), (2)) UNION (VALUES (2), (3))) EXCEPT ((VALUES (1)) INTERSECT (VALUES (1), (3)))) (2), (3);

-- test: columns meet in one type, names are those of the first
EXPECT (SELECT 1 AS x UNION ALL SELECT 2.5) (1), (2.5);
EXPECT (SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2 AS y) AS u) (1), (2);
EXPECT (SELECT CAST(1 AS SMALLINT) AS x UNION SELECT CAST(1 AS BIGINT)) (1);
EXPECT (SELECT 'ab' AS s UNION SELECT 'abc') ('ab'), ('abc');
EXPECT (SELECT 3000000000 AS x UNION SELECT 1) (1), (3000000000);
EXPECT (SELECT 1.50 AS x UNION SELECT 1.5) (1.50);
EXPECT (SELECT 0.1 AS x UNION ALL SELECT 100) (0.1), (100);
EXPECT (SELECT 1 AS x UNION SELECT NULL) (NULL), (1);
EXPECT (SELECT NULL AS x UNION ALL SELECT 7) (NULL), (7);
EXPECT (SELECT DATE '2024-01-01' AS d UNION SELECT NULL UNION SELECT DATE '2024-01-01') (NULL), (DATE '2024-01-01');
EXPECT (SELECT CAST(1.5 AS DOUBLE) AS x UNION SELECT 1) (1.0), (1.5);

-- test: what has no common type, or another number of columns, is refused
EXPECT ERROR 'W1201';
SELECT 1 AS x UNION SELECT 'a';
EXPECT ERROR 'W1201';
SELECT DATE '2024-01-01' AS x UNION SELECT 1;
EXPECT ERROR 'W1201';
SELECT TRUE AS x EXCEPT SELECT 1;
EXPECT ERROR 'W1201' LIKE '%1%2%';
SELECT 1 AS x UNION SELECT 1, 2;
EXPECT ERROR 'W1201';
VALUES (1, 2), (3);

-- test: VALUES as a table, with names, joined, grouped, nested
EXPECT (VALUES (1, 'a'), (2, 'b')) (1, 'a'), (2, 'b');
EXPECT (SELECT * FROM (VALUES (1, 'a'), (2, NULL), (NULL, 'c')) AS v(n, s)) (NULL, 'c'), (1, 'a'), (2, NULL);
EXPECT (SELECT s, n * 2 AS d FROM (VALUES (1, 'a'), (2, NULL)) AS v(n, s) WHERE n > 1) (NULL, 4);
EXPECT (SELECT SUM(n) AS s, COUNT(*) AS c FROM (VALUES (1), (2), (NULL), (2)) AS v(n)) (5, 4);
EXPECT (SELECT a.n, b.n FROM (VALUES (1), (2)) AS a(n) CROSS JOIN (VALUES (10), (20)) AS b(n)) (1, 10), (1, 20), (2, 10), (2, 20);
EXPECT (SELECT * FROM (VALUES (1), (2.5), (3)) AS v(n)) (1), (2.5), (3);
EXPECT (SELECT n FROM (VALUES (3), (1), (2)) AS v(n) ORDER BY n DESC LIMIT 2) ORDERED (3), (2);
EXPECT (SELECT * FROM (VALUES (1 + 1, UPPER('x'), NULLIF(1, 1))) AS v(a, b, c)) (2, 'X', NULL);
EXPECT (SELECT x FROM (VALUES (1), (2), (3)) AS v(x) WHERE x NOT IN (VALUES (2))) (1), (3);
EXPECT (SELECT k, MAX(v) AS m FROM (VALUES ('a', 1), ('b', 2), ('a', 3)) AS t(k, v) GROUP BY k) ('a', 3), ('b', 2);
EXPECT (SELECT t.k, u.w FROM (VALUES ('a', 1), ('b', 2)) AS t(k, v) LEFT JOIN (VALUES (2, 'two')) AS u(v, w) ON t.v = u.v) ('a', NULL), ('b', 'two');

-- test: set operations over joins, groups and views, and below them
CREATE TABLE t (k STRING, v INT);
CREATE VIEW twice AS SELECT k, v FROM t WHERE v > 1 UNION ALL SELECT k, -v FROM t WHERE v > 2;
INSERT INTO t VALUES ('a', 1), ('a', 2), ('b', 3), ('c', 4);
EXPECT (SELECT * FROM twice) ('a', 2), ('b', -3), ('b', 3), ('c', -4), ('c', 4);
EXPECT (SELECT k, SUM(v) AS s, COUNT(*) AS n FROM twice GROUP BY k) ('a', 2, 1), ('b', 0, 2), ('c', 0, 2);
EXPECT (SELECT k FROM twice INTERSECT SELECT k FROM t WHERE v < 4) ('a'), ('b');
EXPECT (SELECT k, COUNT(*) AS n FROM t GROUP BY k EXCEPT SELECT 'a', 2) ('b', 1), ('c', 1);
EXPECT (SELECT a.k, b.v FROM t a JOIN (SELECT k, v FROM t UNION SELECT 'b', 33) AS b ON a.k = b.k WHERE a.v > 2) ('b', 3), ('b', 33), ('c', 4);
EXPECT (SELECT COUNT(*) AS n FROM (SELECT k FROM t UNION SELECT k FROM twice) AS u) (3);
EXPECT (SELECT k FROM t WHERE v IN (SELECT 1 UNION SELECT 3)) ('a'), ('b');
EXPECT (SELECT k FROM t a WHERE EXISTS (SELECT k FROM t b WHERE b.k = a.k AND b.v > 1 EXCEPT SELECT 'b')) ('a'), ('a'), ('c');
