-- test: LEFT JOIN pads, and conditions on the right side pad, they do not filter
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, x INT);
CREATE MATERIALIZED VIEW v AS SELECT id, x FROM l LEFT JOIN r ON l.k = r.k AND r.x > 9;
CREATE MATERIALIZED VIEW w AS SELECT id, x FROM l LEFT JOIN r ON l.k = r.k WHERE r.x > 9;
CREATE MATERIALIZED VIEW o AS SELECT id, x FROM l LEFT JOIN r ON l.k = r.k AND l.id = 1;
CREATE MATERIALIZED VIEW n AS SELECT id FROM l LEFT JOIN r ON l.k = r.k WHERE r.k IS NULL;
PUSH INTO l VALUES (1, 1), (2, 2), (3, NULL);
PUSH INTO r VALUES (1, 5), (2, 50);
STEP;
EXPECT v (1, NULL), (2, 50), (3, NULL);
EXPECT w (2, 50);
EXPECT o (1, 5), (2, NULL), (3, NULL);
EXPECT n (3);
PUSH DELETE FROM r VALUES (2, 50);
PUSH INTO r VALUES (1, 10), (1, 11);
STEP;
EXPECT v (1, 10), (1, 11), (2, NULL), (3, NULL);
EXPECT w (1, 10), (1, 11);
EXPECT n (2), (3);

-- test: partners come and go within one step: nothing is sent
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, x INT);
CREATE MATERIALIZED VIEW v AS SELECT id, x FROM l LEFT JOIN r ON l.k = r.k;
PUSH INTO l VALUES (1, 1);
STEP;
EXPECT CHANGES v +(1, NULL);
PUSH INTO r VALUES (1, 5), (1, 6);
PUSH DELETE FROM r VALUES (1, 5), (1, 6);
STEP;
EXPECT v (1, NULL);

-- test: updates of an aggregate on the right
CREATE TABLE users (id INT, name STRING);
CREATE TABLE clicks (uid INT);
CREATE MATERIALIZED VIEW v AS SELECT name, n FROM users LEFT JOIN (SELECT uid, COUNT(*) AS n FROM clicks GROUP BY uid) AS c ON users.id = c.uid;
PUSH INTO users VALUES (1, 'a'), (2, 'b');
PUSH INTO clicks VALUES (1), (1);
STEP;
EXPECT v ('a', 2), ('b', NULL);
PUSH INTO clicks VALUES (1), (2);
STEP;
EXPECT v ('a', 3), ('b', 1);
PUSH DELETE FROM clicks VALUES (1), (1), (1);
STEP;
EXPECT v ('a', NULL), ('b', 1);

-- test: RIGHT JOIN, and a chain of outer joins
CREATE TABLE a (id INT, x STRING);
CREATE TABLE b (id INT, y STRING);
CREATE TABLE c (id INT, z STRING);
CREATE MATERIALIZED VIEW v AS SELECT x, y, z FROM a RIGHT JOIN b ON a.id = b.id LEFT JOIN c ON c.id = a.id;
PUSH INTO a VALUES (1, 'a1'), (2, 'a2');
PUSH INTO b VALUES (1, 'b1'), (3, 'b3');
PUSH INTO c VALUES (1, 'c1'), (3, 'c3');
STEP;
EXPECT v ('a1', 'b1', 'c1'), (NULL, 'b3', NULL);
PUSH DELETE FROM a VALUES (1, 'a1');
PUSH INTO a VALUES (3, 'a3');
STEP;
EXPECT v (NULL, 'b1', NULL), ('a3', 'b3', 'c3');

