/*
 * Windows against golden vectors and against a naive model, in steps of every size, with restarts.
 *
 * timeout: 240
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/op_harness.h"

#define SECOND INT64_C(1000)

static const uint32_t splits[] = {1, 2, 3, 7, 1000};

/* The output must be `want` whatever the steps and restarts. */
static void check_play(OpHarness *h, const Plan *root, const char *want)
{
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		for (uint32_t restart = 0; restart < 3; restart++) {
			const char *got = op_play(h, root, splits[i], restart);
			if (!CHECK_STR(got, want)) {
				fprintf(stderr, "    rows a step %u, restart %u: %s\n", splits[i], restart, op_error(h)->message);
				return;
			}
		}
}

static void rows_at(OpHarness *h, const Plan *scan, const int *seconds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		op_rowf(h, scan, 1, "%d", seconds[i] * 1000);
}

#define ROWS_AT(h, scan, ...)                                                                                          \
	do {                                                                                                               \
		static const int rows_at_list[] = {__VA_ARGS__};                                                               \
		rows_at(h, scan, rows_at_list, sizeof rows_at_list / sizeof *rows_at_list);                                    \
	} while (0)

TEST(tumble_v1)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "ts TIMESTAMP"));
	op_rowtime(h, in, 0, 2 * SECOND);
	WindowSpec w = {.kind = WINDOW_TUMBLE, .size_ms = 10 * SECOND, .slide_ms = 10 * SECOND};
	Plan *agg = op_window_agg(h, in, w, 0, "", "COUNT()");
	ROWS_AT(h, in, 1, 5, 11, 9, 13, 8, 25);
	op_end(h);
	check_play(h, agg,
	           "+1 (3, 1970-01-01 00:00:00.000, 1970-01-01 00:00:10.000, 1970-01-01 00:00:09.999)\n"
	           "+1 (2, 1970-01-01 00:00:10.000, 1970-01-01 00:00:20.000, 1970-01-01 00:00:19.999)\n"
	           "+1 (1, 1970-01-01 00:00:20.000, 1970-01-01 00:00:30.000, 1970-01-01 00:00:29.999)\n");
	op_play(h, agg, 3, 0);
	CHECK_STR(op_late(h), "8000 11000 [0, 10000)\n");
	CHECK_EQ_U64(op_counts(h).late, 1);
	CHECK_EQ_I64(op_counts(h).held, 0);
	op_free(h);
}

/* A row behind the end of all input is late; it must not be waited for a watermark that is behind it. */
TEST(behind_the_end)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "ts TIMESTAMP"));
	op_rowtime(h, in, 0, 0);
	WindowSpec w = {.kind = WINDOW_TUMBLE, .size_ms = 10 * SECOND, .slide_ms = 10 * SECOND};
	Plan *agg = op_window_agg(h, in, w, 0, "", "COUNT()");
	ROWS_AT(h, in, 1);
	op_end(h);
	op_step(h);
	ROWS_AT(h, in, 25);
	op_end(h);
	check_play(h, agg, "+1 (1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:10.000, 1970-01-01 00:00:09.999)\n");
	op_play(h, agg, 1, 0);
	CHECK_EQ_U64(op_counts(h).late, 1);
	op_free(h);
}

TEST(hop_v2)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "ts TIMESTAMP"));
	op_rowtime(h, in, 0, 0);
	WindowSpec w = {.kind = WINDOW_HOP, .size_ms = 10 * SECOND, .slide_ms = 5 * SECOND};
	Plan *agg = op_window_agg(h, in, w, 0, "", "COUNT()");
	ROWS_AT(h, in, 3, 12, 6);
	op_end(h);
	check_play(h, agg,
	           "+1 (1, 1969-12-31 23:59:55.000, 1970-01-01 00:00:05.000, 1970-01-01 00:00:04.999)\n"
	           "+1 (1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:10.000, 1970-01-01 00:00:09.999)\n"
	           "+1 (2, 1970-01-01 00:00:05.000, 1970-01-01 00:00:15.000, 1970-01-01 00:00:14.999)\n"
	           "+1 (1, 1970-01-01 00:00:10.000, 1970-01-01 00:00:20.000, 1970-01-01 00:00:19.999)\n");
	op_play(h, agg, 1, 0);
	CHECK_STR(op_late(h), "");
	CHECK_EQ_U64(op_counts(h).partly_late, 1);
	op_free(h);
}

