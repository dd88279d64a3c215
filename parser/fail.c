/*
 * parser/fail.c: how a parse fails.
 *
 * One place makes the sentences, so that they all read alike, and guesses the cure from what stands around the token:
 * a word that is nearly one of those expected, a comma too many, a string in double quotes.
 */
#include "parser/fail.h"

#include "parser/take.h"

/* How much of a token a message shows. */
#define FAIL_SHOWN_MAX 40
/* How many of the expected words a message lists. */
#define FAIL_LISTED_MAX 8

Str fail_token_text(Parse *p, const Token *token)
{
	if (token->kind == TOKEN_END)
		return STR("the end of the text");
	Str text = lexer_text(p->text, token);
	const char *more = "";
	if (text.len > FAIL_SHOWN_MAX) {
		uint32_t n = FAIL_SHOWN_MAX;
		while (n > 0 && ((unsigned char)text.ptr[n] & 0xc0) == 0x80)
			n--;
		text.len = n;
		more = "...";
	}
	if (token->kind == TOKEN_STRING || token->kind == TOKEN_NAME)
		return arena_printf(p->arena, "%.*s%s", STR_ARG(text), more);
	return arena_printf(p->arena, "\"%.*s%s\"", STR_ARG(text), more);
}

/* The caret of the end stands behind the last token, not at the end of trailing blanks. */
static Span span_of(Parse *p, const Token *token)
{
	if (token->kind != TOKEN_END || p->at == 0)
		return token->span;
	uint32_t end = take_end(p);
	return (Span){end, end};
}

/* The lexer's own error where the current token is one. */
static bool is_lexer_error(Parse *p)
{
	if (take_peek(p, 0)->kind != TOKEN_BAD)
		return false;
	*p->err = p->lexer_err;
	return true;
}

/* Is `word` a slip of `wanted`? One or two letters off, more for longer words. */
static bool is_slip(Str word, Str wanted)
{
	if (word.len < 2 || wanted.len < 2 || str_eq_nocase(word, wanted))
		return false;
	unsigned most = wanted.len <= 3 ? 1 : wanted.len <= 7 ? 2 : 3;
	return str_distance(word, wanted, most + 1) <= most;
}

/* The expected word that is nearest to what stands there; NULL: none is near. */
static const char *nearest_tried(Parse *p, Str word)
{
	const char *best = NULL;
	unsigned best_distance = 4;
	if (p->tried_at != p->at)
		return NULL;
	for (uint32_t i = 0; i < p->ntried; i++) {
		Str wanted = str_from(p->tried[i]);
		if (!is_slip(word, wanted))
			continue;
		unsigned distance = str_distance(word, wanted, 4);
		if (distance < best_distance) {
			best = p->tried[i];
			best_distance = distance;
		}
	}
	return best;
}

/* A clause of a query behind the place where it stands. */
static const char *misplaced_clause(Parse *p, Keyword kw)
{
	bool in_query = false;
	for (uint32_t i = 0; p->tried_at == p->at && i < p->ntried; i++)
		in_query = in_query || strcmp(p->tried[i], "EMIT") == 0;
	if (!in_query)
		return NULL;
	switch (kw) {
	case KW_FROM:
	case KW_WHERE:
	case KW_GROUP:
	case KW_HAVING:
	case KW_WINDOW:
	case KW_QUALIFY:
	case KW_ORDER: return "The order is FROM, WHERE, GROUP BY, HAVING, WINDOW, QUALIFY, ORDER BY, LIMIT.";
	case KW_UNION:
	case KW_INTERSECT:
	case KW_EXCEPT: return "A query with ORDER BY or LIMIT stands in parentheses before a set operation.";
	case KW_ON: return "CROSS JOIN and NATURAL JOIN take no condition: write JOIN ... ON.";
	default: return NULL;
	}
}

static const struct {
	int symbol;
	const char *hint;
} symbol_cures[] = {
    {SYMBOL_EQ2, "\"Equal\" is written =."},
    {SYMBOL_JSON, "Fields of JSON text are read by JSON_VALUE(x, '$.field') and JSON_QUERY."},
    {SYMBOL_JSON_TEXT, "Fields of JSON text are read by JSON_VALUE(x, '$.field')."},
    {'^', "Powers are written POWER(x, y)."},
    {'|', "Strings are joined by ||, conditions by OR."},
    {'?', "A parameter stands where a value does."},
    {SYMBOL_HINT_BEGIN, "A hint stands behind SELECT or behind the name of a table."},
};

