-- REPLAY: rows of side tables go where they were missed, and leave the side table in the same epoch.

-- test: a query that is made again reads its source anew: what it has read since is not replayed to it
CREATE TABLE t (id INT, ts TIMESTAMP(3)) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT id, 100 / id AS x FROM t;
PUSH BYTES INTO t '{"id":1}', '{"id":0}', '{"id":"x"}', '{broken', '{"id":4}';
EXPECT ERROR 'W1204';
STEP;
RESUME v SKIP;
CHECKPOINT;
EXPECT v (1, 100), (4, 25);
EXPECT BAD t ('{broken', NULL, 'W1502'), ('{"id":"x"}', 'id', 'W1502'), ('{"id":0}', NULL, 'W1204');
-- the query is made again with a mended text: it reads the topic anew, and what it reads is not replayed to it
DROP MATERIALIZED VIEW v;
CREATE MATERIALIZED VIEW v AS SELECT id, 100 / NULLIF(id, 0) AS x FROM t;
STEP;
EXPECT v (1, 100), (0, NULL), (4, 25);
REPLAY t.bad;
EXPECT v (1, 100), (0, NULL), (4, 25);
EXPECT BAD t ('{broken', NULL, 'W1502'), ('{"id":"x"}', 'id', 'W1502');

-- test: a record that was left out enters again, and again goes aside
CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT id, 100 / (id - 2) AS x FROM t;
CREATE MATERIALIZED VIEW other AS SELECT id FROM t;
PUSH BYTES INTO t '{"id":1}', '{"id":2}', '{"id":3}';
EXPECT ERROR 'W1204';
STEP;
RESUME v SKIP;
CHECKPOINT;
EXPECT v (1, -100), (3, 100);
EXPECT BAD t ('{"id":2}', NULL, 'W1204');
REPLAY t.bad;
EXPECT ERROR 'W1204';
STEP;
EXPECT BAD t ();
RESUME v SKIP;
CHECKPOINT;
EXPECT v (1, -100), (3, 100);
EXPECT other (1), (2), (3);
EXPECT BAD t ('{"id":2}', NULL, 'W1204');
PUSH BYTES INTO t '{"id":4}';
STEP;
EXPECT v (1, -100), (3, 100), (4, 50);

-- test: a row of an own table that was left out enters again when another row has mended the query
CREATE TABLE t (id INT, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW q AS SELECT 1 AS k, SUM(CAST(v AS BIGINT) * 4000000000000000000) AS s FROM t;
INSERT INTO t VALUES (1, 1);
INSERT INTO t VALUES (2, 2);
RESUME q SKIP;
CHECKPOINT;
EXPECT q (1, 4000000000000000000);
EXPECT (SELECT CAST(`value` AS STRING) FROM q.bad) ('{"id":2,"v":2}');
INSERT INTO t VALUES (3, -1);
REPLAY q.bad;
EXPECT q (1, 8000000000000000000);
EXPECT (SELECT COUNT(*) FROM q.bad) (0);

-- test: a row that its input has taken back is no longer to be had
CREATE TABLE t (id INT, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW d AS SELECT id, 100 / v AS x FROM t;
INSERT INTO t VALUES (1, 0), (2, 5);
RESUME d SKIP;
CHECKPOINT;
UPDATE t SET v = 10 WHERE id = 1;
EXPECT d (1, 10), (2, 20);
REPLAY d.bad;
EXPECT d (1, 10), (2, 20);
EXPECT (SELECT COUNT(*) FROM d.bad) (0);

-- test: late rows go into a table, column by column
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW w AS
SELECT window_start, COUNT(*) AS n, SUM(id) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE TABLE k (id BIGINT, ts TIMESTAMP(3), note STRING);
CREATE MATERIALIZED VIEW c AS SELECT COUNT(*) AS n, SUM(id) AS s FROM k;
CREATE MATERIALIZED VIEW l AS SELECT COUNT(*) AS n FROM w.late;
PUSH INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, TIMESTAMP '2024-01-01 00:00:15'), (3, TIMESTAMP '2024-01-01 00:00:02'), (4, TIMESTAMP '2024-01-01 00:00:03');
PUSH DELETE FROM t VALUES (1, TIMESTAMP '2024-01-01 00:00:01');
STEP;
EXPECT l (3);
REPLAY w.late INTO k;
EXPECT k (3, TIMESTAMP '2024-01-01 00:00:02', NULL), (4, TIMESTAMP '2024-01-01 00:00:03', NULL);
EXPECT c (2, 7);
EXPECT (SELECT kind FROM w.late) ('-D');
EXPECT l (3);
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 1, 1);
PUSH INTO t VALUES (5, TIMESTAMP '2024-01-01 00:00:04');
STEP;
REPLAY w.late INTO k;
EXPECT c (3, 12);
EXPECT l (4);

