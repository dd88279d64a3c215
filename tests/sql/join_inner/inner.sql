-- test: an inner join of two streams only appends, whichever side comes first
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, x STRING);
CREATE TABLE out (id INT, x STRING) WITH ('connector' = 'blackhole');
CREATE TABLE appends (id INT, x STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT id, x FROM l JOIN r ON l.k = r.k;
INSERT INTO appends SELECT id, x FROM l JOIN r ON l.k = r.k;
PUSH INTO l VALUES (1, 1), (2, 2), (3, NULL);
PUSH INTO r VALUES (1, 'a'), (1, 'b'), (3, 'c'), (NULL, 'd');
STEP;
EXPECT appends (1, 'a'), (1, 'b');
PUSH INTO r VALUES (2, 'e');
PUSH INTO l VALUES (4, 1), (5, 9);
STEP;
EXPECT appends (1, 'a'), (1, 'b'), (2, 'e'), (4, 'a'), (4, 'b');

-- test: equal rows count, on both sides, and go one by one
CREATE TABLE l (k INT);
CREATE TABLE r (k INT);
CREATE MATERIALIZED VIEW v AS SELECT l.k FROM l JOIN r ON l.k = r.k;
PUSH INTO l VALUES (1), (1);
PUSH INTO r VALUES (1), (1), (1);
STEP;
EXPECT v (1), (1), (1), (1), (1), (1);
PUSH DELETE FROM l VALUES (1);
STEP;
EXPECT v (1), (1), (1);
PUSH DELETE FROM r VALUES (1), (1);
STEP;
EXPECT v (1);

-- test: equal rows of appending inputs into a view that only appends
CREATE TABLE l (k INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE TABLE r (k INT, y INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE MATERIALIZED VIEW v AS SELECT l.k, r.y FROM l JOIN r ON l.k = r.k;
PUSH INTO l VALUES (1), (1);
PUSH INTO r VALUES (1, 5), (1, 5), (1, 6);
STEP;
EXPECT v (1, 5), (1, 5), (1, 5), (1, 5), (1, 6), (1, 6);

-- test: conditions beside the equality, on one side and on both
CREATE TABLE l (id INT, k INT, a INT);
CREATE TABLE r (k INT, b INT);
CREATE MATERIALIZED VIEW v AS SELECT id, b FROM l JOIN r ON l.k = r.k AND l.a < r.b AND r.b <> 7 AND l.id > 0;
PUSH INTO l VALUES (1, 1, 5), (2, 1, 9), (-3, 1, 0), (4, 1, NULL);
PUSH INTO r VALUES (1, 6), (1, 7), (1, 10), (1, NULL);
STEP;
EXPECT v (1, 6), (1, 10), (2, 10);
PUSH DELETE FROM r VALUES (1, 10);
STEP;
EXPECT v (1, 6);

-- test: keys that are computed, keys of several columns, keys of different types
CREATE TABLE l (a INT, s STRING);
CREATE TABLE r (a BIGINT, s STRING, v INT);
CREATE MATERIALIZED VIEW v AS SELECT l.s, r.v FROM l JOIN r ON l.a + 1 = r.a AND UPPER(l.s) = r.s;
PUSH INTO l VALUES (1, 'x'), (2, 'y');
PUSH INTO r VALUES (2, 'X', 1), (3, 'X', 2), (3, 'Y', 3);
STEP;
EXPECT v ('x', 1), ('y', 3);

-- test: IS NOT DISTINCT FROM pairs NULLs
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, x STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, x FROM l JOIN r ON l.k IS NOT DISTINCT FROM r.k;
PUSH INTO l VALUES (1, 1), (2, NULL);
PUSH INTO r VALUES (NULL, 'n'), (1, 'a');
STEP;
EXPECT v (1, 'a'), (2, 'n');
PUSH DELETE FROM r VALUES (NULL, 'n');
STEP;
EXPECT v (1, 'a');

-- test: USING, NATURAL, stars
CREATE TABLE l (k INT, a STRING);
CREATE TABLE r (k INT, b STRING);
CREATE MATERIALIZED VIEW u AS SELECT * FROM l JOIN r USING (k);
CREATE MATERIALIZED VIEW n AS SELECT * FROM l NATURAL JOIN r;
PUSH INTO l VALUES (1, 'x'), (2, 'y');
PUSH INTO r VALUES (1, 'p'), (3, 'q');
STEP;
EXPECT u (1, 'x', 'p');
EXPECT n (1, 'x', 'p');

-- test: a table joined with itself, and a diamond that cancels
CREATE TABLE e (id INT, boss INT, name STRING);
CREATE MATERIALIZED VIEW v AS SELECT x.name, y.name AS boss FROM e AS x JOIN e AS y ON x.boss = y.id;
CREATE MATERIALIZED VIEW same AS SELECT a.id FROM e AS a JOIN e AS b ON a.id = b.id WHERE a.name <> b.name;
PUSH INTO e VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 1, 'c'), (4, 2, 'd');
STEP;
EXPECT v ('b', 'a'), ('c', 'a'), ('d', 'b');
EXPECT same ();
PUSH DELETE FROM e VALUES (1, NULL, 'a');
PUSH INTO e VALUES (1, 4, 'z');
STEP;
EXPECT v ('b', 'z'), ('c', 'z'), ('d', 'b'), ('z', 'd');
EXPECT same ();

-- test: three tables, aggregates below and above
CREATE TABLE orders (id INT, customer INT, amount INT);
CREATE TABLE customers (id INT, name STRING, region INT);
CREATE TABLE regions (id INT, name STRING);
CREATE MATERIALIZED VIEW v AS
SELECT r.name, SUM(o.total) AS total, COUNT(*) AS n
FROM (SELECT customer, SUM(amount) AS total FROM orders GROUP BY customer) AS o
JOIN customers AS c ON o.customer = c.id JOIN regions AS r ON c.region = r.id
GROUP BY r.name;
PUSH INTO regions VALUES (1, 'north'), (2, 'south');
PUSH INTO orders VALUES (1, 10, 5), (2, 10, 6), (3, 11, 7), (4, 12, 100);
PUSH INTO customers VALUES (10, 'a', 1), (11, 'b', 1), (12, 'c', 2);
STEP;
EXPECT v ('north', 18, 2), ('south', 100, 1);
PUSH INTO orders VALUES (5, 11, 1);
PUSH DELETE FROM customers VALUES (12, 'c', 2);
STEP;
EXPECT v ('north', 19, 2);
EXPECT CHANGES v +('north', 19, 2);

-- test: updates of one side: the pair changes with its key
CREATE TABLE o (id INT PRIMARY KEY NOT ENFORCED, p INT, n INT);
CREATE TABLE p (id INT PRIMARY KEY NOT ENFORCED, price INT);
CREATE TABLE out (id INT, cost INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 't');
INSERT INTO out SELECT o.id, o.n * p.price FROM o JOIN p ON o.p = p.id;
PUSH INTO o VALUES (1, 7, 2);
PUSH INTO p VALUES (7, 10);
STEP;
EXPECT CHANGELOG out +I(1, 20);
PUSH DELETE FROM p VALUES (7, 10);
PUSH INTO p VALUES (7, 11);
STEP;
EXPECT CHANGELOG out -D(1, 20), +I(1, 22);

-- test: own tables change by UPDATE and DELETE; the view says what the SELECT says
CREATE TABLE l (id INT PRIMARY KEY, k INT);
CREATE TABLE r (k INT PRIMARY KEY, x STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, x FROM l JOIN r ON l.k = r.k;
INSERT INTO l VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO r VALUES (1, 'a'), (2, 'b');
EXPECT v (1, 'a'), (2, 'a'), (3, 'b');
UPDATE r SET x = 'A' WHERE k = 1;
DELETE FROM l WHERE id = 2;
UPDATE l SET k = 1 WHERE id = 3;
EXPECT v (1, 'A'), (3, 'A');
EXPECT (SELECT id, x FROM l JOIN r ON l.k = r.k) (1, 'A'), (3, 'A');

-- test: a view made over tables that have rows begins with their join
CREATE TABLE l (id INT PRIMARY KEY, k INT);
CREATE TABLE r (k INT PRIMARY KEY, x STRING);
INSERT INTO l VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO r VALUES (1, 'a'), (2, 'b');
CREATE MATERIALIZED VIEW v AS SELECT id, x FROM l JOIN r ON l.k = r.k;
EXPECT v (1, 'a'), (2, 'a'), (3, 'b');
INSERT INTO r VALUES (3, 'c');
DELETE FROM r WHERE k = 1;
EXPECT v (3, 'b');

-- test: an order-dependent aggregate over a join is the same for every step size
CREATE TABLE l (k INT, a STRING);
CREATE TABLE r (k INT, b STRING);
CREATE MATERIALIZED VIEW v AS SELECT l.k, LISTAGG(a || b) AS t, FIRST_VALUE(b) AS f, LAST_VALUE(a) AS g FROM l JOIN r ON l.k = r.k GROUP BY l.k;
PUSH INTO l VALUES (1, 'x');
PUSH INTO r VALUES (1, 'p');
PUSH INTO l VALUES (1, 'y');
PUSH INTO r VALUES (1, 'q');
PUSH INTO l VALUES (1, 'z');
STEP;
EXPECT v (1, 'xp,yp,xq,yq,zp,zq', 'p', 'z');

-- test: values of all kinds survive in state
CREATE TABLE l (k STRING, d DOUBLE, b BOOLEAN, n DECIMAL(10, 2), t TIMESTAMP(3));
CREATE TABLE r (k STRING, a ARRAY<INT>, y DATE);
CREATE MATERIALIZED VIEW v AS SELECT l.k, d, b, n, t, a, y FROM l JOIN r ON l.k = r.k;
PUSH INTO l VALUES ('', 1.5e0, TRUE, 12.50, TIMESTAMP '2024-01-01 00:00:00.123'), ('é', NULL, NULL, NULL, NULL);
PUSH INTO r VALUES ('', ARRAY[1, 2], DATE '2024-02-29'), ('é', NULL, NULL);
STEP;
EXPECT v ('', 1.5e0, TRUE, 12.50, TIMESTAMP '2024-01-01 00:00:00.123', ARRAY[1, 2], DATE '2024-02-29'), ('é', NULL, NULL, NULL, NULL, NULL, NULL);

-- test: the time attribute is gone behind a join
CREATE TABLE l (k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE r (k INT, x INT);
CREATE VIEW j AS SELECT l.k, l.ts, r.x FROM l JOIN r ON l.k = r.k;
EXPECT ERROR 'W1304' LIKE '%not a time attribute%';
CREATE MATERIALIZED VIEW v AS SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE j, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;

-- test: a condition that reads the clock could not be evaluated again
CREATE TABLE l (k INT, ts TIMESTAMP_LTZ(3));
CREATE TABLE r (k INT, x INT);
EXPECT ERROR 'W1301' LIKE '%reads the clock%';
CREATE MATERIALIZED VIEW v AS SELECT l.k FROM l JOIN r ON l.k = r.k AND (l.ts < NOW() OR r.x = 1);

-- test: integers and timestamps of different widths are keys
CREATE TABLE l (id INT, k INT, t TIMESTAMP(3));
CREATE TABLE r (k BIGINT, t TIMESTAMP(6), x STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, x FROM l JOIN r ON l.k = r.k AND l.t = r.t;
CREATE MATERIALIZED VIEW w AS SELECT id FROM l WHERE k NOT IN (SELECT k FROM r);
PUSH INTO l VALUES (1, -5, TIMESTAMP '2024-01-01 00:00:00.123'), (2, 7, TIMESTAMP '2024-01-01 00:00:00');
PUSH INTO r VALUES (-5, TIMESTAMP '2024-01-01 00:00:00.123000', 'a'), (-5, TIMESTAMP '2024-01-01 00:00:00.123001', 'b'), (5000000000, TIMESTAMP '2024-01-01 00:00:00', 'c');
STEP;
EXPECT v (1, 'a');
EXPECT w (2);
