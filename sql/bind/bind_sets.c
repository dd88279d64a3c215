/*
 * sql/bind/bind_sets.c: GROUPING SETS, ROLLUP, CUBE and GROUPING().
 *
 *   GROUP BY a, ROLLUP(b, c)     sets (a, b, c), (a, b), (a)       a is in all of them, b and c are "varied"
 *
 *   Expand(b, c; sets)           each row once per set: copies of b and c, NULL where the set leaves them out; $set
 *   GroupAggregate(a, b', c', $set)
 *
 * $set has a bit for each varied key that is left out, the first key's the highest, above them the number of the
 * repetition: GROUPING() is read from it, and GROUPING_ID of all varied keys in order is $set itself. A set is a mask
 * over the keys of GROUP BY; one set alone is a plain GROUP BY.
 */
#include "sql/bind/bind_int.h"

enum {
	SETS_KEYS_MAX = 32, /* of GROUP BY with sets */
	SETS_MAX = 1024,
};

/* ---- from GROUP BY to sets ---- */

static bool too_many(Binder *b, const AstNode *node, Err *err)
{
	err_set_at(err, ERR_TOO_DEEP, bind_span(b, node), "GROUP BY makes more than %d grouping sets of at most %d keys",
	           SETS_MAX, SETS_KEYS_MAX);
	return err_hint(err, "Name the sets that are needed: GROUPING SETS ((a, b), (a), ()).");
}

static bool is_row(const AstNode *node)
{
	return node->kind == AST_ROW && !AST_CONST(AstItems, node)->keyword;
}

/* A key or a row of keys. window: a group window may stand here. */
static bool mask_of(Scope *s, const AstSelect *sel, const AstNode *node, bool window, uint64_t *mask, Err *err)
{
	Binder *b = s->b;
	if (is_row(node)) {
		const AstList *items = &AST_CONST(AstItems, node)->items;
		for (uint32_t i = 0; i < items->len; i++)
			if (!mask_of(s, sel, items->items[i], window, mask, err))
				return false;
		return true;
	}
	if (node->kind == AST_GROUP_SETS) {
		err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(b, node), "ROLLUP and CUBE take expressions, not sets");
		return err_hint(err, "Sets may stand within GROUPING SETS, or beside each other in GROUP BY.");
	}
	uint32_t key;
	bool is_window;
	if (!bind_agg_key(s, sel, node, &key, &is_window, err))
		return false;
	if (is_window && !window) {
		err_set_at(err, ERR_WINDOW_MISUSE, bind_span(b, node), "the window must stand outside of the grouping sets");
		return err_hint(err, "GROUP BY TUMBLE(ts, ...), ROLLUP(a, b).");
	}
	if (is_window)
		return true;
	if (key >= SETS_KEYS_MAX)
		return too_many(b, node, err);
	*mask |= UINT64_C(1) << key;
	return true;
}

static bool push_set(Scope *s, const AstNode *node, GroupingSets *out, uint64_t mask, Err *err)
{
	if (out->len == SETS_MAX)
		return too_many(s->b, node, err);
	ARENA_PUSH(s->b->arena, out, mask);
	return true;
}

static bool sets_of(Scope *s, const AstSelect *sel, const AstNode *node, bool top, GroupingSets *out, Err *err)
{
	uint64_t mask = 0;
	if (node->kind != AST_GROUP_SETS)
		return mask_of(s, sel, node, top, &mask, err) && push_set(s, node, out, mask, err);
	const AstGroupSets *g = AST_CONST(AstGroupSets, node);
	uint32_t n = g->items.len;
	if (g->kind == AST_GROUP_GROUPING_SETS) {
		for (uint32_t i = 0; i < n; i++)
			if (!sets_of(s, sel, g->items.items[i], false, out, err))
				return false;
		return true;
	}
	if (n > SETS_KEYS_MAX)
		return too_many(s->b, node, err);
	uint64_t parts[SETS_KEYS_MAX] = {0};
	for (uint32_t i = 0; i < n; i++)
		if (!mask_of(s, sel, g->items.items[i], false, &parts[i], err))
			return false;
	if (g->kind == AST_GROUP_ROLLUP) {
		for (uint32_t len = n + 1; len-- > 0;) {
			mask = 0;
			for (uint32_t i = 0; i < len; i++)
				mask |= parts[i];
			if (!push_set(s, node, out, mask, err))
				return false;
		}
		return true;
	}
	for (uint64_t left_out = 0; left_out < UINT64_C(1) << n; left_out++) {
		mask = 0;
		for (uint32_t i = 0; i < n; i++)
			if (!(left_out >> (n - 1 - i) & 1))
				mask |= parts[i];
		if (!push_set(s, node, out, mask, err))
			return false;
	}
	return true;
}

