-- test: EXPLAIN names the aggregates that keep values, and what bounds them
CREATE TABLE a (k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
CREATE TABLE u (id INT, k STRING, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'y', 'properties.bootstrap.servers' = 'h:1', 'key.format' = 'json', 'value.format' = 'json');
EXPECT (EXPLAIN SELECT COUNT(*), MAX(v), SUM(v), FIRST_VALUE(v), APPROX_COUNT_DISTINCT(v) FROM a EMIT CHANGES) LIKE '%state: one row';
EXPECT (EXPLAIN SELECT COUNT(DISTINCT v) FROM a EMIT CHANGES) LIKE '%state: one row and the values of COUNT(DISTINCT v), nothing bounds it%';
EXPECT (EXPLAIN SELECT k, MAX(v), COUNT(*) FROM a GROUP BY k EMIT CHANGES) LIKE '%state: one entry per group, nothing bounds it%';
EXPECT (EXPLAIN SELECT k, MAX(v), COUNT(*) FROM u GROUP BY k EMIT CHANGES) LIKE '%state: one entry per group and the values of MAX(v), nothing bounds it%';
EXPECT (EXPLAIN SELECT /*+ STATE_TTL('a' = '1 h') */ k, LISTAGG(k), MAX(v) FROM a GROUP BY k EMIT CHANGES) LIKE '%state: one entry per group and the values of LISTAGG(k), ttl 1 h%';
EXPECT (EXPLAIN SELECT MEDIAN(v), LAST_VALUE(k) FROM u EMIT CHANGES) LIKE '%and the values of MEDIAN(%), LAST_VALUE(k), nothing bounds it%';

-- test: EXPLAIN of a SELECT over a table without an end shows the continuous plan, as in Flink
CREATE TABLE a (k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT (EXPLAIN SELECT k, COUNT(*) FROM a GROUP BY k) LIKE '%changelogMode=[I,UB,UA]; state: one entry per group%';
EXPECT ERROR 'W1102' LIKE '%nosuch%';
EXPLAIN SELECT k FROM a WHERE nosuch = 1;
EXPECT ERROR 'W1305';
SELECT k FROM a;
