/*
 * sql/plan/rewrite_time_join.c: joins whose condition bounds time.
 *
 *   o.k = s.k AND o.ts BETWEEN s.ts - INTERVAL '4' HOUR AND s.ts      an interval join: o.ts <= s.ts <= o.ts + 4 h
 *   a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end          a window join
 *
 * Both inputs must append. Bounds of an inner join may stand in ON or in WHERE, so the conditions above a join are
 * looked through as well, also for the joins below it: of FROM a, b, c the bound between a and b is met by their join.
 * A bound that is taken is no condition any more; it is exact, and cannot fail as adding an interval to a time can.
 */
#include "sql/plan/rewrite_time_join.h"

#include "sql/plan/build.h"
#include "sql/plan/infer.h"

/* A condition that holds for the rows of a node: from a filter above it. */
typedef struct Cond {
	const Expr *e; /* over the node's columns */
	bool *taken;
} Cond;

typedef struct Conds {
	Cond *items;
	uint32_t len, cap;
} Conds;

typedef struct Rewrite {
	Arena *arena;
	bool snapshot;
	Err *err;
} Rewrite;

static const Plan *convert(Rewrite *w, const Plan *p, const Conds *above);

/* ---- bounds ---- */

/* e = column `col` + `us`? */
static bool moved_column(const Expr *e, uint32_t *col, int64_t *us)
{
	if (e->kind == EXPR_COLUMN) {
		*col = e->index;
		*us = 0;
		return true;
	}
	if (e->kind != EXPR_CALL || e->nargs != 2)
		return false;
	bool minus = strcmp(e->call.fn->name, "-") == 0;
	if (!minus && strcmp(e->call.fn->name, "+") != 0)
		return false;
	const Expr *time = e->args[0], *by = e->args[1];
	if (!minus && time->type->kind == TYPE_INTERVAL_SECONDS) {
		time = e->args[1];
		by = e->args[0];
	}
	if (by->kind != EXPR_CONST || by->constant.null || by->type->kind != TYPE_INTERVAL_SECONDS ||
	    !moved_column(time, col, us))
		return false;
	return minus ? !__builtin_sub_overflow(*us, by->constant.i, us) : !__builtin_add_overflow(*us, by->constant.i, us);
}

/* left time + low <= right time <= left time + high */
typedef struct Bounds {
	uint32_t left, right; /* right: of the right's columns */
	int64_t low, high;
	bool has_low, has_high;
} Bounds;

static void narrow_low(Bounds *b, int64_t us)
{
	if (!b->has_low || us > b->low)
		b->low = us;
	b->has_low = true;
}

static void narrow_high(Bounds *b, int64_t us)
{
	if (!b->has_high || us < b->high)
		b->high = us;
	b->has_high = true;
}

/* Is e a bound between two time columns of the sides? Narrows *b if it is between those of b. */
static bool bound_of(Rewrite *w, const Expr *e, uint32_t nleft, Bounds *b, bool apply)
{
	static const char *const ops[] = {"<=", "<", ">=", ">", "="};
	uint32_t op = 0, x, y;
	int64_t dx, dy, d;
	if (e->kind != EXPR_CALL || e->nargs != 2)
		return false;
	while (op < 5 && strcmp(e->call.fn->name, ops[op]) != 0)
		op++;
	if (op == 5 || !moved_column(expr_fold(w->arena, e->args[0], NULL), &x, &dx) ||
	    !moved_column(expr_fold(w->arena, e->args[1], NULL), &y, &dy) || (x < nleft) == (y < nleft))
		return false;
	bool turned = x >= nleft;
	uint32_t left = turned ? y : x, right = (turned ? x : y) - nleft;
	if (!apply) {
		*b = (Bounds){.left = left, .right = right};
		return true;
	}
	/* left OP right + d */
	if (left != b->left || right != b->right ||
	    (turned ? __builtin_sub_overflow(dx, dy, &d) : __builtin_sub_overflow(dy, dx, &d)))
		return false;
	bool strict = op == 1 || op == 3, less = op <= 1;
	if (turned && op != 4)
		less = !less;
	if (op == 4 || less) /* right >= left - d */
		narrow_low(b, -d + strict);
	if (op == 4 || !less)
		narrow_high(b, -d - strict);
	return true;
}

