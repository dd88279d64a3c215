-- test: CASE in both forms, without ELSE it is NULL
CREATE TABLE t (x INT);
INSERT INTO t VALUES (1), (2), (NULL);
EXPECT (SELECT x, CASE x WHEN 1 THEN 'one' WHEN NULL THEN 'null' END, CASE WHEN x > 1 THEN 'big' WHEN x IS NULL THEN 'none' ELSE 'small' END FROM t)
  (1, 'one', 'small'), (2, NULL, 'big'), (NULL, NULL, 'none');

-- test: CASE evaluates only the branch that is taken
CREATE TABLE t (x INT);
INSERT INTO t VALUES (0), (2);
EXPECT (SELECT CASE WHEN x = 0 THEN 0 ELSE 10 / x END FROM t) (0), (5);
EXPECT (SELECT IF(x = 0, 0, 10 / x) FROM t) (0), (5);

-- test: AND stops at what is false
CREATE TABLE t (x INT);
INSERT INTO t VALUES (0), (2);
EXPECT (SELECT x FROM t WHERE x <> 0 AND 10 / x = 5) (2);

-- test: COALESCE, NULLIF, IFNULL, IF
CREATE TABLE t (a INT, b INT);
INSERT INTO t VALUES (1, 1), (NULL, 2), (NULL, NULL);
EXPECT (SELECT COALESCE(a, b, 9), NULLIF(a, b), IFNULL(a, -1), IF(a = b, 'same', 'other') FROM t)
  (1, NULL, 1, 'same'), (2, NULL, -1, 'other'), (9, NULL, -1, 'other');

-- test: CASE in a filter over a stream
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, CASE WHEN v >= 10 THEN 'hot' ELSE 'cold' END AS c FROM t WHERE v IS NOT NULL;
PUSH INTO t VALUES ('a', 10), ('b', 9), ('c', NULL);
STEP;
EXPECT m ('a', 'hot'), ('b', 'cold');
