-- test: a view that is replaced may read a younger one, after a restart too
CREATE TABLE t (k STRING, v INT);
CREATE VIEW a AS SELECT k, v FROM t;
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM a GROUP BY k;
CREATE TABLE z (k STRING, v INT);
CREATE MATERIALIZED VIEW y AS SELECT k, v * 2 AS v FROM z;
CREATE OR REPLACE VIEW a AS SELECT k, v FROM y;
INSERT INTO z VALUES ('x', 1);
STEP;
EXPECT m ('x', 2);
CHECKPOINT;
CRASH;
EXPECT m ('x', 2);
ALTER MATERIALIZED VIEW y AS SELECT k, v * 3 AS v FROM z;
STEP;
EXPECT m ('x', 3);
CHECKPOINT;
CRASH;
EXPECT m ('x', 3);

-- test: a materialized view that is replaced may read a younger one
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM t GROUP BY k;
CREATE MATERIALIZED VIEW top AS SELECT MAX(s) AS s FROM m;
CREATE MATERIALIZED VIEW y AS SELECT k, v * 2 AS v FROM t;
CREATE OR REPLACE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM y GROUP BY k;
INSERT INTO t VALUES ('x', 1);
STEP;
EXPECT m ('x', 2);
EXPECT top (2);
ALTER MATERIALIZED VIEW y AS SELECT k, v * 3 AS v FROM t;
STEP;
EXPECT m ('x', 3);
EXPECT top (3);
CHECKPOINT;
CRASH;
INSERT INTO t VALUES ('x', 1);
STEP;
EXPECT top (6);

-- test: views cannot read each other in a circle
CREATE TABLE t (v INT);
CREATE VIEW a AS SELECT v FROM t;
CREATE VIEW b AS SELECT v FROM a;
EXPECT ERROR 'W1109' LIKE '%"a" would read itself%"b" reads "a"%';
CREATE OR REPLACE VIEW a AS SELECT v FROM b;
EXPECT ERROR 'W1109' LIKE '%read itself%';
CREATE OR REPLACE VIEW a AS SELECT v FROM a;
INSERT INTO t VALUES (1);
EXPECT (SELECT v FROM b) (1);

-- test: a function that is replaced builds its callers anew, and a restart finds them in order
CREATE TABLE t (k STRING, v INT);
CREATE FUNCTION f(x INT) RETURNS INT RETURN x * 2;
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(f(v)) AS s FROM t GROUP BY k;
CREATE FUNCTION g(x INT) RETURNS INT RETURN f(x) + 1;
CREATE VIEW v2 AS SELECT k, g(v) AS gv FROM t;
CREATE MATERIALIZED VIEW m2 AS SELECT k, SUM(gv) AS s FROM v2 GROUP BY k;
INSERT INTO t VALUES ('x', 1);
STEP;
EXPECT m ('x', 2);
EXPECT m2 ('x', 3);
CREATE OR REPLACE FUNCTION f(x INT) RETURNS INT RETURN x * 3;
STEP;
EXPECT m ('x', 3);
EXPECT m2 ('x', 4);
CHECKPOINT;
CRASH;
EXPECT m ('x', 3);
INSERT INTO t VALUES ('x', 1);
STEP;
EXPECT m ('x', 6);
EXPECT m2 ('x', 8);
EXPECT ERROR 'W1201' LIKE '%argument "x" of "f" is STRING, not INT%';
CREATE OR REPLACE FUNCTION f(x STRING) RETURNS STRING RETURN x;
EXPECT (SELECT f(1)) (3);

-- test: a function that others call is dropped with them or not at all
CREATE FUNCTION f(x INT) RETURNS INT RETURN x + 1;
CREATE FUNCTION g(x INT) RETURNS INT RETURN f(x) + 1;
CREATE TABLE t (a INT);
CREATE MATERIALIZED VIEW m AS SELECT g(a) AS b FROM t;
EXPECT ERROR 'W1107' LIKE '%the function "f": g(), m call it%';
DROP FUNCTION f;
CHECKPOINT;
CRASH;
EXPECT (SELECT g(1)) (3);
DROP FUNCTION f CASCADE;
EXPECT ERROR 'W1104';
SELECT g(1);
EXPECT ERROR 'W1101';
SELECT * FROM m;
CHECKPOINT;
CRASH;
EXPECT ERROR 'W1104';
SELECT f(1);

