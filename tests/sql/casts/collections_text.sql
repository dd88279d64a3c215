-- test: arrays, maps and rows as text
CREATE TABLE c (id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, y STRING>);
CREATE MATERIALIZED VIEW v AS SELECT id, CAST(a AS STRING) AS a, CAST(m AS STRING) AS m, CAST(r AS STRING) AS r, a[2] AS a2, m['k'] AS mk, r.y AS y, CARDINALITY(a) AS n FROM c;
PUSH INTO c VALUES (1, ARRAY[1, NULL, 3], MAP['k', 5], ROW(1, 'b')), (2, NULL, NULL, NULL), (3, ARRAY[7], MAP['z', CAST(NULL AS INT)], ROW(CAST(NULL AS INT), CAST(NULL AS STRING)));
STEP;
EXPECT v (1, '[1, NULL, 3]', '{k=5}', '(1, b)', NULL, 5, 'b', 3), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (3, '[7]', '{z=NULL}', '(NULL, NULL)', NULL, NULL, NULL, 1);
