/*
 * Tests of engine/front/metrics.c: samples, labels with odd names, what is not known has no sample.
 */
#include "engine/front/metrics.h"
#include "tests/support/check.h"

static bool has_line(const StrBuf *text, const char *wanted)
{
	Str rest = strbuf_str(text), line;
	while (str_next(&rest, '\n', &line))
		if (str_eq_c(line, wanted))
			return true;
	fprintf(stderr, "no line: %s\n", wanted);
	return false;
}

static bool has(const StrBuf *text, const char *part)
{
	return memmem(text->ptr, text->len, part, strlen(part)) != NULL;
}

static ReportQuery query = {
    .name = {"a\"b\\c\nd", 7},
    .kind = {"view", 4},
    .state = {"failed", 6},
    .rows_in = 18446744073709551615u,
    .held_rows = 3,
    .watermark_ms = 1500,
    .lag_records = -1,
    .lag_us = 1234567,
};
static ReportOperator operators[] = {
    {.query = {"a\"b\\c\nd", 7}, .state_rows = 2, .duplicate = 5},
    {.query = {"other", 5}, .state_rows = 100},
    {.query = {"a\"b\\c\nd", 7}, .state_rows = 40},
};
static ReportSource source = {
    .query = {"q", 1},
    .table = {"t", 1},
    .partition = {"0", 1},
    .position = REPORT_UNKNOWN,
    .end = 0,
    .lag_records = 0,
    .watermark_ms = BATCH_NO_WATERMARK,
    .trouble = {"down", 4},
};
static ReportSink sink = {.name = {"s", 1}, .connector = {"jdbc", 4}, .retries = 2};

static void print(StrBuf *out)
{
	Report r = {
	    .queries = &query,
	    .operators = operators,
	    .sources = &source,
	    .sinks = &sink,
	    .nqueries = 1,
	    .noperators = 3,
	    .nsources = 1,
	    .nsinks = 1,
	    .now_us = 4000000,
	};
	histogram_add(&r.store.commits, 3000);
	histogram_add(&r.store.commits, 40000000);
	strbuf_init(out);
	metrics_print(&r, out);
}

TEST(samples)
{
	StrBuf out;
	print(&out);
	CHECK(has_line(&out, "weir_query_rows_in_total{query=\"a\\\"b\\\\c\\nd\"} 18446744073709551615"));
	CHECK(has_line(&out, "weir_query_lag_seconds{query=\"a\\\"b\\\\c\\nd\"} 1.234567"));
	CHECK(has_line(&out, "weir_query_watermark_seconds{query=\"a\\\"b\\\\c\\nd\"} 1.500000"));
	CHECK(has_line(&out, "weir_query_watermark_delay_seconds{query=\"a\\\"b\\\\c\\nd\"} 2.500000"));
	CHECK(has_line(&out, "weir_query_state{query=\"a\\\"b\\\\c\\nd\",kind=\"view\",state=\"failed\"} 1"));
	CHECK(has_line(&out, "weir_query_state{query=\"a\\\"b\\\\c\\nd\",kind=\"view\",state=\"running\"} 0"));
	CHECK(has_line(&out, "weir_query_state_rows{query=\"a\\\"b\\\\c\\nd\"} 42"));
	CHECK(has_line(&out, "weir_query_rows_duplicate_total{query=\"a\\\"b\\\\c\\nd\"} 5"));
	CHECK(has_line(&out, "weir_source_lag_records{query=\"q\",table=\"t\",partition=\"0\"} 0"));
	CHECK(has_line(&out, "weir_source_up{query=\"q\",table=\"t\",partition=\"0\"} 0"));
	CHECK(has_line(&out, "weir_sink_up{sink=\"s\",connector=\"jdbc\"} 1"));
	CHECK(has_line(&out, "weir_sink_retries_total{sink=\"s\",connector=\"jdbc\"} 2"));
	strbuf_deinit(&out);
}

TEST(unknown_has_no_sample)
{
	StrBuf out;
	print(&out);
	CHECK(!has(&out, "weir_query_lag_records{"));
	CHECK(!has(&out, "weir_source_position{"));
	CHECK(!has(&out, "weir_source_watermark_seconds{"));
	CHECK(!has(&out, "weir_source_watermark_delay_seconds{"));
	CHECK(has(&out, "weir_source_end{"));
	strbuf_deinit(&out);
}

TEST(histograms_add_up)
{
	StrBuf out;
	print(&out);
	CHECK(has_line(&out, "weir_commit_duration_seconds_bucket{le=\"0.0025\"} 0"));
	CHECK(has_line(&out, "weir_commit_duration_seconds_bucket{le=\"0.005\"} 1"));
	CHECK(has_line(&out, "weir_commit_duration_seconds_bucket{le=\"30\"} 1"));
	CHECK(has_line(&out, "weir_commit_duration_seconds_bucket{le=\"+Inf\"} 2"));
	CHECK(has_line(&out, "weir_commit_duration_seconds_sum 40.003000"));
	CHECK(has_line(&out, "weir_commit_duration_seconds_count 2"));
	strbuf_deinit(&out);
}

/* A file's name may have any bytes; a scrape with one that is not UTF-8 would be refused as a whole. */
TEST(labels_are_utf8)
{
	ReportSource odd = {.query = {"q", 1},
	                    .table = {"t", 1},
	                    .partition = {"a\xff"
	                                  "\xc3\xa4",
	                                  4},
	                    .watermark_ms = 0};
	Report r = {.sources = &odd, .nsources = 1};
	StrBuf out;
	strbuf_init(&out);
	metrics_print(&r, &out);
	CHECK(str_is_utf8(strbuf_str(&out)));
	CHECK(has_line(&out, "weir_source_up{query=\"q\",table=\"t\",partition=\"a\xef\xbf\xbd"
	                     "\xc3\xa4\"} 1"));
	strbuf_deinit(&out);
}

TESTS(samples, unknown_has_no_sample, histograms_add_up, labels_are_utf8)
