/*
 * Tests of base/err.c: filling, the list of codes, places in a text, and the caret.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/str.h"
#include "tests/support/check.h"

TEST(fill)
{
	Err err;
	memset(&err, 0x55, sizeof err);
	CHECK(!err_set(&err, ERR_NO_SUCH_TABLE, "no table \"%s\"", "t"));
	CHECK(err.code == ERR_NO_SUCH_TABLE && err.flags == 0 && err.span.begin == 0 && err.span.end == 0);
	CHECK_STR(err.message, "no table \"t\"");
	CHECK_STR(err.detail, "");
	CHECK_STR(err.hint, "");
	err.flags = ERR_FATAL;
	CHECK(!err_detail(&err, "in %d", 3));
	CHECK(!err_hint(&err, "Make it."));
	CHECK(err.flags == ERR_FATAL);
	CHECK_STR(err.detail, "in 3");
	CHECK_STR(err.hint, "Make it.");
	CHECK(!err_set_at(&err, ERR_SYNTAX, (Span){3, 5}, "what?"));
	CHECK(err.span.begin == 3 && err.span.end == 5 && err.flags == 0);
	CHECK_STR(err.hint, "");
	err_clear(&err);
	CHECK(err.code == ERR_OK);
	CHECK_STR(err.message, "");
	CHECK(!err_set(NULL, ERR_SYNTAX, "x") && !err_set_at(NULL, ERR_SYNTAX, (Span){0, 1}, "x"));
	CHECK(!err_detail(NULL, "x") && !err_hint(NULL, "x"));
}

TEST(wraps_its_own_text)
{
	Err err;
	err_set(&err, ERR_SYNTAX, "inner");
	err_hint(&err, "Do.");
	err_set(&err, ERR_INTERNAL, "outer: %s (%s)", err.message, err.hint);
	CHECK_STR(err.message, "outer: inner (Do.)");
	err_detail(&err, "from %s", err.message);
	err_detail(&err, "%s, %s", err.detail, err.detail);
	CHECK_STR(err.detail, "from outer: inner (Do.), from outer: inner (Do.)");
}

TEST(long_texts_are_cut_between_characters)
{
	char wide[2001];
	for (size_t i = 0; i < 2000; i += 4)
		memcpy(wide + i, "\xf0\x9f\x90\x9f", 4);
	wide[2000] = '\0';
	for (int shift = 0; shift < 4; shift++) {
		Err err;
		err_set(&err, ERR_SYNTAX, "%*s%s", shift, "", wide);
		size_t len = strlen(err.message);
		CHECK(len > 504 && len < sizeof err.message);
		CHECK(str_is_utf8(str_from(err.message)));
	}
}

TEST(codes)
{
	ErrCode code;
	ErrCode last = ERR_OK;
	size_t n = 0;
	for (; err_code_at(n, &code); n++) {
		char text[16];
		ErrCode found = ERR_OK;
		CHECK_FMT(code > last && code >= 1000 && code <= 9999, "%d\n", (int)code);
		CHECK(strlen(err_sqlstate(code)) == 5);
		CHECK(err_title(code)[0] != '\0');
		const char *explanation = err_explanation(code);
		CHECK_FMT(strlen(explanation) > 10 && explanation[strlen(explanation) - 1] == '.', "%d\n", (int)code);
		snprintf(text, sizeof text, "W%d", (int)code);
		CHECK(err_code_find(text, &found) && found == code);
		text[0] = 'w';
		CHECK(err_code_find(text, &found) && found == code);
		CHECK(err_code_find(text + 1, &found) && found == code);
		last = code;
	}
	CHECK(n > 30);
	CHECK_STR(err_sqlstate(ERR_DIVISION_BY_ZERO), "22012");
	CHECK_STR(err_sqlstate((ErrCode)1), "");
	CHECK_STR(err_title((ErrCode)9999), "");
	static const char *const wrong[] = {"",      "W",    "W9999", "W12",    "W01001", "X1001",
	                                    "1001x", "+100", "-100",  "WW1001", "0000"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK_FMT(!err_code_find(wrong[i], &code), "\"%s\"\n", wrong[i]);
}

static void check_place(const char *text, uint32_t offset, uint32_t line, uint32_t column, const char *line_text)
{
	ErrPlace p = err_place(text, strlen(text), offset);
	CHECK_EQ_U64(p.line, line);
	CHECK_EQ_U64(p.column, column);
	CHECK_MEM(text + p.line_begin, p.line_end - p.line_begin, line_text);
}

TEST(places)
{
	check_place("", 0, 1, 1, "");
	check_place("abc", 0, 1, 1, "abc");
	check_place("abc", 3, 1, 4, "abc");
	check_place("abc", 99, 1, 4, "abc");
	check_place("ab\ncd\n", 2, 1, 3, "ab");
	check_place("ab\ncd\n", 3, 2, 1, "cd");
	check_place("ab\ncd\n", 6, 3, 1, "");
	check_place("ab\r\ncd", 1, 1, 2, "ab");
	check_place("ab\r\ncd", 5, 2, 2, "cd");
	check_place("\xc3\xa4\xf0\x9f\x90\x9fx", 6, 1, 3, "\xc3\xa4\xf0\x9f\x90\x9fx");
	/* Inside the second character. */
	check_place("\xc3\xa4\xf0\x9f\x90\x9fx", 4, 1, 2, "\xc3\xa4\xf0\x9f\x90\x9fx");
}