-- test: a function that a computed column calls stays
CREATE FUNCTION f(x INT) RETURNS INT RETURN x + 1;
CREATE TABLE s (a INT, b AS f(a)) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW m AS SELECT a, b FROM s;
EXPECT ERROR 'W1107' LIKE '%"f": s calls it%';
DROP FUNCTION f;
EXPECT ERROR 'W1107' LIKE '%columns of table "s" call it%';
CREATE OR REPLACE FUNCTION f(x INT) RETURNS INT RETURN x + 2;
CHECKPOINT;
CRASH;
PUSH INTO s VALUES (1);
STEP;
EXPECT m (1, 2);

-- test: a view that a function reads stays
CREATE VIEW words AS SELECT * FROM (VALUES ('a', 1), ('b', 2)) AS x (w, s);
CREATE FUNCTION f(x STRING) RETURNS INT RETURN (SELECT SUM(words.s) FROM UNNEST(SPLIT(x, ' ')) AS u (w) JOIN words ON words.w = u.w);
EXPECT ERROR 'W1107' LIKE '%"words": f() reads it%';
DROP VIEW words;
CHECKPOINT;
CRASH;
EXPECT (SELECT f('a b')) (3);
CREATE OR REPLACE VIEW words AS SELECT * FROM (VALUES ('a', 10), ('b', 20)) AS x (w, s);
EXPECT (SELECT f('a b')) (30);
CHECKPOINT;
CRASH;
EXPECT (SELECT f('a b')) (30);
DROP VIEW words CASCADE;
EXPECT ERROR 'W1104';
SELECT f('a');

-- test: a table, a function and an index of one name do not take each other's place
CREATE TABLE f (a INT);
CREATE TABLE h (a INT);
CREATE TABLE g (a INT);
CREATE FUNCTION f(x INT) RETURNS INT RETURN x + 1;
CREATE INDEX h ON g (a);
INSERT INTO f VALUES (1);
INSERT INTO h VALUES (2);
DROP FUNCTION f;
DROP INDEX h;
CHECKPOINT;
CRASH;
EXPECT (SELECT * FROM f) (1);
EXPECT (SELECT * FROM h) (2);

-- test: what is replaced outside of a file keeps its ${} after a restart
CREATE TABLE t (a INT);
CREATE MATERIALIZED VIEW m AS SELECT 'x' AS x FROM t;
CREATE OR REPLACE MATERIALIZED VIEW m AS SELECT '${HOME}' AS x FROM t;
INSERT INTO t VALUES (1);
STEP;
EXPECT m ('${HOME}');
CHECKPOINT;
CRASH;
INSERT INTO t VALUES (2);
STEP;
EXPECT m ('${HOME}'), ('${HOME}');

-- test: a table LIKE another stays when that one is dropped
CREATE TABLE a (a INT, b AS a + 1) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE b WITH ('topic' = 'y') LIKE a;
CREATE TABLE c WITH ('topic' = 'z') LIKE b;
CREATE VIEW v AS SELECT a, 'x' AS x FROM a;
CREATE TABLE d LIKE v;
CREATE MATERIALIZED VIEW m AS SELECT * FROM c;
DROP VIEW v;
DROP TABLE a;
DROP TABLE b;
CHECKPOINT;
CRASH;
PUSH INTO c VALUES (1);
INSERT INTO d VALUES (1, 'y');
STEP;
EXPECT m (1, 2);
EXPECT (SELECT * FROM d) (1, 'y');
CHECKPOINT;
CRASH;
EXPECT m (1, 2);

