-- test: aggregates_flink: COUNT, SUM, AVG, MIN, MAX of TINYINT
CREATE TABLE t (k STRING, x TINYINT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, COUNT(x) AS c, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo, MAX(x) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 3, 2, 3, 1, 1, 2), ('b', 3, 3, -3, -1, -7, 2), ('c', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 1, 1, 1, 1, 1), ('b', 2, 2, -5, -2, -7, 2);
PUSH INTO t VALUES ('a', 5), ('c', 3);
STEP;
EXPECT v ('a', 3, 2, 6, 3, 1, 5), ('b', 2, 2, -5, -2, -7, 2), ('c', 1, 1, 3, 3, 3, 3);

-- test: aggregates_flink: variance and deviation of TINYINT
CREATE TABLE t (k STRING, x TINYINT);
CREATE MATERIALIZED VIEW v AS SELECT k, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs, STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 0, 1, 0, 1), ('b', 18, 27, 4, 5), ('c', NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT v ('a', 0, 1, 0, 1), ('b', 20, 41, 4, 6), ('c', NULL, NULL, NULL, NULL);

-- test: aggregates_flink: types over TINYINT
CREATE TABLE t (k STRING, x TINYINT);
CREATE MATERIALIZED VIEW v AS SELECT k, TYPEOF(SUM(x)) AS s, TYPEOF(AVG(x)) AS a, TYPEOF(MIN(x)) AS lo, TYPEOF(VAR_POP(x)) AS vp, TYPEOF(STDDEV_SAMP(x)) AS ss, TYPEOF(COUNT(x)) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT v ('a', 'TINYINT', 'TINYINT', 'TINYINT', 'TINYINT', 'TINYINT', 'BIGINT NOT NULL');

-- test: aggregates_flink: DISTINCT over TINYINT
CREATE TABLE t (k STRING, x TINYINT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(DISTINCT x) AS n, SUM(DISTINCT x) AS s, AVG(DISTINCT x) AS a, MIN(DISTINCT x) AS lo FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 3, 1, 1), ('b', 2, -5, -2, -7), ('c', 0, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2), ('a', 1);
STEP;
EXPECT v ('a', 1, 2, 2, 2), ('b', 2, -5, -2, -7), ('c', 0, NULL, NULL, NULL);
PUSH INTO t VALUES ('b', 9);
STEP;
EXPECT v ('a', 1, 2, 2, 2), ('b', 3, 4, 1, -7), ('c', 0, NULL, NULL, NULL);

-- test: aggregates_flink: FILTER over TINYINT
CREATE TABLE t (k STRING, x TINYINT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(x) FILTER (WHERE x > 1) AS n, SUM(x) FILTER (WHERE x < 0) AS s, MAX(x) FILTER (WHERE k = 'b') AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 1, NULL, NULL), ('b', 2, -7, 2), ('c', 0, NULL, NULL);

-- test: aggregates_flink: COUNT, SUM, AVG, MIN, MAX of SMALLINT
CREATE TABLE t (k STRING, x SMALLINT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, COUNT(x) AS c, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo, MAX(x) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 3, 2, 3, 1, 1, 2), ('b', 3, 3, -3, -1, -7, 2), ('c', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 1, 1, 1, 1, 1), ('b', 2, 2, -5, -2, -7, 2);
PUSH INTO t VALUES ('a', 5), ('c', 3);
STEP;
EXPECT v ('a', 3, 2, 6, 3, 1, 5), ('b', 2, 2, -5, -2, -7, 2), ('c', 1, 1, 3, 3, 3, 3);

-- test: aggregates_flink: variance and deviation of SMALLINT
CREATE TABLE t (k STRING, x SMALLINT);
CREATE MATERIALIZED VIEW v AS SELECT k, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs, STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 0, 1, 0, 1), ('b', 18, 27, 4, 5), ('c', NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT v ('a', 0, 1, 0, 1), ('b', 20, 41, 4, 6), ('c', NULL, NULL, NULL, NULL);

-- test: aggregates_flink: types over SMALLINT
CREATE TABLE t (k STRING, x SMALLINT);
CREATE MATERIALIZED VIEW v AS SELECT k, TYPEOF(SUM(x)) AS s, TYPEOF(AVG(x)) AS a, TYPEOF(MIN(x)) AS lo, TYPEOF(VAR_POP(x)) AS vp, TYPEOF(STDDEV_SAMP(x)) AS ss, TYPEOF(COUNT(x)) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT v ('a', 'SMALLINT', 'SMALLINT', 'SMALLINT', 'SMALLINT', 'SMALLINT', 'BIGINT NOT NULL');

-- test: aggregates_flink: DISTINCT over SMALLINT
CREATE TABLE t (k STRING, x SMALLINT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(DISTINCT x) AS n, SUM(DISTINCT x) AS s, AVG(DISTINCT x) AS a, MIN(DISTINCT x) AS lo FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 3, 1, 1), ('b', 2, -5, -2, -7), ('c', 0, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2), ('a', 1);
STEP;
EXPECT v ('a', 1, 2, 2, 2), ('b', 2, -5, -2, -7), ('c', 0, NULL, NULL, NULL);
PUSH INTO t VALUES ('b', 9);
STEP;
EXPECT v ('a', 1, 2, 2, 2), ('b', 3, 4, 1, -7), ('c', 0, NULL, NULL, NULL);

-- test: aggregates_flink: FILTER over SMALLINT
CREATE TABLE t (k STRING, x SMALLINT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(x) FILTER (WHERE x > 1) AS n, SUM(x) FILTER (WHERE x < 0) AS s, MAX(x) FILTER (WHERE k = 'b') AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 1, NULL, NULL), ('b', 2, -7, 2), ('c', 0, NULL, NULL);

-- test: aggregates_flink: COUNT, SUM, AVG, MIN, MAX of INT
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, COUNT(x) AS c, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo, MAX(x) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 3, 2, 3, 1, 1, 2), ('b', 3, 3, -3, -1, -7, 2), ('c', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 1, 1, 1, 1, 1), ('b', 2, 2, -5, -2, -7, 2);
PUSH INTO t VALUES ('a', 5), ('c', 3);
STEP;
EXPECT v ('a', 3, 2, 6, 3, 1, 5), ('b', 2, 2, -5, -2, -7, 2), ('c', 1, 1, 3, 3, 3, 3);

