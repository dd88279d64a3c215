-- test: rows as a pair are looked for in a query, and left out of it
CREATE TABLE o (id INT, a INT, b STRING);
CREATE TABLE s (a INT, b STRING);
CREATE MATERIALIZED VIEW ins AS SELECT id FROM o WHERE (a, b) IN (SELECT a, b FROM s);
CREATE MATERIALIZED VIEW outs AS SELECT id FROM o WHERE NOT EXISTS (SELECT 1 FROM s WHERE s.a = o.a AND s.b = o.b);
PUSH INTO o VALUES (1, 1, 'x'), (2, 1, 'y'), (3, NULL, 'x'), (4, 2, NULL);
PUSH INTO s VALUES (1, 'x'), (1, 'x'), (NULL, 'x'), (2, NULL);
STEP;
EXPECT ins (1);
EXPECT outs (2), (3), (4);
PUSH DELETE FROM s VALUES (1, 'x');
PUSH INTO s VALUES (1, 'y');
STEP;
EXPECT ins (1), (2);
PUSH DELETE FROM s VALUES (1, 'x');
STEP;
EXPECT ins (2);
EXPECT outs (1), (3), (4);
