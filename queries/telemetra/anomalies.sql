-- How far the rate of a window lies from those of the ten windows of its stream before it, in their standard deviations.
-- chat_rate is chat_count over a constant, so the deviation is taken of the counts, as whole numbers and exactly:
-- n * sum of squares - square of the sum = n * n * variance, and it is 0 only if all of them are equal.

CREATE VIEW baseline AS
SELECT *,
  COUNT(*) OVER before AS n,
  SUM(chat_count) OVER before AS total,
  SUM(chat_count * chat_count) OVER before AS squares
FROM chat_metrics
WINDOW before AS (PARTITION BY stream_id ORDER BY window_time ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING);

CREATE VIEW rated AS
SELECT *,
  TIMESTAMPDIFF(SECOND, window_start, window_end) AS seconds,
  CASE WHEN n >= 3 AND n * squares > total * total
    THEN (n * chat_count - total) / SQRT(CAST(n * squares - total * total AS DOUBLE)) END AS z_score
FROM baseline;

CREATE VIEW summaries AS
SELECT stream_id, window_start, window_end, window_time, chat_count, unique_chatters, avg_sentiment, positive_count, negative_count,
  CAST(chat_count AS DOUBLE) / seconds AS chat_rate,
  z_score,
  COALESCE(ABS(z_score) > CAST('${ANOMALY_THRESHOLD:-3.0}' AS DOUBLE), FALSE) AS is_anomaly,
  CAST(total AS DOUBLE) / n / seconds AS mean_rate,
  SQRT(CAST(n * squares - total * total AS DOUBLE)) / n / seconds AS rate_deviation
FROM rated;
