-- Changes of debezium, upsert-kafka and DML through joins: each view holds what the query gives over the rows that are left.

-- test: debezium on both sides: inner, left, right, full, self; duplicates and NULL keys
CREATE TABLE l (id INT, k INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE r (k INT, b STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW i AS SELECT l.id, r.b FROM l JOIN r ON l.k = r.k;
CREATE MATERIALIZED VIEW lj AS SELECT l.id, r.b FROM l LEFT JOIN r ON l.k = r.k;
CREATE MATERIALIZED VIEW rj AS SELECT l.id, r.b FROM l RIGHT JOIN r ON l.k = r.k;
CREATE MATERIALIZED VIEW fj AS SELECT l.id, r.b FROM l FULL JOIN r ON l.k = r.k;
CREATE MATERIALIZED VIEW lc AS SELECT l.id, r.b FROM l LEFT JOIN r ON l.k = r.k AND r.b <> 'x';
CREATE MATERIALIZED VIEW s AS SELECT a.id AS a, b.id AS b FROM l a JOIN l b ON a.k = b.k AND a.id < b.id;
CREATE MATERIALIZED VIEW g AS SELECT r.b, COUNT(*) AS n FROM l JOIN r ON l.k = r.k GROUP BY r.b;
PUSH BYTES INTO l '{"before":null,"after":{"id":1,"k":1},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":1},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":2},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":null},"op":"c"}';
PUSH BYTES INTO r '{"before":null,"after":{"k":1,"b":"x"},"op":"c"}',
  '{"before":null,"after":{"k":3,"b":"y"},"op":"c"}',
  '{"before":null,"after":{"k":null,"b":"n"},"op":"c"}';
STEP;
EXPECT i (1, 'x'), (2, 'x');
EXPECT lj (1, 'x'), (2, 'x'), (3, NULL), (4, NULL);
EXPECT rj (NULL, 'n'), (NULL, 'y'), (1, 'x'), (2, 'x');
EXPECT fj (NULL, 'n'), (NULL, 'y'), (1, 'x'), (2, 'x'), (3, NULL), (4, NULL);
EXPECT lc (1, NULL), (2, NULL), (3, NULL), (4, NULL);
EXPECT s (1, 2);
EXPECT g ('x', 2);
PUSH BYTES INTO r '{"before":{"k":3,"b":"y"},"after":{"k":2,"b":"y"},"op":"u"}',
  '{"before":null,"after":{"k":1,"b":"x"},"op":"c"}';
STEP;
EXPECT i (1, 'x'), (1, 'x'), (2, 'x'), (2, 'x'), (3, 'y');
EXPECT lj (1, 'x'), (1, 'x'), (2, 'x'), (2, 'x'), (3, 'y'), (4, NULL);
EXPECT rj (NULL, 'n'), (1, 'x'), (1, 'x'), (2, 'x'), (2, 'x'), (3, 'y');
EXPECT fj (NULL, 'n'), (1, 'x'), (1, 'x'), (2, 'x'), (2, 'x'), (3, 'y'), (4, NULL);
EXPECT lc (1, NULL), (2, NULL), (3, 'y'), (4, NULL);
EXPECT s (1, 2);
EXPECT g ('x', 4), ('y', 1);
PUSH BYTES INTO l '{"before":{"id":1,"k":1},"after":{"id":1,"k":2},"op":"u"}',
  '{"before":{"id":4,"k":null},"after":{"id":4,"k":3},"op":"u"}';
PUSH BYTES INTO r '{"before":{"k":1,"b":"x"},"after":{"k":1,"b":"z"},"op":"u"}',
  '{"before":null,"after":{"k":3,"b":"w"},"op":"c"}';
STEP;
EXPECT i (1, 'y'), (2, 'x'), (2, 'z'), (3, 'y'), (4, 'w');
EXPECT lj (1, 'y'), (2, 'x'), (2, 'z'), (3, 'y'), (4, 'w');
EXPECT rj (NULL, 'n'), (1, 'y'), (2, 'x'), (2, 'z'), (3, 'y'), (4, 'w');
EXPECT fj (NULL, 'n'), (1, 'y'), (2, 'x'), (2, 'z'), (3, 'y'), (4, 'w');
EXPECT lc (1, 'y'), (2, 'z'), (3, 'y'), (4, 'w');
EXPECT s (1, 3);
EXPECT g ('w', 1), ('x', 1), ('y', 2), ('z', 1);
PUSH BYTES INTO r '{"before":{"k":1,"b":"x"},"after":null,"op":"d"}',
  '{"before":{"k":1,"b":"z"},"after":null,"op":"d"}',
  '{"before":{"k":2,"b":"y"},"after":null,"op":"d"}';
STEP;
EXPECT i (4, 'w');
EXPECT lj (1, NULL), (2, NULL), (3, NULL), (4, 'w');
EXPECT rj (NULL, 'n'), (4, 'w');
EXPECT fj (NULL, 'n'), (1, NULL), (2, NULL), (3, NULL), (4, 'w');
EXPECT lc (1, NULL), (2, NULL), (3, NULL), (4, 'w');
EXPECT s (1, 3);
EXPECT g ('w', 1);
PUSH BYTES INTO l '{"before":{"id":1,"k":2},"after":null,"op":"d"}',
  '{"before":{"id":2,"k":1},"after":null,"op":"d"}',
  '{"before":{"id":3,"k":2},"after":null,"op":"d"}',
  '{"before":{"id":4,"k":3},"after":null,"op":"d"}';
STEP;
EXPECT i ();
EXPECT lj ();
EXPECT rj (NULL, 'n'), (NULL, 'w');
EXPECT fj (NULL, 'n'), (NULL, 'w');
EXPECT lc ();
EXPECT s ();
EXPECT g ();
PUSH BYTES INTO l '{"before":null,"after":{"id":9,"k":3},"op":"c"}';
PUSH BYTES INTO r '{"before":{"k":3,"b":"w"},"after":{"k":3,"b":"ww"},"op":"u"}';
STEP;
EXPECT i (9, 'ww');
EXPECT lj (9, 'ww');
EXPECT rj (NULL, 'n'), (9, 'ww');
EXPECT fj (NULL, 'n'), (9, 'ww');
EXPECT lc (9, 'ww');
EXPECT s ();
EXPECT g ('ww', 1);

-- test: debezium: semi and anti joins by IN, EXISTS, NOT IN, NOT EXISTS
CREATE TABLE l (id INT, k INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE r (k INT, b INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW i AS SELECT id FROM l WHERE k IN (SELECT k FROM r);
CREATE MATERIALIZED VIEW e AS SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND r.b > 5);
CREATE MATERIALIZED VIEW ne AS SELECT id FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.k = l.k);
CREATE MATERIALIZED VIEW ni AS SELECT id FROM l WHERE k NOT IN (SELECT k FROM r WHERE k IS NOT NULL) AND k IS NOT NULL;
CREATE MATERIALIZED VIEW both_ways AS SELECT id FROM l WHERE k IN (SELECT k FROM r WHERE b > 5) AND NOT EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND r.b < 0);
PUSH BYTES INTO l '{"before":null,"after":{"id":1,"k":1},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":2},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":null},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":1},"op":"c"}';
STEP;
EXPECT i ();
EXPECT e ();
EXPECT ne (1), (2), (3), (4);
EXPECT ni (1), (2), (4);
EXPECT both_ways ();
PUSH BYTES INTO r '{"before":null,"after":{"k":1,"b":3},"op":"c"}',
  '{"before":null,"after":{"k":1,"b":9},"op":"c"}',
  '{"before":null,"after":{"k":null,"b":7},"op":"c"}';
STEP;
EXPECT i (1), (4);
EXPECT e (1), (4);
EXPECT ne (2), (3);
EXPECT ni (2);
EXPECT both_ways (1), (4);
PUSH BYTES INTO r '{"before":{"k":1,"b":9},"after":null,"op":"d"}',
  '{"before":null,"after":{"k":2,"b":6},"op":"c"}',
  '{"before":{"k":1,"b":3},"after":{"k":1,"b":-1},"op":"u"}';
STEP;
EXPECT i (1), (2), (4);
EXPECT e (2);
EXPECT ne (3);
EXPECT ni ();
EXPECT both_ways (2);
PUSH BYTES INTO r '{"before":{"k":2,"b":6},"after":{"k":1,"b":6},"op":"u"}',
  '{"before":{"k":null,"b":7},"after":null,"op":"d"}';
PUSH BYTES INTO l '{"before":{"id":3,"k":null},"after":{"id":3,"k":2},"op":"u"}',
  '{"before":{"id":4,"k":1},"after":null,"op":"d"}';
STEP;
EXPECT i (1);
EXPECT e (1);
EXPECT ne (2), (3);
EXPECT ni (2), (3);
EXPECT both_ways ();
PUSH BYTES INTO r '{"before":{"k":1,"b":6},"after":null,"op":"d"}',
  '{"before":{"k":1,"b":-1},"after":null,"op":"d"}';
STEP;
EXPECT i ();
EXPECT e ();
EXPECT ne (1), (2), (3);
EXPECT ni (1), (2), (3);
EXPECT both_ways ();
PUSH BYTES INTO r '{"before":null,"after":{"k":2,"b":100},"op":"c"}',
  '{"before":{"k":2,"b":100},"after":null,"op":"d"}';
STEP;
EXPECT i ();
EXPECT e ();
EXPECT ne (1), (2), (3);
EXPECT ni (1), (2), (3);
EXPECT both_ways ();

-- test: NOT IN with a NULL that comes and goes empties the result and fills it again
CREATE TABLE l (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE r (x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT id FROM l WHERE id NOT IN (SELECT x FROM r);
PUSH BYTES INTO l '{"before":null,"after":{"id":1},"op":"c"}',
  '{"before":null,"after":{"id":2},"op":"c"}',
  '{"before":null,"after":{"id":3},"op":"c"}',
  '{"before":null,"after":{"id":null},"op":"c"}';
STEP;
EXPECT v (NULL), (1), (2), (3);
PUSH BYTES INTO r '{"before":null,"after":{"x":2},"op":"c"}';
STEP;
EXPECT v (1), (3);
PUSH BYTES INTO r '{"before":null,"after":{"x":null},"op":"c"}';
STEP;
EXPECT v ();
PUSH BYTES INTO l '{"before":null,"after":{"id":4},"op":"c"}';
STEP;
EXPECT v ();
PUSH BYTES INTO r '{"before":{"x":null},"after":null,"op":"d"}';
STEP;
EXPECT v (1), (3), (4);
PUSH BYTES INTO r '{"before":{"x":2},"after":{"x":null},"op":"u"}',
  '{"before":{"x":null},"after":{"x":3},"op":"u"}';
STEP;
EXPECT v (1), (2), (4);
PUSH BYTES INTO r '{"before":{"x":3},"after":null,"op":"d"}';
STEP;
EXPECT v (NULL), (1), (2), (3), (4);

-- test: upsert-kafka joined with debezium, three tables, outer after inner
CREATE TABLE o (id INT, c INT, p INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE TABLE c (id INT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE TABLE p (id INT, price INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW j AS SELECT o.id, c.name, p.price FROM o JOIN c ON o.c = c.id JOIN p ON o.p = p.id;
CREATE MATERIALIZED VIEW lj AS SELECT o.id, c.name, p.price FROM o LEFT JOIN c ON o.c = c.id LEFT JOIN p ON o.p = p.id;
CREATE MATERIALIZED VIEW fj AS SELECT o.id, c.name FROM o FULL JOIN c ON o.c = c.id;
CREATE MATERIALIZED VIEW s AS SELECT c.name, SUM(p.price) AS total, COUNT(*) AS n FROM o JOIN c ON o.c = c.id JOIN p ON o.p = p.id GROUP BY c.name;
CREATE MATERIALIZED VIEW idle AS SELECT name FROM c WHERE NOT EXISTS (SELECT 1 FROM o WHERE o.c = c.id);
PUSH INTO o VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 9, 9);
PUSH INTO c VALUES (1, 'ann'), (2, 'bob'), (3, 'cat');
PUSH BYTES INTO p '{"before":null,"after":{"id":1,"price":10},"op":"c"}',
  '{"before":null,"after":{"id":2,"price":20},"op":"c"}';
STEP;
EXPECT j (1, 'ann', 10), (2, 'ann', 20), (3, 'bob', 10);
EXPECT lj (1, 'ann', 10), (2, 'ann', 20), (3, 'bob', 10), (4, NULL, NULL);
EXPECT fj (NULL, 'cat'), (1, 'ann'), (2, 'ann'), (3, 'bob'), (4, NULL);
EXPECT s ('ann', 30, 2), ('bob', 10, 1);
EXPECT idle ('cat');
PUSH INTO c VALUES (1, 'anna');
PUSH BYTES INTO p '{"before":{"id":1,"price":10},"after":{"id":1,"price":11},"op":"u"}';
STEP;
EXPECT j (1, 'anna', 11), (2, 'anna', 20), (3, 'bob', 11);
EXPECT lj (1, 'anna', 11), (2, 'anna', 20), (3, 'bob', 11), (4, NULL, NULL);
EXPECT fj (NULL, 'cat'), (1, 'anna'), (2, 'anna'), (3, 'bob'), (4, NULL);
EXPECT s ('anna', 31, 2), ('bob', 11, 1);
EXPECT idle ('cat');
PUSH INTO o VALUES (1, 3, 1), (4, 2, 2);
PUSH DELETE FROM o VALUES (2, 1, 2);
STEP;
EXPECT j (1, 'cat', 11), (3, 'bob', 11), (4, 'bob', 20);
EXPECT lj (1, 'cat', 11), (3, 'bob', 11), (4, 'bob', 20);
EXPECT fj (NULL, 'anna'), (1, 'cat'), (3, 'bob'), (4, 'bob');
EXPECT s ('bob', 31, 2), ('cat', 11, 1);
EXPECT idle ('anna');
PUSH DELETE FROM c VALUES (2, 'bob');
PUSH INTO c VALUES (9, 'new');
PUSH BYTES INTO p '{"before":{"id":2,"price":20},"after":null,"op":"d"}';
STEP;
EXPECT j (1, 'cat', 11);
EXPECT lj (1, 'cat', 11), (3, NULL, 11), (4, NULL, NULL);
EXPECT fj (NULL, 'anna'), (NULL, 'new'), (1, 'cat'), (3, NULL), (4, NULL);
EXPECT s ('cat', 11, 1);
EXPECT idle ('anna'), ('new');
PUSH DELETE FROM o VALUES (1, 3, 1), (3, 2, 1), (4, 2, 2);
STEP;
EXPECT j ();
EXPECT lj ();
EXPECT fj (NULL, 'anna'), (NULL, 'cat'), (NULL, 'new');
EXPECT s ();
EXPECT idle ('anna'), ('cat'), ('new');

-- test: non-equal conditions, comma joins and USING over debezium
CREATE TABLE a (k INT, x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE b (k INT, y INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW ne AS SELECT a.x, b.y FROM a JOIN b ON a.k = b.k AND a.x < b.y;
CREATE MATERIALIZED VIEW lne AS SELECT a.x, b.y FROM a LEFT JOIN b ON a.k = b.k AND a.x < b.y;
CREATE MATERIALIZED VIEW u AS SELECT * FROM a JOIN b USING (k);
CREATE MATERIALIZED VIEW fu AS SELECT * FROM a FULL JOIN b USING (k);
CREATE MATERIALIZED VIEW cm AS SELECT a.x, b.y FROM a, b WHERE a.k = b.k AND a.x + b.y > 10;
PUSH BYTES INTO a '{"before":null,"after":{"k":1,"x":5},"op":"c"}',
  '{"before":null,"after":{"k":1,"x":15},"op":"c"}',
  '{"before":null,"after":{"k":2,"x":1},"op":"c"}';
PUSH BYTES INTO b '{"before":null,"after":{"k":1,"y":10},"op":"c"}',
  '{"before":null,"after":{"k":3,"y":3},"op":"c"}';
STEP;
EXPECT ne (5, 10);
EXPECT lne (1, NULL), (5, 10), (15, NULL);
EXPECT u (1, 5, 10), (1, 15, 10);
EXPECT fu (1, 5, 10), (1, 15, 10), (2, 1, NULL), (3, NULL, 3);
EXPECT cm (5, 10), (15, 10);
PUSH BYTES INTO a '{"before":{"k":1,"x":15},"after":{"k":3,"x":2},"op":"u"}',
  '{"before":{"k":2,"x":1},"after":null,"op":"d"}';
PUSH BYTES INTO b '{"before":{"k":1,"y":10},"after":{"k":1,"y":4},"op":"u"}';
STEP;
EXPECT ne (2, 3);
EXPECT lne (2, 3), (5, NULL);
EXPECT u (1, 5, 4), (3, 2, 3);
EXPECT fu (1, 5, 4), (3, 2, 3);
EXPECT cm ();
PUSH BYTES INTO b '{"before":{"k":3,"y":3},"after":null,"op":"d"}',
  '{"before":null,"after":{"k":1,"y":6},"op":"c"}',
  '{"before":null,"after":{"k":1,"y":7},"op":"c"}';
STEP;
EXPECT ne (5, 6), (5, 7);
EXPECT lne (2, NULL), (5, 6), (5, 7);
EXPECT u (1, 5, 4), (1, 5, 6), (1, 5, 7);
EXPECT fu (1, 5, 4), (1, 5, 6), (1, 5, 7), (3, 2, NULL);
EXPECT cm (5, 6), (5, 7);
PUSH BYTES INTO a '{"before":{"k":1,"x":5},"after":null,"op":"d"}';
PUSH BYTES INTO b '{"before":{"k":1,"y":4},"after":null,"op":"d"}',
  '{"before":{"k":1,"y":6},"after":null,"op":"d"}',
  '{"before":{"k":1,"y":7},"after":null,"op":"d"}';
STEP;
EXPECT ne ();
EXPECT lne (2, NULL);
EXPECT u ();
EXPECT fu (3, 2, NULL);
EXPECT cm ();

-- test: DML on own tables joined: an update of the key moves rows, both tables in turn
CREATE TABLE emp (id INT, dept INT, pay INT, PRIMARY KEY (id));
CREATE TABLE dept (id INT, name STRING, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW i AS SELECT e.id, d.name, e.pay FROM emp e JOIN dept d ON e.dept = d.id;
CREATE MATERIALIZED VIEW best AS SELECT d.name, MAX(e.pay) AS pay FROM dept d LEFT JOIN emp e ON e.dept = d.id GROUP BY d.name;
CREATE MATERIALIZED VIEW lost AS SELECT id FROM emp WHERE dept NOT IN (SELECT id FROM dept);
CREATE MATERIALIZED VIEW top AS SELECT e.id FROM emp e WHERE e.pay = (SELECT MAX(pay) FROM emp);
CREATE MATERIALIZED VIEW above AS SELECT e.id FROM emp e WHERE e.pay > (SELECT AVG(pay) FROM emp f WHERE f.dept = e.dept);
INSERT INTO dept VALUES (1, 'dev'), (2, 'ops');
INSERT INTO emp VALUES (1, 1, 100), (2, 1, 80), (3, 2, 90), (4, 7, 200);
EXPECT i (1, 'dev', 100), (2, 'dev', 80), (3, 'ops', 90);
EXPECT best ('dev', 100), ('ops', 90);
EXPECT lost (4);
EXPECT top (4);
EXPECT above (1);
UPDATE emp SET pay = pay + 100 WHERE id = 2;
EXPECT i (1, 'dev', 100), (2, 'dev', 180), (3, 'ops', 90);
EXPECT best ('dev', 180), ('ops', 90);
EXPECT lost (4);
EXPECT top (4);
EXPECT above (2);
UPDATE dept SET id = 7 WHERE id = 1;
EXPECT i (3, 'ops', 90), (4, 'dev', 200);
EXPECT best ('dev', 200), ('ops', 90);
EXPECT lost (1), (2);
EXPECT top (4);
EXPECT above (2);
UPDATE emp SET dept = 7 WHERE id <= 2;
EXPECT i (1, 'dev', 100), (2, 'dev', 180), (3, 'ops', 90), (4, 'dev', 200);
EXPECT best ('dev', 200), ('ops', 90);
EXPECT lost ();
EXPECT top (4);
EXPECT above (2), (4);
DELETE FROM dept WHERE name = 'ops';
EXPECT i (1, 'dev', 100), (2, 'dev', 180), (4, 'dev', 200);
EXPECT best ('dev', 200);
EXPECT lost (3);
EXPECT top (4);
EXPECT above (2), (4);
DELETE FROM emp WHERE pay >= 180;
EXPECT i (1, 'dev', 100);
EXPECT best ('dev', 100);
EXPECT lost (3);
EXPECT top (1);
EXPECT above ();
UPDATE dept SET name = 'all', id = 2;
EXPECT i (3, 'all', 90);
EXPECT best ('all', 90);
EXPECT lost (1);
EXPECT top (1);
EXPECT above ();
