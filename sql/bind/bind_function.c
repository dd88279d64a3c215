/*
 * sql/bind/bind_function.c: CREATE FUNCTION f(x INT) RETURNS INT RETURN x + 1, and its calls: the body takes the call's
 * place, the arguments that of the parameters. An argument that the body uses twice is one shared node, computed once.
 *
 * A body may be a query: RETURN (SELECT SUM(w.score) FROM UNNEST(SPLIT(s, ' ')) AS u (word) JOIN words AS w ON ...). It
 * is a subquery of the calling query that reads its arguments. It runs when a row comes, over what the tables that it
 * names hold then, and what it gave stays with the row (PlanApply.by_row): a change of the tables changes no row that
 * came before.
 */
#include "sql/bind/bind_int.h"

static bool add_argument(Scope *s, Str name, const Expr *e)
{
	Alias a = {name, e};
	ARENA_PUSH(s->b->arena, &s->aliases, a);
	return true;
}

static const Expr *inline_body(Scope *body, const FunctionDef *f, Err *err)
{
	Binder *b = body->b;
	AstNode *node;
	if (!parser_expr(b->arena, f->body_sql, NULL, &node, err))
		return NULL;
	const Expr *e = bind_expr(body, node, err);
	return e ? bind_cast_to(b, e, f->returns, (Span){0, 0}, err) : NULL;
}

/* ---- the same call again ---- */

static const Expr *known_call(const Scope *s, const FunctionDef *f, const Expr *const *args)
{
	for (uint32_t i = 0; s->calls && i < s->calls->len; i++) {
		const FnCall *c = &s->calls->items[i];
		bool same = c->fn == f;
		for (uint32_t k = 0; same && k < f->nparams; k++)
			same = expr_equal(c->args[k], args[k]);
		if (same)
			return c->value;
	}
	return NULL;
}

/* before: the scope's plan without the call. A value of the clock or of chance is another one each time. */
static void remember_call(Scope *s, const FunctionDef *f, const Expr *const *args, const Expr *value,
                          const Plan *before)
{
	bool steady = !s->group && expr_is_deterministic(value);
	for (const Plan *p = s->plan; steady && p != before; p = p->inputs[0])
		steady = p->kind == PLAN_APPLY ? !p->apply.fresh : p->kind == PLAN_PROJECT ? p->ninputs == 1 : false;
	for (uint32_t k = 0; steady && k < f->nparams; k++)
		steady = expr_is_deterministic(args[k]);
	if (!steady)
		return;
	FnCall c = {f, (const Expr **)(uintptr_t)args, value};
	ARENA_PUSH(s->b->arena, s->calls, c);
}

/* What the clock or chance gives is a column, so that a query in the body and what stands beside it read the same. */
static const Expr *once(Scope *s, const Expr *e, Span span)
{
	Plan *p = s->plan;
	if (!p || s->group || e->kind == EXPR_COLUMN || expr_is_deterministic(e))
		return e;
	const Expr **exprs = ARENA_ARRAY(s->b->arena, const Expr *, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++)
		exprs[i] = bind_plan_column(s->b, p, i);
	exprs[p->ncols] = e;
	s->plan = bind_plan_project(s->b, p, exprs, NULL, p->ncols + 1, span);
	return bind_plan_column(s->b, s->plan, p->ncols);
}

