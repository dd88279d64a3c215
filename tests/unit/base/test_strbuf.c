/*
 * Tests of base/strbuf.c: growing, printing, JSON strings.
 */
#include "base/str.h"
#include "tests/support/check.h"

TEST(empty)
{
	StrBuf b;
	strbuf_init(&b);
	CHECK_EQ_U64(strbuf_str(&b).len, 0);
	CHECK(strbuf_str(&b).ptr != NULL);
	CHECK_STR(strbuf_cstr(&b), "");
	strbuf_clear(&b);
	strbuf_deinit(&b);
	strbuf_deinit(&b);
}

TEST(put)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_clear(&b);
	strbuf_puts(&b, "ab");
	strbuf_putc(&b, 'c');
	strbuf_put_str(&b, STR("de"));
	strbuf_put(&b, NULL, 0);
	strbuf_fill(&b, '-', 3);
	strbuf_fill(&b, '-', 0);
	CHECK_STR(b.ptr, "abcde---");
	CHECK_EQ_U64(b.len, 8);
	strbuf_clear(&b);
	CHECK_STR(b.ptr, "");
	strbuf_put(&b, "a\0b", 3);
	CHECK(str_eq(strbuf_str(&b), STR("a\0b")));
	strbuf_deinit(&b);
}

TEST(grow)
{
	StrBuf b;
	strbuf_init(&b);
	size_t moves = 0;
	for (size_t i = 0; i < 1000000; i++) {
		size_t cap = b.cap;
		strbuf_putc(&b, (char)('a' + i % 26));
		moves += b.cap != cap;
	}
	CHECK(moves < 20);
	CHECK_EQ_U64(b.len, 1000000);
	for (size_t i = 0; i < b.len; i++)
		REQUIRE(b.ptr[i] == (char)('a' + i % 26));
	CHECK(b.ptr[b.len] == '\0');
	strbuf_deinit(&b);
}

TEST(printf_at_every_size)
{
	for (int n = 0; n < 400; n++) {
		StrBuf b;
		strbuf_init(&b);
		strbuf_putc(&b, '<');
		strbuf_printf(&b, "%*s|%d", n, "x", n);
		char want[500];
		snprintf(want, sizeof want, "<%*s|%d", n, "x", n);
		CHECK_STR(b.ptr, want);
		CHECK_EQ_U64(b.len, strlen(want));
		strbuf_deinit(&b);
	}
}

TEST(json)
{
	static const struct {
		Str in;
		const char *out;
	} cases[] = {
	    {{"", 0}, "\"\""},
	    {{NULL, 0}, "\"\""},
	    {{"plain", 5}, "\"plain\""},
	    {{"a\"b\\c", 5}, "\"a\\\"b\\\\c\""},
	    {{"\b\f\n\r\t\x01\x1f", 7}, "\"\\b\\f\\n\\r\\t\\u0001\\u001f\""},
	    {{"a\0b", 3}, "\"a\\u0000b\""},
	    {{"\xc3\xa4\xf0\x9f\x90\x9f", 6}, "\"\xc3\xa4\xf0\x9f\x90\x9f\""},
	    {{"a\xff\xc3", 3}, "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
	    {{"\xed\xa0\x80z", 4}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		StrBuf b;
		strbuf_init(&b);
		strbuf_put_json(&b, cases[i].in);
		CHECK_STR(b.ptr, cases[i].out);
		strbuf_deinit(&b);
	}
}

TESTS(empty, put, grow, printf_at_every_size, json)
