-- A function whose body reads a table that weir keeps is evaluated once per row, over what the table holds when the row
-- comes; what it gave stays with the row.

-- test: words joined with an own table by its key: a change of the table changes no row that came before
CREATE TABLE t (id INT, s STRING);
CREATE TABLE words (word STRING NOT NULL, score INT, PRIMARY KEY (word));
INSERT INTO words VALUES ('good', 1), ('bad', -1);
CREATE FUNCTION sentiment(s STRING) RETURNS DOUBLE RETURN
  (SELECT COALESCE(AVG(CAST(l.score AS DOUBLE)), 0) FROM UNNEST(SPLIT(s, ' ')) AS u (w) JOIN words AS l ON l.word = LOWER(u.w));
CREATE MATERIALIZED VIEW m AS SELECT id, sentiment(s) AS x FROM t;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM t WHERE sentiment(s) > 0;
PUSH INTO t VALUES (1, 'good BAD Good good'), (2, ''), (3, 'bad'), (4, NULL);
STEP;
EXPECT m (1, 0.5), (2, 0.0), (3, -1.0), (4, 0.0);
EXPECT kept (1);
UPDATE words SET score = 5 WHERE word = 'good';
DELETE FROM words WHERE word = 'bad';
STEP;
EXPECT m (1, 0.5), (2, 0.0), (3, -1.0), (4, 0.0);
PUSH INTO t VALUES (5, 'good'), (6, 'bad');
STEP;
EXPECT m (1, 0.5), (2, 0.0), (3, -1.0), (4, 0.0), (5, 5.0), (6, 0.0);
EXPECT kept (1), (5);
EXPECT (SELECT sentiment('good'), sentiment('nothing'), sentiment(NULL)) (5.0, 0.0, 0.0);

-- test: a row that is taken back takes its own value back
CREATE TABLE t (id INT, s STRING);
CREATE TABLE words (word STRING NOT NULL, score INT, PRIMARY KEY (word));
INSERT INTO words VALUES ('good', 1), ('bad', -1);
CREATE FUNCTION score(s STRING) RETURNS BIGINT RETURN
  (SELECT SUM(l.score) FROM UNNEST(SPLIT(s, ' ')) AS u (w) JOIN words AS l ON l.word = u.w);
CREATE MATERIALIZED VIEW m AS SELECT id, score(s) AS x FROM t;
CREATE MATERIALIZED VIEW total AS SELECT SUM(score(s)) AS x, COUNT(*) AS n FROM t;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM t WHERE score(s) > 0;
CREATE MATERIALIZED VIEW groups AS SELECT score(s) AS x, COUNT(*) AS n FROM t GROUP BY score(s);
PUSH INTO t VALUES (1, 'good'), (2, 'good good'), (3, 'bad'), (1, 'good');
STEP;
UPDATE words SET score = 10 WHERE word = 'good';
UPDATE words SET score = 7 WHERE word = 'bad';
PUSH INTO t VALUES (4, 'good');
STEP;
EXPECT m (1, 1), (1, 1), (2, 2), (3, -1), (4, 10);
EXPECT total (13, 5);
EXPECT kept (1), (1), (2), (4);
EXPECT groups (1, 2), (2, 1), (-1, 1), (10, 1);
PUSH DELETE FROM t VALUES (1, 'good'), (3, 'bad');
STEP;
EXPECT m (1, 1), (2, 2), (4, 10);
EXPECT total (13, 3);
EXPECT kept (1), (2), (4);
EXPECT groups (1, 1), (2, 1), (10, 1);
DELETE FROM words;
PUSH DELETE FROM t VALUES (2, 'good good'), (4, 'good');
PUSH INTO t VALUES (2, 'good bad');
STEP;
EXPECT m (1, 1), (2, NULL);
EXPECT total (1, 2);

