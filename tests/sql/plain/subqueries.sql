-- Plain SQL: subqueries as values, in IN, EXISTS and comparisons, three deep and correlated. Rows as PostgreSQL gives them.

-- test: a scalar subquery is NULL over nothing and may stand wherever a value may
CREATE TABLE d (id INT, name STRING);
CREATE TABLE e (id INT, d INT, pay INT, boss INT);
INSERT INTO d VALUES (1, 'dev'), (2, 'ops'), (3, 'idle');
INSERT INTO e VALUES (1, 1, 100, NULL), (2, 1, 80, 1), (3, 2, 90, 1), (4, 2, 90, 3), (5, NULL, 10, 4);
EXPECT (SELECT (SELECT MAX(pay) FROM e) AS m) (100);
EXPECT (SELECT (SELECT pay FROM e WHERE id = 99) AS m) (NULL);
EXPECT (SELECT id FROM e WHERE pay = (SELECT MAX(pay) FROM e)) (1);
EXPECT (SELECT id FROM e WHERE pay > (SELECT AVG(pay) FROM e)) (1), (2), (3), (4);
EXPECT (SELECT id, pay - (SELECT MIN(pay) FROM e) AS above FROM e) (1, 90), (2, 70), (3, 80), (4, 80), (5, 0);
EXPECT (SELECT id FROM e WHERE pay = (SELECT pay FROM e WHERE id = 99)) ();
EXPECT (SELECT name, (SELECT COUNT(*) FROM e WHERE e.d = d.id) AS n FROM d) ('dev', 2), ('idle', 0), ('ops', 2);
EXPECT (SELECT name, (SELECT SUM(pay) FROM e WHERE e.d = d.id) AS s FROM d) ('dev', 180), ('idle', NULL), ('ops', 180);
EXPECT (SELECT name, (SELECT MAX(pay) FROM e WHERE e.d = d.id) AS hi, (SELECT MIN(pay) FROM e WHERE e.d = d.id) AS lo FROM d) ('dev', 100, 80), ('idle', NULL, NULL), ('ops', 90, 90);
EXPECT (SELECT name FROM d WHERE (SELECT COUNT(*) FROM e WHERE e.d = d.id) = 0) ('idle');
EXPECT (SELECT COALESCE((SELECT SUM(pay) FROM e WHERE d = 3), 0) AS s) (0);
EXPECT (SELECT id FROM e a WHERE pay = (SELECT MAX(pay) FROM e b WHERE b.d = a.d)) (1), (3), (4);
EXPECT (SELECT d, SUM(pay) AS s FROM e GROUP BY d HAVING SUM(pay) > (SELECT AVG(pay) FROM e) * 2) (1, 180), (2, 180);
EXPECT (SELECT id FROM e ORDER BY (SELECT name FROM d WHERE d.id = e.d) DESC NULLS LAST, id) ORDERED (3), (4), (1), (2), (5);

-- test: IN and NOT IN follow three-valued logic
CREATE TABLE a (x INT);
CREATE TABLE b (y INT);
CREATE TABLE empty_one (z INT);
INSERT INTO a VALUES (1), (2), (3), (NULL);
INSERT INTO b VALUES (2), (3);
EXPECT (SELECT x FROM a WHERE x IN (SELECT y FROM b)) (2), (3);
EXPECT (SELECT x FROM a WHERE x NOT IN (SELECT y FROM b)) (1);
EXPECT (SELECT x FROM a WHERE x IN (SELECT z FROM empty_one)) ();
EXPECT (SELECT x FROM a WHERE x NOT IN (SELECT z FROM empty_one)) (NULL), (1), (2), (3);
EXPECT (SELECT x FROM a WHERE NOT (x IN (SELECT y FROM b))) (1);
EXPECT (SELECT x, x IN (SELECT y FROM b) AS i FROM a) (NULL, NULL), (1, FALSE), (2, TRUE), (3, TRUE);
EXPECT (SELECT x, x NOT IN (SELECT y FROM b) AS i FROM a) (NULL, NULL), (1, TRUE), (2, FALSE), (3, FALSE);
EXPECT (SELECT x, x IN (SELECT z FROM empty_one) AS i, x NOT IN (SELECT z FROM empty_one) AS o FROM a) (NULL, FALSE, TRUE), (1, FALSE, TRUE), (2, FALSE, TRUE), (3, FALSE, TRUE);
INSERT INTO b VALUES (NULL);
EXPECT (SELECT x FROM a WHERE x IN (SELECT y FROM b)) (2), (3);
EXPECT (SELECT x FROM a WHERE x NOT IN (SELECT y FROM b)) ();
EXPECT (SELECT x, x IN (SELECT y FROM b) AS i, x NOT IN (SELECT y FROM b) AS o FROM a) (NULL, NULL, NULL), (1, NULL, NULL), (2, TRUE, FALSE), (3, TRUE, FALSE);
EXPECT (SELECT x FROM a WHERE x NOT IN (SELECT y FROM b WHERE y IS NOT NULL)) (1);
EXPECT (SELECT x FROM a WHERE (x IN (SELECT y FROM b)) IS UNKNOWN) (NULL), (1);

