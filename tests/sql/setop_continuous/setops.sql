-- test: INTERSECT and EXCEPT, with and without ALL, over rows that come and go
CREATE TABLE a (x INT, s STRING);
CREATE TABLE b (x INT, s STRING);
CREATE MATERIALIZED VIEW i AS SELECT * FROM a INTERSECT SELECT * FROM b;
CREATE MATERIALIZED VIEW ia AS SELECT * FROM a INTERSECT ALL SELECT * FROM b;
CREATE MATERIALIZED VIEW e AS SELECT * FROM a EXCEPT SELECT * FROM b;
CREATE MATERIALIZED VIEW ea AS SELECT * FROM a EXCEPT ALL SELECT * FROM b;
PUSH INTO a VALUES (1, 'p'), (1, 'p'), (2, 'q'), (NULL, NULL), (3, 'r'), (3, 'r');
PUSH INTO b VALUES (1, 'p'), (NULL, NULL), (3, 'r'), (3, 'r'), (3, 'r');
STEP;
EXPECT i (1, 'p'), (NULL, NULL), (3, 'r');
EXPECT ia (1, 'p'), (NULL, NULL), (3, 'r'), (3, 'r');
EXPECT e (2, 'q');
EXPECT ea (1, 'p'), (2, 'q');
PUSH DELETE FROM b VALUES (1, 'p'), (NULL, NULL), (3, 'r'), (3, 'r');
PUSH DELETE FROM a VALUES (2, 'q'), (1, 'p');
STEP;
EXPECT i (3, 'r');
EXPECT ia (3, 'r');
EXPECT e (1, 'p'), (NULL, NULL);
EXPECT ea (1, 'p'), (NULL, NULL), (3, 'r');

-- test: only the edges are sent
CREATE TABLE a (x INT);
CREATE TABLE b (x INT);
CREATE TABLE i (x INT) WITH ('connector' = 'print');
CREATE TABLE e (x INT) WITH ('connector' = 'print');
INSERT INTO i SELECT x FROM a INTERSECT SELECT x FROM b;
INSERT INTO e SELECT x FROM a EXCEPT SELECT x FROM b;
PUSH INTO a VALUES (1), (1);
PUSH INTO b VALUES (1), (1);
PUSH DELETE FROM b VALUES (1), (1);
PUSH DELETE FROM a VALUES (1), (1);
STEP;
EXPECT CHANGELOG i +I(1), -D(1);
EXPECT CHANGELOG e +I(1), -D(1), +I(1), -D(1);

-- test: there and back within one step is nothing
CREATE TABLE a (x INT);
CREATE TABLE b (x INT);
CREATE MATERIALIZED VIEW e AS SELECT x FROM a EXCEPT SELECT x FROM b;
PUSH INTO a VALUES (1);
STEP;
EXPECT CHANGES e +(1);
PUSH INTO b VALUES (1);
PUSH DELETE FROM b VALUES (1);
STEP;
EXPECT e (1);

-- test: the view says what the SELECT says
CREATE TABLE a (x INT, y DECIMAL(5, 2));
CREATE TABLE b (x BIGINT, y DECIMAL(5, 2));
CREATE MATERIALIZED VIEW v AS SELECT x, y FROM a EXCEPT ALL SELECT x, y FROM b INTERSECT SELECT x, y FROM a;
INSERT INTO a VALUES (1, 1.50), (1, 1.50), (2, NULL), (3, 0);
INSERT INTO b VALUES (1, 1.50), (3, 0), (4, 1);
EXPECT v (1, 1.50), (2, NULL);
EXPECT (SELECT x, y FROM a EXCEPT ALL SELECT x, y FROM b INTERSECT SELECT x, y FROM a) (1, 1.50), (2, NULL);
DELETE FROM b WHERE x = 1;
EXPECT v (1, 1.50), (1, 1.50), (2, NULL);

-- test: a table and itself
CREATE TABLE a (x INT);
CREATE MATERIALIZED VIEW nothing AS SELECT x FROM a EXCEPT SELECT x FROM a;
CREATE MATERIALIZED VIEW same AS SELECT x FROM a INTERSECT ALL SELECT x FROM a;
PUSH INTO a VALUES (1), (1), (2);
STEP;
EXPECT nothing ();
EXPECT same (1), (1), (2);
PUSH DELETE FROM a VALUES (1);
STEP;
EXPECT nothing ();
EXPECT same (1), (2);

-- test: INTERSECT of appends appends; EXCEPT takes back, and a sink that only appends refuses it
CREATE TABLE a (x INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE TABLE b (x INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');
CREATE TABLE out (x INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT x FROM a INTERSECT ALL SELECT x FROM b;
PUSH INTO a VALUES (1), (1), (2);
PUSH INTO b VALUES (1), (1), (1), (3);
STEP;
EXPECT out (1), (1);
EXPECT ERROR 'W1303' LIKE '%EXCEPT%';
INSERT INTO out SELECT x FROM a EXCEPT SELECT x FROM b;
