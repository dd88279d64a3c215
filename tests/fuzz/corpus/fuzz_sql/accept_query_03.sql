WITH a AS (WITH b AS (SELECT 1) SELECT * FROM b) SELECT * FROM a;
SELECT (WITH x AS (SELECT 1) SELECT * FROM x);
SELECT /*+ STATE_TTL('a' = '1d', 'b' = '2h') */ a FROM a JOIN b ON a.x = b.x;
SELECT /*+ LOOKUP('table'='D', 'async'='true'), BROADCAST(d) */ 1 FROM t;
SELECT /*+ MULTI_JOIN(a, b, 3, 'x') no_args key(k=v) */ 1;
SELECT a FROM t /*+ OPTIONS('scan.startup.mode' = 'earliest-offset') */ AS x;
-- a comment first
SELECT 1 -- and last;
SELECT /*+ x(größe = 1, k = größe) */ größe.größe AS größe FROM größe größe (größe);
