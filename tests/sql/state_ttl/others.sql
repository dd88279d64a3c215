-- test: INTERSECT and EXCEPT
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE a (k INT) WITH ('format' = 'json');
CREATE TABLE b (k INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW i AS SELECT k FROM a INTERSECT SELECT k FROM b;
CREATE MATERIALIZED VIEW e AS SELECT k FROM a EXCEPT SELECT k FROM b;
PUSH INTO a VALUES (1), (2), (3);
PUSH INTO b VALUES (1);
STEP;
EXPECT i (1);
EXPECT e (2), (3);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO b VALUES (2), (3);
STEP;
EXPECT i (1);
EXPECT e (2), (3);
PUSH INTO a VALUES (2), (1);
STEP;
EXPECT i (1), (2);
EXPECT e (2), (3), (1);

-- test: OVER without a bound, by either time
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW byp AS SELECT k, v, SUM(v) OVER (PARTITION BY k ORDER BY p) AS s FROM t;
CREATE MATERIALIZED VIEW byt AS SELECT k, v, COUNT(DISTINCT v) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS d, LAG(v) OVER (PARTITION BY k ORDER BY ts) AS l FROM t;
PUSH INTO t VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('a', 2, TIMESTAMP '2024-01-01 00:00:02');
STEP;
EXPECT byp ('a', 1, 1), ('a', 2, 3);
EXPECT byt ('a', 1, 1, NULL), ('a', 2, 2, 1);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO t VALUES ('a', 2, TIMESTAMP '2024-01-01 00:00:03'), ('b', 1, TIMESTAMP '2024-01-01 00:00:04');
STEP;
EXPECT byp ('a', 1, 1), ('a', 2, 3), ('a', 2, 2), ('b', 1, 1);
EXPECT byt ('a', 1, 1, NULL), ('a', 2, 2, 1), ('a', 2, 1, NULL), ('b', 1, 1, NULL);

-- test: OVER with a bound by rows forgets partitions
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (k STRING, v INT, p AS PROCTIME()) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, v, SUM(v) OVER (PARTITION BY k ORDER BY p ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM t;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('b', 7);
STEP;
ADVANCE CLOCK BY INTERVAL '59' MINUTE;
PUSH INTO t VALUES ('a', 4);
STEP;
ADVANCE CLOCK BY INTERVAL '1' MINUTE;
PUSH INTO t VALUES ('a', 8), ('b', 8);
STEP;
EXPECT w ('a', 1, 1), ('a', 2, 3), ('b', 7, 7), ('a', 4, 7), ('a', 8, 14), ('b', 8, 8);

-- test: OVER over rows that are taken back: each row leaves by itself
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (id INT, k STRING, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW w AS SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY id) AS s FROM t;
INSERT INTO t VALUES (1, 'a', 1), (2, 'a', 2);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
INSERT INTO t VALUES (3, 'a', 4);
EXPECT w (1, 1), (2, 3), (3, 7);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
STEP;
EXPECT w (3, 4);
UPDATE t SET v = 10 WHERE id = 1;
EXPECT w (1, 10), (3, 14);

-- test: a sink whose key is another: what was forgotten is not brought back
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE t (id INT, k STRING, v INT, PRIMARY KEY (id));
CREATE TABLE s (k STRING, v INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
INSERT INTO s SELECT k, v FROM t;
INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2);
INSERT INTO t VALUES (3, 'a', 3);
EXPECT s ('a', 3), ('b', 2);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (4, 'a', 4);
EXPECT s ('a', 4), ('b', 2);
DELETE FROM t WHERE id = 4;
EXPECT s ('b', 2);

-- test: an upsert table forgets its keys: a row comes as a new one, a tombstone finds nothing
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE u (k STRING, v INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT k, v FROM u;
CREATE MATERIALIZED VIEW n AS SELECT COUNT(*) AS n, SUM(v) AS s FROM u;
PUSH INTO u VALUES ('a', 1), ('b', 2);
STEP;
EXPECT w ('a', 1), ('b', 2);
EXPECT n (2, 3);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO u VALUES ('a', 1);
STEP;
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO u VALUES ('a', 3), ('b', 4);
STEP;
EXPECT w ('a', 3), ('b', 4);
EXPECT n (3, 9);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH DELETE FROM u VALUES ('a', 3);
STEP;
EXPECT w ('a', 3), ('b', 4);
