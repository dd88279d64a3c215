-- test: the same four aggregates DISTINCT and not, with and without FILTER, side by side
CREATE TABLE t (k INT, v INT, w STRING);
CREATE MATERIALIZED VIEW a AS SELECT k, SUM(v) AS s, SUM(DISTINCT v) AS sd, COUNT(DISTINCT v) AS cd, COUNT(DISTINCT v) FILTER (WHERE w = 'x') AS cx, COUNT(DISTINCT w) AS cw, AVG(DISTINCT v) AS ad, MAX(v) FILTER (WHERE w <> 'x') AS mx FROM t GROUP BY k;
PUSH INTO t VALUES (1, 5, 'x'), (1, 5, 'y'), (1, 7, 'x'), (1, NULL, 'z'), (2, 3, NULL), (2, 3, NULL);
STEP;
EXPECT a (1, 17, 12, 2, 2, 3, 6, 5), (2, 6, 3, 1, 0, 0, 3, NULL);
PUSH DELETE FROM t VALUES (1, 5, 'x'), (2, 3, NULL);
STEP;
EXPECT a (1, 12, 12, 2, 1, 3, 6, 5), (2, 3, 3, 1, 0, 0, 3, NULL);
PUSH DELETE FROM t VALUES (1, 5, 'y'), (1, NULL, 'z');
STEP;
EXPECT a (1, 7, 7, 1, 1, 1, 7, NULL), (2, 3, 3, 1, 0, 0, 3, NULL);
