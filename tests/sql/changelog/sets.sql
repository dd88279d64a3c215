-- Changes of debezium, upsert-kafka and DML through set operations, Top-N, LIMIT and rankings: each view holds what the query gives over
-- the rows that are left.

-- test: debezium: UNION, INTERSECT and EXCEPT, with and without ALL, at the edges of their counts
CREATE TABLE a (x INT, s STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE TABLE b (x INT, s STRING) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW u AS SELECT * FROM a UNION SELECT * FROM b;
CREATE MATERIALIZED VIEW ua AS SELECT * FROM a UNION ALL SELECT * FROM b;
CREATE MATERIALIZED VIEW i AS SELECT * FROM a INTERSECT SELECT * FROM b;
CREATE MATERIALIZED VIEW ia AS SELECT * FROM a INTERSECT ALL SELECT * FROM b;
CREATE MATERIALIZED VIEW e AS SELECT * FROM a EXCEPT SELECT * FROM b;
CREATE MATERIALIZED VIEW ea AS SELECT * FROM a EXCEPT ALL SELECT * FROM b;
CREATE MATERIALIZED VIEW x AS SELECT x FROM a EXCEPT (SELECT x FROM b INTERSECT SELECT x FROM a);
PUSH BYTES INTO a '{"before":null,"after":{"x":1,"s":"p"},"op":"c"}',
  '{"before":null,"after":{"x":1,"s":"p"},"op":"c"}',
  '{"before":null,"after":{"x":2,"s":null},"op":"c"}',
  '{"before":null,"after":{"x":null,"s":"n"},"op":"c"}';
PUSH BYTES INTO b '{"before":null,"after":{"x":1,"s":"p"},"op":"c"}',
  '{"before":null,"after":{"x":2,"s":null},"op":"c"}',
  '{"before":null,"after":{"x":3,"s":"q"},"op":"c"}';
STEP;
EXPECT u (NULL, 'n'), (1, 'p'), (2, NULL), (3, 'q');
EXPECT ua (NULL, 'n'), (1, 'p'), (1, 'p'), (1, 'p'), (2, NULL), (2, NULL), (3, 'q');
EXPECT i (1, 'p'), (2, NULL);
EXPECT ia (1, 'p'), (2, NULL);
EXPECT e (NULL, 'n');
EXPECT ea (NULL, 'n'), (1, 'p');
EXPECT x (NULL);
PUSH BYTES INTO a '{"before":{"x":1,"s":"p"},"after":null,"op":"d"}';
PUSH BYTES INTO b '{"before":null,"after":{"x":1,"s":"p"},"op":"c"}',
  '{"before":null,"after":{"x":1,"s":"p"},"op":"c"}',
  '{"before":{"x":2,"s":null},"after":{"x":null,"s":"n"},"op":"u"}';
STEP;
EXPECT u (NULL, 'n'), (1, 'p'), (2, NULL), (3, 'q');
EXPECT ua (NULL, 'n'), (NULL, 'n'), (1, 'p'), (1, 'p'), (1, 'p'), (1, 'p'), (2, NULL), (3, 'q');
EXPECT i (NULL, 'n'), (1, 'p');
EXPECT ia (NULL, 'n'), (1, 'p');
EXPECT e (2, NULL);
EXPECT ea (2, NULL);
EXPECT x (2);
PUSH BYTES INTO a '{"before":null,"after":{"x":1,"s":"p"},"op":"c"}',
  '{"before":null,"after":{"x":1,"s":"p"},"op":"c"}',
  '{"before":null,"after":{"x":1,"s":"p"},"op":"c"}',
  '{"before":{"x":2,"s":null},"after":{"x":3,"s":"q"},"op":"u"}';
STEP;
EXPECT u (NULL, 'n'), (1, 'p'), (3, 'q');
EXPECT ua (NULL, 'n'), (NULL, 'n'), (1, 'p'), (1, 'p'), (1, 'p'), (1, 'p'), (1, 'p'), (1, 'p'), (1, 'p'), (3, 'q'), (3, 'q');
EXPECT i (NULL, 'n'), (1, 'p'), (3, 'q');
EXPECT ia (NULL, 'n'), (1, 'p'), (1, 'p'), (1, 'p'), (3, 'q');
EXPECT e ();
EXPECT ea (1, 'p');
EXPECT x ();
PUSH BYTES INTO b '{"before":{"x":1,"s":"p"},"after":null,"op":"d"}',
  '{"before":{"x":1,"s":"p"},"after":null,"op":"d"}',
  '{"before":{"x":1,"s":"p"},"after":null,"op":"d"}',
  '{"before":{"x":3,"s":"q"},"after":{"x":4,"s":"q"},"op":"u"}';
STEP;
EXPECT u (NULL, 'n'), (1, 'p'), (3, 'q'), (4, 'q');
EXPECT ua (NULL, 'n'), (NULL, 'n'), (1, 'p'), (1, 'p'), (1, 'p'), (1, 'p'), (3, 'q'), (4, 'q');
EXPECT i (NULL, 'n');
EXPECT ia (NULL, 'n');
EXPECT e (1, 'p'), (3, 'q');
EXPECT ea (1, 'p'), (1, 'p'), (1, 'p'), (1, 'p'), (3, 'q');
EXPECT x (1), (3);
PUSH BYTES INTO a '{"before":{"x":1,"s":"p"},"after":null,"op":"d"}',
  '{"before":{"x":1,"s":"p"},"after":null,"op":"d"}',
  '{"before":{"x":1,"s":"p"},"after":null,"op":"d"}',
  '{"before":{"x":1,"s":"p"},"after":null,"op":"d"}',
  '{"before":{"x":3,"s":"q"},"after":null,"op":"d"}',
  '{"before":{"x":null,"s":"n"},"after":null,"op":"d"}';
STEP;
EXPECT u (NULL, 'n'), (4, 'q');
EXPECT ua (NULL, 'n'), (4, 'q');
EXPECT i ();
EXPECT ia ();
EXPECT e ();
EXPECT ea ();
EXPECT x ();
PUSH BYTES INTO a '{"before":null,"after":{"x":4,"s":"q"},"op":"c"}';
PUSH BYTES INTO b '{"before":{"x":4,"s":"q"},"after":{"x":5,"s":"q"},"op":"u"}',
  '{"before":{"x":5,"s":"q"},"after":{"x":4,"s":"q"},"op":"u"}';
STEP;
EXPECT u (NULL, 'n'), (4, 'q');
EXPECT ua (NULL, 'n'), (4, 'q'), (4, 'q');
EXPECT i (4, 'q');
EXPECT ia (4, 'q');
EXPECT e ();
EXPECT ea ();
EXPECT x ();

-- test: debezium: Top-N by number, by rank, per partition and with an offset
CREATE TABLE t (id INT, k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'debezium-json');
CREATE MATERIALIZED VIEW top2 AS SELECT id, v FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v DESC NULLS LAST, id) AS rn FROM t) AS x WHERE rn <= 2;
CREATE MATERIALIZED VIEW numbered AS SELECT k, rn, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC NULLS LAST, id) AS rn FROM t) AS x WHERE rn <= 2;
CREATE MATERIALIZED VIEW low AS SELECT k, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v NULLS LAST, id) AS rn FROM t) AS x WHERE rn = 1;
CREATE MATERIALIZED VIEW runner_up AS SELECT k, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC NULLS LAST, id DESC) AS rn FROM t) AS x WHERE rn = 2;
CREATE MATERIALIZED VIEW ranked AS SELECT id, r FROM (SELECT *, RANK() OVER (ORDER BY v DESC NULLS LAST) AS r FROM t) AS x WHERE r <= 2;
CREATE MATERIALIZED VIEW dense AS SELECT id, r FROM (SELECT *, DENSE_RANK() OVER (ORDER BY v DESC NULLS LAST) AS r FROM t) AS x WHERE r <= 2;
CREATE MATERIALIZED VIEW page AS SELECT id FROM t ORDER BY v DESC NULLS LAST, id LIMIT 2 OFFSET 1;
CREATE MATERIALIZED VIEW sums AS SELECT k, s FROM (SELECT k, s, ROW_NUMBER() OVER (ORDER BY s DESC NULLS LAST, k) AS rn FROM (SELECT k, SUM(v) AS s FROM t GROUP BY k) AS g) AS x WHERE rn <= 1;
PUSH BYTES INTO t '{"before":null,"after":{"id":1,"k":"a","v":10},"op":"c"}',
  '{"before":null,"after":{"id":2,"k":"a","v":30},"op":"c"}',
  '{"before":null,"after":{"id":3,"k":"b","v":30},"op":"c"}',
  '{"before":null,"after":{"id":4,"k":"b","v":null},"op":"c"}',
  '{"before":null,"after":{"id":5,"k":"a","v":20},"op":"c"}';