-- test: aggregates_flink: variance and deviation of INT
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs, STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 0, 1, 0, 1), ('b', 18, 27, 4, 5), ('c', NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT v ('a', 0, 1, 0, 1), ('b', 20, 41, 4, 6), ('c', NULL, NULL, NULL, NULL);

-- test: aggregates_flink: types over INT
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, TYPEOF(SUM(x)) AS s, TYPEOF(AVG(x)) AS a, TYPEOF(MIN(x)) AS lo, TYPEOF(VAR_POP(x)) AS vp, TYPEOF(STDDEV_SAMP(x)) AS ss, TYPEOF(COUNT(x)) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT v ('a', 'INT', 'INT', 'INT', 'INT', 'INT', 'BIGINT NOT NULL');

-- test: aggregates_flink: DISTINCT over INT
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(DISTINCT x) AS n, SUM(DISTINCT x) AS s, AVG(DISTINCT x) AS a, MIN(DISTINCT x) AS lo FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 3, 1, 1), ('b', 2, -5, -2, -7), ('c', 0, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2), ('a', 1);
STEP;
EXPECT v ('a', 1, 2, 2, 2), ('b', 2, -5, -2, -7), ('c', 0, NULL, NULL, NULL);
PUSH INTO t VALUES ('b', 9);
STEP;
EXPECT v ('a', 1, 2, 2, 2), ('b', 3, 4, 1, -7), ('c', 0, NULL, NULL, NULL);

-- test: aggregates_flink: FILTER over INT
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(x) FILTER (WHERE x > 1) AS n, SUM(x) FILTER (WHERE x < 0) AS s, MAX(x) FILTER (WHERE k = 'b') AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 1, NULL, NULL), ('b', 2, -7, 2), ('c', 0, NULL, NULL);

-- test: aggregates_flink: COUNT, SUM, AVG, MIN, MAX of BIGINT
CREATE TABLE t (k STRING, x BIGINT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, COUNT(x) AS c, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo, MAX(x) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 3, 2, 3, 1, 1, 2), ('b', 3, 3, -3, -1, -7, 2), ('c', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 1, 1, 1, 1, 1), ('b', 2, 2, -5, -2, -7, 2);
PUSH INTO t VALUES ('a', 5), ('c', 3);
STEP;
EXPECT v ('a', 3, 2, 6, 3, 1, 5), ('b', 2, 2, -5, -2, -7, 2), ('c', 1, 1, 3, 3, 3, 3);

