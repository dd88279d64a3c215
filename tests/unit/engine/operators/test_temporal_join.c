/*
 * Temporal joins against a model that keeps every version: random times, late rows on both sides, deletions, any step
 * size, restarts. What comes out, line by line, depends on neither; what is late is the same.
 */
#include "tests/support/check.h"
#include "tests/support/op_harness.h"

enum { ROWS = 60 };

typedef struct Row {
	int k, v, ts; /* k 0: NULL */
	bool right, gone, waits;
} Row;

static uint64_t random_state;

static int random_below(int n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((random_state >> 33) % (uint64_t)n);
}

/* ---- the answer ---- */

static Row rows[ROWS];
static int nrows;

/* The version that the first n rows give for a left row: the last one of the greatest time. NULL: none, or deleted. */
static const Row *version_of(const Row *left, int n)
{
	const Row *best = NULL;
	for (int i = 0; i < n; i++) {
		const Row *r = &rows[i];
		if (r->right && left->k && r->k == left->k && r->ts <= left->ts && (!best || r->ts >= best->ts))
			best = r;
	}
	return best && !best->gone ? best : NULL;
}

static void put(StrBuf *out, const Row *l, const Row *r, bool left_join)
{
	char k[12] = "NULL";
	if (l->k)
		snprintf(k, sizeof k, "%d", l->k);
	if (r)
		strbuf_printf(out, "+1 (%s, 1970-01-01 00:00:00.%03d, %d, %d, 1970-01-01 00:00:00.%03d, %d)\n", k, l->ts, l->v,
		              r->k, r->ts, r->v);
	else if (left_join)
		strbuf_printf(out, "+1 (%s, 1970-01-01 00:00:00.%03d, %d, NULL, NULL, NULL)\n", k, l->ts, l->v);
}

/* Left rows that wait, up to watermark w, in order of time and arrival. */
static void let_out(int n, int64_t w, bool left_join, StrBuf *out)
{
	for (;;) {
		Row *next = NULL;
		for (int i = 0; i < n; i++)
			if (rows[i].waits && rows[i].ts <= w && (!next || rows[i].ts < next->ts))
				next = &rows[i];
		if (!next)
			return;
		next->waits = false;
		put(out, next, version_of(next, n), left_join);
	}
}

static int run_model(bool left_join, StrBuf *out)
{
	int64_t wm[2] = {INT64_MIN, INT64_MIN};
	int late = 0;
	for (int i = 0; i < nrows; i++) {
		Row *x = &rows[i];
		int64_t w = wm[0] < wm[1] ? wm[0] : wm[1];
		let_out(i, w, left_join, out);
		late += !x->right && x->ts <= w;
		x->waits = !x->right && x->ts > w;
		if (x->ts > wm[x->right])
			wm[x->right] = x->ts;
	}
	let_out(nrows, INT64_MAX, left_join, out);
	return late;
}

/* ---- tests ---- */

static int count_lines(const char *text)
{
	int n = 0;
	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void play_random(int seed)
{
	static const struct {
		uint32_t rows, restart;
	} ways[] = {{1, 0}, {7, 0}, {4096, 0}, {1, 3}, {7, 1}};
	OpHarness *h = op_new();
	random_state = (uint64_t)seed;
	Plan *l = op_append(op_scan(h, "k BIGINT, ts TIMESTAMP, v BIGINT")),
	     *r = op_scan(h, "k BIGINT, ts TIMESTAMP, v BIGINT");
	op_rowtime(h, l, 1, 0);
	op_rowtime(h, r, 1, 0);
	int keys = 1 + random_below(3), jitter = 1 + random_below(100);
	bool deletes = random_below(2), left_join = random_below(2);
	nrows = random_below(ROWS);
	for (int i = 0; i < nrows; i++) {
		Row *x = &rows[i];
		*x = (Row){
		    .k = random_below(keys + 1), .v = i, .right = random_below(2), .ts = 100 + i * 8 - random_below(jitter)};
		x->gone = x->right && deletes && random_below(4) == 0;
		char k[12] = "NULL";
		if (x->k)
			snprintf(k, sizeof k, "%d", x->k);
		op_rowf(h, x->right ? r : l, x->gone ? -1 : 1, "%s|%d|%d", k, x->ts, x->v);
	}
	op_end(h);
	Plan *join = op_join(h, l, r, left_join ? JOIN_LEFT : JOIN_INNER, "0", "0", NULL);
	join->kind = PLAN_TEMPORAL_JOIN;
	join->append_only = true;
	join->join.left_time = join->join.right_time = 1;
	StrBuf want;
	strbuf_init(&want);
	strbuf_puts(&want, "");
	int late = run_model(left_join, &want);
	for (size_t i = 0; i < sizeof ways / sizeof *ways && !check_failed; i++) {
		const char *out = op_play(h, join, ways[i].rows, ways[i].restart);
		REQUIRE(out);
		CHECK_STR(out, strbuf_cstr(&want));
		CHECK_EQ_I64(count_lines(op_late(h)), late);
		if (check_failed)
			fprintf(stderr, "    seed %d, %u rows a step, restart %u\n", seed, ways[i].rows, ways[i].restart);
	}
	strbuf_deinit(&want);
	op_free(h);
}

TEST(random_versions_late_rows_and_restarts)
{
	for (int seed = 1; seed <= 300 && !check_failed; seed++)
		play_random(seed);
}

TESTS(random_versions_late_rows_and_restarts)