static void check_printed(const char *file, uint32_t first_line, const char *text, const char *at, const char *want)
{
	Err err;
	uint32_t begin = (uint32_t)(strstr(text, at) - text);
	err_set_at(&err, ERR_NO_SUCH_COLUMN, (Span){begin, begin + (uint32_t)strlen(at)}, "no column \"%s\"", at);
	StrBuf out;
	strbuf_init(&out);
	err_print(&err, file, first_line, text, strlen(text), &out);
	CHECK_STR(strbuf_cstr(&out), want);
	strbuf_deinit(&out);
}

TEST(caret)
{
	check_printed(NULL, 1, "SELECT x\nFROM t", "x",
	              "ERROR W1102: no column \"x\"\n"
	              "LINE 1: SELECT x\n"
	              "               ^\n");
	check_printed("a.sql", 10, "SELECT a,\n  x\nFROM t", "x",
	              "a.sql:11:3: ERROR W1102: no column \"x\"\n"
	              "LINE 11:   x\n"
	              "           ^\n");
	/* Characters, not bytes; tabs stay tabs. */
	check_printed(NULL, 1, "SELECT '\xc3\xa4\xe2\x82\xac', x", "x",
	              "ERROR W1102: no column \"x\"\n"
	              "LINE 1: SELECT '\xc3\xa4\xe2\x82\xac', x\n"
	              "                     ^\n");
	check_printed(NULL, 1, "\tSELECT\t\xc3\xa4,\tx\t-- end", "x",
	              "ERROR W1102: no column \"x\"\n"
	              "LINE 1: \tSELECT\t\xc3\xa4,\tx\t-- end\n"
	              "        \t      \t  \t^\n");
	/* No cursor moves. */
	check_printed(NULL, 1, "a\x1b[2J x\r\nb", "x",
	              "ERROR W1102: no column \"x\"\n"
	              "LINE 1: a [2J x\n"
	              "              ^\n");
}

TEST(caret_at_the_end)
{
	Err err;
	StrBuf out;
	strbuf_init(&out);
	err_set_at(&err, ERR_SYNTAX, (Span){8, 8}, "unexpected end");
	err_print(&err, NULL, 0, "SELECT a", 8, &out);
	CHECK_STR(strbuf_cstr(&out), "ERROR W1001: unexpected end\n"
	                             "LINE 1: SELECT a\n"
	                             "                ^\n");
	strbuf_clear(&out);
	err_set_at(&err, ERR_SYNTAX, (Span){500, 600}, "beyond");
	err_print(&err, NULL, 1, "", 0, &out);
	CHECK_STR(strbuf_cstr(&out), "ERROR W1001: beyond\nLINE 1: \n        ^\n");
	strbuf_deinit(&out);
}

TEST(caret_in_a_long_line)
{
	StrBuf text;
	strbuf_init(&text);
	for (int i = 0; i < 1000; i++)
		strbuf_puts(&text, "\xc3\xa4");
	strbuf_puts(&text, "Q");
	for (int i = 0; i < 1000; i++)
		strbuf_puts(&text, "\xc3\xb6");
	Err err;
	StrBuf out;
	strbuf_init(&out);
	err_set_at(&err, ERR_SYNTAX, (Span){2000, 2001}, "m");
	err_print(&err, NULL, 1, text.ptr, text.len, &out);
	CHECK(out.len < 700 && str_is_utf8(strbuf_str(&out)));
	/* The caret stands below the Q: as many characters before both. */
	Str rest = strbuf_str(&out);
	Str line;
	Str caret;
	REQUIRE(str_next(&rest, '\n', &line) && str_next(&rest, '\n', &line) && str_next(&rest, '\n', &caret));
	uint32_t column = 0;
	for (uint32_t i = 0; line.ptr[i] != 'Q'; i++)
		column += ((unsigned char)line.ptr[i] & 0xc0) != 0x80;
	CHECK_EQ_U64(caret.len, column + 1);
	CHECK(caret.ptr[column] == '^');
	CHECK(str_starts(line, STR("LINE 1: ...\xc3\xa4")) && str_ends(line, STR("\xc3\xb6...")));
	strbuf_deinit(&out);
	strbuf_deinit(&text);
}

TEST(print_without_place)
{
	Err err;
	StrBuf out;
	strbuf_init(&out);
	err_set(&err, ERR_IO, "cannot read \"f\"");
	err_detail(&err, "no such file");
	err_hint(&err, "Check the path.");
	err_print(&err, NULL, 1, "SELECT 1", 8, &out);
	CHECK_STR(strbuf_cstr(&out), "ERROR W1807: cannot read \"f\"\nDETAIL: no such file\nHINT: Check the path.\n");
	strbuf_clear(&out);
	err_print(&err, "f.sql", 7, NULL, 0, &out);
	CHECK_STR(strbuf_cstr(&out),
	          "f.sql:7: ERROR W1807: cannot read \"f\"\nDETAIL: no such file\nHINT: Check the path.\n");
	strbuf_deinit(&out);
}

TEST(assert_aborts)
{
	int out[2];
	REQUIRE(pipe(out) == 0);
	pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		const struct rlimit no_core = {0, 0};
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		dup2(out[1], STDERR_FILENO);
		volatile int one = 1;
		ASSERT(one == 1);
		ASSERT(one == 2);
		_exit(0);
	}
	close(out[1]);
	char text[1000] = "";
	ssize_t n = read(out[0], text, sizeof text - 1);
	close(out[0]);
	int status = 0;
	REQUIRE(waitpid(child, &status, 0) == child);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	CHECK(n > 0 && strstr(text, "assertion failed: one == 2") != NULL && strstr(text, "test_err.c") != NULL);
}

TESTS(fill, wraps_its_own_text, long_texts_are_cut_between_characters, codes, places, caret, caret_at_the_end,
      caret_in_a_long_line, print_without_place, assert_aborts)
