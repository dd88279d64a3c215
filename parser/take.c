/*
 * parser/take.c: looking at tokens and taking them.
 *
 * Tokens are read from the lexer when first looked at, and kept, so that a parse may look ahead as far as it needs.
 */
#include "parser/take.h"

/* ---- looking -------------------------------------------------------------------------------------------------- */

const Token *take_peek(Parse *p, uint32_t n)
{
	while (p->at + n >= p->len) {
		if (p->len > 0) {
			const Token *last = &p->items[p->len - 1];
			if (last->kind == TOKEN_END || last->kind == TOKEN_BAD)
				return last;
		}
		Token token = lexer_next(&p->lexer);
		ARENA_PUSH(p->arena, p, token);
	}
	return &p->items[p->at + n];
}

bool take_peek_word(Parse *p, uint32_t n, Keyword kw)
{
	const Token *token = take_peek(p, n);
	return token->kind == TOKEN_WORD && token->keyword == kw;
}

bool take_peek_symbol(Parse *p, uint32_t n, int symbol)
{
	const Token *token = take_peek(p, n);
	return token->kind == TOKEN_SYMBOL && token->symbol == symbol;
}

bool take_peek_name(Parse *p, uint32_t n)
{
	const Token *token = take_peek(p, n);
	return token->kind == TOKEN_NAME ||
	       (token->kind == TOKEN_WORD && keywords_class(token->keyword) != KEYWORD_RESERVED);
}

bool take_at_end(Parse *p)
{
	return take_peek(p, 0)->kind == TOKEN_END || take_peek_symbol(p, 0, ';');
}

/* ---- taking words and symbols --------------------------------------------------------------------------------- */

void take_any(Parse *p)
{
	const Token *token = take_peek(p, 0);
	if (token->kind != TOKEN_END && token->kind != TOKEN_BAD)
		p->at++;
}

void take_note_tried(Parse *p, const char *what)
{
	if (p->tried_at != p->at) {
		p->tried_at = p->at;
		p->ntried = 0;
	}
	for (uint32_t i = 0; i < p->ntried; i++)
		if (strcmp(p->tried[i], what) == 0)
			return;
	if (p->ntried < PARSE_TRIED_MAX)
		p->tried[p->ntried++] = what;
}

static const char *symbol_text(int symbol)
{
	switch (symbol) {
	case '(': return "\"(\"";
	case ')': return "\")\"";
	case '[': return "\"[\"";
	case ']': return "\"]\"";
	case '{': return "\"{\"";
	case '}': return "\"}\"";
	case '<': return "\"<\"";
	case '>': return "\">\"";
	case ',': return "\",\"";
	case '.': return "\".\"";
	case ';': return "\";\"";
	case '=': return "\"=\"";
	case '+': return "\"+\"";
	case '-': return "\"-\"";
	case '*': return "\"*\"";
	case SYMBOL_ARROW: return "\"=>\"";
	case SYMBOL_HINT_END: return "\"*/\"";
	default: return "a symbol";
	}
}

bool take_word_if(Parse *p, Keyword kw)
{
	if (take_peek_word(p, 0, kw)) {
		take_any(p);
		return true;
	}
	take_note_tried(p, keywords_text(kw));
	return false;
}

bool take_word(Parse *p, Keyword kw)
{
	return take_word_if(p, kw) || fail_expected(p, keywords_text(kw));
}

/* The first word stands there, but not the second: if nothing else fits, the message is about the second. */
static void note_half(Parse *p, Keyword second)
{
	if (p->half_at != p->at + 1)
		p->nhalf = 0;
	p->half_at = p->at + 1;
	for (uint32_t i = 0; i < p->nhalf; i++)
		if (p->half[i] == keywords_text(second))
			return;
	if (p->nhalf < sizeof p->half / sizeof p->half[0])
		p->half[p->nhalf++] = keywords_text(second);
}

