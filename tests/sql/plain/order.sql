-- Plain SQL: ORDER BY, NULLS FIRST and LAST, LIMIT, OFFSET, FETCH. Rows as PostgreSQL gives them where it says where NULL stands.

-- test: NULLS FIRST and NULLS LAST, both ways
CREATE TABLE t (id INT, v INT);
INSERT INTO t VALUES (1, 3), (2, NULL), (3, 1), (4, NULL), (5, 2);
EXPECT (SELECT id FROM t ORDER BY v ASC NULLS FIRST, id) ORDERED (2), (4), (3), (5), (1);
EXPECT (SELECT id FROM t ORDER BY v ASC NULLS LAST, id) ORDERED (3), (5), (1), (2), (4);
EXPECT (SELECT id FROM t ORDER BY v DESC NULLS FIRST, id) ORDERED (2), (4), (1), (5), (3);
EXPECT (SELECT id FROM t ORDER BY v DESC NULLS LAST, id DESC) ORDERED (1), (5), (3), (4), (2);
EXPECT (SELECT id FROM t ORDER BY v NULLS FIRST, id DESC) ORDERED (4), (2), (3), (5), (1);
EXPECT (SELECT id FROM t ORDER BY v, id) ORDERED (2), (4), (3), (5), (1);
EXPECT (SELECT id FROM t ORDER BY v DESC, id) ORDERED (1), (5), (3), (2), (4);
EXPECT (SELECT v FROM t ORDER BY 1 DESC NULLS LAST LIMIT 2) ORDERED (3), (2);
EXPECT (SELECT id, v IS NULL AS n FROM t ORDER BY v IS NULL, v) ORDERED (3, FALSE), (5, FALSE), (1, FALSE), (2, TRUE), (4, TRUE);

-- test: more keys in different directions
CREATE TABLE t (a STRING, b INT, c DATE);
INSERT INTO t VALUES ('x', 1, DATE '2024-01-01'), ('x', 2, DATE '2024-01-01'), ('y', 1, DATE '2023-01-01'), ('x', 1, DATE '2023-06-01'), ('Y', 0, DATE '2025-01-01'), ('', 9, DATE '2020-01-01');
EXPECT (SELECT a, b, c FROM t ORDER BY a, b DESC, c) ORDERED ('', 9, DATE '2020-01-01'), ('Y', 0, DATE '2025-01-01'), ('x', 2, DATE '2024-01-01'), ('x', 1, DATE '2023-06-01'), ('x', 1, DATE '2024-01-01'), ('y', 1, DATE '2023-01-01');
EXPECT (SELECT a, b, c FROM t ORDER BY a DESC, b, c DESC) ORDERED ('y', 1, DATE '2023-01-01'), ('x', 1, DATE '2024-01-01'), ('x', 1, DATE '2023-06-01'), ('x', 2, DATE '2024-01-01'), ('Y', 0, DATE '2025-01-01'), ('', 9, DATE '2020-01-01');
EXPECT (SELECT a, b, c FROM t ORDER BY c DESC, b DESC) ORDERED ('Y', 0, DATE '2025-01-01'), ('x', 2, DATE '2024-01-01'), ('x', 1, DATE '2024-01-01'), ('x', 1, DATE '2023-06-01'), ('y', 1, DATE '2023-01-01'), ('', 9, DATE '2020-01-01');
EXPECT (SELECT a, b, c FROM t ORDER BY 2, 1, 3) ORDERED ('Y', 0, DATE '2025-01-01'), ('x', 1, DATE '2023-06-01'), ('x', 1, DATE '2024-01-01'), ('y', 1, DATE '2023-01-01'), ('x', 2, DATE '2024-01-01'), ('', 9, DATE '2020-01-01');
EXPECT (SELECT a, b FROM t ORDER BY c) ORDERED ('', 9), ('y', 1), ('x', 1), ('x', 1), ('x', 2), ('Y', 0);
EXPECT (SELECT a AS z, b FROM t ORDER BY z, b, c) ORDERED ('', 9), ('Y', 0), ('x', 1), ('x', 1), ('x', 2), ('y', 1);
EXPECT (SELECT UPPER(a) AS u, SUM(b) AS s FROM t GROUP BY UPPER(a) ORDER BY s DESC, u) ORDERED ('', 9), ('X', 4), ('Y', 1);
EXPECT (SELECT a FROM t GROUP BY a ORDER BY COUNT(*) DESC, a) ORDERED ('x'), (''), ('Y'), ('y');
EXPECT (SELECT a, b FROM t ORDER BY b * -1, a || 'x' DESC, c) ORDERED ('', 9), ('x', 2), ('y', 1), ('x', 1), ('x', 1), ('Y', 0);
EXPECT (SELECT DISTINCT a FROM t ORDER BY a DESC) ORDERED ('y'), ('x'), ('Y'), ('');