const Expr *bind_function_inline(Scope *s, const FunctionDef *f, const AstCall *call, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &call->node);
	bind_use_function(b, f);
	if (call->args.len != f->nparams) {
		err_set_at(err, ERR_NO_SUCH_FUNCTION, span, "function \"%.*s\" takes %u argument%s, not %u", STR_ARG(f->name),
		           f->nparams, f->nparams == 1 ? "" : "s", call->args.len);
		return NULL;
	}
	if (b->depth >= BIND_VIEW_DEPTH_MAX) {
		err_set_at(err, ERR_TOO_DEEP, span, "functions call functions more than %d deep", BIND_VIEW_DEPTH_MAX);
		return NULL;
	}
	Scope body;
	bind_scope_init(&body, b, NULL, NULL);
	body.args_only = true;
	body.place = "the body of a function";
	if (f->is_query && !s->plan) {
		err_set_at(err, ERR_SYNTAX, span, "the function \"%.*s\" is a query, and none may stand in %s",
		           STR_ARG(f->name), s->place);
		err_hint(err, "Compute it as a column of a query in FROM: (SELECT ..., %.*s(...) AS x FROM t).",
		         STR_ARG(f->name));
		return NULL;
	}
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, f->nparams + 1);
	for (uint32_t i = 0; i < f->nparams; i++) {
		const Expr *e = bind_expr(s, call->args.items[i], err);
		if (!e)
			return NULL;
		if (!bind_param_open(b, e) && !type_assignable(e->type, f->param_types[i])) {
			err_set_at(err, ERR_TYPE_MISMATCH, bind_span(b, call->args.items[i]),
			           "argument \"%.*s\" of \"%.*s\" is %s, not %s", STR_ARG(f->params[i]), STR_ARG(f->name),
			           bind_type_text(b->arena, f->param_types[i]), bind_type_text(b->arena, e->type));
			return NULL;
		}
		if (!(e = bind_cast_to(b, e, f->param_types[i], span, err)))
			return NULL;
		e = args[i] = once(s, e, span);
		add_argument(&body, f->params[i], e);
	}
	if (!s->calls)
		s->calls = ARENA_NEW(b->arena, FnCalls);
	const Expr *known = known_call(s, f, args);
	if (known)
		return known;
	const Plan *before = s->plan;
	b->depth++;
	b->foreign++;
	body.plan = s->plan;
	body.group = s->group;
	body.calls = s->calls;
	bool within = b->in_body;
	b->in_body = true;
	const Expr *e = inline_body(&body, f, err);
	b->in_body = within;
	s->plan = body.plan;
	b->foreign--;
	b->depth--;
	if (e && s->plan != before)
		remember_call(s, f, args, e, before);
	if (!e && err) {
		err->span = span;
		if (!err->detail[0])
			err_detail(err, "in the function \"%.*s\"", STR_ARG(f->name));
	}
	return e;
}

/* The parameters as the columns that a query in the body may read. */
static Plan *params_plan(Binder *b, const FunctionDef *f)
{
	Plan *p = bind_plan_new(b, PLAN_VALUES, (Span){0, 0}, NULL, NULL);
	p->ncols = f->nparams;
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, f->nparams + 1);
	for (uint32_t i = 0; i < f->nparams; i++)
		p->cols[i] = (PlanCol){.name = f->params[i], .type = f->param_types[i]};
	return bind_plan_done(b, p);
}

static bool check_name(Binder *b, const AstCreateFunction *cf, Str name, Err *err)
{
	if (!function_find(name) && !aggregate_find(name))
		return true;
	return err_set_at(err, ERR_DUPLICATE_OBJECT, bind_path_span(b, &cf->path), "\"%.*s\" is a function of weir's own",
	                  STR_ARG(name));
}

bool bind_create_function(BindContext *bc, const AstNode *stmt, FunctionDef *out, Err *err)
{
	const AstCreateFunction *cf = AST_CONST(AstCreateFunction, stmt);
	Binder b;
	bind_init(&b, bc, true, stmt);
	b.no_params = true;
	if (!bind_new_name(&b, &cf->path, &out->name, err) || !check_name(&b, cf, out->name, err))
		return false;
	Scope body;
	bind_scope_init(&body, &b, NULL, NULL);
	body.args_only = true;
	body.place = "the body of a function";
	out->nparams = cf->params.len;
	out->params = ARENA_ARRAY(b.arena, Str, cf->params.len);
	out->param_types = ARENA_ARRAY(b.arena, const Type *, cf->params.len);
	for (uint32_t i = 0; i < cf->params.len; i++) {
		const AstParamDef *p = AST_CONST(AstParamDef, cf->params.items[i]);
		out->params[i] = p->name.text;
		if (!(out->param_types[i] = bind_type_node(&b, p->type, err)))
			return false;
		for (uint32_t k = 0; k < i; k++)
			if (str_eq(out->params[k], p->name.text))
				return err_set_at(err, ERR_DUPLICATE_COLUMN, bind_spanned(&b, p->name.span),
				                  "parameter \"%.*s\" appears twice", STR_ARG(p->name.text));
		add_argument(&body, p->name.text, expr_column(b.arena, out->param_types[i], i));
	}
	if (!(out->returns = bind_type_node(&b, cf->returns, err)))
		return false;
	body.plan = params_plan(&b, out);
	const Expr *e = bind_expr(&body, cf->body, err);
	if (!e)
		return false;
	if (!type_assignable(e->type, out->returns)) {
		err_set_at(err, ERR_TYPE_MISMATCH, bind_span(&b, cf->body), "the body is %s, RETURNS says %s",
		           bind_type_text(b.arena, e->type), bind_type_text(b.arena, out->returns));
		return err_hint(err, "Use CAST in the body.");
	}
	out->is_query = cf->body->kind == AST_SUBQUERY;
	out->body_sql = bind_text(&b, cf->body, true);
	out->sql = bind_text(&b, stmt, false);
	out->uses = b.uses.items;
	out->nuses = b.uses.len;
	return true;
}
