/*
 * engine/runtime/execute_alter.c: ALTER TABLE, ALTER VIEW, ALTER MATERIALIZED VIEW: the statement that made the object,
 * with one thing in it changed, is its new definition; alter.c carries that out.
 */
#include "engine/runtime/alter.h"
#include "engine/runtime/execute.h"
#include "parser/print.h"

static bool refuse(Execute *x, Err *err, const char *what, const char *cure)
{
	err_set_at(err, ERR_NOT_SUPPORTED, x->stmt->span, "%s is not supported yet", what);
	return err_hint(err, "%s", cure);
}

/* ---- parts of CREATE TABLE ---- */

static bool same_key(const AstOption *a, const AstOption *b)
{
	return str_eq(a->key->value, b->key->value);
}

static void remove_at(AstList *list, uint32_t i)
{
	memmove(&list->items[i], &list->items[i + 1], (list->len - i - 1) * sizeof *list->items);
	list->len--;
}

/* What names the place where rows and positions are: another one is another table. */
static bool is_place(Str key)
{
	static const char *const keys[] = {"connector", "url", "table-name", "path"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (str_eq_c(key, keys[i]))
			return true;
	return false;
}

static bool set_options(Execute *x, const AstAlter *node, const Relation *r, AstCreateTable *t, Err *err)
{
	if (r->kind == REL_OWN)
		return err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "a table that weir keeps itself has no options");
	bool set = node->action == AST_ALTER_SET;
	for (uint32_t i = 0; i < node->options.len; i++) {
		AstOption *o = AST(AstOption, node->options.items[i]);
		if (is_place(o->key->value) || (str_eq_c(o->key->value, "topic") &&
		                                catalog_dependents(x->e->catalog, r, &(CatalogNames){.arena = x->arena}))) {
			err_set_at(err, ERR_BAD_OPTION, o->node.span,
			           "\"%.*s\" says which rows \"%.*s\" is about and cannot be altered%s", STR_ARG(o->key->value),
			           STR_ARG(r->name), is_place(o->key->value) ? "" : " while queries use it");
			return err_hint(err, "Make another table, or DROP this one first.");
		}
		uint32_t at = 0;
		while (at < t->options.len && !same_key(AST_CONST(AstOption, t->options.items[at]), o))
			at++;
		if (at < t->options.len && set)
			t->options.items[at] = &o->node;
		else if (at < t->options.len)
			remove_at(&t->options, at);
		else if (set)
			ARENA_PUSH(x->arena, &t->options, &o->node);
		else
			return err_set_at(err, ERR_NO_SUCH_OPTION, o->node.span, "\"%.*s\" has no option \"%.*s\" of its own",
			                  STR_ARG(r->name), STR_ARG(o->key->value));
	}
	t->with_options = t->options.len > 0;
	return true;
}

static int64_t item_named(const AstCreateTable *t, Str name)
{
	for (uint32_t i = 0; i < t->columns.len; i++)
		if (str_eq(AST_CONST(AstColumnDef, t->columns.items[i])->name.text, name))
			return i;
	return -1;
}

static bool no_column(Execute *x, const Relation *r, Str name, Err *err)
{
	return err_set_at(err, ERR_NO_SUCH_COLUMN, x->stmt->span, "the definition of \"%.*s\" has no column \"%.*s\"",
	                  STR_ARG(r->name), STR_ARG(name));
}

static void put_at(Execute *x, AstList *list, uint32_t at, AstNode *node)
{
	ARENA_PUSH(x->arena, list, node);
	for (uint32_t i = list->len - 1; i > at; i--)
		list->items[i] = list->items[i - 1];
	list->items[at] = node;
}

static bool place_column(Execute *x, const Relation *r, AstCreateTable *t, AstColumnDef *c, uint32_t otherwise,
                         Err *err)
{
	uint32_t at = otherwise;
	if (c->place == AST_PLACE_FIRST) {
		at = 0;
	} else if (c->place == AST_PLACE_AFTER) {
		int64_t after = item_named(t, c->after.text);
		if (after < 0)
			return no_column(x, r, c->after.text, err);
		at = (uint32_t)after + 1;
	}
	c->place = AST_PLACE_UNSPECIFIED;
	put_at(x, &t->columns, at, &c->node);
	return true;
}

