/*
 * tests/unit/sql/types/test_timestamp.c: the civil calendar against counting days, fields and units against Flink's own
 * test vectors, text both ways.
 */
#include "sql/types/timestamp.h"

#include "tests/support/check.h"

static int64_t at(int32_t y, int32_t mo, int32_t d, int32_t h, int32_t mi, int32_t s, int32_t us)
{
	return timestamp_from_civil(&(Civil){y, mo, d, h, mi, s, us});
}

static int64_t day(int32_t y, int32_t m, int32_t d)
{
	return at(y, m, d, 0, 0, 0, 0);
}

TEST(timestamp_calendar_is_what_counting_gives)
{
	int64_t days = timestamp_days(-401, 1, 1);
	for (int32_t y = -401; y <= 2500; y++) {
		bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
		int32_t lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
		for (int32_t m = 1; m <= 12; m++) {
			CHECK(timestamp_month_days(y, m) == lengths[m - 1]);
			for (int32_t d = 1; d <= lengths[m - 1]; d++, days++) {
				Civil c;
				timestamp_civil_date(days, &c);
				if (timestamp_days(y, m, d) != days || c.year != y || c.month != m || c.day != d) {
					CHECK_FMT(false, "    %d-%d-%d\n", y, m, d);
					return;
				}
			}
			CHECK(!timestamp_valid_date(y, m, lengths[m - 1] + 1));
		}
	}
	CHECK_EQ_I64(timestamp_days(1970, 1, 1), 0);
	CHECK_EQ_I64(timestamp_days(2000, 3, 1), 11017);
	CHECK_EQ_I64(timestamp_days(0, 1, 1), -719528);
	CHECK_EQ_I64(timestamp_days(9999, 12, 31), 2932896);
}

TEST(timestamp_civil_goes_both_ways_before_1970_too)
{
	static const int64_t values[] = {
	    0, -1, 1, -86400000000, -86400000001, 1709251199123456, -62167219200000000, 253402300799999999};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		Civil c;
		timestamp_civil(values[i], &c);
		CHECK_EQ_I64(timestamp_from_civil(&c), values[i]);
	}
	Civil c;
	timestamp_civil(-1, &c);
	CHECK(c.year == 1969 && c.month == 12 && c.day == 31 && c.hour == 23 && c.minute == 59 && c.second == 59);
	CHECK_EQ_I64(c.micros, 999999);
	/* The ends do not trap. */
	timestamp_civil(INT64_MIN, &c);
	CHECK_EQ_I64(timestamp_from_civil(&c), INT64_MIN);
	timestamp_civil(INT64_MAX, &c);
	CHECK_EQ_I64(timestamp_from_civil(&c), INT64_MAX);
	for (unsigned u = 0; u < UNITS; u++) {
		(void)timestamp_floor((TimeUnit)u, INT64_MIN);
		(void)timestamp_ceil((TimeUnit)u, INT64_MAX);
		(void)timestamp_extract((TimeUnit)u, INT64_MIN);
		(void)timestamp_diff((TimeUnit)u, INT64_MIN, INT64_MAX);
		CHECK_EQ_I64(timestamp_add((TimeUnit)u, 0, 12345), 12345);
	}
	CHECK_EQ_I64(timestamp_add(UNIT_YEAR, INT64_MAX, 0), INT64_MAX);
	CHECK_EQ_I64(timestamp_add(UNIT_DAY, INT64_MIN, 0), INT64_MIN);
	CHECK_EQ_I64(timestamp_add(UNIT_MONTH, -12 * 400000, 0), INT64_MIN);
}

