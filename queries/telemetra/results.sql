-- The rows of both tables.

CREATE VIEW summary_rows AS
SELECT s.stream_id, s.window_start, s.window_end, s.chat_count, s.unique_chatters, s.avg_sentiment, s.positive_count, s.negative_count,
  s.chat_rate, v.avg_viewers, COALESCE(e.top_emotes, ARRAY_REMOVE(ARRAY[''], '')) AS top_emotes, s.z_score, s.is_anomaly
FROM summaries AS s
LEFT JOIN emote_metrics AS e ON s.stream_id = e.stream_id AND s.window_start = e.window_start AND s.window_end = e.window_end
LEFT JOIN viewer_metrics AS v ON s.stream_id = v.stream_id AND s.window_start = v.window_start AND s.window_end = v.window_end;

CREATE VIEW moment_rows AS
SELECT stream_id, window_end AS `timestamp`,
  CASE WHEN z_score > 0 THEN 'chat_spike' ELSE 'chat_drop' END AS moment_type,
  PRINTF('chat rate %.2f/s, usually %.2f/s: %.1f standard deviations', chat_rate, mean_rate, z_score) AS description,
  z_score AS intensity,
  CAST(JSON_OBJECT(
    'window_start' VALUE DATE_FORMAT(window_start, 'yyyy-MM-dd''T''HH:mm:ss'), 'window_end' VALUE DATE_FORMAT(window_end, 'yyyy-MM-dd''T''HH:mm:ss'),
    'chat_rate' VALUE chat_rate, 'mean' VALUE mean_rate, 'deviation' VALUE rate_deviation) AS JSON) AS metadata
FROM summaries
WHERE is_anomaly;
