-- Plain SQL: WITH: several, nested, shadowing, used twice; column lists of aliases. Rows as PostgreSQL gives them.

-- test: names of WITH follow each other, and are seen by those after them
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('a', 2), ('b', 3), ('c', NULL);
EXPECT (WITH x AS (SELECT k, v FROM t WHERE v > 1) SELECT * FROM x) ('a', 2), ('b', 3);
EXPECT (WITH x AS (SELECT k, SUM(v) AS s FROM t GROUP BY k), y AS (SELECT MAX(s) AS m FROM x) SELECT x.k FROM x JOIN y ON x.s = y.m) ('a'), ('b');
EXPECT (WITH x AS (SELECT 1 AS a), y AS (SELECT a + 1 AS a FROM x), z AS (SELECT a + 1 AS a FROM y) SELECT x.a, y.a, z.a FROM x, y, z) (1, 2, 3);
EXPECT (WITH x (p, q) AS (SELECT k, v FROM t) SELECT p, MAX(q) AS m FROM x GROUP BY p) ('a', 2), ('b', 3), ('c', NULL);
EXPECT (WITH x AS (SELECT * FROM t) SELECT a.k, b.v FROM x a JOIN x b ON a.k = b.k AND a.v < b.v) ('a', 2);
EXPECT (WITH x AS (SELECT 1 AS n UNION ALL SELECT 2) SELECT SUM(n) AS s FROM x) (3);
EXPECT (WITH x AS (VALUES (1, 'one'), (2, 'two')) SELECT COUNT(*) AS n FROM x) (2);
EXPECT (WITH x (n, w) AS (VALUES (1, 'one'), (2, 'two')) SELECT w FROM x WHERE n = 2) ('two');
EXPECT (WITH unused AS (SELECT 1 AS n) SELECT k FROM t WHERE v = 3) ('b');

-- test: WITH within WITH, four deep
CREATE TABLE t (v INT);
INSERT INTO t VALUES (1), (2), (3);
EXPECT (WITH a AS (WITH b AS (WITH c AS (WITH d AS (SELECT v FROM t WHERE v > 1) SELECT v * 10 AS v FROM d) SELECT v + 1 AS v FROM c) SELECT v FROM b WHERE v < 31) SELECT * FROM a) (21);
EXPECT (WITH a AS (SELECT v FROM t) SELECT * FROM (WITH b AS (SELECT v FROM a WHERE v < 3) SELECT MAX(v) AS m FROM b) AS x) (2);
EXPECT (SELECT (WITH a AS (SELECT MAX(v) AS m FROM t) SELECT m FROM a) AS m) (3);
EXPECT (SELECT v FROM t WHERE v IN (WITH a AS (SELECT v + 1 AS w FROM t) SELECT w FROM a)) (2), (3);
EXPECT (WITH a AS (SELECT v FROM t), b AS (WITH a AS (SELECT 100 AS v) SELECT v FROM a) SELECT a.v, b.v FROM a, b) (1, 100), (2, 100), (3, 100);

-- test: a name of WITH hides a table, and not outside of its query
CREATE TABLE t (v INT);
INSERT INTO t VALUES (1), (2);
EXPECT (WITH t AS (SELECT 9 AS v) SELECT v FROM t) (9);
EXPECT (WITH t AS (SELECT v + 10 AS v FROM t) SELECT v FROM t) (11), (12);
EXPECT (SELECT v FROM t WHERE v IN (WITH t AS (SELECT 2 AS v) SELECT v FROM t)) (2);
EXPECT ((WITH t AS (SELECT 5 AS v) SELECT v FROM t) UNION ALL SELECT v FROM t) (1), (2), (5);

-- test: a column list renames some queries' columns
CREATE TABLE t (a INT, b INT);
INSERT INTO t VALUES (1, 2), (3, 4);
EXPECT (SELECT y, x FROM t AS u(x, y)) (2, 1), (4, 3);
EXPECT (SELECT u.y - u.x AS d FROM t AS u(x, y) WHERE u.x > 1) (1);
EXPECT (SELECT p.x, q.x FROM t AS p(x, y) JOIN t AS q(x, y) ON p.y + 1 = q.x) (1, 3);
EXPECT (SELECT s FROM (SELECT a + b, a FROM t) AS u(s, a) ORDER BY s) ORDERED (3), (7);
EXPECT (SELECT a AS b, b AS a FROM t) (1, 2), (3, 4);
EXPECT (SELECT a AS b FROM t WHERE b = 2) (1);
EXPECT (SELECT a + 1 AS a FROM t WHERE a = 1) (2);
EXPECT (SELECT t.* FROM t WHERE t.a = 1) (1, 2);
EXPECT (SELECT t.*, t.a FROM t WHERE t.a = 3) (3, 4, 3);
EXPECT (SELECT u.*, v.b FROM t u JOIN t v ON u.a = v.a) (1, 2, 2), (3, 4, 4);

-- test: WITH over joins, set operations and ORDER BY with LIMIT
CREATE TABLE e (id INT, boss INT);
INSERT INTO e VALUES (1, NULL), (2, 1), (3, 2), (4, 3);
EXPECT (WITH l0 AS (SELECT id, 0 AS d FROM e WHERE boss IS NULL), l1 AS (SELECT e.id, l0.d + 1 AS d FROM e JOIN l0 ON e.boss = l0.id), l2 AS (SELECT e.id, l1.d + 1 AS d FROM e JOIN l1 ON e.boss = l1.id) SELECT * FROM l0 UNION ALL SELECT * FROM l1 UNION ALL SELECT * FROM l2) (1, 0), (2, 1), (3, 2);
EXPECT (WITH x AS (SELECT id FROM e ORDER BY id DESC LIMIT 2) SELECT e.id, e.boss FROM e JOIN x ON e.id = x.id) (3, 2), (4, 3);
EXPECT (WITH x AS (SELECT id FROM e), y AS (SELECT boss FROM e) SELECT id FROM x EXCEPT SELECT boss FROM y) (4);
EXPECT (WITH x AS (SELECT id FROM e) SELECT id FROM x ORDER BY id DESC OFFSET 1) ORDERED (3), (2), (1);
EXPECT (WITH x AS (SELECT id, boss FROM e) SELECT a.id FROM x a WHERE NOT EXISTS (SELECT 1 FROM x b WHERE b.boss = a.id)) (4);
