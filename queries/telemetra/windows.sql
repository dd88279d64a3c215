-- A row for each stream and window of a minute in which it had chat, every ten seconds; written when the watermark has passed
-- the window's end.

CREATE VIEW scored_chat AS
SELECT stream_id, user_id, emotes, `timestamp`, sentiment(message) AS score
FROM chat_events
WHERE stream_id <> '' AND `timestamp` IS NOT NULL;

CREATE VIEW chat_metrics AS
SELECT stream_id, window_start, window_end, window_time,
  COUNT(*) AS chat_count,
  COUNT(DISTINCT user_id) AS unique_chatters,
  AVG(score) AS avg_sentiment,
  COUNT(*) FILTER (WHERE score > 0) AS positive_count,
  COUNT(*) FILTER (WHERE score < 0) AS negative_count
FROM TABLE(HOP(TABLE scored_chat, DESCRIPTOR(`timestamp`), INTERVAL '${SLIDE_DURATION:-10 seconds}', INTERVAL '${WINDOW_DURATION:-1 minute}'))
GROUP BY stream_id, window_start, window_end, window_time;

-- The five emotes that are used most, of equal use by name; an emote counts as often as it stands in a message.
CREATE VIEW used_emotes AS
SELECT c.stream_id, c.`timestamp`, e.emote
FROM chat_events AS c CROSS JOIN UNNEST(c.emotes) AS e(emote)
WHERE c.stream_id <> '' AND c.`timestamp` IS NOT NULL AND e.emote <> '';

CREATE VIEW emote_metrics AS
SELECT stream_id, window_start, window_end, TOP_K(emote, 5) AS top_emotes
FROM TABLE(HOP(TABLE used_emotes, DESCRIPTOR(`timestamp`), INTERVAL '${SLIDE_DURATION:-10 seconds}', INTERVAL '${WINDOW_DURATION:-1 minute}'))
GROUP BY stream_id, window_start, window_end;

-- Counts of viewers below zero are none.
CREATE VIEW counted_viewers AS
SELECT stream_id, viewer_count, `timestamp` FROM viewer_events WHERE stream_id <> '' AND viewer_count >= 0 AND `timestamp` IS NOT NULL;

CREATE VIEW viewer_metrics AS
SELECT stream_id, window_start, window_end, AVG(CAST(viewer_count AS DOUBLE)) AS avg_viewers
FROM TABLE(HOP(TABLE counted_viewers, DESCRIPTOR(`timestamp`), INTERVAL '${SLIDE_DURATION:-10 seconds}', INTERVAL '${WINDOW_DURATION:-1 minute}'))
GROUP BY stream_id, window_start, window_end;