-- test: a LEFT JOIN into a sink that can only append is refused with the ways out
CREATE TABLE l (id INT, k INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE TABLE r (k INT, x INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE TABLE out (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1303' LIKE '%LEFT JOIN%';
INSERT INTO out SELECT id, x FROM l LEFT JOIN r ON l.k = r.k;

-- test: a filter that no padded row passes makes an inner join, which appends
CREATE TABLE l (id INT, k INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE TABLE r (k INT, x INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE TABLE o1 (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE o2 (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE o3 (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO o1 SELECT id, x FROM l LEFT JOIN r ON l.k = r.k WHERE r.x + 1 > 5;
INSERT INTO o2 SELECT id, x FROM r RIGHT JOIN l ON l.k = r.k WHERE r.x IS NOT NULL AND l.id > 0;
INSERT INTO o3 SELECT id, x FROM l FULL JOIN r ON l.k = r.k WHERE l.id = r.x;
PUSH INTO l VALUES (1, 1), (7, 2);
PUSH INTO r VALUES (1, 4), (2, 7);
STEP;
EXPECT o1 (7, 7);
EXPECT o2 (1, 4), (7, 7);
EXPECT o3 (7, 7);
EXPECT ERROR 'W1303' LIKE '%LEFT JOIN%';
INSERT INTO o1 SELECT id, x FROM l LEFT JOIN r ON l.k = r.k WHERE r.x > 5 OR l.id = 1;

-- test: one side of a FULL JOIN that is not padded, and chains of outer joins
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, x INT);
CREATE MATERIALIZED VIEW a AS SELECT id, x FROM l FULL JOIN r ON l.k = r.k WHERE id > 0;
CREATE MATERIALIZED VIEW b AS SELECT id, x FROM l FULL JOIN r ON l.k = r.k WHERE x > 0;
CREATE MATERIALIZED VIEW c AS SELECT l.id, r.x, s.id AS i FROM l LEFT JOIN r ON l.k = r.k LEFT JOIN l AS s ON s.id = r.x WHERE r.x > 0;
CREATE MATERIALIZED VIEW d AS SELECT id, x FROM (SELECT id, x FROM l FULL JOIN r ON l.k = r.k) AS j WHERE COALESCE(x, 1) > 0;
PUSH INTO l VALUES (1, 1), (2, 2);
PUSH INTO r VALUES (1, 2), (3, 5);
STEP;
EXPECT a (1, 2), (2, NULL);
EXPECT b (1, 2), (NULL, 5);
EXPECT c (1, 2, 2);
EXPECT d (1, 2), (2, NULL), (NULL, 5);

-- test: a condition on the right of a join says nothing of the joins on its left
CREATE TABLE a (k INT, x INT);
CREATE TABLE b (k INT, y INT);
CREATE TABLE c (k INT, v INT, w INT, s STRING);
CREATE MATERIALIZED VIEW m AS SELECT x.k, c.v FROM (SELECT a.k FROM a LEFT JOIN b ON a.k = b.k) AS x JOIN c ON x.k = c.k WHERE c.v > 0 AND c.s = 'a';
CREATE MATERIALIZED VIEW n AS SELECT x.k, x.y, c.v FROM (SELECT b.y, a.k FROM a LEFT JOIN b ON a.k = b.k) AS x LEFT JOIN c ON x.k = c.k
WHERE (c.v > 0 OR c.w > 5 OR c.s = 'b') AND (x.k < 9 OR c.w > 1);
CREATE MATERIALIZED VIEW o AS SELECT x.k, x.y, c.v FROM (SELECT b.y, a.k FROM a LEFT JOIN b ON a.k = b.k) AS x JOIN c ON x.k = c.k WHERE x.y > 0 AND c.v > 0;
PUSH INTO a VALUES (1, 10), (2, 20), (3, 30);
PUSH INTO b VALUES (1, 100);
PUSH INTO c VALUES (1, 5, 6, 'a'), (2, 7, 0, 'a'), (3, -1, 0, 'b');
STEP;
EXPECT m (1, 5), (2, 7);
EXPECT n (1, 100, 5), (2, NULL, 7), (3, NULL, -1);
EXPECT o (1, 100, 5);
