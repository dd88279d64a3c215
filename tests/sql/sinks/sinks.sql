-- test: an upsert sink sees the last of each key, and deletes
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 's');
INSERT INTO s SELECT k, COUNT(*) FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('b', 1), ('a', 2);
STEP;
EXPECT s ('a', 2), ('b', 1);
PUSH DELETE FROM t VALUES ('b', 1);
STEP;
EXPECT s ('a', 2);

-- test: an upsert sink gets no -U
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 's');
INSERT INTO s SELECT k, COUNT(*) FROM t GROUP BY k;
PUSH INTO t VALUES ('a', 1), ('a', 2);
PUSH DELETE FROM t VALUES ('a', 1), ('a', 2);
STEP;
EXPECT CHANGELOG s +I('a', 1), +U('a', 2), +U('a', 1), -D('a', 1);

-- test: appended rows of one key: the last wins
CREATE TABLE t (k STRING, v BIGINT);
CREATE TABLE s (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 's');
INSERT INTO s SELECT k, v FROM t;
PUSH INTO t VALUES ('a', 1), ('b', 5), ('a', 2);
STEP;
EXPECT s ('a', 2), ('b', 5);

-- test: a sink that only appends refuses updates, with the operator that makes them
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (k STRING, n BIGINT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json');
EXPECT ERROR 'W1303' LIKE '%s%';
INSERT INTO s SELECT k, COUNT(*) FROM t GROUP BY k;

-- test: columns match by position, the number and types must fit
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (a STRING, b BIGINT) WITH ('connector' = 'print');
EXPECT ERROR 'W1307';
INSERT INTO s SELECT k FROM t;
EXPECT ERROR 'W1307';
INSERT INTO s SELECT v, k FROM t;
INSERT INTO s SELECT k AS b, v AS a FROM t;
PUSH INTO t VALUES ('x', 1);
STEP;
EXPECT s ('x', 1);

-- test: INSERT with a list of columns
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (a STRING, b BIGINT, c INT) WITH ('connector' = 'print');
INSERT INTO s (b, a) SELECT v, k FROM t;
PUSH INTO t VALUES ('x', 1);
STEP;
EXPECT s ('x', 1, NULL);

-- test: a statement set feeds two sinks from one source
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (k STRING) WITH ('connector' = 'print');
CREATE TABLE u (v INT) WITH ('connector' = 'print');
EXECUTE STATEMENT SET BEGIN
INSERT INTO s SELECT k FROM t;
INSERT INTO u SELECT SUM(v) FROM t;
END;
PUSH INTO t VALUES ('x', 1), ('y', 2);
STEP;
EXPECT s ('x'), ('y');
EXPECT u (3);

-- test: a retracting sink takes rows back
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (k STRING, v INT) WITH ('connector' = 'print');
INSERT INTO s SELECT k, v FROM t;
PUSH INTO t VALUES ('a', 1), ('a', 1), ('b', 2);
PUSH DELETE FROM t VALUES ('a', 1);
STEP;
EXPECT s ('a', 1), ('b', 2);

-- test: rows sent before a crash are not sent again
CREATE TABLE t (k STRING, v INT);
CREATE TABLE s (k STRING) WITH ('connector' = 'print');
INSERT INTO s SELECT k FROM t;
PUSH INTO t VALUES ('a', 1);
STEP;
CHECKPOINT;
CRASH;
PUSH INTO t VALUES ('b', 1);
STEP;
CRASH;
EXPECT s ('a'), ('b');
