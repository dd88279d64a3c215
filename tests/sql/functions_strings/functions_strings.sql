-- test: functions_strings: UPPER
EXPECT (SELECT UPPER('hello'), UPPER('grün'), UPPER(''), UPPER(' a b '), UPPER(CAST(NULL AS STRING)), UPPER('日本語'), UPPER('hELLO wORLD-foo bar_x'), UPPER('ß'), UPPER('12'))
  ('HELLO', 'GRÜN', '', ' A B ', NULL, '日本語', 'HELLO WORLD-FOO BAR_X', 'SS', '12');
EXPECT (SELECT UPPER('aGVsbG8='), UPPER('a+b%20c'))
  ('AGVSBG8=', 'A+B%20C');

-- test: functions_strings: LOWER
EXPECT (SELECT LOWER('hello'), LOWER('grün'), LOWER(''), LOWER(' a b '), LOWER(CAST(NULL AS STRING)), LOWER('日本語'), LOWER('hELLO wORLD-foo bar_x'), LOWER('ß'), LOWER('12'))
  ('hello', 'grün', '', ' a b ', NULL, '日本語', 'hello world-foo bar_x', 'ß', '12');
EXPECT (SELECT LOWER('aGVsbG8='), LOWER('a+b%20c'))
  ('agvsbg8=', 'a+b%20c');

-- test: functions_strings: INITCAP
EXPECT (SELECT INITCAP('hello'), INITCAP('grün'), INITCAP(''), INITCAP(' a b '), INITCAP(CAST(NULL AS STRING)), INITCAP('日本語'), INITCAP('hELLO wORLD-foo bar_x'), INITCAP('ß'))
  ('Hello', 'GrüN', '', ' A B ', NULL, '日本語', 'Hello World-Foo Bar_X', 'ß');
EXPECT (SELECT INITCAP('12'), INITCAP('aGVsbG8='), INITCAP('a+b%20c'))
  ('12', 'Agvsbg8=', 'A+B%20c');

-- test: functions_strings: REVERSE
EXPECT (SELECT REVERSE('hello'), REVERSE('grün'), REVERSE(''), REVERSE(' a b '), REVERSE(CAST(NULL AS STRING)), REVERSE('日本語'), REVERSE('hELLO wORLD-foo bar_x'), REVERSE('ß'))
  ('olleh', 'nürg', '', ' b a ', NULL, '語本日', 'x_rab oof-DLROw OLLEh', 'ß');
EXPECT (SELECT REVERSE('12'), REVERSE('aGVsbG8='), REVERSE('a+b%20c'))
  ('21', '=8GbsVGa', 'c02%b+a');

-- test: functions_strings: CHAR_LENGTH
EXPECT (SELECT CHAR_LENGTH('hello'), CHAR_LENGTH('grün'), CHAR_LENGTH(''), CHAR_LENGTH(' a b '), CHAR_LENGTH(CAST(NULL AS STRING)), CHAR_LENGTH('日本語'))
  (5, 4, 0, 5, NULL, 3);
EXPECT (SELECT CHAR_LENGTH('hELLO wORLD-foo bar_x'), CHAR_LENGTH('ß'), CHAR_LENGTH('12'), CHAR_LENGTH('aGVsbG8='), CHAR_LENGTH('a+b%20c'))
  (21, 1, 2, 8, 7);

-- test: functions_strings: CHARACTER_LENGTH
EXPECT (SELECT CHARACTER_LENGTH('hello'), CHARACTER_LENGTH('grün'), CHARACTER_LENGTH(''), CHARACTER_LENGTH(' a b '), CHARACTER_LENGTH(CAST(NULL AS STRING)))
  (5, 4, 0, 5, NULL);
EXPECT (SELECT CHARACTER_LENGTH('日本語'), CHARACTER_LENGTH('hELLO wORLD-foo bar_x'), CHARACTER_LENGTH('ß'), CHARACTER_LENGTH('12'), CHARACTER_LENGTH('aGVsbG8='))
  (3, 21, 1, 2, 8);
EXPECT (SELECT CHARACTER_LENGTH('a+b%20c'))
  (7);

