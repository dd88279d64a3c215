-- test: a query keeps its place when the one whose reader it shares is dropped right after a restart
CREATE TABLE t (k INT);
CREATE MATERIALIZED VIEW v AS SELECT k FROM t;
CREATE MATERIALIZED VIEW w AS SELECT k FROM t;
PUSH INTO t VALUES (1);
STEP;
CHECKPOINT;
CRASH;
DROP MATERIALIZED VIEW v;
PUSH INTO t VALUES (2);
STEP;
EXPECT w (1), (2);
