/*
 * engine/front/pgwire_cursor.c: what lives in a connection by name: DECLARE, FETCH, MOVE, CLOSE; PREPARE, EXECUTE,
 * DEALLOCATE.
 *
 * A cursor may be declared outside of a transaction, and lives then until it is closed; one declared in a transaction
 * ends with it, unless WITH HOLD. Cursors of snapshots go both ways; those of followed queries go forward, and FETCH
 * waits up to a second for its first row and then takes what is there.
 */
#include "engine/front/pgwire_int.h"

#include "engine/front/session_int.h"

static PgwirePortal *find_cursor(PgwireConn *c, PgwireRun *r, const AstName *name, Err *err)
{
	PgwirePortal *p = map_get(&c->portals, name->text);
	if (p && p->cursor)
		return p;
	r->sqlstate = "34000";
	err_set_at(err, ERR_NO_SUCH_OBJECT, name->span, "cursor \"%.*s\" does not exist", STR_ARG(name->text));
	return NULL;
}

static bool declare(PgwireConn *c, PgwireRun *r, const AstDeclare *node, Err *err)
{
	if (map_has(&c->portals, node->name.text)) {
		r->sqlstate = "42P03";
		return err_set_at(err, ERR_DUPLICATE_OBJECT, node->name.span, "cursor \"%.*s\" exists already",
		                  STR_ARG(node->name.text));
	}
	if (c->portals.live >= PGWIRE_STATEMENTS_MAX)
		return err_set(err, ERR_OUT_OF_MEMORY, "a connection has at most %d cursors", PGWIRE_STATEMENTS_MAX);
	Results notices = pgwire_statement_notices(c);
	SessionCursor *cursor;
	if (!session_cursor_open(c->session, node->source, r->text, r->types, r->params, r->nparams, &notices, &cursor,
	                         err))
		return false;
	Arena *arena = arena_open("cursor", 0);
	PgwirePortal *p = ARENA_NEW(arena, PgwirePortal);
	p->arena = arena;
	p->name = arena_str(arena, node->name.text);
	p->cursor = cursor;
	p->declared = true;
	p->hold = node->with_hold;
	p->transaction = session_transaction(c->session);
	if (node->binary) {
		p->formats = ARENA_ARRAY(arena, int16_t, 1);
		p->formats[0] = 1;
		p->nformats = 1;
	}
	map_put(&c->portals, p->name, p);
	pgwire_reply_tag(&c->buf, "DECLARE CURSOR");
	return true;
}

/* Rows are numbered from 1; `at` is the number of the last row handed out. Gives the row before the first wanted, and
 * how many. */
static bool fetch_range(const AstFetch *node, uint64_t at, uint64_t rows, uint64_t *from, uint64_t *n, bool *backward)
{
	int64_t count = node->count;
	*backward = false;
	switch (node->direction) {
	case AST_FETCH_NEXT: count = 1; break;
	case AST_FETCH_FORWARD: break;
	case AST_FETCH_FORWARD_ALL: count = INT64_MAX; break;
	case AST_FETCH_PRIOR: count = -1; break;
	case AST_FETCH_BACKWARD: count = count == INT64_MIN ? INT64_MAX : -count; break;
	case AST_FETCH_BACKWARD_ALL: count = -INT64_MAX; break;
	case AST_FETCH_FIRST:
		*from = 0;
		*n = 1;
		return true;
	case AST_FETCH_LAST:
		*from = rows ? rows - 1 : 0;
		*n = 1;
		return true;
	case AST_FETCH_ABSOLUTE:
	case AST_FETCH_RELATIVE: {
		int64_t place = count;
		if (node->direction == AST_FETCH_RELATIVE && __builtin_add_overflow((int64_t)at, count, &place))
			place = INT64_MAX;
		else if (node->direction == AST_FETCH_ABSOLUTE && count < 0)
			place = (int64_t)rows + 1 + count;
		*n = place >= 1;
		*from = place < 1 ? 0 : (uint64_t)place - 1 > rows ? rows : (uint64_t)place - 1;
		return true;
	}
	}
	if (count >= 0) {
		*from = at;
		*n = (uint64_t)count;
		return true;
	}
	/* Backward: rows at - 1, at - 2 ...; one at a time is what clients ask for. */
	uint64_t back = count == -INT64_MAX ? UINT64_MAX : (uint64_t)-count;
	*backward = back > 1;
	*n = at > 1;
	*from = at > 1 ? at - 2 : 0;
	return back == 1;
}