-- test: functions_strings: TRIM
EXPECT (SELECT TRIM('hello'), TRIM('grün'), TRIM(''), TRIM(' a b '), TRIM(CAST(NULL AS STRING)), TRIM('日本語'), TRIM('hELLO wORLD-foo bar_x'), TRIM('ß'), TRIM('12'), TRIM('aGVsbG8='))
  ('hello', 'grün', '', 'a b', NULL, '日本語', 'hELLO wORLD-foo bar_x', 'ß', '12', 'aGVsbG8=');
EXPECT (SELECT TRIM('a+b%20c'))
  ('a+b%20c');

-- test: functions_strings: LTRIM
EXPECT (SELECT LTRIM('hello'), LTRIM('grün'), LTRIM(''), LTRIM(' a b '), LTRIM(CAST(NULL AS STRING)), LTRIM('日本語'), LTRIM('hELLO wORLD-foo bar_x'), LTRIM('ß'), LTRIM('12'))
  ('hello', 'grün', '', 'a b ', NULL, '日本語', 'hELLO wORLD-foo bar_x', 'ß', '12');
EXPECT (SELECT LTRIM('aGVsbG8='), LTRIM('a+b%20c'))
  ('aGVsbG8=', 'a+b%20c');

-- test: functions_strings: RTRIM
EXPECT (SELECT RTRIM('hello'), RTRIM('grün'), RTRIM(''), RTRIM(' a b '), RTRIM(CAST(NULL AS STRING)), RTRIM('日本語'), RTRIM('hELLO wORLD-foo bar_x'), RTRIM('ß'), RTRIM('12'))
  ('hello', 'grün', '', ' a b', NULL, '日本語', 'hELLO wORLD-foo bar_x', 'ß', '12');
EXPECT (SELECT RTRIM('aGVsbG8='), RTRIM('a+b%20c'))
  ('aGVsbG8=', 'a+b%20c');

-- test: functions_strings: ASCII
EXPECT (SELECT ASCII('hello'), ASCII('grün'), ASCII(''), ASCII(' a b '), ASCII(CAST(NULL AS STRING)), ASCII('日本語'), ASCII('hELLO wORLD-foo bar_x'), ASCII('ß'), ASCII('12'))
  (104, 103, 0, 32, NULL, -26, 104, -61, 49);
EXPECT (SELECT ASCII('aGVsbG8='), ASCII('a+b%20c'))
  (97, 97);

-- test: functions_strings: TO_BASE64
EXPECT (SELECT TO_BASE64('hello'), TO_BASE64('grün'), TO_BASE64(''), TO_BASE64(' a b '), TO_BASE64(CAST(NULL AS STRING)), TO_BASE64('日本語'), TO_BASE64('hELLO wORLD-foo bar_x'))
  ('aGVsbG8=', 'Z3LDvG4=', '', 'IGEgYiA=', NULL, '5pel5pys6Kqe', 'aEVMTE8gd09STEQtZm9vIGJhcl94');
EXPECT (SELECT TO_BASE64('ß'), TO_BASE64('12'), TO_BASE64('aGVsbG8='), TO_BASE64('a+b%20c'))
  ('w58=', 'MTI=', 'YUdWc2JHOD0=', 'YStiJTIwYw==');

-- test: functions_strings: FROM_BASE64
EXPECT ERROR 'W1206';
SELECT FROM_BASE64('hello');
EXPECT ERROR 'W1206';
SELECT FROM_BASE64('grün');
EXPECT (SELECT FROM_BASE64(''))
  ('');
EXPECT ERROR 'W1206';
SELECT FROM_BASE64(' a b ');
EXPECT (SELECT FROM_BASE64(CAST(NULL AS STRING)))
  (NULL);
EXPECT ERROR 'W1206';
SELECT FROM_BASE64('日本語');
EXPECT ERROR 'W1206';
SELECT FROM_BASE64('hELLO wORLD-foo bar_x');
EXPECT ERROR 'W1206';
SELECT FROM_BASE64('ß');
EXPECT (SELECT FROM_BASE64('aGVsbG8='))
  ('hello');
EXPECT ERROR 'W1206';
SELECT FROM_BASE64('a+b%20c');

-- test: functions_strings: IS_ALPHA
EXPECT (SELECT IS_ALPHA('hello'), IS_ALPHA('grün'), IS_ALPHA(''), IS_ALPHA(' a b '), IS_ALPHA('日本語'), IS_ALPHA('hELLO wORLD-foo bar_x'), IS_ALPHA('ß'), IS_ALPHA('12'))
  (TRUE, TRUE, FALSE, FALSE, TRUE, FALSE, TRUE, FALSE);
