/*
 * engine/operators/session_rows.h: the rows of open sessions, where they must be kept: a session that may lose rows can
 * shrink and fall apart, and a window function without an aggregate hands its rows on when the session closes.
 *
 *   group key | time | the row | ordinal, number -> nothing       ordered table
 *
 * Of equal rows a retraction takes the oldest. One that comes before its row within a step waits for it; at the end of
 * the step it is an error.
 */
#ifndef WEIR_ENGINE_OPERATORS_SESSION_ROWS_H
#define WEIR_ENGINE_OPERATORS_SESSION_ROWS_H

#include "engine/operators/operator.h"
#include "engine/operators/sessions.h"

typedef struct SessionDebt {
	Str key; /* up to the row's end */
	int64_t count;
} SessionDebt;

typedef struct SessionRows {
	Operator *op;
	StateTable *table;
	const Type **types; /* of the input's columns */
	uint32_t ncols;
	StrBuf key;
	int64_t seq; /* rows of the ordinal that came last */
	int64_t last_ord;
	int64_t arrival; /* stands for the ordinal where none is carried */
	struct {
		SessionDebt *items;
		uint32_t len, cap;
	} debts; /* of this step */
} SessionRows;

bool session_rows_open(SessionRows *r, Operator *op, Err *err);
void session_rows_close(SessionRows *r);
/* Takes row i in or, retracted, out, and puts the sessions right: those that the row's watermark closes fire first,
 * those that it leaves behind the watermark at once. late: its session has closed, nothing was changed. */
bool session_rows_take(SessionRows *r, Sessions *s, const Batch *b, uint32_t row, Str group, int64_t time, bool *late,
                       Err *err);
/* The rows from `start` to `last`, both included, in order of arrival: columns of the input, ordinals. take: they go.
 */
bool session_rows_read(SessionRows *r, Str group, int64_t start, int64_t last, bool take, Batch **out, Err *err);
/* The end of a step. */
bool session_rows_check(SessionRows *r, Err *err);

#endif
