/*
 * engine/front/session_describe.c: columns and parameters of a statement without running it, for the extended protocol.
 *
 * Queries and changes are bound; of the rest what answers with rows costs little and changes nothing, so it is run for
 * its columns.
 */
#include "engine/front/session_int.h"

typedef struct Columns {
	Arena *arena;
	PlanCol *cols;
	uint32_t ncols;
} Columns;

static void keep_columns(Columns *c, const PlanCol *cols, uint32_t ncols)
{
	c->cols = ARENA_ARRAY_ZERO(c->arena, PlanCol, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++)
		c->cols[i] = (PlanCol){arena_str(c->arena, cols[i].name), type_copy(c->arena, cols[i].type), cols[i].time};
	c->ncols = ncols;
}

static bool columns_begin(void *ctx, const PlanCol *cols, uint32_t ncols, const struct Zone *zone)
{
	(void)zone;
	keep_columns(ctx, cols, ncols);
	return false;
}

static bool bind_changes(BindContext *bc, const AstNode *stmt, PlanQuery **plan, Err *err)
{
	const Relation *target;
	bool continuous;
	switch (stmt->kind) {
	case AST_INSERT: return bind_insert(bc, stmt, plan, &target, &continuous, err);
	case AST_UPDATE: return bind_update(bc, stmt, plan, &target, err);
	default: return bind_delete(bc, stmt, plan, &target, err);
	}
}

/* The query whose columns or parameters are asked for; NULL: none. */
static bool find_query(const AstNode *stmt, Arena *arena, Str *text, const AstNode **query, Err *err)
{
	*query = NULL;
	switch (stmt->kind) {
	case AST_STMT_QUERY: *query = AST_CONST(AstStmtQuery, stmt)->query; return true;
	case AST_SUBSCRIBE: return session_cursor_subscribe(arena, AST_CONST(AstSubscribe, stmt), text, query, err);
	case AST_DECLARE:
		if (AST_CONST(AstDeclare, stmt)->source->kind == AST_QUERY)
			*query = AST_CONST(AstDeclare, stmt)->source;
		return true;
	default: return true;
	}
}

static bool describe_bound(Session *s, const AstNode *stmt, Str text, const Type **param_types, uint32_t nparams,
                           Columns *c, const Type ***params_out, uint32_t *nparams_out, Err *err)
{
	Catalog *catalog = engine_catalog(s->opt.engine);
	Arena *scratch = arena_open("describe", 0);
	PlanQuery *plan = NULL;
	const AstNode *query;
	bool ok = find_query(stmt, scratch, &text, &query, err);
	BindContext bc;
	session_bind_context(s, catalog, scratch, text, NULL, &bc);
	bc.param_types = param_types;
	bc.nparams = nparams;
	if (ok && query) {
		ok = bind_select(&bc, query, AST_CONST(AstQuery, query)->emit != AST_EMIT_UNSPECIFIED, &plan, err);
		if (ok && stmt->kind != AST_DECLARE)
			keep_columns(c, plan->root->cols, plan->root->ncols);
	} else if (ok && stmt->kind != AST_DECLARE) {
		ok = bind_changes(&bc, stmt, &plan, err);
	}
	if (!ok && stmt->kind == AST_SUBSCRIBE)
		err->span = stmt->span;
	if (ok && plan) {
		*nparams_out = plan->nclient_params;
		*params_out = ARENA_ARRAY_ZERO(c->arena, const Type *, plan->nclient_params + 1);
		for (uint32_t i = 0; i < plan->nclient_params; i++)
			(*params_out)[i] = type_copy(c->arena, plan->param_types[i]);
	}
	arena_close(scratch);
	catalog_unref(catalog);
	return ok;
}

bool session_describe(Session *s, const AstNode *stmt, Str text, const Type **param_types, uint32_t nparams,
                      Arena *arena, PlanCol **cols, uint32_t *ncols, const Type ***params_out, uint32_t *nparams_out,
                      Err *err)
{
	Columns c = {.arena = arena};
	*nparams_out = nparams;
	*params_out = ARENA_ARRAY_ZERO(arena, const Type *, nparams + 1);
	for (uint32_t i = 0; i < nparams; i++)
		(*params_out)[i] = param_types[i] ? param_types[i] : &type_string;
	bool ok = true;
	bool lists = stmt->kind == AST_SET && !AST_CONST(AstSet, stmt)->key; /* SET alone */
	switch (stmt->kind) {
	case AST_STMT_QUERY:
	case AST_SUBSCRIBE:
	case AST_DECLARE:
	case AST_INSERT:
	case AST_UPDATE:
	case AST_DELETE: ok = describe_bound(s, stmt, text, param_types, nparams, &c, params_out, nparams_out, err); break;
	case AST_SET:
	case AST_SHOW:
	case AST_DESCRIBE:
	case AST_HELP:
	case AST_EXPLAIN:
	case AST_WHY: {
		Results results = {.ctx = &c, .begin = columns_begin};
		if (lists || stmt->kind != AST_SET)
			ok = session_statement(s, stmt, text, NULL, NULL, 0, &results, err);
		break;
	}
	default: break;
	}
	*cols = c.cols;
	*ncols = c.ncols;
	return ok;
}
