/*
 * engine/operators/session_agg.c: GROUP BY a session window: sessions and their aggregates in one.
 *
 *   input appends    a block of aggregates per open session (agg_state.h) under its number; when a row makes one of two
 *                    sessions, the block of the later one is merged into the earlier one's
 *   input retracts   the rows themselves (session_rows.h): a session that loses a row may shrink or fall apart, which
 *                    no block can; they are added up when the session closes
 *
 * Either way the result follows from the rows alone, whatever came first. Which sessions are open, and when they close,
 * is sessions.h.
 */
#include "engine/operators/session_agg.h"

#include "engine/operators/operators.h"

static Str scope_of(int64_t number, char *buf)
{
	codec_store_be64(buf, codec_order_i64(number));
	return str_make(buf, SESSION_SCOPE);
}

static Str block_key(Operator *op, int64_t number, Str group)
{
	char *key = arena_alloc(op->run->step, SESSION_SCOPE + group.len);
	scope_of(number, key);
	memcpy(key + SESSION_SCOPE, group.ptr, group.len);
	return str_make(key, SESSION_SCOPE + group.len);
}

static bool fire(Operator *op, Str group, const Session *x, int64_t ord, int64_t stamp, Err *err);

/* Rows of open sessions, after a restart. */
static void restore(Operator *op, SessionAggOp *g)
{
	StateTable *t = g->keeps_rows ? g->rows.table : g->blocks;
	StateScan *s = state_scan_open(t, STR_EMPTY, (Str){0}, false, false, op->run->arena);
	Str key, value;
	while (state_scan_next(s, &key, &value)) {
		int64_t rows = 1;
		if (!g->keeps_rows)
			memcpy(&rows, value.ptr, 8);
		op->counts.held += rows;
	}
	state_scan_close(s);
}

static bool session_agg_open(Operator *op, Err *err)
{
	SessionAggOp *g = ARENA_NEW(op->run->arena, SessionAggOp);
	op->state = g;
	g->agg = &op->plan->agg;
	g->keeps_rows = !g->agg->input_append;
	g->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, g->agg->nkeys + 1);
	strbuf_init(&g->rows.key);
	out_rows_init(&g->out, op);
	if (!sessions_open(&g->sessions, op, &g->agg->window, fire, err))
		return false;
	if (g->keeps_rows ? !session_rows_open(&g->rows, op, err)
	                  : !operator_state_open(op, "agg", STATE_HASH, 0, &g->blocks, err))
		return false;
	bool early = g->agg->emit == EMIT_EARLY && !op->run->is_snapshot;
	if (!agg_state_open(&g->st, op, 8, SESSION_SCOPE, err) || (early && !session_early_open(op, err)))
		return false;
	restore(op, g);
	return true;
}

/* ---- results ---- */

void session_agg_row(Operator *op, Str group, const SessionResult *x, int64_t weight, int64_t ord, int64_t stamp)
{
	SessionAggOp *g = op->state;
	OutRows *o = &g->out;
	CodecReader r = codec_reader(group);
	uint32_t row = out_rows_add(o, weight, ord, stamp), c = 0;
	for (uint32_t k = 0; k < g->agg->nkeys; k++)
		out_rows_set_key(o, c++, row, &r);
	for (uint32_t k = 0; k < g->st.nitems; k++)
		out_rows_set(o, c++, row, x->values[k]);
	out_rows_set_i64(o, c++, row, x->start * 1000);
	out_rows_set_i64(o, c++, row, x->end * 1000);
	out_rows_set_i64(o, c, row, window_time_value(&g->sessions.clock, x->end));
}

static bool results_of_rows(Operator *op, Str group, const Session *x, bool take, Value *out, int64_t *rows, Err *err)
{
	SessionAggOp *g = op->state;
	Batch *b;
	if (!session_rows_read(&g->rows, group, x->start, x->last, take, &b, err))
		return false;
	*rows = b->n;
	char *block = arena_alloc_zero(op->run->step, g->st.size);
	Str key = block_key(op, x->number, group);
	bool fine = true;
	for (uint32_t from = 0; fine && from < b->n; from += BATCH_ROWS_MAX) {
		uint32_t to = b->n - from > BATCH_ROWS_MAX ? from + BATCH_ROWS_MAX : b->n;
		fine = agg_state_update_one(&g->st, batch_slice(b, from, to, op->run->step), key, block, err);
	}
	fine = fine && agg_state_results(&g->st, block, key, NULL, 0, op->run->step, out, err);
	if (g->st.has_values)
		agg_state_drop_scope(&g->st, str_slice(key, 0, SESSION_SCOPE), false);
	return fine;
}

