/*
 * sql/bind/bind_topn.c: Top-N of continuous queries, by its pattern:
 *
 *   SELECT ... FROM (SELECT ..., ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM t) WHERE rn <= 3 AND x
 *
 *   Filter(rn <= 3 AND x) -> Project -> Over        becomes        Project -> Filter(x) -> TopN(1 to 3, with rank)
 *
 * Deduplication is Top-1 by a time attribute, and a LIMIT Top-N without partition; infer.c finds out which state each
 * needs. Who does not read the rank takes it off the node (bind_topn_hide_rank): then only rows that enter or leave are
 * sent.
 */
#include "sql/bind/bind_int.h"

enum { CONJUNCTS_MAX = 64 };

/* ---- bounds on the rank ---- */

typedef struct Bounds {
	int64_t from, to;
} Bounds;

static uint32_t cut(const Expr *e, const Expr **out, uint32_t n)
{
	if (e->kind != EXPR_CALL || strcmp(e->call.fn->name, "AND") != 0 || n + e->nargs >= CONJUNCTS_MAX) {
		out[n++] = e;
		return n;
	}
	for (uint32_t i = 0; i < e->nargs; i++)
		n = cut(e->args[i], out, n);
	return n;
}

static const Expr *below_casts(const Expr *e)
{
	while (e->kind == EXPR_CALL && strcmp(e->call.fn->name, "CAST") == 0 && e->nargs == 1 && type_is_integer(e->type))
		e = e->args[0];
	return e;
}

static bool integer(const Expr *e, int64_t *out)
{
	if (e->kind != EXPR_CONST || !type_is_integer(e->type) || e->constant.null)
		return false;
	*out = e->constant.i;
	return true;
}

/* rank < 3, 3 > rank, rank = 1 ...: narrows the bounds. */
static bool take_bound(const Expr *e, uint32_t rank, Bounds *b)
{
	static const char *const ops[] = {"<", "<=", "=", ">=", ">"};
	if (e->kind != EXPR_CALL || e->nargs != 2)
		return false;
	int op = -1;
	for (int i = 0; i < 5; i++)
		if (strcmp(e->call.fn->name, ops[i]) == 0)
			op = i;
	if (op < 0)
		return false;
	const Expr *l = below_casts(e->args[0]), *r = below_casts(e->args[1]);
	int64_t n;
	if (integer(l, &n) && r->kind == EXPR_COLUMN && r->index == rank)
		op = 4 - op;
	else if (!(l->kind == EXPR_COLUMN && l->index == rank && integer(r, &n)))
		return false;
	int64_t to = op == 0 ? n - 1 : n, from = op == 4 ? n + 1 : n;
	if (op <= 2 && to < b->to)
		b->to = to;
	if (op >= 2 && from > b->from)
		b->from = from;
	return true;
}

/* ---- the node ---- */

static bool is_rank(const Plan *p)
{
	return p->kind == PLAN_OVER && p->over.ncalls == 1 && p->over.time_col < 0 &&
	       p->over.calls[0].fn >= OVER_ROW_NUMBER && p->over.calls[0].fn <= OVER_DENSE_RANK;
}

/* A ranking that follows time is Top-N, too, where its rank is bounded. */
static bool is_time_rank(const Plan *p)
{
	return p->kind == PLAN_OVER && p->over.ncalls == 1 && p->over.time_col >= 0 &&
	       p->over.calls[0].fn >= OVER_ROW_NUMBER && p->over.calls[0].fn <= OVER_DENSE_RANK;
}

/* Behind a window function its time column is no time attribute, but deduplication in the window goes by it. */
static bool is_window_time(const Plan *p, uint32_t col)
{
	while (p->kind == PLAN_FILTER || p->kind == PLAN_PROJECT) {
		if (p->kind == PLAN_PROJECT) {
			if (p->exprs[col]->kind != EXPR_COLUMN)
				return false;
			col = p->exprs[col]->index;
		}
		p = p->inputs[0];
	}
	return p->kind == PLAN_WINDOW && p->window.time_col == col && !p->window.spec.proctime;
}

