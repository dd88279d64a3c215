/*
 * tests/unit/sql/types/test_decimal.c: decimals against Python's, and their text and doubles.
 */
#include "sql/types/decimal.h"

#include "tests/support/check.h"

static Int128 unscaled(const char *text)
{
	Int128 v = 0;
	for (const char *p = text + (*text == '-'); *p; p++)
		v = v * 10 + (*p - '0');
	return *text == '-' ? -v : v;
}

static bool compute(char op, Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out)
{
	switch (op) {
	case '+': return decimal_add(a, as, b, bs, p, s, out);
	case '-': return decimal_sub(a, as, b, bs, p, s, out);
	case '*': return decimal_mul(a, as, b, bs, p, s, out);
	case '/': return decimal_div(a, as, b, bs, p, s, out);
	default: return decimal_mod(a, as, b, bs, p, s, out);
	}
}

TEST(decimal_arithmetic_is_pythons)
{
	FILE *f = fopen("tests/unit/sql/types/decimal_vectors.txt", "r");
	REQUIRE(f);
	char line[300];
	int n = 0;
	while (fgets(line, sizeof line, f)) {
		char op, a[64], b[64], want[64];
		unsigned as, bs, p, s;
		REQUIRE(sscanf(line, "%c %63s %u %63s %u %u %u %63s", &op, a, &as, b, &bs, &p, &s, want) == 8);
		Int128 got = 0;
		bool ok = compute(op, unscaled(a), as, unscaled(b), bs, p, s, &got);
		bool right = ok ? strcmp(want, "-") != 0 && got == unscaled(want) : strcmp(want, "-") == 0;
		CHECK_FMT(right, "    %s", line);
		n++;
	}
	fclose(f);
	CHECK(n >= 1000);
}

static void check_result(char op, unsigned p1, unsigned s1, unsigned p2, unsigned s2, unsigned p, unsigned s)
{
	unsigned got_p, got_s;
	decimal_result(op, p1, s1, p2, s2, &got_p, &got_s);
	CHECK_FMT(got_p == p && got_s == s, "    (%u,%u)%c(%u,%u): got (%u,%u)\n", p1, s1, op, p2, s2, got_p, got_s);
}

TEST(decimal_result_types_are_flinks)
{
	check_result('*', 10, 2, 10, 2, 21, 4);
	check_result('/', 10, 2, 10, 2, 23, 13);
	check_result('+', 38, 10, 38, 10, 38, 9);
	check_result('+', 5, 2, 7, 4, 8, 4);
	check_result('-', 10, 0, 3, 3, 14, 3);
	check_result('%', 10, 2, 5, 3, 5, 3);
	check_result('*', 38, 20, 38, 20, 38, 6);
	check_result('/', 38, 38, 38, 0, 38, 38);
	check_result('/', 38, 0, 38, 38, 38, 6);
}

static void check_parse(const char *text, unsigned p, unsigned s, const char *want)
{
	Int128 v;
	StrBuf out;
	strbuf_init(&out);
	if (decimal_parse(str_from(text), p, s, &v))
		decimal_print(v, s, &out);
	else
		strbuf_puts(&out, "no");
	check_cstr(strbuf_cstr(&out), want, __FILE__, __LINE__, text);
	strbuf_deinit(&out);
}

TEST(decimal_text_is_read_and_rounded_half_up)
{
	check_parse("1.50", 5, 2, "1.50");
	check_parse("1.5", 5, 0, "2");
	check_parse("-1.5", 5, 0, "-2");
	check_parse("1.4999999999999999999999999999999999999999999999999", 5, 0, "1");
	check_parse("0.005", 5, 2, "0.01");
	check_parse("-0.005", 5, 2, "-0.01");
	check_parse("0.004", 5, 2, "0.00");
	check_parse("-0.004", 5, 2, "0.00");
	check_parse(".5", 3, 1, "0.5");
	check_parse("5.", 3, 1, "5.0");
	check_parse("+7", 3, 0, "7");
	check_parse("1e3", 5, 1, "1000.0");
	check_parse("1.5E-3", 5, 4, "0.0015");
	check_parse("12345e-4", 10, 2, "1.23");
	check_parse("1e-99", 5, 2, "0.00");
	check_parse("0e999999999999", 5, 2, "0.00");
	check_parse("1e999999999999", 38, 0, "no");
	check_parse("00000000000000000000000000000000000000000000000000001", 1, 0, "1");
	check_parse("999.99", 5, 2, "999.99");
	check_parse("999.995", 5, 2, "no");
	check_parse("1000", 5, 2, "no");
	check_parse("99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999");
	check_parse("-99999999999999999999999999999999999999", 38, 0, "-99999999999999999999999999999999999999");
	check_parse("99999999999999999999999999999999999999.5", 38, 0, "no");
	check_parse("100000000000000000000000000000000000000", 38, 0, "no");
	check_parse("0.00000000000000000000000000000000000001", 38, 38, "0.00000000000000000000000000000000000001");
	check_parse("0", 1, 0, "0");
	static const char *const bad[] = {"",    ".",  "-",  "e5",  "1e",  "1e+", "1.2.3",
	                                  "abc", "1x", " 1", "--1", "NaN", "0x10"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		check_parse(bad[i], 38, 10, "no");
		CHECK(!decimal_is_number(str_from(bad[i])));
	}
}

