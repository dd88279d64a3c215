/*
 * Top-N, deduplication and the first rows against lists of rows, in steps of every size, with restarts.
 */
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "sql/plan/infer.h"
#include "tests/support/check.h"
#include "tests/support/op_harness.h"

static const uint32_t splits[] = {1, 3, 7, 1000};

static uint64_t random_state;

static uint32_t random_next(void)
{
	random_state = hash_mix(random_state + 1);
	return (uint32_t)(random_state >> 33);
}

enum { MODEL_ROWS = 600 };

/* A row of the model; rows stand as they arrived. */
typedef struct Row {
	int k, v, id;
	int64_t ts;
} Row;

typedef struct Model {
	Row rows[MODEL_ROWS];
	int n;
} Model;

static int compare_v(const Row *a, const Row *b)
{
	return (a->v < b->v) - (a->v > b->v); /* v desc */
}

/* The lines of the table that Top-N leaves. */
static void model_topn(const Model *m, RankKind kind, int from, int to, bool ranked, StrBuf *out)
{
	for (int k = 0; k < 3; k++) {
		const Row *list[MODEL_ROWS];
		int n = 0;
		for (int i = 0; i < m->n; i++) {
			if (m->rows[i].k != k)
				continue;
			int at = n++;
			for (; at > 0 && compare_v(list[at - 1], &m->rows[i]) > 0; at--)
				list[at] = list[at - 1];
			list[at] = &m->rows[i];
		}
		int rank = 0, dense = 0;
		for (int i = 0; i < n; i++) {
			if (i == 0 || list[i]->v != list[i - 1]->v) {
				rank = i + 1;
				dense++;
			}
			int r = kind == RANK_ROW_NUMBER ? i + 1 : kind == RANK_RANK ? rank : dense;
			if (r < from || r > to)
				continue;
			strbuf_printf(out, "+1 (%d, %d, %d", k, list[i]->v, list[i]->id);
			if (ranked)
				strbuf_printf(out, ", %d", r);
			strbuf_puts(out, ")\n");
		}
	}
}

static void take_out(Model *m, int at)
{
	memmove(&m->rows[at], &m->rows[at + 1], (size_t)(m->n - at - 1) * sizeof *m->rows);
	m->n--;
}

/* Random rows of several weights; retractions take the oldest equal row. */
static void random_changes(OpHarness *h, const Plan *in, Model *m, int changes, bool append)
{
	m->n = 0;
	for (int i = 0; i < changes; i++) {
		if (!append && m->n > 2 && (int)random_next() % 3 == 0) {
			Row r = m->rows[(int)random_next() % m->n];
			op_rowf(h, in, -1, "%d|%d|%d", r.k, r.v, r.id);
			for (int at = 0; at < m->n; at++)
				if (m->rows[at].k == r.k && m->rows[at].v == r.v && m->rows[at].id == r.id) {
					take_out(m, at);
					break;
				}
			continue;
		}
		Row r = {.k = (int)random_next() % 3, .v = (int)random_next() % 8, .id = (int)random_next() % 4};
		int weight = append ? 1 : 1 + (int)random_next() % 2;
		op_rowf(h, in, weight, "%d|%d|%d", r.k, r.v, r.id);
		for (int w = 0; w < weight; w++)
			m->rows[m->n++] = r;
	}
}

/* Lines of equal rows become one with their weight, as op_table has them. */
static const char *as_table(OpHarness *h, const char *lines)
{
	Str rest = arena_str(op_arena(h), str_from(op_sorted(h, lines))), line, last = STR_EMPTY;
	StrBuf out;
	strbuf_init(&out);
	strbuf_puts(&out, "");
	int copies = 0;
	do {
		line = STR_EMPTY;
		str_next(&rest, '\n', &line);
		if (copies && !str_eq(line, last)) {
			strbuf_printf(&out, "%.*s x%d\n", STR_ARG(str_slice(last, 3, last.len)), copies);
			copies = 0;
		}
		last = line;
		copies++;
	} while (line.len);
	const char *text = arena_cstr(op_arena(h), strbuf_str(&out));
	strbuf_deinit(&out);
	return op_sorted(h, text);
}