static bool same_time(const Plan *l, uint32_t left, const Plan *r, uint32_t right)
{
	TimeAttr a = l->cols[left].time;
	return a != TIME_NONE && a == r->cols[right].time && l->cols[left].type->kind == r->cols[right].type->kind;
}

/* The bounds that a list of conditions and the keys give; false: there are not two. */
static bool find_bounds(Rewrite *w, const Plan *p, const Conds *conds, Bounds *out)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	uint32_t n = conds->len, nk = p->join.nkeys;
	for (uint32_t first = 0; first < n + nk; first++) {
		Bounds b;
		if (first < n ? !bound_of(w, conds->items[first].e, l->ncols, &b, false) : false)
			continue;
		if (first >= n)
			b = (Bounds){.left = p->join.left_keys[first - n], .right = p->join.right_keys[first - n]};
		if (!same_time(l, b.left, r, b.right))
			continue;
		for (uint32_t i = 0; i < n; i++)
			bound_of(w, conds->items[i].e, l->ncols, &b, true);
		for (uint32_t k = 0; k < nk; k++)
			if (p->join.left_keys[k] == b.left && p->join.right_keys[k] == b.right) {
				narrow_low(&b, 0);
				narrow_high(&b, 0);
			}
		if (b.has_low && b.has_high) {
			*out = b;
			return true;
		}
	}
	return false;
}

/* ---- the new nodes ---- */

static Plan *as_kind(Rewrite *w, const Plan *p, PlanKind kind)
{
	Plan *out = arena_copy(w->arena, p, sizeof *p);
	out->cols = arena_copy(w->arena, p->cols, p->ncols * sizeof *p->cols);
	if (!w->snapshot)
		out->kind = kind;
	return out;
}

/* What is not taken of the join's own conditions. */
static void set_rest(Rewrite *w, Plan *p, const Conds *own)
{
	ExprVec rest = {0};
	for (uint32_t i = 0; i < own->len; i++)
		if (!*own->items[i].taken)
			ARENA_PUSH(w->arena, &rest, own->items[i].e);
	p->join.residual = build_all_of(w->arena, &rest);
}

static bool pads_left(JoinKind kind)
{
	return kind == JOIN_RIGHT || kind == JOIN_FULL;
}

static bool pads_right(JoinKind kind)
{
	return kind == JOIN_LEFT || kind == JOIN_FULL;
}

static const Plan *interval_join(Rewrite *w, const Plan *p, const Conds *own, const Conds *all, const Bounds *b)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	Plan *out = as_kind(w, p, PLAN_INTERVAL_JOIN);
	bool proctime = l->cols[b->left].time == TIME_PROCTIME;
	for (uint32_t i = 0; i < out->ncols; i++) {
		bool left = i < l->ncols, padded = left ? pads_left(p->join.kind) : pads_right(p->join.kind);
		TimeAttr time = left ? l->cols[i].time : r->cols[i - l->ncols].time;
		out->cols[i].time = padded || proctime || time != TIME_ROWTIME ? TIME_NONE : time;
	}
	if (!w->snapshot) {
		Bounds again = *b;
		for (uint32_t i = 0; i < all->len; i++)
			if (bound_of(w, all->items[i].e, l->ncols, &again, true))
				*all->items[i].taken = true;
		set_rest(w, out, own);
		out->join.proctime = proctime;
		out->join.left_time = b->left;
		out->join.right_time = b->right;
		out->join.low_us = b->low;
		out->join.high_us = b->high;
	}
	infer_plan(w->arena, out);
	return out;
}

/* The key that joins these two columns; -1: none. */
static int32_t key_of(const PlanJoin *j, int32_t left, int32_t right)
{
	for (uint32_t k = 0; left >= 0 && right >= 0 && k < j->nkeys; k++)
		if (j->left_keys[k] == (uint32_t)left && j->right_keys[k] == (uint32_t)right)
			return (int32_t)k;
	return -1;
}

static const Plan *refuse_windows(Rewrite *w, const Plan *p)
{
	err_set_at(w->err, ERR_WINDOW_MISUSE, p->span, "the two sides of a window join must have the same windows");
	err_hint(w->err, "Give both the same function, size, slide and offset, over times of one type.");
	return NULL;
}