STEP;
EXPECT top2 (2, 30), (3, 30);
EXPECT numbered ('a', 1, 2), ('a', 2, 5), ('b', 1, 3), ('b', 2, 4);
EXPECT low ('a', 1), ('b', 3);
EXPECT runner_up ('a', 5), ('b', 4);
EXPECT ranked (2, 1), (3, 1);
EXPECT dense (2, 1), (3, 1), (5, 2);
EXPECT page (3), (5);
EXPECT sums ('a', 60);
PUSH BYTES INTO t '{"before":{"id":2,"k":"a","v":30},"after":{"id":2,"k":"a","v":5},"op":"u"}',
  '{"before":{"id":4,"k":"b","v":null},"after":{"id":4,"k":"b","v":40},"op":"u"}';
STEP;
EXPECT top2 (3, 30), (4, 40);
EXPECT numbered ('a', 1, 5), ('a', 2, 1), ('b', 1, 4), ('b', 2, 3);
EXPECT low ('a', 2), ('b', 3);
EXPECT runner_up ('a', 1), ('b', 3);
EXPECT ranked (3, 2), (4, 1);
EXPECT dense (3, 2), (4, 1);
EXPECT page (3), (5);
EXPECT sums ('b', 70);
PUSH BYTES INTO t '{"before":{"id":4,"k":"b","v":40},"after":null,"op":"d"}',
  '{"before":{"id":1,"k":"a","v":10},"after":{"id":1,"k":"b","v":30},"op":"u"}',
  '{"before":null,"after":{"id":6,"k":"c","v":30},"op":"c"}';
