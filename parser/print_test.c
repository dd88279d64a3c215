/*
 * parser/print_test.c: the statements of test scripts.
 */
#include "parser/print_int.h"

static void print_rows(Print *p, const AstList *rows)
{
	for (uint32_t i = 0; i < rows->len; i++) {
		print_if(p, i > 0, ", ");
		print_parens(p, &AST_CONST(AstItems, rows->items[i])->items);
	}
}

static void print_push(Print *p, const AstPush *s)
{
	static const char *const words[] = {"PUSH INTO ", "PUSH DELETE FROM ", "PUSH BYTES INTO "};
	print_puts(p, words[s->kind]);
	print_path(p, &s->path);
	if (s->columns.len > 0) {
		print_puts(p, " ");
		print_names(p, &s->columns);
	}
	print_node_if(p, " PARTITION ", s->partition);
	if (s->kind == AST_PUSH_BYTES) {
		print_list_if(p, " ", &s->rows);
	} else {
		print_puts(p, " VALUES ");
		print_rows(p, &s->rows);
	}
}

static void print_advance(Print *p, const AstAdvance *s)
{
	print_puts(p, s->node.kind == AST_IDLE ? "IDLE " : "ADVANCE ");
	if (s->clock)
		print_puts(p, "CLOCK");
	else
		print_path(p, &s->path);
	print_node_if(p, " PARTITION ", s->partition);
	print_node_if(p, s->by ? " BY " : " TO ", s->value);
}

static void print_expect_row(Print *p, const AstExpect *s, const AstExpectRow *row)
{
	static const char *const kinds[] = {"+I", "-U", "+U", "-D"};
	if (s->what == AST_EXPECT_CHANGELOG)
		print_puts(p, kinds[row->kind]);
	else if (s->what == AST_EXPECT_CHANGES && (row->weight == 1 || row->weight == -1))
		print_puts(p, row->weight > 0 ? "+" : "-");
	else if (s->what == AST_EXPECT_CHANGES)
		strbuf_printf(p->out, "%+lld", (long long)row->weight);
	print_parens(p, &AST_CONST(AstItems, row->row)->items);
}

static void print_expect(Print *p, const AstExpect *s)
{
	static const char *const words[] = {"EXPECT ",     "EXPECT CHANGES ", "EXPECT CHANGELOG ", "EXPECT LATE ",
	                                    "EXPECT BAD ", "EXPECT REFUSED ", "EXPECT ERROR "};
	print_puts(p, words[s->what]);
	if (s->what == AST_EXPECT_ERROR) {
		print_literal(p, s->code);
		if (s->like != NULL) {
			print_puts(p, " LIKE ");
			print_literal(p, s->like);
		}
		return;
	}
	if (s->query != NULL) {
		print_puts(p, "(");
		print_any(p, s->query);
		print_puts(p, ")");
	} else {
		print_path(p, &s->path);
	}
	if (s->like != NULL) {
		print_puts(p, s->not_like ? " NOT LIKE " : " LIKE ");
		print_literal(p, s->like);
		return;
	}
	print_if(p, s->ordered, " ORDERED");
	print_if(p, s->rows.len == 0, " EMPTY");
	for (uint32_t i = 0; i < s->rows.len; i++) {
		print_puts(p, i == 0 ? " " : ", ");
		print_expect_row(p, s, AST_CONST(AstExpectRow, s->rows.items[i]));
	}
}

bool print_test_kind(Print *p, const AstNode *node)
{
	static const char *const actions[] = {"STEP", "CHECKPOINT", "CRASH", "FINISH"};
	switch (node->kind) {
	case AST_PUSH: print_push(p, AST_CONST(AstPush, node)); return true;
	case AST_ADVANCE:
	case AST_IDLE: print_advance(p, AST_CONST(AstAdvance, node)); return true;
	case AST_TEST_ACTION: print_puts(p, actions[AST_CONST(AstTestAction, node)->action]); return true;
	case AST_EXPECT_ROW: print_any(p, AST_CONST(AstExpectRow, node)->row); return true;
	case AST_EXPECT: print_expect(p, AST_CONST(AstExpect, node)); return true;
	default: return false;
	}
}
