-- Events, flat; those that break no rule, each once.

CREATE VIEW flat_events AS
SELECT event_id, device_id, device_type, `timestamp` AS event_time, event_duration,
  e.location.latitude AS latitude, e.location.longitude AS longitude, e.location.city AS city, e.location.country AS country,
  e.metadata.firmware_version AS firmware_version, e.metadata.battery_level AS battery_level, e.metadata.signal_strength AS signal_strength,
  `partition`, `offset`, arrived
FROM input_events AS e;

-- A rule without a value to look at is broken, too.
CREATE VIEW checked_events AS
SELECT *,
  COALESCE(event_id <> '' AND device_id <> '' AND device_type <> ''
    AND event_time >= TIMESTAMP '2000-01-01 00:00:00' AND event_time < TIMESTAMP '2100-01-01 00:00:00'
    AND event_duration BETWEEN 0 AND 3600
    AND battery_level BETWEEN 0 AND 100
    AND signal_strength BETWEEN -120 AND 0
    AND latitude BETWEEN -90 AND 90
    AND longitude BETWEEN -180 AND 180, FALSE) AS is_valid
FROM flat_events;

-- The first of the events of one device with one event_id to arrive. Both are remembered until the watermark has passed that
-- event by DUPLICATE_WITHIN; a copy with the same time that comes later is late anyway.
SET 'weir.dedup.within' = '${DUPLICATE_WITHIN:-10 minutes}';
SET 'weir.dedup.clock' = 'watermark';

CREATE VIEW valid_events AS
SELECT device_id, device_type, event_time, event_duration, city, country, firmware_version, battery_level, signal_strength
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY event_id, device_id ORDER BY arrived) AS copy
  FROM checked_events
  WHERE is_valid
)
WHERE copy = 1;
