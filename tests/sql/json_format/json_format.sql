-- test: numbers and strings that parse become integers, a real is cut
CREATE TABLE t (x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": 1}', '{"x": "2"}', '{"x": " 3 "}', '{"x": null}', '{}', '{"x": 4.9}', '{"x": -4.9}';
STEP;
EXPECT v (1), (2), (3), (NULL), (NULL), (4), (-4);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: out of range is an error: the row goes aside
CREATE TABLE t (x TINYINT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": 127}', '{"x": 128}';
STEP;
EXPECT v (127);
EXPECT (SELECT COUNT(*) FROM t.bad) (1);

-- test: the ends of BIGINT
CREATE TABLE t (x BIGINT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": 9223372036854775807}', '{"x": 9223372036854775808}';
STEP;
EXPECT v (9223372036854775807);
EXPECT (SELECT COUNT(*) FROM t.bad) (1);

-- test: doubles
CREATE TABLE t (x DOUBLE) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": 1}', '{"x": "1.5"}', '{"x": 1e3}';
STEP;
EXPECT v (1), (1.5), (1000);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: decimals are rounded to their scale
CREATE TABLE t (x DECIMAL(6, 2)) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": 1.234}', '{"x": "5.6"}', '{"x": 7}';
STEP;
EXPECT v (1.23), (5.6), (7);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: anything becomes a STRING as its text
CREATE TABLE t (x STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": "a"}', '{"x": 1}', '{"x": 1.50}', '{"x": true}', '{"x": {"a":[1,2]}}', '{"x": [1,"b"]}', '{"x": null}';
STEP;
EXPECT v ('a'), ('1'), ('1.50'), ('true'), ('{"a":[1,2]}'), ('[1,"b"]'), (NULL);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: booleans
CREATE TABLE t (x BOOLEAN) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": true}', '{"x": "true"}', '{"x": false}';
STEP;
EXPECT v (TRUE), (TRUE), (FALSE);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: a BOOLEAN is TRUE for true and its text, and FALSE for everything else, as in Flink
CREATE TABLE t (i INT, x BOOLEAN, y STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT i, x, y FROM t;
PUSH BYTES INTO t '{"i": 1, "x": " TRUE "}', '{"i": 2, "x": "yes"}', '{"i": 3, "x": 1}', '{"i": 4, "x": ""}', '{"i": 5, "x": null}', '{"i": 6, "x": {"y": "no"}, "y": "a"}', '{"i": 7, "x": [true], "y": "b"}', '{"i": 8, "x": 0.5}', '{"i": 9}';
STEP;
EXPECT v (1, TRUE, NULL), (2, FALSE, NULL), (3, FALSE, NULL), (4, FALSE, NULL), (5, NULL, NULL), (6, FALSE, 'a'), (7, FALSE, 'b'), (8, FALSE, NULL), (9, NULL, NULL);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: a number for a TINYINT or SMALLINT must be written whole, as in Flink
CREATE TABLE t (x TINYINT, y SMALLINT, z INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
CREATE MATERIALIZED VIEW v AS SELECT x, y, z FROM t;
PUSH BYTES INTO t '{"x": 1.5, "y": 1.5, "z": 1.5}', '{"x": 1.0, "y": 1e1, "z": 1e1}', '{"x": "1", "y": " 7 ", "z": "8"}', '{"x": -0, "y": 300, "z": -2.9}', '{"x": 128, "y": 32768, "z": 2147483648}';
STEP;
EXPECT v (NULL, NULL, 1), (NULL, NULL, 10), (1, 7, 8), (0, 300, -2), (NULL, NULL, NULL);

-- test: all else is an error and the stream goes on
CREATE TABLE t (x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": "a"}', '{"x": {}}', '{"x": []}', '{"x": true}', '{"x": 1}';
STEP;
EXPECT v (1);
EXPECT (SELECT COUNT(*) FROM t.bad) (4);

-- test: a broken document goes aside
CREATE TABLE t (x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": 1}', '{"x": ', 'nonsense', '{"x": 2}';
STEP;
EXPECT v (1), (2);
EXPECT (SELECT COUNT(*) FROM t.bad) (2);

-- test: json.ignore-parse-errors makes the field NULL and skips a broken document
CREATE TABLE t (x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": "a"}', '{"x": 1}', 'broken';
STEP;
EXPECT v (NULL), (1);
EXPECT (SELECT COUNT(*) FROM t.bad) (2);

-- test: timestamps in SQL's form
CREATE TABLE t (x TIMESTAMP(3)) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": "2024-01-02 03:04:05.678"}', '{"x": "2024-01-02 03:04:05"}', '{"x": "2024-01-02T03:04:05"}';
STEP;
EXPECT v (TIMESTAMP '2024-01-02 03:04:05.678'), (TIMESTAMP '2024-01-02 03:04:05');
EXPECT (SELECT COUNT(*) FROM t.bad) (1);

-- test: timestamps in ISO's form
CREATE TABLE t (x TIMESTAMP(3)) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": "2024-01-02T03:04:05.678"}';
STEP;
EXPECT v (TIMESTAMP '2024-01-02 03:04:05.678');
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: instants end in Z
CREATE TABLE t (x TIMESTAMP_LTZ(3)) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": "2024-01-01 00:00:00.000Z"}';
STEP;
EXPECT v (TO_TIMESTAMP_LTZ(1704067200, 0));
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: dates
CREATE TABLE t (x DATE) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": "2024-02-29"}', '{"x": "2023-02-29"}';
STEP;
EXPECT v (DATE '2024-02-29');
EXPECT (SELECT COUNT(*) FROM t.bad) (1);

-- test: arrays
CREATE TABLE t (x ARRAY<INT>) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": [1, null, 3]}', '{"x": []}', '{"x": 1}';
STEP;
EXPECT v (ARRAY[1, NULL, 3]), (ARRAY_REMOVE(ARRAY[1], 1));
EXPECT (SELECT COUNT(*) FROM t.bad) (1);

-- test: maps
CREATE TABLE t (x MAP<STRING, INT>) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": {"a": 1, "b": null}}';
STEP;
EXPECT v (MAP['a', 1, 'b', CAST(NULL AS INT)]);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: rows by name; more is ignored, what is missing is NULL
CREATE TABLE t (x ROW<a INT, b STRING>) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": {"a": 1, "b": "y", "c": 2}}', '{"x": {"b": "z"}}';
STEP;
EXPECT v (ROW(1, 'y')), (ROW(CAST(NULL AS INT), 'z'));
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: bytes are base64
CREATE TABLE t (x BYTES) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"x": "AP8="}';
STEP;
EXPECT v (X'00FF');
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: fields match by their exact names
CREATE TABLE t (x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{"X": 1}', '{"x": 2, "y": 3}';
STEP;
EXPECT v (NULL), (2);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: an array of objects is as many rows
CREATE TABLE t (x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '[{"x": 1}, {"x": 2}]';
STEP;
EXPECT v (1), (2);
EXPECT (SELECT COUNT(*) FROM t.bad) (0);

-- test: json.fail-on-missing-field
CREATE TABLE t (x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json', 'json.fail-on-missing-field' = 'true');
CREATE MATERIALIZED VIEW v AS SELECT x FROM t;
PUSH BYTES INTO t '{}', '{"x": 1}';
STEP;
EXPECT v (1);
EXPECT (SELECT COUNT(*) FROM t.bad) (1);

-- test: a bad record keeps its bytes, its field and a code
CREATE TABLE t (id INT, x INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT id, x FROM t;
PUSH BYTES INTO t '{"id": 1, "x": "oops"}';
STEP;
EXPECT v ();
EXPECT (SELECT CAST(`value` AS STRING), field FROM t.bad) ('{"id": 1, "x": "oops"}', 'x');

-- test: the bytes of a bad record are kept as they came, text or not
CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT id FROM t;
PUSH BYTES INTO t X'636166E9', X'7B2269642200', '{"id": 1}', X'FFFE00';
STEP;
EXPECT v (1);
EXPECT (SELECT HEX(`value`) FROM t.bad) ('636166E9'), ('7B2269642200'), ('FFFE00');
