-- test: a correlated LIMIT is a Top-N per row of the outer query: LATERAL, LEFT, OFFSET, scalar, EXISTS
CREATE TABLE o (id INT, k STRING);
CREATE TABLE e (k STRING, v INT, n INT);
CREATE MATERIALIZED VIEW two AS SELECT o.id, x.v FROM o, LATERAL (SELECT v FROM e WHERE e.k = o.k ORDER BY v DESC, n LIMIT 2) AS x;
CREATE MATERIALIZED VIEW pad AS SELECT o.id, x.v FROM o LEFT JOIN LATERAL (SELECT v FROM e WHERE e.k = o.k ORDER BY v DESC, n LIMIT 1 OFFSET 1) AS x ON TRUE;
CREATE MATERIALIZED VIEW last_n AS SELECT o.id, (SELECT e.v FROM e WHERE e.k = o.k ORDER BY e.n DESC LIMIT 1) AS v FROM o;
CREATE MATERIALIZED VIEW ranked AS SELECT o.id, x.v, x.rn FROM o, LATERAL (SELECT v, rn FROM (SELECT v, ROW_NUMBER() OVER (ORDER BY v, n) AS rn FROM e WHERE e.k = o.k) AS r WHERE rn BETWEEN 2 AND 3) AS x;
CREATE MATERIALIZED VIEW some_row AS SELECT o.id FROM o WHERE EXISTS (SELECT 1 FROM e WHERE e.k = o.k ORDER BY v LIMIT 1);
CREATE MATERIALIZED VIEW summed AS SELECT o.id, x.s FROM o, LATERAL (SELECT SUM(v) AS s, COUNT(*) AS c FROM (SELECT v FROM e WHERE e.k = o.k ORDER BY v DESC LIMIT 2) AS t) AS x;
CREATE MATERIALIZED VIEW safe AS SELECT o.id, x.v FROM o, LATERAL (SELECT v FROM e WHERE e.k IS NOT DISTINCT FROM o.k ORDER BY v LIMIT 1) AS x;
CREATE MATERIALIZED VIEW grp AS SELECT o.id, x.odd, x.s FROM o, LATERAL (SELECT MOD(n, 2) AS odd, SUM(v) AS s FROM e WHERE e.k = o.k GROUP BY MOD(n, 2) ORDER BY s DESC, odd LIMIT 1) AS x;
PUSH INTO o VALUES (1, 'a'), (2, 'b'), (3, NULL), (4, 'a');
PUSH INTO e VALUES ('a', 10, 1), ('a', 30, 2), ('a', 20, 3), ('b', 5, 4), (NULL, 7, 5);
STEP;
EXPECT two (1, 30), (1, 20), (2, 5), (4, 30), (4, 20);
EXPECT pad (1, 20), (2, NULL), (3, NULL), (4, 20);
EXPECT last_n (1, 20), (2, 5), (3, NULL), (4, 20);
EXPECT ranked (1, 20, 2), (1, 30, 3), (4, 20, 2), (4, 30, 3);
EXPECT some_row (1), (2), (4);
EXPECT summed (1, 50), (2, 5), (3, NULL), (4, 50);
EXPECT safe (1, 10), (2, 5), (3, 7), (4, 10);
EXPECT grp (1, 0, 30), (2, 0, 5), (4, 0, 30);
PUSH DELETE FROM e VALUES ('a', 30, 2), ('b', 5, 4);
PUSH INTO e VALUES ('b', NULL, 6), (NULL, 1, 7);
STEP;
EXPECT two (1, 20), (1, 10), (2, NULL), (4, 20), (4, 10);
EXPECT pad (1, 10), (2, NULL), (3, NULL), (4, 10);
EXPECT last_n (1, 20), (2, NULL), (3, NULL), (4, 20);
EXPECT ranked (1, 20, 2), (4, 20, 2);
EXPECT some_row (1), (2), (4);
EXPECT summed (1, 30), (2, NULL), (3, NULL), (4, 30);
EXPECT safe (1, 10), (2, NULL), (3, 1), (4, 10);
PUSH DELETE FROM o VALUES (1, 'a'), (3, NULL);
STEP;
EXPECT two (2, NULL), (4, 20), (4, 10);
EXPECT safe (2, NULL), (4, 10);