/* As Flink does: each row's window would follow from when its side was read. */
static const Plan *refuse_proctime(Rewrite *w, const Plan *p)
{
	err_set_at(w->err, ERR_NOT_SUPPORTED, p->span, "a window join on processing time is not supported");
	err_hint(w->err,
	         "Join by windows of event time, or bound the difference of two processing times: a.p BETWEEN b.p - "
	         "INTERVAL '10' SECOND AND b.p.");
	return NULL;
}

static const Plan *window_join(Rewrite *w, const Plan *p, int32_t start_key, int32_t end_key)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	Plan *out = as_kind(w, p, PLAN_WINDOW_JOIN);
	PlanJoin *j = &out->join;
	const WindowCols *lw = &l->window_cols, *rw = &r->window_cols;
	if (lw->time_col >= 0 && !pads_left(j->kind))
		out->cols[lw->time_col].time = l->cols[lw->time_col].time;
	if (rw->time_col >= 0 && !pads_right(j->kind) && out->ncols > l->ncols)
		out->cols[l->ncols + (uint32_t)rw->time_col].time = r->cols[rw->time_col].time;
	if (!w->snapshot) {
		j->window = lw->spec;
		j->left_start = (uint32_t)lw->start_col;
		j->left_end = (uint32_t)lw->end_col;
		j->right_start = (uint32_t)rw->start_col;
		j->right_end = (uint32_t)rw->end_col;
		j->left_keys = ARENA_ARRAY(w->arena, uint32_t, p->join.nkeys + 1);
		j->right_keys = ARENA_ARRAY(w->arena, uint32_t, p->join.nkeys + 1);
		j->null_equal = p->join.null_equal ? ARENA_ARRAY_ZERO(w->arena, bool, p->join.nkeys + 1) : NULL;
		j->nkeys = 0;
		for (uint32_t k = 0; k < p->join.nkeys; k++) {
			if ((int32_t)k == start_key || (int32_t)k == end_key)
				continue;
			j->left_keys[j->nkeys] = p->join.left_keys[k];
			j->right_keys[j->nkeys] = p->join.right_keys[k];
			if (j->null_equal)
				j->null_equal[j->nkeys] = p->join.null_equal[k];
			j->nkeys++;
		}
	}
	infer_plan(w->arena, out);
	return out;
}

/* ---- the tree ---- */

/* Conditions that read only columns [from, to), as of a node with those columns. */
static Conds conds_of_side(Rewrite *w, const Conds *c, uint32_t ncols, uint32_t from, uint32_t to)
{
	Conds out = {0};
	uint32_t *map = ARENA_ARRAY(w->arena, uint32_t, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++)
		map[i] = i < from || i >= to ? UINT32_MAX : i - from;
	for (uint32_t i = 0; i < c->len; i++) {
		bool *used = ARENA_ARRAY_ZERO(w->arena, bool, ncols + 1), other = false;
		expr_columns(c->items[i].e, used);
		for (uint32_t k = 0; k < ncols; k++)
			other = other || (used[k] && map[k] == UINT32_MAX);
		if (other)
			continue;
		Cond x = {expr_remap(w->arena, c->items[i].e, map), c->items[i].taken};
		ARENA_PUSH(w->arena, &out, x);
	}
	return out;
}

static void add_conds(Rewrite *w, Conds *out, const Expr *e)
{
	ExprVec parts = {0};
	if (e)
		build_cut(w->arena, e, &parts);
	for (uint32_t i = 0; i < parts.len; i++) {
		Cond c = {parts.items[i], ARENA_ARRAY_ZERO(w->arena, bool, 1)};
		ARENA_PUSH(w->arena, out, c);
	}
}

