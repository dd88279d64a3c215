/*
 * tests/unit/sql/types/test_timestamp_format.c: Java's date patterns and intervals as text.
 */
#include "sql/types/timestamp.h"

#include "tests/support/check.h"

static int64_t at(int32_t y, int32_t mo, int32_t d, int32_t h, int32_t mi, int32_t s, int32_t us)
{
	return timestamp_from_civil(&(Civil){y, mo, d, h, mi, s, us});
}

static void check_format(const char *pattern, int64_t us, int64_t offset_minutes, const char *want)
{
	StrBuf out;
	Err err = {0};
	strbuf_init(&out);
	strbuf_puts(&out, "|");
	if (!timestamp_format(str_from(pattern), us, offset_minutes * TIMESTAMP_US_PER_MINUTE, &out, &err))
		strbuf_puts(&out, err.code == ERR_BAD_VALUE ? "bad" : "?");
	check_cstr(strbuf_cstr(&out) + 1, want, __FILE__, __LINE__, pattern);
	strbuf_deinit(&out);
}

/* The wanted texts are those of java.time.format.DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH). */
TEST(timestamp_format_prints_as_java)
{
	int64_t t = at(2024, 2, 9, 15, 4, 5, 67089);
	check_format("yyyy-MM-dd HH:mm:ss", t, 0, "2024-02-09 15:04:05");
	check_format("yyyyMMddHHmmssSSS", t, 0, "20240209150405067");
	check_format("yyyy-MM-dd'T'HH:mm:ss.SSSSSS", t, 0, "2024-02-09T15:04:05.067089");
	check_format("S SS SSSSSSSSS", t, 0, "0 06 067089000");
	check_format("y yy yyy yyyyy u", t, 0, "2024 24 2024 02024 2024");
	check_format("M MM MMM MMMM MMMMM", t, 0, "2 02 Feb February F");
	check_format("d dd D DDD", t, 0, "9 09 40 040");
	check_format("E EEE EEEE EEEEE e", t, 0, "Fri Fri Friday F 5");
	check_format("H HH h hh k kk K KK a", t, 0, "15 15 3 03 15 15 3 03 PM");
	check_format("h k K a", at(2024, 2, 9, 0, 0, 0, 0), 0, "12 24 0 AM");
	check_format("h k K a", at(2024, 2, 9, 12, 0, 0, 0), 0, "12 12 0 PM");
	check_format("m mm s ss", t, 0, "4 04 5 05");
	check_format("Q QQ QQQ G", t, 0, "1 01 Q1 AD");
	check_format("A n", t, 0, "54245067 67089000");
	check_format("YYYY-'W'ww-e", at(2021, 1, 3, 0, 0, 0, 0), 0, "2020-W53-7");
	check_format("X XX XX"
	             "X x xx xxx Z ZZZZ z",
	             t, 0, "Z Z Z +00 +0000 +00:00 +0000 GMT UTC");
	check_format("X XX XX"
	             "X x xx xxx Z ZZZZ z",
	             t, 150, "+0230 +0230 +02:30 +0230 +0230 +02:30 +0230 GMT+02:30 GMT+02:30");
	check_format("X", t, -120, "-02");
	check_format("''yyyy'' 'o''clock'", t, 0, "'2024' oclock");
	check_format("yyyy[-MM]", t, 0, "2024-02");
	check_format("", t, 0, "");
	check_format("yyyy-bb", t, 0, "bad");
	check_format("ddd", t, 0, "bad");
	check_format("yyyy", at(12345, 1, 1, 0, 0, 0, 0), 0, "+12345");
}

static bool parse_whole(Str pattern, Str text, int64_t *us)
{
	return timestamp_parse_format(pattern, &text, us) && text.len == 0;
}

static void check_parse(const char *pattern, const char *text, int64_t want)
{
	int64_t us = 0;
	bool ok = parse_whole(str_from(pattern), str_from(text), &us);
	CHECK_FMT(ok && us == want, "    %s %s: %s %lld\n", pattern, text, ok ? "got" : "refused", (long long)us);
}

static void check_refused(const char *pattern, const char *text)
{
	int64_t us;
	CHECK_FMT(!parse_whole(str_from(pattern), str_from(text), &us), "    %s %s\n", pattern, text);
}

