-- Results as files under OUTPUT_PATH, a folder or s3://bucket/prefix: objects a line under json/, and Parquet under parquet/, where
-- times are timestamps. What is in a finished file is there once; an object of S3 comes when it is rolled. The server of a bucket
-- and its keys come from AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID and the others of Amazon's names, which run.sh sets.

CREATE TABLE json_files (
  window_start STRING, window_end STRING, device_id STRING, device_type STRING, event_count BIGINT,
  avg_duration DOUBLE, max_duration DOUBLE, min_duration DOUBLE, avg_battery_level DOUBLE, min_battery_level INT,
  avg_signal_strength DOUBLE, min_signal_strength INT, city STRING, country STRING, firmware_version STRING, last_event_time STRING
) WITH (
  'connector' = 'filesystem', 'path' = '${OUTPUT_PATH:-/tmp/streaming_output}/json', 'format' = 'json',
  'sink.rolling-policy.file-size' = '${ROLL_SIZE:-128 MB}',
  'sink.rolling-policy.rollover-interval' = '${ROLL_INTERVAL:-1 min}', 'sink.rolling-policy.check-interval' = '${ROLL_CHECK:-10 s}'
);

CREATE TABLE parquet_files (
  window_start TIMESTAMP_LTZ(3), window_end TIMESTAMP_LTZ(3), device_id STRING, device_type STRING, event_count BIGINT,
  avg_duration DOUBLE, max_duration DOUBLE, min_duration DOUBLE, avg_battery_level DOUBLE, min_battery_level INT,
  avg_signal_strength DOUBLE, min_signal_strength INT, city STRING, country STRING, firmware_version STRING, last_event_time TIMESTAMP_LTZ(3)
) WITH (
  'connector' = 'filesystem', 'path' = '${OUTPUT_PATH:-/tmp/streaming_output}/parquet', 'format' = 'parquet',
  'sink.rolling-policy.file-size' = '${ROLL_SIZE:-128 MB}',
  'sink.rolling-policy.rollover-interval' = '${ROLL_INTERVAL:-1 min}', 'sink.rolling-policy.check-interval' = '${ROLL_CHECK:-10 s}'
);

EXECUTE STATEMENT SET BEGIN
INSERT INTO json_files SELECT * FROM result_texts;
INSERT INTO parquet_files SELECT * FROM device_minutes;
END;
