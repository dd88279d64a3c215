-- test: revenue per region over orders, items and customers that are corrected
CREATE TABLE customers (id INT, region STRING);
CREATE TABLE orders (id INT, customer INT, status STRING);
CREATE TABLE items (order_id INT, qty INT, price DECIMAL(10, 2), discount DECIMAL(3, 2));
CREATE MATERIALIZED VIEW revenue AS
SELECT c.region, COUNT(DISTINCT o.id) AS orders, SUM(i.qty * i.price * (1 - i.discount)) AS total, CAST(AVG(i.price) AS DECIMAL(12, 4)) AS price
FROM orders o JOIN customers c ON o.customer = c.id JOIN items i ON i.order_id = o.id
WHERE o.status <> 'cancelled'
GROUP BY c.region;
PUSH INTO customers VALUES (1, 'north'), (2, 'south'), (3, NULL);
PUSH INTO orders VALUES (10, 1, 'paid'), (11, 2, 'open'), (12, 3, 'paid'), (13, NULL, 'paid'), (14, 1, NULL);
PUSH INTO items VALUES (10, 2, 9.99, 0.10), (10, 1, 5.00, 0), (11, 3, 20.00, 0.25), (12, 1, 7.77, 0), (13, 1, 100, 0), (14, 1, 50, 0);
STEP;
EXPECT revenue ('north', 1, 22.9820, 7.4950), ('south', 1, 45.0000, 20.0000), (NULL, 1, 7.7700, 7.7700);
PUSH DELETE FROM items VALUES (10, 1, 5.00, 0);
PUSH INTO items VALUES (10, 1, 6.00, 0.5);
PUSH DELETE FROM orders VALUES (11, 2, 'open');
PUSH INTO orders VALUES (11, 2, 'cancelled');
STEP;
EXPECT revenue ('north', 1, 20.9820, 7.9950), (NULL, 1, 7.7700, 7.7700);
PUSH DELETE FROM customers VALUES (1, 'north');
PUSH INTO customers VALUES (1, 'south');
STEP;
EXPECT revenue ('south', 1, 20.9820, 7.9950), (NULL, 1, 7.7700, 7.7700);

-- test: what one row does to a group through a join is one change
CREATE TABLE a (k INT, v INT);
CREATE TABLE b (k INT, w INT);
CREATE MATERIALIZED VIEW g AS SELECT a.k, SUM(a.v * b.w) AS s, COUNT(*) AS n FROM a JOIN b ON a.k = b.k GROUP BY a.k;
PUSH INTO a VALUES (1, 2), (1, 3);
STEP;
EXPECT CHANGELOG g ();
PUSH INTO b VALUES (1, 10);
STEP;
EXPECT CHANGELOG g +I(1, 50, 2);
PUSH DELETE FROM a VALUES (1, 2);
STEP;
EXPECT CHANGELOG g -U(1, 50, 2), +U(1, 30, 1);
PUSH DELETE FROM b VALUES (1, 10);
STEP;
EXPECT CHANGELOG g -D(1, 30, 1);
