-- test: a snapshot of an unbounded table names the two ways out
CREATE TABLE t (k STRING);
EXPECT ERROR 'W1305' LIKE '%EMIT CHANGES%';
SELECT * FROM t;
PUSH INTO t VALUES ('a');

-- test: syntax errors
EXPECT ERROR 'W1001';
SELEC 1;
EXPECT ERROR 'W1001';
SELECT 1 FROM;

-- test: an object that exists already
CREATE TABLE t (a INT);
EXPECT ERROR 'W1105';
CREATE TABLE t (a INT);
CREATE TABLE IF NOT EXISTS t (a INT);

-- test: a column twice
EXPECT ERROR 'W1106';
CREATE TABLE t (a INT, a INT);

-- test: an unknown option is an error, not ignored
EXPECT ERROR 'W1401' LIKE '%topik%';
CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topik' = 'x', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');

-- test: wrong types of arguments and operands
EXPECT ERROR 'W1201';
SELECT 1 + 'a' FROM (VALUES (1)) AS t(x);
EXPECT ERROR 'W1104';
SELECT ABS('a', 'b');
EXPECT ERROR 'W1201';
SELECT 1 WHERE 1;

-- test: an error of a row in a continuous query stops that query and no other
CREATE TABLE t (a INT);
CREATE MATERIALIZED VIEW good AS SELECT a FROM t;
PUSH INTO t VALUES (1), (0);
STEP;
EXPECT good (1), (0);

-- test: a window of no length
CREATE TABLE t (ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1306';
CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '0' SECOND)) GROUP BY window_start, window_end;

-- test: names of other databases get the name that is meant here
EXPECT ERROR 'W1104' LIKE '%"isnull" does not exist%';
SELECT isnull(1, 2);
EXPECT ERROR 'W1205' LIKE '%"UUID"%';
CREATE TABLE t (a UUID);
EXPECT ERROR 'W1201' LIKE '%(DATE, INT)%';
SELECT DATE '2020-01-01' + 5;
EXPECT ERROR 'W1301' LIKE '%CREATE DATABASE is not supported yet%';
CREATE DATABASE d;

-- test: changes are committed one by one: what a transaction cannot do
CREATE TABLE t (a INT);
BEGIN;
INSERT INTO t VALUES (1);
EXPECT ERROR 'W1805' LIKE '%committed%';
ROLLBACK;
BEGIN READ ONLY;
EXPECT ERROR 'W1805' LIKE '%read-only transaction%';
INSERT INTO t VALUES (2);
EXPECT ERROR 'W1805' LIKE '%ignored until ROLLBACK%';
SELECT 1;
ROLLBACK;
EXPECT t (1);
