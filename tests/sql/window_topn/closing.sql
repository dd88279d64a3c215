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
