-- test: the operations give rows and take them back
CREATE TABLE t (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT id, name FROM t;
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"name":"a"},"op":"r","source":{"db":"d"},"ts_ms":1}',
  '{"before":null,"after":{"id":2,"name":"b"},"op":"c"}';
STEP;
EXPECT v (1, 'a'), (2, 'b');
PUSH BYTES INTO t '{"before":{"id":1,"name":"a"},"after":{"id":1,"name":"c"},"op":"u"}', '', '{"before":{"id":2,"name":"b"},"after":null,"op":"d"}';
STEP;
EXPECT v (1, 'c');
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: GROUP BY takes rows back
CREATE TABLE t (id INT, k STRING, x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, SUM(x) AS s, MAX(x) AS m FROM t GROUP BY k;
PUSH BYTES INTO t '{"after":{"id":1,"k":"a","x":10},"op":"c"}', '{"after":{"id":2,"k":"a","x":5},"op":"c"}', '{"after":{"id":3,"k":"b","x":7},"op":"c"}';
STEP;
EXPECT v ('a', 2, 15, 10), ('b', 1, 7, 7);
PUSH BYTES INTO t '{"before":{"id":1,"k":"a","x":10},"after":{"id":1,"k":"b","x":3},"op":"u"}', '{"before":{"id":3,"k":"b","x":7},"op":"d"}';
STEP;
EXPECT v ('a', 1, 5, 5), ('b', 1, 3, 3);
PUSH BYTES INTO t '{"before":{"id":2,"k":"a","x":5},"after":null,"op":"d"}';
STEP;
EXPECT v ('b', 1, 3, 3);

-- test: joins and DISTINCT take rows back
CREATE TABLE o (id INT, c INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE c (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'y', 'properties.bootstrap.servers' = 'h:1', 'value.format' = 'debezium-json');
CREATE MATERIALIZED VIEW j AS SELECT o.id, c.name FROM o LEFT JOIN c ON o.c = c.id;
CREATE MATERIALIZED VIEW d AS SELECT DISTINCT c FROM o;
CREATE MATERIALIZED VIEW n AS SELECT name, COUNT(*) AS n FROM j GROUP BY name;
PUSH BYTES INTO o '{"after":{"id":1,"c":1},"op":"c"}', '{"after":{"id":2,"c":1},"op":"c"}', '{"after":{"id":3,"c":2},"op":"c"}';
PUSH BYTES INTO c '{"after":{"id":1,"name":"ann"},"op":"c"}';
STEP;
EXPECT j (1, 'ann'), (2, 'ann'), (3, NULL);
EXPECT d (1), (2);
EXPECT n ('ann', 2), (NULL, 1);
PUSH BYTES INTO c '{"before":{"id":1,"name":"ann"},"after":{"id":1,"name":"bob"},"op":"u"}';
PUSH BYTES INTO o '{"before":{"id":3,"c":2},"op":"d"}';
STEP;
EXPECT j (1, 'bob'), (2, 'bob');
EXPECT d (1);
EXPECT n ('bob', 2);

-- test: the changes of a view over changes
CREATE TABLE t (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE out (x INT) WITH ('connector' = 'print');
INSERT INTO out SELECT x FROM t WHERE x > 1;
PUSH BYTES INTO t '{"after":{"id":1,"x":1},"op":"c"}', '{"after":{"id":2,"x":2},"op":"c"}';
STEP;
EXPECT CHANGES out +(2);
PUSH BYTES INTO t '{"before":{"id":1,"x":1},"after":{"id":1,"x":5},"op":"u"}', '{"before":{"id":2,"x":2},"op":"d"}';
STEP;
EXPECT CHANGES out -(2), +(5);

-- test: with a PRIMARY KEY the old row need not be there
CREATE TABLE t (id INT, name STRING, x INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;
CREATE MATERIALIZED VIEW s AS SELECT SUM(x) AS s, COUNT(*) AS n FROM t;
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"name":"a","x":1},"op":"c"}', '{"before":null,"after":{"id":2,"name":"b","x":2},"op":"c"}';
STEP;
EXPECT v (1, 'a', 1), (2, 'b', 2);
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"name":"c","x":7},"op":"u"}', '{"before":{"id":2,"name":null,"x":"?"},"after":null,"op":"d"}', '';
STEP;
EXPECT v (1, 'c', 7);
EXPECT s (7, 1);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: an update may change the PRIMARY KEY
CREATE TABLE t (id INT, x INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;
PUSH BYTES INTO t '{"after":{"id":1,"x":1},"op":"c"}', '{"before":{"id":1,"x":1},"after":{"id":2,"x":1},"op":"u"}';
STEP;
EXPECT v (2, 1);

-- test: repeated changes have no effect where there is a PRIMARY KEY
SET 'table.exec.source.cdc-events-duplicate' = 'true';
CREATE TABLE t (id INT, x INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n, SUM(x) AS s FROM t;
PUSH BYTES INTO t '{"after":{"id":1,"x":1},"op":"c"}', '{"after":{"id":2,"x":10},"op":"c"}', '{"before":{"id":1,"x":1},"after":{"id":1,"x":3},"op":"u"}',
  '{"before":{"id":2,"x":10},"op":"d"}';
STEP;
EXPECT v (1, 3);
PUSH BYTES INTO t '{"after":{"id":1,"x":1},"op":"c"}', '{"after":{"id":2,"x":10},"op":"c"}', '{"before":{"id":1,"x":1},"after":{"id":1,"x":3},"op":"u"}',
  '{"before":{"id":2,"x":10},"op":"d"}', '{"before":{"id":2,"x":10},"op":"d"}';
STEP;
EXPECT v (1, 3);

-- test: repeated changes need a PRIMARY KEY
SET 'table.exec.source.cdc-events-duplicate' = 'true';
CREATE TABLE t (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
EXPECT ERROR 'W1402' LIKE '%no PRIMARY KEY%';
CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n FROM t;

-- test: an update without the old row is a bad record
CREATE TABLE t (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;
PUSH BYTES INTO t '{"after":{"id":1,"x":1},"op":"c"}', '{"before":null,"after":{"id":1,"x":2},"op":"u"}', '{"after":null,"op":"d"}';
STEP;
EXPECT v (1, 1);
EXPECT (SELECT error FROM t.bad) ('an update ("u") has no "before"'), ('a deletion ("d") has no "before"');

-- test: what is no change is a bad record
CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;
PUSH BYTES INTO t '{"id":1}', '{"after":{"id":1},"op":"t"}', '[{"after":{"id":1},"op":"c"}]', 'x', '{"after":{"id":1},"op":"c"}', '{"after":null,"op":"c"}', '{"after":[],"op":"c"}', '{"before":7,"after":{"id":1},"op":"u"}';
STEP;
EXPECT v (1);
EXPECT (SELECT error FROM t.bad) ('the message has no "op"'), ('"op" is "t", and neither "c", "r", "u" nor "d"'), ('the message is an array, and a change is one object'),
  ('the message is not a JSON object: an object is expected at byte 0 of 1'), ('a change "op" = "c" has no "after"'), ('"after" is no object'), ('"before" is no object');

-- test: a change that cannot be converted is left out whole
CREATE TABLE t (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;
CREATE MATERIALIZED VIEW ids AS SELECT id FROM t;
PUSH BYTES INTO t '{"after":{"id":1,"x":1},"op":"c"}', '{"before":{"id":1,"x":1},"after":{"id":2,"x":"?"},"op":"u"}';
STEP;
EXPECT v (1, 1);
EXPECT ids (2);
EXPECT (SELECT field FROM t.bad) ('after.x');

-- test: fields that cannot be converted may become NULL, in the old row as in the new one
CREATE TABLE t (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json', 'debezium-json.ignore-parse-errors' = 'true');
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;
PUSH BYTES INTO t '{"after":{"id":1,"x":"?"},"op":"c"}', '{"after":{"id":2,"x":"?"},"op":"c"}', '{"before":{"id":1,"x":"?"},"op":"d"}', 'x';
STEP;
EXPECT v (2, NULL);

-- test: with a schema the change is in the payload
CREATE TABLE t (id INT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json', 'debezium-json.schema-include' = 'true');
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;
PUSH BYTES INTO t '{"schema":{"type":"struct","fields":[]},"payload":{"before":null,"after":{"id":1,"name":"a"},"op":"c"}}',
  '{"schema":null,"payload":{"before":{"id":1,"name":"a"},"after":{"id":1,"name":"b"},"op":"u"}}', '{"schema":null,"payload":null}', '{"after":{"id":1},"op":"c"}';
STEP;
EXPECT v (1, 'b');
EXPECT (SELECT error FROM t.bad) ('the message has no "payload"');

-- test: metadata of the change, by key
CREATE TABLE t (id INT, x INT, src TIMESTAMP_LTZ(3) METADATA FROM 'value.source.timestamp' VIRTUAL, seen TIMESTAMP_LTZ(3) METADATA FROM 'value.ingestion-timestamp' VIRTUAL,
  db STRING METADATA FROM 'value.source.database' VIRTUAL, sch STRING METADATA FROM 'value.source.schema' VIRTUAL, tab STRING METADATA FROM 'value.source.table' VIRTUAL,
  props MAP<STRING, STRING> METADATA FROM 'value.source.properties' VIRTUAL, PRIMARY KEY (id) NOT ENFORCED)
WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT id, x, src, seen, db, sch, tab, props['lsn'] AS lsn FROM t;
CREATE MATERIALIZED VIEW n AS SELECT db, COUNT(*) AS n FROM t GROUP BY db;
PUSH BYTES INTO t '{"after":{"id":1,"x":1},"op":"c","ts_ms":1704067200123,"source":{"db":"d1","schema":"public","table":"t","ts_ms":1704067200000,"lsn":77}}';
STEP;
EXPECT v (1, 1, TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 00:00:00.123', 'd1', 'public', 't', '77');
PUSH BYTES INTO t '{"before":{"id":1,"x":1},"after":{"id":1,"x":2},"op":"u","source":{"db":"d2"}}';
STEP;
EXPECT v (1, 2, NULL, NULL, 'd2', NULL, NULL, NULL);
EXPECT n ('d2', 1);

-- test: metadata of changes needs a PRIMARY KEY
CREATE TABLE t (id INT, db STRING METADATA FROM 'value.source.database' VIRTUAL) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
EXPECT ERROR 'W1301' LIKE '%not supported without a key%';
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;

-- test: a column of the clock needs a PRIMARY KEY
CREATE TABLE t (id INT, at AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
EXPECT ERROR 'W1301' LIKE '%computed column "at"%';
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;

-- test: metadata of changes needs the format
CREATE TABLE t (id INT, db STRING METADATA FROM 'value.source.database' VIRTUAL) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1102' LIKE '%needs the format debezium-json%';
CREATE MATERIALIZED VIEW v AS SELECT * FROM t;

-- test: a window counts what is left when it closes
CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end;
PUSH BYTES INTO t '{"after":{"id":1,"ts":"2024-01-01 00:00:10"},"op":"c"}', '{"after":{"id":2,"ts":"2024-01-01 00:00:20"},"op":"c"}', '{"before":{"id":1,"ts":"2024-01-01 00:00:10"},"op":"d"}';
STEP;
PUSH BYTES INTO t '{"after":{"id":3,"ts":"2024-01-01 00:01:10"},"op":"c"}';
STEP;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', 1);

-- test: an append-only sink refuses changes
CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE out (id INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1303' LIKE '%"t", whose rows change,%';
INSERT INTO out SELECT id FROM t;

-- test: changes go to a sink of the format
CREATE TABLE t (id INT, k STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE out (k STRING, n BIGINT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
INSERT INTO out SELECT k, COUNT(*) FROM t GROUP BY k;
PUSH BYTES INTO t '{"id":1,"k":"a"}';
STEP;
EXPECT CHANGELOG out +I('a', 1);
PUSH BYTES INTO t '{"id":2,"k":"a"}';
STEP;
EXPECT CHANGELOG out -U('a', 1), +U('a', 2);

-- test: nested fields are read from both sides
CREATE TABLE t (u ROW<id INT, tags ARRAY<STRING>>) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW v AS SELECT t.u.id AS id, COUNT(*) AS n FROM t GROUP BY t.u.id;
PUSH BYTES INTO t '{"after":{"u":{"id":1,"tags":["x"]}},"op":"c"}', '{"before":{"u":{"id":1}},"after":{"u":{"tags":[],"id":2}},"op":"u"}';
STEP;
EXPECT v (2, 1);
