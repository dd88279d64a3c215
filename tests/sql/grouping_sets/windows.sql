-- test: totals per supplier, per product and over all within each window, beside data that is NULL
CREATE TABLE bids (supplier STRING, product STRING, price DECIMAL(8, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT window_start, GROUPING_ID(supplier, product) AS g, supplier, product, SUM(price) AS s FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' MINUTE))
GROUP BY window_start, window_end, GROUPING SETS ((supplier, product), (supplier), ());
PUSH INTO bids VALUES ('s', 'p', 4, TIMESTAMP '2024-01-01 08:05:00'), ('s', 'q', 2, TIMESTAMP '2024-01-01 08:07:00'), (NULL, 'p', 5, TIMESTAMP '2024-01-01 08:09:00'), ('s', NULL, 3, TIMESTAMP '2024-01-01 08:09:30'), ('s', 'p', 1, TIMESTAMP '2024-01-01 08:10:00');
STEP;
EXPECT v (TIMESTAMP '2024-01-01 08:00:00', 0, 's', 'p', 4), (TIMESTAMP '2024-01-01 08:00:00', 0, 's', 'q', 2), (TIMESTAMP '2024-01-01 08:00:00', 0, NULL, 'p', 5), (TIMESTAMP '2024-01-01 08:00:00', 0, 's', NULL, 3),
(TIMESTAMP '2024-01-01 08:00:00', 1, 's', NULL, 9), (TIMESTAMP '2024-01-01 08:00:00', 1, NULL, NULL, 5), (TIMESTAMP '2024-01-01 08:00:00', 3, NULL, NULL, 14);