EXPECT (SELECT IS_ALPHA('aGVsbG8='), IS_ALPHA('a+b%20c'))
  (FALSE, FALSE);

-- test: functions_strings: IS_DIGIT
EXPECT (SELECT IS_DIGIT('hello'), IS_DIGIT('grün'), IS_DIGIT(''), IS_DIGIT(' a b '), IS_DIGIT('日本語'), IS_DIGIT('hELLO wORLD-foo bar_x'), IS_DIGIT('ß'), IS_DIGIT('12'))
  (FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, TRUE);
EXPECT (SELECT IS_DIGIT('aGVsbG8='), IS_DIGIT('a+b%20c'))
  (FALSE, FALSE);

-- test: functions_strings: IS_DECIMAL
EXPECT (SELECT IS_DECIMAL('hello'), IS_DECIMAL('grün'), IS_DECIMAL(''), IS_DECIMAL(' a b '), IS_DECIMAL('日本語'), IS_DECIMAL('hELLO wORLD-foo bar_x'), IS_DECIMAL('ß'))
  (FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE);
EXPECT (SELECT IS_DECIMAL('12'), IS_DECIMAL('aGVsbG8='), IS_DECIMAL('a+b%20c'))
  (TRUE, FALSE, FALSE);

-- test: functions_strings: IS_ALPHA, IS_DIGIT, IS_DECIMAL edges
EXPECT (SELECT IS_ALPHA('1.5'), IS_ALPHA('-1'), IS_ALPHA('+1'), IS_ALPHA('1e5'), IS_ALPHA('.5'), IS_ALPHA('5.'), IS_ALPHA(' 5'), IS_ALPHA('ab1'), IS_ALPHA('a b'), IS_ALPHA('-'))
  (FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE);
EXPECT (SELECT IS_ALPHA('0x1F'), IS_ALPHA('1.2.3'), IS_ALPHA('NaN'), IS_ALPHA('1L'), IS_ALPHA('1f'), IS_DIGIT('1.5'), IS_DIGIT('-1'), IS_DIGIT('+1'), IS_DIGIT('1e5'), IS_DIGIT('.5'))
  (FALSE, FALSE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE);
EXPECT (SELECT IS_DIGIT('5.'), IS_DIGIT(' 5'), IS_DIGIT('ab1'), IS_DIGIT('a b'), IS_DIGIT('-'), IS_DIGIT('0x1F'), IS_DIGIT('1.2.3'), IS_DIGIT('NaN'), IS_DIGIT('1L'), IS_DIGIT('1f'))
  (FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE, FALSE);
EXPECT (SELECT IS_DECIMAL('1.5'), IS_DECIMAL('-1'), IS_DECIMAL('+1'), IS_DECIMAL('1e5'), IS_DECIMAL('.5'), IS_DECIMAL('5.'), IS_DECIMAL(' 5'), IS_DECIMAL('ab1'), IS_DECIMAL('a b'))
  (TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, FALSE, FALSE);
EXPECT (SELECT IS_DECIMAL('-'), IS_DECIMAL('0x1F'), IS_DECIMAL('1.2.3'), IS_DECIMAL('NaN'), IS_DECIMAL('1L'), IS_DECIMAL('1f'))
  (FALSE, FALSE, FALSE, TRUE, FALSE, TRUE);

-- test: functions_strings: INITCAP word borders
EXPECT (SELECT INITCAP('a-b c_d e.f 1g'), INITCAP('élan'), INITCAP('ABC'), INITCAP('a''b'), INITCAP('x' || U&'\0009' || 'y'))
  ('A-B C_D E.F 1g', 'éLan', 'Abc', 'A''B', U&'X\0009Y');

-- test: functions_strings: SUBSTRING at every border
EXPECT (SELECT SUBSTRING('hello', 1), SUBSTRING('hello', 1, 2), SUBSTRING('hello', 1, 0), SUBSTRING('hello', 1, -1), SUBSTRING('hello', 1, 100))
  ('hello', 'he', '', NULL, 'hello');
