/*
 * Tests of base/str.c: views, numbers, UTF-8 against the table of the Unicode standard, distance.
 */
#include <locale.h>

#include "base/hash.h"
#include "base/str.h"
#include "tests/support/check.h"

static uint64_t seed = 1;

static uint64_t rnd(uint64_t below)
{
	return hash_mix(++seed) % below;
}

TEST(compare)
{
	CHECK(str_cmp(STR("a"), STR("b")) < 0);
	CHECK(str_cmp(STR("b"), STR("ab")) > 0);
	CHECK(str_cmp(STR("a"), STR("ab")) < 0);
	CHECK(str_cmp(STR("ab"), STR("ab")) == 0);
	CHECK(str_cmp(STR("\xff"), STR("a")) > 0);
	CHECK(str_cmp(STR("a\0b"), STR("a\0c")) < 0);
	CHECK(str_cmp((Str){NULL, 0}, STR("")) == 0);
	CHECK(str_eq((Str){NULL, 0}, STR_EMPTY));
	CHECK(str_eq_c(STR("abc"), "abc") && !str_eq_c(STR("abc"), "ab"));
	CHECK(str_eq_nocase(STR("AbC1_"), STR("aBc1_")));
	CHECK(!str_eq_nocase(STR("abc"), STR("abcd")));
	CHECK(!str_eq_nocase(STR("@"), STR("`")));
	CHECK(!str_eq_nocase(STR("\xc3\x84"), STR("\xc3\xa4")));
}

TEST(starts_and_ends)
{
	CHECK(str_starts(STR("abc"), STR("ab")) && str_starts(STR("abc"), STR("")) && !str_starts(STR("ab"), STR("abc")));
	CHECK(str_ends(STR("abc"), STR("bc")) && str_ends(STR("abc"), STR("")) && !str_ends(STR("bc"), STR("abc")));
	CHECK(str_starts_nocase(STR("SELECT 1"), STR("select")) && !str_starts(STR("SELECT 1"), STR("select")));
}

TEST(cut)
{
	CHECK(str_eq_c(str_trim(STR(" \t\r\n\v\fa b \n")), "a b"));
	CHECK_EQ_U64(str_trim(STR("  ")).len, 0);
	CHECK(str_eq_c(str_slice(STR("abcdef"), 2, 3), "cde"));
	CHECK(str_eq_c(str_slice(STR("abcdef"), 4, UINT32_MAX), "ef"));
	CHECK_EQ_U64(str_slice(STR("abc"), 3, 1).len, 0);
	CHECK_EQ_U64(str_slice(STR("abc"), 99, 1).len, 0);
}

TEST(find)
{
	CHECK_EQ_I64(str_find(STR("abcabc"), STR("ca"), 0), 2);
	CHECK_EQ_I64(str_find(STR("abcabc"), STR("ab"), 1), 3);
	CHECK_EQ_I64(str_find(STR("abcabc"), STR("x"), 0), -1);
	CHECK_EQ_I64(str_find(STR("abc"), STR(""), 2), 2);
	CHECK_EQ_I64(str_find(STR("abc"), STR(""), 3), 3);
	CHECK_EQ_I64(str_find(STR("abc"), STR(""), 4), -1);
	CHECK_EQ_I64(str_find(STR("abc"), STR("c"), 3), -1);
	CHECK_EQ_I64(str_find((Str){NULL, 0}, STR("c"), 0), -1);
	CHECK_EQ_I64(str_find(STR("a\0bc"), STR("\0b"), 0), 1);
}

static void check_split(Str rest, const char *want)
{
	StrBuf out;
	strbuf_init(&out);
	for (Str part; str_next(&rest, ',', &part);)
		strbuf_printf(&out, "[%.*s]", STR_ARG(part));
	CHECK_STR(strbuf_cstr(&out), want);
	strbuf_deinit(&out);
}

TEST(next)
{
	check_split(STR("a,bc,,d"), "[a][bc][][d]");
	check_split(STR("a,"), "[a][]");
	check_split(STR(""), "[]");
	check_split((Str){NULL, 0}, "");
}

TEST(i64)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
	    {"0", true, 0},
	    {"-0", true, 0},
	    {"+17", true, 17},
	    {"007", true, 7},
	    {"9223372036854775807", true, INT64_MAX},
	    {"-9223372036854775808", true, INT64_MIN},
	    {"9223372036854775808", false, 0},
	    {"-9223372036854775809", false, 0},
	    {"99999999999999999999", false, 0},
	    {"", false, 0},
	    {"-", false, 0},
	    {"+", false, 0},
	    {" 1", false, 0},
	    {"1 ", false, 0},
	    {"1x", false, 0},
	    {"--1", false, 0},
	    {"0x10", false, 0},
	    {"1.0", false, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t v = 99;
		CHECK_FMT(str_to_i64(str_from(cases[i].text), &v) == cases[i].ok, "\"%s\"\n", cases[i].text);
		CHECK_EQ_I64(v, cases[i].ok ? cases[i].value : 99);
	}
}

