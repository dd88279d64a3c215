/*
 * engine/operators/sessions.c: the directory of open sessions and their timers.
 */
#include "engine/operators/sessions.h"

#include "sql/types/timestamp.h"

enum { TIMER_TIME = 8 }; /* bytes of the end before the group key */

/* ---- timers ---- */

static void timer_put(Sessions *s, Str group, int64_t end)
{
	char *key = arena_alloc(s->op->run->step, TIMER_TIME + group.len);
	codec_store_be64(key, codec_order_i64(end));
	memcpy(key + TIMER_TIME, group.ptr, group.len);
	state_put(s->timers, str_make(key, TIMER_TIME + group.len), STR_EMPTY);
	if (end < s->next_due) {
		s->next_due = end;
		s->next_fire = window_time_fire(&s->clock, end);
	}
}

static int64_t timer_end(Str key)
{
	return codec_load_i64(key.ptr);
}

/* The timers from `end` on. What is gone before may still lie in the table until the epoch has landed: a scan must not
 * walk over it each time. */
static StateScan *timer_scan(const Sessions *s, int64_t end, Arena *arena)
{
	char *from = arena_alloc(arena, TIMER_TIME);
	codec_store_be64(from, codec_order_i64(end));
	return state_scan_open(s->timers, str_make(from, TIMER_TIME), (Str){0}, false, true, arena);
}

bool sessions_open(Sessions *s, Operator *op, const WindowSpec *spec, SessionFire fire, Err *err)
{
	*s = (Sessions){.op = op,
	                .fire = fire,
	                .gap = spec->size_ms,
	                .proctime = spec->proctime && !op->run->is_snapshot,
	                .watermark = BATCH_NO_WATERMARK};
	window_time_init(&s->clock, spec);
	if (!operator_state_open(op, "sessions", STATE_HASH, 0, &s->open, err) ||
	    !operator_state_open(op, "timers", STATE_ORDERED, 0, &s->timers, err))
		return false;
	uint32_t len;
	const void *number = state_get(s->timers, STR_EMPTY, &len);
	if (number && len != sizeof s->next_number)
		return err_set(err, ERR_STATE_CORRUPT, "the state table \"%.*s\" is damaged", STR_ARG(state_name(s->timers)));
	if (number)
		memcpy(&s->next_number, number, sizeof s->next_number);
	s->next_due = s->next_fire = INT64_MAX;
	StateScan *scan = timer_scan(s, INT64_MIN, op->run->arena);
	Str key, value;
	if (state_scan_next(scan, &key, &value)) {
		s->next_due = timer_end(key);
		s->next_fire = window_time_fire(&s->clock, s->next_due);
	}
	state_scan_close(scan);
	return true;
}

void sessions_save(Sessions *s)
{
	if (s->number_changed)
		state_put(s->timers, STR_EMPTY, str_make((const char *)&s->next_number, sizeof s->next_number));
	s->number_changed = false;
}

/* ---- the sessions of a key ---- */

static const Session *list_of(const Sessions *s, Str group, uint32_t *n)
{
	uint32_t len = 0;
	const Session *list = state_get(s->open, group, &len);
	*n = list ? len / (uint32_t)sizeof *list : 0;
	return list;
}

Session *sessions_of(const Sessions *s, Str group, uint32_t *n)
{
	const Session *list = list_of(s, group, n);
	return *n ? arena_copy(s->op->run->step, list, *n * sizeof *list) : NULL;
}

static void list_put(Sessions *s, Str group, const Session *list, uint32_t n)
{
	if (n)
		state_put(s->open, group, str_make((const char *)list, n * sizeof *list));
	else
		state_del(s->open, group);
}

/* Puts `with` (n entries) in the place of entries [from, to). */
static void list_replace(Sessions *s, Str group, const Session *list, uint32_t n, uint32_t from, uint32_t to,
                         const Session *with, uint32_t nwith)
{
	Session *out = ARENA_ARRAY(s->op->run->step, Session, n + nwith + 1);
	uint32_t len = 0;
	for (uint32_t i = 0; i < from; i++)
		out[len++] = list[i];
	for (uint32_t i = 0; i < nwith; i++)
		out[len++] = with[i];
	for (uint32_t i = to; i < n; i++)
		out[len++] = list[i];
	list_put(s, group, out, len);
}

/* The sessions [*from, result) that a row at `time` belongs to. */
static uint32_t touching(const Sessions *s, const Session *list, uint32_t n, int64_t time, uint32_t *from)
{
	uint32_t to = n;
	while (to > 0 && list[to - 1].start - s->gap > time)
		to--;
	*from = to;
	while (*from > 0 && list[*from - 1].last + s->gap >= time)
		--*from;
	return to;
}

