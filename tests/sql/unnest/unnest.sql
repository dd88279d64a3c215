-- test: CROSS JOIN UNNEST gives a row per element; NULL and empty arrays give none
CREATE TABLE t (id INT, tags ARRAY<STRING>);
CREATE MATERIALIZED VIEW m AS SELECT id, tag FROM t CROSS JOIN UNNEST(t.tags) AS u (tag);
PUSH INTO t VALUES (1, ARRAY['a', 'b']), (2, NULL), (3, ARRAY[CAST(NULL AS STRING)]), (4, ARRAY['a', 'a']);
STEP;
EXPECT m (1, 'a'), (1, 'b'), (3, NULL), (4, 'a'), (4, 'a');
PUSH DELETE FROM t VALUES (4, ARRAY['a', 'a']), (1, ARRAY['a', 'b']);
STEP;
EXPECT m (3, NULL);

-- test: LEFT JOIN UNNEST ON TRUE keeps rows without elements
CREATE TABLE t (id INT, tags ARRAY<STRING>);
CREATE MATERIALIZED VIEW m AS SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS u (tag) ON TRUE;
PUSH INTO t VALUES (1, ARRAY['a', 'b']), (2, NULL);
STEP;
EXPECT m (1, 'a'), (1, 'b'), (2, NULL);

-- test: a condition filters the elements of an inner join
CREATE TABLE t (id INT, xs ARRAY<INT>);
CREATE MATERIALIZED VIEW m AS SELECT id, x FROM t JOIN UNNEST(xs) AS u (x) ON x > id;
PUSH INTO t VALUES (1, ARRAY[1, 2, 3]);
STEP;
EXPECT m (1, 2), (1, 3);

-- test: arrays of rows become columns, maps key and value
CREATE TABLE t (id INT, items ARRAY<ROW<sku STRING, n INT>>, m MAP<STRING, INT>);
CREATE MATERIALIZED VIEW a AS SELECT id, sku, n FROM t CROSS JOIN UNNEST(items);
CREATE MATERIALIZED VIEW b AS SELECT id, k, v FROM t CROSS JOIN UNNEST(m) AS u (k, v);
PUSH INTO t VALUES (1, ARRAY[ROW('x', 2), ROW('y', 3)], MAP['p', 1, 'q', NULL]);
STEP;
EXPECT a (1, 'x', 2), (1, 'y', 3);
EXPECT b (1, 'p', 1), (1, 'q', NULL);

-- test: WITH ORDINALITY numbers the elements from 1
CREATE TABLE t (id INT PRIMARY KEY, tags ARRAY<STRING>);
CREATE MATERIALIZED VIEW m AS SELECT id, tag, n FROM t CROSS JOIN UNNEST(tags) WITH ORDINALITY AS u (tag, n);
INSERT INTO t VALUES (1, ARRAY['a', 'b']), (2, ARRAY['c']);
STEP;
EXPECT m (1, 'a', 1), (1, 'b', 2), (2, 'c', 1);

-- test: several arrays run side by side, the shorter end in NULLs
EXPECT (SELECT a, b FROM UNNEST(ARRAY[1, 2, 3], ARRAY['x']) AS u (a, b)) (1, 'x'), (2, NULL), (3, NULL);

-- test: UNNEST by itself and of an expression; a bare alias names the column
EXPECT (SELECT x + 1 FROM UNNEST(ARRAY[1, 2]) AS x) (2), (3);
EXPECT (SELECT u.s FROM (VALUES ('a-b')) AS t (v), UNNEST(SPLIT(t.v, '-')) AS u (s)) ('a'), ('b');

-- test: a function that returns an array may stand in FROM
EXPECT (SELECT s FROM (VALUES ('a,b')) AS t (v), LATERAL TABLE(SPLIT(v, ',')) AS u (s)) ('a'), ('b');
CREATE FUNCTION words(s STRING) RETURNS ARRAY<STRING> RETURN SPLIT(s, ' ');
EXPECT (SELECT w FROM (VALUES ('hello world')) AS t (v) LEFT JOIN LATERAL TABLE(words(v)) AS u (w) ON TRUE) ('hello'), ('world');

-- test: the time attribute and the window pass through UNNEST
CREATE TABLE t (ts TIMESTAMP(3), xs ARRAY<INT>, WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW m AS
SELECT window_start, x, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) CROSS JOIN UNNEST(xs) AS u (x)
GROUP BY window_start, window_end, x;
CREATE VIEW e AS SELECT ts, x FROM t CROSS JOIN UNNEST(xs) AS u (x);
CREATE MATERIALIZED VIEW o AS SELECT window_end, SUM(x) AS s FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t VALUES (TIMESTAMP '2024-01-01 00:00:01', ARRAY[1, 2]), (TIMESTAMP '2024-01-01 00:00:02', ARRAY[2]), (TIMESTAMP '2024-01-01 00:00:11', ARRAY[5]);
STEP;
EXPECT m (TIMESTAMP '2024-01-01 00:00:00', 1, 1), (TIMESTAMP '2024-01-01 00:00:00', 2, 2);
EXPECT o (TIMESTAMP '2024-01-01 00:00:10', 5);

-- test: a multiset gives each element as often as it holds it
CREATE TABLE t (x STRING);
INSERT INTO t VALUES ('a'), ('b'), ('a');
EXPECT (SELECT e FROM (SELECT COLLECT(x) AS xs FROM t) AS c CROSS JOIN UNNEST(xs) AS u (e)) ('a'), ('a'), ('b');

-- test: UNNEST of what is no collection says what to do
EXPECT ERROR 'W1201' LIKE '%UNNEST takes arrays, maps and multisets, not INT%';
SELECT * FROM (VALUES (1)) AS t (v), UNNEST(t.v) AS u (x);

-- test: conditions on the left go below UNNEST and change nothing
CREATE TABLE t (id INT, xs ARRAY<INT>);
CREATE MATERIALIZED VIEW m AS SELECT id, x FROM t LEFT JOIN UNNEST(xs) AS u (x) ON TRUE WHERE id > 1 AND x IS NULL;
PUSH INTO t VALUES (1, NULL), (2, NULL), (3, ARRAY[1]);
STEP;
EXPECT m (2, NULL);
