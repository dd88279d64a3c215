/*
 * sql/bind/bind_table.c: CREATE TABLE: columns of all forms, key, watermark, options.
 *
 * First the columns get names and types (LIKE's before the statement's own), then expressions are bound over all of
 * them by number.
 */
#include "sql/bind/bind_int.h"

/* ---- options ---- */

bool bind_table_options(Binder *b, const AstList *options, Options *out, Err *err)
{
	for (uint32_t i = 0; i < options->len; i++) {
		const AstOption *o = AST_CONST(AstOption, options->items[i]);
		if (!o->value)
			return err_set_at(err, ERR_BAD_OPTION, bind_span(b, &o->node), "option '%.*s' has no value",
			                  STR_ARG(o->key->value));
		if (options_find(out, o->key->value))
			return err_set_at(err, ERR_BAD_OPTION, bind_span(b, &o->node), "option '%.*s' appears twice",
			                  STR_ARG(o->key->value));
		OptionValue v = {
		    .key = o->key->value, .raw = o->value->raw.ptr ? o->value->raw : o->value->value, .value = o->value->value};
		if (o->value->kind == AST_LIT_TRUE || o->value->kind == AST_LIT_FALSE)
			v.raw = v.value = o->value->kind == AST_LIT_TRUE ? STR("true") : STR("false");
		v.span = bind_span(b, &o->node);
		ARENA_PUSH(b->arena, out, v);
	}
	return true;
}

/* A table of `weir test` needs no connector: it is read if the script pushes rows into it, or if it has what weir's own
 * tables cannot have. */
static bool is_test_source(const Binder *b, const Draft *d, Str name)
{
	bool stream = d->watermark_col.text.ptr || d->key_not_enforced;
	for (uint32_t i = 0; i < d->cols.len; i++)
		stream = stream || d->cols.items[i].def.kind == COLUMN_METADATA;
	return stream || (b->bc->is_stream && b->bc->is_stream(b->bc->is_stream_ctx, name));
}

static bool take_options(Binder *b, const AstCreateTable *ct, Draft *d, TableDef *t, Err *err)
{
	t->options = d->options;
	t->connector = options_get(&t->options, "connector");
	if (t->options.len == 0 && !ct->with_options && !(b->bc->for_test && is_test_source(b, d, t->name)))
		return true; /* weir's own */
	if (t->connector.len == 0 && b->bc->for_test) {
		t->connector = STR("test");
		return true;
	}
	if (t->connector.len == 0) {
		err_set_at(err, ERR_MISSING_OPTION, bind_path_span(b, &ct->path), "WITH has no option 'connector'");
		return err_hint(err, "Name one, as 'connector'='kafka'; without WITH the table is weir's own.");
	}
	StrBuf notice;
	strbuf_init(&notice);
	Err bad = {0};
	bool ok = options_check(&t->options, b->arena, &notice, &bad);
	if (notice.len)
		bind_notice(b, "table \"%.*s\": options without effect here: %s", STR_ARG(t->name), strbuf_cstr(&notice));
	strbuf_deinit(&notice);
	if (ok || (b->bc->for_test && bad.code == ERR_MISSING_OPTION))
		return true;
	if (bad.span.end == 0)
		bad.span = bind_path_span(b, &ct->path);
	if (err)
		*err = bad;
	return false;
}

/* ---- columns ---- */