TEST(cumulate_v3)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "ts TIMESTAMP"));
	op_rowtime(h, in, 0, 0);
	WindowSpec w = {.kind = WINDOW_CUMULATE, .size_ms = 15 * SECOND, .slide_ms = 5 * SECOND};
	Plan *agg = op_window_agg(h, in, w, 0, "", "COUNT()");
	ROWS_AT(h, in, 2, 12);
	op_end(h);
	check_play(h, agg,
	           "+1 (1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:05.000, 1970-01-01 00:00:04.999)\n"
	           "+1 (1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:10.000, 1970-01-01 00:00:09.999)\n"
	           "+1 (2, 1970-01-01 00:00:00.000, 1970-01-01 00:00:15.000, 1970-01-01 00:00:14.999)\n");
	op_free(h);
}

/* V12: two partitions are two scans under a union; p1 goes idle when its watermark is moved. */
TEST(partitions_v12)
{
	OpHarness *h = op_new();
	Plan *p0 = op_append(op_scan(h, "ts TIMESTAMP")), *p1 = op_append(op_scan(h, "ts TIMESTAMP"));
	op_rowtime(h, p0, 0, 0);
	op_rowtime(h, p1, 0, 0);
	WindowSpec w = {.kind = WINDOW_TUMBLE, .size_ms = 10 * SECOND, .slide_ms = 10 * SECOND};
	Plan *agg = op_window_agg(h, op_union(h, p0, p1), w, 0, "", "COUNT()");
	op_row(h, p0, 1, "1000");
	op_row(h, p1, 1, "3000");
	op_row(h, p0, 1, "20000");
	op_advance(h, p1, 20000);
	op_row(h, p1, 1, "8000");
	op_step(h);
	check_play(h, agg, "+1 (2, 1970-01-01 00:00:00.000, 1970-01-01 00:00:10.000, 1970-01-01 00:00:09.999)\n");
	op_play(h, agg, 100, 0);
	CHECK_STR(op_late(h), "8000 20000 [0, 10000)\n");
	CHECK_EQ_I64(op_counts(h).held, 1);
	op_free(h);
}

/* ---- a naive model ---- */

enum { MODEL_ROWS = 400, MODEL_AGGS = 10 };

static const char model_aggs[] = "COUNT(), SUM(2), MIN(2), MAX(3), COUNT(DISTINCT 2), SUM(4), LISTAGG(3), "
                                 "FIRST_VALUE(2), LAST_VALUE(3), COUNT(2) FILTER 5";

typedef struct ModelRow {
	int64_t time, weight;
	int key;     /* 0: NULL */
	int v, s, d; /* 0: NULL */
	bool f;
} ModelRow;

typedef struct ModelWindow {
	int64_t start, end;
	int key;
	bool fired;
	int rows[MODEL_ROWS]; /* alive, in order of arrival */
	int n;
	int log[MODEL_ROWS]; /* all that came, retractions too */
	int nlog;
} ModelWindow;

typedef struct Model {
	WindowSpec spec;
	ModelRow rows[MODEL_ROWS];
	int nrows;
	int64_t delay;
	bool snapshot;
	ModelWindow *windows;
	int nwindows, cap;
	StrBuf out, late;
	const Plan *plan;
	Arena *arena;
} Model;

static const char *const model_keys[] = {NULL, "", "a", "b", "ab", "abcdefghijklmnopqrstuvwxyz", "z"};
static const char *const model_texts[] = {NULL, "x", "yy", "a long text that is not inline", "w"};

static bool same_row(const ModelRow *a, const ModelRow *b)
{
	return a->time == b->time && a->key == b->key && a->v == b->v && a->s == b->s && a->d == b->d && a->f == b->f;
}

static ModelWindow *model_window(Model *m, int64_t start, int64_t end, int key)
{
	for (int i = 0; i < m->nwindows; i++)
		if (m->windows[i].start == start && m->windows[i].end == end && m->windows[i].key == key)
			return &m->windows[i];
	if (m->nwindows == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 64;
		m->windows = realloc(m->windows, (size_t)m->cap * sizeof *m->windows);
	}
	m->windows[m->nwindows] = (ModelWindow){.start = start, .end = end, .key = key};
	return &m->windows[m->nwindows++];
}

