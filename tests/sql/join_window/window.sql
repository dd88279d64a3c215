-- test: rows of one window and key, when the window ends; LEFT, RIGHT and FULL
CREATE TABLE a (id INT, k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE b (id INT, k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW wa AS SELECT * FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND));
CREATE VIEW wb AS SELECT * FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '10' SECOND));
CREATE MATERIALIZED VIEW i AS SELECT l.id AS x, r.id AS y FROM wa l JOIN wb r ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end;
CREATE MATERIALIZED VIEW lj AS SELECT l.id AS x, r.id AS y FROM wa l LEFT JOIN wb r ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end;
CREATE MATERIALIZED VIEW rj AS SELECT l.id AS x, r.id AS y FROM wa l RIGHT JOIN wb r ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end;
CREATE MATERIALIZED VIEW fj AS SELECT l.id AS x, r.id AS y FROM wa l FULL JOIN wb r ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end;
CREATE MATERIALIZED VIEW c AS SELECT l.id AS x, r.id AS y FROM wa l, wb r WHERE l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end AND l.id < r.id;
PUSH INTO a VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:01'), (2, 2, TIMESTAMP '2024-01-01 00:00:02'), (3, NULL, TIMESTAMP '2024-01-01 00:00:03'), (4, 1, TIMESTAMP '2024-01-01 00:00:09.999'), (5, 1, TIMESTAMP '2024-01-01 00:00:10');
PUSH INTO b VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:09'), (2, 3, TIMESTAMP '2024-01-01 00:00:02'), (3, NULL, TIMESTAMP '2024-01-01 00:00:03'), (4, 1, TIMESTAMP '2024-01-01 00:00:01');
STEP;
EXPECT i ();
EXPECT fj ();
PUSH INTO b VALUES (5, 2, TIMESTAMP '2024-01-01 00:00:11');
STEP;
EXPECT i (1, 1), (1, 4), (4, 1), (4, 4);
EXPECT lj (1, 1), (1, 4), (2, NULL), (3, NULL), (4, 1), (4, 4);
EXPECT rj (1, 1), (1, 4), (4, 1), (4, 4), (NULL, 2), (NULL, 3);
EXPECT fj (1, 1), (1, 4), (2, NULL), (3, NULL), (4, 1), (4, 4), (NULL, 2), (NULL, 3);
EXPECT c (1, 4);
FINISH;
EXPECT fj (1, 1), (1, 4), (2, NULL), (3, NULL), (4, 1), (4, 4), (5, NULL), (NULL, 2), (NULL, 3), (NULL, 5);

-- test: IN, EXISTS, NOT EXISTS within a window: appended at its end, never taken back
CREATE TABLE a (id INT, k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE b (id INT, k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW wa AS SELECT * FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND));
CREATE VIEW wb AS SELECT * FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '10' SECOND));
CREATE TABLE e (id INT) WITH ('connector' = 'print');
CREATE TABLE n (id INT) WITH ('connector' = 'print');
CREATE TABLE i (id INT) WITH ('connector' = 'print');
INSERT INTO e SELECT l.id FROM wa l WHERE EXISTS (SELECT * FROM wb r WHERE l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end);
INSERT INTO n SELECT l.id FROM wa l WHERE NOT EXISTS (SELECT * FROM wb r WHERE l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end);
INSERT INTO i SELECT l.id FROM wa l WHERE l.k IN (SELECT r.k FROM wb r WHERE l.window_start = r.window_start AND l.window_end = r.window_end);
PUSH INTO a VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:01'), (2, 2, TIMESTAMP '2024-01-01 00:00:02'), (3, NULL, TIMESTAMP '2024-01-01 00:00:03');
PUSH INTO b VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:09'), (2, 1, TIMESTAMP '2024-01-01 00:00:09'), (3, 2, TIMESTAMP '2024-01-01 00:00:12');
FINISH;
EXPECT CHANGELOG e +I(1);
EXPECT CHANGELOG i +I(1);
EXPECT CHANGELOG n +I(2), +I(3);

