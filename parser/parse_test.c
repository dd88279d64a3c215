/*
 * parser/parse_test.c: the statements of test scripts: PUSH, ADVANCE, IDLE, STEP, ..., EXPECT.
 */
#include "parser/take.h"

/* partition := ["PARTITION" number] */
static bool test_partition(Parse *p, AstNode **out)
{
	if (*out != NULL || !take_word_if(p, KW_PARTITION))
		return true;
	AstLiteral *number = parse_literal_number(p, "a partition's number");
	*out = number == NULL ? NULL : &number->node;
	return number != NULL;
}

static bool push_values(Parse *p, AstPush *push)
{
	if (push->kind != AST_PUSH_BYTES && !take_word_if(p, KW_VALUES))
		return fail_tried(p, NULL);
	do {
		bool taken = false;
		if (push->kind == AST_PUSH_BYTES && take_peek(p, 0)->kind != TOKEN_STRING)
			return fail_expected(p, "a string or X'...'");
		AstNode *item = push->kind == AST_PUSH_BYTES ? parse_literal(p, &taken) : parse_query_row(p);
		if (item == NULL)
			return false;
		take_push(p, &push->rows, item);
	} while (take_symbol_if(p, ','));
	return true;
}

/* push := "PUSH" ("INTO" | "DELETE" "FROM" | "BYTES" "INTO") path partition ["(" name {"," name} ")"] partition
 *         ("VALUES" row {"," row} | string {"," string}) */
AstNode *parse_test_push(Parse *p)
{
	AstPush *push = TAKE_NODE(p, AstPush, AST_PUSH);
	take_any(p);
	if (take_words_if(p, KW_DELETE, KW_FROM)) {
		push->kind = AST_PUSH_DELETE;
	} else if (take_words_if(p, KW_BYTES, KW_INTO)) {
		push->kind = AST_PUSH_BYTES;
	} else if (!take_word_if(p, KW_INTO)) {
		fail_tried(p, NULL);
		return NULL;
	}
	if (!take_path(p, "a table's name", &push->path) || !test_partition(p, &push->partition))
		return NULL;
	if (take_peek_symbol(p, 0, '(') && !take_names(p, "a column's name", &push->columns))
		return NULL;
	if (!test_partition(p, &push->partition) || !push_values(p, push))
		return NULL;
	return take_done(p, push);
}

/* advance := "ADVANCE" ("CLOCK" ("BY" | "TO") e | path partition "TO" e) */
AstNode *parse_test_advance(Parse *p)
{
	AstAdvance *out = TAKE_NODE(p, AstAdvance, AST_ADVANCE);
	take_any(p);
	out->clock = take_word_if(p, KW_CLOCK);
	if (!out->clock && (!take_path(p, "a table's name", &out->path) || !test_partition(p, &out->partition)))
		return NULL;
	out->by = out->clock && take_word_if(p, KW_BY);
	if (!out->by && !take_word_if(p, KW_TO)) {
		fail_tried(p, NULL);
		return NULL;
	}
	out->value = parse_expr(p);
	return out->value == NULL ? NULL : take_done(p, out);
}

/* idle := "IDLE" path partition */
AstNode *parse_test_idle(Parse *p)
{
	AstAdvance *out = TAKE_NODE(p, AstAdvance, AST_IDLE);
	take_any(p);
	return take_path(p, "a table's name", &out->path) && test_partition(p, &out->partition) ? take_done(p, out) : NULL;
}

/* action := "STEP" | "CHECKPOINT" | "CRASH" | "FINISH" */
AstNode *parse_test_action(Parse *p)
{
	AstTestAction *out = TAKE_NODE(p, AstTestAction, AST_TEST_ACTION);
	switch (take_peek(p, 0)->keyword) {
	case KW_STEP: out->action = AST_TEST_STEP; break;
	case KW_CHECKPOINT: out->action = AST_TEST_CHECKPOINT; break;
	case KW_CRASH: out->action = AST_TEST_CRASH; break;
	default: out->action = AST_TEST_FINISH; break;
	}
	take_any(p);
	return take_done(p, out);
}

/* weight := [("+" | "-") [number]] */
static bool expect_weight(Parse *p, int64_t *weight)
{
	*weight = 1;
	bool minus = take_peek_symbol(p, 0, '-');
	if (!minus && !take_peek_symbol(p, 0, '+'))
		return true;
	take_any(p);
	if (take_peek(p, 0)->kind == TOKEN_NUMBER) {
		const Token token = *take_peek(p, 0);
		if (!str_to_i64(lexer_text(p->text, &token), weight) || *weight < 1)
			return fail_at(p, token.span, "expected how often the row came or went, at least 1");
		take_any(p);
	}
	if (minus)
		*weight = -*weight;
	return true;
}