-- test: aggregates_flink: variance and deviation of BIGINT
CREATE TABLE t (k STRING, x BIGINT);
CREATE MATERIALIZED VIEW v AS SELECT k, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs, STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 0, 1, 0, 1), ('b', 18, 27, 4, 5), ('c', NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT v ('a', 0, 1, 0, 1), ('b', 20, 41, 4, 6), ('c', NULL, NULL, NULL, NULL);

-- test: aggregates_flink: types over BIGINT
CREATE TABLE t (k STRING, x BIGINT);
CREATE MATERIALIZED VIEW v AS SELECT k, TYPEOF(SUM(x)) AS s, TYPEOF(AVG(x)) AS a, TYPEOF(MIN(x)) AS lo, TYPEOF(VAR_POP(x)) AS vp, TYPEOF(STDDEV_SAMP(x)) AS ss, TYPEOF(COUNT(x)) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT v ('a', 'BIGINT', 'BIGINT', 'BIGINT', 'BIGINT', 'BIGINT', 'BIGINT NOT NULL');

-- test: aggregates_flink: DISTINCT over BIGINT
CREATE TABLE t (k STRING, x BIGINT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(DISTINCT x) AS n, SUM(DISTINCT x) AS s, AVG(DISTINCT x) AS a, MIN(DISTINCT x) AS lo FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 3, 1, 1), ('b', 2, -5, -2, -7), ('c', 0, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2), ('a', 1);
STEP;
EXPECT v ('a', 1, 2, 2, 2), ('b', 2, -5, -2, -7), ('c', 0, NULL, NULL, NULL);
PUSH INTO t VALUES ('b', 9);
STEP;
EXPECT v ('a', 1, 2, 2, 2), ('b', 3, 4, 1, -7), ('c', 0, NULL, NULL, NULL);

-- test: aggregates_flink: FILTER over BIGINT
CREATE TABLE t (k STRING, x BIGINT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(x) FILTER (WHERE x > 1) AS n, SUM(x) FILTER (WHERE x < 0) AS s, MAX(x) FILTER (WHERE k = 'b') AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 1, NULL, NULL), ('b', 2, -7, 2), ('c', 0, NULL, NULL);

-- test: aggregates_flink: COUNT, SUM, AVG, MIN, MAX of FLOAT
CREATE TABLE t (k STRING, x FLOAT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, COUNT(x) AS c, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo, MAX(x) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 3, 2, 3.0, 1.5, 1.0, 2.0), ('b', 3, 3, -3.0, -1.0, -7.0, 2.0), ('c', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 1, 1.0, 1.0, 1.0, 1.0), ('b', 2, 2, -5.0, -2.5, -7.0, 2.0);
PUSH INTO t VALUES ('a', 5), ('c', 3);
STEP;
EXPECT v ('a', 3, 2, 6.0, 3.0, 1.0, 5.0), ('b', 2, 2, -5.0, -2.5, -7.0, 2.0), ('c', 1, 1, 3.0, 3.0, 3.0, 3.0);

-- test: aggregates_flink: variance and deviation of FLOAT
CREATE TABLE t (k STRING, x FLOAT);
CREATE MATERIALIZED VIEW v AS SELECT k, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs, STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 0.25, 0.5, 0.5, 0.70710677), ('b', 18.0, 27.0, 4.2426405, 5.196152), ('c', NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT v ('a', 0.25, 0.5, 0.5, 0.70710677), ('b', 20.25, 40.5, 4.5, 6.363961), ('c', NULL, NULL, NULL, NULL);

-- test: aggregates_flink: types over FLOAT
CREATE TABLE t (k STRING, x FLOAT);
CREATE MATERIALIZED VIEW v AS SELECT k, TYPEOF(SUM(x)) AS s, TYPEOF(AVG(x)) AS a, TYPEOF(MIN(x)) AS lo, TYPEOF(VAR_POP(x)) AS vp, TYPEOF(STDDEV_SAMP(x)) AS ss, TYPEOF(COUNT(x)) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT v ('a', 'FLOAT', 'FLOAT', 'FLOAT', 'FLOAT', 'FLOAT', 'BIGINT NOT NULL');

-- test: aggregates_flink: DISTINCT over FLOAT
CREATE TABLE t (k STRING, x FLOAT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(DISTINCT x) AS n, SUM(DISTINCT x) AS s, AVG(DISTINCT x) AS a, MIN(DISTINCT x) AS lo FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 3.0, 1.5, 1.0), ('b', 2, -5.0, -2.5, -7.0), ('c', 0, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2), ('a', 1);
STEP;
EXPECT v ('a', 1, 2.0, 2.0, 2.0), ('b', 2, -5.0, -2.5, -7.0), ('c', 0, NULL, NULL, NULL);
PUSH INTO t VALUES ('b', 9);
STEP;
EXPECT v ('a', 1, 2.0, 2.0, 2.0), ('b', 3, 4.0, 1.3333334, -7.0), ('c', 0, NULL, NULL, NULL);

-- test: aggregates_flink: FILTER over FLOAT
CREATE TABLE t (k STRING, x FLOAT);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(x) FILTER (WHERE x > 1) AS n, SUM(x) FILTER (WHERE x < 0) AS s, MAX(x) FILTER (WHERE k = 'b') AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 1, NULL, NULL), ('b', 2, -7.0, 2.0), ('c', 0, NULL, NULL);

-- test: aggregates_flink: COUNT, SUM, AVG, MIN, MAX of DOUBLE
CREATE TABLE t (k STRING, x DOUBLE);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, COUNT(x) AS c, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo, MAX(x) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 3, 2, 3.0, 1.5, 1.0, 2.0), ('b', 3, 3, -3.0, -1.0, -7.0, 2.0), ('c', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 1, 1.0, 1.0, 1.0, 1.0), ('b', 2, 2, -5.0, -2.5, -7.0, 2.0);
PUSH INTO t VALUES ('a', 5), ('c', 3);
STEP;
EXPECT v ('a', 3, 2, 6.0, 3.0, 1.0, 5.0), ('b', 2, 2, -5.0, -2.5, -7.0, 2.0), ('c', 1, 1, 3.0, 3.0, 3.0, 3.0);

