/*
 * parser/parse_create.c: CREATE of everything but tables: views, indexes, functions, databases.
 */
#include "parser/take.h"

static bool create_comment(Parse *p, AstLiteral **out)
{
	if (!take_word_if(p, KW_COMMENT))
		return true;
	*out = parse_literal_string(p, "a comment, a string");
	return *out != NULL;
}

/* columns := ["(" name ["COMMENT" string] {"," name ["COMMENT" string]} ")"] */
static bool view_columns(Parse *p, AstCreateView *view)
{
	Span open;
	if (!take_peek_symbol(p, 0, '('))
		return true;
	take_open(p, &open);
	do {
		AstViewColumn *column = TAKE_NODE(p, AstViewColumn, AST_VIEW_COLUMN);
		if (!take_name(p, "a column's name", &column->name) || !create_comment(p, &column->comment))
			return false;
		take_push(p, &view->columns, take_done(p, column));
	} while (take_symbol_if(p, ','));
	return take_close(p, open);
}

/* view := ["MATERIALIZED"] "VIEW" ["IF" "NOT" "EXISTS"] path columns ["COMMENT" string] ["WITH" options] "AS" query */
static AstNode *create_view(Parse *p, AstCreateView *view)
{
	take_any(p);
	if (!take_if_not_exists(p, &view->if_not_exists) || !take_path(p, "a view's name", &view->path) ||
	    !view_columns(p, view) || !create_comment(p, &view->comment))
		return NULL;
	if (view->materialized && take_word_if(p, KW_WITH) && !parse_option_list(p, &view->options))
		return NULL;
	if (!take_word(p, KW_AS))
		return NULL;
	view->query = parse_query(p);
	return view->query == NULL ? NULL : take_done(p, view);
}

/* index := ["UNIQUE"] "INDEX" ["IF" "NOT" "EXISTS"] [name] "ON" path "(" sort {"," sort} ")" */
static AstNode *create_index(Parse *p, uint32_t begin)
{
	AstCreateIndex *index = TAKE_NODE_AT(p, AstCreateIndex, AST_CREATE_INDEX, begin);
	Span open;
	index->unique = take_word_if(p, KW_UNIQUE);
	if (!take_word(p, KW_INDEX) || !take_if_not_exists(p, &index->if_not_exists))
		return NULL;
	if (!take_peek_word(p, 0, KW_ON) && !take_name(p, "an index's name", &index->name))
		return NULL;
	if (!take_word(p, KW_ON) || !take_path(p, "a view or table", &index->path) || !take_open(p, &open) ||
	    !parse_window_sort_list(p, &index->columns) || !take_close(p, open))
		return NULL;
	return take_done(p, index);
}

/* params := "(" [name type {"," name type}] ")" */
static bool function_params(Parse *p, AstCreateFunction *function)
{
	Span open;
	if (!take_open(p, &open))
		return false;
	if (take_peek_symbol(p, 0, ')'))
		return take_close(p, open);
	do {
		AstParamDef *param = TAKE_NODE(p, AstParamDef, AST_PARAM_DEF);
		if (!take_name(p, "an argument's name", &param->name))
			return false;
		param->type = parse_type(p);
		if (param->type == NULL)
			return false;
		take_push(p, &function->params, take_done(p, param));
	} while (take_symbol_if(p, ','));
	return take_close(p, open);
}

/* function := "FUNCTION" ["IF" "NOT" "EXISTS"] path params "RETURNS" type "RETURN" (e | query) */
static AstNode *create_function(Parse *p, AstCreateFunction *function)
{
	take_any(p);
	if (!take_if_not_exists(p, &function->if_not_exists) || !take_path(p, "a function's name", &function->path))
		return NULL;
	if (take_peek_word(p, 0, KW_AS))
		return parse_statement_unsupported(
		    p, function->node.span.begin, "CREATE FUNCTION of a class",
		    "Functions are written in SQL: CREATE FUNCTION f(x STRING) RETURNS STRING RETURN UPPER(x).");
	if (!function_params(p, function) || !take_word(p, KW_RETURNS))
		return NULL;
	function->returns = parse_type(p);
	if (function->returns == NULL)
		return NULL;
	if (!take_word_if(p, KW_RETURN)) {
		fail_tried(p, NULL);
		return NULL;
	}
	if (parse_query_begins(p)) {
		AstSubquery *body = TAKE_NODE(p, AstSubquery, AST_SUBQUERY);
		body->query = parse_query(p);
		if (body->query == NULL)
			return NULL;
		function->body = take_done(p, body);
	} else {
		function->body = parse_expr(p);
	}
	return function->body == NULL ? NULL : take_done(p, function);
}

