-- test: a scalar subquery of the whole table
CREATE TABLE l (id INT, x INT);
CREATE TABLE r (y INT);
CREATE MATERIALIZED VIEW v AS SELECT id, x - (SELECT MAX(y) FROM r) AS d, (SELECT COUNT(*) FROM r) AS n FROM l;
CREATE MATERIALIZED VIEW w AS SELECT id FROM l WHERE x > (SELECT AVG(y) FROM r);
PUSH INTO l VALUES (1, 10), (2, 20);
STEP;
EXPECT v (1, NULL, 0), (2, NULL, 0);
EXPECT w ();
PUSH INTO r VALUES (12), (16);
STEP;
EXPECT v (1, -6, 2), (2, 4, 2);
EXPECT w (2);
PUSH DELETE FROM r VALUES (16), (12);
STEP;
EXPECT v (1, NULL, 0), (2, NULL, 0);
EXPECT w ();

-- test: correlated aggregates: COUNT over nothing is 0, SUM is NULL
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, y INT);
CREATE MATERIALIZED VIEW v AS SELECT id, (SELECT COUNT(*) FROM r WHERE r.k = l.k) AS n, (SELECT SUM(y) FROM r WHERE r.k = l.k) AS s, (SELECT COUNT(y) + 1 FROM r WHERE l.k = r.k AND y > 5) AS m, (SELECT COALESCE(MAX(y), -1) FROM r WHERE r.k = l.k) AS c FROM l;
PUSH INTO l VALUES (1, 1), (2, 2), (3, NULL);
PUSH INTO r VALUES (1, 5), (1, 6), (NULL, 7);
STEP;
EXPECT v (1, 2, 11, 2, 6), (2, 0, NULL, 1, -1), (3, 0, NULL, 1, -1);
PUSH DELETE FROM r VALUES (1, 5), (1, 6);
PUSH INTO r VALUES (2, 9);
STEP;
EXPECT v (1, 0, NULL, 1, -1), (2, 1, 9, 2, 9), (3, 0, NULL, 1, -1);

-- test: a column of the subquery that is a constant may be the key
CREATE TABLE l (s STRING);
CREATE TABLE r (k INT);
CREATE MATERIALIZED VIEW v AS SELECT s, (SELECT COUNT(*) FROM (SELECT 'a' AS c FROM r) AS y WHERE y.c = l.s) AS n FROM l WHERE EXISTS (SELECT 1 FROM r WHERE l.s <> 'c' AND 'b' <> l.s);
PUSH INTO l VALUES ('a'), ('b'), ('c');
PUSH INTO r VALUES (1), (2);
STEP;
EXPECT v ('a', 2);

-- test: HAVING of a correlated aggregate
CREATE TABLE l (k INT);
CREATE TABLE r (k INT, y INT);
CREATE MATERIALIZED VIEW v AS SELECT k, (SELECT COUNT(*) FROM r WHERE r.k = l.k HAVING COUNT(*) <> 1) AS n FROM l;
PUSH INTO l VALUES (1), (2), (3);
PUSH INTO r VALUES (1, 1), (2, 1), (2, 2);
STEP;
EXPECT v (1, NULL), (2, 2), (3, 0);

