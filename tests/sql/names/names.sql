-- test: an exact name wins, else a unique one in any case
CREATE TABLE t (Id INT, id INT, Name STRING);
INSERT INTO t VALUES (1, 2, 'x');
EXPECT (SELECT Id, id, NAME FROM t) (1, 2, 'x');
EXPECT ERROR 'W1103';
SELECT ID FROM t;

-- test: backticks and double quotes both quote names
CREATE TABLE `my table` (`a b` INT, "c d" INT);
INSERT INTO `my table` VALUES (1, 2);
EXPECT (SELECT `a b`, "c d" FROM "my table") (1, 2);

-- test: unnamed columns are EXPR$0, EXPR$1
EXPECT (SELECT EXPR$0 + EXPR$1 FROM (SELECT 1 + 1, 2 + 3)) (7);

-- test: words that Flink reserves may stay unquoted
CREATE TABLE t (user STRING, value INT, `timestamp` INT);
INSERT INTO t VALUES ('u', 1, 2);
EXPECT (SELECT user, value, t.`timestamp` FROM t) ('u', 1, 2);

-- test: an unknown column names the nearest one
CREATE TABLE t (amount INT);
EXPECT ERROR 'W1102' LIKE '%amount%';
SELECT amuont FROM t;

-- test: an unknown table, function and setting name the nearest one
CREATE TABLE orders (a INT);
EXPECT ERROR 'W1101' LIKE '%orders%';
SELECT * FROM oders;
EXPECT ERROR 'W1104' LIKE '%UPPER%';
SELECT UPER('a');
EXPECT ERROR 'W1401';
SET 'table.local-time-zon' = 'UTC';

-- test: an ambiguous column
CREATE TABLE a (x INT);
CREATE TABLE b (x INT);
EXPECT ERROR 'W1103';
SELECT x FROM a, b;

-- test: an alias hides the table's name
CREATE TABLE a (x INT);
INSERT INTO a VALUES (1);
EXPECT (SELECT q.x FROM a AS q) (1);
EXPECT ERROR 'W1102';
SELECT a.x FROM a AS q;

-- test: a list of aliases renames columns
EXPECT (SELECT p + q FROM (VALUES (1, 2), (3, 4)) AS t(p, q)) (3), (7);
