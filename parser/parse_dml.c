/*
 * parser/parse_dml.c: INSERT, STATEMENT SET, UPDATE, DELETE, TRUNCATE.
 */
#include "parser/take.h"

/* partition := ["PARTITION" "(" name ["=" literal] {"," name ["=" literal]} ")"] */
static bool insert_partition(Parse *p, AstInsert *insert)
{
	Span open;
	if (!take_word_if(p, KW_PARTITION))
		return true;
	if (!take_open(p, &open))
		return false;
	do {
		AstOption *item = parse_option_partition_item(p);
		if (item == NULL)
			return false;
		take_push(p, &insert->partition, item);
	} while (take_symbol_if(p, ','));
	return take_close(p, open);
}

/* PostgreSQL's, which drivers and their mappers write. */
static bool refuse_returning(Parse *p)
{
	if (!take_peek_word(p, 0, KW_RETURNING))
		return true;
	err_set_at(p->err, ERR_NOT_SUPPORTED, take_peek(p, 0)->span, "RETURNING is not supported");
	return err_hint(p->err, "SELECT the rows afterwards: the next statement sees what this one has changed.");
}

static bool refuse_conflict(Parse *p, const char *what)
{
	err_set_at(p->err, ERR_NOT_SUPPORTED, take_peek(p, 0)->span, "ON CONFLICT %s is not supported", what);
	return err_hint(p->err, "UPDATE the row first, and INSERT it when UPDATE 0 tells that there is none.");
}

/* conflict := ["ON" "CONFLICT" "DO" ("NOTHING" | "ERROR" | "DEDUPLICATE")] */
static bool insert_conflict(Parse *p, AstInsert *insert)
{
	if (!take_peek_word(p, 0, KW_ON) || !take_peek_word(p, 1, KW_CONFLICT))
		return refuse_returning(p);
	if (!take_words(p, KW_ON, KW_CONFLICT))
		return false;
	if (take_peek_symbol(p, 0, '(') || take_peek_word(p, 0, KW_ON))
		return refuse_conflict(p, "with columns");
	if (!take_word(p, KW_DO))
		return false;
	if (take_peek_word(p, 0, KW_UPDATE))
		return refuse_conflict(p, "DO UPDATE");
	if (take_word_if(p, KW_NOTHING))
		insert->on_conflict = AST_CONFLICT_NOTHING;
	else if (take_word_if(p, KW_ERROR))
		insert->on_conflict = AST_CONFLICT_ERROR;
	else if (take_word_if(p, KW_DEDUPLICATE))
		insert->on_conflict = AST_CONFLICT_DEDUPLICATE;
	else
		return fail_tried(p, NULL);
	return true;
}

/* insert := ["EXECUTE"] "INSERT" ("INTO" | "OVERWRITE") path [hints] partition ["(" name {"," name} ")"] query conflict
 */
AstNode *parse_dml_insert(Parse *p)
{
	AstInsert *insert = TAKE_NODE(p, AstInsert, AST_INSERT);
	take_any(p);
	insert->overwrite = take_word_if(p, KW_OVERWRITE);
	if (!insert->overwrite && !take_word(p, KW_INTO))
		return NULL;
	if (!take_path(p, "a table's name", &insert->path) || !parse_option_hints(p, &insert->hints) ||
	    !insert_partition(p, insert))
		return NULL;
	if (take_peek_symbol(p, 0, '(') && !parse_query_begins(p) && !take_names(p, "a column's name", &insert->columns))
		return NULL;
	insert->query = parse_query(p);
	return insert->query == NULL || !insert_conflict(p, insert) ? NULL : take_done(p, insert);
}

/* body := { insert ";" } "END" */
static AstNode *set_body(Parse *p, AstStatementSet *set)
{
	while (!take_peek_word(p, 0, KW_END)) {
		if (!take_peek_word(p, 0, KW_INSERT)) {
			take_note_tried(p, "INSERT");
			take_note_tried(p, "END");
			fail_tried(p, NULL);
			return NULL;
		}
		AstNode *insert = parse_dml_insert(p);
		if (insert == NULL)
			return NULL;
		take_push(p, &set->inserts, insert);
		if (!take_peek_symbol(p, 0, ';')) {
			take_note_tried(p, "\";\"");
			fail_tried(p, NULL);
			return NULL;
		}
		take_any(p);
	}
	if (set->inserts.len == 0) {
		fail_at(p, take_peek(p, 0)->span, "a statement set needs at least one INSERT");
		return NULL;
	}
	take_any(p);
	return take_done(p, set);
}