-- test: rows in IN
CREATE TABLE p (a INT, b STRING);
CREATE TABLE q (a INT, b STRING);
INSERT INTO p VALUES (1, 'x'), (1, 'y'), (2, 'x'), (3, NULL);
INSERT INTO q VALUES (1, 'x'), (2, 'y'), (3, NULL);
EXPECT (SELECT * FROM p WHERE (a, b) IN (SELECT a, b FROM q)) (1, 'x');
EXPECT (SELECT * FROM p WHERE (a, b) NOT IN (SELECT a, b FROM q WHERE b IS NOT NULL) AND b IS NOT NULL) (1, 'y'), (2, 'x');
EXPECT (SELECT * FROM p WHERE (a, b) IN ((1, 'y'), (2, 'x'))) (1, 'y'), (2, 'x');
EXPECT (SELECT * FROM p WHERE (b, a) IN (SELECT b, a FROM q)) (1, 'x');

-- test: EXISTS counts rows, whatever they hold
CREATE TABLE c (id INT, city STRING);
CREATE TABLE o (id INT, c INT, total INT);
INSERT INTO c VALUES (1, 'Rome'), (2, 'Oslo'), (3, 'Rome'), (4, NULL);
INSERT INTO o VALUES (10, 1, 5), (11, 1, 50), (12, 3, 7), (13, NULL, 9);
EXPECT (SELECT id FROM c WHERE EXISTS (SELECT 1 FROM o WHERE o.c = c.id)) (1), (3);
EXPECT (SELECT id FROM c WHERE NOT EXISTS (SELECT 1 FROM o WHERE o.c = c.id)) (2), (4);
EXPECT (SELECT id FROM c WHERE EXISTS (SELECT NULL FROM o WHERE o.c = c.id AND o.total > 10)) (1);
EXPECT (SELECT id FROM c WHERE EXISTS (SELECT * FROM o)) (1), (2), (3), (4);
EXPECT (SELECT id FROM c WHERE EXISTS (SELECT * FROM o WHERE total > 1000)) ();
EXPECT (SELECT id FROM c WHERE NOT EXISTS (SELECT * FROM o WHERE total > 1000) AND city IS NOT NULL) (1), (2), (3);
EXPECT (SELECT a.id FROM c a WHERE EXISTS (SELECT 1 FROM c b WHERE b.city = a.city AND b.id <> a.id)) (1), (3);
EXPECT (SELECT id FROM c WHERE EXISTS (SELECT 1 FROM o WHERE o.c = c.id) OR city = 'Oslo') (1), (2), (3);
EXPECT (SELECT id, EXISTS (SELECT 1 FROM o WHERE o.c = c.id) AS has FROM c) (1, TRUE), (2, FALSE), (3, TRUE), (4, FALSE);
EXPECT (SELECT city, COUNT(*) AS n FROM c WHERE EXISTS (SELECT 1 FROM o WHERE o.c = c.id) GROUP BY city) ('Rome', 2);
EXPECT (SELECT id FROM c WHERE EXISTS (SELECT o.c FROM o WHERE o.c = c.id GROUP BY o.c HAVING COUNT(*) > 1)) (1);
EXPECT (SELECT id FROM o WHERE NOT EXISTS (SELECT 1 FROM c WHERE c.id = o.c)) (13);

