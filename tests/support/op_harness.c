/*
 * tests/support/op_harness.c: plans by hand, scripts, playing them.
 *
 * The scans of a snapshot are REL_SOURCE relations whose rows come from the script; those of a continuous plan are fed.
 */
#include "tests/support/op_harness.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/operators/operators.h"
#include "tests/support/check.h"

typedef enum EventKind { EVENT_ROW, EVENT_ADVANCE, EVENT_CLOCK, EVENT_STEP, EVENT_END } EventKind;

typedef struct Event {
	EventKind kind;
	uint32_t scan; /* plan id */
	int64_t weight;
	int64_t time;
	Value *cells;
} Event;

typedef struct ScanInfo {
	const Plan *plan;
	int32_t time_col;
	int64_t delay;
	int64_t watermark;
	uint32_t given; /* snapshot: events read */
} ScanInfo;

enum { OP_NODES = 64 };

struct OpHarness {
	Arena *arena, *step, *query_arena;
	ScanInfo scans[OP_NODES];
	uint32_t nnodes;
	struct {
		Event *items;
		uint32_t len, cap;
	} events;
	OperatorRun run;
	PlanQuery query;
	Store *store;
	Graph *graph;
	char path[64];
	StrBuf out, late, table, sorted;
	Err err;
	OperatorCounts counts;
	uint32_t snapshot_rows;
};

OpHarness *op_new(void)
{
	Arena *arena = arena_open("op test", 0);
	OpHarness *h = ARENA_NEW(arena, OpHarness);
	h->arena = arena;
	h->step = arena_open("op step", 0);
	strbuf_init(&h->out);
	strbuf_init(&h->late);
	strbuf_init(&h->table);
	strbuf_init(&h->sorted);
	return h;
}

void op_free(OpHarness *h)
{
	strbuf_deinit(&h->out);
	strbuf_deinit(&h->late);
	strbuf_deinit(&h->table);
	strbuf_deinit(&h->sorted);
	arena_close(h->step);
	arena_close(h->arena);
}

Arena *op_arena(OpHarness *h)
{
	return h->arena;
}

/* ---- plans ---- */

static Plan *node(OpHarness *h, PlanKind kind, Plan *a, Plan *b)
{
	Plan *p = ARENA_NEW(h->arena, Plan);
	REQUIRE(h->nnodes < OP_NODES);
	p->kind = kind;
	p->id = h->nnodes++;
	p->inputs = ARENA_ARRAY(h->arena, const Plan *, 2);
	p->inputs[0] = a;
	p->inputs[1] = b;
	p->ninputs = a ? (b ? 2 : 1) : 0;
	if (a) {
		p->ncols = a->ncols;
		p->cols = a->cols;
		p->append_only = a->append_only;
	}
	return p;
}

static const Type *type_named(OpHarness *h, Str name)
{
	static const struct {
		const char *name;
		const Type *type;
	} types[] = {{"BOOLEAN", &type_boolean}, {"INT", &type_int},       {"BIGINT", &type_bigint},        {"DOUBLE", &type_double},
	             {"STRING", &type_string},   {"LTZ", &type_ltz3},      {"TIMESTAMP", &type_timestamp3}, {"FLOAT", &type_float}};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq_c(name, types[i].name))
			return types[i].type;
	REQUIRE(str_eq_c(name, "DECIMAL"));
	return type_decimal(h->arena, 10, 2);
}

