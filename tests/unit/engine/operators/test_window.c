/*
 * Window functions without an aggregate, aggregates over the window that rows carry, zones, the wall clock.
 */
#include "engine/operators/window_time.h"
#include "tests/support/check.h"
#include "tests/support/op_harness.h"

static const uint32_t splits[] = {1, 2, 5, 1000};

TEST(rows_in_windows)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "ts TIMESTAMP, v BIGINT");
	op_rowtime(h, in, 0, 0);
	WindowSpec tumble = {.kind = WINDOW_TUMBLE, .size_ms = 10, .slide_ms = 10},
	           hop = {.kind = WINDOW_HOP, .size_ms = 10, .slide_ms = 5};
	WindowSpec cumulate = {.kind = WINDOW_CUMULATE, .size_ms = 10, .slide_ms = 5},
	           gaps = {.kind = WINDOW_HOP, .size_ms = 5, .slide_ms = 10};
	op_row(h, in, 1, "3|1");
	op_row(h, in, -1, "17|2");
	CHECK_STR(
	    op_play(h, op_window(h, in, tumble, 0), 7, 0),
	    "+1 (1970-01-01 00:00:00.003, 1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.009)\n"
	    "-1 (1970-01-01 00:00:00.017, 2, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.020, 1970-01-01 00:00:00.019)\n");
	CHECK_STR(
	    op_play(h, op_window(h, in, hop, 0), 7, 0),
	    "+1 (1970-01-01 00:00:00.003, 1, 1969-12-31 23:59:59.995, 1970-01-01 00:00:00.005, 1970-01-01 00:00:00.004)\n"
	    "+1 (1970-01-01 00:00:00.003, 1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.009)\n"
	    "-1 (1970-01-01 00:00:00.017, 2, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.020, 1970-01-01 00:00:00.019)\n"
	    "-1 (1970-01-01 00:00:00.017, 2, 1970-01-01 00:00:00.015, 1970-01-01 00:00:00.025, 1970-01-01 00:00:00.024)\n");
	CHECK_STR(
	    op_play(h, op_window(h, in, cumulate, 0), 7, 0),
	    "+1 (1970-01-01 00:00:00.003, 1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:00.005, 1970-01-01 00:00:00.004)\n"
	    "+1 (1970-01-01 00:00:00.003, 1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.009)\n"
	    "-1 (1970-01-01 00:00:00.017, 2, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.020, 1970-01-01 00:00:00.019)\n");
	CHECK_STR(
	    op_play(h, op_window(h, in, gaps, 0), 7, 0),
	    "+1 (1970-01-01 00:00:00.003, 1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:00.005, 1970-01-01 00:00:00.004)\n");
	CHECK_EQ_U64(op_counts(h).filtered, 1);
	op_row(h, in, 1, "NULL|1");
	CHECK(op_play(h, op_window(h, in, tumble, 0), 7, 0) == NULL);
	CHECK_STR(op_error(h)->message, "the time column \"ts\" of a window is NULL");
	op_free(h);
}

/* An aggregate over attached windows gives what the aggregate by slices gives. */
TEST(attached_as_by_slices)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k BIGINT, ts TIMESTAMP, v BIGINT"));
	op_rowtime(h, in, 1, 4);
	WindowSpec specs[] = {{.kind = WINDOW_TUMBLE, .size_ms = 10, .slide_ms = 10},
	                      {.kind = WINDOW_HOP, .size_ms = 12, .slide_ms = 4},
	                      {.kind = WINDOW_CUMULATE, .size_ms = 12, .slide_ms = 4}};
	for (int i = 0; i < 80; i++)
		op_rowf(h, in, 1, "%d|%d|%d", i % 3, i * 2 - (i * 7) % 5, i);
	op_end(h);
	for (int s = 0; s < 3; s++) {
		Plan *by_slices = op_window_agg(h, in, specs[s], 1, "0", "COUNT(), SUM(2), MAX(2)");
		Plan *attached = op_attached_agg(h, op_append(op_window(h, in, specs[s], 1)), specs[s], 3, 4, "0",
		                                 "COUNT(), SUM(2), MAX(2)");
		StrBuf want;
		strbuf_init(&want);
		const char *got = op_play(h, by_slices, 7, 0);
		strbuf_puts(&want, got ? got : op_error(h)->message);
		got = op_play(h, by_slices, 1, 0);
		CHECK_STR(got, strbuf_cstr(&want));
		if (specs[s].kind != WINDOW_CUMULATE) /* which fires each step, with rows or without; rows of a step without any
		                                         are not carried */
			for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
				CHECK_STR(op_play(h, attached, splits[i], 1), strbuf_cstr(&want));
		strbuf_deinit(&want);
	}
	op_free(h);
}