bool session_agg_results(Operator *op, Str group, const Session *x, bool take, Value *out, int64_t *rows, Err *err)
{
	SessionAggOp *g = op->state;
	int64_t ignored;
	rows = rows ? rows : &ignored;
	if (g->keeps_rows)
		return results_of_rows(op, group, x, take, out, rows, err);
	Str key = block_key(op, x->number, group);
	uint32_t len = 0;
	const char *block = state_get(g->blocks, key, &len);
	ASSERT(block && len == g->st.size);
	memcpy(rows, block, 8);
	if (!agg_state_results(&g->st, block, key, NULL, 0, op->run->step, out, err))
		return false;
	if (!take)
		return true;
	state_del(g->blocks, key);
	if (g->st.has_values)
		agg_state_drop_scope(&g->st, str_slice(key, 0, SESSION_SCOPE), false);
	return true;
}

static bool fire(Operator *op, Str group, const Session *x, int64_t ord, int64_t stamp, Err *err)
{
	SessionAggOp *g = op->state;
	int64_t rows;
	Value *values = ARENA_ARRAY(op->run->step, Value, g->st.nitems + 1);
	if (!session_agg_results(op, group, x, true, values, &rows, err))
		return false;
	op->counts.held -= rows;
	SessionResult r = {x->start, sessions_end_of(&g->sessions, x), values};
	if (g->early)
		return session_early_settle(op, group, &r, ord, stamp, err);
	session_agg_row(op, group, &r, 1, ord, stamp);
	return true;
}

/* ---- rows in, blocks ---- */

/* Accepted rows that the blocks have not got yet. */
typedef struct Pending {
	const Batch *batch;
	const Str *groups;
	uint32_t *sel;
	int64_t *numbers; /* of their sessions */
	uint32_t n;
} Pending;

static bool add_pending(Operator *op, Pending *p, Err *err)
{
	SessionAggOp *g = op->state;
	Arena *step = op->run->step;
	uint32_t n = p->n;
	p->n = 0;
	if (!n)
		return true;
	op->counts.held += n;
	const Batch *b = n == p->batch->n ? p->batch : batch_gather(p->batch, p->sel, n, step);
	if (!g->agg->nkeys) {
		for (uint32_t i = 0, j; i < n; i = j) {
			for (j = i + 1; j < n && p->numbers[j] == p->numbers[i];)
				j++;
			Str key = block_key(op, p->numbers[i], STR_EMPTY);
			void *block = state_edit(g->blocks, key, g->st.size, NULL, NULL);
			const Batch *run = i == 0 && j == n ? b : batch_slice(b, i, j, step);
			if (!agg_state_update_one(&g->st, run, key, block, err))
				return false;
		}
		return true;
	}
	Str *keys = ARENA_ARRAY(step, Str, n + 1);
	void **blocks = ARENA_ARRAY(step, void *, n + 1);
	for (uint32_t i = 0; i < n; i++)
		keys[i] = block_key(op, p->numbers[i], p->groups[p->sel[i]]);
	state_edit_many(g->blocks, keys, NULL, n, g->st.size, blocks, NULL);
	return agg_state_update(&g->st, b, keys, blocks, err);
}

/* Two sessions have become one: the later one's block goes into the earlier one's. */
static bool merge_blocks(Operator *op, Str group, int64_t into, int64_t from, Err *err)
{
	SessionAggOp *g = op->state;
	char a[SESSION_SCOPE], b[SESSION_SCOPE];
	Str into_key = block_key(op, into, group), from_key = block_key(op, from, group);
	uint32_t len = 0;
	void *to = state_edit(g->blocks, into_key, g->st.size, NULL, NULL);
	const char *block = state_get(g->blocks, from_key, &len);
	ASSERT(block && len == g->st.size);
	if (!agg_state_merge(&g->st, to, block, err))
		return false;
	if (g->st.has_values) {
		if (!agg_state_move_values(&g->st, g->blocks, scope_of(from, a), scope_of(into, b), 1, err))
			return false;
		agg_state_drop_scope(&g->st, scope_of(from, a), false);
	}
	state_del(g->blocks, from_key);
	return true;
}

