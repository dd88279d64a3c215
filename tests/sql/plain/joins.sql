-- Plain SQL: joins of every kind, many at once. Rows as PostgreSQL gives them.

-- test: inner, left, right and full over keys with duplicates, NULL and no partner
CREATE TABLE l (k INT, a STRING);
CREATE TABLE r (k INT, b STRING);
INSERT INTO l VALUES (1, 'l1'), (1, 'l1b'), (2, 'l2'), (3, 'l3'), (NULL, 'ln');
INSERT INTO r VALUES (1, 'r1'), (1, 'r1b'), (3, 'r3'), (4, 'r4'), (NULL, 'rn');
EXPECT (SELECT a, b FROM l JOIN r ON l.k = r.k) ('l1', 'r1'), ('l1', 'r1b'), ('l1b', 'r1'), ('l1b', 'r1b'), ('l3', 'r3');
EXPECT (SELECT a, b FROM l LEFT JOIN r ON l.k = r.k) ('l1', 'r1'), ('l1', 'r1b'), ('l1b', 'r1'), ('l1b', 'r1b'), ('l2', NULL), ('l3', 'r3'), ('ln', NULL);
EXPECT (SELECT a, b FROM l RIGHT JOIN r ON l.k = r.k) (NULL, 'r4'), (NULL, 'rn'), ('l1', 'r1'), ('l1', 'r1b'), ('l1b', 'r1'), ('l1b', 'r1b'), ('l3', 'r3');
EXPECT (SELECT a, b FROM l FULL JOIN r ON l.k = r.k) (NULL, 'r4'), (NULL, 'rn'), ('l1', 'r1'), ('l1', 'r1b'), ('l1b', 'r1'), ('l1b', 'r1b'), ('l2', NULL), ('l3', 'r3'), ('ln', NULL);
EXPECT (SELECT a, b FROM l CROSS JOIN r WHERE l.k = 2) ('l2', 'r1'), ('l2', 'r1b'), ('l2', 'r3'), ('l2', 'r4'), ('l2', 'rn');
EXPECT (SELECT a, b FROM l, r WHERE l.k = r.k AND b <> 'r1') ('l1', 'r1b'), ('l1b', 'r1b'), ('l3', 'r3');
EXPECT (SELECT a, b FROM l JOIN r ON l.k IS NOT DISTINCT FROM r.k) ('l1', 'r1'), ('l1', 'r1b'), ('l1b', 'r1'), ('l1b', 'r1b'), ('l3', 'r3'), ('ln', 'rn');
EXPECT (SELECT a, b FROM l JOIN r ON l.k < r.k) ('l1', 'r3'), ('l1', 'r4'), ('l1b', 'r3'), ('l1b', 'r4'), ('l2', 'r3'), ('l2', 'r4'), ('l3', 'r4');
EXPECT (SELECT a, b FROM l JOIN r ON l.k + 1 = r.k) ('l2', 'r3'), ('l3', 'r4');
EXPECT (SELECT a, b FROM l LEFT JOIN r ON l.k = r.k AND b = 'r1b') ('l1', 'r1b'), ('l1b', 'r1b'), ('l2', NULL), ('l3', NULL), ('ln', NULL);
EXPECT (SELECT a, b FROM l LEFT JOIN r ON l.k = r.k WHERE b = 'r1b') ('l1', 'r1b'), ('l1b', 'r1b');
EXPECT (SELECT a, b FROM l LEFT JOIN r ON l.k = r.k AND l.a = 'l1') ('l1', 'r1'), ('l1', 'r1b'), ('l1b', NULL), ('l2', NULL), ('l3', NULL), ('ln', NULL);
EXPECT (SELECT a, b FROM l FULL JOIN r ON l.k = r.k AND a = 'l1' AND b = 'r1') (NULL, 'r1b'), (NULL, 'r3'), (NULL, 'r4'), (NULL, 'rn'), ('l1', 'r1'), ('l1b', NULL), ('l2', NULL), ('l3', NULL), ('ln', NULL);
EXPECT (SELECT a FROM l LEFT JOIN r ON l.k = r.k WHERE r.k IS NULL) ('l2'), ('ln');
EXPECT (SELECT a, b FROM l LEFT JOIN r ON FALSE) ('l1', NULL), ('l1b', NULL), ('l2', NULL), ('l3', NULL), ('ln', NULL);
EXPECT (SELECT COUNT(*) AS n FROM l LEFT JOIN r ON TRUE) (25);
EXPECT (SELECT COUNT(*) AS n, COUNT(a) AS l, COUNT(b) AS r FROM l FULL JOIN r ON l.k = r.k) (9, 7, 7);

