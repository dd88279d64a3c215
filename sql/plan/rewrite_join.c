/*
 * sql/plan/rewrite_join.c: inner joins find their equalities, and an order in which each has one.
 *
 *   FROM a, b, c WHERE a.x = c.x AND b.y = c.y AND a.z > 5 AND b.v < a.v
 *
 *   (a filtered by z > 5) JOIN c ON x, then JOIN b ON y with the rest b.v < a.v
 *
 * A tree of inner joins, with the filter above it, is a list of inputs and a list of conditions. The inputs are joined
 * in the order in which they are written, but one that no equality connects with those before it waits until there is
 * one; only when none is connected a product is made. A condition takes part as soon as its columns are there: over one
 * input it is a filter below, an equality between the two sides is a key, the rest is evaluated per pair. What may fail
 * or gives another value each time stays in a filter on top, where it meets no more rows than as written. Of outer,
 * semi and anti joins the inputs are put anew, and conditions over the side that they look into become a filter there.
 */
#include "sql/plan/rewrite_join.h"

#include "sql/plan/build.h"
#include "sql/plan/infer.h"

typedef struct Leaf {
	const Plan *plan;
	uint32_t first; /* number of its first column among those of all leaves */
} Leaf;

typedef struct Tree {
	Arena *arena;
	struct {
		Leaf *items;
		uint32_t len, cap;
	} leaves;
	uint32_t ncols;    /* of all leaves */
	ExprVec conjuncts; /* over the columns of all leaves */
	ExprVec on_top;    /* stay in a filter above */
	uint32_t njoins;
} Tree;

/* ---- taking a tree apart ---- */

static bool plain_columns(const Plan *p)
{
	for (uint32_t i = 0; i < p->ncols; i++)
		if (p->exprs[i]->kind != EXPR_COLUMN)
			return false;
	return true;
}

static bool is_steady(const Expr *e)
{
	return !e || expr_is_deterministic(e);
}

/* An inner join that may be taken apart, perhaps below plain projections and filters. */
static bool is_join_tree(const Plan *p)
{
	while ((p->kind == PLAN_PROJECT && plain_columns(p)) || p->kind == PLAN_FILTER) {
		if (p->kind == PLAN_FILTER && (!is_steady(p->predicate) || expr_can_fail(p->predicate)))
			return false;
		p = p->inputs[0];
	}
	return p->kind == PLAN_JOIN && p->join.kind == JOIN_INNER && is_steady(p->join.residual);
}

static void add_conjuncts(Tree *t, const Expr *e)
{
	ExprVec parts = {0};
	build_cut(t->arena, e, &parts);
	for (uint32_t i = 0; i < parts.len; i++) {
		bool moves = is_steady(parts.items[i]) && !expr_can_fail(parts.items[i]);
		ARENA_PUSH(t->arena, moves ? &t->conjuncts : &t->on_top, parts.items[i]);
	}
}

/* The node's columns as columns of the leaves. */
static const Expr **take_apart(Tree *t, const Plan *p)
{
	Arena *arena = t->arena;
	const Expr **cols = ARENA_ARRAY_ZERO(arena, const Expr *, p->ncols + 1);
	if (!is_join_tree(p)) {
		Leaf leaf = {rewrite_join_plan(arena, p), t->ncols};
		ARENA_PUSH(arena, &t->leaves, leaf);
		for (uint32_t i = 0; i < p->ncols; i++)
			cols[i] = expr_column(arena, p->cols[i].type, t->ncols + i);
		t->ncols += p->ncols;
		return cols;
	}
	if (p->kind != PLAN_JOIN) {
		const Expr **in = take_apart(t, p->inputs[0]);
		if (p->kind == PLAN_FILTER) {
			add_conjuncts(t, expr_substitute(arena, p->predicate, in));
			return in;
		}
		for (uint32_t i = 0; i < p->ncols; i++)
			cols[i] = in[p->exprs[i]->index];
		return cols;
	}
	uint32_t nl = p->inputs[0]->ncols, nr = p->inputs[1]->ncols;
	const Expr **l = take_apart(t, p->inputs[0]), **r = take_apart(t, p->inputs[1]);
	if (nl)
		memcpy(cols, l, nl * sizeof *cols);
	if (nr)
		memcpy(cols + nl, r, nr * sizeof *cols);
	for (uint32_t k = 0; k < p->join.nkeys; k++) {
		bool null_equal = p->join.null_equal && p->join.null_equal[k];
		const Expr *e = build_call(arena, null_equal ? "IS NOT DISTINCT FROM" : "=", l[p->join.left_keys[k]],
		                           r[p->join.right_keys[k]]);
		ASSERT(e);
		ARENA_PUSH(arena, &t->conjuncts, e);
	}
	if (p->join.residual)
		add_conjuncts(t, expr_substitute(arena, p->join.residual, (const Expr *const *)cols));
	t->njoins++;
	return cols;
}

