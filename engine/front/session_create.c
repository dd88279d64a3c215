/*
 * engine/front/session_create.c: SHOW CREATE: the statement that makes an object as it is.
 *
 * A table is shown from its definition, in the form that Flink gives it: names in backticks, one column and one option
 * a line. What LIKE took from another table, and what AS query made, is in it; the rows are not. Of views, functions,
 * queries and indexes the text is kept.
 */
#include "base/config.h"
#include "engine/front/session_int.h"
#include "parser/parser.h"
#include "parser/print.h"
#include "sql/catalog/catalog.h"

static void put_quoted(Str text, char quote, StrBuf *out)
{
	strbuf_putc(out, quote);
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == quote)
			strbuf_putc(out, quote);
		strbuf_putc(out, text.ptr[i]);
	}
	strbuf_putc(out, quote);
}

static void put_names(const TableDef *t, const uint32_t *cols, uint32_t n, StrBuf *out)
{
	strbuf_putc(out, '(');
	for (uint32_t i = 0; i < n; i++) {
		strbuf_puts(out, i ? ", " : "");
		put_quoted(t->cols[cols[i]].name, '`', out);
	}
	strbuf_putc(out, ')');
}

static void put_column(const ColumnDef *c, StrBuf *out)
{
	put_quoted(c->name, '`', out);
	strbuf_putc(out, ' ');
	if (c->kind == COLUMN_COMPUTED) {
		strbuf_printf(out, "AS %.*s", STR_ARG(c->computed_text));
	} else {
		type_print(c->type, true, out);
		if (c->kind == COLUMN_METADATA) {
			strbuf_puts(out, " METADATA FROM ");
			put_quoted(c->metadata_key, '\'', out);
			strbuf_puts(out, c->is_virtual ? " VIRTUAL" : "");
		}
	}
	if (c->comment.len) {
		strbuf_puts(out, " COMMENT ");
		put_quoted(c->comment, '\'', out);
	}
}

static void put_key(const TableDef *t, StrBuf *out)
{
	strbuf_puts(out, ",\n  CONSTRAINT ");
	if (t->key_name.len) {
		put_quoted(t->key_name, '`', out);
	} else {
		StrBuf name;
		strbuf_init(&name);
		strbuf_puts(&name, "PK");
		for (uint32_t i = 0; i < t->nkey; i++)
			strbuf_printf(&name, "_%.*s", STR_ARG(t->cols[t->key[i]].name));
		put_quoted(strbuf_str(&name), '`', out);
		strbuf_deinit(&name);
	}
	strbuf_puts(out, " PRIMARY KEY ");
	put_names(t, t->key, t->nkey, out);
	strbuf_puts(out, t->connector.len ? " NOT ENFORCED" : "");
}

static void put_options(const Options *o, StrBuf *out)
{
	strbuf_puts(out, "WITH (");
	for (uint32_t i = 0; i < o->len; i++) {
		StrBuf value;
		strbuf_init(&value);
		config_put_shown(&value, o->items[i].key, o->items[i].raw);
		strbuf_puts(out, i ? ",\n  " : "\n  ");
		put_quoted(o->items[i].key, '\'', out);
		strbuf_puts(out, " = ");
		put_quoted(strbuf_str(&value), '\'', out);
		strbuf_deinit(&value);
	}
	strbuf_puts(out, "\n)");
}