bool bind_sets_group(Scope *s, const AstSelect *sel, Err *err)
{
	Grouping *g = s->group;
	GroupingSets all = {0};
	bool any = false;
	if (!push_set(s, &sel->node, &all, 0, err))
		return false;
	for (uint32_t i = 0; i < sel->group_by.len; i++) {
		const AstNode *node = sel->group_by.items[i];
		GroupingSets one = {0}, product = {0};
		any = any || node->kind == AST_GROUP_SETS;
		if (!sets_of(s, sel, node, true, &one, err))
			return false;
		for (uint32_t a = 0; a < all.len; a++)
			for (uint32_t b = 0; b < one.len; b++)
				if (!push_set(s, node, &product, all.items[a] | one.items[b], err))
					return false;
		all = product;
	}
	g->in_all = UINT64_MAX;
	if (!any || all.len == 1)
		return true;
	g->sets = all;
	for (uint32_t i = 0; i < all.len; i++)
		g->in_all &= all.items[i];
	return true;
}

bool bind_sets_has(const AstSelect *sel)
{
	for (uint32_t i = 0; i < sel->group_by.len; i++)
		if (sel->group_by.items[i]->kind == AST_GROUP_SETS)
			return true;
	return false;
}

/* ---- the node ---- */

/* Number of a varied key among them, in the order of GROUP BY; -1: it is in all sets. */
static int32_t varied(const Grouping *g, uint32_t key)
{
	int32_t n = 0;
	if (!g->sets.len || g->in_all >> key & 1)
		return -1;
	for (uint32_t i = 0; i < key; i++)
		n += !(g->in_all >> i & 1);
	return n;
}

static uint32_t nvaried(const Grouping *g)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < g->keys.len; i++)
		n += varied(g, i) >= 0;
	return n;
}

/* The bit of $set that tells whether a key is left out; -1: it never is. */
static int32_t bit_number(const Grouping *g, uint32_t key)
{
	int32_t n = varied(g, key);
	return n < 0 ? -1 : (int32_t)nvaried(g) - 1 - n;
}

static bool repeats(const Grouping *g)
{
	for (uint32_t i = 0; i < g->sets.len; i++)
		for (uint32_t k = 0; k < i; k++)
			if (g->sets.items[i] == g->sets.items[k])
				return true;
	return false;
}

Plan *bind_sets_expand(Binder *b, const Grouping *g, Plan *input, const uint32_t *key_cols, Span span)
{
	Plan *p = bind_plan_new(b, PLAN_EXPAND, span, input, NULL);
	PlanExpand *x = &p->expand;
	uint32_t nin = input->ncols;
	x->nsets = g->sets.len;
	x->cols = ARENA_ARRAY(b->arena, uint32_t, g->keys.len + 1);
	x->left_out = ARENA_ARRAY_ZERO(b->arena, uint64_t, x->nsets);
	x->ids = ARENA_ARRAY_ZERO(b->arena, int64_t, x->nsets);
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, nin + g->keys.len + 1);
	memcpy(p->cols, input->cols, nin * sizeof *p->cols);
	for (uint32_t k = 0; k < g->keys.len; k++) {
		if (varied(g, k) < 0)
			continue;
		for (uint32_t i = 0; i < x->nsets; i++)
			if (!(g->sets.items[i] >> k & 1)) {
				x->left_out[i] |= UINT64_C(1) << x->ncols;
				x->ids[i] |= INT64_C(1) << bit_number(g, k);
			}
		PlanCol *c = &p->cols[nin + x->ncols];
		*c = (PlanCol){.name = g->keys.items[k].name,
		               .type = type_with_null(b->arena, input->cols[key_cols[k]].type, true)};
		x->cols[x->ncols++] = key_cols[k];
	}
	p->cols[nin + x->ncols] = (PlanCol){.name = STR("$set"), .type = &type_bigint_nn};
	p->ncols = nin + x->ncols + 1;
	for (uint32_t i = 0; i < x->nsets; i++) {
		int64_t repeated = 0;
		for (uint32_t k = 0; k < i; k++)
			repeated += x->left_out[k] == x->left_out[i];
		x->ids[i] |= repeated << x->ncols;
	}
	return bind_plan_done(b, p);
}

