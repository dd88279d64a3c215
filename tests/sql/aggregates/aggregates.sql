-- test: types of SUM and AVG
CREATE TABLE t (a TINYINT, b INT, c BIGINT, d DOUBLE, e DECIMAL(10, 2), f FLOAT);
INSERT INTO t VALUES (1, 1, 1, 1, 1, 1);
EXPECT (SELECT TYPEOF(SUM(a)), TYPEOF(SUM(b)), TYPEOF(SUM(c)), TYPEOF(SUM(d)), TYPEOF(SUM(e)), TYPEOF(SUM(f)) FROM t)
  ('TINYINT', 'INT', 'BIGINT', 'DOUBLE', 'DECIMAL(38, 2)', 'FLOAT');
EXPECT (SELECT TYPEOF(AVG(b)), TYPEOF(AVG(c)), TYPEOF(AVG(d)), TYPEOF(AVG(e)), TYPEOF(COUNT(b)) FROM t)
  ('INT', 'BIGINT', 'DOUBLE', 'DECIMAL(38, 6)', 'BIGINT NOT NULL');

-- test: AVG of integers truncates toward zero, AVG of decimals keeps six digits
CREATE TABLE t (x INT, d DECIMAL(4, 1));
INSERT INTO t VALUES (-1, 1), (-2, 2), (-2, 2);
EXPECT (SELECT AVG(x), AVG(d) FROM t) (-1, 1.666667);

-- test: COUNT, SUM, AVG, MIN, MAX under retraction
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(*) AS n, COUNT(v) AS c, SUM(v) AS s, AVG(v) AS a, MIN(v) AS lo, MAX(v) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 5), ('a', NULL), ('a', 3);
STEP;
EXPECT m ('a', 4, 3, 9, 3, 1, 5);
PUSH DELETE FROM t VALUES ('a', 5), ('a', 1);
STEP;
EXPECT m ('a', 2, 1, 3, 3, 3, 3);
PUSH DELETE FROM t VALUES ('a', 3);
STEP;
EXPECT m ('a', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', NULL);
STEP;
EXPECT m ();

-- test: MIN and MAX forget what was taken back, with equal values too
CREATE TABLE t (v INT);
CREATE MATERIALIZED VIEW m AS SELECT MIN(v) AS lo, MAX(v) AS hi FROM t;
PUSH INTO t VALUES (5), (5), (7), (1);
STEP;
PUSH DELETE FROM t VALUES (7), (5), (1);
STEP;
EXPECT m (5, 5);
PUSH DELETE FROM t VALUES (5);
STEP;
EXPECT m (NULL, NULL);

-- test: DISTINCT aggregates under retraction
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(DISTINCT v) AS n, SUM(DISTINCT v) AS s, AVG(DISTINCT v) AS a, COUNT(v) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 1), ('a', 4), ('a', NULL);
STEP;
EXPECT m ('a', 2, 5, 2, 3);
PUSH DELETE FROM t VALUES ('a', 1);
STEP;
EXPECT m ('a', 2, 5, 2, 2);
PUSH DELETE FROM t VALUES ('a', 1);
STEP;
EXPECT m ('a', 1, 4, 4, 1);

-- test: COUNT DISTINCT over several columns skips rows with a NULL
CREATE TABLE t (a INT, b INT);
INSERT INTO t VALUES (1, 1), (1, 1), (1, 2), (1, NULL);
EXPECT (SELECT COUNT(DISTINCT a), COUNT(DISTINCT b) FROM t) (1, 2);

-- test: FILTER keeps only what is true
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) FILTER (WHERE v > 2) AS n, SUM(v) FILTER (WHERE k = 'a') AS s, COUNT(DISTINCT k) FILTER (WHERE v < 9) AS d FROM t;
PUSH INTO t VALUES ('a', 1), ('a', 3), ('b', 9), ('b', NULL);
STEP;
EXPECT m (2, 4, 1);
PUSH DELETE FROM t VALUES ('a', 3);
STEP;
EXPECT m (1, 1, 1);

-- test: FIRST_VALUE and LAST_VALUE follow arrival
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, FIRST_VALUE(v) AS f, LAST_VALUE(v) AS l FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 2), ('a', 1), ('a', 3), ('b', NULL), ('b', 7);
STEP;
EXPECT m ('a', 2, 3), ('b', 7, 7);
PUSH DELETE FROM t VALUES ('a', 2), ('a', 3);
STEP;
EXPECT m ('a', 1, 1), ('b', 7, 7);

