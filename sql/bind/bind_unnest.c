/*
 * sql/bind/bind_unnest.c: UNNEST(array, ...) in FROM: each row once per element.
 *
 *   FROM t CROSS JOIN UNNEST(t.tags) AS u (tag)      reads the tables before it, as LATERAL does
 *   FROM UNNEST(ARRAY[1, 2]) AS u (x)                of one row without columns
 *   FROM t, LATERAL TABLE(SPLIT(t.s, ',')) AS u (x)  a function that returns an array is unnested
 *
 * What an element is decides the columns: a ROW its fields; a MAP's entry key and value; a MULTISET's element, as often
 * as it is in there; anything else is one column. Several arrays run side by side, the shorter ones end in NULLs. What
 * is no plain column is computed below the node.
 */
#include "sql/bind/bind_int.h"

typedef struct ColList {
	PlanCol *items;
	uint32_t len, cap;
} ColList;

static void add_column(Binder *b, ColList *list, Str name, const Type *type, bool null)
{
	PlanCol c = {.name = name, .type = null ? type_with_null(b->arena, type, true) : type};
	ARENA_PUSH(b->arena, list, c);
}

/* `null`: an element may be missing, because the row is kept without one or another array is longer. */
static void add_columns(Binder *b, ColList *list, const Type *t, bool null)
{
	Str name = list->len ? arena_printf(b->arena, "f%u", list->len) : STR("f0");
	if (t->kind == TYPE_MAP) {
		add_column(b, list, STR("key"), t->key, null);
		add_column(b, list, STR("value"), t->elem, null);
	} else if (t->elem->kind == TYPE_ROW) {
		bool nullable = null || !t->elem->not_null;
		for (uint32_t i = 0; i < t->elem->nfields; i++)
			add_column(b, list, t->elem->fields[i].name, t->elem->fields[i].type, nullable);
	} else {
		add_column(b, list, name, t->elem, null);
	}
}

static bool check_type(Binder *b, const AstNode *arg, const Type *t, Err *err)
{
	if (t->kind == TYPE_ARRAY || t->kind == TYPE_MAP || t->kind == TYPE_MULTISET)
		return true;
	err_set_at(err, ERR_TYPE_MISMATCH, bind_span(b, arg), "UNNEST takes arrays, maps and multisets, not %s",
	           bind_type_text(b->arena, t));
	return err_hint(err, "SPLIT makes an array of a text, JSON_QUERY ... RETURNING ARRAY<STRING> of a JSON array.");
}

/* The arguments over the left's columns; the plan may grow below them. */
static bool bind_args(Scope *left, const AstNode *const *args, uint32_t n, const Expr **exprs, Err *err)
{
	Binder *b = left->b;
	const char *place = left->place;
	left->place = "UNNEST";
	for (uint32_t i = 0; i < n; i++) {
		const Expr *e = bind_expr(left, args[i], err);
		if (!e)
			return false;
		exprs[i] = bind_param_settle(b, e, NULL);
		if (!check_type(b, args[i], exprs[i]->type, err))
			return false;
	}
	left->place = place;
	return true;
}

static Plan *place_args(Binder *b, Plan *p, const Expr *const *args, uint32_t n, uint32_t *cols, Span span)
{
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, p->ncols + n);
	Str *names = ARENA_ARRAY(b->arena, Str, p->ncols + n);
	uint32_t total = p->ncols;
	for (uint32_t i = 0; i < p->ncols; i++) {
		exprs[i] = bind_plan_column(b, p, i);
		names[i] = p->cols[i].name;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (bind_plan_is_column(args[i], &cols[i]))
			continue;
		cols[i] = total;
		names[total] = arena_printf(b->arena, "$unnest%u", total);
		exprs[total++] = args[i];
	}
	return total == p->ncols ? p : bind_plan_project(b, p, exprs, names, total, span);
}

