/*
 * engine/front/session_alter.c: ALTER MATERIALIZED VIEW v AS q DRY RUN: what would be kept and built anew, the plan,
 * and the rows that would differ.
 *
 * The rows are those of the view now against q as a snapshot of the same committed epoch. Where q reads what a snapshot
 * cannot (an unbounded table), the reason stands in their place.
 */
#include "engine/front/session_int.h"
#include "engine/batch/batch.h"
#include "parser/print.h"
#include "sql/plan/explain.h"

enum { ALTER_ROWS_SHOWN = 20 };

typedef struct Lines {
	Arena *arena;
	StrBuf text;
	char sign;
	uint64_t n; /* rows of one side */
} Lines;

typedef struct Differ {
	Lines *lines;
	const PlanQuery *plan;
} Differ;

static bool take_rows(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)err;
	(void)done;
	Differ *d = ctx;
	const Plan *root = d->plan->root;
	for (uint32_t i = 0; i < b->n; i++) {
		if (d->lines->n++ >= ALTER_ROWS_SHOWN)
			continue;
		strbuf_printf(&d->lines->text, "%c (", d->lines->sign);
		for (uint32_t c = 0; c < b->ncols; c++) {
			strbuf_puts(&d->lines->text, c ? ", " : "");
			value_print(root->cols[c].type, column_value(&b->cols[c], i), VALUE_SQL, d->plan->zone, &d->lines->text);
		}
		strbuf_puts(&d->lines->text, ")\n");
	}
	return true;
}

/* The rows of one query that the other has not, as lines. */
static bool put_missing(Running *r, const char *left, const char *right, char sign, Lines *lines, Err *err)
{
	Catalog *c = engine_catalog(r->s->opt.engine);
	StrBuf sql, notices;
	strbuf_init(&sql);
	strbuf_init(&notices);
	strbuf_printf(&sql, "SELECT * FROM (%s) AS a EXCEPT ALL SELECT * FROM (%s) AS b", left, right);
	Str text = arena_str(r->arena, strbuf_str(&sql));
	strbuf_deinit(&sql);
	AstNode *stmt = NULL;
	uint32_t next;
	BindContext bc;
	PlanQuery *plan = NULL;
	bool ok = parser_statement(r->arena, text, 0, NULL, &stmt, &next, err) &&
	          session_bind_context(r->s, c, r->arena, text, &notices, &bc) &&
	          bind_select(&bc, AST_CONST(AstStmtQuery, stmt)->query, false, &plan, err);
	lines->sign = sign;
	lines->n = 0;
	Differ d = {lines, plan};
	ok = ok && session_select_run(r->s, r->arena, plan, NULL, take_rows, &d, NULL, err);
	if (ok && lines->n > ALTER_ROWS_SHOWN)
		strbuf_printf(&lines->text, "%c ... %llu rows more\n", sign, (unsigned long long)(lines->n - ALTER_ROWS_SHOWN));
	strbuf_deinit(&notices);
	catalog_unref(c);
	return ok;
}

static void put_rows(Running *r, const AstAlter *node, Lines *lines)
{
	StrBuf query, view;
	strbuf_init(&query);
	strbuf_init(&view);
	print_sql(node->query, &(PrintOptions){.expanded = true}, &query);
	strbuf_puts(&view, "SELECT * FROM ");
	print_name(node->path.items[node->path.len - 1].text, &view);
	size_t before = lines->text.len;
	Err err = {0};
	uint64_t gone = 0, come = 0;
	bool ok = put_missing(r, strbuf_cstr(&view), strbuf_cstr(&query), '-', lines, &err);
	gone = lines->n;
	ok = ok && put_missing(r, strbuf_cstr(&query), strbuf_cstr(&view), '+', lines, &err);
	come = lines->n;
	if (!ok) {
		lines->text.len = before;
		strbuf_printf(&lines->text, "rows that would differ: not known: %s%s%s\n", err.message, err.hint[0] ? "; " : "",
		              err.hint);
	} else {
		strbuf_printf(&lines->text, "rows that would differ: %llu go, %llu come\n", (unsigned long long)gone,
		              (unsigned long long)come);
	}
	strbuf_deinit(&query);
	strbuf_deinit(&view);
}

static bool put_plan(Running *r, const AstAlter *node, Lines *lines, Err *err)
{
	Catalog *c = engine_catalog(r->s->opt.engine);
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_puts(&sql, "CREATE MATERIALIZED VIEW ");
	print_name(node->path.items[node->path.len - 1].text, &sql);
	strbuf_puts(&sql, " AS ");
	print_sql(node->query, &(PrintOptions){.expanded = true}, &sql);
	Str text = arena_str(r->arena, strbuf_str(&sql));
	strbuf_deinit(&sql);
	AstNode *stmt = NULL;
	uint32_t next;
	BindContext bc;
	Relation *out = ARENA_NEW(r->arena, Relation);
	bool ok = parser_statement(r->arena, text, 0, NULL, &stmt, &next, err) &&
	          session_bind_context(r->s, c, r->arena, text, NULL, &bc) && bind_create_mview(&bc, stmt, out, err);
	ExplainOptions o = {.changes = true, .state = true};
	if (ok)
		explain_print(out->plan, &o, &lines->text);
	catalog_unref(c);
	return ok;
}

bool session_alter_dry(Running *r, Err *err)
{
	const AstAlter *node = AST_CONST(AstAlter, r->stmt);
	Lines lines = {.arena = r->arena};
	StrBuf receipts;
	strbuf_init(&lines.text);
	strbuf_init(&receipts);
	EngineStatement es = {
	    .stmt = r->stmt, .text = r->text, .settings = r->s->settings, .dry = true, .notices = &receipts};
	es.req.cancel = &r->s->cancel;
	bool ok = engine_execute(r->s->opt.engine, &es, err);
	if (ok) {
		strbuf_put_str(&lines.text, strbuf_str(&receipts));
		ok = put_plan(r, node, &lines, err);
	}
	if (ok) {
		put_rows(r, node, &lines);
		ok = session_explain_lines(r, "dry run", strbuf_str(&lines.text), "ALTER MATERIALIZED VIEW");
	}
	strbuf_deinit(&lines.text);
	strbuf_deinit(&receipts);
	return ok;
}
