-- test: first and last values and lists of a group that loses rows
CREATE TABLE t (k STRING, v STRING);
CREATE MATERIALIZED VIEW a AS SELECT k, FIRST_VALUE(v) AS f, LAST_VALUE(v) AS l, LISTAGG(v, '|') AS s, COUNT(v) AS n FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 'p'), ('a', NULL), ('a', 'q'), ('a', 'p'), (NULL, 'z');
STEP;
EXPECT a ('a', 'p', 'p', 'p|q|p', 3), (NULL, 'z', 'z', 'z', 1);
PUSH DELETE FROM t VALUES ('a', 'q');
STEP;
EXPECT a ('a', 'p', 'p', 'p|p', 2), (NULL, 'z', 'z', 'z', 1);
PUSH DELETE FROM t VALUES ('a', 'p'), ('a', 'p'), (NULL, 'z');
STEP;
EXPECT a ('a', NULL, NULL, NULL, 0);