SessionPlace sessions_add(Sessions *s, Str group, int64_t time, int64_t watermark)
{
	bool created;
	uint32_t len = 0, from;
	Session *list = state_edit(s->open, group, sizeof *list, &len, &created);
	uint32_t n = created ? 0 : len / (uint32_t)sizeof *list;
	uint32_t to = touching(s, list, n, time, &from);
	SessionPlace p = {.absorbed = -1};
	if (from == to) {
		if (sessions_is_past(s, time, watermark)) {
			if (created)
				state_del(s->open, group);
			p.late = true;
			return p;
		}
		Session x = {time, time, s->next_number++};
		s->number_changed = true;
		p.number = x.number;
		timer_put(s, group, time + s->gap);
		if (created)
			*list = x;
		else
			list_replace(s, group, list, n, from, to, &x, 1);
		return p;
	}
	Session *x = &list[from];
	x->start = time < x->start ? time : x->start;
	x->last = time > x->last ? time : x->last;
	p.number = x->number;
	if (to - from == 1)
		return p;
	ASSERT(to - from == 2); /* two that lie more than a gap apart; a third is too far from the first */
	p.absorbed = list[from + 1].number;
	Session whole = {x->start, list[from + 1].last, x->number};
	list_replace(s, group, list, n, from, to, &whole, 1);
	return p;
}

void sessions_remove(Sessions *s, Str group, int64_t time, const int64_t *before, const int64_t *after)
{
	uint32_t n, at = 0, npieces = 0;
	Session *list = sessions_of(s, group, &n);
	while (at < n && list[at].last < time)
		at++;
	if (at == n || list[at].start > time)
		return;
	Session pieces[2] = {{0}}, *x = &list[at];
	bool left = before && *before >= x->start, right = after && *after <= x->last;
	if (left && right && *after - *before > s->gap) {
		pieces[npieces++] = (Session){x->start, *before, x->number};
		pieces[npieces++] = (Session){*after, x->last, s->next_number++};
		s->number_changed = true;
	} else if (left || right) {
		pieces[npieces++] =
		    (Session){x->start < time ? x->start : *after, x->last > time ? x->last : *before, x->number};
	}
	list_replace(s, group, list, n, at, at + 1, pieces, npieces);
	for (uint32_t i = 0; i < npieces; i++)
		timer_put(s, group, sessions_end_of(s, &pieces[i]));
}

/* ---- what closes ---- */

/* The session of a group that ends at `end`: its number in the list, or -1. The others get timers at their ends. */
static int64_t find_closing(Sessions *s, Str group, int64_t end, const Session *list, uint32_t n)
{
	int64_t found = -1;
	for (uint32_t i = 0; i < n; i++) {
		if (sessions_end_of(s, &list[i]) == end)
			found = i;
		else if (sessions_end_of(s, &list[i]) > end)
			timer_put(s, group, sessions_end_of(s, &list[i]));
	}
	return found;
}

/* Takes off the timers up to `watermark`. Those at the end of a session: it fires; or, with `look`, the first such
 * timer stays, and *closes tells of it. */
static bool walk(Sessions *s, int64_t watermark, bool look, bool *closes, int64_t ord, int64_t stamp, Err *err)
{
	Arena *step = s->op->run->step;
	*closes = false;
	if (s->next_fire > watermark || s->next_due == INT64_MAX)
		return true;
	StateScan *scan = timer_scan(s, s->next_due, step);
	Str key, value;
	bool fine = true, more;
	while ((more = state_scan_next(scan, &key, &value)) && fine) {
		int64_t end = timer_end(key);
		if (window_time_fire(&s->clock, end) > watermark)
			break;
		Str timer = arena_str(step, key), group = str_slice(timer, TIMER_TIME, timer.len - TIMER_TIME);
		uint32_t n;
		Session *list = sessions_of(s, group, &n);
		int64_t at = find_closing(s, group, end, list, n);
		*closes = at >= 0;
		if (*closes && look)
			break;
		state_del(s->timers, timer);
		if (!*closes)
			continue;
		Session x = list[at];
		list_replace(s, group, list, n, (uint32_t)at, (uint32_t)at + 1, NULL, 0);
		fine = !operator_canceled(s->op, err) && s->fire(s->op, group, &x, ord, stamp, err);
	}
	s->next_due = more ? timer_end(key) : INT64_MAX;
	s->next_fire = more ? window_time_fire(&s->clock, s->next_due) : INT64_MAX;
	state_scan_close(scan);
	return fine;
}

bool sessions_settle(Sessions *s, int64_t watermark)
{
	bool closes;
	walk(s, watermark, true, &closes, 0, 0, NULL);
	return closes;
}