TEST(decimal_literals_have_a_type)
{
	unsigned p, s;
	CHECK(decimal_literal_type(STR("1.50"), &p, &s) && p == 3 && s == 2);
	CHECK(decimal_literal_type(STR("1.5"), &p, &s) && p == 2 && s == 1);
	CHECK(decimal_literal_type(STR("0.05"), &p, &s) && p == 3 && s == 2);
	CHECK(decimal_literal_type(STR(".5"), &p, &s) && p == 1 && s == 1);
	CHECK(decimal_literal_type(STR("12345678901234567890"), &p, &s) && p == 20 && s == 0);
	CHECK(!decimal_literal_type(STR("123456789012345678901234567890123456789"), &p, &s));
	CHECK(!decimal_literal_type(STR("1e3"), &p, &s));
}

TEST(decimal_rescale_rounds_half_up)
{
	Int128 v;
	CHECK(decimal_rescale(125, 2, 1, 5, &v) && v == 13);
	CHECK(decimal_rescale(-125, 2, 1, 5, &v) && v == -13);
	CHECK(decimal_rescale(124, 2, 1, 5, &v) && v == 12);
	CHECK(decimal_rescale(999, 0, 2, 5, &v) && v == 99900);
	CHECK(!decimal_rescale(1000, 0, 2, 5, &v));
	CHECK(decimal_rescale(decimal_pow10(38) - 1, 38, 0, 38, &v) && v == 1);
	CHECK(decimal_rescale(decimal_pow10(37), 38, 0, 38, &v) && v == 0);
	CHECK(!decimal_rescale(decimal_pow10(37), 0, 2, 38, &v));
	CHECK(decimal_fits(999, 3) && !decimal_fits(1000, 3) && decimal_fits(-999, 3));
}

TEST(decimal_compare_ignores_the_scale)
{
	CHECK_EQ_I64(decimal_compare(150, 2, 15, 1), 0);
	CHECK_EQ_I64(decimal_compare(151, 2, 15, 1), 1);
	CHECK_EQ_I64(decimal_compare(-151, 2, -15, 1), -1);
	CHECK_EQ_I64(decimal_compare(-1, 0, 1, 38), -1);
	CHECK_EQ_I64(decimal_compare(decimal_pow10(38) - 1, 0, decimal_pow10(38) - 1, 38), 1);
	CHECK_EQ_I64(decimal_compare(-(decimal_pow10(38) - 1), 38, -1, 0), 1);
}

static void check_from_f64(double v, unsigned p, unsigned s, const char *want)
{
	Int128 d;
	StrBuf out;
	strbuf_init(&out);
	if (decimal_from_f64(v, p, s, &d))
		decimal_print(d, s, &out);
	else
		strbuf_puts(&out, "no");
	check_cstr(strbuf_cstr(&out), want, __FILE__, __LINE__, "decimal_from_f64");
	strbuf_deinit(&out);
}

TEST(decimal_and_double)
{
	check_from_f64(1.005, 5, 2, "1.01"); /* by its digits, not by its bits */
	check_from_f64(-1.5, 5, 0, "-2");
	check_from_f64(0.1, 38, 38, "0.10000000000000000000000000000000000000");
	check_from_f64(1e37, 38, 0, "10000000000000000000000000000000000000");
	check_from_f64(1e38, 38, 0, "no");
	check_from_f64(1e300, 38, 0, "no");
	check_from_f64(1e-300, 38, 38, "0.00000000000000000000000000000000000000");
	check_from_f64(5e-39, 38, 38, "0.00000000000000000000000000000000000001");
	check_from_f64(NAN, 5, 2, "no");
	check_from_f64(INFINITY, 5, 2, "no");
	check_from_f64(-0.0, 5, 2, "0.00");
	check_from_f64(123456789.125, 11, 2, "123456789.13");
	CHECK(decimal_to_f64(150, 2) == 1.5);
	CHECK(decimal_to_f64(1, 1) == 0.1);
	CHECK(decimal_to_f64(-1, 38) == -1e-38);
	CHECK(decimal_to_f64(decimal_pow10(38) - 1, 0) == 1e38);
	CHECK(decimal_to_f64((Int128)9007199254740993, 0) == 9007199254740992.0);
	CHECK(decimal_to_f64((Int128)9007199254740993 * 10 + 1, 1) == 9007199254740994.0);
}

TESTS(decimal_arithmetic_is_pythons, decimal_result_types_are_flinks, decimal_text_is_read_and_rounded_half_up,
      decimal_literals_have_a_type, decimal_rescale_rounds_half_up, decimal_compare_ignores_the_scale,
      decimal_and_double)