/* Flink's TimeFunctionsITCase. */
TEST(timestamp_extract_is_flinks)
{
	int64_t f0 = at(2000, 1, 31, 11, 22, 33, 123456);
	int64_t f1 = at(2020, 2, 29, 1, 56, 59, 987654);
	static const struct {
		TimeUnit unit;
		int64_t f0, f1;
	} want[] = {
	    {UNIT_NANOSECOND, 123456000, 987654000},
	    {UNIT_MICROSECOND, 123456, 987654},
	    {UNIT_MILLISECOND, 123, 987},
	    {UNIT_SECOND, 33, 59},
	    {UNIT_MINUTE, 22, 56},
	    {UNIT_HOUR, 11, 1},
	    {UNIT_DAY, 31, 29},
	    {UNIT_WEEK, 5, 9},
	    {UNIT_MONTH, 1, 2},
	    {UNIT_QUARTER, 1, 1},
	    {UNIT_YEAR, 2000, 2020},
	    {UNIT_DECADE, 200, 202},
	    {UNIT_CENTURY, 20, 21},
	    {UNIT_MILLENNIUM, 2, 3},
	    {UNIT_DOW, 2, 7},
	    {UNIT_ISODOW, 1, 6},
	    {UNIT_DOY, 31, 60},
	    {UNIT_ISOYEAR, 2000, 2020},
	    {UNIT_EPOCH, 949317753, 1582941419},
	};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		CHECK_FMT(timestamp_extract(want[i].unit, f0) == want[i].f0, "    unit %d\n", want[i].unit);
		CHECK_FMT(timestamp_extract(want[i].unit, f1) == want[i].f1, "    unit %d\n", want[i].unit);
	}
	/* ISO weeks at the turn of the year. */
	CHECK_EQ_I64(timestamp_extract(UNIT_WEEK, day(2021, 1, 3)), 53);
	CHECK_EQ_I64(timestamp_extract(UNIT_ISOYEAR, day(2021, 1, 3)), 2020);
	CHECK_EQ_I64(timestamp_extract(UNIT_WEEK, day(2021, 1, 4)), 1);
	CHECK_EQ_I64(timestamp_extract(UNIT_WEEK, day(2018, 12, 31)), 1);
	CHECK_EQ_I64(timestamp_extract(UNIT_ISOYEAR, day(2018, 12, 31)), 2019);
	CHECK_EQ_I64(timestamp_extract(UNIT_WEEK, day(1970, 1, 1)), 1);
	CHECK_EQ_I64(timestamp_extract(UNIT_HOUR, -1), 23);
}

TEST(timestamp_ceil_and_floor_are_flinks)
{
	int64_t f = at(2020, 2, 29, 1, 56, 59, 987654);
	struct {
		TimeUnit unit;
		int64_t floor, ceil;
	} want[] = {
	    {UNIT_MILLISECOND, at(2020, 2, 29, 1, 56, 59, 987000), at(2020, 2, 29, 1, 56, 59, 988000)},
	    {UNIT_SECOND, at(2020, 2, 29, 1, 56, 59, 0), at(2020, 2, 29, 1, 57, 0, 0)},
	    {UNIT_MINUTE, at(2020, 2, 29, 1, 56, 0, 0), at(2020, 2, 29, 1, 57, 0, 0)},
	    {UNIT_HOUR, at(2020, 2, 29, 1, 0, 0, 0), at(2020, 2, 29, 2, 0, 0, 0)},
	    {UNIT_DAY, day(2020, 2, 29), day(2020, 3, 1)},
	    {UNIT_WEEK, day(2020, 2, 23), day(2020, 3, 1)},
	    {UNIT_MONTH, day(2020, 2, 1), day(2020, 3, 1)},
	    {UNIT_QUARTER, day(2020, 1, 1), day(2020, 4, 1)},
	    {UNIT_YEAR, day(2020, 1, 1), day(2021, 1, 1)},
	    {UNIT_DECADE, day(2020, 1, 1), day(2030, 1, 1)},
	    {UNIT_CENTURY, day(2001, 1, 1), day(2101, 1, 1)},
	    {UNIT_MILLENNIUM, day(2001, 1, 1), day(3001, 1, 1)},
	};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		CHECK_FMT(timestamp_floor(want[i].unit, f) == want[i].floor, "    unit %d\n", want[i].unit);
		CHECK_FMT(timestamp_ceil(want[i].unit, f) == want[i].ceil, "    unit %d\n", want[i].unit);
		/* What lies on the border stays. */
		CHECK(timestamp_floor(want[i].unit, want[i].ceil) == want[i].ceil);
		CHECK(timestamp_ceil(want[i].unit, want[i].floor) == want[i].floor);
	}
	CHECK_EQ_I64(timestamp_ceil(UNIT_WEEK, day(1990, 10, 14)), day(1990, 10, 14));
	CHECK_EQ_I64(timestamp_ceil(UNIT_QUARTER, day(1990, 10, 14)), day(1991, 1, 1));
	CHECK_EQ_I64(timestamp_floor(UNIT_DAY, -1), day(1969, 12, 31));
	CHECK_EQ_I64(timestamp_floor(UNIT_WEEK, -1), day(1969, 12, 28));
	CHECK_EQ_I64(timestamp_floor(UNIT_CENTURY, day(2000, 12, 31)), day(1901, 1, 1));
}

