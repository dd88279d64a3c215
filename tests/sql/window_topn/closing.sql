-- test: the last price of each window by event time, then the change from window to window
CREATE TABLE ticks (sym STRING, price DECIMAL(8, 3), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);
CREATE VIEW closing AS SELECT sym, price, window_start, window_end, window_time AS rt FROM (
SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, sym ORDER BY ts DESC) AS rn FROM TABLE(TUMBLE(TABLE ticks, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE rn = 1;
CREATE MATERIALIZED VIEW v AS SELECT sym, window_start, price FROM closing;
PUSH INTO ticks VALUES ('x', 1.5, TIMESTAMP '2024-01-01 00:00:08'), ('x', 1.25, TIMESTAMP '2024-01-01 00:00:09.5'), ('x', 9, TIMESTAMP '2024-01-01 00:00:07'), (NULL, 3, TIMESTAMP '2024-01-01 00:00:09'), ('x', 2, TIMESTAMP '2024-01-01 00:00:11'), ('x', 1.75, TIMESTAMP '2024-01-01 00:00:12.5');
STEP;
EXPECT v ('x', TIMESTAMP '2024-01-01 00:00:00', 1.25), (NULL, TIMESTAMP '2024-01-01 00:00:00', 3);
FINISH;
EXPECT v ('x', TIMESTAMP '2024-01-01 00:00:00', 1.25), (NULL, TIMESTAMP '2024-01-01 00:00:00', 3), ('x', TIMESTAMP '2024-01-01 00:00:10', 1.75);

-- test: the row with the highest price of each window, and its ties by arrival; then their mean per hour
CREATE TABLE bids (item STRING, price INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW top AS SELECT item, price, window_start AS ws, window_end AS we, window_time AS wt FROM (
SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY price DESC) AS rn FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' MINUTE))) WHERE rn <= 2;
CREATE MATERIALIZED VIEW t AS SELECT ws, item, price FROM top;
CREATE MATERIALIZED VIEW m AS SELECT window_start, AVG(price) AS p, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE top, DESCRIPTOR(wt), INTERVAL '1' HOUR)) GROUP BY window_start, window_end;
PUSH INTO bids VALUES ('a', 4, TIMESTAMP '2024-01-01 08:05:00'), ('b', 9, TIMESTAMP '2024-01-01 08:07:00'), ('c', 9, TIMESTAMP '2024-01-01 08:09:00'), ('d', NULL, TIMESTAMP '2024-01-01 08:11:00'), ('e', 1, TIMESTAMP '2024-01-01 08:19:59'), ('f', 3, TIMESTAMP '2024-01-01 09:30:00');
STEP;
EXPECT t (TIMESTAMP '2024-01-01 08:00:00', 'b', 9), (TIMESTAMP '2024-01-01 08:00:00', 'c', 9), (TIMESTAMP '2024-01-01 08:10:00', 'e', 1), (TIMESTAMP '2024-01-01 08:10:00', 'd', NULL);
EXPECT m (TIMESTAMP '2024-01-01 08:00:00', 6, 4);
