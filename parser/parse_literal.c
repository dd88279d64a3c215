/*
 * parser/parse_literal.c: literals, with the ${NAME} of query files replaced, and intervals.
 *
 * Values stay text: what a number or a date is worth is the binder's affair.
 */
#include "parser/take.h"

static const struct {
	const char *word;
	AstUnit unit;
} unit_words[] = {
    {"YEAR", AST_UNIT_YEAR},
    {"YEARS", AST_UNIT_YEAR},
    {"QUARTER", AST_UNIT_QUARTER},
    {"QUARTERS", AST_UNIT_QUARTER},
    {"MONTH", AST_UNIT_MONTH},
    {"MONTHS", AST_UNIT_MONTH},
    {"WEEK", AST_UNIT_WEEK},
    {"WEEKS", AST_UNIT_WEEK},
    {"DAY", AST_UNIT_DAY},
    {"DAYS", AST_UNIT_DAY},
    {"HOUR", AST_UNIT_HOUR},
    {"HOURS", AST_UNIT_HOUR},
    {"MINUTE", AST_UNIT_MINUTE},
    {"MINUTES", AST_UNIT_MINUTE},
    {"SECOND", AST_UNIT_SECOND},
    {"SECONDS", AST_UNIT_SECOND},
    {"MILLISECOND", AST_UNIT_MILLISECOND},
    {"MILLISECONDS", AST_UNIT_MILLISECOND},
    {"MICROSECOND", AST_UNIT_MICROSECOND},
    {"MICROSECONDS", AST_UNIT_MICROSECOND},
    {"NANOSECOND", AST_UNIT_NANOSECOND},
    {"NANOSECONDS", AST_UNIT_NANOSECOND},
    {"DECADE", AST_UNIT_DECADE},
    {"CENTURY", AST_UNIT_CENTURY},
    {"MILLENNIUM", AST_UNIT_MILLENNIUM},
    {"EPOCH", AST_UNIT_EPOCH},
    {"DOW", AST_UNIT_DOW},
    {"DOY", AST_UNIT_DOY},
    {"ISODOW", AST_UNIT_ISODOW},
    {"ISOYEAR", AST_UNIT_ISOYEAR},
};

AstUnit parse_literal_unit(const Parse *p, const Token *token)
{
	if (token->kind != TOKEN_WORD)
		return AST_UNIT_NONE;
	Str word = lexer_text(p->text, token);
	for (size_t i = 0; i < sizeof unit_words / sizeof unit_words[0]; i++)
		if (str_eq_nocase(word, str_from(unit_words[i].word)))
			return unit_words[i].unit;
	return AST_UNIT_NONE;
}

/* The text of a string token and, behind U&'...', its UESCAPE 'c'; takes them. */
static bool take_text(Parse *p, Str *raw, Str *value, bool *expanded)
{
	Token token = *take_peek(p, 0);
	char escape = '\\';
	take_any(p);
	if (token.prefix == 'U' && take_peek_word(p, 0, KW_UESCAPE)) {
		take_any(p);
		const Token *mark = take_peek(p, 0);
		Str text = lexer_text(p->text, mark);
		if (mark->kind != TOKEN_STRING || mark->prefix != 0 || text.len != 3 || (unsigned char)text.ptr[1] >= 0x80)
			return fail_expected(p, "one character in quotes");
		escape = text.ptr[1];
		take_any(p);
	}
	if (!lexer_string(p->arena, p->text, &token, escape, raw, p->err))
		return false;
	*value = *raw;
	*expanded = false;
	if (p->expand == NULL || token.prefix == 'X')
		return true;
	if (!expand_text(p->arena, p->expand, *raw, token.span, value, p->err))
		return false;
	*expanded = value->ptr != raw->ptr;
	return true;
}

static AstNode *literal_of_text(Parse *p, uint32_t begin, AstLiteralKind kind)
{
	AstLiteral *lit = TAKE_NODE_AT(p, AstLiteral, AST_LITERAL, begin);
	lit->kind = kind;
	if (!take_text(p, &lit->raw, &lit->value, &lit->expanded))
		return NULL;
	return take_done(p, lit);
}

static bool at_string(Parse *p, uint32_t n)
{
	const Token *token = take_peek(p, n);
	return token->kind == TOKEN_STRING && token->prefix != 'X';
}

