/*
 * sql/plan/rewrite_filter.c: filters go down to where the rows come from.
 *
 * A filter is cut into its conjuncts, and each sinks as deep as it can: through projections of plain columns, unions,
 * windows, exchanges, sorts without LIMIT; below aggregates, OVER and Top-N where it asks for group keys only; to the
 * side of a join or subquery that it names. What stays is one filter again. Where sinking lets a conjunct see rows that
 * something else would have taken out before, it must not be able to fail.
 */
#include "sql/plan/rewrite_filter.h"

#include "sql/plan/infer.h"
#include "sql/plan/share.h"

enum { REWRITE_CONJUNCTS_MAX = 64 };

typedef struct Sink {
	Arena *arena;
	bool state; /* the conjunct has gone below a node that keeps rows, which it now keeps fewer of */
} Sink;

static bool below_slot(Sink *s, const Plan **slot, const Expr *e);
static void put(Sink *s, const Plan **slot, const Expr *e);

static Plan *own(const Plan *p)
{
	return (Plan *)(uintptr_t)p; /* the tree is ours: see the header */
}

static const Expr *both(Arena *arena, const Expr *a, const Expr *b)
{
	const Expr *args[2] = {a, b};
	Err ignored = {0};
	const Expr *e = expr_call(arena, STR("AND"), args, 2, a->span, &ignored);
	ASSERT(e);
	return e;
}

/* Columns that e reads: do all lie in [from, to)? none: reads no column. */
static bool reads_within(Arena *arena, const Expr *e, uint32_t ncols, uint32_t from, uint32_t to, bool *none)
{
	bool *used = ARENA_ARRAY_ZERO(arena, bool, ncols + 1);
	expr_columns(e, used);
	*none = true;
	for (uint32_t i = 0; i < ncols; i++) {
		if (!used[i])
			continue;
		*none = false;
		if (i < from || i >= to)
			return false;
	}
	return true;
}

static const Expr *shifted(Arena *arena, const Expr *e, uint32_t ncols, uint32_t from)
{
	uint32_t *map = ARENA_ARRAY(arena, uint32_t, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++)
		map[i] = i < from ? UINT32_MAX : i - from;
	return expr_remap(arena, e, map);
}

static bool below_project(Sink *s, Plan *p, const Expr *e)
{
	bool *used = ARENA_ARRAY_ZERO(s->arena, bool, p->ncols + 1);
	expr_columns(e, used);
	for (uint32_t i = 0; i < p->ncols; i++)
		if (used[i] && p->exprs[i]->kind == EXPR_CALL)
			return false; /* would be computed twice */
	put(s, &p->inputs[0], expr_substitute(s->arena, e, p->exprs));
	return true;
}

static bool below_agg(Sink *s, Plan *p, const Expr *e)
{
	bool none;
	if (expr_can_fail(e) || !reads_within(s->arena, e, p->ncols, 0, p->agg.nkeys, &none) || none)
		return false;
	uint32_t *map = ARENA_ARRAY(s->arena, uint32_t, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++)
		map[i] = i < p->agg.nkeys ? p->agg.keys[i] : UINT32_MAX;
	put(s, &p->inputs[0], expr_remap(s->arena, e, map));
	return true;
}

/* Rows that a filter leaves out make sessions longer all the same: only what asks for whole partitions may go below. */
static bool reads_partition(Arena *arena, const Plan *p, const Expr *e)
{
	bool *used = ARENA_ARRAY_ZERO(arena, bool, p->ncols + 1);
	expr_columns(e, used);
	for (uint32_t i = 0; i < p->window.nkeys; i++)
		used[p->window.keys[i]] = false;
	for (uint32_t i = 0; i < p->ncols; i++)
		if (used[i])
			return false;
	return !expr_can_fail(e);
}

static bool below_join(Sink *s, Plan *p, const Expr *e)
{
	JoinKind k = p->join.kind;
	uint32_t nl = p->inputs[0]->ncols;
	bool none;
	if (expr_can_fail(e))
		return false;
	bool keeps_left = k == JOIN_INNER || k == JOIN_LEFT || k == JOIN_SEMI || k == JOIN_ANTI;
	if (keeps_left && reads_within(s->arena, e, p->ncols, 0, nl, &none) && !none) {
		put(s, &p->inputs[0], e);
		return true;
	}
	/* a filter on versions would leave older ones valid; a row is looked up in the table itself */
	bool whole = p->kind == PLAN_TEMPORAL_JOIN || p->kind == PLAN_LOOKUP_JOIN;
	bool keeps_right = (k == JOIN_INNER || k == JOIN_RIGHT) && !whole;
	if (keeps_right && reads_within(s->arena, e, p->ncols, nl, p->ncols, &none) && !none) {
		put(s, &p->inputs[1], shifted(s->arena, e, p->ncols, nl));
		return true;
	}
	return false;
}

/* A condition on whole partitions may see fewer of them. */
static bool below_partitions(Sink *s, Plan *p, const uint32_t *partition, uint32_t n, const Expr *e)
{
	if (expr_can_fail(e))
		return false;
	bool *used = ARENA_ARRAY_ZERO(s->arena, bool, p->ncols + 1);
	bool any = false;
	expr_columns(e, used);
	for (uint32_t k = 0; k < n; k++) {
		any = any || used[partition[k]];
		used[partition[k]] = false;
	}
	for (uint32_t i = 0; i < p->ncols; i++)
		if (used[i])
			return false;
	if (any)
		put(s, &p->inputs[0], e);
	return any;
}