EXPECT (SELECT SUBSTRING('hello', 1, CAST(NULL AS INT)), SUBSTRING('hello', 1, 2147483647), SUBSTRING('hello', 2), SUBSTRING('hello', 2, 2), SUBSTRING('hello', 2, 0))
  (NULL, 'hello', 'ello', 'el', '');
EXPECT (SELECT SUBSTRING('hello', 2, -1), SUBSTRING('hello', 2, 100), SUBSTRING('hello', 2, CAST(NULL AS INT)), SUBSTRING('hello', 2, 2147483647), SUBSTRING('hello', 0))
  (NULL, 'ello', NULL, 'ello', 'hello');
EXPECT (SELECT SUBSTRING('hello', 0, 2), SUBSTRING('hello', 0, 0), SUBSTRING('hello', 0, -1), SUBSTRING('hello', 0, 100), SUBSTRING('hello', 0, CAST(NULL AS INT)))
  ('he', '', NULL, 'hello', NULL);
EXPECT (SELECT SUBSTRING('hello', 0, 2147483647), SUBSTRING('hello', -1), SUBSTRING('hello', -1, 2), SUBSTRING('hello', -1, 0), SUBSTRING('hello', -1, -1))
  ('hello', 'o', 'o', '', NULL);
EXPECT (SELECT SUBSTRING('hello', -1, 100), SUBSTRING('hello', -1, CAST(NULL AS INT)), SUBSTRING('hello', -1, 2147483647), SUBSTRING('hello', -3), SUBSTRING('hello', -3, 2))
  ('o', NULL, 'o', 'llo', 'll');
EXPECT (SELECT SUBSTRING('hello', -3, 0), SUBSTRING('hello', -3, -1), SUBSTRING('hello', -3, 100), SUBSTRING('hello', -3, CAST(NULL AS INT)))
  ('', NULL, 'llo', NULL);
EXPECT (SELECT SUBSTRING('hello', -3, 2147483647), SUBSTRING('hello', -10), SUBSTRING('hello', -10, 2), SUBSTRING('hello', -10, 0), SUBSTRING('hello', -10, -1))
  ('llo', '', '', '', NULL);
EXPECT (SELECT SUBSTRING('hello', -10, 100), SUBSTRING('hello', -10, CAST(NULL AS INT)), SUBSTRING('hello', -10, 2147483647), SUBSTRING('hello', 6), SUBSTRING('hello', 6, 2))
  ('', NULL, '', '', '');
EXPECT (SELECT SUBSTRING('hello', 6, 0), SUBSTRING('hello', 6, -1), SUBSTRING('hello', 6, 100), SUBSTRING('hello', 6, CAST(NULL AS INT)), SUBSTRING('hello', 6, 2147483647))
  ('', NULL, '', NULL, '');
EXPECT (SELECT SUBSTRING('hello', 5), SUBSTRING('hello', 5, 2), SUBSTRING('hello', 5, 0), SUBSTRING('hello', 5, -1), SUBSTRING('hello', 5, 100))
  ('o', 'o', '', NULL, 'o');
EXPECT (SELECT SUBSTRING('hello', 5, CAST(NULL AS INT)), SUBSTRING('hello', 5, 2147483647), SUBSTRING('hello', 100), SUBSTRING('hello', 100, 2), SUBSTRING('hello', 100, 0))
  (NULL, 'o', '', '', '');
EXPECT (SELECT SUBSTRING('hello', 100, -1), SUBSTRING('hello', 100, 100), SUBSTRING('hello', 100, CAST(NULL AS INT)), SUBSTRING('hello', 100, 2147483647))
  (NULL, '', NULL, '');
EXPECT (SELECT SUBSTRING('hello', CAST(NULL AS INT)), SUBSTRING('hello', CAST(NULL AS INT), 2), SUBSTRING('hello', CAST(NULL AS INT), 0))
  (NULL, NULL, NULL);
EXPECT (SELECT SUBSTRING('hello', CAST(NULL AS INT), -1), SUBSTRING('hello', CAST(NULL AS INT), 100), SUBSTRING('hello', CAST(NULL AS INT), CAST(NULL AS INT)))
  (NULL, NULL, NULL);
EXPECT (SELECT SUBSTRING('hello', CAST(NULL AS INT), 2147483647), SUBSTRING('hello', -2147483648), SUBSTRING('hello', -2147483648, 2), SUBSTRING('hello', -2147483648, 0))
  (NULL, '', '', '');
