/*
 * parser/print_session.c: settings, SHOW, transactions, cursors.
 */
#include "parser/print_int.h"

#include "base/config.h"

static void print_set_values(Print *p, const AstSet *s)
{
	if (s->to_default)
		print_puts(p, "DEFAULT");
	else if (s->key != NULL && p->options->masked && config_is_secret(s->key->value))
		print_puts(p, "'***'");
	else
		print_list(p, &s->values);
}

static void print_set(Print *p, const AstSet *s)
{
	print_puts(p, "SET");
	if (s->key == NULL)
		return;
	if (s->form == AST_SET_FLINK) {
		print_puts(p, " ");
		print_literal(p, s->key);
		print_puts(p, " = ");
	} else {
		bool string = s->key->kind == AST_LIT_STRING;
		print_puts(p, s->local ? " LOCAL " : string ? " SESSION " : " ");
		if (s->form == AST_SET_TIME_ZONE)
			print_puts(p, "TIME ZONE ");
		else {
			print_literal(p, s->key);
			print_puts(p, " TO ");
		}
	}
	print_set_values(p, s);
}

static void print_reset(Print *p, const AstSet *s)
{
	print_puts(p, "RESET");
	if (s->key != NULL) {
		print_puts(p, " ");
		print_literal(p, s->key);
	}
}

static void print_like(Print *p, const AstShow *s)
{
	if (s->in.len > 0) {
		print_puts(p, " FROM ");
		print_path(p, &s->in);
	}
	if (s->like != NULL) {
		print_if(p, s->like_negated, " NOT");
		print_puts(p, s->ilike ? " ILIKE " : " LIKE ");
		print_literal(p, s->like);
	}
}

static void print_show(Print *p, const AstShow *s)
{
	static const char *const words[] = {"TABLES",
	                                    "VIEWS",
	                                    "MATERIALIZED VIEWS",
	                                    "QUERIES",
	                                    "FUNCTIONS",
	                                    "USER FUNCTIONS",
	                                    "INDEXES",
	                                    "SETTINGS",
	                                    "CATALOGS",
	                                    "DATABASES",
	                                    "CURRENT CATALOG",
	                                    "CURRENT DATABASE",
	                                    "COLUMNS",
	                                    "PARTITIONS ",
	                                    "JOBS",
	                                    "MODULES",
	                                    "JARS",
	                                    "CREATE ",
	                                    "",
	                                    "ALL"};
	print_puts(p, "SHOW ");
	print_puts(p, words[s->what]);
	switch (s->what) {
	case AST_SHOW_CREATE:
		strbuf_printf(p->out, "%s ", print_ddl_object(s->object));
		print_path(p, &s->in);
		break;
	case AST_SHOW_PARTITIONS: print_path(p, &s->in); break;
	case AST_SHOW_SETTING: print_string(p, s->setting); break;
	default: print_like(p, s); break;
	}
}

static void print_describe(Print *p, const AstDescribe *s)
{
	print_puts(p, "DESCRIBE ");
	print_if(p, s->extended, "EXTENDED ");
	strbuf_printf(p->out, "%s ", print_ddl_object(s->object));
	print_path(p, &s->path);
}

static void print_modes(Print *p, uint32_t modes)
{
	static const char *const words[] = {"READ ONLY",
	                                    "READ WRITE",
	                                    "ISOLATION LEVEL SERIALIZABLE",
	                                    "ISOLATION LEVEL REPEATABLE READ",
	                                    "ISOLATION LEVEL READ COMMITTED",
	                                    "ISOLATION LEVEL READ UNCOMMITTED",
	                                    "DEFERRABLE",
	                                    "NOT DEFERRABLE"};
	const char *before = " ";
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (modes & (1u << i)) {
			strbuf_printf(p->out, "%s%s", before, words[i]);
			before = ", ";
		}
	}
}

