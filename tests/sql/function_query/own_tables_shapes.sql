-- Bodies over tables that weir keeps, of every shape, on a stream and in a SELECT.

-- test: EXISTS, IN, ARRAY, UNION, groups, order, OVER, joins of tables, keys of every type
CREATE TABLE t (id INT, k INT, s STRING, d DECIMAL(10,2), ts TIMESTAMP(3));
CREATE TABLE dim (a INT NOT NULL, b INT NOT NULL, v STRING, n BIGINT, PRIMARY KEY (a, b));
CREATE TABLE dd (d DECIMAL(12,2) NOT NULL, name STRING, PRIMARY KEY (d));
CREATE TABLE tt (ts TIMESTAMP(3) NOT NULL, name STRING, PRIMARY KEY (ts));
CREATE TABLE big (k BIGINT NOT NULL, name STRING, PRIMARY KEY (k));
INSERT INTO dim VALUES (1, 1, 'x', 10), (1, 2, 'y', 20), (2, 1, 'z', 30), (3, 3, NULL, NULL);
INSERT INTO dd VALUES (1.50, 'one-fifty'), (2, 'two');
INSERT INTO tt VALUES (TIMESTAMP '2024-01-01 00:00:00', 'new year');
INSERT INTO big VALUES (1, 'one'), (2, 'two');
CREATE FUNCTION ex(x INT) RETURNS BOOLEAN RETURN (SELECT COUNT(*) > 0 FROM dim WHERE a = x AND EXISTS (SELECT 1 FROM dim AS e WHERE e.a = dim.a AND e.b = 2));
CREATE FUNCTION inn(x STRING) RETURNS BOOLEAN RETURN x IN (SELECT v FROM dim WHERE v IS NOT NULL);
CREATE FUNCTION nin(x STRING) RETURNS BOOLEAN RETURN x NOT IN (SELECT v FROM dim);
CREATE FUNCTION has(x INT) RETURNS BOOLEAN RETURN EXISTS (SELECT 1 FROM dim WHERE a = x);
CREATE FUNCTION arr(x INT) RETURNS ARRAY<STRING> RETURN ARRAY(SELECT v FROM dim WHERE a = x ORDER BY b DESC);
CREATE FUNCTION uni(x INT) RETURNS BIGINT RETURN (SELECT SUM(n) FROM (SELECT n FROM dim WHERE a = x UNION ALL SELECT n FROM dim WHERE b = x));
CREATE FUNCTION grp(x INT) RETURNS BIGINT RETURN (SELECT MAX(c) FROM (SELECT a, COUNT(*) AS c FROM dim WHERE b <= x GROUP BY a));
CREATE FUNCTION ord(x INT) RETURNS STRING RETURN (SELECT v FROM dim WHERE a >= x ORDER BY n DESC NULLS LAST LIMIT 1);
CREATE FUNCTION ov(x INT) RETURNS BIGINT RETURN (SELECT MAX(s) FROM (SELECT SUM(n) OVER (ORDER BY a, b) AS s, a FROM dim) WHERE a = x);
CREATE FUNCTION two(x INT, y INT) RETURNS STRING RETURN (SELECT p.v || q.name FROM dim AS p JOIN big AS q ON q.k = p.b WHERE p.a = x AND p.b = y);
CREATE FUNCTION lef(x INT) RETURNS STRING RETURN (SELECT LISTAGG(COALESCE(q.name, '-'), ',' ORDER BY p.b) FROM dim AS p LEFT JOIN big AS q ON q.k = p.b AND q.name <> 'two' WHERE p.a = x);
CREATE FUNCTION dec(x DECIMAL(10,2)) RETURNS STRING RETURN (SELECT name FROM dd WHERE d = x);
CREATE FUNCTION tim(x TIMESTAMP(3)) RETURNS STRING RETURN (SELECT name FROM tt WHERE ts = x);
CREATE FUNCTION bigk(x INT) RETURNS STRING RETURN (SELECT name FROM big WHERE k = x + 1);
CREATE FUNCTION lowr(x STRING) RETURNS BIGINT RETURN (SELECT COUNT(*) FROM big WHERE LOWER(name) = LOWER(x));
CREATE FUNCTION rng(x INT) RETURNS BIGINT RETURN (SELECT SUM(k) FROM big WHERE k >= x);
CREATE FUNCTION cor(x INT) RETURNS BIGINT RETURN (SELECT SUM((SELECT COUNT(*) FROM dim AS e WHERE e.a = p.a AND e.b <= x)) FROM dim AS p);
CREATE FUNCTION sem(x ARRAY<INT>) RETURNS STRING RETURN (SELECT LISTAGG(CAST(u.i AS STRING), ',') FROM UNNEST(x) AS u (i) WHERE u.i IN (SELECT a FROM dim));
CREATE FUNCTION ante(x ARRAY<INT>) RETURNS STRING RETURN (SELECT LISTAGG(CAST(u.i AS STRING), ',') FROM UNNEST(x) AS u (i) WHERE NOT EXISTS (SELECT 1 FROM dim WHERE a = u.i AND b = 1));
CREATE MATERIALIZED VIEW m1 AS SELECT id, ex(k) AS ex, inn(s) AS inn, nin(s) AS nin, has(k) AS has, CARDINALITY(arr(k)) AS arr, uni(k) AS uni, grp(k) AS grp, ord(k) AS ord, ov(k) AS ov FROM t;
CREATE MATERIALIZED VIEW m2 AS SELECT id, two(k, 1) AS two, lef(k) AS lef, dec(d) AS de, tim(ts) AS ti, bigk(k) AS bi, lowr(UPPER(s)) AS lo, rng(k) AS rn, cor(k) AS co, sem(ARRAY[k, 2, 9]) AS se, ante(ARRAY[k, 1, 3]) AS an FROM t;
PUSH INTO t VALUES (1, 1, 'x', 1.5, TIMESTAMP '2024-01-01 00:00:00'), (2, 2, 'two', 2.00, NULL), (3, 3, NULL, NULL, NULL), (4, NULL, 'q', 9, TIMESTAMP '2024-01-02 00:00:00');
STEP;
EXPECT m1 (1, TRUE, TRUE, FALSE, TRUE, 2, 70, 1, 'z', 30), (2, FALSE, FALSE, NULL, TRUE, 1, 50, 2, 'z', 60), (3, FALSE, NULL, NULL, TRUE, 1, NULL, 2, NULL, 60), (4, FALSE, FALSE, NULL, FALSE, 0, NULL, NULL, NULL, NULL);
EXPECT m2 (1, 'xone', 'one,-', 'one-fifty', 'new year', 'two', 0, 3, 3, '1,2', '3'), (2, 'zone', 'one', 'two', NULL, NULL, 1, 2, 5, '2,2', '3'), (3, NULL, '-', NULL, NULL, NULL, 0, NULL, 6, '3,2', '3,3'), (4, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, '2', '3');
CREATE TABLE o (id INT, k INT, s STRING, d DECIMAL(10,2), ts TIMESTAMP(3));
INSERT INTO o VALUES (1, 1, 'x', 1.5, TIMESTAMP '2024-01-01 00:00:00'), (2, 2, 'two', 2.00, NULL), (3, 3, NULL, NULL, NULL), (4, NULL, 'q', 9, TIMESTAMP '2024-01-02 00:00:00');
EXPECT (SELECT id, ex(k) AS ex, inn(s) AS inn, nin(s) AS nin, has(k) AS has, CARDINALITY(arr(k)) AS arr, uni(k) AS uni, grp(k) AS grp, ord(k) AS ord, ov(k) AS ov FROM o) (1, TRUE, TRUE, FALSE, TRUE, 2, 70, 1, 'z', 30), (2, FALSE, FALSE, NULL, TRUE, 1, 50, 2, 'z', 60), (3, FALSE, NULL, NULL, TRUE, 1, NULL, 2, NULL, 60), (4, FALSE, FALSE, NULL, FALSE, 0, NULL, NULL, NULL, NULL);
EXPECT (SELECT id, two(k, 1) AS two, lef(k) AS lef, dec(d) AS de, tim(ts) AS ti, bigk(k) AS bi, lowr(UPPER(s)) AS lo, rng(k) AS rn, cor(k) AS co, sem(ARRAY[k, 2, 9]) AS se, ante(ARRAY[k, 1, 3]) AS an FROM o) (1, 'xone', 'one,-', 'one-fifty', 'new year', 'two', 0, 3, 3, '1,2', '3'), (2, 'zone', 'one', 'two', NULL, NULL, 1, 2, 5, '2,2', '3'), (3, NULL, '-', NULL, NULL, NULL, 0, NULL, 6, '3,2', '3,3'), (4, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, '2', '3');

-- test: many rows, over several batches, and as many words
CREATE TABLE words (k BIGINT NOT NULL, v BIGINT, PRIMARY KEY (k));
CREATE FUNCTION val(x BIGINT) RETURNS BIGINT RETURN (SELECT SUM(w.v) FROM UNNEST(ARRAY[x, x + 1, x * 2]) AS u (k) JOIN words AS w ON w.k = u.k);
CREATE FUNCTION near(x BIGINT) RETURNS BIGINT RETURN (SELECT w.v FROM words AS w WHERE w.k <= x ORDER BY w.k DESC LIMIT 1);
INSERT INTO words SELECT x, x * 10 FROM generate_series(1, 9000) AS g (x) WHERE MOD(x, 3) = 0;
EXPECT (SELECT COUNT(*), SUM(v), COUNT(v), MAX(v), MIN(v) FROM (SELECT val(x) AS v FROM generate_series(1, 10000) AS g (x)) AS q) (10000, 337635000, 6000, 135000, 30);
