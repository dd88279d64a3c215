-- What a query names twice is computed once; the results are those of computing it twice.

-- test: an aggregate that is joined with itself, while its rows change
CREATE TABLE s (k INT, n INT);
CREATE VIEW g AS SELECT k, COUNT(*) AS c, SUM(n) AS t FROM s GROUP BY k;
CREATE MATERIALIZED VIEW v AS SELECT a.k AS k, b.k AS more, b.t FROM g AS a JOIN g AS b ON a.c < b.c;
PUSH INTO s VALUES (1, 10), (2, 20), (2, 21);
STEP;
EXPECT v (1, 2, 41);
PUSH INTO s VALUES (1, 1), (1, 2), (3, 5);
STEP;
EXPECT v (2, 1, 13), (3, 1, 13), (3, 2, 41);
PUSH DELETE FROM s VALUES (1, 1), (1, 2), (1, 10);
STEP;
EXPECT v (3, 2, 41);

-- test: branches of a UNION ALL that read other columns of one view
CREATE TABLE s (k INT, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW w AS
SELECT k, window_start, window_end, window_time, COUNT(*) AS c, MAX(n) AS m
FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end, window_time;
CREATE MATERIALIZED VIEW v AS
SELECT 'count' AS what, k, c AS x FROM w UNION ALL SELECT 'max', k, CAST(m AS BIGINT) FROM w WHERE m > 5
UNION ALL SELECT 'sum', k, SUM(c) OVER (PARTITION BY k ORDER BY window_time) FROM w;
PUSH INTO s VALUES (1, 5, TIMESTAMP '2024-01-01 00:00:01'), (1, 7, TIMESTAMP '2024-01-01 00:00:02'), (2, 3, TIMESTAMP '2024-01-01 00:00:03'), (1, 1, TIMESTAMP '2024-01-01 00:00:11'), (1, 9, TIMESTAMP '2024-01-01 00:00:30');
STEP;
EXPECT v ('count', 1, 2), ('max', 1, 7), ('sum', 1, 2), ('count', 2, 1), ('sum', 2, 1), ('count', 1, 1), ('sum', 1, 3);

-- test: a late row of the shared part is late once
CREATE TABLE s (k INT, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE VIEW w AS
SELECT k, window_start, COUNT(*) AS c
FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;
CREATE MATERIALIZED VIEW v AS SELECT k, c FROM w WHERE c > 1 UNION ALL SELECT -k, c FROM w;
PUSH INTO s VALUES (1, 5, TIMESTAMP '2024-01-01 00:00:01'), (1, 7, TIMESTAMP '2024-01-01 00:00:20'), (1, 1, TIMESTAMP '2024-01-01 00:00:05');
STEP;
EXPECT v (-1, 1);
EXPECT (SELECT COUNT(*) FROM v.late) (1);

-- test: a condition that only one of the readers has goes into a copy of its own
CREATE TABLE s (k INT, n INT);
CREATE VIEW g AS SELECT k, SUM(n) AS t FROM s GROUP BY k;
CREATE MATERIALIZED VIEW v AS SELECT k, t FROM g WHERE k = 1 UNION ALL SELECT k + 100, t FROM g UNION ALL SELECT k + 200, t FROM g WHERE t > 10;
PUSH INTO s VALUES (1, 5), (2, 20);
STEP;
EXPECT v (1, 5), (101, 5), (102, 20), (202, 20);
PUSH INTO s VALUES (1, 6), (2, -15);
STEP;
EXPECT v (1, 11), (101, 11), (102, 5), (201, 11);

-- test: views over a shared view, deduplicated
CREATE TABLE s (id STRING, k INT, at AS PROCTIME());
CREATE VIEW first AS SELECT id, k FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY at) AS n FROM s) WHERE n = 1;
CREATE VIEW by_k AS SELECT k, COUNT(*) AS c FROM first GROUP BY k;
CREATE MATERIALIZED VIEW v AS
SELECT f.id, b.c FROM first AS f JOIN by_k AS b ON f.k = b.k
UNION ALL SELECT 'most', MAX(c) FROM by_k;
PUSH INTO s VALUES ('a', 1), ('b', 1), ('a', 2);
STEP;
EXPECT v ('a', 2), ('b', 2), ('most', 2);
PUSH INTO s VALUES ('c', 2), ('b', 2);
STEP;
EXPECT v ('a', 2), ('b', 2), ('c', 1), ('most', 2);

-- test: subqueries in functions are the same, whatever their place in the statement
CREATE FUNCTION longest(m STRING) RETURNS BIGINT RETURN (SELECT MAX(CHAR_LENGTH(w.word)) FROM UNNEST(SPLIT(m, ' ')) AS w(word));
CREATE TABLE s (id INT, m STRING, o STRING);
CREATE VIEW l AS SELECT id, longest(m) AS x, longest(o) AS y FROM s;
CREATE MATERIALIZED VIEW v AS SELECT a.id, b.id AS other, a.x, b.y FROM l AS a JOIN l AS b ON a.x = b.y;
PUSH INTO s VALUES (1, 'aa b', 'c'), (2, 'd', 'ee f'), (3, NULL, 'gg');
STEP;
EXPECT v (1, 2, 2, 2), (1, 3, 2, 2), (2, 1, 1, 1);

-- test: set operations over one view
CREATE TABLE s (k INT, n INT);
CREATE VIEW g AS SELECT k, COUNT(*) AS c FROM s GROUP BY k;
CREATE MATERIALIZED VIEW v AS SELECT k FROM g EXCEPT SELECT k FROM g WHERE c > 1;
PUSH INTO s VALUES (1, 0), (2, 0), (2, 0);
STEP;
EXPECT v (1);
PUSH INTO s VALUES (1, 0), (3, 0);
STEP;
EXPECT v (3);
