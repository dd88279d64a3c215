-- OVER, deduplication and interval joins over inputs that take rows back: their results change too, and equal what the query gives over
-- the rows that are left. The watermark stays behind all rows here.

-- test: OVER over debezium: an update in the middle changes what follows it in its partition
CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW sofar AS SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts) AS s FROM t;
CREATE MATERIALIZED VIEW counted AS SELECT id, COUNT(*) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n FROM t;
CREATE MATERIALIZED VIEW last2 AS SELECT id, MAX(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS m FROM t;
CREATE MATERIALIZED VIEW near AS SELECT id, COUNT(v) OVER w AS n, MIN(v) OVER w AS lo FROM t WINDOW w AS (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '5' SECOND PRECEDING AND CURRENT ROW);
CREATE MATERIALIZED VIEW before_it AS SELECT id, v - LAG(v) OVER (PARTITION BY k ORDER BY ts) AS d FROM t;
CREATE MATERIALIZED VIEW grown AS SELECT k, COUNT(*) AS n FROM (SELECT k, v, LAG(v) OVER (PARTITION BY k ORDER BY ts) AS p FROM t) AS x WHERE v > p GROUP BY k;
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"k":"a","v":10,"ts":"2024-01-01 00:00:01"},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","v":20,"ts":"2024-01-01 00:00:05"},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":"b","v":5,"ts":"2024-01-01 00:00:03"},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":"a","v":30,"ts":"2024-01-01 00:00:09"},"op":"c"}';
STEP;
EXPECT sofar (1, 10), (2, 30), (3, 5), (4, 60);
EXPECT counted (1, 1), (2, 2), (3, 1), (4, 3);
EXPECT last2 (1, 10), (2, 20), (3, 5), (4, 30);
EXPECT near (1, 1, 10), (2, 2, 10), (3, 1, 5), (4, 2, 20);
EXPECT before_it (1, NULL), (2, 10), (3, NULL), (4, 10);
EXPECT grown ('a', 2);
PUSH BYTES INTO t '{"before":{"id":2,"k":"a","v":20,"ts":"2024-01-01 00:00:05"},"after":{"id":2,"k":"a","v":50,"ts":"2024-01-01 00:00:05"},"op":"u"}';
STEP;
EXPECT sofar (1, 10), (2, 60), (3, 5), (4, 90);
EXPECT counted (1, 1), (2, 2), (3, 1), (4, 3);
EXPECT last2 (1, 10), (2, 50), (3, 5), (4, 50);
EXPECT near (1, 1, 10), (2, 2, 10), (3, 1, 5), (4, 2, 30);
EXPECT before_it (1, NULL), (2, 40), (3, NULL), (4, -20);
EXPECT grown ('a', 1);
PUSH BYTES INTO t '{"before":null,"after":{"id":5,"k":"a","v":7,"ts":"2024-01-01 00:00:03"},"op":"c"}',
  '{"before":{"id":3,"k":"b","v":5,"ts":"2024-01-01 00:00:03"},"after":{"id":3,"k":"b","v":null,"ts":"2024-01-01 00:00:20"},"op":"u"}';
STEP;
EXPECT sofar (1, 10), (2, 67), (3, NULL), (4, 97), (5, 17);
EXPECT counted (1, 1), (2, 3), (3, 1), (4, 4), (5, 2);
EXPECT last2 (1, 10), (2, 50), (3, NULL), (4, 50), (5, 10);
EXPECT near (1, 1, 10), (2, 3, 7), (3, 0, NULL), (4, 2, 30), (5, 2, 7);
EXPECT before_it (1, NULL), (2, 43), (3, NULL), (4, -20), (5, -3);
EXPECT grown ('a', 1);
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","v":10,"ts":"2024-01-01 00:00:01"},"after":null,"op":"d"}',
  '{"before":{"id":4,"k":"a","v":30,"ts":"2024-01-01 00:00:09"},"after":{"id":4,"k":"b","v":30,"ts":"2024-01-01 00:00:21"},"op":"u"}';
STEP;
EXPECT sofar (2, 57), (3, NULL), (4, 30), (5, 7);
EXPECT counted (2, 2), (3, 1), (4, 2), (5, 1);
EXPECT last2 (2, 50), (3, NULL), (4, 30), (5, 7);
EXPECT near (2, 2, 7), (3, 0, NULL), (4, 1, 30), (5, 1, 7);
EXPECT before_it (2, 43), (3, NULL), (4, NULL), (5, NULL);
EXPECT grown ('a', 1);
PUSH BYTES INTO t '{"before":{"id":2,"k":"a","v":50,"ts":"2024-01-01 00:00:05"},"after":null,"op":"d"}',
  '{"before":{"id":5,"k":"a","v":7,"ts":"2024-01-01 00:00:03"},"after":null,"op":"d"}';