TEST(timestamp_add_and_diff)
{
	CHECK_EQ_I64(timestamp_add_months(day(2020, 1, 31), 1), day(2020, 2, 29));
	CHECK_EQ_I64(timestamp_add_months(day(2021, 1, 31), 1), day(2021, 2, 28));
	CHECK_EQ_I64(timestamp_add_months(day(2020, 3, 31), -1), day(2020, 2, 29));
	CHECK_EQ_I64(timestamp_add_months(at(2020, 1, 15, 10, 30, 0, 5), -25), at(2017, 12, 15, 10, 30, 0, 5));
	CHECK_EQ_I64(timestamp_add(UNIT_YEAR, -1, day(2020, 2, 29)), day(2019, 2, 28));
	CHECK_EQ_I64(timestamp_add(UNIT_WEEK, 2, day(2020, 2, 29)), day(2020, 3, 14));
	CHECK_EQ_I64(timestamp_add(UNIT_QUARTER, 1, day(2020, 11, 30)), day(2021, 2, 28));
	CHECK_EQ_I64(timestamp_diff(UNIT_MONTH, day(2020, 1, 31), day(2020, 2, 29)), 1);
	CHECK_EQ_I64(timestamp_diff(UNIT_MONTH, day(2020, 1, 15), at(2020, 2, 14, 23, 59, 59, 0)), 0);
	CHECK_EQ_I64(timestamp_diff(UNIT_MONTH, day(2020, 2, 15), day(2020, 1, 15)), -1);
	CHECK_EQ_I64(timestamp_diff(UNIT_MONTH, at(2020, 2, 15, 0, 0, 0, 0), at(2020, 1, 15, 0, 0, 0, 1)), 0);
	CHECK_EQ_I64(timestamp_diff(UNIT_YEAR, day(2000, 3, 1), day(2020, 2, 29)), 19);
	CHECK_EQ_I64(timestamp_diff(UNIT_QUARTER, day(2000, 1, 1), day(2000, 12, 31)), 3);
	CHECK_EQ_I64(timestamp_diff(UNIT_DAY, day(2020, 2, 28), day(2020, 3, 1)), 2);
	CHECK_EQ_I64(timestamp_diff(UNIT_DAY, 0, -1), 0);
	CHECK_EQ_I64(timestamp_diff(UNIT_HOUR, 0, -2 * TIMESTAMP_US_PER_HOUR), -2);
	CHECK_EQ_I64(timestamp_diff(UNIT_WEEK, day(2020, 1, 1), day(2020, 1, 14)), 1);
}

