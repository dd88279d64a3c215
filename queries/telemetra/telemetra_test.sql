-- The rules of the pipeline on virtual time.
-- include: source.sql
-- include: sentiment.sql
-- include: windows.sql
-- include: anomalies.sql
-- include: results.sql

-- test: the lexicon has at least twenty words of each kind, in small letters, none of them twice
EXPECT (SELECT COUNT(*) FILTER (WHERE score = 1) >= 20, COUNT(*) FILTER (WHERE score = -1) >= 20, COUNT(*) = COUNT(DISTINCT word), COUNT(*) FILTER (WHERE word <> LOWER(word) OR ABS(score) <> 1) FROM sentiment_lexicon) (TRUE, TRUE, TRUE, 0);

-- test: sentiment is the mean over words of the lexicon, whatever their case; without any it is 0
EXPECT (SELECT sentiment('what a great, GOOD game'), sentiment('awful. Bad!'), sentiment('the game'), sentiment('great but bad'), sentiment('good good bad'), sentiment(''), sentiment(CAST(NULL AS STRING)), sentiment('goodness'))
  (1.0, -1.0, 0.0, 0.0, 0.3333333333333333, 0.0, 0.0, 0.0);

-- test: a minute that slides by ten seconds: counts, chatters, sentiment, emotes by use and then by name, viewers
CREATE MATERIALIZED VIEW summary AS SELECT * FROM summary_rows;
CREATE MATERIALIZED VIEW moment AS SELECT * FROM moment_rows;
PUSH INTO chat_events (stream_id, user_id, message, emotes, `timestamp`) VALUES
  ('a', 'u1', 'great', ARRAY['b', 'a', 'b'], TIMESTAMP '2024-10-16 12:00:05'),
  ('a', 'u1', 'BAD', ARRAY['c', 'd', 'e', 'f'], TIMESTAMP '2024-10-16 12:00:06'),
  ('a', 'u2', '', ARRAY['a', 'g'], TIMESTAMP '2024-10-16 12:00:07'),
  ('a', 'u3', 'nothing', CAST(NULL AS ARRAY<STRING>), TIMESTAMP '2024-10-16 12:01:04'),
  ('', 'u1', 'no stream', CAST(NULL AS ARRAY<STRING>), TIMESTAMP '2024-10-16 12:00:05'),
  ('z', 'u', 'on', CAST(NULL AS ARRAY<STRING>), TIMESTAMP '2024-10-16 12:01:20');
PUSH INTO viewer_events VALUES ('a', 10, TIMESTAMP '2024-10-16 12:00:05'), ('a', 15, TIMESTAMP '2024-10-16 12:00:06'), ('a', -1, TIMESTAMP '2024-10-16 12:00:06'),
  ('only viewers', 7, TIMESTAMP '2024-10-16 12:00:06'), ('z', 1, TIMESTAMP '2024-10-16 12:01:20');
STEP;
EXPECT (SELECT stream_id, window_start, window_end, chat_count, unique_chatters, avg_sentiment, positive_count, negative_count, chat_rate, avg_viewers, top_emotes, z_score, is_anomaly FROM summary WHERE window_start >= TIMESTAMP '2024-10-16 11:59:50')
  ('a', TIMESTAMP '2024-10-16 11:59:50', TIMESTAMP '2024-10-16 12:00:50', 3, 2, 0.0, 1, 1, 0.05, 12.5, ARRAY['a', 'b', 'c', 'd', 'e'], NULL, FALSE),
  ('a', TIMESTAMP '2024-10-16 12:00:00', TIMESTAMP '2024-10-16 12:01:00', 3, 2, 0.0, 1, 1, 0.05, 12.5, ARRAY['a', 'b', 'c', 'd', 'e'], NULL, FALSE),
  ('a', TIMESTAMP '2024-10-16 12:00:10', TIMESTAMP '2024-10-16 12:01:10', 1, 1, 0.0, 0, 0, 0.016666666666666666, NULL, ARRAY_REMOVE(ARRAY[''], ''), NULL, FALSE);