/* ---- putting it together ---- */

/* An expression and the leaves that it reads. What is missing is counted, so that no step looks at all columns anew. */
typedef struct Reads {
	const Expr *expr;
	uint32_t leaves;
	uint32_t missing; /* of them: not joined yet */
	uint32_t sum;     /* of the numbers of those missing: of one, its number */
} Reads;

typedef struct ReadsVec {
	Reads **items;
	uint32_t len, cap;
} ReadsVec;

typedef struct Conjunct {
	Reads all;
	Reads sides[2]; /* of an equality */
	bool equality;
	bool used;
} Conjunct;

typedef struct Build {
	Tree *t;
	const Plan *plan;
	uint32_t *at;     /* column of the leaves -> column of plan; UINT32_MAX: not there yet */
	uint32_t *within; /* column of the leaves -> column of its leaf */
	uint32_t *leaf;   /* column of the leaves -> number of its leaf */
	Conjunct *conjuncts;
	ReadsVec *readers; /* per leaf: what reads it */
	bool *joined;      /* per leaf */
} Build;

static void add_reads(Build *b, Reads *r, const Expr *e, bool *used)
{
	Tree *t = b->t;
	memset(used, 0, t->ncols + 1);
	expr_columns(e, used);
	*r = (Reads){.expr = e};
	uint32_t last = UINT32_MAX;
	for (uint32_t i = 0; i < t->ncols; i++) {
		if (!used[i] || b->leaf[i] == last)
			continue;
		last = b->leaf[i];
		r->leaves++;
		r->missing++;
		r->sum += last;
		ARENA_PUSH(t->arena, &b->readers[last], r);
	}
}

static void begin_build(Build *b)
{
	Tree *t = b->t;
	Arena *arena = t->arena;
	b->at = ARENA_ARRAY(arena, uint32_t, t->ncols + 1);
	b->within = ARENA_ARRAY(arena, uint32_t, t->ncols + 1);
	b->leaf = ARENA_ARRAY(arena, uint32_t, t->ncols + 1);
	b->conjuncts = ARENA_ARRAY_ZERO(arena, Conjunct, t->conjuncts.len + 1);
	b->readers = ARENA_ARRAY_ZERO(arena, ReadsVec, t->leaves.len + 1);
	b->joined = ARENA_ARRAY_ZERO(arena, bool, t->leaves.len + 1);
	for (uint32_t n = 0; n < t->leaves.len; n++) {
		const Leaf *leaf = &t->leaves.items[n];
		for (uint32_t i = 0; i < leaf->plan->ncols; i++) {
			b->at[leaf->first + i] = UINT32_MAX;
			b->within[leaf->first + i] = i;
			b->leaf[leaf->first + i] = n;
		}
	}
	bool *used = ARENA_ARRAY_ZERO(arena, bool, t->ncols + 1);
	for (uint32_t i = 0; i < t->conjuncts.len; i++) {
		Conjunct *c = &b->conjuncts[i];
		const Expr *e = t->conjuncts.items[i];
		add_reads(b, &c->all, e, used);
		c->equality = e->kind == EXPR_CALL && e->nargs == 2 &&
		              (strcmp(e->call.fn->name, "=") == 0 || strcmp(e->call.fn->name, "IS NOT DISTINCT FROM") == 0) &&
		              build_same_bytes(e->args[0]->type, e->args[1]->type);
		for (uint32_t side = 0; side < 2 && c->equality; side++)
			add_reads(b, &c->sides[side], e->args[side], used);
	}
}

/* The leaf is among what is built, its columns from `first` on. */
static void put_leaf(Build *b, uint32_t number, uint32_t first)
{
	const Leaf *leaf = &b->t->leaves.items[number];
	for (uint32_t i = 0; i < leaf->plan->ncols; i++)
		b->at[leaf->first + i] = first + i;
	const ReadsVec *readers = &b->readers[number];
	for (uint32_t i = 0; i < readers->len; i++) {
		readers->items[i]->missing--;
		readers->items[i]->sum -= number;
	}
	b->joined[number] = true;
}

static bool reads_built(const Reads *r)
{
	return r->leaves > 0 && r->missing == 0;
}

