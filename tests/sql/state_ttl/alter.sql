-- test: another ttl in a changed definition keeps the state
CREATE TABLE t (k STRING, v INT) WITH ('format' = 'json');
CREATE MATERIALIZED VIEW w AS SELECT /*+ STATE_TTL('t' = '1 h') */ k, COUNT(*) AS n FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2);
STEP;
ALTER MATERIALIZED VIEW w AS SELECT /*+ STATE_TTL('t' = '2 h') */ k, COUNT(*) AS n FROM t GROUP BY k;
ADVANCE CLOCK BY INTERVAL '90' MINUTE;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT w ('a', 3);
ADVANCE CLOCK BY INTERVAL '2' HOUR;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT w ('a', 1);
