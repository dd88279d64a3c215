/*
 * engine/front/pgwire_extended.c: the extended protocol: Parse, Bind, Describe, Execute, Close.
 *
 * Parse binds the statement to learn its columns and the types of its parameters; it is bound again when it runs, with
 * the catalog of that moment and types that hold the parameters' values exactly.
 */
#include "engine/front/pgwire_int.h"

#include "engine/front/pg_catalog_psql.h"
#include "engine/front/pgwire_binary.h"
#include "engine/front/pgwire_types.h"
#include "sql/types/zone.h"

void pgwire_extended_unref(PgwirePrepared *p)
{
	if (p && --p->refs == 0)
		arena_close(p->arena);
}

/* ---- Parse ---- */

static bool only_one(PgwirePrepared *p, uint32_t next, Err *err)
{
	AstNode *second = NULL;
	uint32_t after;
	if (!parser_statement(p->arena, p->text, next, NULL, &second, &after, err))
		return false;
	return !second || err_set_at(err, ERR_SYNTAX, second->span, "a prepared statement cannot hold several commands");
}

static bool describe(PgwireConn *c, PgwirePrepared *p, const Type **types, uint32_t ntypes, Err *err)
{
	if (p->stmt->kind == AST_FETCH || p->stmt->kind == AST_EXECUTE) {
		pgwire_cursor_describe(c, p->stmt, p);
		return true;
	}
	p->follows = pgwire_statement_follows(p->stmt);
	const Type **found;
	if (!session_describe(c->session, p->stmt, p->text, types, ntypes, p->arena, &p->cols, &p->ncols, &found,
	                      &p->nparams, err))
		return false;
	p->types = found;
	return true;
}

PgwirePrepared *pgwire_extended_prepare(PgwireConn *c, Str text, const Type *const *types, const uint32_t *oids,
                                        uint32_t ntypes, Err *err)
{
	Arena *arena = arena_open("prepared", 0);
	PgwirePrepared *p = ARENA_NEW(arena, PgwirePrepared);
	p->arena = arena;
	p->refs = 1;
	p->text = arena_str(arena, text);
	const Type **given = ARENA_ARRAY_ZERO(arena, const Type *, ntypes + 1);
	for (uint32_t i = 0; i < ntypes; i++)
		given[i] = types[i] ? type_copy(arena, types[i]) : NULL;
	uint32_t next = 0;
	bool ok = parser_statement(arena, p->text, 0, NULL, &p->stmt, &next, err) && only_one(p, next, err);
	if (ok && p->stmt)
		ok = describe(c, p, given, ntypes, err);
	if (!ok) {
		arena_close(arena);
		return NULL;
	}
	p->oids = ARENA_ARRAY_ZERO(arena, uint32_t, p->nparams + 1);
	for (uint32_t i = 0; i < p->nparams; i++) {
		bool declared = oids && i < ntypes && oids[i] && oids[i] != PG_UNKNOWN;
		p->oids[i] = declared ? oids[i] : pgwire_types_oid(p->types[i]);
	}
	return p;
}