static int64_t floor_to(int64_t t, int64_t size, int64_t offset)
{
	int64_t r = (t - offset) % size;
	return t - (r < 0 ? r + size : r);
}

/* Calls for every window with t; returns how many. */
static int model_windows(const Model *m, int64_t t, int64_t (*out)[2])
{
	const WindowSpec *w = &m->spec;
	int n = 0;
	if (w->kind == WINDOW_CUMULATE) {
		int64_t start = floor_to(t, w->size_ms, w->offset_ms);
		for (int64_t end = start + w->slide_ms; end <= start + w->size_ms; end += w->slide_ms)
			if (end > t) {
				out[n][0] = start;
				out[n++][1] = end;
			}
		return n;
	}
	int64_t slide = w->kind == WINDOW_HOP ? w->slide_ms : w->size_ms;
	for (int64_t start = floor_to(t, slide, w->offset_ms) - w->size_ms; start <= t; start += 1)
		if (floor_to(start, slide, w->offset_ms) == start && t < start + w->size_ms) {
			out[n][0] = start;
			out[n++][1] = start + w->size_ms;
		}
	return n;
}

static int64_t model_slice(const Model *m, int64_t t)
{
	int64_t a = m->spec.size_ms, b = m->spec.kind == WINDOW_TUMBLE ? a : m->spec.slide_ms;
	while (b) {
		int64_t r = a % b;
		a = b;
		b = r;
	}
	return floor_to(t, a, m->spec.offset_ms);
}

/* The values (of s, else of v) in order: by slice, then arrival; a retraction takes the oldest equal value of its
 * slice. */
static int model_ordered(const Model *m, const ModelWindow *w, bool of_s, int *out)
{
	int64_t slice[MODEL_ROWS];
	int n = 0;
	for (int i = 0; i < w->nlog; i++) {
		const ModelRow *r = &m->rows[w->log[i]];
		int value = of_s ? r->s : r->v, at = 0;
		int64_t at_slice = model_slice(m, r->time);
		if (!value)
			continue;
		if (r->weight < 0) {
			while (slice[at] != at_slice || out[at] != value)
				at++;
			memmove(slice + at, slice + at + 1, (size_t)(n - at - 1) * sizeof *slice);
			memmove(out + at, out + at + 1, (size_t)(n - at - 1) * sizeof *out);
			n--;
			continue;
		}
		for (at = n; at > 0 && slice[at - 1] > at_slice; at--) {
			slice[at] = slice[at - 1];
			out[at] = out[at - 1];
		}
		slice[at] = at_slice;
		out[at] = value;
		n++;
	}
	return n;
}

static void model_emit(Model *m, const ModelWindow *w)
{
	Value row[MODEL_AGGS + 4];
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		row[i] = VALUE_NULL;
	StrBuf list;
	strbuf_init(&list);
	int64_t count_v = 0, count_f = 0, distinct = 0, count_d = 0, sum = 0;
	double sum_d = 0;
	for (int i = 0; i < w->n; i++) {
		const ModelRow *r = &m->rows[w->rows[i]];
		if (r->v) {
			count_v++;
			sum += r->v;
			count_f += r->f;
			if (row[3].null || r->v < row[3].i)
				row[3] = value_i64(r->v);
			bool seen = false;
			for (int k = 0; k < i; k++)
				seen |= m->rows[w->rows[k]].v == r->v;
			distinct += !seen;
		}
		if (r->d) {
			sum_d += r->d * 0.25;
			count_d++;
		}
		if (r->s) {
			Str s = str_from(model_texts[r->s]);
			if (row[4].null || str_cmp(s, row[4].s) > 0)
				row[4] = value_str(s);
		}
	}
	int ordered[MODEL_ROWS];
	int n = model_ordered(m, w, true, ordered);
	for (int i = 0; i < n; i++)
		strbuf_printf(&list, "%s%s", i ? "," : "", model_texts[ordered[i]]);
	if (n)
		row[9] = value_str(str_from(model_texts[ordered[n - 1]]));
	if (model_ordered(m, w, false, ordered))
		row[8] = value_i64(ordered[0]);
	row[0] = w->key ? value_str(str_from(model_keys[w->key])) : VALUE_NULL;
	row[1] = value_i64(w->n);
	row[2] = count_v ? value_i64(sum) : VALUE_NULL;
	row[5] = value_i64(distinct);
	row[6] = count_d ? (Value){.f = sum_d} : VALUE_NULL;
	row[7] = list.len ? value_str(strbuf_str(&list)) : VALUE_NULL;
	row[10] = value_i64(count_f);
	row[11] = value_i64(w->start * 1000);
	row[12] = value_i64(w->end * 1000);
	row[13] = value_i64((w->end - 1) * 1000);
	const Type *types[MODEL_AGGS + 4];
	for (uint32_t i = 0; i < m->plan->ncols; i++)
		types[i] = m->plan->cols[i].type;
	batch_print(batch_from_values(types, m->plan->ncols, row, 1, NULL, NULL, NULL, m->arena), &m->out);
	strbuf_deinit(&list);
}