-- test: USING and NATURAL have one column for both sides, and it is not NULL when one side has it
CREATE TABLE l (k INT, x INT);
CREATE TABLE r (k INT, y INT);
INSERT INTO l VALUES (1, 10), (2, 20), (NULL, 90);
INSERT INTO r VALUES (2, 200), (3, 300), (NULL, 900);
EXPECT (SELECT * FROM l JOIN r USING (k)) (2, 20, 200);
EXPECT (SELECT * FROM l LEFT JOIN r USING (k)) (NULL, 90, NULL), (1, 10, NULL), (2, 20, 200);
EXPECT (SELECT * FROM l RIGHT JOIN r USING (k)) (NULL, NULL, 900), (2, 20, 200), (3, NULL, 300);
EXPECT (SELECT * FROM l FULL JOIN r USING (k)) (NULL, NULL, 900), (NULL, 90, NULL), (1, 10, NULL), (2, 20, 200), (3, NULL, 300);
EXPECT (SELECT * FROM l NATURAL JOIN r) (2, 20, 200);
EXPECT (SELECT * FROM l NATURAL LEFT JOIN r) (NULL, 90, NULL), (1, 10, NULL), (2, 20, 200);
EXPECT (SELECT * FROM l NATURAL FULL JOIN r) (NULL, NULL, 900), (NULL, 90, NULL), (1, 10, NULL), (2, 20, 200), (3, NULL, 300);
EXPECT (SELECT k, COUNT(*) AS n FROM l FULL JOIN r USING (k) GROUP BY k) (NULL, 2), (1, 1), (2, 1), (3, 1);
EXPECT (SELECT k, l.k, r.k FROM l FULL JOIN r USING (k)) (NULL, NULL, NULL), (NULL, NULL, NULL), (1, 1, NULL), (2, 2, 2), (3, NULL, 3);
EXPECT (SELECT k FROM l FULL JOIN r USING (k) WHERE k > 1) (2), (3);
EXPECT (SELECT k, x, y FROM l JOIN r USING (k) ORDER BY k) ORDERED (2, 20, 200);

-- test: USING more columns, chains of USING
CREATE TABLE a (i INT, j INT, va STRING);
CREATE TABLE b (i INT, j INT, vb STRING);
CREATE TABLE c (i INT, vc STRING);
INSERT INTO a VALUES (1, 1, 'a11'), (1, 2, 'a12'), (2, 1, 'a21'), (3, 3, 'a33');
INSERT INTO b VALUES (1, 1, 'b11'), (1, 2, 'b12'), (2, 2, 'b22');
INSERT INTO c VALUES (1, 'c1'), (2, 'c2');
EXPECT (SELECT * FROM a JOIN b USING (i, j)) (1, 1, 'a11', 'b11'), (1, 2, 'a12', 'b12');
EXPECT (SELECT * FROM a LEFT JOIN b USING (i, j)) (1, 1, 'a11', 'b11'), (1, 2, 'a12', 'b12'), (2, 1, 'a21', NULL), (3, 3, 'a33', NULL);
EXPECT (SELECT * FROM a JOIN b USING (i, j) JOIN c USING (i)) (1, 1, 'a11', 'b11', 'c1'), (1, 2, 'a12', 'b12', 'c1');
EXPECT (SELECT i, va, vb, vc FROM a LEFT JOIN b USING (i, j) LEFT JOIN c USING (i)) (1, 'a11', 'b11', 'c1'), (1, 'a12', 'b12', 'c1'), (2, 'a21', NULL, 'c2'), (3, 'a33', NULL, NULL);
EXPECT (SELECT i, va, vc FROM a FULL JOIN b USING (i, j) FULL JOIN c USING (i)) (1, 'a11', 'c1'), (1, 'a12', 'c1'), (2, NULL, 'c2'), (2, 'a21', 'c2'), (3, 'a33', NULL);
EXPECT (SELECT i, a.j, b.j FROM a JOIN b USING (i) WHERE a.j <> b.j) (1, 1, 2), (1, 2, 1), (2, 1, 2);
EXPECT (SELECT * FROM a NATURAL JOIN b NATURAL JOIN c) (1, 1, 'a11', 'b11', 'c1'), (1, 2, 'a12', 'b12', 'c1');

