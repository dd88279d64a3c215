/*
 * Views and their scans: rows that a view keeps, read back by snapshots through key ranges and indexes.
 */
#include <stdlib.h>
#include <unistd.h>

#include "engine/operators/operators.h"
#include "tests/support/check.h"
#include "tests/support/op_harness.h"
#include "engine/operators/scan.h"

typedef struct Fixture {
	OpHarness *h;
	Store *store;
	Relation *rel;
	Plan *in, *root;
	Arena *arena, *step;
	OperatorRun run;
	PlanQuery query;
	Graph *graph;
	char path[64];
} Fixture;

static const Type *const types[] = {&type_bigint, &type_string, &type_bigint};

static bool open_all(Fixture *f)
{
	StoreOptions o = {.path = f->path,
	                  .clock = &clock_real,
	                  .memory_bytes = 64 << 20,
	                  .wal_max_bytes = 1 << 30,
	                  .inline_writer = true};
	Err err = {0};
	f->arena = arena_open("query", 0);
	bool ok = store_open(&o, &f->store, &err);
	f->run = (OperatorRun){
	    .plan = &f->query, .name = STR("v"), .store = f->store, .unit = 1, .arena = f->arena, .step = f->step};
	f->run.env = (EvalEnv){.zone = zone_utc, .watermark_us = INT64_MIN};
	ok = ok && graph_open(&f->run, &f->query, &f->graph, &err);
	if (!ok)
		fprintf(stderr, "%s %s\n", err.message, err.detail);
	return ok;
}

static void seal_and_close(Fixture *f)
{
	Err err = {0};
	CHECK(graph_checkpoint(f->graph, &err));
	if (store_dirty(f->store)) {
		store_seal(f->store);
		CHECK(store_wait_landed(f->store, store_sealed_epoch(f->store), -1, &err));
	}
	CHECK(store_poll(f->store, &err));
	graph_close(f->graph);
	arena_close(f->arena);
}

static void remove_files(Fixture *f)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[96];
		snprintf(name, sizeof name, "%s%s", f->path, ends[i]);
		unlink(name);
	}
}

/* A view (a BIGINT, b STRING, c BIGINT), kept as `kind` says, with an index on (b desc, c). */
static Fixture *open_view(StoredKey kind, bool append)
{
	OpHarness *h = op_new();
	Fixture *f = ARENA_NEW(op_arena(h), Fixture);
	f->h = h;
	f->step = arena_open("step", 0);
	snprintf(f->path, sizeof f->path, "/tmp/weir-stored-%d.db", (int)getpid());
	remove_files(f);
	f->in = op_scan(h, "a BIGINT, b STRING, c BIGINT");
	f->in->append_only = append;
	Relation *r = ARENA_NEW(op_arena(h), Relation);
	*r = *f->in->scan.rel;
	r->kind = REL_MVIEW;
	r->name = STR("v");
	r->stored = (Stored){.kind = kind, .state = STR("v")};
	r->stored.key = ARENA_ARRAY(op_arena(h), uint32_t, 2);
	r->stored.key[0] = 0;
	r->stored.key[1] = 1;
	r->stored.nkey = kind == STORED_BY_KEY ? 2 : 0;
	IndexDef *ix = ARENA_NEW(op_arena(h), IndexDef);
	ix->cols = ARENA_ARRAY(op_arena(h), uint32_t, 2);
	ix->cols[0] = 1;
	ix->cols[1] = 2;
	ix->desc = ARENA_ARRAY_ZERO(op_arena(h), bool, 2);
	ix->desc[0] = true;
	ix->ncols = 2;
	ix->state = STR("v.i");
	r->indexes = ix;
	r->nindexes = 1;
	f->rel = r;
	f->root = op_keyed(h, f->in, PLAN_MATERIALIZE, "", false, false);
	f->root->target.rel = r;
	f->query = (PlanQuery){.root = f->root, .nnodes = 8, .nparams = 4};
	REQUIRE(open_all(f));
	return f;
}

static void close_view(Fixture *f)
{
	seal_and_close(f);
	store_close(f->store);
	remove_files(f);
	arena_close(f->step);
	op_free(f->h);
}

static Value cell(int v)
{
	return v ? value_i64(v) : VALUE_NULL;
}

static Value text(int v)
{
	static const char *const texts[] = {NULL, "a", "ab", "b", "", "zz"};
	return v ? value_str(str_from(texts[v])) : VALUE_NULL;
}

/* One step with one row of weight w. */
static bool put(Fixture *f, int64_t ord, int64_t w, int a, int b, int c, Err *err)
{
	Value row[3] = {cell(a), text(b), cell(c)};
	const Batch *batch = batch_from_values(types, 3, row, 1, &w, &ord, NULL, f->step);
	scan_feed(f->graph->scans[0], &batch, 1, (Curve){BATCH_NO_WATERMARK, NULL, 0});
	bool ok = graph_step(f->graph, err);
	graph_end_step(f->graph);
	arena_reset(f->step);
	return ok;
}

