-- What the files hold: how many rows each folder has, and ten matches.
--   PROCESSED_DATA_PATH=data/processed build/weir --format table run queries/esports/show.sql

CREATE TABLE matches (
  match_id STRING,
  tournament_name STRING,
  team_1_name STRING,
  team_2_name STRING,
  winner_id STRING,
  status STRING,
  started_at TIMESTAMP_LTZ(3),
  duration_minutes DOUBLE,
  is_completed BOOLEAN,
  processing_timestamp TIMESTAMP_LTZ(3)
) PARTITIONED BY (status) WITH (
  'connector' = 'filesystem', 'path' = '${PROCESSED_DATA_PATH:?the folder of the Parquet files}/matches',
  'partition.default-name' = '__HIVE_DEFAULT_PARTITION__', 'format' = 'parquet'
);

CREATE TABLE players (
  player_id STRING,
  full_name STRING,
  status STRING,
  role STRING,
  win_rate DOUBLE,
  kda DOUBLE
) PARTITIONED BY (status, role) WITH (
  'connector' = 'filesystem', 'path' = '${PROCESSED_DATA_PATH}/players',
  'partition.default-name' = '__HIVE_DEFAULT_PARTITION__', 'format' = 'parquet'
);

SELECT status, COUNT(*) AS matches FROM matches GROUP BY status ORDER BY status;
SELECT status, role, COUNT(*) AS players, ROUND(AVG(win_rate), 2) AS win_rate, ROUND(AVG(kda), 2) AS kda
FROM players GROUP BY status, role ORDER BY status, role;
SELECT * FROM matches LIMIT 10;
