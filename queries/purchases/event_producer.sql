-- The event producer: MAX_EVENTS made-up purchases, EVENTS_PER_SECOND of them a second, into the topic, keyed by customer.
--   build/weir run queries/purchases/event_generator.sql queries/purchases/event_producer.sql

CREATE TABLE purchases_topic (
  event_id STRING,
  `timestamp` TIMESTAMP_LTZ(3),
  customer_id STRING,
  customer_segment STRING,
  product_id STRING,
  product_category STRING,
  product_name STRING,
  quantity INT,
  unit_price DECIMAL(12, 2),
  total_amount DECIMAL(14, 2),
  currency STRING,
  payment_method STRING,
  order_source STRING,
  location ROW<country STRING, city STRING>,
  discount_percentage DECIMAL(5, 2),
  is_new_customer BOOLEAN,
  device_type STRING
) WITH (
  'connector' = 'kafka',
  'topic' = '${KAFKA_TOPIC:-purchasing_events}',
  'properties.bootstrap.servers' = '${KAFKA_BOOTSTRAP_SERVERS:-localhost:9092}',
  'properties.security.protocol' = '${KAFKA_SECURITY_PROTOCOL:-PLAINTEXT}',
  'properties.sasl.mechanism' = '${KAFKA_SASL_MECHANISM:-PLAIN}',
  'properties.sasl.username' = '${KAFKA_SASL_USERNAME:-}',
  'properties.sasl.password' = '${KAFKA_SASL_PASSWORD:-}',
  'properties.ssl.ca.location' = '${KAFKA_SSL_CA_LOCATION:-}',
  'properties.ssl.certificate.location' = '${KAFKA_SSL_CERTIFICATE_LOCATION:-}',
  'properties.ssl.key.location' = '${KAFKA_SSL_KEY_LOCATION:-}',
  'properties.ssl.key.password' = '${KAFKA_SSL_KEY_PASSWORD:-}',
  'properties.acks' = '${PRODUCER_ACKS:-1}',
  'properties.linger.ms' = '${PRODUCER_LINGER_MS:-1000}',
  'properties.batch.num.messages' = '${PRODUCER_BATCH_SIZE:-100}',
  'properties.retries' = '${PRODUCER_RETRIES:-3}',
  'sink.delivery-guarantee' = 'at-least-once',
  'key.format' = 'raw', 'key.fields' = 'customer_id',
  'value.format' = 'json',
  'value.json.timestamp-format.standard' = 'ISO-8601',
  'value.json.encode.decimal-as-plain-number' = 'true'
);

INSERT INTO purchases_topic SELECT * FROM made_events;
