/*
 * sql/plan/rewrite_lookup.c: joins of a function's body that look their rows up.
 *
 *   Join(word = w) <- Unnest(WORDS(?1)), Scan(words)       becomes   LookupJoin(word = w) <- Unnest(WORDS(?1)),
 * Scan(words)
 *
 * The body runs again and again, for the rows of a batch: reading all of `words` each time would cost as much as there
 * are words, whatever the rows ask for. The other side must be small: made of the parameters, or of look-ups itself.
 * Filters and plain projections above the scan move into the condition and above the join.
 */
#include "sql/plan/rewrite_lookup.h"

#include "sql/catalog/catalog.h"
#include "sql/plan/build.h"
#include "sql/plan/infer.h"
#include "sql/plan/lookup_path.h"

/* A side of a join down to its scan. */
typedef struct Side {
	const Plan *scan;
	uint32_t *cols; /* of the scan, one per column of the side */
	ExprVec where;  /* over the scan's columns */
} Side;

static bool is_kept(const Plan *p)
{
	return p->kind == PLAN_SCAN && !p->scan.lookup && p->scan.whole && p->scan.limit < 0 &&
	       (p->scan.rel->kind == REL_OWN || p->scan.rel->kind == REL_MVIEW);
}

static bool read_side(Arena *arena, const Plan *p, Side *out)
{
	*out = (Side){.cols = ARENA_ARRAY(arena, uint32_t, p->ncols + 1)};
	const Expr **of = ARENA_ARRAY(arena, const Expr *, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++)
		of[i] = build_column(arena, p, i);
	uint32_t n = p->ncols;
	for (; p->kind == PLAN_FILTER || p->kind == PLAN_PROJECT; p = p->inputs[0]) {
		if (p->kind == PLAN_FILTER) {
			build_cut(arena, p->predicate, &out->where);
			continue;
		}
		for (uint32_t i = 0; i < p->ncols; i++)
			if (p->exprs[i]->kind != EXPR_COLUMN)
				return false;
		for (uint32_t i = 0; i < n; i++)
			of[i] = expr_substitute(arena, of[i], p->exprs);
		for (uint32_t i = 0; i < out->where.len; i++)
			out->where.items[i] = expr_substitute(arena, out->where.items[i], p->exprs);
	}
	for (uint32_t i = 0; i < n; i++)
		out->cols[i] = of[i]->index;
	out->scan = p;
	return is_kept(p);
}

/* Does it read nothing whole? */
static bool is_small(const Plan *p)
{
	if (p->kind == PLAN_SCAN)
		return p->scan.lookup || !p->scan.whole;
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (!is_small(p->inputs[i]))
			return false;
	return true;
}

static void add_pair(Arena *arena, const Plan *l, const Side *r, const PlanJoin *j, uint32_t i, ExprVec *rest)
{
	uint32_t col = r->cols[j->right_keys[i]];
	const Expr *left = build_column(arena, l, j->left_keys[i]);
	const Expr *right = expr_column(arena, r->scan->cols[col].type, l->ncols + col);
	const Expr *e = build_call(arena, j->null_equal && j->null_equal[i] ? "IS NOT DISTINCT FROM" : "=", left, right);
	ASSERT(e);
	ARENA_PUSH(arena, rest, e);
}

/* The columns of the right side move behind the left's, to those of the scan. */
static const Expr *place(Arena *arena, const Expr *e, const Plan *l, const Side *r, uint32_t ncols)
{
	const Expr **of = ARENA_ARRAY(arena, const Expr *, l->ncols + ncols + 1);
	for (uint32_t i = 0; i < l->ncols; i++)
		of[i] = build_column(arena, l, i);
	for (uint32_t i = 0; i < ncols; i++)
		of[l->ncols + i] = expr_column(arena, r->scan->cols[r->cols[i]].type, l->ncols + r->cols[i]);
	return expr_substitute(arena, e, of);
}

