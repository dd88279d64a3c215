-- A table or view that changes, and its side tables with those who read them.

-- test: a mended table keeps its bad records, and the queries that missed them get them
CREATE TABLE t (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'csv');
CREATE MATERIALIZED VIEW g AS SELECT id, v FROM t;
CREATE MATERIALIZED VIEW b AS SELECT COUNT(*) AS n FROM t.bad;
PUSH BYTES INTO t '1,10', '2;20', '3,x';
STEP;
EXPECT g (1, 10);
EXPECT b (2);
ALTER TABLE t SET ('csv.field-delimiter' = ';');
EXPECT g (1, 10);
EXPECT b (2);
REPLAY t.bad;
EXPECT g (1, 10), (2, 20);
EXPECT b (2);
EXPECT (SELECT CAST(`value` AS STRING) FROM t.bad) ('3,x');
PUSH BYTES INTO t '4;40', '5,50';
STEP;
EXPECT g (1, 10), (2, 20), (4, 40);
EXPECT b (3);

-- test: a view that is kept keeps its late rows, and who reads them goes on
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW w AS
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW l AS SELECT COUNT(*) AS n FROM w.late;
PUSH INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:15'), (2, TIMESTAMP '2024-01-01 00:00:01');
STEP;
EXPECT l (1);
ALTER TABLE t SET ('json.ignore-parse-errors' = 'true');
EXPECT l (1);
PUSH INTO t VALUES (3, TIMESTAMP '2024-01-01 00:00:02');
STEP;
EXPECT l (2);
EXPECT (SELECT COUNT(*) FROM w.late) (2);

-- test: a view that is built anew begins its late rows anew, and so does who reads them
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW w AS
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW l AS SELECT COUNT(*) AS n FROM w.late;
PUSH INTO t VALUES (1, TIMESTAMP '2024-01-01 00:00:15'), (2, TIMESTAMP '2024-01-01 00:00:01'), (3, TIMESTAMP '2024-01-01 00:00:11');
STEP;
EXPECT l (1);
CREATE OR REPLACE MATERIALIZED VIEW w AS
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
STEP;
EXPECT l (2);
EXPECT (SELECT COUNT(*) FROM w.late) (2);