static void check_topn(RankKind kind, int from, int to, bool ranked, bool append, unsigned seed)
{
	random_state = seed;
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "k INT, v INT, id INT");
	if (append)
		op_append(in);
	Plan *top = op_topn(h, in, kind, "0", "1 desc", from, to, ranked);
	Model *m = calloc(1, sizeof *m);
	random_changes(h, in, m, 120, append);
	StrBuf want;
	strbuf_init(&want);
	model_topn(m, kind, from, to, ranked, &want);
	char *expected = strdup(as_table(h, strbuf_cstr(&want)));
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		for (uint32_t restart = 0; restart < 3; restart++) {
			if (!op_play(h, top, splits[i], restart))
				CHECK_STR(op_error(h)->message, "");
			if (!CHECK_STR(op_table(h), expected)) {
				fprintf(stderr, "    rank %d, %d to %d, seed %u, rows a step %u, restart %u\n", (int)kind, from, to,
				        seed, splits[i], restart);
				i = 100;
				break;
			}
		}
	free(expected);
	strbuf_deinit(&want);
	free(m);
	op_free(h);
}

TEST(topn_model)
{
	for (unsigned seed = 1; seed <= op_rounds(8); seed++)
		for (int kind = 0; kind < 3; kind++)
			for (int append = 0; append < 2; append++) {
				check_topn((RankKind)kind, 1, 1 + (int)random_next() % 4, seed % 2, append, seed);
				check_topn((RankKind)kind, 2, 4, seed % 2 == 0, append, seed + 100);
			}
}

TEST(arrival)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k INT, v INT, id INT"));
	Plan *top = op_topn(h, in, RANK_ROW_NUMBER, "0", "", 2, 3, true);
	CHECK(top->topn.mode == TOPN_ARRIVAL && top->append_only);
	for (int i = 0; i < 8; i++)
		op_rowf(h, in, 1, "%d|%d|%d", i % 2, i, 0);
	for (uint32_t step = 1; step < 9; step++)
		for (uint32_t restart = 0; restart < 3; restart++)
			CHECK_STR(op_play(h, top, step, restart),
			          "+1 (0, 2, 0, 2)\n+1 (1, 3, 0, 2)\n+1 (0, 4, 0, 3)\n+1 (1, 5, 0, 3)\n");
	op_free(h);
}

/* First or last by event time. */
TEST(dedup_model)
{
	for (unsigned seed = 1; seed <= op_rounds(12); seed++) {
		random_state = seed;
		bool last = seed % 2;
		OpHarness *h = op_new();
		Plan *in = op_append(op_scan(h, "k INT, ts TIMESTAMP, id INT"));
		in->cols[1].time = TIME_ROWTIME;
		op_rowtime(h, in, 1, 3000);
		Plan *top = op_topn(h, in, RANK_ROW_NUMBER, "0", last ? "1 desc" : "1 nulls first", 1, 1, false);
		CHECK(top->topn.mode == TOPN_DEDUP);
		Row kept[5];
		bool has[5] = {0};
		for (int i = 0; i < 100; i++) {
			Row r = {.k = (int)random_next() % 5, .id = i, .ts = i * 500 - (int)random_next() % 8 * 1000};
			op_rowf(h, in, 1, "%d|%lld|%d", r.k, (long long)r.ts, r.id);
			if (!has[r.k] || (last ? r.ts >= kept[r.k].ts : r.ts < kept[r.k].ts))
				kept[r.k] = r;
			has[r.k] = true;
		}
		for (size_t s = 0; s < sizeof splits / sizeof *splits; s++)
			for (uint32_t restart = 0; restart < 3; restart++) {
				const char *out = op_play(h, top, splits[s], restart);
				REQUIRE(out);
				char *table = strdup(op_table(h));
				for (int k = 0; k < 5; k++) {
					char id[32];
					snprintf(id, sizeof id, ", %d)", kept[k].id);
					CHECK(!has[k] || strstr(table, id));
				}
				free(table);
			}
		op_free(h);
	}
}

/* With `within` rows wait for the watermark, and a key that the watermark has left behind begins again. */
TEST(dedup_within)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k INT, ts TIMESTAMP"));
	in->cols[1].time = TIME_ROWTIME;
	op_rowtime(h, in, 1, 0);
	Plan *top = op_topn(h, in, RANK_ROW_NUMBER, "0", "1 nulls first", 1, 1, false);
	top->topn.within_us = 5000000;
	infer_plan(op_arena(h), top);
	CHECK(top->append_only && !top->has_key);
	op_row(h, in, 1, "1|1000");
	op_row(h, in, 1, "1|5000");
	op_row(h, in, 1, "2|5500");
	op_row(h, in, 1, "1|5999");
	op_row(h, in, 1, "1|6000");
	op_row(h, in, 1, "1|6001");
	op_row(h, in, 1, "2|6001");
	op_end(h);
	for (uint32_t step = 1; step < 9; step++)
		for (uint32_t restart = 0; restart < 3; restart++)
			CHECK_STR(
			    op_play(h, top, step, restart),
			    "+1 (1, 1970-01-01 00:00:01.000)\n+1 (2, 1970-01-01 00:00:05.500)\n+1 (1, 1970-01-01 00:00:06.001)\n");
	op_play(h, top, 3, 0);
	CHECK_STR(op_late(h), "6001 6001 [0, 0)\n");
	CHECK_EQ_U64(op_counts(h).duplicate, 3);
	CHECK_EQ_I64(op_counts(h).held, 0);
	op_free(h);
}

