/*
 * sql/bind/bind_index.c: CREATE INDEX on a materialized view or on a table that weir keeps itself.
 */
#include "sql/bind/bind_int.h"

static Str default_name(Binder *b, const Relation *r, const IndexDef *d)
{
	StrBuf name;
	strbuf_init(&name);
	strbuf_put_str(&name, r->name);
	for (uint32_t i = 0; i < d->ncols; i++)
		strbuf_printf(&name, "_%.*s", STR_ARG(r->table->cols[d->cols[i]].name));
	strbuf_puts(&name, "_idx");
	Str s = arena_str(b->arena, strbuf_str(&name));
	strbuf_deinit(&name);
	return s;
}

bool bind_create_index(BindContext *bc, const AstNode *stmt, const Relation **rel, IndexDef *out, Err *err)
{
	const AstCreateIndex *ci = AST_CONST(AstCreateIndex, stmt);
	Binder b;
	bind_init(&b, bc, true, stmt);
	Span span = bind_path_span(&b, &ci->path);
	const Relation *r = bind_relation(&b, &ci->path, span, err);
	if (!r)
		return false;
	if (r->kind != REL_OWN && r->kind != REL_MVIEW) {
		err_set_at(err, ERR_WRONG_OBJECT, span, "\"%.*s\" keeps no rows and cannot have an index", STR_ARG(r->name));
		return err_hint(err, "Materialized views and tables without WITH can.");
	}
	if (ci->unique) {
		bind_unsupported(&b, stmt->span, err, "UNIQUE for an index is");
		return err_hint(err, "A PRIMARY KEY is unique.");
	}
	Scope s;
	bind_table_scope(&s, &b, r->table);
	s.place = "an index";
	out->ncols = ci->columns.len;
	out->cols = ARENA_ARRAY(b.arena, uint32_t, out->ncols);
	out->desc = ARENA_ARRAY_ZERO(b.arena, bool, out->ncols);
	for (uint32_t i = 0; i < out->ncols; i++) {
		const AstSortItem *item = AST_CONST(AstSortItem, ci->columns.items[i]);
		if (item->expr->kind != AST_COLUMN)
			return bind_unsupported(&b, item->expr->span, err, "an index on an expression is");
		const Expr *e = bind_scope_path(&s, AST_CONST(AstColumn, item->expr), err);
		if (!e || !bind_plan_is_column(e, &out->cols[i]))
			return e ? bind_unsupported(&b, item->expr->span, err, "an index on a field is") : false;
		if (!type_is_ordered(e->type))
			return err_set_at(err, ERR_TYPE_MISMATCH, bind_span(&b, item->expr), "values of type %s have no order",
			                  bind_type_text(b.arena, e->type));
		out->desc[i] = item->direction == AST_SORT_DESC;
	}
	out->name = ci->name.text.ptr ? ci->name.text : default_name(&b, r, out);
	for (uint32_t i = 0; i < r->nindexes; i++)
		if (str_eq(r->indexes[i].name, out->name))
			return err_set_at(err, ERR_DUPLICATE_OBJECT, ci->name.text.ptr ? bind_spanned(&b, ci->name.span) : span,
			                  "index \"%.*s\" exists", STR_ARG(out->name));
	out->state = arena_printf(b.arena, "%.*s$%.*s", STR_ARG(r->name), STR_ARG(out->name));
	out->sql = bind_text(&b, stmt, false);
	*rel = r;
	return true;
}
