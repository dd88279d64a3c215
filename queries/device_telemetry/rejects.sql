-- The table of rejects: a row for each rule that an event breaks.

CREATE MATERIALIZED VIEW rejected_events AS
SELECT r.rule, c.event_id, c.device_id, c.`partition`, c.`offset`
FROM (
  SELECT *, CONCAT_WS(',',
    CASE WHEN COALESCE(event_id, '') = '' THEN 'required:event_id' END,
    CASE WHEN COALESCE(device_id, '') = '' THEN 'required:device_id' END,
    CASE WHEN COALESCE(device_type, '') = '' THEN 'required:device_type' END,
    CASE WHEN event_time IS NULL THEN 'required:timestamp'
      WHEN event_time < TIMESTAMP '2000-01-01 00:00:00' OR event_time >= TIMESTAMP '2100-01-01 00:00:00' THEN 'range:timestamp' END,
    CASE WHEN event_duration IS NULL THEN 'required:event_duration' WHEN event_duration NOT BETWEEN 0 AND 3600 THEN 'range:event_duration' END,
    CASE WHEN battery_level IS NULL THEN 'required:battery_level' WHEN battery_level NOT BETWEEN 0 AND 100 THEN 'range:battery_level' END,
    CASE WHEN signal_strength IS NULL THEN 'required:signal_strength' WHEN signal_strength NOT BETWEEN -120 AND 0 THEN 'range:signal_strength' END,
    CASE WHEN latitude IS NULL THEN 'required:latitude' WHEN latitude NOT BETWEEN -90 AND 90 THEN 'range:latitude' END,
    CASE WHEN longitude IS NULL THEN 'required:longitude' WHEN longitude NOT BETWEEN -180 AND 180 THEN 'range:longitude' END
  ) AS broken
  FROM checked_events
  WHERE NOT is_valid
) AS c CROSS JOIN UNNEST(SPLIT(c.broken, ',')) AS r(rule);