static Plan *make(Arena *arena, const Plan *p, const Plan *l, const Side *r, const LookupPath *path)
{
	const PlanJoin *old = &p->join;
	ExprVec rest = {0};
	bool *taken = ARENA_ARRAY_ZERO(arena, bool, old->nkeys + 1);
	Plan *scan = arena_copy(arena, r->scan, sizeof *scan);
	scan->scan.lookup = true;
	scan->scan.whole = false;
	scan->scan.index = path->index;
	PlanJoin j = {.kind = old->kind, .nkeys = path->n, .unique = path->unique};
	j.left_keys = ARENA_ARRAY(arena, uint32_t, path->n + 1);
	j.right_keys = ARENA_ARRAY(arena, uint32_t, path->n + 1);
	for (uint32_t i = 0; i < path->n; i++) {
		taken[path->of[i]] = true;
		j.left_keys[i] = old->left_keys[path->of[i]];
		j.right_keys[i] = r->cols[old->right_keys[path->of[i]]];
	}
	for (uint32_t i = 0; i < old->nkeys; i++)
		if (!taken[i])
			add_pair(arena, l, r, old, i, &rest);
	if (old->residual)
		build_cut(arena, place(arena, old->residual, l, r, p->inputs[1]->ncols), &rest);
	const Expr **shift = ARENA_ARRAY(arena, const Expr *, scan->ncols + 1);
	for (uint32_t i = 0; i < scan->ncols; i++)
		shift[i] = expr_column(arena, scan->cols[i].type, l->ncols + i);
	for (uint32_t i = 0; i < r->where.len; i++)
		ARENA_PUSH(arena, &rest, expr_substitute(arena, r->where.items[i], shift));
	j.residual = build_all_of(arena, &rest);
	Plan *join = (Plan *)(uintptr_t)build_join(arena, l, scan, &j, p->span);
	join->kind = PLAN_LOOKUP_JOIN;
	infer_plan(arena, join);
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++)
		exprs[i] = build_column(arena, join, i < l->ncols ? i : l->ncols + r->cols[i - l->ncols]);
	return (Plan *)(uintptr_t)build_project(arena, join, exprs, p->cols, p->ncols);
}

static Plan *look_up(Arena *arena, const Plan *p)
{
	Side right;
	LookupPath path = {.of = ARENA_ARRAY(arena, uint32_t, p->join.nkeys + 1)};
	if (!p->join.nkeys || !is_small(p->inputs[0]) || !read_side(arena, p->inputs[1], &right))
		return NULL;
	const PlanScan *s = &right.scan->scan;
	uint32_t n = p->inputs[1]->ncols;
	uint32_t *of = ARENA_ARRAY(arena, uint32_t, n + 1); /* of the relation */
	for (uint32_t i = 0; i < n; i++)
		of[i] = s->cols[right.cols[i]];
	lookup_path_choose(s->rel, &p->join, of, n, &path);
	return path.n ? make(arena, p, p->inputs[0], &right, &path) : NULL;
}

/* The inner join with its sides changed, and its columns put back. */
static Plan *look_up_turned(Arena *arena, const Plan *p)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	PlanJoin j = p->join;
	j.left_keys = p->join.right_keys;
	j.right_keys = p->join.left_keys;
	uint32_t *map = ARENA_ARRAY(arena, uint32_t, l->ncols + r->ncols + 1);
	for (uint32_t i = 0; i < l->ncols + r->ncols; i++)
		map[i] = i < l->ncols ? r->ncols + i : i - l->ncols;
	if (j.residual)
		j.residual = expr_remap(arena, j.residual, map);
	Plan *turned = look_up(arena, build_join(arena, r, l, &j, p->span));
	if (!turned)
		return NULL;
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++)
		exprs[i] = build_column(arena, turned, map[i]);
	return (Plan *)(uintptr_t)build_project(arena, turned, exprs, p->cols, p->ncols);
}

Plan *rewrite_lookup_plan(Arena *arena, Plan *p)
{
	for (uint32_t i = 0; i < p->ninputs; i++)
		p->inputs[i] = rewrite_lookup_plan(arena, (Plan *)(uintptr_t)p->inputs[i]);
	if (p->kind != PLAN_JOIN || (p->join.kind != JOIN_INNER && p->join.kind != JOIN_LEFT))
		return p;
	Plan *done = look_up(arena, p);
	if (!done && p->join.kind == JOIN_INNER)
		done = look_up_turned(arena, p);
	return done ? done : p;
}
