/*
 * engine/front/session.c: the life of a session, statements of a text, dispatch by kind.
 */
#include "engine/front/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "engine/front/session_int.h"
#include "sql/types/zone.h"

Session *session_open(const SessionOptions *options)
{
	Session *s = MEM_NEW(Session);
	s->opt = *options;
	s->settings = options->settings ? settings_copy(options->settings) : engine_settings(options->engine);
	s->stmt = arena_open("stmt", 0);
	s->transaction = 'I';
	s->pg = (PgLookup){s, pg_catalog_lookup};
	return s;
}

void session_close(Session *s)
{
	if (!s)
		return;
	settings_free(s->settings);
	arena_close(s->stmt);
	mem_free(s);
}

void session_cancel(Session *s)
{
	atomic_store(&s->cancel, true);
}

const Settings *session_settings(const Session *s)
{
	return s->settings;
}

Settings *session_settings_edit(Session *s)
{
	return s->settings;
}

char session_transaction(const Session *s)
{
	return s->transaction;
}

bool session_bind_context(Session *s, const Catalog *catalog, Arena *arena, Str text, StrBuf *notices, BindContext *bc)
{
	*bc = (BindContext){
	    .arena = arena,
	    .catalog = catalog,
	    .settings = s->settings,
	    .text = text,
	    .notices = notices,
	    .for_test = engine_options(s->opt.engine)->test_source != NULL,
	    .is_stream = engine_options(s->opt.engine)->test_is_stream,
	    .is_stream_ctx = engine_options(s->opt.engine)->test_ctx,
	    .sink_accepts = engine_options(s->opt.engine)->sink_accepts,
	    .source_facts = engine_options(s->opt.engine)->source_facts,
	};
	bc->env = bind_env(s->settings, clock_wall_us(engine_clock(s->opt.engine)));
	bc->env.pg = &s->pg;
	bc->env.user = s->opt.user;
	return true;
}

void session_notices(const Running *r, StrBuf *notices)
{
	if (!r->results->notice || !notices->len)
		return;
	Str rest = strbuf_str(notices), line;
	while (str_next(&rest, '\n', &line))
		if (line.len)
			r->results->notice(r->results->ctx, arena_cstr(r->arena, line));
}

void session_end(const Running *r, const char *fmt, ...)
{
	if (!r->results->end)
		return;
	char tag[96];
	va_list args;
	va_start(args, fmt);
	vsnprintf(tag, sizeof tag, fmt, args);
	va_end(args);
	r->results->end(r->results->ctx, tag);
}

bool session_text_result(const Running *r, const char *const *names, uint32_t ncols, const Str *cells, uint32_t nrows,
                         const char *tag)
{
	PlanCol *cols = ARENA_ARRAY_ZERO(r->arena, PlanCol, ncols);
	const Type **types = ARENA_ARRAY(r->arena, const Type *, ncols);
	for (uint32_t i = 0; i < ncols; i++) {
		cols[i] = (PlanCol){str_from(names[i]), &type_string, TIME_NONE};
		types[i] = &type_string;
	}
	bool go = !r->results->begin || r->results->begin(r->results->ctx, cols, ncols, zone_utc);
	for (uint32_t at = 0; go && at < nrows; at += BATCH_ROWS_MAX) {
		uint32_t n = nrows - at < BATCH_ROWS_MAX ? nrows - at : BATCH_ROWS_MAX;
		Value *values = ARENA_ARRAY(r->arena, Value, (size_t)n * ncols);
		for (size_t i = 0; i < (size_t)n * ncols; i++) {
			Str c = cells[(size_t)at * ncols + i];
			values[i] = c.ptr ? value_str(c) : VALUE_NULL;
		}
		Batch *b = batch_from_values(types, ncols, values, n, NULL, NULL, NULL, r->arena);
		go = !r->results->rows || r->results->rows(r->results->ctx, b, NULL);
	}
	session_end(r, "%s", tag);
	return true;
}