-- test: a table LIKE another stays as it is when that one is altered
CREATE TABLE a (a INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE b WITH ('topic' = 'y') LIKE a;
CREATE MATERIALIZED VIEW m AS SELECT * FROM b;
ALTER TABLE a ADD c INT;
PUSH INTO b VALUES (1);
STEP;
CHECKPOINT;
CRASH;
EXPECT m (1);
ALTER TABLE b ADD d INT;
CHECKPOINT;
CRASH;
PUSH INTO b VALUES (2, 3);
STEP;
EXPECT m (1, NULL), (2, 3);

-- test: a table made AS a query stays when what the query read is dropped
CREATE TABLE a (a INT, b ROW<`x y` STRING, z ARRAY<DECIMAL(5, 2)>>);
INSERT INTO a VALUES (1, ROW('q', ARRAY[1.25]));
CREATE TABLE b AS SELECT a + 1 AS x, b, 'lit' AS `odd ``name` FROM a;
DROP TABLE a CASCADE;
CHECKPOINT;
CRASH;
EXPECT (SELECT x, b.`x y`, b.z[1], `odd ``name` FROM b) (2, 'q', 1.25, 'lit');
INSERT INTO b VALUES (3, ROW('r', ARRAY[2]), 'm');
CHECKPOINT;
CRASH;
EXPECT (SELECT x FROM b) (2), (3);

-- test: a view with an index that a lookup join reads by is altered
CREATE TABLE t (k INT PRIMARY KEY, c STRING, v INT);
CREATE MATERIALIZED VIEW v AS SELECT k, c, v FROM t;
CREATE TABLE o (c STRING, pt AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE INDEX ix ON v (c);
CREATE MATERIALIZED VIEW j AS SELECT o.c, v.v FROM o JOIN v FOR SYSTEM_TIME AS OF o.pt ON o.c = v.c;
INSERT INTO t VALUES (1, 'x', 5);
STEP;
ALTER MATERIALIZED VIEW v AS SELECT k, c, v * 2 AS v FROM t;
STEP;
PUSH INTO o VALUES ('x');
STEP;
EXPECT j ('x', 10);
CHECKPOINT;
CRASH;
EXPECT j ('x', 10);
PUSH INTO o VALUES ('x');
STEP;
EXPECT j ('x', 10), ('x', 10);

-- test: a paused view whose input is altered stays paused
CREATE TABLE t (a INT);
CREATE MATERIALIZED VIEW m AS SELECT SUM(a) AS s FROM t;
CREATE MATERIALIZED VIEW n AS SELECT s * 10 AS s FROM m;
INSERT INTO t VALUES (1);
STEP;
PAUSE n;
ALTER MATERIALIZED VIEW m AS SELECT SUM(a) + 1 AS s FROM t;
STEP;
EXPECT (SELECT state FROM weir.queries ORDER BY name) ('running'), ('paused');
INSERT INTO t VALUES (2);
STEP;
CHECKPOINT;
CRASH;
EXPECT m (4);
RESUME n;
STEP;
EXPECT n (40);
PAUSE m;
ALTER MATERIALIZED VIEW m AS SELECT SUM(a) + 2 AS s FROM t;
EXPECT (SELECT state FROM weir.queries ORDER BY name) ('paused'), ('held');
RESUME m;
STEP;
EXPECT n (50);

-- test: OR REPLACE does not put a view in the place of a table, nor a table in that of a view
CREATE TABLE t (a INT);
CREATE VIEW v AS SELECT a FROM t;
INSERT INTO t VALUES (1);
EXPECT ERROR 'W1109' LIKE '%"t" is a table that keeps rows%DROP it first%';
CREATE OR REPLACE VIEW t AS SELECT 1 AS a;
EXPECT ERROR 'W1109' LIKE '%"v" is a view%';
CREATE OR REPLACE TABLE v (a INT);
CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT a + 1 AS a FROM t;
STEP;
EXPECT v (2);
EXPECT (SELECT a FROM t) (1);

-- test: a statement set with an error starts nothing; a table whose query fails is not made
CREATE TABLE t (a INT);
CREATE TABLE s (a INT) WITH ('connector' = 'blackhole');
CREATE TABLE u (a INT);
EXPECT ERROR 'W1102' LIKE '%unknown column "nope"%';
EXECUTE STATEMENT SET BEGIN INSERT INTO s SELECT a FROM t; INSERT INTO s SELECT nope FROM t; END;
EXPECT (SHOW QUERIES) ();
EXPECT ERROR 'W1307';
EXECUTE STATEMENT SET BEGIN INSERT INTO u VALUES (1); INSERT INTO u VALUES ('x'); END;
EXPECT (SELECT * FROM u) ();
EXPECT ERROR 'W1204';
CREATE TABLE d AS SELECT 1 / 0 AS x;
EXPECT ERROR 'W1101';
SELECT * FROM d;
CREATE TABLE d AS SELECT 1 / 1 AS x;
EXPECT (SELECT * FROM d) (1);
