/*
 * Interval joins against nested loops over single values and a literal model of the watermark: random times, late rows,
 * NULLs, any step size, restarts. What comes out, line by line, depends on neither.
 */
#include "tests/support/check.h"
#include "tests/support/op_harness.h"

enum { ROWS = 60 };

typedef struct Row {
	int k, v, ts; /* k 0: NULL; ts -1: NULL */
	bool right, kept, matched, gone;
} Row;

static uint64_t random_state;

static int random_below(int n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((random_state >> 33) % (uint64_t)n);
}

/* ---- the answer ---- */

typedef struct Model {
	JoinKind kind;
	bool keyed, residual;
	int low, high; /* ms */
	int delay[2];
	Row rows[ROWS];
	int n;
	char lines[ROWS * ROWS * 2][160];
	int nlines;
} Model;

static void print_side(const Row *r, char *out, size_t len)
{
	char k[12] = "NULL", ts[40] = "NULL";
	if (!r) {
		snprintf(out, len, "NULL, NULL, NULL");
		return;
	}
	if (r->k)
		snprintf(k, sizeof k, "%d", r->k);
	if (r->ts >= 0)
		snprintf(ts, sizeof ts, "1970-01-01 00:00:00.%03d", r->ts);
	snprintf(out, len, "%s, %s, %d", k, ts, r->v);
}

static void put_line(Model *m, const Row *l, const Row *r)
{
	char a[70], b[70];
	print_side(l, a, sizeof a);
	print_side(r, b, sizeof b);
	snprintf(m->lines[m->nlines++], sizeof m->lines[0], "(%s, %s)", a, b);
}

static bool pads(const Model *m, bool right)
{
	return m->kind == JOIN_FULL || m->kind == (right ? JOIN_RIGHT : JOIN_LEFT);
}

static int bound(const Model *m, const Row *r)
{
	return r->ts + (r->right ? -m->low : m->high);
}

static void put_alone(Model *m, const Row *r)
{
	put_line(m, r->right ? NULL : r, r->right ? r : NULL);
}

/* Rows whose bound lies before watermark w go. */
static void expire(Model *m, int64_t w)
{
	for (int i = 0; i < m->n; i++) {
		Row *r = &m->rows[i];
		if (!r->kept || r->gone || bound(m, r) >= w)
			continue;
		r->gone = true;
		if (!r->matched && pads(m, r->right))
			put_alone(m, r);
	}
}

static bool partners(const Model *m, const Row *l, const Row *r)
{
	if (l->ts < 0 || r->ts < 0 || (m->keyed && (!l->k || l->k != r->k)) || (m->residual && l->v >= r->v))
		return false;
	return l->ts + m->low <= r->ts && r->ts <= l->ts + m->high;
}

static void run_model(Model *m)
{
	int64_t wm[2] = {INT64_MIN, INT64_MIN};
	int n = m->n;
	m->nlines = 0;
	for (m->n = 0; m->n < n; m->n++) {
		Row *x = &m->rows[m->n];
		int64_t w = wm[0] < wm[1] ? wm[0] : wm[1];
		expire(m, w);
		for (int i = 0; i < m->n; i++) {
			Row *y = &m->rows[i];
			if (!y->kept || y->gone || y->right == x->right || !partners(m, x->right ? y : x, x->right ? x : y))
				continue;
			x->matched = y->matched = true;
			put_line(m, x->right ? y : x, x->right ? x : y);
		}
		x->kept = x->ts >= 0 && w < bound(m, x);
		if (!x->kept && !x->matched && pads(m, x->right))
			put_alone(m, x);
		if (x->ts >= 0 && x->ts - m->delay[x->right] > wm[x->right])
			wm[x->right] = x->ts - m->delay[x->right];
	}
	expire(m, INT64_MAX);
}

static void model_table(OpHarness *h, const Model *m, StrBuf *want)
{
	StrBuf text;
	strbuf_init(&text);
	strbuf_puts(&text, "");
	for (int i = 0; i < m->nlines; i++) {
		int copies = 0;
		bool first = true;
		for (int k = 0; k < m->nlines; k++) {
			bool same = strcmp(m->lines[i], m->lines[k]) == 0;
			copies += same;
			first = first && !(same && k < i);
		}
		if (first)
			strbuf_printf(&text, "%s x%d\n", m->lines[i], copies);
	}
	strbuf_puts(want, op_sorted(h, strbuf_cstr(&text)));
	strbuf_deinit(&text);
}

/* ---- tests ---- */

