/*
 * parser/parser.c: the entry of the layer: makes the state of a parse and looks after both ends of it.
 */
#include "parser/parser.h"

#include "parser/take.h"

static bool parse_begin(Parse *p, Arena *arena, Str text, uint32_t offset, const ParserOptions *options, Err *err)
{
	memset(p, 0, sizeof *p);
	p->arena = arena;
	p->text = text;
	p->expand = options != NULL ? options->expand : NULL;
	p->err = err;
	lexer_init(&p->lexer, text, offset, &p->lexer_err);
	if (text.len > PARSER_TEXT_MAX) {
		err_set(err, ERR_TOO_DEEP, "the text is longer than %u bytes", PARSER_TEXT_MAX);
		return err_hint(err, "Load rows through a connector instead of INSERT.");
	}
	return true;
}

static bool parse_finish(Parse *p, bool ok, Err *err)
{
	if (!ok && err != NULL && err != p->err)
		*err = *p->err;
	return ok;
}

bool parser_statement(Arena *arena, Str text, uint32_t offset, const ParserOptions *options, AstNode **stmt,
                      uint32_t *next, Err *err)
{
	Parse p;
	Err own;
	*stmt = NULL;
	*next = text.len;
	if (!parse_begin(&p, arena, text, offset, options, &own))
		return parse_finish(&p, false, err);
	while (take_peek_symbol(&p, 0, ';'))
		take_any(&p);
	if (take_peek(&p, 0)->kind == TOKEN_END)
		return true;
	uint32_t begin = take_begin(&p);
	*stmt = parse_statement(&p);
	bool ok = *stmt != NULL && (take_at_end(&p) || fail_tried(&p, "the end of the statement"));
	if (!ok) {
		*stmt = NULL;
		parser_statement_end(text, begin, next, NULL);
		return parse_finish(&p, false, err);
	}
	if (take_peek_symbol(&p, 0, ';'))
		*next = take_peek(&p, 0)->span.end;
	return true;
}

bool parser_expr(Arena *arena, Str text, const ParserOptions *options, AstNode **expr, Err *err)
{
	Parse p;
	Err own;
	*expr = NULL;
	if (!parse_begin(&p, arena, text, 0, options, &own))
		return parse_finish(&p, false, err);
	AstNode *out = parse_expr(&p);
	bool ok = out != NULL && (take_peek(&p, 0)->kind == TOKEN_END || fail_tried(&p, "the end of the expression"));
	*expr = ok ? out : NULL;
	return parse_finish(&p, ok, err);
}

bool parser_type(Arena *arena, Str text, AstType **type, Err *err)
{
	Parse p;
	Err own;
	*type = NULL;
	if (!parse_begin(&p, arena, text, 0, NULL, &own))
		return parse_finish(&p, false, err);
	AstType *out = parse_type(&p);
	bool ok = out != NULL && (take_peek(&p, 0)->kind == TOKEN_END || fail_tried(&p, "the end of the type"));
	*type = ok ? out : NULL;
	return parse_finish(&p, ok, err);
}

/* What has to be known to find the `;` that ends: STATEMENT SET BEGIN ... END, and the older BEGIN STATEMENT SET;
 * ... END, hold statements of their own. */
typedef struct Split {
	Keyword last[3]; /* the last words, newest first; KW_NONE for everything else */
	uint32_t ntokens;
	bool in_set;
	bool item_begins; /* in a set, where END would close it */
} Split;

static void split_note(Split *s, const Token *token)
{
	Keyword kw = token->kind == TOKEN_WORD ? token->keyword : KW_NONE;
	if (s->in_set && s->item_begins && kw == KW_END)
		s->in_set = false;
	else if (!s->in_set && kw == KW_BEGIN && s->last[0] == KW_SET && s->last[1] == KW_STATEMENT)
		s->in_set = true, s->item_begins = true;
	else
		s->item_begins = false;
	s->last[2] = s->last[1];
	s->last[1] = s->last[0];
	s->last[0] = kw;
	s->ntokens++;
}

/* At a `;`: does it end the statement? */
static bool split_ends(Split *s)
{
	if (s->ntokens == 3 && s->last[2] == KW_BEGIN && s->last[1] == KW_STATEMENT && s->last[0] == KW_SET)
		s->in_set = true;
	s->item_begins = s->in_set;
	return !s->in_set;
}

bool parser_statement_end(Str text, uint32_t offset, uint32_t *next, bool *blank)
{
	Lexer lexer;
	Split split = {0};
	lexer_init(&lexer, text, offset, NULL);
	for (;;) {
		Token token = lexer_next(&lexer);
		if (blank != NULL)
			*blank = split.ntokens == 0 && token.kind != TOKEN_BAD;
		if (token.kind == TOKEN_END) {
			*next = text.len;
			return false;
		}
		bool semicolon = token.kind == TOKEN_SYMBOL && token.symbol == ';';
		if (semicolon && split_ends(&split)) {
			*next = token.span.end;
			return true;
		}
		if (!semicolon)
			split_note(&split, &token);
	}
}