-- test: a correlated LIMIT behind a condition that is no equality is refused
CREATE TABLE o (id INT, k STRING);
CREATE TABLE e (k STRING, v INT);
EXPECT ERROR 'W1301' LIKE '%below an aggregate or a LIMIT otherwise than by =%';
CREATE MATERIALIZED VIEW v AS SELECT o.id, x.v FROM o, LATERAL (SELECT v FROM e WHERE e.v > o.id ORDER BY v LIMIT 1) AS x;

-- test: the largest cities of each state by a LATERAL query with an order and a limit
CREATE TABLE cities (state STRING, name STRING, pop INT);
CREATE MATERIALIZED VIEW v AS SELECT state, name FROM (SELECT DISTINCT state FROM cities) AS states, LATERAL (SELECT name, pop FROM cities WHERE state = states.state ORDER BY pop DESC LIMIT 2);
PUSH INTO cities VALUES ('TX', 'Houston', 2303), ('TX', 'Dallas', 1304), ('TX', 'Austin', 974), ('CA', 'Fresno', 542), (NULL, 'Nowhere', 1);
STEP;
EXPECT v ('TX', 'Houston'), ('TX', 'Dallas'), ('CA', 'Fresno');
PUSH DELETE FROM cities VALUES ('TX', 'Houston', 2303), ('CA', 'Fresno', 542);
PUSH INTO cities VALUES ('CA', 'LA', 3898);
STEP;
EXPECT v ('TX', 'Dallas'), ('TX', 'Austin'), ('CA', 'LA');

