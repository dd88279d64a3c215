-- test: inner, left, right, full, cross joins of a snapshot
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, x STRING);
INSERT INTO l VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO r VALUES (1, 'a'), (1, 'b'), (3, 'c'), (NULL, 'd');
EXPECT (SELECT id, x FROM l JOIN r ON l.k = r.k) (1, 'a'), (1, 'b');
EXPECT (SELECT id, x FROM l LEFT JOIN r ON l.k = r.k) (1, 'a'), (1, 'b'), (2, NULL), (3, NULL);
EXPECT (SELECT id, x FROM l RIGHT JOIN r ON l.k = r.k) (1, 'a'), (1, 'b'), (NULL, 'c'), (NULL, 'd');
EXPECT (SELECT id, x FROM l FULL JOIN r ON l.k = r.k) (1, 'a'), (1, 'b'), (2, NULL), (3, NULL), (NULL, 'c'), (NULL, 'd');
EXPECT (SELECT COUNT(*) FROM l CROSS JOIN r) (12);
EXPECT (SELECT COUNT(*) FROM l, r WHERE l.k < r.k) (2);

-- test: further conditions of an outer join pad, they do not filter
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, x INT);
INSERT INTO l VALUES (1, 1), (2, 2);
INSERT INTO r VALUES (1, 5), (2, 50);
EXPECT (SELECT id, x FROM l LEFT JOIN r ON l.k = r.k AND r.x > 9) (1, NULL), (2, 50);
EXPECT (SELECT id, x FROM l LEFT JOIN r ON l.k = r.k WHERE r.x > 9) (2, 50);
EXPECT (SELECT id, x FROM l LEFT JOIN r ON l.k = r.k AND l.id = 1) (1, 5), (2, NULL);

-- test: USING and NATURAL
CREATE TABLE l (k INT, a STRING);
CREATE TABLE r (k INT, b STRING);
INSERT INTO l VALUES (1, 'x'), (2, 'y');
INSERT INTO r VALUES (1, 'p'), (3, 'q');
EXPECT (SELECT k, a, b FROM l JOIN r USING (k)) (1, 'x', 'p');
EXPECT (SELECT * FROM l NATURAL JOIN r) (1, 'x', 'p');
EXPECT (SELECT k, a, b FROM l FULL JOIN r USING (k)) (1, 'x', 'p'), (2, 'y', NULL), (3, NULL, 'q');

-- test: a table joined with itself
CREATE TABLE e (id INT, boss INT, name STRING);
INSERT INTO e VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 1, 'c'), (4, 2, 'd');
EXPECT (SELECT x.name, y.name FROM e AS x LEFT JOIN e AS y ON x.boss = y.id) ('a', NULL), ('b', 'a'), ('c', 'a'), ('d', 'b');

-- test: a product larger than its memory is counted, cut and joined again part by part
SET 'weir.query.memory' = '16 MB';
CREATE TABLE d (i INT);
INSERT INTO d VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
EXPECT (SELECT COUNT(*), SUM(CAST(a.i AS BIGINT)) FROM d a, d b, d c, d e, d f, d g) (1000000, 4500000);
EXPECT (SELECT a.i FROM d a, d b, d c, d e, d f, d g LIMIT 2) (0), (0);
EXPECT (SELECT COUNT(*) FROM (SELECT a.i FROM d a, d b, d c, d e, d f) x RIGHT JOIN d y ON x.i = y.i AND y.i < 3) (30007);
EXPECT (SELECT MIN(x.n), MAX(x.n) FROM (SELECT a.i, COUNT(*) AS n FROM d a, d b, d c, d e, d f GROUP BY a.i) x JOIN d y ON x.i = y.i) (10000, 10000);
