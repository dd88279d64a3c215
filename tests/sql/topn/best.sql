-- test: best sellers of each category by their sums; a category may be NULL, a sum may fall
CREATE TABLE sales (category STRING, product STRING, n INT);
CREATE VIEW sums AS SELECT category, product, SUM(n) AS n FROM sales GROUP BY category, product;
CREATE MATERIALIZED VIEW best AS SELECT category, product, n, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY category ORDER BY n DESC, product) AS rn FROM sums) WHERE rn <= 2;
PUSH INTO sales VALUES ('a', 'x', 5), ('a', 'y', 7), ('a', 'z', 6), (NULL, 'u', 1), (NULL, NULL, 2), (NULL, 'w', NULL);
STEP;
EXPECT best ('a', 'y', 7, 1), ('a', 'z', 6, 2), (NULL, NULL, 2, 1), (NULL, 'u', 1, 2);
PUSH INTO sales VALUES ('a', 'x', 10), ('a', 'y', -7), (NULL, NULL, -5);
STEP;
EXPECT best ('a', 'x', 15, 1), ('a', 'z', 6, 2), (NULL, 'u', 1, 1), (NULL, NULL, -3, 2);
PUSH DELETE FROM sales VALUES ('a', 'x', 10), ('a', 'z', 6);
STEP;
EXPECT best ('a', 'x', 5, 1), ('a', 'y', 0, 2), (NULL, 'u', 1, 1), (NULL, NULL, -3, 2);

-- test: the ranks of a Top-N are grouped again: how many places each name holds
CREATE TABLE score (game STRING, player STRING, points INT);
CREATE MATERIALIZED VIEW places AS SELECT player, COUNT(*) AS n, MIN(rn) AS best, SUM(points) AS points
FROM (SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY game ORDER BY points DESC) AS rn FROM score) WHERE rn <= 2) GROUP BY player;
PUSH INTO score VALUES ('g', 'a', 10), ('g', 'b', 20), ('h', 'a', 5);
STEP;
EXPECT places ('a', 2, 1, 15), ('b', 1, 1, 20);
PUSH INTO score VALUES ('g', 'c', 30);
STEP;
EXPECT places ('a', 1, 1, 5), ('b', 1, 2, 20), ('c', 1, 1, 30);
PUSH INTO score VALUES ('h', 'c', 50), ('h', 'b', 40);
STEP;
EXPECT places ('b', 2, 2, 60), ('c', 2, 1, 80);

-- test: the first place over a group that changes: nothing is sent while it stays
CREATE TABLE t (k STRING, v INT);
CREATE VIEW s AS SELECT k, SUM(v) AS n FROM t GROUP BY k;
CREATE MATERIALIZED VIEW top AS SELECT k, n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY n DESC) AS rn FROM s) WHERE rn = 1;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT CHANGES top +('a', 1);
PUSH INTO t VALUES ('b', 3);
STEP;
EXPECT CHANGES top -('a', 1), +('b', 3);
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT CHANGES top EMPTY;
PUSH INTO t VALUES ('b', -2);
STEP;
EXPECT CHANGES top -('b', 3), +('a', 2);

-- test: the second place alone, and places three to four
CREATE TABLE t (id INT, v INT);
CREATE MATERIALIZED VIEW runner_up AS SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v DESC, id) AS rn FROM t) WHERE rn = 2;
CREATE MATERIALIZED VIEW mid AS SELECT id, v, rn FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v DESC, id) AS rn FROM t) WHERE rn BETWEEN 3 AND 4;
PUSH INTO t VALUES (1, 10), (2, 10), (3, 5), (4, NULL), (5, 7);
STEP;
EXPECT runner_up (2, 10);
EXPECT mid (5, 7, 3), (3, 5, 4);
PUSH DELETE FROM t VALUES (1, 10);
STEP;
EXPECT runner_up (5, 7);
EXPECT mid (3, 5, 3), (4, NULL, 4);

-- test: LIMIT 1 by time is one row, whatever weir.dedup.within says
SET 'weir.dedup.within' = '10 s';
CREATE TABLE t (id INT, k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE o (k STRING);
CREATE MATERIALIZED VIEW first_row AS SELECT id FROM t ORDER BY ts LIMIT 1;
CREATE MATERIALIZED VIEW last_row AS SELECT id FROM t ORDER BY ts DESC LIMIT 1;
CREATE MATERIALIZED VIEW per_key AS SELECT o.k, x.id FROM o, LATERAL (SELECT id FROM t WHERE t.k = o.k ORDER BY ts LIMIT 1) AS x;
PUSH INTO o VALUES ('a'), ('b');
PUSH INTO t VALUES (1, 'a', TIMESTAMP '2024-01-01 00:00:00'), (2, 'b', TIMESTAMP '2024-01-01 00:00:05');
STEP;
PUSH INTO t VALUES (3, 'a', TIMESTAMP '2024-01-01 00:01:00'), (4, 'b', TIMESTAMP '2024-01-01 00:02:00'), (5, 'a', TIMESTAMP '2024-01-01 00:03:00'), (6, 'b', TIMESTAMP '2024-01-01 00:02:30');
STEP;
FINISH;
EXPECT first_row (1);
EXPECT last_row (5);
EXPECT per_key ('a', 1), ('b', 2);
