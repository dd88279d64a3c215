-- test: an aggregate over the closed windows of processing time closes with them
CREATE TABLE ev (id STRING, cat STRING, amount INT, p AS PROCTIME());
CREATE VIEW cats AS SELECT window_start, window_end, cat, SUM(amount) AS t, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE ev, DESCRIPTOR(p), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, cat;
CREATE MATERIALIZED VIEW v AS SELECT window_start, ARRAY_AGG(cat ORDER BY t DESC) AS cats, SUM(n) AS n FROM cats GROUP BY window_start, window_end;
PUSH INTO ev VALUES ('a', 'x', 1), ('b', 'y', 5), ('c', 'x', 3);
STEP;
ADVANCE CLOCK BY INTERVAL '9' SECOND;
PUSH INTO ev VALUES ('d', 'z', 2);
STEP;
EXPECT v ();
ADVANCE CLOCK BY INTERVAL '1' SECOND;
STEP;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', ARRAY['y', 'x', 'z'], 4);
PUSH INTO ev VALUES ('e', 'z', 2);
STEP;
ADVANCE CLOCK BY INTERVAL '25' SECOND;
PUSH INTO ev VALUES ('f', 'x', 2);
STEP;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', ARRAY['y', 'x', 'z'], 4), (TIMESTAMP '2024-01-01 00:00:10', ARRAY['z'], 1);
EXPECT (SELECT COUNT(*) FROM v.late) (0);

-- test: an aggregate over the window's first rows of processing time
CREATE TABLE ev (id STRING, at INT, p AS PROCTIME());
CREATE VIEW firsts AS SELECT * FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY at, id) AS rn
  FROM TABLE(TUMBLE(TABLE ev, DESCRIPTOR(p), INTERVAL '10' SECOND))) WHERE rn <= 2;
CREATE MATERIALIZED VIEW v AS SELECT window_start, ARRAY_AGG(id ORDER BY rn) AS ids FROM firsts GROUP BY window_start, window_end;
PUSH INTO ev VALUES ('a', 3), ('b', 2), ('c', 1);
STEP;
ADVANCE CLOCK BY INTERVAL '10' SECOND;
PUSH INTO ev VALUES ('d', 4);
STEP;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', ARRAY['c', 'b']);
ADVANCE CLOCK BY INTERVAL '10' SECOND;
STEP;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', ARRAY['c', 'b']), (TIMESTAMP '2024-01-01 00:00:10', ARRAY['d']);

-- test: windows of processing time side by side, and a total over them in their order
CREATE TABLE ev (id STRING, cat STRING, amount INT, p AS PROCTIME());
CREATE VIEW batched AS SELECT * FROM TABLE(TUMBLE(TABLE ev, DESCRIPTOR(p), INTERVAL '10' SECOND));
CREATE VIEW parts AS
SELECT window_start, window_end, window_time, cat, SUM(amount) AS t FROM batched GROUP BY window_start, window_end, window_time, cat
UNION ALL
SELECT window_start, window_end, window_time, 'all', SUM(amount) FROM batched GROUP BY window_start, window_end, window_time;
CREATE VIEW per_window AS SELECT window_start, window_end, window_time, COUNT(*) AS parts, MAX(t) AS t FROM parts GROUP BY window_start, window_end, window_time;
CREATE MATERIALIZED VIEW v AS SELECT window_start, parts, t, SUM(t) OVER (ORDER BY window_time) AS total, COUNT(*) OVER (ORDER BY window_time) AS n FROM per_window;
PUSH INTO ev VALUES ('a', 'x', 1), ('b', 'y', 5);
STEP;
ADVANCE CLOCK BY INTERVAL '10' SECOND;
STEP;
PUSH INTO ev VALUES ('c', 'x', 3);
STEP;
ADVANCE CLOCK BY INTERVAL '10' SECOND;
STEP;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', 3, 6, 6, 1), (TIMESTAMP '2024-01-01 00:00:10', 2, 3, 9, 2);
