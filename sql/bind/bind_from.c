/*
 * sql/bind/bind_from.c: what stands in FROM becomes a plan and the names of its columns.
 */
#include "sql/bind/bind_int.h"

/* ---- names ---- */

static bool rename_columns(Binder *b, Plan **plan, const AstNames *names, Str what, Span span, Err *err)
{
	if (names->len == 0)
		return true;
	Plan *p = *plan;
	if (names->len != p->ncols)
		return err_set_at(err, ERR_TYPE_MISMATCH, bind_spanned(b, span),
		                  "\"%.*s\" has %u columns, but %u names are given", STR_ARG(what), p->ncols, names->len);
	Plan *copy = arena_copy(b->arena, p, sizeof *p);
	copy->cols = arena_copy(b->arena, p->cols, p->ncols * sizeof *p->cols);
	for (uint32_t i = 0; i < names->len; i++) {
		for (uint32_t k = 0; k < i; k++)
			if (str_eq(names->items[k].text, names->items[i].text))
				return err_set_at(err, ERR_DUPLICATE_COLUMN, bind_spanned(b, names->items[i].span),
				                  "column \"%.*s\" is named twice", STR_ARG(names->items[i].text));
		copy->cols[i].name = names->items[i].text;
	}
	*plan = copy;
	return true;
}

bool bind_alias(Scope *s, const AstRefHead *head, Str schema, Str name, Plan *plan, Err *err)
{
	Binder *b = s->b;
	if (head->alias.text.ptr) {
		name = head->alias.text;
		schema = STR_EMPTY;
		if (!rename_columns(b, &plan, &head->columns, name, head->alias.span, err))
			return false;
	}
	s->plan = plan;
	bind_ttl_mark(b, name, plan);
	bind_scope_add_plan(s, plan, schema, name, 0);
	return true;
}

/* ---- tables, views, WITH ---- */

static const Cte *find_cte(const Cte *ctes, Str name)
{
	for (const Cte *c = ctes; c; c = c->next)
		if (str_eq(c->name, name))
			return c;
	for (const Cte *c = ctes; c; c = c->next)
		if (str_eq_nocase(c->name, name))
			return c;
	return NULL;
}

static bool bind_cte(Binder *b, const Cte *cte, Plan **out, Err *err)
{
	AstEmitMode saved = b->emit;
	b->emit = AST_EMIT_UNSPECIFIED;
	bool ok = bind_query(b, cte->ast->query, cte->outer, cte->next, out, err);
	b->emit = saved;
	return ok && rename_columns(b, out, &cte->ast->columns, cte->name, cte->ast->name.span, err);
}

bool bind_from_path(Binder *b, const AstNames *path, const AstList *hints, const Cte *ctes, Plan **out, Str *schema,
                    Str *name, Err *err)
{
	Span span = bind_path_span(b, path);
	*name = path->items[path->len - 1].text;
	*schema = STR_EMPTY;
	const Cte *cte = path->len == 1 ? find_cte(ctes, *name) : NULL;
	if (cte)
		return bind_cte(b, cte, out, err);
	const Relation *r = bind_relation(b, path, span, err);
	if (!r) {
		Nearest near = bind_nearest(*name);
		for (const Cte *c = ctes; c; c = c->next)
			bind_nearest_try(&near, c->name);
		if (near.best.len)
			bind_nearest_hint(&near, err);
		return false;
	}
	*name = r->name;
	*schema = r->schema;
	bind_use_relation(b, r);
	return r->kind == REL_VIEW ? bind_view_expand(b, r, span, out, err) : bind_scan(b, r, hints, span, out, err);
}

/* ---- the kinds ---- */

static bool bind_ref_table(Binder *b, const AstRefTable *ref, const Cte *ctes, Scope *out, Err *err)
{
	if (ref->as_of) {
		err_set_at(err, ERR_SYNTAX, bind_span(b, ref->as_of),
		           "FOR SYSTEM_TIME AS OF stands at the right side of a JOIN");
		return err_hint(err, "Write FROM a JOIN b FOR SYSTEM_TIME AS OF a.ts ON a.k = b.k.");
	}
	Plan *p;
	Str schema, name;
	return bind_from_path(b, &ref->path, &ref->hints, ctes, &p, &schema, &name, err) &&
	       bind_alias(out, &ref->head, schema, name, p, err);
}

static bool bind_ref_subquery(Binder *b, const AstRefSubquery *ref, Scope *outer, const Cte *ctes, Scope *out, Err *err)
{
	Plan *p;
	return bind_query(b, ref->query, outer, ctes, &p, err) && bind_alias(out, &ref->head, STR_EMPTY, STR_EMPTY, p, err);
}

