-- test: aggregates of how often which value comes, over every frame
CREATE TABLE t (id INT PRIMARY KEY, k STRING, v INT);
INSERT INTO t VALUES (1, 'a', 5), (2, 'a', NULL), (3, 'a', 1), (4, 'a', 5), (5, 'a', 3), (6, 'b', NULL), (7, NULL, 2), (8, NULL, 2);
EXPECT (SELECT id, MEDIAN(v) OVER w, MODE(v) OVER w, TOP_K(v, 2) OVER w, APPROX_COUNT_DISTINCT(v) OVER w FROM t
        WINDOW w AS (PARTITION BY k ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW))
  (1, 5.0, 5, ARRAY[5], 1), (2, 5.0, 5, ARRAY[5], 1), (3, 3.0, 1, ARRAY[1, 5], 2), (4, 3.0, 1, ARRAY[1, 5], 2), (5, 3.0, 1, ARRAY[1, 3], 3),
  (6, NULL, NULL, NULL, 0), (7, 2.0, 2, ARRAY[2], 1), (8, 2.0, 2, ARRAY[2], 1);
EXPECT (SELECT id, MEDIAN(v) OVER w, MODE(v) FILTER (WHERE v > 1) OVER w, PERCENTILE(v, 0.5) OVER w FROM t
        WINDOW w AS (PARTITION BY k ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING))
  (1, 1.0, NULL, 1.0), (2, 3.0, 5, 3.0), (3, 4.0, 3, 4.0), (4, 3.0, 3, 3.0), (5, NULL, NULL, NULL), (6, NULL, NULL, NULL), (7, 2.0, 2, 2.0), (8, NULL, NULL, NULL);
EXPECT (SELECT DISTINCT k, MODE(v) OVER (PARTITION BY k), PERCENTILE(v, 0.5, id) OVER (PARTITION BY k) FROM t) ('a', 5, 3.0), ('b', NULL, NULL), (NULL, 2, 2.0);
EXPECT (SELECT id, MODE(v) OVER (ORDER BY k RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t WHERE id > 3) (7, 2), (8, 2), (4, 2), (5, 2), (6, 2);

-- test: the same over rows that are taken back
CREATE TABLE t (id INT PRIMARY KEY, k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT id, MEDIAN(v) OVER w AS med, MODE(v) OVER w AS mo, APPROX_COUNT_DISTINCT(v) OVER w AS n FROM t
  WINDOW w AS (PARTITION BY k ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
INSERT INTO t VALUES (1, 'a', 5), (2, 'a', 7), (3, 'a', NULL), (4, NULL, 2);
STEP;
EXPECT m (1, 5.0, 5, 1), (2, 6.0, 5, 2), (3, 7.0, 7, 1), (4, 2.0, 2, 1);
UPDATE t SET k = NULL WHERE id = 2;
STEP;
EXPECT m (1, 5.0, 5, 1), (2, 7.0, 7, 1), (3, 5.0, 5, 1), (4, 4.5, 2, 2);
DELETE FROM t WHERE id = 1;
STEP;
EXPECT m (2, 7.0, 7, 1), (3, NULL, NULL, 0), (4, 4.5, 2, 2);