/* database := ("DATABASE" | "CATALOG") ["IF" "NOT" "EXISTS"] path ["COMMENT" string] ["WITH" options] */
static AstNode *create_database(Parse *p, uint32_t begin)
{
	AstCreateDatabase *out = TAKE_NODE_AT(p, AstCreateDatabase, AST_CREATE_DATABASE, begin);
	out->object = take_peek_word(p, 0, KW_CATALOG) ? AST_OBJECT_CATALOG : AST_OBJECT_DATABASE;
	take_any(p);
	if (!take_if_not_exists(p, &out->if_not_exists) || !take_path(p, "a name", &out->path) ||
	    !create_comment(p, &out->comment))
		return NULL;
	if (take_word_if(p, KW_WITH) && !parse_option_list(p, &out->options))
		return NULL;
	return take_done(p, out);
}

static AstNode *create_failed(Parse *p)
{
	if (take_peek_word(p, 0, KW_STREAM) || take_peek_word(p, 0, KW_SOURCE) || take_peek_word(p, 0, KW_SINK) ||
	    take_peek_word(p, 0, KW_CONNECTOR))
		fail_expected_hint(p, "TABLE",
		                   "Streams, sources and sinks are tables: CREATE TABLE t (...) WITH ('connector' = ...).");
	else
		fail_tried(p, NULL);
	return NULL;
}

/* create := "CREATE" ["OR" "REPLACE"] ["TEMPORARY" ["SYSTEM"]] (table | view | index | function | database) */
AstNode *parse_create(Parse *p)
{
	uint32_t begin = take_begin(p);
	take_any(p);
	bool replace = take_words_if(p, KW_OR, KW_REPLACE);
	if (!replace && take_peek_word(p, 0, KW_OR) && take_peek_word(p, 1, KW_ALTER))
		return parse_statement_unsupported(p, begin, "CREATE OR ALTER", "Write CREATE OR REPLACE MATERIALIZED VIEW.");
	bool temporary = take_word_if(p, KW_TEMPORARY) || take_word_if(p, KW_TEMP);
	if (temporary)
		take_word_if(p, KW_SYSTEM);
	take_note_tried(p, "TABLE");
	if (take_peek_word(p, 0, KW_TABLE))
		return parse_table(p, begin, replace, temporary);
	take_note_tried(p, "VIEW");
	take_note_tried(p, "MATERIALIZED VIEW");
	if (take_peek_word(p, 0, KW_MATERIALIZED) && take_peek_word(p, 1, KW_TABLE))
		return parse_statement_unsupported(p, begin, "CREATE MATERIALIZED TABLE",
		                                   "Write CREATE MATERIALIZED VIEW v AS query.");
	bool materialized = take_word_if(p, KW_MATERIALIZED);
	if (materialized && !take_peek_word(p, 0, KW_VIEW)) {
		fail_expected(p, "VIEW");
		return NULL;
	}
	if (take_peek_word(p, 0, KW_VIEW)) {
		AstCreateView *view = TAKE_NODE_AT(p, AstCreateView, AST_CREATE_VIEW, begin);
		view->temporary = temporary;
		view->or_replace = replace;
		view->materialized = materialized;
		return create_view(p, view);
	}
	take_note_tried(p, "FUNCTION");
	if (take_peek_word(p, 0, KW_FUNCTION)) {
		AstCreateFunction *function = TAKE_NODE_AT(p, AstCreateFunction, AST_CREATE_FUNCTION, begin);
		function->temporary = temporary;
		function->or_replace = replace;
		return create_function(p, function);
	}
	take_note_tried(p, "INDEX");
	if (!replace && !temporary && (take_peek_word(p, 0, KW_INDEX) || take_peek_word(p, 0, KW_UNIQUE)))
		return create_index(p, begin);
	if (!replace && !temporary && (take_peek_word(p, 0, KW_DATABASE) || take_peek_word(p, 0, KW_CATALOG)))
		return create_database(p, begin);
	if (take_peek_word(p, 0, KW_MODEL))
		return parse_statement_unsupported(p, begin, "CREATE MODEL", "");
	return create_failed(p);
}
