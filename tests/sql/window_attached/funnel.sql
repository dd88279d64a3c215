-- test: a funnel by named queries: who saw, put in the cart and bought within the window
CREATE TABLE e (usr STRING, act STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS
WITH steps AS (SELECT usr, window_start, window_end, MAX(CASE act WHEN 'see' THEN 1 ELSE 0 END) AS s, MAX(CASE act WHEN 'cart' THEN 1 ELSE 0 END) AS c, MAX(CASE act WHEN 'buy' THEN 1 ELSE 0 END) AS b
  FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY usr, window_start, window_end)
SELECT window_start, SUM(s) AS saw, SUM(s * c) AS carted, SUM(s * c * b) AS bought FROM steps GROUP BY window_start, window_end;
PUSH INTO e VALUES ('a', 'see', TIMESTAMP '2024-01-01 10:00:00'), ('a', 'cart', TIMESTAMP '2024-01-01 10:10:00'), ('b', 'see', TIMESTAMP '2024-01-01 10:20:00'), ('c', 'buy', TIMESTAMP '2024-01-01 10:30:00'), ('a', 'buy', TIMESTAMP '2024-01-01 10:40:00'), (NULL, 'see', TIMESTAMP '2024-01-01 10:50:00'), ('b', 'cart', TIMESTAMP '2024-01-01 11:00:00');
STEP;
EXPECT v (TIMESTAMP '2024-01-01 10:00:00', 3, 1, 1);
FINISH;
EXPECT v (TIMESTAMP '2024-01-01 10:00:00', 3, 1, 1), (TIMESTAMP '2024-01-01 11:00:00', 0, 0, 0);
