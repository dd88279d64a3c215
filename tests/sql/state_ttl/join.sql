-- test: each side forgets its rows by itself
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE a (k INT, x STRING) WITH ('format' = 'json');
CREATE TABLE b (k INT, y STRING) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW j AS SELECT /*+ STATE_TTL('b' = '1 d') */ a.k, x, y FROM a JOIN b ON a.k = b.k;
PUSH INTO a VALUES (1, 'a1'), (2, 'a2');
STEP;
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO a VALUES (1, 'a3');
PUSH INTO b VALUES (2, 'b2');
STEP;
EXPECT j (2, 'a2', 'b2');
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO b VALUES (1, 'b1'), (2, 'b3');
STEP;
EXPECT j (2, 'a2', 'b2'), (1, 'a3', 'b1');
ADVANCE CLOCK BY INTERVAL '23' HOUR;
PUSH INTO a VALUES (1, 'a4'), (2, 'a5');
STEP;
EXPECT j (2, 'a2', 'b2'), (1, 'a3', 'b1'), (1, 'a4', 'b1'), (2, 'a5', 'b2'), (2, 'a5', 'b3');
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO a VALUES (2, 'a6');
STEP;
EXPECT j (2, 'a2', 'b2'), (1, 'a3', 'b1'), (1, 'a4', 'b1'), (2, 'a5', 'b2'), (2, 'a5', 'b3'), (2, 'a6', 'b3');

-- test: outer rows: what had a partner stays as it was when the partner is forgotten
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE a (k INT, x STRING) WITH ('format' = 'json');
CREATE TABLE b (k INT, y STRING) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW j AS SELECT /*+ STATE_TTL('a' = '0') */ a.k, x, y FROM a LEFT JOIN b ON a.k = b.k;
PUSH INTO a VALUES (1, 'a1'), (2, 'a2');
STEP;
PUSH INTO b VALUES (1, 'b1');
STEP;
EXPECT j (1, 'a1', 'b1'), (2, 'a2', NULL);
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO a VALUES (1, 'a3');
STEP;
EXPECT j (1, 'a1', 'b1'), (2, 'a2', NULL), (1, 'a3', NULL);
PUSH INTO b VALUES (1, 'b2'), (2, 'b3');
STEP;
EXPECT j (1, 'a1', 'b1'), (1, 'a1', 'b2'), (2, 'a2', 'b3'), (1, 'a3', 'b2');

-- test: FULL JOIN, rows taken back after they were forgotten
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE a (k INT, x STRING, PRIMARY KEY (k));
CREATE TABLE b (k INT, y STRING, PRIMARY KEY (k));
CREATE MATERIALIZED VIEW j AS SELECT COALESCE(a.k, b.k) AS k, x, y FROM a FULL JOIN b ON a.k = b.k;
INSERT INTO a VALUES (1, 'a1'), (2, 'a2');
INSERT INTO b VALUES (2, 'b2'), (3, 'b3');
EXPECT j (1, 'a1', NULL), (2, 'a2', 'b2'), (3, NULL, 'b3');
ADVANCE CLOCK BY INTERVAL '1' HOUR;
DELETE FROM a WHERE k = 1;
UPDATE b SET y = 'new' WHERE k = 3;
EXPECT j (1, 'a1', NULL), (2, 'a2', 'b2'), (3, NULL, 'b3'), (3, NULL, 'new');
DELETE FROM b WHERE k = 3;
EXPECT j (1, 'a1', NULL), (2, 'a2', 'b2'), (3, NULL, 'b3');

-- test: SEMI and ANTI
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE a (k INT, x STRING) WITH ('format' = 'json');
CREATE TABLE b (k INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW s AS SELECT /*+ STATE_TTL('a' = '1 d') */ x FROM a LEFT SEMI JOIN b ON a.k = b.k;
CREATE MATERIALIZED VIEW n AS SELECT x FROM a WHERE k NOT IN (SELECT k FROM b WHERE k IS NOT NULL) AND k IS NOT NULL;
PUSH INTO a VALUES (1, 'a1'), (2, 'a2');
PUSH INTO b VALUES (1);
STEP;
EXPECT s ('a1');
EXPECT n ('a2');
ADVANCE CLOCK BY INTERVAL '1' HOUR;
PUSH INTO a VALUES (1, 'a3');
STEP;
EXPECT s ('a1');
EXPECT n ('a2'), ('a3');
PUSH INTO b VALUES (1), (2);
STEP;
EXPECT s ('a1'), ('a2'), ('a3');
EXPECT n ('a2');

-- test: an aggregate below a join: a group that begins anew joins as a new row
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE a (k INT, v INT) WITH ('format' = 'json');
CREATE TABLE b (k INT, y STRING, PRIMARY KEY (k));
CREATE MATERIALIZED VIEW j AS SELECT s.k, n, y FROM (SELECT k, COUNT(*) AS n FROM a GROUP BY k) s JOIN b ON s.k = b.k;
INSERT INTO b VALUES (1, 'one'), (2, 'two');
PUSH INTO a VALUES (1, 1), (1, 1), (2, 1);
STEP;
EXPECT j (1, 2, 'one'), (2, 1, 'two');
ADVANCE CLOCK BY INTERVAL '59' MINUTE;
UPDATE b SET y = 'uno' WHERE k = 1;
UPDATE b SET y = 'dos' WHERE k = 2;
STEP;
EXPECT j (1, 2, 'uno'), (2, 1, 'dos');
ADVANCE CLOCK BY INTERVAL '1' MINUTE;
PUSH INTO a VALUES (1, 1);
STEP;
EXPECT j (1, 1, 'uno'), (2, 1, 'dos');

-- test: values that canonical bytes do not give back
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE a (k DOUBLE, x ARRAY<DOUBLE>) WITH ('format' = 'json');
CREATE TABLE b (k DOUBLE, y DOUBLE) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW j AS SELECT a.k, x, y FROM a LEFT JOIN b ON a.k = b.k;
PUSH INTO a VALUES (1.5, ARRAY[1.5, 2.5]);
STEP;
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO b VALUES (1.5, -0.0);
STEP;
EXPECT j (1.5, ARRAY[1.5, 2.5], -0.0);
ADVANCE CLOCK BY INTERVAL '30' MINUTE;
PUSH INTO b VALUES (1.5, 7.0);
STEP;
EXPECT j (1.5, ARRAY[1.5, 2.5], -0.0), (1.5, ARRAY[1.5, 2.5], 7.0);
ADVANCE CLOCK BY INTERVAL '60' MINUTE;
PUSH INTO b VALUES (1.5, 8.0);
PUSH INTO a VALUES (1.5, ARRAY[3.5]);
STEP;
EXPECT j (1.5, ARRAY[1.5, 2.5], -0.0), (1.5, ARRAY[1.5, 2.5], 7.0), (1.5, ARRAY[3.5], 8.0);
