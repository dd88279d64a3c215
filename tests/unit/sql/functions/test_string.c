#include "tests/unit/sql/functions/vectors.h"

VECTORS(joining_and_case, {"\"||\"('a', 'b')", "ab", "STRING"}, {"\"||\"('a', <STRING>NULL)", "NULL", NULL},
        {"\"||\"('a', 1)", "?W1201", NULL}, {"\"||\"(<BYTES>'a', <BYTES>'b')", "x'6162'", "BYTES"},
        {"CONCAT('a', 'b', 'c')", "abc", NULL}, {"CONCAT_WS(',', 'a', <STRING>NULL, 'b')", "a,b", NULL},
        {"CONCAT_WS(<STRING>NULL, 'a')", "NULL", NULL}, {"CONCAT_WS(',', <STRING>NULL)", "", NULL},
        {"UPPER('straße é')", "STRASSE É", NULL}, {"LOWER('ABC Ä')", "abc ä", NULL},
        {"INITCAP('hello wORLD 2nd x')", "Hello World 2nd X", NULL})

VECTORS(trimming, {"TRIM('  a b ')", "a b", NULL}, {"TRIM('BOTH', 'xy', 'xyaxby')", "axb", NULL},
        {"TRIM('LEADING', 'x', 'xxax')", "ax", NULL}, {"TRIM('TRAILING', 'ä', 'aää')", "a", NULL},
        {"TRIM('SIDEWAYS', 'x', 'x')", "?W1206", NULL}, {"LTRIM(' a ')", "a ", NULL}, {"RTRIM(' a ')", " a", NULL},
        {"RTRIM('abab', 'b')", "aba", NULL}, {"BTRIM('xax', 'x')", "a", NULL}, {"TRIM('    ')", "", NULL})

VECTORS(parts, {"SUBSTRING('hello', 2)", "ello", NULL}, {"SUBSTRING('hello', 2, 3)", "ell", NULL},
        {"SUBSTRING('hello', 0, 2)", "he", NULL}, {"SUBSTRING('hello', -3, 2)", "ll", NULL},
        {"SUBSTRING('hello', -9, 2)", "", NULL}, {"SUBSTRING('hello', 9)", "", NULL},
        {"SUBSTRING('hello', 2, -1)", "NULL", NULL}, {"SUBSTR('äöü', 2, 1)", "ö", NULL},
        {"LEFT('hello', 2)", "he", NULL}, {"LEFT('hello', -1)", "", NULL}, {"RIGHT('héllo', 4)", "éllo", NULL},
        {"RIGHT('hello', 9)", "hello", NULL}, {"OVERLAY('abcdef', 'XY', 2)", "aXYdef", NULL},
        {"OVERLAY('abcdef', 'XY', 2, 1)", "aXYcdef", NULL}, {"OVERLAY('abc', 'XY', 9)", "abc", NULL},
        {"REVERSE('añb')", "bña", NULL}, {"REPEAT('ab', 3)", "ababab", NULL}, {"REPEAT('ab', 0)", "", NULL},
        {"REPEAT('ab', 2000000000)", "!W1206", NULL}, {"LPAD('hi', 5, 'xy')", "xyxhi", NULL},
        {"RPAD('hi', 5, 'xy')", "hixyx", NULL}, {"LPAD('hello', 2, 'x')", "he", NULL},
        {"LPAD('hi', -1, 'x')", "NULL", NULL}, {"LPAD('hi', 3, '')", "NULL", NULL}, {"RPAD('hi', 4)", "hi  ", NULL},
        {"TRANSLATE('abcabc', 'ab', 'x')", "xcxc", NULL})