static bool change(Running *r, Err *err)
{
	Session *s = r->s;
	if (s->opt.serve && (r->stmt->kind == AST_UPDATE || r->stmt->kind == AST_DELETE || r->stmt->kind == AST_TRUNCATE))
		return err_set_at(err, ERR_WRONG_OBJECT, r->stmt->span, "a served file may not change rows") ||
		       err_hint(err,
		                "Served files are declarative; run the statement from a client, or the file with weir run.");
	bool of_session = s->transaction == 'I' && settings_bool(s->settings, "default_transaction_read_only");
	if (of_session || settings_bool(s->settings, "transaction_read_only"))
		return err_set_at(err, ERR_TRANSACTION, r->stmt->span,
		                  "a statement that changes something cannot run in a read-only transaction");
	StrBuf notices;
	strbuf_init(&notices);
	EngineStatement es = {
	    .stmt = r->stmt,
	    .text = r->text,
	    .settings = s->settings,
	    .from_file = s->opt.from_file,
	    .once_always = s->opt.once_always,
	    .dry = s->opt.dry,
	    .declared = s->opt.declared,
	    .param_types = r->param_types,
	    .params = r->params,
	    .nparams = r->nparams,
	    .notices = &notices,
	};
	es.req.cancel = &s->cancel;
	bool ok = engine_execute(s->opt.engine, &es, err);
	session_notices(r, &notices);
	strbuf_deinit(&notices);
	if (!ok)
		return false;
	if (es.req.epoch > s->epoch)
		s->epoch = es.req.epoch;
	if (s->transaction == 'T')
		s->changed_in_transaction = true;
	session_end(r, "%s", es.tag);
	return true;
}

/* Named as the parser knows it, else by its first two words. */
static bool unsupported(const Running *r, Err *err)
{
	static const struct {
		const char *name, *cure;
	} cures[] = {
	    {"CREATE DATABASE", "There is one database: what belongs apart has a state file of its own (--state FILE.db)."},
	    {"CREATE CATALOG", "There is one catalog: what belongs apart has a state file of its own (--state FILE.db)."},
	    {"CREATE FUNCTION", "Functions are written in SQL: CREATE FUNCTION f(x INT) RETURNS INT RETURN x + 1."},
	    {"STOP JOB", "CANCEL query ends a query, PAUSE query stops it for a while; SHOW QUERIES lists them."},
	};
	Str rest = str_slice(r->text, r->stmt->span.begin, r->stmt->span.end);
	uint32_t n = 0;
	for (uint32_t words = 0; n < rest.len && n < 40; n++) {
		char c = rest.ptr[n];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && (c != ' ' || ++words == 2))
			break;
	}
	char *name = arena_cstr(r->arena, str_trim(str_slice(rest, 0, n)));
	for (char *c = name; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	Str hint = {0};
	if (r->stmt->kind == AST_UNSUPPORTED) {
		const AstUnsupported *u = AST_CONST(AstUnsupported, r->stmt);
		name = arena_cstr(r->arena, u->what);
		hint = u->hint;
	}
	err_set_at(err, ERR_NOT_SUPPORTED, r->stmt->span, "%s is not supported yet", name);
	for (size_t i = 0; i < sizeof cures / sizeof cures[0]; i++)
		if (strcmp(name, cures[i].name) == 0)
			err_hint(err, "%s", cures[i].cure);
	if (hint.len && !err->hint[0])
		err_hint(err, "%.*s", STR_ARG(hint));
	return false;
}

