-- test: semi and anti joins with a condition beside the equality, over rows that are taken back
CREATE TABLE p (id INT, price INT);
CREATE TABLE offers (id INT, price INT);
CREATE MATERIALIZED VIEW beaten AS SELECT id, price FROM p WHERE EXISTS (SELECT 1 FROM offers o WHERE o.id = p.id AND o.price < p.price);
CREATE MATERIALIZED VIEW best AS SELECT id, price FROM p WHERE NOT EXISTS (SELECT 1 FROM offers o WHERE o.id = p.id AND o.price < p.price);
PUSH INTO p VALUES (1, 10), (2, 20), (3, NULL), (NULL, 5);
PUSH INTO offers VALUES (1, 9), (1, 8), (2, 20), (3, 1), (NULL, 1);
STEP;
EXPECT beaten (1, 10);
EXPECT best (2, 20), (3, NULL), (NULL, 5);
PUSH DELETE FROM offers VALUES (1, 9);
PUSH INTO offers VALUES (2, 19);
STEP;
EXPECT beaten (1, 10), (2, 20);
EXPECT best (3, NULL), (NULL, 5);
PUSH DELETE FROM offers VALUES (1, 8);
STEP;
EXPECT beaten (2, 20);
EXPECT best (1, 10), (3, NULL), (NULL, 5);
