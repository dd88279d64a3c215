/*
 * parser/parse_table.c: CREATE TABLE.
 */
#include "parser/take.h"

/* enforced := ["NOT" "ENFORCED" | "ENFORCED"] */
static void table_enforced(Parse *p, AstKeyDef *key)
{
	if (take_words_if(p, KW_NOT, KW_ENFORCED))
		key->enforced = AST_ENFORCED_NO;
	else if (take_word_if(p, KW_ENFORCED))
		key->enforced = AST_ENFORCED_YES;
}

static bool at_constraint(Parse *p)
{
	return take_peek_word(p, 0, KW_CONSTRAINT) && take_peek_name(p, 1) && take_peek_word(p, 2, KW_PRIMARY) &&
	       take_peek_word(p, 3, KW_KEY);
}

/* key := ["CONSTRAINT" name] "PRIMARY" "KEY" ["(" name {"," name} ")"] enforced */
static AstKeyDef *table_key(Parse *p, bool at_column)
{
	AstKeyDef *key = TAKE_NODE(p, AstKeyDef, AST_KEY_DEF);
	if (take_peek_word(p, 0, KW_CONSTRAINT)) {
		take_any(p);
		if (!take_name(p, "a constraint's name", &key->constraint))
			return NULL;
	}
	if (!take_words(p, KW_PRIMARY, KW_KEY) || (!at_column && !take_names(p, "a column's name", &key->columns)))
		return NULL;
	table_enforced(p, key);
	take_done(p, key);
	return key;
}

/* watermark := "WATERMARK" "FOR" path "AS" e */
static AstNode *table_watermark(Parse *p)
{
	AstWatermarkDef *mark = TAKE_NODE(p, AstWatermarkDef, AST_WATERMARK_DEF);
	take_any(p);
	take_any(p);
	if (!take_path(p, "a column's name", &mark->column) || !take_word(p, KW_AS))
		return NULL;
	mark->expr = parse_expr(p);
	return mark->expr == NULL ? NULL : take_done(p, mark);
}

/* comment := ["COMMENT" string] */
static bool table_comment(Parse *p, AstLiteral **out)
{
	if (!take_word_if(p, KW_COMMENT))
		return true;
	*out = parse_literal_string(p, "a comment, a string");
	return *out != NULL;
}

/* metadata := ["METADATA" ["FROM" string] ["VIRTUAL"]] */
static bool column_metadata(Parse *p, AstColumnDef *column)
{
	if (!take_word_if(p, KW_METADATA))
		return true;
	column->form = AST_COLUMN_METADATA;
	if (take_word_if(p, KW_FROM)) {
		column->metadata_key = parse_literal_string(p, "the metadata's key, a string");
		if (column->metadata_key == NULL)
			return false;
	}
	column->virtual_column = take_word_if(p, KW_VIRTUAL);
	return true;
}

/* Constraints that weir has not. */
static bool refuse_constraint(Parse *p)
{
	static const Keyword words[] = {KW_UNIQUE, KW_CHECK, KW_REFERENCES, KW_FOREIGN};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (!take_peek_word(p, 0, words[i]))
			continue;
		err_set_at(p->err, ERR_NOT_SUPPORTED, take_peek(p, 0)->span, "%s is not supported", keywords_text(words[i]));
		return err_hint(p->err, "Tables have PRIMARY KEY and NOT NULL.");
	}
	return true;
}

/* attributes := { "DEFAULT" e | "NOT" "NULL" | "NULL" | key } */
static bool column_attributes(Parse *p, AstColumnDef *column)
{
	for (;;) {
		if (take_word_if(p, KW_DEFAULT)) {
			column->default_value = parse_expr(p);
			if (column->default_value == NULL)
				return false;
		} else if (take_words_if(p, KW_NOT, KW_NULL)) {
			column->type->nullability = AST_NULL_NOT;
		} else if (take_word_if(p, KW_NULL)) {
			column->type->nullability = AST_NULL_YES;
		} else if (at_constraint(p) || (take_peek_word(p, 0, KW_PRIMARY) && column->key == NULL)) {
			column->key = table_key(p, true);
			if (column->key == NULL)
				return false;
		} else {
			take_note_tried(p, "PRIMARY KEY");
			return refuse_constraint(p);
		}
	}
}

