-- test: rows wait for the watermark, come in order of time, equal times share the result
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (k STRING, v INT, s INT) WITH ('connector' = 'print');
INSERT INTO out SELECT k, v, SUM(v) OVER (PARTITION BY k ORDER BY ts) FROM s;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:05'), ('a', 2, TIMESTAMP '2024-01-01 00:00:04'), ('b', 8, TIMESTAMP '2024-01-01 00:00:05'),
  ('a', 4, TIMESTAMP '2024-01-01 00:00:05');
STEP;
PUSH INTO s VALUES ('a', 16, TIMESTAMP '2024-01-01 00:00:07');
STEP;
EXPECT CHANGELOG out +I('a', 2, 2), +I('a', 1, 7), +I('b', 8, 8), +I('a', 4, 7);

-- test: what comes at or below the watermark is late
CREATE TABLE s (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW sums AS SELECT v, SUM(v) OVER (ORDER BY ts) AS s FROM s;
PUSH INTO s VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, TIMESTAMP '2024-01-01 00:00:05'), (4, TIMESTAMP '2024-01-01 00:00:05'),
  (8, TIMESTAMP '2024-01-01 00:00:03'), (16, TIMESTAMP '2024-01-01 00:00:06');
FINISH;
EXPECT sums (1, 1), (2, 3), (16, 19);
EXPECT LATE sums (4, TIMESTAMP '2024-01-01 00:00:05'), (8, TIMESTAMP '2024-01-01 00:00:03');

-- test: with a bounded frame a late row comes out when the watermark moves on, unless one of its partition that is not before it has come out
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW r AS SELECT k, v, SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS x FROM s;
CREATE MATERIALIZED VIEW g AS SELECT k, v, SUM(v) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW) AS x FROM s;
CREATE MATERIALIZED VIEW u AS SELECT k, v, SUM(v) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS x FROM s;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:10'), ('b', 2, TIMESTAMP '2024-01-01 00:00:20'), ('a', 4, TIMESTAMP '2024-01-01 00:00:15'), ('c', 8, TIMESTAMP '2024-01-01 00:00:12');
STEP;
EXPECT r ('a', 1, 1), ('b', 2, 2);
PUSH INTO s VALUES ('a', 16, TIMESTAMP '2024-01-01 00:00:10'), ('a', 32, TIMESTAMP '2024-01-01 00:00:13'), ('b', 64, TIMESTAMP '2024-01-01 00:00:21'), ('a', 128, TIMESTAMP '2024-01-01 00:00:14'), ('a', 256, TIMESTAMP '2024-01-01 00:00:16'),
  ('b', 512, TIMESTAMP '2024-01-01 00:00:22');
STEP;
FINISH;
EXPECT r ('a', 1, 1), ('b', 2, 2), ('c', 8, 8), ('a', 32, 33), ('a', 4, 36), ('b', 64, 66), ('a', 256, 260), ('b', 512, 576);
EXPECT g ('a', 1, 1), ('b', 2, 2), ('c', 8, 8), ('a', 32, 33), ('a', 4, 37), ('b', 64, 66), ('a', 256, 293), ('b', 512, 578);
EXPECT u ('a', 1, 1), ('b', 2, 2), ('b', 64, 66), ('b', 512, 578);
EXPECT (SELECT COUNT(*) FROM r.late) (2);
EXPECT (SELECT COUNT(*) FROM g.late) (2);
EXPECT (SELECT COUNT(*) FROM u.late) (6);

