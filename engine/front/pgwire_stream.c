/*
 * engine/front/pgwire_stream.c: rows that are sent piece by piece: of a Query, an Execute, a FETCH, a COPY.
 */
#include "engine/front/pgwire_int.h"

#include <stdio.h>

#include "engine/front/pgwire_binary.h"
#include "sql/types/zone.h"

enum { STREAM_BATCH = 256 };

static void put_value(const Type *type, Value v, bool binary, const struct Zone *zone, StrBuf *out)
{
	size_t at = out->len;
	pgwire_message_put_i32(out, -1);
	if (v.null)
		return;
	if (binary)
		pgwire_binary_encode(type, v, out);
	else
		value_print(type, v, VALUE_PG, zone, out);
	pgwire_message_patch(out, at, (int64_t)(out->len - at - 4));
}

void pgwire_stream_rows(const PlanCol *cols, uint32_t ncols, const CursorRows *rows, const struct Zone *zone,
                        const int16_t *formats, uint32_t nformats, StrBuf *out)
{
	bool kinds = rows->kinds != NULL;
	for (uint32_t row = 0; row < rows->batch->n; row++) {
		size_t at = pgwire_message_begin(out, 'D');
		pgwire_message_put_i16(out, (int32_t)(ncols + kinds));
		if (kinds) {
			pgwire_message_put_i32(out, 2);
			strbuf_puts(out, chunk_kind_name(rows->kinds[row]));
		}
		for (uint32_t i = 0; i < ncols; i++)
			put_value(cols[i].type, column_value(&rows->batch->cols[i], row),
			          pgwire_reply_format(formats, nformats, i + kinds) == 1, zone, out);
		pgwire_message_end(out, at);
	}
}

void pgwire_stream_begin(PgwireConn *c, PgwireStreamKind kind, SessionCursor *cursor, bool owned)
{
	c->stream = (PgwireStream){.kind = kind, .cursor = cursor, .owned = owned, .left = UINT64_MAX};
}

void pgwire_stream_drop(PgwireConn *c)
{
	if (c->stream.kind != STREAM_NONE && c->stream.owned)
		session_cursor_close(c->stream.cursor);
	c->stream = (PgwireStream){.kind = STREAM_NONE};
	atomic_store(&c->wake_us, INT64_MAX);
}

static void finish(PgwireConn *c, bool ended)
{
	PgwireStream *s = &c->stream;
	unsigned long long n = s->sent;
	if (s->portal)
		s->portal->at += s->sent;
	if (s->portal && ended) {
		s->portal->done = true;
		/* Behind the last row: PRIOR is the last one then. */
		if (s->kind == STREAM_FETCH && !session_cursor_follows(s->cursor))
			s->portal->at = session_cursor_rows(s->cursor) + 1;
	}
	switch (s->kind) {
	case STREAM_COPY:
		pgwire_copy_end(&s->copy, &c->buf);
		pgwire_reply_tag(&c->buf, "COPY %llu", n);
		break;
	case STREAM_FETCH: pgwire_reply_tag(&c->buf, "%s %llu", s->move ? "MOVE" : "FETCH", n); break;
	case STREAM_EXECUTE:
		if (!ended) {
			pgwire_message_empty(&c->buf, 's');
			break;
		}
		pgwire_reply_tag(&c->buf, "SELECT %llu", n);
		break;
	default: pgwire_reply_tag(&c->buf, "SELECT %llu", n);
	}
	pgwire_stream_drop(c);
	pgwire_task_done(c);
}

/* A parameter of ours that only the shell asks for: what a followed query has seen so far. */
static void put_status(PgwireConn *c, int64_t now)
{
	PgwireStream *s = &c->stream;
	if (!c->wants_status || now - s->status_us < PGWIRE_STATUS_US)
		return;
	s->status_us = now;
	int64_t watermark_ms;
	uint64_t rows, late;
	session_cursor_status(s->cursor, &watermark_ms, &rows, &late);
	char text[96];
	snprintf(text, sizeof text, "%lld %llu %llu", (long long)watermark_ms, (unsigned long long)rows,
	         (unsigned long long)late);
	pgwire_reply_parameter(&c->buf, STR("weir.follow"), str_from(text));
}

static void put_rows(PgwireConn *c, const CursorRows *rows)
{
	PgwireStream *s = &c->stream;
	uint32_t ncols;
	const PlanCol *cols = session_cursor_cols(s->cursor, &ncols);
	const struct Zone *zone = session_cursor_zone(s->cursor);
	if (s->kind == STREAM_COPY)
		pgwire_copy_rows(&s->copy, cols, ncols, rows, zone, &c->buf);
	else if (!s->move)
		pgwire_stream_rows(cols, ncols, rows, zone, s->formats, s->nformats, &c->buf);
	s->sent += rows->batch->n;
	if (s->left != UINT64_MAX)
		s->left -= rows->batch->n;
}

static bool leave(PgwireLeave *why, PgwireLeave reason)
{
	*why = reason;
	return true;
}

bool pgwire_stream_run(PgwireConn *c, PgwireLeave *why)
{
	PgwireStream *s = &c->stream;
	for (;;) {
		int64_t now = clock_mono_us(&clock_real);
		/* Who cancels is answered behind what waits for it. */
		bool canceled = atomic_load(&c->cancel) || atomic_load(&c->timed_out);
		if (pgwire_task_full(c) && !canceled)
			return leave(why, LEAVE_ROOM);
		if (now > c->slice_us)
			return leave(why, LEAVE_AGAIN);
		if (s->left == 0) {
			finish(c, false);
			return false;
		}
		if (session_cursor_follows(s->cursor))
			put_status(c, now);
		CursorRows rows;
		Err err = {0};
		uint32_t most = s->left < STREAM_BATCH ? (uint32_t)s->left : STREAM_BATCH;
		switch (session_cursor_next(s->cursor, most, 0, &rows, &err)) {
		case CURSOR_ROWS: put_rows(c, &rows); break;
		case CURSOR_NONE_YET:
			if (s->kind == STREAM_FETCH && (s->sent || now >= s->until_us)) {
				finish(c, false);
				return false;
			}
			atomic_store(&c->wake_us, now + PGWIRE_FOLLOW_US);
			return leave(why, LEAVE_WAIT);
		case CURSOR_END: finish(c, true); return false;
		case CURSOR_FAILED:
			/* A cursor that has failed stays so. */
			if (s->portal)
				s->portal->done = true;
			pgwire_stream_drop(c);
			pgwire_task_fail(c, &err, NULL, (Str){0});
			return false;
		}
	}
}
