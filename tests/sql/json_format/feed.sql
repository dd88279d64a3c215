-- test: JSON documents of a feed in a column, read by Flink's format: numbers, NULLs, nested rows, arrays, maps, times
CREATE TABLE t (id INT, price DECIMAL(8, 2), tags ARRAY<STRING>, m MAP<STRING, DOUBLE>, r ROW<a INT, b ROW<c BOOLEAN>>, ts TIMESTAMP(3), d DATE, big BIGINT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT id, price, tags[1] AS tag, CARDINALITY(tags) AS n, m['k'] AS k, r.a AS a, r.b.c AS c, ts, d, big FROM t;
PUSH BYTES INTO t '{"id":1,"price":12.345,"tags":["x",null],"m":{"k":1.5,"z":null},"r":{"a":7,"b":{"c":true}},"ts":"2024-01-01 10:00:00.5","d":"2024-02-29","big":9007199254740993}',
 '{"id":"2","price":"3.5","tags":[],"m":{},"r":{"a":null,"b":null},"ts":null,"other":[1,{"x":2}]}', '{"price":1e2,"r":{}}';
STEP;
EXPECT v (1, 12.35, 'x', 2, 1.5, 7, TRUE, TIMESTAMP '2024-01-01 10:00:00.5', DATE '2024-02-29', 9007199254740993), (2, 3.50, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL), (NULL, 100.00, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