-- test: over a view whose rows change: the value is that of the moment of each row
CREATE TABLE s (k INT, x INT);
CREATE TABLE rates (n BIGINT NOT NULL, rate INT, PRIMARY KEY (n));
INSERT INTO rates VALUES (1, 10), (2, 20);
CREATE FUNCTION rate_of(c BIGINT) RETURNS INT RETURN (SELECT r.rate FROM rates AS r WHERE r.n = c);
CREATE MATERIALIZED VIEW counts AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
CREATE MATERIALIZED VIEW v AS SELECT k, n, rate_of(n) AS rate FROM counts;
PUSH INTO s VALUES (1, 1), (2, 1), (3, 1);
STEP;
EXPECT v (1, 1, 10), (2, 1, 10), (3, 1, 10);
UPDATE rates SET rate = 11 WHERE n = 1;
PUSH INTO s VALUES (2, 1);
STEP;
EXPECT v (1, 1, 10), (2, 2, 20), (3, 1, 10);
PUSH INTO s VALUES (4, 1);
PUSH DELETE FROM s VALUES (2, 1);
STEP;
EXPECT v (1, 1, 10), (2, 1, 11), (3, 1, 10), (4, 1, 11);

-- test: a row sees what came before it, also where both come in one step
CREATE TABLE t (n INT, kind STRING, k INT, v INT);
CREATE MATERIALIZED VIEW dim AS SELECT k, MAX(v) AS v FROM t WHERE kind = 'dim' GROUP BY k;
CREATE MATERIALIZED VIEW log AS SELECT k, v FROM t WHERE kind = 'dim';
CREATE FUNCTION one(x INT) RETURNS INT RETURN (SELECT d.v FROM dim AS d WHERE d.k = x);
CREATE FUNCTION several(x INT) RETURNS STRING RETURN (SELECT LISTAGG(CAST(d.v AS STRING), ',' ORDER BY d.v) FROM log AS d WHERE d.k = x);
CREATE FUNCTION newest(x INT) RETURNS INT RETURN (SELECT d.v FROM log AS d WHERE d.k <= x ORDER BY d.v DESC LIMIT 1);
CREATE MATERIALIZED VIEW a AS SELECT n, one(k) AS v FROM t WHERE kind = 'row';
CREATE MATERIALIZED VIEW b AS SELECT n, several(k) AS v FROM t WHERE kind = 'row';
CREATE MATERIALIZED VIEW c AS SELECT n, newest(k) AS v FROM t WHERE kind = 'row';
PUSH INTO t VALUES (1, 'row', 1, 0), (2, 'dim', 1, 10), (3, 'row', 1, 0), (4, 'dim', 1, 11), (5, 'row', 1, 0), (6, 'row', 2, 0), (7, 'dim', 2, 20), (8, 'row', 2, 0), (9, 'dim', 2, 20), (10, 'row', 2, 0);
STEP;
EXPECT b (1, NULL), (3, '10'), (5, '10,11'), (6, NULL), (8, '20'), (10, '20,20');
EXPECT c (1, NULL), (3, 10), (5, 11), (6, 11), (8, 20), (10, 20);

-- test: own tables that change in the step in which their readers' rows come
CREATE TABLE own (id INT NOT NULL, k INT, PRIMARY KEY (id));
CREATE TABLE dim (k INT NOT NULL, v INT, PRIMARY KEY (k));
CREATE FUNCTION val(x INT) RETURNS INT RETURN (SELECT d.v FROM dim AS d WHERE d.k = x);
CREATE FUNCTION above(x INT) RETURNS STRING RETURN (SELECT LISTAGG(CAST(d.v AS STRING), ',') FROM (SELECT v FROM dim WHERE k >= x ORDER BY k DESC LIMIT 2) AS d);
CREATE MATERIALIZED VIEW v AS SELECT id, val(k) AS v, above(k) AS a FROM own;
INSERT INTO own VALUES (1, 1);
INSERT INTO dim VALUES (1, 100), (2, 200), (3, 300);
INSERT INTO own VALUES (2, 1);
UPDATE dim SET v = 101 WHERE k = 1;
DELETE FROM dim WHERE k = 2;
INSERT INTO own VALUES (3, 1), (4, 2);
INSERT INTO dim VALUES (2, 222);
STEP;
EXPECT v (1, NULL, NULL), (2, 100, '300,200'), (3, 101, '300,101'), (4, NULL, '300');

