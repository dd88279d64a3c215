-- Side tables as inputs of continuous queries: what was kept is appended, once.

-- test: bad records are counted by a view, before and after it was made
CREATE TABLE t (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW good AS SELECT id, v FROM t;
PUSH BYTES INTO t '{"id":1,"v":1}', '{"id":"x","v":2}', '{broken';
STEP;
CREATE MATERIALIZED VIEW b AS SELECT field, COUNT(*) AS n FROM t.bad GROUP BY field;
EXPECT b ('id', 1), (NULL, 1);
PUSH BYTES INTO t '{"id":3,"v":"y"}', '{"id":4,"v":4}', '{"id":"z","v":5}';
STEP;
EXPECT b ('id', 2), (NULL, 1), ('v', 1);
EXPECT good (1, 1), (4, 4);

-- test: a sink gets each bad record once
CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE s (code STRING, raw STRING) WITH ('connector' = 'print');
CREATE MATERIALIZED VIEW good AS SELECT id FROM t;
INSERT INTO s SELECT code, CAST(`value` AS STRING) FROM t.bad;
PUSH BYTES INTO t '{"id":"a"}', '{"id":1}';
STEP;
PUSH BYTES INTO t '{"id":"b"}';
STEP;
CHECKPOINT;
CRASH;
PUSH BYTES INTO t '{"id":"c"}';
STEP;
EXPECT s ('W1502', '{"id":"a"}'), ('W1502', '{"id":"b"}'), ('W1502', '{"id":"c"}');

-- test: late rows are counted by a view
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW w AS
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW l AS SELECT window_end, COUNT(*) AS n FROM w.late GROUP BY window_end;
PUSH INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, TIMESTAMP '2024-01-01 00:00:15'), (3, TIMESTAMP '2024-01-01 00:00:02');
STEP;
EXPECT l (TIMESTAMP '2024-01-01 00:00:10', 1);
PUSH INTO t VALUES (4, TIMESTAMP '2024-01-01 00:00:31'), (5, TIMESTAMP '2024-01-01 00:00:03'), (6, TIMESTAMP '2024-01-01 00:00:16');
STEP;
EXPECT l (TIMESTAMP '2024-01-01 00:00:10', 2), (TIMESTAMP '2024-01-01 00:00:20', 1);
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 1), (TIMESTAMP '2024-01-01 00:00:10', 1);

-- test: what a view reads is not dropped under it
CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW b AS SELECT COUNT(*) AS n FROM t.bad;
EXPECT ERROR 'W1107' LIKE '%b reads it%';
DROP TABLE t;
DROP TABLE t CASCADE;
EXPECT ERROR 'W1101';
SELECT * FROM b;

-- test: a view over the late rows of a view fails back with it
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW w AS
SELECT window_start, COUNT(*) AS n, MAX(10 / id) AS x FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW l AS SELECT COUNT(*) AS n FROM w.late;
PUSH INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, TIMESTAMP '2024-01-01 00:00:15'), (3, TIMESTAMP '2024-01-01 00:00:02'), (0, TIMESTAMP '2024-01-01 00:00:16');
EXPECT ERROR 'W1204';
STEP;
RESUME w SKIP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 1, 10);
EXPECT l (1);
EXPECT LATE w (3);
EXPECT (SELECT code, "offset" FROM t.bad) ('W1204', 3);

-- test: a late retraction is kept with its kind
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW w AS
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, TIMESTAMP '2024-01-01 00:00:15'), (3, TIMESTAMP '2024-01-01 00:00:02');
PUSH DELETE FROM t VALUES (1, TIMESTAMP '2024-01-01 00:00:01');
STEP;
EXPECT (SELECT kind, window_end, "offset" FROM w.late) ('+I', TIMESTAMP '2024-01-01 00:00:10', 2), ('-D', TIMESTAMP '2024-01-01 00:00:10', 3);
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 1);
