/*
 * parser/print_stmt.c: statements that read and change rows, and those about running queries.
 */
#include "parser/print_int.h"

static void print_insert(Print *p, const AstInsert *s)
{
	static const char *const conflicts[] = {"", " ON CONFLICT DO NOTHING", " ON CONFLICT DO ERROR",
	                                        " ON CONFLICT DO DEDUPLICATE"};
	print_puts(p, s->overwrite ? "INSERT OVERWRITE " : "INSERT INTO ");
	print_path(p, &s->path);
	if (s->hints.len > 0) {
		print_puts(p, " ");
		print_from_hints(p, &s->hints);
	}
	for (uint32_t i = 0; i < s->partition.len; i++) {
		const AstOption *item = AST_CONST(AstOption, s->partition.items[i]);
		const AstName column = {.text = item->key->value};
		print_puts(p, i == 0 ? " PARTITION (" : ", ");
		print_ident(p, &column);
		if (item->value != NULL) {
			print_puts(p, " = ");
			print_literal(p, item->value);
		}
	}
	print_if(p, s->partition.len > 0, ")");
	if (s->columns.len > 0) {
		print_puts(p, " ");
		print_names(p, &s->columns);
	}
	print_node_if(p, " ", s->query);
	print_puts(p, conflicts[s->on_conflict]);
}

static void print_statement_set(Print *p, const AstStatementSet *s)
{
	print_puts(p, s->old_form ? "BEGIN STATEMENT SET; " : "EXECUTE STATEMENT SET BEGIN ");
	for (uint32_t i = 0; i < s->inserts.len; i++) {
		print_any(p, s->inserts.items[i]);
		print_puts(p, "; ");
	}
	print_puts(p, "END");
}

static void print_target(Print *p, const AstNames *path, const AstName *alias)
{
	print_path(p, path);
	if (alias->text.ptr != NULL) {
		print_puts(p, " AS ");
		print_ident(p, alias);
	}
}

static void print_update(Print *p, const AstUpdate *s)
{
	print_puts(p, "UPDATE ");
	print_target(p, &s->path, &s->alias);
	print_list_if(p, " SET ", &s->assignments);
	print_node_if(p, " WHERE ", s->where);
}

static void print_delete(Print *p, const AstDelete *s)
{
	print_puts(p, "DELETE FROM ");
	print_target(p, &s->path, &s->alias);
	print_node_if(p, " WHERE ", s->where);
}

static void print_subscribe(Print *p, const AstSubscribe *s)
{
	print_puts(p, "SUBSCRIBE TO ");
	print_path(p, &s->path);
	if (s->options.len > 0) {
		print_puts(p, " WITH ");
		print_options(p, &s->options);
	}
}

static void print_copy(Print *p, const AstCopy *s)
{
	print_puts(p, "COPY ");
	if (s->source != NULL) {
		print_puts(p, "(");
		print_any(p, s->source);
		print_puts(p, ")");
	} else {
		print_path(p, &s->path);
		if (s->columns.len > 0) {
			print_puts(p, " ");
			print_names(p, &s->columns);
		}
	}
	print_puts(p, s->direction == AST_COPY_TO_STDOUT ? " TO STDOUT" : " FROM STDIN");
	if (s->options.len > 0) {
		print_puts(p, " WITH ");
		print_parens(p, &s->options);
	}
}

static void print_explain(Print *p, const AstExplain *s)
{
	static const struct {
		uint32_t detail;
		const char *word;
	} details[] = {{AST_EXPLAIN_ESTIMATED_COST, "ESTIMATED_COST"},
	               {AST_EXPLAIN_CHANGELOG_MODE, "CHANGELOG_MODE"},
	               {AST_EXPLAIN_PLAN_ADVICE, "PLAN_ADVICE"},
	               {AST_EXPLAIN_JSON_PLAN, "JSON_EXECUTION_PLAN"},
	               {AST_EXPLAIN_VERBOSE, "VERBOSE"}};
	const char *before = " ";
	print_puts(p, "EXPLAIN");
	if (s->analyze) {
		print_puts(p, " ANALYZE");
		before = ", ";
	}
	for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
		if (s->details & details[i].detail) {
			strbuf_printf(p->out, "%s%s", before, details[i].word);
			before = ", ";
		}
	}
	print_node_if(p, " ", s->target);
	if (s->target == NULL) {
		print_puts(p, " ");
		print_path(p, &s->path);
	}
}

static void print_control(Print *p, const AstControl *s)
{
	static const char *const words[] = {"PAUSE QUERY ", "RESUME QUERY ", "CANCEL QUERY "};
	print_puts(p, s->skip ? "RESUME SKIP QUERY " : words[s->action]);
	print_path(p, &s->path);
}

static void print_named(Print *p, const char *word, const AstNode *node)
{
	const AstNames *path = &AST_CONST(AstNamed, node)->path;
	print_puts(p, word);
	if (path->len == 0)
		print_puts(p, "ALL");
	else
		print_path(p, path);
}

static void print_replay(Print *p, const AstReplay *s)
{
	print_puts(p, "REPLAY ");
	print_path(p, &s->path);
	if (s->into.len > 0) {
		print_puts(p, " INTO ");
		print_path(p, &s->into);
	}
}

bool print_stmt_kind(Print *p, const AstNode *node)
{
	switch (node->kind) {
	case AST_STMT_QUERY: print_any(p, AST_CONST(AstStmtQuery, node)->query); return true;
	case AST_INSERT: print_insert(p, AST_CONST(AstInsert, node)); return true;
	case AST_STATEMENT_SET: print_statement_set(p, AST_CONST(AstStatementSet, node)); return true;
	case AST_UPDATE: print_update(p, AST_CONST(AstUpdate, node)); return true;
	case AST_DELETE: print_delete(p, AST_CONST(AstDelete, node)); return true;
	case AST_ASSIGNMENT:
		print_ident(p, &AST_CONST(AstAssignment, node)->column);
		print_node_if(p, " = ", AST_CONST(AstAssignment, node)->value);
		return true;
	case AST_TRUNCATE: print_named(p, "TRUNCATE TABLE ", node); return true;
	case AST_SUBSCRIBE: print_subscribe(p, AST_CONST(AstSubscribe, node)); return true;
	case AST_COPY: print_copy(p, AST_CONST(AstCopy, node)); return true;
	case AST_EXPLAIN: print_explain(p, AST_CONST(AstExplain, node)); return true;
	case AST_WHY: print_named(p, "WHY QUERY ", node); return true;
	case AST_CONTROL: print_control(p, AST_CONST(AstControl, node)); return true;
	case AST_REPLAY: print_replay(p, AST_CONST(AstReplay, node)); return true;
	case AST_FLUSH: print_puts(p, "FLUSH"); return true;
	case AST_BACKUP:
		print_puts(p, "BACKUP TO ");
		print_any(p, &AST_CONST(AstBackup, node)->to->node);
		return true;
	case AST_CLOSE: print_named(p, "CLOSE ", node); return true;
	case AST_DEALLOCATE: print_named(p, "DEALLOCATE ", node); return true;
	case AST_UNSUPPORTED: strbuf_put_str(p->out, AST_CONST(AstUnsupported, node)->text); return true;
	default: return false;
	}
}