static bool add_column(Binder *b, Draft *d, const AstColumnDef *cd, Err *err)
{
	Span span = bind_spanned(b, cd->name.span);
	DraftColumn c = {.span = span,
	                 .def = {.name = cd->name.text, .comment = cd->comment ? cd->comment->value : STR_EMPTY}};
	for (uint32_t i = 0; i < d->cols.len; i++) {
		const DraftColumn *other = &d->cols.items[i];
		if (!str_eq(other->def.name, c.def.name))
			continue;
		err_set_at(err, ERR_DUPLICATE_COLUMN, span, "column \"%.*s\" appears twice", STR_ARG(c.def.name));
		return other->from_like ? err_hint(err, "The other one comes from LIKE.") : false;
	}
	if (cd->default_value)
		return bind_unsupported(b, cd->default_value->span, err, "DEFAULT of a column is");
	if (cd->type && !(c.def.type = bind_type_node(b, cd->type, err)))
		return false;
	switch (cd->form) {
	case AST_COLUMN_PHYSICAL:
		if (!c.def.type)
			return bind_unsupported(b, cd->node.span, err, "a column without a type is");
		break;
	case AST_COLUMN_METADATA:
		c.def.kind = COLUMN_METADATA;
		c.def.metadata_key = cd->metadata_key ? cd->metadata_key->value : c.def.name;
		c.def.is_virtual = cd->virtual_column;
		break;
	case AST_COLUMN_COMPUTED:
		c.def.kind = COLUMN_COMPUTED;
		c.def.computed_text = bind_text(b, cd->expr, true);
		c.expr = cd->expr;
		break;
	}
	if (cd->key) {
		if (d->has_key)
			return err_set_at(err, ERR_SYNTAX, bind_span(b, &cd->key->node), "a table has one PRIMARY KEY");
		d->has_key = true;
		d->key_name = cd->key->constraint.text;
		d->key_not_enforced = cd->key->enforced == AST_ENFORCED_NO;
		AstName name = cd->name;
		ARENA_PUSH(b->arena, &d->key, name);
	}
	if (d->cols.len >= BIND_COLUMNS_MAX)
		return err_set_at(err, ERR_TOO_DEEP, span, "a table has at most %d columns", BIND_COLUMNS_MAX);
	ARENA_PUSH(b->arena, &d->cols, c);
	return true;
}

static bool add_query_columns(Binder *b, const AstCreateTable *ct, Draft *d, Err *err)
{
	static const char cure[] = "Make the table first, CREATE TABLE t (...), and INSERT INTO t the query.";
	if (ct->temporary || ct->partitioned_by.len) {
		bind_unsupported(b, ct->query->span, err, "CREATE %s AS is",
		                 ct->temporary ? "TEMPORARY TABLE" : "TABLE ... PARTITIONED BY");
		return err_hint(err, "%s", cure);
	}
	for (uint32_t i = 0; i < d->cols.len; i++)
		if (d->cols.items[i].def.kind == COLUMN_PHYSICAL && !d->cols.items[i].from_like) {
			bind_unsupported(b, d->cols.items[i].span, err, "columns of one's own with CREATE TABLE ... AS are");
			return err_hint(err, "%s", cure);
		}
	Binder q;
	bind_init(&q, b->bc, !ct->with_options, ct->query);
	q.schema_only = q.no_params = true;
	Plan *p;
	if (!bind_query(&q, ct->query, NULL, NULL, &p, err) || !(p = bind_view_typed(&q, p, ct->query->span, err)))
		return false;
	for (uint32_t i = 0; i < p->ncols; i++) {
		DraftColumn c = {.def = {.name = p->cols[i].name, .type = p->cols[i].type}, .span = bind_span(b, ct->query)};
		ARENA_PUSH(b->arena, &d->cols, c);
	}
	return true;
}

static bool check_metadata(Binder *b, const TableDef *t, const ColumnDef *c, Span span, Err *err)
{
	if (t->connector.len == 0)
		return err_set_at(err, ERR_SYNTAX, span, "a table that weir keeps itself has no metadata");
	const Type *type;
	bool writable;
	if (!bind_scan_metadata(t->connector, c->metadata_key, &type, &writable)) {
		err_set_at(err, ERR_NO_SUCH_COLUMN, span, "connector '%.*s' has no metadata '%.*s'", STR_ARG(t->connector),
		           STR_ARG(c->metadata_key));
		StrBuf list;
		strbuf_init(&list);
		bind_scan_metadata_list(t->connector, &list);
		if (list.len)
			err_hint(err, "It has: %s.", strbuf_cstr(&list));
		strbuf_deinit(&list);
		return false;
	}
	if (type_castable(type, c->type))
		return true;
	return err_set_at(err, ERR_TYPE_MISMATCH, span, "metadata '%.*s' is %s and cannot become %s",
	                  STR_ARG(c->metadata_key), bind_type_text(b->arena, type), bind_type_text(b->arena, c->type));
}