-- test: aggregates_flink: variance and deviation of DOUBLE
CREATE TABLE t (k STRING, x DOUBLE);
CREATE MATERIALIZED VIEW v AS SELECT k, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs, STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 0.25, 0.5, 0.5, 0.7071067811865476), ('b', 18.0, 27.0, 4.242640687119285, 5.196152422706632), ('c', NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT v ('a', 0.25, 0.5, 0.5, 0.7071067811865476), ('b', 20.25, 40.5, 4.5, 6.363961030678928), ('c', NULL, NULL, NULL, NULL);

-- test: aggregates_flink: types over DOUBLE
CREATE TABLE t (k STRING, x DOUBLE);
CREATE MATERIALIZED VIEW v AS SELECT k, TYPEOF(SUM(x)) AS s, TYPEOF(AVG(x)) AS a, TYPEOF(MIN(x)) AS lo, TYPEOF(VAR_POP(x)) AS vp, TYPEOF(STDDEV_SAMP(x)) AS ss, TYPEOF(COUNT(x)) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT v ('a', 'DOUBLE', 'DOUBLE', 'DOUBLE', 'DOUBLE', 'DOUBLE', 'BIGINT NOT NULL');

-- test: aggregates_flink: DISTINCT over DOUBLE
CREATE TABLE t (k STRING, x DOUBLE);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(DISTINCT x) AS n, SUM(DISTINCT x) AS s, AVG(DISTINCT x) AS a, MIN(DISTINCT x) AS lo FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 3.0, 1.5, 1.0), ('b', 2, -5.0, -2.5, -7.0), ('c', 0, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2), ('a', 1);
STEP;
EXPECT v ('a', 1, 2.0, 2.0, 2.0), ('b', 2, -5.0, -2.5, -7.0), ('c', 0, NULL, NULL, NULL);
PUSH INTO t VALUES ('b', 9);
STEP;
EXPECT v ('a', 1, 2.0, 2.0, 2.0), ('b', 3, 4.0, 1.3333333333333333, -7.0), ('c', 0, NULL, NULL, NULL);

-- test: aggregates_flink: FILTER over DOUBLE
CREATE TABLE t (k STRING, x DOUBLE);
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(x) FILTER (WHERE x > 1) AS n, SUM(x) FILTER (WHERE x < 0) AS s, MAX(x) FILTER (WHERE k = 'b') AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 1, NULL, NULL), ('b', 2, -7.0, 2.0), ('c', 0, NULL, NULL);

-- test: aggregates_flink: COUNT, SUM, AVG, MIN, MAX of DECIMAL(5, 2)
CREATE TABLE t (k STRING, x DECIMAL(5, 2));
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, COUNT(x) AS c, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo, MAX(x) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 3, 2, 3.00, 1.500000, 1.00, 2.00), ('b', 3, 3, -3.00, -1.000000, -7.00, 2.00), ('c', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 1, 1.00, 1.000000, 1.00, 1.00), ('b', 2, 2, -5.00, -2.500000, -7.00, 2.00);
PUSH INTO t VALUES ('a', 5), ('c', 3);
STEP;
EXPECT v ('a', 3, 2, 6.00, 3.000000, 1.00, 5.00), ('b', 2, 2, -5.00, -2.500000, -7.00, 2.00), ('c', 1, 1, 3.00, 3.000000, 3.00, 3.00);

-- test: aggregates_flink: variance and deviation of DECIMAL(5, 2)
CREATE TABLE t (k STRING, x DECIMAL(5, 2));
CREATE MATERIALIZED VIEW v AS SELECT k, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs, STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 0.250000, 0.500000, 0.500000, 0.707107), ('b', 18.000000, 27.000000, 4.242641, 5.196152), ('c', NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT v ('a', 0.250000, 0.500000, 0.500000, 0.707107), ('b', 20.250000, 40.500000, 4.500000, 6.363961), ('c', NULL, NULL, NULL, NULL);

-- test: aggregates_flink: types over DECIMAL(5, 2)
CREATE TABLE t (k STRING, x DECIMAL(5, 2));
CREATE MATERIALIZED VIEW v AS SELECT k, TYPEOF(SUM(x)) AS s, TYPEOF(AVG(x)) AS a, TYPEOF(MIN(x)) AS lo, TYPEOF(VAR_POP(x)) AS vp, TYPEOF(STDDEV_SAMP(x)) AS ss, TYPEOF(COUNT(x)) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT v ('a', 'DECIMAL(38, 2)', 'DECIMAL(38, 6)', 'DECIMAL(5, 2)', 'DECIMAL(38, 6)', 'DECIMAL(38, 6)', 'BIGINT NOT NULL');

-- test: aggregates_flink: DISTINCT over DECIMAL(5, 2)
CREATE TABLE t (k STRING, x DECIMAL(5, 2));
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(DISTINCT x) AS n, SUM(DISTINCT x) AS s, AVG(DISTINCT x) AS a, MIN(DISTINCT x) AS lo FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 3.00, 1.500000, 1.00), ('b', 2, -5.00, -2.500000, -7.00), ('c', 0, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2), ('a', 1);
STEP;
EXPECT v ('a', 1, 2.00, 2.000000, 2.00), ('b', 2, -5.00, -2.500000, -7.00), ('c', 0, NULL, NULL, NULL);
PUSH INTO t VALUES ('b', 9);
STEP;
EXPECT v ('a', 1, 2.00, 2.000000, 2.00), ('b', 3, 4.00, 1.333333, -7.00), ('c', 0, NULL, NULL, NULL);