Plan *op_scan(OpHarness *h, const char *cols)
{
	Plan *p = node(h, PLAN_SCAN, NULL, NULL);
	p->cols = ARENA_ARRAY_ZERO(h->arena, PlanCol, 16);
	Str rest = str_from(arena_cstr(h->arena, str_from(cols))), part;
	while (str_next(&rest, ',', &part)) {
		part = str_trim(part);
		Str name;
		str_next(&part, ' ', &name);
		p->cols[p->ncols++] = (PlanCol){.name = name, .type = type_named(h, str_trim(part))};
	}
	TableDef *t = ARENA_NEW(h->arena, TableDef);
	Relation *r = ARENA_NEW(h->arena, Relation);
	t->ncols = p->ncols;
	t->cols = ARENA_ARRAY_ZERO(h->arena, ColumnDef, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++) {
		t->cols[i].name = p->cols[i].name;
		t->cols[i].type = p->cols[i].type;
	}
	r->kind = REL_SOURCE;
	r->name = STR("t");
	r->table = t;
	p->scan = (PlanScan){.rel = r, .index = -1, .limit = -1, .whole = true};
	h->scans[p->id] = (ScanInfo){.plan = p, .time_col = -1};
	return p;
}

Plan *op_append(Plan *p)
{
	p->append_only = true;
	return p;
}

void op_rowtime(OpHarness *h, const Plan *scan, uint32_t col, int64_t delay_ms)
{
	h->scans[scan->id].time_col = (int32_t)col;
	h->scans[scan->id].delay = delay_ms;
}

static uint32_t *columns(OpHarness *h, const char *list, uint32_t *n)
{
	uint32_t *out = ARENA_ARRAY_ZERO(h->arena, uint32_t, 16);
	Str rest = str_from(list), part;
	*n = 0;
	if (!rest.len)
		return out;
	while (str_next(&rest, ',', &part)) {
		int64_t v = 0;
		REQUIRE(str_to_i64(str_trim(part), &v));
		out[(*n)++] = (uint32_t)v;
	}
	return out;
}

static void add_agg(OpHarness *h, const Plan *in, PlanAgg *a, Str text)
{
	PlanAggCall *c = &a->aggs[a->naggs++];
	*c = (PlanAggCall){.filter = -1, .text = text};
	int64_t filter = str_find(text, STR(" FILTER "), 0);
	if (filter >= 0) {
		int64_t col = 0;
		REQUIRE(str_to_i64(str_trim(str_slice(text, (uint32_t)filter + 8, text.len)), &col));
		c->filter = (int32_t)col;
		text = str_slice(text, 0, (uint32_t)filter);
	}
	Str name, args;
	args = str_trim(text);
	str_next(&args, '(', &name);
	args.len--;
	if (str_starts(args, STR("DISTINCT "))) {
		c->call.distinct = true;
		args = str_slice(args, 9, args.len);
	}
	uint32_t n = 0;
	char list[64] = "";
	memcpy(list, args.ptr, args.len);
	for (char *p = list; *p; p++)
		if (*p == ';')
			*p = ',';
	c->args = columns(h, list, &n);
	const Type **types = ARENA_ARRAY(h->arena, const Type *, n + 1);
	const Value **consts = ARENA_ARRAY_ZERO(h->arena, const Value *, n + 1);
	for (uint32_t i = 0; i < n; i++)
		types[i] = in->cols[c->args[i]].type;
	ResolveCtx rc = {.arena = h->arena, .name = name, .nargs = n, .arg_types = types, .consts = consts};
	Err err = {0};
	bool distinct = c->call.distinct;
	bool ok = aggregate_resolve(&rc, &c->call, &err);
	if (!ok)
		fprintf(stderr, "%.*s: %s\n", STR_ARG(text), err.message);
	REQUIRE(ok);
	c->call.distinct = distinct;
}

static void fill_agg(OpHarness *h, const Plan *in, Plan *p, const char *keys, const char *aggs)
{
	PlanAgg *a = &p->agg;
	a->keys = columns(h, keys, &a->nkeys);
	a->aggs = ARENA_ARRAY_ZERO(h->arena, PlanAggCall, 16);
	a->input_append = in->append_only;
	Str rest = str_from(arena_cstr(h->arena, str_from(aggs))), part;
	while (rest.len && str_next(&rest, ',', &part))
		add_agg(h, in, a, str_trim(part));
	p->cols = ARENA_ARRAY_ZERO(h->arena, PlanCol, a->nkeys + a->naggs + 3);
	p->ncols = 0;
	for (uint32_t i = 0; i < a->nkeys; i++)
		p->cols[p->ncols++] = in->cols[a->keys[i]];
	for (uint32_t i = 0; i < a->naggs; i++)
		p->cols[p->ncols++] = (PlanCol){.name = a->aggs[i].text, .type = a->aggs[i].call.type};
	p->has_key = true;
	p->key = ARENA_ARRAY(h->arena, uint32_t, a->nkeys + 3);
	for (uint32_t i = 0; i < a->nkeys; i++)
		p->key[p->nkey++] = i;
}

