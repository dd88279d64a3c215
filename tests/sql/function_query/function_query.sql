-- test: a function whose body is a query over its argument, in a view and in a snapshot
CREATE TABLE t (id INT, s STRING);
CREATE VIEW words AS SELECT * FROM (VALUES ('good', 1), ('bad', -1)) AS v (word, score);
CREATE FUNCTION sentiment(s STRING) RETURNS DOUBLE RETURN
  (SELECT COALESCE(AVG(CAST(l.score AS DOUBLE)), 0) FROM UNNEST(SPLIT(s, ' ')) AS u (w) JOIN words AS l ON l.word = LOWER(u.w));
CREATE MATERIALIZED VIEW m AS SELECT id, sentiment(s) AS x FROM t;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM t WHERE sentiment(s) > 0;
CREATE MATERIALIZED VIEW mean AS SELECT COUNT(*) AS n, SUM(sentiment(s)) AS x FROM t;
PUSH INTO t VALUES (1, 'good BAD Good good'), (2, ''), (3, 'bad'), (4, NULL);
STEP;
EXPECT m (1, 0.5), (2, 0.0), (3, -1.0), (4, 0.0);
EXPECT kept (1);
EXPECT mean (4, -0.5);
PUSH DELETE FROM t VALUES (1, 'good BAD Good good');
STEP;
EXPECT m (2, 0.0), (3, -1.0), (4, 0.0);
EXPECT kept ();
EXPECT mean (3, -1.0);
EXPECT (SELECT sentiment('good'), sentiment('nothing')) (1.0, 0.0);

-- test: such a function within another, and twice with one argument
CREATE TABLE t (id INT, xs ARRAY<INT>);
CREATE FUNCTION total(xs ARRAY<INT>) RETURNS BIGINT RETURN (SELECT SUM(CAST(x AS BIGINT)) FROM UNNEST(xs) AS u (x));
CREATE FUNCTION twice(xs ARRAY<INT>) RETURNS BIGINT RETURN total(xs) + total(xs);
CREATE MATERIALIZED VIEW m AS SELECT id, twice(xs) AS v, (SELECT MAX(x) FROM UNNEST(t.xs) AS u (x)) AS top FROM t;
PUSH INTO t VALUES (1, ARRAY[1, 2]), (2, NULL);
STEP;
EXPECT m (1, 6, 2), (2, NULL, NULL);

-- test: COUNT over nothing is 0, also where a sink takes the rows
CREATE TABLE t (id INT, xs ARRAY<INT>);
CREATE TABLE out (id INT, n BIGINT) WITH ('connector' = 'print');
INSERT INTO out SELECT id, (SELECT COUNT(*) FROM UNNEST(t.xs) AS u (x) WHERE x > 1) FROM t;
PUSH INTO t VALUES (1, ARRAY[1, 2, 3]), (2, NULL);
STEP;
EXPECT out (1, 2), (2, 0);

-- test: EXISTS, IN and ARRAY over an argument; they append
CREATE TABLE t (id INT, xs ARRAY<INT>);
CREATE TABLE out (id INT, big BOOLEAN, three BOOLEAN, sorted ARRAY<INT>) WITH ('connector' = 'print');
INSERT INTO out SELECT id, EXISTS (SELECT 1 FROM UNNEST(xs) AS u (x) WHERE x > 5), 3 IN (SELECT x FROM UNNEST(xs) AS u (x)), ARRAY(SELECT x * 2 FROM UNNEST(xs) AS u (x)) FROM t;
PUSH INTO t VALUES (1, ARRAY[3, 7]), (2, ARRAY[1, NULL]);
STEP;
EXPECT out (1, TRUE, TRUE, ARRAY[6, 14]), (2, FALSE, NULL, ARRAY[2, NULL]);

-- test: LATERAL over an argument keeps the row's time
CREATE TABLE t (ts TIMESTAMP(3), xs ARRAY<INT>, WATERMARK FOR ts AS ts);
CREATE VIEW v AS SELECT ts, y FROM t, LATERAL (SELECT x + 1 AS y FROM UNNEST(t.xs) AS u (x) WHERE x > 0) AS l;
CREATE MATERIALIZED VIEW m AS SELECT window_start, SUM(y) AS s FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t VALUES (TIMESTAMP '2024-01-01 00:00:01', ARRAY[1, -1, 2]), (TIMESTAMP '2024-01-01 00:00:11', ARRAY[5]);
STEP;
EXPECT m (TIMESTAMP '2024-01-01 00:00:00', 5);

-- test: more than one row as a value is the row's error
CREATE TABLE t (id INT, xs ARRAY<INT>);
CREATE MATERIALIZED VIEW m AS SELECT id, (SELECT x FROM UNNEST(t.xs) AS u (x)) AS x FROM t;
PUSH INTO t VALUES (1, ARRAY[4]);
STEP;
EXPECT m (1, 4);