/* column := name ["AS" e | type metadata attributes] comment */
static AstNode *table_column(Parse *p)
{
	AstColumnDef *column = TAKE_NODE(p, AstColumnDef, AST_COLUMN_DEF);
	if (!take_name(p, "a column's name", &column->name))
		return NULL;
	if (take_word_if(p, KW_AS)) {
		column->form = AST_COLUMN_COMPUTED;
		column->expr = parse_expr(p);
		if (column->expr == NULL)
			return NULL;
	} else if (!take_peek_symbol(p, 0, ',') && !take_peek_symbol(p, 0, ')')) {
		column->type = parse_type(p);
		if (column->type == NULL || !column_metadata(p, column) || !column_attributes(p, column))
			return NULL;
	}
	return table_comment(p, &column->comment) ? take_done(p, column) : NULL;
}

/* item := column | watermark | key */
AstNode *parse_table_item(Parse *p)
{
	if (take_peek_word(p, 0, KW_WATERMARK) && take_peek_word(p, 1, KW_FOR))
		return table_watermark(p);
	if (at_constraint(p) || (take_peek_word(p, 0, KW_PRIMARY) && take_peek_word(p, 1, KW_KEY))) {
		AstKeyDef *key = table_key(p, false);
		return key == NULL ? NULL : &key->node;
	}
	if (take_peek_word(p, 0, KW_WATERMARK) && take_peek_name(p, 1) && take_peek_word(p, 2, KW_AS)) {
		take_any(p);
		fail_expected(p, "FOR");
		return NULL;
	}
	if (take_peek_word(p, 0, KW_CONSTRAINT) && take_peek_word(p, 1, KW_PRIMARY) && take_peek_word(p, 2, KW_KEY)) {
		take_any(p);
		fail_expected(p, "a constraint's name");
		return NULL;
	}
	if ((take_peek_symbol(p, 1, '(') || take_peek_word(p, 1, KW_KEY)) && !refuse_constraint(p))
		return NULL;
	return table_column(p);
}

/* items := "(" item {"," item} ")" */
static bool table_items(Parse *p, AstCreateTable *table)
{
	Span open;
	if (!take_open(p, &open))
		return false;
	do {
		AstNode *item = parse_table_item(p);
		if (item == NULL)
			return false;
		AstList *list = item->kind == AST_COLUMN_DEF      ? &table->columns
		                : item->kind == AST_WATERMARK_DEF ? &table->watermarks
		                                                  : &table->keys;
		take_push(p, list, item);
	} while (take_symbol_if(p, ','));
	return take_close(p, open);
}

/* distribution := "DISTRIBUTED" ["BY" ["HASH" | "RANGE"] "(" name {"," name} ")"] ["INTO" number "BUCKETS"] */
static bool table_distribution(Parse *p, AstCreateTable *table)
{
	table->distribution = AST_DISTRIBUTION_UNSPECIFIED;
	if (take_word_if(p, KW_BY)) {
		if (take_word_if(p, KW_HASH))
			table->distribution = AST_DISTRIBUTION_HASH;
		else if (take_word_if(p, KW_RANGE))
			table->distribution = AST_DISTRIBUTION_RANGE;
		if (!take_names(p, "a column's name", &table->distribution_columns))
			return false;
	}
	if (take_word_if(p, KW_INTO))
		return parse_literal_uint(p, INT32_MAX, "a number of buckets", &table->buckets) && take_word(p, KW_BUCKETS);
	return true;
}

