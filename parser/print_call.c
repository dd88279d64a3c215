/*
 * parser/print_call.c: calls in the form they were written in, their arguments and windows, and sort items.
 */
#include "parser/print_int.h"

static void print_json_behavior(Print *p, AstJsonBehavior behavior, const AstNode *value, const char *on)
{
	static const char *const words[] = {"",      "NULL",    "ERROR",       "DEFAULT ",    "TRUE",
	                                    "FALSE", "UNKNOWN", "EMPTY ARRAY", "EMPTY OBJECT"};
	if (behavior == AST_JSON_UNSPECIFIED)
		return;
	strbuf_printf(p->out, " %s", words[behavior]);
	if (value != NULL)
		print_any(p, value);
	print_puts(p, on);
}

static void print_json_clauses(Print *p, const AstJsonClauses *c)
{
	static const char *const wrappers[] = {"", " WITHOUT ARRAY WRAPPER", " WITH CONDITIONAL ARRAY WRAPPER",
	                                       " WITH UNCONDITIONAL ARRAY WRAPPER"};
	static const char *const on_null[] = {"", "NULL ON NULL", "ABSENT ON NULL"};
	if (c->returning != NULL) {
		print_puts(p, " RETURNING ");
		print_type(p, c->returning);
	}
	print_puts(p, wrappers[c->wrapper]);
	print_json_behavior(p, c->on_empty, c->empty_default, " ON EMPTY");
	print_json_behavior(p, c->on_error, c->error_default, " ON ERROR");
	if (c->on_null != AST_ON_NULL_UNSPECIFIED) {
		bool first = p->out->len > 0 && p->out->ptr[p->out->len - 1] == '(';
		print_if(p, !first, " ");
		print_puts(p, on_null[c->on_null]);
	}
}

static bool is_json_object(const AstCall *call)
{
	Str name = call->name.items[0].text;
	return call->form == AST_CALL_JSON &&
	       (str_eq_nocase(name, STR("JSON_OBJECT")) || str_eq_nocase(name, STR("JSON_OBJECTAGG")));
}

/* The words between the arguments, by form; NULL: a comma. */
static const char *separator(const AstCall *call, uint32_t i)
{
	static const char *const substring[] = {" FROM ", " FOR "};
	static const char *const overlay[] = {" PLACING ", " FROM ", " FOR "};
	static const char *const position[] = {" IN ", " FROM "};
	switch (call->form) {
	case AST_CALL_EXTRACT: return " FROM ";
	case AST_CALL_SUBSTRING: return substring[i - 1];
	case AST_CALL_OVERLAY: return overlay[i - 1];
	case AST_CALL_POSITION: return position[i - 1];
	case AST_CALL_TO_UNIT: return " TO ";
	default: return is_json_object(call) && i % 2 == 1 ? " VALUE " : ", ";
	}
}

static void print_trim_args(Print *p, const AstCall *call)
{
	static const char *const sides[] = {"", "BOTH ", "LEADING ", "TRAILING "};
	print_puts(p, sides[call->trim]);
	if (call->args.len > 1) {
		print_any(p, call->args.items[1]);
		print_puts(p, " ");
	}
	print_node_if(p, "FROM ", call->args.items[0]);
}

static void print_call_args(Print *p, const AstCall *call)
{
	if (call->form == AST_CALL_TRIM) {
		print_trim_args(p, call);
		return;
	}
	print_if(p, call->distinct, "DISTINCT ");
	print_if(p, call->star, "*");
	for (uint32_t i = 0; i < call->args.len; i++) {
		if (i > 0)
			print_puts(p, separator(call, i));
		/* POSITION's first argument ends before IN. */
		bool parens = call->form == AST_CALL_POSITION && i == 0 && call->args.items[i]->kind != AST_LITERAL &&
		              call->args.items[i]->kind != AST_COLUMN && call->args.items[i]->kind != AST_CALL;
		print_if(p, is_json_object(call) && i % 2 == 0, "KEY ");
		print_if(p, parens, "(");
		print_any(p, call->args.items[i]);
		print_if(p, parens, ")");
	}
}

static void print_nulls(Print *p, AstNullTreatment nulls)
{
	static const char *const words[] = {"", " RESPECT NULLS", " IGNORE NULLS"};
	print_puts(p, words[nulls]);
}

/* LEFT(...) and RIGHT(...) are the only reserved words that are called. */
static void print_function_name(Print *p, const AstNames *name)
{
	for (uint32_t i = 0; i < name->len; i++) {
		print_if(p, i > 0, ".");
		Str text = name->items[i].text;
		bool reserved_call = str_eq_nocase(text, STR("left")) || str_eq_nocase(text, STR("right"));
		if (p->options->flink && name->len == 1 && name->items[i].quote == 0)
			strbuf_put_str(p->out, text); /* its own functions have reserved names too */
		else if (i > 0 || (reserved_call && name->len == 1))
			print_ident_after_dot(p, &name->items[i]);
		else
			print_ident(p, &name->items[i]);
	}
}