-- test: constant arguments, none at all, and bodies that are more than a query
CREATE TABLE t (id INT);
CREATE TABLE conf (name STRING NOT NULL, v INT, PRIMARY KEY (name));
CREATE FUNCTION setting(x STRING) RETURNS INT RETURN COALESCE((SELECT v FROM conf WHERE name = x), -1) + 0;
CREATE FUNCTION many() RETURNS BIGINT RETURN (SELECT COUNT(*) FROM conf);
CREATE MATERIALIZED VIEW m AS SELECT id, setting('a') AS a, setting('b') AS b, many() AS n FROM t;
PUSH INTO t VALUES (1);
STEP;
INSERT INTO conf VALUES ('a', 1);
STEP;
PUSH INTO t VALUES (2);
STEP;
INSERT INTO conf VALUES ('b', 2);
PUSH INTO t VALUES (3);
STEP;
EXPECT m (1, -1, -1, 0), (2, 1, -1, 1), (3, 1, 2, 2);

-- test: nested functions, and functions over views over own tables
CREATE TABLE t (id INT, s STRING);
CREATE TABLE words (word STRING NOT NULL, lang STRING, score INT, PRIMARY KEY (word));
CREATE VIEW english AS SELECT UPPER(word) AS up, word, score FROM words WHERE lang = 'en' AND score <> 0;
CREATE FUNCTION score(w STRING) RETURNS INT RETURN (SELECT e.score FROM english AS e WHERE e.word = w);
CREATE FUNCTION loud(w STRING) RETURNS INT RETURN (SELECT e.score * 10 FROM english AS e WHERE e.up = w);
CREATE FUNCTION best(s STRING) RETURNS INT RETURN (SELECT MAX(score(u.w)) FROM UNNEST(SPLIT(s, ' ')) AS u (w));
CREATE FUNCTION both_of(s STRING) RETURNS INT RETURN COALESCE(best(s), 0) + COALESCE(loud(s), 0);
INSERT INTO words VALUES ('a', 'en', 1), ('b', 'en', 2), ('c', 'de', 3), ('d', 'en', 0);
CREATE MATERIALIZED VIEW m AS SELECT id, best(s) AS x, both_of(s) AS y FROM t;
CREATE MATERIALIZED VIEW plain AS SELECT id, (SELECT MAX(score(u.w)) FROM UNNEST(SPLIT(t.s, ' ')) AS u (w)) AS x FROM t;
PUSH INTO t VALUES (1, 'a b c'), (2, 'A'), (3, 'c d'), (4, NULL);
STEP;
EXPECT m (1, 2, 2), (2, NULL, 10), (3, NULL, 0), (4, NULL, 0);
EXPECT plain (1, 2), (2, NULL), (3, NULL), (4, NULL);
UPDATE words SET lang = 'en' WHERE word = 'c';
PUSH INTO t VALUES (5, 'a b c');
STEP;
EXPECT CHANGES m (1, 2, 2), (2, NULL, 10), (3, NULL, 0), (4, NULL, 0), (5, 3, 3);
EXPECT (SELECT best('a c'), both_of('B')) (3, 20);