/* A name without a column list names a single column too, as PostgreSQL has it. */
static bool name_columns(Scope *right, const AstRefHead *head, ColList *list, bool ordinality, Err *err)
{
	Binder *b = right->b;
	if (head->alias.text.ptr && !head->columns.len && list->len == 1u + ordinality &&
	    str_eq(list->items[0].name, STR("f0")))
		list->items[0].name = head->alias.text;
	Plan *p = bind_plan_new(b, PLAN_VALUES, head->node.span, NULL, NULL);
	p->cols = list->items;
	p->ncols = list->len;
	return bind_alias(right, head, STR_EMPTY, STR_EMPTY, p, err);
}

static bool unnest(Scope *left, const AstRefHead *head, const AstNode *const *args, uint32_t n, bool ordinality,
                   bool outer, Scope *out, Err *err)
{
	Binder *b = left->b;
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, n);
	uint32_t *cols = ARENA_ARRAY(b->arena, uint32_t, n);
	if (!bind_args(left, args, n, exprs, err))
		return false;
	ColList list = {0};
	for (uint32_t i = 0; i < n; i++)
		add_columns(b, &list, exprs[i]->type, outer || n > 1);
	if (ordinality)
		add_column(b, &list, STR("ordinality"), type_with_null(b->arena, &type_int, false), outer);
	Scope right;
	bind_scope_init(&right, b, NULL, NULL);
	if (!name_columns(&right, head, &list, ordinality, err) || !bind_from_check(b, left, &right, head->node.span, err))
		return false;
	Plan *in = place_args(b, left->plan, exprs, n, cols, head->node.span);
	Plan *p = bind_plan_new(b, PLAN_UNNEST, head->node.span, in, NULL);
	p->unnest.args = cols;
	p->unnest.nargs = n;
	p->unnest.outer = outer;
	p->unnest.ordinality = ordinality;
	p->ncols = in->ncols + list.len;
	p->cols = ARENA_ARRAY(b->arena, PlanCol, p->ncols);
	memcpy(p->cols, in->cols, in->ncols * sizeof *p->cols);
	memcpy(p->cols + in->ncols, right.plan->cols, list.len * sizeof *p->cols);
	*out = *left;
	out->plan = bind_plan_done(b, p);
	bind_scope_add_plan(out, right.plan, STR_EMPTY, head->alias.text.ptr ? head->alias.text : STR_EMPTY, in->ncols);
	return true;
}

bool bind_unnest(Scope *left, const AstNode *ref, bool outer, Scope *out, Err *err)
{
	if (ref->kind == AST_REF_UNNEST) {
		const AstRefUnnest *u = AST_CONST(AstRefUnnest, ref);
		return unnest(left, &u->head, (const AstNode *const *)u->args.items, u->args.len, u->ordinality, outer, out,
		              err);
	}
	const AstRefFunction *f = AST_CONST(AstRefFunction, ref);
	const AstNode *call = &f->call->node;
	return unnest(left, &f->head, &call, 1, f->ordinality, outer, out, err);
}

bool bind_unnest_alone(Binder *b, const AstNode *ref, Scope *outer, const Cte *ctes, Scope *out, Err *err)
{
	Scope left;
	bind_scope_init(&left, b, outer, ctes);
	left.plan = bind_plan_values(b, NULL, 1, NULL, 0, (Span){0, 0});
	return bind_unnest(&left, ref, false, out, err);
}

bool bind_unnest_is(Binder *b, const AstNode *ref)
{
	if (ref->kind == AST_REF_UNNEST)
		return true;
	if (ref->kind != AST_REF_FUNCTION || bind_window_is_tvf(AST_CONST(AstRefFunction, ref)->call))
		return false;
	const AstCall *call = AST_CONST(AstRefFunction, ref)->call;
	Str name = call->name.items[call->name.len - 1].text;
	return function_find(name) || catalog_function(b->bc->catalog, name);
}
