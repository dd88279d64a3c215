-- test: a row meets the row that the own table holds when it comes; later changes do not change what was put out
CREATE TABLE orders (id INT, cur STRING, p AS PROCTIME());
CREATE TABLE rates (cur STRING NOT NULL, rate INT, note STRING, PRIMARY KEY (cur));
CREATE MATERIALIZED VIEW i AS SELECT o.id, r.rate FROM orders o JOIN rates FOR SYSTEM_TIME AS OF o.p AS r ON o.cur = r.cur;
CREATE MATERIALIZED VIEW l AS SELECT o.id, r.rate FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.p AS r ON r.cur = o.cur;
CREATE MATERIALIZED VIEW big AS SELECT o.id, r.rate FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.p AS r ON r.cur = o.cur AND r.rate > 105 AND o.id < 6;
CREATE MATERIALIZED VIEW w AS SELECT o.id, r.* FROM (SELECT id, cur, PROCTIME() AS p FROM orders) AS o JOIN rates FOR SYSTEM_TIME AS OF o.p AS r ON o.cur = r.cur;
INSERT INTO rates VALUES ('EUR', 110, 'e'), ('USD', 100, NULL);
PUSH INTO orders VALUES (1, 'EUR'), (2, 'USD'), (3, NULL), (4, 'GBP'), (5, 'EUR');
STEP;
EXPECT i (1, 110), (2, 100), (5, 110);
EXPECT l (1, 110), (2, 100), (3, NULL), (4, NULL), (5, 110);
EXPECT big (1, 110), (2, NULL), (3, NULL), (4, NULL), (5, 110);
EXPECT w (1, 'EUR', 110, 'e'), (2, 'USD', 100, NULL), (5, 'EUR', 110, 'e');
UPDATE rates SET rate = 120 WHERE cur = 'EUR';
DELETE FROM rates WHERE cur = 'USD';
INSERT INTO rates VALUES ('GBP', 90, 'g');
STEP;
EXPECT CHANGES l (1, 110), (2, 100), (3, NULL), (4, NULL), (5, 110);
PUSH INTO orders VALUES (6, 'EUR'), (7, 'USD'), (8, 'GBP');
STEP;
EXPECT i (1, 110), (2, 100), (5, 110), (6, 120), (8, 90);
EXPECT CHANGES l (6, 120), (7, NULL), (8, 90);
EXPECT big (1, 110), (2, NULL), (3, NULL), (4, NULL), (5, 110), (6, NULL), (7, NULL), (8, NULL);

-- test: by an index: several rows, a prefix of the index, descending; NULLs in the index
CREATE TABLE orders (id INT, k INT, g STRING, p AS PROCTIME());
CREATE TABLE dim (id BIGINT NOT NULL, k INT, g STRING, v STRING, PRIMARY KEY (id));
CREATE INDEX by_k ON dim (k DESC, g);
INSERT INTO dim VALUES (1, 10, 'a', 'x'), (2, 10, 'a', 'y'), (3, 10, 'b', 'z'), (4, NULL, 'a', 'n'), (5, 20, NULL, 'm');
CREATE MATERIALIZED VIEW one AS SELECT o.id, d.id AS d, d.v FROM orders o JOIN dim FOR SYSTEM_TIME AS OF o.p AS d ON o.k = d.k;
CREATE MATERIALIZED VIEW two AS SELECT o.id, d.v FROM orders o LEFT JOIN dim FOR SYSTEM_TIME AS OF o.p AS d ON o.k = d.k AND d.g = o.g;
CREATE MATERIALIZED VIEW some AS SELECT o.id, d.v FROM orders o LEFT JOIN dim FOR SYSTEM_TIME AS OF o.p AS d ON o.k = d.k AND d.g IS NOT DISTINCT FROM o.g AND d.v > 'x';
PUSH INTO orders VALUES (1, 10, 'a'), (2, NULL, 'a'), (3, 20, 'a'), (4, 20, NULL), (5, 30, 'a'), (6, 10, 'b');
STEP;
EXPECT one (1, 1, 'x'), (1, 2, 'y'), (1, 3, 'z'), (3, 5, 'm'), (4, 5, 'm'), (6, 1, 'x'), (6, 2, 'y'), (6, 3, 'z');
EXPECT two (1, 'x'), (1, 'y'), (2, NULL), (3, NULL), (4, NULL), (5, NULL), (6, 'z');
EXPECT some (1, 'y'), (2, NULL), (3, NULL), (4, NULL), (5, NULL), (6, 'z');
UPDATE dim SET k = 30 WHERE id = 1;
STEP;
PUSH INTO orders VALUES (7, 10, 'a'), (8, 30, 'a');
STEP;
EXPECT CHANGES two (1, 'x'), (1, 'y'), (2, NULL), (3, NULL), (4, NULL), (5, NULL), (6, 'z'), (7, 'y'), (8, 'x');
CREATE INDEX other ON dim (v);
DROP INDEX other;
PUSH INTO orders VALUES (9, 10, 'a');
STEP;
EXPECT CHANGES two (9, 'y');

