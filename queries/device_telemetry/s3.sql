-- Results to S3 or MinIO, under S3_PREFIX of S3_BUCKET: objects a line under json/, and Parquet under parquet/, where times are
-- timestamps. An object comes when it is rolled, and what is in it is there once. Keys: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else
-- S3_ACCESS_KEY and S3_SECRET_KEY, else ~/.aws/credentials, else the metadata service of the machine. run.sh knows MinIO's default.

CREATE TABLE s3_json (
  window_start STRING, window_end STRING, device_id STRING, device_type STRING, event_count BIGINT,
  avg_duration DOUBLE, max_duration DOUBLE, min_duration DOUBLE, avg_battery_level DOUBLE, min_battery_level INT,
  avg_signal_strength DOUBLE, min_signal_strength INT, city STRING, country STRING, firmware_version STRING, last_event_time STRING
) WITH (
  'connector' = 'filesystem', 'path' = 's3://${S3_BUCKET:?the bucket of the results}/${S3_PREFIX:-streaming-output}/json', 'format' = 'json',
  's3.endpoint' = '${S3_ENDPOINT:-}',
  's3.access-key' = '${AWS_ACCESS_KEY_ID:-${S3_ACCESS_KEY:-}}', 's3.secret-key' = '${AWS_SECRET_ACCESS_KEY:-${S3_SECRET_KEY:-}}',
  's3.session-token' = '${AWS_SESSION_TOKEN:-}',
  'sink.rolling-policy.file-size' = '${ROLL_SIZE:-128 MB}',
  'sink.rolling-policy.rollover-interval' = '${ROLL_INTERVAL:-1 min}', 'sink.rolling-policy.check-interval' = '${ROLL_CHECK:-10 s}'
);

CREATE TABLE s3_parquet (
  window_start TIMESTAMP_LTZ(3), window_end TIMESTAMP_LTZ(3), device_id STRING, device_type STRING, event_count BIGINT,
  avg_duration DOUBLE, max_duration DOUBLE, min_duration DOUBLE, avg_battery_level DOUBLE, min_battery_level INT,
  avg_signal_strength DOUBLE, min_signal_strength INT, city STRING, country STRING, firmware_version STRING, last_event_time TIMESTAMP_LTZ(3)
) WITH (
  'connector' = 'filesystem', 'path' = 's3://${S3_BUCKET:?the bucket of the results}/${S3_PREFIX:-streaming-output}/parquet', 'format' = 'parquet',
  's3.endpoint' = '${S3_ENDPOINT:-}',
  's3.access-key' = '${AWS_ACCESS_KEY_ID:-${S3_ACCESS_KEY:-}}', 's3.secret-key' = '${AWS_SECRET_ACCESS_KEY:-${S3_SECRET_KEY:-}}',
  's3.session-token' = '${AWS_SESSION_TOKEN:-}',
  'sink.rolling-policy.file-size' = '${ROLL_SIZE:-128 MB}',
  'sink.rolling-policy.rollover-interval' = '${ROLL_INTERVAL:-1 min}', 'sink.rolling-policy.check-interval' = '${ROLL_CHECK:-10 s}'
);

EXECUTE STATEMENT SET BEGIN
INSERT INTO s3_json SELECT * FROM result_texts;
INSERT INTO s3_parquet SELECT * FROM device_minutes;
END;