-- test: aggregates_flink: FILTER over DECIMAL(5, 2)
CREATE TABLE t (k STRING, x DECIMAL(5, 2));
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(x) FILTER (WHERE x > 1) AS n, SUM(x) FILTER (WHERE x < 0) AS s, MAX(x) FILTER (WHERE k = 'b') AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 1, NULL, NULL), ('b', 2, -7.00, 2.00), ('c', 0, NULL, NULL);

-- test: aggregates_flink: COUNT, SUM, AVG, MIN, MAX of DECIMAL(20, 6)
CREATE TABLE t (k STRING, x DECIMAL(20, 6));
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, COUNT(x) AS c, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo, MAX(x) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 3, 2, 3.000000, 1.500000, 1.000000, 2.000000), ('b', 3, 3, -3.000000, -1.000000, -7.000000, 2.000000), ('c', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 1, 1.000000, 1.000000, 1.000000, 1.000000), ('b', 2, 2, -5.000000, -2.500000, -7.000000, 2.000000);
PUSH INTO t VALUES ('a', 5), ('c', 3);
STEP;
EXPECT v ('a', 3, 2, 6.000000, 3.000000, 1.000000, 5.000000), ('b', 2, 2, -5.000000, -2.500000, -7.000000, 2.000000), ('c', 1, 1, 3.000000, 3.000000, 3.000000, 3.000000);

-- test: aggregates_flink: variance and deviation of DECIMAL(20, 6)
CREATE TABLE t (k STRING, x DECIMAL(20, 6));
CREATE MATERIALIZED VIEW v AS SELECT k, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs, STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 0.250000, 0.500000, 0.500000, 0.707107), ('b', 18.000000, 27.000000, 4.242641, 5.196152), ('c', NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT v ('a', 0.250000, 0.500000, 0.500000, 0.707107), ('b', 20.250000, 40.500000, 4.500000, 6.363961), ('c', NULL, NULL, NULL, NULL);

-- test: aggregates_flink: types over DECIMAL(20, 6)
CREATE TABLE t (k STRING, x DECIMAL(20, 6));
CREATE MATERIALIZED VIEW v AS SELECT k, TYPEOF(SUM(x)) AS s, TYPEOF(AVG(x)) AS a, TYPEOF(MIN(x)) AS lo, TYPEOF(VAR_POP(x)) AS vp, TYPEOF(STDDEV_SAMP(x)) AS ss, TYPEOF(COUNT(x)) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT v ('a', 'DECIMAL(38, 6)', 'DECIMAL(38, 6)', 'DECIMAL(20, 6)', 'DECIMAL(38, 6)', 'DECIMAL(38, 6)', 'BIGINT NOT NULL');

-- test: aggregates_flink: DISTINCT over DECIMAL(20, 6)
CREATE TABLE t (k STRING, x DECIMAL(20, 6));
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(DISTINCT x) AS n, SUM(DISTINCT x) AS s, AVG(DISTINCT x) AS a, MIN(DISTINCT x) AS lo FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 3.000000, 1.500000, 1.000000), ('b', 2, -5.000000, -2.500000, -7.000000), ('c', 0, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2), ('a', 1);
STEP;
EXPECT v ('a', 1, 2.000000, 2.000000, 2.000000), ('b', 2, -5.000000, -2.500000, -7.000000), ('c', 0, NULL, NULL, NULL);
PUSH INTO t VALUES ('b', 9);
STEP;
EXPECT v ('a', 1, 2.000000, 2.000000, 2.000000), ('b', 3, 4.000000, 1.333333, -7.000000), ('c', 0, NULL, NULL, NULL);

-- test: aggregates_flink: FILTER over DECIMAL(20, 6)
CREATE TABLE t (k STRING, x DECIMAL(20, 6));
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(x) FILTER (WHERE x > 1) AS n, SUM(x) FILTER (WHERE x < 0) AS s, MAX(x) FILTER (WHERE k = 'b') AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 1, NULL, NULL), ('b', 2, -7.000000, 2.000000), ('c', 0, NULL, NULL);