EXPECT (SELECT SUBSTRING('hello', -2147483648, -1), SUBSTRING('hello', -2147483648, 100), SUBSTRING('hello', -2147483648, CAST(NULL AS INT)))
  (NULL, '', NULL);
EXPECT (SELECT SUBSTRING('hello', -2147483648, 2147483647), SUBSTRING('hello', 2147483647), SUBSTRING('hello', 2147483647, 2), SUBSTRING('hello', 2147483647, 0))
  ('', '', '', '');
EXPECT (SELECT SUBSTRING('hello', 2147483647, -1), SUBSTRING('hello', 2147483647, 100), SUBSTRING('hello', 2147483647, CAST(NULL AS INT)))
  (NULL, '', NULL);
EXPECT (SELECT SUBSTRING('hello', 2147483647, 2147483647))
  ('');

-- test: functions_strings: SUBSTRING forms
EXPECT (SELECT SUBSTRING('hello' FROM 2), SUBSTRING('hello' FROM 2 FOR 3), SUBSTR('hello', 2, 3), SUBSTR('hello', -2), SUBSTRING('grün' FROM 3), SUBSTRING('日本語', 2, 1))
  ('ello', 'ell', 'ell', 'lo', 'ün', '本');
EXPECT (SELECT SUBSTRING('a😀b', 2, 1), SUBSTRING('', 1), SUBSTRING(CAST(NULL AS STRING), 1))
  ('😀', '', NULL);

-- test: functions_strings: LEFT and RIGHT
EXPECT (SELECT LEFT('hello', 2), LEFT('hello', 0), LEFT('hello', -1), LEFT('hello', 10), LEFT('hello', CAST(NULL AS INT)), RIGHT('hello', 2), RIGHT('hello', 0), RIGHT('hello', -1))
  ('he', '', '', 'hello', NULL, 'lo', '', '');
EXPECT (SELECT RIGHT('hello', 10), RIGHT('hello', CAST(NULL AS INT)), LEFT('hello', 2), LEFT('grün', 2), LEFT('', 2), LEFT(' a b ', 2), LEFT(CAST(NULL AS STRING), 2))
  ('hello', NULL, 'he', 'gr', '', ' a', NULL);
EXPECT (SELECT LEFT('日本語', 2), RIGHT('hello', 2), RIGHT('grün', 2), RIGHT('', 2), RIGHT(' a b ', 2), RIGHT(CAST(NULL AS STRING), 2), RIGHT('日本語', 2))
  ('日本', 'lo', 'ün', '', 'b ', NULL, '本語');

-- test: functions_strings: LPAD and RPAD
EXPECT (SELECT LPAD('hi', 4, '?'), LPAD('hi', 1, '?'), LPAD('hi', 5, 'ab'), LPAD('hi', 0, '?'), LPAD('', 3, 'x'), LPAD(CAST(NULL AS STRING), 3, 'x'))
  ('??hi', 'h', 'abahi', '', 'xxx', NULL);
EXPECT (SELECT LPAD('hi', CAST(NULL AS INT), 'x'), LPAD('hi', 4, CAST(NULL AS STRING)), LPAD('grün', 6, 'ä'), RPAD('hi', 4, '?'), RPAD('hi', 1, '?'), RPAD('hi', 5, 'ab'))
  (NULL, NULL, 'äägrün', 'hi??', 'h', 'hiaba');
EXPECT (SELECT RPAD('hi', 0, '?'), RPAD('', 3, 'x'), RPAD(CAST(NULL AS STRING), 3, 'x'), RPAD('hi', CAST(NULL AS INT), 'x'), RPAD('hi', 4, CAST(NULL AS STRING)))
  ('', 'xxx', NULL, NULL, NULL);
EXPECT (SELECT RPAD('grün', 6, 'ä'))
  ('grünää');

-- test: functions_strings: TRIM forms
EXPECT (SELECT TRIM(LEADING 'x' FROM 'xxabcxx'), TRIM(TRAILING 'x' FROM 'xxabcxx'), TRIM(BOTH 'x' FROM 'xxabcxx'), TRIM(BOTH FROM '  a  '), TRIM('x' FROM 'xax'))
  ('abcxx', 'xxabc', 'abc', 'a', 'a');
