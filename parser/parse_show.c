/*
 * parser/parse_show.c: SHOW, DESCRIBE, EXPLAIN.
 */
#include "parser/take.h"

/* like := [["NOT"] ("LIKE" | "ILIKE") string] */
static bool show_like(Parse *p, AstShow *show)
{
	if (take_peek_word(p, 0, KW_NOT)) {
		take_any(p);
		show->like_negated = true;
	}
	show->ilike = take_word_if(p, KW_ILIKE);
	if (!show->ilike && !take_word_if(p, KW_LIKE))
		return !show->like_negated || fail_tried(p, NULL);
	show->like = parse_literal_string(p, "a pattern, a string");
	return show->like != NULL;
}

/* in := ["FROM" path | "IN" path] */
static bool show_in(Parse *p, AstShow *show)
{
	if (!take_word_if(p, KW_FROM) && !take_word_if(p, KW_IN))
		return true;
	return take_path(p, "a name", &show->in);
}

/* create := "CREATE" ("TABLE" | "VIEW" | "MATERIALIZED" "VIEW" | "FUNCTION" | "QUERY" | "INDEX" | "CATALOG"
 *           | "DATABASE") path */
static AstNode *show_create(Parse *p, AstShow *show)
{
	static const struct {
		Keyword kw;
		AstObjectKind object;
	} objects[] = {{KW_TABLE, AST_OBJECT_TABLE},      {KW_VIEW, AST_OBJECT_VIEW},   {KW_FUNCTION, AST_OBJECT_FUNCTION},
	               {KW_QUERY, AST_OBJECT_QUERY},      {KW_INDEX, AST_OBJECT_INDEX}, {KW_CATALOG, AST_OBJECT_CATALOG},
	               {KW_DATABASE, AST_OBJECT_DATABASE}};
	bool found = take_words_if(p, KW_MATERIALIZED, KW_VIEW);
	show->what = AST_SHOW_CREATE;
	show->object = AST_OBJECT_MATERIALIZED_VIEW;
	for (size_t i = 0; i < sizeof objects / sizeof objects[0] && !found; i++) {
		found = take_word_if(p, objects[i].kw);
		show->object = objects[i].object;
	}
	if (!found) {
		fail_tried(p, NULL);
		return NULL;
	}
	return take_path(p, "a name", &show->in) ? take_done(p, show) : NULL;
}

typedef enum ShowTail {
	SHOW_ALONE,
	SHOW_FILTER, /* [FROM path] [LIKE 'p'] */
	SHOW_OF,     /* FROM path, required; [LIKE 'p'] */
	SHOW_PATH,   /* path */
} ShowTail;

static const struct {
	Keyword first;
	Keyword second; /* KW_NONE: one word */
	AstShowWhat what;
	ShowTail tail;
} show_table[] = {
    {KW_TABLES, KW_NONE, AST_SHOW_TABLES, SHOW_FILTER},
    {KW_VIEWS, KW_NONE, AST_SHOW_VIEWS, SHOW_FILTER},
    {KW_MATERIALIZED, KW_VIEWS, AST_SHOW_MATERIALIZED_VIEWS, SHOW_FILTER},
    {KW_QUERIES, KW_NONE, AST_SHOW_QUERIES, SHOW_FILTER},
    {KW_FUNCTIONS, KW_NONE, AST_SHOW_FUNCTIONS, SHOW_FILTER},
    {KW_USER, KW_FUNCTIONS, AST_SHOW_USER_FUNCTIONS, SHOW_FILTER},
    {KW_INDEXES, KW_NONE, AST_SHOW_INDEXES, SHOW_FILTER},
    {KW_SETTINGS, KW_NONE, AST_SHOW_SETTINGS, SHOW_FILTER},
    {KW_CATALOGS, KW_NONE, AST_SHOW_CATALOGS, SHOW_FILTER},
    {KW_DATABASES, KW_NONE, AST_SHOW_DATABASES, SHOW_FILTER},
    {KW_SCHEMAS, KW_NONE, AST_SHOW_DATABASES, SHOW_FILTER},
    {KW_CURRENT, KW_CATALOG, AST_SHOW_CURRENT_CATALOG, SHOW_ALONE},
    {KW_CURRENT, KW_DATABASE, AST_SHOW_CURRENT_DATABASE, SHOW_ALONE},
    {KW_COLUMNS, KW_NONE, AST_SHOW_COLUMNS, SHOW_OF},
    {KW_PARTITIONS, KW_NONE, AST_SHOW_PARTITIONS, SHOW_PATH},
    {KW_JOBS, KW_NONE, AST_SHOW_JOBS, SHOW_ALONE},
    {KW_MODULES, KW_NONE, AST_SHOW_MODULES, SHOW_ALONE},
    {KW_FULL, KW_MODULES, AST_SHOW_MODULES, SHOW_ALONE},
    {KW_JARS, KW_NONE, AST_SHOW_JARS, SHOW_ALONE},
    {KW_ALL, KW_NONE, AST_SHOW_ALL, SHOW_ALONE},
};