Plan *op_agg(OpHarness *h, Plan *in, const char *keys, const char *aggs)
{
	Plan *p = node(h, PLAN_AGG, in, NULL);
	fill_agg(h, in, p, keys, aggs);
	p->append_only = p->agg.naggs == 0 && in->append_only;
	return p;
}

static void add_window_cols(Plan *p, const WindowSpec *spec)
{
	p->cols[p->ncols++] = (PlanCol){.name = STR("window_start"), .type = &type_timestamp3};
	p->cols[p->ncols++] = (PlanCol){.name = STR("window_end"), .type = &type_timestamp3};
	p->cols[p->ncols++] = (PlanCol){.name = STR("window_time"), .type = spec->ltz ? &type_ltz3 : &type_timestamp3};
}

Plan *op_window_agg(OpHarness *h, Plan *in, WindowSpec spec, int32_t time_col, const char *keys, const char *aggs)
{
	Plan *p = node(h, PLAN_WINDOW_AGG, in, NULL);
	fill_agg(h, in, p, keys, aggs);
	p->agg.window = spec;
	p->agg.time_col = time_col;
	p->key[p->nkey++] = p->ncols;
	p->key[p->nkey++] = p->ncols + 1;
	add_window_cols(p, &spec);
	p->append_only = true;
	return p;
}

Plan *op_window(OpHarness *h, Plan *in, WindowSpec spec, uint32_t time_col)
{
	Plan *p = node(h, PLAN_WINDOW, in, NULL);
	p->window.spec = spec;
	p->window.time_col = time_col;
	p->cols = ARENA_ARRAY_ZERO(h->arena, PlanCol, in->ncols + 3);
	memcpy(p->cols, in->cols, in->ncols * sizeof *p->cols);
	add_window_cols(p, &spec);
	return p;
}

Plan *op_attached_agg(OpHarness *h, Plan *in, WindowSpec spec, uint32_t start_col, uint32_t end_col, const char *keys, const char *aggs)
{
	Plan *p = op_window_agg(h, in, spec, -1, keys, aggs);
	p->agg.attached = true;
	p->agg.start_col = start_col;
	p->agg.end_col = end_col;
	return p;
}

Plan *op_union(OpHarness *h, Plan *a, Plan *b)
{
	Plan *p = node(h, PLAN_UNION, a, b);
	p->append_only = a->append_only && b->append_only;
	return p;
}

Plan *op_filter(OpHarness *h, Plan *in, const Expr *predicate)
{
	Plan *p = node(h, PLAN_FILTER, in, NULL);
	p->predicate = predicate;
	return p;
}

static void join_cols(OpHarness *h, Plan *p, const Plan *l, const Plan *r)
{
	p->cols = ARENA_ARRAY_ZERO(h->arena, PlanCol, l->ncols + r->ncols + 1);
	memcpy(p->cols, l->cols, l->ncols * sizeof *p->cols);
	memcpy(p->cols + l->ncols, r->cols, r->ncols * sizeof *p->cols);
	p->ncols = l->ncols + r->ncols;
}

