/*
 * sql/bind/bind_group.c: makes the node of a grouped query: PLAN_AGG, or PLAN_WINDOW_AGG when it is grouped by a
 * window.
 *
 *   Window(t) -> Filter -> GROUP BY window_start, window_end, k      the window function is taken off the input and
 * becomes the node's own a relation whose rows carry their window -> GROUP BY ...         attached: the node reads
 * window_start and window_end GROUP BY TUMBLE(ts, ...)                                         the node's own window
 */
#include "sql/bind/bind_int.h"

/* What the node reads, each expression once. */
typedef struct Inputs {
	Binder *b;
	ExprList list;
} Inputs;

static uint32_t need(Inputs *in, const Expr *e)
{
	for (uint32_t i = 0; i < in->list.len; i++)
		if (expr_equal(in->list.items[i], e))
			return i;
	ARENA_PUSH(in->b->arena, &in->list, e);
	return in->list.len - 1;
}

/* Is the key just this column of the input? */
static bool key_is(const GroupKey *k, int32_t col)
{
	return col >= 0 && k->expr->kind == EXPR_COLUMN && k->expr->index == (uint32_t)col;
}

typedef struct Node {
	PlanAgg agg;
	Inputs inputs;
	bool windowed;
	Plan *input;
	const Expr *start, *end; /* attached */
	const Expr *time;
	const Expr **keys; /* those that are not the window's */
	Str *names;
	uint32_t nkeys;
	const uint32_t *map; /* of the stripped input, or NULL */
	bool window_varies;  /* some grouping set leaves the window out */
} Node;

static const Expr *remap(const Node *n, const Expr *e)
{
	return n->map ? expr_remap(n->inputs.b->arena, e, n->map) : e;
}

/* Does an expression other than a bare window key read a window column? Then the window function cannot be taken off.
 */
static bool reads_window(Scope *s, const WindowStrip *strip)
{
	Grouping *g = s->group;
	Plan *p = g->base.plan;
	bool *used = ARENA_ARRAY_ZERO(s->b->arena, bool, p->ncols);
	const WindowCols *w = &p->window_cols;
	for (uint32_t i = 0; i < g->keys.len; i++) {
		const GroupKey *k = &g->keys.items[i];
		if (!key_is(k, w->start_col) && !key_is(k, w->end_col) && !key_is(k, w->time_col))
			expr_columns(k->expr, used);
	}
	for (uint32_t i = 0; i < g->aggs.len; i++) {
		for (uint32_t a = 0; a < g->aggs.items[i].call.nargs; a++)
			expr_columns(g->aggs.items[i].args[a], used);
		if (g->aggs.items[i].filter)
			expr_columns(g->aggs.items[i].filter, used);
	}
	for (uint32_t i = 0; i < p->ncols; i++)
		if (used[i] && strip->map[i] >= STRIP_TIME)
			return true;
	return false;
}

/* SESSION: is the query grouped by just what sessions are kept apart by? */
static bool same_keys(Scope *s, const WindowStrip *strip)
{
	Grouping *g = s->group;
	const WindowCols *w = &g->base.plan->window_cols;
	uint32_t found = 0;
	if (g->sets.len)
		return false;
	for (uint32_t i = 0; i < g->keys.len; i++) {
		const GroupKey *k = &g->keys.items[i];
		uint32_t col, at = 0;
		if (key_is(k, w->start_col) || key_is(k, w->end_col) || key_is(k, w->time_col))
			continue;
		if (!bind_plan_is_column(k->expr, &col))
			return false;
		while (at < strip->nkeys && strip->keys[at] != strip->map[col])
			at++;
		if (at == strip->nkeys)
			return false;
		found++;
	}
	return found == strip->nkeys;
}

/* The window function whose rows, perhaps filtered and projected, a plan has; NULL: another kind of plan. */
static const PlanWindow *function_below(const Plan *p)
{
	while (p->kind == PLAN_FILTER || p->kind == PLAN_PROJECT)
		p = p->inputs[0];
	return p->kind == PLAN_WINDOW ? &p->window : NULL;
}

