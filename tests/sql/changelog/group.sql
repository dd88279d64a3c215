-- Changes of debezium, of upsert-kafka and of DML through projections, filters, grouping and DISTINCT: each view holds what the query
-- gives over the rows that are left.

-- test: debezium without a key: filters and computed columns follow a row that moves in and out
CREATE TABLE t (id INT, k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW f AS SELECT id, v FROM t WHERE v > 10;
CREATE MATERIALIZED VIEW n AS SELECT id FROM t WHERE v IS NULL OR k IS NULL;
CREATE MATERIALIZED VIEW c AS SELECT id, CASE WHEN v > 10 THEN 'big' WHEN v <= 10 THEN 'small' ELSE 'none' END AS size, UPPER(k) AS k FROM t;
CREATE MATERIALIZED VIEW twice AS SELECT v FROM t WHERE k = 'a' UNION ALL SELECT -v FROM t WHERE k = 'a';
CREATE MATERIALIZED VIEW l AS SELECT id FROM t WHERE k LIKE 'a%' AND v BETWEEN 5 AND 15;
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"k":"a","v":5},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","v":20},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":"b","v":null},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":null,"v":11},"op":"c"}',
  '{"before":null,"after":{"id":1,"k":"a","v":5},"op":"c"}';
STEP;
EXPECT f (2, 20), (4, 11);
EXPECT n (3), (4);
EXPECT c (1, 'small', 'A'), (1, 'small', 'A'), (2, 'big', 'A'), (3, 'none', 'B'), (4, 'big', NULL);
EXPECT twice (-5), (-5), (-20), (5), (5), (20);
EXPECT l (1), (1);
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","v":5},"after":{"id":1,"k":"a","v":15},"op":"u"}',
  '{"before":{"id":3,"k":"b","v":null},"after":{"id":3,"k":"b","v":30},"op":"u"}',
  '{"before":{"id":4,"k":null,"v":11},"after":{"id":4,"k":"ab","v":10},"op":"u"}';
STEP;
EXPECT f (1, 15), (2, 20), (3, 30);
EXPECT n ();
EXPECT c (1, 'big', 'A'), (1, 'small', 'A'), (2, 'big', 'A'), (3, 'big', 'B'), (4, 'small', 'AB');
EXPECT twice (-5), (-15), (-20), (5), (15), (20);
EXPECT l (1), (1), (4);
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","v":5},"after":null,"op":"d"}',
  '{"before":{"id":2,"k":"a","v":20},"after":{"id":2,"k":"b","v":20},"op":"u"}',
  '{"before":{"id":3,"k":"b","v":30},"after":{"id":3,"k":null,"v":null},"op":"u"}',
  '{"before":{"id":3,"k":null,"v":null},"after":{"id":3,"k":"a","v":1},"op":"u"}';
STEP;
EXPECT f (1, 15), (2, 20);
EXPECT n ();
EXPECT c (1, 'big', 'A'), (2, 'big', 'B'), (3, 'small', 'A'), (4, 'small', 'AB');
EXPECT twice (-1), (-15), (1), (15);
EXPECT l (1), (4);
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","v":15},"after":null,"op":"d"}',
  '{"before":{"id":2,"k":"b","v":20},"after":null,"op":"d"}',
  '{"before":{"id":3,"k":"a","v":1},"after":null,"op":"d"}',
  '{"before":{"id":4,"k":"ab","v":10},"after":null,"op":"d"}';
STEP;
EXPECT f ();
EXPECT n ();
EXPECT c ();
EXPECT twice ();
EXPECT l ();
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"k":"a","v":12},"op":"c"}';
STEP;
EXPECT f (1, 12);
EXPECT n ();
EXPECT c (1, 'big', 'A');
EXPECT twice (-12), (12);
EXPECT l (1);

