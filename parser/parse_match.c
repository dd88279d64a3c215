/*
 * parser/parse_match.c: MATCH_RECOGNIZE. The pattern becomes a tree.
 */
#include "parser/depth.h"
#include "parser/take.h"

static AstNode *match_alternatives(Parse *p);

static AstNode *group_of(Parse *p, uint32_t begin, AstKind kind, AstNode *first)
{
	AstPatternGroup *group = TAKE_NODE_AT(p, AstPatternGroup, kind, begin);
	if (first != NULL)
		take_push(p, &group->items, first);
	return take_done(p, group);
}

/* permute := "PERMUTE" "(" alternatives {"," alternatives} ")" */
static AstNode *match_permute(Parse *p)
{
	AstPatternGroup *group = TAKE_NODE(p, AstPatternGroup, AST_PATTERN_PERMUTE);
	Span open;
	take_any(p);
	take_open(p, &open);
	do {
		AstNode *item = match_alternatives(p);
		if (item == NULL)
			return NULL;
		take_push(p, &group->items, item);
	} while (take_symbol_if(p, ','));
	return take_close(p, open) ? take_done(p, group) : NULL;
}

/* factor := name | "^" | "(" alternatives ")" | "{" "-" alternatives "-" "}" | permute */
static AstNode *match_factor(Parse *p)
{
	uint32_t begin = take_begin(p);
	if (take_peek_symbol(p, 0, '(')) {
		Span open;
		take_open(p, &open);
		AstNode *inner = match_alternatives(p);
		return inner == NULL || !take_close(p, open) ? NULL : inner;
	}
	if (take_peek_symbol(p, 0, '{') && take_peek_symbol(p, 1, '-')) {
		take_any(p);
		take_any(p);
		AstNode *inner = match_alternatives(p);
		if (inner == NULL || !take_symbol(p, '-') || !take_symbol(p, '}'))
			return NULL;
		return group_of(p, begin, AST_PATTERN_EXCLUDE, inner);
	}
	if (take_peek_word(p, 0, KW_PERMUTE) && take_peek_symbol(p, 1, '('))
		return match_permute(p);
	AstPatternVar *var = TAKE_NODE(p, AstPatternVar, AST_PATTERN_VAR);
	if (take_peek_symbol(p, 0, '^')) {
		var->anchor = true;
		var->name = (AstName){.text = STR("^"), .span = take_peek(p, 0)->span};
		take_any(p);
	} else if (!take_name(p, "a pattern variable", &var->name)) {
		return NULL;
	}
	return take_done(p, var);
}

/* counts := "{" [number] ["," [number]] "}" */
static bool match_counts(Parse *p, AstPatternQuant *quant)
{
	uint32_t most = 0;
	take_any(p);
	bool least = take_peek(p, 0)->kind == TOKEN_NUMBER;
	if (least && !parse_literal_uint(p, INT32_MAX, "a number of rows", &quant->min))
		return false;
	quant->max = quant->min;
	if (take_symbol_if(p, ',')) {
		quant->max = -1;
		if (take_peek(p, 0)->kind == TOKEN_NUMBER) {
			if (!parse_literal_uint(p, INT32_MAX, "a number of rows", &most))
				return false;
			quant->max = most;
		}
	} else if (!least) {
		return fail_expected(p, "a number of rows");
	}
	return take_symbol(p, '}');
}

/* quantified := factor [("*" | "+" | "?" | counts) ["?"]] */
static AstNode *match_quantified(Parse *p)
{
	AstNode *item = match_factor(p);
	if (item == NULL)
		return NULL;
	AstPatternQuant *quant = TAKE_NODE_AT(p, AstPatternQuant, AST_PATTERN_QUANT, item->span.begin);
	quant->item = item;
	quant->max = -1;
	if (take_peek_symbol(p, 0, '*')) {
		take_any(p);
	} else if (take_peek_symbol(p, 0, '+')) {
		take_any(p);
		quant->min = 1;
	} else if (take_peek_symbol(p, 0, '?')) {
		take_any(p);
		quant->max = 1;
	} else if (take_peek_symbol(p, 0, '{') && !take_peek_symbol(p, 1, '-')) {
		if (!match_counts(p, quant))
			return NULL;
	} else {
		return item;
	}
	if (take_peek_symbol(p, 0, '?')) {
		take_any(p);
		quant->reluctant = true;
	}
	return take_done(p, quant);
}

static bool ends_sequence(Parse *p)
{
	const Token *token = take_peek(p, 0);
	if (token->kind == TOKEN_END || token->kind == TOKEN_BAD)
		return true;
	if (token->kind != TOKEN_SYMBOL)
		return false;
	return token->symbol == ')' || token->symbol == '|' || token->symbol == '-' || token->symbol == ',';
}

/* sequence := quantified { quantified } */
static AstNode *match_sequence(Parse *p)
{
	uint32_t begin = take_begin(p);
	AstNode *first = match_quantified(p);
	if (first == NULL || ends_sequence(p))
		return first;
	AstNode *group = group_of(p, begin, AST_PATTERN_SEQ, first);
	while (!ends_sequence(p)) {
		AstNode *next = match_quantified(p);
		if (next == NULL)
			return NULL;
		take_push(p, &AST(AstPatternGroup, group)->items, next);
	}
	return take_done(p, group);
}

