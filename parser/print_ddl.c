/*
 * parser/print_ddl.c: CREATE, DROP, ALTER.
 */
#include "parser/print_int.h"

const char *print_ddl_object(AstObjectKind object)
{
	static const char *const words[] = {"TABLE", "VIEW",  "MATERIALIZED VIEW", "FUNCTION",
	                                    "QUERY", "INDEX", "DATABASE",          "CATALOG"};
	return words[object];
}

static void print_key(Print *p, const AstKeyDef *key)
{
	static const char *const enforced[] = {"", " ENFORCED", " NOT ENFORCED"};
	if (key->constraint.text.ptr != NULL) {
		print_puts(p, "CONSTRAINT ");
		print_ident(p, &key->constraint);
		print_puts(p, " ");
	}
	print_puts(p, "PRIMARY KEY");
	if (key->columns.len > 0) {
		print_puts(p, " ");
		print_names(p, &key->columns);
	}
	print_puts(p, enforced[key->enforced]);
}

static void print_column(Print *p, const AstColumnDef *column)
{
	print_ident(p, &column->name);
	print_node_if(p, " AS ", column->expr);
	if (column->type != NULL) {
		print_puts(p, " ");
		print_type(p, column->type);
	}
	if (column->form == AST_COLUMN_METADATA) {
		print_puts(p, " METADATA");
		if (column->metadata_key != NULL) {
			print_puts(p, " FROM ");
			print_literal(p, column->metadata_key);
		}
		print_if(p, column->virtual_column, " VIRTUAL");
	}
	print_node_if(p, " DEFAULT ", column->default_value);
	if (column->key != NULL) {
		print_puts(p, " ");
		print_key(p, column->key);
	}
	print_comment(p, column->comment);
	print_if(p, column->place == AST_PLACE_FIRST, " FIRST");
	if (column->place == AST_PLACE_AFTER) {
		print_puts(p, " AFTER ");
		print_ident(p, &column->after);
	}
}

static void print_items(Print *p, const AstCreateTable *t)
{
	const AstList *lists[] = {&t->columns, &t->watermarks, &t->keys};
	bool lines = p->options->lines, first = true;
	if (t->columns.len + t->watermarks.len + t->keys.len == 0)
		return;
	print_puts(p, " (");
	for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
		for (uint32_t i = 0; i < lists[k]->len; i++) {
			print_if(p, !first, lines ? "," : ", ");
			print_if(p, lines, "\n  ");
			first = false;
			print_any(p, lists[k]->items[i]);
		}
	}
	print_puts(p, lines ? "\n)" : ")");
}

static void print_distribution(Print *p, const AstCreateTable *t)
{
	if (t->distribution == AST_DISTRIBUTION_NONE)
		return;
	print_puts(p, " DISTRIBUTED");
	if (t->distribution_columns.len > 0) {
		print_puts(p, " BY ");
		print_if(p, t->distribution == AST_DISTRIBUTION_HASH, "HASH ");
		print_if(p, t->distribution == AST_DISTRIBUTION_RANGE, "RANGE ");
		print_names(p, &t->distribution_columns);
	}
	if (t->buckets > 0)
		strbuf_printf(p->out, " INTO %u BUCKETS", t->buckets);
}

static void print_like_option(Print *p, const AstLikeOption *option)
{
	static const char *const actions[] = {"INCLUDING ", "EXCLUDING ", "OVERWRITING "};
	static const char *const whats[] = {"ALL",       "CONSTRAINTS", "DISTRIBUTION", "PARTITIONS",
	                                    "GENERATED", "METADATA",    "OPTIONS",      "WATERMARKS"};
	print_puts(p, actions[option->action]);
	print_puts(p, whats[option->what]);
}

static void print_like(Print *p, const AstCreateTable *t)
{
	if (t->like.len == 0)
		return;
	print_puts(p, " LIKE ");
	print_path(p, &t->like);
	for (uint32_t i = 0; i < t->like_options.len; i++) {
		print_puts(p, i == 0 ? " (" : " ");
		print_any(p, t->like_options.items[i]);
	}
	print_if(p, t->like_options.len > 0, ")");
}

static void print_table(Print *p, const AstCreateTable *t)
{
	print_puts(p, "CREATE ");
	print_if(p, t->or_replace, "OR REPLACE ");
	print_if(p, t->temporary, "TEMPORARY ");
	print_puts(p, "TABLE ");
	print_if(p, t->if_not_exists, "IF NOT EXISTS ");
	print_path(p, &t->path);
	print_items(p, t);
	print_comment(p, t->comment);
	print_distribution(p, t);
	if (t->partitioned_by.len > 0) {
		print_puts(p, " PARTITIONED BY ");
		print_names(p, &t->partitioned_by);
	}
	if (t->with_options) {
		print_puts(p, " WITH ");
		print_options(p, &t->options);
	}
	print_like(p, t);
	print_node_if(p, " AS ", t->query);
}

static void print_view(Print *p, const AstCreateView *v)
{
	print_puts(p, "CREATE ");
	print_if(p, v->or_replace, "OR REPLACE ");
	print_if(p, v->temporary, "TEMPORARY ");
	print_puts(p, v->materialized ? "MATERIALIZED VIEW " : "VIEW ");
	print_if(p, v->if_not_exists, "IF NOT EXISTS ");
	print_path(p, &v->path);
	if (v->columns.len > 0) {
		print_puts(p, " ");
		print_parens(p, &v->columns);
	}
	print_comment(p, v->comment);
	if (v->options.len > 0) {
		print_puts(p, " WITH ");
		print_options(p, &v->options);
	}
	print_node_if(p, " AS ", v->query);
}

