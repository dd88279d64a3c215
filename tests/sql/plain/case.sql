-- Plain SQL: CASE, COALESCE, NULLIF and what they do with NULL. Rows as PostgreSQL gives them.

-- test: the searched CASE takes the first branch that is TRUE, not the first that is not FALSE
CREATE TABLE t (id INT, a INT, b INT);
INSERT INTO t VALUES (1, 1, 1), (2, 1, NULL), (3, NULL, 2), (4, NULL, NULL), (5, 7, 2);
EXPECT (SELECT id, CASE WHEN a = b THEN 'same' WHEN a > b THEN 'more' ELSE 'other' END AS c FROM t) (1, 'same'), (2, 'other'), (3, 'other'), (4, 'other'), (5, 'more');
EXPECT (SELECT id, CASE WHEN a > b THEN 'more' END AS c FROM t) (1, NULL), (2, NULL), (3, NULL), (4, NULL), (5, 'more');
EXPECT (SELECT id, CASE WHEN NOT (a = b) THEN 'differs' WHEN a = b THEN 'same' END AS c FROM t) (1, 'same'), (2, NULL), (3, NULL), (4, NULL), (5, 'differs');
EXPECT (SELECT id, CASE WHEN a IS NULL AND b IS NULL THEN 0 WHEN a IS NULL THEN b WHEN b IS NULL THEN a ELSE a * b END AS c FROM t) (1, 1), (2, 1), (3, 2), (4, 0), (5, 14);
EXPECT (SELECT id FROM t WHERE CASE WHEN a > 1 THEN TRUE WHEN b > 1 THEN TRUE ELSE FALSE END) (3), (5);
EXPECT (SELECT id FROM t WHERE CASE WHEN a > 1 THEN TRUE END) (5);

-- test: the simple CASE compares with =, so that NULL is equal to nothing
CREATE TABLE t (id INT, a INT);
INSERT INTO t VALUES (1, 1), (2, 2), (3, NULL);
EXPECT (SELECT id, CASE a WHEN 1 THEN 'one' WHEN NULL THEN 'null' ELSE 'else' END AS c FROM t) (1, 'one'), (2, 'else'), (3, 'else');
EXPECT (SELECT id, CASE a WHEN 1 THEN 'one' WHEN 1 THEN 'never' WHEN 2 THEN 'two' END AS c FROM t) (1, 'one'), (2, 'two'), (3, NULL);
EXPECT (SELECT id, CASE a + 1 WHEN a THEN 'no' WHEN 2 THEN 'first' WHEN 3 THEN 'second' END AS c FROM t) (1, 'first'), (2, 'second'), (3, NULL);
EXPECT (SELECT id, CASE WHEN a IN (1, NULL) THEN 'in' WHEN a NOT IN (1, NULL) THEN 'out' ELSE 'unknown' END AS c FROM t) (1, 'in'), (2, 'unknown'), (3, 'unknown');

-- test: CASE within CASE, four deep
CREATE TABLE t (x INT, y INT, z INT);
INSERT INTO t VALUES (0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1), (NULL, 1, 1);
EXPECT (SELECT x, y, z, CASE WHEN x = 1 THEN CASE WHEN y = 1 THEN CASE WHEN z = 1 THEN 'xyz' ELSE 'xy' END ELSE CASE z WHEN 1 THEN 'xz' ELSE 'x' END END
  ELSE CASE WHEN y = 1 THEN CASE WHEN z = 1 THEN CASE WHEN x IS NULL THEN '?yz' ELSE 'yz' END ELSE 'y' END WHEN z = 1 THEN 'z' END END AS c FROM t) (NULL, 1, 1, '?yz'), (0, 0, 0, NULL), (0, 0, 1, 'z'), (0, 1, 0, 'y'), (0, 1, 1, 'yz'), (1, 0, 0, 'x'), (1, 0, 1, 'xz'), (1, 1, 0, 'xy'), (1, 1, 1, 'xyz');
EXPECT (SELECT CASE WHEN x = 1 THEN CASE WHEN y = 1 THEN 'b' ELSE 'a' END ELSE 'n' END AS c, COUNT(*) AS n FROM t GROUP BY CASE WHEN x = 1 THEN CASE WHEN y = 1 THEN 'b' ELSE 'a' END ELSE 'n' END) ('a', 2), ('b', 2), ('n', 5);
EXPECT (SELECT SUM(CASE WHEN x = 1 THEN 1 ELSE 0 END) AS xs, SUM(CASE WHEN y = 1 AND z = 1 THEN 1 END) AS yz, COUNT(CASE WHEN x = 0 THEN 1 END) AS zero, SUM(CASE WHEN x > 5 THEN 1 END) AS none FROM t) (4, 3, 4, NULL);

