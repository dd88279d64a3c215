-- The two topics: JSON, times as ISO 8601 in UTC with Z. What cannot be decoded is kept in chat_events.bad and viewer_events.bad.

CREATE TABLE chat_events (
  stream_id STRING,
  user_id STRING,
  username STRING,
  message STRING,
  emotes ARRAY<STRING>,
  `timestamp` TIMESTAMP_LTZ(3),
  WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '${WATERMARK_DELAY:-10 seconds}'
) WITH (
  'connector' = 'kafka',
  'topic' = '${KAFKA_TOPIC_CHAT:-telemetra.events.chat}',
  'properties.bootstrap.servers' = '${KAFKA_BOOTSTRAP_SERVERS:-kafka:9092}',
  'properties.security.protocol' = '${KAFKA_SECURITY_PROTOCOL:-PLAINTEXT}',
  'properties.sasl.mechanism' = '${KAFKA_SASL_MECHANISM:-PLAIN}',
  'properties.sasl.username' = '${KAFKA_SASL_USERNAME:-}',
  'properties.sasl.password' = '${KAFKA_SASL_PASSWORD:-}',
  'properties.ssl.ca.location' = '${KAFKA_SSL_CA_LOCATION:-}',
  'properties.ssl.certificate.location' = '${KAFKA_SSL_CERTIFICATE_LOCATION:-}',
  'properties.ssl.key.location' = '${KAFKA_SSL_KEY_LOCATION:-}',
  'properties.ssl.key.password' = '${KAFKA_SSL_KEY_PASSWORD:-}',
  'scan.startup.mode' = '${KAFKA_STARTING_OFFSETS:-earliest}-offset',
  'scan.watermark.idle-timeout' = '${IDLE_TIMEOUT:-0 s}',
  'weir.source.rows-per-step' = '${MAX_OFFSETS_PER_TRIGGER:-10000}',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE viewer_events (
  stream_id STRING,
  viewer_count BIGINT,
  `timestamp` TIMESTAMP_LTZ(3),
  WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '${WATERMARK_DELAY:-10 seconds}'
) WITH (
  'connector' = 'kafka',
  'topic' = '${KAFKA_TOPIC_VIEWER:-telemetra.events.viewer}',
  'properties.bootstrap.servers' = '${KAFKA_BOOTSTRAP_SERVERS:-kafka:9092}',
  'properties.security.protocol' = '${KAFKA_SECURITY_PROTOCOL:-PLAINTEXT}',
  'properties.sasl.mechanism' = '${KAFKA_SASL_MECHANISM:-PLAIN}',
  'properties.sasl.username' = '${KAFKA_SASL_USERNAME:-}',
  'properties.sasl.password' = '${KAFKA_SASL_PASSWORD:-}',
  'properties.ssl.ca.location' = '${KAFKA_SSL_CA_LOCATION:-}',
  'properties.ssl.certificate.location' = '${KAFKA_SSL_CERTIFICATE_LOCATION:-}',
  'properties.ssl.key.location' = '${KAFKA_SSL_KEY_LOCATION:-}',
  'properties.ssl.key.password' = '${KAFKA_SSL_KEY_PASSWORD:-}',
  'scan.startup.mode' = '${KAFKA_STARTING_OFFSETS:-earliest}-offset',
  'scan.watermark.idle-timeout' = '${IDLE_TIMEOUT:-0 s}',
  'weir.source.rows-per-step' = '${MAX_OFFSETS_PER_TRIGGER:-10000}',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
);