static bool on_parse(PgwireConn *c, Str body, Err *err, const char **sqlstate, Str *text)
{
	PgwireParse m;
	if (!pgwire_message_parse(body, c->message, &m, err))
		return false;
	if (m.name.len && map_has(&c->prepared, m.name)) {
		*sqlstate = "42P05";
		return err_set(err, ERR_DUPLICATE_OBJECT, "prepared statement \"%.*s\" exists already", STR_ARG(m.name));
	}
	if (c->prepared.live >= PGWIRE_STATEMENTS_MAX)
		return err_set(err, ERR_OUT_OF_MEMORY, "a connection has at most %d prepared statements",
		               PGWIRE_STATEMENTS_MAX);
	StrBuf rewritten;
	strbuf_init(&rewritten);
	strbuf_put_str(&rewritten, m.query);
	pg_catalog_psql_rewrite(&rewritten);
	m.query = arena_str(c->message, strbuf_str(&rewritten));
	strbuf_deinit(&rewritten);
	if (pg_catalog_psql_types(m.query, &m.query)) {
		static uint32_t array_of_oids = 1028;
		m.types = &array_of_oids;
		m.ntypes = 1;
	}
	const Type **types = ARENA_ARRAY_ZERO(c->message, const Type *, m.ntypes + 1);
	for (uint32_t i = 0; i < m.ntypes; i++)
		if (!pgwire_types_declared(m.types[i], c->message, &types[i]))
			return err_set(err, ERR_BAD_TYPE, "parameter $%u has a type (OID %u) that weir does not know", i + 1,
			               m.types[i]);
	*text = m.query;
	if (session_transaction(c->session) == 'E') {
		/* Only what ends the transaction is looked at. */
		AstNode *stmt = NULL;
		uint32_t next;
		Err ignored = {0};
		if (!parser_statement(c->message, m.query, 0, NULL, &stmt, &next, &ignored) ||
		    (stmt && !pgwire_task_enter(c, stmt, err))) {
			*sqlstate = "25P02";
			return err->code ? false
			                 : err_set(err, ERR_TRANSACTION,
			                           "the transaction has failed: commands are ignored until ROLLBACK");
		}
	}
	PgwirePrepared *p = pgwire_extended_prepare(c, m.query, types, m.types, m.ntypes, err);
	if (!p) {
		session_fail(c->session);
		return false;
	}
	if (m.name.len) {
		map_put(&c->prepared, m.name, p);
	} else {
		pgwire_extended_unref(c->unnamed);
		c->unnamed = p;
	}
	pgwire_message_empty(&c->buf, '1');
	return true;
}

/* ---- Bind ---- */

static PgwirePrepared *find_prepared(PgwireConn *c, Str name, Err *err, const char **sqlstate)
{
	PgwirePrepared *p = name.len ? map_get(&c->prepared, name) : c->unnamed;
	if (!p) {
		*sqlstate = "26000";
		err_set(err, ERR_NO_SUCH_OBJECT, "prepared statement \"%.*s\" does not exist", STR_ARG(name));
	}
	return p;
}

static PgwirePortal *find_portal(PgwireConn *c, Str name, Err *err, const char **sqlstate)
{
	PgwirePortal *p = map_get(&c->portals, name);
	if (!p) {
		*sqlstate = "34000";
		err_set(err, ERR_NO_SUCH_OBJECT, "portal \"%.*s\" does not exist", STR_ARG(name));
	}
	return p;
}

void pgwire_extended_close_portal(PgwireConn *c, PgwirePortal *p)
{
	map_remove(&c->portals, p->name);
	session_cursor_close(p->cursor);
	pgwire_extended_unref(p->prepared);
	arena_close(p->arena);
}

void pgwire_extended_end_transaction(PgwireConn *c)
{
	MapEntry *e;
	for (uint32_t it = 0; (e = map_next(&c->portals, &it));) {
		PgwirePortal *p = e->value;
		if (!p->declared || (!p->hold && p->transaction != 'I'))
			pgwire_extended_close_portal(c, p);
	}
}

static bool bind_params(PgwireConn *c, const PgwireBind *m, const PgwirePrepared *prepared, PgwirePortal *p, Err *err)
{
	if (m->nvalues != prepared->nparams)
		return err_set(err, ERR_PROTOCOL, "Bind has %u parameters, and the statement \"%.*s\" needs %u", m->nvalues,
		               STR_ARG(m->statement), prepared->nparams);
	const struct Zone *zone = zone_find(settings_str(session_settings(c->session), "table.local-time-zone"), NULL);
	p->types = ARENA_ARRAY_ZERO(p->arena, const Type *, m->nvalues + 1);
	p->params = ARENA_ARRAY_ZERO(p->arena, Value, m->nvalues + 1);
	for (uint32_t i = 0; i < m->nvalues; i++) {
		p->types[i] = type_copy(p->arena, prepared->types[i]);
		bool binary = pgwire_reply_format(m->formats, m->nformats, i) == 1;
		Str value = m->values[i].ptr ? arena_str(p->arena, m->values[i]) : (Str){0};
		if (!pgwire_binary_param(prepared->oids[i], binary, value, zone, p->arena, &p->types[i], &p->params[i], err))
			return err->detail[0] ? false : err_detail(err, "It is parameter $%u.", i + 1);
	}
	return true;
}

