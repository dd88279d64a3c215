-- test: V10 temporal join: a row waits for both watermarks, and takes the version of its time, also when it is late
CREATE TABLE orders (id INT, cur STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE rates (cur STRING, rate DECIMAL(4, 1), ts TIMESTAMP(3), PRIMARY KEY (cur) NOT ENFORCED, WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT o.id, r.rate FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.cur = r.cur;
PUSH INTO rates VALUES ('EUR', 1.1, TIMESTAMP '2024-01-01 00:00:00');
PUSH INTO orders VALUES (10, 'EUR', TIMESTAMP '2024-01-01 00:00:10');
STEP;
EXPECT v ();
PUSH INTO rates VALUES ('EUR', 1.2, TIMESTAMP '2024-01-01 00:00:30');
STEP;
EXPECT v (10, 1.1);
PUSH INTO orders VALUES (9, 'EUR', TIMESTAMP '2024-01-01 00:00:09');
STEP;
EXPECT v (10, 1.1);
PUSH INTO orders VALUES (31, 'EUR', TIMESTAMP '2024-01-01 00:00:31');
STEP;
EXPECT v (10, 1.1), (9, 1.1);
EXPECT (SELECT COUNT(*) FROM v.late) (0);
PUSH INTO rates VALUES ('USD', 1.0, TIMESTAMP '2024-01-01 00:00:31');
STEP;
EXPECT v (10, 1.1), (9, 1.1), (31, 1.2);

-- test: V10 a watermark of the right side alone lets the left go on
CREATE TABLE orders (id INT, cur STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE rates (cur STRING, rate DECIMAL(4, 1), ts TIMESTAMP(3), PRIMARY KEY (cur) NOT ENFORCED, WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT o.id, r.rate FROM orders o JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.cur = r.cur;
PUSH INTO rates VALUES ('EUR', 1.1, TIMESTAMP '2024-01-01 00:00:00');
PUSH INTO orders VALUES (10, 'EUR', TIMESTAMP '2024-01-01 00:00:10');
STEP;
EXPECT v ();
ADVANCE rates TO TIMESTAMP '2024-01-01 00:00:10';
STEP;
EXPECT v (10, 1.1);

-- test: V10 an idle right side lets the left go on, and is waited for when it is back
CREATE TABLE orders (id INT, cur STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts);
CREATE TABLE rates (cur STRING, rate DECIMAL(4, 1), ts TIMESTAMP(3), PRIMARY KEY (cur) NOT ENFORCED, WATERMARK FOR ts AS ts);
CREATE MATERIALIZED VIEW v AS SELECT o.id, r.rate FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.cur = r.cur;
PUSH INTO rates VALUES ('EUR', 1.1, TIMESTAMP '2024-01-01 00:00:00');
PUSH INTO orders VALUES (10, 'EUR', TIMESTAMP '2024-01-01 00:00:10');
STEP;
EXPECT v ();
IDLE rates;
STEP;
EXPECT v (10, 1.1);
PUSH INTO orders VALUES (20, 'EUR', TIMESTAMP '2024-01-01 00:00:20');
STEP;
EXPECT v (10, 1.1), (20, 1.1);
PUSH INTO rates VALUES ('EUR', 1.2, TIMESTAMP '2024-01-01 00:00:15');
STEP;
PUSH INTO orders VALUES (30, 'EUR', TIMESTAMP '2024-01-01 00:00:30');
STEP;
EXPECT v (10, 1.1), (20, 1.1);
PUSH INTO rates VALUES ('EUR', 1.3, TIMESTAMP '2024-01-01 00:00:30');
STEP;
EXPECT v (10, 1.1), (20, 1.1), (30, 1.3);