-- test: outer joins of outer joins keep the order in which they are written
CREATE TABLE a (x INT);
CREATE TABLE b (x INT, y INT);
CREATE TABLE c (y INT, z INT);
INSERT INTO a VALUES (1), (2), (3);
INSERT INTO b VALUES (1, 10), (2, 20), (4, 40);
INSERT INTO c VALUES (10, 100), (40, 400), (50, 500);
EXPECT (SELECT a.x, b.y, c.z FROM a LEFT JOIN b ON a.x = b.x LEFT JOIN c ON b.y = c.y) (1, 10, 100), (2, 20, NULL), (3, NULL, NULL);
EXPECT (SELECT a.x, b.y, c.z FROM a LEFT JOIN (b JOIN c ON b.y = c.y) ON a.x = b.x) (1, 10, 100), (2, NULL, NULL), (3, NULL, NULL);
EXPECT (SELECT a.x, b.y, c.z FROM a LEFT JOIN b ON a.x = b.x JOIN c ON b.y = c.y) (1, 10, 100);
EXPECT (SELECT a.x, b.y, c.z FROM a LEFT JOIN b ON a.x = b.x RIGHT JOIN c ON b.y = c.y) (NULL, NULL, 400), (NULL, NULL, 500), (1, 10, 100);
EXPECT (SELECT a.x, b.y, c.z FROM a FULL JOIN b ON a.x = b.x FULL JOIN c ON b.y = c.y) (NULL, NULL, 500), (NULL, 40, 400), (1, 10, 100), (2, 20, NULL), (3, NULL, NULL);
EXPECT (SELECT a.x, b.y, c.z FROM a RIGHT JOIN (b LEFT JOIN c ON b.y = c.y) ON a.x = b.x) (NULL, 40, 400), (1, 10, 100), (2, 20, NULL);
EXPECT (SELECT a.x, b.y, c.z FROM a JOIN b ON a.x = b.x LEFT JOIN c ON b.y = c.y AND c.z > 100) (1, 10, NULL), (2, 20, NULL);
EXPECT (SELECT a.x, q.y, q.z FROM a LEFT JOIN (SELECT b.x, b.y, c.z FROM b FULL JOIN c ON b.y = c.y) AS q ON a.x = q.x) (1, 10, 100), (2, 20, NULL), (3, NULL, NULL);

-- test: a table joined with itself, twice, three times
CREATE TABLE e (id INT, boss INT, name STRING);
INSERT INTO e VALUES (1, NULL, 'ada'), (2, 1, 'bob'), (3, 1, 'cyd'), (4, 2, 'dan'), (5, 4, 'eve');
EXPECT (SELECT a.name, b.name FROM e a JOIN e b ON a.boss = b.id) ('bob', 'ada'), ('cyd', 'ada'), ('dan', 'bob'), ('eve', 'dan');
EXPECT (SELECT a.name, b.name FROM e a LEFT JOIN e b ON a.boss = b.id) ('ada', NULL), ('bob', 'ada'), ('cyd', 'ada'), ('dan', 'bob'), ('eve', 'dan');
EXPECT (SELECT a.name, c.name FROM e a JOIN e b ON a.boss = b.id JOIN e c ON b.boss = c.id) ('dan', 'ada'), ('eve', 'bob');
EXPECT (SELECT a.name, b.name, c.name, d.name FROM e a LEFT JOIN e b ON a.boss = b.id LEFT JOIN e c ON b.boss = c.id LEFT JOIN e d ON c.boss = d.id) ('ada', NULL, NULL, NULL), ('bob', 'ada', NULL, NULL), ('cyd', 'ada', NULL, NULL), ('dan', 'bob', 'ada', NULL), ('eve', 'dan', 'bob', 'ada');
EXPECT (SELECT a.name, b.name FROM e a JOIN e b ON a.boss = b.boss AND a.id < b.id) ('bob', 'cyd');
EXPECT (SELECT b.name, COUNT(a.id) AS n FROM e b LEFT JOIN e a ON a.boss = b.id GROUP BY b.name) ('ada', 2), ('bob', 1), ('cyd', 0), ('dan', 1), ('eve', 0);
EXPECT (SELECT x.name FROM e x WHERE (SELECT COUNT(*) FROM e y WHERE y.boss = x.id) = 2) ('ada');