TEST(f64)
{
	static const struct {
		const char *text;
		bool ok;
		double value;
	} cases[] = {
	    {"0", true, 0},
	    {"1.5", true, 1.5},
	    {"-.5", true, -0.5},
	    {"5.", true, 5},
	    {"+1e3", true, 1000},
	    {"1E-3", true, 0.001},
	    {"1e400", true, INFINITY},
	    {"0.1", true, 0.1},
	    {"NaN", true, NAN},
	    {"Infinity", true, INFINITY},
	    {"-Infinity", true, -INFINITY},
	    {"", false, 0},
	    {".", false, 0},
	    {"-", false, 0},
	    {"e5", false, 0},
	    {"1e", false, 0},
	    {"1e+", false, 0},
	    {"0x10", false, 0},
	    {"1,5", false, 0},
	    {" 1", false, 0},
	    {"1 ", false, 0},
	    {"1..2", false, 0},
	    {"nan(1)", false, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double v = 99;
		CHECK_FMT(str_to_f64(str_from(cases[i].text), &v) == cases[i].ok, "\"%s\"\n", cases[i].text);
		CHECK_NEAR(v, cases[i].ok ? cases[i].value : 99, 0);
	}
	double v;
	CHECK(str_to_f64(STR("-0"), &v) && v == 0 && signbit(v));
	CHECK(str_to_f64(str_make("1.25x", 4), &v) && v == 1.25);
	/* Longer than any local buffer, and exact at that. */
	char digits[1000];
	memset(digits, '0', sizeof digits);
	memcpy(digits, "2.5", 3);
	CHECK(str_to_f64(str_make(digits, sizeof digits), &v) && v == 2.5);
	CHECK(str_to_f64(str_make(digits, 63), &v) && v == 2.5);
	CHECK(str_to_f64(str_make(digits, 64), &v) && v == 2.5);
}

TEST(f64_round_trip)
{
	for (int i = 0; i < 100000; i++) {
		uint64_t bits = hash_mix(++seed);
		double v;
		memcpy(&v, &bits, sizeof v);
		if (!isfinite(v))
			continue;
		char text[40];
		snprintf(text, sizeof text, "%.17g", v);
		double back;
		REQUIRE(str_to_f64(str_from(text), &back) && memcmp(&v, &back, sizeof v) == 0);
	}
}

/* The decoder of the book: reads the number, then asks whether it needed that many bytes. */
static bool slow_is_utf8(const unsigned char *p, size_t n)
{
	size_t i = 0;
	while (i < n) {
		unsigned len = p[i] < 0x80 ? 1 : p[i] >> 5 == 6 ? 2 : p[i] >> 4 == 14 ? 3 : p[i] >> 3 == 30 ? 4 : 0;
		if (len == 0 || n - i < len)
			return false;
		uint32_t code = len == 1 ? p[i] : p[i] & (0x7fu >> len);
		for (unsigned j = 1; j < len; j++) {
			if (p[i + j] >> 6 != 2)
				return false;
			code = code << 6 | (p[i + j] & 0x3f);
		}
		static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
		if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
			return false;
		i += len;
	}
	return true;
}

TEST(utf8_all_short)
{
	unsigned char p[4];
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			p[0] = (unsigned char)a;
			p[1] = (unsigned char)b;
			REQUIRE(str_is_utf8(str_make((char *)p, 1)) == slow_is_utf8(p, 1));
			REQUIRE(str_is_utf8(str_make((char *)p, 2)) == slow_is_utf8(p, 2));
			for (unsigned c = 0x70; c < 0xd0; c++) {
				p[2] = (unsigned char)c;
				p[3] = (unsigned char)(c ^ 0x11);
				REQUIRE(str_is_utf8(str_make((char *)p, 3)) == slow_is_utf8(p, 3));
				REQUIRE(str_is_utf8(str_make((char *)p, 4)) == slow_is_utf8(p, 4));
			}
		}
	}
}

TEST(utf8_random)
{
	static const char *const pieces[] = {
	    "a", "the quick brown fox", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x90\x9f", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf",
	};
	static const char *const bad[] = {
	    "\x80", "\xc0\x80", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xe2\x82", "\xf0\x9f\x90",
	};
	unsigned valid = 0;
	for (int i = 0; i < 20000; i++) {
		char text[300];
		size_t len = 0;
		for (uint64_t n = rnd(12); n > 0; n--) {
			const char *piece = rnd(30) == 0 ? bad[rnd(8)] : pieces[rnd(7)];
			memcpy(text + len, piece, strlen(piece));
			len += strlen(piece);
		}
		bool want = slow_is_utf8((unsigned char *)text, len);
		valid += want;
		REQUIRE(str_is_utf8(str_make(text, len)) == want);
	}
	CHECK(valid > 5000 && valid < 19000);
}

TEST(utf8_cut)
{
	const char *text = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x9f";
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
	for (size_t len = 0; len <= 10; len++)
		CHECK_EQ_U64(str_utf8_cut(text, len), want[len]);
	CHECK_EQ_U64(str_utf8_cut("\x80\x80\x80\x80\x80", 5), 5);
}

TEST(distance)
{
	CHECK_EQ_U64(str_distance(STR("kitten"), STR("sitting"), 9), 3);
	CHECK_EQ_U64(str_distance(STR("orders"), STR("ORDERS"), 9), 0);
	CHECK_EQ_U64(str_distance(STR("orders"), STR("oders"), 9), 1);
	CHECK_EQ_U64(str_distance(STR(""), STR("abc"), 9), 3);
	CHECK_EQ_U64(str_distance(STR("abc"), STR("xyz"), 2), 2);
	CHECK_EQ_U64(str_distance(STR("a"), STR("abcdefgh"), 3), 3);
	CHECK_EQ_U64(str_distance(STR("a"), STR("b"), 0), 0);
	char longer[300];
	memset(longer, 'a', sizeof longer);
	CHECK_EQ_U64(str_distance(str_make(longer, 300), str_make(longer, 299), 5), 5);
	CHECK_EQ_U64(str_distance(str_make(longer, 300), str_make(longer, 300), 5), 0);
	CHECK_EQ_U64(str_distance(str_make(longer, 255), str_make(longer, 254), 5), 1);
}

TESTS(compare, starts_and_ends, cut, find, next, i64, f64, f64_round_trip, utf8_all_short, utf8_random, utf8_cut,
      distance)
