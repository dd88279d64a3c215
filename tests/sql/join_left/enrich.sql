-- test: customers that never ordered: a left join whose padded rows alone are kept
CREATE TABLE customers (id INT, name STRING);
CREATE TABLE orders (id INT, customer INT);
CREATE MATERIALIZED VIEW quiet AS SELECT c.id, c.name FROM customers c LEFT JOIN orders o ON c.id = o.customer WHERE o.id IS NULL;
PUSH INTO customers VALUES (1, 'a'), (2, 'b'), (CAST(NULL AS INT), 'n');
STEP;
EXPECT CHANGELOG quiet +I(1, 'a'), +I(2, 'b'), +I(NULL, 'n');
PUSH INTO orders VALUES (10, 1), (11, 1), (12, NULL);
STEP;
EXPECT CHANGELOG quiet -D(1, 'a');
PUSH DELETE FROM orders VALUES (10, 1);
STEP;
EXPECT CHANGELOG quiet ();
PUSH DELETE FROM orders VALUES (11, 1);
STEP;
EXPECT CHANGELOG quiet +I(1, 'a');

-- test: a stream joined with the newest profile of each user, by deduplication
CREATE TABLE clicks (id INT, usr STRING);
CREATE TABLE profiles (usr STRING, city STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW newest AS SELECT usr, city FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY usr ORDER BY ts DESC) AS rn FROM profiles) WHERE rn = 1;
CREATE MATERIALIZED VIEW v AS SELECT c.id, c.usr, n.city FROM clicks c LEFT JOIN newest n ON c.usr = n.usr;
PUSH INTO clicks VALUES (1, 'a'), (2, 'b'), (3, NULL);
STEP;
EXPECT v (1, 'a', NULL), (2, 'b', NULL), (3, NULL, NULL);
PUSH INTO profiles VALUES ('a', 'Rome', TIMESTAMP '2024-01-01 00:00:10'), (NULL, 'Oslo', TIMESTAMP '2024-01-01 00:00:11'), ('a', 'Bonn', TIMESTAMP '2024-01-01 00:00:05'), ('a', 'Lyon', TIMESTAMP '2024-01-01 00:00:20');
STEP;
EXPECT v (1, 'a', 'Lyon'), (2, 'b', NULL), (3, NULL, NULL);
PUSH INTO clicks VALUES (4, 'a');
STEP;
EXPECT CHANGES v +1(1, 'a', 'Lyon'), +1(2, 'b', NULL), +1(3, NULL, NULL), +1(4, 'a', 'Lyon');

-- test: a left join below a group: padding comes and goes in the counts
CREATE TABLE a (id INT, k INT);
CREATE TABLE b (k INT, w INT);
CREATE MATERIALIZED VIEW g AS SELECT a.k, COUNT(*) AS n, COUNT(b.w) AS found, MAX(b.w) AS hi FROM a LEFT JOIN b ON a.k = b.k GROUP BY a.k;
PUSH INTO a VALUES (1, 7), (2, 7), (3, NULL);
STEP;
EXPECT g (7, 2, 0, NULL), (NULL, 1, 0, NULL);
PUSH INTO b VALUES (7, 5), (7, NULL), (NULL, 1);
STEP;
EXPECT g (7, 4, 2, 5), (NULL, 1, 0, NULL);
PUSH DELETE FROM b VALUES (7, 5);
STEP;
EXPECT g (7, 2, 0, NULL), (NULL, 1, 0, NULL);
PUSH DELETE FROM b VALUES (7, NULL);
PUSH DELETE FROM a VALUES (3, NULL);
STEP;
EXPECT g (7, 2, 0, NULL);