Plan *op_join(OpHarness *h, Plan *l, Plan *r, JoinKind kind, const char *lkeys, const char *rkeys, const Expr *residual)
{
	Plan *p = node(h, PLAN_JOIN, l, r);
	p->join.kind = kind;
	p->join.left_keys = columns(h, lkeys, &p->join.nkeys);
	p->join.right_keys = columns(h, rkeys, &p->join.nkeys);
	p->join.residual = residual;
	if (kind != JOIN_SEMI && kind != JOIN_ANTI)
		join_cols(h, p, l, r);
	return p;
}

Plan *op_setop(OpHarness *h, Plan *l, Plan *r, SetOpKind kind, bool all)
{
	Plan *p = node(h, PLAN_SETOP, l, r);
	p->setop.op = kind;
	p->setop.all = all;
	return p;
}

const Expr *op_col(OpHarness *h, const Plan *p, uint32_t col)
{
	return expr_column(h->arena, p->cols[col].type, col);
}

const Expr *op_int(OpHarness *h, int64_t v)
{
	return expr_const(h->arena, &type_bigint, value_i64(v));
}

const Expr *op_call2(OpHarness *h, const char *fn, const Expr *a, const Expr *b)
{
	const Expr **args = ARENA_ARRAY(h->arena, const Expr *, 2);
	args[0] = a;
	args[1] = b;
	Err err = {0};
	const Expr *e = expr_call(h->arena, str_from(fn), args, 2, (Span){0, 0}, &err);
	REQUIRE(e);
	return e;
}

Plan *op_sort(OpHarness *h, Plan *in, const char *keys, int64_t limit, int64_t offset)
{
	Plan *p = node(h, PLAN_SORT, in, NULL);
	p->sort.keys = ARENA_ARRAY_ZERO(h->arena, SortKey, 8);
	Str rest = str_from(keys), part;
	while (rest.len && str_next(&rest, ',', &part)) {
		Str number;
		part = str_trim(part);
		SortKey *k = &p->sort.keys[p->sort.nkeys++];
		k->desc = str_find(part, STR("desc"), 0) >= 0;
		k->nulls_first = str_find(part, STR("nulls first"), 0) >= 0;
		str_next(&part, ' ', &number);
		int64_t v = 0;
		REQUIRE(str_to_i64(number, &v));
		k->col = (uint32_t)v;
	}
	p->sort.limit = limit < 0 ? NULL : op_int(h, limit);
	p->sort.offset = offset < 0 ? NULL : op_int(h, offset);
	return p;
}

Plan *op_limit(OpHarness *h, Plan *in, int64_t limit, int64_t offset)
{
	Plan *p = op_sort(h, in, "", limit, offset);
	p->kind = PLAN_LIMIT;
	return p;
}

Plan *op_keyed(OpHarness *h, Plan *in, PlanKind kind, const char *key, bool retract, bool upsert)
{
	Plan *p = node(h, kind, in, NULL);
	p->target.key = columns(h, key, &p->target.nkey);
	p->target.retract = retract;
	p->target.upsert = upsert;
	if (kind == PLAN_NORMALIZE || kind == PLAN_LAST_WINS) {
		p->append_only = false;
		p->has_key = true;
		p->key = p->target.key;
		p->nkey = p->target.nkey;
	}
	return p;
}

Plan *op_apply(OpHarness *h, Plan *l, Plan *r, ApplyKind kind, const char *params, const Expr *test, bool all)
{
	Plan *p = node(h, PLAN_APPLY, l, r);
	p->apply.kind = kind;
	p->apply.params = columns(h, params, &p->apply.nparams);
	p->apply.test = test;
	p->apply.all = all;
	join_cols(h, p, l, r);
	if (kind != APPLY_CROSS && kind != APPLY_LEFT) {
		const Type *t = r->cols[0].type;
		if (kind == APPLY_EXISTS || kind == APPLY_IN)
			t = &type_boolean;
		if (kind == APPLY_ARRAY)
			t = type_array(h->arena, t);
		p->ncols = l->ncols + 1;
		p->cols[l->ncols] = (PlanCol){.name = STR("x"), .type = t};
	}
	return p;
}

/* ---- scripts ---- */

