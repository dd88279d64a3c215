-- The queries of kill.sh: one topic, five sinks.
CREATE TABLE e (id BIGINT, k STRING, v INT, amount DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'kafka', 'topic' = '${TOPIC}', 'properties.bootstrap.servers' = '${BROKER}', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE windows_out (k STRING, ws TIMESTAMP(3), n BIGINT, s BIGINT, a DECIMAL(38, 2), PRIMARY KEY (k, ws) NOT ENFORCED)
WITH ('connector' = 'jdbc', 'url' = '${PG_URL}', 'username' = 'weir', 'table-name' = 'kill_windows');
CREATE TABLE append_out (k STRING, ws TIMESTAMP(3), n BIGINT, s BIGINT, a DECIMAL(38, 2))
WITH ('connector' = 'jdbc', 'url' = '${PG_URL}', 'username' = 'weir', 'table-name' = 'kill_append');
CREATE TABLE newest_out (k STRING, ws TIMESTAMP(3), n BIGINT, PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'jdbc', 'url' = '${PG_URL}', 'username' = 'weir', 'table-name' = 'kill_newest');
CREATE TABLE odd_out (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'jdbc', 'url' = '${PG_URL}', 'username' = 'weir', 'table-name' = 'kill_odd');
CREATE TABLE kafka_out (k STRING, ws TIMESTAMP(3), n BIGINT, s BIGINT, a DECIMAL(38, 2))
WITH ('connector' = 'kafka', 'topic' = '${TOPIC}-out', 'properties.bootstrap.servers' = '${BROKER}', 'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once',
      'sink.transactional-id-prefix' = 'kill');
EXECUTE STATEMENT SET BEGIN
INSERT INTO windows_out SELECT k, window_start, COUNT(*), SUM(CAST(v AS BIGINT)), SUM(amount)
FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;
INSERT INTO append_out SELECT k, window_start, COUNT(*), SUM(CAST(v AS BIGINT)), SUM(amount)
FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;
INSERT INTO newest_out SELECT k, window_start, COUNT(*)
FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)) WHERE amount IS NOT NULL AND v IS NOT NULL GROUP BY k, window_start, window_end;
INSERT INTO odd_out SELECT k, COUNT(*) FROM e WHERE v IS NOT NULL AND amount IS NOT NULL AND ts IS NOT NULL GROUP BY k HAVING COUNT(*) % 2 = 1;
INSERT INTO kafka_out SELECT k, window_start, COUNT(*), SUM(CAST(v AS BIGINT)), SUM(amount)
FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;
END;
