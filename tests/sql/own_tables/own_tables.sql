-- test: INSERT, UPDATE and DELETE flow into views
CREATE TABLE t (id INT, k STRING, v INT, PRIMARY KEY (id));
CREATE MATERIALIZED VIEW m AS SELECT k, SUM(v) AS s FROM t GROUP BY k;
INSERT INTO t VALUES (1, 'a', 10), (2, 'b', 20);
EXPECT m ('a', 10), ('b', 20);
UPDATE t SET v = v + 1, k = 'b' WHERE id = 1;
EXPECT t (1, 'b', 11), (2, 'b', 20);
EXPECT m ('b', 31);
DELETE FROM t WHERE v > 15;
EXPECT m ('b', 11);

-- test: the primary key and NOT NULL are enforced
CREATE TABLE t (id INT, v INT NOT NULL, PRIMARY KEY (id));
INSERT INTO t VALUES (1, 1);
EXPECT ERROR 'W1208';
INSERT INTO t VALUES (1, 2);
EXPECT ERROR 'W1207';
INSERT INTO t VALUES (2, NULL);
EXPECT ERROR 'W1207';
INSERT INTO t VALUES (NULL, 1);
EXPECT t (1, 1);

-- test: a list of columns, the others are NULL
CREATE TABLE t (a INT, b STRING, c INT);
INSERT INTO t (c, a) VALUES (3, 1);
EXPECT t (1, NULL, 3);
EXPECT ERROR 'W1307';
INSERT INTO t VALUES (1, 'x');

-- test: TRUNCATE empties the table and its views
CREATE TABLE t (a INT);
CREATE MATERIALIZED VIEW m AS SELECT COUNT(*) AS n FROM t;
INSERT INTO t VALUES (1), (2);
EXPECT m (2);
TRUNCATE TABLE t;
EXPECT t ();
EXPECT m (0);

-- test: INSERT of a query over own tables
CREATE TABLE t (a INT);
CREATE TABLE u (a INT);
INSERT INTO t VALUES (1), (2), (3);
CREATE MATERIALIZED VIEW m AS SELECT a FROM t WHERE a > 1;
EXPECT (SELECT COUNT(*), SUM(a) FROM m) (2, 5);

-- test: a table lives through a crash
CREATE TABLE t (a INT);
INSERT INTO t VALUES (1);
CRASH;
INSERT INTO t VALUES (2);
CRASH;
EXPECT t (1), (2);

-- test: a statement that changes a table reads own tables only
CREATE TABLE t (a INT);
CREATE TABLE o (a INT);
CREATE MATERIALIZED VIEW v AS SELECT a FROM t;
INSERT INTO t VALUES (1), (2);
INSERT INTO o SELECT a + 10 FROM t;
EXPECT o (11), (12);
EXPECT ERROR 'W1301' LIKE '%cannot read "v" yet%';
INSERT INTO o SELECT a FROM v;

-- test: UPDATE and DELETE of a table without a key: equal rows, rows that become others, each once
CREATE TABLE t (a INT, b STRING);
CREATE MATERIALIZED VIEW m AS SELECT a, COUNT(*) AS n FROM t GROUP BY a;
INSERT INTO t VALUES (1, 'x'), (1, 'x'), (2, 'x'), (3, NULL), (3, NULL);
UPDATE t SET a = a + 1;
EXPECT t (2, 'x'), (2, 'x'), (3, 'x'), (4, NULL), (4, NULL);
EXPECT m (2, 2), (3, 1), (4, 2);
DELETE FROM t WHERE b IS NULL;
EXPECT t (2, 'x'), (2, 'x'), (3, 'x');
EXPECT m (2, 2), (3, 1);
DELETE FROM t;
EXPECT t ();
EXPECT m ();