static void play_random(uint32_t seed)
{
	static const struct {
		uint32_t rows, restart;
	} ways[] = {{1, 0}, {7, 0}, {4096, 0}, {1, 3}, {7, 1}};
	static Model m;
	memset(&m, 0, sizeof m);
	OpHarness *h = op_new();
	random_state = (uint64_t)seed;
	Plan *scan[2] = {op_append(op_scan(h, "k BIGINT, ts TIMESTAMP, v BIGINT")),
	                 op_append(op_scan(h, "k BIGINT, ts TIMESTAMP, v BIGINT"))};
	m.kind = (JoinKind)random_below(4);
	m.keyed = random_below(4) != 0;
	m.residual = random_below(3) == 0;
	m.low = random_below(60) - 30;
	m.high = m.low + random_below(50);
	for (int side = 0; side < 2; side++) {
		m.delay[side] = random_below(3) * 10;
		op_rowtime(h, scan[side], 1, m.delay[side]);
	}
	int keys = 1 + random_below(4), jitter = 1 + random_below(80);
	m.n = random_below(ROWS);
	for (int i = 0; i < m.n; i++) {
		Row *r = &m.rows[i];
		*r = (Row){.k = random_below(keys + 1), .v = random_below(5), .right = random_below(2)};
		r->ts = 100 + i * 8 - random_below(jitter);
		char k[12] = "NULL";
		if (r->k)
			snprintf(k, sizeof k, "%d", r->k);
		op_rowf(h, scan[r->right], 1, "%s|%d|%d", k, r->ts, r->v);
	}
	op_end(h);
	const Expr *less =
	    op_call2(h, "<", expr_column(op_arena(h), &type_bigint, 2), expr_column(op_arena(h), &type_bigint, 5));
	Plan *join = op_join(h, scan[0], scan[1], m.kind, m.keyed ? "0" : "", m.keyed ? "0" : "", m.residual ? less : NULL);
	join->kind = PLAN_INTERVAL_JOIN;
	join->append_only = true;
	join->join.left_time = join->join.right_time = 1;
	join->join.low_us = m.low * 1000;
	join->join.high_us = m.high * 1000;
	run_model(&m);
	StrBuf want;
	strbuf_init(&want);
	strbuf_puts(&want, "");
	model_table(h, &m, &want);
	char *first = NULL;
	for (size_t i = 0; i < sizeof ways / sizeof *ways && !check_failed; i++) {
		const char *out = op_play(h, join, ways[i].rows, ways[i].restart);
		REQUIRE(out);
		if (!first)
			first = mem_cstr(str_from(out));
		else
			CHECK_STR(out, first);
		CHECK_STR(op_table(h), strbuf_cstr(&want));
		if (check_failed)
			fprintf(stderr, "    seed %u, kind %d, [%d, %d], %u rows a step, restart %u\n", seed, (int)m.kind, m.low,
			        m.high, ways[i].rows, ways[i].restart);
	}
	mem_free(first);
	strbuf_deinit(&want);
	op_free(h);
}

TEST(random_times_late_rows_and_restarts)
{
	for (uint32_t seed = 1; seed <= op_rounds(300) && !check_failed; seed++)
		play_random(seed);
}

/* What comes out is never late for a window behind the join, as long as what comes in is in time. */
TEST(a_window_behind_the_join_loses_nothing)
{
	for (uint32_t seed = 1; seed <= op_rounds(60) && !check_failed; seed++) {
		OpHarness *h = op_new();
		random_state = (uint64_t)seed;
		Plan *l = op_append(op_scan(h, "k BIGINT, ts TIMESTAMP")), *r = op_append(op_scan(h, "k BIGINT, ts TIMESTAMP"));
		op_rowtime(h, l, 1, 0);
		op_rowtime(h, r, 1, 0);
		int at[2] = {100, 100};
		for (int i = 0; i < 60; i++) {
			int side = random_below(2);
			at[side] += 1 + random_below(9);
			op_rowf(h, side ? r : l, 1, "%d|%d", random_below(3), at[side]);
		}
		op_end(h);
		Plan *join = op_join(h, l, r, JOIN_LEFT, "0", "0", NULL);
		join->kind = PLAN_INTERVAL_JOIN;
		join->append_only = true;
		join->join.left_time = join->join.right_time = 1;
		join->join.low_us = -random_below(20) * 1000;
		join->join.high_us = random_below(20) * 1000;
		WindowSpec spec = {.kind = WINDOW_TUMBLE, .size_ms = 10, .slide_ms = 10};
		Plan *agg = op_window_agg(h, join, spec, 1, "", "COUNT()");
		REQUIRE(op_play(h, agg, 1 + (uint32_t)random_below(9), 0));
		CHECK_STR(op_late(h), "");
		op_free(h);
	}
}

TESTS(random_times_late_rows_and_restarts, a_window_behind_the_join_loses_nothing)