/* A query that reads windows and is not grouped by them. */
static void notice_no_window(Scope *s, bool start, bool end)
{
	Binder *b = s->b;
	const Plan *p = s->group->base.plan;
	const WindowCols *w = &p->window_cols;
	Str names[2] = {p->cols[w->start_col].name, p->cols[w->end_col].name};
	static const char why[] = "this is not an aggregation by windows: every group is kept for ever and its result "
	                          "changes with each row";
	if (b->snapshot || (!start && !end && !function_below(p)))
		return;
	if (start != end)
		bind_notice(b, "GROUP BY has \"%.*s\" but not \"%.*s\", so %s. Group by both.", STR_ARG(names[end]),
		            STR_ARG(names[start]), why);
	else
		bind_notice(b,
		            "the query aggregates the rows of a window function without GROUP BY \"%.*s\", \"%.*s\", so %s. "
		            "Group by both, or read the table without the window function.",
		            STR_ARG(names[0]), STR_ARG(names[1]), why);
}

/* Which window, if any, the query is grouped by. */
static void find_window(Scope *s, Node *n)
{
	Binder *b = s->b;
	Grouping *g = s->group;
	Plan *p = g->base.plan;
	const WindowCols *w = &p->window_cols;
	n->input = p;
	if (g->window.present) {
		n->windowed = true;
		n->agg.window = g->window.spec;
		n->time = bind_plan_column(b, p, g->window.time_col);
		return;
	}
	if (!w->attached)
		return;
	bool start = false, end = false;
	for (uint32_t i = 0; i < g->keys.len; i++) {
		const GroupKey *k = &g->keys.items[i];
		start = start || key_is(k, w->start_col);
		end = end || key_is(k, w->end_col);
		n->window_varies |=
		    (key_is(k, w->start_col) || key_is(k, w->end_col) || key_is(k, w->time_col)) && bind_sets_copy(g, i) >= 0;
	}
	if (n->window_varies)
		return;
	if (!start || !end) {
		notice_no_window(s, start, end);
		return;
	}
	WindowStrip strip;
	bool stripped = bind_window_strip(b, p, &strip) && !reads_window(s, &strip) &&
	                (strip.spec.kind != WINDOW_SESSION || same_keys(s, &strip));
	if (b->snapshot && !stripped)
		return; /* the windows are closed: plain groups */
	n->windowed = true;
	n->agg.window = w->spec;
	if (stripped) {
		n->input = strip.plan;
		n->map = strip.map;
		n->time = bind_plan_column(b, strip.plan, strip.time_col);
		return;
	}
	n->agg.attached = true;
	n->start = bind_plan_column(b, p, (uint32_t)w->start_col);
	n->end = bind_plan_column(b, p, (uint32_t)w->end_col);
	if (w->time_col >= 0)
		n->time = bind_plan_column(b, p, (uint32_t)w->time_col);
}

/* Splits the keys; key_out of the window's own comes after the node is made (0: start, 1: end, 2: time). */
static void split_keys(Scope *s, Node *n, int *window_key)
{
	Grouping *g = s->group;
	const WindowCols *w = &g->base.plan->window_cols;
	n->keys = ARENA_ARRAY(s->b->arena, const Expr *, g->keys.len);
	n->names = ARENA_ARRAY(s->b->arena, Str, g->keys.len);
	for (uint32_t i = 0; i < g->keys.len; i++) {
		const GroupKey *k = &g->keys.items[i];
		bool own = n->windowed && !g->window.present;
		window_key[i] = !own                      ? -1
		                : key_is(k, w->start_col) ? 0
		                : key_is(k, w->end_col)   ? 1
		                : key_is(k, w->time_col)  ? 2
		                                          : -1;
		if (window_key[i] >= 0)
			continue;
		g->key_out[i] = n->nkeys;
		n->names[n->nkeys] = k->name;
		n->keys[n->nkeys++] = remap(n, k->expr);
	}
}

