-- test: options of a table change, and what reads it goes on with its state
CREATE TABLE t (k STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
PUSH INTO t VALUES ('a'), ('b');
STEP;
CHECKPOINT;
ALTER TABLE t SET ('properties.bootstrap.servers' = 'other:1', 'json.ignore-parse-errors' = 'true');
PUSH INTO t VALUES ('a');
STEP;
EXPECT m ('a', 2), ('b', 1);
ALTER TABLE t RESET ('json.ignore-parse-errors');
PUSH INTO t VALUES ('a');
STEP;
EXPECT m ('a', 3), ('b', 1);

-- test: what names the rows themselves cannot be altered
CREATE TABLE t (k STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW m AS SELECT k FROM t;
EXPECT ERROR 'W1402' LIKE '%connector%';
ALTER TABLE t SET ('connector' = 'datagen');
EXPECT ERROR 'W1402' LIKE '%topic%';
ALTER TABLE t SET ('topic' = 'y');
EXPECT ERROR 'W1401';
ALTER TABLE t RESET ('key.format');
EXPECT ERROR 'W1401';
ALTER TABLE t SET ('no.such.option' = '1');

-- test: more columns of a stream; who reads them is made later, who does not goes on
CREATE TABLE t (k STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
PUSH BYTES INTO t '{"k":"a","v":1}', '{"k":"b","v":2}';
STEP;
CHECKPOINT;
ALTER TABLE t ADD v INT;
ALTER TABLE t ADD (w AS v * 10, `time` STRING);
CREATE MATERIALIZED VIEW s AS SELECT SUM(v) AS v, SUM(w) AS w FROM t;
PUSH BYTES INTO t '{"k":"a","v":5}';
STEP;
EXPECT m ('a', 2), ('b', 1);
EXPECT s (8, 80);
ALTER TABLE t DROP `time`;
EXPECT ERROR 'W1102';
ALTER TABLE t RENAME w TO w10;

-- test: a column that somebody reads cannot go
CREATE TABLE t (k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE MATERIALIZED VIEW m AS SELECT v, COUNT(*) AS n FROM t GROUP BY v;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT ERROR 'W1102' LIKE '%v%';
ALTER TABLE t DROP v;
ALTER TABLE t DROP k;
EXPECT m (1, 1);

-- test: columns of a table that weir keeps: NULL in the rows that are there
CREATE TABLE t (id INT, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n, SUM(v) AS s FROM t;
INSERT INTO t VALUES (1, 10), (2, 20);
EXPECT m (2, 30);
ALTER TABLE t ADD (c STRING, d DECIMAL(8, 2));
EXPECT t (1, 10, NULL, NULL), (2, 20, NULL, NULL);
INSERT INTO t VALUES (3, 30, 'x', 1.5);
UPDATE t SET c = 'y' WHERE id = 1;
EXPECT t (1, 10, 'y', NULL), (2, 20, NULL, NULL), (3, 30, 'x', 1.5);
EXPECT m (3, 60);
CREATE MATERIALIZED VIEW later AS SELECT c FROM t;
EXPECT later ('y'), (NULL), ('x');

-- test: rows that are kept bound what a table can become
CREATE TABLE t (id INT, v INT, PRIMARY KEY (id));
INSERT INTO t VALUES (1, 10);
EXPECT ERROR 'W1301';
ALTER TABLE t ADD c INT NOT NULL;
EXPECT ERROR 'W1301';
ALTER TABLE t ADD c INT FIRST;
EXPECT ERROR 'W1301';
ALTER TABLE t DROP v;
EXPECT ERROR 'W1301';
ALTER TABLE t MODIFY v STRING;
EXPECT t (1, 10);

-- test: RENAME of a stream that nobody reads
CREATE TABLE t (k STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
ALTER TABLE t RENAME TO u;
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n FROM u;
EXPECT ERROR 'W1101';
SELECT * FROM t;
EXPECT ERROR 'W1107';
ALTER TABLE u RENAME TO v;
EXPECT m (0);

-- test: RENAME of a view
CREATE TABLE t (id INT, v INT, PRIMARY KEY (id));
CREATE VIEW a AS SELECT id FROM t;
ALTER VIEW a RENAME TO b;
INSERT INTO t VALUES (1, 1);
EXPECT (SELECT * FROM b) (1);