/* alternatives := sequence { "|" sequence } */
static AstNode *match_alternatives(Parse *p)
{
	uint32_t begin = take_begin(p);
	AstNode *out = depth_enter(p) ? match_sequence(p) : NULL;
	if (out != NULL && take_peek_symbol(p, 0, '|')) {
		out = group_of(p, begin, AST_PATTERN_ALT, out);
		while (out != NULL && take_peek_symbol(p, 0, '|')) {
			take_any(p);
			AstNode *next = match_sequence(p);
			if (next == NULL)
				out = NULL;
			else
				take_push(p, &AST(AstPatternGroup, out)->items, next);
		}
	}
	depth_leave(p);
	return take_done(p, out);
}

/* rows := ["ONE" "ROW" "PER" "MATCH" | "ALL" "ROWS" "PER" "MATCH"] */
static bool match_rows(Parse *p, AstRefMatch *match)
{
	if (take_word_if(p, KW_ONE)) {
		match->rows = AST_MATCH_ONE_ROW;
		return take_word(p, KW_ROW) && take_words(p, KW_PER, KW_MATCH);
	}
	if (take_word_if(p, KW_ALL)) {
		match->rows = AST_MATCH_ALL_ROWS;
		return take_word(p, KW_ROWS) && take_words(p, KW_PER, KW_MATCH);
	}
	return true;
}

/* skip := ["AFTER" "MATCH" "SKIP" ("PAST" "LAST" "ROW" | "TO" "NEXT" "ROW" | "TO" ["FIRST" | "LAST"] name)] */
static bool match_skip(Parse *p, AstRefMatch *match)
{
	if (!take_word_if(p, KW_AFTER))
		return true;
	if (!take_words(p, KW_MATCH, KW_SKIP))
		return false;
	if (take_word_if(p, KW_PAST)) {
		match->skip = AST_SKIP_PAST_LAST_ROW;
		return take_words(p, KW_LAST, KW_ROW);
	}
	if (!take_word_if(p, KW_TO))
		return fail_tried(p, NULL);
	if (take_words_if(p, KW_NEXT, KW_ROW)) {
		match->skip = AST_SKIP_TO_NEXT_ROW;
		return true;
	}
	match->skip = AST_SKIP_TO_VAR;
	if (take_peek_name(p, 1)) {
		if (take_word_if(p, KW_FIRST))
			match->skip = AST_SKIP_TO_FIRST;
		else if (take_word_if(p, KW_LAST))
			match->skip = AST_SKIP_TO_LAST;
	}
	return take_name(p, "a pattern variable", &match->skip_to);
}

/* binding := name "AS" e (DEFINE) | name "=" "(" name {"," name} ")" (SUBSET) */
static AstNode *match_binding(Parse *p, bool subset)
{
	AstPatternBinding *out = TAKE_NODE(p, AstPatternBinding, AST_PATTERN_BINDING);
	if (!take_name(p, "a pattern variable", &out->name))
		return NULL;
	if (subset)
		return take_symbol(p, '=') && take_names(p, "a pattern variable", &out->names) ? take_done(p, out) : NULL;
	if (!take_word(p, KW_AS))
		return NULL;
	out->expr = parse_expr(p);
	return out->expr == NULL ? NULL : take_done(p, out);
}

static bool match_bindings(Parse *p, bool subset, AstList *out)
{
	do {
		AstNode *binding = match_binding(p, subset);
		if (binding == NULL)
			return false;
		take_push(p, out, binding);
	} while (take_symbol_if(p, ','));
	return true;
}

/* pattern := "PATTERN" "(" alternatives ")" ["WITHIN" interval] */
static bool match_pattern(Parse *p, AstRefMatch *match)
{
	Span open;
	if (!take_word_if(p, KW_PATTERN))
		return fail_tried(p, NULL);
	if (!take_open(p, &open))
		return false;
	match->pattern = match_alternatives(p);
	if (match->pattern == NULL || !take_close(p, open))
		return false;
	if (take_word_if(p, KW_WITHIN)) {
		match->within = parse_expr(p);
		return match->within != NULL;
	}
	return true;
}

/* match := "MATCH_RECOGNIZE" "(" ["PARTITION" "BY" e {"," e}] ["ORDER" "BY" sort {"," sort}]
 *          ["MEASURES" e "AS" name {"," ...}] rows skip pattern ["SUBSET" binding {"," binding}]
 *          "DEFINE" binding {"," binding} ")" */
AstNode *parse_match(Parse *p, AstNode *input)
{
	AstRefMatch *match = TAKE_NODE_AT(p, AstRefMatch, AST_REF_MATCH, input->span.begin);
	Span open;
	match->input = input;
	take_any(p);
	if (!take_open(p, &open))
		return NULL;
	if (!parse_window_partition_by(p, &match->partition_by) || !parse_window_order_by(p, &match->order_by))
		return NULL;
	if (take_word_if(p, KW_MEASURES) && !parse_select_item_list(p, &match->measures))
		return NULL;
	if (!match_rows(p, match) || !match_skip(p, match) || !match_pattern(p, match))
		return NULL;
	if (take_word_if(p, KW_SUBSET) && !match_bindings(p, true, &match->subsets))
		return NULL;
	if (!take_word_if(p, KW_DEFINE)) {
		fail_tried(p, NULL);
		return NULL;
	}
	if (!match_bindings(p, false, &match->defines) || !take_close(p, open))
		return NULL;
	return take_done(p, match);
}
