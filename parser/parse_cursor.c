/*
 * parser/parse_cursor.c: cursors and prepared statements, as drivers of PostgreSQL send them.
 */
#include "parser/take.h"

/* declare := "DECLARE" name {"BINARY" | "INSENSITIVE" | ["NO"] "SCROLL"} "CURSOR" [("WITH" | "WITHOUT") "HOLD"] "FOR"
 *            (query | subscribe) */
AstNode *parse_cursor_declare(Parse *p)
{
	AstDeclare *out = TAKE_NODE(p, AstDeclare, AST_DECLARE);
	take_any(p);
	if (!take_name(p, "a cursor's name", &out->name))
		return NULL;
	for (;;) {
		if (take_word_if(p, KW_BINARY))
			out->binary = true;
		else if (!take_word_if(p, KW_INSENSITIVE) && !take_words_if(p, KW_NO, KW_SCROLL) && !take_word_if(p, KW_SCROLL))
			break;
	}
	if (!take_word_if(p, KW_CURSOR)) {
		fail_tried(p, NULL);
		return NULL;
	}
	if (take_words_if(p, KW_WITH, KW_HOLD))
		out->with_hold = true;
	else
		take_words_if(p, KW_WITHOUT, KW_HOLD);
	if (!take_word(p, KW_FOR))
		return NULL;
	out->source = take_peek_word(p, 0, KW_SUBSCRIBE) ? parse_control_subscribe(p) : parse_query(p);
	return out->source == NULL ? NULL : take_done(p, out);
}

/* count := ["+" | "-"] number */
static bool fetch_count(Parse *p, int64_t *out)
{
	bool negative = take_peek_symbol(p, 0, '-');
	if (negative || take_peek_symbol(p, 0, '+'))
		take_any(p);
	const Token token = *take_peek(p, 0);
	if (token.kind != TOKEN_NUMBER)
		return fail_expected(p, "a number of rows");
	if (!str_to_i64(lexer_text(p->text, &token), out))
		return fail_at(p, token.span, "expected a whole number of rows");
	take_any(p);
	if (negative)
		*out = -*out;
	return true;
}

static bool at_count(Parse *p)
{
	return take_peek(p, 0)->kind == TOKEN_NUMBER || take_peek_symbol(p, 0, '-') || take_peek_symbol(p, 0, '+');
}

/* direction := ["NEXT" | "PRIOR" | "FIRST" | "LAST" | ("ABSOLUTE" | "RELATIVE") count | ["FORWARD"] (count | "ALL")
 *              | "FORWARD" | "BACKWARD" [count | "ALL"]] */
static bool fetch_direction(Parse *p, AstFetch *out)
{
	static const struct {
		Keyword kw;
		AstFetchDirection direction;
	} words[] = {{KW_NEXT, AST_FETCH_NEXT},       {KW_PRIOR, AST_FETCH_PRIOR},       {KW_FIRST, AST_FETCH_FIRST},
	             {KW_LAST, AST_FETCH_LAST},       {KW_ABSOLUTE, AST_FETCH_ABSOLUTE}, {KW_RELATIVE, AST_FETCH_RELATIVE},
	             {KW_FORWARD, AST_FETCH_FORWARD}, {KW_BACKWARD, AST_FETCH_BACKWARD}};
	out->direction = AST_FETCH_NEXT;
	out->count = 1;
	const TokenKind next = take_peek(p, 1)->kind;
	bool last = next == TOKEN_END || take_peek_symbol(p, 1, ';'); /* then the word is the cursor's name */
	bool worded = false;
	for (size_t i = 0; i < sizeof words / sizeof words[0] && !last && !worded; i++) {
		worded = take_word_if(p, words[i].kw);
		if (worded)
			out->direction = words[i].direction;
	}
	bool counted = out->direction == AST_FETCH_ABSOLUTE || out->direction == AST_FETCH_RELATIVE;
	if (counted)
		return fetch_count(p, &out->count);
	bool backward = out->direction == AST_FETCH_BACKWARD;
	if (worded && !backward && out->direction != AST_FETCH_FORWARD)
		return true;
	if (take_word_if(p, KW_ALL)) {
		out->direction = backward ? AST_FETCH_BACKWARD_ALL : AST_FETCH_FORWARD_ALL;
		return true;
	}
	if (at_count(p)) {
		out->direction = backward ? AST_FETCH_BACKWARD : AST_FETCH_FORWARD;
		return fetch_count(p, &out->count);
	}
	return true;
}

