-- test: ranges on the key, all bounds
CREATE TABLE t (a INT NOT NULL, b STRING NOT NULL, v BIGINT, PRIMARY KEY (a, b));
INSERT INTO t VALUES (1, 'x', 10), (1, 'y', 11), (2, 'x', 20), (2, 'z', NULL), (3, 'w', 30), (-5, 'x', 50);
EXPECT (SELECT v FROM t WHERE a = 1 AND b = 'y') (11);
EXPECT (SELECT v FROM t WHERE a = 1 AND b > 'x') (11);
EXPECT (SELECT v FROM t WHERE a = 1 AND b >= 'x' AND b < 'y') (10);
EXPECT (SELECT v FROM t WHERE 2 < a) (30);
EXPECT (SELECT v FROM t WHERE a BETWEEN 1 AND 2 AND v > 10) (11), (20);
EXPECT (SELECT v FROM t WHERE a < 0) (50);
EXPECT (SELECT v FROM t WHERE a > 1 AND a > 2) (30);
EXPECT (SELECT COUNT(v) FROM t WHERE a = 1 AND a = 2) (0);
EXPECT (SELECT COUNT(v) FROM t WHERE a = CAST(NULL AS INT)) (0);
EXPECT (SELECT COUNT(v) FROM t WHERE a = 9000000000) (0);
EXPECT (SELECT v FROM t WHERE a < 9000000000 AND b = 'w') (30);

-- test: order along the key
CREATE TABLE t (a INT NOT NULL, b STRING NOT NULL, v BIGINT, PRIMARY KEY (a, b));
INSERT INTO t VALUES (1, 'x', 10), (1, 'y', 11), (2, 'x', 20), (2, 'z', NULL), (3, 'w', 30), (-5, 'x', 50);
EXPECT (SELECT a, b FROM t ORDER BY a, b) ORDERED (-5, 'x'), (1, 'x'), (1, 'y'), (2, 'x'), (2, 'z'), (3, 'w');
EXPECT (SELECT a, b FROM t ORDER BY a DESC, b DESC LIMIT 3) ORDERED (3, 'w'), (2, 'z'), (2, 'x');
EXPECT (SELECT a, b FROM t ORDER BY a DESC, b LIMIT 3) ORDERED (3, 'w'), (2, 'x'), (2, 'z');
EXPECT (SELECT a, b FROM t ORDER BY a LIMIT 2 OFFSET 3) ORDERED (2, 'x'), (2, 'z');
EXPECT (SELECT b FROM t WHERE a = 2 ORDER BY b DESC) ORDERED ('z'), ('x');
EXPECT (SELECT b FROM t WHERE a = 2 AND v IS NULL ORDER BY b DESC LIMIT 1) ORDERED ('z');
EXPECT (SELECT a + 1, v FROM t WHERE a > 0 ORDER BY a, b, v LIMIT 2) ORDERED (2, 10), (2, 11);
EXPECT (SELECT MIN(a) FROM t) (-5);
EXPECT (SELECT MAX(a) FROM t) (3);
EXPECT (SELECT MAX(b) FROM t WHERE a = 1) ('y');
EXPECT (SELECT MIN(a) FROM t WHERE a > 5) (NULL);
EXPECT (SELECT MIN(v) FROM t) (10);

