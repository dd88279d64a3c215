/*
 * engine/front/session_cursor.h: a result that is taken piece by piece: what SELECT, EMIT CHANGES and SUBSCRIBE are
 * made of, and portals, cursors and COPY of the wire.
 *
 * A snapshot is read to its end into a spool when it is opened, so that a slow client never holds the file's old pages,
 * nor a thread. A followed query gives what has arrived since. Thread: the session's.
 */
#ifndef WEIR_ENGINE_FRONT_SESSION_CURSOR_H
#define WEIR_ENGINE_FRONT_SESSION_CURSOR_H

#include "engine/front/session.h"

typedef struct SessionCursor SessionCursor;

typedef enum CursorState {
	CURSOR_ROWS,
	CURSOR_NONE_YET, /* a followed query has nothing within the time */
	CURSOR_END,
	CURSOR_FAILED,
} CursorState;

typedef struct CursorRows {
	const Batch *batch;   /* valid until the next call */
	const RowKind *kinds; /* of a followed query, one per row; NULL for snapshots */
} CursorRows;

/* stmt: AST_STMT_QUERY, AST_QUERY or AST_SUBSCRIBE, of `text`; neither is needed after the call. notice may be NULL. */
bool session_cursor_open(Session *s, const AstNode *stmt, Str text, const Type **param_types, const Value *params,
                         uint32_t nparams, const Results *notice, SessionCursor **out, Err *err);
void session_cursor_close(SessionCursor *c); /* NULL is fine */
/* Up to `most` rows. */
CursorState session_cursor_next(SessionCursor *c, uint32_t most, int64_t wait_ms, CursorRows *out, Err *err);
const PlanCol *session_cursor_cols(const SessionCursor *c, uint32_t *ncols);
const struct Zone *session_cursor_zone(const SessionCursor *c);
bool session_cursor_follows(const SessionCursor *c);
/* Snapshots: how many rows there are; goes back to the first. */
uint64_t session_cursor_rows(const SessionCursor *c);
void session_cursor_rewind(SessionCursor *c);
/* Followed queries: watermark (ms, BATCH_NO_WATERMARK: none yet), rows read, late rows. */
void session_cursor_status(SessionCursor *c, int64_t *watermark_ms, uint64_t *rows_in, uint64_t *late);

#endif