static bool take_into_blocks(Operator *op, const Batch *b, const Str *groups, Err *err)
{
	SessionAggOp *g = op->state;
	Sessions *s = &g->sessions;
	Arena *step = op->run->step;
	uint32_t time_col = (uint32_t)g->agg->time_col;
	Pending p = {b, groups, ARENA_ARRAY(step, uint32_t, b->n + 1), ARENA_ARRAY(step, int64_t, b->n + 1), 0};
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t stamp = sessions_stamp(s, b, i);
		if (sessions_due(s, stamp) && sessions_settle(s, stamp) &&
		    (!add_pending(op, &p, err) || !sessions_until(s, stamp, b->ord ? b->ord[i] : 0, err)))
			return false;
		int64_t at = sessions_time(s, &b->cols[time_col], i);
		SessionPlace place = sessions_add(s, groups[i], at, stamp);
		if (place.late) {
			sessions_late(s, b, i, time_col, at);
			continue;
		}
		if (place.absorbed >= 0 &&
		    (!add_pending(op, &p, err) || !merge_blocks(op, groups[i], place.number, place.absorbed, err)))
			return false;
		if (g->early)
			ARENA_PUSH(step, &g->touched, groups[i]);
		p.sel[p.n] = i;
		p.numbers[p.n++] = place.number;
	}
	return add_pending(op, &p, err);
}

static bool take_rows(Operator *op, const Batch *b, const Str *groups, Err *err)
{
	SessionAggOp *g = op->state;
	uint32_t time_col = (uint32_t)g->agg->time_col;
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t at = sessions_time(&g->sessions, &b->cols[time_col], i);
		bool late;
		if (!session_rows_take(&g->rows, &g->sessions, b, i, groups[i], at, &late, err))
			return false;
		if (late)
			sessions_late(&g->sessions, b, i, time_col, at);
		else if (g->early)
			ARENA_PUSH(op->run->step, &g->touched, groups[i]);
	}
	return true;
}

static bool session_agg_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	SessionAggOp *g = op->state;
	if (!sessions_begin(&g->sessions, b->ord ? b->ord[0] : op->run->next_ord, err) ||
	    !sessions_check_time(op, b, (uint32_t)g->agg->time_col, err))
		return false;
	for (uint32_t k = 0; k < g->agg->nkeys; k++)
		g->cols[k] = &b->cols[g->agg->keys[k]];
	Str *groups = sessions_groups(op, b, g->cols, g->agg->nkeys);
	return g->keeps_rows ? take_rows(op, b, groups, err) : take_into_blocks(op, b, groups, err);
}

static bool session_agg_flush(Operator *op, Err *err)
{
	SessionAggOp *g = op->state;
	bool fine = sessions_begin(&g->sessions, op->run->next_ord, err) && sessions_end(&g->sessions, err) &&
	            (!g->keeps_rows || session_rows_check(&g->rows, err)) && agg_state_check(&g->st, err) &&
	            (!g->early || session_early_flush(op, err));
	out_rows_flush(&g->out);
	return fine;
}

static bool session_agg_checkpoint(Operator *op, Err *err)
{
	(void)err;
	sessions_save(&((SessionAggOp *)op->state)->sessions);
	return true;
}

static void session_agg_close(Operator *op)
{
	SessionAggOp *g = op->state;
	if (!g)
		return;
	session_rows_close(&g->rows);
	agg_state_close(&g->st);
}

static void session_agg_describe(Operator *op, StrBuf *out)
{
	sessions_describe(&((SessionAggOp *)op->state)->sessions, out);
}

static int64_t session_agg_next_proctime(Operator *op)
{
	return sessions_next_proctime(&((SessionAggOp *)op->state)->sessions);
}

const OperatorType session_agg_type = {
    .name = "session aggregate",
    .open = session_agg_open,
    .push = session_agg_push,
    .flush = session_agg_flush,
    .checkpoint = session_agg_checkpoint,
    .close = session_agg_close,
    .describe = session_agg_describe,
    .next_proctime = session_agg_next_proctime,
};