-- test: aggregates_flink: COUNT, SUM, AVG, MIN, MAX of DECIMAL(38, 18)
CREATE TABLE t (k STRING, x DECIMAL(38, 18));
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(*) AS n, COUNT(x) AS c, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo, MAX(x) AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 3, 2, 3.000000000000000000, 1.500000000000000000, 1.000000000000000000, 2.000000000000000000), ('b', 3, 3, -3.000000000000000000, -1.000000000000000000, -7.000000000000000000, 2.000000000000000000), ('c', 1, 0, NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 1, 1.000000000000000000, 1.000000000000000000, 1.000000000000000000, 1.000000000000000000), ('b', 2, 2, -5.000000000000000000, -2.500000000000000000, -7.000000000000000000, 2.000000000000000000);
PUSH INTO t VALUES ('a', 5), ('c', 3);
STEP;
EXPECT v ('a', 3, 2, 6.000000000000000000, 3.000000000000000000, 1.000000000000000000, 5.000000000000000000), ('b', 2, 2, -5.000000000000000000, -2.500000000000000000, -7.000000000000000000, 2.000000000000000000), ('c', 1, 1, 3.000000000000000000, 3.000000000000000000, 3.000000000000000000, 3.000000000000000000);

-- test: aggregates_flink: variance and deviation of DECIMAL(38, 18)
CREATE TABLE t (k STRING, x DECIMAL(38, 18));
CREATE MATERIALIZED VIEW v AS SELECT k, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs, STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 0.250000000000000000, 0.500000000000000000, 0.500000000000000000, 0.707106781186547600), ('b', 18.000000000000000000, 27.000000000000000000, 4.242640687119285000, 5.196152422706632000), ('c', NULL, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2);
STEP;
EXPECT v ('a', 0.250000000000000000, 0.500000000000000000, 0.500000000000000000, 0.707106781186547600), ('b', 20.250000000000000000, 40.500000000000000000, 4.500000000000000000, 6.363961030678928000), ('c', NULL, NULL, NULL, NULL);

-- test: aggregates_flink: types over DECIMAL(38, 18)
CREATE TABLE t (k STRING, x DECIMAL(38, 18));
CREATE MATERIALIZED VIEW v AS SELECT k, TYPEOF(SUM(x)) AS s, TYPEOF(AVG(x)) AS a, TYPEOF(MIN(x)) AS lo, TYPEOF(VAR_POP(x)) AS vp, TYPEOF(STDDEV_SAMP(x)) AS ss, TYPEOF(COUNT(x)) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1);
STEP;
EXPECT v ('a', 'DECIMAL(38, 18)', 'DECIMAL(38, 18)', 'DECIMAL(38, 18)', 'DECIMAL(38, 18)', 'DECIMAL(38, 18)', 'BIGINT NOT NULL');

-- test: aggregates_flink: DISTINCT over DECIMAL(38, 18)
CREATE TABLE t (k STRING, x DECIMAL(38, 18));
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(DISTINCT x) AS n, SUM(DISTINCT x) AS s, AVG(DISTINCT x) AS a, MIN(DISTINCT x) AS lo FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 2, 3.000000000000000000, 1.500000000000000000, 1.000000000000000000), ('b', 2, -5.000000000000000000, -2.500000000000000000, -7.000000000000000000), ('c', 0, NULL, NULL, NULL);
PUSH DELETE FROM t VALUES ('b', 2), ('a', 1);
STEP;
EXPECT v ('a', 1, 2.000000000000000000, 2.000000000000000000, 2.000000000000000000), ('b', 2, -5.000000000000000000, -2.500000000000000000, -7.000000000000000000), ('c', 0, NULL, NULL, NULL);
PUSH INTO t VALUES ('b', 9);
STEP;
EXPECT v ('a', 1, 2.000000000000000000, 2.000000000000000000, 2.000000000000000000), ('b', 3, 4.000000000000000000, 1.333333333333333333, -7.000000000000000000), ('c', 0, NULL, NULL, NULL);

-- test: aggregates_flink: FILTER over DECIMAL(38, 18)
CREATE TABLE t (k STRING, x DECIMAL(38, 18));
CREATE MATERIALIZED VIEW v AS SELECT k, COUNT(x) FILTER (WHERE x > 1) AS n, SUM(x) FILTER (WHERE x < 0) AS s, MAX(x) FILTER (WHERE k = 'b') AS hi FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('a', NULL), ('b', -7), ('b', 2), ('b', 2), ('c', NULL);
STEP;
EXPECT v ('a', 1, NULL, NULL), ('b', 2, -7.000000000000000000, 2.000000000000000000), ('c', 0, NULL, NULL);

