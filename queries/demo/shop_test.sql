-- test: a window closes 2 s after its end, and who comes later is kept aside
CREATE TABLE purchases (category STRING, amount DECIMAL(8, 2), bought_at TIMESTAMP(3), WATERMARK FOR bought_at AS bought_at - INTERVAL '2' SECOND);
CREATE MATERIALIZED VIEW per_window AS
SELECT window_start, category, SUM(amount) AS revenue
FROM TABLE(TUMBLE(TABLE purchases, DESCRIPTOR(bought_at), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, category;
PUSH INTO purchases VALUES ('books', 12.50, TIMESTAMP '2024-06-01 12:00:01'), ('books', 8.00, TIMESTAMP '2024-06-01 12:00:11');
STEP;
EXPECT per_window ();
PUSH INTO purchases VALUES ('books', 1.00, TIMESTAMP '2024-06-01 12:00:13');
STEP;
CRASH;
EXPECT per_window (TIMESTAMP '2024-06-01 12:00:00', 'books', 12.50);
PUSH INTO purchases VALUES ('books', 99.00, TIMESTAMP '2024-06-01 12:00:09');
STEP;
EXPECT per_window (TIMESTAMP '2024-06-01 12:00:00', 'books', 12.50);
EXPECT (SELECT COUNT(*) FROM per_window.late) (1);