static bool change_items(Execute *x, const AstAlter *node, const Relation *r, AstCreateTable *t, Err *err)
{
	bool modify = node->action == AST_ALTER_MODIFY;
	for (uint32_t i = 0; i < node->items.len; i++) {
		AstNode *item = node->items.items[i];
		if (item->kind == AST_COLUMN_DEF) {
			AstColumnDef *c = AST(AstColumnDef, item);
			int64_t at = item_named(t, c->name.text);
			if (!modify && at >= 0)
				return err_set_at(err, ERR_DUPLICATE_COLUMN, item->span, "\"%.*s\" has a column \"%.*s\" already",
				                  STR_ARG(r->name), STR_ARG(c->name.text));
			if (modify && at < 0)
				return no_column(x, r, c->name.text, err);
			if (modify)
				remove_at(&t->columns, (uint32_t)at);
			if (!place_column(x, r, t, c, modify ? (uint32_t)at : t->columns.len, err))
				return false;
			continue;
		}
		AstList *list = item->kind == AST_WATERMARK_DEF ? &t->watermarks : &t->keys;
		if (modify && !list->len)
			return err_set_at(err, ERR_NO_SUCH_OBJECT, item->span, "\"%.*s\" has none to modify", STR_ARG(r->name));
		if (modify)
			list->len = 0;
		ARENA_PUSH(x->arena, list, item);
	}
	return true;
}

static bool drop_columns(Execute *x, const AstAlter *node, const Relation *r, AstCreateTable *t, Err *err)
{
	for (uint32_t i = 0; i < node->columns.len; i++) {
		int64_t at = item_named(t, node->columns.items[i].text);
		if (at < 0)
			return no_column(x, r, node->columns.items[i].text, err);
		remove_at(&t->columns, (uint32_t)at);
	}
	return true;
}

static bool rename_column(Execute *x, const AstAlter *node, const Relation *r, AstCreateTable *t, Err *err)
{
	Str name = execute_path_name(&node->column);
	int64_t at = item_named(t, name);
	if (at < 0)
		return no_column(x, r, name, err);
	AST(AstColumnDef, t->columns.items[at])->name = node->new_name.items[node->new_name.len - 1];
	return true;
}

static bool drop_key(Execute *x, const Relation *r, AstCreateTable *t, Err *err)
{
	bool had = t->keys.len > 0;
	t->keys.len = 0;
	for (uint32_t i = 0; i < t->columns.len; i++) {
		AstColumnDef *c = AST(AstColumnDef, t->columns.items[i]);
		had = had || c->key;
		c->key = NULL;
	}
	return had || err_set_at(err, ERR_NO_SUCH_OBJECT, x->stmt->span, "\"%.*s\" has no primary key", STR_ARG(r->name));
}

static bool change_table(Execute *x, const AstAlter *node, const Relation *r, AstNode *made, Err *err)
{
	if (made->kind != AST_CREATE_TABLE)
		return err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "\"%.*s\" is not a table", STR_ARG(r->name));
	AstCreateTable *t = AST(AstCreateTable, made);
	t->or_replace = t->if_not_exists = false;
	switch (node->action) {
	case AST_ALTER_SET:
	case AST_ALTER_RESET: return set_options(x, node, r, t, err);
	case AST_ALTER_ADD:
	case AST_ALTER_MODIFY: return change_items(x, node, r, t, err);
	case AST_ALTER_DROP_COLUMNS: return drop_columns(x, node, r, t, err);
	case AST_ALTER_RENAME_COLUMN: return rename_column(x, node, r, t, err);
	case AST_ALTER_DROP_PRIMARY_KEY:
	case AST_ALTER_DROP_CONSTRAINT: return drop_key(x, r, t, err);
	case AST_ALTER_DROP_WATERMARK:
		if (!t->watermarks.len)
			return err_set_at(err, ERR_NO_SUCH_OBJECT, x->stmt->span, "\"%.*s\" has no watermark", STR_ARG(r->name));
		t->watermarks.len = 0;
		return true;
	default: return refuse(x, err, "this change of a table", "Make a new table with the definition that you want.");
	}
}

/* ---- RENAME ---- */

static bool rename_object(Execute *x, const AstAlter *node, const Relation *r, Err *err)
{
	Str name = execute_path_name(&node->new_name);
	CatalogNames names = {.arena = x->arena};
	if (catalog_dependents(x->e->catalog, r, &names)) {
		err_set_at(err, ERR_DEPENDENT_OBJECTS, x->stmt->span, "cannot rename \"%.*s\": %.*s name%s it",
		           STR_ARG(r->name), STR_ARG(catalog_names_text(&names)), names.len == 1 ? "s" : "");
		return err_hint(err, "Their texts would have to change too: DROP them, rename, and make them again.");
	}
	if (catalog_find(x->e->catalog, STR_EMPTY, name))
		return err_set_at(err, ERR_DUPLICATE_OBJECT, x->stmt->span, "\"%.*s\" exists already", STR_ARG(name));
	const Query *other = query_find(x->e, name);
	if (other && other->def && str_eq(other->name, name))
		return err_set_at(err, ERR_DUPLICATE_OBJECT, x->stmt->span, "a query has the name \"%.*s\" already",
		                  STR_ARG(name));
	const Query *q = r->kind == REL_MVIEW ? query_find(x->e, r->name) : NULL;
	if (q && q->state != QUERY_RUNNING && q->state != QUERY_PAUSED) {
		err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "view \"%.*s\" is not running", STR_ARG(r->name));
		return err_hint(err, "RESUME it first; WHY \"%.*s\" says what is wrong.", STR_ARG(r->name));
	}
	return true;
}

