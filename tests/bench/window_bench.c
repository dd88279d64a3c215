/*
 * tests/bench/window_bench.c: what a window aggregate costs per row: nanoseconds, and instructions where the kernel
 * counts them.
 *
 *     window_bench [tumble | hop | cumulate] [KEYS] [ROWS PER SECOND AND KEY] [SECONDS] [AGGREGATES]
 *
 * Rows (k BIGINT, ts, v BIGINT) in batches of 4096, COUNT(*) and SUM(v) by k; others as "MAX(2), COUNT(DISTINCT 2)".
 * TUMBLE 1 s or HOP (1 s, 60 s), watermark 1 s behind. An epoch is sealed every 100 steps.
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
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int64_t number_arg(int argc, char **argv, int i, int64_t usual)
{
	int64_t v;
	return i < argc && str_to_i64(str_from(argv[i]), &v) && v > 0 ? v : usual;
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "tumble";
	int64_t keys = number_arg(argc, argv, 2, 1000), rate = number_arg(argc, argv, 3, 100),
	        seconds = number_arg(argc, argv, 4, 50);
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k BIGINT, ts TIMESTAMP, v BIGINT"));
	WindowSpec spec = {.kind = WINDOW_TUMBLE, .size_ms = 1000, .slide_ms = 1000};
	if (strcmp(kind, "hop") == 0)
		spec = (WindowSpec){.kind = WINDOW_HOP, .size_ms = 60000, .slide_ms = 1000};
	if (strcmp(kind, "cumulate") == 0)
		spec = (WindowSpec){.kind = WINDOW_CUMULATE, .size_ms = 60000, .slide_ms = 1000};
	Plan *agg = op_window_agg(h, in, spec, 1, "0", argc > 5 ? argv[5] : "COUNT(), SUM(2)");
	StoreOptions so = {
	    .clock = &clock_real, .memory_bytes = 256 << 20, .wal_max_bytes = 1 << 30, .inline_writer = true};
	Err err = {0};
	Store *store;
	if (!store_open(&so, &store, &err)) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	PlanQuery query = {.root = agg, .nnodes = 8};
	Arena *arena = arena_open("query", 0), *step = arena_open("step", 0);
	OperatorRun run = {.plan = &query, .name = STR("bench"), .store = store, .unit = 1, .arena = arena, .step = step};
	run.env = (EvalEnv){.zone = zone_utc, .watermark_us = INT64_MIN};
	Graph *g;
	if (!graph_open(&run, &query, &g, &err)) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	int64_t total = keys * rate * seconds, per_second = keys * rate;
	int64_t *k = malloc(BENCH_BATCH * 8), *t = malloc(BENCH_BATCH * 8), *v = malloc(BENCH_BATCH * 8),
	        *ord = malloc(BENCH_BATCH * 8), *stamp = malloc(BENCH_BATCH * 8);
	WatermarkPoint *points = malloc(BENCH_BATCH * sizeof *points);
	int64_t watermark = BATCH_NO_WATERMARK;
	uint64_t out = 0, random = 88172645463325252u;
	double spent = 0;
	uint32_t steps = 0;
	for (int64_t at = 0; at < total;) {
		uint32_t n = 0, npoints = 0;
		int64_t before = watermark;
		for (; n < BENCH_BATCH && at < total; n++, at++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			int64_t ms = at * 1000 / per_second;
			k[n] = (int64_t)(random % (uint64_t)keys);
			t[n] = (ms - (int64_t)((random >> 32) % 500)) * 1000;
			v[n] = (int64_t)(random >> 40);
			ord[n] = at;
			stamp[n] = watermark;
			if (ms - 1000 > watermark) {
				watermark = ms - 1000;
				points[npoints++] = (WatermarkPoint){at + 1, watermark};
			}
		}
		Column cols[3] = {{.type = &type_bigint, .phys = PHYS_I64, .len = n, .i64 = k},
		                  {.type = &type_timestamp3, .phys = PHYS_I64, .len = n, .i64 = t},
		                  {.type = &type_bigint, .phys = PHYS_I64, .len = n, .i64 = v}};
		Batch b = {n, 3, cols, NULL, ord, stamp};
		const Batch *list[1] = {&b};
		run.next_ord = at;
		double from = seconds_now();
		scan_feed(g->scans[0], list, 1, (Curve){before, points, npoints});
		if (!graph_step(g, &err)) {
			fprintf(stderr, "%s\n", err.message);
			return 1;
		}
		for (uint32_t i = 0; i < g->ops[g->nops - 1]->out.len; i++)
			out += g->ops[g->nops - 1]->out.items[i]->n;
		graph_end_step(g);
		arena_reset(step);
		spent += seconds_now() - from;
		if (++steps % 100 == 0) {
			graph_checkpoint(g, &err);
			store_seal(store);
			store_wait_landed(store, store_sealed_epoch(store), -1, &err);
			store_poll(store, &err);
		}
	}
	printf("%s: %lld rows, %llu out, %.1f ns/row\n", kind, (long long)total, (unsigned long long)out,
	       spent * 1e9 / (double)total);
	graph_checkpoint(g, &err);
	store_seal(store);
	store_wait_landed(store, store_sealed_epoch(store), -1, &err);
	store_poll(store, &err);
	graph_close(g);
	store_close(store);
	arena_close(arena);
	arena_close(step);
	op_free(h);
	free(k);
	free(t);
	free(v);
	free(ord);
	free(stamp);
	free(points);
	return 0;
}