STEP;
EXPECT top2 (1, 30), (3, 30);
EXPECT numbered ('a', 1, 5), ('a', 2, 2), ('b', 1, 1), ('b', 2, 3), ('c', 1, 6);
EXPECT low ('a', 2), ('b', 1), ('c', 6);
EXPECT runner_up ('a', 2), ('b', 1);
EXPECT ranked (1, 1), (3, 1), (6, 1);
EXPECT dense (1, 1), (3, 1), (5, 2), (6, 1);
EXPECT page (3), (6);
EXPECT sums ('b', 60);
PUSH BYTES INTO t '{"before":{"id":3,"k":"b","v":30},"after":null,"op":"d"}',
  '{"before":{"id":1,"k":"b","v":30},"after":null,"op":"d"}';
STEP;
EXPECT top2 (5, 20), (6, 30);
EXPECT numbered ('a', 1, 5), ('a', 2, 2), ('c', 1, 6);
EXPECT low ('a', 2), ('c', 6);
EXPECT runner_up ('a', 2);
EXPECT ranked (5, 2), (6, 1);
EXPECT dense (5, 2), (6, 1);
EXPECT page (2), (5);
EXPECT sums ('c', 30);
PUSH BYTES INTO t '{"before":{"id":6,"k":"c","v":30},"after":{"id":6,"k":"a","v":null},"op":"u"}',
  '{"before":{"id":5,"k":"a","v":20},"after":null,"op":"d"}';
