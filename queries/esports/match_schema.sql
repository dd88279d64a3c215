-- The topic of matches: JSON, times as ISO 8601 in UTC with Z. Every field may be missing (NULL). What cannot be decoded (no
-- JSON, a text where a number belongs) is kept in match_events.bad; the stream goes on.

CREATE TABLE match_events (
  -- identifiers
  match_id STRING,
  game_id STRING,
  platform_game_id STRING,
  -- tournament
  tournament_id STRING,
  tournament_name STRING,
  game_version STRING,
  patch STRING,
  -- teams
  team_1_id STRING,
  team_1_name STRING,
  team_2_id STRING,
  team_2_name STRING,
  -- results: the winning team's id, seconds, what each team did
  winner_id STRING,
  duration INT,
  statistics ROW<
    team_1 ROW<kills INT, deaths INT, assists INT, gold BIGINT, towers INT, dragons INT, barons INT>,
    team_2 ROW<kills INT, deaths INT, assists INT, gold BIGINT, towers INT, dragons INT, barons INT>
  >,
  -- status and timing
  status STRING,
  started_at TIMESTAMP_LTZ(3),
  finished_at TIMESTAMP_LTZ(3),
  -- metadata
  data_source STRING,
  ingestion_timestamp TIMESTAMP_LTZ(3)
) WITH (
  'connector' = 'kafka',
  'topic' = '${KAFKA_TOPIC_MATCHES:-esports-matches}',
  'properties.bootstrap.servers' = '${KAFKA_BOOTSTRAP_SERVERS:?the brokers, as host:port,host:port}',
  'properties.security.protocol' = '${KAFKA_SECURITY_PROTOCOL:-PLAINTEXT}',
  'properties.sasl.mechanism' = '${KAFKA_SASL_MECHANISM:-PLAIN}',
  'properties.sasl.username' = '${KAFKA_SASL_USERNAME:-}',
  'properties.sasl.password' = '${KAFKA_SASL_PASSWORD:-}',
  'properties.ssl.ca.location' = '${KAFKA_SSL_CA_LOCATION:-}',
  'properties.ssl.certificate.location' = '${KAFKA_SSL_CERTIFICATE_LOCATION:-}',
  'properties.ssl.key.location' = '${KAFKA_SSL_KEY_LOCATION:-}',
  'properties.ssl.key.password' = '${KAFKA_SSL_KEY_PASSWORD:-}',
  'scan.startup.mode' = '${KAFKA_STARTING_OFFSETS:-earliest}-offset',
  'weir.source.rows-per-step' = '${MAX_OFFSETS_PER_TRIGGER:-4096}',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
);