static void guess_hint(Parse *p, const char *what)
{
	const Token token = *take_peek(p, 0);
	const Token *before = p->at > 0 ? &p->items[p->at - 1] : NULL;
	if (token.kind == TOKEN_WORD) {
		Str word = lexer_text(p->text, &token);
		const char *near = nearest_tried(p, word);
		bool known = keywords_class(token.keyword) != KEYWORD_FREE; /* hardly a slip, unless of the last letter */
		if (near != NULL && (!known || str_distance(word, str_from(near), 2) <= 1)) {
			err_hint(p->err, "Did you mean %s?", near);
			return;
		}
		const char *order = misplaced_clause(p, token.keyword);
		if (order != NULL) {
			err_hint(p->err, "%s", order);
			return;
		}
	}
	if (token.kind == TOKEN_SYMBOL) {
		for (size_t i = 0; i < sizeof symbol_cures / sizeof symbol_cures[0]; i++) {
			if (symbol_cures[i].symbol == token.symbol) {
				err_hint(p->err, "%s", symbol_cures[i].hint);
				return;
			}
		}
	}
	if (p->suspect_at != 0 && (p->suspect_at == p->at || p->suspect_at + 1 == p->at) && token.kind != TOKEN_END) {
		Str word = lexer_text(p->text, &p->items[p->suspect_at - 1]);
		err_hint(p->err, "\"%.*s\" was taken as a name. Did you mean %s?", STR_ARG(word), p->suspect_word);
		return;
	}
	if (token.kind == TOKEN_NAME && token.quote == '"' && strstr(what, "string") != NULL) {
		err_hint(p->err, "Strings stand in single quotes; double quotes are for names.");
		return;
	}
	if (before != NULL && before->kind == TOKEN_SYMBOL && before->symbol == ',')
		err_hint(p->err, "Remove the comma before it, or write what the comma announces.");
}

bool fail_at(Parse *p, Span span, const char *fmt, ...)
{
	StrBuf message;
	va_list args;
	strbuf_init(&message);
	va_start(args, fmt);
	strbuf_vprintf(&message, fmt, args);
	va_end(args);
	err_set_at(p->err, ERR_SYNTAX, span, "%s", strbuf_cstr(&message));
	strbuf_deinit(&message);
	return false;
}

bool fail_too_deep(Parse *p, Span span)
{
	err_set_at(p->err, ERR_TOO_DEEP, span, "the statement nests too deep here");
	return err_hint(p->err, "Split it with views or WITH, or write long chains of OR as IN.");
}

static bool set_expected(Parse *p, const char *what)
{
	const Token *token = take_peek(p, 0);
	Span span = span_of(p, token);
	Str found = fail_token_text(p, token);
	err_set_at(p->err, ERR_SYNTAX, span, "expected %s, found %.*s", what, STR_ARG(found));
	return false;
}

bool fail_expected(Parse *p, const char *what)
{
	if (is_lexer_error(p))
		return false;
	set_expected(p, what);
	guess_hint(p, what);
	return false;
}

bool fail_expected_hint(Parse *p, const char *what, const char *hint, ...)
{
	if (is_lexer_error(p))
		return false;
	set_expected(p, what);
	StrBuf text;
	va_list args;
	strbuf_init(&text);
	va_start(args, hint);
	strbuf_vprintf(&text, hint, args);
	va_end(args);
	err_hint(p->err, "%s", strbuf_cstr(&text));
	strbuf_deinit(&text);
	return false;
}

/* The first word of a pair stands here and nothing else fits: goes on to the second and fails there. */
static bool fail_half(Parse *p)
{
	take_any(p);
	for (uint32_t i = 0; i < p->nhalf; i++)
		take_note_tried(p, p->half[i]);
	p->nhalf = 0;
	return fail_tried(p, NULL);
}

bool fail_tried(Parse *p, const char *or_else)
{
	if (is_lexer_error(p))
		return false;
	if (p->half_at == p->at + 1 && p->nhalf > 0)
		return fail_half(p);
	uint32_t n = p->tried_at == p->at ? p->ntried : 0;
	if (n == 0 && or_else == NULL)
		or_else = "something else";
	StrBuf what;
	strbuf_init(&what);
	uint32_t left_out = n > FAIL_LISTED_MAX ? n - FAIL_LISTED_MAX : 0; /* before the last, which often is ")" */
	for (uint32_t i = 0; i < n; i++) {
		bool last = i + 1 == n && or_else == NULL;
		if (left_out > 0 && i + 1 >= FAIL_LISTED_MAX && i + 1 < n) {
			if (i + 1 == FAIL_LISTED_MAX)
				strbuf_puts(&what, ", ...");
			continue;
		}
		strbuf_printf(&what, "%s%s", i == 0 ? "" : last ? " or " : ", ", p->tried[i]);
	}
	if (or_else != NULL)
		strbuf_printf(&what, "%s%s", n > 0 ? " or " : "", or_else);
	fail_expected(p, strbuf_cstr(&what));
	strbuf_deinit(&what);
	return false;
}