static int compare_key(int a, int b)
{
	if (!a || !b)
		return (a != 0) - (b != 0);
	return strcmp(model_keys[a], model_keys[b]);
}

static void model_fire(Model *m, int64_t watermark)
{
	for (;;) {
		ModelWindow *next = NULL;
		for (int i = 0; i < m->nwindows; i++) {
			ModelWindow *w = &m->windows[i];
			if (w->fired || w->end - 1 > watermark)
				continue;
			if (!next || w->end < next->end || (w->end == next->end && compare_key(w->key, next->key) < 0))
				next = w;
		}
		if (!next)
			return;
		next->fired = true;
		if (next->n)
			model_emit(m, next);
	}
}

static void model_row(Model *m, int i, int64_t watermark)
{
	const ModelRow *r = &m->rows[i];
	int64_t windows[64][2];
	int n = model_windows(m, r->time, windows);
	bool open = false;
	for (int k = 0; k < n; k++) {
		if (windows[k][1] - 1 <= watermark)
			continue;
		open = true;
		ModelWindow *w = model_window(m, windows[k][0], windows[k][1], r->key);
		w->log[w->nlog++] = i;
		if (r->weight > 0) {
			w->rows[w->n++] = i;
			continue;
		}
		int at = w->n - 1;
		while (at >= 0 && !same_row(&m->rows[w->rows[at]], r))
			at--;
		REQUIRE(at >= 0);
		memmove(w->rows + at, w->rows + at + 1, (size_t)(w->n - at - 1) * sizeof *w->rows);
		w->n--;
	}
	if (n && !open)
		strbuf_printf(&m->late, "%s%" PRId64 " %" PRId64 " [%" PRId64 ", %" PRId64 ")\n", r->weight < 0 ? "-" : "",
		              r->time, watermark, windows[n - 1][0], windows[n - 1][1]);
}

static void model_run(Model *m)
{
	strbuf_clear(&m->out);
	strbuf_clear(&m->late);
	strbuf_puts(&m->out, "");
	strbuf_puts(&m->late, "");
	m->nwindows = 0;
	int64_t watermark = BATCH_NO_WATERMARK;
	for (int i = 0; i < m->nrows; i++) {
		model_fire(m, watermark);
		model_row(m, i, watermark);
		if (!m->snapshot && m->rows[i].time - m->delay > watermark)
			watermark = m->rows[i].time - m->delay;
	}
	model_fire(m, INT64_MAX);
}

static uint64_t random_state;

static int random_below(int n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((random_state >> 33) % (uint64_t)n);
}

static void model_random(Model *m, bool retract)
{
	m->nrows = 20 + random_below(200);
	m->delay = random_below(12);
	int64_t now = 1000 + random_below(50);
	for (int i = 0; i < m->nrows; i++) {
		ModelRow *r = &m->rows[i];
		if (retract && i && random_below(3) == 0) {
			*r = m->rows[random_below(i)];
			int64_t left = 0;
			for (int k = 0; k < i; k++)
				left += same_row(&m->rows[k], r) ? m->rows[k].weight : 0;
			r->weight = -1;
			if (left > 0)
				continue;
		}
		now += random_below(12) == 0 ? random_below(60) : random_below(4);
		*r = (ModelRow){now - random_below(random_below(5) ? 6 : 40),
		                1,
		                random_below(7),
		                random_below(6),
		                random_below(5),
		                random_below(5),
		                random_below(2)};
	}
}

