-- test: with mini-batch or without it the tables are the same, through a group, a join and a ranking
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '50 ms';
SET 'table.exec.mini-batch.size' = '3';
CREATE TABLE t (k INT, v INT);
CREATE TABLE n (k INT, name STRING);
CREATE VIEW s AS SELECT k, SUM(v) AS s, COUNT(*) AS c FROM t GROUP BY k;
CREATE MATERIALIZED VIEW j AS SELECT s.k, s.s, s.c, n.name FROM s LEFT JOIN n ON s.k = n.k;
CREATE MATERIALIZED VIEW r AS SELECT k, s FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY s DESC, k) AS rn FROM s) WHERE rn <= 2;
PUSH INTO t VALUES (1, 1), (2, 2), (1, 3), (3, 9), (2, NULL), (NULL, 4);
PUSH INTO n VALUES (1, 'one'), (2, 'two'), (2, 'zwei'), (NULL, 'none');
STEP;
EXPECT j (1, 4, 2, 'one'), (2, 2, 2, 'two'), (2, 2, 2, 'zwei'), (3, 9, 1, NULL), (NULL, 4, 1, NULL);
EXPECT r (3, 9), (NULL, 4);
PUSH DELETE FROM t VALUES (3, 9), (NULL, 4);
PUSH DELETE FROM n VALUES (2, 'zwei');
STEP;
EXPECT j (1, 4, 2, 'one'), (2, 2, 2, 'two');
EXPECT r (1, 4), (2, 2);