/* Does it read one leaf alone, which is not joined yet? */
static bool reads_leaf(const Reads *r)
{
	return r->leaves == 1 && r->missing == 1;
}

/* Is the conjunct an equality between what is built and one leaf? The sides, built first. */
static bool is_key(const Conjunct *c, const Reads **left, const Reads **right)
{
	for (uint32_t turned = 0; turned < 2 && c->equality; turned++) {
		*left = &c->sides[turned];
		*right = &c->sides[1 - turned];
		if (reads_built(*left) && reads_leaf(*right))
			return true;
	}
	return false;
}

/* The leaf with the conditions over it alone. */
static const Plan *filter_leaf(Build *b, uint32_t number)
{
	Arena *arena = b->t->arena;
	ExprVec own = {0};
	for (uint32_t i = 0; i < b->t->conjuncts.len; i++) {
		Conjunct *c = &b->conjuncts[i];
		if (c->used || !reads_leaf(&c->all) || c->all.sum != number)
			continue;
		c->used = true;
		const Expr *e = expr_remap(arena, c->all.expr, b->within);
		ARENA_PUSH(arena, &own, e);
	}
	return build_filter(arena, b->t->leaves.items[number].plan, build_all_of(arena, &own));
}

static void join_leaf(Build *b, uint32_t number, Span span)
{
	Tree *t = b->t;
	Arena *arena = t->arena;
	const Plan *right = filter_leaf(b, number);
	ExprVec lk = {0}, rk = {0}, rest = {0};
	struct {
		bool *items;
		uint32_t len, cap;
	} null_equal = {0};
	bool nulls = false;
	for (uint32_t i = 0; i < t->conjuncts.len; i++) {
		Conjunct *c = &b->conjuncts[i];
		const Reads *l, *r;
		if (c->used || !is_key(c, &l, &r) || r->sum != number)
			continue;
		c->used = true;
		bool also_null = strcmp(c->all.expr->call.fn->name, "=") != 0;
		nulls = nulls || also_null;
		const Expr *left = expr_remap(arena, l->expr, b->at);
		const Expr *key = expr_remap(arena, r->expr, b->within);
		ARENA_PUSH(arena, &null_equal, also_null);
		ARENA_PUSH(arena, &lk, left);
		ARENA_PUSH(arena, &rk, key);
	}
	PlanJoin j = {.kind = JOIN_INNER, .nkeys = lk.len, .null_equal = nulls ? null_equal.items : NULL};
	j.left_keys = ARENA_ARRAY(arena, uint32_t, lk.len + 1);
	j.right_keys = ARENA_ARRAY(arena, uint32_t, lk.len + 1);
	const Plan *left = build_extend(arena, b->plan, &lk, j.left_keys);
	right = build_extend(arena, right, &rk, j.right_keys);
	put_leaf(b, number, left->ncols);
	for (uint32_t i = 0; i < t->conjuncts.len; i++) {
		Conjunct *c = &b->conjuncts[i];
		if (c->used || !reads_built(&c->all))
			continue;
		c->used = true;
		const Expr *e = expr_remap(arena, c->all.expr, b->at);
		ARENA_PUSH(arena, &rest, e);
	}
	j.residual = build_all_of(arena, &rest);
	b->plan = build_join(arena, left, right, &j, span);
}

/* The first leaf that an equality connects with what is built; without one the first. */
static uint32_t next_leaf(const Build *b)
{
	uint32_t best = UINT32_MAX;
	const Reads *l, *r;
	for (uint32_t i = 0; i < b->t->conjuncts.len; i++)
		if (!b->conjuncts[i].used && is_key(&b->conjuncts[i], &l, &r) && r->sum < best)
			best = r->sum;
	for (uint32_t i = 0; best == UINT32_MAX; i++)
		if (!b->joined[i])
			best = i;
	return best;
}

/* The columns of `like`, from the tree's. */
static const Plan *as_before(Build *b, const Plan *like, const Expr *const *cols)
{
	Arena *arena = b->t->arena;
	bool same = like->ncols == b->plan->ncols;
	for (uint32_t i = 0; i < like->ncols && same; i++)
		same = b->at[cols[i]->index] == i && str_eq(like->cols[i].name, b->plan->cols[i].name);
	if (same)
		return b->plan;
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, like->ncols + 1);
	for (uint32_t i = 0; i < like->ncols; i++)
		exprs[i] = expr_column(arena, like->cols[i].type, b->at[cols[i]->index]);
	return build_project(arena, b->plan, exprs, like->cols, like->ncols);
}