bool take_words_if(Parse *p, Keyword a, Keyword b)
{
	bool first = take_peek_word(p, 0, a);
	if (first && take_peek_word(p, 1, b)) {
		take_any(p);
		take_any(p);
		return true;
	}
	take_note_tried(p, keywords_text(a));
	if (first)
		note_half(p, b);
	return false;
}

bool take_words3_if(Parse *p, Keyword a, Keyword b, Keyword c)
{
	if (take_peek_word(p, 0, a) && take_peek_word(p, 1, b) && take_peek_word(p, 2, c)) {
		take_any(p);
		take_any(p);
		take_any(p);
		return true;
	}
	take_note_tried(p, keywords_text(a));
	if (take_peek_word(p, 0, a))
		note_half(p, b);
	return false;
}

bool take_words(Parse *p, Keyword a, Keyword b)
{
	return take_word(p, a) && take_word(p, b);
}

bool take_by_if(Parse *p, Keyword first, bool *there)
{
	*there = take_word_if(p, first);
	return !*there || take_word(p, KW_BY);
}

bool take_symbol_if(Parse *p, int symbol)
{
	if (take_peek_symbol(p, 0, symbol)) {
		take_any(p);
		return true;
	}
	take_note_tried(p, symbol_text(symbol));
	return false;
}

bool take_symbol(Parse *p, int symbol)
{
	return take_symbol_if(p, symbol) || fail_expected(p, symbol_text(symbol));
}

bool take_open(Parse *p, Span *open)
{
	*open = take_peek(p, 0)->span;
	return take_symbol(p, '(');
}

bool take_close(Parse *p, Span open)
{
	if (take_symbol_if(p, ')'))
		return true;
	fail_tried(p, NULL);
	ErrPlace place = err_place(p->text.ptr, p->text.len, open.begin);
	if (p->err->code == ERR_SYNTAX && p->err->detail[0] == '\0')
		err_detail(p->err, "The \"(\" to close stands at line %u, column %u.", place.line, place.column);
	return false;
}

/* ---- names ---------------------------------------------------------------------------------------------------- */

static AstName name_of(Parse *p, const Token *token)
{
	AstName name = {.span = token->span, .quote = token->quote};
	name.text = token->kind == TOKEN_NAME ? lexer_name(p->arena, p->text, token) : lexer_text(p->text, token);
	return name;
}

bool take_name(Parse *p, const char *what, AstName *out)
{
	if (!take_peek_name(p, 0)) {
		const Token *token = take_peek(p, 0);
		if (token->kind == TOKEN_WORD) {
			Str word = lexer_text(p->text, token);
			return fail_expected_hint(p, what, "%s is a reserved word. As a name it stands in backticks: `%.*s`.",
			                          keywords_text(token->keyword), STR_ARG(word));
		}
		if (token->kind == TOKEN_STRING && token->prefix == 0)
			return fail_expected_hint(p, what,
			                          "Names stand in backticks or double quotes; single quotes make a string.");
		return fail_expected(p, what);
	}
	*out = name_of(p, take_peek(p, 0));
	take_any(p);
	return true;
}

/* path := name { "." (name | any word) } */
bool take_path(Parse *p, const char *what, AstNames *out)
{
	AstName name;
	if (!take_name(p, what, &name))
		return false;
	ARENA_PUSH(p->arena, out, name);
	while (take_peek_symbol(p, 0, '.')) {
		take_any(p);
		const Token *token = take_peek(p, 0);
		if (token->kind != TOKEN_WORD && token->kind != TOKEN_NAME)
			return fail_expected(p, "a name after \".\"");
		name = name_of(p, token);
		take_any(p);
		ARENA_PUSH(p->arena, out, name);
	}
	return true;
}

/* names := "(" name { "," name } ")" */
bool take_names(Parse *p, const char *what, AstNames *out)
{
	Span open;
	if (!take_open(p, &open))
		return false;
	do {
		AstName name;
		if (!take_name(p, what, &name))
			return false;
		ARENA_PUSH(p->arena, out, name);
	} while (take_symbol_if(p, ','));
	return take_close(p, open);
}

