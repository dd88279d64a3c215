/*
 * sql/dialect/dialect_export.c: the trees rewritten and printed for Flink.
 *
 * Whatever dialect_check calls mended is changed here; the forms of names and casts are the printer's work.
 */
#include "sql/dialect/dialect_int.h"

#include "parser/print.h"

static void rewrite_options(AstList *options)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < options->len; i++)
		if (dialect_option_stays(AST_CONST(AstOption, options->items[i])->key->value))
			options->items[kept++] = options->items[i];
	options->len = kept;
}

static void rewrite_case(const Dialect *d, AstNames *path)
{
	for (uint32_t i = 0; i < path->len; i++) {
		const AstName *other = dialect_spelling(d, &path->items[i]);
		if (other != NULL)
			path->items[i].text = other->text;
	}
}

/* Behind :: names without numbers mean what they mean in PostgreSQL. */
static void rewrite_colons(AstType *type)
{
	static const char *const names[][2] = {
	    {"VARCHAR", "STRING"}, {"FLOAT", "DOUBLE"}, {"NUMERIC", NULL}, {"DECIMAL", NULL}, {"DEC", NULL},
	};
	if (type->node.kind != AST_TYPE_NAME || type->nparams)
		return;
	Str *name = &type->name.items[type->name.len - 1].text;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!str_eq_nocase(*name, str_from(names[i][0])))
			continue;
		if (!names[i][1])
			type->nparams = 2, type->params[0] = 38, type->params[1] = 18;
		else
			*name = str_from(names[i][1]);
		return;
	}
}

static bool rewrite(void *ctx, AstNode *n)
{
	Dialect *d = ctx;
	switch (n->kind) {
	case AST_COLUMN: rewrite_case(d, &AST(AstColumn, n)->path); break;
	case AST_STAR: rewrite_case(d, &AST(AstStar, n)->path); break;
	case AST_REF_TABLE: rewrite_case(d, &AST(AstRefTable, n)->path); break;
	case AST_TABLE_ARG: rewrite_case(d, &AST(AstTableArg, n)->path); break;
	case AST_DESCRIPTOR: rewrite_case(d, &AST(AstDescriptor, n)->columns); break;
	case AST_INSERT:
		rewrite_case(d, &AST(AstInsert, n)->path);
		rewrite_case(d, &AST(AstInsert, n)->columns);
		break;
	case AST_INTERVAL: {
		AstInterval other;
		dialect_interval(d->arena, AST_CONST(AstInterval, n), &other);
		*AST(AstInterval, n) = other;
		break;
	}
	case AST_CAST:
		if (AST_CONST(AstCast, n)->form == AST_CAST_COLONS)
			rewrite_colons(AST(AstCast, n)->type);
		break;
	case AST_TYPE_NAME: {
		AstType *type = AST(AstType, n);
		const char *name = dialect_type_name(type);
		if (name != NULL) {
			type->name.items[type->name.len - 1].text = str_from(name);
			type->zone = AST_ZONE_UNSPECIFIED;
		}
		break;
	}
	case AST_QUERY:
		if (AST(AstQuery, n)->emit == AST_EMIT_ON_CLOSE)
			AST(AstQuery, n)->emit = AST_EMIT_UNSPECIFIED;
		break;
	case AST_KEY_DEF: AST(AstKeyDef, n)->enforced = AST_ENFORCED_NO; break;
	case AST_CREATE_TABLE: rewrite_options(&AST(AstCreateTable, n)->options); break;
	default: break;
	}
	return ast_walk(n, rewrite, d);
}

static void put_path(const AstNames *path, StrBuf *out)
{
	AstColumn column = {.node = {.kind = AST_COLUMN}, .path = *path};
	print_sql(&column.node, &(PrintOptions){.flink = true}, out);
}

/* What stood there, for the reader; on one line. */
static void put_left_out(Dialect *d, const AstNode *n, const char *why, StrBuf *out)
{
	strbuf_printf(out, "-- left out, %s: ", why);
	for (uint32_t i = n->span.begin; i < n->span.end && i < d->text.len; i++)
		strbuf_putc(out, d->text.ptr[i] == '\n' || d->text.ptr[i] == '\r' ? ' ' : d->text.ptr[i]);
	strbuf_puts(out, "\n");
}

static bool left_out(Dialect *d, AstNode *n, StrBuf *out)
{
	const char *why = dialect_snapshot(d, n) ? "no view is kept to look at" : NULL;
	if (n->kind == AST_CREATE_INDEX || n->kind == AST_FLUSH)
		why = "it changes no result";
	else if (n->kind == AST_SET || n->kind == AST_RESET) {
		const AstSet *s = AST_CONST(AstSet, n);
		if (s->key != NULL && str_starts(s->key->value, STR("weir.")))
			why = "a setting of weir's";
	}
	if (why != NULL)
		put_left_out(d, n, why, out);
	return why != NULL;
}

static void put_drop(const char *what, const AstNames *path, StrBuf *out)
{
	strbuf_printf(out, "DROP %s IF EXISTS ", what);
	put_path(path, out);
	strbuf_puts(out, ";\n");
}

/* CREATE VIEW in place of a materialized one. */
static void export_view(Dialect *d, AstCreateView *v, StrBuf *out)
{
	if (v->or_replace)
		put_drop("VIEW", &v->path, out);
	v->or_replace = false;
	if (v->materialized && !dialect_knows(&d->read, &v->path)) {
		strbuf_puts(out,
		            "-- Nothing here reads this view, and Flink computes a view only where it is read. To keep it:\n"
		            "-- INSERT INTO a_table SELECT * FROM ");
		put_path(&v->path, out);
		strbuf_puts(out, ";\n");
	}
	v->materialized = false;
	v->options.len = 0;
}

static void export_stmt(Dialect *d, AstNode *n, StrBuf *out)
{
	if (left_out(d, n, out))
		return;
	rewrite(d, n);
	if (n->kind == AST_CREATE_VIEW) {
		export_view(d, AST(AstCreateView, n), out);
	} else if (n->kind == AST_CREATE_TABLE && AST(AstCreateTable, n)->or_replace) {
		put_drop("TABLE", &AST(AstCreateTable, n)->path, out);
		AST(AstCreateTable, n)->or_replace = false;
	} else if (n->kind == AST_DROP) {
		AstDrop *drop = AST(AstDrop, n);
		if (drop->object == AST_OBJECT_MATERIALIZED_VIEW)
			drop->object = AST_OBJECT_VIEW;
		if (drop->object != AST_OBJECT_DATABASE)
			drop->behavior = AST_DROP_UNSPECIFIED;
	}
	print_sql(n, &(PrintOptions){.flink = true, .expanded = true, .lines = true}, out);
	strbuf_puts(out, ";\n");
}

void dialect_export(Dialect *d, Str text, AstList *stmts, StrBuf *out)
{
	d->text = text;
	for (uint32_t i = 0; i < stmts->len; i++) {
		strbuf_puts(out, i > 0 ? "\n" : "");
		export_stmt(d, stmts->items[i], out);
	}
}