EXPECT (SELECT TRIM(BOTH 'xy' FROM 'xyaxyx'), TRIM(BOTH '' FROM ' a '), TRIM(BOTH CAST(NULL AS STRING) FROM 'a'), LTRIM('xxa', 'x'), RTRIM('axyx', 'xy'), LTRIM('a', ''))
  ('a', ' a ', NULL, 'a', 'a', 'a');
EXPECT (SELECT TRIM('' || U&'\0009' || 'a' || U&'\0009' || ''), LTRIM(' ' || U&'\0009' || 'a'), TRIM(BOTH 'ä' FROM 'äaä'), LTRIM(CAST(NULL AS STRING), 'a'))
  (U&'\0009a\0009', U&'\0009a', 'a', NULL);

-- test: functions_strings: CONCAT and ||
EXPECT (SELECT 'a' || 'b', 'a' || '', 'a' || CAST(NULL AS STRING), CONCAT('a', 'b', 'c'), CONCAT('a', CAST(NULL AS STRING)), CONCAT('a'))
  ('ab', 'a', NULL, 'abc', NULL, 'a');
EXPECT ERROR 'W1201';
SELECT 'a' || 1;
EXPECT ERROR 'W1201';
SELECT 1 || 'a';
EXPECT ERROR 'W1201';
SELECT CONCAT('a', 1);
EXPECT ERROR 'W1201';
SELECT CONCAT(1, 2);
EXPECT (SELECT 'a' || 'b' || 'c')
  ('abc');
EXPECT ERROR 'W1201';
SELECT 'a' || TRUE;
EXPECT ERROR 'W1201';
SELECT 'a' || DATE '2024-01-01';
EXPECT ERROR 'W1201';
SELECT CONCAT('a', 1.50);
EXPECT ERROR 'W1201';
SELECT CONCAT('a', TIMESTAMP '2024-01-01 00:00:00');

-- test: functions_strings: CONCAT_WS
EXPECT (SELECT CONCAT_WS(',', 'a', 'b'), CONCAT_WS(',', 'a', CAST(NULL AS STRING), 'c'), CONCAT_WS(CAST(NULL AS STRING), 'a', 'b'), CONCAT_WS('', 'a', 'b'))
  ('a,b', 'a,c', NULL, 'ab');
EXPECT (SELECT CONCAT_WS(',', CAST(NULL AS STRING)), CONCAT_WS('~', 'AA', '', 'BB'), CONCAT_WS(',', 'a'))
  ('', 'AA~~BB', 'a');

-- test: functions_strings: REPEAT
EXPECT (SELECT REPEAT('ab', 3), REPEAT('ab', 0), REPEAT('ab', -1), REPEAT('', 5), REPEAT(CAST(NULL AS STRING), 2), REPEAT('a', CAST(NULL AS INT)))
  ('ababab', '', '', '', NULL, NULL);

-- test: functions_strings: REPLACE
EXPECT (SELECT REPLACE('hello world', 'world', 'flink'), REPLACE('ababab', 'abab', 'z'), REPLACE('aaa', 'a', ''), REPLACE('abc', '', 'x'), REPLACE('', 'a', 'b'))
  ('hello flink', 'zab', '', 'xaxbxcx', '');
EXPECT (SELECT REPLACE('abc', 'z', 'y'), REPLACE(CAST(NULL AS STRING), 'a', 'b'), REPLACE('a', CAST(NULL AS STRING), 'b'), REPLACE('a', 'a', CAST(NULL AS STRING)))
  ('abc', NULL, NULL, NULL);
EXPECT (SELECT REPLACE('a.b', '.', '$1'))
  ('a$1b');

-- test: functions_strings: OVERLAY
EXPECT (SELECT OVERLAY('xxxxxtest' PLACING 'xxxx' FROM 6), OVERLAY('xxxxxtest' PLACING 'xxxx' FROM 6 FOR 2), OVERLAY('abc' PLACING 'X' FROM 1 FOR 0))
  ('xxxxxxxxx', 'xxxxxxxxxst', 'X');
EXPECT (SELECT OVERLAY('abc' PLACING '' FROM 2 FOR 1), OVERLAY('abc' PLACING 'X' FROM 10), OVERLAY('abc' PLACING 'X' FROM 0), OVERLAY('abc' PLACING 'X' FROM -1))
  ('ac', 'abc', 'abc', 'abc');
