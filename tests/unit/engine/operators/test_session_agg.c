/*
 * Sessions against golden vectors and a naive model that keeps every row and finds the sessions anew each time: random
 * rows, late ones, retractions, steps of every size, restarts.
 *
 * timeout: 240
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/op_harness.h"

enum { MODEL_ROWS = 300, MODEL_COLS = 14 };

static const char model_aggs[] = "COUNT(), SUM(2), MIN(2), MAX(3), COUNT(DISTINCT 2), SUM(4), LISTAGG(3), "
                                 "FIRST_VALUE(2), LAST_VALUE(3), COUNT(2) FILTER 5";
static const char *const model_keys[] = {"", "a", "b", "abcdefghijklmnopqrstuvwxyz"};
static const char *const model_texts[] = {NULL, "x", "yy", "a long text that is not inline", "w"};

typedef struct ModelRow {
	int64_t time, weight;
	int key, v, s, d; /* v, s, d 0: NULL */
	bool f;
	bool open; /* in an open session */
} ModelRow;

typedef struct Model {
	ModelRow rows[MODEL_ROWS];
	int nrows;
	int64_t gap, delay;
	bool snapshot;
	StrBuf out, late;
	const Plan *plan;
	Arena *arena;
} Model;

static bool same_row(const ModelRow *a, const ModelRow *b)
{
	return a->time == b->time && a->key == b->key && a->v == b->v && a->s == b->s && a->d == b->d && a->f == b->f;
}

static void model_emit(Model *m, int key, int64_t start, int64_t end)
{
	Value row[MODEL_COLS];
	for (size_t i = 0; i < MODEL_COLS; i++)
		row[i] = VALUE_NULL;
	StrBuf list;
	strbuf_init(&list);
	int64_t rows = 0, count_v = 0, count_f = 0, distinct = 0, count_d = 0, sum = 0;
	double sum_d = 0;
	bool seen[8] = {0};
	for (int i = 0; i < m->nrows; i++) {
		ModelRow *r = &m->rows[i];
		if (!r->open || r->key != key || r->time < start || r->time >= end)
			continue;
		r->open = false;
		rows++;
		if (r->v) {
			if (!count_v++)
				row[8] = value_i64(r->v);
			sum += r->v;
			count_f += r->f;
			distinct += !seen[r->v];
			seen[r->v] = true;
			if (row[3].null || r->v < row[3].i)
				row[3] = value_i64(r->v);
		}
		if (r->d) {
			sum_d += r->d * 0.25;
			count_d++;
		}
		if (r->s) {
			Str s = str_from(model_texts[r->s]);
			if (row[4].null || str_cmp(s, row[4].s) > 0)
				row[4] = value_str(s);
			strbuf_printf(&list, "%s%s", list.len ? "," : "", model_texts[r->s]);
			row[9] = value_str(s);
		}
	}
	row[0] = value_str(str_from(model_keys[key]));
	row[1] = value_i64(rows);
	row[2] = count_v ? value_i64(sum) : VALUE_NULL;
	row[5] = value_i64(distinct);
	row[6] = count_d ? (Value){.f = sum_d} : VALUE_NULL;
	row[7] = list.len ? value_str(strbuf_str(&list)) : VALUE_NULL;
	row[10] = value_i64(count_f);
	row[11] = value_i64(start * 1000);
	row[12] = value_i64(end * 1000);
	row[13] = value_i64((end - 1) * 1000);
	const Type *types[MODEL_COLS];
	for (uint32_t i = 0; i < MODEL_COLS; i++)
		types[i] = m->plan->cols[i].type;
	batch_print(batch_from_values(types, MODEL_COLS, row, 1, NULL, NULL, NULL, m->arena), &m->out);
	strbuf_deinit(&list);
}