TEST(timestamp_parse_format_reads_as_java)
{
	check_parse("yyyy-MM-dd HH:mm:ss", "2024-02-09 15:04:05", at(2024, 2, 9, 15, 4, 5, 0));
	check_parse("yyyyMMddHHmmss", "20240209150405", at(2024, 2, 9, 15, 4, 5, 0));
	check_parse("yyyyMMddHHmmssSSS", "20240209150405067", at(2024, 2, 9, 15, 4, 5, 67000));
	check_parse("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS", "2024-02-09T15:04:05.123456789", at(2024, 2, 9, 15, 4, 5, 123456));
	check_parse("d/M/yy", "9/2/24", at(2024, 2, 9, 0, 0, 0, 0));
	check_parse("dd MMM yyyy", "09 Feb 2024", at(2024, 2, 9, 0, 0, 0, 0));
	check_parse("MMMM d, yyyy", "February 9, 2024", at(2024, 2, 9, 0, 0, 0, 0));
	check_parse("EEE, dd MMM yyyy", "Fri, 09 Feb 2024", at(2024, 2, 9, 0, 0, 0, 0));
	check_parse("yyyy-MM-dd hh:mm a", "2024-02-09 03:04 PM", at(2024, 2, 9, 15, 4, 0, 0));
	check_parse("yyyy-MM-dd hh:mm a", "2024-02-09 12:04 AM", at(2024, 2, 9, 0, 4, 0, 0));
	check_parse("yyyy-MM-dd hh:mm", "2024-02-09 03:04", at(2024, 2, 9, 0, 4, 0, 0));
	check_parse("yyyy-MM-dd kk:mm", "2024-02-09 24:04", at(2024, 2, 9, 0, 4, 0, 0));
	check_parse("yyyy-DDD", "2024-366", at(2024, 12, 31, 0, 0, 0, 0));
	check_parse("HH:mm", "15:04", at(1970, 1, 1, 15, 4, 0, 0));
	check_parse("yyyy", "2024", at(2024, 1, 1, 0, 0, 0, 0));
	check_parse("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-02-09T15:04:05+02:00", at(2024, 2, 9, 15, 4, 5, 0));
	check_parse("yyyy-MM-dd'T'HH:mm:ssX", "2024-02-09T15:04:05Z", at(2024, 2, 9, 15, 4, 5, 0));
	check_parse("yyyy-MM-dd HH:mm:ss z", "2024-02-09 15:04:05 Europe/Berlin", at(2024, 2, 9, 15, 4, 5, 0));
	check_parse("yyyy-MM-dd[ HH:mm]", "2024-02-09", at(2024, 2, 9, 0, 0, 0, 0));
	check_parse("yyyy-MM-dd[ HH:mm]", "2024-02-09 15:04", at(2024, 2, 9, 15, 4, 0, 0));
	check_parse("''yyyy''", "'2024'", at(2024, 1, 1, 0, 0, 0, 0));
	check_refused("yyyy-MM-dd", "2024-2-9");
	check_refused("yyyy-MM-dd", "24-02-09");
	check_refused("yyyy-MM-dd", "2024-02-09 ");
	check_refused("yyyy-MM-dd", "2024-13-09");
	check_refused("yyyy-MM-dd", "2024-02-30");
	check_refused("yyyy-MM-dd", "2024-02");
	check_refused("dd MMM yyyy", "09 feb 2024");
	check_refused("EEE dd.MM.yyyy", "Mon 09.02.2024");
	check_refused("yyyy-DDD", "2023-366");
	check_refused("HH:mm", "24:00");
	check_refused("hh:mm a", "13:00 PM");
	check_refused("ss.SSS", "05.12");
	check_refused("bb", "x");
	check_refused("yyyy", "99999999999999999999999");
}

TEST(timestamp_patterns_go_both_ways)
{
	static const char *const patterns[] = {"yyyy-MM-dd HH:mm:ss.SSSSSS", "yyyyMMddHHmmssSSSSSS",
	                                       "dd MMM yyyy hh:mm:ss.SSSSSS a", "EEEE, d MMMM y H:m:s.SSSSSS"};
	uint64_t seed = 7;
	for (int i = 0; i < 2000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		int64_t us =
		    at(1000, 1, 1, 0, 0, 0, 0) + (int64_t)((seed >> 1) % (uint64_t)(9000ll * 365 * TIMESTAMP_US_PER_DAY));
		for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++) {
			StrBuf out;
			int64_t back = 0;
			strbuf_init(&out);
			CHECK(timestamp_format(str_from(patterns[p]), us, 0, &out, NULL));
			bool ok = parse_whole(str_from(patterns[p]), strbuf_str(&out), &back);
			CHECK_FMT(ok && back == us, "    %s: %s\n", patterns[p], strbuf_cstr(&out));
			strbuf_deinit(&out);
		}
	}
}

static void check_interval(const char *text, TimeUnit from, TimeUnit to, int64_t want)
{
	int64_t v = -1;
	Err err = {0};
	bool ok = timestamp_parse_interval(str_from(text), from, to, &v, &err);
	CHECK_FMT(ok && v == want, "    '%s': %lld %s\n", text, (long long)v, err.message);
}

static void check_interval_bad(const char *text, TimeUnit from, TimeUnit to)
{
	int64_t v;
	Err err = {0};
	CHECK_FMT(!timestamp_parse_interval(str_from(text), from, to, &v, &err) && err.code == ERR_BAD_LITERAL,
	          "    '%s'\n", text);
}