/* Per window: out when the watermark closes it, also over rows that are taken back. */
TEST(window)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "v INT, ts TIMESTAMP");
	op_rowtime(h, in, 1, 0);
	WindowSpec w = {.kind = WINDOW_TUMBLE, .size_ms = 10000, .slide_ms = 10000};
	Plan *win = op_window(h, in, w, 1);
	infer_plan(op_arena(h), win);
	Plan *top = op_topn(h, win, RANK_ROW_NUMBER, "2,3", "0 desc", 1, 2, true);
	CHECK(top->topn.mode == TOPN_WINDOW && top->append_only);
	op_row(h, in, 1, "5|1000");
	op_row(h, in, 1, "9|2000");
	op_row(h, in, 1, "7|3000");
	op_row(h, in, -1, "9|2000");
	op_row(h, in, 1, "1|12000");
	op_row(h, in, 1, "8|4000");
	op_row(h, in, 1, "3|21000");
	for (uint32_t step = 1; step < 9; step++)
		for (uint32_t restart = 0; restart < 3; restart++)
			CHECK_STR(op_sorted(h, op_play(h, top, step, restart)),
			          op_sorted(h, "+1 (1, 1970-01-01 00:00:12.000, 1970-01-01 00:00:10.000, 1970-01-01 00:00:20.000, "
			                       "1970-01-01 00:00:19.999, 1)\n"
			                       "+1 (5, 1970-01-01 00:00:01.000, 1970-01-01 00:00:00.000, 1970-01-01 00:00:10.000, "
			                       "1970-01-01 00:00:09.999, 2)\n"
			                       "+1 (7, 1970-01-01 00:00:03.000, 1970-01-01 00:00:00.000, 1970-01-01 00:00:10.000, "
			                       "1970-01-01 00:00:09.999, 1)\n"));
	op_play(h, top, 2, 0);
	CHECK_EQ_U64(op_counts(h).late, 1);
	CHECK_EQ_I64(op_counts(h).held, 1);
	op_free(h);
}

TEST(unknown_retraction)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "k INT, v INT, id INT");
	Plan *top = op_topn(h, in, RANK_ROW_NUMBER, "0", "1", 1, 2, false);
	op_row(h, in, -1, "1|2|3");
	op_row(h, in, 1, "1|2|3");
	op_step(h);
	CHECK(op_play(h, top, 2, 0) != NULL); /* in one step the order does not matter */
	CHECK(op_play(h, top, 1, 0) == NULL);
	CHECK(op_error(h)->code == ERR_RETRACT_UNKNOWN);
	op_free(h);
}

/* Processor time to let out and forget n keys whose rows have one time. */
static double time_within(int n)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k INT, ts TIMESTAMP"));
	in->cols[1].time = TIME_ROWTIME;
	op_rowtime(h, in, 1, 500);
	Plan *top = op_topn(h, in, RANK_ROW_NUMBER, "0", "1 nulls first", 1, 1, false);
	top->topn.within_us = 5000000;
	infer_plan(op_arena(h), top);
	for (int i = 0; i < n; i++)
		op_rowf(h, in, 1, "%d|1000", i);
	for (int ms = 2000; ms < 20000; ms += 9000) {
		op_step(h);
		op_rowf(h, in, 1, "-1|%d", ms);
	}
	op_end(h);
	clock_t from = clock();
	REQUIRE(op_play(h, top, (uint32_t)n + 1, 0));
	double took = (double)(clock() - from);
	CHECK(op_counts(h).expired >= (uint64_t)n);
	op_free(h);
	return took;
}

/* What has gone is not walked over again: eight times the keys take about eight times as long, not 64 times. */
TEST(forgetting_is_linear)
{
	double few = time_within(2500), many = time_within(20000);
	CHECK(many < 25 * few);
}

TESTS(topn_model, arrival, dedup_model, dedup_within, forgetting_is_linear, window, unknown_retraction)
