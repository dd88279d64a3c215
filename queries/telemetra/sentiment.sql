-- Sentiment of a message by a lexicon: words that say good things count 1, bad ones -1; the score is their mean, so it lies
-- between -1 and 1. Case does not matter; a message without a word of the lexicon, or without any, has 0.

CREATE VIEW sentiment_lexicon AS
SELECT * FROM (VALUES
  ('amazing', 1), ('awesome', 1), ('beautiful', 1), ('best', 1), ('brilliant', 1), ('cool', 1), ('epic', 1), ('excellent', 1), ('excited', 1),
  ('fantastic', 1), ('fun', 1), ('good', 1), ('great', 1), ('happy', 1), ('incredible', 1), ('love', 1), ('nice', 1), ('perfect', 1),
  ('pog', 1), ('win', 1), ('wonderful', 1), ('wow', 1),
  ('angry', -1), ('annoying', -1), ('awful', -1), ('bad', -1), ('boring', -1), ('broken', -1), ('cringe', -1), ('disappointing', -1), ('dumb', -1),
  ('fail', -1), ('garbage', -1), ('hate', -1), ('horrible', -1), ('lame', -1), ('lose', -1), ('sad', -1), ('stupid', -1), ('terrible', -1),
  ('toxic', -1), ('trash', -1), ('ugly', -1), ('worst', -1)
) AS l(word, score);

CREATE FUNCTION sentiment(message STRING) RETURNS DOUBLE
RETURN (
  SELECT COALESCE(CAST(SUM(l.score) AS DOUBLE) / COUNT(*), CAST(0 AS DOUBLE))
  FROM UNNEST(REGEXP_EXTRACT_ALL(LOWER(message), '[a-z]+', 0)) AS w(word) JOIN sentiment_lexicon AS l ON w.word = l.word
);