/* setting := word {"." word} | "TIME" "ZONE" | "TRANSACTION" "ISOLATION" "LEVEL" | string */
static AstNode *show_setting(Parse *p, AstShow *show)
{
	show->what = AST_SHOW_SETTING;
	if (take_words_if(p, KW_TIME, KW_ZONE)) {
		show->setting = STR("timezone");
		return take_done(p, show);
	}
	if (take_words3_if(p, KW_TRANSACTION, KW_ISOLATION, KW_LEVEL)) {
		show->setting = STR("transaction_isolation");
		return take_done(p, show);
	}
	if (take_peek(p, 0)->kind == TOKEN_STRING) {
		AstLiteral *name = parse_literal_string(p, "a setting's name");
		if (name == NULL)
			return NULL;
		show->setting = name->value;
		return take_done(p, show);
	}
	/* A near miss of what can be shown is no setting. */
	const Token token = *take_peek(p, 0);
	if (token.kind != TOKEN_WORD && token.kind != TOKEN_NAME) {
		fail_expected(p, "what to show");
		return NULL;
	}
	Str word = lexer_text(p->text, &token);
	for (size_t i = 0; i < sizeof show_table / sizeof show_table[0]; i++) {
		Str known = str_from(keywords_text(show_table[i].first));
		if (known.len > 3 && str_distance(word, known, 3) <= 2) {
			fail_expected_hint(p, "what to show", "Did you mean SHOW %.*s?", STR_ARG(known));
			return NULL;
		}
	}
	AstNames path = {0};
	if (!take_path(p, "what to show", &path))
		return NULL;
	StrBuf name;
	strbuf_init(&name);
	for (uint32_t i = 0; i < path.len; i++) {
		if (i > 0)
			strbuf_putc(&name, '.');
		strbuf_put_str(&name, path.items[i].text);
	}
	show->setting = arena_str(p->arena, strbuf_str(&name));
	strbuf_deinit(&name);
	return take_done(p, show);
}

/* Shown by Flink only. */
static const char *show_unsupported(Parse *p)
{
	if (take_peek_word(p, 0, KW_MODELS))
		return "SHOW MODELS";
	if (take_peek_word(p, 0, KW_PROCEDURES))
		return "SHOW PROCEDURES";
	if (take_peek_word(p, 0, KW_MATERIALIZED) && take_peek_word(p, 1, KW_TABLES))
		return "SHOW MATERIALIZED TABLES";
	if (take_peek_word(p, 0, KW_CREATE) &&
	    (take_peek_word(p, 1, KW_MODEL) || (take_peek_word(p, 1, KW_MATERIALIZED) && take_peek_word(p, 2, KW_TABLE))))
		return take_peek_word(p, 1, KW_MODEL) ? "SHOW CREATE MODEL" : "SHOW CREATE MATERIALIZED TABLE";
	return NULL;
}

/* show := "SHOW" (create | what [in] [like] | setting) */
AstNode *parse_show(Parse *p)
{
	AstShow *show = TAKE_NODE(p, AstShow, AST_SHOW);
	uint32_t begin = take_begin(p);
	take_any(p);
	const char *unsupported = show_unsupported(p);
	if (unsupported != NULL)
		return parse_statement_unsupported(p, begin, unsupported, "");
	if (take_peek_word(p, 0, KW_CREATE)) {
		take_any(p);
		return show_create(p, show);
	}
	for (size_t i = 0; i < sizeof show_table / sizeof show_table[0]; i++) {
		bool two = show_table[i].second != KW_NONE;
		if (two ? !take_words_if(p, show_table[i].first, show_table[i].second) : !take_word_if(p, show_table[i].first))
			continue;
		show->what = show_table[i].what;
		bool ok = true;
		switch (show_table[i].tail) {
		case SHOW_ALONE: break;
		case SHOW_OF:
			if (!take_peek_word(p, 0, KW_FROM) && !take_peek_word(p, 0, KW_IN)) {
				fail_expected(p, "FROM");
				return NULL;
			}
			ok = show_in(p, show) && show_like(p, show);
			break;
		case SHOW_FILTER: ok = show_in(p, show) && show_like(p, show); break;
		case SHOW_PATH: ok = take_path(p, "a table's name", &show->in); break;
		}
		return ok ? take_done(p, show) : NULL;
	}
	return show_setting(p, show);
}

/* describe := ("DESCRIBE" | "DESC") ["EXTENDED"] ["TABLE" | "CATALOG" | "DATABASE" | "FUNCTION" | "QUERY"] ["EXTENDED"]
 *             path */
