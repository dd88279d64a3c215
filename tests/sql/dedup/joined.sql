-- test: keep first by event time over rows of several keys, then joined with what it keeps
CREATE TABLE e (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND);
CREATE VIEW first_of AS SELECT k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM e) WHERE rn = 1;
CREATE TABLE n (k STRING, name STRING);
CREATE MATERIALIZED VIEW v AS SELECT f.k, f.v, n.name FROM first_of f LEFT JOIN n ON f.k = n.k;
PUSH INTO n VALUES ('a', 'A'), (NULL, 'N');
PUSH INTO e VALUES ('a', 1, TIMESTAMP '2024-01-01 00:00:10'), ('a', 2, TIMESTAMP '2024-01-01 00:00:08'), (NULL, 3, TIMESTAMP '2024-01-01 00:00:11'), ('b', 4, TIMESTAMP '2024-01-01 00:00:12'), ('a', 5, TIMESTAMP '2024-01-01 00:00:08');
STEP;
EXPECT v ('a', 2, 'A'), (NULL, 3, NULL), ('b', 4, NULL);
PUSH DELETE FROM n VALUES ('a', 'A');
PUSH INTO n VALUES ('a', 'Z'), ('b', 'B');
STEP;
EXPECT v ('a', 2, 'Z'), (NULL, 3, NULL), ('b', 4, 'B');
