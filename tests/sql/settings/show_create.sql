-- SHOW CREATE: the statement that makes the object, in Flink's form. tests/e2e/show_create.sh runs what is shown.

-- test: columns of each kind, watermark, key, comments, partitions
CREATE TABLE t (id INT COMMENT 'it''s', `a ``b` STRING NOT NULL, off BIGINT METADATA FROM 'offset' VIRTUAL, twice AS id * 2, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (id) NOT ENFORCED) COMMENT 'orders' WITH ('connector' = 'kafka', 'topic' = 'it''s', 'properties.bootstrap.servers' = 'x', 'format' = 'debezium-json');
EXPECT (SHOW CREATE TABLE t) ('CREATE TABLE `t` (
  `id` INT NOT NULL COMMENT ''it''''s'',
  `a ``b` STRING NOT NULL,
  `off` BIGINT METADATA FROM ''offset'' VIRTUAL,
  `twice` AS id * 2,
  `ts` TIMESTAMP(3),
  WATERMARK FOR `ts` AS ts - INTERVAL ''5'' SECOND,
  CONSTRAINT `PK_id` PRIMARY KEY (`id`) NOT ENFORCED
) COMMENT ''orders''
WITH (
  ''connector'' = ''kafka'',
  ''topic'' = ''it''''s'',
  ''properties.bootstrap.servers'' = ''x'',
  ''format'' = ''debezium-json''
)');
CREATE TABLE p (a INT, dt STRING) PARTITIONED BY (dt) WITH ('connector' = 'filesystem', 'path' = '/tmp/x', 'format' = 'csv');
EXPECT (SHOW CREATE TABLE p) LIKE '%PARTITIONED BY (`dt`)%WITH (%';

-- test: a table that weir keeps; after ALTER it is shown as it is
CREATE TABLE own (id INT, x STRING, CONSTRAINT k PRIMARY KEY (id));
ALTER TABLE own ADD (more ARRAY<INT> COMMENT 'm');
EXPECT (SHOW CREATE TABLE own) ('CREATE TABLE `own` (
  `id` INT NOT NULL,
  `x` STRING,
  `more` ARRAY<INT> COMMENT ''m'',
  CONSTRAINT `k` PRIMARY KEY (`id`)
)');

-- test: what LIKE took is in it
CREATE TABLE a (id INT) WITH ('connector' = 'kafka', 'topic' = 'a', 'properties.bootstrap.servers' = 'x', 'format' = 'json');
CREATE TABLE b (y INT) WITH ('topic' = 'b') LIKE a;
EXPECT (SHOW CREATE TABLE b) ('CREATE TABLE `b` (
  `id` INT,
  `y` INT
)
WITH (
  ''connector'' = ''kafka'',
  ''properties.bootstrap.servers'' = ''x'',
  ''format'' = ''json'',
  ''topic'' = ''b''
)');

-- test: views, functions, queries, indexes
CREATE TABLE own (id INT, x STRING, PRIMARY KEY (id));
CREATE OR REPLACE VIEW v (`a b`) AS SELECT x || 'it''s' FROM own;
CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT x, COUNT(*) AS n FROM own GROUP BY x;
CREATE FUNCTION f(a INT) RETURNS STRING RETURN (SELECT MAX(x) FROM own WHERE id = a);
CREATE INDEX ix ON own (x DESC);
CREATE TABLE out (x STRING, n BIGINT) WITH ('connector' = 'print');
INSERT INTO out SELECT x, n FROM m;
EXPECT (SHOW CREATE VIEW v) ('CREATE VIEW v (`a b`) AS SELECT x || ''it''''s'' FROM own');
EXPECT (SHOW CREATE MATERIALIZED VIEW m) ('CREATE MATERIALIZED VIEW m AS SELECT x, COUNT(*) AS n FROM own GROUP BY x');
EXPECT (SHOW CREATE VIEW m) ('CREATE MATERIALIZED VIEW m AS SELECT x, COUNT(*) AS n FROM own GROUP BY x');
EXPECT (SHOW CREATE FUNCTION f) ('CREATE FUNCTION f(a INT) RETURNS STRING RETURN (SELECT MAX(x) FROM own WHERE id = a)');
EXPECT (SHOW CREATE INDEX ix) ('CREATE INDEX ix ON own (x DESC)');
EXPECT (SHOW CREATE QUERY out) ('INSERT INTO out SELECT x, n FROM m');
EXPECT (SHOW USER FUNCTIONS) ('f', 'f(a INT) -> STRING', 'made by CREATE FUNCTION');
EXPECT ERROR 'W1109' LIKE '%"v" is a view%SHOW CREATE VIEW v%';
SHOW CREATE TABLE v;
EXPECT ERROR 'W1109' LIKE '%"own" is a table%SHOW CREATE TABLE own%';
SHOW CREATE VIEW own;
EXPECT ERROR 'W1109' LIKE '%weir''s own%';
SHOW CREATE TABLE weir.queries;
EXPECT ERROR 'W1108' LIKE '%unknown function "g"%';
SHOW CREATE FUNCTION g;

-- test: SHOW ... LIKE
CREATE TABLE t (abc INT, bcd INT, abd INT);
CREATE TABLE out (abc INT) WITH ('connector' = 'print');
INSERT INTO out SELECT abc FROM t;
EXPECT (SHOW COLUMNS FROM t LIKE 'ab%') ('abc', 'INT', 'TRUE', NULL, NULL, NULL), ('abd', 'INT', 'TRUE', NULL, NULL, NULL);
EXPECT (SHOW SETTINGS LIKE 'weir.step.row_') LIKE '%weir.step.rows%';
EXPECT (SHOW QUERIES LIKE 'nothing%') ();
EXPECT (SHOW TABLES LIKE 'o%') ('out', 'print');

-- test: DESCRIBE of what is no relation names another way
EXPECT ERROR 'W1301' LIKE '%DESCRIBE FUNCTION%SHOW FUNCTIONS LIKE%';
DESCRIBE FUNCTION ABS;
EXPECT ERROR 'W1301' LIKE '%catalog%';
DESCRIBE CATALOG default_catalog;