static bool print_rows(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)done;
	(void)err;
	batch_print(b, ctx);
	return true;
}

/* The scan's rows; the snapshot is taken now. */
static void scan_rows(Fixture *f, const PlanScan *scan, const Value *params, StrBuf *out)
{
	Err err = {0};
	Snapshot *snap;
	strbuf_clear(out);
	strbuf_puts(out, "");
	REQUIRE(snapshot_open(f->store, NULL, &snap, &err));
	Plan *p = ARENA_NEW(op_arena(f->h), Plan);
	*p = *f->in;
	p->scan = *scan;
	PlanQuery q = {.root = p, .snapshot = true, .nnodes = 1, .nparams = 4};
	Arena *arena = arena_open("query", 0);
	OperatorRun run = {.plan = &q,
	                   .name = STR("s"),
	                   .snapshot = snap,
	                   .is_snapshot = true,
	                   .arena = arena,
	                   .step = f->step,
	                   .params = params};
	run.env = (EvalEnv){.zone = zone_utc, .watermark_us = INT64_MIN};
	bool ok = graph_run_snapshot(&run, &q, print_rows, out, &err);
	CHECK_STR(ok ? "" : err.message, "");
	arena_close(arena);
	snapshot_close(snap);
}

static PlanScan plain_scan(Fixture *f)
{
	static uint32_t cols[3] = {0, 1, 2};
	return (PlanScan){.rel = f->rel, .cols = cols, .index = -1, .limit = -1};
}

static void check_scan(Fixture *f, const char *want)
{
	StrBuf out;
	strbuf_init(&out);
	PlanScan s = plain_scan(f);
	scan_rows(f, &s, NULL, &out);
	CHECK_STR(strbuf_cstr(&out), want);
	strbuf_deinit(&out);
}

static void reopen(Fixture *f)
{
	seal_and_close(f);
	store_close(f->store);
	REQUIRE(open_all(f));
}

TEST(rows_by_ordinal)
{
	Err err = {0};
	Fixture *f = open_view(STORED_BY_ORDINAL, true);
	CHECK(put(f, 5, 1, 1, 1, 1, &err));
	CHECK(put(f, 7, 1, 2, 1, 1, &err));
	CHECK(put(f, 7, 1, 3, 1, 1, &err)); /* rows that one row caused have its ordinal */
	reopen(f);
	CHECK(put(f, 7, 1, 4, 1, 1, &err));
	CHECK(put(f, 8, 1, 5, 1, 1, &err));
	reopen(f);
	check_scan(f, "+1 (1, 'a', 1)\n+1 (2, 'a', 1)\n+1 (3, 'a', 1)\n+1 (4, 'a', 1)\n+1 (5, 'a', 1)\n");
	close_view(f);
}

TEST(rows_by_hash)
{
	Err err = {0};
	Fixture *f = open_view(STORED_BY_HASH, false);
	CHECK(put(f, 1, 3, 1, 1, 1, &err));
	CHECK(put(f, 2, -1, 1, 1, 1, &err));
	reopen(f);
	check_scan(f, "+1 (1, 'a', 1)\n+1 (1, 'a', 1)\n");
	CHECK(put(f, 3, -2, 1, 1, 1, &err));
	reopen(f);
	check_scan(f, "");
	CHECK(!put(f, 4, -1, 1, 1, 1, &err));
	CHECK_EQ_I64(err.code, ERR_RETRACT_UNKNOWN);
	CHECK(store_discard(f->store, 1, &err));
	close_view(f);
}

typedef struct Row {
	int a, b, c;
} Row;

static int compare_texts(int x, int y)
{
	Value a = text(x), b = text(y);
	return value_compare(&type_string, a, b);
}

/* Order of k$ (a, b); of the index (b descending, c), then k$. */
static bool by_index;

static int compare_rows(const void *pa, const void *pb)
{
	const Row *x = pa, *y = pb;
	if (by_index) {
		int c = -compare_texts(x->b, y->b);
		if (!c)
			c = (x->c > y->c) - (x->c < y->c);
		if (c)
			return c;
	}
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return compare_texts(x->b, y->b);
}

static uint64_t random_state;

static int random_below(int n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((random_state >> 33) % (uint64_t)n);
}

typedef struct Bounds {
	bool eq, low, high, low_incl, high_incl;
	int eq_v, low_v, high_v;
} Bounds;

