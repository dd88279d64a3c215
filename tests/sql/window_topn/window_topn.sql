-- test: the two best of each window, when it closes, and only once
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (window_end TIMESTAMP(3), k STRING, v INT, rn BIGINT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT window_end, k, v, rn FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS rn
  FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE rn <= 2;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('b', 3, TIMESTAMP '2024-01-01 00:00:02'), ('c', 2, TIMESTAMP '2024-01-01 00:00:03'),
  ('d', 9, TIMESTAMP '2024-01-01 00:00:11');
STEP;
PUSH INTO s VALUES ('e', 5, TIMESTAMP '2024-01-01 00:00:09'), ('f', 1, TIMESTAMP '2024-01-01 00:00:12');
STEP;
EXPECT CHANGES out +(TIMESTAMP '2024-01-01 00:00:10', 'e', 5, 1), +(TIMESTAMP '2024-01-01 00:00:10', 'b', 3, 2);
FINISH;
EXPECT CHANGES out +(TIMESTAMP '2024-01-01 00:00:20', 'd', 9, 1), +(TIMESTAMP '2024-01-01 00:00:20', 'f', 1, 2);

-- test: over a window aggregation, per key, without the rank, and window_time goes on
CREATE TABLE s (c STRING, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE VIEW sums AS SELECT c, k, SUM(v) AS total, window_start, window_end, window_time
FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY c, k, window_start, window_end, window_time;
CREATE VIEW best AS SELECT window_start, window_end, window_time, c, k, total FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, c ORDER BY total DESC) AS rn FROM sums) WHERE rn = 1;
CREATE MATERIALIZED VIEW v AS SELECT window_end, c, k, total FROM best;
CREATE MATERIALIZED VIEW again AS SELECT window_end, COUNT(*) AS n, SUM(total) AS t
FROM TABLE(TUMBLE(TABLE best, DESCRIPTOR(window_time), INTERVAL '20' SECOND)) GROUP BY window_start, window_end;
PUSH INTO s VALUES ('x', 'a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('x', 'b', 2, TIMESTAMP '2024-01-01 00:00:02'), ('x', 'a', 3, TIMESTAMP '2024-01-01 00:00:03'),
  ('y', 'a', 1, TIMESTAMP '2024-01-01 00:00:04'), ('x', 'b', 9, TIMESTAMP '2024-01-01 00:00:12'), ('x', 'b', 1, TIMESTAMP '2024-01-01 00:00:25');
STEP;
EXPECT v (TIMESTAMP '2024-01-01 00:00:10', 'x', 'a', 4), (TIMESTAMP '2024-01-01 00:00:10', 'y', 'a', 1), (TIMESTAMP '2024-01-01 00:00:20', 'x', 'b', 9);
EXPECT again (TIMESTAMP '2024-01-01 00:00:20', 3, 14);

-- test: what comes behind the close of its window is late
CREATE TABLE s (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW top AS SELECT window_end, v FROM (
  SELECT *, RANK() OVER (PARTITION BY window_start, window_end ORDER BY v) AS r FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE r <= 1;
PUSH INTO s VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (1, TIMESTAMP '2024-01-01 00:00:11'), (0, TIMESTAMP '2024-01-01 00:00:02'), (1, TIMESTAMP '2024-01-01 00:00:12');
FINISH;
EXPECT top (TIMESTAMP '2024-01-01 00:00:10', 1), (TIMESTAMP '2024-01-01 00:00:20', 1), (TIMESTAMP '2024-01-01 00:00:20', 1);

-- test: windows that overlap
CREATE TABLE s (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW top AS SELECT window_end, v FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS r
  FROM TABLE(HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND))) WHERE r = 1;
PUSH INTO s VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (5, TIMESTAMP '2024-01-01 00:00:06'), (2, TIMESTAMP '2024-01-01 00:00:11');
FINISH;
EXPECT top (TIMESTAMP '2024-01-01 00:00:05', 1), (TIMESTAMP '2024-01-01 00:00:10', 5), (TIMESTAMP '2024-01-01 00:00:15', 5), (TIMESTAMP '2024-01-01 00:00:20', 2);

-- test: window deduplication keeps the first or the last of each window
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE firsts (window_end TIMESTAMP(3), k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE lasts (window_end TIMESTAMP(3), k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO firsts SELECT window_end, k, v FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY ts) AS rn FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE rn <= 1;
INSERT INTO lasts SELECT window_end, k, v FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY ts DESC) AS rn FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE rn = 1;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:05'), ('a', 2, TIMESTAMP '2024-01-01 00:00:04'), ('a', 3, TIMESTAMP '2024-01-01 00:00:05'),
  ('a', 4, TIMESTAMP '2024-01-01 00:00:04'), ('a', 5, TIMESTAMP '2024-01-01 00:00:11'), ('b', 6, TIMESTAMP '2024-01-01 00:00:30');
STEP;
EXPECT CHANGES firsts +(TIMESTAMP '2024-01-01 00:00:10', 'a', 2), +(TIMESTAMP '2024-01-01 00:00:20', 'a', 5);
EXPECT CHANGES lasts +(TIMESTAMP '2024-01-01 00:00:10', 'a', 3), +(TIMESTAMP '2024-01-01 00:00:20', 'a', 5);

-- test: over rows that are taken back before the window closes
CREATE TABLE t (id INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW top AS SELECT window_end, id, rn FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS rn FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE rn <= 2;
PUSH INTO t VALUES (1, 5, TIMESTAMP '2024-01-01 00:00:01'), (2, 9, TIMESTAMP '2024-01-01 00:00:02'), (3, 7, TIMESTAMP '2024-01-01 00:00:03');
PUSH DELETE FROM t VALUES (2, 9, TIMESTAMP '2024-01-01 00:00:02');
STEP;
ADVANCE t TO TIMESTAMP '2024-01-01 00:00:10';
STEP;
EXPECT top (TIMESTAMP '2024-01-01 00:00:10', 3, 1), (TIMESTAMP '2024-01-01 00:00:10', 1, 2);

-- test: windows of processing time
CREATE TABLE s (v INT, p AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW top AS SELECT window_end, n, rn FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC) AS rn FROM (
    SELECT v, COUNT(*) AS n, window_start, window_end FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(p), INTERVAL '10' SECOND)) GROUP BY v, window_start, window_end)) WHERE rn <= 1;
CREATE MATERIALIZED VIEW rows_top AS SELECT window_end, v FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS rn FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(p), INTERVAL '10' SECOND))) WHERE rn <= 1;
PUSH INTO s VALUES (1), (2), (1);
STEP;
EXPECT top ();
ADVANCE CLOCK BY INTERVAL '10' SECOND;
STEP;
EXPECT top (TIMESTAMP '2024-01-01 00:00:10', 2, 1);
EXPECT rows_top (TIMESTAMP '2024-01-01 00:00:10', 2);
