-- test: a pivot by CASE and by FILTER, HAVING over both
CREATE TABLE e (k STRING, kind STRING, v INT);
CREATE MATERIALIZED VIEW v AS SELECT COALESCE(k, '?') AS k, SUM(CASE WHEN kind = 'in' THEN v ELSE 0 END) AS ins, SUM(v) FILTER (WHERE kind = 'out') AS outs, COUNT(*) FILTER (WHERE kind IS NULL) AS odd, MAX(CASE kind WHEN 'in' THEN 1 WHEN 'out' THEN 2 END) AS top
FROM e GROUP BY k HAVING SUM(CASE WHEN kind = 'in' THEN v ELSE 0 END) > 0 OR COUNT(*) FILTER (WHERE kind IS NULL) > 0;
PUSH INTO e VALUES ('a', 'in', 5), ('a', 'out', 3), ('b', 'out', 9), (NULL, NULL, 1), ('b', NULL, 2);
STEP;
EXPECT v ('a', 5, 3, 0, 2), ('b', 0, 9, 1, 2), ('?', 0, NULL, 1, NULL);
PUSH DELETE FROM e VALUES ('b', NULL, 2), ('a', 'in', 5);
PUSH INTO e VALUES (NULL, 'in', 4);
STEP;
EXPECT v ('?', 4, NULL, 1, 1);
