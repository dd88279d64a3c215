-- A row for each device and minute, when the watermark has passed the minute. LAST_VALUE is the last that arrived.

CREATE VIEW device_minutes AS
SELECT
  window_start,
  window_end,
  device_id,
  device_type,
  COUNT(*) AS event_count,
  AVG(event_duration) AS avg_duration,
  MAX(event_duration) AS max_duration,
  MIN(event_duration) AS min_duration,
  AVG(CAST(battery_level AS DOUBLE)) AS avg_battery_level,
  MIN(battery_level) AS min_battery_level,
  AVG(CAST(signal_strength AS DOUBLE)) AS avg_signal_strength,
  MIN(signal_strength) AS min_signal_strength,
  LAST_VALUE(city) AS city,
  LAST_VALUE(country) AS country,
  LAST_VALUE(firmware_version) AS firmware_version,
  MAX(event_time) AS last_event_time
FROM TABLE(TUMBLE(TABLE valid_events, DESCRIPTOR(event_time), INTERVAL '${WINDOW_DURATION:-1 minute}'))
GROUP BY window_start, window_end, device_id, device_type;

-- The same with its times as texts: UTC, milliseconds, Z.
CREATE FUNCTION utc(at TIMESTAMP(3)) RETURNS STRING
RETURN DATE_FORMAT(at, 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z''');

CREATE VIEW result_texts AS
SELECT utc(window_start) AS window_start, utc(window_end) AS window_end, device_id, device_type, event_count,
  avg_duration, max_duration, min_duration, avg_battery_level, min_battery_level, avg_signal_strength, min_signal_strength,
  city, country, firmware_version, utc(last_event_time) AS last_event_time
FROM device_minutes;
