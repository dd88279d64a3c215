-- test: SUBSTRING counts characters from 1, negative positions from the end
EXPECT (SELECT SUBSTRING('hello' FROM 2), SUBSTRING('hello' FROM 2 FOR 3), SUBSTR('hello', -3), SUBSTRING('hello', 9), SUBSTRING('grün', 3, 1))
  ('ello', 'ell', 'llo', '', 'ü');

-- test: case, length, reverse, repeat
EXPECT (SELECT UPPER('aß'), LOWER('ÄB'), CHAR_LENGTH('grün'), REVERSE('grün'), REPEAT('ab', 3), INITCAP('hello wORLD'))
  ('ASS', 'äb', 4, 'nürg', 'ababab', 'Hello World');

-- test: TRIM in its forms
EXPECT (SELECT TRIM('  a '), TRIM(LEADING 'x' FROM 'xxaxx'), TRIM(TRAILING 'x' FROM 'xxaxx'), TRIM(BOTH 'x' FROM 'xxaxx'), LTRIM('  a'), RTRIM('a  '))
  ('a', 'axx', 'xxa', 'a', 'a', 'a');

-- test: positions count from 1, 0 is not found
EXPECT (SELECT POSITION('l' IN 'hello'), INSTR('hello', 'l'), LOCATE('l', 'hello', 4), POSITION('z' IN 'hello')) (3, 3, 4, 0);

-- test: filling
EXPECT (SELECT LPAD('hi', 4, '?!'), RPAD('hi', 5, '?!'), LPAD('hello', 2, 'x'), LEFT('hello', 2), RIGHT('hello', 2)) ('?!hi', 'hi?!?', 'he', 'he', 'lo');

-- test: replacing and overlaying
EXPECT (SELECT REPLACE('hello', 'l', 'L'), TRANSLATE('hello', 'el', 'ip'), OVERLAY('xxxxtest' PLACING 'xxxx' FROM 6)) ('heLLo', 'hippo', 'xxxxtxxxx');

-- test: SPLIT_INDEX counts from 0
EXPECT (SELECT SPLIT_INDEX('a,b,c', ',', 0), SPLIT_INDEX('a,b,c', ',', 2), SPLIT_INDEX('a,b,c', ',', 3)) ('a', 'c', NULL);

-- test: regular expressions
EXPECT (SELECT REGEXP_REPLACE('foobar', 'oo|ar', ''), REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2), REGEXP('abc', '^a.c$'))
  ('fb', 'bar', TRUE);

-- test: LIKE with wildcards and escape
CREATE TABLE t (s STRING);
INSERT INTO t VALUES ('abc'), ('a%c'), (NULL);
EXPECT (SELECT s, s LIKE 'a_c', s LIKE 'a!%c' ESCAPE '!', s NOT LIKE '%b%' FROM t) ('abc', TRUE, FALSE, FALSE), ('a%c', TRUE, TRUE, TRUE), (NULL, NULL, NULL, NULL);

-- test: encodings
EXPECT (SELECT TO_BASE64('hello'), FROM_BASE64('aGVsbG8='), ASCII('a'), CHR(97), URL_ENCODE('a b'), URL_DECODE('a+b')) ('aGVsbG8=', 'hello', 97, 'a', 'a+b', 'a b');

-- test: digests are lower-case hexadecimal
EXPECT (SELECT MD5('a'), SHA1('a'), SHA256('a') = SHA2('a', 256))
  ('0cc175b9c0f1b6a831c399e269772661', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8', TRUE);

-- test: PARSE_URL
EXPECT (SELECT PARSE_URL('http://u@h.org:80/p/q?a=1&b=2#f', 'HOST'), PARSE_URL('http://h.org/p?a=1&b=2', 'QUERY', 'b'), PARSE_URL('http://h.org/p/q', 'PATH'))
  ('h.org', '2', '/p/q');

-- test: STARTSWITH, ENDSWITH, ELT, IS_ALPHA
EXPECT (SELECT STARTSWITH('hello', 'he'), ENDSWITH('hello', 'lo'), ELT(2, 'a', 'b'), IS_ALPHA('ab'), IS_DIGIT('12'), IS_DECIMAL('1.5')) (TRUE, TRUE, 'b', TRUE, TRUE, TRUE);

-- test: strings compare by code points, trailing blanks count
EXPECT (SELECT 'a' < 'b', 'B' < 'a', 'a' = 'a ', 'a' < 'ä') (TRUE, TRUE, FALSE, TRUE);

-- test: STR_TO_MAP and SPLIT
EXPECT (SELECT STR_TO_MAP('k1=v1,k2=v2'), SPLIT('a;b', ';')) (MAP['k1', 'v1', 'k2', 'v2'], ARRAY['a', 'b']);

-- test: REGEXP_REPLACE takes its replacement literally, as Flink does
EXPECT (SELECT REGEXP_REPLACE('a1', '([a-z])([0-9])', '$2$1')) ('$2$1');

-- test: LCASE, UCASE, and the places of a pattern
EXPECT (SELECT LCASE('Ab'), UCASE('aB')) ('ab', 'AB');
EXPECT (SELECT REGEXP_EXTRACT_ALL('a1b22', '([a-z])([0-9]+)', 2), CARDINALITY(REGEXP_EXTRACT_ALL('xyz', '([0-9])'))) (ARRAY['1', '22'], 0);
EXPECT (SELECT REGEXP_INSTR('ab12', '[0-9]+'), REGEXP_INSTR('ab', '[0-9]'), REGEXP_SUBSTR('ab12cd3', '[0-9]+'), REGEXP_SUBSTR('ab', '[0-9]')) (3, 0, '12', NULL);