AstLiteral *parse_literal_string(Parse *p, const char *what)
{
	if (!at_string(p, 0)) {
		const Token *token = take_peek(p, 0);
		if (token->kind == TOKEN_WORD || token->kind == TOKEN_NUMBER) {
			Str text = lexer_text(p->text, token);
			fail_expected_hint(p, what, "A string stands in single quotes: '%.*s'.", STR_ARG(text));
		} else {
			fail_expected(p, what);
		}
		return NULL;
	}
	return AST(AstLiteral, literal_of_text(p, take_begin(p), AST_LIT_STRING));
}

static AstNode *literal_of_token(Parse *p, AstLiteralKind kind)
{
	AstLiteral *lit = TAKE_NODE(p, AstLiteral, AST_LITERAL);
	lit->kind = kind;
	if (kind == AST_LIT_NUMBER || kind == AST_LIT_WORD)
		lit->value = lexer_text(p->text, take_peek(p, 0));
	lit->raw = lit->value;
	take_any(p);
	return take_done(p, lit);
}

AstLiteral *parse_literal_number(Parse *p, const char *what)
{
	if (take_peek(p, 0)->kind != TOKEN_NUMBER) {
		fail_expected(p, what);
		return NULL;
	}
	return AST(AstLiteral, literal_of_token(p, AST_LIT_NUMBER));
}

bool parse_literal_uint(Parse *p, uint32_t most, const char *what, uint32_t *out)
{
	const Token *token = take_peek(p, 0);
	int64_t value = 0;
	if (token->kind != TOKEN_NUMBER)
		return fail_expected(p, what);
	if (!str_to_i64(lexer_text(p->text, token), &value) || value > (int64_t)most)
		return fail_at(p, token->span, "expected %s between 0 and %u", what, most);
	take_any(p);
	*out = (uint32_t)value;
	return true;
}

/* range := unit ["(" digits ["," digits] ")"] ["TO" unit ["(" digits ")"]] */
bool parse_literal_range(Parse *p, AstUnit *from, AstUnit *to, int32_t *leading, int32_t *fraction)
{
	uint32_t n = 0;
	*leading = *fraction = -1;
	*to = AST_UNIT_NONE;
	*from = parse_literal_unit(p, take_peek(p, 0));
	if (*from == AST_UNIT_NONE)
		return fail_expected(p, "a unit of time");
	take_any(p);
	if (take_peek_symbol(p, 0, '(')) {
		Span open;
		if (!take_open(p, &open) || !parse_literal_uint(p, 99, "a number of digits", &n))
			return false;
		*leading = (int32_t)n;
		if (*from == AST_UNIT_SECOND && take_symbol_if(p, ',')) {
			if (!parse_literal_uint(p, 99, "a number of digits", &n))
				return false;
			*fraction = (int32_t)n;
		}
		if (!take_close(p, open))
			return false;
	}
	if (!take_peek_word(p, 0, KW_TO) || parse_literal_unit(p, take_peek(p, 1)) == AST_UNIT_NONE)
		return true;
	take_any(p);
	*to = parse_literal_unit(p, take_peek(p, 0));
	take_any(p);
	if (*to == AST_UNIT_SECOND && take_peek_symbol(p, 0, '(')) {
		Span open;
		if (!take_open(p, &open) || !parse_literal_uint(p, 99, "a number of digits", &n) || !take_close(p, open))
			return false;
		*fraction = (int32_t)n;
	}
	return true;
}

/* MINS, SEC, HOURZ: what somebody may write for a unit. NULL: nothing like that. */
static const char *unit_meant(Str word)
{
	Str stem = word.len > 3 && (word.ptr[word.len - 1] | 0x20) == 's' ? str_slice(word, 0, word.len - 1) : word;
	if (str_eq_nocase(stem, STR("hr")) || str_eq_nocase(stem, STR("hrs")))
		return "HOUR";
	for (size_t i = 0; i < sizeof unit_words / sizeof unit_words[0]; i++) {
		Str unit = str_from(unit_words[i].word);
		bool cut = stem.len >= 3 && str_starts_nocase(unit, stem);
		if (cut || (word.len >= 3 && str_distance(word, unit, 3) <= (unit.len > 4 ? 2 : 1)))
			return unit_words[i].word;
	}
	return NULL;
}

static bool is_number_text(Str s)
{
	double ignored;
	return str_to_f64(str_trim(s), &ignored);
}