-- test: a scalar subquery of one row, by key or checked
CREATE TABLE l (id INT, k INT);
CREATE TABLE u (k INT PRIMARY KEY, name STRING);
CREATE TABLE m (k INT, name STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, (SELECT name FROM u WHERE u.k = l.k) AS name FROM l;
CREATE MATERIALIZED VIEW w AS SELECT id, (SELECT name FROM m WHERE m.k = l.k) AS name FROM l;
INSERT INTO u VALUES (1, 'a');
INSERT INTO l VALUES (1, 1), (2, 2);
INSERT INTO m VALUES (1, 'p'), (2, NULL);
EXPECT v (1, 'a'), (2, NULL);
EXPECT w (1, 'p'), (2, NULL);
UPDATE m SET name = 'q' WHERE k = 1;
EXPECT w (1, 'q'), (2, NULL);

-- test: more than one row where one is wanted
CREATE TABLE l (id INT, k INT);
CREATE TABLE m (k INT, name STRING);
CREATE MATERIALIZED VIEW w AS SELECT id, (SELECT name FROM m WHERE m.k = l.k) AS name FROM l;
PUSH INTO l VALUES (1, 1);
PUSH INTO m VALUES (1, 'p'), (1, 'q');
EXPECT ERROR 'W1209';
STEP;

-- test: subqueries in HAVING, nested subqueries, correlation with a group
CREATE TABLE o (c INT, amount INT);
CREATE TABLE lim (c INT, most INT);
CREATE TABLE vip (c INT);
CREATE MATERIALIZED VIEW v AS SELECT c, SUM(amount) AS s FROM o GROUP BY c HAVING SUM(amount) > (SELECT MAX(most) FROM lim WHERE lim.c = o.c);
CREATE MATERIALIZED VIEW w AS SELECT c, amount FROM o WHERE amount > (SELECT AVG(amount) FROM o AS x WHERE x.c = o.c) AND c IN (SELECT c FROM lim WHERE c IN (SELECT c FROM vip));
PUSH INTO o VALUES (1, 5), (1, 15), (2, 7), (3, 1);
PUSH INTO lim VALUES (1, 10), (2, 100), (3, 1);
PUSH INTO vip VALUES (1);
STEP;
EXPECT v (1, 20);
EXPECT w (1, 15);
PUSH INTO o VALUES (3, 1), (2, 9);
PUSH INTO vip VALUES (2);
STEP;
EXPECT v (1, 20), (3, 2);
EXPECT w (1, 15), (2, 9);

-- test: EXISTS and IN as values: under OR, in CASE, in the select list
CREATE TABLE l (id INT, x INT);
CREATE TABLE r (y INT);
CREATE TABLE s (id INT);
CREATE MATERIALIZED VIEW v AS SELECT id, x IN (SELECT y FROM r) AS i, x NOT IN (SELECT y FROM r) AS n, EXISTS (SELECT 1 FROM s WHERE s.id = l.id) AS e, CASE WHEN EXISTS (SELECT 1 FROM s) THEN 'some' ELSE 'none' END AS c FROM l;
CREATE MATERIALIZED VIEW w AS SELECT id FROM l WHERE x IN (SELECT y FROM r) OR EXISTS (SELECT 1 FROM s WHERE s.id = l.id);
PUSH INTO l VALUES (1, 1), (2, 2), (3, NULL);
STEP;
EXPECT v (1, FALSE, TRUE, FALSE, 'none'), (2, FALSE, TRUE, FALSE, 'none'), (3, FALSE, TRUE, FALSE, 'none');
EXPECT w ();
PUSH INTO r VALUES (1);
PUSH INTO s VALUES (2), (2);
STEP;
EXPECT v (1, TRUE, FALSE, FALSE, 'some'), (2, FALSE, TRUE, TRUE, 'some'), (3, NULL, NULL, FALSE, 'some');
EXPECT w (1), (2);
PUSH INTO r VALUES (NULL);
PUSH DELETE FROM s VALUES (2);
STEP;
EXPECT v (1, TRUE, FALSE, FALSE, 'some'), (2, NULL, NULL, TRUE, 'some'), (3, NULL, NULL, FALSE, 'some');
PUSH DELETE FROM r VALUES (1);
PUSH DELETE FROM s VALUES (2);
STEP;
EXPECT v (1, NULL, NULL, FALSE, 'none'), (2, NULL, NULL, FALSE, 'none'), (3, NULL, NULL, FALSE, 'none');
EXPECT w ();

-- test: LATERAL by equality
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, y INT);
CREATE MATERIALIZED VIEW v AS SELECT id, y FROM l, LATERAL (SELECT y FROM r WHERE r.k = l.k AND y > l.id);
CREATE MATERIALIZED VIEW w AS SELECT id, y FROM l LEFT JOIN LATERAL (SELECT y FROM r WHERE r.k = l.k) ON TRUE;
CREATE MATERIALIZED VIEW x AS SELECT id, n, s FROM l CROSS JOIN LATERAL (SELECT COUNT(*) AS n, SUM(y) AS s FROM r WHERE r.k = l.k);
PUSH INTO l VALUES (1, 1), (6, 1), (2, 2);
PUSH INTO r VALUES (1, 5), (1, 7);
STEP;
EXPECT v (1, 5), (1, 7), (6, 7);
EXPECT w (1, 5), (1, 7), (6, 5), (6, 7), (2, NULL);
EXPECT x (1, 2, 12), (6, 2, 12), (2, 0, NULL);