static void add_event(OpHarness *h, Event e)
{
	ARENA_PUSH(h->arena, &h->events, e);
}

void op_row(OpHarness *h, const Plan *scan, int64_t weight, const char *cells)
{
	Value *values = ARENA_ARRAY_ZERO(h->arena, Value, scan->ncols + 1);
	Str rest = arena_str(h->arena, str_from(cells)), part;
	for (uint32_t i = 0; i < scan->ncols; i++) {
		REQUIRE(str_next(&rest, '|', &part));
		const Type *t = scan->cols[i].type;
		if (str_eq_c(part, "NULL")) {
			values[i] = VALUE_NULL;
		} else if (type_is_timestamp(t)) {
			REQUIRE(str_to_i64(part, &values[i].i));
			values[i].i *= 1000;
		} else {
			Err err = {0};
			if (type_phys(t) == PHYS_F64 && str_eq_c(part, "-0"))
				values[i].f = -0.0;
			else
				REQUIRE(value_parse(t, part, NULL, h->arena, &values[i], &err));
		}
	}
	add_event(h, (Event){EVENT_ROW, scan->id, weight, 0, values});
}

void op_rowf(OpHarness *h, const Plan *scan, int64_t weight, const char *fmt, ...)
{
	char text[256];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	op_row(h, scan, weight, text);
}

void op_advance(OpHarness *h, const Plan *scan, int64_t watermark_ms)
{
	add_event(h, (Event){.kind = EVENT_ADVANCE, .scan = scan->id, .time = watermark_ms});
}

void op_clock(OpHarness *h, int64_t now_us)
{
	add_event(h, (Event){.kind = EVENT_CLOCK, .time = now_us});
}

void op_step(OpHarness *h)
{
	add_event(h, (Event){.kind = EVENT_STEP});
}

void op_end(OpHarness *h)
{
	add_event(h, (Event){.kind = EVENT_END});
}

void op_clear(OpHarness *h)
{
	h->events.len = 0;
}

/* ---- playing ---- */

static void note_late(void *ctx, Operator *op, const LateRow *row)
{
	(void)op;
	OpHarness *h = ctx;
	strbuf_printf(&h->late, "%" PRId64 " %" PRId64 " [%" PRId64 ", %" PRId64 ")\n", row->time_ms, row->watermark_ms, row->window_start_ms,
	              row->window_end_ms);
}

static bool open_graph(OpHarness *h, const Plan *root)
{
	h->query_arena = arena_open("op query", 0);
	h->query = (PlanQuery){.root = root, .nnodes = h->nnodes, .nparams = 4};
	int64_t now = h->run.env.now_us;
	h->run = (OperatorRun){.plan = &h->query, .name = STR("q"), .store = h->store, .unit = 1, .arena = h->query_arena, .step = h->step};
	h->run.late = note_late;
	h->run.ctx = h;
	h->run.env = (EvalEnv){.zone = zone_utc, .watermark_us = INT64_MIN, .now_us = now};
	return graph_open(&h->run, &h->query, &h->graph, &h->err);
}

static bool open_store(OpHarness *h)
{
	StoreOptions o = {.path = h->path, .clock = &clock_real, .memory_bytes = 64 << 20, .wal_max_bytes = 1 << 30, .inline_writer = true};
	return store_open(&o, &h->store, &h->err);
}

static void remove_files(OpHarness *h)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-lock", "-journal"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[96];
		snprintf(name, sizeof name, "%s%s", h->path, ends[i]);
		unlink(name);
	}
}

static bool seal(OpHarness *h)
{
	if (!graph_checkpoint(h->graph, &h->err))
		return false;
	if (store_dirty(h->store)) {
		store_seal(h->store);
		if (!store_wait_landed(h->store, store_sealed_epoch(h->store), -1, &h->err))
			return false;
	}
	return store_poll(h->store, &h->err);
}

