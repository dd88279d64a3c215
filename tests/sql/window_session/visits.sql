-- test: visits per user: pages, distinct pages, their list and the length of each session
CREATE TABLE visits (usr STRING, page STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' MINUTE);
CREATE MATERIALIZED VIEW v AS SELECT usr, window_start, window_end, COUNT(*) AS n, COUNT(DISTINCT page) AS pages, LISTAGG(page, '>') AS path, TIMESTAMPDIFF(SECOND, MIN(ts), MAX(ts)) AS stay
FROM TABLE(SESSION(TABLE visits PARTITION BY usr, DESCRIPTOR(ts), INTERVAL '30' MINUTE)) GROUP BY usr, window_start, window_end;
PUSH INTO visits VALUES ('a', 'home', TIMESTAMP '2024-01-01 10:00:00'), (NULL, 'home', TIMESTAMP '2024-01-01 10:01:00'), ('a', 'cart', TIMESTAMP '2024-01-01 10:20:00'), ('a', 'home', TIMESTAMP '2024-01-01 10:21:30'), (NULL, NULL, TIMESTAMP '2024-01-01 10:31:00'), ('a', 'help', TIMESTAMP '2024-01-01 10:51:31'), ('a', 'end', TIMESTAMP '2024-01-01 12:00:00');
STEP;
EXPECT v ('a', TIMESTAMP '2024-01-01 10:00:00', TIMESTAMP '2024-01-01 10:51:30', 3, 2, 'home>cart>home', 1290), (NULL, TIMESTAMP '2024-01-01 10:01:00', TIMESTAMP '2024-01-01 11:01:00', 2, 1, 'home', 1800), ('a', TIMESTAMP '2024-01-01 10:51:31', TIMESTAMP '2024-01-01 11:21:31', 1, 1, 'help', 0);