-- test: a branch that is not taken is not evaluated, so that it cannot fail
CREATE TABLE t (a INT, b INT);
INSERT INTO t VALUES (10, 2), (10, 0), (NULL, 0);
EXPECT (SELECT a, b, CASE WHEN b <> 0 THEN a / b ELSE -1 END AS q FROM t) (NULL, 0, -1), (10, 0, -1), (10, 2, 5);
EXPECT (SELECT a, b, CASE b WHEN 0 THEN NULL ELSE 100 / b END AS q FROM t) (NULL, 0, NULL), (10, 0, NULL), (10, 2, 50);
EXPECT (SELECT b FROM t WHERE CASE WHEN b = 0 THEN FALSE ELSE a / b = 5 END) (2);
EXPECT (SELECT COALESCE(b, a / 0) AS c FROM t) (0), (0), (2);
EXPECT (SELECT a / NULLIF(b, 0) AS q FROM t) (NULL), (NULL), (5);

-- test: the branches meet in one type
EXPECT (SELECT CASE WHEN 1 = 1 THEN 1 ELSE 2.50 END AS c) (1);
EXPECT (SELECT CASE WHEN 1 = 2 THEN 1 ELSE 2.50 END AS c) (2.50);
EXPECT (SELECT CASE WHEN 1 = 1 THEN 'ab' ELSE 'abcdef' END AS c) ('ab');
EXPECT (SELECT CASE WHEN 1 = 1 THEN CAST(1 AS SMALLINT) ELSE 3000000000 END AS c) (1);
EXPECT (SELECT CASE WHEN x = 1 THEN NULL WHEN x = 2 THEN DATE '2024-02-29' END AS c FROM (VALUES (1), (2), (3)) AS v(x)) (NULL), (NULL), (DATE '2024-02-29');

-- test: COALESCE and NULLIF
CREATE TABLE t (id INT, a STRING, b STRING);
INSERT INTO t VALUES (1, 'x', 'y'), (2, NULL, 'y'), (3, 'x', NULL), (4, NULL, NULL), (5, '', '');
EXPECT (SELECT id, COALESCE(a, b) AS c FROM t) (1, 'x'), (2, 'y'), (3, 'x'), (4, NULL), (5, '');
EXPECT (SELECT id, COALESCE(a, b, 'none') AS c FROM t) (1, 'x'), (2, 'y'), (3, 'x'), (4, 'none'), (5, '');
EXPECT (SELECT id, NULLIF(a, '') AS c FROM t) (1, 'x'), (2, NULL), (3, 'x'), (4, NULL), (5, NULL);
EXPECT (SELECT id, NULLIF(a, b) AS c FROM t) (1, 'x'), (2, NULL), (3, 'x'), (4, NULL), (5, NULL);
EXPECT (SELECT id FROM t WHERE COALESCE(a, '') = COALESCE(b, '')) (4), (5);
EXPECT (SELECT COALESCE(NULLIF(a, 'x'), 'was x or null') AS c, COUNT(*) AS n FROM t GROUP BY COALESCE(NULLIF(a, 'x'), 'was x or null')) ('', 1), ('was x or null', 4);

-- test: CASE in ORDER BY, in HAVING, in a join condition and as an aggregate's argument
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('low', 1), ('high', 100), ('mid', 50), ('mid', 40), ('none', NULL);
EXPECT (SELECT k, v FROM t ORDER BY CASE k WHEN 'high' THEN 1 WHEN 'mid' THEN 2 WHEN 'low' THEN 3 ELSE 4 END, v) ORDERED ('high', 100), ('mid', 40), ('mid', 50), ('low', 1), ('none', NULL);
EXPECT (SELECT k, COUNT(*) AS n FROM t GROUP BY k HAVING CASE WHEN COUNT(*) > 1 THEN TRUE ELSE MAX(v) = 100 END) ('high', 1), ('mid', 2);
EXPECT (SELECT a.k, b.k FROM t a JOIN t b ON a.k = b.k AND CASE WHEN a.v < b.v THEN TRUE ELSE FALSE END) ('mid', 'mid');
EXPECT (SELECT MAX(CASE WHEN v > 45 THEN k END) AS a, MIN(CASE WHEN v > 45 THEN k END) AS b, COUNT(DISTINCT CASE WHEN v > 45 THEN 'big' ELSE k END) AS n FROM t) ('mid', 'high', 4);
EXPECT (SELECT CASE WHEN EXISTS (SELECT 1 FROM t WHERE v > 99) THEN 'some' ELSE 'none' END AS e, CASE WHEN 50 IN (SELECT v FROM t) THEN 1 ELSE 0 END AS i) ('some', 1);