/* The event time by which keys of a deduplication by processing time are forgotten; -1: they go by that clock. */
static int32_t forget_col(Binder *b, const Plan *in, const PlanTopN *t)
{
	if (t->within_us <= 0 || t->to != 1 || !t->npartition || !t->proctime || t->order[0].desc ||
	    !str_eq(settings_str(b->bc->settings, "weir.dedup.clock"), STR("watermark")))
		return -1;
	for (uint32_t i = 0; i < in->ncols; i++)
		if (in->cols[i].time == TIME_ROWTIME)
			return (int32_t)i;
	return -1;
}

static Plan *make_topn(Binder *b, Plan *in, const PlanTopN *topn, const PlanCol *rank, Span span)
{
	Plan *p = bind_plan_new(b, PLAN_TOPN, span, in, NULL);
	p->span = span;
	p->topn = *topn;
	p->topn.time_col = -1;
	if (topn->norder == 1) {
		TimeAttr t = in->cols[topn->order[0].col].time;
		p->topn.time_col = t == TIME_NONE ? -1 : (int32_t)topn->order[0].col;
		p->topn.proctime = t == TIME_PROCTIME;
	}
	/* a LIMIT has no keys that could be forgotten: it would begin again */
	p->topn.within_us = topn->from_limit ? 0 : settings_duration_us(b->bc->settings, "weir.dedup.within");
	p->topn.forget_col = forget_col(b, in, &p->topn);
	p->topn.by_watermark = p->topn.forget_col >= 0;
	p->ncols = in->ncols + (rank ? 1 : 0);
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, p->ncols + 1);
	memcpy(p->cols, in->cols, in->ncols * sizeof(PlanCol));
	if (rank)
		p->cols[in->ncols] = *rank;
	bind_plan_done(b, p);
	if (p->topn.mode == TOPN_WINDOW && topn->norder == 1 && is_window_time(in, topn->order[0].col))
		p->topn.time_col = (int32_t)topn->order[0].col;
	/* rows of any order come when their time has passed, and go again */
	for (uint32_t i = 0; p->topn.mode == TOPN_SORTED && i < p->ncols; i++)
		p->cols[i].time = TIME_NONE;
	return p;
}

static const Expr *conjunction(Binder *b, const Expr *const *parts, uint32_t n, Span span)
{
	const Expr *e = NULL;
	for (uint32_t i = 0; i < n; i++) {
		const Expr *args[2] = {e, parts[i]};
		e = e ? expr_call(b->arena, STR("AND"), args, 2, span, NULL) : parts[i];
		ASSERT(e);
	}
	return e;
}

/* The predicate over the columns of the node; above: the projection between, or NULL. */
static bool convert(Binder *b, Plan *over, Plan *above, const Expr *predicate, Span span, Plan **out, bool *done,
                    Err *err)
{
	const PlanOver *v = &over->over;
	uint32_t rank = over->ncols - 1, n, nrest = 0;
	const Expr *parts[CONJUNCTS_MAX * 2], *rest[CONJUNCTS_MAX * 2];
	Bounds bounds = {1, INT64_MAX};
	n = cut(predicate, parts, 0);
	for (uint32_t i = 0; i < n; i++)
		if (!take_bound(parts[i], rank, &bounds))
			rest[nrest++] = parts[i];
	*done = bounds.to != INT64_MAX;
	if (!*done) {
		if (bounds.from == 1 && nrest == n)
			return true; /* does not ask for the rank: bind_over_check has the words */
		err_set_at(err, ERR_WINDOW_MISUSE, bind_spanned(b, span), "Top-N needs an upper bound of the rank");
		return err_hint(err, "For example WHERE rn <= 10, rn = 1, or rn BETWEEN 2 AND 5.");
	}
	if (bounds.to < bounds.from || bounds.to < 1) { /* nothing */
		bounds = (Bounds){1, 1};
		nrest = n;
		memcpy(rest, parts, n * sizeof *parts);
	}
	PlanTopN topn = {
	    .rank = (RankKind)(v->calls[0].fn - OVER_ROW_NUMBER),
	    .partition = v->partition,
	    .npartition = v->npartition,
	    .order = v->order,
	    .norder = v->norder,
	    .from = bounds.from,
	    .to = bounds.to,
	    .show_rank = true,
	};
	Plan *p = make_topn(b, (Plan *)over->inputs[0], &topn, &over->cols[rank], over->span);
	if (nrest)
		p = bind_plan_filter(b, p, conjunction(b, rest, nrest, span), span);
	if (above) {
		Str *names = ARENA_ARRAY(b->arena, Str, above->ncols + 1);
		for (uint32_t i = 0; i < above->ncols; i++)
			names[i] = above->cols[i].name;
		p = bind_plan_project(b, p, above->exprs, names, above->ncols, above->span);
	}
	*out = p;
	return true;
}

