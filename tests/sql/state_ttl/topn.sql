-- test: a partition over rows that append is forgotten as a whole
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, v, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
PUSH INTO t VALUES ('a', 1), ('a', 5), ('a', 3), ('b', 9);
STEP;
EXPECT w ('a', 5, 1), ('a', 3, 2), ('b', 9, 1);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO t VALUES ('a', 2), ('b', 10);
STEP;
EXPECT w ('a', 5, 1), ('a', 3, 2), ('b', 10, 1), ('b', 9, 2);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO t VALUES ('a', 1), ('b', 1);
STEP;
EXPECT w ('a', 1, 1), ('a', 3, 2), ('b', 10, 1), ('b', 9, 2);

-- test: over rows that are taken back each row leaves by itself, and what stands behind it moves up
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, n, rn FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY n DESC, k) AS rn FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k)) WHERE rn <= 2;
PUSH INTO t VALUES ('a'), ('a'), ('a'), ('b'), ('b'), ('c');
STEP;
EXPECT w ('a', 3, 1), ('b', 2, 2);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO t VALUES ('b'), ('c');
STEP;
EXPECT w ('a', 3, 1), ('b', 3, 2);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
STEP;
EXPECT w ('b', 3, 1), ('c', 2, 2);
PUSH INTO t VALUES ('a');
STEP;
EXPECT w ('b', 3, 1), ('c', 2, 2);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
STEP;
EXPECT w ('a', 1, 1);

-- test: without the rank
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, COUNT(*) AS n FROM t GROUP BY k ORDER BY n DESC, k LIMIT 2;
PUSH INTO t VALUES ('a'), ('a'), ('a'), ('b'), ('b'), ('c');
STEP;
EXPECT w ('a', 3), ('b', 2);
ADVANCE CLOCK BY INTERVAL '59' MINUTE;
PUSH INTO t VALUES ('b'), ('c');
STEP;
ADVANCE CLOCK BY INTERVAL '1' MINUTE;
PUSH INTO t VALUES ('d');
STEP;
EXPECT w ('b', 3), ('c', 2);

-- test: a LIMIT alone never begins again
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k FROM t LIMIT 1;
PUSH INTO t VALUES ('a');
STEP;
ADVANCE CLOCK BY INTERVAL '2' HOUR;
PUSH INTO t VALUES ('b');
STEP;
EXPECT w ('a');

-- test: deduplication by processing time: the first row after the key was forgotten is new
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT, p AS PROCTIME()) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW first AS SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p) AS rn FROM t) WHERE rn = 1;
CREATE MATERIALIZED VIEW last AS SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p DESC) AS rn FROM t) WHERE rn = 1;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('b', 3);
STEP;
EXPECT first ('a', 1), ('b', 3);
EXPECT last ('a', 2), ('b', 3);
ADVANCE CLOCK BY INTERVAL '59' MINUTE;
PUSH INTO t VALUES ('a', 4);
STEP;
EXPECT first ('a', 1), ('b', 3);
EXPECT last ('a', 4), ('b', 3);
ADVANCE CLOCK BY INTERVAL '1' MINUTE;
PUSH INTO t VALUES ('a', 5), ('b', 6);
STEP;
EXPECT first ('a', 1), ('b', 3), ('a', 5), ('b', 6);
EXPECT last ('a', 5), ('b', 6);

-- test: deduplication by event time
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' HOUR) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW first AS SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM t) WHERE rn = 1;
CREATE MATERIALIZED VIEW last AS SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM t) WHERE rn = 1;
PUSH INTO t VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:05'), ('a', 2, TIMESTAMP '2024-01-01 00:00:07'), ('a', 3, TIMESTAMP '2024-01-01 00:00:03');
STEP;
EXPECT first ('a', 3);
EXPECT last ('a', 2);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO t VALUES ('a', 4, TIMESTAMP '2024-01-01 00:00:06');
STEP;
EXPECT first ('a', 4);
EXPECT last ('a', 4);