/* Is column value v (0: NULL) inside? text columns compare as texts. */
static bool inside(const Bounds *b, int eq_col, int range_col, bool eq_text, bool range_text)
{
	if (b->eq && (!eq_col || !b->eq_v || eq_col != b->eq_v))
		return false;
	(void)eq_text;
	if (!b->low && !b->high)
		return true;
	if (!range_col || (b->low && !b->low_v) || (b->high && !b->high_v))
		return false;
	int low = b->low ? (range_text ? compare_texts(range_col, b->low_v) : range_col - b->low_v) : 1;
	int high = b->high ? (range_text ? compare_texts(range_col, b->high_v) : range_col - b->high_v) : -1;
	return (low > 0 || (low == 0 && b->low_incl)) && (high < 0 || (high == 0 && b->high_incl));
}

static void random_scan(Fixture *f, const Row *rows, int n)
{
	Arena *arena = op_arena(f->h);
	PlanScan s = plain_scan(f);
	s.index = random_below(2) - 1;
	s.reverse = random_below(2);
	s.limit = random_below(3) ? -1 : random_below(6);
	Bounds b = {.eq = random_below(2),
	            .low = random_below(2),
	            .high = random_below(2),
	            .low_incl = random_below(2),
	            .high_incl = random_below(2)};
	b.eq_v = random_below(12) ? 1 + random_below(5) : 0;
	b.low_v = random_below(12) ? 1 + random_below(5) : 0;
	b.high_v = random_below(12) ? 1 + random_below(5) : 0;
	/* key: a = eq AND b in range, or a in range. index: b = eq AND c in range, or b in range */
	bool index = s.index >= 0;
	const Type *eq_type = index ? &type_string : &type_bigint;
	const Type *range_type = (index == b.eq) ? &type_bigint : &type_string;
	bool range_text = range_type == &type_string;
	Value params[4] = {index ? text(b.eq_v) : cell(b.eq_v), range_text ? text(b.low_v) : cell(b.low_v),
	                   range_text ? text(b.high_v) : cell(b.high_v), VALUE_NULL};
	const Expr *eq[1] = {expr_param(arena, eq_type, 0)};
	s.range = (ScanRange){.eq = eq, .neq = b.eq, .low_incl = b.low_incl, .high_incl = b.high_incl};
	s.range.low = b.low ? expr_param(arena, range_type, 1) : NULL;
	s.range.high = b.high ? expr_param(arena, range_type, 2) : NULL;
	Row *sorted = arena_copy(arena, rows, (size_t)n * sizeof *rows);
	by_index = index;
	qsort(sorted, (size_t)n, sizeof *sorted, compare_rows);
	StrBuf want, got;
	strbuf_init(&want);
	strbuf_init(&got);
	strbuf_puts(&want, "");
	int64_t left = s.limit;
	for (int i = 0; i < n && left != 0; i++) {
		const Row *r = &sorted[s.reverse ? n - 1 - i : i];
		int eq_col = index ? r->b : r->a, range_col = index ? (b.eq ? r->c : r->b) : (b.eq ? r->b : r->a);
		if (!inside(&b, eq_col, range_col, index, range_text))
			continue;
		Value row[3] = {cell(r->a), text(r->b), cell(r->c)};
		batch_print(batch_from_values(types, 3, row, 1, NULL, NULL, NULL, arena), &want);
		left -= left > 0;
	}
	scan_rows(f, &s, params, &got);
	if (!CHECK_STR(strbuf_cstr(&got), strbuf_cstr(&want)))
		fprintf(stderr, "    index %d reverse %d limit %d eq %d:%d low %d:%d%s high %d:%d%s\n", (int)s.index, s.reverse,
		        (int)s.limit, b.eq, b.eq_v, b.low, b.low_v, b.low_incl ? "=" : "", b.high, b.high_v,
		        b.high_incl ? "=" : "");
	strbuf_deinit(&want);
	strbuf_deinit(&got);
}

TEST(key_ranges_and_indexes)
{
	Err err = {0};
	random_state = 7;
	Fixture *f = open_view(STORED_BY_KEY, false);
	Row rows[36];
	int n = 0;
	int64_t ord = 1;
	for (int a = 0; a < 6; a++)
		for (int b = 0; b < 6; b++) {
			if (random_below(3) == 0)
				continue;
			rows[n] = (Row){a, b, random_below(6)};
			CHECK(put(f, ord++, 1, a, b, rows[n].c, &err));
			if (random_below(4) == 0) { /* an update */
				CHECK(put(f, ord++, -1, a, b, rows[n].c, &err));
				rows[n].c = random_below(6);
				CHECK(put(f, ord++, 1, a, b, rows[n].c, &err));
			}
			if (random_below(6) == 0) {
				CHECK(put(f, ord++, -1, a, b, rows[n].c, &err));
				continue;
			}
			n++;
		}
	reopen(f);
	for (int i = 0; i < 400 && !check_failed; i++)
		random_scan(f, rows, n);
	close_view(f);
}

TESTS(rows_by_ordinal, rows_by_hash, key_ranges_and_indexes)