/* The conjuncts of a filter, on their way down. */
typedef struct Parts {
	const Expr *items[CONJUNCTS_MAX * 2];
	bool taken[CONJUNCTS_MAX * 2]; /* by a rank below */
	uint32_t n, ncols;             /* of the plan that they are over */
} Parts;

/* The conjunct over the plan whose columns begin at `first`; NULL: it reads others, too. */
static const Expr *within(Binder *b, const Parts *parts, uint32_t i, uint32_t first, uint32_t n)
{
	bool *used = ARENA_ARRAY_ZERO(b->arena, bool, parts->ncols + 1);
	uint32_t *map = ARENA_ARRAY_ZERO(b->arena, uint32_t, parts->ncols + 1);
	expr_columns(parts->items[i], used);
	for (uint32_t c = 0; c < parts->ncols; c++) {
		map[c] = c - first;
		if (used[c] && (c < first || c >= first + n))
			return NULL;
	}
	return expr_remap(b->arena, parts->items[i], map);
}

static bool rank_below(Binder *b, Plan *p, uint32_t first, Parts *parts, Span span, Plan **out, Err *err)
{
	Plan *above = p->kind == PLAN_PROJECT ? p : NULL;
	Plan *over = above ? (Plan *)above->inputs[0] : p;
	*out = p;
	if (!is_rank(over) && !is_time_rank(over))
		return true;
	const Expr *mine[CONJUNCTS_MAX * 2];
	uint32_t n = 0;
	for (uint32_t i = 0; i < parts->n; i++) {
		const Expr *e = parts->taken[i] ? NULL : within(b, parts, i, first, p->ncols);
		e = e && above ? expr_substitute(b->arena, e, above->exprs) : e;
		Bounds ignored = {1, INT64_MAX};
		if (e && take_bound(bind_fold(b, e), over->ncols - 1, &ignored)) {
			parts->taken[i] = true;
			mine[n++] = bind_fold(b, e);
		}
	}
	bool done;
	return n == 0 || convert(b, over, above, conjunction(b, mine, n, span), span, out, &done, err);
}

/* Through joins and subqueries to the rankings that the conjuncts bound. */
static bool ranks_below(Binder *b, Plan *p, uint32_t first, Parts *parts, Span span, Plan **out, Err *err)
{
	bool left = p->kind == PLAN_APPLY, right = false;
	if (p->kind == PLAN_JOIN) {
		left = p->join.kind != JOIN_RIGHT && p->join.kind != JOIN_FULL;
		right = p->join.kind == JOIN_INNER || p->join.kind == JOIN_RIGHT;
	}
	if (!left && !right)
		return rank_below(b, p, first, parts, span, out, err);
	Plan *in[2] = {(Plan *)p->inputs[0], (Plan *)p->inputs[1]};
	if ((left && !ranks_below(b, in[0], first, parts, span, &in[0], err)) ||
	    (right && !ranks_below(b, in[1], first + in[0]->ncols, parts, span, &in[1], err)))
		return false;
	*out = p;
	if (in[0] == p->inputs[0] && in[1] == p->inputs[1])
		return true;
	Plan *copy = arena_copy(b->arena, p, sizeof *p);
	const Plan **inputs = ARENA_ARRAY(b->arena, const Plan *, 2);
	inputs[0] = in[0];
	inputs[1] = in[1];
	copy->inputs = inputs;
	*out = bind_plan_done(b, copy);
	return true;
}