static bool restart(OpHarness *h, const Plan *root)
{
	if (!seal(h))
		return false;
	graph_close(h->graph);
	arena_close(h->query_arena);
	store_close(h->store);
	return open_store(h) && open_graph(h, root);
}

static void print_out(OpHarness *h)
{
	Operator *op = h->graph->ops[h->graph->nops - 1];
	if (op->type == &sink_type) {
		const SinkChange *changes;
		uint32_t n = sink_changes(op, &changes);
		for (uint32_t i = 0; i < n; i++) {
			StrBuf line;
			strbuf_init(&line);
			batch_print(batch_slice(changes[i].batch, changes[i].row, changes[i].row + 1, h->step), &line);
			const char *paren = strchr(strbuf_cstr(&line), '(');
			strbuf_printf(&h->out, "%s %s", chunk_kind_name(changes[i].kind), paren);
			strbuf_deinit(&line);
		}
		return;
	}
	for (uint32_t i = 0; i < op->out.len; i++)
		batch_print(op->out.items[i], &h->out);
}

static ScanInfo *info_of(OpHarness *h, const Operator *scan)
{
	return &h->scans[scan->plan->id];
}

/* The events [from, to) as one step. */
static bool run_step(OpHarness *h, uint32_t from, uint32_t to)
{
	int64_t first_ord = h->run.next_ord;
	bool end = false;
	for (uint32_t s = 0; s < h->graph->nscans; s++) {
		Operator *op = h->graph->scans[s];
		ScanInfo *info = info_of(h, op);
		uint32_t ncols = op->plan->ncols, n = 0, npoints = 0;
		Value *values = ARENA_ARRAY(h->step, Value, (size_t)(to - from) * ncols + 1);
		int64_t *weight = ARENA_ARRAY(h->step, int64_t, to - from + 1);
		int64_t *ord = ARENA_ARRAY(h->step, int64_t, to - from + 1);
		int64_t *stamp = ARENA_ARRAY(h->step, int64_t, to - from + 1);
		WatermarkPoint *points = ARENA_ARRAY(h->step, WatermarkPoint, to - from + 1);
		int64_t before = info->watermark, next = first_ord;
		bool ones = true;
		for (uint32_t i = from; i < to; i++) {
			const Event *e = &h->events.items[i];
			int64_t rise = BATCH_NO_WATERMARK;
			if (e->kind == EVENT_ROW) {
				next++;
				if (e->scan != op->plan->id)
					continue;
				memcpy(values + (size_t)n * ncols, e->cells, ncols * sizeof *values);
				weight[n] = e->weight;
				ones &= e->weight == 1;
				ord[n] = next - 1;
				stamp[n++] = info->watermark;
				if (info->time_col >= 0 && !e->cells[info->time_col].null)
					rise = e->cells[info->time_col].i / 1000 - info->delay;
			} else if (e->kind == EVENT_ADVANCE && e->scan == op->plan->id) {
				rise = e->time;
			} else if (e->kind == EVENT_END) {
				rise = BATCH_END;
				end = true;
			}
			if (rise <= info->watermark)
				continue;
			info->watermark = rise;
			if (npoints && points[npoints - 1].ord == next)
				points[npoints - 1].ms = rise;
			else
				points[npoints++] = (WatermarkPoint){next, rise};
		}
		const Type **types = ARENA_ARRAY(h->step, const Type *, ncols + 1);
		for (uint32_t c = 0; c < ncols; c++)
			types[c] = op->plan->cols[c].type;
		const Batch *b = batch_from_values(types, ncols, values, n, ones ? NULL : weight, ord, stamp, h->step);
		scan_feed(op, &b, n ? 1 : 0, (Curve){before, points, npoints});
	}
	for (uint32_t i = from; i < to; i++)
		h->run.next_ord += h->events.items[i].kind == EVENT_ROW;
	h->run.at_end = end;
	bool ok = graph_step(h->graph, &h->err);
	if (ok)
		print_out(h);
	graph_end_step(h->graph);
	arena_reset(h->step);
	return ok;
}