EXPECT (SELECT OVERLAY('abc' PLACING 'X' FROM 2 FOR -1), OVERLAY('abc' PLACING 'X' FROM 2 FOR 100), OVERLAY(CAST(NULL AS STRING) PLACING 'X' FROM 2))
  ('aX', 'aX', NULL);
EXPECT (SELECT OVERLAY('abc' PLACING CAST(NULL AS STRING) FROM 2), OVERLAY('abc' PLACING 'X' FROM CAST(NULL AS INT)), OVERLAY('abc' PLACING 'X' FROM 3))
  (NULL, NULL, 'abX');
EXPECT (SELECT OVERLAY('abc' PLACING 'X' FROM 4))
  ('abc');

-- test: functions_strings: POSITION, INSTR, LOCATE
EXPECT (SELECT POSITION('l' IN 'hello'), POSITION('z' IN 'hello'), POSITION('' IN 'hello'), POSITION('a' IN ''), POSITION(CAST(NULL AS STRING) IN 'a'))
  (3, 0, 1, 0, NULL);
EXPECT (SELECT POSITION('a' IN CAST(NULL AS STRING)), POSITION('ü' IN 'grün'), INSTR('hello', 'l'), INSTR('hello', ''), INSTR('', 'a'), INSTR(CAST(NULL AS STRING), 'a'))
  (NULL, 3, 3, 1, 0, NULL);
EXPECT (SELECT LOCATE('l', 'hello'), LOCATE('l', 'hello', 4), LOCATE('l', 'hello', 5), LOCATE('l', 'hello', 0), LOCATE('l', 'hello', -1), LOCATE('', 'hello'))
  (3, 4, 0, 3, 3, 1);
EXPECT (SELECT LOCATE('', 'hello', 3), LOCATE('l', 'hello', 100), LOCATE('l', CAST(NULL AS STRING), 1), LOCATE('l', 'hello', CAST(NULL AS INT)), LOCATE('本', '日本語'))
  (1, 0, NULL, NULL, 2);

-- test: functions_strings: SPLIT_INDEX
EXPECT (SELECT SPLIT_INDEX('a,b,c', ',', 0), SPLIT_INDEX('a,b,c', ',', 2), SPLIT_INDEX('a,b,c', ',', 3), SPLIT_INDEX('a,b,c', ',', -1), SPLIT_INDEX('a,,c', ',', 1))
  ('a', 'c', NULL, NULL, '');
EXPECT (SELECT SPLIT_INDEX('', ',', 0), SPLIT_INDEX('abc', '', 0), SPLIT_INDEX('a,b,', ',', 2), SPLIT_INDEX(',a', ',', 0), SPLIT_INDEX('a||b', '||', 1))
  (NULL, 'abc', '', '', 'b');
EXPECT (SELECT SPLIT_INDEX('a.b', '.', 1), SPLIT_INDEX(CAST(NULL AS STRING), ',', 0), SPLIT_INDEX('a,b', CAST(NULL AS STRING), 0))
  ('b', NULL, NULL);
EXPECT (SELECT SPLIT_INDEX('a,b', ',', CAST(NULL AS INT)), SPLIT_INDEX('a,b,c', 44, 1), SPLIT_INDEX(',', ',', 0), SPLIT_INDEX(',', ',', 1))
  (NULL, 'b', '', '');

-- test: functions_strings: STR_TO_MAP
EXPECT (SELECT CAST(STR_TO_MAP('k1=v1,k2=v2') AS STRING), CAST(STR_TO_MAP('a=1') AS STRING), CAST(STR_TO_MAP('a') AS STRING), CAST(STR_TO_MAP('') AS STRING))
  ('{k1=v1, k2=v2}', '{a=1}', '{a=NULL}', '{}');
EXPECT (SELECT CAST(STR_TO_MAP('a=1=2,b') AS STRING), CAST(STR_TO_MAP('k1:v1;k2:v2', ';', ':') AS STRING), CAST(STR_TO_MAP('k1$$v1|k2$$ v2', '\|', '\$\$') AS STRING))
  ('{a=1=2, b=NULL}', '{k1=v1, k2=v2}', '{k1=v1, k2= v2}');
