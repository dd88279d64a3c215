/*
 * parser/parse_alter.c: ALTER and DROP.
 */
#include "parser/take.h"

/* object := "TABLE" | "VIEW" | "MATERIALIZED" "VIEW" | "FUNCTION" | "QUERY" | "INDEX" | "DATABASE" | "CATALOG" */
static bool alter_object(Parse *p, AstObjectKind *object)
{
	static const struct {
		Keyword kw;
		AstObjectKind object;
	} objects[] = {{KW_TABLE, AST_OBJECT_TABLE},    {KW_VIEW, AST_OBJECT_VIEW},   {KW_FUNCTION, AST_OBJECT_FUNCTION},
	               {KW_QUERY, AST_OBJECT_QUERY},    {KW_INDEX, AST_OBJECT_INDEX}, {KW_DATABASE, AST_OBJECT_DATABASE},
	               {KW_CATALOG, AST_OBJECT_CATALOG}};
	if (take_words_if(p, KW_MATERIALIZED, KW_VIEW)) {
		*object = AST_OBJECT_MATERIALIZED_VIEW;
		return true;
	}
	for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
		if (take_word_if(p, objects[i].kw)) {
			*object = objects[i].object;
			return true;
		}
	}
	return fail_tried(p, NULL);
}

/* drop := "DROP" ["TEMPORARY" ["SYSTEM"]] object ["IF" "EXISTS"] path ["RESTRICT" | "CASCADE"] */
AstNode *parse_drop(Parse *p)
{
	AstDrop *out = TAKE_NODE(p, AstDrop, AST_DROP);
	uint32_t begin = take_begin(p);
	take_any(p);
	out->temporary = take_word_if(p, KW_TEMPORARY) || take_word_if(p, KW_TEMP);
	if (out->temporary)
		take_word_if(p, KW_SYSTEM);
	if (take_peek_word(p, 0, KW_MODEL) || (take_peek_word(p, 0, KW_MATERIALIZED) && take_peek_word(p, 1, KW_TABLE)))
		return parse_statement_unsupported(
		    p, begin, take_peek_word(p, 0, KW_MODEL) ? "DROP MODEL" : "DROP MATERIALIZED TABLE", "");
	if (!alter_object(p, &out->object) || !take_if_exists(p, &out->if_exists) || !take_path(p, "a name", &out->path))
		return NULL;
	if (take_peek_symbol(p, 0, ',')) {
		fail_expected_hint(p, "the end of the statement", "Drop each object with a statement of its own.");
		return NULL;
	}
	if (take_word_if(p, KW_CASCADE))
		out->behavior = AST_DROP_CASCADE;
	else if (take_word_if(p, KW_RESTRICT))
		out->behavior = AST_DROP_RESTRICT;
	return take_done(p, out);
}

/* place := ["FIRST" | "AFTER" name] */
static bool alter_place(Parse *p, AstNode *item)
{
	if (item->kind != AST_COLUMN_DEF)
		return true;
	AstColumnDef *column = AST(AstColumnDef, item);
	if (take_word_if(p, KW_FIRST)) {
		column->place = AST_PLACE_FIRST;
	} else if (take_word_if(p, KW_AFTER)) {
		column->place = AST_PLACE_AFTER;
		if (!take_name(p, "a column's name", &column->after))
			return false;
	}
	take_done(p, column);
	return true;
}

/* items := ["COLUMN"] item place | "(" item place {"," item place} ")" */
static bool alter_items(Parse *p, AstAlter *out)
{
	Span open = take_peek(p, 0)->span;
	bool parens = take_peek_symbol(p, 0, '(');
	if (parens)
		take_any(p);
	else if (take_peek_word(p, 0, KW_COLUMN) && take_peek_name(p, 1))
		take_any(p);
	do {
		AstNode *item = parse_table_item(p);
		if (item == NULL || !alter_place(p, item))
			return false;
		const AstColumnDef *column = AST(AstColumnDef, item);
		if (item->kind == AST_COLUMN_DEF && column->type == NULL && column->form != AST_COLUMN_COMPUTED)
			return fail_expected(p, "a type");
		take_push(p, &out->items, item);
	} while (parens && take_symbol_if(p, ','));
	return !parens || take_close(p, open);
}

/* drop-part := "PRIMARY" "KEY" | "CONSTRAINT" name | "WATERMARK" | "DISTRIBUTION" | ["COLUMN"] path
 *              | "(" name {"," name} ")" */
static bool alter_drop(Parse *p, AstAlter *out)
{
	if (take_words_if(p, KW_PRIMARY, KW_KEY)) {
		out->action = AST_ALTER_DROP_PRIMARY_KEY;
		return true;
	}
	if (take_peek_word(p, 0, KW_CONSTRAINT) && take_peek_name(p, 1)) {
		AstName name;
		take_any(p);
		out->action = AST_ALTER_DROP_CONSTRAINT;
		if (!take_name(p, "a constraint's name", &name))
			return false;
		ARENA_PUSH(p->arena, &out->column, name);
		return true;
	}
	if (take_word_if(p, KW_WATERMARK)) {
		out->action = AST_ALTER_DROP_WATERMARK;
		return true;
	}
	if (take_word_if(p, KW_DISTRIBUTION)) {
		out->action = AST_ALTER_DROP_DISTRIBUTION;
		return true;
	}
	out->action = AST_ALTER_DROP_COLUMNS;
	if (take_peek_symbol(p, 0, '('))
		return take_names(p, "a column's name", &out->columns);
	AstName name;
	if (take_peek_word(p, 0, KW_COLUMN) && take_peek_name(p, 1))
		take_any(p);
	if (!take_name(p, "a column's name", &name))
		return false;
	ARENA_PUSH(p->arena, &out->columns, name);
	return true;
}

