-- test: a query that is set to fail stops at a record that cannot be decoded
SET 'weir.on-bad-record' = 'fail';
CREATE TABLE t (a INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
PUSH BYTES INTO t '{"a":1}';
STEP;
EXPECT v (1);
PUSH BYTES INTO t '{"a":';
EXPECT ERROR 'W1502' LIKE '%the message is not a JSON object%';
STEP;

-- test: what the table says goes before the setting
SET 'weir.on-bad-record' = 'fail';
CREATE TABLE t (a INT) WITH ('format' = 'json', 'weir.on-bad-record' = 'continue');
CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
PUSH BYTES INTO t '{"a":"x"}';
PUSH BYTES INTO t '{"a":6}';
STEP;
EXPECT v (6);

-- test: queries that differ in it do not share their fate
CREATE TABLE t (a INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
SET 'weir.on-bad-record' = 'fail';
CREATE MATERIALIZED VIEW w AS SELECT a FROM t;
PUSH BYTES INTO t '[{"a":1},{"a":2}]';
STEP;
PUSH BYTES INTO t '[{"a":3}';
PUSH BYTES INTO t '{"a":4}';
EXPECT ERROR 'W1502';
STEP;
EXPECT v (1), (2), (4);

-- test: RESUME SKIP goes on behind a bad field and a bad message, also beside arrays -- not replayable
CREATE TABLE t (a INT) WITH ('format' = 'json', 'weir.on-bad-record' = 'fail');
CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
PUSH BYTES INTO t '{"a":1}';
PUSH BYTES INTO t '{"a":"x"}';
PUSH BYTES INTO t '[{"a":2},{"a":3}]';
PUSH BYTES INTO t '[{"a":4},{"a":5}';
PUSH BYTES INTO t '{"a":6}';
EXPECT ERROR 'W1502';
STEP;
RESUME v SKIP;
EXPECT ERROR 'W1502';
STEP;
RESUME v SKIP;
STEP;
EXPECT v (1), (2), (3), (6);
