-- What a query that puts nothing out says of itself: each cause has its own words.

-- test: the partition that holds the watermark is named, with what would move it
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND);
CREATE MATERIALIZED VIEW v AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t PARTITION 0 VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, TIMESTAMP '2024-01-01 00:00:30');
PUSH INTO t PARTITION 1 VALUES (3, TIMESTAMP '2024-01-01 00:00:02');
STEP;
EXPECT v ();
EXPECT (WHY v) LIKE '%partition t/1: at position 1, watermark 2024-01-01 00:00:01.000 <- holds the watermark%';
EXPECT (WHY v) NOT LIKE '%partition t/0%holds the watermark%partition t/1%';
EXPECT (WHY v) LIKE '%the next one ends at 2024-01-01 00:00:10.000%8999 ms further%what moves it: rows of "t"%';

-- test: a partition that never had a row is what all windows wait for
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t PARTITION 1 VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (2, TIMESTAMP '2024-01-01 00:00:30');
STEP;
EXPECT v ();
EXPECT (WHY v) LIKE '%partition t/0: %<- holds the watermark%no watermark yet, so none can close: each partition that is not idle must bring a row first%';
IDLE t PARTITION 0;
STEP;
EXPECT (WHY v) LIKE '%partition t/0: %idle: the watermark does not wait for it%';
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', 1);

-- test: the silent side of a temporal join is named
CREATE TABLE o (cur STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE r (cur STRING, rate INT, ts TIMESTAMP(3), PRIMARY KEY (cur) NOT ENFORCED, WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT o.cur, r.rate FROM o LEFT JOIN r FOR SYSTEM_TIME AS OF o.ts ON o.cur = r.cur;
PUSH INTO r VALUES ('E', 1, TIMESTAMP '2024-01-01 00:00:01');
PUSH INTO o VALUES ('E', TIMESTAMP '2024-01-01 00:00:05');
STEP;
EXPECT v ();
EXPECT (WHY v) LIKE '%input "r" partition r/0: %watermark 2024-01-01 00:00:01.000 <- holds the watermark%';
IDLE r PARTITION 0;
STEP;
EXPECT (WHY v) LIKE '%input "r" partition r/0: %idle: the watermark does not wait for it%';
EXPECT v ('E', 1);

-- test: rows that came too late are counted and can be looked at
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t VALUES (1, TIMESTAMP '2034-01-01 00:00:00'), (2, TIMESTAMP '2024-01-01 00:00:02');
STEP;
EXPECT (WHY v) LIKE '%late: 1 rows came after their window had closed: SELECT * FROM "v".late%';

-- test: paused, failed and held are no waiting -- not replayable
CREATE TABLE t (id INT);
CREATE MATERIALIZED VIEW v AS SELECT id, 10 / id AS x FROM t;
CREATE MATERIALIZED VIEW w AS SELECT COUNT(*) AS n FROM v;
PUSH INTO t VALUES (1);
STEP;
EXPECT (WHY w) LIKE '%is running; it has taken 1 rows%';
PUSH INTO t VALUES (0);
EXPECT ERROR 'W1204';
STEP;
EXPECT (WHY v) LIKE '%has failed and stands at its last epoch: W1204%RESUME tries again%';
EXPECT (WHY w) LIKE '%waits for "v", which it reads and which does not run%';
RESUME v SKIP;
PAUSE v;
EXPECT (WHY v) LIKE '%is paused: RESUME lets it go on%';
