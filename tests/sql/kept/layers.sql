-- Views on views, four layers of different operators, over changes of debezium: the last layer holds what the whole query gives.

-- test: a join, grouped, ranked, joined again
CREATE TABLE o (id INT, c INT, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE c (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW l1 AS SELECT o.id, c.name, o.v FROM o LEFT JOIN c ON o.c = c.id;
CREATE MATERIALIZED VIEW l2 AS SELECT name, COUNT(*) AS n, SUM(v) AS s FROM l1 GROUP BY name;
CREATE MATERIALIZED VIEW l3 AS SELECT name, s FROM (SELECT name, s, ROW_NUMBER() OVER (ORDER BY s DESC NULLS LAST, name NULLS LAST) AS rn FROM l2) AS x WHERE rn <= 2;
CREATE MATERIALIZED VIEW l4 AS SELECT l3.name, l1.id FROM l3 JOIN l1 ON l3.name = l1.name;
CREATE MATERIALIZED VIEW l5 AS SELECT id FROM l1 WHERE name NOT IN (SELECT name FROM l3 WHERE name IS NOT NULL);
CREATE MATERIALIZED VIEW l6 AS SELECT n, COUNT(*) AS c FROM l2 GROUP BY n;
CREATE MATERIALIZED VIEW l7 AS SELECT name FROM l1 EXCEPT SELECT name FROM l3;
CREATE MATERIALIZED VIEW l8 AS SELECT COALESCE(a.name, 'nothing') AS a, b.c FROM l2 a FULL JOIN l6 b ON a.n = b.n;
PUSH BYTES INTO o '{"before":null,"after":{"id":1,"c":1,"v":10},"op":"c"}',
  '{"before":null,"after":{"id":2,"c":1,"v":20},"op":"c"}',
  '{"before":null,"after":{"id":3,"c":2,"v":15},"op":"c"}',
  '{"before":null,"after":{"id":4,"c":3,"v":5},"op":"c"}',
  '{"before":null,"after":{"id":5,"c":null,"v":100},"op":"c"}';
PUSH BYTES INTO c '{"before":null,"after":{"id":1,"name":"ann"},"op":"c"}',
  '{"before":null,"after":{"id":2,"name":"bob"},"op":"c"}';
STEP;
EXPECT l1 (1, 'ann', 10), (2, 'ann', 20), (3, 'bob', 15), (4, NULL, 5), (5, NULL, 100);
EXPECT l2 (NULL, 2, 105), ('ann', 2, 30), ('bob', 1, 15);
EXPECT l3 (NULL, 105), ('ann', 30);
EXPECT l4 ('ann', 1), ('ann', 2);
EXPECT l5 (3);
EXPECT l6 (1, 1), (2, 2);
EXPECT l7 ('bob');
EXPECT l8 ('ann', 2), ('bob', 1), ('nothing', 2);
PUSH BYTES INTO c '{"before":null,"after":{"id":3,"name":"cat"},"op":"c"}',
  '{"before":{"id":1,"name":"ann"},"after":{"id":1,"name":"bob"},"op":"u"}';
STEP;
EXPECT l1 (1, 'bob', 10), (2, 'bob', 20), (3, 'bob', 15), (4, 'cat', 5), (5, NULL, 100);
EXPECT l2 (NULL, 1, 100), ('bob', 3, 45), ('cat', 1, 5);
EXPECT l3 (NULL, 100), ('bob', 45);
EXPECT l4 ('bob', 1), ('bob', 2), ('bob', 3);
EXPECT l5 (4);
EXPECT l6 (1, 2), (3, 1);
EXPECT l7 ('cat');
EXPECT l8 ('bob', 1), ('cat', 2), ('nothing', 2);
PUSH BYTES INTO o '{"before":{"id":4,"c":3,"v":5},"after":{"id":4,"c":3,"v":500},"op":"u"}',
  '{"before":{"id":1,"c":1,"v":10},"after":null,"op":"d"}',
  '{"before":null,"after":{"id":6,"c":2,"v":null},"op":"c"}';
STEP;
EXPECT l1 (2, 'bob', 20), (3, 'bob', 15), (4, 'cat', 500), (5, NULL, 100), (6, 'bob', NULL);
EXPECT l2 (NULL, 1, 100), ('bob', 3, 35), ('cat', 1, 500);
EXPECT l3 (NULL, 100), ('cat', 500);
EXPECT l4 ('cat', 4);
EXPECT l5 (2), (3), (6);
EXPECT l6 (1, 2), (3, 1);
EXPECT l7 ('bob');
EXPECT l8 ('bob', 1), ('cat', 2), ('nothing', 2);
PUSH BYTES INTO c '{"before":{"id":1,"name":"bob"},"after":{"id":1,"name":null},"op":"u"}',
  '{"before":{"id":2,"name":"bob"},"after":null,"op":"d"}';
STEP;
EXPECT l1 (2, NULL, 20), (3, NULL, 15), (4, 'cat', 500), (5, NULL, 100), (6, NULL, NULL);
EXPECT l2 (NULL, 4, 135), ('cat', 1, 500);
EXPECT l3 (NULL, 135), ('cat', 500);
EXPECT l4 ('cat', 4);
EXPECT l5 ();
EXPECT l6 (1, 1), (4, 1);
EXPECT l7 ();
EXPECT l8 ('cat', 1), ('nothing', 1);
PUSH BYTES INTO o '{"before":{"id":5,"c":null,"v":100},"after":null,"op":"d"}',
  '{"before":{"id":3,"c":2,"v":15},"after":{"id":3,"c":3,"v":15},"op":"u"}';
STEP;
EXPECT l1 (2, NULL, 20), (3, 'cat', 15), (4, 'cat', 500), (6, NULL, NULL);
EXPECT l2 (NULL, 2, 20), ('cat', 2, 515);
EXPECT l3 (NULL, 20), ('cat', 515);
EXPECT l4 ('cat', 3), ('cat', 4);
EXPECT l5 ();
EXPECT l6 (2, 2);
EXPECT l7 ();
EXPECT l8 ('cat', 2), ('nothing', 2);
PUSH BYTES INTO o '{"before":{"id":2,"c":1,"v":20},"after":null,"op":"d"}',
  '{"before":{"id":3,"c":3,"v":15},"after":null,"op":"d"}',
  '{"before":{"id":4,"c":3,"v":500},"after":null,"op":"d"}',
  '{"before":{"id":6,"c":2,"v":null},"after":null,"op":"d"}';
STEP;
EXPECT l1 ();
EXPECT l2 ();
EXPECT l3 ();
EXPECT l4 ();
EXPECT l5 ();
EXPECT l6 ();
EXPECT l7 ();
EXPECT l8 ();
PUSH BYTES INTO o '{"before":null,"after":{"id":7,"c":1,"v":1},"op":"c"}';
STEP;
EXPECT l1 (7, NULL, 1);
EXPECT l2 (NULL, 1, 1);
EXPECT l3 (NULL, 1);
EXPECT l4 ();
EXPECT l5 (7);
EXPECT l6 (1, 1);
EXPECT l7 ();
EXPECT l8 ('nothing', 1);

-- test: the same row by two ways cancels, whichever side changes first
CREATE TABLE t (id INT, k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW lo AS SELECT * FROM t WHERE v < 10;
CREATE MATERIALIZED VIEW hi AS SELECT * FROM t WHERE v >= 10;
CREATE MATERIALIZED VIEW again AS SELECT id FROM lo UNION ALL SELECT id FROM hi;
CREATE MATERIALIZED VIEW nothing AS SELECT id, k, v FROM t EXCEPT ALL (SELECT * FROM lo UNION ALL SELECT * FROM hi);
CREATE MATERIALIZED VIEW pairs AS SELECT lo.id AS l, hi.id AS h FROM lo JOIN hi ON lo.k = hi.k;
CREATE MATERIALIZED VIEW total AS SELECT (SELECT SUM(v) FROM lo) AS l, (SELECT SUM(v) FROM hi) AS h, (SELECT SUM(v) FROM t) AS t;
CREATE MATERIALIZED VIEW diff AS SELECT a.k, a.n - COALESCE(b.n, 0) AS d FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k) AS a LEFT JOIN (SELECT k, COUNT(*) AS n FROM lo GROUP BY k) AS b ON a.k = b.k;
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"k":"a","v":1},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","v":11},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":"b","v":12},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":"b","v":2},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","v":11},"op":"c"}';
STEP;
EXPECT lo (1, 'a', 1), (4, 'b', 2);
EXPECT hi (2, 'a', 11), (2, 'a', 11), (3, 'b', 12);
EXPECT again (1), (2), (2), (3), (4);
EXPECT nothing ();
EXPECT pairs (1, 2), (1, 2), (4, 3);
EXPECT total (3, 34, 37);
EXPECT diff ('a', 2), ('b', 1);
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","v":1},"after":{"id":1,"k":"a","v":10},"op":"u"}',
  '{"before":{"id":2,"k":"a","v":11},"after":{"id":2,"k":"a","v":9},"op":"u"}',
  '{"before":{"id":3,"k":"b","v":12},"after":{"id":3,"k":"a","v":12},"op":"u"}';