/* The words that often follow where an alias may stand; a near miss of one is suspect. */
static const Keyword clause_words[] = {
    KW_FROM,      KW_WHERE,  KW_GROUP,  KW_ORDER,   KW_HAVING, KW_LIMIT, KW_JOIN, KW_INNER,
    KW_CROSS,     KW_UNION,  KW_WINDOW, KW_QUALIFY, KW_OFFSET, KW_FETCH, KW_LEFT, KW_RIGHT,
    KW_INTERSECT, KW_EXCEPT, KW_AS,     KW_BETWEEN, KW_EMIT,   KW_LIKE,  KW_OVER, KW_AND,
};

void take_alias_if(Parse *p, AstName *out)
{
	const Token *token = take_peek(p, 0);
	if (token->kind != TOKEN_NAME && (token->kind != TOKEN_WORD || keywords_class(token->keyword) != KEYWORD_FREE))
		return;
	*out = name_of(p, token);
	if (token->kind == TOKEN_WORD && str_eq_nocase(out->text, STR("MINUS"))) {
		p->suspect_at = p->at + 1;
		p->suspect_word = keywords_text(KW_EXCEPT);
	} else if (token->kind == TOKEN_WORD && out->text.len > 2) {
		for (size_t i = 0; i < sizeof clause_words / sizeof clause_words[0]; i++) {
			const char *word = keywords_text(clause_words[i]);
			unsigned near = strlen(word) > 4 ? 2 : 1;
			/* FORM for FROM is two steps, but the same letters */
			bool swapped = out->text.len == 4 && strlen(word) == 4 && str_distance(out->text, str_from(word), 3) == 2 &&
			               (out->text.ptr[0] | 0x20) == (word[0] | 0x20) &&
			               (out->text.ptr[3] | 0x20) == (word[3] | 0x20);
			if (swapped || str_distance(out->text, str_from(word), near + 1) <= near) {
				p->suspect_at = p->at + 1;
				p->suspect_word = word;
				break;
			}
		}
	}
	take_any(p);
}

bool take_if_not_exists(Parse *p, bool *out)
{
	*out = false;
	if (!take_peek_word(p, 0, KW_IF) || !(take_peek_word(p, 1, KW_NOT) || take_peek_word(p, 1, KW_EXISTS)))
		return true;
	take_any(p);
	if (!take_words(p, KW_NOT, KW_EXISTS))
		return false;
	*out = true;
	return true;
}

bool take_if_exists(Parse *p, bool *out)
{
	*out = false;
	if (!take_peek_word(p, 0, KW_IF) || !(take_peek_word(p, 1, KW_EXISTS) || take_peek_word(p, 1, KW_NOT)))
		return true;
	take_any(p);
	*out = true;
	return take_word(p, KW_EXISTS);
}

/* ---- nodes ---------------------------------------------------------------------------------------------------- */

uint32_t take_begin(Parse *p)
{
	return take_peek(p, 0)->span.begin;
}

uint32_t take_end(const Parse *p)
{
	return p->at > 0 ? p->items[p->at - 1].span.end : p->lexer.at;
}

void *take_node_at(Parse *p, size_t size, AstKind kind, uint32_t begin)
{
	AstNode *node = arena_alloc_zero(p->arena, size);
	node->kind = kind;
	node->span = (Span){begin, begin};
	return node;
}

void *take_node(Parse *p, size_t size, AstKind kind)
{
	return take_node_at(p, size, kind, take_begin(p));
}

AstNode *take_done(Parse *p, void *node)
{
	AstNode *n = node;
	if (n != NULL)
		n->span.end = take_end(p);
	return n;
}

void take_push(Parse *p, AstList *list, void *node)
{
	AstNode *n = node;
	ARENA_PUSH(p->arena, list, n);
}
