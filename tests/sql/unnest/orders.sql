-- test: the items of an order as an array of rows, unfolded and summed per product
CREATE TABLE o (id INT, items ARRAY<ROW<sku STRING, qty INT, price DECIMAL(6, 2)>>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT sku, SUM(qty) AS qty, SUM(qty * price) AS s, COUNT(*) AS n FROM o CROSS JOIN UNNEST(items) AS i (sku, qty, price) GROUP BY sku;
CREATE MATERIALIZED VIEW k AS SELECT id, CARDINALITY(items) AS n, items[1].sku AS first_sku FROM o;
PUSH INTO o VALUES (1, ARRAY[ROW('p', 2, 1.50), ROW('q', 1, 10)], TIMESTAMP '2024-01-01 00:00:01'), (2, ARRAY[ROW('p', 1, 1.25), ROW(CAST(NULL AS STRING), 7, 0.5)], TIMESTAMP '2024-01-01 00:00:02'), (3, NULL, TIMESTAMP '2024-01-01 00:00:03');
STEP;
EXPECT v ('p', 3, 4.25, 2), ('q', 1, 10, 1), (NULL, 7, 3.50, 1);
EXPECT k (1, 2, 'p'), (2, 2, 'p'), (3, NULL, NULL);