static void put_table(const Relation *rel, StrBuf *out)
{
	const TableDef *t = rel->table;
	strbuf_puts(out, rel->temporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ");
	put_quoted(t->name, '`', out);
	strbuf_puts(out, " (");
	for (uint32_t i = 0; i < t->ncols; i++) {
		strbuf_puts(out, i ? ",\n  " : "\n  ");
		put_column(&t->cols[i], out);
	}
	if (t->watermark_col >= 0) {
		strbuf_puts(out, ",\n  WATERMARK FOR ");
		put_quoted(t->cols[t->watermark_col].name, '`', out);
		strbuf_printf(out, " AS %.*s", STR_ARG(t->watermark_text));
	}
	if (t->nkey)
		put_key(t, out);
	strbuf_puts(out, "\n)");
	if (t->comment.len) {
		strbuf_puts(out, " COMMENT ");
		put_quoted(t->comment, '\'', out);
	}
	if (t->npartitioned_by) {
		strbuf_puts(out, "\nPARTITIONED BY ");
		put_names(t, t->partitioned_by, t->npartitioned_by, out);
	}
	if (t->options.len) {
		strbuf_puts(out, "\n");
		put_options(&t->options, out);
	}
}

/* ---- from the text ---- */

static void put_statement(Arena *arena, Str sql, StrBuf *out)
{
	AstNode *stmt = NULL;
	uint32_t next;
	Err err = {0};
	if (!parser_statement(arena, sql, 0, NULL, &stmt, &next, &err) || !stmt) {
		strbuf_put_str(out, sql);
		return;
	}
	if (stmt->kind == AST_CREATE_VIEW)
		AST(AstCreateView, stmt)->or_replace = AST(AstCreateView, stmt)->if_not_exists = false;
	else if (stmt->kind == AST_CREATE_FUNCTION)
		AST(AstCreateFunction, stmt)->or_replace = AST(AstCreateFunction, stmt)->if_not_exists = false;
	else if (stmt->kind == AST_CREATE_INDEX)
		AST(AstCreateIndex, stmt)->if_not_exists = false;
	print_sql(stmt, &(PrintOptions){.masked = true}, out);
}

static bool show_relation(const Running *r, const AstShow *node, const Catalog *c, StrBuf *out, Err *err)
{
	const Relation *rel = session_relation(c, &node->in, err);
	if (!rel)
		return false;
	Span span = {node->in.items[0].span.begin, node->in.items[node->in.len - 1].span.end};
	bool table = rel->kind == REL_SOURCE || rel->kind == REL_OWN;
	bool view = rel->kind == REL_VIEW || rel->kind == REL_MVIEW;
	if (!table && !(view && rel->table->sql.len))
		return err_set_at(err, ERR_WRONG_OBJECT, span, "\"%.*s\" is weir's own: no statement made it",
		                  STR_ARG(rel->name)) ||
		       err_hint(err, "DESCRIBE shows its columns.");
	if (table != (node->object == AST_OBJECT_TABLE)) {
		const char *is = table ? "TABLE" : rel->kind == REL_VIEW ? "VIEW" : "MATERIALIZED VIEW";
		err_set_at(err, ERR_WRONG_OBJECT, span, "\"%.*s\" is a %s", STR_ARG(rel->name),
		           table                   ? "table"
		           : rel->kind == REL_VIEW ? "view"
		                                   : "materialized view");
		return err_hint(err, "SHOW CREATE %s %.*s shows it.", is, STR_ARG(rel->name));
	}
	if (table)
		put_table(rel, out);
	else
		put_statement(r->arena, rel->table->sql, out);
	return true;
}

static const IndexDef *find_index(const Catalog *c, Str name)
{
	const Relation *r;
	for (uint32_t i = 0; (r = catalog_relation_at(c, i)); i++)
		for (uint32_t k = 0; k < r->nindexes; k++)
			if (str_eq(r->indexes[k].name, name))
				return &r->indexes[k];
	return NULL;
}

static bool show_text(const Running *r, const AstShow *node, const Catalog *c, StrBuf *out, Err *err)
{
	const AstName *name = &node->in.items[node->in.len - 1];
	const char *kind = "";
	Str sql = {0};
	if (node->object == AST_OBJECT_FUNCTION) {
		const FunctionDef *f = catalog_function(c, name->text);
		kind = "function";
		sql = f ? f->sql : sql;
	} else if (node->object == AST_OBJECT_QUERY) {
		const QueryDef *q = catalog_query(c, name->text, NULL);
		kind = "query";
		sql = q ? q->sql : sql;
	} else if (node->object == AST_OBJECT_INDEX) {
		const IndexDef *ix = find_index(c, name->text);
		kind = "index";
		sql = ix ? ix->sql : sql;
	} else {
		return err_set_at(err, ERR_NOT_SUPPORTED, node->node.span, "this SHOW CREATE is not supported yet");
	}
	if (!sql.len)
		return err_set_at(err, ERR_NO_SUCH_OBJECT, name->span, "unknown %s \"%.*s\"", kind, STR_ARG(name->text));
	put_statement(r->arena, sql, out);
	return true;
}

bool session_show_create(Running *r, const AstShow *node, const Catalog *c, Err *err)
{
	static const char *const names[] = {"result"};
	bool relation = node->object == AST_OBJECT_TABLE || node->object == AST_OBJECT_VIEW ||
	                node->object == AST_OBJECT_MATERIALIZED_VIEW;
	StrBuf text;
	strbuf_init(&text);
	bool ok = relation ? show_relation(r, node, c, &text, err) : show_text(r, node, c, &text, err);
	Str sql = arena_str(r->arena, strbuf_str(&text));
	strbuf_deinit(&text);
	return ok && session_text_result(r, names, 1, &sql, 1, "SHOW");
}
