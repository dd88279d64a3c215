-- test: per partition, over an input that takes rows back: the row below the cut comes up
CREATE TABLE t (k STRING, id INT, v INT);
CREATE MATERIALIZED VIEW top2 AS
SELECT k, id, v, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
CREATE MATERIALIZED VIEW top2_plain AS
SELECT k, id, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn <= 2;
PUSH INTO t VALUES ('a', 1, 10), ('a', 2, 30), ('b', 3, 5), ('a', 4, 20), ('a', 5, 5);
STEP;
EXPECT top2 ('a', 2, 30, 1), ('a', 4, 20, 2), ('b', 3, 5, 1);
EXPECT top2_plain ('a', 2, 30), ('a', 4, 20), ('b', 3, 5);
PUSH DELETE FROM t VALUES ('a', 2, 30);
STEP;
EXPECT top2 ('a', 4, 20, 1), ('a', 1, 10, 2), ('b', 3, 5, 1);
EXPECT top2_plain ('a', 4, 20), ('a', 1, 10), ('b', 3, 5);
PUSH DELETE FROM t VALUES ('a', 4, 20), ('a', 1, 10), ('b', 3, 5);
STEP;
EXPECT top2 ('a', 5, 5, 1);
EXPECT top2_plain ('a', 5, 5);

-- test: ties stand as they arrived
CREATE TABLE t (id INT, v INT);
CREATE MATERIALIZED VIEW top2 AS
SELECT id, v, rn FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v) AS rn FROM t) WHERE rn <= 2;
PUSH INTO t VALUES (1, 7), (2, 7), (3, 7);
STEP;
EXPECT top2 (1, 7, 1), (2, 7, 2);
PUSH DELETE FROM t VALUES (1, 7);
PUSH INTO t VALUES (1, 7);
STEP;
EXPECT top2 (2, 7, 1), (3, 7, 2);

-- test: bounds: less than, equal, between, the number on the left, other conditions
CREATE TABLE t (id INT, v INT);
CREATE VIEW r AS SELECT id, v, ROW_NUMBER() OVER (ORDER BY v DESC) AS rn FROM t;
CREATE MATERIALIZED VIEW less AS SELECT id, rn FROM r WHERE rn < 3;
CREATE MATERIALIZED VIEW runner_up AS SELECT id, v FROM r WHERE rn = 2;
CREATE MATERIALIZED VIEW some AS SELECT id, rn FROM r WHERE rn BETWEEN 2 AND 3;
CREATE MATERIALIZED VIEW flipped AS SELECT id FROM r WHERE 2 >= rn;
CREATE MATERIALIZED VIEW and_more AS SELECT id, rn FROM r WHERE rn <= 3 AND id <> 2 AND v > 0;
CREATE MATERIALIZED VIEW nothing AS SELECT id FROM r WHERE rn < 1;
PUSH INTO t VALUES (1, 10), (2, 20), (3, 30), (4, 5);
STEP;
EXPECT less (3, 1), (2, 2);
EXPECT runner_up (2, 20);
EXPECT some (2, 2), (1, 3);
EXPECT flipped (3), (2);
EXPECT and_more (3, 1), (1, 3);
EXPECT nothing ();
PUSH DELETE FROM t VALUES (3, 30);
STEP;
EXPECT less (2, 1), (1, 2);
EXPECT runner_up (1, 10);
EXPECT some (1, 2), (4, 3);
EXPECT flipped (2), (1);
EXPECT and_more (1, 2), (4, 3);

-- test: RANK and DENSE_RANK keep what is equal
CREATE TABLE t (id INT, v INT);
CREATE MATERIALIZED VIEW by_rank AS
SELECT id, v, r FROM (SELECT *, RANK() OVER (ORDER BY v DESC) AS r FROM t) WHERE r <= 2;
CREATE MATERIALIZED VIEW by_dense AS
SELECT id, v, r FROM (SELECT *, DENSE_RANK() OVER (ORDER BY v DESC) AS r FROM t) WHERE r <= 2;
CREATE MATERIALIZED VIEW ids AS
SELECT id FROM (SELECT *, RANK() OVER (ORDER BY v DESC) AS r FROM t) WHERE r <= 2;
PUSH INTO t VALUES (1, 5), (2, 9), (3, 9), (4, 5), (5, 1);
STEP;
EXPECT by_rank (2, 9, 1), (3, 9, 1);
EXPECT by_dense (2, 9, 1), (3, 9, 1), (1, 5, 2), (4, 5, 2);
EXPECT ids (2), (3);
PUSH DELETE FROM t VALUES (2, 9);
STEP;
EXPECT by_rank (3, 9, 1), (1, 5, 2), (4, 5, 2);
EXPECT by_dense (3, 9, 1), (1, 5, 2), (4, 5, 2);
EXPECT ids (3), (1), (4);

