-- test: functions_patterns: LIKE
EXPECT (SELECT 'abc' LIKE 'a%', 'abc' LIKE '%c', 'abc' LIKE '%b%', 'abc' LIKE 'a_c', 'abc' LIKE 'abc', 'abc' LIKE 'ABC', '' LIKE '%', '' LIKE '', 'a%c' LIKE 'a\%c', 'abc' LIKE '_')
  (TRUE, TRUE, TRUE, TRUE, TRUE, FALSE, TRUE, TRUE, FALSE, FALSE);
EXPECT (SELECT 'grün' LIKE 'gr_n', 'a.c' LIKE 'a.c', 'abc' LIKE 'a.c', 'aXbXc' LIKE 'a%b%c', CAST(NULL AS STRING) LIKE 'a', 'a' LIKE CAST(NULL AS STRING))
  (TRUE, TRUE, FALSE, TRUE, NULL, NULL);
EXPECT (SELECT 'a' || U&'\000A' || 'b' LIKE 'a%b', 'abc' LIKE '%', '😀' LIKE '_', 'a%c' LIKE 'a!%c' ESCAPE '!', 'abc' LIKE 'a!%c' ESCAPE '!', 'a_c' LIKE 'a!_c' ESCAPE '!')
  (TRUE, TRUE, TRUE, TRUE, FALSE, TRUE);
EXPECT (SELECT 'abc' NOT LIKE 'a%', CAST(NULL AS STRING) NOT LIKE 'a', 'a!b' LIKE 'a!!b' ESCAPE '!')
  (FALSE, NULL, TRUE);
EXPECT ERROR 'W1206';
SELECT 'ab' LIKE 'a!b' ESCAPE '!';

-- test: functions_patterns: SIMILAR TO
EXPECT (SELECT 'abc' SIMILAR TO 'a%', 'abc' SIMILAR TO 'a_c', 'abc' SIMILAR TO '(a|b)bc', 'abc' SIMILAR TO '[a-c]+', 'abc' SIMILAR TO 'ab', 'aaa' SIMILAR TO 'a{3}')
  (TRUE, TRUE, TRUE, TRUE, FALSE, TRUE);
EXPECT (SELECT 'a.c' SIMILAR TO 'a.c', 'abc' SIMILAR TO 'ab*c?', CAST(NULL AS STRING) SIMILAR TO 'a', 'abc' NOT SIMILAR TO 'a%', 'a%' SIMILAR TO 'a!%' ESCAPE '!')
  (TRUE, TRUE, NULL, FALSE, TRUE);

-- test: functions_patterns: REGEXP
EXPECT (SELECT REGEXP('abc', 'b'), REGEXP('abc', '^b'), REGEXP('abc', '^a.c$'), REGEXP('', ''), REGEXP('abc', ''), REGEXP('a1', '\d'), REGEXP('aB', '(?i)ab'))
  (TRUE, FALSE, TRUE, FALSE, FALSE, TRUE, TRUE);
EXPECT (SELECT REGEXP('abc', 'a(?=b)'), REGEXP('foo foo', '(\w+) \1'), REGEXP(CAST(NULL AS STRING), 'a'), REGEXP('a', CAST(NULL AS STRING)), REGEXP('abc', '['))
  (TRUE, TRUE, NULL, NULL, FALSE);
EXPECT (SELECT REGEXP('grün', '^\w+$'), REGEXP('grün', '^....$'), REGEXP('a' || U&'\000A' || 'b', 'a.b'), REGEXP('a' || U&'\000A' || 'b', '^b'))
  (FALSE, TRUE, FALSE, FALSE);

-- test: functions_patterns: REGEXP_EXTRACT
EXPECT (SELECT REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2), REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 1), REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 0))
  ('bar', 'the', 'foothebar');
EXPECT (SELECT REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)'), REGEXP_EXTRACT('abc', 'x'), REGEXP_EXTRACT('abc', 'b', 1), REGEXP_EXTRACT('abc', 'b', -1))
  ('foothebar', NULL, NULL, NULL);
EXPECT (SELECT REGEXP_EXTRACT(CAST(NULL AS STRING), 'b'), REGEXP_EXTRACT('abc', CAST(NULL AS STRING)), REGEXP_EXTRACT('abc', '['), REGEXP_EXTRACT('abc', '(x)?b', 1))
  (NULL, NULL, NULL, NULL);
EXPECT (SELECT REGEXP_EXTRACT('abc', ''), REGEXP_EXTRACT('abc', 'b', CAST(NULL AS INT)), REGEXP_EXTRACT('a1b22', '[0-9]+'))
  ('', NULL, '1');

-- test: functions_patterns: REGEXP_REPLACE
EXPECT (SELECT REGEXP_REPLACE('foobar', 'oo|ar', ''), REGEXP_REPLACE('a1b2', '[0-9]', '#'), REGEXP_REPLACE('abc', 'x', 'y'), REGEXP_REPLACE('a1', '([a-z])([0-9])', '$2$1'))
  ('fb', 'a#b#', 'abc', '$2$1');
EXPECT (SELECT REGEXP_REPLACE('abc', 'b', '\\'), REGEXP_REPLACE('abc', '', '-'), REGEXP_REPLACE(CAST(NULL AS STRING), 'a', 'b'))
  ('a\\c', '-a-b-c-', NULL);
EXPECT (SELECT REGEXP_REPLACE('a', CAST(NULL AS STRING), 'b'), REGEXP_REPLACE('a', 'a', CAST(NULL AS STRING)), REGEXP_REPLACE('aaa', 'a', 'aa'))
  (NULL, NULL, 'aaaaaa');
EXPECT (SELECT REGEXP_REPLACE('', '^', 'x'), REGEXP_REPLACE('a b  c', '\s+', ' '), REGEXP_REPLACE('abc', 'b', '$'))
  ('x', 'a b c', 'a$c');
