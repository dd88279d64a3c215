/*
 * sql/bind/bind_view.c: CREATE VIEW, CREATE MATERIALIZED VIEW, and views where they are used: a virtual one is bound
 * again from its text.
 */
#include "sql/bind/bind_int.h"

#include "parser/print.h"

Str bind_text(Binder *b, const AstNode *node, bool expanded)
{
	StrBuf text;
	strbuf_init(&text);
	print_sql(node, &(PrintOptions){.expanded = expanded}, &text);
	Str s = arena_str(b->arena, strbuf_str(&text));
	strbuf_deinit(&text);
	return s;
}

bool bind_new_name(Binder *b, const AstNames *path, Str *name, Err *err)
{
	*name = path->items[path->len - 1].text;
	for (uint32_t i = 0; i + 1 < path->len; i++) {
		Str part = path->items[i].text;
		bool known = str_eq_nocase(part, STR("default_catalog")) || str_eq_nocase(part, STR("default_database")) ||
		             str_eq_nocase(part, STR("public"));
		if (!known) {
			bind_unsupported(b, path->items[i].span, err, "the catalog or database \"%.*s\" is", STR_ARG(part));
			return err_hint(
			    err, "There is one catalog and one database, default_catalog.default_database; leave the prefix out.");
		}
	}
	return true;
}

Plan *bind_view_typed(Binder *b, Plan *p, Span span, Err *err)
{
	const Type **types = ARENA_ARRAY(b->arena, const Type *, p->ncols);
	bool any = false;
	for (uint32_t i = 0; i < p->ncols; i++) {
		bool null = p->cols[i].type->kind == TYPE_NULL;
		types[i] = null ? &type_string : p->cols[i].type;
		any = any || null;
	}
	return any ? bind_setop_cast(b, p, types, span, err) : p;
}

/* ---- use ---- */

static bool expand(Binder *b, const Relation *r, Plan **out, Err *err)
{
	AstNode *stmt;
	uint32_t next;
	Str sql = r->table->view_sql.len ? r->table->view_sql : r->query_sql;
	if (!parser_statement(b->arena, sql, 0, NULL, &stmt, &next, err))
		return false;
	ASSERT(stmt && stmt->kind == AST_STMT_QUERY);
	Plan *p;
	AstEmitMode saved = b->emit;
	b->emit = AST_EMIT_UNSPECIFIED;
	bool ok = bind_query(b, AST(AstStmtQuery, stmt)->query, NULL, NULL, &p, err);
	b->emit = saved;
	if (!ok)
		return false;
	if (p->ncols != r->table->ncols)
		return err_set(err, ERR_WRONG_OBJECT, "view \"%.*s\" had %u columns when it was made and has %u now",
		               STR_ARG(r->name), r->table->ncols, p->ncols);
	*out = arena_copy(b->arena, p, sizeof *p);
	(*out)->cols = arena_copy(b->arena, p->cols, p->ncols * sizeof *p->cols);
	for (uint32_t i = 0; i < p->ncols; i++)
		(*out)->cols[i].name = r->table->cols[i].name;
	return true;
}

bool bind_view_expand(Binder *b, const Relation *r, Span span, Plan **out, Err *err)
{
	if (b->depth >= BIND_VIEW_DEPTH_MAX)
		return err_set(err, ERR_TOO_DEEP, "views read views more than %d deep, or in a circle", BIND_VIEW_DEPTH_MAX);
	b->depth++;
	b->foreign++;
	bool ok = expand(b, r, out, err);
	b->foreign--;
	b->depth--;
	if (!ok && err) {
		err->span = span;
		if (!err->detail[0])
			err_detail(err, "in the view \"%.*s\"", STR_ARG(r->name));
	}
	return ok;
}

/* ---- definition ---- */

bool bind_view_table(Binder *b, Str name, const Plan *p, const AstList *columns, Span span, TableDef **out, Err *err)
{
	TableDef *t = ARENA_NEW(b->arena, TableDef);
	t->name = name;
	t->watermark_col = -1;
	t->ncols = p->ncols;
	t->cols = ARENA_ARRAY_ZERO(b->arena, ColumnDef, p->ncols);
	if (columns && columns->len && columns->len != p->ncols)
		return err_set_at(err, ERR_TYPE_MISMATCH, bind_spanned(b, span), "the list names %u columns, the query has %u",
		                  columns->len, p->ncols);
	for (uint32_t i = 0; i < p->ncols; i++) {
		ColumnDef *c = &t->cols[i];
		const AstViewColumn *vc = columns && columns->len ? AST_CONST(AstViewColumn, columns->items[i]) : NULL;
		c->name = vc ? vc->name.text : p->cols[i].name;
		c->comment = vc && vc->comment ? vc->comment->value : STR_EMPTY;
		c->type = p->cols[i].type;
		c->time = p->cols[i].time;
		if (table_column(&(TableDef){.cols = t->cols, .ncols = i}, c->name) >= 0)
			return err_set_at(err, ERR_DUPLICATE_COLUMN, bind_spanned(b, vc ? vc->name.span : span),
			                  "column \"%.*s\" appears twice", STR_ARG(c->name));
		if (c->time == TIME_ROWTIME && t->watermark_col < 0)
			t->watermark_col = (int32_t)i;
	}
	*out = t;
	return true;
}

