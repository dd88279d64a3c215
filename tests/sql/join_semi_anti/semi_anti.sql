-- test: IN, EXISTS and their negations follow both sides
CREATE TABLE l (id INT, k INT NOT NULL);
CREATE TABLE r (k INT NOT NULL, x INT);
CREATE MATERIALIZED VIEW i AS SELECT id FROM l WHERE k IN (SELECT k FROM r WHERE x > 0);
CREATE MATERIALIZED VIEW n AS SELECT id FROM l WHERE k NOT IN (SELECT k FROM r WHERE x > 0);
CREATE MATERIALIZED VIEW e AS SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND x > 0);
CREATE MATERIALIZED VIEW ne AS SELECT id FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND x > 0);
PUSH INTO l VALUES (1, 1), (2, 2), (3, 1);
PUSH INTO r VALUES (1, 5), (1, 6), (2, -1);
STEP;
EXPECT i (1), (3);
EXPECT n (2);
EXPECT e (1), (3);
EXPECT ne (2);
PUSH DELETE FROM r VALUES (1, 5);
PUSH INTO r VALUES (2, 7);
STEP;
EXPECT i (1), (2), (3);
EXPECT n ();
PUSH DELETE FROM r VALUES (1, 6);
STEP;
EXPECT e (2);
EXPECT ne (1), (3);

-- test: a semi join of appends only appends; an anti join takes back
CREATE TABLE l (id INT, k INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE TABLE r (k INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE TABLE out (id INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT id FROM l WHERE k IN (SELECT k FROM r);
PUSH INTO l VALUES (1, 1), (1, 1), (2, 2);
PUSH INTO r VALUES (1), (1), (3);
STEP;
EXPECT out (1), (1);
EXPECT ERROR 'W1303' LIKE '%anti join%';
INSERT INTO out SELECT id FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.k = l.k);

-- test: NOT IN with NULLs is three-valued
CREATE TABLE l (x INT);
CREATE TABLE r (y INT);
CREATE MATERIALIZED VIEW v AS SELECT x FROM l WHERE x NOT IN (SELECT y FROM r);
PUSH INTO l VALUES (1), (2), (NULL);
STEP;
EXPECT v (1), (2), (NULL);
PUSH INTO r VALUES (1);
STEP;
EXPECT v (2);
PUSH INTO r VALUES (NULL), (NULL);
STEP;
EXPECT v ();
PUSH DELETE FROM r VALUES (NULL), (NULL);
STEP;
EXPECT v (2);
PUSH DELETE FROM r VALUES (1);
STEP;
EXPECT v (1), (2), (NULL);

-- test: NOT IN with NULLs, correlated
CREATE TABLE l (g INT, x INT);
CREATE TABLE r (g INT, y INT);
CREATE MATERIALIZED VIEW v AS SELECT g, x FROM l WHERE x NOT IN (SELECT y FROM r WHERE r.g = l.g);
PUSH INTO l VALUES (1, 1), (1, 2), (1, NULL), (2, 1), (2, NULL), (3, 1), (NULL, 1);
PUSH INTO r VALUES (1, 1), (2, NULL), (NULL, 1);
STEP;
EXPECT v (1, 2), (3, 1), (NULL, 1);
PUSH DELETE FROM r VALUES (2, NULL);
PUSH INTO r VALUES (1, NULL);
STEP;
EXPECT v (2, 1), (2, NULL), (3, 1), (NULL, 1);

-- test: EXISTS with another condition beside the equality
CREATE TABLE l (id INT, k INT, a INT);
CREATE TABLE r (k INT, b INT);
CREATE MATERIALIZED VIEW e AS SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND r.b > l.a);
CREATE MATERIALIZED VIEW n AS SELECT id FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND r.b > l.a);
PUSH INTO l VALUES (1, 1, 5), (2, 1, 10), (3, 2, 0), (4, 1, NULL);
PUSH INTO r VALUES (1, 7), (1, 8), (2, NULL);
STEP;
EXPECT e (1);
EXPECT n (2), (3), (4);
PUSH DELETE FROM r VALUES (1, 7), (1, 8);
PUSH INTO r VALUES (1, 11);
STEP;
EXPECT e (1), (2);
EXPECT n (3), (4);

-- test: comparisons with ANY and ALL
CREATE TABLE l (x INT);
CREATE TABLE r (y INT);
CREATE MATERIALIZED VIEW a AS SELECT x FROM l WHERE x > ANY (SELECT y FROM r);
CREATE MATERIALIZED VIEW b AS SELECT x FROM l WHERE x > ALL (SELECT y FROM r);
CREATE MATERIALIZED VIEW c AS SELECT x FROM l WHERE NOT (x > ALL (SELECT y FROM r));
PUSH INTO l VALUES (1), (5), (9), (NULL);
STEP;
EXPECT a ();
EXPECT b (1), (5), (9), (NULL);
EXPECT c ();
PUSH INTO r VALUES (4), (6);
STEP;
EXPECT a (5), (9);
EXPECT b (9);
EXPECT c (1), (5);
PUSH INTO r VALUES (NULL);
STEP;
EXPECT a (5), (9);
EXPECT b ();
EXPECT c (1), (5);

-- test: IN of several columns
CREATE TABLE l (id INT, a INT, b INT);
CREATE TABLE r (a INT, b INT);
CREATE MATERIALIZED VIEW v AS SELECT id FROM l WHERE (a, b) IN (SELECT a, b FROM r);
CREATE MATERIALIZED VIEW w AS SELECT id FROM l WHERE (a, b) NOT IN (SELECT a, b FROM r);
PUSH INTO l VALUES (1, 1, 1), (2, 1, 2), (3, NULL, 1), (4, 7, NULL);
PUSH INTO r VALUES (1, 1), (2, 2);
STEP;
EXPECT v (1);
EXPECT w (2), (4);

-- test: both a semi and an anti join, over a join, and an aggregate above
CREATE TABLE o (id INT, c INT, p INT);
CREATE TABLE c (id INT, name STRING);
CREATE TABLE good (p INT);
CREATE TABLE banned (c INT);
CREATE MATERIALIZED VIEW v AS SELECT c.name, COUNT(*) AS n FROM o, c WHERE o.c = c.id AND o.p IN (SELECT p FROM good) AND NOT EXISTS (SELECT 1 FROM banned WHERE banned.c = o.c) GROUP BY c.name;
PUSH INTO c VALUES (1, 'a'), (2, 'b');
PUSH INTO o VALUES (1, 1, 7), (2, 1, 8), (3, 2, 7), (4, 2, 7);
PUSH INTO good VALUES (7);
STEP;
EXPECT v ('a', 1), ('b', 2);
PUSH INTO banned VALUES (2);
PUSH INTO good VALUES (8);
STEP;
EXPECT v ('a', 2);
PUSH DELETE FROM banned VALUES (2);
STEP;
EXPECT v ('a', 2), ('b', 2);
