-- The topic of purchases, as the event producer writes it: JSON, keyed by customer.
-- What cannot be decoded (no JSON, a text where a number belongs) is kept in purchasing_events.bad; the stream goes on.

CREATE TABLE purchasing_events (
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
  device_type STRING,
  `partition` INT METADATA VIRTUAL,
  `offset` BIGINT METADATA VIRTUAL,
  arrived AS PROCTIME(),
  WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '${WATERMARK_DELAY:-10 seconds}'
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
  'properties.group.id' = '${KAFKA_CONSUMER_GROUP:-streaming_consumer_group}',
  'scan.startup.mode' = '${KAFKA_AUTO_OFFSET_RESET:-earliest}-offset',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