-- test: LISTAGG joins in arrival order, with a separator
CREATE TABLE t (k STRING, s STRING);
CREATE MATERIALIZED VIEW m AS SELECT k, LISTAGG(s) AS a, LISTAGG(s, '; ') AS b FROM t GROUP BY k;
PUSH INTO t VALUES ('x', 'b'), ('x', 'a'), ('x', NULL), ('x', 'c');
STEP;
EXPECT m ('x', 'b,a,c', 'b; a; c');
PUSH DELETE FROM t VALUES ('x', 'a');
STEP;
EXPECT m ('x', 'b,c', 'b; c');

-- test: ARRAY_AGG keeps NULLs, in arrival order
CREATE TABLE t (v INT);
CREATE MATERIALIZED VIEW m AS SELECT ARRAY_AGG(v) AS a, ARRAY_AGG(v IGNORE NULLS) AS b FROM t;
PUSH INTO t VALUES (2), (NULL), (1), (2);
STEP;
EXPECT m (ARRAY[2, NULL, 1, 2], ARRAY[2, 1, 2]);
PUSH DELETE FROM t VALUES (2);
STEP;
EXPECT m (ARRAY[NULL, 1, 2], ARRAY[1, 2]);

-- test: variance and deviation
CREATE TABLE t (v DOUBLE);
INSERT INTO t VALUES (2), (4), (4), (4), (5), (5), (7), (9);
EXPECT (SELECT STDDEV_POP(v), VAR_POP(v), VAR_SAMP(v), STDDEV_SAMP(v), VARIANCE(v) FROM t) (2, 4, 4.571428571428571, 2.138089935299395, 4.571428571428571);
EXPECT (SELECT STDDEV_SAMP(v), VAR_SAMP(v), VAR_POP(v) FROM t WHERE v = 9) (NULL, NULL, 0);

-- test: floats come back to nothing, not to a rest
CREATE TABLE t (k STRING, v DOUBLE);
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 0.1), ('a', 0.2), ('a', 1e300);
STEP;
PUSH DELETE FROM t VALUES ('a', 1e300), ('a', 0.1), ('a', 0.2);
STEP;
EXPECT m ();
PUSH INTO t VALUES ('a', 0.5);
STEP;
EXPECT m ('a', 0.5);

-- test: minus zero and NaN as keys
CREATE TABLE t (d DOUBLE, v INT);
CREATE MATERIALIZED VIEW m AS SELECT d, COUNT(*) AS n FROM t GROUP BY d;
PUSH INTO t VALUES (0, 1), (-0e0, 1), (CAST('NaN' AS DOUBLE), 1), (CAST('NaN' AS DOUBLE), 2);
STEP;
EXPECT (SELECT n FROM m) (2), (2);

-- test: an input that takes back what it never gave fails the query
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
PUSH DELETE FROM t VALUES ('a', 1), ('a', 1);
EXPECT ERROR 'W1308';
STEP;

-- test: an aggregate may not stand in another, nor in WHERE
CREATE TABLE t (k STRING, v INT);
EXPECT ERROR 'W1302';
SELECT SUM(COUNT(*)) FROM t;
EXPECT ERROR 'W1302';
SELECT k FROM t WHERE SUM(v) > 1;
EXPECT ERROR 'W1302';
SELECT k, v FROM t GROUP BY k;

-- test: TOP_K gives the most frequent values
CREATE TABLE t (v STRING);
CREATE MATERIALIZED VIEW m AS SELECT TOP_K(v, 2) AS top FROM t;
PUSH INTO t VALUES ('b'), ('a'), ('b'), ('c'), ('a'), ('d');
STEP;
EXPECT m (ARRAY['a', 'b']);

-- test: COLLECT makes a multiset
CREATE TABLE t (v INT);
CREATE MATERIALIZED VIEW m AS SELECT CARDINALITY(COLLECT(v)) AS n FROM t;
PUSH INTO t VALUES (1), (1), (2);
STEP;
EXPECT m (2);

-- test: SUM of DECIMAL is exact and wide
CREATE TABLE t (v DECIMAL(20, 2));
CREATE MATERIALIZED VIEW m AS SELECT SUM(v) AS s FROM t;
PUSH INTO t VALUES (999999999999999999.99), (999999999999999999.99), (0.02);
STEP;
EXPECT m (2000000000000000000.00);