-- test: LIMIT, OFFSET and FETCH
CREATE TABLE t (id INT);
INSERT INTO t VALUES (1), (2), (3), (4), (5);
EXPECT (SELECT id FROM t ORDER BY id LIMIT 2) ORDERED (1), (2);
EXPECT (SELECT id FROM t ORDER BY id LIMIT 0) ORDERED ();
EXPECT (SELECT id FROM t ORDER BY id LIMIT 100) ORDERED (1), (2), (3), (4), (5);
EXPECT (SELECT id FROM t ORDER BY id LIMIT ALL) ORDERED (1), (2), (3), (4), (5);
EXPECT (SELECT id FROM t ORDER BY id OFFSET 3) ORDERED (4), (5);
EXPECT (SELECT id FROM t ORDER BY id OFFSET 3 ROWS) ORDERED (4), (5);
EXPECT (SELECT id FROM t ORDER BY id OFFSET 5) ORDERED ();
EXPECT (SELECT id FROM t ORDER BY id OFFSET 50) ORDERED ();
EXPECT (SELECT id FROM t ORDER BY id LIMIT 2 OFFSET 2) ORDERED (3), (4);
EXPECT (SELECT id FROM t ORDER BY id DESC LIMIT 1 OFFSET 4) ORDERED (1);
EXPECT (SELECT id FROM t ORDER BY id FETCH FIRST ROW ONLY) ORDERED (1);
EXPECT (SELECT id FROM t ORDER BY id FETCH FIRST 2 ROWS ONLY) ORDERED (1), (2);
EXPECT (SELECT id FROM t ORDER BY id OFFSET 1 ROW FETCH NEXT 3 ROWS ONLY) ORDERED (2), (3), (4);
EXPECT (SELECT COUNT(*) AS n FROM (SELECT id FROM t ORDER BY id LIMIT 3) AS x) (3);
EXPECT (SELECT SUM(id) AS s FROM (SELECT id FROM t ORDER BY id DESC LIMIT 2 OFFSET 1) AS x) (7);
EXPECT (SELECT id FROM (SELECT id FROM t ORDER BY id DESC LIMIT 3) AS x ORDER BY id) ORDERED (3), (4), (5);
EXPECT (SELECT id FROM t WHERE id IN (SELECT id FROM t ORDER BY id DESC LIMIT 2)) (4), (5);
EXPECT ((SELECT id FROM t ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM t ORDER BY id DESC LIMIT 1)) (1), (5);
EXPECT (SELECT id FROM t UNION ALL SELECT id + 10 FROM t ORDER BY id DESC LIMIT 3) ORDERED (15), (14), (13);

-- test: the order of text is that of its bytes, of numbers that of their values
CREATE TABLE t (s STRING, n DECIMAL(10, 3), f DOUBLE);
INSERT INTO t VALUES ('a', 10, 1e-5), ('B', 9.999, -1e5), ('ä', -0.001, 0), ('aa', 0, 1e10), ('', -10, -0.5), ('Z', 100, 2), ('1', 1.5, 10), ('10', 1.25, 9);
EXPECT (SELECT s FROM t ORDER BY s) ORDERED (''), ('1'), ('10'), ('B'), ('Z'), ('a'), ('aa'), ('ä');
EXPECT (SELECT s FROM t ORDER BY s DESC) ORDERED ('ä'), ('aa'), ('a'), ('Z'), ('B'), ('10'), ('1'), ('');
EXPECT (SELECT n FROM t ORDER BY n) ORDERED (-10.000), (-0.001), (0.000), (1.250), (1.500), (9.999), (10.000), (100.000);
EXPECT (SELECT f FROM t ORDER BY f DESC) ORDERED (10000000000.0), (10.0), (9.0), (2.0), (1e-05), (0.0), (-0.5), (-100000.0);
EXPECT (SELECT s FROM t WHERE s > 'B' ORDER BY s) ORDERED ('Z'), ('a'), ('aa'), ('ä');
EXPECT (SELECT s FROM t WHERE s BETWEEN '1' AND 'a' ORDER BY s) ORDERED ('1'), ('10'), ('B'), ('Z'), ('a');
EXPECT (SELECT CHAR_LENGTH(s) AS l, s FROM t ORDER BY CHAR_LENGTH(s) DESC, s) ORDERED (2, '10'), (2, 'aa'), (1, '1'), (1, 'B'), (1, 'Z'), (1, 'a'), (1, 'ä'), (0, '');

-- test: the first row per group, where PostgreSQL says DISTINCT ON
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3));
INSERT INTO t VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:03'), ('a', 2, TIMESTAMP '2024-01-01 00:00:01'), ('b', 3, TIMESTAMP '2024-01-01 00:00:02'), ('b', 4, TIMESTAMP '2024-01-01 00:00:02'), (NULL, 5, TIMESTAMP '2024-01-01 00:00:09');
EXPECT (SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts, v) AS rn FROM t) AS x WHERE rn = 1) (NULL, 5), ('a', 2), ('b', 3);
EXPECT (SELECT k, v FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC, v DESC) = 1) (NULL, 5), ('a', 1), ('b', 4);
EXPECT (SELECT k, v FROM t a WHERE NOT EXISTS (SELECT 1 FROM t b WHERE b.k = a.k AND (b.ts > a.ts OR (b.ts = a.ts AND b.v > a.v)))) (NULL, 5), ('a', 1), ('b', 4);
EXPECT (SELECT k, rn, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) AS x WHERE rn BETWEEN 1 AND 2) (NULL, 1, 5), ('a', 1, 2), ('a', 2, 1), ('b', 1, 4), ('b', 2, 3);
EXPECT (SELECT k, v, r, d FROM (SELECT k, v, RANK() OVER (ORDER BY ts) AS r, DENSE_RANK() OVER (ORDER BY ts) AS d FROM t) AS x) (NULL, 5, 5, 4), ('a', 1, 4, 3), ('a', 2, 1, 1), ('b', 3, 2, 2), ('b', 4, 2, 2);
