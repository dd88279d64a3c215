-- test: PostgreSQL's names of functions are Flink's functions
EXPECT (SELECT POW(2, 3), TRUNC(2.567, 1), NVL(CAST(NULL AS INT), 4), STRING_TO_ARRAY('a,b', ','), TO_HEX(255), STARTS_WITH('abc', 'ab'))
  (8.0, 2.5, 4, ARRAY['a', 'b'], 'FF', TRUE);
EXPECT (SELECT DATE_PART('year', TIMESTAMP '2024-05-06 00:00:00'), EXTRACT(epoch FROM TIMESTAMP '1970-01-02 00:00:00'))
  (2024, 86400);
EXPECT (SELECT date_trunc('hour', TIMESTAMP '2024-05-06 07:08:09'), to_char(TIMESTAMP '2024-05-06 07:08:09', 'YYYY-MM-DD'), split_part('a-b-c', '-', 2), length('abc'), REGEXP_LIKE('abc', 'b'))
  (TIMESTAMP '2024-05-06 07:00:00', '2024-05-06', 'b', 3, TRUE);
EXPECT (SELECT STRING_AGG(x, ';' ORDER BY x) FROM (VALUES ('b'), ('a')) AS t (x)) ('a;b');

-- test: another name with wrong arguments shows the form
EXPECT ERROR 'W1104' LIKE '%function "POWER" does not take 1 argument%';
SELECT POW(2);

-- test: GENERATE_SERIES of integers, downward and of times
EXPECT (SELECT x FROM GENERATE_SERIES(1, 6, 2) AS x) (1), (3), (5);
EXPECT (SELECT x FROM GENERATE_SERIES(3, 1, -1) AS x) (3), (2), (1);
EXPECT (SELECT COUNT(*) FROM GENERATE_SERIES(3, 1) AS x) (0);
EXPECT (SELECT ts FROM GENERATE_SERIES(TIMESTAMP '2024-01-31 00:00:00', TIMESTAMP '2024-03-31 00:00:00', INTERVAL '1' MONTH) AS t (ts))
  (TIMESTAMP '2024-01-31 00:00:00'), (TIMESTAMP '2024-02-29 00:00:00'), (TIMESTAMP '2024-03-31 00:00:00');
EXPECT (SELECT MAX(x) FROM GENERATE_SERIES(9223372036854775806, 9223372036854775807) AS x) (9223372036854775807);
EXPECT ERROR 'W1206' LIKE '%must not be 0%';
SELECT * FROM GENERATE_SERIES(1, 5, 0) AS x;
EXPECT ERROR 'W1206' LIKE '%at most 1000000%';
SELECT * FROM GENERATE_SERIES(1, 5000000) AS x;

-- test: addresses as numbers
EXPECT (SELECT INET_ATON('192.168.0.1'), INET_NTOA(3232235521), INET_ATON('1.2'), INET_ATON('1.2.3.400'), INET_ATON('1.'), INET_NTOA(-1))
  (3232235521, '192.168.0.1', 16777218, NULL, NULL, NULL);
EXPECT (SELECT URL_DECODE_RECURSIVE('a%252520b'), URL_DECODE_RECURSIVE('100%'), URL_DECODE_RECURSIVE('%2541%25')) ('a b', NULL, '%41%');

-- test: names of strings, arrays, the session and random values that PostgreSQL knows too
EXPECT (SELECT BTRIM('  x '), BTRIM('xyxay', 'xy'), OCTET_LENGTH('é'), STRPOS('abcb', 'b'), STRPOS('abc', 'z')) ('x', 'a', 2, 2, 0);
EXPECT (SELECT ARRAY_CAT(ARRAY[1], ARRAY[2, NULL]), CARDINALITY(ARRAY_CAT(ARRAY[1, 2], ARRAY[3]))) (ARRAY[1, 2, NULL], 3);
EXPECT (SELECT CEILING(1.2), CEILING(-1.2), CEILING(CAST(2 AS DOUBLE))) (2, -1, 2.0);
EXPECT (SELECT CURRENT_DATABASE(), CURRENT_SCHEMA, CURRENT_USER) ('default_database', 'public', 'weir');
EXPECT (SELECT CHAR_LENGTH(GEN_RANDOM_UUID()), GEN_RANDOM_UUID() = GEN_RANDOM_UUID()) (36, FALSE);
EXPECT (SELECT CLOCK_TIMESTAMP() = NOW(), CURRENT_ROW_TIMESTAMP() = NOW(), LOCALTIME = CAST(LOCALTIMESTAMP AS TIME)) (TRUE, TRUE, TRUE);

-- test: the key of a view over groups may be NULL, and says so
CREATE TABLE t (id INT PRIMARY KEY, k STRING);
CREATE MATERIALIZED VIEW m AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;
INSERT INTO t VALUES (1, NULL);
STEP;
EXPECT m (NULL, 1);
EXPECT (SELECT table_name, column_name, is_nullable FROM information_schema.columns WHERE table_name IN ('t', 'm')) ('t', 'id', 'NO'), ('t', 'k', 'YES'), ('m', 'k', 'YES'), ('m', 'n', 'NO');
EXPECT (SELECT a.attname, a.attnotnull FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relname IN ('t', 'm')) ('id', TRUE), ('k', FALSE), ('k', FALSE), ('n', TRUE);

-- test: CURRENT_DATABASE in a view
CREATE TABLE t (a INT);
CREATE MATERIALIZED VIEW m AS SELECT a, CURRENT_DATABASE() AS d FROM t;
INSERT INTO t VALUES (1);
STEP;
EXPECT m (1, 'default_database');
INSERT INTO t SELECT CHAR_LENGTH(CURRENT_DATABASE()) AS n;
STEP;
EXPECT m (1, 'default_database'), (16, 'default_database');