static bool fetch(PgwireConn *c, PgwireRun *r, const AstFetch *node, Err *err)
{
	PgwirePortal *p = find_cursor(c, r, &node->cursor, err);
	if (!p)
		return false;
	bool follows = session_cursor_follows(p->cursor);
	uint64_t from = 0, n = 0;
	bool backward = false;
	if (!fetch_range(node, p->at, session_cursor_rows(p->cursor), &from, &n, &backward))
		return err_set_at(err, ERR_NOT_SUPPORTED, node->node.span,
		                  "a cursor goes backward row by row only: FETCH PRIOR, or FETCH ABSOLUTE n");
	if (follows && from != p->at) {
		r->sqlstate = "55000";
		return err_set_at(err, ERR_WRONG_OBJECT, node->node.span, "a cursor of a followed query goes forward only");
	}
	uint32_t ncols;
	const PlanCol *cols = session_cursor_cols(p->cursor, &ncols);
	const int16_t *formats = p->nformats ? p->formats : r->formats;
	uint32_t nformats = p->nformats ? p->nformats : r->nformats;
	if (r->describe && !node->move)
		pgwire_reply_columns(&c->buf, cols, ncols, follows, formats, nformats);
	if (from != p->at) {
		session_cursor_rewind(p->cursor);
		p->at = 0;
		while (p->at < from) {
			CursorRows skipped;
			uint64_t most = from - p->at < 1024 ? from - p->at : 1024;
			CursorState state = session_cursor_next(p->cursor, (uint32_t)most, 0, &skipped, err);
			if (state != CURSOR_ROWS)
				return state != CURSOR_FAILED || session_cursor_rows(p->cursor) == 0;
			p->at += skipped.batch->n;
		}
	}
	pgwire_stream_begin(c, STREAM_FETCH, p->cursor, false);
	c->stream.portal = p;
	c->stream.formats = formats;
	c->stream.nformats = nformats;
	c->stream.left = n;
	c->stream.move = node->move;
	c->stream.until_us = clock_mono_us(&clock_real) + PGWIRE_FETCH_US;
	return true;
}

static bool close_cursor(PgwireConn *c, PgwireRun *r, const AstNamed *node, Err *err)
{
	if (node->path.len) {
		PgwirePortal *p = find_cursor(c, r, &node->path.items[0], err);
		if (!p)
			return false;
		pgwire_extended_close_portal(c, p);
		pgwire_reply_tag(&c->buf, "CLOSE CURSOR");
		return true;
	}
	MapEntry *e;
	for (uint32_t it = 0; (e = map_next(&c->portals, &it));)
		if (((PgwirePortal *)e->value)->declared)
			pgwire_extended_close_portal(c, e->value);
	pgwire_reply_tag(&c->buf, "CLOSE CURSOR ALL");
	return true;
}

/* ---- PREPARE, EXECUTE, DEALLOCATE ---- */

static bool prepare(PgwireConn *c, PgwireRun *r, const AstPrepare *node, Err *err)
{
	if (map_has(&c->prepared, node->name.text)) {
		r->sqlstate = "42P05";
		return err_set_at(err, ERR_DUPLICATE_OBJECT, node->name.span, "prepared statement \"%.*s\" exists already",
		                  STR_ARG(node->name.text));
	}
	const Type **types = ARENA_ARRAY_ZERO(c->message, const Type *, node->types.len + 1);
	Catalog *catalog = engine_catalog(c->server->engine);
	BindContext bc;
	bool ok = session_bind_context(c->session, catalog, c->message, r->text, NULL, &bc);
	for (uint32_t i = 0; ok && i < node->types.len; i++)
		ok = bind_type(&bc, AST_CONST(AstType, node->types.items[i]), &types[i], err);
	catalog_unref(catalog);
	if (!ok)
		return false;
	Str text = str_slice(r->text, node->statement->span.begin, node->statement->span.end - node->statement->span.begin);
	PgwirePrepared *p = pgwire_extended_prepare(c, text, types, NULL, node->types.len, err);
	if (!p) {
		if (err->span.end) {
			err->span.begin += node->statement->span.begin;
			err->span.end += node->statement->span.begin;
		}
		return false;
	}
	map_put(&c->prepared, node->name.text, p);
	pgwire_reply_tag(&c->buf, "PREPARE");
	return true;
}

/* Constants of EXECUTE's list as parameters. */
static bool execute_params(PgwireConn *c, PgwireRun *r, const AstPrepare *node, const PgwirePrepared *p,
                           const Type ***types, Value **params, Err *err)
{
	if (node->args.len != p->nparams)
		return err_set_at(err, ERR_SYNTAX, node->node.span, "wrong number of parameters: %u, and the statement has %u",
		                  node->args.len, p->nparams);
	*types = ARENA_ARRAY_ZERO(c->message, const Type *, p->nparams + 1);
	*params = ARENA_ARRAY_ZERO(c->message, Value, p->nparams + 1);
	Catalog *catalog = engine_catalog(c->server->engine);
	BindContext bc;
	bool ok = session_bind_context(c->session, catalog, c->message, r->text, NULL, &bc);
	for (uint32_t i = 0; ok && i < p->nparams; i++) {
		ok = bind_const(&bc, node->args.items[i], p->types[i], &(*types)[i], &(*params)[i], err);
		(*types)[i] = p->types[i];
	}
	catalog_unref(catalog);
	return ok;
}