-- test: ten tables along their keys
CREATE TABLE t0 (id INT, n1 INT);
CREATE TABLE t1 (id INT, n2 INT);
CREATE TABLE t2 (id INT, n3 INT);
CREATE TABLE t3 (id INT, n4 INT);
CREATE TABLE t4 (id INT, n5 INT);
CREATE TABLE t5 (id INT, n6 INT);
CREATE TABLE t6 (id INT, n7 INT);
CREATE TABLE t7 (id INT, n8 INT);
CREATE TABLE t8 (id INT, n9 INT);
CREATE TABLE t9 (id INT, v STRING);
INSERT INTO t0 VALUES (1, 2), (2, 3), (3, 1), (4, NULL);
INSERT INTO t1 VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO t2 VALUES (1, 3), (2, 1), (3, 3);
INSERT INTO t3 VALUES (1, 1), (2, 2), (3, 3), (3, 1);
INSERT INTO t4 VALUES (1, 2), (2, 1), (3, 3);
INSERT INTO t5 VALUES (1, 1), (2, 3), (3, 2);
INSERT INTO t6 VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO t7 VALUES (1, 3), (2, 2), (3, 1);
INSERT INTO t8 VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO t9 VALUES (1, 'one'), (2, 'two'), (3, 'three');
EXPECT (SELECT t0.id, t9.v FROM t0 JOIN t1 ON t0.n1 = t1.id JOIN t2 ON t1.n2 = t2.id JOIN t3 ON t2.n3 = t3.id JOIN t4 ON t3.n4 = t4.id JOIN t5 ON t4.n5 = t5.id JOIN t6 ON t5.n6 = t6.id JOIN t7 ON t6.n7 = t7.id JOIN t8 ON t7.n8 = t8.id JOIN t9 ON t8.n9 = t9.id) (1, 'one'), (2, 'one'), (2, 'two'), (3, 'one'), (3, 'two');
EXPECT (SELECT t0.id, t9.v FROM t0 LEFT JOIN t1 ON t0.n1 = t1.id LEFT JOIN t2 ON t1.n2 = t2.id LEFT JOIN t3 ON t2.n3 = t3.id LEFT JOIN t4 ON t3.n4 = t4.id LEFT JOIN t5 ON t4.n5 = t5.id LEFT JOIN t6 ON t5.n6 = t6.id LEFT JOIN t7 ON t6.n7 = t7.id LEFT JOIN t8 ON t7.n8 = t8.id LEFT JOIN t9 ON t8.n9 = t9.id) (1, 'one'), (2, 'one'), (2, 'two'), (3, 'one'), (3, 'two'), (4, NULL);
EXPECT (SELECT t0.id, t9.v FROM t0, t1, t2, t3, t4, t5, t6, t7, t8, t9 WHERE t9.id = t8.n9 AND t8.id = t7.n8 AND t7.id = t6.n7 AND t6.id = t5.n6 AND t5.id = t4.n5 AND t4.id = t3.n4 AND t3.id = t2.n3 AND t2.id = t1.n2 AND t1.id = t0.n1 AND t9.v <> 'two') (1, 'one'), (2, 'one'), (3, 'one');
EXPECT (SELECT COUNT(*) AS n FROM t0, t1, t2, t3, t4, t5, t6, t7, t8, t9 WHERE t0.n1 = t1.id AND t1.n2 = t2.id AND t2.n3 = t3.id AND t3.n4 = t4.id AND t4.n5 = t5.id AND t5.n6 = t6.id AND t6.n7 = t7.id AND t7.n8 = t8.id AND t8.n9 = t9.id) (5);
EXPECT (EXPLAIN SELECT COUNT(*) FROM t0, t1, t2, t3, t4, t5, t6, t7, t8, t9 WHERE t9.id = t8.n9 AND t8.id = t7.n8 AND t7.id = t6.n7 AND t6.id = t5.n6 AND t5.id = t4.n5 AND t4.id = t3.n4 AND t3.id = t2.n3 AND t2.id = t1.n2 AND t1.id = t0.n1) NOT LIKE '%nested loop%';
EXPECT (EXPLAIN SELECT COUNT(*) FROM t0, t9) LIKE '%nested loop%';
EXPECT (EXPLAIN SELECT COUNT(*) FROM t0, t9, t1 WHERE t0.n1 = t1.id AND t1.n2 = t9.id) NOT LIKE '%nested loop%';