/* ---- the pass ---- */

/* The right side of a subquery was put anew when it was bound. */
static const Plan *with_inputs(Arena *arena, const Plan *p)
{
	return build_on(arena, p, rewrite_join_plan(arena, p->inputs[0]));
}

static const Plan *rewrite_tree(Arena *arena, const Plan *p, const ExprVec *above)
{
	Tree t = {.arena = arena};
	const Expr **cols = take_apart(&t, p);
	for (uint32_t i = 0; above && i < above->len; i++)
		add_conjuncts(&t, expr_substitute(arena, above->items[i], cols));
	Build b = {.t = &t};
	begin_build(&b);
	b.plan = filter_leaf(&b, 0);
	put_leaf(&b, 0, 0);
	for (uint32_t i = 1; i < t.leaves.len; i++)
		join_leaf(&b, next_leaf(&b), p->span);
	ExprVec top = {0};
	for (uint32_t c = 0; c < t.conjuncts.len; c++)
		if (!b.conjuncts[c].used)
			ARENA_PUSH(arena, &t.on_top, t.conjuncts.items[c]);
	for (uint32_t c = 0; c < t.on_top.len; c++) {
		const Expr *e = expr_remap(arena, t.on_top.items[c], b.at);
		ARENA_PUSH(arena, &top, e);
	}
	b.plan = build_filter(arena, b.plan, build_all_of(arena, &top));
	return as_before(&b, p, cols);
}

/* ---- outer joins that a filter makes inner ones ---- */

/* Is e NULL where all columns in [from, to) are? */
static bool null_with(const Expr *e, uint32_t from, uint32_t to)
{
	if (e->kind == EXPR_COLUMN)
		return e->index >= from && e->index < to;
	for (uint32_t i = 0; e->kind == EXPR_CALL && (e->call.fn->flags & FN_STRICT) && i < e->nargs; i++)
		if (null_with(e->args[i], from, to))
			return true;
	return false;
}

/* Is e not TRUE where all columns in [from, to) are NULL? */
static bool rejects(const Expr *e, uint32_t from, uint32_t to)
{
	const char *fn = e->kind == EXPR_CALL ? e->call.fn->name : "";
	bool every = strcmp(fn, "OR") == 0, some = strcmp(fn, "AND") == 0;
	if (every || some) {
		uint32_t n = 0;
		for (uint32_t i = 0; i < e->nargs; i++)
			n += rejects(e->args[i], from, to);
		return every ? n == e->nargs : n > 0;
	}
	if (strcmp(fn, "IS NOT NULL") == 0)
		return null_with(e->args[0], from, to);
	return null_with(e, from, to);
}

/* What of a condition reads only the first `n` of `ncols` columns; NULL: nothing. */
static const Expr *of_first(Arena *arena, const Expr *filter, uint32_t n, uint32_t ncols)
{
	ExprVec parts = {0}, kept = {0};
	build_cut(arena, filter, &parts);
	for (uint32_t i = 0; i < parts.len; i++) {
		bool *used = ARENA_ARRAY_ZERO(arena, bool, ncols + 1), other = false;
		expr_columns(parts.items[i], used);
		for (uint32_t c = n; c < ncols; c++)
			other = other || used[c];
		if (!other)
			ARENA_PUSH(arena, &kept, parts.items[i]);
	}
	return kept.len ? build_all_of(arena, &kept) : NULL;
}

/* The plan below a filter: rows that a join pads and the filter throws away are not made. */
static const Plan *without_padding(Arena *arena, const Plan *p, const Expr *filter)
{
	if (p->kind == PLAN_PROJECT && plain_columns(p))
		return build_on(arena, p, without_padding(arena, p->inputs[0], expr_substitute(arena, filter, p->exprs)));
	if (p->kind == PLAN_FILTER)
		return build_on(arena, p, without_padding(arena, p->inputs[0], filter));
	if (p->kind != PLAN_JOIN)
		return p;
	uint32_t nl = p->inputs[0]->ncols, n = p->ncols;
	JoinKind kind = p->join.kind;
	bool left = (kind == JOIN_RIGHT || kind == JOIN_FULL) && rejects(filter, 0, nl);
	bool right = (kind == JOIN_LEFT || kind == JOIN_FULL) && rejects(filter, nl, n);
	if (left || right) {
		Plan *copy = arena_copy(arena, p, sizeof *p);
		bool all = kind != JOIN_FULL || (left && right);
		copy->join.kind = all ? JOIN_INNER : left ? JOIN_LEFT : JOIN_RIGHT;
		infer_plan(arena, copy);
		p = copy;
		kind = copy->join.kind;
	}
	const Expr *first = kind == JOIN_INNER || kind == JOIN_LEFT ? of_first(arena, filter, nl, n) : NULL;
	return first ? build_on(arena, p, without_padding(arena, p->inputs[0], first)) : p;
}

