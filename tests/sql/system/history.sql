-- test: what was declared, failed and stopped is in weir.history, without its secrets, over a restart -- not replayable
CREATE TABLE t (k INT);
CREATE TABLE j (k INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d?password=visible', 'table-name' = 't');
CREATE MATERIALIZED VIEW v AS SELECT 6 / k AS q FROM t;
PUSH INTO t VALUES (3);
STEP;
CHECKPOINT;
CRASH;
PAUSE v;
RESUME v;
DROP TABLE j;
EXPECT (SELECT event, name, error_code, detail FROM weir.history WHERE event <> 'engine started' AND event <> 'engine stopped')
  ('statement', 't', NULL, 'CREATE TABLE t (k INT)'),
  ('statement', 'j', NULL, 'CREATE TABLE j (k INT, PRIMARY KEY (k) NOT ENFORCED) WITH (''connector'' = ''jdbc'', ''url'' = ''jdbc:postgresql://h/d?password=***'', ''table-name'' = ''t'')'),
  ('query started', 'v', NULL, NULL),
  ('statement', 'v', NULL, 'CREATE MATERIALIZED VIEW v AS SELECT 6 / k AS q FROM t'),
  ('statement', 'v', NULL, 'PAUSE QUERY v'),
  ('statement', 'v', NULL, 'RESUME QUERY v'),
  ('statement', 'j', NULL, 'DROP TABLE j');

-- test: a failure is there, though the query went back
CREATE TABLE t (k INT);
CREATE MATERIALIZED VIEW v AS SELECT 6 / k AS q FROM t;
PUSH INTO t VALUES (0);
EXPECT ERROR 'W1204' LIKE '%';
STEP;
EXPECT (SELECT name, error_code FROM weir.history WHERE event = 'query failed') ('v', 'W1204');
EXPECT (SELECT COUNT(*) FROM weir.history WHERE detail LIKE '6 was divided by zero%') (1);

-- test: only the newest weir.history.max events are kept; rows that come leave none
SET 'weir.history.max' = '2';
CREATE TABLE a (k INT);
CREATE TABLE b (k INT);
CREATE TABLE c (k INT);
PUSH INTO a VALUES (1), (2);
STEP;
EXPECT (SELECT COUNT(*) FROM weir.history) (2);
EXPECT (SELECT COUNT(*) FROM weir.history WHERE name = 'a') (0);

-- test: who declares again what is there changes nothing
CREATE TABLE a (k INT);
CREATE TABLE IF NOT EXISTS a (k INT);
EXPECT (SELECT COUNT(*) FROM weir.history WHERE name = 'a') (1);