void bind_table_scope(Scope *s, Binder *b, const TableDef *t)
{
	bind_scope_init(s, b, NULL, NULL);
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *c = &t->cols[i];
		if (c->type)
			bind_scope_push(
			    s, (ScopeCol){.table = t->name, .name = c->name, .type = c->type, .time = c->time, .index = i});
	}
}

/* Binds the text of another statement: no spans. */
static const Expr *bind_draft(Binder *b, const TableDef *t, const AstNode *node, bool foreign, const char *place,
                              Err *err)
{
	Scope s;
	bind_table_scope(&s, b, t);
	s.place = place;
	b->foreign += foreign;
	const Expr *e = bind_expr(&s, node, err);
	b->foreign -= foreign;
	return e;
}

static bool take_columns(Binder *b, const Draft *d, TableDef *t, Err *err)
{
	t->ncols = d->cols.len;
	t->cols = ARENA_ARRAY_ZERO(b->arena, ColumnDef, t->ncols);
	for (uint32_t i = 0; i < t->ncols; i++) {
		t->cols[i] = d->cols.items[i].def;
		if (t->cols[i].kind == COLUMN_METADATA && !check_metadata(b, t, &t->cols[i], d->cols.items[i].span, err))
			return false;
	}
	return true;
}

static bool bind_computed(Binder *b, const Draft *d, TableDef *t, Err *err)
{
	for (uint32_t i = 0; i < t->ncols; i++) {
		const DraftColumn *dc = &d->cols.items[i];
		ColumnDef *c = &t->cols[i];
		if (c->kind != COLUMN_COMPUTED)
			continue;
		const Expr *e = bind_draft(b, t, dc->expr, dc->from_like, "a computed column", err);
		if (!e)
			return false;
		if (e->type->kind == TYPE_NULL) {
			err_set_at(err, ERR_TYPE_MISMATCH, dc->span, "column \"%.*s\" is always NULL and has no type",
			           STR_ARG(c->name));
			return err_hint(err, "Write CAST(NULL AS type).");
		}
		c->computed = e;
		c->type = e->type;
		if (e->kind == EXPR_CALL && str_eq_c(str_from(e->call.fn->name), "PROCTIME")) {
			if (t->connector.len == 0)
				return err_set_at(err, ERR_SYNTAX, dc->span, "a table that weir keeps itself has no PROCTIME column");
			c->time = TIME_PROCTIME;
		}
	}
	return true;
}

/* Computed columns count too, before they have a type. -1: err is set. */
static int64_t find_column(Binder *b, const TableDef *t, const AstName *name, Err *err)
{
	int64_t found = table_column(t, name->text);
	uint32_t n = 0;
	Nearest near = bind_nearest(name->text);
	for (uint32_t i = 0; found < 0 && i < t->ncols; i++) {
		bind_nearest_try(&near, t->cols[i].name);
		if (str_eq_nocase(t->cols[i].name, name->text) && n++ == 0)
			found = i;
	}
	if (found >= 0 && n <= 1)
		return found;
	err_set_at(err, n ? ERR_AMBIGUOUS : ERR_NO_SUCH_COLUMN, bind_spanned(b, name->span),
	           n ? "column \"%.*s\" is ambiguous" : "unknown column \"%.*s\"", STR_ARG(name->text));
	if (n)
		err_hint(err, "Write the name in its exact case.");
	else
		bind_nearest_hint(&near, err);
	return -1;
}

/* ---- watermark, key, partitions ---- */

static bool is_source_watermark(const AstNode *n)
{
	return n->kind == AST_CALL && str_eq_nocase(AST_CONST(AstCall, n)->name.items[0].text, STR("SOURCE_WATERMARK"));
}

