-- test: page visits and sales of each window side by side, when one of them is missing too
CREATE TABLE visits (page STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE sales (page STRING, amount INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW vw AS SELECT window_start, window_end, page, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE visits, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, page;
CREATE VIEW sw AS SELECT window_start, window_end, page, SUM(amount) AS s FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, page;
CREATE MATERIALIZED VIEW v AS SELECT COALESCE(l.window_start, r.window_start) AS ws, COALESCE(l.page, r.page) AS page, l.n, r.s
FROM vw l FULL JOIN sw r ON l.page = r.page AND l.window_start = r.window_start AND l.window_end = r.window_end;
PUSH INTO visits VALUES ('p', TIMESTAMP '2024-01-01 00:00:01'), ('p', TIMESTAMP '2024-01-01 00:00:02'), ('q', TIMESTAMP '2024-01-01 00:00:03'), (NULL, TIMESTAMP '2024-01-01 00:00:04'), ('p', TIMESTAMP '2024-01-01 00:00:25');
PUSH INTO sales VALUES ('p', 5, TIMESTAMP '2024-01-01 00:00:09'), ('r', 6, TIMESTAMP '2024-01-01 00:00:08'), (NULL, 7, TIMESTAMP '2024-01-01 00:00:07'), ('p', 1, TIMESTAMP '2024-01-01 00:00:12'), ('p', 2, TIMESTAMP '2024-01-01 00:00:30');
STEP;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', 'p', 2, 5), (TIMESTAMP '2024-01-01 00:00:00', 'q', 1, NULL), (TIMESTAMP '2024-01-01 00:00:00', NULL, 1, NULL), (TIMESTAMP '2024-01-01 00:00:00', 'r', NULL, 6), (TIMESTAMP '2024-01-01 00:00:00', NULL, NULL, 7), (TIMESTAMP '2024-01-01 00:00:10', 'p', NULL, 1);
