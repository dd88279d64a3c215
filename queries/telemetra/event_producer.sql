-- The event producer: MAX_EVENTS made-up messages, EVENTS_PER_SECOND of them a second (spikes not counted), and a fifth as many counts
-- of viewers, into the two topics, keyed by stream.
--   build/weir run queries/telemetra/event_generator.sql queries/telemetra/event_producer.sql

CREATE TABLE chat_topic (
  stream_id STRING,
  user_id STRING,
  username STRING,
  message STRING,
  emotes ARRAY<STRING>,
  `timestamp` TIMESTAMP_LTZ(3)
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
  'sink.delivery-guarantee' = 'at-least-once',
  'key.format' = 'raw', 'key.fields' = 'stream_id',
  'value.format' = 'json', 'value.json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE viewer_topic (
  stream_id STRING,
  viewer_count BIGINT,
  `timestamp` TIMESTAMP_LTZ(3)
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
  'sink.delivery-guarantee' = 'at-least-once',
  'key.format' = 'raw', 'key.fields' = 'stream_id',
  'value.format' = 'json', 'value.json.timestamp-format.standard' = 'ISO-8601'
);

EXECUTE STATEMENT SET BEGIN
INSERT INTO chat_topic SELECT * FROM made_chat;
INSERT INTO viewer_topic SELECT * FROM made_viewers;
END;