-- test: aggregates_flink: MIN, MAX and COUNT of STRING
CREATE TABLE t (k STRING, x STRING);
CREATE MATERIALIZED VIEW v AS SELECT k, MIN(x) AS lo, MAX(x) AS hi, COUNT(x) AS n, COUNT(DISTINCT x) AS d FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 'x'), ('a', ''), ('a', NULL), ('b', 'ä'), ('b', 'z'), ('b', 'Z'), ('c', NULL);
STEP;
EXPECT v ('a', '', 'x', 2, 2), ('b', 'Z', 'ä', 3, 3), ('c', NULL, NULL, 0, 0);
PUSH DELETE FROM t VALUES ('a', 'x');
STEP;
EXPECT v ('a', '', '', 1, 1), ('b', 'Z', 'ä', 3, 3), ('c', NULL, NULL, 0, 0);

-- test: aggregates_flink: MIN, MAX and COUNT of DATE
CREATE TABLE t (k STRING, x DATE);
CREATE MATERIALIZED VIEW v AS SELECT k, MIN(x) AS lo, MAX(x) AS hi, COUNT(x) AS n, COUNT(DISTINCT x) AS d FROM t GROUP BY k;
PUSH INTO t VALUES ('a', DATE '2024-02-29'), ('a', DATE '1969-12-31'), ('b', NULL);
STEP;
EXPECT v ('a', DATE '1969-12-31', DATE '2024-02-29', 2, 2), ('b', NULL, NULL, 0, 0);
PUSH DELETE FROM t VALUES ('a', DATE '2024-02-29');
STEP;
EXPECT v ('a', DATE '1969-12-31', DATE '1969-12-31', 1, 1), ('b', NULL, NULL, 0, 0);

-- test: aggregates_flink: MIN, MAX and COUNT of TIMESTAMP(3)
CREATE TABLE t (k STRING, x TIMESTAMP(3));
CREATE MATERIALIZED VIEW v AS SELECT k, MIN(x) AS lo, MAX(x) AS hi, COUNT(x) AS n, COUNT(DISTINCT x) AS d FROM t GROUP BY k;
PUSH INTO t VALUES ('a', TIMESTAMP '2024-02-29 12:00:00.5'), ('a', TIMESTAMP '1969-12-31 23:59:59.999'), ('b', NULL);
STEP;
EXPECT v ('a', TIMESTAMP '1969-12-31 23:59:59.999', TIMESTAMP '2024-02-29 12:00:00.500', 2, 2), ('b', NULL, NULL, 0, 0);
PUSH DELETE FROM t VALUES ('a', TIMESTAMP '2024-02-29 12:00:00.5');
STEP;
EXPECT v ('a', TIMESTAMP '1969-12-31 23:59:59.999', TIMESTAMP '1969-12-31 23:59:59.999', 1, 1), ('b', NULL, NULL, 0, 0);

-- test: aggregates_flink: MIN, MAX and COUNT of BOOLEAN
CREATE TABLE t (k STRING, x BOOLEAN);
CREATE MATERIALIZED VIEW v AS SELECT k, MIN(x) AS lo, MAX(x) AS hi, COUNT(x) AS n, COUNT(DISTINCT x) AS d FROM t GROUP BY k;
PUSH INTO t VALUES ('a', TRUE), ('a', FALSE), ('b', NULL);
STEP;
EXPECT v ('a', FALSE, TRUE, 2, 2), ('b', NULL, NULL, 0, 0);
PUSH DELETE FROM t VALUES ('a', TRUE);
STEP;
EXPECT v ('a', FALSE, FALSE, 1, 1), ('b', NULL, NULL, 0, 0);

-- test: aggregates_flink: MIN, MAX and COUNT of TIME
CREATE TABLE t (k STRING, x TIME);
CREATE MATERIALIZED VIEW v AS SELECT k, MIN(x) AS lo, MAX(x) AS hi, COUNT(x) AS n, COUNT(DISTINCT x) AS d FROM t GROUP BY k;
PUSH INTO t VALUES ('a', TIME '10:00:00'), ('a', TIME '09:59:59'), ('b', NULL);
STEP;
EXPECT v ('a', TIME '09:59:59', TIME '10:00:00', 2, 2), ('b', NULL, NULL, 0, 0);
PUSH DELETE FROM t VALUES ('a', TIME '10:00:00');
STEP;
EXPECT v ('a', TIME '09:59:59', TIME '09:59:59', 1, 1), ('b', NULL, NULL, 0, 0);

-- test: aggregates_flink: FIRST_VALUE and LAST_VALUE skip NULL
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, FIRST_VALUE(x) AS f, LAST_VALUE(x) AS l FROM t GROUP BY k;
PUSH INTO t VALUES ('a', NULL), ('a', 2), ('a', 3), ('a', NULL), ('b', NULL);
STEP;
EXPECT v ('a', 2, 3), ('b', NULL, NULL);
PUSH DELETE FROM t VALUES ('a', 2);
STEP;
EXPECT v ('a', 3, 3), ('b', NULL, NULL);

