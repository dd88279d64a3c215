-- test: a window over upserts holds the newest row of each key when it closes, in the partition that is slowest
CREATE TABLE t (id INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT window_start, COUNT(*) AS n, SUM(v) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t PARTITION 0 VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:01'), (1, 2, TIMESTAMP '2024-01-01 00:00:02'), (3, 7, TIMESTAMP '2024-01-01 00:00:15');
PUSH INTO t PARTITION 1 VALUES (2, 5, TIMESTAMP '2024-01-01 00:00:03');
STEP;
EXPECT w ();
PUSH INTO t PARTITION 1 VALUES (2, 6, TIMESTAMP '2024-01-01 00:00:16');
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 1, 2);
PUSH INTO t PARTITION 1 VALUES (4, 9, TIMESTAMP '2024-01-01 00:00:04');
PUSH INTO t PARTITION 0 VALUES (1, 3, TIMESTAMP '2024-01-01 00:00:22');
STEP;
IDLE t PARTITION 1;
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 1, 2), (TIMESTAMP '2024-01-01 00:00:10', 2, 13);