STEP;
EXPECT sofar (3, NULL), (4, 30);
EXPECT counted (3, 1), (4, 2);
EXPECT last2 (3, NULL), (4, 30);
EXPECT near (3, 0, NULL), (4, 1, 30);
EXPECT before_it (3, NULL), (4, NULL);
EXPECT grown ();
PUSH BYTES INTO t '{"before":{"id":4,"k":"b","v":30,"ts":"2024-01-01 00:00:21"},"after":{"id":4,"k":"b","v":30,"ts":"2024-01-01 00:00:19"},"op":"u"}';
STEP;
EXPECT sofar (3, 30), (4, 30);
EXPECT counted (3, 2), (4, 1);
EXPECT last2 (3, 30), (4, 30);
EXPECT near (3, 1, 30), (4, 1, 30);
EXPECT before_it (3, NULL), (4, NULL);
EXPECT grown ();

-- test: OVER over upsert-kafka: a key that moves in time, a tombstone in the middle
CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW sofar AS SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts) AS s, COUNT(*) OVER (PARTITION BY k ORDER BY ts) AS n FROM t;
CREATE MATERIALIZED VIEW first_v AS SELECT id, FIRST_VALUE(id) OVER (PARTITION BY k ORDER BY ts) AS f FROM t;
CREATE MATERIALIZED VIEW alone AS SELECT id, SUM(v) OVER (ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM t;
PUSH INTO t VALUES (1, 'a', 1, TIMESTAMP '2024-01-01 00:00:01'), (2, 'a', 2, TIMESTAMP '2024-01-01 00:00:02'), (3, 'a', 4, TIMESTAMP '2024-01-01 00:00:03'), (4, 'b', 8, TIMESTAMP '2024-01-01 00:00:04');
STEP;
EXPECT sofar (1, 1, 1), (2, 3, 2), (3, 7, 3), (4, 8, 1);
EXPECT first_v (1, 1), (2, 1), (3, 1), (4, 4);
EXPECT alone (1, 1), (2, 3), (3, 7), (4, 14);
PUSH INTO t VALUES (1, 'a', 16, TIMESTAMP '2024-01-01 00:00:09');
STEP;
EXPECT sofar (1, 22, 3), (2, 2, 1), (3, 6, 2), (4, 8, 1);
EXPECT first_v (1, 2), (2, 2), (3, 2), (4, 4);
EXPECT alone (1, 28), (2, 2), (3, 6), (4, 14);
PUSH DELETE FROM t VALUES (2, 'a', 2, TIMESTAMP '2024-01-01 00:00:02');
PUSH INTO t VALUES (4, 'a', 8, TIMESTAMP '2024-01-01 00:00:08');
STEP;
EXPECT sofar (1, 28, 3), (3, 4, 1), (4, 12, 2);
EXPECT first_v (1, 3), (3, 3), (4, 3);
EXPECT alone (1, 28), (3, 4), (4, 12);
PUSH INTO t VALUES (3, 'a', NULL, TIMESTAMP '2024-01-01 00:00:03'), (5, 'b', 32, TIMESTAMP '2024-01-01 00:00:00');
STEP;
EXPECT sofar (1, 24, 3), (3, NULL, 1), (4, 8, 2), (5, 32, 1);
EXPECT first_v (1, 3), (3, 3), (4, 3), (5, 5);
EXPECT alone (1, 24), (3, 32), (4, 40), (5, 32);
PUSH DELETE FROM t VALUES (1, 'a', 16, TIMESTAMP '2024-01-01 00:00:09'), (3, 'a', NULL, TIMESTAMP '2024-01-01 00:00:03'), (4, 'a', 8, TIMESTAMP '2024-01-01 00:00:08'), (5, 'b', 32, TIMESTAMP '2024-01-01 00:00:00');
STEP;
EXPECT sofar ();
EXPECT first_v ();
EXPECT alone ();

-- test: the first and the last row by time per key, of debezium
CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW newest AS SELECT k, id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM t) AS x WHERE rn = 1;
CREATE MATERIALIZED VIEW oldest AS SELECT k, id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM t) AS x WHERE rn = 1;
CREATE MATERIALIZED VIEW s AS SELECT SUM(v) AS s FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM t) AS x WHERE rn = 1;
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"k":"a","v":1,"ts":"2024-01-01 00:00:05"},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","v":2,"ts":"2024-01-01 00:00:03"},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":"b","v":4,"ts":"2024-01-01 00:00:01"},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":null,"v":8,"ts":"2024-01-01 00:00:01"},"op":"c"}';
STEP;
EXPECT newest (NULL, 4, 8), ('a', 1, 1), ('b', 3, 4);
EXPECT oldest (NULL, 4, 8), ('a', 2, 2), ('b', 3, 4);
EXPECT s (13);
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","v":1,"ts":"2024-01-01 00:00:05"},"after":null,"op":"d"}',
  '{"before":null,"after":{"id":5,"k":"b","v":16,"ts":"2024-01-01 00:00:00"},"op":"c"}';
