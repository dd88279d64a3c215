-- The job of matches: each record becomes a row of Parquet below matches/, in a folder for its status.

CREATE TABLE matches (
  match_id STRING,
  game_id STRING,
  platform_game_id STRING,
  tournament_id STRING,
  tournament_name STRING,
  game_version STRING,
  patch STRING,
  team_1_id STRING,
  team_1_name STRING,
  team_2_id STRING,
  team_2_name STRING,
  winner_id STRING,
  duration INT,
  statistics ROW<
    team_1 ROW<kills INT, deaths INT, assists INT, gold BIGINT, towers INT, dragons INT, barons INT>,
    team_2 ROW<kills INT, deaths INT, assists INT, gold BIGINT, towers INT, dragons INT, barons INT>
  >,
  status STRING,
  started_at TIMESTAMP_LTZ(3),
  finished_at TIMESTAMP_LTZ(3),
  data_source STRING,
  ingestion_timestamp TIMESTAMP_LTZ(3),
  processing_timestamp TIMESTAMP_LTZ(3),
  duration_minutes DOUBLE,
  is_completed BOOLEAN NOT NULL
) PARTITIONED BY (status) WITH (
  'connector' = 'filesystem',
  'path' = '${PROCESSED_DATA_PATH:?the folder for the Parquet files; run.sh makes it of DATA_LAKE_PATH}/matches',
  'partition.default-name' = '__HIVE_DEFAULT_PARTITION__',
  'sink.rolling-policy.rollover-interval' = '${ROLL_INTERVAL:-1 min}',
  'sink.rolling-policy.inactivity-interval' = '${ROLL_INACTIVITY:-30 s}',
  'sink.rolling-policy.file-size' = '${ROLL_SIZE:-128 MB}',
  'sink.rolling-policy.check-interval' = '${ROLL_CHECK:-1 s}',
  'format' = 'parquet',
  'parquet.block.size' = '${PARQUET_BLOCK_SIZE:-32 MB}',
  'parquet.compression' = '${PARQUET_COMPRESSION:-SNAPPY}',
  'parquet.write.int64.timestamp' = 'true'
);

-- Seconds as the record says, else from its times; less than none is nobody's length.
CREATE VIEW timed_matches AS
SELECT *, COALESCE(CAST(duration AS BIGINT), EXTRACT(EPOCH FROM finished_at) - EXTRACT(EPOCH FROM started_at)) AS seconds FROM match_events;

INSERT INTO matches
SELECT
  match_id, game_id, platform_game_id,
  tournament_id, tournament_name, game_version, patch,
  team_1_id, team_1_name, team_2_id, team_2_name,
  winner_id, duration, statistics,
  status, started_at, finished_at,
  data_source, ingestion_timestamp,
  CURRENT_ROW_TIMESTAMP(),
  CASE WHEN seconds >= 0 THEN CAST(ROUND(CAST(seconds AS DECIMAL(20, 4)) / 60, 2) AS DOUBLE) END,
  COALESCE(status = 'finished', FALSE)
FROM timed_matches;

-- What could not be decoded, as it came, with the reason.
CREATE TABLE rejected_matches (
  rejected_at TIMESTAMP_LTZ(3),
  topic STRING,
  `partition` INT,
  `offset` BIGINT,
  field STRING,
  error STRING,
  record BYTES
) WITH (
  'connector' = 'filesystem',
  'path' = '${PROCESSED_DATA_PATH}/rejected/matches',
  'sink.rolling-policy.rollover-interval' = '${ROLL_INTERVAL:-1 min}',
  'sink.rolling-policy.inactivity-interval' = '${ROLL_INACTIVITY:-30 s}',
  'sink.rolling-policy.check-interval' = '${ROLL_CHECK:-1 s}',
  'format' = 'parquet',
  'parquet.compression' = '${PARQUET_COMPRESSION:-SNAPPY}',
  'parquet.write.int64.timestamp' = 'true'
);

INSERT INTO rejected_matches
SELECT `at`, topic, `partition`, `offset`, field, error, `value` FROM match_events.bad;