-- test: BOOL_AND, BOOL_OR, ANY_VALUE under retraction
CREATE TABLE t (b BOOLEAN);
CREATE MATERIALIZED VIEW m AS SELECT BOOL_AND(b) AS a, BOOL_OR(b) AS o FROM t;
PUSH INTO t VALUES (TRUE), (FALSE), (NULL);
STEP;
EXPECT m (FALSE, TRUE);
PUSH DELETE FROM t VALUES (FALSE);
STEP;
EXPECT m (TRUE, TRUE);

-- test: MIN and MAX of strings, dates and timestamps
CREATE TABLE t (s STRING, d DATE, ts TIMESTAMP(3), b BOOLEAN);
CREATE MATERIALIZED VIEW m AS SELECT MIN(s) AS a, MAX(s) AS b, MIN(d) AS c, MAX(ts) AS e FROM t;
PUSH INTO t VALUES ('b', DATE '2024-01-02', TIMESTAMP '2024-01-01 00:00:00', TRUE), ('a', DATE '2024-01-01', TIMESTAMP '2024-01-02 00:00:00', FALSE);
STEP;
EXPECT m ('a', 'b', DATE '2024-01-01', TIMESTAMP '2024-01-02 00:00:00');

-- test: STDDEV is that of a sample, SUM0 of nothing is 0
EXPECT (SELECT STDDEV(x), STDDEV_SAMP(x), SUM0(x), SUM0(y), SUM(y) FROM (VALUES (1, CAST(NULL AS INT)), (3, NULL)) AS t(x, y)) (1.4142135623730951, 1.4142135623730951, 4, 0, NULL);
CREATE TABLE t (v INT);
CREATE MATERIALIZED VIEW s AS SELECT SUM0(v) AS z, STDDEV(v) AS d FROM t;
EXPECT s (0, NULL);
PUSH INTO t VALUES (1), (3), (NULL);
STEP;
EXPECT s (4, 1.4142135623730951);
PUSH DELETE FROM t VALUES (1), (3);
STEP;
EXPECT s (0, NULL);

-- test: traps 16: NaN and infinity leave a sum when they are taken out
CREATE TABLE t (k STRING, v DOUBLE, f FLOAT);
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s, AVG(v) AS a, SUM(f) AS sf, VAR_POP(v) AS p, STDDEV_SAMP(f) AS d FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1, 1), ('a', 2, 3), ('a', CAST('NaN' AS DOUBLE), CAST('Infinity' AS FLOAT)), ('b', CAST('Infinity' AS DOUBLE), 1), ('b', CAST('-Infinity' AS DOUBLE), 1), ('c', CAST('-Infinity' AS DOUBLE), 1), ('c', 4, 1);
STEP;
EXPECT (SELECT k, CAST(s AS STRING), CAST(a AS STRING), CAST(sf AS STRING), CAST(p AS STRING) FROM m) ('a', 'NaN', 'NaN', 'Infinity', 'NaN'), ('b', 'NaN', 'NaN', '2.0', 'NaN'), ('c', '-Infinity', '-Infinity', '2.0', 'NaN');
PUSH DELETE FROM t VALUES ('a', CAST('NaN' AS DOUBLE), CAST('Infinity' AS FLOAT)), ('b', CAST('-Infinity' AS DOUBLE), 1), ('c', CAST('-Infinity' AS DOUBLE), 1);
STEP;
EXPECT (SELECT k, CAST(s AS STRING), CAST(a AS STRING), CAST(sf AS STRING), CAST(p AS STRING), CAST(d AS STRING) FROM m) ('a', '3.0', '1.5', '4.0', '0.25', '1.4142135'), ('b', 'Infinity', 'Infinity', '1.0', 'NaN', NULL), ('c', '4.0', '4.0', '1.0', '0.0', NULL);

-- test: JSON_OBJECTAGG names a NULL key
CREATE TABLE t (k STRING, v INT);
INSERT INTO t VALUES (NULL, 1), ('a', 2);
EXPECT ERROR 'W1207' LIKE '%a key of JSON_OBJECTAGG is NULL%';
SELECT JSON_OBJECTAGG(k VALUE v) FROM t;
EXPECT (SELECT JSON_OBJECTAGG(k VALUE v) FILTER (WHERE k IS NOT NULL) FROM t) ('{"a":2}');