static void check_zone(const char *zone, WindowSpec spec, const char *const *utc, size_t n, const char *want)
{
	OpHarness *h = op_new();
	Err err = {0};
	spec.ltz = true;
	spec.zone = zone_find(str_from(zone), &err);
	REQUIRE(spec.zone);
	Plan *in = op_append(op_scan(h, "ts LTZ"));
	op_rowtime(h, in, 0, 0);
	Plan *agg = op_window_agg(h, in, spec, 0, "", "COUNT()");
	for (size_t i = 0; i < n; i++) {
		Value v;
		REQUIRE(value_parse(&type_ltz3, str_from(utc[i]), zone_utc, op_arena(h), &v, &err));
		op_rowf(h, in, 1, "%" PRId64, v.i / 1000);
	}
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		CHECK_STR(op_play(h, agg, splits[i], 1), want);
	op_free(h);
}

TEST(clocks_go_back)
{
	/* Berlin: 03:00 CEST is 02:00 CET at 01:00 UTC; the hour from 02:00 is shown twice and is one window */
	static const char *const rows[] = {"2024-10-26 23:30:00",     "2024-10-27 00:30:00", "2024-10-27 01:30:00",
	                                   "2024-10-27 01:59:59.999", "2024-10-27 02:10:00", "2024-10-27 03:30:00"};
	check_zone("Europe/Berlin", (WindowSpec){.kind = WINDOW_TUMBLE, .size_ms = 3600000, .slide_ms = 3600000}, rows, 6,
	           "+1 (1, 2024-10-27 01:00:00.000, 2024-10-27 02:00:00.000, 2024-10-26 23:59:59.999)\n"
	           "+1 (3, 2024-10-27 02:00:00.000, 2024-10-27 03:00:00.000, 2024-10-27 01:59:59.999)\n"
	           "+1 (1, 2024-10-27 03:00:00.000, 2024-10-27 04:00:00.000, 2024-10-27 02:59:59.999)\n");
	static const char *const days[] = {"2024-10-26 21:59:59", "2024-10-26 22:00:00", "2024-10-27 22:59:59",
	                                   "2024-10-27 23:00:00"};
	check_zone("Europe/Berlin", (WindowSpec){.kind = WINDOW_TUMBLE, .size_ms = 86400000, .slide_ms = 86400000}, days, 4,
	           "+1 (1, 2024-10-26 00:00:00.000, 2024-10-27 00:00:00.000, 2024-10-26 21:59:59.999)\n"
	           "+1 (2, 2024-10-27 00:00:00.000, 2024-10-28 00:00:00.000, 2024-10-27 22:59:59.999)\n");
}