-- test: in a view: a row sees what came before it, also where both come in one step
CREATE TABLE t (n INT, kind STRING, k INT, v INT, p AS PROCTIME());
CREATE MATERIALIZED VIEW dim AS SELECT k, v, n FROM t WHERE kind = 'dim';
CREATE INDEX ON dim (k);
CREATE MATERIALIZED VIEW l AS SELECT t.n, d.v FROM t LEFT JOIN dim FOR SYSTEM_TIME AS OF t.p AS d ON t.k = d.k WHERE t.kind = 'row';
PUSH INTO t VALUES (1, 'row', 1, 0), (2, 'dim', 1, 10), (3, 'row', 1, 0), (4, 'dim', 1, 11), (5, 'row', 1, 0), (6, 'row', 2, 0), (7, 'dim', 2, 20), (8, 'row', 2, 0), (9, 'dim', 2, 20), (10, 'row', 2, 0);
STEP;
EXPECT l (1, NULL), (3, 10), (5, 10), (5, 11), (6, NULL), (8, 20), (10, 20), (10, 20);

-- test: in a view whose rows change: rows between two changes of one step see the row that was there
CREATE TABLE up (k INT, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'x', 'key.format' = 'json', 'value.format' = 'json');
CREATE TABLE t (n INT, k INT, p AS PROCTIME());
CREATE MATERIALIZED VIEW dim AS SELECT k, v FROM up;
CREATE MATERIALIZED VIEW l AS SELECT t.n, d.v FROM t LEFT JOIN dim FOR SYSTEM_TIME AS OF t.p AS d ON t.k = d.k;
PUSH INTO t VALUES (1, 1);
PUSH INTO up VALUES (1, 'a');
PUSH INTO t VALUES (2, 1);
PUSH INTO up VALUES (1, 'b');
PUSH INTO t VALUES (3, 1);
PUSH DELETE FROM up VALUES (1, 'b');
PUSH INTO t VALUES (4, 1);
PUSH INTO up VALUES (1, 'c'), (2, 'x');
PUSH INTO t VALUES (5, 1), (6, 2);
STEP;
EXPECT l (1, NULL), (2, 'a'), (3, 'b'), (4, NULL), (5, 'c'), (6, 'x');

-- test: a left side that takes rows back: exactly what was put out is taken back
CREATE TABLE orders (id INT, cur STRING, amount INT, p AS PROCTIME(), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'x', 'key.format' = 'json', 'value.format' = 'json');
CREATE TABLE rates (cur STRING NOT NULL, rate INT, PRIMARY KEY (cur));
INSERT INTO rates VALUES ('EUR', 2), ('USD', 3);
CREATE MATERIALIZED VIEW i AS SELECT o.id, o.amount * r.rate AS x FROM orders o JOIN rates FOR SYSTEM_TIME AS OF o.p AS r ON o.cur = r.cur;
CREATE MATERIALIZED VIEW l AS SELECT r.rate FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.p AS r ON o.cur = r.cur;
PUSH INTO orders VALUES (1, 'EUR', 10), (2, 'USD', 10), (3, 'GBP', 10), (4, 'EUR', 20);
STEP;
EXPECT i (1, 20), (2, 30), (4, 40);
EXPECT l (2), (3), (NULL), (2);
UPDATE rates SET rate = 5 WHERE cur = 'EUR';
INSERT INTO rates VALUES ('GBP', 7);
PUSH INTO orders VALUES (1, 'EUR', 11), (5, 'EUR', 1);
PUSH DELETE FROM orders VALUES (2, 'USD', 10), (3, 'GBP', 10);
STEP;
EXPECT i (1, 55), (4, 40), (5, 5);
EXPECT l (5), (2), (5);
DELETE FROM rates WHERE cur = 'EUR';
PUSH DELETE FROM orders VALUES (4, 'EUR', 20), (1, 'EUR', 11);
PUSH INTO orders VALUES (5, 'EUR', 2);
STEP;
EXPECT i ();
EXPECT l (NULL);

-- test: over an aggregate, with the clock taken above it
CREATE TABLE s (k INT, x INT);
CREATE TABLE names (k INT NOT NULL, name STRING, PRIMARY KEY (k));
INSERT INTO names VALUES (1, 'one'), (2, 'two');
CREATE MATERIALIZED VIEW v AS SELECT a.k, a.n, d.name FROM (SELECT k, COUNT(*) AS n, PROCTIME() AS p FROM s GROUP BY k) AS a JOIN names FOR SYSTEM_TIME AS OF a.p AS d ON a.k = d.k;
PUSH INTO s VALUES (1, 1), (2, 1), (3, 1);
STEP;
EXPECT v (1, 1, 'one'), (2, 1, 'two');
UPDATE names SET name = 'ONE' WHERE k = 1;
INSERT INTO names VALUES (3, 'three');
ADVANCE CLOCK BY INTERVAL '5' SECOND;
PUSH INTO s VALUES (2, 1);
STEP;
EXPECT v (1, 1, 'one'), (2, 2, 'two');
PUSH INTO s VALUES (1, 1), (3, 1);
STEP;
EXPECT v (1, 2, 'ONE'), (2, 2, 'two'), (3, 2, 'three');