/* fetch := ("FETCH" | "MOVE") direction ["FROM" | "IN"] name */
AstNode *parse_cursor_fetch(Parse *p)
{
	AstFetch *out = TAKE_NODE(p, AstFetch, AST_FETCH);
	out->move = take_peek_word(p, 0, KW_MOVE);
	take_any(p);
	if (!fetch_direction(p, out))
		return NULL;
	if (!take_word_if(p, KW_FROM))
		take_word_if(p, KW_IN);
	return take_name(p, "a cursor's name", &out->cursor) ? take_done(p, out) : NULL;
}

static AstNode *name_or_all(Parse *p, AstKind kind, uint32_t begin, const char *what)
{
	AstNamed *out = TAKE_NODE_AT(p, AstNamed, kind, begin);
	AstName name;
	if (take_word_if(p, KW_ALL))
		return take_done(p, out);
	if (!take_name(p, what, &name))
		return NULL;
	ARENA_PUSH(p->arena, &out->path, name);
	return take_done(p, out);
}

/* close := "CLOSE" ("ALL" | name) */
AstNode *parse_cursor_close(Parse *p)
{
	uint32_t begin = take_begin(p);
	take_any(p);
	return name_or_all(p, AST_CLOSE, begin, "a cursor's name");
}

/* deallocate := "DEALLOCATE" ["PREPARE"] ("ALL" | name) */
AstNode *parse_cursor_deallocate(Parse *p)
{
	uint32_t begin = take_begin(p);
	take_any(p);
	if (take_peek_word(p, 0, KW_PREPARE) && (take_peek_name(p, 1) || take_peek_word(p, 1, KW_ALL)))
		take_any(p);
	return name_or_all(p, AST_DEALLOCATE, begin, "a prepared statement's name");
}

/* prepare := "PREPARE" name ["(" type {"," type} ")"] "AS" statement */
AstNode *parse_cursor_prepare(Parse *p)
{
	AstPrepare *out = TAKE_NODE(p, AstPrepare, AST_PREPARE);
	Span open;
	take_any(p);
	if (!take_name(p, "a name for the statement", &out->name))
		return NULL;
	if (take_peek_symbol(p, 0, '(')) {
		take_open(p, &open);
		do {
			AstType *type = parse_type(p);
			if (type == NULL)
				return NULL;
			take_push(p, &out->types, type);
		} while (take_symbol_if(p, ','));
		if (!take_close(p, open))
			return NULL;
	}
	if (!take_word(p, KW_AS))
		return NULL;
	if (take_peek_word(p, 0, KW_PREPARE)) {
		fail_expected(p, "a statement to prepare");
		return NULL;
	}
	out->statement = parse_statement(p);
	return out->statement == NULL ? NULL : take_done(p, out);
}

/* execute := "EXECUTE" name ["(" e {"," e} ")"] */
AstNode *parse_cursor_execute(Parse *p)
{
	AstPrepare *out = TAKE_NODE(p, AstPrepare, AST_EXECUTE);
	Span open;
	take_any(p);
	if (!take_name(p, "STATEMENT SET, INSERT or a prepared statement's name", &out->name))
		return NULL;
	if (take_peek_symbol(p, 0, '(')) {
		take_open(p, &open);
		if (!parse_expr_list(p, &out->args) || !take_close(p, open))
			return NULL;
	}
	return take_done(p, out);
}
