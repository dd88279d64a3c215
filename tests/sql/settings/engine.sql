-- test: SET of a setting of the engine holds for the whole engine from now on
CREATE TABLE t (k INT, v INT);
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM t GROUP BY k;
SET 'weir.side-rows.max' = '7';
SET 'weir.outbox.keep' = '3';
SET 'weir.memory' = '8 MB';
PUSH INTO t VALUES (1, 1), (2, 2), (1, 3);
STEP;
EXPECT m (1, 4), (2, 2);
RESET 'weir.memory';
EXPECT (SELECT `value` FROM weir.settings WHERE name IN ('weir.side-rows.max', 'weir.outbox.keep')) ('7'), ('3');

-- test: what is fixed at the start is refused with the way to set it
EXPECT ERROR 'W1402' LIKE '%"weir.query.threads" is fixed when the engine starts%';
SET 'weir.query.threads' = '9';
EXPECT ERROR 'W1402' LIKE '%weir.wal.max%';
SET 'weir.wal.max' = '3 GB';
SET 'weir.query.threads' = '2';

-- test: the system table says of what each setting is
EXPECT (SELECT name, scope FROM weir.settings WHERE name IN ('weir.memory', 'weir.wal.max', 'weir.delivery', 'statement_timeout'))
  ('weir.memory', 'engine'), ('weir.wal.max', 'start'), ('weir.delivery', 'query'), ('statement_timeout', 'session');

-- test: the system table says who said what a setting is
SET 'weir.outbox.keep' = '3';
SET 'weir.arithmetic' = 'strict';
EXPECT (SELECT name, `value`, is_default, origin FROM weir.settings WHERE name IN ('weir.outbox.keep', 'weir.arithmetic', 'weir.delivery'))
  ('weir.outbox.keep', '3', FALSE, 'SET'), ('weir.arithmetic', 'strict', TRUE, 'SET'), ('weir.delivery', 'exactly-once', TRUE, 'default');
RESET 'weir.outbox.keep';
RESET 'weir.arithmetic';
EXPECT (SELECT name, `value`, origin FROM weir.settings WHERE name IN ('weir.outbox.keep', 'weir.arithmetic'))
  ('weir.outbox.keep', '10', 'default'), ('weir.arithmetic', 'strict', 'default');
