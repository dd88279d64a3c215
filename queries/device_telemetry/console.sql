-- Results on standard output, an object a line; CONSOLE_FORMAT=table or csv for others.

CREATE TABLE console (
  window_start STRING, window_end STRING, device_id STRING, device_type STRING, event_count BIGINT,
  avg_duration DOUBLE, max_duration DOUBLE, min_duration DOUBLE, avg_battery_level DOUBLE, min_battery_level INT,
  avg_signal_strength DOUBLE, min_signal_strength INT, city STRING, country STRING, firmware_version STRING, last_event_time STRING
) WITH ('connector' = 'stdout', 'format' = '${CONSOLE_FORMAT:-json}');

INSERT INTO console SELECT * FROM result_texts;