static void fill_inputs(Scope *s, Node *n)
{
	Binder *b = s->b;
	Grouping *g = s->group;
	PlanAgg *a = &n->agg;
	a->nkeys = n->nkeys;
	a->keys = ARENA_ARRAY(b->arena, uint32_t, n->nkeys + 1);
	for (uint32_t i = 0; i < n->nkeys; i++)
		a->keys[i] = need(&n->inputs, n->keys[i]);
	a->naggs = g->aggs.len;
	a->aggs = ARENA_ARRAY_ZERO(b->arena, PlanAggCall, g->aggs.len);
	for (uint32_t i = 0; i < g->aggs.len; i++) {
		const GroupAgg *from = &g->aggs.items[i];
		PlanAggCall *to = &a->aggs[i];
		to->call = from->call;
		to->text = from->text;
		to->args = ARENA_ARRAY(b->arena, uint32_t, from->call.nargs);
		for (uint32_t k = 0; k < from->call.nargs; k++)
			to->args[k] = need(&n->inputs, remap(n, from->args[k]));
		to->filter = from->filter ? (int32_t)need(&n->inputs, remap(n, from->filter)) : -1;
		a->needs_order = a->needs_order || from->call.kind == AGG_ORDERED;
	}
	a->time_col = n->time && !a->attached ? (int32_t)need(&n->inputs, n->time) : -1;
	if (a->attached) {
		a->start_col = need(&n->inputs, n->start);
		a->end_col = need(&n->inputs, n->end);
	}
}

/* Brings the inputs into columns: those of the input itself where all are plain, else of a projection. */
static Plan *place_inputs(Node *n, Span span)
{
	Binder *b = n->inputs.b;
	ExprList *l = &n->inputs.list;
	PlanAgg *a = &n->agg;
	uint32_t *at = ARENA_ARRAY(b->arena, uint32_t, l->len + 1);
	bool plain = true;
	for (uint32_t i = 0; i < l->len; i++)
		plain = bind_plan_is_column(l->items[i], &at[i]) && plain;
	Plan *p = n->input;
	if (!plain) {
		p = bind_plan_project(b, p, l->items, NULL, l->len, span);
		for (uint32_t i = 0; i < l->len; i++)
			at[i] = i;
	}
	for (uint32_t i = 0; i < a->nkeys; i++)
		a->keys[i] = at[a->keys[i]];
	for (uint32_t i = 0; i < a->naggs; i++) {
		for (uint32_t k = 0; k < a->aggs[i].call.nargs; k++)
			a->aggs[i].args[k] = at[a->aggs[i].args[k]];
		if (a->aggs[i].filter >= 0)
			a->aggs[i].filter = (int32_t)at[a->aggs[i].filter];
	}
	if (a->time_col >= 0)
		a->time_col = (int32_t)at[a->time_col];
	if (a->attached) {
		a->start_col = at[a->start_col];
		a->end_col = at[a->end_col];
	}
	return p;
}

/* GROUPING SETS: the input once per set; the number of the set is a key more. */
static Plan *place_sets(Scope *s, Node *n, Plan *input, const int *window_key, Span span)
{
	Grouping *g = s->group;
	PlanAgg *a = &n->agg;
	if (!g->sets.len)
		return input;
	uint32_t *cols = ARENA_ARRAY_ZERO(s->b->arena, uint32_t, g->keys.len + 1);
	for (uint32_t i = 0; i < g->keys.len; i++)
		if (window_key[i] < 0)
			cols[i] = a->keys[g->key_out[i]];
	Plan *p = bind_sets_expand(s->b, g, input, cols, span);
	for (uint32_t i = 0; i < g->keys.len; i++)
		if (bind_sets_copy(g, i) >= 0)
			a->keys[g->key_out[i]] = input->ncols + (uint32_t)bind_sets_copy(g, i);
	g->set_out = a->nkeys;
	a->keys[a->nkeys++] = p->ncols - 1;
	return p;
}

static const Type *time_type(const Node *n)
{
	bool ltz = n->time ? n->time->type->kind == TYPE_TIMESTAMP_LTZ : n->agg.window.ltz;
	return ltz ? &type_ltz3 : &type_timestamp3;
}

