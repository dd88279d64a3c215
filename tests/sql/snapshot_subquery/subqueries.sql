-- test: IN, NOT IN, EXISTS, NOT EXISTS with NULLs on the right
CREATE TABLE l (a INT);
CREATE TABLE r (b INT);
INSERT INTO l VALUES (1), (2), (NULL);
INSERT INTO r VALUES (1), (NULL);
EXPECT (SELECT a FROM l WHERE a IN (SELECT b FROM r)) (1);
EXPECT (SELECT a FROM l WHERE a NOT IN (SELECT b FROM r)) ();
EXPECT (SELECT a FROM l WHERE a NOT IN (SELECT b FROM r WHERE b IS NOT NULL)) (2);
EXPECT (SELECT a FROM l WHERE a NOT IN (SELECT b FROM r WHERE b > 9)) (1), (2), (NULL);
EXPECT (SELECT a FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.b = l.a)) (1);
EXPECT (SELECT a FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.b = l.a)) (2), (NULL);

-- test: a scalar subquery of no row is NULL, of two rows an error
CREATE TABLE l (a INT);
CREATE TABLE r (b INT);
INSERT INTO l VALUES (1);
INSERT INTO r VALUES (5), (6);
EXPECT (SELECT a, (SELECT MAX(b) FROM r), (SELECT b FROM r WHERE b > 9) FROM l) (1, 6, NULL);
EXPECT ERROR 'W1209';
SELECT a, (SELECT b FROM r) FROM l;

-- test: a correlated scalar subquery
CREATE TABLE l (a INT);
CREATE TABLE r (a INT, b INT);
INSERT INTO l VALUES (1), (2);
INSERT INTO r VALUES (1, 5), (1, 6);
EXPECT (SELECT a, (SELECT SUM(b) FROM r WHERE r.a = l.a) FROM l) (1, 11), (2, NULL);
EXPECT (SELECT a, (SELECT COUNT(*) FROM r WHERE r.a = l.a) FROM l) (1, 2), (2, 0);

-- test: WITH and derived tables
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('a', 2), ('b', 3);
EXPECT (WITH s AS (SELECT k, SUM(v) AS x FROM t GROUP BY k) SELECT k FROM s WHERE x = (SELECT MAX(x) FROM s)) ('a'), ('b');
EXPECT (SELECT x FROM (SELECT k, SUM(v) AS x FROM t GROUP BY k) WHERE k = 'a') (3);

-- test: a subquery two deep reads a row of the outermost query and none between
CREATE TABLE l (a INT, s STRING);
INSERT INTO l VALUES (1, 'x'), (2, 'y'), (3, NULL);
EXPECT (SELECT a FROM l WHERE s <= (SELECT MAX(m.s) FROM l AS m WHERE EXISTS (SELECT 1 FROM l AS n WHERE n.s < l.s))) (2);
EXPECT (SELECT a FROM l WHERE a IN (SELECT m.a FROM l AS m WHERE m.a IN (SELECT n.a FROM l AS n WHERE n.a = l.a AND n.a = m.a))) (1), (2), (3);

-- test: rows in a subquery of several columns, with NULLs
CREATE TABLE l (a INT, s STRING);
CREATE TABLE r (b INT, t STRING);
INSERT INTO l VALUES (1, 'x'), (1, 'y'), (2, NULL), (NULL, 'z'), (3, 'q');
INSERT INTO r VALUES (1, 'x'), (2, 'y'), (NULL, 'z');
EXPECT (SELECT a, s FROM l WHERE (a, s) IN (SELECT b, t FROM r)) (1, 'x');
EXPECT (SELECT a, s FROM l WHERE (a, s) NOT IN (SELECT b, t FROM r)) (1, 'y'), (3, 'q');
EXPECT (SELECT a, s FROM l WHERE (a, s) NOT IN (SELECT b, t FROM r WHERE r.b = l.a)) (1, 'y'), (NULL, 'z'), (3, 'q');