static bool on_bind(PgwireConn *c, Str body, Err *err, const char **sqlstate, Str *text)
{
	PgwireBind m;
	if (!pgwire_message_bind(body, c->message, &m, err))
		return false;
	PgwirePrepared *prepared = find_prepared(c, m.statement, err, sqlstate);
	if (!prepared)
		return false;
	*text = prepared->text;
	if (session_transaction(c->session) == 'E' && prepared->stmt && !pgwire_task_enter(c, prepared->stmt, err)) {
		*sqlstate = "25P02";
		return false;
	}
	PgwirePortal *old = map_get(&c->portals, m.portal);
	if (old && m.portal.len) {
		*sqlstate = "42P03";
		return err_set(err, ERR_DUPLICATE_OBJECT, "portal \"%.*s\" exists already", STR_ARG(m.portal));
	}
	if (old)
		pgwire_extended_close_portal(c, old);
	if (c->portals.live >= PGWIRE_STATEMENTS_MAX)
		return err_set(err, ERR_OUT_OF_MEMORY, "a connection has at most %d portals", PGWIRE_STATEMENTS_MAX);
	uint32_t ncols = prepared->ncols + (prepared->ncols && prepared->follows);
	if (m.nresults > 1 && m.nresults != ncols)
		return err_set(err, ERR_PROTOCOL, "Bind has %u formats for %u columns of the result", m.nresults, ncols);
	Arena *arena = arena_open("portal", 0);
	PgwirePortal *p = ARENA_NEW(arena, PgwirePortal);
	p->arena = arena;
	p->name = arena_str(arena, m.portal);
	p->transaction = session_transaction(c->session);
	p->nformats = m.nresults;
	p->formats = arena_copy(arena, m.results, (size_t)(m.nresults + 1) * sizeof *m.results);
	if (!bind_params(c, &m, prepared, p, err)) {
		arena_close(arena);
		session_fail(c->session);
		return false;
	}
	p->prepared = prepared;
	prepared->refs++;
	map_put(&c->portals, p->name, p);
	pgwire_message_empty(&c->buf, '2');
	return true;
}

/* ---- Describe, Execute, Close ---- */

static bool on_describe(PgwireConn *c, Str body, Err *err, const char **sqlstate)
{
	PgwireTarget m;
	if (!pgwire_message_target(body, &m, err))
		return false;
	if (m.kind == 'S') {
		const PgwirePrepared *p = find_prepared(c, m.name, err, sqlstate);
		if (!p)
			return false;
		size_t at = pgwire_message_begin(&c->buf, 't');
		pgwire_message_put_i16(&c->buf, (int32_t)p->nparams);
		for (uint32_t i = 0; i < p->nparams; i++)
			pgwire_message_put_i32(&c->buf, p->oids[i]);
		pgwire_message_end(&c->buf, at);
		pgwire_reply_columns(&c->buf, p->cols, p->ncols, p->follows, NULL, 0);
		return true;
	}
	const PgwirePortal *p = find_portal(c, m.name, err, sqlstate);
	if (!p)
		return false;
	if (p->prepared) {
		pgwire_reply_columns(&c->buf, p->prepared->cols, p->prepared->ncols, p->prepared->follows, p->formats,
		                     p->nformats);
	} else {
		uint32_t ncols;
		const PlanCol *cols = session_cursor_cols(p->cursor, &ncols);
		pgwire_reply_columns(&c->buf, cols, ncols, session_cursor_follows(p->cursor), p->formats, p->nformats);
	}
	return true;
}