-- test: a correlated LIMIT of 0, without an order, of two columns, of an expression, by time, below IN and NOT IN, within another
CREATE TABLE o (id INT, k STRING, n INT);
CREATE TABLE e (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW zero AS SELECT o.id, x.v FROM o LEFT JOIN LATERAL (SELECT v FROM e WHERE e.k = o.k LIMIT 0) AS x ON TRUE;
CREATE MATERIALIZED VIEW unordered AS SELECT o.id, x.v FROM o, LATERAL (SELECT v FROM e WHERE e.k = o.k LIMIT 1) AS x;
CREATE MATERIALIZED VIEW twokeys AS SELECT o.id, x.v FROM o, LATERAL (SELECT v FROM e WHERE e.k = o.k AND e.v = o.n ORDER BY v LIMIT 1) AS x;
CREATE MATERIALIZED VIEW expr AS SELECT o.id, x.v FROM o, LATERAL (SELECT v, UPPER(k) AS u FROM e WHERE UPPER(e.k) = UPPER(o.k) ORDER BY v DESC LIMIT 1) AS x;
CREATE MATERIALIZED VIEW newest AS SELECT o.id, x.v FROM o, LATERAL (SELECT v FROM e WHERE e.k = o.k ORDER BY ts DESC LIMIT 1) AS x;
CREATE MATERIALIZED VIEW nested AS SELECT o.id, (SELECT MAX(t.v) FROM (SELECT e.v FROM e WHERE e.k = o.k ORDER BY e.v LIMIT 2) AS t) AS m FROM o;
CREATE MATERIALIZED VIEW inlim AS SELECT o.id FROM o WHERE o.n IN (SELECT e.v FROM e WHERE e.k = o.k ORDER BY e.v DESC LIMIT 1);
CREATE MATERIALIZED VIEW notin AS SELECT o.id FROM o WHERE o.n NOT IN (SELECT e.v FROM e WHERE e.k = o.k ORDER BY e.v DESC LIMIT 1);
CREATE MATERIALIZED VIEW both_lv AS SELECT o.id, x.v FROM o, LATERAL (SELECT v FROM (SELECT v FROM e WHERE e.k = o.k ORDER BY v DESC LIMIT 3) AS a ORDER BY v LIMIT 1) AS x;
PUSH INTO o VALUES (1, 'a', 3), (2, 'A', 1), (3, NULL, 1), (4, 'z', NULL);
PUSH INTO e VALUES ('a', 3, TIMESTAMP '2024-01-01 00:00:01'), ('a', 5, TIMESTAMP '2024-01-01 00:00:02'), ('A', 1, TIMESTAMP '2024-01-01 00:00:03'), (NULL, 9, TIMESTAMP '2024-01-01 00:00:04'), ('a', 4, TIMESTAMP '2024-01-01 00:00:05'), ('a', 2, TIMESTAMP '2024-01-01 00:00:03');
STEP;
EXPECT zero (1, NULL), (2, NULL), (3, NULL), (4, NULL);
EXPECT unordered (1, 3), (2, 1);
EXPECT twokeys (1, 3), (2, 1);
EXPECT expr (1, 5), (2, 5);
EXPECT newest (1, 4), (2, 1);
EXPECT nested (1, 3), (2, 1), (3, NULL), (4, NULL);
EXPECT inlim (2);
EXPECT notin (1), (3), (4);
EXPECT both_lv (1, 3), (2, 1);

-- test: a correlated LIMIT over tables that weir keeps: rows and keys move, the view says what the SELECT says
CREATE TABLE o (id INT, k STRING, PRIMARY KEY (id));
CREATE TABLE e (id INT, k STRING, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW m AS SELECT o.id, x.id AS eid, x.v FROM o LEFT JOIN LATERAL (SELECT id, v FROM e WHERE e.k = o.k ORDER BY v DESC, id LIMIT 2) AS x ON TRUE;
INSERT INTO o VALUES (1, 'a'), (2, 'b'), (3, NULL);
INSERT INTO e VALUES (1, 'a', 5), (2, 'a', 6), (3, 'a', 7), (4, 'b', 1), (5, 'c', 9), (6, NULL, 4);
EXPECT m (1, 3, 7), (1, 2, 6), (2, 4, 1), (3, NULL, NULL);
EXPECT (SELECT o.id, x.id AS eid, x.v FROM o LEFT JOIN LATERAL (SELECT id, v FROM e WHERE e.k = o.k ORDER BY v DESC, id LIMIT 2) AS x ON TRUE) (1, 3, 7), (1, 2, 6), (2, 4, 1), (3, NULL, NULL);
UPDATE e SET k = 'b' WHERE id = 3;
UPDATE o SET k = 'c' WHERE id = 1;
CHECKPOINT;
EXPECT m (1, 5, 9), (2, 3, 7), (2, 4, 1), (3, NULL, NULL);
DELETE FROM e WHERE v > 6;
UPDATE o SET k = 'a' WHERE id = 3;
EXPECT m (1, NULL, NULL), (2, 4, 1), (3, 1, 5), (3, 2, 6);
EXPECT (SELECT o.id, x.id AS eid, x.v FROM o LEFT JOIN LATERAL (SELECT id, v FROM e WHERE e.k = o.k ORDER BY v DESC, id LIMIT 2) AS x ON TRUE) (1, NULL, NULL), (2, 4, 1), (3, 1, 5), (3, 2, 6);

-- test: a correlated LIMIT over the rows of windows
CREATE TABLE k (name STRING);
CREATE TABLE t (name STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW w AS SELECT name, window_start, window_end, SUM(v) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY name, window_start, window_end;
CREATE MATERIALIZED VIEW m AS SELECT k.name, x.window_start, x.s FROM k, LATERAL (SELECT window_start, s FROM w WHERE w.name = k.name ORDER BY s DESC LIMIT 1) AS x;
PUSH INTO k VALUES ('a'), ('b');
PUSH INTO t VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:01'), ('a', 2, TIMESTAMP '2024-01-01 00:00:12'), ('b', 5, TIMESTAMP '2024-01-01 00:00:13'), ('b', 1, TIMESTAMP '2024-01-01 00:00:25'), ('a', 9, TIMESTAMP '2024-01-01 00:00:40');
STEP;
EXPECT m ('a', TIMESTAMP '2024-01-01 00:00:10', 2), ('b', TIMESTAMP '2024-01-01 00:00:10', 5);
FINISH;
EXPECT m ('a', TIMESTAMP '2024-01-01 00:00:40', 9), ('b', TIMESTAMP '2024-01-01 00:00:10', 5);
