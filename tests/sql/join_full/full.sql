-- test: FULL JOIN pads both sides
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, x STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, x FROM l FULL JOIN r ON l.k = r.k;
PUSH INTO l VALUES (1, 1), (2, 2), (3, NULL);
PUSH INTO r VALUES (1, 'a'), (1, 'b'), (3, 'c'), (NULL, 'd');
STEP;
EXPECT v (1, 'a'), (1, 'b'), (2, NULL), (3, NULL), (NULL, 'c'), (NULL, 'd');
PUSH DELETE FROM l VALUES (1, 1);
PUSH INTO l VALUES (4, 3);
STEP;
EXPECT v (2, NULL), (3, NULL), (4, 'c'), (NULL, 'a'), (NULL, 'b'), (NULL, 'd');

-- test: USING of a FULL JOIN is the side that is there
CREATE TABLE l (k INT, a STRING);
CREATE TABLE r (k INT, b STRING);
CREATE MATERIALIZED VIEW v AS SELECT k, a, b FROM l FULL JOIN r USING (k);
PUSH INTO l VALUES (1, 'x'), (2, 'y');
PUSH INTO r VALUES (1, 'p'), (3, 'q');
STEP;
EXPECT v (1, 'x', 'p'), (2, 'y', NULL), (3, NULL, 'q');

-- test: a further condition decides who is padded
CREATE TABLE l (k INT, a INT);
CREATE TABLE r (k INT, b INT);
CREATE MATERIALIZED VIEW v AS SELECT a, b FROM l FULL JOIN r ON l.k = r.k AND l.a < r.b;
PUSH INTO l VALUES (1, 5), (1, 50);
PUSH INTO r VALUES (1, 10), (1, 1);
STEP;
EXPECT v (5, 10), (50, NULL), (NULL, 1);
PUSH DELETE FROM r VALUES (1, 10);
STEP;
EXPECT v (5, NULL), (50, NULL), (NULL, 1);

-- test: both sides change in one step
CREATE TABLE l (k INT, a INT);
CREATE TABLE r (k INT, b INT);
CREATE MATERIALIZED VIEW v AS SELECT a, b FROM l FULL JOIN r ON l.k = r.k;
PUSH INTO l VALUES (1, 5);
PUSH INTO r VALUES (1, 6);
STEP;
EXPECT v (5, 6);
PUSH DELETE FROM l VALUES (1, 5);
PUSH DELETE FROM r VALUES (1, 6);
PUSH INTO r VALUES (1, 7);
PUSH INTO l VALUES (1, 8), (2, 9);
STEP;
EXPECT v (8, 7), (9, NULL);

-- test: groups of NULL on both sides, padded both, are two rows
CREATE TABLE l (k INT);
CREATE TABLE r (k INT);
CREATE MATERIALIZED VIEW v AS SELECT a.k AS a, a.n, b.k AS b, b.n AS m FROM (SELECT k, COUNT(*) AS n FROM l GROUP BY k) AS a FULL JOIN (SELECT k, COUNT(*) AS n FROM r GROUP BY k) AS b ON a.k = b.k;
CREATE MATERIALIZED VIEW w AS SELECT a.m, b.m AS o FROM (SELECT MAX(k) AS m FROM l) AS a FULL JOIN (SELECT MAX(k) AS m FROM r) AS b ON a.m = b.m;
PUSH INTO l VALUES (NULL), (1);
PUSH INTO r VALUES (NULL), (NULL);
STEP;
EXPECT v (NULL, 1, NULL, NULL), (1, 1, NULL, NULL), (NULL, NULL, NULL, 2);
EXPECT w (1, NULL), (NULL, NULL);
PUSH DELETE FROM l VALUES (1);
STEP;
EXPECT v (NULL, 1, NULL, NULL), (NULL, NULL, NULL, 2);
EXPECT w (NULL, NULL), (NULL, NULL);
