-- test: deduplication keeps one row of the NULL key too, and what is counted behind it counts once
CREATE TABLE e (id STRING, kind STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW once AS SELECT id, kind, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts) AS rn FROM e) WHERE rn = 1;
CREATE MATERIALIZED VIEW v AS SELECT kind, COUNT(*) AS n, COUNT(id) AS known FROM once GROUP BY kind;
PUSH INTO e VALUES ('1', 'a', TIMESTAMP '2024-01-01 00:00:03'), ('1', 'b', TIMESTAMP '2024-01-01 00:00:04'), (NULL, 'a', TIMESTAMP '2024-01-01 00:00:05'), (NULL, 'a', TIMESTAMP '2024-01-01 00:00:06'), ('2', NULL, TIMESTAMP '2024-01-01 00:00:06');
STEP;
EXPECT v ('a', 2, 1), (NULL, 1, 1);
PUSH INTO e VALUES ('1', 'b', TIMESTAMP '2024-01-01 00:00:07'), ('3', 'a', TIMESTAMP '2024-01-01 00:00:08'), (NULL, 'c', TIMESTAMP '2024-01-01 00:00:09');
STEP;
EXPECT v ('a', 3, 2), (NULL, 1, 1);

-- test: the newest state per key, then counted by state: each key moves from one count to another
CREATE TABLE e (id INT, state STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' SECOND);
CREATE MATERIALIZED VIEW v AS SELECT state, COUNT(*) AS n FROM (
SELECT state FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS rn FROM e) WHERE rn = 1) GROUP BY state;
PUSH INTO e VALUES (1, 'new', TIMESTAMP '2024-01-01 00:00:01'), (2, 'new', TIMESTAMP '2024-01-01 00:00:02'), (3, 'new', TIMESTAMP '2024-01-01 00:00:05');
STEP;
EXPECT CHANGES v +('new', 3);
PUSH INTO e VALUES (1, 'paid', TIMESTAMP '2024-01-01 00:00:08'), (2, 'older', TIMESTAMP '2024-01-01 00:00:01'), (3, NULL, TIMESTAMP '2024-01-01 00:00:06');
STEP;
EXPECT CHANGES v -('new', 3), +('new', 1), +('paid', 1), +(NULL, 1);
PUSH INTO e VALUES (2, 'paid', TIMESTAMP '2024-01-01 00:00:02');
STEP;
EXPECT CHANGES v -('new', 1), -('paid', 1), +('paid', 2);
