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

-- test: LEFT SEMI JOIN and LEFT ANTI JOIN are other words for EXISTS and NOT EXISTS
CREATE TABLE l (id INT, k INT);
CREATE TABLE r (k INT, w INT);
CREATE MATERIALIZED VIEW s AS SELECT id FROM l LEFT SEMI JOIN r ON l.k = r.k AND r.w > 1;
CREATE MATERIALIZED VIEW a AS SELECT id FROM l LEFT ANTI JOIN r ON l.k = r.k AND r.w > 1;
PUSH INTO l VALUES (1, 7), (2, 8), (3, NULL);
PUSH INTO r VALUES (7, 1), (8, 2), (8, 3), (NULL, 5);
STEP;
EXPECT s (2);
EXPECT a (1), (3);
PUSH DELETE FROM r VALUES (8, 2), (8, 3);
STEP;
EXPECT s ();
EXPECT a (1), (2), (3);
