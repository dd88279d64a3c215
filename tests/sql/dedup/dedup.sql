-- test: keep first by event time: an earlier row that comes later takes the place
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW firsts AS
SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM s) WHERE rn = 1;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:10'), ('a', 2, TIMESTAMP '2024-01-01 00:00:12'), ('b', 3, TIMESTAMP '2024-01-01 00:00:11');
STEP;
EXPECT firsts ('a', 1), ('b', 3);
PUSH INTO s VALUES ('a', 4, TIMESTAMP '2024-01-01 00:00:09'), ('a', 5, TIMESTAMP '2024-01-01 00:00:09');
STEP;
EXPECT firsts ('a', 4), ('b', 3);

-- test: keep last by event time: of equal times the newer, an older row changes nothing
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (k STRING, v INT) WITH ('connector' = 'print');
INSERT INTO out SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM s) WHERE rn <= 1;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:10'), ('a', 2, TIMESTAMP '2024-01-01 00:00:10'), ('a', 3, TIMESTAMP '2024-01-01 00:00:09');
STEP;
EXPECT CHANGELOG out +I('a', 1), -U('a', 1), +U('a', 2);

-- test: keep last as a table, with the time attribute, over which windows go on
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW lasts AS
SELECT k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM s) WHERE rn = 1;
CREATE MATERIALIZED VIEW sums AS
SELECT window_end, SUM(v) AS s FROM TABLE(TUMBLE(TABLE lasts, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('b', 10, TIMESTAMP '2024-01-01 00:00:02'), ('a', 2, TIMESTAMP '2024-01-01 00:00:03');
STEP;
EXPECT lasts ('a', 2, TIMESTAMP '2024-01-01 00:00:03'), ('b', 10, TIMESTAMP '2024-01-01 00:00:02');
PUSH INTO s VALUES ('c', 5, TIMESTAMP '2024-01-01 00:00:20');
STEP;
EXPECT sums (TIMESTAMP '2024-01-01 00:00:10', 12);

-- test: the partition holds the time: rows are final at once, the state goes with the watermark, what is late is kept aside
CREATE TABLE s (id INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW once AS
SELECT id, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id, ts ORDER BY ts) AS rn FROM s) WHERE rn = 1;
INSERT INTO out SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id, ts ORDER BY ts) AS rn FROM s) WHERE rn = 1;
PUSH INTO s VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:10'), (1, 2, TIMESTAMP '2024-01-01 00:00:10'), (1, 3, TIMESTAMP '2024-01-01 00:00:11');
STEP;
EXPECT CHANGES out +(1, 1), +(1, 3);
PUSH INTO s VALUES (2, 4, TIMESTAMP '2024-01-01 00:00:30'), (1, 5, TIMESTAMP '2024-01-01 00:00:10'), (2, 6, TIMESTAMP '2024-01-01 00:00:30');
STEP;
EXPECT CHANGES out +(2, 4);
EXPECT LATE once (1, 5, TIMESTAMP '2024-01-01 00:00:10');

-- test: weir.dedup.within: a first row waits for the watermark, then only appends; a key is forgotten
SET 'weir.dedup.within' = '10 s';
CREATE TABLE s (id INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) AS rn FROM s) WHERE rn = 1;
PUSH INTO s VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:10'), (2, 2, TIMESTAMP '2024-01-01 00:00:12');
STEP;
EXPECT CHANGES out +(1, 1), +(2, 2);
PUSH INTO s VALUES (1, 3, TIMESTAMP '2024-01-01 00:00:15'), (1, 4, TIMESTAMP '2024-01-01 00:00:20');
STEP;
PUSH INTO s VALUES (1, 5, TIMESTAMP '2024-01-01 00:00:21');
STEP;
EXPECT CHANGES out +(1, 5);

-- test: weir.dedup.within: of several that wait the earliest comes out
SET 'weir.dedup.within' = '1 min';
CREATE TABLE s (id INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW firsts AS
SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) AS rn FROM s) WHERE rn = 1;
PUSH INTO s VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:10'), (1, 2, TIMESTAMP '2024-01-01 00:00:08'), (1, 3, TIMESTAMP '2024-01-01 00:00:09');
STEP;
EXPECT firsts ();
PUSH INTO s VALUES (2, 4, TIMESTAMP '2024-01-01 00:00:13'), (1, 5, TIMESTAMP '2024-01-01 00:00:07');
STEP;
EXPECT firsts (1, 2);
EXPECT LATE firsts (1, 5, TIMESTAMP '2024-01-01 00:00:07');
FINISH;
EXPECT firsts (1, 2), (2, 4);

-- test: weir.dedup.within by processing time
SET 'weir.dedup.within' = '10 s';
CREATE TABLE s (id INT, v INT, p AS PROCTIME())
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p) AS rn FROM s) WHERE rn = 1;
PUSH INTO s VALUES (1, 1), (1, 2);
STEP;
ADVANCE CLOCK BY INTERVAL '9' SECOND;
PUSH INTO s VALUES (1, 3);
STEP;
EXPECT CHANGES out +(1, 1);
ADVANCE CLOCK BY INTERVAL '1' SECOND;
PUSH INTO s VALUES (1, 4), (1, 5);
STEP;
EXPECT CHANGES out +(1, 4);

-- test: keep first with the rank, which is always 1
CREATE TABLE s (id INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW firsts AS
SELECT * FROM (SELECT id, v, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) AS rn FROM s) WHERE rn < 2;
CREATE MATERIALIZED VIEW q AS SELECT id, v FROM s QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) = 1;
PUSH INTO s VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:10'), (1, 2, TIMESTAMP '2024-01-01 00:00:12');
STEP;
EXPECT firsts (1, 1, 1);
EXPECT q (1, 2);

-- test: over rows that are taken back it is Top-1
CREATE TABLE s (k STRING, id INT, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts)
WITH ('connector' = 'upsert-kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW lasts AS SELECT k, id FROM s QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) = 1;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:10'), ('a', 2, TIMESTAMP '2024-01-01 00:00:12');
STEP;
EXPECT lasts ('a', 2);
PUSH INTO s VALUES ('b', 2, TIMESTAMP '2024-01-01 00:00:13');
STEP;
EXPECT lasts ('a', 1), ('b', 2);

-- test: updates into a sink that only appends are refused, with the ways out
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1303' LIKE '%Rank node of the deduplication%';
INSERT INTO out SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM s) WHERE rn = 1;

-- test: weir.dedup.within: the copies that deduplication leaves out, by the same memory
SET 'weir.dedup.within' = '10 s';
CREATE TABLE s (id INT, v INT, p AS PROCTIME())
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY p) AS rn FROM s) WHERE rn BETWEEN 2 AND 1000;
PUSH INTO s VALUES (1, 1), (1, 2), (2, 1);
STEP;
ADVANCE CLOCK BY INTERVAL '9' SECOND;
PUSH INTO s VALUES (1, 3);
STEP;
EXPECT CHANGES out +(1, 2), +(1, 3);
ADVANCE CLOCK BY INTERVAL '1' SECOND;
PUSH INTO s VALUES (1, 4), (2, 2), (1, 5);
STEP;
EXPECT CHANGES out +(1, 5);
