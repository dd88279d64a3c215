-- test: invoices: net, tax and rounding in DECIMAL, summed per rate
CREATE TABLE lines (id INT, qty DECIMAL(6, 3), price DECIMAL(10, 4), rate DECIMAL(4, 2));
CREATE MATERIALIZED VIEW line AS SELECT id, qty * price AS net, ROUND(qty * price, 2) AS cent, qty * price * rate / 100 AS tax, MOD(price, rate) AS rest, price / qty AS unit_price, -price AS neg, FLOOR(price) AS fl, CEIL(price) AS ce FROM lines;
CREATE MATERIALIZED VIEW v AS SELECT rate, SUM(ROUND(qty * price, 2)) AS net, SUM(qty * price * rate / 100) AS tax, AVG(price) AS mean, COUNT(DISTINCT price) AS prices FROM lines GROUP BY rate;
PUSH INTO lines VALUES (1, 1.5, 9.9950, 19), (2, 0.333, 100000.0001, 19), (3, 2, -0.005, 7), (4, NULL, 5, 7), (5, 1, 2.5, NULL);
STEP;
EXPECT line (1, 14.9925000, 14.99, 2.8485750000, 9.9950, 6.663333333333, -9.9950, 9, 10), (2, 33300.0000333, 33300.00, 6327.0000063270, 3.0001, 300300.300600600601, -100000.0001, 100000, 100001), (3, -0.0100000, -0.01, -0.0007000000, -0.0050, -0.002500000000, 0.0050, -1, 0), (4, NULL, NULL, NULL, 5.0000, NULL, -5.0000, 5, 5), (5, 2.5000000, 2.50, NULL, NULL, 2.500000000000, -2.5000, 2, 3);
EXPECT v (19, 33314.99, 6329.848581327, 50004.997550, 2), (7, -0.01, -0.0007, 2.497500, 2), (NULL, 2.50, NULL, 2.500000, 1);

-- test: decimals of different scales meet in CASE, COALESCE, UNION and comparison
CREATE TABLE a (id INT, x DECIMAL(5, 2));
CREATE TABLE b (id INT, y DECIMAL(8, 4));
CREATE MATERIALIZED VIEW v AS SELECT a.id, CASE WHEN a.x > b.y THEN a.x ELSE b.y END AS hi, COALESCE(a.x, b.y) AS some_value, a.x = b.y AS same, NULLIF(a.x, b.y) AS other FROM a JOIN b ON a.id = b.id;
CREATE MATERIALIZED VIEW u AS SELECT x FROM a UNION SELECT y FROM b;
CREATE MATERIALIZED VIEW j AS SELECT a.id, b.id AS bid FROM a JOIN b ON a.x = b.y;
PUSH INTO a VALUES (1, 1.5), (2, NULL), (3, 2.25);
PUSH INTO b VALUES (1, 1.5000), (2, 3.0001), (3, 2.2501);
STEP;
EXPECT v (1, 1.5, 1.5, TRUE, NULL), (2, 3.0001, 3.0001, NULL, NULL), (3, 2.2501, 2.25, FALSE, 2.25);
EXPECT u (1.5), (NULL), (2.25), (3.0001), (2.2501);
EXPECT j (1, 1);