-- test: late rows have the columns that the aggregate reads, computed ones too
CREATE TABLE p (id BIGINT, category STRING, amount DECIMAL(8, 2), quantity INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW w AS SELECT window_start, category, SUM(amount * quantity) AS revenue
FROM TABLE(TUMBLE(TABLE p, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, category;
CREATE TABLE missed (category STRING, `$1` DECIMAL(20, 4), ts TIMESTAMP(3));
PUSH INTO p VALUES (1, 'a', 1, 2, TIMESTAMP '2024-01-01 00:00:15'), (3, 'b', 2.5, 3, TIMESTAMP '2024-01-01 00:00:02');
STEP;
REPLAY w.late INTO missed;
EXPECT missed ('b', 7.5, TIMESTAMP '2024-01-01 00:00:02');
EXPECT (SELECT COUNT(*) FROM w.late) (0);

-- test: late rows go to a connector, with the query that writes it
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW w AS
SELECT window_start, COUNT(*) AS n, SUM(id) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE TABLE o (id INT, ts TIMESTAMP(3), note STRING) WITH ('connector' = 'print');
CREATE TABLE u (id BIGINT, ts TIMESTAMP(3), PRIMARY KEY (ts) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 'u');
CREATE TABLE k (id INT, ts TIMESTAMP(3), note STRING);
INSERT INTO o SELECT id, ts, note FROM k;
INSERT INTO u SELECT MAX(id), ts FROM k GROUP BY ts;
PUSH INTO t VALUES (2, TIMESTAMP '2024-01-01 00:00:15'), (3, TIMESTAMP '2024-01-01 00:00:02');
STEP;
INSERT INTO k VALUES (7, TIMESTAMP '2024-01-01 00:00:07', 'seven');
REPLAY w.late INTO o;
EXPECT o (7, TIMESTAMP '2024-01-01 00:00:07', 'seven'), (3, TIMESTAMP '2024-01-01 00:00:02', NULL);
PUSH INTO t VALUES (4, TIMESTAMP '2024-01-01 00:00:03'), (5, TIMESTAMP '2024-01-01 00:00:03'), (6, TIMESTAMP '2024-01-01 00:00:04');
STEP;
REPLAY w.late INTO u;
EXPECT u (7, TIMESTAMP '2024-01-01 00:00:07'), (5, TIMESTAMP '2024-01-01 00:00:03'), (6, TIMESTAMP '2024-01-01 00:00:04');
EXPECT (SELECT COUNT(*) FROM w.late) (0);
EXPECT o (7, TIMESTAMP '2024-01-01 00:00:07', 'seven'), (3, TIMESTAMP '2024-01-01 00:00:02', NULL);

-- test: what is wrong is said, with its cure
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW w AS
SELECT window_start, COUNT(*) AS n, SUM(id) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE TABLE k (id INT);
CREATE TABLE k2 (id STRING, ts TIMESTAMP(3));
CREATE TABLE k3 (id INT, ts TIMESTAMP(3), x INT NOT NULL);
CREATE TABLE k4 (id INT, ts TIMESTAMP(3), PRIMARY KEY (ts));
CREATE TABLE p (id INT) WITH ('connector' = 'print');
PUSH INTO t VALUES (2, TIMESTAMP '2024-01-01 00:00:15'), (3, TIMESTAMP '2024-01-01 00:00:02'), (4, TIMESTAMP '2024-01-01 00:00:02');
STEP;
EXPECT ERROR 'W1101';
REPLAY x.bad;
EXPECT ERROR 'W1101' LIKE '%has no table "refused"%';
REPLAY w.refused;
EXPECT ERROR 'W1109' LIKE '%is not a side table%';
REPLAY w;
EXPECT ERROR 'W1001' LIKE '%REPLAY w.late INTO table%';
REPLAY w.late;
EXPECT ERROR 'W1001' LIKE '%only late rows%';
REPLAY t.bad INTO k;
EXPECT ERROR 'W1101';
REPLAY w.late INTO nowhere;
EXPECT ERROR 'W1109' LIKE '%none runs%';
REPLAY w.late INTO p;
EXPECT ERROR 'W1109' LIKE '%is not a table%';
REPLAY w.late INTO w;
EXPECT ERROR 'W1307' LIKE '%no column for "ts"%';
REPLAY w.late INTO k;
EXPECT ERROR 'W1307' LIKE '%"id" is STRING, but in the late row INT%';
REPLAY w.late INTO k2;
EXPECT ERROR 'W1207' LIKE '%"x" is NOT NULL%';
REPLAY w.late INTO k3;
EXPECT ERROR 'W1208' LIKE '%exists in table%';
REPLAY w.late INTO k4;
EXPECT (SELECT COUNT(*) FROM w.late) (2);
EXPECT k4 ();
PAUSE w;
EXPECT ERROR 'W1109' LIKE '%RESUME it first%';
REPLAY w.late INTO k4;
RESUME w;

-- test: a query over the side table has read what REPLAY takes out
CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT id FROM t;
CREATE MATERIALIZED VIEW b AS SELECT COUNT(*) AS n FROM t.bad;
PUSH BYTES INTO t '{"id":"x"}';
STEP;
PAUSE b;
PUSH BYTES INTO t '{"id":"y"}';
STEP;
EXPECT ERROR 'W1109' LIKE '%"b" reads "t.bad" and is paused%';
REPLAY t.bad;
RESUME b;
EXPECT b (2);
REPLAY t.bad;
EXPECT b (2);

-- test: a table without a query that reads it
CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1109' LIKE '%no query reads "t"%';
REPLAY t.bad;

-- test: records of an upsert table
CREATE TABLE t (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
EXPECT ERROR 'W1301' LIKE '%mended record%';
REPLAY t.bad;