STEP;
EXPECT newest (NULL, 4, 8), ('a', 2, 2), ('b', 3, 4);
EXPECT oldest (NULL, 4, 8), ('a', 2, 2), ('b', 5, 16);
EXPECT s (14);
PUSH BYTES INTO t '{"before":{"id":5,"k":"b","v":16,"ts":"2024-01-01 00:00:00"},"after":{"id":5,"k":"b","v":16,"ts":"2024-01-01 00:00:30"},"op":"u"}',
  '{"before":null,"after":{"id":6,"k":null,"v":32,"ts":"2024-01-01 00:00:02"},"op":"c"}';
STEP;
EXPECT newest (NULL, 6, 32), ('a', 2, 2), ('b', 5, 16);
EXPECT oldest (NULL, 4, 8), ('a', 2, 2), ('b', 3, 4);
EXPECT s (50);
PUSH BYTES INTO t '{"before":{"id":2,"k":"a","v":2,"ts":"2024-01-01 00:00:03"},"after":null,"op":"d"}',
  '{"before":{"id":5,"k":"b","v":16,"ts":"2024-01-01 00:00:30"},"after":null,"op":"d"}',
  '{"before":{"id":4,"k":null,"v":8,"ts":"2024-01-01 00:00:01"},"after":null,"op":"d"}';
STEP;
EXPECT newest (NULL, 6, 32), ('b', 3, 4);
EXPECT oldest (NULL, 6, 32), ('b', 3, 4);
EXPECT s (36);

