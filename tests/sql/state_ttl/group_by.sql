-- test: a group that was not written for the ttl begins anew, and the view has its new row in place of the old one
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('b', 5);
STEP;
ADVANCE CLOCK BY INTERVAL '59' MINUTE;
PUSH INTO t VALUES ('a', 3);
STEP;
EXPECT w ('a', 3, 6), ('b', 1, 5);
ADVANCE CLOCK BY INTERVAL '1' MINUTE;
PUSH INTO t VALUES ('a', 4), ('b', 7);
STEP;
EXPECT w ('a', 4, 10), ('b', 1, 7);

-- test: what expired is counted, and a view keeps its rows
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('b', 2);
STEP;
ADVANCE CLOCK BY INTERVAL '2' HOUR;
STEP;
EXPECT w ('a', 1), ('b', 1);
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT w ('a', 1), ('b', 1);

-- test: one millisecond before the ttl is not over
SET 'table.exec.state.ttl' = '10 s';
CREATE TABLE t (k STRING, v INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
ADVANCE CLOCK BY INTERVAL '9.999' SECOND;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT w ('a', 2);
ADVANCE CLOCK BY INTERVAL '10' SECOND;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT w ('a', 1);

-- test: DISTINCT, MIN, MAX and lists are forgotten with their group
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, COUNT(DISTINCT v) AS d, MIN(v) AS lo, MAX(v) AS hi, LISTAGG(CAST(v AS STRING)) AS l, FIRST_VALUE(v) AS f, LAST_VALUE(v) AS z FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 9), ('a', 9), ('b', 3);
STEP;
EXPECT w ('a', 2, 1, 9, '1,9,9', 1, 9), ('b', 1, 3, 3, '3', 3, 3);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO t VALUES ('b', 4);
STEP;
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO t VALUES ('a', 9), ('a', 5), ('b', 4);
STEP;
EXPECT w ('a', 2, 5, 9, '9,5', 9, 5), ('b', 2, 3, 4, '3,4,4', 3, 4);

-- test: a global aggregate begins anew
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (v INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT COUNT(*) AS n, COUNT(DISTINCT v) AS d FROM t;
EXPECT w (0, 0);
PUSH INTO t VALUES (1), (2), (2);
STEP;
EXPECT w (3, 2);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO t VALUES (2);
STEP;
EXPECT w (1, 1);

-- test: a row that is taken back after its group was forgotten is dropped, and the rest goes on
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (id INT, k STRING, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW w AS SELECT k, COUNT(*) AS n, SUM(v) AS s, MAX(v) AS m FROM t GROUP BY k;
INSERT INTO t VALUES (1, 'a', 1), (2, 'a', 2), (3, 'b', 3);
STEP;
EXPECT w ('a', 2, 3, 2), ('b', 1, 3, 3);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
UPDATE t SET v = 10 WHERE id = 1;
STEP;
EXPECT w ('a', 1, 10, 10), ('b', 1, 3, 3);
DELETE FROM t WHERE id = 3;
STEP;
EXPECT w ('a', 1, 10, 10), ('b', 1, 3, 3);

-- test: rows of the view are told to who reads it: the old one goes when the new one comes
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, SUM(v) AS s FROM t GROUP BY k;
SET 'table.exec.state.ttl' = '0';
CREATE MATERIALIZED VIEW total AS SELECT COUNT(*) AS n, SUM(s) AS s FROM w;
PUSH INTO t VALUES ('a', 1), ('b', 2);
STEP;
EXPECT total (2, 3);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO t VALUES ('a', 10);
STEP;
EXPECT w ('a', 10), ('b', 2);
EXPECT total (2, 12);

-- test: aggregates of aggregates: what is written again with the same result keeps what stands on it alive
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT m, COUNT(*) AS n FROM (SELECT k, MAX(v) AS m FROM t GROUP BY k) GROUP BY m;
PUSH INTO t VALUES ('a', 9), ('b', 9);
STEP;
ADVANCE CLOCK BY INTERVAL '40' MINUTE;
PUSH INTO t VALUES ('a', 3), ('b', 1);
STEP;
ADVANCE CLOCK BY INTERVAL '40' MINUTE;
PUSH INTO t VALUES ('a', 10);
STEP;
EXPECT w (9, 1), (10, 1);

-- test: SELECT DISTINCT sends a row that was forgotten once more; the view has it once
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING) WITH ('format' = 'json');
CREATE TABLE s (k STRING) WITH ('connector' = 'print');
CREATE MATERIALIZED VIEW w AS SELECT DISTINCT k FROM t;
INSERT INTO s SELECT DISTINCT k FROM t;
PUSH INTO t VALUES ('a'), ('a'), ('b');
STEP;
EXPECT w ('a'), ('b');
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO t VALUES ('a');
STEP;
EXPECT w ('a'), ('b');
EXPECT s ('a'), ('b'), ('a');

-- test: the hint goes before the setting, and 0 is never
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW long AS SELECT /*+ STATE_TTL('t' = '0') */ k, COUNT(*) AS n FROM t GROUP BY k;
CREATE MATERIALIZED VIEW short AS SELECT /*+ STATE_TTL('x' = '10 min') */ k, COUNT(*) AS n FROM t x GROUP BY k;
PUSH INTO t VALUES ('a');
STEP;
ADVANCE CLOCK BY INTERVAL '10' MINUTE;
PUSH INTO t VALUES ('a');
STEP;
EXPECT short ('a', 1);
EXPECT long ('a', 2);
ADVANCE CLOCK BY INTERVAL '10' DAY;
PUSH INTO t VALUES ('a');
STEP;
EXPECT short ('a', 1);
EXPECT long ('a', 3);

-- test: a window knows no ttl
SET 'table.exec.state.ttl' = '1 s';
CREATE TABLE t (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
PUSH INTO t VALUES ('a', TIMESTAMP '2024-01-01 00:00:01');
STEP;
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO t VALUES ('a', TIMESTAMP '2024-01-01 00:00:02'), ('a', TIMESTAMP '2024-01-01 00:01:00');
STEP;
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 2);