static bool dispatch(Running *r, Err *err)
{
	const AstNode *n = r->stmt;
	switch (n->kind) {
	case AST_STMT_QUERY: {
		const AstNode *q = AST_CONST(AstStmtQuery, n)->query;
		if (r->s->opt.serve)
			return err_set_at(err, ERR_WRONG_OBJECT, n->span, "a served file may not hold a SELECT") ||
			       err_hint(err, "Make it a materialized view, or run the file with weir run.");
		return session_cursor_run(r, q, err);
	}
	case AST_SUBSCRIBE: return session_cursor_run(r, n, err);
	case AST_ALTER:
		if (AST_CONST(AstAlter, n)->dry_run && AST_CONST(AstAlter, n)->object == AST_OBJECT_MATERIALIZED_VIEW &&
		    !r->s->opt.dry)
			return session_alter_dry(r, err);
		return change(r, err);
	case AST_CREATE_TABLE:
	case AST_CREATE_VIEW:
	case AST_CREATE_INDEX:
	case AST_CREATE_FUNCTION:
	case AST_DROP:
	case AST_INSERT:
	case AST_STATEMENT_SET:
	case AST_UPDATE:
	case AST_DELETE:
	case AST_TRUNCATE:
	case AST_CONTROL:
	case AST_REPLAY:
	case AST_FLUSH: return change(r, err);
	case AST_SET:
	case AST_RESET:
	case AST_TRANSACTION:
	case AST_DISCARD:
	case AST_USE: return session_set(r, err);
	case AST_SHOW:
	case AST_DESCRIBE:
	case AST_HELP: return session_show(r, err);
	case AST_BACKUP: return backup_statement(r, err);
	case AST_EXPLAIN:
	case AST_WHY: return session_explain(r, err);
	default: return unsupported(r, err);
	}
}

bool session_enter(Session *s, const AstNode *stmt, Err *err)
{
	if (s->transaction == 'E' && stmt->kind != AST_TRANSACTION)
		return err_set(err, ERR_TRANSACTION, "the transaction has failed: commands are ignored until ROLLBACK");
	atomic_store(&s->cancel, false);
	return true;
}

void session_fail(Session *s)
{
	if (s->transaction == 'T')
		s->transaction = 'E';
}

typedef struct ParamSearch {
	uint32_t given;
	const AstNode *missing;
} ParamSearch;

static bool look_for_param(void *ctx, AstNode *child)
{
	ParamSearch *p = ctx;
	if (child->kind == AST_PARAM && AST(AstParam, child)->number > p->given)
		p->missing = child;
	return !p->missing && ast_walk(child, look_for_param, ctx);
}

bool session_params_given(const AstNode *stmt, uint32_t nparams, Err *err)
{
	ParamSearch p = {.given = nparams};
	if (stmt->kind != AST_PREPARE)
		ast_walk((AstNode *)(uintptr_t)stmt, look_for_param, &p);
	if (!p.missing)
		return true;
	err_set_at(err, ERR_SYNTAX, p.missing->span, "there is no parameter $%u", AST_CONST(AstParam, p.missing)->number);
	return err_hint(err, "Parameters have values in statements that a client prepares.");
}

bool session_statement(Session *s, const AstNode *stmt, Str text, const Type **param_types, const Value *params,
                       uint32_t nparams, const Results *results, Err *err)
{
	if (!session_enter(s, stmt, err) || !session_params_given(stmt, nparams, err))
		return false;
	Running r = {s, stmt, text, param_types, params, nparams, results, arena_open("running", 0)};
	bool ok = dispatch(&r, err);
	if (!ok)
		session_fail(s);
	arena_close(r.arena);
	return ok;
}

uint32_t session_run(Session *s, Str text, bool stop_at_error, const Results *results)
{
	uint32_t offset = 0, failed = 0;
	ParserOptions po = {.expand = s->opt.from_file ? &expand_environment : NULL};
	for (;;) {
		arena_reset(s->stmt);
		AstNode *stmt = NULL;
		uint32_t next = offset;
		Err err = {0};
		bool ok = parser_statement(s->stmt, text, offset, &po, &stmt, &next, &err);
		if (ok && !stmt)
			return failed;
		if (ok)
			ok = session_statement(s, stmt, text, NULL, NULL, 0, results, &err);
		if (!ok) {
			failed++;
			if (stmt && !err.span.end) /* it went wrong somewhere in the statement */
				err.span = (Span){stmt->span.begin, stmt->span.begin + 1};
			if (results->error)
				results->error(results->ctx, &err, text);
			if (stop_at_error)
				return failed;
		}
		if (next <= offset || atomic_load(&s->cancel)) /* who is canceled does not go on with the next statement */
			return failed;
		offset = next;
	}
}
