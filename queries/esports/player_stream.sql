-- The job of players: each record becomes a row of Parquet below players/, in a folder for its status, and in that one for
-- its role.

CREATE TABLE players (
  player_id STRING,
  summoner_name STRING,
  game_name STRING,
  first_name STRING,
  last_name STRING,
  nationality STRING,
  current_team_id STRING,
  current_team_name STRING,
  role STRING,
  games_played INT,
  wins INT,
  losses INT,
  win_rate DOUBLE,
  kills INT,
  deaths INT,
  assists INT,
  kda DOUBLE,
  cs_per_min DOUBLE,
  gold_per_min DOUBLE,
  is_active BOOLEAN,
  is_professional BOOLEAN,
  last_match_date DATE,
  profile_updated_at TIMESTAMP_LTZ(3),
  processing_timestamp TIMESTAMP_LTZ(3),
  full_name STRING,
  status STRING NOT NULL,
  is_active_player BOOLEAN NOT NULL,
  has_played_recently BOOLEAN
) PARTITIONED BY (status, role) WITH (
  'connector' = 'filesystem',
  'path' = '${PROCESSED_DATA_PATH:?the folder for the Parquet files; run.sh makes it of DATA_LAKE_PATH}/players',
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

-- part / whole to two digits, exactly; NULL for less than none, and where the whole is nothing.
CREATE FUNCTION share(part BIGINT, whole BIGINT) RETURNS DOUBLE
RETURN CASE WHEN part >= 0 AND whole > 0 THEN CAST(ROUND(CAST(part AS DECIMAL(20, 4)) / whole, 2) AS DOUBLE) END;

-- A player has played recently when the last match was at most ACTIVITY_DAYS (30) days before the profile was written.
CREATE VIEW rated_players AS
SELECT
  *,
  COALESCE(win_rate, share(CAST(wins AS BIGINT) * 100, COALESCE(CAST(games_played AS BIGINT), CAST(wins AS BIGINT) + losses))) AS rate,
  COALESCE(kda, CASE WHEN kills >= 0 AND deaths >= 0 AND assists >= 0 THEN share(CAST(kills AS BIGINT) + assists, CAST(GREATEST(deaths, 1) AS BIGINT)) END) AS ratio,
  NULLIF(TRIM(CONCAT_WS(' ', TRIM(first_name), TRIM(last_name))), '') AS name,
  TIMESTAMPDIFF(DAY, last_match_date, CAST(profile_updated_at AS DATE)) BETWEEN 0 AND CAST('${ACTIVITY_DAYS:-30}' AS INT) AS recent
FROM player_events;

INSERT INTO players
SELECT
  player_id, summoner_name, game_name,
  first_name, last_name, nationality,
  current_team_id, current_team_name, role,
  games_played, wins, losses, rate,
  kills, deaths, assists, ratio, cs_per_min, gold_per_min,
  is_active, is_professional,
  last_match_date, profile_updated_at,
  CURRENT_ROW_TIMESTAMP(),
  name,
  CASE WHEN COALESCE(is_active, recent, FALSE) THEN 'active' ELSE 'inactive' END,
  COALESCE(is_active, recent, FALSE),
  recent
FROM rated_players;

-- What could not be decoded, as it came, with the reason.
CREATE TABLE rejected_players (
  rejected_at TIMESTAMP_LTZ(3),
  topic STRING,
  `partition` INT,
  `offset` BIGINT,
  field STRING,
  error STRING,
  record BYTES
) WITH (
  'connector' = 'filesystem',
  'path' = '${PROCESSED_DATA_PATH}/rejected/players',
  'sink.rolling-policy.rollover-interval' = '${ROLL_INTERVAL:-1 min}',
  'sink.rolling-policy.inactivity-interval' = '${ROLL_INACTIVITY:-30 s}',
  'sink.rolling-policy.check-interval' = '${ROLL_CHECK:-1 s}',
  'format' = 'parquet',
  'parquet.compression' = '${PARQUET_COMPRESSION:-SNAPPY}',
  'parquet.write.int64.timestamp' = 'true'
);

INSERT INTO rejected_players
SELECT `at`, topic, `partition`, `offset`, field, error, `value` FROM player_events.bad;