STEP;
EXPECT top2 (2, 5), (6, NULL);
EXPECT numbered ('a', 1, 2), ('a', 2, 6);
EXPECT low ('a', 2);
EXPECT runner_up ('a', 6);
EXPECT ranked (2, 1), (6, 2);
EXPECT dense (2, 1), (6, 2);
EXPECT page (6);
EXPECT sums ('a', 5);
PUSH BYTES INTO t '{"before":{"id":2,"k":"a","v":5},"after":null,"op":"d"}',
  '{"before":{"id":6,"k":"a","v":null},"after":null,"op":"d"}';
STEP;
EXPECT top2 ();
EXPECT numbered ();
EXPECT low ();
EXPECT runner_up ();
EXPECT ranked ();
EXPECT dense ();
EXPECT page ();
EXPECT sums ();
PUSH BYTES INTO t '{"before":null,"after":{"id":7,"k":"a","v":1},"op":"c"}';
STEP;
EXPECT top2 (7, 1);
EXPECT numbered ('a', 1, 7);
EXPECT low ('a', 7);
EXPECT runner_up ();
EXPECT ranked (7, 1);
EXPECT dense (7, 1);
EXPECT page ();
EXPECT sums ('a', 1);

-- test: upsert-kafka: a key whose value changes moves in the ranking
CREATE TABLE t (id INT, k STRING, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW top2 AS SELECT id, v, rn FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v DESC, id) AS rn FROM t) AS x WHERE rn <= 2;
CREATE MATERIALIZED VIEW best AS SELECT k, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id) AS rn FROM t) AS x WHERE rn = 1;
CREATE MATERIALIZED VIEW lim AS SELECT id FROM t ORDER BY v, id LIMIT 1;
CREATE MATERIALIZED VIEW d AS SELECT DISTINCT k FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY v DESC, id) AS rn FROM t) AS x WHERE rn <= 3;
PUSH INTO t VALUES (1, 'a', 10), (2, 'a', 20), (3, 'b', 30), (4, 'c', 5);
STEP;
EXPECT top2 (2, 20, 2), (3, 30, 1);
EXPECT best ('a', 2), ('b', 3), ('c', 4);
EXPECT lim (4);
EXPECT d ('a'), ('b');
PUSH INTO t VALUES (4, 'c', 50), (3, 'b', 1);
STEP;
EXPECT top2 (2, 20, 2), (4, 50, 1);
EXPECT best ('a', 2), ('b', 3), ('c', 4);
EXPECT lim (3);
EXPECT d ('a'), ('c');
PUSH INTO t VALUES (4, 'a', 50);
PUSH DELETE FROM t VALUES (2, 'a', 20);
STEP;
EXPECT top2 (1, 10, 2), (4, 50, 1);
EXPECT best ('a', 4), ('b', 3);
EXPECT lim (3);
EXPECT d ('a'), ('b');
PUSH DELETE FROM t VALUES (4, 'a', 50), (1, 'a', 10);
STEP;
EXPECT top2 (3, 1, 1);
EXPECT best ('b', 3);
EXPECT lim (3);
EXPECT d ('b');
PUSH DELETE FROM t VALUES (3, 'b', 1);
STEP;
EXPECT top2 ();
EXPECT best ();
EXPECT lim ();
EXPECT d ();

