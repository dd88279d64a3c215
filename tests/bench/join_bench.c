/*
 * tests/bench/join_bench.c: what a continuous join costs per row of input: nanoseconds of processor time.
 *
 *     join_bench [inner | left | full | semi | anti] [KEYS] [ROWS] [wide] [residual]
 *
 * Rows (k BIGINT, v BIGINT) come to both sides in turn, in steps of 4096; k is random below KEYS (with as many rows as
 * keys each row finds one partner). wide: a STRING beside. residual: l.v < r.v. An epoch is sealed every 100 steps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/operators/graph.h"
#include "tests/support/op_harness.h"
#include "engine/operators/scan.h"

enum { BENCH_BATCH = BATCH_ROWS_MAX };

static double seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int64_t number_arg(int argc, char **argv, int i, int64_t usual)
{
	int64_t v;
	return i < argc && str_to_i64(str_from(argv[i]), &v) && v > 0 ? v : usual;
}

static bool has_word(int argc, char **argv, const char *word)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

static bool seal(Graph *g, Store *store, Err *err)
{
	return graph_checkpoint(g, err) && store_seal(store) &&
	       store_wait_landed(store, store_sealed_epoch(store), -1, err) && store_poll(store, err);
}

typedef struct Rows {
	int64_t k[BENCH_BATCH], v[BENCH_BATCH], ord[BENCH_BATCH];
	Str s[BENCH_BATCH];
	Column cols[3];
	uint32_t n;
} Rows;

static const Batch *batch_of(Rows *r, bool wide, Arena *step)
{
	r->cols[0] = (Column){.type = &type_bigint, .phys = PHYS_I64, .len = r->n, .i64 = r->k};
	r->cols[1] = (Column){.type = &type_bigint, .phys = PHYS_I64, .len = r->n, .i64 = r->v};
	r->cols[2] = (Column){.type = &type_string, .phys = PHYS_STR, .len = r->n, .str = r->s};
	Batch *b = ARENA_NEW(step, Batch);
	*b = (Batch){r->n, wide ? 3 : 2, r->cols, NULL, r->ord, NULL};
	return b;
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = {"inner", "left", "right", "full", "semi", "anti"};
	JoinKind kind = JOIN_INNER;
	for (uint32_t i = 0; i < 6; i++)
		if (argc > 1 && strcmp(argv[1], kinds[i]) == 0)
			kind = (JoinKind)i;
	int64_t keys = number_arg(argc, argv, 2, 1000000), total = number_arg(argc, argv, 3, 2000000);
	bool wide = has_word(argc, argv, "wide"), residual = has_word(argc, argv, "residual");
	OpHarness *h = op_new();
	const char *text = wide ? "k BIGINT, v BIGINT, s STRING" : "k BIGINT, v BIGINT";
	Plan *l = op_append(op_scan(h, text)), *r = op_append(op_scan(h, text));
	const Expr *less = op_call2(h, "<", expr_column(op_arena(h), &type_bigint, 1),
	                            expr_column(op_arena(h), &type_bigint, wide ? 4 : 3));
	Plan *join = op_join(h, l, r, kind, "0", "0", residual ? less : NULL);
	join->append_only = kind == JOIN_INNER || kind == JOIN_SEMI;
	StoreOptions so = {
	    .clock = &clock_real, .memory_bytes = INT64_C(2) << 30, .wal_max_bytes = 1 << 30, .inline_writer = true};
	Err err = {0};
	Store *store;
	PlanQuery query = {.root = join, .nnodes = 8};
	Arena *arena = arena_open("query", 0), *step = arena_open("step", 0);
	Graph *g;
	OperatorRun run = {.plan = &query, .name = STR("bench"), .unit = 1, .arena = arena, .step = step};
	run.env = (EvalEnv){.zone = zone_utc, .watermark_us = INT64_MIN};
	if (!store_open(&so, &store, &err) || (run.store = store, !graph_open(&run, &query, &g, &err))) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	Rows *side[2] = {calloc(1, sizeof(Rows)), calloc(1, sizeof(Rows))};
	uint64_t out = 0, random = 88172645463325252u;
	double spent = 0;
	uint32_t steps = 0;
	for (int64_t at = 0; at < total;) {
		side[0]->n = side[1]->n = 0;
		for (uint32_t i = 0; i < BENCH_BATCH && at < total; i++, at++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			Rows *s = side[at & 1];
			s->k[s->n] = (int64_t)(random % (uint64_t)keys);
			s->v[s->n] = (int64_t)(random >> 40);
			s->s[s->n] = STR("some words of a usual length");
			s->ord[s->n++] = at;
		}
		run.next_ord = at;
		double from = seconds_now();
		for (uint32_t i = 0; i < 2; i++) {
			const Batch *b = batch_of(side[i], wide, step);
			scan_feed(g->scans[i], &b, 1, (Curve){BATCH_NO_WATERMARK, NULL, 0});
		}
		if (!graph_step(g, &err)) {
			fprintf(stderr, "%s\n", err.message);
			return 1;
		}
		for (uint32_t i = 0; i < g->ops[g->nops - 1]->out.len; i++)
			out += g->ops[g->nops - 1]->out.items[i]->n;
		graph_end_step(g);
		arena_reset(step);
		spent += seconds_now() - from;
		if (++steps % 100 == 0 && !seal(g, store, &err))
			fprintf(stderr, "%s\n", err.message);
	}
	printf("%s: %lld rows, %llu out, %.1f ns/row, %.0f bytes of state/row\n", kinds[kind], (long long)total,
	       (unsigned long long)out, spent * 1e9 / (double)total,
	       (double)(state_bytes(g->ops[g->nops - 1]->states[0]) + state_bytes(g->ops[g->nops - 1]->states[1])) /
	           (double)total);
	if (!seal(g, store, &err))
		fprintf(stderr, "%s\n", err.message);
	graph_close(g);
	store_close(store);
	arena_close(arena);
	arena_close(step);
	op_free(h);
	free(side[0]);
	free(side[1]);
	return 0;
}