-- test: aggregates_flink: LISTAGG
CREATE TABLE t (k STRING, x STRING);
CREATE MATERIALIZED VIEW v AS SELECT k, LISTAGG(x) AS a, LISTAGG(x, '; ') AS b, LISTAGG(DISTINCT x) AS c FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 'x'), ('a', NULL), ('a', 'y'), ('a', 'x'), ('b', NULL), ('b', '');
STEP;
EXPECT v ('a', 'x,y,x', 'x; y; x', 'x,y'), ('b', '', '', '');

-- test: aggregates_flink: ARRAY_AGG
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, ARRAY_AGG(x) AS a FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', NULL), ('a', 1), ('b', NULL);
STEP;
EXPECT v ('a', ARRAY[1, NULL, 1]), ('b', ARRAY[NULL]);

-- test: aggregates_flink: JSON_ARRAYAGG and JSON_OBJECTAGG
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT JSON_ARRAYAGG(x) AS a, JSON_ARRAYAGG(x NULL ON NULL) AS b, JSON_OBJECTAGG(KEY k VALUE x) AS c, JSON_OBJECTAGG(KEY k VALUE x ABSENT ON NULL) AS d FROM t;
PUSH INTO t VALUES ('a', 1), ('b', NULL), ('c', 3);
STEP;
EXPECT v ('[1,3]', '[1,null,3]', '{"a":1,"b":null,"c":3}', '{"a":1,"c":3}');

-- test: aggregates_flink: SUM of integers over the type wraps
CREATE TABLE t (k STRING, x DECIMAL(38, 0));
CREATE MATERIALIZED VIEW v AS SELECT k, SUM(x) AS s, AVG(x) AS a FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 10), ('a', 3);
STEP;
EXPECT v ('a', 13, 6.500000);

-- test: aggregates_flink: AVG of negative integers truncates toward zero
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, AVG(x) AS a FROM t GROUP BY k;
PUSH INTO t VALUES ('a', -1), ('a', -2), ('b', -7), ('b', 2), ('c', 1), ('c', -2);
STEP;
EXPECT v ('a', -1), ('b', -2), ('c', 0);

-- test: aggregates_flink: AVG of decimals rounds half up
CREATE TABLE t (k STRING, x DECIMAL(10, 2));
CREATE MATERIALIZED VIEW v AS SELECT k, AVG(x) AS a FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1.00), ('a', 1.00), ('a', 2.00), ('b', -1.00), ('b', -1.00), ('b', -2.00), ('c', 0.01), ('c', 0.02);
STEP;
EXPECT v ('a', 1.333333), ('b', -1.333333), ('c', 0.015000);

-- test: aggregates_flink: a global aggregate over rows that come
CREATE TABLE t (x INT);
CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n, SUM(x) AS s, AVG(x) AS a, MIN(x) AS lo FROM t;
PUSH INTO t VALUES (1), (NULL), (4);
STEP;
EXPECT v (3, 5, 2, 1);

-- test: aggregates_flink: groups of NULL, of FALSE and of the empty text
CREATE TABLE t (k STRING, b BOOLEAN, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, b, COUNT(*) AS n FROM t GROUP BY k, b;
PUSH INTO t VALUES (NULL, NULL, 1), (NULL, NULL, 2), ('', FALSE, 3), ('', NULL, 4), (NULL, FALSE, 5);
STEP;
EXPECT v ('', FALSE, 1), ('', NULL, 1), (NULL, FALSE, 1), (NULL, NULL, 2);

-- test: aggregates_flink: HAVING over several aggregates
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, SUM(x) AS s FROM t GROUP BY k HAVING COUNT(*) > 1 AND MAX(x) < 10;
PUSH INTO t VALUES ('a', 1), ('a', 2), ('b', 1), ('c', 10), ('c', 1);
STEP;
EXPECT v ('a', 3);
PUSH DELETE FROM t VALUES ('a', 2);
STEP;
EXPECT v ();
PUSH INTO t VALUES ('b', 3);
STEP;
EXPECT v ('b', 4);

-- test: aggregates_flink: expressions of aggregates
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT k, SUM(x) * 2 + COUNT(*) AS e, MAX(x) - MIN(x) AS r, SUM(x * x) AS q, CAST(SUM(x) AS DOUBLE) / COUNT(x) AS m FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 4), ('b', 7);
STEP;
EXPECT v ('a', 12, 3, 17, 2.5), ('b', 15, 0, 49, 7.0);

-- test: aggregates_flink: SELECT DISTINCT
CREATE TABLE t (k STRING, x INT);
CREATE MATERIALIZED VIEW v AS SELECT DISTINCT k, x FROM t;
PUSH INTO t VALUES ('a', 1), ('a', 1), (NULL, 1), (NULL, 1), ('a', NULL);
STEP;
EXPECT v ('a', 1), ('a', NULL), (NULL, 1);
PUSH DELETE FROM t VALUES ('a', 1);
STEP;
EXPECT v ('a', 1), ('a', NULL), (NULL, 1);