VECTORS(searching, {"CHAR_LENGTH('äöü')", "3", "INT"}, {"LENGTH('abc')", "3", NULL}, {"OCTET_LENGTH('ä')", "2", NULL},
        {"ASCII('abc')", "97", NULL}, {"ASCII('')", "0", NULL}, {"CHR(97)", "a", NULL}, {"CHR(353)", "a", NULL},
        {"CHR(-1)", "", NULL}, {"POSITION('l', 'héllo')", "3", "INT"}, {"POSITION('x', 'hello')", "0", NULL},
        {"POSITION('', 'hello')", "1", NULL}, {"LOCATE('l', 'hello', 4)", "4", NULL},
        {"INSTR('hello', 'l')", "3", NULL}, {"INSTR('hello', 'l', 1, 2)", "4", NULL},
        {"INSTR('hello', 'l', -1)", "4", NULL}, {"INSTR('hello', 'l', 1, 0)", "!W1206", NULL},
        {"STRPOS('hello', 'lo')", "4", NULL}, {"STARTSWITH('hello', 'he')", "TRUE", NULL},
        {"ENDSWITH('hello', 'he')", "FALSE", NULL}, {"REPLACE('aXbX', 'X', '--')", "a--b--", NULL},
        {"REPLACE('ab', '', '-')", "-a-b-", NULL}, {"SPLIT_INDEX('a,b,c', ',', 1)", "b", NULL},
        {"SPLIT_INDEX('a,,c', ',', 1)", "", NULL}, {"SPLIT_INDEX('a,b', ',', 2)", "NULL", NULL},
        {"SPLIT_INDEX('a,b', ',', -1)", "NULL", NULL}, {"SPLIT_INDEX('a,b', 44, 1)", "b", NULL},
        {"SPLIT_INDEX('', ',', 0)", "NULL", NULL}, {"SPLIT_PART('a,b,c', ',', 2)", "b", NULL},
        {"SPLIT_PART('a,b,c', ',', -1)", "c", NULL}, {"SPLIT_PART('a,b,c', ',', 9)", "", NULL},
        {"SPLIT('a,b,', ',')", "[a, b, ]", "ARRAY<STRING>"}, {"SPLIT('ab', '')", "[a, b]", NULL},
        {"ELT(2, 'a', 'b')", "b", NULL}, {"ELT(3, 'a', 'b')", "NULL", NULL}, {"ELT(1, 'a', <STRING>NULL)", "a", NULL})