-- test: a clock that is shown beside rows that change: what goes shows what came
CREATE TABLE s (k INT, x INT);
CREATE TABLE names (k INT NOT NULL, name STRING, PRIMARY KEY (k));
INSERT INTO names VALUES (1, 'one'), (2, 'two');
CREATE MATERIALIZED VIEW v AS SELECT a.k, a.n, a.p, d.name FROM (SELECT k, COUNT(*) AS n, PROCTIME() AS p FROM s GROUP BY k) AS a JOIN names FOR SYSTEM_TIME AS OF a.p AS d ON a.k = d.k;
PUSH INTO s VALUES (1, 1), (2, 1);
STEP;
EXPECT v (1, 1, TO_TIMESTAMP_LTZ(1704067200, 0), 'one'), (2, 1, TO_TIMESTAMP_LTZ(1704067200, 0), 'two');
UPDATE names SET name = 'ONE' WHERE k = 1;
ADVANCE CLOCK BY INTERVAL '5' SECOND;
PUSH INTO s VALUES (1, 1);
STEP;
EXPECT v (1, 2, TO_TIMESTAMP_LTZ(1704067205, 0), 'ONE'), (2, 1, TO_TIMESTAMP_LTZ(1704067200, 0), 'two');
PUSH DELETE FROM s VALUES (2, 1);
STEP;
EXPECT v (1, 2, TO_TIMESTAMP_LTZ(1704067205, 0), 'ONE');

-- test: time attributes and windows go on behind the join
CREATE TABLE t (k INT, x INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts);
CREATE TABLE dim (k INT NOT NULL, g STRING, PRIMARY KEY (k));
INSERT INTO dim VALUES (1, 'a'), (2, 'b'), (3, 'a');
CREATE VIEW joined AS SELECT t.k, t.x, t.ts, d.g FROM t JOIN dim FOR SYSTEM_TIME AS OF t.p AS d ON t.k = d.k;
CREATE MATERIALIZED VIEW v AS SELECT window_start, g, SUM(x) AS x FROM TABLE(TUMBLE(TABLE joined, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, g;
PUSH INTO t VALUES (1, 1, TIMESTAMP '2024-01-01 00:00:01'), (3, 2, TIMESTAMP '2024-01-01 00:00:05'), (9, 9, TIMESTAMP '2024-01-01 00:00:06'), (2, 4, TIMESTAMP '2024-01-01 00:00:10');
STEP;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', 'a', 3);
FINISH;
EXPECT v (TIMESTAMP '2024-01-01 00:00:00', 'a', 3), (TIMESTAMP '2024-01-01 00:00:10', 'b', 4);

-- test: lookups behind lookups, and into a view of an aggregate
CREATE TABLE t (id INT, a INT, p AS PROCTIME());
CREATE TABLE x (a INT NOT NULL, b STRING, PRIMARY KEY (a));
CREATE TABLE y (b STRING, n INT);
CREATE MATERIALIZED VIEW sums AS SELECT b, SUM(n) AS n FROM y GROUP BY b;
CREATE MATERIALIZED VIEW v AS SELECT t.id, x.b, s.n FROM t JOIN x FOR SYSTEM_TIME AS OF t.p ON t.a = x.a LEFT JOIN sums FOR SYSTEM_TIME AS OF t.p AS s ON x.b = s.b;
INSERT INTO x VALUES (1, 'p'), (2, 'q');
PUSH INTO y VALUES ('p', 5), ('p', 6);
STEP;
PUSH INTO t VALUES (1, 1), (2, 2), (3, 3);
STEP;
EXPECT v (1, 'p', 11), (2, 'q', NULL);

-- test: everything of a batch at once
CREATE TABLE t (id BIGINT, p AS PROCTIME());
CREATE TABLE dim (k BIGINT NOT NULL, v STRING, PRIMARY KEY (k));
INSERT INTO dim SELECT x, CONCAT('v', CAST(x AS STRING)) FROM GENERATE_SERIES(0, 199) AS x;
CREATE MATERIALIZED VIEW l AS SELECT COUNT(*) AS n, COUNT(d.v) AS found, SUM(d.k) AS k FROM t LEFT JOIN dim FOR SYSTEM_TIME AS OF t.p AS d ON MOD(t.id, 300) = d.k;
PUSH INTO t VALUES (1), (2), (3), (301), (250), (299), (199), (499), (500), (NULL);
STEP;
EXPECT l (10, 6, 1 + 2 + 3 + 1 + 199 + 199);