static void print_index(Print *p, const AstCreateIndex *index)
{
	print_puts(p, index->unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
	print_if(p, index->if_not_exists, "IF NOT EXISTS ");
	if (index->name.text.ptr != NULL) {
		print_ident(p, &index->name);
		print_puts(p, " ");
	}
	print_puts(p, "ON ");
	print_path(p, &index->path);
	print_puts(p, " ");
	print_parens(p, &index->columns);
}

static void print_create_function(Print *p, const AstCreateFunction *f)
{
	print_puts(p, "CREATE ");
	print_if(p, f->or_replace, "OR REPLACE ");
	print_if(p, f->temporary, "TEMPORARY ");
	print_puts(p, "FUNCTION ");
	print_if(p, f->if_not_exists, "IF NOT EXISTS ");
	print_path(p, &f->path);
	print_parens(p, &f->params);
	print_puts(p, " RETURNS ");
	print_type(p, f->returns);
	print_node_if(p, " RETURN ", f->body);
}

static void print_database(Print *p, const AstCreateDatabase *d)
{
	strbuf_printf(p->out, "CREATE %s ", print_ddl_object(d->object));
	print_if(p, d->if_not_exists, "IF NOT EXISTS ");
	print_path(p, &d->path);
	print_comment(p, d->comment);
	if (d->options.len > 0) {
		print_puts(p, " WITH ");
		print_options(p, &d->options);
	}
}

static void print_drop(Print *p, const AstDrop *d)
{
	static const char *const behaviors[] = {"", " RESTRICT", " CASCADE"};
	strbuf_printf(p->out, "DROP %s%s ", d->temporary ? "TEMPORARY " : "", print_ddl_object(d->object));
	print_if(p, d->if_exists, "IF EXISTS ");
	print_path(p, &d->path);
	print_puts(p, behaviors[d->behavior]);
}

static void print_reset_keys(Print *p, const AstList *options)
{
	for (uint32_t i = 0; i < options->len; i++) {
		print_puts(p, i == 0 ? "(" : ", ");
		print_literal(p, AST_CONST(AstOption, options->items[i])->key);
	}
	print_puts(p, ")");
}

static void print_alter_action(Print *p, const AstAlter *a)
{
	static const char *const words[] = {" SET ",
	                                    " RESET ",
	                                    " RENAME TO ",
	                                    " RENAME ",
	                                    " ADD ",
	                                    " MODIFY ",
	                                    " DROP ",
	                                    " DROP PRIMARY KEY",
	                                    " DROP CONSTRAINT ",
	                                    " DROP WATERMARK",
	                                    " DROP DISTRIBUTION",
	                                    " AS "};
	print_puts(p, words[a->action]);
	switch (a->action) {
	case AST_ALTER_SET: print_options(p, &a->options); break;
	case AST_ALTER_RESET: print_reset_keys(p, &a->options); break;
	case AST_ALTER_RENAME: print_path(p, &a->new_name); break;
	case AST_ALTER_RENAME_COLUMN:
		print_path(p, &a->column);
		print_puts(p, " TO ");
		print_path(p, &a->new_name);
		break;
	case AST_ALTER_ADD:
	case AST_ALTER_MODIFY: print_parens(p, &a->items); break;
	case AST_ALTER_DROP_COLUMNS: print_names(p, &a->columns); break;
	case AST_ALTER_DROP_CONSTRAINT: print_path(p, &a->column); break;
	case AST_ALTER_AS:
		print_any(p, a->query);
		print_if(p, a->dry_run, " DRY RUN");
		break;
	default: break;
	}
}

static void print_alter(Print *p, const AstAlter *a)
{
	strbuf_printf(p->out, "ALTER %s ", print_ddl_object(a->object));
	print_if(p, a->if_exists, "IF EXISTS ");
	print_path(p, &a->path);
	print_alter_action(p, a);
}

static bool print_part_kind(Print *p, const AstNode *node)
{
	switch (node->kind) {
	case AST_COLUMN_DEF: print_column(p, AST_CONST(AstColumnDef, node)); return true;
	case AST_KEY_DEF: print_key(p, AST_CONST(AstKeyDef, node)); return true;
	case AST_WATERMARK_DEF:
		print_puts(p, "WATERMARK FOR ");
		print_path(p, &AST_CONST(AstWatermarkDef, node)->column);
		print_node_if(p, " AS ", AST_CONST(AstWatermarkDef, node)->expr);
		return true;
	case AST_LIKE_OPTION: print_like_option(p, AST_CONST(AstLikeOption, node)); return true;
	case AST_VIEW_COLUMN:
		print_ident(p, &AST_CONST(AstViewColumn, node)->name);
		print_comment(p, AST_CONST(AstViewColumn, node)->comment);
		return true;
	case AST_PARAM_DEF:
		print_ident(p, &AST_CONST(AstParamDef, node)->name);
		print_puts(p, " ");
		print_type(p, AST_CONST(AstParamDef, node)->type);
		return true;
	default: return false;
	}
}

bool print_ddl_kind(Print *p, const AstNode *node)
{
	switch (node->kind) {
	case AST_CREATE_TABLE: print_table(p, AST_CONST(AstCreateTable, node)); return true;
	case AST_CREATE_VIEW: print_view(p, AST_CONST(AstCreateView, node)); return true;
	case AST_CREATE_INDEX: print_index(p, AST_CONST(AstCreateIndex, node)); return true;
	case AST_CREATE_FUNCTION: print_create_function(p, AST_CONST(AstCreateFunction, node)); return true;
	case AST_CREATE_DATABASE: print_database(p, AST_CONST(AstCreateDatabase, node)); return true;
	case AST_DROP: print_drop(p, AST_CONST(AstDrop, node)); return true;
	case AST_ALTER: print_alter(p, AST_CONST(AstAlter, node)); return true;
	default: return print_part_kind(p, node);
	}
}