TEST(clocks_go_forward)
{
	/* Berlin: 02:00 CET is 03:00 CEST at 01:00 UTC; the hour from 02:00 does not exist */
	static const char *const rows[] = {"2024-03-31 00:10:00", "2024-03-31 00:50:00", "2024-03-31 01:00:00",
	                                   "2024-03-31 01:40:00", "2024-03-31 04:00:00"};
	check_zone("Europe/Berlin", (WindowSpec){.kind = WINDOW_TUMBLE, .size_ms = 3600000, .slide_ms = 3600000}, rows, 5,
	           "+1 (2, 2024-03-31 01:00:00.000, 2024-03-31 02:00:00.000, 2024-03-31 00:59:59.999)\n"
	           "+1 (2, 2024-03-31 03:00:00.000, 2024-03-31 04:00:00.000, 2024-03-31 01:59:59.999)\n");
	/* windows that end inside the gap end with it */
	check_zone("Europe/Berlin", (WindowSpec){.kind = WINDOW_HOP, .size_ms = 3600000, .slide_ms = 1800000}, rows, 5,
	           "+1 (1, 2024-03-31 00:30:00.000, 2024-03-31 01:30:00.000, 2024-03-31 00:29:59.999)\n"
	           "+1 (2, 2024-03-31 01:00:00.000, 2024-03-31 02:00:00.000, 2024-03-31 00:59:59.999)\n"
	           "+1 (1, 2024-03-31 01:30:00.000, 2024-03-31 02:30:00.000, 2024-03-31 01:00:00.000)\n"
	           "+1 (1, 2024-03-31 02:30:00.000, 2024-03-31 03:30:00.000, 2024-03-31 01:29:59.999)\n"
	           "+1 (2, 2024-03-31 03:00:00.000, 2024-03-31 04:00:00.000, 2024-03-31 01:59:59.999)\n"
	           "+1 (1, 2024-03-31 03:30:00.000, 2024-03-31 04:30:00.000, 2024-03-31 02:29:59.999)\n");
	static const char *const days[] = {"2024-03-30 23:00:00", "2024-03-31 21:59:59.999", "2024-03-31 22:00:00",
	                                   "2024-04-01 22:00:00"};
	check_zone("Europe/Berlin", (WindowSpec){.kind = WINDOW_TUMBLE, .size_ms = 86400000, .slide_ms = 86400000}, days, 4,
	           "+1 (2, 2024-03-31 00:00:00.000, 2024-04-01 00:00:00.000, 2024-03-31 21:59:59.999)\n"
	           "+1 (1, 2024-04-01 00:00:00.000, 2024-04-02 00:00:00.000, 2024-04-01 21:59:59.999)\n");
}

TEST(windows_of_the_wall_clock)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "v BIGINT, p LTZ"));
	WindowSpec spec = {
	    .kind = WINDOW_TUMBLE, .size_ms = 1000, .slide_ms = 1000, .ltz = true, .proctime = true, .zone = zone_utc};
	WindowSpec hop = {
	    .kind = WINDOW_HOP, .size_ms = 2000, .slide_ms = 1000, .ltz = true, .proctime = true, .zone = zone_utc};
	op_clock(h, 1500000);
	op_row(h, in, 1, "1|1500");
	op_row(h, in, 1, "2|1500");
	op_clock(h, 1999999);
	op_row(h, in, 1, "3|1999");
	op_clock(h, 2000000);
	op_row(h, in, 1, "4|2000");
	op_clock(h, 3500000);
	for (uint32_t restart = 0; restart < 2; restart++) {
		CHECK_STR(op_play(h, op_window_agg(h, in, spec, 1, "", "SUM(0)"), 10, restart),
		          "+1 (6, 1970-01-01 00:00:01.000, 1970-01-01 00:00:02.000, 1970-01-01 00:00:01.999)\n"
		          "+1 (4, 1970-01-01 00:00:02.000, 1970-01-01 00:00:03.000, 1970-01-01 00:00:02.999)\n");
		CHECK_STR(op_play(h, op_window_agg(h, in, hop, 1, "", "SUM(0)"), 10, restart),
		          "+1 (6, 1970-01-01 00:00:00.000, 1970-01-01 00:00:02.000, 1970-01-01 00:00:01.999)\n"
		          "+1 (10, 1970-01-01 00:00:01.000, 1970-01-01 00:00:03.000, 1970-01-01 00:00:02.999)\n");
	}
	op_free(h);
}

TESTS(rows_in_windows, attached_as_by_slices, clocks_go_back, clocks_go_forward, windows_of_the_wall_clock)