/* A filter above a join, with subqueries between them or not. */
static const Plan *rewrite_below_filter(Arena *arena, const Plan *filter)
{
	filter = build_on(arena, filter, without_padding(arena, filter->inputs[0], filter->predicate));
	const Plan *chain = filter->inputs[0];
	while (chain->kind == PLAN_APPLY)
		chain = chain->inputs[0];
	if (!is_join_tree(chain))
		return with_inputs(arena, filter);
	ExprVec parts = {0}, down = {0}, stay = {0};
	build_cut(arena, filter->predicate, &parts);
	for (uint32_t i = 0; i < parts.len; i++) {
		bool *used = ARENA_ARRAY_ZERO(arena, bool, filter->ncols + 1);
		expr_columns(parts.items[i], used);
		bool below = is_steady(parts.items[i]) && !expr_can_fail(parts.items[i]);
		for (uint32_t c = chain->ncols; c < filter->ncols; c++)
			below = below && !used[c];
		ARENA_PUSH(arena, below ? &down : &stay, parts.items[i]);
	}
	const Plan *in = rewrite_tree(arena, chain, &down);
	/* the subqueries again, outermost last */
	uint32_t depth = 0;
	for (const Plan *p = filter->inputs[0]; p != chain; p = p->inputs[0])
		depth++;
	for (; depth > 0; depth--) {
		const Plan *p = filter->inputs[0];
		for (uint32_t i = 1; i < depth; i++)
			p = p->inputs[0];
		in = build_on(arena, p, in);
	}
	return build_filter(arena, in, build_all_of(arena, &stay));
}

/* Outer, semi and anti joins: conditions over the side that is looked into. */
static const Plan *rewrite_other_join(Arena *arena, const Plan *p)
{
	Plan *out = arena_copy(arena, p, sizeof *p);
	out->inputs = ARENA_ARRAY(arena, const Plan *, 2);
	uint32_t nl = p->inputs[0]->ncols, n = nl + p->inputs[1]->ncols;
	JoinKind kind = p->join.kind;
	bool may[2] = {kind == JOIN_RIGHT || kind == JOIN_SEMI,
	               kind == JOIN_LEFT || kind == JOIN_SEMI || kind == JOIN_ANTI};
	ExprVec parts = {0}, own[2] = {{0}, {0}}, rest = {0};
	if (p->join.residual)
		build_cut(arena, p->join.residual, &parts);
	uint32_t *map = ARENA_ARRAY(arena, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		map[i] = i < nl ? i : i - nl;
	for (uint32_t i = 0; i < parts.len; i++) {
		bool *used = ARENA_ARRAY_ZERO(arena, bool, n + 1), reads[2] = {false, false};
		expr_columns(parts.items[i], used);
		for (uint32_t c = 0; c < n; c++)
			reads[c >= nl] = reads[c >= nl] || used[c];
		uint32_t side = reads[1];
		bool moves = reads[0] != reads[1] && may[side] && is_steady(parts.items[i]) && !expr_can_fail(parts.items[i]);
		const Expr *e = moves ? expr_remap(arena, parts.items[i], map) : parts.items[i];
		ARENA_PUSH(arena, moves ? &own[side] : &rest, e);
	}
	for (uint32_t side = 0; side < 2; side++)
		out->inputs[side] =
		    build_filter(arena, rewrite_join_plan(arena, p->inputs[side]), build_all_of(arena, &own[side]));
	out->join.residual = build_all_of(arena, &rest);
	infer_plan(arena, out);
	return out;
}

const Plan *rewrite_join_plan(Arena *arena, const Plan *p)
{
	if (p->kind == PLAN_FILTER)
		return rewrite_below_filter(arena, p);
	if (p->kind == PLAN_JOIN || p->kind == PLAN_PROJECT)
		if (is_join_tree(p))
			return rewrite_tree(arena, p, NULL);
	if (p->kind == PLAN_JOIN)
		return rewrite_other_join(arena, p);
	return p->kind == PLAN_PROJECT || p->kind == PLAN_APPLY ? with_inputs(arena, p) : p;
}