/* kind := "+I" | "-U" | "+U" | "-D" */
static bool expect_kind(Parse *p, AstRowKind *kind)
{
	const Token sign = *take_peek(p, 0), letter = *take_peek(p, 1);
	Str word = lexer_text(p->text, &letter);
	bool plus = sign.kind == TOKEN_SYMBOL && sign.symbol == '+';
	bool minus = sign.kind == TOKEN_SYMBOL && sign.symbol == '-';
	if (letter.kind == TOKEN_WORD && plus && str_eq_nocase(word, STR("I")))
		*kind = AST_ROW_INSERT;
	else if (letter.kind == TOKEN_WORD && plus && str_eq_nocase(word, STR("U")))
		*kind = AST_ROW_UPDATE_AFTER;
	else if (letter.kind == TOKEN_WORD && minus && str_eq_nocase(word, STR("U")))
		*kind = AST_ROW_UPDATE_BEFORE;
	else if (letter.kind == TOKEN_WORD && minus && str_eq_nocase(word, STR("D")))
		*kind = AST_ROW_DELETE;
	else
		return fail_expected(p, "+I, -U, +U or -D");
	take_any(p);
	take_any(p);
	return true;
}

/* rows := "EMPTY" | "(" ")" | [weight | kind] row {"," [weight | kind] row} */
static bool expect_rows(Parse *p, AstExpect *expect)
{
	if (take_word_if(p, KW_EMPTY))
		return true;
	if (take_peek_symbol(p, 0, '(') && take_peek_symbol(p, 1, ')')) {
		take_any(p);
		take_any(p);
		return true;
	}
	do {
		AstExpectRow *row = TAKE_NODE(p, AstExpectRow, AST_EXPECT_ROW);
		row->weight = 1;
		if (expect->what == AST_EXPECT_CHANGES && !expect_weight(p, &row->weight))
			return false;
		if (expect->what == AST_EXPECT_CHANGELOG && !expect_kind(p, &row->kind))
			return false;
		if (!take_peek_symbol(p, 0, '('))
			return fail_expected(p, "a row in parentheses");
		row->row = parse_query_row(p);
		if (row->row == NULL)
			return false;
		take_push(p, &expect->rows, take_done(p, row));
	} while (take_symbol_if(p, ','));
	return true;
}

/* error := "EXPECT" "ERROR" string ["LIKE" string] ["FOR"], before the statement that must fail */
static AstNode *expect_error(Parse *p, AstExpect *expect)
{
	take_any(p);
	expect->what = AST_EXPECT_ERROR;
	expect->code = parse_literal_string(p, "an error's code, a string");
	if (expect->code == NULL)
		return NULL;
	if (take_word_if(p, KW_LIKE)) {
		expect->like = parse_literal_string(p, "a pattern, a string");
		if (expect->like == NULL)
			return NULL;
	}
	take_word_if(p, KW_FOR);
	return take_done(p, expect);
}

static const struct {
	Keyword kw;
	AstExpectWhat what;
} expect_words[] = {
    {KW_CHANGES, AST_EXPECT_CHANGES}, {KW_CHANGELOG, AST_EXPECT_CHANGELOG}, {KW_LATE, AST_EXPECT_LATE},
    {KW_BAD, AST_EXPECT_BAD},         {KW_REFUSED, AST_EXPECT_REFUSED},
};

/* in_parens := query | explain | show | describe | why */
static AstNode *expect_in_parens(Parse *p)
{
	static const Keyword words[] = {KW_EXPLAIN, KW_SHOW, KW_DESCRIBE, KW_DESC, KW_WHY};
	bool statement = false;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		statement |= take_peek_word(p, 1, words[i]);
	if (!statement)
		return parse_query_parens(p);
	Span open;
	if (!take_open(p, &open))
		return NULL;
	AstNode *inner = parse_statement(p);
	return inner == NULL || !take_close(p, open) ? NULL : inner;
}

/* expect := "EXPECT" ["CHANGES" | "CHANGELOG" | "LATE" | "BAD" | "REFUSED"] (path | "(" in_parens ")") ["ORDERED"] rows
 *           | "EXPECT" "(" in_parens ")" ["NOT"] "LIKE" string | error */
AstNode *parse_test_expect(Parse *p)
{
	AstExpect *expect = TAKE_NODE(p, AstExpect, AST_EXPECT);
	take_any(p);
	const TokenKind next = take_peek(p, 1)->kind;
	bool ends = next == TOKEN_END || take_peek_symbol(p, 1, ';');
	if (take_peek_word(p, 0, KW_ERROR) && (next == TOKEN_STRING || next == TOKEN_NUMBER || ends))
		return expect_error(p, expect);
	bool named = take_peek_name(p, 1) && !take_peek_word(p, 1, KW_ORDERED) && !take_peek_word(p, 1, KW_EMPTY);
	for (size_t i = 0; i < sizeof expect_words / sizeof expect_words[0] && named; i++) {
		if (take_word_if(p, expect_words[i].kw)) {
			expect->what = expect_words[i].what;
			break;
		}
	}
	if (expect->what == AST_EXPECT_TABLE && take_peek_symbol(p, 0, '(')) {
		expect->query = expect_in_parens(p);
		if (expect->query == NULL)
			return NULL;
		expect->not_like = take_word_if(p, KW_NOT);
		if (take_word_if(p, KW_LIKE)) {
			expect->like = parse_literal_string(p, "a pattern, a string");
			return expect->like == NULL ? NULL : take_done(p, expect);
		}
		if (expect->not_like) {
			fail_expected(p, "LIKE");
			return NULL;
		}
	} else if (!take_path(p, "a view's name", &expect->path)) {
		return NULL;
	}
	if (expect->what == AST_EXPECT_TABLE && take_word_if(p, KW_ORDERED))
		expect->ordered = true;
	return expect_rows(p, expect) ? take_done(p, expect) : NULL;
}