-- test: interval joins with debezium on one side, upsert-kafka on the other
CREATE TABLE o (id INT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE s (id INT, k STRING, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW i AS SELECT o.id, s.id AS s FROM o JOIN s ON o.k = s.k AND s.ts BETWEEN o.ts AND o.ts + INTERVAL '10' SECOND;
CREATE MATERIALIZED VIEW b AS SELECT o.id, s.id AS s FROM o JOIN s ON o.k = s.k AND s.ts >= o.ts - INTERVAL '3' SECOND AND s.ts < o.ts;
CREATE MATERIALIZED VIEW n AS SELECT o.k, COUNT(*) AS n FROM o JOIN s ON o.k = s.k AND s.ts BETWEEN o.ts AND o.ts + INTERVAL '10' SECOND GROUP BY o.k;
PUSH BYTES INTO o '{"before":null,"after":{"id":1,"k":"a","ts":"2024-01-01 00:00:10"},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","ts":"2024-01-01 00:00:30"},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":null,"ts":"2024-01-01 00:00:10"},"op":"c"}';
PUSH INTO s VALUES (10, 'a', TIMESTAMP '2024-01-01 00:00:20'), (11, 'a', TIMESTAMP '2024-01-01 00:00:20.001'), (12, 'b', TIMESTAMP '2024-01-01 00:00:12'), (13, NULL, TIMESTAMP '2024-01-01 00:00:10');
STEP;
EXPECT i (1, 10);
EXPECT b ();
EXPECT n ('a', 1);
PUSH INTO s VALUES (11, 'a', TIMESTAMP '2024-01-01 00:00:28'), (12, 'a', TIMESTAMP '2024-01-01 00:00:10');
STEP;
EXPECT i (1, 10), (1, 12);
EXPECT b (2, 11);
EXPECT n ('a', 2);
PUSH BYTES INTO o '{"before":{"id":1,"k":"a","ts":"2024-01-01 00:00:10"},"after":{"id":1,"k":"a","ts":"2024-01-01 00:00:13"},"op":"u"}',
  '{"before":null,"after":{"id":2,"k":"a","ts":"2024-01-01 00:00:30"},"op":"c"}';
STEP;
EXPECT i (1, 10);
EXPECT b (1, 12), (2, 11), (2, 11);
EXPECT n ('a', 1);
PUSH DELETE FROM s VALUES (10, 'a', TIMESTAMP '2024-01-01 00:00:20');
PUSH INTO s VALUES (13, 'a', TIMESTAMP '2024-01-01 00:00:40');
STEP;
EXPECT i (2, 13), (2, 13);
EXPECT b (1, 12), (2, 11), (2, 11);
EXPECT n ('a', 2);
PUSH BYTES INTO o '{"before":{"id":2,"k":"a","ts":"2024-01-01 00:00:30"},"after":null,"op":"d"}',
  '{"before":{"id":3,"k":null,"ts":"2024-01-01 00:00:10"},"after":{"id":3,"k":"a","ts":"2024-01-01 00:00:10"},"op":"u"}';
STEP;
EXPECT i (2, 13), (3, 12);
EXPECT b (1, 12), (2, 11);
EXPECT n ('a', 2);

-- test: outer interval joins over changes: what has no partner is there at the end
CREATE TABLE o (id INT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE s (id INT, k STRING, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW l AS SELECT o.id, s.id AS s FROM o LEFT JOIN s ON o.k = s.k AND s.ts BETWEEN o.ts AND o.ts + INTERVAL '10' SECOND;
CREATE MATERIALIZED VIEW r AS SELECT o.id, s.id AS s FROM o RIGHT JOIN s ON o.k = s.k AND s.ts BETWEEN o.ts AND o.ts + INTERVAL '10' SECOND;
CREATE MATERIALIZED VIEW f AS SELECT o.id, s.id AS s FROM o FULL JOIN s ON o.k = s.k AND s.ts BETWEEN o.ts AND o.ts + INTERVAL '10' SECOND;
PUSH BYTES INTO o '{"before":null,"after":{"id":1,"k":"a","ts":"2024-01-01 00:00:10"},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","ts":"2024-01-01 00:00:30"},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":null,"ts":"2024-01-01 00:00:10"},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":"b","ts":"2024-01-01 00:00:10"},"op":"c"}';
PUSH INTO s VALUES (10, 'a', TIMESTAMP '2024-01-01 00:00:20'), (11, 'a', TIMESTAMP '2024-01-01 00:01:00'), (12, 'b', TIMESTAMP '2024-01-01 00:00:12'), (13, NULL, TIMESTAMP '2024-01-01 00:00:10');
STEP;
PUSH BYTES INTO o '{"before":{"id":4,"k":"b","ts":"2024-01-01 00:00:10"},"after":{"id":4,"k":"c","ts":"2024-01-01 00:00:10"},"op":"u"}',
  '{"before":{"id":2,"k":"a","ts":"2024-01-01 00:00:30"},"after":null,"op":"d"}';
PUSH INTO s VALUES (10, 'c', TIMESTAMP '2024-01-01 00:00:11');
PUSH DELETE FROM s VALUES (13, NULL, TIMESTAMP '2024-01-01 00:00:10');
FINISH;
EXPECT l (1, NULL), (3, NULL), (4, 10);
EXPECT r (NULL, 11), (NULL, 12), (4, 10);
EXPECT f (NULL, 11), (NULL, 12), (1, NULL), (3, NULL), (4, 10);

-- test: temporal joins with versions of upsert-kafka and of debezium
CREATE TABLE o (id INT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE u (k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (k) NOT ENFORCED, WATERMARK FOR ts AS ts) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE TABLE d (k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (k) NOT ENFORCED, WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW iu AS SELECT o.id, u.v FROM o JOIN u FOR SYSTEM_TIME AS OF o.ts ON o.k = u.k;
CREATE MATERIALIZED VIEW lu AS SELECT o.id, u.v FROM o LEFT JOIN u FOR SYSTEM_TIME AS OF o.ts ON o.k = u.k;
CREATE MATERIALIZED VIEW ld AS SELECT o.id, d.v FROM o LEFT JOIN d FOR SYSTEM_TIME AS OF o.ts ON o.k = d.k;
PUSH INTO u VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:00'), ('a', 2, TIMESTAMP '2024-01-01 00:00:10'), ('b', 3, TIMESTAMP '2024-01-01 00:00:20');
PUSH BYTES INTO d '{"before":null,"after":{"k":"a","v":1,"ts":"2024-01-01 00:00:00"},"op":"c"}', '{"before":{"k":"a","v":1,"ts":"2024-01-01 00:00:00"},"after":{"k":"a","v":2,"ts":"2024-01-01 00:00:10"},"op":"u"}', '{"before":null,"after":{"k":"b","v":3,"ts":"2024-01-01 00:00:20"},"op":"c"}';
PUSH INTO o VALUES (1, 'a', TIMESTAMP '2024-01-01 00:00:05'), (2, 'a', TIMESTAMP '2024-01-01 00:00:10'), (3, 'b', TIMESTAMP '2024-01-01 00:00:15'), (4, 'b', TIMESTAMP '2024-01-01 00:00:20'), (5, NULL, TIMESTAMP '2024-01-01 00:00:21'), (6, 'a', TIMESTAMP '2024-01-01 00:00:25');
STEP;
EXPECT iu (1, 1), (2, 2), (4, 3);
EXPECT lu (1, 1), (2, 2), (3, NULL), (4, 3);
EXPECT ld (1, 1), (2, 2), (3, NULL), (4, 3);
FINISH;
EXPECT iu (1, 1), (2, 2), (4, 3), (6, 2);
EXPECT lu (1, 1), (2, 2), (3, NULL), (4, 3), (5, NULL), (6, 2);
EXPECT ld (1, 1), (2, 2), (3, NULL), (4, 3), (5, NULL), (6, 2);