VECTORS(encodings, {"TO_BASE64('hello')", "aGVsbG8=", NULL}, {"FROM_BASE64('aGVsbG8=')", "hello", NULL},
        {"FROM_BASE64('a!')", "!W1206", NULL}, {"TO_BASE64('')", "", NULL}, {"HEX(255)", "FF", NULL},
        {"HEX(-1)", "FFFFFFFFFFFFFFFF", NULL}, {"HEX('hi')", "6869", NULL}, {"UNHEX('6869')", "x'6869'", "BYTES"},
        {"UNHEX('f')", "x'0f'", NULL}, {"UNHEX('zz')", "NULL", NULL}, {"BIN(10)", "1010", NULL}, {"BIN(0)", "0", NULL},
        {"URL_ENCODE('a b&ü')", "a+b%26%C3%BC", NULL}, {"URL_DECODE('a+b%26%C3%BC')", "a b&ü", NULL},
        {"URL_DECODE('%zz')", "NULL", NULL}, {"DECODE(ENCODE('aü', 'UTF-16'), 'UTF-16')", "aü", NULL},
        {"ENCODE('ü', 'ISO-8859-1')", "x'fc'", NULL}, {"ENCODE('ü', 'nope')", "NULL", NULL},
        {"MD5('')", "d41d8cd98f00b204e9800998ecf8427e", NULL},
        {"SHA1('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d", NULL},
        {"SHA256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", NULL},
        {"SHA2('abc', 224)", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7", NULL},
        {"SHA2('abc', 1)", "!W1206", NULL}, {"IS_ALPHA('abc')", "TRUE", NULL}, {"IS_ALPHA('a1')", "FALSE", NULL},
        {"IS_DIGIT('123')", "TRUE", NULL}, {"IS_DECIMAL('1.5e3')", "TRUE", NULL}, {"IS_DECIMAL('x')", "FALSE", NULL},
        {"IS_DIGIT('')", "FALSE", NULL})

VECTORS(urls, {"PARSE_URL('http://user:pw@host:80/path/f?a=1&b=2#ref', 'HOST')", "host", NULL},
        {"PARSE_URL('http://user:pw@host:80/path/f?a=1&b=2#ref', 'PATH')", "/path/f", NULL},
        {"PARSE_URL('http://user:pw@host:80/path/f?a=1&b=2#ref', 'QUERY')", "a=1&b=2", NULL},
        {"PARSE_URL('http://user:pw@host:80/path/f?a=1&b=2#ref', 'QUERY', 'b')", "2", NULL},
        {"PARSE_URL('http://user:pw@host:80/path/f?a=1&b=2#ref', 'REF')", "ref", NULL},
        {"PARSE_URL('http://user:pw@host:80/path/f?a=1&b=2#ref', 'USERINFO')", "user:pw", NULL},
        {"PARSE_URL('http://user:pw@host:80/path/f?a=1&b=2#ref', 'AUTHORITY')", "user:pw@host:80", NULL},
        {"PARSE_URL('http://user:pw@host:80/path/f?a=1&b=2#ref', 'FILE')", "/path/f?a=1&b=2", NULL},
        {"PARSE_URL('https://host', 'PROTOCOL')", "https", NULL}, {"PARSE_URL('https://host', 'QUERY')", "NULL", NULL},
        {"PARSE_URL('no url', 'HOST')", "NULL", NULL})

VECTORS(patterns, {"LIKE('hello', 'h%o')", "TRUE", "BOOLEAN"}, {"LIKE('hello', 'h_llo')", "TRUE", NULL},
        {"LIKE('hello', 'hell')", "FALSE", NULL}, {"LIKE('hello', '%ell%')", "TRUE", NULL},
        {"LIKE('hello', '%')", "TRUE", NULL}, {"LIKE('', '%')", "TRUE", NULL}, {"LIKE('', '_')", "FALSE", NULL},
        {"LIKE('häuser', 'h_user')", "TRUE", NULL}, {"LIKE('aab', '%ab')", "TRUE", NULL},
        {"LIKE('ab', 'ab%ab')", "FALSE", NULL}, {"LIKE('abXab', 'ab%ab')", "TRUE", NULL},
        {"LIKE('axbxc', '%_b_%c')", "TRUE", NULL}, {"LIKE('50%', '50!%', '!')", "TRUE", NULL},
        {"LIKE('505', '50!%', '!')", "FALSE", NULL}, {"LIKE('a!b', 'a!!b', '!')", "TRUE", NULL},
        {"LIKE('a', 'a!', '!')", "?W1206", NULL}, {"LIKE('a\\b', 'a\\b')", "TRUE", NULL},
        {"LIKE(5, '5')", "?W1201", NULL}, {"\"SIMILAR TO\"('abc', 'a(b|x)%')", "TRUE", NULL},
        {"\"SIMILAR TO\"('abc', '[a-c]+')", "TRUE", NULL}, {"\"SIMILAR TO\"('abcd', '_{3}')", "FALSE", NULL},
        {"\"SIMILAR TO\"('a.c', 'a.c')", "TRUE", NULL}, {"\"SIMILAR TO\"('abc', 'a.c')", "FALSE", NULL},
        {"\"SIMILAR TO\"('a%', 'a#%', '#')", "TRUE", NULL}, {"\"SIMILAR TO\"('a', '(')", "?W1206", NULL})

VECTORS(regular_expressions, {"REGEXP('foobar', 'o+b')", "TRUE", NULL}, {"REGEXP('foobar', '^b')", "FALSE", NULL},
        {"REGEXP('foobar', '')", "FALSE", NULL}, {"REGEXP('foobar', '(')", "FALSE", NULL},
        {"REGEXP_REPLACE('foobar', 'oo|ar', '')", "fb", NULL},
        {"REGEXP_REPLACE('a1b2', '[0-9]', '$0')", "a$0b$0", NULL}, {"REGEXP_REPLACE('ab', 'x*', '-')", "-a-b-", NULL},
        {"REGEXP_REPLACE('a', '(', '')", "NULL", NULL},
        {"REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2)", "bar", NULL},
        {"REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)')", "foothebar", NULL},
        {"REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 3)", "NULL", NULL}, {"REGEXP_EXTRACT('x', 'y')", "NULL", NULL},
        {"REGEXP_EXTRACT_ALL('a1b22', '([a-z])([0-9]+)', 2)", "[1, 22]", NULL},
        {"REGEXP_COUNT('banana', 'an')", "2", NULL}, {"REGEXP_INSTR('bänana', 'n')", "3", NULL},
        {"REGEXP_SUBSTR('ab12', '[0-9]+')", "12", NULL},
        {"REGEXP('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX', '^(a+)+$')", "!W1206", NULL})

VECTORS(formats, {"PRINTF('%d-%s', 5, 'x')", "5-x", NULL},
        {"PRINTF('%05d|%-5s|%5s', 42, 'ab', 'cd')", "00042|ab   |   cd", NULL},
        {"PRINTF('%.2f', 1.005e0)", "1.00", NULL}, {"PRINTF('%.2f', 2.345)", "2.35", NULL},
        {"PRINTF('%,d', 1234567)", "1,234,567", NULL}, {"PRINTF('%x %X', 255, -1)", "ff FFFFFFFF", NULL},
        {"PRINTF('%s', <STRING>NULL)", "null", NULL}, {"PRINTF('%2$s %1$s', 'a', 'b')", "b a", NULL},
        {"PRINTF('%b %c 100%%', TRUE, 65)", "true A 100%", NULL}, {"PRINTF('%d', 'x')", "!W1206", NULL},
        {"PRINTF('%s')", "!W1206", NULL}, {"PRINTF(<STRING>NULL, 1)", "NULL", NULL})

/* LIKE against a plain backtracking matcher. */
static bool naive_like(const char *s, const char *p)
{
	if (!*p)
		return !*s;
	if (*p == '%')
		return naive_like(s, p + 1) || (*s && naive_like(s + 1, p));
	return *s && (*p == '_' || *p == *s) && naive_like(s + 1, p + 1);
}

TEST(like_equals_backtracking)
{
	uint64_t random = 11;
	Arena *arena = arena_open("test", 0);
	EvalEnv env = vector_env();
	for (int round = 0; round < 20000; round++) {
		char s[10];
		char p[8];
		size_t ns = vector_random(&random) % sizeof s;
		size_t np = vector_random(&random) % sizeof p;
		for (size_t k = 0; k < ns; k++)
			s[k] = (char)('a' + vector_random(&random) % 2);
		for (size_t k = 0; k < np; k++)
			p[k] = "ab%_"[vector_random(&random) >> 7 & 3];
		s[ns > 0 ? ns - 1 : 0] = 0;
		p[np > 0 ? np - 1 : 0] = 0;
		const Expr *args[2] = {expr_const(arena, &type_string, value_str(str_from(s))),
		                       expr_const(arena, &type_string, value_str(str_from(p)))};
		Value v;
		REQUIRE(eval_const(expr_call(arena, STR("LIKE"), args, 2, (Span){0, 0}, NULL), &env, NULL, arena, &v, NULL));
		CHECK_FMT(v.b == naive_like(s, p), "  '%s' LIKE '%s'\n", s, p);
		arena_reset(arena);
	}
	arena_close(arena);
}

TESTS(joining_and_case, trimming, parts, searching, encodings, urls, patterns, regular_expressions, formats,
      like_equals_backtracking)