static const Plan *convert_join(Rewrite *w, const Plan *p, const Conds *above)
{
	JoinKind kind = p->join.kind;
	uint32_t nl = p->inputs[0]->ncols, n = nl + p->inputs[1]->ncols;
	bool one_side = kind == JOIN_SEMI || kind == JOIN_ANTI;
	Conds none = {0}, lc = none, rc = none;
	if (!pads_left(kind))
		lc = conds_of_side(w, above, p->ncols, 0, nl);
	if (!pads_right(kind) && !one_side)
		rc = conds_of_side(w, above, p->ncols, nl, n);
	const Plan *l = convert(w, p->inputs[0], &lc);
	const Plan *r = l ? convert(w, p->inputs[1], &rc) : NULL;
	if (!r)
		return NULL;
	if (l != p->inputs[0] || r != p->inputs[1]) {
		Plan *copy = arena_copy(w->arena, p, sizeof *p);
		copy->inputs = ARENA_ARRAY(w->arena, const Plan *, 2);
		copy->inputs[0] = l;
		copy->inputs[1] = r;
		infer_plan(w->arena, copy);
		p = copy;
	}
	if (!l->append_only || !r->append_only)
		return p;
	const WindowCols *lw = &l->window_cols, *rw = &r->window_cols;
	if (lw->attached && rw->attached) {
		int32_t start = key_of(&p->join, lw->start_col, rw->start_col);
		int32_t end = key_of(&p->join, lw->end_col, rw->end_col);
		if (start >= 0 && end >= 0 && !infer_same_window(&lw->spec, &rw->spec))
			return refuse_windows(w, p);
		if (start >= 0 && end >= 0 && lw->spec.proctime && !w->snapshot)
			return refuse_proctime(w, p);
		if (start >= 0 && end >= 0 && !lw->spec.proctime)
			return window_join(w, p, start, end);
	}
	if (one_side)
		return p;
	Conds own = {0}, all = {0};
	add_conds(w, &own, p->join.residual);
	for (uint32_t i = 0; i < own.len; i++)
		ARENA_PUSH(w->arena, &all, own.items[i]);
	for (uint32_t i = 0; kind == JOIN_INNER && i < above->len; i++)
		ARENA_PUSH(w->arena, &all, above->items[i]);
	Bounds b;
	return find_bounds(w, p, &all, &b) ? interval_join(w, p, &own, &all, &b) : p;
}

static const Plan *convert_filter(Rewrite *w, const Plan *p, const Conds *above)
{
	Conds own = {0}, all = {0};
	add_conds(w, &own, p->predicate);
	for (uint32_t i = 0; i < above->len; i++)
		ARENA_PUSH(w->arena, &all, above->items[i]);
	for (uint32_t i = 0; i < own.len; i++)
		ARENA_PUSH(w->arena, &all, own.items[i]);
	const Plan *in = convert(w, p->inputs[0], &all);
	if (!in || in == p->inputs[0])
		return in ? p : NULL;
	ExprVec rest = {0};
	for (uint32_t i = 0; i < own.len; i++)
		if (!*own.items[i].taken)
			ARENA_PUSH(w->arena, &rest, own.items[i].e);
	return build_filter(w->arena, in, build_all_of(w->arena, &rest));
}

static const Plan *convert_project(Rewrite *w, const Plan *p, const Conds *above)
{
	Conds in_conds = {0};
	for (uint32_t i = 0; i < above->len; i++) {
		bool *used = ARENA_ARRAY_ZERO(w->arena, bool, p->ncols + 1), plain = true;
		expr_columns(above->items[i].e, used);
		for (uint32_t c = 0; c < p->ncols; c++)
			plain = plain && (!used[c] || p->exprs[c]->kind == EXPR_COLUMN);
		if (!plain)
			continue;
		Cond c = {expr_substitute(w->arena, above->items[i].e, p->exprs), above->items[i].taken};
		ARENA_PUSH(w->arena, &in_conds, c);
	}
	const Plan *in = convert(w, p->inputs[0], &in_conds);
	if (!in || in == p->inputs[0])
		return in ? p : NULL;
	PlanCol *cols = arena_copy(w->arena, p->cols, p->ncols * sizeof *p->cols);
	for (uint32_t i = 0; i < p->ncols; i++)
		cols[i].time = p->exprs[i]->kind == EXPR_COLUMN ? in->cols[p->exprs[i]->index].time : TIME_NONE;
	return build_project(w->arena, in, p->exprs, cols, p->ncols);
}

static const Plan *convert(Rewrite *w, const Plan *p, const Conds *above)
{
	switch (p->kind) {
	case PLAN_JOIN: return convert_join(w, p, above);
	case PLAN_FILTER: return convert_filter(w, p, above);
	case PLAN_PROJECT: return convert_project(w, p, above);
	default: return p;
	}
}

const Plan *rewrite_time_join(Arena *arena, const Plan *p, bool snapshot, Err *err)
{
	Rewrite w = {arena, snapshot, err};
	Conds none = {0};
	return convert(&w, p, &none);
}