static bool bind_ref_function(Binder *b, const AstRefFunction *ref, Scope *outer, const Cte *ctes, Scope *out, Err *err)
{
	Str name = ref->call->name.items[ref->call->name.len - 1].text;
	Span span = ref->call->node.span;
	if (bind_window_is_tvf(ref->call)) {
		Plan *p;
		return bind_window_tvf(b, ref, outer, ctes, &p, err) &&
		       bind_alias(out, &ref->head, STR_EMPTY, STR_EMPTY, p, err);
	}
	if (bind_unnest_is(b, &ref->head.node))
		return bind_unnest_alone(b, &ref->head.node, outer, ctes, out, err);
	if (aggregate_find(name))
		return bind_unsupported(b, span, err, "\"%.*s\" in FROM is", STR_ARG(name));
	err_set_at(err, ERR_NO_SUCH_FUNCTION, bind_spanned(b, span), "unknown table function \"%.*s\"", STR_ARG(name));
	Nearest near = bind_nearest(name);
	static const char *const known[] = {"TUMBLE", "HOP", "CUMULATE", "SESSION", "UNNEST"};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		bind_nearest_try(&near, str_from(known[i]));
	bind_nearest_hint(&near, err);
	return false;
}

bool bind_ref(Binder *b, const AstNode *ref, Scope *outer, const Cte *ctes, Scope *left, Scope *out, Err *err)
{
	bind_scope_init(out, b, outer, ctes);
	/* each use of a view or a WITH is bound anew: with a few lines that use the one before twice, millions */
	if (ref->kind != AST_REF_JOIN && b->nfrom++ >= BIND_FROM_MAX) {
		err_set_at(err, ERR_TOO_DEEP, bind_span(b, ref),
		           "the statement reads more than %d tables, counting what each use of a view and of a WITH reads",
		           BIND_FROM_MAX);
		return err_hint(err, "Keep what is read often as a materialized view.");
	}
	/* a join has the columns of all that stands before it: many wide tables are gigabytes */
	if (arena_bytes(b->arena) - b->arena_begin > BIND_BYTES_MAX) {
		err_set_at(err, ERR_TOO_DEEP, bind_span(b, ref),
		           "the tables that the statement reads have too many columns between them");
		return err_hint(err, "Name the columns that are needed in subqueries in FROM.");
	}
	switch (ref->kind) {
	case AST_REF_TABLE: return bind_ref_table(b, AST_CONST(AstRefTable, ref), ctes, out, err);
	case AST_REF_SUBQUERY: return bind_ref_subquery(b, AST_CONST(AstRefSubquery, ref), outer, ctes, out, err);
	case AST_REF_FUNCTION: return bind_ref_function(b, AST_CONST(AstRefFunction, ref), outer, ctes, out, err);
	case AST_REF_JOIN: return bind_join(b, AST_CONST(AstRefJoin, ref), outer, ctes, left, out, err);
	case AST_REF_UNNEST: return bind_unnest_alone(b, ref, outer, ctes, out, err);
	case AST_REF_MATCH: return bind_unsupported(b, ref->span, err, "MATCH_RECOGNIZE is");
	default: ASSERT(false);
	}
	return false;
}

bool bind_from_check(Binder *b, const Scope *left, const Scope *right, Span span, Err *err)
{
	for (uint32_t i = 0; i < right->cols.len; i++) {
		const ScopeCol *c = &right->cols.items[i];
		if (c->table.len == 0 || (i > 0 && str_eq(c->table, right->cols.items[i - 1].table)))
			continue;
		for (uint32_t k = 0; k < left->cols.len; k++) {
			if (str_eq(left->cols.items[k].table, c->table) && str_eq(left->cols.items[k].schema, c->schema)) {
				err_set_at(err, ERR_DUPLICATE_OBJECT, bind_spanned(b, span), "FROM has two tables named \"%.*s\"",
				           STR_ARG(c->table));
				return err_hint(err, "Give one of them an alias.");
			}
		}
	}
	return true;
}

bool bind_from(Binder *b, const AstList *from, Scope *outer, const Cte *ctes, Scope *out, Err *err)
{
	bind_scope_init(out, b, outer, ctes);
	if (from->len == 0) {
		out->plan = bind_plan_values(b, NULL, 1, NULL, 0, (Span){0, 0});
		return true;
	}
	if (!bind_ref(b, from->items[0], outer, ctes, NULL, out, err))
		return false;
	for (uint32_t i = 1; i < from->len; i++) {
		const AstNode *ref = from->items[i];
		Scope left = *out, right;
		if (bind_unnest_is(b, ref)) {
			if (!bind_unnest(&left, ref, false, out, err))
				return false;
			continue;
		}
		if (bind_join_is_lateral(ref)) {
			if (!bind_join_lateral(b, &left, ref, false, ctes, outer, out, err))
				return false;
			continue;
		}
		if (!bind_ref(b, ref, outer, ctes, &left, &right, err))
			return false;
		if (!bind_from_check(b, &left, &right, ref->span, err) ||
		    !bind_join_cross(b, &left, &right, ref->span, out, err))
			return false;
	}
	return true;
}
