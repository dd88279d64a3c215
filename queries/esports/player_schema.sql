-- The topic of players: JSON, times as ISO 8601 in UTC with Z. Every field may be missing (NULL). What cannot be decoded is
-- kept in player_events.bad; the stream goes on.

CREATE TABLE player_events (
  -- identifiers
  player_id STRING,
  summoner_name STRING,
  game_name STRING,
  -- person
  first_name STRING,
  last_name STRING,
  nationality STRING,
  -- team
  current_team_id STRING,
  current_team_name STRING,
  role STRING,
  -- career
  games_played INT,
  wins INT,
  losses INT,
  win_rate DOUBLE,
  -- performance: all kills, deaths and assists of the career, and rates
  kills INT,
  deaths INT,
  assists INT,
  kda DOUBLE,
  cs_per_min DOUBLE,
  gold_per_min DOUBLE,
  -- status
  is_active BOOLEAN,
  is_professional BOOLEAN,
  -- metadata
  last_match_date DATE,
  profile_updated_at TIMESTAMP_LTZ(3)
) WITH (
  'connector' = 'kafka',
  'topic' = '${KAFKA_TOPIC_PLAYERS:-esports-players}',
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