-- test: in INSERT, UPDATE and DELETE of own tables, also of the table that the body reads
CREATE TABLE words (word STRING NOT NULL, score INT, PRIMARY KEY (word));
CREATE INDEX by_score ON words (score);
CREATE FUNCTION score(x STRING) RETURNS INT RETURN (SELECT w.score FROM words AS w WHERE w.word = x);
CREATE FUNCTION alike(x INT) RETURNS STRING RETURN (SELECT LISTAGG(w.word, ',' ORDER BY w.word) FROM words AS w WHERE w.score = x);
CREATE TABLE own (id INT NOT NULL, s STRING, x INT, PRIMARY KEY (id));
INSERT INTO words VALUES ('a', 1), ('b', 2), ('c', 2);
INSERT INTO own SELECT id, s, score(s) FROM (VALUES (1, 'a'), (2, 'b'), (3, 'z')) AS v (id, s);
INSERT INTO own VALUES (4, 'c', score('c'));
EXPECT own (1, 'a', 1), (2, 'b', 2), (3, 'z', NULL), (4, 'c', 2);
UPDATE words SET score = score * 10;
UPDATE own SET x = score(s) WHERE id < 3;
EXPECT own (1, 'a', 10), (2, 'b', 20), (3, 'z', NULL), (4, 'c', 2);
UPDATE words SET score = COALESCE(score('a'), 0) + score WHERE word <> 'a';
EXPECT words ('a', 10), ('b', 30), ('c', 30);
EXPECT (SELECT id, alike(x * 3) FROM own ORDER BY id) (1, 'b,c'), (2, NULL), (3, NULL), (4, NULL);
DELETE FROM own WHERE score(s) >= 30;
EXPECT own (1, 'a', 10), (3, 'z', NULL);

-- test: by an index, several rows and a prefix of it, on streams and in a snapshot
CREATE TABLE t (id INT, k INT, g STRING);
CREATE TABLE dim (id BIGINT NOT NULL, k INT, g STRING, v STRING, PRIMARY KEY (id));
CREATE INDEX by_k ON dim (k DESC, g);
INSERT INTO dim VALUES (1, 10, 'a', 'x'), (2, 10, 'a', 'y'), (3, 10, 'b', 'z'), (4, NULL, 'a', 'n'), (5, 20, NULL, 'm');
CREATE FUNCTION of_k(x INT) RETURNS STRING RETURN (SELECT LISTAGG(d.v, ',' ORDER BY d.v) FROM dim AS d WHERE d.k = x);
CREATE FUNCTION of_kg(x INT, y STRING) RETURNS STRING RETURN (SELECT LISTAGG(d.v, ',' ORDER BY d.v) FROM dim AS d WHERE d.k = x AND d.g = y AND d.v <> 'y');
CREATE FUNCTION of_list(x ARRAY<INT>) RETURNS BIGINT RETURN (SELECT COUNT(d.id) FROM UNNEST(x) AS u (k) LEFT JOIN dim AS d ON d.k = u.k);
CREATE MATERIALIZED VIEW m AS SELECT id, of_k(k) AS a, of_kg(k, g) AS b, of_list(ARRAY[k, k, 20]) AS c FROM t;
PUSH INTO t VALUES (1, 10, 'a'), (2, NULL, 'a'), (3, 20, 'a'), (4, 10, NULL), (5, 30, 'a'), (6, 10, 'b');
STEP;
EXPECT m (1, 'x,y,z', 'x', 7), (2, NULL, NULL, 1), (3, 'm', NULL, 3), (4, 'x,y,z', NULL, 7), (5, NULL, NULL, 1), (6, 'x,y,z', 'z', 7);
EXPECT (SELECT of_k(10), of_k(20), of_k(NULL), of_kg(10, 'a'), of_list(ARRAY[10, 20, 20])) ('x,y,z', 'm', NULL, 'x', 5);
EXPECT ERROR 'W1107' LIKE '%"m" reads by it%';
DROP INDEX by_k;


-- test: more than one row as a value fails the query that keeps it
CREATE TABLE t (id INT, k INT);
CREATE TABLE dim (k INT, v INT);
CREATE FUNCTION val(x INT) RETURNS INT RETURN (SELECT d.v FROM dim AS d WHERE d.k = x);
INSERT INTO dim VALUES (1, 1), (2, 2), (2, 3);
CREATE MATERIALIZED VIEW m AS SELECT id, val(k) AS v FROM t;
PUSH INTO t VALUES (1, 1);
STEP;
EXPECT m (1, 1);
PUSH INTO t VALUES (2, 2);
EXPECT ERROR 'W1209' LIKE '%more than one row%';
STEP;