/* like := "LIKE" path ["(" { ("INCLUDING" | "EXCLUDING" | "OVERWRITING") what } ")"] */
static bool table_like(Parse *p, AstCreateTable *table)
{
	static const struct {
		Keyword kw;
		AstLikeAction action;
	} actions[] = {
	    {KW_INCLUDING, AST_LIKE_INCLUDING}, {KW_EXCLUDING, AST_LIKE_EXCLUDING}, {KW_OVERWRITING, AST_LIKE_OVERWRITING}};
	static const struct {
		Keyword kw;
		AstLikeWhat what;
	} whats[] = {{KW_ALL, AST_LIKE_ALL},
	             {KW_CONSTRAINTS, AST_LIKE_CONSTRAINTS},
	             {KW_DISTRIBUTION, AST_LIKE_DISTRIBUTION},
	             {KW_PARTITIONS, AST_LIKE_PARTITIONS},
	             {KW_GENERATED, AST_LIKE_GENERATED},
	             {KW_METADATA, AST_LIKE_METADATA},
	             {KW_OPTIONS, AST_LIKE_OPTIONS},
	             {KW_WATERMARKS, AST_LIKE_WATERMARKS}};
	Span open;
	if (!take_path(p, "a table's name", &table->like))
		return false;
	if (!take_peek_symbol(p, 0, '('))
		return true;
	take_open(p, &open);
	while (!take_peek_symbol(p, 0, ')')) {
		AstLikeOption *option = TAKE_NODE(p, AstLikeOption, AST_LIKE_OPTION);
		bool found = false;
		for (size_t i = 0; i < sizeof actions / sizeof actions[0] && !found; i++) {
			found = take_word_if(p, actions[i].kw);
			option->action = actions[i].action;
		}
		if (!found) {
			take_note_tried(p, "\")\"");
			return fail_tried(p, NULL);
		}
		found = false;
		for (size_t i = 0; i < sizeof whats / sizeof whats[0] && !found; i++) {
			found = take_word_if(p, whats[i].kw);
			option->what = whats[i].what;
		}
		if (!found)
			return fail_tried(p, NULL);
		take_push(p, &table->like_options, take_done(p, option));
	}
	return take_close(p, open);
}

/* clauses := { comment | distribution | "PARTITIONED" "BY" names | "WITH" options }, each once */
static bool table_clauses(Parse *p, AstCreateTable *table)
{
	for (;;) {
		if (table->comment == NULL && take_peek_word(p, 0, KW_COMMENT)) {
			if (!table_comment(p, &table->comment))
				return false;
		} else if (table->distribution == AST_DISTRIBUTION_NONE && take_word_if(p, KW_DISTRIBUTED)) {
			if (!table_distribution(p, table))
				return false;
		} else if (table->partitioned_by.len == 0 && take_word_if(p, KW_PARTITIONED)) {
			if (!take_word(p, KW_BY) || !take_names(p, "a column's name", &table->partitioned_by))
				return false;
		} else if (!table->with_options && take_word_if(p, KW_WITH)) {
			table->with_options = true;
			if (!parse_option_list(p, &table->options))
				return false;
		} else {
			return true;
		}
	}
}

/* A column without a type makes sense only where a query gives it. */
static bool check_types(Parse *p, const AstCreateTable *table)
{
	for (uint32_t i = 0; table->query == NULL && i < table->columns.len; i++) {
		const AstColumnDef *column = AST(AstColumnDef, table->columns.items[i]);
		if (column->type == NULL && column->form != AST_COLUMN_COMPUTED) {
			fail_at(p, column->node.span, "column \"%.*s\" has no type", STR_ARG(column->name.text));
			return err_hint(p->err, "Write a type behind the name, for example %.*s STRING.",
			                STR_ARG(column->name.text));
		}
	}
	return true;
}

/* table := "CREATE" ["OR" "REPLACE"] ["TEMPORARY"] "TABLE" ["IF" "NOT" "EXISTS"] path [items] clauses
 *          [like | "AS" query] */
AstNode *parse_table(Parse *p, uint32_t begin, bool or_replace, bool temporary)
{
	AstCreateTable *table = TAKE_NODE_AT(p, AstCreateTable, AST_CREATE_TABLE, begin);
	table->or_replace = or_replace;
	table->temporary = temporary;
	take_any(p);
	if (!take_if_not_exists(p, &table->if_not_exists) || !take_path(p, "a table's name", &table->path))
		return NULL;
	if (take_peek_symbol(p, 0, '(') && !table_items(p, table))
		return NULL;
	if (!table_clauses(p, table))
		return NULL;
	if (take_word_if(p, KW_LIKE)) {
		if (!table_like(p, table))
			return NULL;
	} else if (take_word_if(p, KW_AS)) {
		table->query = parse_query(p);
		if (table->query == NULL)
			return NULL;
	}
	bool empty = table->columns.len == 0 && table->query == NULL && table->like.len == 0;
	if (empty && take_at_end(p)) {
		take_note_tried(p, "\"(\"");
		fail_tried(p, NULL);
		return NULL;
	}
	return check_types(p, table) ? take_done(p, table) : NULL;
}
