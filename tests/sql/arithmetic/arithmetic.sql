-- test: integer division truncates toward zero, the remainder has the sign of the dividend
CREATE TABLE t (a INT, b INT);
INSERT INTO t VALUES (7, 2), (-7, 2), (7, -2), (-7, -2);
EXPECT (SELECT a, b, a / b, a % b, MOD(a, b) FROM t) (7, 2, 3, 1, 1), (-7, 2, -3, -1, -1), (7, -2, -3, 1, 1), (-7, -2, 3, -1, -1);

-- test: division of an integer by zero is an error, NULLIF avoids it
CREATE TABLE t (a INT, b INT);
INSERT INTO t VALUES (7, 0);
EXPECT ERROR 'W1204';
SELECT a / b FROM t;
EXPECT ERROR 'W1204';
SELECT a % b FROM t;
EXPECT (SELECT a / NULLIF(b, 0) FROM t) (NULL);

-- test: a double divided by zero is infinite or not a number
CREATE TABLE t (a DOUBLE, b DOUBLE);
INSERT INTO t VALUES (1, 0), (-1, 0), (0, 0);
EXPECT (SELECT CAST(a / b AS STRING) FROM t) ('Infinity'), ('-Infinity'), ('NaN');

-- test: the result of mixed integers is the wider type
EXPECT (SELECT TYPEOF(CAST(1 AS TINYINT) + CAST(1 AS SMALLINT)), TYPEOF(1 + CAST(1 AS BIGINT)), TYPEOF(CAST(1 AS SMALLINT) * 1))
  ('SMALLINT NOT NULL', 'BIGINT NOT NULL', 'INT NOT NULL');

-- test: anything with FLOAT or DOUBLE is DOUBLE
EXPECT (SELECT TYPEOF(1 + CAST(1 AS DOUBLE)), TYPEOF(1.5 * CAST(1 AS DOUBLE)), TYPEOF(CAST(1 AS FLOAT) + CAST(1 AS DOUBLE)))
  ('DOUBLE NOT NULL', 'DOUBLE NOT NULL', 'DOUBLE NOT NULL');

-- test: DECIMAL result types
EXPECT (SELECT TYPEOF(CAST(1 AS DECIMAL(10, 2)) + CAST(1 AS DECIMAL(8, 4))), TYPEOF(CAST(1 AS DECIMAL(10, 2)) - 1),
  TYPEOF(CAST(1 AS DECIMAL(5, 2)) * CAST(1 AS DECIMAL(4, 1))), TYPEOF(CAST(1 AS DECIMAL(10, 2)) % CAST(1 AS DECIMAL(5, 3))))
  ('DECIMAL(13, 4) NOT NULL', 'DECIMAL(13, 2) NOT NULL', 'DECIMAL(10, 3) NOT NULL', 'DECIMAL(5, 3) NOT NULL');

-- test: DECIMAL division keeps at least six digits
EXPECT (SELECT CAST(10 AS DECIMAL(4, 2)) / CAST(3 AS DECIMAL(4, 2))) (3.3333333);
EXPECT (SELECT TYPEOF(CAST(10 AS DECIMAL(4, 2)) / CAST(3 AS DECIMAL(4, 2)))) ('DECIMAL(11, 7) NOT NULL');

-- test: DECIMAL overflow is NULL
CREATE TABLE t (a DECIMAL(38, 0));
INSERT INTO t VALUES (99999999999999999999999999999999999999);
EXPECT (SELECT a + a FROM t) (NULL);

-- test: overflow of each integer type is an error
CREATE TABLE t (a TINYINT, b SMALLINT, c INT, d BIGINT);
INSERT INTO t VALUES (127, 32767, 2147483647, 9223372036854775807);
EXPECT ERROR 'W1203';
SELECT c + 1 FROM t;
EXPECT ERROR 'W1203';
SELECT d + 1 FROM t;
EXPECT ERROR 'W1203';
SELECT d * 2 FROM t;
EXPECT ERROR 'W1203';
SELECT -c - 2 FROM t;
EXPECT (SELECT a + 1, b + 1 FROM t) (128, 32768);

-- test: with Flink's arithmetic integers wrap
SET 'weir.arithmetic' = 'flink';
CREATE TABLE t (c INT, d BIGINT);
INSERT INTO t VALUES (2147483647, 9223372036854775807);
EXPECT (SELECT c + 1, d + 1, c * 2, d * 2 FROM t) (-2147483648, CAST('-9223372036854775808' AS BIGINT), -2, -2);

-- test: ROUND, TRUNCATE, FLOOR, CEIL
CREATE TABLE t (x DECIMAL(10, 3), d DOUBLE);
INSERT INTO t VALUES (2.345, 2.5), (-2.345, -2.5);
EXPECT (SELECT ROUND(x, 2), ROUND(x), TRUNCATE(x, 1), FLOOR(x), CEIL(x) FROM t) (2.35, 2, 2.3, 2, 3), (-2.35, -2, -2.3, -3, -2);
EXPECT (SELECT ROUND(d, 0), FLOOR(d), CEIL(d) FROM t) (3, 2, 3), (-3, -3, -2);
EXPECT (SELECT TYPEOF(ROUND(CAST(1 AS DECIMAL(10, 3)), 1))) ('DECIMAL(9, 1) NOT NULL');

-- test: SIGN, ABS, POWER, SQRT, EXP, LN
CREATE TABLE t (x INT, d DOUBLE);
INSERT INTO t VALUES (-4, 4);
EXPECT (SELECT SIGN(x), ABS(x), POWER(x, 2), SQRT(d), EXP(0), LN(1), LOG10(100), LOG2(8), LOG(2, 8) FROM t) (-1, 4, 16, 2, 1, 0, 2, 3, 3);

-- test: unary minus and plus
CREATE TABLE t (x INT, y DECIMAL(4, 1));
INSERT INTO t VALUES (3, 1.5), (NULL, NULL);
EXPECT (SELECT -x, +x, - -x, -y FROM t) (-3, 3, 3, -1.5), (NULL, NULL, NULL, NULL);

-- test: BIN, HEX, UNHEX
EXPECT (SELECT BIN(10), HEX(255), HEX('ab'), CAST(UNHEX('6162') AS STRING)) ('1010', 'FF', '6162', 'ab');