static void print_transaction(Print *p, const AstTransaction *s)
{
	static const char *const words[] = {"BEGIN",
	                                    "COMMIT",
	                                    "ROLLBACK",
	                                    "SAVEPOINT ",
	                                    "RELEASE SAVEPOINT ",
	                                    "ROLLBACK TO SAVEPOINT ",
	                                    "SET TRANSACTION",
	                                    "SET SESSION CHARACTERISTICS AS TRANSACTION"};
	print_puts(p, words[s->action]);
	if (s->name.text.ptr != NULL)
		print_ident(p, &s->name);
	print_modes(p, s->modes);
}

static void print_declare(Print *p, const AstDeclare *s)
{
	print_puts(p, "DECLARE ");
	print_ident(p, &s->name);
	print_if(p, s->binary, " BINARY");
	print_puts(p, s->with_hold ? " CURSOR WITH HOLD FOR " : " CURSOR FOR ");
	print_any(p, s->source);
}

static void print_fetch(Print *p, const AstFetch *s)
{
	static const char *const words[] = {" NEXT",     " PRIOR",   " FIRST",       " LAST",     " ABSOLUTE",
	                                    " RELATIVE", " FORWARD", " FORWARD ALL", " BACKWARD", " BACKWARD ALL"};
	bool counted = s->direction == AST_FETCH_ABSOLUTE || s->direction == AST_FETCH_RELATIVE ||
	               s->direction == AST_FETCH_FORWARD || s->direction == AST_FETCH_BACKWARD;
	print_puts(p, s->move ? "MOVE" : "FETCH");
	print_puts(p, words[s->direction]);
	if (counted)
		strbuf_printf(p->out, " %lld", (long long)s->count);
	print_puts(p, " FROM ");
	print_ident(p, &s->cursor);
}

static void print_prepare(Print *p, const AstPrepare *s)
{
	bool prepare = s->node.kind == AST_PREPARE;
	print_puts(p, prepare ? "PREPARE " : "EXECUTE ");
	print_ident(p, &s->name);
	const AstList *list = prepare ? &s->types : &s->args;
	if (list->len > 0) {
		print_puts(p, " ");
		print_parens(p, list);
	}
	print_node_if(p, " AS ", s->statement);
}

static void print_help(Print *p, const char *word, const AstHelp *s)
{
	print_puts(p, word);
	print_if(p, word[0] != '\0' && s->topic.len > 0, " ");
	strbuf_put_str(p->out, s->topic);
	if (s->argument != NULL) {
		print_puts(p, " ");
		print_literal(p, s->argument);
	}
}

bool print_session_kind(Print *p, const AstNode *node)
{
	switch (node->kind) {
	case AST_SET: print_set(p, AST_CONST(AstSet, node)); return true;
	case AST_RESET: print_reset(p, AST_CONST(AstSet, node)); return true;
	case AST_SHOW: print_show(p, AST_CONST(AstShow, node)); return true;
	case AST_DESCRIBE: print_describe(p, AST_CONST(AstDescribe, node)); return true;
	case AST_USE:
		print_puts(p, AST_CONST(AstUse, node)->object == AST_OBJECT_CATALOG ? "USE CATALOG " : "USE ");
		print_path(p, &AST_CONST(AstUse, node)->path);
		return true;
	case AST_HELP: print_help(p, "HELP", AST_CONST(AstHelp, node)); return true;
	case AST_CLIENT: print_help(p, "", AST_CONST(AstHelp, node)); return true;
	case AST_DISCARD: print_help(p, "DISCARD", AST_CONST(AstHelp, node)); return true;
	case AST_TRANSACTION: print_transaction(p, AST_CONST(AstTransaction, node)); return true;
	case AST_DECLARE: print_declare(p, AST_CONST(AstDeclare, node)); return true;
	case AST_FETCH: print_fetch(p, AST_CONST(AstFetch, node)); return true;
	case AST_PREPARE:
	case AST_EXECUTE: print_prepare(p, AST_CONST(AstPrepare, node)); return true;
	default: return false;
	}
}