/* One step's events: up to `rows` rows, or until a step, the clock or the end. */
static uint32_t step_end(const OpHarness *h, uint32_t from, uint32_t rows)
{
	uint32_t n = 0, i = from;
	for (; i < h->events.len; i++) {
		const Event *e = &h->events.items[i];
		if (e->kind == EVENT_STEP || e->kind == EVENT_CLOCK)
			break;
		if (e->kind == EVENT_ROW && n++ == rows)
			break;
	}
	return i;
}

const char *op_play(OpHarness *h, const Plan *root, uint32_t rows, uint32_t restart_after)
{
	strbuf_clear(&h->out);
	strbuf_clear(&h->late);
	strbuf_puts(&h->out, "");
	strbuf_puts(&h->late, "");
	err_clear(&h->err);
	for (uint32_t i = 0; i < OP_NODES; i++)
		h->scans[i].watermark = BATCH_NO_WATERMARK;
	snprintf(h->path, sizeof h->path, "/tmp/weir-op-%d.db", (int)getpid());
	remove_files(h);
	h->run.env.now_us = 0;
	REQUIRE(open_store(h));
	bool ok = open_graph(h, root);
	uint32_t steps = 0;
	int64_t ord = 1;
	for (uint32_t at = 0; ok && at < h->events.len;) {
		const Event *e = &h->events.items[at];
		if (e->kind == EVENT_CLOCK)
			h->run.env.now_us = e->time;
		if (e->kind == EVENT_STEP) {
			at++;
			continue;
		}
		uint32_t from = e->kind == EVENT_CLOCK ? at + 1 : at;
		uint32_t to = step_end(h, from, rows);
		h->run.next_ord = ord;
		ok = run_step(h, from, to);
		ord = h->run.next_ord;
		at = to;
		if (ok && restart_after && ++steps % restart_after == 0)
			ok = restart(h, root);
	}
	if (h->graph) {
		h->counts = h->graph->ops[h->graph->nops - 1]->counts;
		Err ignored = {0};
		Err kept = h->err;
		if (ok)
			ok = seal(h);
		else
			store_discard(h->store, 1, &ignored);
		if (kept.code)
			h->err = kept;
		graph_close(h->graph);
	}
	h->graph = NULL;
	arena_close(h->query_arena);
	store_close(h->store);
	remove_files(h);
	return ok ? strbuf_cstr(&h->out) : NULL;
}

/* ---- snapshots ---- */

static bool source_rows(void *ctx, const Plan *scan, void **handle, Arena *arena, const Batch **out, Err *err)
{
	(void)handle;
	(void)err;
	OpHarness *h = ctx;
	ScanInfo *info = &h->scans[scan->id];
	uint32_t ncols = scan->ncols, n = 0;
	Value *values = ARENA_ARRAY(arena, Value, (size_t)h->snapshot_rows * ncols + 1);
	int64_t *weight = ARENA_ARRAY(arena, int64_t, h->snapshot_rows + 1);
	while (info->given < h->events.len && n < h->snapshot_rows) {
		const Event *e = &h->events.items[info->given++];
		if (e->kind != EVENT_ROW || e->scan != scan->id)
			continue;
		memcpy(values + (size_t)n * ncols, e->cells, ncols * sizeof *values);
		weight[n++] = e->weight;
	}
	const Type **types = ARENA_ARRAY(arena, const Type *, ncols + 1);
	for (uint32_t c = 0; c < ncols; c++)
		types[c] = scan->cols[c].type;
	*out = batch_from_values(types, ncols, values, n, scan->append_only ? NULL : weight, NULL, NULL, arena);
	return true;
}

static bool snapshot_rows(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)done;
	(void)err;
	OpHarness *h = ctx;
	batch_print(b, &h->out);
	return true;
}

