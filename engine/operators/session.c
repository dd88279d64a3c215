/*
 * engine/operators/session.c: SESSION without an aggregate: rows wait until their session closes, and come out with
 * window_start, window_end and window_time, in order of arrival.
 *
 * What reads them finds windows attached (sql/plan/plan.h: WindowCols): so GROUP BY other keys than PARTITION BY,
 * ROW_NUMBER and joins on window_start and window_end work over sessions as over any window.
 */
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"
#include "engine/operators/session_rows.h"
#include "engine/operators/sessions.h"

typedef struct SessionOp {
	const PlanWindow *window;
	Sessions sessions;
	SessionRows rows;
	const Column **cols; /* scratch */
} SessionOp;

static bool fire(Operator *op, Str group, const Session *x, int64_t ord, int64_t stamp, Err *err)
{
	SessionOp *w = op->state;
	Arena *step = op->run->step;
	Batch *all;
	if (!session_rows_read(&w->rows, group, x->start, x->last, true, &all, err))
		return false;
	op->counts.held -= all->n;
	int64_t end = sessions_end_of(&w->sessions, x);
	int64_t data[3] = {x->start * 1000, end * 1000, window_time_value(&w->sessions.clock, end)};
	for (uint32_t from = 0; from < all->n; from += BATCH_ROWS_MAX) {
		uint32_t n = all->n - from > BATCH_ROWS_MAX ? BATCH_ROWS_MAX : all->n - from, nin = all->ncols;
		const Batch *rows = batch_slice(all, from, from + n, step);
		Column *cols = ARENA_ARRAY_ZERO(step, Column, nin + 3);
		memcpy(cols, rows->cols, nin * sizeof *cols);
		for (uint32_t k = 0; k < 3; k++)
			column_init_const(&cols[nin + k], op->plan->cols[nin + k].type, value_i64(data[k]), n, step);
		int64_t *ords = ARENA_ARRAY(step, int64_t, n), *stamps = ARENA_ARRAY(step, int64_t, n);
		for (uint32_t i = 0; i < n; i++) {
			ords[i] = ord;
			stamps[i] = stamp;
		}
		Batch *out = ARENA_NEW(step, Batch);
		*out = (Batch){n, nin + 3, cols, NULL, ords, stamps};
		operator_emit(op, out);
	}
	return true;
}

static bool session_open(Operator *op, Err *err)
{
	SessionOp *w = ARENA_NEW(op->run->arena, SessionOp);
	op->state = w;
	w->window = &op->plan->window;
	w->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, w->window->nkeys + 1);
	if (!sessions_open(&w->sessions, op, &w->window->spec, fire, err) || !session_rows_open(&w->rows, op, err))
		return false;
	op->counts.held = state_rows(w->rows.table);
	return true;
}

static bool session_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	SessionOp *w = op->state;
	if (!sessions_begin(&w->sessions, b->ord ? b->ord[0] : op->run->next_ord, err) ||
	    !sessions_check_time(op, b, w->window->time_col, err))
		return false;
	for (uint32_t k = 0; k < w->window->nkeys; k++)
		w->cols[k] = &b->cols[w->window->keys[k]];
	Str *groups = sessions_groups(op, b, w->cols, w->window->nkeys);
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t at = sessions_time(&w->sessions, &b->cols[w->window->time_col], i);
		bool late;
		if (!session_rows_take(&w->rows, &w->sessions, b, i, groups[i], at, &late, err))
			return false;
		if (late)
			sessions_late(&w->sessions, b, i, w->window->time_col, at);
	}
	return true;
}

static bool session_flush(Operator *op, Err *err)
{
	SessionOp *w = op->state;
	return sessions_begin(&w->sessions, op->run->next_ord, err) && sessions_end(&w->sessions, err) &&
	       session_rows_check(&w->rows, err);
}

static bool session_checkpoint(Operator *op, Err *err)
{
	(void)err;
	sessions_save(&((SessionOp *)op->state)->sessions);
	return true;
}

static void session_close(Operator *op)
{
	SessionOp *w = op->state;
	if (w)
		session_rows_close(&w->rows);
}

static void session_describe(Operator *op, StrBuf *out)
{
	sessions_describe(&((SessionOp *)op->state)->sessions, out);
}

static int64_t session_next_proctime(Operator *op)
{
	return sessions_next_proctime(&((SessionOp *)op->state)->sessions);
}

const OperatorType session_type = {
    .name = "session",
    .open = session_open,
    .push = session_push,
    .flush = session_flush,
    .checkpoint = session_checkpoint,
    .close = session_close,
    .describe = session_describe,
    .next_proctime = session_next_proctime,
};
