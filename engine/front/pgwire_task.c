/*
 * engine/front/pgwire_task.c: the work of one connection in the query pool: messages in their order, each to its end or
 * until it has to wait.
 */
#include "engine/front/pgwire_int.h"

#include "engine/front/pg_catalog_psql.h"

/* ---- out ---- */

void pgwire_task_flush(PgwireConn *c)
{
	if (!c->buf.len)
		return;
	pthread_mutex_lock(&c->lock);
	if (!c->hangup)
		strbuf_put(&c->out, c->buf.ptr, c->buf.len);
	pthread_mutex_unlock(&c->lock);
	strbuf_clear(&c->buf);
	pgwire_wake(c->server);
}

bool pgwire_task_full(PgwireConn *c)
{
	if (c->buf.len >= PGWIRE_BUF)
		pgwire_task_flush(c);
	pthread_mutex_lock(&c->lock);
	bool full = c->out.len - c->out_at > PGWIRE_OUT_HIGH || c->hangup;
	pthread_mutex_unlock(&c->lock);
	return full;
}

/* ---- a statement's life ---- */

void pgwire_task_begin(PgwireConn *c)
{
	int64_t timeout_us = settings_duration_us(session_settings(c->session), "statement_timeout");
	atomic_store(&c->timed_out, false);
	atomic_store(&c->deadline_us, timeout_us > 0 ? clock_mono_us(&clock_real) + timeout_us : INT64_MAX);
	if (timeout_us > 0)
		pgwire_wake(c->server);
}

bool pgwire_task_enter(PgwireConn *c, const AstNode *stmt, Err *err)
{
	if (!session_enter(c->session, stmt, err))
		return false;
	/* Asked while the statement waited for its thread. */
	if (atomic_load(&c->cancel) || atomic_load(&c->timed_out))
		session_cancel(c->session);
	return true;
}

void pgwire_task_done(PgwireConn *c)
{
	atomic_store(&c->deadline_us, INT64_MAX);
}

void pgwire_task_fail(PgwireConn *c, Err *err, const char *sqlstate, Str text)
{
	bool timed_out = atomic_load(&c->timed_out);
	pgwire_task_done(c);
	if (err->code == ERR_CANCELED && timed_out)
		err_set(err, ERR_CANCELED, "canceling statement due to statement timeout");
	else if (err->code == ERR_CANCELED && atomic_load(&c->cancel))
		err_set(err, ERR_CANCELED, "canceling statement due to user request");
	if (!sqlstate && err->code == ERR_TRANSACTION && strstr(err->message, "read-only transaction"))
		sqlstate = "25006";
	if (!sqlstate && err->code == ERR_TRANSACTION && session_transaction(c->session) == 'E' &&
	    strstr(err->message, "until ROLLBACK"))
		sqlstate = "25P02";
	session_fail(c->session);
	pgwire_reply_error(&c->buf, err, "ERROR", sqlstate, text);
	atomic_store(&c->cancel, false);
	atomic_store(&c->timed_out, false);
	if (c->extended)
		c->skip = true;
	c->in_query = false;
}

/* ---- Query ---- */

static void end_query(PgwireConn *c)
{
	c->in_query = false;
	/* Under the lock, so that a cancel that comes late does not hit the next statement. */
	pthread_mutex_lock(&c->lock);
	atomic_store(&c->busy, false);
	atomic_store(&c->cancel, false);
	pthread_mutex_unlock(&c->lock);
	pgwire_reply_ready(&c->buf, session_transaction(c->session));
	pgwire_task_flush(c);
}

/* What clients send and the grammar does not have: nobody here listens. */
static bool is_unlisten(Str text, uint32_t at, uint32_t *next)
{
	Str rest = str_trim(str_slice(text, at, text.len));
	if (!str_starts_nocase(rest, STR("UNLISTEN")))
		return false;
	return parser_statement_end(text, at, next, NULL) || *next == text.len;
}

static bool next_statement(PgwireConn *c)
{
	Str text = strbuf_str(&c->query);
	bool first = c->query_at == 0;
	arena_reset(c->stmt);
	arena_reset(c->message);
	AstNode *stmt = NULL;
	uint32_t next = c->query_at;
	Err err = {0};
	if (is_unlisten(text, c->query_at, &next)) {
		c->query_at = next;
		pgwire_reply_tag(&c->buf, "UNLISTEN");
		return true;
	}
	if (!parser_statement(c->stmt, text, c->query_at, NULL, &stmt, &next, &err)) {
		pgwire_task_fail(c, &err, NULL, text);
		return false;
	}
	if (!stmt) {
		if (first)
			pgwire_message_empty(&c->buf, 'I');
		return false;
	}
	c->query_at = next;
	pgwire_task_begin(c);
	PgwireRun r = {.stmt = stmt, .text = text, .describe = true};
	if (pgwire_statement(c, &r, &err))
		return true;
	pgwire_task_fail(c, &err, r.sqlstate, text);
	return false;
}

/* ---- messages ---- */

