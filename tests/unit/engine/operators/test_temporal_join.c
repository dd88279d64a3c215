/*
 * Temporal joins against a model of Flink's operator, with a timer per key: random times, late rows on both sides,
 * deletions, any step size, restarts. What comes out, line by line, depends on neither; nothing is dropped.
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

enum { KEYS = 4, TIMES = 1000 };

/* What Flink keeps of a key: the versions by time (a row's number + 1, 0: none), and one timer. */
static struct {
	int version[TIMES];
	int64_t timer;
} kept[KEYS];

static const Row *version_of(const Row *left)
{
	for (int t = left->ts; left->k && t >= 0; t--)
		if (kept[left->k].version[t]) {
			const Row *r = &rows[kept[left->k].version[t] - 1];
			return r->gone ? NULL : r;
		}
	return NULL;
}

static void note_timer(int k, int ts)
{
	if (ts < kept[k].timer)
		kept[k].timer = ts;
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

/* The watermark has moved to w: keys whose timer it has reached. Rows come out as they came in. */
static void fire(int n, int64_t w, bool left_join, StrBuf *out)
{
	bool due[KEYS];
	for (int k = 0; k < KEYS; k++) {
		due[k] = kept[k].timer <= w;
		if (due[k])
			kept[k].timer = INT64_MAX;
	}
	for (int i = 0; i < n; i++) {
		Row *x = &rows[i];
		if (!x->waits || !due[x->k])
			continue;
		x->waits = x->ts > w;
		if (x->waits)
			note_timer(x->k, x->ts);
		else
			put(out, x, version_of(x), left_join);
	}
	for (int k = 0; k < KEYS; k++)
		for (int t = TIMES - 1, last = 0; due[k] && t >= 0; t--)
			if (t <= w && kept[k].version[t] && last++)
				kept[k].version[t] = 0;
}

static void run_model(bool left_join, StrBuf *out)
{
	int64_t wm[2] = {INT64_MIN, INT64_MIN}, now = INT64_MIN;
	memset(kept, 0, sizeof kept);
	for (int k = 0; k < KEYS; k++)
		kept[k].timer = INT64_MAX;
	for (int i = 0; i < nrows; i++) {
		Row *x = &rows[i];
		x->waits = !x->right && (x->k || left_join);
		if (x->right && x->k)
			kept[x->k].version[x->ts] = i + 1;
		if (x->waits || (x->right && x->k))
			note_timer(x->k, x->ts);
		if (x->ts > wm[x->right])
			wm[x->right] = x->ts;
		int64_t w = wm[0] < wm[1] ? wm[0] : wm[1];
		if (w > now && i + 1 < nrows) { /* behind the last row the end comes at once */
			now = w;
			fire(i + 1, w, left_join, out);
		}
	}
	fire(nrows, INT64_MAX - 1, left_join, out);
}

/* ---- tests ---- */

static void play_random(uint32_t seed)
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
	run_model(left_join, &want);
	for (size_t i = 0; i < sizeof ways / sizeof *ways && !check_failed; i++) {
		const char *out = op_play(h, join, ways[i].rows, ways[i].restart);
		REQUIRE(out);
		CHECK_STR(out, strbuf_cstr(&want));
		CHECK_STR(op_late(h), "");
		if (check_failed)
			fprintf(stderr, "    seed %u, %u rows a step, restart %u\n", seed, ways[i].rows, ways[i].restart);
	}
	strbuf_deinit(&want);
	op_free(h);
}

TEST(random_versions_late_rows_and_restarts)
{
	for (uint32_t seed = 1; seed <= op_rounds(300) && !check_failed; seed++)
		play_random(seed);
}

TESTS(random_versions_late_rows_and_restarts)