/* The same text with the other name in it, as the user writes both: a served file in which the name is changed too has
 * the same definition. That the name is of another catalog the binder says. */
static void put_renamed(const Execute *x, const AstAlter *node, const AstNode *made, Str sql, StrBuf *text)
{
	const AstNames *was =
	    made->kind == AST_CREATE_TABLE ? &AST_CONST(AstCreateTable, made)->path : &AST_CONST(AstCreateView, made)->path;
	const AstNames *now = &node->new_name;
	strbuf_put_str(text, str_slice(sql, 0, was->items[0].span.begin));
	strbuf_put_str(text, str_slice(x->text, now->items[0].span.begin, now->items[now->len - 1].span.end));
	strbuf_put_str(text, str_slice(sql, was->items[was->len - 1].span.end, sql.len));
}

/* ---- the statement ---- */

static bool change_view(Execute *x, const AstAlter *node, AstNode *made, Err *err)
{
	if (node->action != AST_ALTER_AS)
		return refuse(x, err, "this change of a view", "Write ALTER VIEW v AS query, or DROP the view and create it.");
	AstCreateView *v = AST(AstCreateView, made);
	v->or_replace = v->if_not_exists = false;
	v->query = node->query;
	return true;
}

static bool kind_fits(Execute *x, const AstAlter *node, const Relation *r, Err *err)
{
	bool fits = node->object == AST_OBJECT_TABLE  ? r->kind == REL_OWN || r->kind == REL_SOURCE
	            : node->object == AST_OBJECT_VIEW ? r->kind == REL_VIEW
	                                              : r->kind == REL_MVIEW;
	if (fits)
		return true;
	err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "\"%.*s\" is %s", STR_ARG(r->name),
	           r->kind == REL_MVIEW                          ? "a materialized view"
	           : r->kind == REL_VIEW                         ? "a view"
	           : r->kind == REL_OWN || r->kind == REL_SOURCE ? "a table"
	                                                         : "made by weir");
	return err_hint(err, "Write ALTER %s.",
	                r->kind == REL_MVIEW  ? "MATERIALIZED VIEW"
	                : r->kind == REL_VIEW ? "VIEW"
	                                      : "TABLE");
}

bool execute_alter(Execute *x, const AstAlter *node, Err *err)
{
	Str name = execute_path_name(&node->path);
	execute_tag(x, "ALTER %s",
	            node->object == AST_OBJECT_TABLE  ? "TABLE"
	            : node->object == AST_OBJECT_VIEW ? "VIEW"
	                                              : "MATERIALIZED VIEW");
	Err absent = {0};
	const Relation *r = catalog_relation(x->e->catalog, &name, 1, x->stmt->span, node->if_exists ? &absent : err);
	if (!r && node->if_exists)
		execute_notice(x, "\"%.*s\" does not exist, skipping", STR_ARG(name));
	if (!r)
		return node->if_exists;
	RestoreRecord rec;
	if (!kind_fits(x, node, r, err))
		return false;
	if (!restore_get(x->e, RECORD_OBJECT, r->name, x->arena, &rec))
		return err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "\"%.*s\" cannot be altered", STR_ARG(r->name));
	/* its text as it was written: ${NAME} stays what it is */
	AstNode *made = NULL;
	uint32_t next;
	if (!parser_statement(x->arena, rec.sql, 0, NULL, &made, &next, err))
		return false;
	bool rename = node->action == AST_ALTER_RENAME;
	bool ok = rename                             ? rename_object(x, node, r, err)
	          : node->object == AST_OBJECT_TABLE ? change_table(x, node, r, made, err)
	                                             : change_view(x, node, made, err);
	if (!ok)
		return false;
	StrBuf text;
	strbuf_init(&text);
	if (rename)
		put_renamed(x, node, made, rec.sql, &text);
	else
		print_sql(made, NULL, &text);
	AlterChange change = {
	    .name = r->name,
	    .kind = RECORD_OBJECT,
	    .sql = arena_str(x->arena, strbuf_str(&text)),
	    .from_file = rec.from_file,
	    .same_origin = true,
	    .options_only = node->action == AST_ALTER_SET || node->action == AST_ALTER_RESET,
	    .new_name = rename ? execute_path_name(&node->new_name) : STR_EMPTY,
	    .dry = x->s->dry || node->dry_run,
	};
	strbuf_deinit(&text);
	ok = alter_apply(x->e, &change, x->s->notices, err);
	if (!ok && rename && (err->span.begin || err->span.end))
		err->span = x->stmt->span; /* it is of the text that was made */
	return ok;
}