EXPECT (SELECT CAST(STR_TO_MAP('a=1,a=2') AS STRING), STR_TO_MAP(CAST(NULL AS STRING)), CAST(STR_TO_MAP('a=,=b') AS STRING))
  ('{a=2}', NULL, '{a=, =b}');

-- test: functions_strings: CHR and ASCII
EXPECT (SELECT CHR(65), CHR(353), CHR(97), CHR(228), CHR(-1), CHR(CAST(NULL AS INT)), ASCII('abc'), ASCII(''), ASCII('ä'), ASCII(CAST(NULL AS STRING)), CHAR_LENGTH(CHR(0)), CHR(10))
  ('A', 'a', 'a', 'ä', '', NULL, 97, 0, -61, NULL, 1, U&'\000A');

-- test: functions_strings: ENCODE and DECODE
EXPECT (SELECT DECODE(ENCODE('grün', 'UTF-8'), 'UTF-8'), DECODE(X'6772FC6E', 'ISO-8859-1'), DECODE(ENCODE('ab', 'UTF-16'), 'UTF-16'))
  ('grün', 'grün', 'ab');
EXPECT (SELECT CAST(ENCODE('ä', 'US-ASCII') AS STRING), ENCODE(CAST(NULL AS STRING), 'UTF-8'), DECODE(X'61', CAST(NULL AS STRING)))
  ('?', NULL, NULL);

-- test: functions_strings: base64
EXPECT (SELECT TO_BASE64('hello world'), TO_BASE64(''), FROM_BASE64('aGVsbG8gd29ybGQ='), FROM_BASE64('aGVsbG8'), FROM_BASE64(''))
  ('aGVsbG8gd29ybGQ=', '', 'hello world', 'hello', '');
EXPECT ERROR 'W1206';
SELECT FROM_BASE64('!!');
EXPECT (SELECT FROM_BASE64(CAST(NULL AS STRING)), TO_BASE64(CAST(NULL AS STRING)), TO_BASE64('grün'), FROM_BASE64('Z3LDvG4='))
  (NULL, NULL, 'Z3LDvG4=', 'grün');

-- test: functions_strings: PARSE_URL
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'HOST'))
  ('example.org');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'PATH'))
  ('/p/a/t/h.html');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'QUERY'))
  ('query=1&b=2&c=');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'REF'))
  ('frag');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'PROTOCOL'))
  ('http');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'AUTHORITY'))
  ('user:pw@example.org:8080');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'FILE'))
  ('/p/a/t/h.html?query=1&b=2&c=');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'USERINFO'))
  ('user:pw');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'host'))
  (NULL);
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'NONE'))
  (NULL);
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'QUERY', 'query'))
  ('1');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'QUERY', 'b'))
  ('2');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'QUERY', 'c'))
  ('');
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'QUERY', 'd'))
  (NULL);
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'QUERY', ''))
  (NULL);
EXPECT (SELECT PARSE_URL('http://user:pw@example.org:8080/p/a/t/h.html?query=1&b=2&c=#frag', 'PATH', 'b'), PARSE_URL('nonsense', 'HOST'), PARSE_URL('', 'HOST'))
  (NULL, NULL, NULL);
EXPECT (SELECT PARSE_URL(CAST(NULL AS STRING), 'HOST'), PARSE_URL('http://example.org', 'PATH'), PARSE_URL('http://example.org', 'QUERY'))
  (NULL, '', NULL);
EXPECT (SELECT PARSE_URL('http://example.org?a=1', 'FILE'), PARSE_URL('ftp://h/x', 'PROTOCOL'), PARSE_URL('http://h/?a=1&a=2', 'QUERY', 'a'))
  ('?a=1', 'ftp', '1');
EXPECT (SELECT PARSE_URL('http://h/?ab=1&b=2', 'QUERY', 'b'), PARSE_URL('http://h/p#r', 'REF'), PARSE_URL('https://h:1/p?x=a%20b', 'QUERY', 'x'))
  ('2', 'r', 'a%20b');

-- test: functions_strings: not in every version: STARTSWITH, PRINTF, SPLIT, REGEXP_COUNT ..
EXPECT (SELECT CAST(SPLIT('a;b', ';') AS STRING), CHAR_LENGTH('abc'))
  ('[a, b]', 3);
