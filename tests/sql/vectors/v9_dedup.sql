-- test: V9 keep last by processing time
CREATE TABLE t (k STRING, v INT, p AS PROCTIME());
CREATE TABLE out (k STRING, v INT) WITH ('connector' = 'print');
INSERT INTO out SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p DESC) AS rn FROM t) WHERE rn = 1;
PUSH INTO t VALUES ('k', 1);
STEP;
EXPECT CHANGELOG out +I('k', 1);
PUSH INTO t VALUES ('k', 2);
STEP;
EXPECT CHANGELOG out -U('k', 1), +U('k', 2);

-- test: V9 keep first by processing time only appends
CREATE TABLE t (k STRING, v INT, p AS PROCTIME());
CREATE TABLE out (k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
INSERT INTO out SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY p ASC) AS rn FROM t) WHERE rn = 1;
PUSH INTO t VALUES ('k', 1), ('k', 2);
STEP;
EXPECT CHANGELOG out +I('k', 1);
