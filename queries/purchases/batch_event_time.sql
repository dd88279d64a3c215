-- Batches of ten seconds by the events' own time: a topic that is read again gives the same batches again.
CREATE VIEW batched AS
SELECT * FROM TABLE(TUMBLE(TABLE valid_events, DESCRIPTOR(`timestamp`), INTERVAL '${TRIGGER_PROCESSING_TIME:-10 seconds}'));
