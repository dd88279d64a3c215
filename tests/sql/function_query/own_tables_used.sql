-- Where functions over own tables may be called, and what depends on them.

-- test: in conditions, joins, groups, windows, OVER, CASE, ORDER BY
CREATE TABLE t (id INT, w STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE words (word STRING NOT NULL, score INT, PRIMARY KEY (word));
INSERT INTO words VALUES ('a', 1), ('b', 2), ('c', 3);
CREATE FUNCTION score(x STRING) RETURNS INT RETURN (SELECT d.score FROM words AS d WHERE d.word = x);
CREATE MATERIALIZED VIEW grouped AS SELECT score(w) AS s, COUNT(*) AS n, MAX(score(w) + id) AS m FROM t GROUP BY score(w) HAVING score(w) < 3;
CREATE MATERIALIZED VIEW by_alias AS SELECT score(w) AS s, COUNT(*) AS n FROM t GROUP BY s;
CREATE MATERIALIZED VIEW windowed AS SELECT window_start, SUM(score(w)) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW cases AS SELECT id, CASE WHEN score(w) IS NULL THEN 'none' WHEN score(w) > 1 THEN 'high' ELSE 'low' END AS c FROM t;
EXPECT ERROR 'W1001' LIKE '%ON%query in FROM%';
CREATE MATERIALIZED VIEW joined AS SELECT a.id, b.id AS other FROM t AS a JOIN t AS b ON score(a.w) + 1 = score(b.w);
CREATE MATERIALIZED VIEW joined AS SELECT a.id, b.id AS other FROM (SELECT id, score(w) AS s FROM t) AS a JOIN (SELECT id, score(w) AS s FROM t) AS b ON a.s + 1 = b.s;
CREATE MATERIALIZED VIEW crossed AS SELECT a.id, b.id AS other FROM t AS a, t AS b WHERE score(a.w) + 1 = score(b.w);
CREATE MATERIALIZED VIEW best AS SELECT id, s FROM (SELECT id, score(w) AS s, ROW_NUMBER() OVER (ORDER BY score(w) DESC, id) AS rn FROM t) WHERE rn <= 2;
CREATE MATERIALIZED VIEW running AS SELECT id, SUM(score(w)) OVER (ORDER BY ts) AS s FROM t;
CREATE MATERIALIZED VIEW lateral_of AS SELECT t.id, l.s FROM t, LATERAL (SELECT score(u.x) AS s FROM UNNEST(ARRAY[t.w, 'c']) AS u (x)) AS l;
CREATE MATERIALIZED VIEW both_sides AS SELECT id FROM t WHERE score(w) = 1 UNION ALL SELECT id FROM t WHERE score(w) = 2;
PUSH INTO t VALUES (1, 'a', TIMESTAMP '2024-01-01 00:00:01'), (2, 'b', TIMESTAMP '2024-01-01 00:00:02'), (3, 'z', TIMESTAMP '2024-01-01 00:00:03'), (4, 'b', TIMESTAMP '2024-01-01 00:00:04'), (5, 'c', TIMESTAMP '2024-01-01 00:00:15');
STEP;
EXPECT grouped (1, 1, 2), (2, 2, 6);
EXPECT by_alias (1, 1), (2, 2), (3, 1), (NULL, 1);
EXPECT windowed (TIMESTAMP '2024-01-01 00:00:00', 5);
EXPECT cases (1, 'low'), (2, 'high'), (3, 'none'), (4, 'high'), (5, 'high');
EXPECT joined (1, 2), (1, 4), (2, 5), (4, 5);
EXPECT crossed (1, 2), (1, 4), (2, 5), (4, 5);
EXPECT best (5, 3), (2, 2);
EXPECT lateral_of (1, 1), (1, 3), (2, 2), (2, 3), (3, NULL), (3, 3), (4, 2), (4, 3), (5, 3), (5, 3);
EXPECT both_sides (1), (2), (4);
EXPECT (SELECT score(word), COUNT(*) FROM words GROUP BY score(word) ORDER BY score(word) DESC) (3, 1), (2, 1), (1, 1);
FINISH;
EXPECT running (1, 1), (2, 3), (3, 3), (4, 5), (5, 8);

-- test: a view that is made later has the values of the moment when it takes the rows in
CREATE TABLE own (id INT NOT NULL, w STRING, PRIMARY KEY (id));
CREATE TABLE words (word STRING NOT NULL, score INT, PRIMARY KEY (word));
CREATE FUNCTION score(x STRING) RETURNS INT RETURN (SELECT d.score FROM words AS d WHERE d.word = x);
INSERT INTO words VALUES ('a', 1);
INSERT INTO own VALUES (1, 'a'), (2, 'b');
CREATE MATERIALIZED VIEW first AS SELECT id, score(w) AS s FROM own;
STEP;
CHECKPOINT;
UPDATE words SET score = 5;
INSERT INTO own VALUES (3, 'a');
STEP;
CREATE MATERIALIZED VIEW later AS SELECT id, score(w) AS s FROM own;
STEP;
EXPECT first (1, 1), (2, NULL), (3, 5);
EXPECT later (1, 5), (2, NULL), (3, 5);
UPDATE own SET w = 'b' WHERE id = 1;
DELETE FROM own WHERE id = 3;
STEP;
EXPECT first (1, NULL), (2, NULL);
EXPECT later (1, NULL), (2, NULL);

-- test: clock and chance in a body are evaluated once per row, and stay with it
CREATE TABLE t (id INT);
CREATE TABLE conf (k INT NOT NULL, PRIMARY KEY (k));
INSERT INTO conf VALUES (1);
CREATE FUNCTION drawn(x INT) RETURNS DOUBLE RETURN (SELECT MAX(RAND() + k) FROM conf WHERE k <= x);
CREATE MATERIALIZED VIEW m AS SELECT id, drawn(1) AS r FROM t;
CREATE MATERIALIZED VIEW n AS SELECT COUNT(*) AS n, COUNT(DISTINCT r) AS d FROM m;
PUSH INTO t VALUES (1), (2), (3), (4);
STEP;
EXPECT n (4, 4);
PUSH DELETE FROM t VALUES (1), (2), (3);
STEP;
EXPECT n (1, 1);
EXPECT (SELECT id FROM m) (4);

-- test: what a function reads cannot be dropped, and its columns stay what they are
CREATE TABLE t (id INT, w STRING);
CREATE TABLE words (word STRING NOT NULL, score INT, note STRING, PRIMARY KEY (word));
CREATE FUNCTION score(x STRING) RETURNS INT RETURN (SELECT d.score FROM words AS d WHERE d.word = x);
EXPECT ERROR 'W1107' LIKE '%cannot drop "words"%score%CASCADE%';
DROP TABLE words;
CREATE MATERIALIZED VIEW m AS SELECT id, score(w) AS s FROM t;
EXPECT ERROR 'W1107' LIKE '%score%';
DROP TABLE words;
EXPECT ERROR 'W1107' LIKE '%m calls it%';
DROP FUNCTION score;
INSERT INTO words VALUES ('a', 1, NULL);
PUSH INTO t VALUES (1, 'a');
STEP;
ALTER TABLE words ADD (more INT);
UPDATE words SET score = 2, more = 7;
PUSH INTO t VALUES (2, 'a');
STEP;
EXPECT m (1, 1), (2, 2);
DROP TABLE words CASCADE;
EXPECT ERROR 'W1104';
SELECT score('a');

-- test: another body, while views call the function
CREATE TABLE t (id INT, w STRING);
CREATE TABLE words (word STRING NOT NULL, score INT, PRIMARY KEY (word));
INSERT INTO words VALUES ('a', 1);
CREATE FUNCTION score(x STRING) RETURNS INT RETURN (SELECT d.score FROM words AS d WHERE d.word = x);
CREATE MATERIALIZED VIEW m AS SELECT id, score(w) AS s FROM t;
PUSH INTO t VALUES (1, 'a');
STEP;
CREATE OR REPLACE FUNCTION score(x STRING) RETURNS INT RETURN (SELECT d.score * 100 FROM words AS d WHERE d.word = x);
PUSH INTO t VALUES (2, 'a');
STEP;
EXPECT (SELECT score('a')) (100);

-- test: tables elsewhere, streams and weir's own tables cannot be read for each row
CREATE TABLE t (id INT, w STRING);
CREATE TABLE s (w STRING, n INT);
PUSH INTO s VALUES ('a', 1);
STEP;
EXPECT ERROR 'W1305' LIKE '%"s" has no end%CREATE MATERIALIZED VIEW%';
CREATE FUNCTION seen(x STRING) RETURNS BIGINT RETURN (SELECT COUNT(*) FROM s WHERE w = x);
CREATE FUNCTION lag_of(x STRING) RETURNS BIGINT RETURN (SELECT COUNT(*) FROM weir.queries WHERE name = x);
EXPECT ERROR 'W1301' LIKE '%weir.queries%call the function in a SELECT%';
CREATE MATERIALIZED VIEW m AS SELECT id, lag_of(w) FROM t;
CREATE FUNCTION late_of(x INT) RETURNS BIGINT RETURN (SELECT COUNT(*) FROM s.bad WHERE "offset" = x);
EXPECT ERROR 'W1301' LIKE '%s.bad%CREATE MATERIALIZED VIEW%';
CREATE MATERIALIZED VIEW m AS SELECT id, late_of(id) FROM t;

-- test: an argument is evaluated once, also where a query and what stands beside it read it
CREATE TABLE own (id INT NOT NULL, PRIMARY KEY (id));
CREATE TABLE dim (k INT NOT NULL, v DOUBLE, PRIMARY KEY (k));
INSERT INTO dim VALUES (0, 0.5);
INSERT INTO own VALUES (1), (2), (3);
CREATE FUNCTION same(x DOUBLE) RETURNS DOUBLE RETURN x - x;
CREATE FUNCTION q(x DOUBLE) RETURNS DOUBLE RETURN (SELECT MAX(v * 0 + x) FROM dim WHERE k < x + 1) - x;
CREATE FUNCTION r(x DOUBLE) RETURNS DOUBLE RETURN (SELECT MAX(v * 0 + x) FROM dim WHERE k < x + 1);
CREATE MATERIALIZED VIEW m AS SELECT id, same(RAND()) AS a, q(RAND()) AS b, r(RAND()) AS c FROM own;
CREATE MATERIALIZED VIEW d AS SELECT COUNT(*) AS n, SUM(a) AS a, SUM(b) AS b, COUNT(DISTINCT c) AS c FROM m;
STEP;
EXPECT d (3, 0.0, 0.0, 3);
DELETE FROM own WHERE id < 3;
STEP;
EXPECT d (1, 0.0, 0.0, 1);
EXPECT (SELECT same(RAND()), q(RAND())) (0.0, 0.0);

-- test: EXPLAIN says that it is looked up, by key, by index, or read whole, and that its value is kept
CREATE TABLE t (id INT, w STRING, n INT);
CREATE TABLE words (word STRING NOT NULL, score INT, PRIMARY KEY (word));
CREATE INDEX by_score ON words (score);
CREATE FUNCTION by_key(s STRING) RETURNS BIGINT RETURN (SELECT SUM(w.score) FROM UNNEST(SPLIT(s, ' ')) AS u (x) JOIN words AS w ON w.word = u.x);
CREATE FUNCTION by_index(n INT) RETURNS STRING RETURN (SELECT MAX(w.word) FROM words AS w WHERE w.score = n);
CREATE FUNCTION whole(n INT) RETURNS BIGINT RETURN (SELECT COUNT(*) FROM words AS w WHERE MOD(w.score, 10) = n);
EXPECT (EXPLAIN CREATE MATERIALIZED VIEW m AS SELECT by_key(w) FROM t) LIKE '%Once(keeps=%Apply(scalar, correlated by%when the row comes, a batch at once)%LookupJoin(inner, x = word%Scan(words, looked up by key)%';
EXPECT (EXPLAIN SELECT by_key(w) FROM t) LIKE '%LookupJoin(inner, x = word%Scan(words, looked up by key)%';
EXPECT (EXPLAIN CREATE MATERIALIZED VIEW m AS SELECT by_index(n) FROM t) LIKE '%Scan(words, by index by_score%';
EXPECT (EXPLAIN CREATE MATERIALIZED VIEW m AS SELECT whole(n) FROM t) LIKE '%Scan(words, all rows)%';

-- test: an index that comes later is taken after a restart, and the state that was there goes on
CREATE TABLE own (id INT NOT NULL, k INT, PRIMARY KEY (id));
CREATE TABLE dim (id INT NOT NULL, k INT, v INT, PRIMARY KEY (id));
CREATE FUNCTION total(x INT) RETURNS BIGINT RETURN (SELECT SUM(d.v) FROM UNNEST(ARRAY[x, x]) AS u (k) JOIN dim AS d ON d.k = u.k);
CREATE FUNCTION one(x INT) RETURNS INT RETURN (SELECT MAX(d.v) FROM dim AS d WHERE d.k = x AND d.v > 0);
INSERT INTO dim VALUES (1, 1, 10), (2, 1, 20), (3, 2, 5);
CREATE MATERIALIZED VIEW m AS SELECT id, total(k) AS t, one(k) AS o FROM own;
CREATE MATERIALIZED VIEW s AS SELECT SUM(total(k)) AS t, COUNT(*) AS n FROM own;
INSERT INTO own VALUES (1, 1), (2, 2);
STEP;
EXPECT m (1, 60, 20), (2, 10, 5);
CREATE INDEX by_k ON dim (k);
CHECKPOINT;
CRASH;
UPDATE dim SET v = v + 1;
INSERT INTO own VALUES (3, 1);
STEP;
EXPECT m (1, 60, 20), (2, 10, 5), (3, 64, 21);
EXPECT s (134, 3);
DELETE FROM own WHERE id < 3;
STEP;
EXPECT m (3, 64, 21);
EXPECT s (64, 1);
-- test: a lookup join goes on with a better index that comes later
CREATE TABLE orders (id INT, k INT, g STRING, p AS PROCTIME());
CREATE TABLE dim (id INT NOT NULL, k INT, g STRING, v INT, PRIMARY KEY (id));
CREATE INDEX a ON dim (k);
INSERT INTO dim VALUES (1, 1, 'x', 10), (2, 1, 'y', 20);
CREATE MATERIALIZED VIEW m AS SELECT o.id, d.v FROM orders o JOIN dim FOR SYSTEM_TIME AS OF o.p AS d ON o.k = d.k AND o.g = d.g;
PUSH INTO orders VALUES (1, 1, 'x');
STEP;
CREATE INDEX b ON dim (k, g);
CHECKPOINT;
CRASH;
PUSH INTO orders VALUES (2, 1, 'y');
STEP;
EXPECT m (1, 10), (2, 20);