-- test: a message that is later than the watermark allows is in no closed window, and kept aside
CREATE MATERIALIZED VIEW summary AS SELECT * FROM summary_rows;
CREATE MATERIALIZED VIEW moment AS SELECT * FROM moment_rows;
PUSH INTO chat_events (stream_id, user_id, message, `timestamp`) VALUES
  ('a', 'u1', 'x', TIMESTAMP '2024-10-16 12:00:05'), ('a', 'u1', 'x', TIMESTAMP '2024-10-16 12:01:30'), ('a', 'u2', 'x', TIMESTAMP '2024-10-16 12:00:05');
PUSH INTO viewer_events VALUES ('a', 1, TIMESTAMP '2024-10-16 12:01:30');
STEP;
EXPECT (SELECT MAX(chat_count) FROM summary) (1);
EXPECT (SELECT COUNT(*) FROM summary.late) (1);

-- test: fewer than three windows before, or windows that are all alike, make no z-score
CREATE MATERIALIZED VIEW summary AS SELECT * FROM summary_rows;
CREATE MATERIALIZED VIEW moment AS SELECT * FROM moment_rows;
PUSH INTO chat_events (stream_id, user_id, message, `timestamp`) VALUES ('a', 'u1', 'x', TIMESTAMP '2024-10-16 12:00:05'), ('z', 'u', 'x', TIMESTAMP '2024-10-16 12:03:00');
PUSH INTO viewer_events VALUES ('z', 1, TIMESTAMP '2024-10-16 12:03:00');
STEP;
EXPECT (SELECT COUNT(*), COUNT(z_score), COUNT(*) FILTER (WHERE is_anomaly) FROM summary WHERE stream_id = 'a') (6, 0, 0);
EXPECT moment ();

-- test: a window is compared with the ten before it, itself left out; a spike becomes a moment
CREATE MATERIALIZED VIEW summary AS SELECT * FROM summary_rows;
CREATE MATERIALIZED VIEW moment AS SELECT * FROM moment_rows;
PUSH INTO chat_events (stream_id, user_id, message, `timestamp`) VALUES
  ('a', 'u1', 'x', TIMESTAMP '2024-10-16 12:00:00'), ('a', 'u1', 'x', TIMESTAMP '2024-10-16 12:00:55'), ('a', 'u1', 'x', TIMESTAMP '2024-10-16 12:00:56'),
  ('a', 'u1', 'x', TIMESTAMP '2024-10-16 12:00:57'), ('a', 'u1', 'x', TIMESTAMP '2024-10-16 12:00:58'), ('z', 'u', 'x', TIMESTAMP '2024-10-16 12:01:10');
PUSH INTO viewer_events VALUES ('z', 1, TIMESTAMP '2024-10-16 12:01:10');
STEP;
EXPECT (SELECT window_start, chat_count, z_score, is_anomaly FROM summary WHERE stream_id = 'a')
  (TIMESTAMP '2024-10-16 11:59:10', 1, NULL, FALSE), (TIMESTAMP '2024-10-16 11:59:20', 1, NULL, FALSE), (TIMESTAMP '2024-10-16 11:59:30', 1, NULL, FALSE),
  (TIMESTAMP '2024-10-16 11:59:40', 1, NULL, FALSE), (TIMESTAMP '2024-10-16 11:59:50', 1, NULL, FALSE), (TIMESTAMP '2024-10-16 12:00:00', 5, NULL, FALSE);
PUSH INTO chat_events (stream_id, user_id, message, `timestamp`) VALUES ('a', 'u1', 'x', TIMESTAMP '2024-10-16 12:01:09'), ('z', 'u', 'x', TIMESTAMP '2024-10-16 12:01:20');
PUSH INTO viewer_events VALUES ('z', 1, TIMESTAMP '2024-10-16 12:01:20');
STEP;
EXPECT (SELECT window_start, chat_count, z_score, is_anomaly FROM summary WHERE stream_id = 'a' AND window_start > TIMESTAMP '2024-10-16 12:00:00')
  (TIMESTAMP '2024-10-16 12:00:10', 5, 2.23606797749979, FALSE);
EXPECT moment ();