/* interval := "INTERVAL" ["+" | "-"] string [range] */
AstNode *parse_literal_interval(Parse *p)
{
	AstInterval *out = TAKE_NODE(p, AstInterval, AST_INTERVAL);
	take_any(p);
	if (take_peek_symbol(p, 0, '-')) {
		out->negative = true;
		take_any(p);
	} else if (take_peek_symbol(p, 0, '+')) {
		take_any(p);
	}
	const Token *token = take_peek(p, 0);
	if (!at_string(p, 0)) {
		Str text = lexer_text(p->text, token);
		const Token *next = take_peek(p, 1);
		Str unit = parse_literal_unit(p, next) != AST_UNIT_NONE ? lexer_text(p->text, next) : STR("MINUTE");
		if (take_peek(p, 0)->kind == TOKEN_NUMBER)
			fail_expected_hint(p, "a string after INTERVAL", "Write INTERVAL '%.*s' %.*s.", STR_ARG(text),
			                   STR_ARG(unit));
		else
			fail_expected_hint(p, "a string after INTERVAL", "Write x * INTERVAL '1' %.*s.", STR_ARG(unit));
		return NULL;
	}
	out->leading = out->fraction = -1;
	if (!take_text(p, &out->raw, &out->value, &out->expanded))
		return NULL;
	token = take_peek(p, 0);
	if (parse_literal_unit(p, token) != AST_UNIT_NONE) {
		if (!parse_literal_range(p, &out->from, &out->to, &out->leading, &out->fraction))
			return NULL;
	} else if (token->kind == TOKEN_WORD && token->keyword == KW_NONE && is_number_text(out->value)) {
		const char *meant = unit_meant(lexer_text(p->text, token));
		if (meant != NULL) {
			fail_expected_hint(p, "a unit of time", "Did you mean %s?", meant);
			return NULL;
		}
	}
	return take_done(p, out);
}

/* Does INTERVAL begin a literal here, or is it a name? */
static bool at_interval(Parse *p)
{
	const Token *next = take_peek(p, 1);
	if (next->kind == TOKEN_STRING || next->kind == TOKEN_NUMBER)
		return true;
	if (next->kind == TOKEN_SYMBOL && (next->symbol == '-' || next->symbol == '+'))
		return at_string(p, 2);
	if (next->kind == TOKEN_SYMBOL && next->symbol == '(') /* a call, or INTERVAL (n) DAY */
		return false;
	return (next->kind == TOKEN_WORD || next->kind == TOKEN_NAME || next->kind == TOKEN_PARAM) &&
	       keywords_class(next->keyword) == KEYWORD_FREE && parse_literal_unit(p, take_peek(p, 2)) != AST_UNIT_NONE;
}

/* literal := number | string | "NULL" | "TRUE" | "FALSE" | "UNKNOWN" | ("DATE" | "TIME" | "TIMESTAMP") string |
 * interval */
AstNode *parse_literal(Parse *p, bool *is_literal)
{
	const Token *token = take_peek(p, 0);
	uint32_t begin = token->span.begin;
	*is_literal = true;
	if (token->kind == TOKEN_NUMBER)
		return literal_of_token(p, AST_LIT_NUMBER);
	if (token->kind == TOKEN_STRING)
		return literal_of_text(p, begin, token->prefix == 'X' ? AST_LIT_BINARY : AST_LIT_STRING);
	AstLiteralKind kind = AST_LIT_NULL;
	if (token->kind == TOKEN_WORD) {
		switch (token->keyword) {
		case KW_NULL: return literal_of_token(p, AST_LIT_NULL);
		case KW_TRUE: return literal_of_token(p, AST_LIT_TRUE);
		case KW_FALSE: return literal_of_token(p, AST_LIT_FALSE);
		case KW_UNKNOWN: return literal_of_token(p, AST_LIT_UNKNOWN);
		case KW_DATE: kind = AST_LIT_DATE; break;
		case KW_TIME: kind = AST_LIT_TIME; break;
		case KW_TIMESTAMP: kind = AST_LIT_TIMESTAMP; break;
		case KW_INTERVAL:
			if (at_interval(p))
				return parse_literal_interval(p);
			break;
		default: break;
		}
	}
	if (kind != AST_LIT_NULL && at_string(p, 1)) {
		take_any(p);
		return literal_of_text(p, begin, kind);
	}
	*is_literal = false;
	return NULL;
}