TEST(timestamp_units_have_names)
{
	TimeUnit u;
	CHECK(timestamp_unit_parse(STR("second"), &u) && u == UNIT_SECOND);
	CHECK(timestamp_unit_parse(STR("SECONDS"), &u) && u == UNIT_SECOND);
	CHECK(timestamp_unit_parse(STR("Days"), &u) && u == UNIT_DAY);
	CHECK(timestamp_unit_parse(STR("SQL_TSI_MONTH"), &u) && u == UNIT_MONTH);
	CHECK(timestamp_unit_parse(STR("isodow"), &u) && u == UNIT_ISODOW);
	CHECK(timestamp_unit_parse(STR("centuries"), &u) && u == UNIT_CENTURY);
	CHECK(!timestamp_unit_parse(STR("fortnight"), &u));
	CHECK(!timestamp_unit_parse(STR("s"), &u));
	CHECK(!timestamp_unit_parse(STR(""), &u));
}

static void check_print(int64_t us, unsigned precision, const char *want)
{
	StrBuf out;
	strbuf_init(&out);
	timestamp_print(us, precision, ' ', &out);
	CHECK_STR(strbuf_cstr(&out), want);
	strbuf_deinit(&out);
}

TEST(timestamp_prints_exactly_its_digits)
{
	int64_t t = at(2020, 1, 2, 3, 4, 5, 678900);
	check_print(t, 0, "2020-01-02 03:04:05");
	check_print(t, 1, "2020-01-02 03:04:05.6");
	check_print(t, 3, "2020-01-02 03:04:05.678");
	check_print(t, 6, "2020-01-02 03:04:05.678900");
	check_print(day(7, 1, 2), 0, "0007-01-02 00:00:00");
	check_print(day(-1, 1, 2), 0, "-0001-01-02 00:00:00");
	check_print(day(10000, 1, 2), 0, "+10000-01-02 00:00:00");
	check_print(-1, 6, "1969-12-31 23:59:59.999999");
}

static void check_parse(const char *text, int64_t want)
{
	int64_t us;
	bool ok = timestamp_parse(str_from(text), &us, NULL, NULL);
	CHECK_FMT(ok && us == want, "    %s\n", text);
}

static void check_bad(const char *text)
{
	int64_t us;
	CHECK_FMT(!timestamp_parse(str_from(text), &us, NULL, NULL), "    %s\n", text);
}

