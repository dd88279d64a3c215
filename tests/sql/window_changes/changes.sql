-- test: upserts within a window: each row takes the place of the one before
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (k) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'upsert-kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'x', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW m AS SELECT window_start, COUNT(*) AS n, SUM(v) AS s, MIN(v) AS lo FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('b', 2, TIMESTAMP '2024-01-01 00:00:02'), ('a', 5, TIMESTAMP '2024-01-01 00:00:03');
STEP;
PUSH INTO t VALUES ('b', 7, TIMESTAMP '2024-01-01 00:00:12');
FINISH;
EXPECT m (TIMESTAMP '2024-01-01 00:00:00', 1, 5, 5), (TIMESTAMP '2024-01-01 00:00:10', 1, 7, 7);

-- test: upserts within HOP, CUMULATE and SESSION
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (k) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '20' SECOND)
WITH ('connector' = 'upsert-kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'x', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW h AS SELECT window_end, COUNT(*) AS n, MAX(v) AS hi FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW c AS SELECT window_end, COUNT(*) AS n, SUM(v) AS s FROM CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW s AS SELECT window_start, window_end, COUNT(*) AS n, LISTAGG(k) AS l FROM SESSION(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end;
PUSH INTO t VALUES ('a', 9, TIMESTAMP '2024-01-01 00:00:01'), ('b', 2, TIMESTAMP '2024-01-01 00:00:05'), ('c', 3, TIMESTAMP '2024-01-01 00:00:09');
STEP;
PUSH INTO t VALUES ('b', 4, TIMESTAMP '2024-01-01 00:00:16'), ('a', 1, TIMESTAMP '2024-01-01 00:00:01');
FINISH;
EXPECT h (TIMESTAMP '2024-01-01 00:00:05', 1, 1), (TIMESTAMP '2024-01-01 00:00:10', 2, 3), (TIMESTAMP '2024-01-01 00:00:15', 1, 3), (TIMESTAMP '2024-01-01 00:00:20', 1, 4), (TIMESTAMP '2024-01-01 00:00:25', 1, 4);
EXPECT c (TIMESTAMP '2024-01-01 00:00:05', 1, 1), (TIMESTAMP '2024-01-01 00:00:10', 2, 4), (TIMESTAMP '2024-01-01 00:00:20', 1, 4);
EXPECT s (TIMESTAMP '2024-01-01 00:00:01', TIMESTAMP '2024-01-01 00:00:06', 1, 'a'), (TIMESTAMP '2024-01-01 00:00:09', TIMESTAMP '2024-01-01 00:00:14', 1, 'c'), (TIMESTAMP '2024-01-01 00:00:16', TIMESTAMP '2024-01-01 00:00:21', 1, 'b');

-- test: an upsert whose old row is in a closed window changes only the new one
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (k) NOT ENFORCED, WATERMARK FOR ts AS ts)
WITH ('connector' = 'upsert-kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'x', 'key.format' = 'json', 'value.format' = 'json');
CREATE TABLE o (ws TIMESTAMP(3), n BIGINT, s INT) WITH ('connector' = 'print');
CREATE TABLE p (ws TIMESTAMP(3), n BIGINT, s INT) WITH ('connector' = 'print');
INSERT INTO o SELECT window_start, COUNT(*), SUM(v) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
INSERT INTO p SELECT window_start, COUNT(*), SUM(v) FROM SESSION(TABLE t, DESCRIPTOR(ts), INTERVAL '2' SECOND) GROUP BY window_start, window_end;
PUSH INTO t VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('b', 2, TIMESTAMP '2024-01-01 00:00:02'), ('c', 4, TIMESTAMP '2024-01-01 00:00:15'), ('a', 8, TIMESTAMP '2024-01-01 00:00:16'), ('b', 16, TIMESTAMP '2024-01-01 00:00:03');
FINISH;
EXPECT CHANGELOG o +I(TIMESTAMP '2024-01-01 00:00:00', 2, 3), +I(TIMESTAMP '2024-01-01 00:00:10', 2, 12);
EXPECT CHANGELOG p +I(TIMESTAMP '2024-01-01 00:00:01', 2, 3), +I(TIMESTAMP '2024-01-01 00:00:15', 2, 12);

-- test: a DELETE of an upsert table takes its row out of the open window
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (k) NOT ENFORCED, WATERMARK FOR ts AS ts)
WITH ('connector' = 'upsert-kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'x', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;
PUSH INTO t VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('b', 2, TIMESTAMP '2024-01-01 00:00:02');
STEP;
PUSH DELETE FROM t VALUES ('a', NULL, NULL);
FINISH;
EXPECT m ('b', 1);
