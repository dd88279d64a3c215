-- Deduplication by order of arrival whose keys are forgotten by the watermark: SET 'weir.dedup.clock' = 'watermark'.

-- test: the first to come goes on at once; its key is forgotten when the watermark has passed it by weir.dedup.within
SET 'weir.dedup.within' = '10 s';
SET 'weir.dedup.clock' = 'watermark';
CREATE TABLE s (id INT, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p) AS rn FROM s) WHERE rn = 1;
PUSH INTO s VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:10'), (1, 2, TIMESTAMP '2024-01-01 00:00:09'), (2, 3, TIMESTAMP '2024-01-01 00:00:12'), (1, 4, TIMESTAMP '2024-01-01 00:00:24.999');
STEP;
EXPECT CHANGES out +(1, 1), +(2, 3);
-- the watermark is 00:00:19.999 when this comes: a millisecond too early
PUSH INTO s VALUES (1, 5, TIMESTAMP '2024-01-01 00:00:25');
STEP;
EXPECT CHANGES out ();
-- now it is 00:00:20
PUSH INTO s VALUES (1, 6, TIMESTAMP '2024-01-01 00:00:25'), (1, 7, TIMESTAMP '2024-01-01 00:00:25'), (2, 8, TIMESTAMP '2024-01-01 00:00:25');
STEP;
EXPECT CHANGES out +(1, 6);

-- test: the clock forgets nothing, and a row goes on with its time to windows behind
SET 'weir.dedup.within' = '10 s';
SET 'weir.dedup.clock' = 'watermark';
CREATE TABLE s (id STRING, dev STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE VIEW once AS SELECT dev, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id, dev ORDER BY p) AS rn FROM s) WHERE rn = 1;
CREATE MATERIALIZED VIEW w AS SELECT window_start, dev, COUNT(*) AS n, SUM(v) AS s FROM TABLE(TUMBLE(TABLE once, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, dev;
PUSH INTO s VALUES ('a', 'x', 1, TIMESTAMP '2024-01-01 00:00:01'), ('a', 'y', 1, TIMESTAMP '2024-01-01 00:00:01');
STEP;
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO s VALUES ('a', 'x', 2, TIMESTAMP '2024-01-01 00:00:01'), (CAST(NULL AS STRING), 'x', 4, TIMESTAMP '2024-01-01 00:00:03'), (CAST(NULL AS STRING), 'x', 8, TIMESTAMP '2024-01-01 00:00:03'), ('', 'x', 16, TIMESTAMP '2024-01-01 00:00:04');
STEP;
PUSH INTO s VALUES ('end', 'z', 0, TIMESTAMP '2024-01-01 00:00:15');
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 'x', 3, 21), (TIMESTAMP '2024-01-01 00:00:00', 'y', 1, 1);

-- test: a row whose time has been passed by more than that is not remembered; a row without a time is, from the watermark that it meets
SET 'weir.dedup.within' = '10 s';
SET 'weir.dedup.clock' = 'watermark';
CREATE TABLE s (id INT, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p) AS rn FROM s) WHERE rn = 1;
PUSH INTO s VALUES (9, 0, CAST(NULL AS TIMESTAMP(3))), (9, 1, CAST(NULL AS TIMESTAMP(3))), (1, 2, TIMESTAMP '2024-01-01 00:01:00'), (9, 3, TIMESTAMP '2024-01-01 00:01:00'),
  (2, 4, TIMESTAMP '2024-01-01 00:00:50'), (2, 5, TIMESTAMP '2024-01-01 00:00:50'), (3, 6, TIMESTAMP '2024-01-01 00:00:50.001'), (3, 7, TIMESTAMP '2024-01-01 00:00:50'),
  (4, 8, CAST(NULL AS TIMESTAMP(3))), (4, 9, TIMESTAMP '2024-01-01 00:01:10'), (4, 10, TIMESTAMP '2024-01-01 00:01:10');
STEP;
EXPECT CHANGES out +(9, 0), +(1, 2), +(9, 3), +(2, 4), +(2, 5), +(3, 6), +(4, 8), +(4, 10);

-- test: many keys, long ones among them, over restarts, until all are forgotten
SET 'weir.dedup.within' = '1 min';
SET 'weir.dedup.clock' = 'watermark';
CREATE TABLE s (id STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW once AS SELECT LEFT(id, 3) AS id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p) AS rn FROM s) WHERE rn = 1;
PUSH INTO s VALUES (CONCAT('a', REPEAT('x', 3000)), 1, TIMESTAMP '2024-01-01 00:00:00'), (CONCAT('b', REPEAT('x', 3000)), 2, TIMESTAMP '2024-01-01 00:00:01'),
  (CONCAT('c', REPEAT('x', 5000)), 3, TIMESTAMP '2024-01-01 00:00:02'), (CONCAT('d', REPEAT('x', 30)), 4, TIMESTAMP '2024-01-01 00:00:03');
STEP;
CHECKPOINT;
PUSH INTO s VALUES (CONCAT('e', REPEAT('x', 3000)), 5, TIMESTAMP '2024-01-01 00:00:03'), (CONCAT('a', REPEAT('x', 3000)), 6, TIMESTAMP '2024-01-01 00:00:04');
STEP;
CRASH;
PUSH INTO s VALUES (CONCAT('a', REPEAT('x', 3000)), 7, TIMESTAMP '2024-01-01 00:00:59.999'), (CONCAT('b', REPEAT('x', 3000)), 8, TIMESTAMP '2024-01-01 00:00:50'),
  (CONCAT('c', REPEAT('x', 5000)), 9, TIMESTAMP '2024-01-01 00:00:50'), (CONCAT('d', REPEAT('x', 30)), 10, TIMESTAMP '2024-01-01 00:00:50'), (CONCAT('e', REPEAT('x', 3000)), 11, TIMESTAMP '2024-01-01 00:00:50');
STEP;
EXPECT once ('axx', 1), ('bxx', 2), ('cxx', 3), ('dxx', 4), ('exx', 5);
PUSH INTO s VALUES ('z', 12, TIMESTAMP '2024-01-01 00:02:10'), (CONCAT('a', REPEAT('x', 3000)), 13, TIMESTAMP '2024-01-01 00:02:10'), ('z', 14, TIMESTAMP '2024-01-01 00:02:10');
STEP;
EXPECT once ('axx', 1), ('bxx', 2), ('cxx', 3), ('dxx', 4), ('exx', 5), ('z', 12), ('axx', 13);

-- test: EXPLAIN says what bounds the state; without an event time, and by default, it is the clock
SET 'weir.dedup.within' = '10 s';
SET 'weir.dedup.clock' = 'watermark';
CREATE TABLE s (id INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE t (id INT, p AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT (EXPLAIN SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p) AS rn FROM s) WHERE rn = 1 EMIT CHANGES) LIKE '%state: the partition''s key, freed 10 s after its row, by the watermark%';
EXPECT (EXPLAIN SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p) AS rn FROM t) WHERE rn = 1 EMIT CHANGES) LIKE '%a counter per partition, freed 10 s after its row, by the clock%';
EXPECT (EXPLAIN SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p) AS rn FROM s) WHERE rn <= 2 EMIT CHANGES) LIKE '%a counter per partition, nothing bounds it%';
SET 'weir.dedup.clock' = 'order';
EXPECT (EXPLAIN SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p) AS rn FROM s) WHERE rn = 1 EMIT CHANGES) LIKE '%by the clock%';