bool bind_topn_filter(Binder *b, Plan *input, const Expr *predicate, Span span, Plan **out, Err *err)
{
	Plan *above = input->kind == PLAN_PROJECT ? input : NULL;
	Plan *over = above ? (Plan *)above->inputs[0] : input;
	if (!b->snapshot && (is_rank(over) || is_time_rank(over))) {
		const Expr *e = bind_fold(b, above ? expr_substitute(b->arena, predicate, above->exprs) : predicate);
		bool done;
		if (!convert(b, over, above, e, span, out, &done, err))
			return false;
		if (done)
			return true;
	}
	if (!b->snapshot && (input->kind == PLAN_JOIN || input->kind == PLAN_APPLY)) {
		Parts parts = {.ncols = input->ncols};
		parts.n = cut(predicate, parts.items, 0);
		if (!ranks_below(b, input, 0, &parts, span, &input, err))
			return false;
		const Expr *rest[CONJUNCTS_MAX * 2];
		uint32_t n = 0;
		for (uint32_t i = 0; i < parts.n; i++)
			if (!parts.taken[i])
				rest[n++] = parts.items[i];
		*out = n ? bind_plan_filter(b, input, conjunction(b, rest, n, span), span) : input;
		return true;
	}
	*out = bind_plan_filter(b, input, predicate, span);
	return true;
}

/* ---- LIMIT ---- */

static bool constant(Binder *b, const Expr *e, int64_t *out, Err *err)
{
	if (!e || (e->kind == EXPR_CONST && e->constant.null))
		return true;
	if (e->kind != EXPR_CONST)
		return err_set_at(err, ERR_NOT_SUPPORTED, bind_spanned(b, e->span),
		                  "LIMIT and OFFSET of a continuous query must be constant");
	*out = e->constant.i;
	return true;
}

/* ORDER BY time: an OVER without a function, which lets rows out in order of their time. */
static Plan *by_time(Binder *b, Plan *input, SortKey key, Span span)
{
	Plan *p = bind_plan_new(b, PLAN_OVER, span, input, NULL);
	p->over = (PlanOver){
	    .order = arena_copy(b->arena, &key, sizeof key),
	    .norder = 1,
	    .start = {.kind = OVER_UNBOUNDED_PRECEDING, .col = -1},
	    .end = {.kind = OVER_CURRENT_ROW, .col = -1},
	    .time_col = (int32_t)key.col,
	    .proctime = input->cols[key.col].time == TIME_PROCTIME,
	};
	return bind_plan_done(b, p);
}

bool bind_topn_limit(Binder *b, Plan *input, const SortKey *keys, uint32_t nkeys, const Expr *limit, const Expr *offset,
                     Span span, Plan **out, Err *err)
{
	int64_t n = -1, skip = 0;
	if (!constant(b, limit, &n, err) || !constant(b, offset, &skip, err))
		return false;
	if (n < 0 && !offset && nkeys == 1 && !keys[0].desc && input->append_only &&
	    input->cols[keys[0].col].time != TIME_NONE) {
		*out = by_time(b, input, keys[0], span);
		return true;
	}
	if (n < 0) {
		err_set_at(err, ERR_NOT_SUPPORTED, bind_spanned(b, span), "%s in a continuous query is not supported",
		           nkeys ? "ORDER BY without LIMIT" : "OFFSET without LIMIT");
		return err_hint(
		    err, nkeys ? "Add a LIMIT, order by a time attribute alone, or write ORDER BY in the SELECT that reads the "
		                 "view: a view's rows have no order of their own."
		               : "Add a LIMIT: the rows from a number on would never end.");
	}
	if (n > INT64_MAX - skip)
		n = INT64_MAX - skip;
	PlanTopN topn = {
	    .order = arena_copy(b->arena, keys, nkeys * sizeof *keys),
	    .norder = nkeys,
	    .from = skip + 1,
	    .to = skip + n,
	    .from_limit = true,
	};
	*out = make_topn(b, input, &topn, NULL, bind_spanned(b, span));
	return true;
}

/* ---- the rank is not read ---- */

Plan *bind_topn_hide_rank(Binder *b, Plan *p, const bool *used)
{
	if (p->kind == PLAN_TOPN && p->topn.show_rank && !used[p->ncols - 1]) {
		Plan *copy = arena_copy(b->arena, p, sizeof *p);
		copy->topn.show_rank = false;
		copy->ncols--;
		return bind_plan_done(b, copy);
	}
	if (p->kind != PLAN_FILTER)
		return p;
	bool *below = ARENA_ARRAY_ZERO(b->arena, bool, p->ncols + 1);
	memcpy(below, used, p->ncols * sizeof *below);
	expr_columns(p->predicate, below);
	Plan *in = (Plan *)p->inputs[0], *now = bind_topn_hide_rank(b, in, below);
	return now == in ? p : bind_plan_filter(b, now, p->predicate, p->span);
}
