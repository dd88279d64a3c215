/*
 * parser/parse_statement.c: which function reads a statement, by its first word.
 */
#include "parser/depth.h"
#include "parser/take.h"

static AstNode *statement_query(Parse *p)
{
	AstStmtQuery *out = TAKE_NODE(p, AstStmtQuery, AST_STMT_QUERY);
	out->query = parse_query(p);
	return out->query == NULL ? NULL : take_done(p, out);
}

static const struct {
	Keyword kw;
	AstNode *(*parse)(Parse *p);
} statements[] = {
    {KW_SELECT, statement_query},
    {KW_WITH, statement_query},
    {KW_VALUES, statement_query},
    {KW_TABLE, statement_query},
    {KW_CREATE, parse_create},
    {KW_DROP, parse_drop},
    {KW_ALTER, parse_alter},
    {KW_INSERT, parse_dml_insert},
    {KW_UPDATE, parse_dml_update},
    {KW_DELETE, parse_dml_delete},
    {KW_TRUNCATE, parse_dml_truncate},
    {KW_EXECUTE, parse_dml_execute},
    {KW_SET, parse_session_set},
    {KW_RESET, parse_session_reset},
    {KW_USE, parse_session_use},
    {KW_HELP, parse_session_help},
    {KW_QUIT, parse_session_client},
    {KW_EXIT, parse_session_client},
    {KW_CLEAR, parse_session_client},
    {KW_SOURCE, parse_session_client},
    {KW_DISCARD, parse_session_discard},
    {KW_BEGIN, parse_transaction},
    {KW_START, parse_transaction},
    {KW_COMMIT, parse_transaction},
    {KW_END, parse_transaction},
    {KW_ROLLBACK, parse_transaction},
    {KW_ABORT, parse_transaction},
    {KW_SAVEPOINT, parse_transaction},
    {KW_RELEASE, parse_transaction},
    {KW_DECLARE, parse_cursor_declare},
    {KW_FETCH, parse_cursor_fetch},
    {KW_MOVE, parse_cursor_fetch},
    {KW_CLOSE, parse_cursor_close},
    {KW_PREPARE, parse_cursor_prepare},
    {KW_DEALLOCATE, parse_cursor_deallocate},
    {KW_SHOW, parse_show},
    {KW_DESCRIBE, parse_show_describe},
    {KW_DESC, parse_show_describe},
    {KW_EXPLAIN, parse_show_explain},
    {KW_PAUSE, parse_control},
    {KW_RESUME, parse_control},
    {KW_CANCEL, parse_control},
    {KW_WHY, parse_control_why},
    {KW_REPLAY, parse_control_replay},
    {KW_FLUSH, parse_control_flush},
    {KW_BACKUP, parse_control_backup},
    {KW_SUBSCRIBE, parse_control_subscribe},
    {KW_COPY, parse_control_copy},
    {KW_PUSH, parse_test_push},
    {KW_ADVANCE, parse_test_advance},
    {KW_IDLE, parse_test_idle},
    {KW_STEP, parse_test_action},
    {KW_CHECKPOINT, parse_test_action},
    {KW_CRASH, parse_test_action},
    {KW_FINISH, parse_test_action},
    {KW_EXPECT, parse_test_expect},
};

/* Statements of Flink's that weir never runs, by their first two words. */
static const struct {
	Keyword first;
	Keyword second;
	const char *what;
	const char *hint;
} unsupported[] = {
    {KW_COMPILE, KW_PLAN, "COMPILE PLAN", "Plans are made when a statement starts."},
    {KW_LOAD, KW_MODULE, "LOAD MODULE", ""},
    {KW_UNLOAD, KW_MODULE, "UNLOAD MODULE", ""},
    {KW_ADD, KW_JAR, "ADD JAR", "Connectors are built in: the statement can be left out."},
    {KW_REMOVE, KW_JAR, "REMOVE JAR", "Connectors are built in: the statement can be left out."},
    {KW_STOP, KW_JOB, "STOP JOB", "Write CANCEL QUERY name."},
    {KW_ANALYZE, KW_TABLE, "ANALYZE TABLE", "Plans need no statistics: the statement can be left out."},
    {KW_CALL, KW_NONE, "CALL", ""},
};

