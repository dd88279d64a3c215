-- test: ORDER BY names, positions, expressions, with LIMIT and OFFSET
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('b', 1), ('a', 3), ('c', 2), ('d', NULL);
EXPECT (SELECT k, v FROM t ORDER BY v) ORDERED ('d', NULL), ('b', 1), ('c', 2), ('a', 3);
EXPECT (SELECT k, v FROM t ORDER BY 1 DESC LIMIT 2) ORDERED ('d', NULL), ('c', 2);
EXPECT (SELECT k FROM t ORDER BY v * -1 NULLS LAST) ORDERED ('a'), ('c'), ('b'), ('d');
EXPECT (SELECT k FROM t ORDER BY k LIMIT 2 OFFSET 1) ORDERED ('b'), ('c');
EXPECT (SELECT k FROM t ORDER BY k OFFSET 3 ROWS) ORDERED ('d');
EXPECT (SELECT k FROM t ORDER BY k FETCH FIRST 1 ROW ONLY) ORDERED ('a');
EXPECT (SELECT k FROM t ORDER BY k LIMIT 0) ();

-- test: ORDER BY several keys in both directions
CREATE TABLE t (a INT, b INT);
INSERT INTO t VALUES (1, 1), (2, 1), (1, 2), (2, 2);
EXPECT (SELECT a, b FROM t ORDER BY a DESC, b) ORDERED (2, 1), (2, 2), (1, 1), (1, 2);

-- test: ORDER BY an aggregate and an alias
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('b', 5), ('a', 2);
EXPECT (SELECT k, SUM(v) AS s FROM t GROUP BY k ORDER BY s DESC) ORDERED ('b', 5), ('a', 3);
EXPECT (SELECT k FROM t GROUP BY k ORDER BY COUNT(*) DESC) ORDERED ('a'), ('b');
