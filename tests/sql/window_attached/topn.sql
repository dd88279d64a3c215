-- test: the best row of each session
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE s (k STRING, v INT, ws TIMESTAMP(3)) WITH ('connector' = 'print');
INSERT INTO s SELECT k, v, window_start FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v DESC) AS rn FROM TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND))
) WHERE rn = 1;
PUSH INTO t VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:00'), ('b', 2, TIMESTAMP '2024-01-01 00:00:02'), ('a', 3, TIMESTAMP '2024-01-01 00:00:04'), ('b', 4, TIMESTAMP '2024-01-01 00:00:08');
FINISH;
EXPECT CHANGELOG s +I('b', 2, TIMESTAMP '2024-01-01 00:00:02'), +I('a', 3, TIMESTAMP '2024-01-01 00:00:00'), +I('b', 4, TIMESTAMP '2024-01-01 00:00:08');

-- test: the keys with the most rows of each window, from sessions and from sets
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW m AS SELECT window_start, k, n, rn FROM (
  SELECT window_start, window_end, k, n, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC, k) AS rn FROM (
    SELECT window_start, window_end, k, COUNT(*) AS n FROM SESSION(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, k)
) WHERE rn <= 1;
PUSH INTO t VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:00'), ('b', 2, TIMESTAMP '2024-01-01 00:00:02'), ('b', 3, TIMESTAMP '2024-01-01 00:00:04'), ('a', 4, TIMESTAMP '2024-01-01 00:00:30');
FINISH;
EXPECT m (TIMESTAMP '2024-01-01 00:00:00', 'b', 2, 1), (TIMESTAMP '2024-01-01 00:00:30', 'a', 1, 1);

-- test: OVER over the groups of a ROLLUP
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES ('a', 1), ('b', 2), ('b', 4);
EXPECT (SELECT k, SUM(v) AS s, RANK() OVER (PARTITION BY GROUPING(k) ORDER BY SUM(v) DESC) AS r FROM t GROUP BY ROLLUP (k)) ('a', 1, 2), ('b', 6, 1), (NULL, 7, 1);
