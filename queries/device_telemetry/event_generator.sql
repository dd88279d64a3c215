-- Made-up events of devices, as JSON: made_events. Of a thousand 30 are late, 30 copies, 20 no JSON, 10 of a wrong type, 20 out
-- of range, 10 without a device type. The same SEED makes the same events, but for their times.

CREATE TABLE dice (
  made_at TIMESTAMP_LTZ(3),
  number BIGINT,
  device INT,
  kind STRING,
  duration DOUBLE,
  place STRING,
  shift DOUBLE,
  minor INT,
  patch INT,
  battery INT,
  `signal` INT
) WITH (
  'connector' = 'datagen',
  'seed' = '${SEED:-1}',
  'rows-per-second' = '${EVENTS_PER_SECOND:-10}',
  'fields.made_at.max-past' = '30 s',
  'fields.number.kind' = 'sequence', 'fields.number.start' = '1', 'fields.number.end' = '${MAX_EVENTS:-10000}',
  'fields.device.min' = '1', 'fields.device.max' = '${DEVICES:-100}',
  'fields.kind.kind' = 'choice', 'fields.kind.values' = 'fine;late;copy;broken;type;range;empty', 'fields.kind.weights' = '880;30;30;20;10;20;10',
  'fields.duration.min' = '0', 'fields.duration.max' = '5',
  'fields.place.kind' = 'choice',
  'fields.place.values' = 'New York/United States/40.71/-74.01;Berlin/Germany/52.52/13.40;Tokyo/Japan/35.68/139.69;Sao Paulo/Brazil/-23.55/-46.63',
  'fields.shift.min' = '-0.2', 'fields.shift.max' = '0.2',
  'fields.minor.min' = '0', 'fields.minor.max' = '2',
  'fields.patch.min' = '0', 'fields.patch.max' = '20',
  'fields.battery.min' = '5', 'fields.battery.max' = '100',
  'fields.signal.min' = '-110', 'fields.signal.max' = '-30'
);

CREATE VIEW written AS
SELECT number, kind, CONCAT('dev_', CAST(device AS STRING)) AS device_id,
  JSON_OBJECT(
    'event_id' VALUE CONCAT('evt_', CAST(EXTRACT(EPOCH FROM made_at) AS STRING), '_', CAST(number AS STRING)),
    'device_id' VALUE CONCAT('dev_', CAST(device AS STRING)),
    'device_type' VALUE CASE WHEN kind <> 'empty' THEN CONCAT('sensor_', ELT(device % 3 + 1, 'A', 'B', 'C')) END,
    'timestamp' VALUE DATE_FORMAT(CASE WHEN kind = 'late' THEN made_at - INTERVAL '15' MINUTE ELSE made_at END, 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z'''),
    'event_duration' VALUE ROUND(duration, 3),
    'location' VALUE JSON_OBJECT(
      'latitude' VALUE ROUND(CAST(SPLIT_INDEX(place, '/', 2) AS DOUBLE) + shift, 4),
      'longitude' VALUE ROUND(CAST(SPLIT_INDEX(place, '/', 3) AS DOUBLE) + shift, 4),
      'city' VALUE SPLIT_INDEX(place, '/', 0),
      'country' VALUE SPLIT_INDEX(place, '/', 1)),
    'metadata' VALUE JSON_OBJECT(
      'firmware_version' VALUE CONCAT('3.', CAST(`minor` AS STRING), '.', CAST(patch AS STRING)),
      'battery_level' VALUE CASE WHEN kind = 'range' THEN battery + 100 ELSE battery END,
      'signal_strength' VALUE `signal`)) AS event
FROM dice;

CREATE VIEW made_events AS
SELECT device_id,
  CASE kind
    WHEN 'broken' THEN SUBSTRING(event, 1, 60)
    WHEN 'type' THEN REGEXP_REPLACE(event, '"battery_level":[0-9]+', '"battery_level":"full"')
    ELSE event END AS event
FROM written CROSS JOIN UNNEST(CASE WHEN kind = 'copy' THEN ARRAY[1, 2] ELSE ARRAY[1] END) AS c(n);
