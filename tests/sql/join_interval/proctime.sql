-- test: by processing time a row meets those that came within the bounds by the clock
CREATE TABLE a (k INT, x STRING, p AS PROCTIME()) WITH ('format' = 'json');
CREATE TABLE b (k INT, y STRING, q AS PROCTIME()) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW j AS SELECT a.k, x, y FROM a JOIN b ON a.k = b.k AND b.q BETWEEN a.p - INTERVAL '5' SECOND AND a.p + INTERVAL '10' SECOND;
EXPECT (EXPLAIN SELECT x, y FROM a JOIN b ON a.k = b.k AND b.q BETWEEN a.p AND a.p + INTERVAL '10' SECOND EMIT CHANGES) LIKE '%IntervalJoin%rows until the clock passes%';
PUSH INTO a VALUES (1, 'a1');
PUSH INTO b VALUES (2, 'b1');
STEP;
ADVANCE CLOCK BY INTERVAL '5' SECOND;
PUSH INTO a VALUES (2, 'a2');
STEP;
EXPECT j (2, 'a2', 'b1');
ADVANCE CLOCK BY INTERVAL '5' SECOND;
PUSH INTO b VALUES (1, 'b2'), (2, 'b3');
STEP;
EXPECT j (2, 'a2', 'b1'), (1, 'a1', 'b2'), (2, 'a2', 'b3');
ADVANCE CLOCK BY INTERVAL '0.001' SECOND;
PUSH INTO b VALUES (1, 'b4'), (2, 'b5');
PUSH INTO a VALUES (2, 'a3');
STEP;
EXPECT j (2, 'a2', 'b1'), (1, 'a1', 'b2'), (2, 'a2', 'b3'), (2, 'a2', 'b5'), (2, 'a3', 'b3'), (2, 'a3', 'b5');

-- test: an outer row comes out alone when the clock has passed its bound
CREATE TABLE a (k INT, x STRING, p AS PROCTIME()) WITH ('format' = 'json');
CREATE TABLE b (k INT, y STRING, q AS PROCTIME()) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW j AS SELECT a.k, x, y FROM a LEFT JOIN b ON a.k = b.k AND b.q BETWEEN a.p AND a.p + INTERVAL '10' SECOND;
PUSH INTO a VALUES (1, 'a1'), (2, 'a2'), (NULL, 'a3');
STEP;
ADVANCE CLOCK BY INTERVAL '10' SECOND;
PUSH INTO b VALUES (1, 'b1');
STEP;
EXPECT j (1, 'a1', 'b1');
ADVANCE CLOCK BY INTERVAL '0.001' SECOND;
PUSH INTO b VALUES (2, 'b2');
STEP;
EXPECT j (1, 'a1', 'b1'), (2, 'a2', NULL), (NULL, 'a3', NULL);

-- test: a window join on processing time is refused
CREATE TABLE a (k INT, p AS PROCTIME()) WITH ('format' = 'json');
CREATE VIEW w AS SELECT * FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(p), INTERVAL '10' SECOND));
EXPECT ERROR 'W1301' LIKE '%window join on processing time%';
CREATE MATERIALIZED VIEW j AS SELECT x.k FROM w x JOIN w y ON x.k = y.k AND x.window_start = y.window_start AND x.window_end = y.window_end;