-- test: a partition whose RANGE frame is over is forgotten, and takes late rows again
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW g AS SELECT k, v, SUM(v) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW) AS x FROM s;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:10'), ('a', 2, TIMESTAMP '2024-01-01 00:00:14'), ('b', 0, TIMESTAMP '2024-01-01 00:00:26');
STEP;
PUSH INTO s VALUES ('a', 4, TIMESTAMP '2024-01-01 00:00:20'), ('a', 8, TIMESTAMP '2024-01-01 00:00:26'), ('b', 0, TIMESTAMP '2024-01-01 00:00:27');
STEP;
EXPECT g ('a', 1, 1), ('a', 2, 3), ('b', 0, 0), ('a', 4, 4), ('a', 8, 12), ('b', 0, 0);
PUSH INTO s VALUES ('b', 0, TIMESTAMP '2024-01-01 00:02:00'), ('a', 16, TIMESTAMP '2024-01-01 00:00:15'), ('b', 0, TIMESTAMP '2024-01-01 00:02:01');
STEP;
FINISH;
EXPECT g ('a', 1, 1), ('a', 2, 3), ('b', 0, 0), ('a', 4, 4), ('a', 8, 12), ('b', 0, 0), ('b', 0, 0), ('a', 16, 16), ('b', 0, 0);
EXPECT (SELECT COUNT(*) FROM g.late) (0);

-- test: ROWS frames
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW r AS SELECT k, v,
  SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS last3,
  COUNT(*) OVER (PARTITION BY k ORDER BY ts ROWS UNBOUNDED PRECEDING) AS n,
  SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS before2,
  SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS all_but2,
  SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS itself FROM s;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('a', 4, TIMESTAMP '2024-01-01 00:00:03'), ('b', 100, TIMESTAMP '2024-01-01 00:00:03'),
  ('a', 2, TIMESTAMP '2024-01-01 00:00:03'), ('a', 8, TIMESTAMP '2024-01-01 00:00:04'), ('a', 16, TIMESTAMP '2024-01-01 00:00:05');
STEP;
FINISH;
EXPECT r ('a', 1, 1, 1, NULL, NULL, 1), ('a', 4, 5, 2, 1, NULL, 4), ('a', 2, 7, 3, 5, 1, 2), ('b', 100, 100, 1, NULL, NULL, 100),
  ('a', 8, 14, 4, 6, 5, 8), ('a', 16, 26, 5, 10, 7, 16);

-- test: RANGE frames of an interval
CREATE TABLE s (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW r AS SELECT v,
  SUM(v) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '2' SECOND PRECEDING AND CURRENT ROW) AS last2s,
  SUM(v) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '3' SECOND PRECEDING AND INTERVAL '1' SECOND PRECEDING) AS before,
  COUNT(*) OVER (ORDER BY ts RANGE BETWEEN CURRENT ROW AND CURRENT ROW) AS same FROM s;
PUSH INTO s VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, TIMESTAMP '2024-01-01 00:00:02'), (4, TIMESTAMP '2024-01-01 00:00:03'),
  (8, TIMESTAMP '2024-01-01 00:00:03'), (16, TIMESTAMP '2024-01-01 00:00:04'), (32, TIMESTAMP '2024-01-01 00:01:00');
FINISH;
EXPECT r (1, 1, NULL, 1), (2, 3, 1, 1), (4, 15, 3, 2), (8, 15, 3, 2), (16, 30, 15, 1), (32, 32, NULL, 1);

