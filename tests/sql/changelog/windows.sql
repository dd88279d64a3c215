-- Windows over inputs that take rows back: within an open window a change counts, and the window closes once. What a closed window held
-- does not change any more.

-- test: TUMBLE, HOP and CUMULATE over debezium: rows change within a window and move to another
CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW tum AS SELECT window_start AS ws, k, COUNT(*) AS n, SUM(v) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
CREATE MATERIALIZED VIEW mm AS SELECT window_start AS ws, MIN(v) AS lo, MAX(v) AS hi, COUNT(DISTINCT k) AS k FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW hop AS SELECT window_start AS ws, COUNT(*) AS n, SUM(v) AS s FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW cum AS SELECT window_end AS we, COUNT(*) AS n, MAX(v) AS hi FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW top AS SELECT window_start AS ws, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC NULLS LAST, id) AS rn FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))) AS x WHERE rn <= 2;
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"k":"a","v":1,"ts":"2024-01-01 00:00:01"},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","v":2,"ts":"2024-01-01 00:00:05"},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":"b","v":4,"ts":"2024-01-01 00:00:09.999"},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":"a","v":8,"ts":"2024-01-01 00:00:10"},"op":"c"}',
  '{"before":null,"after":{"id":5,"k":null,"v":null,"ts":"2024-01-01 00:00:12"},"op":"c"}',
  '{"before":null,"after":{"id":6,"k":"b","v":32,"ts":"2024-01-01 00:00:45"},"op":"c"}';
STEP;
EXPECT tum ();
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","v":1,"ts":"2024-01-01 00:00:01"},"after":{"id":1,"k":"a","v":100,"ts":"2024-01-01 00:00:02"},"op":"u"}',
  '{"before":{"id":2,"k":"a","v":2,"ts":"2024-01-01 00:00:05"},"after":{"id":2,"k":"b","v":2,"ts":"2024-01-01 00:00:25"},"op":"u"}',
  '{"before":{"id":4,"k":"a","v":8,"ts":"2024-01-01 00:00:10"},"after":null,"op":"d"}',
  '{"before":{"id":6,"k":"b","v":32,"ts":"2024-01-01 00:00:45"},"after":null,"op":"d"}',
  '{"before":null,"after":{"id":7,"k":"c","v":64,"ts":"2024-01-01 00:00:14"},"op":"c"}';
FINISH;
EXPECT tum (TIMESTAMP '2024-01-01 00:00:00', 'a', 1, 100), (TIMESTAMP '2024-01-01 00:00:00', 'b', 1, 4), (TIMESTAMP '2024-01-01 00:00:10', NULL, 1, NULL), (TIMESTAMP '2024-01-01 00:00:10', 'c', 1, 64), (TIMESTAMP '2024-01-01 00:00:20', 'b', 1, 2);
EXPECT mm (TIMESTAMP '2024-01-01 00:00:00', 4, 100, 2), (TIMESTAMP '2024-01-01 00:00:10', 64, 64, 1), (TIMESTAMP '2024-01-01 00:00:20', 2, 2, 1);
EXPECT hop (TIMESTAMP '2023-12-31 23:59:55', 1, 100), (TIMESTAMP '2024-01-01 00:00:00', 2, 104), (TIMESTAMP '2024-01-01 00:00:05', 3, 68), (TIMESTAMP '2024-01-01 00:00:10', 2, 64), (TIMESTAMP '2024-01-01 00:00:20', 1, 2), (TIMESTAMP '2024-01-01 00:00:25', 1, 2);
EXPECT cum (TIMESTAMP '2024-01-01 00:00:05', 1, 100), (TIMESTAMP '2024-01-01 00:00:10', 2, 100), (TIMESTAMP '2024-01-01 00:00:15', 2, 64), (TIMESTAMP '2024-01-01 00:00:20', 2, 64), (TIMESTAMP '2024-01-01 00:00:30', 1, 2);
EXPECT top (TIMESTAMP '2024-01-01 00:00:00', 1), (TIMESTAMP '2024-01-01 00:00:00', 3), (TIMESTAMP '2024-01-01 00:00:10', 5), (TIMESTAMP '2024-01-01 00:00:10', 7), (TIMESTAMP '2024-01-01 00:00:20', 2);

