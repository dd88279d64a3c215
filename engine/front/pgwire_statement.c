/*
 * engine/front/pgwire_statement.c: one statement of a client: its rows begin to stream, or it runs to its end.
 */
#include "engine/front/pgwire_int.h"

#include "sql/types/zone.h"

/* ---- statements that run to their end: the session pushes ---- */

typedef struct Push {
	PgwireConn *c;
	const PgwireRun *run;
	const PlanCol *cols;
	uint32_t ncols;
	const struct Zone *zone;
} Push;

static bool push_begin(void *ctx, const PlanCol *cols, uint32_t ncols, const struct Zone *zone)
{
	Push *p = ctx;
	p->cols = cols;
	p->ncols = ncols;
	p->zone = zone;
	if (p->run->describe)
		pgwire_reply_columns(&p->c->buf, cols, ncols, false, p->run->formats, p->run->nformats);
	return true;
}

static bool push_rows(void *ctx, const Batch *b, const RowKind *kinds)
{
	Push *p = ctx;
	CursorRows rows = {b, kinds};
	pgwire_stream_rows(p->cols, p->ncols, &rows, p->zone, p->run->formats, p->run->nformats, &p->c->buf);
	if (p->c->buf.len > PGWIRE_BUF)
		pgwire_task_flush(p->c);
	return true;
}

static void push_end(void *ctx, const char *tag)
{
	Push *p = ctx;
	pgwire_reply_tag(&p->c->buf, "%s", tag);
}

static void notice(void *ctx, const char *text)
{
	PgwireConn *c = ctx;
	Str least = settings_str(session_settings(c->session), "client_min_messages");
	if (!str_eq_c(least, "warning") && !str_eq_c(least, "error"))
		pgwire_reply_notice(&c->buf, text);
}

static void push_notice(void *ctx, const char *text)
{
	notice(((Push *)ctx)->c, text);
}

Results pgwire_statement_notices(PgwireConn *c)
{
	return (Results){.ctx = c, .notice = notice};
}

static bool run_to_end(PgwireConn *c, PgwireRun *r, Err *err)
{
	Push p = {.c = c, .run = r};
	Results results = {.ctx = &p, .begin = push_begin, .rows = push_rows, .end = push_end, .notice = push_notice};
	if (!session_statement(c->session, r->stmt, r->text, r->types, r->params, r->nparams, &results, err))
		return false;
	if (r->portal)
		r->portal->done = true;
	/* This may close the portal. */
	if (r->stmt->kind == AST_TRANSACTION && session_transaction(c->session) == 'I')
		pgwire_extended_end_transaction(c);
	pgwire_reply_parameters(c, &c->buf);
	pgwire_task_done(c);
	return true;
}

/* ---- rows ---- */

bool pgwire_statement_follows(const AstNode *stmt)
{
	if (stmt->kind == AST_SUBSCRIBE)
		return true;
	if (stmt->kind == AST_STMT_QUERY)
		stmt = AST_CONST(AstStmtQuery, stmt)->query;
	return stmt->kind == AST_QUERY && AST_CONST(AstQuery, stmt)->emit != AST_EMIT_UNSPECIFIED;
}

static bool open_cursor(PgwireConn *c, PgwireRun *r, SessionCursor **cursor, Err *err)
{
	Results notices = pgwire_statement_notices(c);
	if (!pgwire_task_enter(c, r->stmt, err))
		return false;
	if (session_cursor_open(c->session, r->stmt, r->text, r->types, r->params, r->nparams, &notices, cursor, err))
		return true;
	session_fail(c->session);
	return false;
}

static bool begin_rows(PgwireConn *c, PgwireRun *r, Err *err)
{
	PgwirePortal *portal = r->portal;
	SessionCursor *cursor = portal ? portal->cursor : NULL;
	if (!cursor && !open_cursor(c, r, &cursor, err))
		return false;
	uint32_t ncols;
	const PlanCol *cols = session_cursor_cols(cursor, &ncols);
	if (r->describe)
		pgwire_reply_columns(&c->buf, cols, ncols, session_cursor_follows(cursor), r->formats, r->nformats);
	pgwire_stream_begin(c, portal ? STREAM_EXECUTE : STREAM_QUERY, cursor, !portal);
	c->stream.formats = r->formats;
	c->stream.nformats = r->nformats;
	c->stream.portal = portal;
	if (portal)
		portal->cursor = cursor;
	if (r->most)
		c->stream.left = r->most;
	return true;
}

/* COPY t (a, b) is COPY (SELECT a, b FROM t). */
static bool copy_query(const AstCopy *node, Arena *arena, Str *text, AstNode **stmt, Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_puts(&b, "SELECT ");
	for (uint32_t i = 0; i < node->columns.len; i++)
		strbuf_printf(&b, "%s`%.*s`", i ? ", " : "", STR_ARG(node->columns.items[i].text));
	strbuf_puts(&b, node->columns.len ? " FROM " : "* FROM ");
	for (uint32_t i = 0; i < node->path.len; i++)
		strbuf_printf(&b, "%s`%.*s`", i ? "." : "", STR_ARG(node->path.items[i].text));
	*text = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	uint32_t next;
	return parser_statement(arena, *text, 0, NULL, stmt, &next, err);
}

static bool begin_copy(PgwireConn *c, PgwireRun *r, Err *err)
{
	const AstCopy *node = AST_CONST(AstCopy, r->stmt);
	if (node->direction != AST_COPY_TO_STDOUT) {
		err_set_at(err, ERR_NOT_SUPPORTED, node->node.span, "COPY FROM STDIN is not supported yet");
		return err_hint(err, "Use INSERT INTO ... VALUES with many rows.");
	}
	PgwireCopy options;
	if (!pgwire_copy_options(node, &options, err))
		return false;
	PgwireRun query = *r;
	query.stmt = node->source;
	AstNode *made = NULL;
	Err why = {0};
	if (!node->source) {
		if (!copy_query(node, c->message, &query.text, &made, &why)) {
			*err = why;
			return false;
		}
		query.stmt = made;
	}
	SessionCursor *cursor;
	if (!open_cursor(c, &query, &cursor, &why)) {
		*err = why;
		if (made)
			err->span = node->path.len
			                ? (Span){node->path.items[0].span.begin, node->path.items[node->path.len - 1].span.end}
			                : node->node.span;
		return false;
	}
	uint32_t ncols;
	const PlanCol *cols = session_cursor_cols(cursor, &ncols);
	pgwire_copy_begin(&options, cols, ncols, session_cursor_follows(cursor), &c->buf);
	pgwire_stream_begin(c, STREAM_COPY, cursor, true);
	c->stream.copy = options;
	if (r->portal)
		r->portal->done = true;
	return true;
}

bool pgwire_statement(PgwireConn *c, PgwireRun *r, Err *err)
{
	switch (r->stmt->kind) {
	case AST_STMT_QUERY:
	case AST_SUBSCRIBE: return begin_rows(c, r, err);
	case AST_COPY: return begin_copy(c, r, err);
	default: break;
	}
	bool handled = false;
	bool ok = pgwire_cursor_statement(c, r, &handled, err);
	return handled ? ok : run_to_end(c, r, err);
}