static PgwirePrepared *find_prepared(PgwireConn *c, PgwireRun *r, const AstName *name, Err *err)
{
	PgwirePrepared *p = map_get(&c->prepared, name->text);
	if (!p) {
		r->sqlstate = "26000";
		err_set_at(err, ERR_NO_SUCH_OBJECT, name->span, "prepared statement \"%.*s\" does not exist",
		           STR_ARG(name->text));
	}
	return p;
}

static bool execute(PgwireConn *c, PgwireRun *r, const AstPrepare *node, Err *err)
{
	PgwirePrepared *p = find_prepared(c, r, &node->name, err);
	if (!p)
		return false;
	PgwireRun run = *r;
	Value *params = NULL;
	if (!execute_params(c, r, node, p, &run.types, &params, err))
		return false;
	if (!p->stmt || p->stmt->kind == AST_EXECUTE || p->stmt->kind == AST_PREPARE)
		return err_set_at(err, ERR_WRONG_OBJECT, node->node.span, "this statement cannot be executed by name");
	run.stmt = p->stmt;
	run.text = p->text;
	run.params = params;
	run.nparams = p->nparams;
	Err why = {0};
	if (pgwire_statement(c, &run, &why))
		return true;
	*err = why;
	err->span = node->node.span;
	r->sqlstate = run.sqlstate;
	return false;
}

static bool deallocate(PgwireConn *c, PgwireRun *r, const AstNamed *node, Err *err)
{
	if (node->path.len) {
		if (!find_prepared(c, r, &node->path.items[0], err))
			return false;
		pgwire_extended_unref(map_remove(&c->prepared, node->path.items[0].text));
		pgwire_reply_tag(&c->buf, "DEALLOCATE");
		return true;
	}
	MapEntry *e;
	for (uint32_t it = 0; (e = map_next(&c->prepared, &it));)
		pgwire_extended_unref(map_remove(&c->prepared, e->key));
	pgwire_reply_tag(&c->buf, "DEALLOCATE ALL");
	return true;
}

bool pgwire_cursor_statement(PgwireConn *c, PgwireRun *r, bool *handled, Err *err)
{
	bool ok;
	*handled = false;
	switch (r->stmt->kind) {
	case AST_DECLARE:
	case AST_FETCH:
	case AST_CLOSE:
	case AST_PREPARE:
	case AST_EXECUTE:
	case AST_DEALLOCATE: *handled = true; break;
	default: return false;
	}
	if (!pgwire_task_enter(c, r->stmt, err))
		return false;
	switch (r->stmt->kind) {
	case AST_DECLARE: ok = declare(c, r, AST_CONST(AstDeclare, r->stmt), err); break;
	case AST_FETCH: ok = fetch(c, r, AST_CONST(AstFetch, r->stmt), err); break;
	case AST_CLOSE: ok = close_cursor(c, r, AST_CONST(AstNamed, r->stmt), err); break;
	case AST_PREPARE: ok = prepare(c, r, AST_CONST(AstPrepare, r->stmt), err); break;
	case AST_EXECUTE: ok = execute(c, r, AST_CONST(AstPrepare, r->stmt), err); break;
	default: ok = deallocate(c, r, AST_CONST(AstNamed, r->stmt), err);
	}
	if (!ok) {
		session_fail(c->session);
		return false;
	}
	if (c->stream.kind == STREAM_NONE) {
		if (r->portal)
			r->portal->done = true;
		pgwire_task_done(c);
	}
	return true;
}

void pgwire_cursor_describe(PgwireConn *c, const AstNode *stmt, PgwirePrepared *out)
{
	if (stmt->kind == AST_EXECUTE) {
		const PgwirePrepared *p = map_get(&c->prepared, AST_CONST(AstPrepare, stmt)->name.text);
		if (p) {
			out->cols = p->cols;
			out->ncols = p->ncols;
			out->follows = p->follows;
		}
		return;
	}
	const PgwirePortal *p = map_get(&c->portals, AST_CONST(AstFetch, stmt)->cursor.text);
	if (!p || !p->cursor || AST_CONST(AstFetch, stmt)->move)
		return;
	const PlanCol *cols = session_cursor_cols(p->cursor, &out->ncols);
	out->follows = session_cursor_follows(p->cursor);
	out->cols = ARENA_ARRAY_ZERO(out->arena, PlanCol, out->ncols + 1);
	for (uint32_t i = 0; i < out->ncols; i++)
		out->cols[i] =
		    (PlanCol){arena_str(out->arena, cols[i].name), type_copy(out->arena, cols[i].type), cols[i].time};
}
