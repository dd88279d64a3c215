/*
 * engine/operators/session_early.c: results of sessions that are still open, and their corrections (EMIT CHANGES).
 *
 * What was sent of a group is kept as a list. At the end of a step the groups that got rows compare it with their open
 * sessions as they are now: -old for what is no more, +new for what is new. So a session that grew, fell apart or
 * became part of another needs no case of its own. A session that closes takes back what overlaps it, unless that is
 * the same.
 *
 *   early   group key -> (start, end, results) of each session
 */
#include "engine/operators/session_agg.h"

#include <stdlib.h>

bool session_early_open(Operator *op, Err *err)
{
	SessionAggOp *g = op->state;
	return operator_state_open(op, "early", STATE_HASH, 0, &g->early, err);
}

typedef struct ResultList {
	SessionResult *items;
	uint32_t len, cap;
} ResultList;

static bool read_sent(Operator *op, Str group, ResultList *out, Err *err)
{
	SessionAggOp *g = op->state;
	Arena *step = op->run->step;
	uint32_t len;
	const char *bytes = state_get(g->early, group, &len);
	*out = (ResultList){0};
	if (!bytes)
		return true;
	CodecReader r = codec_reader(arena_str(step, str_make(bytes, len)));
	bool fine = true;
	while (fine && r.at < r.end) {
		Value *values = ARENA_ARRAY(step, Value, g->st.nitems + 1);
		SessionResult x = {.values = values};
		fine = codec_get_i64(&r, &x.start) && codec_get_i64(&r, &x.end);
		for (uint32_t k = 0; fine && k < g->st.nitems; k++)
			fine = value_decode(g->st.items[k].call->type, &r, &values[k]);
		ARENA_PUSH(step, out, x);
	}
	return fine || err_set(err, ERR_STATE_CORRUPT, "a row of the state table \"%.*s\" is damaged",
	                       STR_ARG(state_name(g->early)));
}

static void write_sent(Operator *op, Str group, const ResultList *list)
{
	SessionAggOp *g = op->state;
	if (!list->len) {
		state_del(g->early, group);
		return;
	}
	StrBuf bytes;
	strbuf_init(&bytes);
	for (uint32_t i = 0; i < list->len; i++) {
		codec_put_i64(&bytes, list->items[i].start);
		codec_put_i64(&bytes, list->items[i].end);
		for (uint32_t k = 0; k < g->st.nitems; k++)
			value_encode(g->st.items[k].call->type, list->items[i].values[k], &bytes);
	}
	state_put(g->early, group, strbuf_str(&bytes));
	strbuf_deinit(&bytes);
}

static bool same(const SessionAggOp *g, const SessionResult *a, const SessionResult *b)
{
	bool equal = a->start == b->start && a->end == b->end;
	for (uint32_t k = 0; equal && k < g->st.nitems; k++)
		equal = value_equal(g->st.items[k].call->type, a->values[k], b->values[k]);
	return equal;
}

static bool among(const SessionAggOp *g, const SessionResult *x, const ResultList *list)
{
	for (uint32_t i = 0; i < list->len; i++)
		if (same(g, x, &list->items[i]))
			return true;
	return false;
}

bool session_early_settle(Operator *op, Str group, const SessionResult *x, int64_t ord, int64_t stamp, Err *err)
{
	SessionAggOp *g = op->state;
	ResultList sent, left = {0};
	if (!read_sent(op, group, &sent, err))
		return false;
	bool was = false;
	for (uint32_t i = 0; i < sent.len; i++) {
		const SessionResult *y = &sent.items[i];
		if (y->end <= x->start || y->start >= x->end)
			ARENA_PUSH(op->run->step, &left, *y);
		else if (same(g, x, y))
			was = true;
		else
			session_agg_row(op, group, y, -1, ord, stamp);
	}
	if (!was)
		session_agg_row(op, group, x, 1, ord, stamp);
	if (left.len != sent.len)
		write_sent(op, group, &left);
	return true;
}

static bool flush_group(Operator *op, Str group, Err *err)
{
	SessionAggOp *g = op->state;
	Arena *step = op->run->step;
	ResultList sent, now = {0};
	if (!read_sent(op, group, &sent, err))
		return false;
	uint32_t n;
	const Session *list = sessions_of(&g->sessions, group, &n);
	for (uint32_t i = 0; i < n; i++) {
		Value *values = ARENA_ARRAY(step, Value, g->st.nitems + 1);
		SessionResult x = {list[i].start, sessions_end_of(&g->sessions, &list[i]), values};
		if (!session_agg_results(op, group, &list[i], false, values, NULL, err))
			return false;
		ARENA_PUSH(step, &now, x);
	}
	int64_t ord = op->run->next_ord, stamp = g->sessions.watermark;
	bool changed = false;
	for (uint32_t i = 0; i < sent.len; i++)
		if (!among(g, &sent.items[i], &now)) {
			session_agg_row(op, group, &sent.items[i], -1, ord, stamp);
			changed = true;
		}
	for (uint32_t i = 0; i < now.len; i++)
		if (!among(g, &now.items[i], &sent)) {
			session_agg_row(op, group, &now.items[i], 1, ord, stamp);
			changed = true;
		}
	if (changed)
		write_sent(op, group, &now);
	return true;
}

static int compare_groups(const void *a, const void *b)
{
	return str_cmp(*(const Str *)a, *(const Str *)b);
}

bool session_early_flush(Operator *op, Err *err)
{
	SessionAggOp *g = op->state;
	uint32_t n = g->touched.len;
	Str *groups = g->touched.items;
	g->touched.items = NULL;
	g->touched.len = g->touched.cap = 0;
	if (n)
		qsort(groups, n, sizeof *groups, compare_groups);
	for (uint32_t i = 0; i < n; i++)
		if ((!i || !str_eq(groups[i], groups[i - 1])) && !flush_group(op, groups[i], err))
			return false;
	return true;
}