/* The end of the open session that holds `time` of a key. */
static int64_t model_end(const Model *m, int key, int64_t time)
{
	int64_t end = time + m->gap;
	for (bool more = true; more;) {
		more = false;
		for (int i = 0; i < m->nrows; i++) {
			const ModelRow *r = &m->rows[i];
			if (r->open && r->key == key && r->time >= time && r->time <= end && r->time + m->gap > end) {
				end = r->time + m->gap;
				more = true;
			}
		}
	}
	return end;
}

static bool model_starts(const Model *m, const ModelRow *r)
{
	for (int i = 0; i < m->nrows; i++) {
		const ModelRow *x = &m->rows[i];
		if (x->open && x->key == r->key && x->time < r->time && x->time + m->gap >= r->time)
			return false;
	}
	return true;
}

static void model_fire(Model *m, int64_t watermark)
{
	for (;;) {
		const ModelRow *next = NULL;
		int64_t next_end = 0;
		for (int i = 0; i < m->nrows; i++) {
			const ModelRow *r = &m->rows[i];
			if (!r->open || !model_starts(m, r))
				continue;
			int64_t end = model_end(m, r->key, r->time);
			if (end - 1 > watermark)
				continue;
			if (!next || end < next_end || (end == next_end && strcmp(model_keys[r->key], model_keys[next->key]) < 0)) {
				next = r;
				next_end = end;
			}
		}
		if (!next)
			return;
		model_emit(m, next->key, next->time, next_end);
	}
}

static void model_row(Model *m, ModelRow *r, int64_t watermark)
{
	if (r->weight < 0) {
		bool found = false;
		for (int i = 0; i < m->nrows && !found; i++)
			if (m->rows[i].open && same_row(&m->rows[i], r)) {
				m->rows[i].open = false;
				found = true;
			}
		if (!found)
			strbuf_printf(&m->late, "-%" PRId64 " %" PRId64 " [%" PRId64 ", %" PRId64 ")\n", r->time, watermark,
			              r->time, r->time + m->gap);
		model_fire(m, watermark);
		return;
	}
	bool joins = false;
	for (int i = 0; i < m->nrows; i++) {
		const ModelRow *x = &m->rows[i];
		joins |= x->open && x->key == r->key && x->time <= r->time + m->gap && r->time <= x->time + m->gap;
	}
	r->open = joins || r->time + m->gap - 1 > watermark;
	if (!r->open)
		strbuf_printf(&m->late, "%" PRId64 " %" PRId64 " [%" PRId64 ", %" PRId64 ")\n", r->time, watermark, r->time,
		              r->time + m->gap);
}

static void model_run(Model *m)
{
	strbuf_clear(&m->out);
	strbuf_clear(&m->late);
	strbuf_puts(&m->out, "");
	strbuf_puts(&m->late, "");
	for (int i = 0; i < m->nrows; i++)
		m->rows[i].open = false;
	int64_t watermark = BATCH_NO_WATERMARK;
	for (int i = 0; i < m->nrows; i++) {
		model_fire(m, watermark);
		model_row(m, &m->rows[i], watermark);
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
	m->delay = random_below(30);
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
		*r = (ModelRow){.time = now - random_below(random_below(5) ? 6 : 40),
		                .weight = 1,
		                .key = random_below(4),
		                .v = random_below(6),
		                .s = random_below(5),
		                .d = random_below(5),
		                .f = random_below(2)};
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
		op_rowf(h, in, r->weight, "%s|%" PRId64 "|%s|%s|%s|%s", model_keys[r->key], r->time, v,
		        r->s ? model_texts[r->s] : "NULL", d, r->f ? "true" : "false");
	}
	op_end(h);
}

static Plan *model_scan(OpHarness *h, bool retract)
{
	Plan *in = op_scan(h, "k STRING, ts TIMESTAMP, v BIGINT, s STRING, d DOUBLE, f BOOLEAN");
	in->append_only = !retract;
	return in;
}

static Model *model_new(OpHarness *h, const Plan *plan, int64_t gap, bool retract, uint64_t seed)
{
	Model *m = calloc(1, sizeof *m);
	m->gap = gap;
	m->plan = plan;
	m->arena = op_arena(h);
	strbuf_init(&m->out);
	strbuf_init(&m->late);
	random_state = seed;
	model_random(m, retract);
	return m;
}

