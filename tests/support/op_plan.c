/*
 * tests/support/op_plan.c: plans by hand, for op_harness.h. Of what inference would find, only append_only and keys are
 * set.
 */
#include "sql/plan/infer.h"
#include "tests/support/check.h"
#include "tests/support/op_harness_int.h"

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
	} types[] = {{"BOOLEAN", &type_boolean},      {"INT", &type_int},       {"BIGINT", &type_bigint},
	             {"DOUBLE", &type_double},        {"STRING", &type_string}, {"LTZ", &type_ltz3},
	             {"TIMESTAMP", &type_timestamp3}, {"FLOAT", &type_float}};
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

Plan *op_attached_agg(OpHarness *h, Plan *in, WindowSpec spec, uint32_t start_col, uint32_t end_col, const char *keys,
                      const char *aggs)
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

/* ---- Top-N and OVER ---- */

static SortKey *sort_keys(OpHarness *h, Plan *in, const char *keys, uint32_t *n)
{
	Plan *p = op_sort(h, in, keys, -1, -1);
	*n = p->sort.nkeys;
	return p->sort.keys;
}

static TimeAttr time_of(const Plan *in, const SortKey *order, uint32_t n)
{
	return n == 1 ? in->cols[order[0].col].time : TIME_NONE;
}

Plan *op_topn(OpHarness *h, Plan *in, RankKind rank, const char *partition, const char *order, int64_t from, int64_t to,
              bool show_rank)
{
	PlanTopN t = {.rank = rank, .from = from, .to = to, .show_rank = show_rank, .time_col = -1};
	t.partition = columns(h, partition, &t.npartition);
	t.order = sort_keys(h, in, order, &t.norder);
	TimeAttr time = time_of(in, t.order, t.norder);
	if (time != TIME_NONE)
		t.time_col = (int32_t)t.order[0].col;
	t.proctime = time == TIME_PROCTIME;
	Plan *p = node(h, PLAN_TOPN, in, NULL);
	p->topn = t;
	p->cols = ARENA_ARRAY_ZERO(h->arena, PlanCol, in->ncols + 1);
	memcpy(p->cols, in->cols, in->ncols * sizeof *p->cols);
	p->cols[in->ncols] = (PlanCol){.name = STR("rn"), .type = &type_bigint};
	p->ncols = in->ncols + (show_rank ? 1 : 0);
	infer_plan(h->arena, p);
	return p;
}

Plan *op_over(OpHarness *h, Plan *in, const char *partition, const char *order, bool rows, OverBound start,
              OverBound end, const char *aggs)
{
	Plan *agg = op_agg(h, in, "", aggs);
	PlanOver v = {.rows = rows, .start = start, .end = end, .time_col = -1, .ncalls = agg->agg.naggs};
	v.start.col = v.end.col = -1;
	v.partition = columns(h, partition, &v.npartition);
	v.order = sort_keys(h, in, order, &v.norder);
	TimeAttr time = time_of(in, v.order, v.norder);
	if (time != TIME_NONE && in->append_only)
		v.time_col = (int32_t)v.order[0].col;
	v.proctime = time == TIME_PROCTIME;
	v.calls = ARENA_ARRAY_ZERO(h->arena, PlanOverCall, v.ncalls + 1);
	Plan *p = node(h, PLAN_OVER, in, NULL);
	p->cols = ARENA_ARRAY_ZERO(h->arena, PlanCol, in->ncols + v.ncalls);
	memcpy(p->cols, in->cols, in->ncols * sizeof *p->cols);
	p->ncols = in->ncols + v.ncalls;
	for (uint32_t i = 0; i < v.ncalls; i++) {
		const AggCall *call = &agg->agg.aggs[i].call;
		v.calls[i] = (PlanOverCall){.fn = OVER_AGG, .agg = agg->agg.aggs[i], .type = call->type, .fallback = -1};
		p->cols[in->ncols + i] = (PlanCol){.name = STR("o"), .type = call->type};
	}
	p->over = v;
	infer_plan(h->arena, p);
	return p;
}