int32_t bind_sets_copy(const Grouping *g, uint32_t key)
{
	return varied(g, key);
}

/* ---- GROUPING() ---- */

/* (set / 2^bit) % 2 * 2^place: that bit of $set, moved. */
static const Expr *bit_of(Binder *b, const Expr *set, uint32_t bit, uint32_t place, Span span, Err *err)
{
	int64_t steps[3] = {INT64_C(1) << bit, 2, INT64_C(1) << place};
	static const char *const ops[3] = {"/", "%", "*"};
	const Expr *e = set;
	for (int i = 0; e && i < 3; i++) {
		if (steps[i] == 1)
			continue;
		const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 2);
		args[0] = e;
		args[1] = expr_const(b->arena, &type_bigint_nn, value_i64(steps[i]));
		e = bind_call_fn(b, ops[i], args, 2, span, err);
	}
	return e;
}

static bool find_key(Scope *s, const AstNode *node, uint32_t *key, Err *err)
{
	Binder *b = s->b;
	Grouping *g = s->group;
	const Expr *e = bind_expr(&g->base, node, err);
	if (!e)
		return false;
	for (*key = 0; *key < g->keys.len; ++*key)
		if (expr_equal(g->keys.items[*key].expr, e))
			return true;
	err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(b, node), "the arguments of GROUPING must be keys of GROUP BY");
	return false;
}

bool bind_sets_grouping(Scope *s, const AstCall *c, const Expr **out, bool *handled, Err *err)
{
	Binder *b = s->b;
	Str name = c->name.items[c->name.len - 1].text;
	Span span = bind_span(b, &c->node);
	bool one = str_eq_nocase(name, STR("GROUPING"));
	*out = NULL;
	*handled = one || str_eq_nocase(name, STR("GROUPING_ID"));
	if (!*handled)
		return true;
	if (!s->group || !s->group->has_group_by) {
		err_set_at(err, ERR_AGGREGATE_MISUSE, span, "%.*s is for queries with GROUP BY, and may not stand in %s",
		           STR_ARG(name), s->place);
		return err_hint(err, "It stands in the select list, in HAVING or in ORDER BY, not within an aggregate.");
	}
	Grouping *g = s->group;
	if (!c->args.len || c->args.len > SETS_KEYS_MAX)
		return err_set_at(err, ERR_AGGREGATE_MISUSE, span, "%.*s takes keys of GROUP BY", STR_ARG(name));
	const Expr *sum = NULL, *set = NULL;
	bool whole = c->args.len == nvaried(g) && !repeats(g); /* the sum is $set as it is */
	for (uint32_t i = 0; i < c->args.len; i++) {
		uint32_t key;
		if (!find_key(s, c->args.items[i], &key, err))
			return false;
		int32_t bit = bit_number(g, key);
		whole = whole && bit == (int32_t)(c->args.len - 1 - i);
		if (bit < 0)
			continue;
		set = bind_agg_virtual(s, VIRTUAL_SET, 0, &type_bigint_nn, span);
		const Expr *e = bit_of(b, set, (uint32_t)bit, c->args.len - 1 - i, span, err);
		const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 2);
		args[0] = sum;
		args[1] = e;
		sum = !sum || !e ? e : bind_call_fn(b, "+", args, 2, span, err);
		if (!sum)
			return false;
	}
	*out = sum && whole ? set : sum ? sum : expr_const(b->arena, &type_bigint_nn, value_i64(0));
	return true;
}
