-- A function whose body is a query over its parameters is computed for a batch of rows at once: every row has the result
-- that it would have alone.

-- test: aggregates over the words of each message, none of them too
CREATE FUNCTION word_score(message STRING) RETURNS DOUBLE
RETURN (
  SELECT COALESCE(CAST(SUM(l.score) AS DOUBLE) / COUNT(*), CAST(0 AS DOUBLE))
  FROM UNNEST(SPLIT(message, ' ')) AS w(word) JOIN (VALUES ('good', 1), ('bad', -1)) AS l(word, score) ON w.word = l.word
);
CREATE FUNCTION words_with(message STRING, least INT) RETURNS BIGINT
RETURN (SELECT COUNT(*) FROM UNNEST(SPLIT(message, ' ')) AS w(word) WHERE CHAR_LENGTH(w.word) >= least);
CREATE TABLE t (id INT, m STRING, k INT, o STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, word_score(m) AS s, words_with(m, k) AS n FROM t;
PUSH INTO t VALUES (1, 'good day', 4, ''), (2, 'bad good bad', 1, ''), (3, '', 0, ''), (4, CAST(NULL AS STRING), 1, ''), (5, 'good good', 5, ''), (6, 'nothing', CAST(NULL AS INT), ''), (7, 'good day', 4, '');
STEP;
EXPECT v (1, 1.0, 1), (2, -0.3333333333333333, 3), (3, 0.0, 1), (4, 0.0, 0), (5, 1.0, 0), (6, 0.0, 0), (7, 1.0, 1);

-- test: conditions on constant rows
CREATE FUNCTION rank_of(x INT) RETURNS STRING
RETURN (SELECT MAX(v.name) FROM (VALUES (1, 'low'), (5, 'middle'), (9, 'top')) AS v(least, name) WHERE v.least <= x AND v.least + 4 > x);
CREATE TABLE t (id INT, m STRING, k INT, o STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, rank_of(k) AS r FROM t;
PUSH INTO t VALUES (1, '', 0, ''), (2, '', 1, ''), (3, '', 6, ''), (4, '', 12, ''), (5, '', 20, ''), (6, '', CAST(NULL AS INT), '');
STEP;
EXPECT v (1, NULL), (2, 'low'), (3, 'middle'), (4, 'top'), (5, NULL), (6, NULL);

-- test: both sides of a join have words of the row, and never of another
CREATE FUNCTION pairs_of(a STRING, b STRING) RETURNS STRING
RETURN (
  SELECT LISTAGG(x.w || y.w, ',')
  FROM UNNEST(SPLIT(a, ' ')) AS x(w) JOIN UNNEST(SPLIT(b, ' ')) AS y(w) ON x.w < y.w
);
CREATE TABLE t (id INT, m STRING, k INT, o STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, pairs_of(m, o) AS p FROM t;
PUSH INTO t VALUES (1, 'a c', 0, 'b d'), (2, 'z', 0, 'y'), (3, 'a', 0, 'b c'), (4, CAST(NULL AS STRING), 0, 'a'), (5, 'x y', 0, 'z z');
STEP;
EXPECT v (1, 'ab,ad,cd'), (2, NULL), (3, 'ab,ac'), (4, NULL), (5, 'xz,xz,yz,yz');

-- test: an outer join with a condition that reads a parameter
CREATE FUNCTION lonely(a STRING, b STRING) RETURNS BIGINT
RETURN (
  SELECT COUNT(*) FROM UNNEST(SPLIT(a, ' ')) AS x(w) LEFT JOIN (VALUES ('a', 'k'), ('b', 'l')) AS y(w, k) ON x.w = y.w AND y.k <> b
  WHERE y.w IS NULL
);
CREATE TABLE t (id INT, m STRING, k INT, o STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, lonely(m, o) AS n FROM t;
PUSH INTO t VALUES (1, 'a b c', 0, 'k'), (2, 'a b c', 0, 'x'), (3, 'c', 0, 'k'), (4, CAST(NULL AS STRING), 0, 'k'), (5, 'a', 0, 'l');
STEP;
EXPECT v (1, 2), (2, 1), (3, 1), (4, 0), (5, 0);

-- test: UNION ALL keeps its order within a row
CREATE FUNCTION both_lists(a STRING, b STRING) RETURNS STRING
RETURN (SELECT LISTAGG(u.w, '-') FROM (SELECT w FROM UNNEST(SPLIT(a, ' ')) AS x(w) UNION ALL SELECT w FROM UNNEST(SPLIT(b, ' ')) AS y(w)) AS u);
CREATE TABLE t (id INT, m STRING, k INT, o STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, both_lists(m, o) AS l FROM t;
PUSH INTO t VALUES (1, 'b a', 0, 'c'), (2, 'x', 0, CAST(NULL AS STRING)), (3, CAST(NULL AS STRING), 0, CAST(NULL AS STRING)), (4, 'q', 0, 'a p');
STEP;
EXPECT v (1, 'b-a-c'), (2, 'x'), (3, NULL), (4, 'q-a-p');

-- test: an aggregate over groups of a row
CREATE FUNCTION most_used(a STRING) RETURNS BIGINT
RETURN (SELECT MAX(g.n) FROM (SELECT w, COUNT(*) AS n FROM UNNEST(SPLIT(a, ' ')) AS x(w) GROUP BY w) AS g);
CREATE TABLE t (id INT, m STRING, k INT, o STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, most_used(m) AS n FROM t;
PUSH INTO t VALUES (1, 'a b a', 0, ''), (2, 'a', 0, ''), (3, CAST(NULL AS STRING), 0, ''), (4, 'b b b a', 0, '');
STEP;
EXPECT v (1, 2), (2, 1), (3, NULL), (4, 3);

-- test: rows that are taken back have the same value
CREATE FUNCTION word_score(message STRING) RETURNS DOUBLE
RETURN (
  SELECT COALESCE(CAST(SUM(l.score) AS DOUBLE) / COUNT(*), CAST(0 AS DOUBLE))
  FROM UNNEST(SPLIT(message, ' ')) AS w(word) JOIN (VALUES ('good', 1), ('bad', -1)) AS l(word, score) ON w.word = l.word
);
CREATE TABLE t (id INT, m STRING, k INT, o STRING);
CREATE MATERIALIZED VIEW last AS SELECT o, LAST_VALUE(m) AS m FROM t GROUP BY o;
CREATE MATERIALIZED VIEW v AS SELECT o, word_score(m) AS s FROM last;
PUSH INTO t VALUES (1, 'good', 0, 'a'), (2, 'bad', 0, 'b');
STEP;
PUSH INTO t VALUES (3, 'bad good', 0, 'a');
STEP;
EXPECT v ('a', 0.0), ('b', -1.0);

-- test: a row that fails is the one that is left out
CREATE FUNCTION halves(x INT, y INT) RETURNS INT
RETURN (SELECT SUM(v.n / y) FROM (VALUES (10), (20)) AS v(n) WHERE v.n > x);

CREATE TABLE t (id INT, m STRING, k INT, o STRING);
CREATE MATERIALIZED VIEW v AS SELECT id, halves(k, id) AS h FROM t;
PUSH INTO t VALUES (1, '', 0, ''), (2, '', 15, ''), (0, '', 30, '');
STEP;
EXPECT v (1, 30), (2, 10), (0, NULL);
PUSH INTO t VALUES (4, '', 0, ''), (0, '', 0, '');
EXPECT ERROR 'W1204' LIKE '%divided by zero%';
STEP;

-- test: in a SELECT too
CREATE FUNCTION word_score(message STRING) RETURNS DOUBLE
RETURN (
  SELECT COALESCE(CAST(SUM(l.score) AS DOUBLE) / COUNT(*), CAST(0 AS DOUBLE))
  FROM UNNEST(SPLIT(message, ' ')) AS w(word) JOIN (VALUES ('good', 1), ('bad', -1)) AS l(word, score) ON w.word = l.word
);
CREATE TABLE own (id INT, m STRING);
INSERT INTO own VALUES (1, 'good bad bad'), (2, ''), (3, NULL), (4, 'good');
EXPECT (SELECT id, word_score(m) FROM own) (1, -0.3333333333333333), (2, 0.0), (3, 0.0), (4, 1.0);