/* The client was told of these columns. */
static bool same_columns(const PgwirePortal *p, Err *err)
{
	uint32_t ncols;
	const PlanCol *cols = session_cursor_cols(p->cursor, &ncols);
	bool same = ncols == p->prepared->ncols;
	for (uint32_t i = 0; same && i < ncols; i++)
		same = pgwire_types_oid(cols[i].type) == pgwire_types_oid(p->prepared->cols[i].type);
	return same || err_set(err, ERR_NOT_SUPPORTED, "cached plan must not change result type");
}

static bool on_execute(PgwireConn *c, Str body, Err *err, const char **sqlstate, Str *text)
{
	PgwireExecute m;
	if (!pgwire_message_execute(body, &m, err))
		return false;
	PgwirePortal *p = find_portal(c, m.portal, err, sqlstate);
	if (!p)
		return false;
	if (p->declared) {
		*sqlstate = "55000";
		return err_set(err, ERR_WRONG_OBJECT, "\"%.*s\" is a cursor: use FETCH", STR_ARG(m.portal));
	}
	if (!p->prepared->stmt) {
		pgwire_message_empty(&c->buf, 'I');
		return true;
	}
	if (p->done) {
		if (p->cursor) {
			pgwire_reply_tag(&c->buf, "SELECT 0");
			return true;
		}
		*sqlstate = "55000";
		return err_set(err, ERR_WRONG_OBJECT, "portal \"%.*s\" cannot be run again", STR_ARG(m.portal));
	}
	pgwire_task_begin(c);
	*text = p->prepared->text;
	PgwireRun r = {
	    .stmt = p->prepared->stmt,
	    .text = p->prepared->text,
	    .types = p->types,
	    .params = p->params,
	    .nparams = p->prepared->nparams,
	    .formats = p->formats,
	    .nformats = p->nformats,
	    .portal = p,
	    .most = m.most,
	};
	bool ok = pgwire_statement(c, &r, err);
	*sqlstate = r.sqlstate;
	if (ok && c->stream.kind == STREAM_EXECUTE && p->cursor && !same_columns(p, err)) {
		pgwire_stream_drop(c);
		ok = false;
	}
	return ok;
}

static bool on_close(PgwireConn *c, Str body, Err *err)
{
	PgwireTarget m;
	if (!pgwire_message_target(body, &m, err))
		return false;
	if (m.kind == 'S' && m.name.len) {
		pgwire_extended_unref(map_remove(&c->prepared, m.name));
	} else if (m.kind == 'S') {
		pgwire_extended_unref(c->unnamed);
		c->unnamed = NULL;
	} else {
		PgwirePortal *p = map_get(&c->portals, m.name);
		if (p)
			pgwire_extended_close_portal(c, p);
	}
	pgwire_message_empty(&c->buf, '3');
	return true;
}

bool pgwire_extended_message(PgwireConn *c, char type, Str body, Err *err, const char **sqlstate, Str *text)
{
	switch (type) {
	case 'P': return on_parse(c, body, err, sqlstate, text);
	case 'B': return on_bind(c, body, err, sqlstate, text);
	case 'D': return on_describe(c, body, err, sqlstate);
	case 'E': return on_execute(c, body, err, sqlstate, text);
	default: return on_close(c, body, err);
	}
}

void pgwire_extended_free(PgwireConn *c)
{
	MapEntry *e;
	for (uint32_t it = 0; (e = map_next(&c->portals, &it));)
		pgwire_extended_close_portal(c, e->value);
	for (uint32_t it = 0; (e = map_next(&c->prepared, &it));)
		pgwire_extended_unref(e->value);
	pgwire_extended_unref(c->unnamed);
	map_deinit(&c->portals);
	map_deinit(&c->prepared);
}
