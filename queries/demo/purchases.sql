-- The demo: purchases flow through a Kafka topic, weir adds them up per category in windows of 10 seconds and prints each window when it closes.
-- The broker `embedded` runs inside this process; DEMO_BROKER names a real one.

-- 1. A generator: 6,000 purchases, 20 to a second of event time, made at 400 a second.
CREATE TABLE generator (
  id BIGINT,
  category STRING,
  amount DECIMAL(8, 2),
  quantity INT,
  bought_at TIMESTAMP(3)
) WITH (
  'connector' = 'datagen', 'number-of-rows' = '6000', 'rows-per-second' = '${DEMO_RATE:-400}',
  'seed' = '7', 'start-time' = '2024-06-01 12:00:00', 'step' = '50 ms',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '6000',
  'fields.category.kind' = 'choice', 'fields.category.values' = 'books;games;garden;music', 'fields.category.weights' = '4;3;2;1',
  'fields.amount.min' = '1', 'fields.amount.max' = '200',
  'fields.quantity.min' = '1', 'fields.quantity.max' = '5'
);

-- 2. The topic: written by one query, read by the other. The read is bounded: it ends after the 6,000th purchase. (Plain
-- writes, because the bound is an offset, and the ends of transactions take offsets too.)
CREATE TABLE purchases (
  id BIGINT,
  category STRING,
  amount DECIMAL(8, 2),
  quantity INT,
  bought_at TIMESTAMP(3),
  WATERMARK FOR bought_at AS bought_at - INTERVAL '2' SECOND
) WITH (
  'connector' = 'kafka', 'topic' = '${DEMO_TOPIC:-purchases}', 'properties.bootstrap.servers' = '${DEMO_BROKER:-embedded}',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = 'partition:0,offset:6000',
  'sink.delivery-guarantee' = 'at-least-once', 'format' = 'json'
);

-- 3. Where results go: standard output, one table for each window that closes.
CREATE TABLE screen (
  category STRING,
  purchases BIGINT,
  items INT,
  revenue DECIMAL(38, 2),
  window_start TIMESTAMP(3)
) WITH ('connector' = 'stdout', 'format' = 'table', 'title' = 'purchases per category, 10 s');

EXECUTE STATEMENT SET BEGIN
  INSERT INTO purchases SELECT id, category, amount, quantity, bought_at FROM generator;
  INSERT INTO screen
  SELECT category, COUNT(*), SUM(quantity), SUM(amount * quantity), window_start
  FROM TABLE(TUMBLE(TABLE purchases, DESCRIPTOR(bought_at), INTERVAL '10' SECOND))
  GROUP BY category, window_start, window_end;
END;