-- test: RANK and DENSE_RANK over rows that only come
CREATE TABLE s (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW by_number AS
SELECT id, v, r FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v DESC) AS r FROM s) WHERE r <= 3;
CREATE MATERIALIZED VIEW by_rank AS
SELECT id, v, r FROM (SELECT *, RANK() OVER (ORDER BY v DESC) AS r FROM s) WHERE r <= 3;
CREATE MATERIALIZED VIEW by_dense AS
SELECT id, v, r FROM (SELECT *, DENSE_RANK() OVER (ORDER BY v DESC) AS r FROM s) WHERE r <= 3;
PUSH INTO s VALUES (1, 5), (2, 9), (3, 9), (4, 5), (5, 1), (6, 5), (7, 7);
STEP;
EXPECT by_number (2, 9, 1), (3, 9, 2), (7, 7, 3);
EXPECT by_rank (2, 9, 1), (3, 9, 1), (7, 7, 3);
EXPECT by_dense (2, 9, 1), (3, 9, 1), (7, 7, 2), (1, 5, 3), (4, 5, 3), (6, 5, 3);
PUSH INTO s VALUES (8, 9), (9, 4), (10, 7), (11, 8);
STEP;
EXPECT by_number (2, 9, 1), (3, 9, 2), (8, 9, 3);
EXPECT by_rank (2, 9, 1), (3, 9, 1), (8, 9, 1);
EXPECT by_dense (2, 9, 1), (3, 9, 1), (8, 9, 1), (11, 8, 2), (7, 7, 3), (10, 7, 3);

-- test: NULL is the smallest value, unless it is said where it stands
CREATE TABLE t (id INT, v INT);
CREATE MATERIALIZED VIEW up AS SELECT id FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v) AS r FROM t) WHERE r = 1;
CREATE MATERIALIZED VIEW down AS SELECT id FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v DESC) AS r FROM t) WHERE r = 1;
CREATE MATERIALIZED VIEW up_last AS SELECT id FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v NULLS LAST) AS r FROM t) WHERE r = 1;
CREATE MATERIALIZED VIEW down_first AS
SELECT id FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v DESC NULLS FIRST) AS r FROM t) WHERE r = 1;
PUSH INTO t VALUES (1, 5), (2, NULL), (3, 8);
STEP;
EXPECT up (2);
EXPECT down (3);
EXPECT up_last (1);
EXPECT down_first (2);

-- test: QUALIFY is the same
CREATE TABLE t (k STRING, id INT, v INT);
CREATE MATERIALIZED VIEW best AS
SELECT k, id FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) = 1;
CREATE MATERIALIZED VIEW by_alias AS
SELECT k, id, RANK() OVER w AS r FROM t WINDOW w AS (PARTITION BY k ORDER BY v DESC) QUALIFY r <= 2;
PUSH INTO t VALUES ('a', 1, 10), ('a', 2, 30), ('b', 3, 5), ('a', 4, 20);
STEP;
EXPECT best ('a', 2), ('b', 3);
EXPECT by_alias ('a', 2, 1), ('a', 4, 2), ('b', 3, 1);
PUSH DELETE FROM t VALUES ('a', 2, 30);
STEP;
EXPECT best ('a', 4), ('b', 3);
EXPECT by_alias ('a', 4, 1), ('a', 1, 2), ('b', 3, 1);

-- test: over groups: the three largest sums
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW largest AS
SELECT k, s, rn FROM (SELECT k, s, ROW_NUMBER() OVER (ORDER BY s DESC) AS rn FROM (SELECT k, SUM(v) AS s FROM t GROUP BY k)) WHERE rn <= 2;
CREATE MATERIALIZED VIEW in_one AS
SELECT k, SUM(v) AS s FROM t GROUP BY k QUALIFY ROW_NUMBER() OVER (ORDER BY SUM(v) DESC) <= 2;
PUSH INTO t VALUES ('a', 1), ('b', 2), ('c', 3), ('a', 1);
STEP;
EXPECT largest ('c', 3, 1), ('b', 2, 2);
EXPECT in_one ('c', 3), ('b', 2);
PUSH INTO t VALUES ('a', 5), ('b', 2);
STEP;
EXPECT largest ('a', 7, 1), ('b', 4, 2);
EXPECT in_one ('a', 7), ('b', 4);

-- test: ORDER BY with LIMIT in a view, and OFFSET
CREATE TABLE t (id INT, v INT);
CREATE MATERIALIZED VIEW top AS SELECT id, v FROM t ORDER BY v DESC LIMIT 2;
CREATE MATERIALIZED VIEW follow AS SELECT id FROM t ORDER BY v DESC, id LIMIT 2 OFFSET 1;
CREATE MATERIALIZED VIEW hidden AS SELECT id FROM t ORDER BY v * -1 FETCH FIRST 1 ROW ONLY;
PUSH INTO t VALUES (1, 10), (2, 20), (3, 30), (4, 5);
STEP;
EXPECT top (3, 30), (2, 20);
EXPECT follow (2), (1);
EXPECT hidden (3);
PUSH DELETE FROM t VALUES (3, 30);
STEP;
EXPECT top (2, 20), (1, 10);
EXPECT follow (1), (4);
EXPECT hidden (2);