static void fill_columns(Scope *s, Node *n, Plan *p, const int *window_key)
{
	Binder *b = s->b;
	Grouping *g = s->group;
	uint32_t nkeys = n->agg.nkeys;
	p->ncols = nkeys + g->aggs.len + (n->windowed ? 3 : 0);
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, p->ncols);
	for (uint32_t i = 0; i < n->nkeys; i++)
		p->cols[i] = (PlanCol){.name = n->names[i], .type = n->keys[i]->type};
	for (uint32_t i = 0; i < g->keys.len; i++) /* some grouping set leaves it out */
		if (bind_sets_copy(g, i) >= 0)
			p->cols[g->key_out[i]].type = type_with_null(b->arena, p->cols[g->key_out[i]].type, true);
	if (g->sets.len)
		p->cols[g->set_out] = (PlanCol){.name = STR("$set"), .type = &type_bigint_nn};
	g->agg_out = nkeys;
	for (uint32_t i = 0; i < g->aggs.len; i++)
		p->cols[g->agg_out + i] =
		    (PlanCol){.name = arena_printf(b->arena, "$agg%u", i), .type = g->aggs.items[i].call.type};
	if (!n->windowed)
		return;
	uint32_t at = nkeys + g->aggs.len;
	bind_window_cols(b->arena, &n->agg.window, time_type(n), &p->cols[at]);
	g->windowed = true;
	g->start_out = at;
	g->end_out = at + 1;
	g->time_out = at + 2;
	for (uint32_t i = 0; i < g->keys.len; i++)
		if (window_key[i] >= 0)
			g->key_out[i] = at + (uint32_t)window_key[i];
}

/* What the windows' own aggregates can and others cannot. */
static bool check_window(Binder *b, const Node *n, Span span, Err *err)
{
	const PlanAgg *a = &n->agg;
	const PlanWindow *f = function_below(n->input);
	if (n->window_varies && !b->snapshot) {
		err_set_at(err, ERR_WINDOW_MISUSE, bind_spanned(b, span), "a grouping set leaves the window out");
		return err_hint(
		    err, "GROUP BY window_start, window_end, GROUPING SETS (...): the window stands outside of the sets.");
	}
	if (a->emit == EMIT_EARLY && a->attached && f && f->spec.kind == WINDOW_SESSION) {
		bind_unsupported(b, span, err, "EMIT CHANGES over sessions that are not grouped by their PARTITION BY is");
		return err_hint(
		    err, "Group by window_start, window_end and the columns of PARTITION BY; put filters below SESSION.");
	}
	if (f && f->spec.only_on_update) {
		bind_unsupported(b, span, err, "EMITONLYONUPDATE without a GROUP BY of the window and plain columns is");
		return err_hint(
		    err, "Group by window_start, window_end and columns of the table; compute with them in a query above.");
	}
	if (a->emit == EMIT_EARLY && a->window.only_on_update) {
		bind_unsupported(b, span, err, "EMITONLYONUPDATE with EMIT CHANGES is");
		return err_hint(err, "EMIT CHANGES shows each window as its rows come; leave EMITONLYONUPDATE out.");
	}
	return true;
}

bool bind_group_node(Scope *s, Span span, Err *err)
{
	Binder *b = s->b;
	Grouping *g = s->group;
	Node n = {.inputs = {.b = b}};
	g->key_out = ARENA_ARRAY_ZERO(b->arena, uint32_t, g->keys.len);
	int *window_key = ARENA_ARRAY(b->arena, int, g->keys.len);
	n.agg.time_col = -1;
	find_window(s, &n);
	split_keys(s, &n, window_key);
	fill_inputs(s, &n);
	n.agg.one_row = g->keys.len == 0 && !g->sets.len && !n.windowed && (b->snapshot || b->for_view);
	n.agg.emit = g->emit == AST_EMIT_CHANGES && n.windowed && !b->snapshot ? EMIT_EARLY : EMIT_ON_CLOSE;
	if (!check_window(b, &n, span, err))
		return false;
	Plan *input = place_sets(s, &n, place_inputs(&n, span), window_key, span);
	n.agg.input_append = input->append_only;
	Plan *p = bind_plan_new(b, n.windowed ? PLAN_WINDOW_AGG : PLAN_AGG, span, input, NULL);
	p->agg = n.agg;
	if (g->ttl.hint)
		p->ttl[0] = g->ttl;
	fill_columns(s, &n, p, window_key);
	s->plan = bind_plan_done(b, p);
	return true;
}
