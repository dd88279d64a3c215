/*
 * tests/unit/parser/test_lexer.c: tokens, their spans, and the values of literals.
 */
#include "parser/lexer.h"

#include "base/arena.h"
#include "tests/support/check.h"

/* The tokens of a text, each as its text, with | between; ! before a bad one. */
static const char *tokens_of(const char *text)
{
	static char out[4096];
	size_t n = 0;
	Lexer lexer;
	lexer_init(&lexer, str_from(text), 0, NULL);
	for (;;) {
		Token token = lexer_next(&lexer);
		if (token.kind == TOKEN_END || n > sizeof out - 512)
			break;
		Str s = lexer_text(str_from(text), &token);
		n += (size_t)snprintf(out + n, 512, "%s%s%.*s", n > 0 ? "|" : "", token.kind == TOKEN_BAD ? "!" : "",
		                      STR_ARG(s));
	}
	out[n] = '\0';
	return out;
}

TEST(blanks_and_comments_are_passed_over)
{
	CHECK_STR(tokens_of(""), "");
	CHECK_STR(tokens_of("  \t\r\n\f\v "), "");
	CHECK_STR(tokens_of("a -- b\nc"), "a|c");
	CHECK_STR(tokens_of("a // b\nc"), "a|c");
	CHECK_STR(tokens_of("a /* b /* c */ d"), "a|d");
	CHECK_STR(tokens_of("a/**/b"), "a|b");
	CHECK_STR(tokens_of("a - -b"), "a|-|-|b");
	CHECK_STR(tokens_of("a/b"), "a|/|b");
	CHECK_STR(tokens_of("\xef\xbb\xbfSELECT"), "SELECT");
	CHECK_STR(tokens_of("a --"), "a");
}

TEST(numbers_end_before_letters_and_dots)
{
	CHECK_STR(tokens_of("1 1.5 .5 1. 1e3 1E-3 1.5e+3"), "1|1.5|.5|1.|1e3|1E-3|1.5e+3");
	CHECK_STR(tokens_of("a.5"), "a|.|5");
	CHECK_STR(tokens_of("a[1].5"), "a|[|1|]|.|5");
	CHECK_STR(tokens_of("(.5)"), "(|.5|)");
	CHECK_STR(tokens_of("1abc"), "!1abc");
	CHECK_STR(tokens_of("1e"), "!1e");
	CHECK_STR(tokens_of("1-1"), "1|-|1");
}

TEST(strings_and_names_are_one_token)
{
	CHECK_STR(tokens_of("'a''b' 'c'"), "'a''b'|'c'");
	CHECK_STR(tokens_of("E'a\\'b'"), "E'a\\'b'");
	CHECK_STR(tokens_of("U&'a' X'00' e 'x'"), "U&'a'|X'00'|e|'x'");
	CHECK_STR(tokens_of("`a``b` \"c\"\"d\""), "`a``b`|\"c\"\"d\"");
	CHECK_STR(tokens_of("'-- no comment'"), "'-- no comment'");
	CHECK_STR(tokens_of("'open"), "!'open");
	CHECK_STR(tokens_of("`open"), "!`open");
	CHECK_STR(tokens_of("/* open"), "!/* open");
	CHECK_STR(tokens_of("``"), "!``");
}

TEST(symbols_take_the_longest_form)
{
	CHECK_STR(tokens_of("a<>b!=c<=d>=e=>f||g::h==i"), "a|<>|b|!=|c|<=|d|>=|e|=>|f||||g|::|h|==|i");
	CHECK_STR(tokens_of("a!~*b!~c~*d~e"), "a|!~*|b|!~|c|~*|d|~|e");
	CHECK_STR(tokens_of("a->>b->c"), "a|->>|b|->|c");
	CHECK_STR(tokens_of("ARRAY<ARRAY<INT>>"), "ARRAY|<|ARRAY|<|INT|>|>");
	CHECK_STR(tokens_of("@"), "!@");
}

TEST(hints_are_a_pair_of_tokens)
{
	CHECK_STR(tokens_of("a /*+ X('k'='v') */ b */ c"), "a|/*+|X|(|'k'|=|'v'|)|*/|b|*|/|c");
}

TEST(names_may_be_utf8_and_hold_a_dollar)
{
	CHECK_STR(tokens_of("größe EXPR$0 $x $1 _a"), "größe|EXPR$0|$x|$1|_a");
	CHECK_STR(tokens_of("\xff\xfe"), "!\xff\xfe");
	CHECK_STR(tokens_of("a\xc2\xa0"
	                    "b"),
	          "a|!\xc2\xa0|b");
	CHECK_STR(tokens_of("$"), "!$");
}

static bool value_of(Arena *arena, const char *text, char escape, Str *out)
{
	Lexer lexer;
	lexer_init(&lexer, str_from(text), 0, NULL);
	Token token = lexer_next(&lexer);
	REQUIRE(token.kind == TOKEN_STRING);
	return lexer_string(arena, str_from(text), &token, escape, out, NULL);
}

#define CHECK_VALUE(text, want)                                                                                        \
	do {                                                                                                               \
		Str value = STR_EMPTY;                                                                                         \
		CHECK(value_of(arena, text, '\\', &value));                                                                    \
		CHECK_MEM(value.ptr, value.len, want);                                                                         \
	} while (0)

TEST(escapes_give_their_characters)
{
	Arena *arena = arena_open("test", 0);
	Str ignored;
	CHECK_VALUE("'it''s \\n'", "it's \\n");
	CHECK_VALUE("''", "");
	CHECK_VALUE("E'\\b\\f\\n\\r\\t\\\\\\'\\\"'", "\b\f\n\r\t\\'\"");
	CHECK_VALUE("E'it''s'", "it's");
	CHECK_VALUE("E'\\101\\x42\\u0043\\U00000044'", "ABCD");
	CHECK_VALUE("E'\\u00e9 \\u20ac \\U0001F600 \\uD83D\\uDE00'", "é € 😀 😀");
	CHECK_VALUE("U&'\\263A \\+01F600 \\\\ ''\\D83D\\DE00'", "☺ 😀 \\ '😀");
	CHECK_VALUE("X'414243'", "ABC");
	CHECK(!value_of(arena, "E'\\ud83d'", '\\', &ignored));
	CHECK(!value_of(arena, "E'\\u12'", '\\', &ignored));
	CHECK(!value_of(arena, "E'\\xff'", '\\', &ignored));
	CHECK(!value_of(arena, "U&'\\26'", '\\', &ignored));
	CHECK(!value_of(arena, "X'4'", '\\', &ignored));
	Str value;
	CHECK(value_of(arena, "U&'!263A!!'", '!', &value));
	CHECK_MEM(value.ptr, value.len, "☺!");
	arena_close(arena);
}

TESTS(blanks_and_comments_are_passed_over, numbers_end_before_letters_and_dots, strings_and_names_are_one_token,
      symbols_take_the_longest_form, hints_are_a_pair_of_tokens, names_may_be_utf8_and_hold_a_dollar,
      escapes_give_their_characters)