void print_call(Print *p, const AstCall *call)
{
	print_function_name(p, &call->name);
	if (call->form == AST_CALL_BARE)
		return;
	print_puts(p, "(");
	print_call_args(p, call);
	print_list_if(p, " ORDER BY ", &call->order_by);
	if (call->json != NULL)
		print_json_clauses(p, call->json);
	print_puts(p, ")");
	if (call->within_group.len > 0) {
		print_puts(p, " WITHIN GROUP (ORDER BY ");
		print_list(p, &call->within_group);
		print_puts(p, ")");
	}
	if (call->filter != NULL) {
		print_puts(p, " FILTER (WHERE ");
		print_any(p, call->filter);
		print_puts(p, ")");
	}
	print_nulls(p, call->nulls);
	if (call->over != NULL) {
		print_puts(p, " OVER ");
		print_call_window(p, call->over);
	}
}

static void print_bound(Print *p, AstFrameBound bound, const AstNode *value)
{
	static const char *const words[] = {"UNBOUNDED PRECEDING", " PRECEDING", "CURRENT ROW", " FOLLOWING",
	                                    "UNBOUNDED FOLLOWING"};
	if (value != NULL)
		print_any(p, value);
	print_puts(p, words[bound]);
}

static void print_frame(Print *p, const AstFrame *frame)
{
	static const char *const units[] = {"ROWS ", "RANGE ", "GROUPS "};
	static const char *const excludes[] = {"", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES",
	                                       " EXCLUDE NO OTHERS"};
	print_puts(p, units[frame->unit]);
	print_if(p, frame->between, "BETWEEN ");
	print_bound(p, frame->start, frame->start_value);
	if (frame->between) {
		print_puts(p, " AND ");
		print_bound(p, frame->end, frame->end_value);
	}
	print_puts(p, excludes[frame->exclude]);
}

void print_call_window(Print *p, const AstWindow *w)
{
	if (w->name.text.ptr != NULL) {
		print_ident(p, &w->name);
		print_puts(p, " AS ");
	}
	if (w->bare) {
		print_ident(p, &w->base);
		return;
	}
	const char *space = "";
	print_puts(p, "(");
	if (w->base.text.ptr != NULL) {
		print_ident(p, &w->base);
		space = " ";
	}
	if (w->partition_by.len > 0) {
		print_puts(p, space);
		print_list_if(p, "PARTITION BY ", &w->partition_by);
		space = " ";
	}
	if (w->order_by.len > 0) {
		print_puts(p, space);
		print_list_if(p, "ORDER BY ", &w->order_by);
		space = " ";
	}
	if (w->frame != NULL) {
		print_puts(p, space);
		print_frame(p, w->frame);
	}
	print_puts(p, ")");
}

static void print_table_arg(Print *p, const AstTableArg *arg)
{
	print_puts(p, "TABLE ");
	if (arg->query != NULL) {
		print_puts(p, "(");
		print_any(p, arg->query);
		print_puts(p, ")");
	} else {
		print_path(p, &arg->path);
	}
	if (arg->partition_by.len > 0) {
		print_puts(p, " PARTITION BY ");
		print_parens(p, &arg->partition_by);
	}
	if (arg->order_by.len > 0) {
		print_puts(p, " ORDER BY ");
		print_parens(p, &arg->order_by);
	}
}

static void print_sort_item(Print *p, const AstSortItem *item)
{
	static const char *const directions[] = {"", " ASC", " DESC"};
	static const char *const nulls[] = {"", " NULLS FIRST", " NULLS LAST"};
	print_any(p, item->expr);
	print_puts(p, directions[item->direction]);
	print_puts(p, nulls[item->nulls]);
}

bool print_call_kind(Print *p, const AstNode *node)
{
	switch (node->kind) {
	case AST_CALL: print_call(p, AST_CONST(AstCall, node)); return true;
	case AST_NAMED_ARG:
		if (p->options->flink) /* SIZE => ... */
			strbuf_put_str(p->out, AST_CONST(AstNamedArg, node)->name.text);
		else
			print_ident_after_dot(p, &AST_CONST(AstNamedArg, node)->name);
		print_node_if(p, " => ", AST_CONST(AstNamedArg, node)->value);
		return true;
	case AST_UNIT_ARG: print_puts(p, ast_unit_name(AST_CONST(AstUnitArg, node)->unit)); return true;
	case AST_DESCRIPTOR:
		print_puts(p, "DESCRIPTOR");
		print_names(p, &AST_CONST(AstDescriptor, node)->columns);
		return true;
	case AST_TABLE_ARG: print_table_arg(p, AST_CONST(AstTableArg, node)); return true;
	case AST_JSON_CLAUSES: print_json_clauses(p, AST_CONST(AstJsonClauses, node)); return true;
	case AST_SORT_ITEM: print_sort_item(p, AST_CONST(AstSortItem, node)); return true;
	case AST_WINDOW: print_call_window(p, AST_CONST(AstWindow, node)); return true;
	case AST_FRAME: print_frame(p, AST_CONST(AstFrame, node)); return true;
	default: return false;
	}
}