-- test: a subquery over a join, an aggregate by group, a union
CREATE TABLE l (id INT);
CREATE TABLE a (id INT, k INT);
CREATE TABLE b (k INT, y INT);
CREATE MATERIALIZED VIEW v AS SELECT id FROM l WHERE EXISTS (SELECT 1 FROM a JOIN b ON a.k = b.k WHERE a.id = l.id AND b.y > 5);
CREATE MATERIALIZED VIEW w AS SELECT id FROM l WHERE id IN (SELECT a.id FROM a GROUP BY a.id HAVING COUNT(*) > 1);
CREATE MATERIALIZED VIEW x AS SELECT id FROM l WHERE id IN (SELECT id FROM a UNION SELECT y FROM b);
CREATE MATERIALIZED VIEW y AS SELECT id, (SELECT SUM(b.y) FROM a, b WHERE a.k = b.k AND a.id = l.id) AS s FROM l;
PUSH INTO l VALUES (1), (2), (9);
PUSH INTO a VALUES (1, 7), (1, 8), (2, 7);
PUSH INTO b VALUES (7, 5), (8, 9);
STEP;
EXPECT v (1);
EXPECT w (1);
EXPECT x (1), (2), (9);
EXPECT y (1, 14), (2, 5), (9, NULL);
PUSH INTO b VALUES (7, 6);
PUSH DELETE FROM a VALUES (1, 8);
STEP;
EXPECT v (1), (2);
EXPECT w ();
EXPECT y (1, 11), (2, 11), (9, NULL);

-- test: what is not supported says so
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, y INT);
EXPECT ERROR 'W1301' LIKE '%otherwise than by =%';
CREATE MATERIALIZED VIEW v AS SELECT id, (SELECT SUM(y) FROM r WHERE r.k > l.k) FROM l;
EXPECT ERROR 'W1301' LIKE '%UNION%';
CREATE MATERIALIZED VIEW v AS SELECT id FROM l WHERE EXISTS (SELECT 1 FROM (SELECT k FROM r WHERE r.k = l.k UNION ALL SELECT y FROM r) AS q);
EXPECT ERROR 'W1301' LIKE '%stands alone in WHERE%';
CREATE MATERIALIZED VIEW v AS SELECT id FROM l WHERE id = 1 OR EXISTS (SELECT 1 FROM r WHERE r.k > l.k);
EXPECT ERROR 'W1301' LIKE '%ARRAY%';
CREATE MATERIALIZED VIEW v AS SELECT id, ARRAY(SELECT y FROM r) FROM l;

-- test: the time attribute is gone behind a subquery
CREATE TABLE l (k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE r (k INT);
CREATE MATERIALIZED VIEW w AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE l, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE k IN (SELECT k FROM r) GROUP BY window_start, window_end;
PUSH INTO l VALUES (1, TIMESTAMP '2024-01-01 00:00:10');
PUSH INTO r VALUES (1);
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 1);
CREATE VIEW f AS SELECT k, ts FROM l WHERE k IN (SELECT k FROM r);
EXPECT ERROR 'W1304' LIKE '%not a time attribute%';
CREATE MATERIALIZED VIEW v AS SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE f, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;

-- test: views say what the SELECT says
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, y INT);
CREATE MATERIALIZED VIEW v AS SELECT id, k IN (SELECT y FROM r) AS i, (SELECT MIN(y) FROM r WHERE r.k = l.k) AS m FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.y = l.id);
INSERT INTO l VALUES (1, 1), (2, 1), (3, NULL), (4, 4);
INSERT INTO r VALUES (1, 2), (1, 9), (4, NULL);
EXPECT v (1, NULL, 2), (3, NULL, NULL), (4, NULL, NULL);
EXPECT (SELECT id, k IN (SELECT y FROM r) AS i, (SELECT MIN(y) FROM r WHERE r.k = l.k) AS m FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.y = l.id)) (1, NULL, 2), (3, NULL, NULL), (4, NULL, NULL);