TEST(timestamp_intervals_are_read)
{
	check_interval("10", UNIT_MINUTE, UNIT_MINUTE, 600000000);
	check_interval(" -10 ", UNIT_SECOND, UNIT_SECOND, -10000000);
	check_interval("0.001", UNIT_SECOND, UNIT_SECOND, 1000);
	check_interval("1.5", UNIT_SECOND, UNIT_SECOND, 1500000);
	check_interval("100", UNIT_DAY, UNIT_DAY, 100 * TIMESTAMP_US_PER_DAY);
	check_interval("2", UNIT_WEEK, UNIT_WEEK, 14 * TIMESTAMP_US_PER_DAY);
	check_interval("1 02:03:04.005", UNIT_DAY, UNIT_SECOND, TIMESTAMP_US_PER_DAY + 7384005000);
	check_interval("1 02", UNIT_DAY, UNIT_HOUR, 26 * TIMESTAMP_US_PER_HOUR);
	check_interval("1 02:03", UNIT_DAY, UNIT_MINUTE, 26 * TIMESTAMP_US_PER_HOUR + 180000000);
	check_interval("10:20", UNIT_MINUTE, UNIT_SECOND, 620000000);
	check_interval("100:20", UNIT_HOUR, UNIT_MINUTE, 100 * TIMESTAMP_US_PER_HOUR + 20 * TIMESTAMP_US_PER_MINUTE);
	check_interval("2-10", UNIT_YEAR, UNIT_MONTH, 34);
	check_interval("-2-10", UNIT_YEAR, UNIT_MONTH, -34);
	check_interval("3", UNIT_YEAR, UNIT_YEAR, 36);
	check_interval("3", UNIT_QUARTER, UNIT_QUARTER, 9);
	check_interval("15", UNIT_MONTH, UNIT_MONTH, 15);
	check_interval_bad("", UNIT_DAY, UNIT_DAY);
	check_interval_bad("x", UNIT_DAY, UNIT_DAY);
	check_interval_bad("1 2", UNIT_DAY, UNIT_DAY);
	check_interval_bad("1.5", UNIT_MINUTE, UNIT_MINUTE);
	check_interval_bad("1 24:00:00", UNIT_DAY, UNIT_SECOND);
	check_interval_bad("10:60", UNIT_MINUTE, UNIT_SECOND);
	check_interval_bad("2-12", UNIT_YEAR, UNIT_MONTH);
	check_interval_bad("10:20", UNIT_SECOND, UNIT_MINUTE);
	check_interval_bad("99999999999", UNIT_DAY, UNIT_DAY);
	check_interval_bad("9999999999", UNIT_DAY, UNIT_DAY);
}

static void check_pg(const char *text, bool want_months, int64_t want)
{
	bool months = false;
	int64_t v = -1;
	Err err = {0};
	bool ok = timestamp_parse_interval_pg(str_from(text), &months, &v, &err);
	CHECK_FMT(ok && months == want_months && v == want, "    '%s': %lld %s\n", text, (long long)v, err.message);
}

TEST(timestamp_postgres_intervals_are_read)
{
	check_pg("10 minutes", false, 600000000);
	check_pg("1 day 02:03:04", false, TIMESTAMP_US_PER_DAY + 7384000000);
	check_pg("1 day -02:03", false, TIMESTAMP_US_PER_DAY - 7380000000);
	check_pg("1.5 hours", false, 5400000000);
	check_pg("-3 days", false, -3 * TIMESTAMP_US_PER_DAY);
	check_pg("3 days ago", false, -3 * TIMESTAMP_US_PER_DAY);
	check_pg("500 ms", false, 500000);
	check_pg("1h 30m", false, 5400000000);
	check_pg("1h30m", false, 5400000000);
	check_pg("90", false, 90000000);
	check_pg("0.5", false, 500000);
	check_pg("2 weeks", false, 14 * TIMESTAMP_US_PER_DAY);
	check_pg("1 year 2 mons", true, 14);
	check_pg("1.5 years", true, 18);
	check_pg("00:00:00", false, 0);
	static const char *const bad[] = {"", "x", "10 foos", "1 month 2 days", "10 20 minutes x", "-", "1:2:3:4", "ago"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bool months;
		int64_t v;
		CHECK_FMT(!timestamp_parse_interval_pg(str_from(bad[i]), &months, &v, NULL), "    '%s'\n", bad[i]);
	}
}

TEST(timestamp_intervals_are_printed)
{
	StrBuf out;
	strbuf_init(&out);
	timestamp_print_interval_months(14, &out);
	strbuf_putc(&out, ' ');
	timestamp_print_interval_months(-1, &out);
	strbuf_putc(&out, ' ');
	timestamp_print_interval_us(TIMESTAMP_US_PER_DAY + 7384005000, &out);
	strbuf_putc(&out, ' ');
	timestamp_print_interval_us(-1, &out);
	CHECK_STR(strbuf_cstr(&out), "+1-02 -0-01 +1 02:03:04.005 -0 00:00:00.000001");
	strbuf_deinit(&out);
}

TESTS(timestamp_format_prints_as_java, timestamp_parse_format_reads_as_java, timestamp_patterns_go_both_ways,
      timestamp_intervals_are_read, timestamp_postgres_intervals_are_read, timestamp_intervals_are_printed)