static bool bind_watermark(Binder *b, const Draft *d, TableDef *t, Err *err)
{
	t->watermark_col = -1;
	if (!d->watermark_col.text.ptr)
		return true;
	Span span = d->watermark_from_like ? (Span){0, 0} : bind_spanned(b, d->watermark_col.span);
	if (t->connector.len == 0) {
		err_set_at(err, ERR_SYNTAX, span, "a table that weir keeps itself has no WATERMARK");
		return err_hint(err, "Watermarks belong to tables of connectors: add WITH ('connector'=...).");
	}
	if (is_source_watermark(d->watermark))
		return bind_unsupported(b, d->watermark->span, err, "SOURCE_WATERMARK() is");
	int64_t col = find_column(b, t, &d->watermark_col, err);
	if (col < 0)
		return false;
	const Type *type = t->cols[col].type;
	if (!type_is_timestamp(type) || type->precision > 3) {
		err_set_at(err, ERR_TYPE_MISMATCH, span,
		           "the watermark column \"%.*s\" is %s: it must be TIMESTAMP(3) or TIMESTAMP_LTZ(3)",
		           STR_ARG(t->cols[col].name), bind_type_text(b->arena, type));
		return type_is_timestamp(type)
		           ? err_hint(err, "Declare it with (3): without a number the precision is 6.")
		           : err_hint(
		                 err,
		                 "Make a timestamp of it in a computed column, for example ts AS TO_TIMESTAMP_LTZ(millis, 3).");
	}
	const Expr *e = bind_draft(b, t, d->watermark, d->watermark_from_like, "WATERMARK", err);
	if (!e)
		return false;
	if (e->type->kind != type->kind) {
		return err_set_at(err, ERR_TYPE_MISMATCH, d->watermark_from_like ? (Span){0, 0} : bind_span(b, d->watermark),
		                  "the watermark is %s, its column \"%.*s\" %s", bind_type_text(b->arena, e->type),
		                  STR_ARG(t->cols[col].name), bind_type_text(b->arena, type));
	}
	t->watermark_col = (int32_t)col;
	t->watermark = e;
	t->watermark_text = d->watermark_text;
	t->cols[col].time = TIME_ROWTIME;
	return true;
}

static bool bind_key(Binder *b, const Draft *d, TableDef *t, Err *err)
{
	t->key = ARENA_ARRAY(b->arena, uint32_t, d->key.len);
	t->key_name = d->key_name;
	for (uint32_t i = 0; i < d->key.len; i++) {
		int64_t col = find_column(b, t, &d->key.items[i], err);
		if (col < 0)
			return false;
		Span span = bind_spanned(b, d->key.items[i].span);
		if (t->cols[col].kind != COLUMN_PHYSICAL)
			return err_set_at(err, ERR_SYNTAX, span,
			                  "column \"%.*s\" is computed or metadata and cannot be part of the PRIMARY KEY",
			                  STR_ARG(t->cols[col].name));
		for (uint32_t k = 0; k < t->nkey; k++)
			if (t->key[k] == (uint32_t)col)
				return err_set_at(err, ERR_DUPLICATE_COLUMN, span, "the PRIMARY KEY names \"%.*s\" twice",
				                  STR_ARG(t->cols[col].name));
		t->key[t->nkey++] = (uint32_t)col;
		t->cols[col].type = type_with_null(b->arena, t->cols[col].type, false);
	}
	return true;
}

static bool bind_partitions(Binder *b, const Draft *d, TableDef *t, Err *err)
{
	if (d->partitioned_by.len && t->connector.len == 0)
		return err_set_at(err, ERR_SYNTAX, bind_path_span(b, &d->partitioned_by),
		                  "a table that weir keeps itself has no partitions");
	t->partitioned_by = ARENA_ARRAY(b->arena, uint32_t, d->partitioned_by.len);
	for (uint32_t i = 0; i < d->partitioned_by.len; i++) {
		int64_t col = find_column(b, t, &d->partitioned_by.items[i], err);
		if (col < 0)
			return false;
		if (t->cols[col].kind != COLUMN_PHYSICAL)
			return err_set_at(err, ERR_SYNTAX, bind_spanned(b, d->partitioned_by.items[i].span),
			                  "a computed or metadata column cannot be a partition column");
		t->partitioned_by[t->npartitioned_by++] = (uint32_t)col;
	}
	return true;
}