/* set := ["EXECUTE"] "STATEMENT" "SET" "BEGIN" body */
AstNode *parse_dml_statement_set(Parse *p, uint32_t begin)
{
	AstStatementSet *set = TAKE_NODE_AT(p, AstStatementSet, AST_STATEMENT_SET, begin);
	return !take_words(p, KW_STATEMENT, KW_SET) || !take_word(p, KW_BEGIN) ? NULL : set_body(p, set);
}

/* old-set := "BEGIN" "STATEMENT" "SET" ";" body */
AstNode *parse_dml_begin_statement_set(Parse *p)
{
	AstStatementSet *set = TAKE_NODE(p, AstStatementSet, AST_STATEMENT_SET);
	set->old_form = true;
	take_any(p);
	return !take_words(p, KW_STATEMENT, KW_SET) || !take_symbol(p, ';') ? NULL : set_body(p, set);
}

/* execute := "EXECUTE" (insert | set | "PLAN" string | name ["(" e {"," e} ")"]) */
AstNode *parse_dml_execute(Parse *p)
{
	uint32_t begin = take_begin(p);
	if (take_peek_word(p, 1, KW_STATEMENT) && take_peek_word(p, 2, KW_SET)) {
		take_any(p);
		return parse_dml_statement_set(p, begin);
	}
	if (take_peek_word(p, 1, KW_INSERT)) {
		take_any(p);
		AstNode *insert = parse_dml_insert(p);
		if (insert != NULL)
			insert->span.begin = begin;
		return insert;
	}
	if (take_peek_word(p, 1, KW_PLAN) && take_peek(p, 2)->kind == TOKEN_STRING)
		return parse_statement_unsupported(p, begin, "EXECUTE PLAN", "Run the statement itself.");
	return parse_cursor_execute(p);
}

/* target := path [["AS"] name] */
static bool dml_target(Parse *p, AstNames *path, AstName *alias)
{
	if (!take_path(p, "a table's name", path))
		return false;
	if (take_word_if(p, KW_AS))
		return take_name(p, "an alias", alias);
	take_alias_if(p, alias);
	return true;
}

/* where := ["WHERE" e] */
static bool dml_where(Parse *p, AstNode **out)
{
	if (!take_word_if(p, KW_WHERE))
		return true;
	*out = parse_expr(p);
	return *out != NULL;
}

/* update := "UPDATE" target "SET" name "=" e {"," name "=" e} where */
AstNode *parse_dml_update(Parse *p)
{
	AstUpdate *update = TAKE_NODE(p, AstUpdate, AST_UPDATE);
	take_any(p);
	if (!dml_target(p, &update->path, &update->alias) || !take_word(p, KW_SET))
		return NULL;
	do {
		AstAssignment *set = TAKE_NODE(p, AstAssignment, AST_ASSIGNMENT);
		if (!take_name(p, "a column's name", &set->column) || !take_symbol(p, '='))
			return NULL;
		set->value = parse_expr(p);
		if (set->value == NULL)
			return NULL;
		take_push(p, &update->assignments, take_done(p, set));
	} while (take_symbol_if(p, ','));
	return dml_where(p, &update->where) && refuse_returning(p) ? take_done(p, update) : NULL;
}

/* delete := "DELETE" "FROM" target where */
AstNode *parse_dml_delete(Parse *p)
{
	AstDelete *out = TAKE_NODE(p, AstDelete, AST_DELETE);
	take_any(p);
	if (!take_word(p, KW_FROM) || !dml_target(p, &out->path, &out->alias) || !dml_where(p, &out->where) ||
	    !refuse_returning(p))
		return NULL;
	return take_done(p, out);
}

/* truncate := "TRUNCATE" ["TABLE"] path */
AstNode *parse_dml_truncate(Parse *p)
{
	AstNamed *out = TAKE_NODE(p, AstNamed, AST_TRUNCATE);
	take_any(p);
	take_word_if(p, KW_TABLE);
	return take_path(p, "a table's name", &out->path) ? take_done(p, out) : NULL;
}