-- test: LIMIT alone keeps the first rows to come
CREATE TABLE s (id INT) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE t (id INT);
CREATE TABLE out (id INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW first AS SELECT id FROM s LIMIT 2;
CREATE MATERIALIZED VIEW later AS SELECT id FROM s LIMIT 2 OFFSET 1;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM t LIMIT 2;
INSERT INTO out SELECT id FROM s LIMIT 3;
PUSH INTO s VALUES (1), (2), (3), (4), (5);
PUSH INTO t VALUES (1), (2), (3);
STEP;
EXPECT first (1), (2);
EXPECT later (2), (3);
EXPECT kept (1), (2);
EXPECT CHANGES out +(1), +(2), +(3);
PUSH DELETE FROM t VALUES (1);
STEP;
EXPECT kept (2), (3);

-- test: the first rows per partition
CREATE TABLE s (k STRING, id INT, p AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (k STRING, id INT, rn BIGINT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT k, id, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p) AS rn FROM s) WHERE rn BETWEEN 2 AND 3;
PUSH INTO s VALUES ('a', 1), ('a', 2), ('b', 3), ('a', 4), ('a', 5), ('b', 6);
STEP;
EXPECT CHANGES out +('a', 2, 2), +('a', 4, 3), +('b', 6, 2);

-- test: what is taken back and was never there fails the query
CREATE TABLE t (id INT, v INT);
CREATE MATERIALIZED VIEW top AS SELECT id FROM t ORDER BY v LIMIT 1;
PUSH DELETE FROM t VALUES (1, 1);
EXPECT ERROR 'W1308' LIKE '%Top-N of "top" was told to take back a row that it does not hold%';
STEP;

-- test: a sink that only appends is refused, and the Rank node named
CREATE TABLE t (id INT, v INT);
CREATE TABLE s (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (id INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1303' LIKE '%Rank node%';
INSERT INTO out SELECT id FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v) AS rn FROM s) WHERE rn <= 2;
EXPECT ERROR 'W1303' LIKE '%Rank node of LIMIT%';
INSERT INTO out SELECT id FROM s ORDER BY v LIMIT 2;

-- test: a ranking without a bound, an order without a limit
CREATE TABLE t (id INT, v INT);
CREATE TABLE s (id INT, v INT) WITH ('connector' = 'kafka', 'topic' = 's', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1306' LIKE '%must be ordered by one time attribute%';
CREATE MATERIALIZED VIEW x AS SELECT id, ROW_NUMBER() OVER (ORDER BY v) AS rn FROM s;
EXPECT ERROR 'W1306' LIKE '%needs an upper bound%';
CREATE MATERIALIZED VIEW x AS SELECT * FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY v) AS rn FROM s) WHERE rn > 3;
EXPECT ERROR 'W1301' LIKE '%ORDER BY without LIMIT%';
CREATE MATERIALIZED VIEW x AS SELECT id FROM s ORDER BY v;

-- test: the bound beside a subquery and over a join
CREATE TABLE t (k STRING, id INT, v INT);
CREATE TABLE names (k STRING, name STRING);
CREATE VIEW r AS SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t;
CREATE MATERIALIZED VIEW known AS SELECT id, rn FROM r WHERE rn <= 2 AND k IN (SELECT k FROM names);
CREATE MATERIALIZED VIEW named AS SELECT n.name, r.id FROM r JOIN names n ON r.k = n.k WHERE r.rn = 1;
CREATE MATERIALIZED VIEW comma AS SELECT n.name, r.id, r.rn FROM names n, r WHERE r.k = n.k AND r.rn BETWEEN 1 AND 2 AND n.name <> 'X';
PUSH INTO t VALUES ('a', 1, 10), ('a', 2, 30), ('b', 3, 5), ('a', 4, 20);
PUSH INTO names VALUES ('a', 'A'), ('b', 'B');
STEP;
EXPECT known (2, 1), (4, 2), (3, 1);
EXPECT named ('A', 2), ('B', 3);
EXPECT comma ('A', 2, 1), ('A', 4, 2), ('B', 3, 1);
PUSH DELETE FROM names VALUES ('b', 'B');
PUSH DELETE FROM t VALUES ('a', 2, 30);
STEP;
EXPECT known (4, 1), (1, 2);
EXPECT named ('A', 4);
EXPECT comma ('A', 4, 1), ('A', 1, 2);
