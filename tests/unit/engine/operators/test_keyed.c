/*
 * What works by key on the way in and out: normalize, last wins, the kinds of a sink; and union.
 */
#include "tests/support/check.h"
#include "tests/support/op_harness.h"

static const uint32_t splits[] = {1, 2, 3, 1000};

TEST(normalize_upserts)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "k STRING, v BIGINT");
	Plan *norm = op_keyed(h, in, PLAN_NORMALIZE, "0", false, false);
	op_row(h, in, -1, "a|NULL"); /* a tombstone for an unknown key */
	op_row(h, in, 1, "a|1");
	op_row(h, in, 1, "b|2");
	op_row(h, in, 1, "a|1"); /* the same again */
	op_row(h, in, 1, "a|3");
	op_row(h, in, -1, "b|NULL");
	op_row(h, in, 1, "b|4");
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		CHECK_STR(op_play(h, norm, splits[i], 1),
		          "+1 ('a', 1)\n+1 ('b', 2)\n-1 ('a', 1)\n+1 ('a', 3)\n-1 ('b', 2)\n+1 ('b', 4)\n");
	op_play(h, norm, 100, 0);
	CHECK_EQ_U64(op_counts(h).duplicate, 2);
	op_snapshot(h, norm, 2);
	CHECK_STR(op_table(h), "('a', 3) x1\n('b', 4) x1\n");
	op_free(h);
}

TEST(last_wins)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "k STRING, v BIGINT");
	Plan *sink = op_keyed(h, op_keyed(h, in, PLAN_LAST_WINS, "0", false, false), PLAN_SINK, "0", false, true);
	op_row(h, in, 1, "a|1");
	op_row(h, in, 1, "a|2");
	op_row(h, in, -1, "a|2"); /* the older one is what the target holds again */
	op_row(h, in, -1, "a|1");
	op_row(h, in, 1, "a|1");
	op_row(h, in, 1, "a|2");
	op_row(h, in, -1, "a|1"); /* nobody sees it */
	const char *want = "+I ('a', 1)\n+U ('a', 2)\n+U ('a', 1)\n-D ('a', 1)\n+I ('a', 1)\n+U ('a', 2)\n";
	CHECK_STR(op_play(h, sink, 1, 0), want);
	CHECK_STR(op_play(h, sink, 1, 1), want);
	CHECK_STR(op_play(h, sink, 3, 0), "+I ('a', 1)\n+U ('a', 2)\n");
	CHECK_STR(op_play(h, sink, 100, 0), "+I ('a', 2)\n");
	op_clear(h);
	op_row(h, in, 1, "a|1");
	op_row(h, in, -1, "a|2");
	CHECK(op_play(h, sink, 1, 0) == NULL);
	CHECK_EQ_I64(op_error(h)->code, ERR_RETRACT_UNKNOWN);
	op_free(h);
}

TEST(sink_kinds)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "k STRING, v BIGINT");
	Plan *append = op_append(op_scan(h, "k STRING, v BIGINT"));
	Plan *free_rows = op_keyed(h, in, PLAN_SINK, "", true, false);
	Plan *upserts = op_keyed(h, in, PLAN_SINK, "0", false, true);
	Plan *appends = op_keyed(h, append, PLAN_SINK, "", false, false);
	Plan *last = op_keyed(h, append, PLAN_SINK, "0", false, true);
	op_row(h, in, 2, "a|1");
	op_row(h, in, -1, "a|1");
	op_row(h, in, 1, "b|1");
	op_step(h);
	op_row(h, in, -1, "a|1");
	op_row(h, in, 1, "a|2");
	op_row(h, in, -1, "b|1");
	CHECK_STR(op_play(h, free_rows, 100, 0), "+I ('a', 1)\n+I ('b', 1)\n-D ('a', 1)\n+I ('a', 2)\n-D ('b', 1)\n");
	CHECK_STR(op_play(h, upserts, 100, 0), "+I ('a', 1)\n+I ('b', 1)\n+U ('a', 2)\n-D ('b', 1)\n");
	op_clear(h);
	op_row(h, append, 1, "a|1");
	op_row(h, append, 1, "b|2");
	op_row(h, append, 1, "a|3");
	CHECK_STR(op_play(h, appends, 100, 0), "+I ('a', 1)\n+I ('b', 2)\n+I ('a', 3)\n");
	CHECK_STR(op_play(h, last, 100, 0), "+I ('b', 2)\n+I ('a', 3)\n");
	op_free(h);
}

TEST(union_merges_by_ordinal)
{
	OpHarness *h = op_new();
	Plan *a = op_scan(h, "v BIGINT"), *b = op_scan(h, "v BIGINT");
	Plan *both = op_union(h, a, b);
	for (int i = 0; i < 20; i++)
		op_rowf(h, i % 3 ? a : b, 1, "%d", i);
	StrBuf want;
	strbuf_init(&want);
	for (int i = 0; i < 20; i++)
		strbuf_printf(&want, "+1 (%d)\n", i);
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		CHECK_STR(op_play(h, both, splits[i], 0), strbuf_cstr(&want));
	strbuf_deinit(&want);
	op_free(h);
}

/* A source joined with itself by union, once through a window: what closes at a row comes before that row, and nothing
 * is late by it. */
TEST(union_of_a_diamond)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "ts TIMESTAMP, v BIGINT"));
	op_rowtime(h, in, 0, 0);
	WindowSpec w = {.kind = WINDOW_TUMBLE, .size_ms = 10, .slide_ms = 10};
	Plan *tumble = op_window(h, in, w, 0);
	Plan *one = op_attached_agg(h, tumble, w, 2, 3, "0", "COUNT()"),
	     *two = op_attached_agg(h, tumble, w, 2, 3, "0", "COUNT()");
	Plan *all = op_union(h, one, two);
	Plan *again = op_window_agg(h, all, w, 4, "", "COUNT(), SUM(1)");
	for (int i = 0; i < 40; i++)
		op_rowf(h, in, 1, "%d|%d", i * 3, i);
	op_end(h);
	const char *got = op_play(h, again, 1, 0);
	CHECK(got != NULL);
	StrBuf want;
	strbuf_init(&want);
	strbuf_puts(&want, got ? got : "");
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
		CHECK_STR(op_play(h, again, splits[i], 0), strbuf_cstr(&want));
		CHECK_STR(op_late(h), "");
	}
	strbuf_deinit(&want);
	op_free(h);
}

TESTS(normalize_upserts, last_wins, sink_kinds, union_merges_by_ordinal, union_of_a_diamond)