TEST(timestamp_reads_flinks_forms)
{
	check_parse("2020-01-02 03:04:05", at(2020, 1, 2, 3, 4, 5, 0));
	check_parse("2020-01-02T03:04:05", at(2020, 1, 2, 3, 4, 5, 0));
	check_parse("2020-1-2 3:4:5", at(2020, 1, 2, 3, 4, 5, 0));
	check_parse(" 2020-01-02 03:04:05.6 ", at(2020, 1, 2, 3, 4, 5, 600000));
	check_parse("2020-01-02 03:04:05.123456789", at(2020, 1, 2, 3, 4, 5, 123456));
	check_parse("2020-01-02 03:04", at(2020, 1, 2, 3, 4, 0, 0));
	check_parse("2020-01-02", day(2020, 1, 2));
	check_parse("0000-01-01", day(0, 1, 1));
	check_parse("9999-12-31 23:59:59.999999", at(9999, 12, 31, 23, 59, 59, 999999));
	static const char *const bad[] = {
	    "",
	    "2020",
	    "2020-01",
	    "20-01-02",
	    "2020-13-01",
	    "2020-02-30",
	    "2021-02-29",
	    "2020-01-02 24:00:00",
	    "2020-01-02 03:60:00",
	    "2020-01-02 03:04:60",
	    "2020-01-02 03",
	    "2020-01-02 03:04:05.",
	    "2020-01-02 03:04:05.1234567890",
	    "2020-01-02 03:04:05Z",
	    "2020-01-02 03:04:05+02",
	    "2020-01-02x",
	    "2020-01-02 03:04:05 x",
	    "02020-01-02",
	    "-2020-01-02",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		check_bad(bad[i]);
}

static void check_offset(const char *text, int64_t want_us, bool want_has, int64_t want_offset)
{
	int64_t us = 0, offset = 0;
	bool has = false;
	bool ok = timestamp_parse(str_from(text), &us, &has, &offset);
	CHECK_FMT(ok && us == want_us && has == want_has && offset == want_offset, "    %s\n", text);
}

TEST(timestamp_reads_offsets)
{
	int64_t t = at(2020, 1, 2, 3, 4, 5, 0);
	check_offset("2020-01-02T03:04:05Z", t, true, 0);
	check_offset("2020-01-02 03:04:05z", t, true, 0);
	check_offset("2020-01-02 03:04:05+02", t, true, 2 * TIMESTAMP_US_PER_HOUR);
	check_offset("2020-01-02 03:04:05+02:30", t, true, 150 * TIMESTAMP_US_PER_MINUTE);
	check_offset("2020-01-02 03:04:05-0230", t, true, -150 * TIMESTAMP_US_PER_MINUTE);
	check_offset("2020-01-02 03:04:05 +02:00:01", t, true, 2 * TIMESTAMP_US_PER_HOUR + TIMESTAMP_US_PER_SECOND);
	check_offset("2020-01-02 03:04:05", t, false, 0);
	check_offset("2020-01-02", day(2020, 1, 2), false, 0);
	static const char *const bad[] = {"2020-01-02 03:04:05+",  "2020-01-02 03:04:05+99",    "2020-01-02 03:04:05+2:3",
	                                  "2020-01-02 03:04:05Zx", "2020-01-02 03:04:05+02:60", "2020-01-02Z"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t us, offset;
		bool has;
		CHECK_FMT(!timestamp_parse(str_from(bad[i]), &us, &has, &offset), "    %s\n", bad[i]);
	}
}

TEST(timestamp_reads_dates_and_times)
{
	int64_t v;
	CHECK(timestamp_parse_date(STR("2020-02-29"), &v) && v == timestamp_days(2020, 2, 29));
	CHECK(timestamp_parse_date(STR(" 2020-2-9 "), &v) && v == timestamp_days(2020, 2, 9));
	CHECK(timestamp_parse_date(STR("2020"), &v) && v == timestamp_days(2020, 1, 1));
	CHECK(timestamp_parse_date(STR("2020-06"), &v) && v == timestamp_days(2020, 6, 1));
	CHECK(timestamp_parse_date(STR("2020-06-07 10:11:12.5"), &v) && v == timestamp_days(2020, 6, 7));
	CHECK(!timestamp_parse_date(STR("2021-02-29"), &v));
	CHECK(!timestamp_parse_date(STR("2020-06-07 abc"), &v));
	CHECK(!timestamp_parse_date(STR("20200607"), &v));
	CHECK(!timestamp_parse_date(STR(""), &v));
	CHECK(timestamp_parse_time(STR("10:11:12.5"), &v) && v == 10 * TIMESTAMP_US_PER_HOUR + 672500000);
	CHECK(timestamp_parse_time(STR("10:11"), &v) && v == 10 * TIMESTAMP_US_PER_HOUR + 660000000);
	CHECK(timestamp_parse_time(STR("7"), &v) && v == 7 * TIMESTAMP_US_PER_HOUR);
	CHECK(!timestamp_parse_time(STR("24:00"), &v));
	CHECK(!timestamp_parse_time(STR("10:11:"), &v));
}

TESTS(timestamp_calendar_is_what_counting_gives, timestamp_civil_goes_both_ways_before_1970_too,
      timestamp_extract_is_flinks, timestamp_ceil_and_floor_are_flinks, timestamp_add_and_diff,
      timestamp_units_have_names, timestamp_prints_exactly_its_digits, timestamp_reads_flinks_forms,
      timestamp_reads_offsets, timestamp_reads_dates_and_times)