-- test: three deep, each level correlated with the one above
CREATE TABLE r (id INT, name STRING);
CREATE TABLE s (id INT, r INT);
CREATE TABLE u (id INT, s INT, v INT);
INSERT INTO r VALUES (1, 'north'), (2, 'south'), (3, 'empty');
INSERT INTO s VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO u VALUES (1, 1, 5), (2, 1, 7), (3, 2, 1), (4, 3, 2);
EXPECT (SELECT name FROM r WHERE EXISTS (SELECT 1 FROM s WHERE s.r = r.id AND EXISTS (SELECT 1 FROM u WHERE u.s = s.id AND u.v > 6))) ('north');
EXPECT (SELECT name FROM r WHERE NOT EXISTS (SELECT 1 FROM s WHERE s.r = r.id AND NOT EXISTS (SELECT 1 FROM u WHERE u.s = s.id AND u.v < 6))) ('empty'), ('north'), ('south');
EXPECT (SELECT name FROM r WHERE id IN (SELECT r FROM s WHERE id IN (SELECT s FROM u WHERE v IN (SELECT MAX(v) FROM u)))) ('north');
EXPECT (SELECT name, (SELECT MAX((SELECT SUM(v) FROM u WHERE u.s = s.id)) FROM s WHERE s.r = r.id) AS best FROM r) ('empty', NULL), ('north', 12), ('south', 2);
EXPECT (SELECT name FROM r WHERE (SELECT COUNT(*) FROM s WHERE s.r = r.id AND s.id IN (SELECT u.s FROM u WHERE u.v > 1)) >= 1) ('north'), ('south');
EXPECT (SELECT x.name, x.n FROM (SELECT name, (SELECT COUNT(*) FROM s WHERE s.r = r.id) AS n FROM r) AS x WHERE x.n > (SELECT MIN(y.n) FROM (SELECT COUNT(*) AS n FROM s GROUP BY r) AS y)) ('north', 2);
EXPECT (SELECT name FROM r WHERE id = (SELECT r FROM s WHERE id = (SELECT s FROM u WHERE v = (SELECT MAX(v) FROM u)))) ('north');
EXPECT (SELECT id FROM u WHERE v > (SELECT AVG(v) FROM u w WHERE w.s IN (SELECT t.id FROM s t WHERE t.r = (SELECT z.r FROM s z WHERE z.id = u.s)))) (1), (2);

-- test: derived tables within derived tables
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('a', 2), ('b', 3), ('b', NULL), ('c', NULL);
EXPECT (SELECT MAX(s) AS m FROM (SELECT k, SUM(v) AS s FROM (SELECT k, v FROM (SELECT * FROM t WHERE v IS NOT NULL) AS x) AS y GROUP BY k) AS z) (3);
EXPECT (SELECT k, n FROM (SELECT k, COUNT(v) AS n FROM t GROUP BY k) AS g WHERE n < 2 ORDER BY k) ORDERED ('b', 1), ('c', 0);
EXPECT (SELECT g.k, t.v FROM (SELECT k, MAX(v) AS m FROM t GROUP BY k) AS g JOIN t ON t.k = g.k AND t.v = g.m) ('a', 2), ('b', 3);
EXPECT (SELECT a.k, a.s, b.c FROM (SELECT k, SUM(v) AS s FROM t GROUP BY k) AS a JOIN (SELECT k, COUNT(*) AS c FROM t GROUP BY k) AS b ON a.k = b.k) ('a', 3, 2), ('b', 3, 2), ('c', NULL, 1);
EXPECT (SELECT x.a + x.b AS s FROM (SELECT 1 AS a, 2 AS b) AS x) (3);

-- test: a value compared with a subquery of more than one row is an error
CREATE TABLE t (x INT);
INSERT INTO t VALUES (1), (2);
EXPECT ERROR 'W1209';
SELECT (SELECT x FROM t) AS v;
EXPECT ERROR 'W1209';
SELECT x FROM t WHERE x = (SELECT x FROM t);
EXPECT ERROR 'W1209';
SELECT a.x, (SELECT b.x FROM t b WHERE b.x >= a.x) AS v FROM t a;
EXPECT (SELECT a.x, (SELECT b.x FROM t b WHERE b.x > a.x) AS v FROM t a) (1, 2), (2, NULL);

-- test: subqueries in INSERT, UPDATE and DELETE
CREATE TABLE t (id INT, v INT);
CREATE TABLE s (id INT, v INT);
INSERT INTO t VALUES (1, 10), (2, 20), (3, 30);
INSERT INTO s VALUES (2, 200), (4, 400);
INSERT INTO t SELECT id, v FROM s WHERE id NOT IN (SELECT id FROM t);
EXPECT t (1, 10), (2, 20), (3, 30), (4, 400);
UPDATE t SET v = v + 1 WHERE id IN (SELECT id FROM s);
EXPECT t (1, 10), (2, 21), (3, 30), (4, 401);
UPDATE t SET v = (SELECT s.v FROM s WHERE s.id = t.id) WHERE EXISTS (SELECT 1 FROM s WHERE s.id = t.id);
EXPECT t (1, 10), (2, 200), (3, 30), (4, 400);
DELETE FROM t WHERE v > (SELECT AVG(v) FROM t);
EXPECT t (1, 10), (3, 30);
DELETE FROM t WHERE NOT EXISTS (SELECT 1 FROM s WHERE s.id = t.id);
EXPECT t ();