/* The next whole message; its body lies in the message arena. */
static bool take_message(PgwireConn *c, char *type, Str *body)
{
	arena_reset(c->message);
	pthread_mutex_lock(&c->lock);
	size_t size = 0;
	bool whole =
	    pgwire_message_frame(c->in.ptr + c->in_at, c->in.len - c->in_at, false, type, body, &size) == FRAME_WHOLE;
	if (whole) {
		*body = arena_str(c->message, *body);
		c->in_at += size;
		if (c->in_at == c->in.len) {
			strbuf_clear(&c->in);
			c->in_at = 0;
		}
	}
	pthread_mutex_unlock(&c->lock);
	return whole;
}

static void on_query(PgwireConn *c, Str body)
{
	Str text;
	Err err = {0};
	c->extended = false;
	atomic_store(&c->busy, true);
	if (!pgwire_message_text(body, &text, &err)) {
		pgwire_task_fail(c, &err, NULL, (Str){0});
		end_query(c);
		return;
	}
	strbuf_clear(&c->query);
	strbuf_put_str(&c->query, text);
	pg_catalog_psql_rewrite(&c->query);
	c->query_at = 0;
	c->in_query = true;
}

static void on_sync(PgwireConn *c)
{
	c->skip = false;
	if (session_transaction(c->session) == 'I')
		pgwire_extended_end_transaction(c);
	end_query(c);
}

/* false: the connection ends. */
static bool on_message(PgwireConn *c, char type, Str body)
{
	Err err = {0};
	switch (type) {
	case 'X': return false;
	case 'S': on_sync(c); return true;
	case 'H': pgwire_task_flush(c); return true;
	case 'Q':
		if (!c->skip)
			on_query(c, body);
		return true;
	case 'P':
	case 'B':
	case 'D':
	case 'E':
	case 'C': {
		if (c->skip)
			return true;
		c->extended = true;
		atomic_store(&c->busy, true);
		const char *sqlstate = NULL;
		Str text = {0};
		if (!pgwire_extended_message(c, type, body, &err, &sqlstate, &text))
			pgwire_task_fail(c, &err, sqlstate, text);
		return true;
	}
	case 'd':
	case 'c':
	case 'f': return true; /* COPY FROM was refused: what follows it is passed over, as PostgreSQL does */
	case 'F':
		err_set(&err, ERR_NOT_SUPPORTED, "function calls are not supported");
		c->extended = false;
		pgwire_task_fail(c, &err, NULL, (Str){0});
		end_query(c);
		return true;
	default:
		err_set(&err, ERR_PROTOCOL, "invalid message type %d", type);
		pgwire_reply_error(&c->buf, &err, "FATAL", NULL, (Str){0});
		return false;
	}
}

static PgwireLeave work(PgwireConn *c)
{
	for (;;) {
		PgwireLeave why;
		if (c->stream.kind != STREAM_NONE) {
			if (pgwire_stream_run(c, &why))
				return why;
			if (!c->in_query && !c->extended)
				end_query(c);
			continue;
		}
		if (c->in_query) {
			if (!next_statement(c))
				end_query(c);
			if (c->stream.kind == STREAM_NONE && clock_mono_us(&clock_real) > c->slice_us)
				return LEAVE_AGAIN;
			continue;
		}
		if (pgwire_task_full(c))
			return LEAVE_ROOM;
		if (clock_mono_us(&clock_real) > c->slice_us)
			return LEAVE_AGAIN;
		char type;
		Str body;
		if (!take_message(c, &type, &body))
			return LEAVE_IDLE;
		if (!on_message(c, type, body))
			return LEAVE_CLOSE;
	}
}

void pgwire_task_run(PoolJob *job)
{
	PgwireConn *c = (PgwireConn *)(void *)job;
	Pgwire *server = c->server; /* the connection may go as soon as it is not queued */
	c->slice_us = clock_mono_us(&clock_real) + PGWIRE_SLICE_US;
	pthread_mutex_lock(&c->lock);
	bool gone = c->hangup || c->closing;
	Session *finish = c->finish;
	c->finish = NULL;
	pthread_mutex_unlock(&c->lock);
	if (finish) {
		pgwire_stream_drop(c);
		pgwire_extended_free(c);
		session_close(finish);
	}
	PgwireLeave why = gone ? LEAVE_CLOSE : work(c);
	pgwire_task_flush(c);
	pthread_mutex_lock(&c->lock);
	bool more = (c->again && why == LEAVE_IDLE) || why == LEAVE_AGAIN;
	c->again = false;
	c->left = why;
	if (why == LEAVE_CLOSE)
		c->closing = true;
	/* Room may have come since. */
	if (why == LEAVE_ROOM && !c->hangup && c->out.len - c->out_at < PGWIRE_OUT_LOW)
		more = true;
	if (why == LEAVE_CLOSE || c->hangup)
		more = false;
	c->queued = more;
	pthread_mutex_unlock(&c->lock);
	if (more)
		pool_submit(server->pool, &c->job);
	else
		pgwire_wake(server);
}