-- test: filters below aggregates, unions, joins, subqueries
CREATE TABLE t (a INT NOT NULL, b STRING NOT NULL, v BIGINT, PRIMARY KEY (a, b));
INSERT INTO t VALUES (1, 'x', 10), (1, 'y', 11), (2, 'x', 20), (2, 'z', NULL), (3, 'w', 30);
EXPECT (SELECT a, COUNT(*) FROM t GROUP BY a HAVING a = 2 AND COUNT(*) > 1) (2, 2);
EXPECT (SELECT * FROM (SELECT a AS k, v AS w FROM t UNION ALL SELECT a + 10, v FROM t) u WHERE k = 11) (11, 10), (11, 11);
EXPECT (SELECT l.b, r.b FROM t l LEFT JOIN t r ON l.v = r.v + 1 WHERE l.a = 1) ('x', NULL), ('y', 'x');
EXPECT (SELECT l.b FROM t l LEFT JOIN t r ON l.v = r.v + 1 WHERE r.b IS NULL AND l.a = 1) ('x');
EXPECT (SELECT l.b FROM t l WHERE l.a = 1 AND EXISTS (SELECT 1 FROM t r WHERE r.a = l.a + 1 AND r.b = l.b)) ('x');
EXPECT (SELECT b, (SELECT COUNT(*) FROM t r WHERE r.a > l.a) FROM t l WHERE a <> 3 AND b = 'x') ('x', 3), ('x', 1);
EXPECT (SELECT a FROM (SELECT a, 10 / (a - 1) AS q FROM t WHERE a <> 1) s WHERE q > 5) (2), (2);

-- test: statements that change rows find them by key
CREATE TABLE t (a INT NOT NULL, v BIGINT, PRIMARY KEY (a));
INSERT INTO t VALUES (1, 10), (2, 20), (3, 30), (4, 40);
UPDATE t SET v = v + 1 WHERE a = 2;
DELETE FROM t WHERE a > 2 AND a <= 3;
INSERT INTO t SELECT a + 100, v FROM t ORDER BY a DESC LIMIT 1;
EXPECT t (1, 10), (2, 21), (4, 40), (104, 40);

-- test: a view by its key
CREATE TABLE p (id STRING, n INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW v AS SELECT n, COUNT(*) AS c FROM p GROUP BY n;
INSERT INTO p VALUES ('a', 1), ('b', 1), ('c', 2), ('d', NULL);
STEP;
EXPECT (SELECT c FROM v WHERE n = 1) (2);
EXPECT (SELECT c FROM v WHERE n < 5) (2), (1);
EXPECT (SELECT c FROM v WHERE n IS NULL) (1);
EXPECT (SELECT MAX(n) FROM v) (2);
EXPECT (SELECT MIN(n) FROM v) (1);
EXPECT (SELECT n FROM v ORDER BY n) ORDERED (NULL), (1), (2);
EXPECT (SELECT n FROM v ORDER BY n DESC) ORDERED (2), (1), (NULL);
EXPECT (SELECT n FROM v ORDER BY n NULLS LAST) ORDERED (1), (2), (NULL);

-- test: a key of decimals compared with numbers of other scales
CREATE TABLE t (a DECIMAL(12, 2) NOT NULL, v INT, PRIMARY KEY (a));
INSERT INTO t VALUES (5, 1), (5.10, 2), (6, 3), (9999999999.99, 4);
EXPECT (EXPLAIN SELECT v FROM t WHERE a = 5) LIKE '%by key [a = 5.00]%';
EXPECT (EXPLAIN SELECT v FROM t WHERE a >= 5.1) LIKE '%by key [a >= 5.10]%';
EXPECT (EXPLAIN SELECT v FROM t WHERE a < 5.101) NOT LIKE '%by key%';
EXPECT (EXPLAIN SELECT v FROM t WHERE a < 99999999999) NOT LIKE '%by key%';
EXPECT (SELECT v FROM t WHERE a = 5) (1);
EXPECT (SELECT v FROM t WHERE a >= 5.1) (2), (3), (4);
EXPECT (SELECT v FROM t WHERE a < 5.101) (1), (2);
EXPECT (SELECT v FROM t WHERE a < 99999999999) (1), (2), (3), (4);

-- test: EXPLAIN ANALYZE runs a SELECT and counts its rows
CREATE TABLE t (a INT, PRIMARY KEY (a));
INSERT INTO t VALUES (1), (2), (3);
EXPECT (EXPLAIN ANALYZE SELECT a FROM t WHERE a > 1) LIKE '%by key [a > 1]%rows: 2%';
EXPECT ERROR 'W1301' LIKE '%without an end%Make a view of it%';
EXPLAIN ANALYZE SELECT a FROM t WHERE a > 0 EMIT CHANGES;