/* It has gone below a node that keeps rows. */
static bool kept(Sink *s, bool gone)
{
	s->state = s->state || gone;
	return gone;
}

/* The same plan with the conjunct somewhere below p; false: it cannot go there. */
static bool below(Sink *s, Plan *p, const Expr *e)
{
	bool none;
	switch (p->kind) {
	case PLAN_FILTER: return !expr_can_fail(e) && below_slot(s, &p->inputs[0], e);
	case PLAN_PROJECT: return below_project(s, p, e);
	case PLAN_UNION:
		for (uint32_t i = 0; i < p->ninputs; i++)
			put(s, &p->inputs[i], e);
		return true;
	case PLAN_WINDOW:
		if (!reads_within(s->arena, e, p->ncols, 0, p->inputs[0]->ncols, &none) || none)
			return false;
		if (p->window.spec.kind == WINDOW_SESSION && !reads_partition(s->arena, p, e))
			return false;
		put(s, &p->inputs[0], e);
		return true;
	case PLAN_EXPAND:
		if (!reads_within(s->arena, e, p->ncols, 0, p->inputs[0]->ncols, &none) || none)
			return false;
		put(s, &p->inputs[0], e);
		return true;
	case PLAN_AGG:
	case PLAN_WINDOW_AGG: return kept(s, below_agg(s, p, e));
	case PLAN_INTERVAL_JOIN:
	case PLAN_WINDOW_JOIN:
	case PLAN_TEMPORAL_JOIN:
	case PLAN_LOOKUP_JOIN:
	case PLAN_JOIN: return kept(s, below_join(s, p, e));
	case PLAN_UNNEST:
	case PLAN_APPLY:
		if (expr_can_fail(e) || !reads_within(s->arena, e, p->ncols, 0, p->inputs[0]->ncols, &none) || none)
			return false;
		put(s, &p->inputs[0], e);
		return true;
	case PLAN_SORT:
		if (p->sort.limit || p->sort.offset)
			return false;
		put(s, &p->inputs[0], e);
		return true;
	case PLAN_EXCHANGE: put(s, &p->inputs[0], e); return true;
	case PLAN_OVER: return kept(s, below_partitions(s, p, p->over.partition, p->over.npartition, e));
	case PLAN_TOPN: return kept(s, below_partitions(s, p, p->topn.partition, p->topn.npartition, e));
	default: return false;
	}
}

/* What several read stays as it is, but where the conjunct makes state smaller: there this reader has its own. */
static bool below_slot(Sink *s, const Plan **slot, const Expr *e)
{
	if (!(*slot)->share)
		return below(s, own(*slot), e);
	Sink trial = {s->arena, false};
	Plan *mine = share_own(s->arena, *slot);
	if (!below(&trial, mine, e) || !trial.state)
		return false;
	s->state = true;
	*slot = mine;
	return true;
}

static void put(Sink *s, const Plan **slot, const Expr *e)
{
	if (below_slot(s, slot, e))
		return;
	const Plan *p = *slot;
	if (p->kind == PLAN_FILTER && !p->share) {
		own(p)->predicate = both(s->arena, p->predicate, e);
		return;
	}
	Plan *f = ARENA_NEW(s->arena, Plan);
	f->kind = PLAN_FILTER;
	f->span = e->span;
	f->ninputs = 1;
	f->inputs = ARENA_ARRAY_ZERO(s->arena, const Plan *, 2);
	f->inputs[0] = p;
	f->cols = p->cols;
	f->ncols = p->ncols;
	f->predicate = e;
	infer_plan(s->arena, f);
	*slot = f;
}

static uint32_t cut(const Expr *e, const Expr **out, uint32_t n)
{
	if (e->kind != EXPR_CALL || strcmp(e->call.fn->name, "AND") != 0 || n + e->nargs >= REWRITE_CONJUNCTS_MAX) {
		out[n++] = e;
		return n;
	}
	for (uint32_t i = 0; i < e->nargs; i++)
		n = cut(e->args[i], out, n);
	return n;
}

static Plan *sink_filters(Arena *arena, Plan *p);

Plan *rewrite_filter_plan(Arena *arena, Plan *p)
{
	PlanShare *s = p->share;
	if (!s)
		return sink_filters(arena, p);
	if (s->sunk)
		return s->sunk;
	Plan *out = sink_filters(arena, p);
	if (!out->share)
		out->share = s;
	s->sunk = out;
	return out;
}

static Plan *sink_filters(Arena *arena, Plan *p)
{
	for (uint32_t i = 0; i < p->ninputs; i++)
		p->inputs[i] = rewrite_filter_plan(arena, own(p->inputs[i]));
	if (p->kind != PLAN_FILTER)
		return p;
	const Expr *parts[REWRITE_CONJUNCTS_MAX * 2];
	uint32_t n = cut(p->predicate, parts, 0);
	const Expr *kept = NULL;
	for (uint32_t i = 0; i < n; i++) {
		/* behind one that may fail or protects another the order stays */
		bool moves = expr_is_deterministic(parts[i]) && !(kept && expr_can_fail(parts[i]));
		if (moves && below_slot(&(Sink){arena, false}, &p->inputs[0], parts[i]))
			continue;
		kept = kept ? both(arena, kept, parts[i]) : parts[i];
	}
	if (!kept)
		return own(p->inputs[0]);
	p->predicate = kept;
	return p;
}
