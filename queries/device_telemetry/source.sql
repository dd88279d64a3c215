-- The topic of device events: nested JSON, times as ISO 8601 with Z. What cannot be decoded (no JSON, a text where a number
-- belongs) is kept and counted in input_events.bad; the stream goes on.

-- A commit a second is often enough where results wait for ten minutes.
SET 'execution.checkpointing.interval' = '${COMMIT_INTERVAL:-1 s}';

CREATE TABLE input_events (
  event_id STRING,
  device_id STRING,
  device_type STRING,
  `timestamp` TIMESTAMP_LTZ(3),
  event_duration DOUBLE,
  location ROW<latitude DOUBLE, longitude DOUBLE, city STRING, country STRING>,
  metadata ROW<firmware_version STRING, battery_level INT, signal_strength INT>,
  `partition` INT METADATA VIRTUAL,
  `offset` BIGINT METADATA VIRTUAL,
  arrived AS PROCTIME(),
  WATERMARK FOR `timestamp` AS `timestamp` - INTERVAL '${WATERMARK_DELAY:-10 minutes}'
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
  'scan.startup.mode' = '${KAFKA_STARTING_OFFSETS:-latest}-offset',
  'weir.kafka.on-data-loss' = '${KAFKA_FAIL_ON_DATA_LOSS:-false}',
  'weir.source.rows-per-step' = '${KAFKA_MAX_OFFSETS_PER_TRIGGER:-1000}',
  'scan.watermark.idle-timeout' = '${IDLE_TIMEOUT:-0 s}',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
);