-- test: aggregates of all kinds over frames that slide
CREATE TABLE s (v INT, d DOUBLE, t STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW r AS SELECT ts, MIN(v) OVER w AS mn, MAX(t) OVER w AS mx, AVG(d) OVER w AS av, COUNT(DISTINCT v) OVER w AS dv,
  FIRST_VALUE(t) OVER w AS f, LAST_VALUE(t) OVER w AS l, LISTAGG(t) OVER w AS ls, SUM(v) FILTER (WHERE v > 3) OVER w AS big
  FROM s WINDOW w AS (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
PUSH INTO s VALUES (5, 0.5, 'b', TIMESTAMP '2024-01-01 00:00:01'), (3, 1e18, 'a', TIMESTAMP '2024-01-01 00:00:02'),
  (NULL, 0.25, NULL, TIMESTAMP '2024-01-01 00:00:03'), (3, -1e18, 'c', TIMESTAMP '2024-01-01 00:00:04'), (9, 0.125, 'a', TIMESTAMP '2024-01-01 00:00:05'),
  (9, 0.25, 'a', TIMESTAMP '2024-01-01 00:00:06');
FINISH;
EXPECT r (TIMESTAMP '2024-01-01 00:00:01', 5, 'b', 0.5, 1, 'b', 'b', 'b', 5), (TIMESTAMP '2024-01-01 00:00:02', 3, 'b', 5e17, 2, 'b', 'a', 'b,a', 5),
  (TIMESTAMP '2024-01-01 00:00:03', 3, 'a', 5e17, 1, 'a', 'a', 'a', NULL), (TIMESTAMP '2024-01-01 00:00:04', 3, 'c', -5e17, 1, 'c', 'c', 'c', NULL),
  (TIMESTAMP '2024-01-01 00:00:05', 3, 'c', -5e17, 2, 'c', 'a', 'c,a', 9), (TIMESTAMP '2024-01-01 00:00:06', 9, 'a', 0.1875, 1, 'a', 'a', 'a,a', 18);

-- test: LAG, ROW_NUMBER, FIRST_VALUE and LAST_VALUE from the start
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW r AS SELECT k, v, LAG(v) OVER w AS p, LAG(v, 2, -1) OVER w AS pp, v - LAG(v) OVER w AS d, ROW_NUMBER() OVER w AS n,
  FIRST_VALUE(v) OVER w AS f, LAST_VALUE(v) OVER w AS l FROM s WINDOW w AS (PARTITION BY k ORDER BY ts);
PUSH INTO s VALUES ('a', 3, TIMESTAMP '2024-01-01 00:00:03'), ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('b', 7, TIMESTAMP '2024-01-01 00:00:02'),
  ('a', 2, TIMESTAMP '2024-01-01 00:00:02'), ('a', 4, TIMESTAMP '2024-01-01 00:00:03'), ('a', 5, TIMESTAMP '2024-01-01 00:00:08');
FINISH;
EXPECT r ('a', 1, NULL, -1, NULL, 1, 1, 1), ('a', 2, 1, -1, 1, 2, 1, 2), ('b', 7, NULL, -1, NULL, 1, 7, 7), ('a', 3, 2, 1, 1, 3, 1, 4),
  ('a', 4, 3, 2, 1, 4, 1, 4), ('a', 5, 4, 3, 1, 5, 1, 5);

-- test: processing time: rows come out at once
CREATE TABLE s (v INT, p AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (v INT, s INT, r INT, m INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT v, SUM(v) OVER (ORDER BY p), SUM(v) OVER (ORDER BY p ROWS 1 PRECEDING), SUM(v) OVER (ORDER BY p RANGE INTERVAL '10' SECOND PRECEDING) FROM s;
PUSH INTO s VALUES (1), (2);
STEP;
EXPECT CHANGES out +(1, 1, 1, 1), +(2, 3, 3, 3);
ADVANCE CLOCK BY INTERVAL '10' SECOND;
PUSH INTO s VALUES (4);
STEP;
EXPECT CHANGES out +(4, 7, 6, 7);
ADVANCE CLOCK BY INTERVAL '1' SECOND;
PUSH INTO s VALUES (8);
STEP;
EXPECT CHANGES out +(8, 15, 12, 12);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
STEP;
PUSH INTO s VALUES (16);
STEP;
EXPECT CHANGES out +(16, 31, 24, 16);

-- test: the time attribute goes on: windows over OVER, OVER over OVER
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE VIEW sofar AS SELECT k, v, ts, SUM(v) OVER (PARTITION BY k ORDER BY ts) AS s FROM s;
CREATE MATERIALIZED VIEW per_window AS
SELECT window_end, MAX(s) AS m FROM TABLE(TUMBLE(TABLE sofar, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW twice AS SELECT k, s, SUM(s) OVER (ORDER BY ts) AS ss FROM sofar;
PUSH INTO s VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('a', 4, TIMESTAMP '2024-01-01 00:00:11'), ('b', 2, TIMESTAMP '2024-01-01 00:00:09.5'),
  ('b', 2, TIMESTAMP '2024-01-01 00:00:12'), ('a', 1, TIMESTAMP '2024-01-01 00:00:20');
STEP;
EXPECT per_window (TIMESTAMP '2024-01-01 00:00:10', 2);
FINISH;
EXPECT per_window (TIMESTAMP '2024-01-01 00:00:10', 2), (TIMESTAMP '2024-01-01 00:00:20', 5), (TIMESTAMP '2024-01-01 00:00:30', 6);
EXPECT twice ('a', 1, 1), ('b', 2, 3), ('a', 5, 8), ('b', 4, 12), ('a', 6, 18);

-- test: over rows that are taken back results change: the average of the last two finals of a seller
CREATE TABLE t (id INT, seller STRING, price INT, closes INT);
CREATE MATERIALIZED VIEW finals AS
SELECT id, seller, price, closes FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY price DESC) AS rn FROM t) WHERE rn = 1;
CREATE MATERIALIZED VIEW averages AS
SELECT seller, id, AVG(price) OVER (PARTITION BY seller ORDER BY closes ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS a FROM finals;
PUSH INTO t VALUES (1, 'x', 10, 1), (2, 'x', 20, 2), (3, 'x', 40, 3), (4, 'y', 7, 1);
STEP;
EXPECT averages ('x', 1, 10), ('x', 2, 15), ('x', 3, 30), ('y', 4, 7);
PUSH INTO t VALUES (2, 'x', 30, 2);
STEP;
EXPECT averages ('x', 1, 10), ('x', 2, 20), ('x', 3, 35), ('y', 4, 7);
PUSH DELETE FROM t VALUES (1, 'x', 10, 1);
STEP;
EXPECT averages ('x', 2, 30), ('x', 3, 35), ('y', 4, 7);
PUSH DELETE FROM t VALUES (2, 'x', 30, 2), (3, 'x', 40, 3), (2, 'x', 20, 2);
STEP;
EXPECT averages ('y', 4, 7);

-- test: over rows that are taken back any order and frame, rankings too
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW r AS SELECT k, v, RANK() OVER (ORDER BY v DESC) AS r, LEAD(v) OVER (ORDER BY v) AS n,
  SUM(v) OVER (PARTITION BY k) AS s, COUNT(*) OVER (ORDER BY v RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS near FROM t;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('b', 4);
STEP;
EXPECT r ('a', 1, 3, 2, 3, 2), ('a', 2, 2, 4, 3, 2), ('b', 4, 1, NULL, 4, 1);
PUSH INTO t VALUES ('b', 3);
PUSH DELETE FROM t VALUES ('a', 1);
STEP;
EXPECT r ('a', 2, 3, 3, 2, 2), ('b', 3, 2, 4, 7, 3), ('b', 4, 1, NULL, 7, 2);

-- test: ORDER BY a time attribute lets rows out in order of time
CREATE TABLE s (v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (v INT) WITH ('connector' = 'print');
INSERT INTO out SELECT v FROM s ORDER BY ts;
PUSH INTO s VALUES (1, TIMESTAMP '2024-01-01 00:00:05'), (2, TIMESTAMP '2024-01-01 00:00:04'), (3, TIMESTAMP '2024-01-01 00:00:05'),
  (4, TIMESTAMP '2024-01-01 00:00:03'), (5, TIMESTAMP '2024-01-01 00:00:07');
STEP;
EXPECT CHANGELOG out +I(4), +I(2), +I(1), +I(3);

-- test: what a continuous query cannot do is refused with what it can
CREATE TABLE s (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1306' LIKE '%must be ordered by one time attribute, ascending, and "v" is none%';
CREATE MATERIALIZED VIEW x AS SELECT SUM(v) OVER (ORDER BY v) AS x FROM s;
EXPECT ERROR 'W1306' LIKE '%needs an ORDER BY%';
CREATE MATERIALIZED VIEW x AS SELECT SUM(v) OVER (PARTITION BY k) AS x FROM s;
EXPECT ERROR 'W1306' LIKE '%only follow time forwards%';
CREATE MATERIALIZED VIEW x AS SELECT SUM(v) OVER (ORDER BY ts DESC) AS x FROM s;
EXPECT ERROR 'W1306' LIKE '%cannot hold rows that follow%';
CREATE MATERIALIZED VIEW x AS SELECT SUM(v) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS x FROM s;
EXPECT ERROR 'W1301' LIKE '%LEAD%';
CREATE MATERIALIZED VIEW x AS SELECT LEAD(v) OVER (ORDER BY ts) AS x FROM s;