-- test: debezium with a key: groups come, change, empty and come again
CREATE TABLE t (id INT, k STRING, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW g AS SELECT k, COUNT(*) AS n, COUNT(v) AS c, SUM(v) AS s, MIN(v) AS lo, MAX(v) AS hi FROM t GROUP BY k;
CREATE MATERIALIZED VIEW d AS SELECT k, COUNT(DISTINCT v) AS d, SUM(DISTINCT v) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW f AS SELECT k, COUNT(*) FILTER (WHERE v > 10) AS n, MAX(v) FILTER (WHERE v < 10) AS m FROM t GROUP BY k;
CREATE MATERIALIZED VIEW h AS SELECT k, SUM(v) AS s FROM t GROUP BY k HAVING COUNT(*) > 1;
CREATE MATERIALIZED VIEW a AS SELECT COUNT(*) AS n, SUM(v) AS s, MAX(k) AS k FROM t;
CREATE MATERIALIZED VIEW e AS SELECT v > 10 AS big, COUNT(*) AS n FROM t GROUP BY v > 10;
CREATE MATERIALIZED VIEW q AS SELECT n, COUNT(*) AS many FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k) AS x GROUP BY n;
CREATE MATERIALIZED VIEW ds AS SELECT DISTINCT k, v > 10 AS big FROM t;
EXPECT a (0, NULL, NULL);
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"k":"a","v":5},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","v":20},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":"b","v":20},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":null,"v":null},"op":"c"}',
  '{"before":null,"after":{"id":5,"k":"a","v":5},"op":"c"}';
STEP;
EXPECT g (NULL, 1, 0, NULL, NULL, NULL), ('a', 3, 3, 30, 5, 20), ('b', 1, 1, 20, 20, 20);
EXPECT d (NULL, 0, NULL), ('a', 2, 25), ('b', 1, 20);
EXPECT f (NULL, 0, NULL), ('a', 1, 5), ('b', 1, NULL);
EXPECT h ('a', 30);
EXPECT a (5, 50, 'b');
EXPECT e (NULL, 1), (FALSE, 2), (TRUE, 2);
EXPECT q (1, 2), (3, 1);
EXPECT ds (NULL, NULL), ('a', FALSE), ('a', TRUE), ('b', TRUE);
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","v":5},"after":{"id":1,"k":"b","v":5},"op":"u"}',
  '{"before":{"id":4,"k":null,"v":null},"after":{"id":4,"k":null,"v":7},"op":"u"}',
  '{"before":{"id":2,"k":"a","v":20},"after":{"id":2,"k":"a","v":1},"op":"u"}';
STEP;
EXPECT g (NULL, 1, 1, 7, 7, 7), ('a', 2, 2, 6, 1, 5), ('b', 2, 2, 25, 5, 20);
EXPECT d (NULL, 1, 7), ('a', 2, 6), ('b', 2, 25);
EXPECT f (NULL, 0, 7), ('a', 0, 5), ('b', 1, 5);
EXPECT h ('a', 6), ('b', 25);
EXPECT a (5, 38, 'b');
EXPECT e (FALSE, 4), (TRUE, 1);
EXPECT q (1, 1), (2, 2);
EXPECT ds (NULL, FALSE), ('a', FALSE), ('b', FALSE), ('b', TRUE);
PUSH BYTES INTO t '{"before":{"id":3,"k":"b","v":20},"after":null,"op":"d"}',
  '{"before":{"id":1,"k":"b","v":5},"after":null,"op":"d"}',
  '{"before":{"id":4,"k":null,"v":7},"after":null,"op":"d"}';
STEP;
EXPECT g ('a', 2, 2, 6, 1, 5);
EXPECT d ('a', 2, 6);
EXPECT f ('a', 0, 5);
EXPECT h ('a', 6);
EXPECT a (2, 6, 'a');
EXPECT e (FALSE, 2);
EXPECT q (2, 1);
EXPECT ds ('a', FALSE);
PUSH BYTES INTO t '{"before":{"id":2,"k":"a","v":1},"after":null,"op":"d"}',
  '{"before":{"id":5,"k":"a","v":5},"after":null,"op":"d"}';
STEP;
EXPECT g ();
EXPECT d ();
EXPECT f ();
EXPECT h ();
EXPECT a (0, NULL, NULL);
EXPECT e ();
EXPECT q ();
EXPECT ds ();
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"k":"b","v":100},"op":"c"}',
  '{"before":{"id":1,"k":"b","v":100},"after":{"id":1,"k":"c","v":100},"op":"u"}',
  '{"before":null,"after":{"id":6,"k":"c","v":null},"op":"c"}';
STEP;
EXPECT g ('c', 2, 1, 100, 100, 100);
EXPECT d ('c', 1, 100);
EXPECT f ('c', 1, NULL);
EXPECT h ('c', 100);
EXPECT a (2, 100, 'c');
EXPECT e (NULL, 1), (TRUE, 1);
EXPECT q (2, 1);
EXPECT ds ('c', NULL), ('c', TRUE);

