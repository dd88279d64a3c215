-- test: orders above the mean of their own customer
CREATE TABLE o (id INT, customer STRING, amount DOUBLE);
CREATE MATERIALIZED VIEW v AS SELECT id, customer FROM o WHERE amount > (SELECT AVG(p.amount) FROM o p WHERE p.customer = o.customer);
PUSH INTO o VALUES (1, 'a', 10), (2, 'a', 20), (3, 'b', 5), (4, NULL, 100), (5, NULL, 1);
STEP;
EXPECT v (2, 'a');
PUSH INTO o VALUES (6, 'a', 60), (7, 'b', 6);
STEP;
EXPECT v (6, 'a'), (7, 'b');
PUSH DELETE FROM o VALUES (6, 'a', 60);
STEP;
EXPECT v (2, 'a'), (7, 'b');

-- test: what stands against the total: an uncorrelated scalar subquery in SELECT and in WHERE
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW share AS SELECT k, v, v * 100 / (SELECT SUM(v) FROM t) AS pct FROM t WHERE v > (SELECT AVG(v) FROM t);
PUSH INTO t VALUES ('a', 10), ('b', 30), ('c', 60), (NULL, NULL);
STEP;
EXPECT share ('c', 60, 60);
PUSH INTO t VALUES ('d', -60);
STEP;
EXPECT share ('b', 30, 75), ('c', 60, 150);
