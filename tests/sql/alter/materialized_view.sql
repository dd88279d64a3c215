-- test: a query that means the same keeps its state
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('b', 3);
STEP;
CHECKPOINT;
ALTER MATERIALIZED VIEW m AS SELECT   k, COUNT(*) AS n FROM t AS t GROUP BY k;
EXPECT m ('a', 2), ('b', 1);
PUSH INTO t VALUES ('a', 4);
STEP;
EXPECT m ('a', 3), ('b', 1);

-- test: a query that means something else is built anew, over what its inputs hold
CREATE TABLE t (id INT NOT NULL, k STRING, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM t GROUP BY k;
INSERT INTO t VALUES (1, 'a', 1), (2, 'a', 2), (3, 'b', 3);
STEP;
EXPECT m ('a', 3), ('b', 3);
ALTER MATERIALIZED VIEW m AS SELECT k, SUM(v * 10) AS s FROM t GROUP BY k;
STEP;
EXPECT m ('a', 30), ('b', 30);
INSERT INTO t VALUES (4, 'b', 4);
DELETE FROM t WHERE id = 1;
STEP;
EXPECT m ('a', 20), ('b', 70);

-- test: columns may come, go and have other names
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t;
INSERT INTO t VALUES (1, 1), (2, 2);
STEP;
ALTER MATERIALIZED VIEW m AS SELECT id, v AS w, 'x' AS c FROM t WHERE v > 1;
STEP;
EXPECT (SELECT id, w, c FROM m) (2, 2, 'x');
ALTER MATERIALIZED VIEW m AS SELECT COUNT(*) AS n FROM t;
STEP;
EXPECT m (2);

-- test: what reads a view that is built anew is built anew with it
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW a AS SELECT id, v FROM t WHERE v > 0;
CREATE MATERIALIZED VIEW b AS SELECT COUNT(*) AS n, SUM(v) AS s FROM a;
CREATE VIEW virt AS SELECT n + 1 AS n1 FROM b;
CREATE MATERIALIZED VIEW c AS SELECT n1 * 10 AS n10 FROM virt;
INSERT INTO t VALUES (1, 1), (2, 2), (3, -3);
STEP;
STEP;
EXPECT b (2, 3);
EXPECT c (30);
ALTER MATERIALIZED VIEW a AS SELECT id, v FROM t;
STEP;
STEP;
STEP;
EXPECT b (3, 0);
EXPECT c (40);
INSERT INTO t VALUES (4, 4);
STEP;
STEP;
EXPECT b (4, 4);
EXPECT c (50);

-- test: a reader that would not be valid any more refuses the change, and all stays as it is
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW a AS SELECT id, v FROM t;
CREATE MATERIALIZED VIEW b AS SELECT SUM(v) AS s FROM a;
INSERT INTO t VALUES (1, 1);
STEP;
STEP;
EXPECT ERROR 'W1102';
ALTER MATERIALIZED VIEW a AS SELECT id FROM t;
EXPECT ERROR 'W1102';
ALTER MATERIALIZED VIEW a AS SELECT id, nothing AS v FROM t;
INSERT INTO t VALUES (2, 5);
STEP;
STEP;
EXPECT b (6);

-- test: a dry run changes nothing
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t;
INSERT INTO t VALUES (1, 1), (2, 2);
STEP;
ALTER MATERIALIZED VIEW m AS SELECT id, v + 1 AS v FROM t DRY RUN;
STEP;
EXPECT m (1, 1), (2, 2);

-- test: a virtual view changes, and what reads it where it means something else
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id));
CREATE VIEW virt AS SELECT id, v FROM t WHERE v > 0;
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n FROM virt;
CREATE MATERIALIZED VIEW other AS SELECT COUNT(*) AS n FROM t;
INSERT INTO t VALUES (1, 1), (2, -2);
STEP;
EXPECT m (1);
ALTER VIEW virt AS SELECT id, v FROM t;
STEP;
EXPECT m (2);
EXPECT other (2);
EXPECT (SELECT COUNT(*) FROM virt) (2);

-- test: windows and late rows of a view that is built anew
CREATE TABLE t (k STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW m AS SELECT k, window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end;
PUSH INTO t VALUES ('a', TIMESTAMP '2024-01-01 00:00:01'), ('a', TIMESTAMP '2024-01-01 00:01:01'), ('b', TIMESTAMP '2024-01-01 00:00:02');
STEP;
EXPECT m ('a', TIMESTAMP '2024-01-01 00:00:00', 1);
CHECKPOINT;
ALTER MATERIALIZED VIEW m AS SELECT k, window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '60' SECOND)) GROUP BY k, window_start, window_end;
PUSH INTO t VALUES ('a', TIMESTAMP '2024-01-01 00:02:01');
STEP;
EXPECT m ('a', TIMESTAMP '2024-01-01 00:00:00', 1), ('a', TIMESTAMP '2024-01-01 00:01:00', 1);
EXPECT (SELECT COUNT(*) FROM m.late) (1);

-- test: other objects are refused with the words to write
CREATE TABLE t (id INT NOT NULL, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW m AS SELECT id, v FROM t;
EXPECT ERROR 'W1109';
ALTER VIEW m AS SELECT id FROM t;
EXPECT ERROR 'W1101';
ALTER MATERIALIZED VIEW nothing AS SELECT 1 AS x;
ALTER MATERIALIZED VIEW IF EXISTS nothing AS SELECT 1 AS x;