-- test: HOP: a row is joined in each of its windows
CREATE TABLE a (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE b (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT l.window_start AS ws, l.id AS x, r.id AS y
FROM TABLE(HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) l
JOIN TABLE(HOP(TABLE b, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) r ON l.window_start = r.window_start AND l.window_end = r.window_end;
PUSH INTO a VALUES (1, TIMESTAMP '2024-01-01 00:00:06');
PUSH INTO b VALUES (1, TIMESTAMP '2024-01-01 00:00:04'), (2, TIMESTAMP '2024-01-01 00:00:09');
FINISH;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', 1, 1), (TIMESTAMP '2024-01-01 00:00:00', 1, 2), (TIMESTAMP '2024-01-01 00:00:05', 1, 2);

-- test: window aggregates are joined; the window goes on behind the join
CREATE TABLE a (k INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE b (k INT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW sa AS SELECT k, window_start, window_end, window_time, SUM(v) AS s FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY k, window_start, window_end, window_time;
CREATE VIEW sb AS SELECT k, window_start, window_end, window_time, SUM(v) AS s FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY k, window_start, window_end, window_time;
CREATE VIEW j AS SELECT sa.k, sa.s AS x, sb.s AS y, sa.window_start, sa.window_end, sa.window_time AS t FROM sa LEFT JOIN sb ON sa.k = sb.k AND sa.window_start = sb.window_start AND sa.window_end = sb.window_end;
CREATE MATERIALIZED VIEW m AS SELECT * FROM j;
CREATE MATERIALIZED VIEW w AS SELECT window_start, SUM(x) AS x, SUM(y) AS y FROM j GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW t AS SELECT window_start, SUM(x) AS x, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE (SELECT x, t FROM j), DESCRIPTOR(t), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO a VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:01'), (1, 2, TIMESTAMP '2024-01-01 00:00:02'), (2, 4, TIMESTAMP '2024-01-01 00:00:03'), (1, 8, TIMESTAMP '2024-01-01 00:00:06'), (1, 16, TIMESTAMP '2024-01-01 00:00:13');
PUSH INTO b VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:01'), (1, 3, TIMESTAMP '2024-01-01 00:00:04'), (1, 5, TIMESTAMP '2024-01-01 00:00:07'), (3, 5, TIMESTAMP '2024-01-01 00:00:12');
STEP;
EXPECT (SELECT k, x, y FROM m) (1, 3, 4), (2, 4, NULL), (1, 8, 5);
EXPECT w (TIMESTAMP '2024-01-01 00:00:00', 7, 4), (TIMESTAMP '2024-01-01 00:00:05', 8, 5);
EXPECT t (TIMESTAMP '2024-01-01 00:00:00', 15, 3);
FINISH;
EXPECT t (TIMESTAMP '2024-01-01 00:00:00', 15, 3), (TIMESTAMP '2024-01-01 00:00:10', 16, 1);

-- test: a row of a window that has ended is late
CREATE TABLE a (id INT, k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE b (id INT, k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT l.id AS x, r.id AS y FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND)) l
LEFT JOIN TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '10' SECOND)) r ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end;
PUSH INTO a VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:01'), (2, 1, TIMESTAMP '2024-01-01 00:00:15');
PUSH INTO b VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:12');
STEP;
EXPECT v (1, NULL);
PUSH INTO a VALUES (3, 1, TIMESTAMP '2024-01-01 00:00:05');
PUSH INTO b VALUES (3, 1, TIMESTAMP '2024-01-01 00:00:05');
STEP;
EXPECT v (1, NULL);
EXPECT (SELECT COUNT(*) FROM v.late) (2);
FINISH;
EXPECT v (1, NULL), (2, 1);

-- test: SESSION windows join where they are the same
CREATE TABLE a (k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE b (k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT l.k, l.n AS x, r.n AS y FROM
(SELECT k, window_start, window_end, COUNT(*) AS n FROM TABLE(SESSION(TABLE a PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY k, window_start, window_end) l JOIN
(SELECT k, window_start, window_end, COUNT(*) AS n FROM TABLE(SESSION(TABLE b PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY k, window_start, window_end) r
ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end;
PUSH INTO a VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (1, TIMESTAMP '2024-01-01 00:00:05'), (2, TIMESTAMP '2024-01-01 00:00:05');
PUSH INTO b VALUES (1, TIMESTAMP '2024-01-01 00:00:01'), (1, TIMESTAMP '2024-01-01 00:00:03'), (1, TIMESTAMP '2024-01-01 00:00:05'), (2, TIMESTAMP '2024-01-01 00:00:06');
FINISH;
EXPECT v (1, 2, 3);

-- test: windows in local time that the clock shows twice end once
SET 'table.local-time-zone' = 'Europe/Berlin';
CREATE TABLE a (id INT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts);
CREATE TABLE b (id INT, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT l.window_start AS ws, l.id AS x, r.id AS y
FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' HOUR)) l
JOIN TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '1' HOUR)) r ON l.window_start = r.window_start AND l.window_end = r.window_end;
PUSH INTO a VALUES (1, TO_TIMESTAMP_LTZ(1729987800, 0)), (2, TO_TIMESTAMP_LTZ(1729991400, 0)), (9, TO_TIMESTAMP_LTZ(1729994400, 0));
PUSH INTO b VALUES (1, TO_TIMESTAMP_LTZ(1729991400, 0)), (9, TO_TIMESTAMP_LTZ(1729994400, 0));
STEP;
EXPECT v (TIMESTAMP '2024-10-27 02:00:00', 1, 1), (TIMESTAMP '2024-10-27 02:00:00', 2, 1);

-- test: different windows on both sides are refused
CREATE TABLE a (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE b (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
EXPECT ERROR 'W1306' LIKE '%must have the same windows%';
CREATE MATERIALIZED VIEW v AS SELECT l.id AS x, r.id AS y
FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND)) l
JOIN TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '20' SECOND)) r ON l.window_start = r.window_start AND l.window_end = r.window_end;