AstNode *parse_show_describe(Parse *p)
{
	static const struct {
		Keyword kw;
		AstObjectKind object;
	} objects[] = {{KW_TABLE, AST_OBJECT_TABLE},
	               {KW_CATALOG, AST_OBJECT_CATALOG},
	               {KW_DATABASE, AST_OBJECT_DATABASE},
	               {KW_FUNCTION, AST_OBJECT_FUNCTION},
	               {KW_QUERY, AST_OBJECT_QUERY}};
	AstDescribe *out = TAKE_NODE(p, AstDescribe, AST_DESCRIBE);
	uint32_t begin = take_begin(p);
	take_any(p);
	if (take_peek_word(p, 0, KW_JOB) && take_peek(p, 1)->kind == TOKEN_STRING)
		return parse_statement_unsupported(p, begin, "DESCRIBE JOB", "SHOW QUERIES lists what runs.");
	if (take_peek_word(p, 0, KW_MODEL) && take_peek_name(p, 1))
		return parse_statement_unsupported(p, begin, "DESCRIBE MODEL", "");
	if (take_peek_word(p, 0, KW_EXTENDED) && (take_peek_name(p, 1) || take_peek_word(p, 1, KW_TABLE))) {
		take_any(p);
		out->extended = true;
	}
	for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
		if (take_peek_word(p, 0, objects[i].kw) && take_peek_name(p, 1)) {
			take_any(p);
			out->object = objects[i].object;
			break;
		}
	}
	if (!out->extended && take_peek_word(p, 0, KW_EXTENDED) && take_peek_name(p, 1)) {
		take_any(p);
		out->extended = true;
	}
	return take_path(p, "a name", &out->path) ? take_done(p, out) : NULL;
}

/* details := "PLAN" "FOR" | detail {"," detail} | "ANALYZE" | "VERBOSE" | "(" word {"," word} ")" */
static bool explain_details(Parse *p, AstExplain *out)
{
	static const struct {
		Keyword kw;
		uint32_t detail;
	} details[] = {{KW_ESTIMATED_COST, AST_EXPLAIN_ESTIMATED_COST},
	               {KW_CHANGELOG_MODE, AST_EXPLAIN_CHANGELOG_MODE},
	               {KW_PLAN_ADVICE, AST_EXPLAIN_PLAN_ADVICE},
	               {KW_JSON_EXECUTION_PLAN, AST_EXPLAIN_JSON_PLAN},
	               {KW_VERBOSE, AST_EXPLAIN_VERBOSE}};
	if (take_words_if(p, KW_PLAN, KW_FOR))
		return true;
	Span open = take_peek(p, 0)->span;
	bool parens = take_peek_symbol(p, 0, '(') && !parse_query_begins(p);
	if (parens)
		take_any(p);
	for (bool comma = false;;) {
		bool found = false;
		if (take_word_if(p, KW_ANALYZE) || take_word_if(p, KW_ANALYSE)) {
			out->analyze = true;
			found = true;
		}
		for (size_t i = 0; i < sizeof details / sizeof details[0] && !found; i++) {
			if (take_word_if(p, details[i].kw)) {
				out->details |= details[i].detail;
				found = true;
			}
		}
		if (!found && (comma || parens))
			return fail_tried(p, NULL);
		comma = found && take_peek_symbol(p, 0, ',');
		if (comma)
			take_any(p);
		else if (parens || !found)
			break;
	}
	return !parens || take_close(p, open);
}

/* explain := "EXPLAIN" [details] (query | insert | set | create | path) */
AstNode *parse_show_explain(Parse *p)
{
	AstExplain *out = TAKE_NODE(p, AstExplain, AST_EXPLAIN);
	take_any(p);
	if (!explain_details(p, out))
		return NULL;
	if (parse_query_begins(p)) {
		AstStmtQuery *target = TAKE_NODE(p, AstStmtQuery, AST_STMT_QUERY);
		target->query = parse_query(p);
		out->target = target->query == NULL ? NULL : take_done(p, target);
	} else if (take_peek_word(p, 0, KW_INSERT) && !take_peek_symbol(p, 1, ';')) {
		out->target = parse_dml_insert(p);
	} else if (take_peek_word(p, 0, KW_STATEMENT) && take_peek_word(p, 1, KW_SET)) {
		out->target = parse_dml_statement_set(p, take_begin(p));
	} else if (take_peek_word(p, 0, KW_EXECUTE) && take_peek_word(p, 1, KW_STATEMENT)) {
		out->target = parse_dml_execute(p);
	} else if (take_peek_word(p, 0, KW_CREATE) && take_peek(p, 1)->kind == TOKEN_WORD) {
		out->target = parse_create(p);
	} else {
		if (take_peek_word(p, 0, KW_QUERY) && take_peek_name(p, 1))
			take_any(p);
		if (!take_path(p, "a query, a statement or the name of a running query", &out->path))
			return NULL;
		if (!take_at_end(p)) {
			fail_expected_hint(p, "the end of the statement",
			                   "EXPLAIN takes a query, INSERT, STATEMENT SET, CREATE, or the name of a running query.");
			return NULL;
		}
		return take_done(p, out);
	}
	return out->target == NULL ? NULL : take_done(p, out);
}
