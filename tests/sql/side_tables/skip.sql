-- RESUME q SKIP where the row comes from a view, an own table or a side table: it goes to q.bad, all else is kept.

-- test: a row of an own table
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW d AS SELECT id, 100 / v AS x FROM t;
CREATE MATERIALIZED VIEW c AS SELECT COUNT(*) AS n, SUM(x) AS s FROM d;
INSERT INTO t VALUES (1, 10);
INSERT INTO t VALUES (2, 20), (3, 0), (4, 25);
RESUME d SKIP;
CHECKPOINT;
EXPECT d (1, 10), (2, 5), (4, 4);
EXPECT c (3, 19);
EXPECT BAD d ('{"id":3,"v":0}', NULL, 'W1204');
EXPECT (SELECT query, topic, kind FROM d.bad) ('d', 't', '+I');
CHECKPOINT;
CRASH;
-- what takes the row back finds nothing to take back
DELETE FROM t WHERE id = 3;
INSERT INTO t VALUES (3, 50);
UPDATE t SET v = 100 WHERE id = 4;
EXPECT d (1, 10), (2, 5), (3, 2), (4, 1);
EXPECT c (4, 18);

-- test: two rows of one insert, one after the other
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW d AS SELECT id, 100 / v AS x FROM t;
INSERT INTO t VALUES (1, 10), (2, 0), (3, 0), (4, 25);
RESUME d SKIP;
EXPECT ERROR 'W1204';
STEP;
RESUME d SKIP;
CHECKPOINT;
EXPECT d (1, 10), (4, 4);
EXPECT (SELECT COUNT(*) FROM d.bad) (2);
UPDATE t SET v = 4 WHERE id = 2;
EXPECT d (1, 10), (2, 25), (4, 4);

-- test: a row that is met by the backfill
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id));
INSERT INTO t VALUES (1, 10), (2, 0), (3, 50), (4, 25);
CREATE MATERIALIZED VIEW d AS SELECT id, 100 / v AS x FROM t;
RESUME d SKIP;
CHECKPOINT;
EXPECT d (1, 10), (3, 2), (4, 4);
EXPECT BAD d ('{"id":2,"v":0}', NULL, 'W1204');
CHECKPOINT;
CRASH;
UPDATE t SET v = 5 WHERE id = 2;
EXPECT d (1, 10), (2, 20), (3, 2), (4, 4);

-- test: equal rows of a table without a key
CREATE TABLE t (v INT);
INSERT INTO t VALUES (10), (0), (0), (20);
CREATE MATERIALIZED VIEW d AS SELECT 100 / v AS x FROM t;
RESUME d SKIP;
EXPECT ERROR 'W1204';
STEP;
RESUME d SKIP;
CHECKPOINT;
EXPECT d (10), (5);
EXPECT (SELECT COUNT(*) FROM d.bad) (2);
DELETE FROM t WHERE v = 0;
INSERT INTO t VALUES (50);
EXPECT d (10), (5), (2);

-- test: a row of a view that changes
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW a AS SELECT k, SUM(v) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW d AS SELECT k, 100 / s AS x FROM a;
INSERT INTO t VALUES ('a', 10), ('b', 20);
EXPECT d ('a', 10), ('b', 5);
INSERT INTO t VALUES ('a', -10), ('b', 5);
RESUME d SKIP;
CHECKPOINT;
EXPECT d ('b', 4);
EXPECT BAD d ('{"k":"a","s":0}', NULL, 'W1204');
INSERT INTO t VALUES ('a', 50);
EXPECT d ('a', 2), ('b', 4);
EXPECT a ('a', 50), ('b', 25);

-- test: a view of a stream under load: rows that come while the row is looked for are kept
CREATE TABLE s (k STRING, v INT);
CREATE MATERIALIZED VIEW a AS SELECT k, SUM(v) AS s FROM s GROUP BY k;
CREATE MATERIALIZED VIEW d AS SELECT k, 100 / s AS x FROM a;
CREATE TABLE o (k STRING, x INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 's');
INSERT INTO o SELECT k, x FROM d;
PUSH INTO s VALUES ('a', 10), ('b', 20), ('c', 0), ('d', 25), ('e', 50);
EXPECT ERROR 'W1204';
STEP;
RESUME d SKIP;
CHECKPOINT;
PUSH INTO s VALUES ('a', 10), ('f', 100), ('b', 5);
STEP;
EXPECT d ('a', 5), ('b', 4), ('d', 4), ('e', 2), ('f', 1);
EXPECT o ('a', 5), ('b', 4), ('d', 4), ('e', 2), ('f', 1);
PUSH INTO s VALUES ('c', 1), ('d', 25);
STEP;
EXPECT d ('a', 5), ('b', 4), ('c', 100), ('d', 2), ('e', 2), ('f', 1);
EXPECT o ('a', 5), ('b', 4), ('c', 100), ('d', 2), ('e', 2), ('f', 1);

-- test: a row of a side table
CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW good AS SELECT id FROM t;
CREATE MATERIALIZED VIEW b AS SELECT "offset" AS o, 10 / CAST("offset" - 1 AS INT) AS x FROM t.bad;
PUSH BYTES INTO t '{"id":"a"}', '{"id":"b"}', '{"id":"c"}';
EXPECT ERROR 'W1204';
STEP;
RESUME b SKIP;
EXPECT b (0, -10), (2, 10);
EXPECT (SELECT topic, code FROM b.bad) ('t.bad', 'W1204');

-- test: a query that reads a stream and a table
CREATE TABLE s (v INT);
CREATE TABLE t (v INT);
CREATE MATERIALIZED VIEW d AS SELECT 100 / v AS x FROM s UNION ALL SELECT 100 / v FROM t;
PUSH INTO s VALUES (10), (20);
STEP;
INSERT INTO t VALUES (50), (0), (25);
PUSH INTO s VALUES (5), (4);
EXPECT ERROR 'W1204';
STEP;
RESUME d SKIP;
CHECKPOINT;
EXPECT d (10), (5), (2), (4), (20), (25);
EXPECT (SELECT COUNT(*) FROM d.bad) (1);