-- test: TUMBLE, HOP and CUMULATE over upsert-kafka: a window that loses its last row is not shown
CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW tum AS SELECT window_start AS ws, k, COUNT(*) AS n, SUM(v) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k;
CREATE MATERIALIZED VIEW hop AS SELECT window_start AS ws, MIN(v) AS lo FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW cum AS SELECT window_end AS we, COUNT(*) AS n FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t VALUES (1, 'a', 1, TIMESTAMP '2024-01-01 00:00:01'), (2, 'a', 2, TIMESTAMP '2024-01-01 00:00:11'), (3, 'b', 4, TIMESTAMP '2024-01-01 00:00:21'), (4, 'a', 8, TIMESTAMP '2024-01-01 00:00:02');
STEP;
PUSH INTO t VALUES (2, 'a', 16, TIMESTAMP '2024-01-01 00:00:31');
PUSH DELETE FROM t VALUES (3, 'b', 4, TIMESTAMP '2024-01-01 00:00:21');
PUSH INTO t VALUES (4, 'b', 32, TIMESTAMP '2024-01-01 00:00:07'), (1, 'a', 64, TIMESTAMP '2024-01-01 00:00:01');
FINISH;
EXPECT tum (TIMESTAMP '2024-01-01 00:00:00', 'a', 1, 64), (TIMESTAMP '2024-01-01 00:00:00', 'b', 1, 32), (TIMESTAMP '2024-01-01 00:00:30', 'a', 1, 16);
EXPECT hop (TIMESTAMP '2023-12-31 23:59:55', 64), (TIMESTAMP '2024-01-01 00:00:00', 32), (TIMESTAMP '2024-01-01 00:00:05', 32), (TIMESTAMP '2024-01-01 00:00:25', 16), (TIMESTAMP '2024-01-01 00:00:30', 16);
EXPECT cum (TIMESTAMP '2024-01-01 00:00:05', 1), (TIMESTAMP '2024-01-01 00:00:10', 2), (TIMESTAMP '2024-01-01 00:00:35', 1), (TIMESTAMP '2024-01-01 00:00:40', 1);

-- test: a window closes with what it holds then; a later change of its rows only counts where it goes
CREATE TABLE t (id INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW w AS SELECT window_start AS ws, COUNT(*) AS n, SUM(v) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"v":1,"ts":"2024-01-01 00:00:01"},"op":"c"}',
  '{"before":null,"after":{"id":2,"v":2,"ts":"2024-01-01 00:00:02"},"op":"c"}',
  '{"before":{"id":2,"v":2,"ts":"2024-01-01 00:00:02"},"after":{"id":2,"v":20,"ts":"2024-01-01 00:00:03"},"op":"u"}',
  '{"before":null,"after":{"id":3,"v":4,"ts":"2024-01-01 00:00:10"},"op":"c"}';
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 2, 21);
PUSH BYTES INTO t '{"before":{"id":1,"v":1,"ts":"2024-01-01 00:00:01"},"after":{"id":1,"v":100,"ts":"2024-01-01 00:00:12"},"op":"u"}',
  '{"before":{"id":2,"v":20,"ts":"2024-01-01 00:00:03"},"after":null,"op":"d"}';
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 2, 21);
PUSH BYTES INTO t '{"before":null,"after":{"id":4,"v":8,"ts":"2024-01-01 00:00:20"},"op":"c"}';
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 2, 21), (TIMESTAMP '2024-01-01 00:00:10', 2, 104);
EXPECT (SELECT COUNT(*) FROM w.late) (2);
FINISH;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 2, 21), (TIMESTAMP '2024-01-01 00:00:10', 2, 104), (TIMESTAMP '2024-01-01 00:00:20', 1, 8);

-- test: a window join of debezium with upsert-kafka
CREATE TABLE l (id INT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE r (id INT, k STRING, ts TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW i AS SELECT l.id, r.id AS r FROM (SELECT * FROM TABLE(TUMBLE(TABLE l, DESCRIPTOR(ts), INTERVAL '10' SECOND))) AS l JOIN (SELECT * FROM TABLE(TUMBLE(TABLE r, DESCRIPTOR(ts), INTERVAL '10' SECOND))) AS r ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end;
CREATE MATERIALIZED VIEW f AS SELECT l.id, r.id AS r FROM (SELECT * FROM TABLE(TUMBLE(TABLE l, DESCRIPTOR(ts), INTERVAL '10' SECOND))) AS l FULL JOIN (SELECT * FROM TABLE(TUMBLE(TABLE r, DESCRIPTOR(ts), INTERVAL '10' SECOND))) AS r ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end;
PUSH BYTES INTO l '{"before":null,"after":{"id":1,"k":"a","ts":"2024-01-01 00:00:01"},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"b","ts":"2024-01-01 00:00:02"},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":"a","ts":"2024-01-01 00:00:12"},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":null,"ts":"2024-01-01 00:00:12"},"op":"c"}';
PUSH INTO r VALUES (10, 'a', TIMESTAMP '2024-01-01 00:00:09'), (11, 'a', TIMESTAMP '2024-01-01 00:00:09'), (12, 'b', TIMESTAMP '2024-01-01 00:00:19'), (13, NULL, TIMESTAMP '2024-01-01 00:00:12');
STEP;
PUSH BYTES INTO l '{"before":{"id":2,"k":"b","ts":"2024-01-01 00:00:02"},"after":{"id":2,"k":"b","ts":"2024-01-01 00:00:11"},"op":"u"}',
  '{"before":{"id":1,"k":"a","ts":"2024-01-01 00:00:01"},"after":null,"op":"d"}';
PUSH INTO r VALUES (11, 'a', TIMESTAMP '2024-01-01 00:00:13');
PUSH DELETE FROM r VALUES (13, NULL, TIMESTAMP '2024-01-01 00:00:12');
FINISH;
EXPECT i (2, 12), (3, 11);
EXPECT f (NULL, 10), (2, 12), (3, 11), (4, NULL);
