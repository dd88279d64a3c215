-- Batches of ten seconds by the clock: what arrives in them, whatever its own time.
CREATE VIEW batched AS
SELECT * FROM TABLE(TUMBLE(TABLE valid_events, DESCRIPTOR(arrived), INTERVAL '${TRIGGER_PROCESSING_TIME:-10 seconds}'));