/* ---- the statement ---- */

static bool take_parts(Binder *b, const AstCreateTable *ct, Draft *d, Err *err)
{
	if (ct->keys.len > 1 || (ct->keys.len == 1 && d->has_key))
		return err_set_at(err, ERR_SYNTAX, bind_span(b, ct->keys.items[ct->keys.len - 1]),
		                  "a table has one PRIMARY KEY");
	if (ct->keys.len) {
		const AstKeyDef *k = AST_CONST(AstKeyDef, ct->keys.items[0]);
		d->has_key = true;
		d->key = k->columns;
		d->key_name = k->constraint.text;
		d->key_not_enforced = k->enforced == AST_ENFORCED_NO;
		if (k->enforced == AST_ENFORCED_YES && ct->with_options)
			return bind_unsupported(b, k->node.span, err, "PRIMARY KEY ENFORCED for a table of a connector is");
	}
	if (ct->watermarks.len > 1)
		return err_set_at(err, ERR_SYNTAX, bind_span(b, ct->watermarks.items[1]), "a table has one WATERMARK");
	if (ct->watermarks.len) {
		const AstWatermarkDef *w = AST_CONST(AstWatermarkDef, ct->watermarks.items[0]);
		if (w->column.len != 1) {
			err_set_at(err, ERR_NO_TIME_ATTRIBUTE, bind_path_span(b, &w->column),
			           "the watermark column must be a column of the table itself");
			return err_hint(err, "Lift the field with a computed column first: ts AS payload.ts.");
		}
		d->watermark_col = w->column.items[0];
		d->watermark = w->expr;
		d->watermark_text = bind_text(b, w->expr, true);
		d->watermark_from_like = false;
	}
	if (ct->partitioned_by.len)
		d->partitioned_by = ct->partitioned_by;
	if (ct->distribution != AST_DISTRIBUTION_NONE)
		bind_notice(b, "DISTRIBUTED has no effect here");
	return true;
}

/* The functions that computed columns and the watermark call. */
static void take_uses(Binder *b, TableDef *t)
{
	t->uses = ARENA_ARRAY(b->arena, Str, b->uses.len);
	for (uint32_t i = 0; i < b->uses.len; i++)
		if (str_find(b->uses.items[i], STR("()"), 0) >= 0)
			t->uses[t->nuses++] = b->uses.items[i];
}

bool bind_create_table(BindContext *bc, const AstNode *stmt, TableDef **out, Err *err)
{
	const AstCreateTable *ct = AST_CONST(AstCreateTable, stmt);
	Binder b;
	bind_init(&b, bc, true, stmt);
	b.schema_only = b.no_params = true;
	TableDef *t = ARENA_NEW(b.arena, TableDef);
	Draft d = {0};
	if (!bind_new_name(&b, &ct->path, &t->name, err))
		return false;
	bool ok = ct->like.len ? bind_like(&b, ct, &d, err) : bind_table_options(&b, &ct->options, &d.options, err);
	for (uint32_t i = 0; ok && i < ct->columns.len; i++)
		ok = add_column(&b, &d, AST_CONST(AstColumnDef, ct->columns.items[i]), err);
	if (ok && ct->query)
		ok = add_query_columns(&b, ct, &d, err);
	if (!ok || !take_parts(&b, ct, &d, err))
		return false;
	if (d.cols.len == 0)
		return err_set_at(err, ERR_SYNTAX, bind_path_span(&b, &ct->path), "table \"%.*s\" has no columns",
		                  STR_ARG(t->name));
	if (!take_options(&b, ct, &d, t, err) || !take_columns(&b, &d, t, err) || !bind_key(&b, &d, t, err) ||
	    !bind_computed(&b, &d, t, err) || !bind_watermark(&b, &d, t, err) || !bind_partitions(&b, &d, t, err))
		return false;
	t->comment = ct->comment ? ct->comment->value : STR_EMPTY;
	t->sql = bind_text(&b, stmt, false);
	take_uses(&b, t);
	*out = t;
	return true;
}
