-- test: the equalities of WHERE are the keys of comma joins, whatever the order of the tables
CREATE TABLE a (id INT, x INT, n INT);
CREATE TABLE b (id INT, y INT, n INT);
CREATE TABLE c (x INT, y INT, n INT);
CREATE MATERIALIZED VIEW v AS SELECT a.id, b.id AS bid, c.n FROM a, b, c WHERE a.x = c.x AND b.y = c.y AND a.n > 1 AND b.n + a.n < 100 AND c.n <> 7;
PUSH INTO a VALUES (1, 10, 5), (2, 10, 1), (3, 11, 99);
PUSH INTO b VALUES (7, 20, 2), (8, 21, 3);
PUSH INTO c VALUES (10, 20, 1), (10, 21, 2), (11, 20, 3), (10, 20, 7);
STEP;
EXPECT v (1, 7, 1), (1, 8, 2);
PUSH DELETE FROM c VALUES (10, 20, 1);
PUSH INTO b VALUES (9, 20, 0);
STEP;
EXPECT v (1, 8, 2), (3, 9, 3);

-- test: JOIN ... ON and WHERE together, columns keep their order
CREATE TABLE a (id INT, x INT);
CREATE TABLE b (id INT, y INT);
CREATE TABLE c (x INT, y INT);
CREATE MATERIALIZED VIEW v AS SELECT * FROM a CROSS JOIN b JOIN c ON a.x = c.x WHERE b.y = c.y;
PUSH INTO a VALUES (1, 10);
PUSH INTO b VALUES (2, 20);
PUSH INTO c VALUES (10, 20);
STEP;
EXPECT v (1, 10, 2, 20, 10, 20);

-- test: a product where nothing connects the tables, and conditions that are no equality
CREATE TABLE a (x INT);
CREATE TABLE b (y INT);
CREATE MATERIALIZED VIEW p AS SELECT x, y FROM a, b;
CREATE MATERIALIZED VIEW q AS SELECT x, y FROM a JOIN b ON a.x < b.y;
CREATE MATERIALIZED VIEW r AS SELECT x, y FROM a LEFT JOIN b ON a.x < b.y;
CREATE MATERIALIZED VIEW f AS SELECT x, y FROM a FULL JOIN b ON a.x > b.y;
CREATE MATERIALIZED VIEW n AS SELECT COUNT(*) AS n FROM a, b;
PUSH INTO a VALUES (1), (5), (NULL);
PUSH INTO b VALUES (3), (4);
STEP;
EXPECT p (1, 3), (1, 4), (5, 3), (5, 4), (NULL, 3), (NULL, 4);
EXPECT q (1, 3), (1, 4);
EXPECT r (1, 3), (1, 4), (5, NULL), (NULL, NULL);
EXPECT f (5, 3), (5, 4), (1, NULL), (NULL, NULL);
EXPECT n (6);
PUSH DELETE FROM b VALUES (3), (4);
STEP;
EXPECT p ();
EXPECT q ();
EXPECT r (1, NULL), (5, NULL), (NULL, NULL);
EXPECT f (1, NULL), (5, NULL), (NULL, NULL);
EXPECT n (0);

-- test: a condition that may fail meets only the rows that it meets as written
CREATE TABLE a (id INT, x INT);
CREATE TABLE b (id INT, y INT);
CREATE MATERIALIZED VIEW v AS SELECT a.id FROM a, b WHERE a.id = b.id AND b.y <> 0 AND a.x / b.y > 1;
PUSH INTO a VALUES (1, 10), (2, 10);
PUSH INTO b VALUES (1, 0), (2, 3), (3, 0);
STEP;
EXPECT v (2);

-- test: filters on the padded side of an outer join stay above it
CREATE TABLE a (id INT, x INT);
CREATE TABLE b (id INT, y INT);
CREATE MATERIALIZED VIEW v AS SELECT a.id, y FROM a LEFT JOIN b ON a.id = b.id WHERE y IS NULL AND a.x > 0;
CREATE MATERIALIZED VIEW w AS SELECT a.id, y FROM a LEFT JOIN b ON a.id = b.id AND a.x > 0 AND y > 1;
PUSH INTO a VALUES (1, 1), (2, 1), (3, 0);
PUSH INTO b VALUES (1, 5), (3, 5), (2, NULL);
STEP;
EXPECT v (2, NULL);
EXPECT w (1, 5), (2, NULL), (3, NULL);
