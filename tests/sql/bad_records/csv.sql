-- test: csv with comments: a record that has too many or too few fields, or is cut off, is kept aside
CREATE TABLE t (a INT, b STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'csv', 'csv.allow-comments' = 'true');
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;
PUSH BYTES INTO t '1,x', '# 2,x', '3', '4,x,y', '#', '5,"x', '6,x', X'37ff';
STEP;
EXPECT v (1, 'x'), (6, 'x');
EXPECT (SELECT CAST(value AS STRING) FROM t.bad WHERE "offset" <> 7) ('3'), ('4,x,y'), ('5,"x');
EXPECT (SELECT COUNT(*) FROM t.bad) (4);
