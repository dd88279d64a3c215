-- Both tables of PostgreSQL (migrations/003_create_analytics_tables.sql makes them), exactly once unless DELIVERY says else.
-- Columns that are not named here have their defaults there: id, processed_at, detected_at.

SET 'weir.delivery' = '${DELIVERY:-exactly-once}';

CREATE TABLE chat_summary_minute (
  stream_id STRING,
  window_start TIMESTAMP(3),
  window_end TIMESTAMP(3),
  chat_count BIGINT,
  unique_chatters BIGINT,
  avg_sentiment DOUBLE,
  positive_count BIGINT,
  negative_count BIGINT,
  chat_rate DOUBLE,
  avg_viewers DOUBLE,
  top_emotes ARRAY<STRING>,
  z_score DOUBLE,
  is_anomaly BOOLEAN
) WITH (
  'connector' = 'jdbc',
  'url' = '${POSTGRES_URL:-jdbc:postgresql://postgres:5432/telemetra}',
  'username' = '${POSTGRES_USER:-telemetra}',
  'password' = '${POSTGRES_PASSWORD:-telemetra}',
  'table-name' = 'chat_summary_minute'
);

CREATE TABLE moments (
  stream_id STRING,
  `timestamp` TIMESTAMP(3),
  moment_type STRING,
  description STRING,
  intensity DOUBLE,
  metadata JSON
) WITH (
  'connector' = 'jdbc',
  'url' = '${POSTGRES_URL:-jdbc:postgresql://postgres:5432/telemetra}',
  'username' = '${POSTGRES_USER:-telemetra}',
  'password' = '${POSTGRES_PASSWORD:-telemetra}',
  'table-name' = 'moments'
);
