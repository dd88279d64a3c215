/*
 * tests/unit/sql/types/test_real.c: shortest digits: they read back, and no shorter ones do.
 */
#include "sql/types/real.h"

#include "tests/unit/sql/types/random_type.h"

static void check_java(double v, bool single, const char *want)
{
	StrBuf out;
	strbuf_init(&out);
	real_print_java(v, single, &out);
	CHECK_STR(strbuf_cstr(&out), want);
	strbuf_deinit(&out);
}

/* As Double.toString and Float.toString of JDK 19 and later write them. */
TEST(real_print_java_is_javas)
{
	check_java(0, false, "0.0");
	check_java(-0.0, false, "-0.0");
	check_java(1, false, "1.0");
	check_java(-123.456, false, "-123.456");
	check_java(0.001, false, "0.001");
	check_java(0.0001, false, "1.0E-4");
	check_java(9999999, false, "9999999.0");
	check_java(1e7, false, "1.0E7");
	check_java(12345678.9, false, "1.23456789E7");
	check_java(1e10, false, "1.0E10");
	check_java(2e23, false, "2.0E23");
	check_java(4.9e-324, false, "4.9E-324");
	check_java(1e-323, false, "9.9E-324");
	check_java(2.2250738585072014e-308, false, "2.2250738585072014E-308");
	check_java(1.7976931348623157e308, false, "1.7976931348623157E308");
	check_java(9007199254740993.0, false, "9.007199254740992E15");
	check_java(5.684341886080802e-14, false, "5.684341886080802E-14");
	check_java(0.1 + 0.2, false, "0.30000000000000004");
	check_java(100, false, "100.0");
	check_java(2.0 / 3, false, "0.6666666666666666");
	check_java((double)0.1f, true, "0.1");
	check_java((double)3.4028235e38f, true, "3.4028235E38");
	check_java((double)1.4e-45f, true, "1.4E-45");
	check_java((double)16777216.0f, true, "1.6777216E7");
	check_java((double)1.17549435e-38f, true, "1.1754944E-38");
	check_java((double)33554432.0f, true, "3.3554432E7");
}

static void check_pg(double v, bool single, const char *want)
{
	StrBuf out;
	strbuf_init(&out);
	real_print_pg(v, single, &out);
	CHECK_STR(strbuf_cstr(&out), want);
	strbuf_deinit(&out);
}

TEST(real_print_pg_is_postgres)
{
	check_pg(1, false, "1");
	check_pg(-0.0, false, "-0");
	check_pg(1e14, false, "100000000000000");
	check_pg(1e15, false, "1e+15");
	check_pg(0.0001, false, "0.0001");
	check_pg(0.00001, false, "1e-05");
	check_pg(1.5e300, false, "1.5e+300");
	check_pg(123456.7, false, "123456.7");
	check_pg((double)1e6f, true, "1e+06");
	check_pg((double)123456.0f, true, "123456");
	check_pg(NAN, false, "NaN");
	check_pg(INFINITY, false, "Infinity");
}

static bool reads_as(const char *digits, unsigned n, int exponent, double v, bool single)
{
	char text[64];
	snprintf(text, sizeof text, "%.*se%d", (int)n, digits, exponent - (int)n + 1);
	return single ? (double)strtof(text, NULL) == v : strtod(text, NULL) == v;
}

static void check_shortest(double v, bool single)
{
	char digits[REAL_DIGITS_MAX];
	char text[64];
	int exponent;
	v = fabs(v);
	if (!(v > 0) || isinf(v))
		return;
	unsigned n = real_digits(v, single, digits, &exponent);
	bool ok = n >= 1 && n <= (single ? 9 : 17) && digits[0] != '0' && (n == 1 || digits[n - 1] != '0') &&
	          reads_as(digits, n, exponent, v, single);
	CHECK_FMT(ok, "    %.17g: %.*s e%d\n", v, (int)n, digits, exponent);
	/* No number with one digit less reads back, neither the nearest nor its neighbours. */
	for (int step = -1; n > 2 && step <= 1; step++) {
		snprintf(text, sizeof text, "%.*e", (int)n - 2, v);
		double near = strtod(text, NULL);
		if (!(near > 0) || isinf(near))
			continue;
		int e = (int)floor(log10(near));
		snprintf(text, sizeof text, "%.*e", (int)n - 2, near + step * pow(10, e - (int)n + 2));
		double back = single ? (double)strtof(text, NULL) : strtod(text, NULL);
		CHECK_FMT(back != v, "    %.17g: %.*s e%d, but %s\n", v, (int)n, digits, exponent, text);
	}
}

TEST(real_digits_are_shortest)
{
	for (int i = 0; i < 100000; i++) {
		check_shortest(random_double(false), false);
		check_shortest(random_double(true), true);
		/* Decimals of few digits, and what arithmetic leaves of them. */
		double d = (double)random_in(-1000000000, 1000000000) / 1000.0;
		check_shortest(d, false);
		check_shortest(d * 1.1, false);
		check_shortest((double)(float)d, true);
	}
	for (int e = -1074; e < 1024; e++)
		check_shortest(ldexp(1, e), false);
	for (int e = -149; e < 128; e++)
		check_shortest(ldexp(1, e), true);
}

/* Of the decimals that read as v, with as few digits, the nearest. */
TEST(real_digits_are_the_nearest)
{
	for (int i = 0; i < 300000; i++) {
		double v = (double)random_in(1, 1000000000) / (double)random_in(1, i % 2 ? 100 : 1000000000);
		v = i % 3 ? v : ldexp(v, (int)random_in(-13, 30));
		char digits[REAL_DIGITS_MAX], text[40];
		int exponent;
		unsigned n = real_digits(v, false, digits, &exponent);
		for (unsigned want = 15; want <= 17; want++) {
			snprintf(text, sizeof text, "%.*e", (int)want - 1, v);
			if (strtod(text, NULL) != v)
				continue;
			CHECK_EQ_I64(strtol(strchr(text, 'e') + 1, NULL, 10), exponent);
			memmove(text + 1, text + 2, want - 1);
			CHECK(strncmp(text, digits, n) == 0 && strspn(text + n, "0") >= want - n);
			break;
		}
	}
}

TEST(real_parse_is_javas)
{
	double v;
	CHECK(real_parse(STR("1.5"), false, &v) && v == 1.5);
	CHECK(real_parse(STR("1.5f"), false, &v) && v == 1.5);
	CHECK(real_parse(STR("1e3D"), false, &v) && v == 1000);
	CHECK(real_parse(STR("Infinity"), false, &v) && isinf(v));
	CHECK(real_parse(STR("NaN"), true, &v) && isnan(v));
	CHECK(real_parse(STR("0.1"), true, &v) && v == (double)0.1f);
	CHECK(real_parse(STR("1e39"), true, &v) && isinf(v));
	/* Halfway between two floats but for a digit far behind: rounding by way of double would lose it. */
	CHECK(real_parse(STR("1.00000005960464477539062500000000000000000000000000001"), true, &v));
	CHECK(v == (double)strtof("1.00000005960464477539062500000000000000000000000000001", NULL));
	CHECK(!real_parse(STR(""), false, &v) && !real_parse(STR("f"), false, &v) && !real_parse(STR("0x10"), false, &v));
}

TESTS(real_print_java_is_javas, real_print_pg_is_postgres, real_digits_are_shortest, real_digits_are_the_nearest,
      real_parse_is_javas)