static void model_free(Model *m)
{
	strbuf_deinit(&m->out);
	strbuf_deinit(&m->late);
	free(m);
}

static void model_check(int64_t gap, bool retract, uint64_t seed)
{
	OpHarness *h = op_new();
	Plan *in = model_scan(h, retract);
	WindowSpec spec = {.kind = WINDOW_SESSION, .size_ms = gap};
	Plan *agg = op_window_agg(h, in, spec, 1, "0", model_aggs);
	Model *m = model_new(h, agg, gap, retract, seed);
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
			fprintf(stderr, "    gap %d seed %llu step %u restart %u retract %d: %s %s\n", (int)gap,
			        (unsigned long long)seed, steps[i], restart, retract, op_error(h)->message, op_error(h)->detail);
			break;
		}
	}
	m->snapshot = true;
	model_run(m);
	if (!retract) /* a snapshot adds changes up first, which loses their order */
		CHECK_STR(op_snapshot(h, agg, 1 + (uint32_t)random_below(64)), strbuf_cstr(&m->out));
	model_free(m);
	op_free(h);
}

TEST(sessions_as_the_model)
{
	for (uint64_t i = 0; i < op_rounds(16) && !check_failed; i++) {
		model_check(5, false, i * 2 + 1);
		model_check(1 + (int64_t)i, false, i * 2 + 1000);
	}
}

TEST(sessions_that_lose_rows_as_the_model)
{
	for (uint64_t i = 0; i < op_rounds(16) && !check_failed; i++) {
		model_check(5, true, i * 2 + 2);
		model_check(1 + (int64_t)i, true, i * 2 + 1001);
	}
}

/* Early results add up to what comes when sessions close. */
static void early_check(int64_t gap, uint64_t seed)
{
	OpHarness *h = op_new();
	bool retract = seed % 2;
	Plan *in = model_scan(h, retract);
	WindowSpec spec = {.kind = WINDOW_SESSION, .size_ms = gap};
	Plan *closing = op_window_agg(h, in, spec, 1, "0", model_aggs),
	     *early = op_window_agg(h, in, spec, 1, "0", model_aggs);
	early->agg.emit = EMIT_EARLY;
	early->append_only = false;
	Model *m = model_new(h, closing, gap, retract, seed);
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
			fprintf(stderr, "    gap %d seed %d rows a step %u: %s\n", (int)gap, (int)seed, rows, op_error(h)->message);
	}
	strbuf_deinit(&want);
	strbuf_deinit(&late);
	model_free(m);
	op_free(h);
}

TEST(early_sessions_end_as_closing_ones)
{
	for (uint64_t seed = 1; seed <= op_rounds(12) && !check_failed; seed++)
		early_check(2 + (int64_t)seed, seed);
}

/* The rows of a session, and their aggregate by the window that they carry, give what the sessions' own aggregate
 * gives. */
static void rows_check(int64_t gap, uint64_t seed)
{
	OpHarness *h = op_new();
	Plan *in = model_scan(h, false);
	WindowSpec spec = {.kind = WINDOW_SESSION, .size_ms = gap};
	uint32_t keys[1] = {0};
	Plan *own = op_window_agg(h, in, spec, 1, "0", model_aggs);
	Plan *rows = op_append(op_window(h, in, spec, 1));
	rows->window.keys = keys;
	rows->window.nkeys = 1;
	Plan *attached = op_attached_agg(h, rows, spec, 6, 7, "0", model_aggs);
	Model *m = model_new(h, own, gap, false, seed);
	op_rowtime(h, in, 1, m->delay);
	model_script(h, m, in);
	REQUIRE(op_play(h, own, 50, 0));
	StrBuf want;
	strbuf_init(&want);
	strbuf_puts(&want, op_table(h));
	for (uint32_t n = 1; n < 200; n = n * 5 + 1) {
		CHECK(op_play(h, attached, n, (uint32_t)random_below(3)) != NULL);
		if (!CHECK_STR(op_table(h), strbuf_cstr(&want)))
			fprintf(stderr, "    gap %d seed %d rows a step %u: %s\n", (int)gap, (int)seed, n, op_error(h)->message);
	}
	strbuf_deinit(&want);
	model_free(m);
	op_free(h);
}

