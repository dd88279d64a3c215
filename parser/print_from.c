/*
 * parser/print_from.c: what stands in FROM, hints, MATCH_RECOGNIZE.
 */
#include "parser/print_int.h"

static void print_hint(Print *p, const AstHint *hint)
{
	if (p->options->flink)
		strbuf_put_str(p->out, hint->name.text);
	else
		print_ident_after_dot(p, &hint->name);
	if (hint->options.len + hint->args.len == 0)
		return;
	print_puts(p, "(");
	for (uint32_t i = 0; i < hint->options.len; i++) {
		const AstOption *option = AST_CONST(AstOption, hint->options.items[i]);
		print_if(p, i > 0, ", ");
		print_literal(p, option->key);
		print_puts(p, " = ");
		print_shown(p, option->key->value, option->value);
	}
	print_if(p, hint->options.len > 0 && hint->args.len > 0, ", ");
	print_list(p, &hint->args);
	print_puts(p, ")");
}

void print_from_hints(Print *p, const AstList *hints)
{
	print_puts(p, "/*+ ");
	print_list(p, hints);
	print_puts(p, " */");
}

static void print_alias(Print *p, const AstRefHead *head)
{
	if (head->alias.text.ptr == NULL)
		return;
	print_puts(p, " AS ");
	print_ident(p, &head->alias);
	if (head->columns.len > 0) {
		print_puts(p, " ");
		print_names(p, &head->columns);
	}
}

static void print_table(Print *p, const AstRefTable *ref)
{
	print_path(p, &ref->path);
	if (ref->hints.len > 0) {
		print_puts(p, " ");
		print_from_hints(p, &ref->hints);
	}
	print_node_if(p, " FOR SYSTEM_TIME AS OF ", ref->as_of);
	print_alias(p, &ref->head);
}

static void print_function(Print *p, const AstRefFunction *ref)
{
	print_if(p, ref->head.lateral, "LATERAL ");
	print_if(p, ref->wrapped, "TABLE(");
	print_call(p, ref->call);
	print_if(p, ref->wrapped, ")");
	print_if(p, ref->ordinality, " WITH ORDINALITY");
	print_alias(p, &ref->head);
}

static void print_unnest(Print *p, const AstRefUnnest *ref)
{
	print_puts(p, ref->head.lateral ? "LATERAL UNNEST" : "UNNEST");
	print_parens(p, &ref->args);
	print_if(p, ref->ordinality, " WITH ORDINALITY");
	print_alias(p, &ref->head);
}

static void print_ref_subquery(Print *p, const AstRefSubquery *ref)
{
	print_puts(p, ref->head.lateral ? "LATERAL (" : "(");
	print_any(p, ref->query);
	print_puts(p, ")");
	print_alias(p, &ref->head);
}

static bool is_aliased(const AstNode *ref)
{
	return AST_CONST(AstRefHead, ref)->alias.text.ptr != NULL;
}

static void print_join_alone(Print *p, const AstRefJoin *join)
{
	static const char *const words[] = {"JOIN ",       "LEFT JOIN ",      "RIGHT JOIN ",    "FULL JOIN ",
	                                    "CROSS JOIN ", "LEFT SEMI JOIN ", "LEFT ANTI JOIN "};
	print_any(p, join->left);
	print_puts(p, " ");
	print_if(p, join->natural, "NATURAL ");
	print_puts(p, words[join->kind]);
	bool parens = join->right->kind == AST_REF_JOIN && !is_aliased(join->right);
	print_if(p, parens, "(");
	print_any(p, join->right);
	print_if(p, parens, ")");
	print_node_if(p, " ON ", join->on);
	if (join->using.len > 0) {
		print_puts(p, " USING ");
		print_names(p, &join->using);
	}
}

/* With an alias a join stands in parentheses of its own. */
static void print_join(Print *p, const AstRefJoin *join)
{
	bool parens = is_aliased(&join->head.node);
	print_if(p, parens, "(");
	print_join_alone(p, join);
	print_if(p, parens, ")");
	print_alias(p, &join->head);
}

static void print_skip(Print *p, const AstRefMatch *m)
{
	static const char *const words[] = {"",
	                                    " AFTER MATCH SKIP PAST LAST ROW",
	                                    " AFTER MATCH SKIP TO NEXT ROW",
	                                    " AFTER MATCH SKIP TO FIRST ",
	                                    " AFTER MATCH SKIP TO LAST ",
	                                    " AFTER MATCH SKIP TO "};
	print_puts(p, words[m->skip]);
	if (m->skip >= AST_SKIP_TO_FIRST)
		print_ident(p, &m->skip_to);
}

