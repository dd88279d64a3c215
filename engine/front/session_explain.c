/*
 * engine/front/session_explain.c: EXPLAIN.
 */
#include "engine/front/session_int.h"
#include "sql/plan/explain.h"

bool session_explain_lines(Running *r, const char *name, Str text, const char *tag)
{
	struct {
		Str *items;
		size_t len, cap;
	} lines = {0};
	Str rest = text, line;
	while (str_next(&rest, '\n', &line))
		if (line.len || rest.ptr)
			ARENA_PUSH(r->arena, &lines, arena_str(r->arena, line));
	const char *names[] = {name};
	return session_text_result(r, names, 1, lines.items, (uint32_t)lines.len, tag);
}

static bool plan_of(Running *r, BindContext *bc, const AstNode *target, PlanQuery **plan, Err *err)
{
	const Relation *rel;
	bool continuous;
	switch (target->kind) {
	case AST_STMT_QUERY: {
		const AstNode *q = AST_CONST(AstStmtQuery, target)->query;
		return bind_select(bc, q, AST_CONST(AstQuery, q)->emit != AST_EMIT_UNSPECIFIED, plan, err);
	}
	case AST_INSERT: return bind_insert(bc, target, plan, &rel, &continuous, err);
	case AST_CREATE_VIEW:
		if (AST_CONST(AstCreateView, target)->materialized) {
			Relation *out = ARENA_NEW(r->arena, Relation);
			if (!bind_create_mview(bc, target, out, err))
				return false;
			*plan = (PlanQuery *)(uintptr_t)out->plan;
			return true;
		}
		return bind_select(bc, AST_CONST(AstCreateView, target)->query, true, plan, err);
	case AST_UPDATE: return bind_update(bc, target, plan, &rel, err);
	case AST_DELETE: return bind_delete(bc, target, plan, &rel, err);
	default: return err_set_at(err, ERR_NOT_SUPPORTED, target->span, "EXPLAIN of this statement is not supported yet");
	}
}

static bool explain(Running *r, const AstExplain *node, Err *err)
{
	Catalog *c = engine_catalog(r->s->opt.engine);
	StrBuf notices, text;
	strbuf_init(&notices);
	strbuf_init(&text);
	BindContext bc;
	session_bind_context(r->s, c, r->arena, r->text, &notices, &bc);
	bool ok = true;
	PlanQuery *plan = NULL;
	if (node->target) {
		ok = plan_of(r, &bc, node->target, &plan, err);
	} else {
		Str name = node->path.items[node->path.len - 1].text;
		const Relation *rel = catalog_find(c, STR_EMPTY, name);
		const QueryDef *q = rel && rel->plan ? NULL : catalog_query(c, name, err);
		if (rel && rel->plan)
			plan = (PlanQuery *)(uintptr_t)rel->plan;
		else if (q)
			plan = (PlanQuery *)(uintptr_t)q->plan;
		ok = plan != NULL;
	}
	if (ok) {
		ExplainOptions o = {.changes = !plan->snapshot || (node->details & AST_EXPLAIN_CHANGELOG_MODE),
		                    .state = !plan->snapshot};
		explain_print(plan, &o, &text);
		session_notices(r, &notices);
		ok = session_explain_lines(r, "plan", strbuf_str(&text), "EXPLAIN");
	}
	strbuf_deinit(&text);
	strbuf_deinit(&notices);
	catalog_unref(c);
	return ok;
}

bool session_explain(Running *r, Err *err)
{
	if (r->stmt->kind == AST_EXPLAIN)
		return explain(r, AST_CONST(AstExplain, r->stmt), err);
	return session_why(r, err);
}
