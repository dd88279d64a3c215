-- FOR SYSTEM_TIME AS OF in a plain view: the join is made where a continuous query reads the view.

-- test: the clock is taken in a subquery
CREATE TABLE s (k INT, x INT);
CREATE TABLE names (k INT NOT NULL, name STRING, PRIMARY KEY (k));
INSERT INTO names VALUES (1, 'one'), (2, 'two');
CREATE VIEW v AS SELECT a.k, a.x, d.name FROM (SELECT k, x, PROCTIME() AS p FROM s) AS a JOIN names FOR SYSTEM_TIME AS OF a.p AS d ON a.k = d.k;
CREATE VIEW l AS SELECT a.k, d.name FROM (SELECT *, PROCTIME() AS p FROM s) AS a LEFT JOIN names FOR SYSTEM_TIME AS OF a.p AS d ON a.k = d.k AND d.name <> 'two';
CREATE MATERIALIZED VIEW m AS SELECT * FROM v;
CREATE MATERIALIZED VIEW c AS SELECT name, COUNT(*) AS n FROM v WHERE x > 0 GROUP BY name;
CREATE MATERIALIZED VIEW lm AS SELECT * FROM l;
PUSH INTO s VALUES (1, 1), (2, 0), (3, 1);
STEP;
UPDATE names SET name = 'ONE' WHERE k = 1;
PUSH INTO s VALUES (1, 2);
STEP;
EXPECT m (1, 1, 'one'), (2, 0, 'two'), (1, 2, 'ONE');
EXPECT c ('one', 1), ('ONE', 1);
EXPECT lm (1, 'one'), (2, NULL), (3, NULL), (1, 'ONE');

-- test: over an aggregate, and in a view over a view
CREATE TABLE s (k INT, x INT);
CREATE TABLE names (k INT NOT NULL, name STRING, PRIMARY KEY (k));
INSERT INTO names VALUES (1, 'one'), (2, 'two');
CREATE VIEW counts AS SELECT k, COUNT(*) AS n, PROCTIME() AS p FROM s GROUP BY k;
CREATE VIEW v AS SELECT a.k, a.n, d.name FROM counts AS a JOIN names FOR SYSTEM_TIME AS OF a.p AS d ON a.k = d.k;
CREATE VIEW w AS SELECT UPPER(name) AS name, n FROM v;
CREATE MATERIALIZED VIEW m AS SELECT * FROM w;
PUSH INTO s VALUES (1, 1), (2, 1);
STEP;
UPDATE names SET name = 'uno' WHERE k = 1;
PUSH INTO s VALUES (2, 1);
STEP;
EXPECT m ('ONE', 1), ('TWO', 2);

-- test: the clock of the table, and of an event time
CREATE TABLE s (k INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts);
CREATE TABLE names (k INT NOT NULL, name STRING, PRIMARY KEY (k));
CREATE TABLE up (k INT, v STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'x', 'key.format' = 'json', 'value.format' = 'json');
INSERT INTO names VALUES (1, 'one');
CREATE VIEW a AS SELECT s.k, d.name FROM s JOIN names FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.k;
CREATE VIEW e AS SELECT s.k, u.v FROM s JOIN up FOR SYSTEM_TIME AS OF s.ts AS u ON s.k = u.k;
CREATE MATERIALIZED VIEW am AS SELECT * FROM a;
CREATE MATERIALIZED VIEW em AS SELECT * FROM e;
PUSH INTO up VALUES (1, 'x', TIMESTAMP '2024-01-01 00:00:00'), (2, 'y', TIMESTAMP '2024-01-01 00:01:00');
PUSH INTO s VALUES (1, TIMESTAMP '2024-01-01 00:00:10'), (2, TIMESTAMP '2024-01-01 00:00:20'), (2, TIMESTAMP '2024-01-01 00:02:00');
STEP;
FINISH;
EXPECT am (1, 'one');
EXPECT em (1, 'x'), (2, 'y');

-- test: what is no time attribute is refused in a view too
CREATE TABLE s (k INT, ts TIMESTAMP(3));
CREATE TABLE names (k INT NOT NULL, name STRING, PRIMARY KEY (k));
EXPECT ERROR 'W1306' LIKE '%needs a time attribute%';
CREATE VIEW v AS SELECT s.k, d.name FROM s JOIN names FOR SYSTEM_TIME AS OF s.ts AS d ON s.k = d.k;
EXPECT ERROR 'W1306' LIKE '%needs a time attribute%';
CREATE VIEW v AS SELECT a.k, d.name FROM (SELECT k, CURRENT_TIMESTAMP AS p FROM s) AS a JOIN names FOR SYSTEM_TIME AS OF a.p AS d ON a.k = d.k;

-- test: in a SELECT the rows of the right are those of now
CREATE TABLE o (id INT, k INT);
CREATE TABLE names (k INT NOT NULL, name STRING, PRIMARY KEY (k));
INSERT INTO o VALUES (1, 1), (2, 2), (3, NULL);
INSERT INTO names VALUES (1, 'one');
CREATE VIEW v AS SELECT a.id, d.name FROM (SELECT id, k, PROCTIME() AS p FROM o) AS a LEFT JOIN names FOR SYSTEM_TIME AS OF a.p AS d ON a.k = d.k;
EXPECT v (1, 'one'), (2, NULL), (3, NULL);
UPDATE names SET name = 'ONE';
EXPECT (SELECT a.id, d.name FROM (SELECT id, k, PROCTIME() AS p FROM o) AS a JOIN names FOR SYSTEM_TIME AS OF a.p AS d ON a.k = d.k AND d.name > 'A') (1, 'ONE');
EXPECT ERROR 'W1301' LIKE '%in a SELECT%processing time%';
SELECT a.id FROM (SELECT id, k, CURRENT_TIMESTAMP AS p FROM o) AS a JOIN names FOR SYSTEM_TIME AS OF a.p AS d ON a.k = d.k;