-- test: upsert-kafka with a key of two columns, of text and a date
CREATE TABLE t (u STRING, d DATE, v INT, PRIMARY KEY (u, d) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
CREATE MATERIALIZED VIEW v1 AS SELECT * FROM t;
CREATE MATERIALIZED VIEW g AS SELECT d, SUM(v) AS s FROM t GROUP BY d;
CREATE MATERIALIZED VIEW newest AS SELECT u, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY u ORDER BY d DESC) AS rn FROM t) AS x WHERE rn = 1;
PUSH INTO t VALUES ('ann', DATE '2024-01-01', 1), ('ann', DATE '2024-01-02', 2), ('bob', DATE '2024-01-01', 4);
STEP;
EXPECT v1 ('ann', DATE '2024-01-01', 1), ('ann', DATE '2024-01-02', 2), ('bob', DATE '2024-01-01', 4);
EXPECT g (DATE '2024-01-01', 5), (DATE '2024-01-02', 2);
EXPECT newest ('ann', 2), ('bob', 4);
PUSH INTO t VALUES ('ann', DATE '2024-01-01', 10);
PUSH DELETE FROM t VALUES ('ann', DATE '2024-01-02', 2);
PUSH INTO t VALUES ('bob', DATE '1969-12-31', 8);
STEP;
EXPECT v1 ('ann', DATE '2024-01-01', 10), ('bob', DATE '1969-12-31', 8), ('bob', DATE '2024-01-01', 4);
EXPECT g (DATE '1969-12-31', 8), (DATE '2024-01-01', 14);
EXPECT newest ('ann', 10), ('bob', 4);
PUSH DELETE FROM t VALUES ('ann', DATE '2024-01-01', 10);
PUSH INTO t VALUES ('', DATE '2024-01-01', 16);
STEP;
EXPECT v1 ('', DATE '2024-01-01', 16), ('bob', DATE '1969-12-31', 8), ('bob', DATE '2024-01-01', 4);
EXPECT g (DATE '1969-12-31', 8), (DATE '2024-01-01', 20);
EXPECT newest ('', 16), ('bob', 4);

-- test: DML of an own table: set operations and rankings over statements that change many rows
CREATE TABLE t (id INT, k STRING, v INT, PRIMARY KEY (id));
CREATE TABLE s (k STRING, v INT);
CREATE MATERIALIZED VIEW e AS SELECT k, v FROM t EXCEPT SELECT k, v FROM s;
CREATE MATERIALIZED VIEW i AS SELECT k, v FROM t INTERSECT ALL SELECT k, v FROM s;
CREATE MATERIALIZED VIEW top AS SELECT k, id, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC, id) AS rn FROM t) AS x WHERE rn <= 2;
CREATE MATERIALIZED VIEW lim AS SELECT id FROM t ORDER BY v DESC, id LIMIT 1 OFFSET 1;
INSERT INTO t VALUES (1, 'a', 1), (2, 'a', 2), (3, 'a', 3), (4, 'b', 1), (5, 'b', 1);
INSERT INTO s VALUES ('a', 1), ('b', 1);
EXPECT e ('a', 2), ('a', 3);
EXPECT i ('a', 1), ('b', 1);
EXPECT top ('a', 2, 2), ('a', 3, 1), ('b', 4, 1), ('b', 5, 2);
EXPECT lim (2);
UPDATE t SET v = -v;
EXPECT e ('a', -1), ('a', -2), ('a', -3), ('b', -1);
EXPECT i ();
EXPECT top ('a', 1, 1), ('a', 2, 2), ('b', 4, 1), ('b', 5, 2);
EXPECT lim (4);
INSERT INTO s SELECT k, v FROM t WHERE v < -1;
EXPECT e ('a', -1), ('b', -1);
EXPECT i ('a', -2), ('a', -3);
EXPECT top ('a', 1, 1), ('a', 2, 2), ('b', 4, 1), ('b', 5, 2);
EXPECT lim (4);
UPDATE t SET k = 'b' WHERE id IN (2, 3);
EXPECT e ('a', -1), ('b', -1), ('b', -2), ('b', -3);
EXPECT i ();
EXPECT top ('a', 1, 1), ('b', 4, 1), ('b', 5, 2);
EXPECT lim (4);
DELETE FROM s WHERE v < -2;
DELETE FROM t WHERE id = 4;
EXPECT e ('a', -1), ('b', -1), ('b', -2), ('b', -3);
EXPECT i ();
EXPECT top ('a', 1, 1), ('b', 2, 2), ('b', 5, 1);
EXPECT lim (5);
UPDATE t SET v = 7 WHERE k = 'b';
EXPECT e ('a', -1), ('b', 7);
EXPECT i ();
EXPECT top ('a', 1, 1), ('b', 2, 1), ('b', 3, 2);
EXPECT lim (3);
TRUNCATE TABLE s;
EXPECT e ('a', -1), ('b', 7);
EXPECT i ();
EXPECT top ('a', 1, 1), ('b', 2, 1), ('b', 3, 2);
EXPECT lim (3);
