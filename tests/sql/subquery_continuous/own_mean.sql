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