static void model_script(OpHarness *h, const Model *m, const Plan *in)
{
	op_clear(h);
	for (int i = 0; i < m->nrows; i++) {
		const ModelRow *r = &m->rows[i];
		char v[32] = "NULL", d[32] = "NULL";
		if (r->v)
			snprintf(v, sizeof v, "%d", r->v);
		if (r->d)
			snprintf(d, sizeof d, "%g", r->d * 0.25);
		op_rowf(h, in, r->weight, "%s|%" PRId64 "|%s|%s|%s|%s", r->key ? model_keys[r->key] : "NULL", r->time, v,
		        r->s ? model_texts[r->s] : "NULL", d, r->f ? "true" : "false");
	}
	op_end(h);
}

static void model_check(WindowSpec spec, bool retract, uint64_t seed)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "k STRING, ts TIMESTAMP, v BIGINT, s STRING, d DOUBLE, f BOOLEAN");
	in->append_only = !retract;
	Plan *agg = op_window_agg(h, in, spec, 1, "0", model_aggs);
	Model *m = calloc(1, sizeof *m);
	m->spec = spec;
	m->plan = agg;
	m->arena = op_arena(h);
	strbuf_init(&m->out);
	strbuf_init(&m->late);
	random_state = seed;
	model_random(m, retract);
	op_rowtime(h, in, 1, m->delay);
	model_script(h, m, in);
	model_run(m);
	static const uint32_t steps[] = {1, 5, 31, 1000};
	for (size_t i = 0; i < 4; i++) {
		uint32_t restart = (uint32_t)random_below(4);
		const char *got = op_play(h, agg, steps[i], restart);
		bool same = CHECK_STR(got, strbuf_cstr(&m->out)) && CHECK_STR(op_late(h), strbuf_cstr(&m->late)) &&
		            CHECK_EQ_I64(op_counts(h).held, 0);
		if (!same) {
			fprintf(stderr, "    kind %d size %d slide %d seed %llu step %u restart %u retract %d: %s %s\n",
			        (int)spec.kind, (int)spec.size_ms, (int)spec.slide_ms, (unsigned long long)seed, steps[i], restart,
			        retract, op_error(h)->message, op_error(h)->detail);
			break;
		}
	}
	m->snapshot = true;
	model_run(m);
	if (!retract) /* a snapshot adds changes up first, which loses their order */
		CHECK_STR(op_snapshot(h, agg, 1 + (uint32_t)random_below(64)), strbuf_cstr(&m->out));
	strbuf_deinit(&m->out);
	strbuf_deinit(&m->late);
	free(m->windows);
	free(m);
	op_free(h);
}

static void model_check_all(WindowSpec spec, uint32_t rounds)
{
	for (uint32_t i = 0; i < op_rounds(rounds) && !check_failed; i++) {
		model_check(spec, false, (uint64_t)i * 2 + 1);
		model_check(spec, true, (uint64_t)i * 2 + 2);
	}
}

TEST(tumble_as_the_model)
{
	model_check_all((WindowSpec){.kind = WINDOW_TUMBLE, .size_ms = 10, .slide_ms = 10}, 12);
	model_check_all((WindowSpec){.kind = WINDOW_TUMBLE, .size_ms = 25, .slide_ms = 25, .offset_ms = -7}, 6);
}

TEST(hop_as_the_model)
{
	model_check_all((WindowSpec){.kind = WINDOW_HOP, .size_ms = 20, .slide_ms = 5}, 12);
	model_check_all((WindowSpec){.kind = WINDOW_HOP, .size_ms = 30, .slide_ms = 10, .offset_ms = 3}, 6);
	model_check_all((WindowSpec){.kind = WINDOW_HOP, .size_ms = 15, .slide_ms = 6}, 6);
	model_check_all((WindowSpec){.kind = WINDOW_HOP, .size_ms = 6, .slide_ms = 10}, 6);
}