/* rename := "RENAME" ("TO" path | ["COLUMN"] path "TO" name) */
static bool alter_rename(Parse *p, AstAlter *out)
{
	if (take_word_if(p, KW_TO)) {
		out->action = AST_ALTER_RENAME;
		return take_path(p, "the new name", &out->new_name);
	}
	out->action = AST_ALTER_RENAME_COLUMN;
	if (take_peek_word(p, 0, KW_COLUMN) && take_peek_name(p, 1))
		take_any(p);
	return take_path(p, "a column's name", &out->column) && take_word(p, KW_TO) &&
	       take_path(p, "the new name", &out->new_name);
}

/* reset := "RESET" "(" string {"," string} ")" */
static bool alter_reset(Parse *p, AstAlter *out)
{
	Span open;
	out->action = AST_ALTER_RESET;
	if (!take_open(p, &open))
		return false;
	do {
		AstOption *option = TAKE_NODE(p, AstOption, AST_OPTION);
		option->key = parse_literal_string(p, "an option's name, a string");
		if (option->key == NULL)
			return false;
		take_push(p, &out->options, take_done(p, option));
	} while (take_symbol_if(p, ','));
	return take_close(p, open);
}

/* action := "SET" options | reset | rename | "ADD" items | "MODIFY" items | "DROP" drop-part | "AS" query ["DRY" "RUN"]
 */
static bool alter_action(Parse *p, AstAlter *out)
{
	bool table = out->object == AST_OBJECT_TABLE;
	if (take_word_if(p, KW_RENAME))
		return alter_rename(p, out);
	if (!table && take_word_if(p, KW_AS)) {
		out->action = AST_ALTER_AS;
		out->query = parse_query(p);
		if (out->query == NULL)
			return false;
		out->dry_run = take_words_if(p, KW_DRY, KW_RUN);
		return true;
	}
	if (take_word_if(p, KW_SET)) {
		out->action = AST_ALTER_SET;
		return parse_option_list(p, &out->options);
	}
	if (take_word_if(p, KW_RESET))
		return alter_reset(p, out);
	if (table && take_word_if(p, KW_ADD)) {
		out->action = AST_ALTER_ADD;
		return alter_items(p, out);
	}
	if (table && take_word_if(p, KW_MODIFY)) {
		out->action = AST_ALTER_MODIFY;
		return alter_items(p, out);
	}
	if (table && take_word_if(p, KW_DROP))
		return alter_drop(p, out);
	return fail_tried(p, NULL);
}

static const struct {
	Keyword kw;
	const char *what;
} unsupported_objects[] = {
    {KW_FUNCTION, "ALTER FUNCTION"},
    {KW_DATABASE, "ALTER DATABASE"},
    {KW_CATALOG, "ALTER CATALOG"},
    {KW_MODEL, "ALTER MODEL"},
};

/* alter := "ALTER" ("TABLE" | "VIEW" | "MATERIALIZED" "VIEW") ["IF" "EXISTS"] path action */
AstNode *parse_alter(Parse *p)
{
	AstAlter *out = TAKE_NODE(p, AstAlter, AST_ALTER);
	uint32_t begin = take_begin(p);
	take_any(p);
	for (size_t i = 0; i < sizeof unsupported_objects / sizeof unsupported_objects[0]; i++)
		if (take_peek_word(p, 0, unsupported_objects[i].kw))
			return parse_statement_unsupported(p, begin, unsupported_objects[i].what, "");
	if (take_peek_word(p, 0, KW_MATERIALIZED) && take_peek_word(p, 1, KW_TABLE))
		return parse_statement_unsupported(p, begin, "ALTER MATERIALIZED TABLE", "Write ALTER MATERIALIZED VIEW.");
	if (take_word_if(p, KW_TABLE)) {
		out->object = AST_OBJECT_TABLE;
	} else if (take_word_if(p, KW_VIEW)) {
		out->object = AST_OBJECT_VIEW;
	} else if (take_words_if(p, KW_MATERIALIZED, KW_VIEW)) {
		out->object = AST_OBJECT_MATERIALIZED_VIEW;
	} else {
		fail_tried(p, NULL);
		return NULL;
	}
	if (!take_if_exists(p, &out->if_exists) || !take_path(p, "a name", &out->path))
		return NULL;
	bool partition = (take_peek_word(p, 0, KW_ADD) || take_peek_word(p, 0, KW_DROP)) &&
	                 take_peek_word(p, 1, KW_PARTITION) && take_peek_symbol(p, 2, '(');
	if (partition)
		return parse_statement_unsupported(p, begin, "ALTER TABLE ... PARTITION", "");
	return alter_action(p, out) ? take_done(p, out) : NULL;
}