static bool refuse_circle(const Binder *b, Str name, Span span, Err *err)
{
	for (uint32_t i = 0; i < b->uses.len; i++)
		if (str_eq(b->uses.items[i], name))
			return err_set_at(err, ERR_WRONG_OBJECT, span, "view \"%.*s\" would read itself", STR_ARG(name));
	return true;
}

/* The view as a continuous query would see it: for its time attributes. NULL: it can only be read by SELECT. */
static Plan *bind_continuous(BindContext *bc, const AstNode *query)
{
	BindContext quiet = *bc;
	quiet.notices = NULL;
	Binder b;
	bind_init(&b, &quiet, false, query);
	b.schema_only = b.no_params = true;
	Plan *p;
	return bind_query(&b, query, NULL, NULL, &p, NULL) ? p : NULL;
}

bool bind_create_view(BindContext *bc, const AstNode *stmt, TableDef **out, Err *err)
{
	const AstCreateView *cv = AST_CONST(AstCreateView, stmt);
	Binder b;
	bind_init(&b, bc, true, stmt);
	b.schema_only = b.no_params = true;
	Str name;
	Plan *p;
	if (!bind_new_name(&b, &cv->path, &name, err) || !bind_query(&b, cv->query, NULL, NULL, &p, err))
		return false;
	if (!refuse_circle(&b, name, bind_path_span(&b, &cv->path), err))
		return false;
	if (cv->options.len)
		return err_set_at(err, ERR_NO_SUCH_OPTION, bind_span(&b, cv->options.items[0]), "a view takes no options");
	const Plan *stream = bind_continuous(bc, cv->query);
	if (!bind_view_table(&b, name, stream ? stream : p, &cv->columns, stmt->span, out, err))
		return false;
	TableDef *t = *out;
	t->comment = cv->comment ? cv->comment->value : STR_EMPTY;
	t->sql = bind_text(&b, stmt, false);
	t->view_sql = bind_text(&b, cv->query, true);
	t->uses = b.uses.items;
	t->nuses = b.uses.len;
	return true;
}

/* ---- materialized ---- */

static void store(Binder *b, Relation *r, Plan *root, const Plan *p, Str name)
{
	PlanTarget *target = &root->target;
	target->rel = r;
	target->store = p->has_key ? STORED_BY_KEY : p->append_only ? STORED_BY_ORDINAL : STORED_BY_HASH;
	target->key = p->key;
	target->nkey = p->has_key ? p->nkey : 0;
	r->stored = (Stored){
	    .kind = target->store,
	    .state = arena_printf(b->arena, "%.*s$rows", STR_ARG(name)),
	    .key = target->key,
	    .nkey = target->nkey,
	};
	r->append_only = p->append_only;
}

bool bind_create_mview(BindContext *bc, const AstNode *stmt, Relation *out, Err *err)
{
	const AstCreateView *cv = AST_CONST(AstCreateView, stmt);
	Binder b;
	bind_init(&b, bc, false, stmt);
	b.for_view = b.no_params = true;
	Str name;
	Plan *p;
	if (!bind_new_name(&b, &cv->path, &name, err))
		return false;
	if (cv->options.len)
		return err_set_at(err, ERR_NO_SUCH_OPTION, bind_span(&b, cv->options.items[0]),
		                  "a materialized view takes no options");
	if (!bind_query(&b, cv->query, NULL, NULL, &p, err) || !(p = bind_view_typed(&b, p, cv->query->span, err)))
		return false;
	if (!refuse_circle(&b, name, bind_path_span(&b, &cv->path), err))
		return false;
	TableDef *t;
	if (!bind_view_table(&b, name, p, &cv->columns, stmt->span, &t, err))
		return false;
	Plan *root = bind_plan_new(&b, PLAN_MATERIALIZE, cv->query->span, p, NULL);
	root->cols = ARENA_ARRAY_ZERO(b.arena, PlanCol, p->ncols);
	for (uint32_t i = 0; i < p->ncols; i++)
		root->cols[i] = (PlanCol){.name = t->cols[i].name, .type = t->cols[i].type, .time = t->cols[i].time};
	out->kind = REL_MVIEW;
	out->schema = STR_EMPTY;
	out->name = name;
	out->table = t;
	out->temporary = cv->temporary;
	out->query_sql = bind_text(&b, cv->query, false);
	t->comment = cv->comment ? cv->comment->value : STR_EMPTY;
	t->sql = bind_text(&b, stmt, false);
	t->view_sql = bind_text(&b, cv->query, true);
	store(&b, out, root, p, name);
	t->key = root->target.key;
	t->nkey = root->target.nkey;
	PlanQuery *q;
	if (!bind_finish(&b, bind_plan_done(&b, root), &q, err))
		return false;
	out->plan = q;
	return true;
}