static void print_match(Print *p, const AstRefMatch *m)
{
	static const char *const rows[] = {"", " ONE ROW PER MATCH", " ALL ROWS PER MATCH"};
	bool parens = m->input->kind == AST_REF_JOIN && !is_aliased(m->input);
	print_if(p, parens, "(");
	print_any(p, m->input);
	print_puts(p, parens ? ") MATCH_RECOGNIZE (" : " MATCH_RECOGNIZE (");
	size_t begin = p->out->len;
	print_list_if(p, " PARTITION BY ", &m->partition_by);
	print_list_if(p, " ORDER BY ", &m->order_by);
	print_list_if(p, " MEASURES ", &m->measures);
	print_puts(p, rows[m->rows]);
	print_skip(p, m);
	print_puts(p, " PATTERN (");
	print_any(p, m->pattern);
	print_puts(p, ")");
	print_node_if(p, " WITHIN ", m->within);
	print_list_if(p, " SUBSET ", &m->subsets);
	print_list_if(p, " DEFINE ", &m->defines);
	print_puts(p, ")");
	memmove(p->out->ptr + begin, p->out->ptr + begin + 1, p->out->len - begin); /* the first blank, NUL included */
	p->out->len--;
	print_alias(p, &m->head);
}

static void print_pattern_list(Print *p, const AstPatternGroup *group, const char *between)
{
	for (uint32_t i = 0; i < group->items.len; i++) {
		const AstNode *item = group->items.items[i];
		bool parens =
		    item->kind == AST_PATTERN_ALT || (item->kind == AST_PATTERN_SEQ && group->node.kind == AST_PATTERN_SEQ);
		print_if(p, i > 0, between);
		print_if(p, parens, "(");
		print_any(p, item);
		print_if(p, parens, ")");
	}
}

static void print_quant(Print *p, const AstPatternQuant *q)
{
	bool parens =
	    q->item->kind == AST_PATTERN_SEQ || q->item->kind == AST_PATTERN_ALT || q->item->kind == AST_PATTERN_QUANT;
	print_if(p, parens, "(");
	print_any(p, q->item);
	print_if(p, parens, ")");
	if (q->min == 0 && q->max == -1)
		print_puts(p, "*");
	else if (q->min == 1 && q->max == -1)
		print_puts(p, "+");
	else if (q->min == 0 && q->max == 1)
		print_puts(p, "?");
	else if (q->max == -1)
		strbuf_printf(p->out, "{%u,}", q->min);
	else if (q->max == (int64_t)q->min)
		strbuf_printf(p->out, "{%u}", q->min);
	else
		strbuf_printf(p->out, "{%u,%lld}", q->min, (long long)q->max);
	print_if(p, q->reluctant, "?");
}

static bool print_pattern_kind(Print *p, const AstNode *node)
{
	switch (node->kind) {
	case AST_PATTERN_VAR:
		if (AST_CONST(AstPatternVar, node)->anchor)
			print_puts(p, "^");
		else
			print_ident(p, &AST_CONST(AstPatternVar, node)->name);
		return true;
	case AST_PATTERN_SEQ: print_pattern_list(p, AST_CONST(AstPatternGroup, node), " "); return true;
	case AST_PATTERN_ALT: print_pattern_list(p, AST_CONST(AstPatternGroup, node), " | "); return true;
	case AST_PATTERN_PERMUTE:
		print_puts(p, "PERMUTE(");
		print_pattern_list(p, AST_CONST(AstPatternGroup, node), ", ");
		print_puts(p, ")");
		return true;
	case AST_PATTERN_EXCLUDE:
		print_puts(p, "{- ");
		print_any(p, AST_CONST(AstPatternGroup, node)->items.items[0]);
		print_puts(p, " -}");
		return true;
	case AST_PATTERN_QUANT: print_quant(p, AST_CONST(AstPatternQuant, node)); return true;
	case AST_PATTERN_BINDING: {
		const AstPatternBinding *binding = AST_CONST(AstPatternBinding, node);
		print_ident(p, &binding->name);
		print_node_if(p, " AS ", binding->expr);
		if (binding->names.len > 0) {
			print_puts(p, " = ");
			print_names(p, &binding->names);
		}
		return true;
	}
	default: return false;
	}
}

bool print_from_kind(Print *p, const AstNode *node)
{
	switch (node->kind) {
	case AST_HINT: print_hint(p, AST_CONST(AstHint, node)); return true;
	case AST_OPTION: print_option(p, AST_CONST(AstOption, node)); return true;
	case AST_REF_TABLE: print_table(p, AST_CONST(AstRefTable, node)); return true;
	case AST_REF_FUNCTION: print_function(p, AST_CONST(AstRefFunction, node)); return true;
	case AST_REF_UNNEST: print_unnest(p, AST_CONST(AstRefUnnest, node)); return true;
	case AST_REF_SUBQUERY: print_ref_subquery(p, AST_CONST(AstRefSubquery, node)); return true;
	case AST_REF_JOIN: print_join(p, AST_CONST(AstRefJoin, node)); return true;
	case AST_REF_MATCH: print_match(p, AST_CONST(AstRefMatch, node)); return true;
	default: return print_pattern_kind(p, node);
	}
}