TEST(rows_of_sessions_carry_their_windows)
{
	for (uint64_t seed = 1; seed <= 6 && !check_failed; seed++)
		rows_check(2 + (int64_t)seed, seed);
}

static const uint32_t splits[] = {1, 2, 3, 7, 1000};

static void check_play(OpHarness *h, const Plan *root, const char *want)
{
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		for (uint32_t restart = 0; restart < 3; restart++)
			if (!CHECK_STR(op_play(h, root, splits[i], restart), want))
				return;
}

TEST(session_v4)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "ts TIMESTAMP"));
	op_rowtime(h, in, 0, 0);
	Plan *agg = op_window_agg(h, in, (WindowSpec){.kind = WINDOW_SESSION, .size_ms = 5000}, 0, "", "COUNT()");
	op_row(h, in, 1, "0");
	op_row(h, in, 1, "5000");
	op_row(h, in, 1, "11000");
	op_end(h);
	check_play(h, agg,
	           "+1 (2, 1970-01-01 00:00:00.000, 1970-01-01 00:00:10.000, 1970-01-01 00:00:09.999)\n"
	           "+1 (1, 1970-01-01 00:00:11.000, 1970-01-01 00:00:16.000, 1970-01-01 00:00:15.999)\n");
	op_free(h);
}

/* Without the row in the middle there are two sessions, and the first of them has closed already. */
TEST(a_retraction_leaves_a_session_behind_the_watermark)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "ts TIMESTAMP");
	op_rowtime(h, in, 0, 0);
	Plan *agg = op_window_agg(h, in, (WindowSpec){.kind = WINDOW_SESSION, .size_ms = 5000}, 0, "", "COUNT()");
	op_row(h, in, 1, "0");
	op_row(h, in, 1, "4000");
	op_row(h, in, 1, "8000");
	op_row(h, in, -1, "4000");
	op_row(h, in, 1, "9000");
	op_end(h);
	check_play(h, agg,
	           "+1 (1, 1970-01-01 00:00:00.000, 1970-01-01 00:00:05.000, 1970-01-01 00:00:04.999)\n"
	           "+1 (2, 1970-01-01 00:00:08.000, 1970-01-01 00:00:14.000, 1970-01-01 00:00:13.999)\n");
	op_free(h);
}

TEST(a_retraction_of_what_was_never_there_fails)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "ts TIMESTAMP, v BIGINT");
	op_rowtime(h, in, 0, 0);
	Plan *agg = op_window_agg(h, in, (WindowSpec){.kind = WINDOW_SESSION, .size_ms = 5000}, 0, "", "COUNT()");
	agg->agg.input_append = false;
	op_row(h, in, 1, "1000|1");
	op_row(h, in, -1, "1000|2");
	op_step(h);
	CHECK(op_play(h, agg, 10, 0) == NULL);
	CHECK(op_error(h)->code == ERR_RETRACT_UNKNOWN);
	op_clear(h);
	op_row(h, in, -1, "1000|2"); /* before its row, but in the same step */
	op_row(h, in, 1, "1000|2");
	op_row(h, in, 1, "2000|1");
	op_end(h);
	CHECK_STR(op_play(h, agg, 10, 0),
	          "+1 (1, 1970-01-01 00:00:02.000, 1970-01-01 00:00:07.000, 1970-01-01 00:00:06.999)\n");
	op_free(h);
}

TESTS(session_v4, sessions_as_the_model, sessions_that_lose_rows_as_the_model, early_sessions_end_as_closing_ones,
      rows_of_sessions_carry_their_windows, a_retraction_leaves_a_session_behind_the_watermark,
      a_retraction_of_what_was_never_there_fails)