-- test: upsert-kafka: the newest row of a key counts, a tombstone takes it away
CREATE TABLE t (id INT, k STRING, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW g AS SELECT k, COUNT(*) AS n, COUNT(v) AS c, SUM(v) AS s, MIN(v) AS lo, MAX(v) AS hi FROM t GROUP BY k;
CREATE MATERIALIZED VIEW d AS SELECT DISTINCT k FROM t;
CREATE MATERIALIZED VIEW f AS SELECT id, v FROM t WHERE v > 10;
CREATE MATERIALIZED VIEW a AS SELECT COUNT(*) AS n, COUNT(DISTINCT k) AS k, SUM(v) AS s FROM t;
CREATE MATERIALIZED VIEW h AS SELECT k, MAX(v) - MIN(v) AS r FROM t GROUP BY k HAVING MIN(v) <> MAX(v);
PUSH INTO t VALUES (1, 'a', 5), (2, 'a', 20), (3, 'b', 20), (1, 'a', 6);
STEP;
EXPECT g ('a', 2, 2, 26, 6, 20), ('b', 1, 1, 20, 20, 20);
EXPECT d ('a'), ('b');
EXPECT f (2, 20), (3, 20);
EXPECT a (3, 2, 46);
EXPECT h ('a', 14);
PUSH INTO t VALUES (2, 'b', 30), (4, NULL, NULL), (3, 'b', 20);
STEP;
EXPECT g (NULL, 1, 0, NULL, NULL, NULL), ('a', 1, 1, 6, 6, 6), ('b', 2, 2, 50, 20, 30);
EXPECT d (NULL), ('a'), ('b');
EXPECT f (2, 30), (3, 20);
EXPECT a (4, 2, 56);
EXPECT h ('b', 10);
PUSH DELETE FROM t VALUES (1, 'a', 6);
PUSH INTO t VALUES (4, 'b', 1), (4, 'a', 2), (4, NULL, 3);
STEP;
EXPECT g (NULL, 1, 1, 3, 3, 3), ('b', 2, 2, 50, 20, 30);
EXPECT d (NULL), ('b');
EXPECT f (2, 30), (3, 20);
EXPECT a (3, 1, 53);
EXPECT h ('b', 10);
PUSH DELETE FROM t VALUES (4, NULL, 3);
PUSH INTO t VALUES (5, 'z', 50);
PUSH DELETE FROM t VALUES (5, 'z', 50), (9, 'no', 0);
STEP;
EXPECT g ('b', 2, 2, 50, 20, 30);
EXPECT d ('b');
EXPECT f (2, 30), (3, 20);
EXPECT a (2, 1, 50);
EXPECT h ('b', 10);
PUSH DELETE FROM t VALUES (2, 'b', 30), (3, 'b', 20);
PUSH INTO t VALUES (1, 'a', 1);
STEP;
EXPECT g ('a', 1, 1, 1, 1, 1);
EXPECT d ('a');
EXPECT f ();
EXPECT a (1, 1, 1);
EXPECT h ();

-- test: upsert-kafka: a tombstone for an unknown key emits nothing, also where nothing else comes
CREATE TABLE t (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW a AS SELECT COUNT(*) AS n FROM t;
CREATE MATERIALIZED VIEW r AS SELECT id, v FROM t;
PUSH DELETE FROM t VALUES (1, 0);
STEP;
EXPECT CHANGES r EMPTY;
EXPECT a (0);
PUSH INTO t VALUES (1, 10);
PUSH DELETE FROM t VALUES (2, 10), (1, 10), (1, 10);
STEP;
EXPECT r ();
EXPECT a (0);
PUSH DELETE FROM t VALUES (1, 10);
PUSH INTO t VALUES (2, 20);
STEP;
EXPECT r (2, 20);
EXPECT a (1);

-- test: DML of an own table: one statement may change many groups at once
CREATE TABLE t (id INT, k STRING, v DECIMAL(10, 2), PRIMARY KEY (id));
CREATE MATERIALIZED VIEW g AS SELECT k, COUNT(*) AS n, SUM(v) AS s, MIN(v) AS lo, MAX(v) AS hi FROM t GROUP BY k;
CREATE MATERIALIZED VIEW d AS SELECT DISTINCT v FROM t;
CREATE MATERIALIZED VIEW a AS SELECT COUNT(*) AS n, SUM(v) AS s FROM t;
CREATE MATERIALIZED VIEW h AS SELECT k FROM t GROUP BY k HAVING SUM(v) > 10 AND COUNT(*) < 3;
CREATE MATERIALIZED VIEW m AS SELECT MAX(s) AS hi, MIN(s) AS lo, COUNT(*) AS n FROM (SELECT k, SUM(v) AS s FROM t GROUP BY k) AS x;
INSERT INTO t VALUES (1, 'a', 5.25), (2, 'a', 10), (3, 'b', 10.00), (4, 'b', NULL), (5, 'c', -3.5);
EXPECT g ('a', 2, 15.25, 5.25, 10.00), ('b', 2, 10.00, 10.00, 10.00), ('c', 1, -3.50, -3.50, -3.50);
EXPECT d (NULL), (-3.50), (5.25), (10.00);
EXPECT a (5, 21.75);
EXPECT h ('a');
EXPECT m (15.25, -3.50, 3);
UPDATE t SET v = v * 2 WHERE k <> 'b';
EXPECT g ('a', 2, 30.50, 10.50, 20.00), ('b', 2, 10.00, 10.00, 10.00), ('c', 1, -7.00, -7.00, -7.00);
EXPECT d (NULL), (-7.00), (10.00), (10.50), (20.00);
EXPECT a (5, 33.50);
EXPECT h ('a');
EXPECT m (30.50, -7.00, 3);
UPDATE t SET k = CASE k WHEN 'a' THEN 'b' WHEN 'b' THEN 'a' ELSE k END;
EXPECT g ('a', 2, 10.00, 10.00, 10.00), ('b', 2, 30.50, 10.50, 20.00), ('c', 1, -7.00, -7.00, -7.00);
EXPECT d (NULL), (-7.00), (10.00), (10.50), (20.00);
EXPECT a (5, 33.50);
EXPECT h ('b');
EXPECT m (30.50, -7.00, 3);
DELETE FROM t WHERE v IS NULL OR v < 0;
EXPECT g ('a', 1, 10.00, 10.00, 10.00), ('b', 2, 30.50, 10.50, 20.00);
EXPECT d (10.00), (10.50), (20.00);
EXPECT a (3, 40.50);
EXPECT h ('b');
EXPECT m (30.50, 10.00, 2);
UPDATE t SET k = 'one';
EXPECT g ('one', 3, 40.50, 10.00, 20.00);
EXPECT d (10.00), (10.50), (20.00);
EXPECT a (3, 40.50);
EXPECT h ();
EXPECT m (40.50, 40.50, 1);
DELETE FROM t;
EXPECT g ();
EXPECT d ();
EXPECT a (0, NULL);
EXPECT h ();
EXPECT m (NULL, NULL, 0);
INSERT INTO t SELECT x, 'n', x * 1.5 FROM (VALUES (7), (8)) AS n(x);
EXPECT g ('n', 2, 22.50, 10.50, 12.00);
EXPECT d (10.50), (12.00);
EXPECT a (2, 22.50);
EXPECT h ('n');
EXPECT m (22.50, 22.50, 1);

-- test: GROUPING SETS, ROLLUP and CUBE over debezium
CREATE TABLE t (a STRING, b STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW r AS SELECT a, b, COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY ROLLUP (a, b);
CREATE MATERIALIZED VIEW c AS SELECT a, b, MAX(v) AS m FROM t GROUP BY CUBE (a, b);
CREATE MATERIALIZED VIEW s AS SELECT a, b, COUNT(*) AS n FROM t GROUP BY GROUPING SETS ((a), (b));
PUSH BYTES INTO t '{"before":null,"after":{"a":"x","b":"p","v":1},"op":"c"}',
  '{"before":null,"after":{"a":"x","b":"q","v":2},"op":"c"}',
  '{"before":null,"after":{"a":"y","b":"p","v":4},"op":"c"}',
  '{"before":null,"after":{"a":null,"b":"p","v":8},"op":"c"}';
STEP;
EXPECT r (NULL, NULL, 1, 8), (NULL, NULL, 4, 15), (NULL, 'p', 1, 8), ('x', NULL, 2, 3), ('x', 'p', 1, 1), ('x', 'q', 1, 2), ('y', NULL, 1, 4), ('y', 'p', 1, 4);
EXPECT c (NULL, NULL, 8), (NULL, NULL, 8), (NULL, 'p', 8), (NULL, 'p', 8), (NULL, 'q', 2), ('x', NULL, 2), ('x', 'p', 1), ('x', 'q', 2), ('y', NULL, 4), ('y', 'p', 4);
EXPECT s (NULL, NULL, 1), (NULL, 'p', 3), (NULL, 'q', 1), ('x', NULL, 2), ('y', NULL, 1);
PUSH BYTES INTO t '{"before":{"a":"x","b":"q","v":2},"after":{"a":"y","b":"q","v":20},"op":"u"}',
  '{"before":{"a":null,"b":"p","v":8},"after":null,"op":"d"}';
STEP;
EXPECT r (NULL, NULL, 3, 25), ('x', NULL, 1, 1), ('x', 'p', 1, 1), ('y', NULL, 2, 24), ('y', 'p', 1, 4), ('y', 'q', 1, 20);
EXPECT c (NULL, NULL, 20), (NULL, 'p', 4), (NULL, 'q', 20), ('x', NULL, 1), ('x', 'p', 1), ('y', NULL, 20), ('y', 'p', 4), ('y', 'q', 20);
EXPECT s (NULL, 'p', 2), (NULL, 'q', 1), ('x', NULL, 1), ('y', NULL, 2);
PUSH BYTES INTO t '{"before":{"a":"x","b":"p","v":1},"after":null,"op":"d"}',
  '{"before":null,"after":{"a":"y","b":null,"v":3},"op":"c"}';
STEP;
EXPECT r (NULL, NULL, 3, 27), ('y', NULL, 1, 3), ('y', NULL, 3, 27), ('y', 'p', 1, 4), ('y', 'q', 1, 20);
EXPECT c (NULL, NULL, 3), (NULL, NULL, 20), (NULL, 'p', 4), (NULL, 'q', 20), ('y', NULL, 3), ('y', NULL, 20), ('y', 'p', 4), ('y', 'q', 20);
EXPECT s (NULL, NULL, 1), (NULL, 'p', 1), (NULL, 'q', 1), ('y', NULL, 3);
PUSH BYTES INTO t '{"before":{"a":"y","b":"p","v":4},"after":{"a":"y","b":"p","v":40},"op":"u"}',
  '{"before":{"a":"y","b":null,"v":3},"after":null,"op":"d"}',
  '{"before":{"a":"y","b":"q","v":20},"after":null,"op":"d"}';
STEP;
EXPECT r (NULL, NULL, 1, 40), ('y', NULL, 1, 40), ('y', 'p', 1, 40);
EXPECT c (NULL, NULL, 40), (NULL, 'p', 40), ('y', NULL, 40), ('y', 'p', 40);
EXPECT s (NULL, 'p', 1), ('y', NULL, 1);

-- test: UNNEST and arrays over an upsert table
CREATE TABLE t (id INT, tags STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW u AS SELECT id, x FROM t CROSS JOIN UNNEST(SPLIT(tags, ',')) AS u(x);
CREATE MATERIALIZED VIEW c AS SELECT x, COUNT(*) AS n FROM t CROSS JOIN UNNEST(SPLIT(tags, ',')) AS u(x) GROUP BY x;
CREATE MATERIALIZED VIEW o AS SELECT id, x FROM t LEFT JOIN UNNEST(SPLIT(tags, ',')) AS u(x) ON TRUE;
PUSH INTO t VALUES (1, 'a,b'), (2, 'b,b,c'), (3, NULL);
STEP;
EXPECT u (1, 'a'), (1, 'b'), (2, 'b'), (2, 'b'), (2, 'c');
EXPECT c ('a', 1), ('b', 3), ('c', 1);
EXPECT o (1, 'a'), (1, 'b'), (2, 'b'), (2, 'b'), (2, 'c'), (3, NULL);
PUSH INTO t VALUES (1, 'c'), (3, 'a,c');
STEP;
EXPECT u (1, 'c'), (2, 'b'), (2, 'b'), (2, 'c'), (3, 'a'), (3, 'c');
EXPECT c ('a', 1), ('b', 2), ('c', 3);
EXPECT o (1, 'c'), (2, 'b'), (2, 'b'), (2, 'c'), (3, 'a'), (3, 'c');
PUSH DELETE FROM t VALUES (2, 'b,b,c');
PUSH INTO t VALUES (3, NULL);
STEP;
EXPECT u (1, 'c');
EXPECT c ('c', 1);
EXPECT o (1, 'c'), (3, NULL);