STEP;
EXPECT lo (2, 'a', 9), (4, 'b', 2);
EXPECT hi (1, 'a', 10), (2, 'a', 11), (3, 'a', 12);
EXPECT again (1), (2), (2), (3), (4);
EXPECT nothing ();
EXPECT pairs (2, 1), (2, 2), (2, 3);
EXPECT total (11, 33, 44);
EXPECT diff ('a', 3), ('b', 0);
PUSH BYTES INTO t '{"before":{"id":2,"k":"a","v":11},"after":null,"op":"d"}',
  '{"before":{"id":4,"k":"b","v":2},"after":{"id":4,"k":"b","v":20},"op":"u"}',
  '{"before":{"id":2,"k":"a","v":9},"after":{"id":2,"k":"b","v":9},"op":"u"}';
STEP;
EXPECT lo (2, 'b', 9);
EXPECT hi (1, 'a', 10), (3, 'a', 12), (4, 'b', 20);
EXPECT again (1), (2), (3), (4);
EXPECT nothing ();
EXPECT pairs (2, 4);
EXPECT total (9, 42, 51);
EXPECT diff ('a', 2), ('b', 1);
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","v":10},"after":null,"op":"d"}',
  '{"before":{"id":2,"k":"b","v":9},"after":null,"op":"d"}',
  '{"before":{"id":3,"k":"a","v":12},"after":null,"op":"d"}',
  '{"before":{"id":4,"k":"b","v":20},"after":null,"op":"d"}';
STEP;
EXPECT lo ();
EXPECT hi ();
EXPECT again ();
EXPECT nothing ();
EXPECT pairs ();
EXPECT total (NULL, NULL, NULL);
EXPECT diff ();
