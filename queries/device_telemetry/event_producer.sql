-- The event producer: MAX_EVENTS made-up events (and copies), EVENTS_PER_SECOND of them a second, into the topic, keyed by device.
--   build/weir run queries/device_telemetry/event_generator.sql queries/device_telemetry/event_producer.sql

CREATE TABLE events_topic (
  device_id STRING,
  event STRING
) WITH (
  'connector' = 'kafka',
  'topic' = '${KAFKA_TOPIC:-input_events}',
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
  'key.format' = 'raw', 'key.fields' = 'device_id',
  'value.format' = 'raw', 'value.fields-include' = 'EXCEPT_KEY'
);

INSERT INTO events_topic SELECT * FROM made_events;