static bool fire_all(Sessions *s, int64_t watermark, int64_t ord, int64_t stamp, Err *err)
{
	bool closes;
	return walk(s, watermark, false, &closes, ord, stamp, err);
}

bool sessions_overdue(Sessions *s, int64_t watermark, int64_t ord, Err *err)
{
	return fire_all(s, watermark, ord, watermark, err);
}

bool sessions_until(Sessions *s, int64_t to, int64_t ord, Err *err)
{
	const Curve *c = s->op->in_curve[0];
	for (;;) {
		int64_t ms = to, at = ord;
		if (s->point < c->len && c->points[s->point].ms <= to) {
			ms = c->points[s->point].ms;
			at = c->points[s->point++].ord;
		} else if (to <= s->watermark) {
			return true;
		}
		if (!fire_all(s, ms, at, s->watermark, err))
			return false;
		if (ms > s->watermark)
			s->watermark = ms;
	}
}

bool sessions_begin(Sessions *s, int64_t ord, Err *err)
{
	if (s->begun)
		return true;
	s->begun = true;
	s->point = 0;
	int64_t before = s->op->in_curve[0]->before, stamp = s->watermark;
	if (s->proctime) {
		stamp = before;
		before = window_time_floor_div(s->op->run->env.now_us, 1000) - 1;
	}
	if (before <= s->watermark)
		return true;
	if (!fire_all(s, before, ord, stamp, err))
		return false;
	s->watermark = before;
	return true;
}

bool sessions_end(Sessions *s, Err *err)
{
	int64_t last = curve_last(s->op->in_curve[0]), next = s->op->run->next_ord;
	s->begun = false;
	if (s->proctime)
		return last != BATCH_END || fire_all(s, BATCH_END, next, s->op->in_curve[0]->before, err);
	return sessions_until(s, last, next, err);
}

/* ---- the rest ---- */

int64_t sessions_time(Sessions *s, const Column *time, uint32_t i)
{
	return window_time_local(&s->clock, s->proctime ? s->op->run->env.now_us : time->i64[column_at(time, i)]);
}

void sessions_late(Sessions *s, const Batch *b, uint32_t row, uint32_t time_col, int64_t at)
{
	Operator *op = s->op;
	int64_t weight = batch_weight(b, row);
	op->counts.late += (uint64_t)(weight < 0 ? -weight : weight);
	if (!op->run->late)
		return;
	const Column *time = &b->cols[time_col];
	StrBuf text;
	strbuf_init(&text);
	batch_encode_row(b, row, &text);
	LateRow late = {.ord = b->ord ? b->ord[row] : 0,
	                .time_ms = s->proctime ? at : window_time_floor_div(time->i64[column_at(time, row)], 1000),
	                .watermark_ms = sessions_stamp(s, b, row),
	                .window_start_ms = at,
	                .window_end_ms = at + s->gap,
	                .weight = weight,
	                .row = strbuf_str(&text)};
	op->run->late(op->run->ctx, op, &late);
	strbuf_deinit(&text);
}

bool sessions_check_time(Operator *op, const Batch *b, uint32_t time_col, Err *err)
{
	const Column *time = &b->cols[time_col];
	for (uint32_t i = 0; time->valid && i < b->n; i++) {
		if (!column_is_null(time, i))
			continue;
		Str name = op->plan->inputs[0]->cols[time_col].name;
		operator_failed_at(op, b, i);
		err_set(err, ERR_BAD_VALUE, "the time column \"%.*s\" of a window is NULL", STR_ARG(name));
		return err_hint(err, "Leave such rows out with WHERE %.*s IS NOT NULL.", STR_ARG(name));
	}
	return true;
}

Str *sessions_groups(Operator *op, const Batch *b, const Column *const *keys, uint32_t nkeys)
{
	Str *groups = ARENA_ARRAY_ZERO(op->run->step, Str, b->n + 1);
	for (uint32_t i = 0; !nkeys && i < b->n; i++)
		groups[i] = STR_EMPTY;
	if (nkeys)
		column_encode_keys((const Column **)(uintptr_t)keys, nkeys, b->n, op->run->step, groups);
	return groups;
}

void sessions_describe(const Sessions *s, StrBuf *out)
{
	strbuf_printf(out, "%lld rows in the open sessions of %lld keys", (long long)s->op->counts.held,
	              (long long)state_rows(s->open));
	if (s->next_due == INT64_MAX)
		return;
	strbuf_puts(out, "; the next one closes not before ");
	timestamp_print(s->next_due * 1000, 3, ' ', out);
}

int64_t sessions_next_proctime(const Sessions *s)
{
	return !s->proctime || s->next_fire == INT64_MAX ? INT64_MAX : (s->next_fire + 1) * 1000;
}
