-- FIRST_VALUE and LAST_VALUE of windows, which keep their value in the window's block: every type, long values, NULLs, early results.

-- test: the first and the last of every type in a window, in order of arrival; NULLs do not count
CREATE TABLE s (k INT, ts TIMESTAMP(3), s STRING, i INT, f DOUBLE, d DECIMAL(30, 3), b BOOLEAN, t TIMESTAMP(6), a ARRAY<INT>, y BYTES, WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW firsts AS SELECT k, FIRST_VALUE(s) AS s, FIRST_VALUE(i) AS i, FIRST_VALUE(f) AS f, FIRST_VALUE(d) AS d, FIRST_VALUE(b) AS b, FIRST_VALUE(t) AS t, FIRST_VALUE(a) AS a, FIRST_VALUE(y) AS y
FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
CREATE MATERIALIZED VIEW lasts AS SELECT k, LAST_VALUE(s) AS s, LAST_VALUE(i) AS i, LAST_VALUE(f) AS f, LAST_VALUE(d) AS d, LAST_VALUE(b) AS b, LAST_VALUE(t) AS t, LAST_VALUE(a) AS a, LAST_VALUE(y) AS y
FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
PUSH INTO s VALUES
  (1, TIMESTAMP '2024-01-01 00:00:05', '', -1, -0.5, 12345678901234567890.123, FALSE, TIMESTAMP '1969-12-31 23:59:59.999999', ARRAY[1, 2, 3], x'00ff'),
  (1, TIMESTAMP '2024-01-01 00:00:01', 'zwei', 2, 2.5, -1.5, TRUE, TIMESTAMP '2024-01-01 00:00:00.000001', ARRAY[4], x''),
  (2, TIMESTAMP '2024-01-01 00:00:02', CAST(NULL AS STRING), CAST(NULL AS INT), CAST(NULL AS DOUBLE), CAST(NULL AS DECIMAL(30, 3)), CAST(NULL AS BOOLEAN), CAST(NULL AS TIMESTAMP(6)), CAST(NULL AS ARRAY<INT>), CAST(NULL AS BYTES));
STEP;
PUSH INTO s VALUES
  (1, TIMESTAMP '2024-01-01 00:00:02', CAST(NULL AS STRING), CAST(NULL AS INT), CAST(NULL AS DOUBLE), CAST(NULL AS DECIMAL(30, 3)), CAST(NULL AS BOOLEAN), CAST(NULL AS TIMESTAMP(6)), CAST(NULL AS ARRAY<INT>), CAST(NULL AS BYTES)),
  (9, TIMESTAMP '2024-01-01 00:00:10', 'x', 1, 1.0, 1.0, TRUE, TIMESTAMP '2024-01-01 00:00:00', ARRAY[1], x'00');
STEP;
EXPECT firsts (1, '', -1, -0.5, 12345678901234567890.123, FALSE, TIMESTAMP '1969-12-31 23:59:59.999999', ARRAY[1, 2, 3], x'00ff'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
EXPECT lasts (1, 'zwei', 2, 2.5, -1.500, TRUE, TIMESTAMP '2024-01-01 00:00:00.000001', ARRAY[4], x''), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- test: values around the length that a block has room for, long after short and short after long, with FILTER
CREATE TABLE s (k STRING, v STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT window_start, k, FIRST_VALUE(v) AS first, LAST_VALUE(v) AS last, LAST_VALUE(v) FILTER (WHERE v LIKE 'b%') AS b, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
PUSH INTO s VALUES ('22', REPEAT('a', 22), TIMESTAMP '2024-01-01 00:00:01'), ('23', REPEAT('a', 23), TIMESTAMP '2024-01-01 00:00:01'),
  ('up', 'a', TIMESTAMP '2024-01-01 00:00:01'), ('up', REPEAT('b', 300), TIMESTAMP '2024-01-01 00:00:01'), ('up', REPEAT('c', 40), TIMESTAMP '2024-01-01 00:00:01'),
  ('down', REPEAT('a', 300), TIMESTAMP '2024-01-01 00:00:01'), ('down', REPEAT('b', 40), TIMESTAMP '2024-01-01 00:00:01');
STEP;
CHECKPOINT;
PUSH INTO s VALUES ('down', 'c', TIMESTAMP '2024-01-01 00:00:02'), ('22', REPEAT('b', 22), TIMESTAMP '2024-01-01 00:00:02'), ('23', REPEAT('b', 23), TIMESTAMP '2024-01-01 00:00:02');
STEP;
CRASH;
PUSH INTO s VALUES ('up', REPEAT('d', 23), TIMESTAMP '2024-01-01 00:00:11'), ('down', REPEAT('b', 22), TIMESTAMP '2024-01-01 00:00:11'), ('end', 'x', TIMESTAMP '2024-01-01 00:00:20');
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', '22', REPEAT('a', 22), REPEAT('b', 22), REPEAT('b', 22), 2), (TIMESTAMP '2024-01-01 00:00:00', '23', REPEAT('a', 23), REPEAT('b', 23), REPEAT('b', 23), 2),
  (TIMESTAMP '2024-01-01 00:00:00', 'up', 'a', REPEAT('c', 40), REPEAT('b', 300), 3), (TIMESTAMP '2024-01-01 00:00:00', 'down', REPEAT('a', 300), 'c', REPEAT('b', 40), 3),
  (TIMESTAMP '2024-01-01 00:00:10', 'up', REPEAT('d', 23), REPEAT('d', 23), NULL, 1), (TIMESTAMP '2024-01-01 00:00:10', 'down', REPEAT('b', 22), REPEAT('b', 22), REPEAT('b', 22), 1);

-- test: NULLs that count, a window without keys, and windows that were attached before
CREATE TABLE s (v STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE VIEW attached AS SELECT * FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND));
CREATE MATERIALIZED VIEW w AS SELECT window_start, FIRST_VALUE(v) AS first, LAST_VALUE(v) AS last FROM attached GROUP BY window_start, window_end;
PUSH INTO s VALUES ('a', TIMESTAMP '2024-01-01 00:00:01'), (REPEAT('l', 50), TIMESTAMP '2024-01-01 00:00:11'), ('b', TIMESTAMP '2024-01-01 00:00:12'), (CAST(NULL AS STRING), TIMESTAMP '2024-01-01 00:00:13'), ('end', TIMESTAMP '2024-01-01 00:00:20');
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 'a', 'a'), (TIMESTAMP '2024-01-01 00:00:10', REPEAT('l', 50), 'b');

-- test: early results of a window follow its last value
CREATE TABLE s (k INT, v STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, LAST_VALUE(v) AS last, FIRST_VALUE(v) AS first FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k EMIT CHANGES;
PUSH INTO s VALUES (1, 'a', TIMESTAMP '2024-01-01 00:00:01');
STEP;
EXPECT CHANGES w +(1, 'a', 'a');
PUSH INTO s VALUES (1, REPEAT('b', 30), TIMESTAMP '2024-01-01 00:00:02');
STEP;
EXPECT CHANGES w -(1, 'a', 'a'), +(1, REPEAT('b', 30), 'a');
PUSH INTO s VALUES (1, 'c', TIMESTAMP '2024-01-01 00:00:02'), (2, 'x', TIMESTAMP '2024-01-01 00:00:12');
STEP;
EXPECT CHANGES w -(1, REPEAT('b', 30), 'a'), +(1, 'c', 'a'), +(2, 'x', 'x');
EXPECT w (1, 'c', 'a'), (2, 'x', 'x');
