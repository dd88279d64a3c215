-- The rules of the pipeline on virtual time.
-- include: source.sql
-- include: events.sql
-- include: windows.sql
-- include: rejects.sql

-- test: a row per device and minute, when the watermark of ten minutes has passed it; the last values are those that arrived last
CREATE MATERIALIZED VIEW results AS SELECT * FROM result_texts;
PUSH INTO input_events VALUES
  ('e1', 'dev_42', 'sensor_A', TIMESTAMP '2024-01-15 10:30:59.123', 4.567, ROW(40.7, -74.0, 'New York', 'United States'), ROW('3.2.14', 80, -85)),
  ('e2', 'dev_42', 'sensor_A', TIMESTAMP '2024-01-15 10:30:00', 0.123, ROW(40.7, -74.0, 'Boston', 'United States'), ROW('3.2.15', 91, -65)),
  ('e3', 'dev_42', 'sensor_A', TIMESTAMP '2024-01-15 10:30:30', 1.0, ROW(40.7, -74.0, CAST(NULL AS STRING), CAST(NULL AS STRING)), ROW(CAST(NULL AS STRING), 82, -70)),
  ('e4', 'dev_7', 'sensor_B', TIMESTAMP '2024-01-15 10:31:00', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('e5', 'dev_7', 'sensor_B', TIMESTAMP '2024-01-15 10:40:59.998', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50));
STEP;
EXPECT results ();
PUSH INTO input_events VALUES ('e6', 'dev_7', 'sensor_B', TIMESTAMP '2024-01-15 10:41:00', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50));
STEP;
EXPECT results
  ('2024-01-15T10:30:00.000Z', '2024-01-15T10:31:00.000Z', 'dev_42', 'sensor_A', 3, 1.8966666666666665, 4.567, 0.123, 84.33333333333333, 80, -73.33333333333333, -85, 'Boston', 'United States', '3.2.15', '2024-01-15T10:30:59.123Z');

-- test: the edges of the ranges are in; a step further is a reject with the name of the rule, and each rule has its row
CREATE MATERIALIZED VIEW results AS SELECT device_id, event_count FROM result_texts;
PUSH INTO input_events VALUES
  ('a', 'd', 't', TIMESTAMP '2024-01-15 10:30:00', 0.0, ROW(90.0, 180.0, 'x', 'y'), ROW('1', 0, -120)),
  ('b', 'd', 't', TIMESTAMP '2024-01-15 10:30:00', 3600.0, ROW(-90.0, -180.0, 'x', 'y'), ROW('1', 100, 0)),
  ('c', 'd', 't', TIMESTAMP '2024-01-15 10:30:00', -0.001, ROW(90.01, 180.01, 'x', 'y'), ROW('1', 101, 1)),
  ('d', 'd', 't', TIMESTAMP '2024-01-15 10:30:00', 3600.1, ROW(-90.01, -180.01, 'x', 'y'), ROW('1', -1, -121)),
  ('', '', '', CAST(NULL AS TIMESTAMP_LTZ(3)), CAST(NULL AS DOUBLE), CAST(NULL AS ROW<latitude DOUBLE, longitude DOUBLE, city STRING, country STRING>), CAST(NULL AS ROW<firmware_version STRING, battery_level INT, signal_strength INT>)),
  ('e', 'd', 't', TIMESTAMP '1999-12-31 23:59:59.999', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('f', 'z', 't', TIMESTAMP '2024-01-15 11:00:00', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50));
STEP;
EXPECT results ('d', 2);
EXPECT (SELECT event_id, rule FROM rejected_events)
  ('c', 'range:event_duration'), ('c', 'range:latitude'), ('c', 'range:longitude'), ('c', 'range:battery_level'), ('c', 'range:signal_strength'),
  ('d', 'range:event_duration'), ('d', 'range:latitude'), ('d', 'range:longitude'), ('d', 'range:battery_level'), ('d', 'range:signal_strength'),
  ('', 'required:event_id'), ('', 'required:device_id'), ('', 'required:device_type'), ('', 'required:timestamp'), ('', 'required:event_duration'),
  ('', 'required:battery_level'), ('', 'required:signal_strength'), ('', 'required:latitude'), ('', 'required:longitude'),
  ('e', 'range:timestamp');

-- test: an event counts once, also when its copy has another time; another device's event of that name is another event
CREATE MATERIALIZED VIEW results AS SELECT window_start, device_id, event_count FROM result_texts;
PUSH INTO input_events VALUES
  ('a', 'd', 't', TIMESTAMP '2024-01-15 10:30:10', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('a', 'd', 't', TIMESTAMP '2024-01-15 10:30:10', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('a', 'd', 't', TIMESTAMP '2024-01-15 10:35:10', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('a', 'e', 't', TIMESTAMP '2024-01-15 10:30:10', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('z', 'z', 't', TIMESTAMP '2024-01-15 11:00:00', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50));
STEP;
EXPECT results ('2024-01-15T10:30:00.000Z', 'd', 1), ('2024-01-15T10:30:00.000Z', 'e', 1);

-- test: an event without a fault that breaks a rule first is no first copy
CREATE MATERIALIZED VIEW results AS SELECT device_id, event_count, avg_battery_level FROM result_texts;
PUSH INTO input_events VALUES
  ('a', 'd', 't', TIMESTAMP '2024-01-15 10:30:10', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 500, -50)),
  ('a', 'd', 't', TIMESTAMP '2024-01-15 10:30:10', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('z', 'z', 't', TIMESTAMP '2024-01-15 11:00:00', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50));
STEP;
EXPECT results ('d', 1, 50.0);

-- test: an event that comes when its minute is closed is kept aside; one that is ten minutes late counts
CREATE MATERIALIZED VIEW results AS SELECT device_id, event_count FROM result_texts;
PUSH INTO input_events VALUES
  ('a', 'd', 't', TIMESTAMP '2024-01-15 10:40:58', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('b', 'd', 't', TIMESTAMP '2024-01-15 10:30:00', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('z', 'z', 't', TIMESTAMP '2024-01-15 10:41:00', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50)),
  ('c', 'd', 't', TIMESTAMP '2024-01-15 10:30:00', 1.0, ROW(0.0, 0.0, 'x', 'y'), ROW('1', 50, -50));
STEP;
EXPECT results ('d', 1);
EXPECT (SELECT COUNT(*) FROM results.late) (1);

-- test: what is no event is kept and counted, with the reason
CREATE MATERIALIZED VIEW results AS SELECT device_id, event_count FROM result_texts;
PUSH BYTES INTO input_events '{"event_id": "a"';
PUSH BYTES INTO input_events '{"event_id": "a", "metadata": {"battery_level": "full"}}';
PUSH BYTES INTO input_events '{"event_id": "b", "device_id": "d", "device_type": "t", "timestamp": "2024-01-15T10:30:00.000Z", "event_duration": 1, "location": {"latitude": 1, "longitude": 2}, "metadata": {"battery_level": 50, "signal_strength": -50}}';
PUSH BYTES INTO input_events '{"event_id": "c", "device_id": "z", "device_type": "t", "timestamp": "2024-01-15T11:00:00.000Z", "event_duration": 1, "location": {"latitude": 1, "longitude": 2}, "metadata": {"battery_level": 50, "signal_strength": -50}}';
STEP;
EXPECT results ('d', 1);
EXPECT (SELECT COUNT(DISTINCT CONCAT(field, error)) FROM input_events.bad WHERE field IS NOT NULL) (1);
EXPECT (SELECT DISTINCT field FROM input_events.bad WHERE field IS NOT NULL) ('metadata.battery_level');
