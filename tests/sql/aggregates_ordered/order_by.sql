-- test: ARRAY_AGG and LISTAGG with ORDER BY sort, under retraction too
CREATE TABLE t (k STRING, v INT, s STRING);
CREATE MATERIALIZED VIEW m AS
SELECT k, ARRAY_AGG(v ORDER BY s DESC) AS a, LISTAGG(s ORDER BY v) AS l, STRING_AGG(s, '-' ORDER BY s) AS g FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 3, 'x'), ('a', 1, 'z'), ('a', 2, 'y');
STEP;
EXPECT m ('a', ARRAY[1, 2, 3], 'z,y,x', 'x-y-z');
PUSH DELETE FROM t VALUES ('a', 2, 'y');
STEP;
EXPECT m ('a', ARRAY[1, 3], 'z,x', 'x-z');

-- test: NULLs sort first upward and last downward, unless said otherwise
CREATE TABLE t (v INT);
INSERT INTO t VALUES (2), (NULL), (1);
EXPECT (SELECT ARRAY_AGG(v ORDER BY v), ARRAY_AGG(v ORDER BY v DESC), ARRAY_AGG(v ORDER BY v NULLS LAST), ARRAY_AGG(v ORDER BY v DESC NULLS FIRST) FROM t)
  (ARRAY[NULL, 1, 2], ARRAY[2, 1, NULL], ARRAY[1, 2, NULL], ARRAY[NULL, 2, 1]);

-- test: equal sort keys stay in order of arrival; several keys
CREATE TABLE t (v STRING, a INT, b INT);
CREATE MATERIALIZED VIEW m AS SELECT LISTAGG(v ORDER BY a, b DESC) AS x, LISTAGG(v ORDER BY a) AS y FROM t;
PUSH INTO t VALUES ('p', 1, 1), ('q', 0, 1), ('r', 1, 2), ('s', 0, 2);
STEP;
EXPECT m ('s,q,r,p', 'q,s,p,r');

-- test: FIRST_VALUE and LAST_VALUE with ORDER BY are the ends of the order
CREATE TABLE t (k INT, v STRING, o INT);
CREATE MATERIALIZED VIEW m AS SELECT k, FIRST_VALUE(v ORDER BY o) AS f, LAST_VALUE(v ORDER BY o) AS l FROM t GROUP BY k;
PUSH INTO t VALUES (1, 'b', 5), (1, 'c', 9), (1, 'a', 1), (1, NULL, 0);
STEP;
EXPECT m (1, 'a', 'c');
PUSH DELETE FROM t VALUES (1, 'c', 9);
STEP;
EXPECT m (1, 'a', 'b');

-- test: ORDER BY with FILTER and DISTINCT
CREATE TABLE t (v STRING, o INT);
INSERT INTO t VALUES ('a', 3), ('b', 2), ('a', 1), ('c', 4), (NULL, 0);
EXPECT (SELECT LISTAGG(v ORDER BY o) FILTER (WHERE o < 4), LISTAGG(DISTINCT v ORDER BY o), ARRAY_AGG(DISTINCT v ORDER BY o DESC) FROM t)
  ('a,b,a', 'a,b,c', ARRAY['c', 'a', 'b', NULL]);

-- test: WITHIN GROUP is the standard's ORDER BY of LISTAGG
CREATE TABLE t (v STRING, o INT);
INSERT INTO t VALUES ('a', 2), ('b', 1);
EXPECT (SELECT LISTAGG(v, ';') WITHIN GROUP (ORDER BY o DESC), SUM(o ORDER BY v) FROM t) ('a;b', 3);

-- test: ORDER BY over windows, HOP and TUMBLE
CREATE TABLE t (ts TIMESTAMP(3), v STRING, o INT, WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW m AS
SELECT window_start, LISTAGG(v ORDER BY o) AS l
FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
PUSH INTO t VALUES (TIMESTAMP '2024-01-01 00:00:01', 'a', 2), (TIMESTAMP '2024-01-01 00:00:06', 'b', 1), (TIMESTAMP '2024-01-01 00:00:11', 'c', 0);
STEP;
FINISH;
EXPECT m (TIMESTAMP '2023-12-31 23:59:55', 'a'), (TIMESTAMP '2024-01-01 00:00:00', 'b,a'),
  (TIMESTAMP '2024-01-01 00:00:05', 'c,b'), (TIMESTAMP '2024-01-01 00:00:10', 'c');

-- test: JSON_ARRAYAGG with ORDER BY
CREATE TABLE t (v INT, o INT);
INSERT INTO t VALUES (1, 2), (2, 1);
EXPECT (SELECT JSON_ARRAYAGG(v ORDER BY o) FROM t) ('[2,1]');