TEST(cumulate_as_the_model)
{
	model_check_all((WindowSpec){.kind = WINDOW_CUMULATE, .size_ms = 20, .slide_ms = 5}, 12);
	model_check_all((WindowSpec){.kind = WINDOW_CUMULATE, .size_ms = 12, .slide_ms = 4, .offset_ms = 1}, 6);
}

/* ---- early results ---- */

TEST(early_results_and_corrections)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "ts TIMESTAMP, v BIGINT"));
	op_rowtime(h, in, 0, 0);
	WindowSpec w = {.kind = WINDOW_TUMBLE, .size_ms = 10, .slide_ms = 10};
	Plan *agg = op_window_agg(h, in, w, 0, "", "MAX(1)");
	agg->agg.emit = EMIT_EARLY;
	agg->append_only = false;
	op_row(h, in, 1, "1|5");
	op_row(h, in, 1, "2|3");
	op_row(h, in, 1, "9|7");
	op_row(h, in, 1, "12|1");
	op_end(h);
	const char *want = "+1 (5, 1970-01-01 00:00:00.000, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.009)\n"
	                   "-1 (5, 1970-01-01 00:00:00.000, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.009)\n"
	                   "+1 (7, 1970-01-01 00:00:00.000, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.009)\n"
	                   "+1 (1, 1970-01-01 00:00:00.010, 1970-01-01 00:00:00.020, 1970-01-01 00:00:00.019)\n";
	CHECK_STR(op_play(h, agg, 1, 0), want);
	CHECK_STR(op_play(h, agg, 1, 1), want);
	op_free(h);
}

static void early_check(WindowSpec spec, uint64_t seed)
{
	OpHarness *h = op_new();
	bool retract = seed % 2;
	Plan *in = op_scan(h, "k STRING, ts TIMESTAMP, v BIGINT, s STRING, d DOUBLE, f BOOLEAN");
	in->append_only = !retract;
	static const char aggs[] = "COUNT(), SUM(2), MIN(2), MAX(3), COUNT(DISTINCT 2), SUM(4)";
	Plan *closing = op_window_agg(h, in, spec, 1, "0", aggs), *early = op_window_agg(h, in, spec, 1, "0", aggs);
	early->agg.emit = EMIT_EARLY;
	early->append_only = false;
	Model *m = calloc(1, sizeof *m);
	m->spec = spec;
	random_state = seed;
	model_random(m, retract);
	op_rowtime(h, in, 1, m->delay);
	model_script(h, m, in);
	REQUIRE(op_play(h, closing, 50, 0));
	StrBuf want, late;
	strbuf_init(&want);
	strbuf_init(&late);
	strbuf_puts(&want, op_table(h));
	strbuf_puts(&late, op_late(h));
	for (uint32_t rows = 1; rows < 200; rows = rows * 3 + 1) {
		CHECK(op_play(h, early, rows, (uint32_t)random_below(3)) != NULL);
		CHECK_EQ_I64(op_counts(h).held, 0);
		if (!CHECK_STR(op_table(h), strbuf_cstr(&want)) || !CHECK_STR(op_late(h), strbuf_cstr(&late)))
			fprintf(stderr, "    kind %d seed %d rows a step %u: %s\n", (int)spec.kind, (int)seed, rows,
			        op_error(h)->message);
	}
	strbuf_deinit(&want);
	strbuf_deinit(&late);
	free(m);
	op_free(h);
}

TEST(early_results_end_as_closing_ones)
{
	for (uint64_t seed = 1; seed <= op_rounds(12) && !check_failed; seed++) {
		early_check((WindowSpec){.kind = WINDOW_TUMBLE, .size_ms = 10, .slide_ms = 10}, seed);
		early_check((WindowSpec){.kind = WINDOW_HOP, .size_ms = 20, .slide_ms = 5}, seed);
		early_check((WindowSpec){.kind = WINDOW_CUMULATE, .size_ms = 20, .slide_ms = 5}, seed);
	}
}

TESTS(tumble_v1, behind_the_end, hop_v2, cumulate_v3, partitions_v12, tumble_as_the_model, hop_as_the_model,
      cumulate_as_the_model, early_results_and_corrections, early_results_end_as_closing_ones)