/* Takes the rest of the statement, whatever it is. Statement sets within hold `;`. */
AstNode *parse_statement_unsupported(Parse *p, uint32_t begin, const char *what, const char *hint)
{
	AstUnsupported *out = TAKE_NODE_AT(p, AstUnsupported, AST_UNSUPPORTED, begin);
	uint32_t next = 0;
	bool closed = parser_statement_end(p->text, begin, &next, NULL);
	while (take_peek(p, 0)->kind != TOKEN_END) {
		bool semicolon = take_peek_symbol(p, 0, ';');
		if (semicolon && closed && take_peek(p, 0)->span.end == next)
			break;
		if (take_peek(p, 0)->kind == TOKEN_BAD) {
			fail_expected(p, "a statement");
			return NULL;
		}
		take_any(p);
	}
	out->what = str_from(what);
	out->hint = str_from(hint);
	out->text = str_make(p->text.ptr + begin, take_end(p) - begin);
	return take_done(p, out);
}

/* Statements of other systems, and what does the same here. */
static const struct {
	const char *word;
	const char *cure;
} foreign[] = {
    {"MERGE",
     "UPDATE the rows that are there and INSERT the others; INSERT INTO a sink with a PRIMARY KEY replaces by key."},
    {"UPSERT", "UPDATE the row, or INSERT it; INSERT INTO a sink with a PRIMARY KEY replaces the row of its key."},
    {"REPLACE", "UPDATE the row, or INSERT it; INSERT INTO a sink with a PRIMARY KEY replaces the row of its key."},
};

static AstNode *statement_failed(Parse *p)
{
	const Token token = *take_peek(p, 0);
	if (token.kind == TOKEN_WORD) {
		Str word = lexer_text(p->text, &token);
		for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
			if (str_eq_nocase(word, str_from(foreign[i].word))) {
				fail_expected_hint(p, "a statement", "%s", foreign[i].cure);
				return NULL;
			}
		}
		const char *best = NULL;
		unsigned nearest = word.len <= 3 ? 2 : word.len <= 6 ? 3 : 4;
		for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
			const char *known = keywords_text(statements[i].kw);
			unsigned distance = str_distance(word, str_from(known), nearest);
			if (distance < nearest) {
				nearest = distance;
				best = known;
			}
		}
		if (best != NULL)
			fail_expected_hint(p, "a statement", "Did you mean %s?", best);
		else
			fail_expected_hint(p, "a statement", "HELP lists the statements.");
		return NULL;
	}
	fail_expected(p, "a statement");
	return NULL;
}

/* statement := query | one of the statements above */
AstNode *parse_statement(Parse *p)
{
	const Token token = *take_peek(p, 0);
	uint32_t begin = token.span.begin;
	if (token.kind == TOKEN_SYMBOL && token.symbol == '(')
		return statement_query(p);
	if (token.kind != TOKEN_WORD || token.keyword == KW_NONE)
		return statement_failed(p);
	for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
		if (statements[i].kw == token.keyword) {
			AstNode *out = depth_enter(p) ? statements[i].parse(p) : NULL;
			depth_leave(p);
			return out;
		}
	}
	for (size_t i = 0; i < sizeof unsupported / sizeof unsupported[0]; i++) {
		bool two = unsupported[i].second == KW_NONE || take_peek_word(p, 1, unsupported[i].second);
		if (unsupported[i].first == token.keyword && two)
			return parse_statement_unsupported(p, begin, unsupported[i].what, unsupported[i].hint);
	}
	return statement_failed(p);
}
