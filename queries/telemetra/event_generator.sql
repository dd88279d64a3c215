-- Made-up chat and viewers of five streams: made_chat and made_viewers. In the first twenty seconds of every fifth minute stream_1 has
-- twenty times as much chat: a spike.

CREATE TABLE dice (
  made_at TIMESTAMP_LTZ(3),
  number BIGINT,
  stream INT,
  chatter INT,
  message STRING,
  first_emote STRING,
  second_emote STRING,
  drift INT
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '${EVENTS_PER_SECOND:-20}',
  'fields.made_at.max-past' = '2 s',
  'fields.number.kind' = 'sequence', 'fields.number.start' = '1', 'fields.number.end' = '${MAX_EVENTS:-20000}',
  'fields.stream.min' = '1', 'fields.stream.max' = '5',
  'fields.chatter.min' = '1', 'fields.chatter.max' = '500',
  'fields.message.kind' = 'choice',
  'fields.message.values' = 'what a great game;this is awful;GOOD one, love it;so boring;hello;where are you from?;best play ever, wow;lame;gg;that was amazing, but sad',
  'fields.first_emote.kind' = 'choice', 'fields.first_emote.values' = 'Kappa;PogChamp;LUL;BibleThump;4Head;KEKW;none', 'fields.first_emote.weights' = '5;4;4;2;1;3;8',
  'fields.second_emote.kind' = 'choice', 'fields.second_emote.values' = 'LUL;Kappa;none', 'fields.second_emote.weights' = '1;1;6',
  'fields.drift.min' = '-20', 'fields.drift.max' = '20'
);

CREATE VIEW made_chat AS
SELECT CONCAT('stream_', CAST(stream AS STRING)) AS stream_id, CONCAT('u', CAST(chatter AS STRING)) AS user_id, CONCAT('user ', CAST(chatter AS STRING)) AS username,
  message, ARRAY_REMOVE(ARRAY[first_emote, second_emote], 'none') AS emotes, made_at AS `timestamp`
FROM dice
CROSS JOIN UNNEST(SPLIT(CASE WHEN stream = 1 AND EXTRACT(MINUTE FROM made_at) % 5 = 0 AND EXTRACT(SECOND FROM made_at) < 20
  THEN REPEAT('x,', 19) ELSE '' END, ',')) AS copies(c);

CREATE VIEW made_viewers AS
SELECT CONCAT('stream_', CAST(stream AS STRING)) AS stream_id, CAST(100 * stream + drift AS BIGINT) AS viewer_count, made_at AS `timestamp`
FROM dice
WHERE number % 5 = 0;
