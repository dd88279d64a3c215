-- test: elements count from 1, out of range is NULL
CREATE TABLE t (a ARRAY<INT>, i INT);
INSERT INTO t VALUES (ARRAY[10, 20], 1), (ARRAY[10, 20], 3), (NULL, 1);
EXPECT (SELECT a[i], CARDINALITY(a), a[2] FROM t) (10, 2, 20), (NULL, 2, 20), (NULL, NULL, NULL);

-- test: maps
EXPECT (SELECT m['a'], m['z'], CARDINALITY(m), MAP_KEYS(m), MAP_VALUES(m) FROM (VALUES (MAP['a', 1, 'b', 2])) AS t(m)) (1, NULL, 2, ARRAY['a', 'b'], ARRAY[1, 2]);

-- test: functions of arrays
EXPECT (SELECT ARRAY_CONTAINS(a, 2), ARRAY_POSITION(a, 3), ARRAY_APPEND(a, 9), ARRAY_PREPEND(a, 0), ARRAY_REMOVE(a, 1), ARRAY_REVERSE(a), ARRAY_DISTINCT(ARRAY[1, 1, 2])
  FROM (VALUES (ARRAY[3, 1, 2])) AS t(a))
  (TRUE, 1, ARRAY[3, 1, 2, 9], ARRAY[0, 3, 1, 2], ARRAY[3, 2], ARRAY[2, 1, 3], ARRAY[1, 2]);
EXPECT (SELECT ARRAY_SORT(a), ARRAY_MAX(a), ARRAY_MIN(a), ARRAY_SLICE(a, 2, 3), ARRAY_JOIN(ARRAY['a', 'b'], '-'), ARRAY_CONCAT(a, ARRAY[7]) FROM (VALUES (ARRAY[3, 1, 2])) AS t(a))
  (ARRAY[1, 2, 3], 3, 1, ARRAY[1, 2], 'a-b', ARRAY[3, 1, 2, 7]);
EXPECT (SELECT ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3]), ARRAY_EXCEPT(ARRAY[1, 2], ARRAY[2]), ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2, 3])) (ARRAY[1, 2, 3], ARRAY[1], ARRAY[2]);

-- test: an array of one has an ELEMENT, a larger one is an error
EXPECT (SELECT ELEMENT(ARRAY[5])) (5);
EXPECT ERROR 'W1206';
SELECT ELEMENT(a) FROM (VALUES (ARRAY[1, 2])) AS t(a);

-- test: rows and their fields
EXPECT (SELECT t.r.x, t.r.y FROM (SELECT CAST(ROW(1, 'a') AS ROW<x INT, y STRING>) AS r) AS t) (1, 'a');

-- test: equality of collections
EXPECT (SELECT ARRAY[1, 2] = ARRAY[1, 2], ARRAY[1, 2] = ARRAY[2, 1], MAP['a', 1] = MAP['a', 1], ROW(1, 2) = ROW(1, 2)) (TRUE, FALSE, TRUE, TRUE);

-- test: collections as keys of groups
CREATE TABLE t (a ARRAY<INT>, v INT);
CREATE MATERIALIZED VIEW m AS SELECT a, SUM(v) AS s FROM t GROUP BY a;
PUSH INTO t VALUES (ARRAY[1, 2], 1), (ARRAY[2, 1], 2), (ARRAY[1, 2], 4), (ARRAY[1, NULL], 8), (ARRAY[1, NULL], 16);
STEP;
EXPECT m (ARRAY[1, 2], 5), (ARRAY[2, 1], 2), (ARRAY[1, NULL], 24);