const char *op_snapshot(OpHarness *h, const Plan *root, uint32_t rows)
{
	strbuf_clear(&h->out);
	strbuf_puts(&h->out, "");
	err_clear(&h->err);
	for (uint32_t i = 0; i < OP_NODES; i++)
		h->scans[i].given = 0;
	h->snapshot_rows = rows;
	Arena *arena = arena_open("op query", 0);
	h->query = (PlanQuery){.root = root, .snapshot = true, .nnodes = h->nnodes, .nparams = 4};
	OperatorRun run = {.plan = &h->query, .name = STR("s"), .is_snapshot = true, .arena = arena, .step = h->step, .source_rows = source_rows, .ctx = h};
	Value params[4] = {VALUE_NULL, VALUE_NULL, VALUE_NULL, VALUE_NULL};
	run.params = params;
	run.env = (EvalEnv){.zone = zone_utc, .watermark_us = INT64_MIN};
	bool ok = graph_run_snapshot(&run, &h->query, snapshot_rows, h, &h->err);
	arena_close(arena);
	return ok ? strbuf_cstr(&h->out) : NULL;
}

/* ---- what came out ---- */

static int compare_lines(const void *a, const void *b)
{
	return str_cmp(*(const Str *)a, *(const Str *)b);
}

const char *op_sorted(OpHarness *h, const char *lines)
{
	Arena *arena = arena_open("sorted", 0);
	struct {
		Str *items;
		uint32_t len, cap;
	} list = {0};
	Str rest = str_from(lines), line;
	while (rest.len && str_next(&rest, '\n', &line))
		if (line.len)
			ARENA_PUSH(arena, &list, line);
	if (list.len)
		qsort(list.items, list.len, sizeof *list.items, compare_lines);
	strbuf_clear(&h->sorted);
	strbuf_puts(&h->sorted, "");
	for (uint32_t i = 0; i < list.len; i++) {
		strbuf_put_str(&h->sorted, list.items[i]);
		strbuf_putc(&h->sorted, '\n');
	}
	arena_close(arena);
	return strbuf_cstr(&h->sorted);
}

/* Lines "+1 (...)", "-2 (...)": added up by what follows the weight. */
const char *op_table(OpHarness *h)
{
	Map sums;
	map_init(&sums);
	Arena *arena = arena_open("table", 0);
	Str rest = strbuf_str(&h->out), line;
	while (rest.len && str_next(&rest, '\n', &line)) {
		if (!line.len)
			continue;
		char sign = line.ptr[0];
		Str weight, row;
		row = line;
		str_next(&row, ' ', &weight);
		int64_t w = sign == '-' ? -1 : 1;
		int64_t v = 0;
		if (str_to_i64(str_slice(weight, 1, weight.len), &v))
			w *= v;
		else if (weight.len == 2 && (weight.ptr[1] == 'U' || weight.ptr[1] == 'D' || weight.ptr[1] == 'I'))
			w = sign == '-' ? -1 : 1;
		int64_t *sum = map_get(&sums, row);
		if (!sum) {
			sum = ARENA_NEW(arena, int64_t);
			map_put(&sums, row, sum);
		}
		*sum += w;
	}
	StrBuf lines;
	strbuf_init(&lines);
	strbuf_puts(&lines, "");
	const MapEntry *e;
	for (uint32_t it = 0; (e = map_next(&sums, &it));)
		if (*(int64_t *)e->value)
			strbuf_printf(&lines, "%.*s x%" PRId64 "\n", STR_ARG(e->key), *(int64_t *)e->value);
	strbuf_clear(&h->table);
	strbuf_puts(&h->table, op_sorted(h, strbuf_cstr(&lines)));
	strbuf_deinit(&lines);
	map_deinit(&sums);
	arena_close(arena);
	return strbuf_cstr(&h->table);
}

const char *op_late(OpHarness *h)
{
	return strbuf_cstr(&h->late);
}

const Err *op_error(OpHarness *h)
{
	return &h->err;
}

OperatorCounts op_counts(OpHarness *h)
{
	return h->counts;
}