-- test: joins with views, derived tables and aggregates on either side
CREATE TABLE o (id INT, c INT, total INT);
CREATE TABLE c (id INT, name STRING);
CREATE VIEW big AS SELECT * FROM o WHERE total > 10;
INSERT INTO o VALUES (1, 1, 5), (2, 1, 15), (3, 2, 25), (4, 9, 35), (5, 2, 45);
INSERT INTO c VALUES (1, 'ann'), (2, 'bob'), (3, 'cat');
EXPECT (SELECT name, big.id FROM c LEFT JOIN big ON big.c = c.id) ('ann', 2), ('bob', 3), ('bob', 5), ('cat', NULL);
EXPECT (SELECT name, s FROM c JOIN (SELECT c AS k, SUM(total) AS s FROM o GROUP BY c) AS g ON g.k = c.id) ('ann', 20), ('bob', 70);
EXPECT (SELECT name, COALESCE(s, 0) AS s FROM c LEFT JOIN (SELECT c AS k, SUM(total) AS s FROM big GROUP BY c) AS g ON g.k = c.id) ('ann', 15), ('bob', 70), ('cat', 0);
EXPECT (SELECT a.id, b.id FROM big a JOIN big b ON a.c = b.c AND a.total < b.total) (3, 5);
EXPECT (SELECT name, COUNT(o.id) AS n, MAX(total) AS m FROM c LEFT JOIN o ON o.c = c.id GROUP BY name HAVING COUNT(o.id) <> 1) ('ann', 2, 15), ('bob', 2, 45), ('cat', 0, NULL);
EXPECT (SELECT name, v.x FROM c JOIN (VALUES (1, 'x1'), (3, 'x3'), (3, 'x3b')) AS v(k, x) ON v.k = c.id) ('ann', 'x1'), ('cat', 'x3'), ('cat', 'x3b');
EXPECT (SELECT DISTINCT name FROM c JOIN o ON o.c = c.id) ('ann'), ('bob');

-- test: keys of every type that may be compared
CREATE TABLE l (b BOOLEAN, s SMALLINT, n DECIMAL(10, 2), d DATE, ts TIMESTAMP(3), t STRING, f DOUBLE, id INT);
CREATE TABLE r (b BOOLEAN, s SMALLINT, n DECIMAL(10, 2), d DATE, ts TIMESTAMP(3), t STRING, f DOUBLE, id INT);
INSERT INTO l VALUES (TRUE, 1, 1.50, DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00.001', 'a', 0.5, 1), (FALSE, -1, -1.50, DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999', '', 0.0, 2), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3);
INSERT INTO r VALUES (TRUE, 1, 1.5, DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00.001', 'a', 0.5, 11), (FALSE, -1, -1.50, DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999', '', -0.0, 12), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, 13);
EXPECT (SELECT l.id, r.id FROM l JOIN r ON l.b = r.b) (1, 11), (2, 12);
EXPECT (SELECT l.id, r.id FROM l JOIN r ON l.s = r.s) (1, 11), (2, 12);
EXPECT (SELECT l.id, r.id FROM l JOIN r ON l.n = r.n) (1, 11), (2, 12);
EXPECT (SELECT l.id, r.id FROM l JOIN r ON l.d = r.d) (1, 11), (2, 12);
EXPECT (SELECT l.id, r.id FROM l JOIN r ON l.ts = r.ts) (1, 11), (2, 12);
EXPECT (SELECT l.id, r.id FROM l JOIN r ON l.t = r.t) (1, 11), (2, 12);
EXPECT (SELECT l.id, r.id FROM l JOIN r ON l.f = r.f) (1, 11), (2, 12);
EXPECT (SELECT l.id, r.id FROM l JOIN r ON l.s = r.n - 0.5) (1, 11);
EXPECT (SELECT l.id, r.id FROM l LEFT JOIN r ON l.b = r.b AND l.n = r.n AND l.d = r.d AND l.ts = r.ts AND l.t = r.t) (1, 11), (2, 12), (3, NULL);
