/*
 * engine/operators/ports.c: merging by ordinal, and the minimum of watermarks.
 */
#include "engine/operators/ports.h"

#include <stdlib.h>

#define PORTS_KEY STR("w")

bool ports_open(Ports *p, Operator *op, Err *err)
{
	*p = (Ports){.op = op, .watermark = BATCH_NO_WATERMARK};
	p->pending = ARENA_ARRAY_ZERO(op->run->arena, BatchList, op->ninputs + 1);
	if (op->run->is_snapshot)
		return true;
	if (!operator_state_open(op, "watermark", STATE_HASH, 0, &p->kept, err))
		return false;
	uint32_t len;
	const char *found = state_get(p->kept, PORTS_KEY, &len);
	p->apart = found && len == sizeof p->watermark;
	if (p->apart)
		memcpy(&p->watermark, found, sizeof p->watermark);
	return true;
}

void ports_add(Ports *p, uint32_t port, const Batch *b)
{
	ARENA_PUSH(p->op->run->step, &p->pending[port], b);
}

/* ---- watermarks ---- */

/* A place in a port's curve, for ordinals that only rise. */
typedef struct PortCurve {
	const Curve *curve;
	uint32_t at;
	int64_t ms;
} PortCurve;

static int64_t curve_at(PortCurve *p, int64_t ord)
{
	while (p->at < p->curve->len && p->curve->points[p->at].ord <= ord)
		p->ms = p->curve->points[p->at++].ms;
	return p->ms;
}

static PortCurve *open_curves(const Operator *op)
{
	PortCurve *list = ARENA_ARRAY(op->run->step, PortCurve, op->ninputs);
	for (uint32_t i = 0; i < op->ninputs; i++) {
		const Curve *c = &op->inputs[i]->curve;
		list[i] = (PortCurve){c, 0, c->before};
	}
	return list;
}

static bool is_idle(const ChannelIdle *c, int64_t ord)
{
	return (c->begins && ord <= c->until) || (c->ends && ord >= c->from);
}

/* The least watermark of the ports but one (UINT32_MAX: of all) at an ordinal. */
static int64_t least_of(const Operator *op, PortCurve *curves, uint32_t but, int64_t ord)
{
	int64_t least = BATCH_END, most = BATCH_NO_WATERMARK;
	bool idle = false, active = but != UINT32_MAX;
	for (uint32_t i = 0; i < op->ninputs; i++) {
		if (i == but)
			continue;
		int64_t ms = curve_at(&curves[i], ord);
		if (is_idle(&op->inputs[i]->idle, ord)) {
			idle = true;
			most = ms > most ? ms : most;
		} else {
			active = true;
			least = ms < least ? ms : least;
		}
	}
	return active || !idle ? least : most;
}

static bool some_idle(const Operator *op)
{
	for (uint32_t i = 0; i < op->ninputs; i++)
		if (op->inputs[i]->idle.begins || op->inputs[i]->idle.ends)
			return true;
	return false;
}

/* The batch with its stamps lowered to what the other ports have; not below what the operator has reached already,
 * where it went on without a port. */
static const Batch *restamp(const Ports *p, const Batch *b, uint32_t port)
{
	const Operator *op = p->op;
	int64_t *stamp = ARENA_ARRAY(op->run->step, int64_t, b->n + 1);
	PortCurve *curves = open_curves(op), *reached = open_curves(op);
	bool apart = p->apart || some_idle(op);
	int64_t floor = p->watermark;
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t own = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK, ord = b->ord ? b->ord[i] : 0;
		int64_t other = least_of(op, curves, port, ord);
		stamp[i] = own < other ? own : other;
		if (!apart)
			continue;
		int64_t before = least_of(op, reached, UINT32_MAX, ord);
		floor = before > floor ? before : floor;
		stamp[i] = stamp[i] > floor ? stamp[i] : floor;
	}
	Batch *out = ARENA_NEW(op->run->step, Batch);
	*out = *b;
	out->stamp = stamp;
	return out;
}

static int compare_ords(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The watermark that went on without a port must be known after a restart, too. */
static void keep_watermark(Ports *p)
{
	const Operator *op = p->op;
	int64_t least = BATCH_END;
	for (uint32_t i = 0; i < op->ninputs; i++) {
		int64_t ms = curve_last(&op->inputs[i]->curve);
		least = ms < least ? ms : least;
	}
	bool was = p->apart;
	p->apart = p->watermark > least;
	if (p->apart)
		state_put(p->kept, PORTS_KEY, str_make((const char *)&p->watermark, sizeof p->watermark));
	else if (was)
		state_del(p->kept, PORTS_KEY);
}

/* The output is idle while all ports are. */
static ChannelIdle all_idle(const Operator *op)
{
	ChannelIdle all = {true, true, INT64_MAX, INT64_MIN};
	for (uint32_t i = 0; i < op->ninputs; i++) {
		const ChannelIdle *c = &op->inputs[i]->idle;
		bool whole = c->begins && c->until == INT64_MAX;
		all.begins &= c->begins;
		all.ends &= c->ends || whole;
		all.until = c->until < all.until ? c->until : all.until;
		all.from = c->ends && c->from > all.from ? c->from : all.from;
	}
	all.ends &= !(all.begins && all.until == INT64_MAX);
	return all;
}

void ports_set_curve(Ports *p)
{
	Operator *op = p->op;
	uint32_t n = 0;
	for (uint32_t i = 0; i < op->ninputs; i++)
		n += op->inputs[i]->curve.len + 2;
	int64_t *ords = ARENA_ARRAY(op->run->step, int64_t, n + 1);
	n = 0;
	for (uint32_t i = 0; i < op->ninputs; i++) {
		const ChannelIdle *idle = &op->inputs[i]->idle;
		for (uint32_t k = 0; k < op->inputs[i]->curve.len; k++)
			ords[n++] = op->inputs[i]->curve.points[k].ord;
		if (idle->begins && idle->until != INT64_MAX)
			ords[n++] = idle->until + 1;
		if (idle->ends)
			ords[n++] = idle->from;
	}
	qsort(ords, n, sizeof *ords, compare_ords);
	PortCurve *curves = open_curves(op);
	int64_t before = least_of(op, curves, UINT32_MAX, INT64_MIN);
	if (before > p->watermark)
		p->watermark = before;
	Curve out = {p->watermark, NULL, 0};
	WatermarkPoint *points = ARENA_ARRAY(op->run->step, WatermarkPoint, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		int64_t ms = least_of(op, curves, UINT32_MAX, ords[i]);
		if (ms <= p->watermark)
			continue;
		p->watermark = ms;
		points[out.len++] = (WatermarkPoint){ords[i], ms};
	}
	out.points = points;
	operator_set_curve(op, out);
	if (p->apart || some_idle(op))
		keep_watermark(p);
	op->idle = all_idle(op);
}

/* ---- rows ---- */

static int compare_rows(const void *a, const void *b)
{
	const PortRow *x = a, *y = b;
	if (x->ord != y->ord)
		return x->ord < y->ord ? -1 : 1;
	if (x->stamp != y->stamp)
		return x->stamp < y->stamp ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* Two sorted runs, one behind the other, become one. */
static void merge_runs(PortRow *rows, uint32_t middle, uint32_t n, Arena *step)
{
	PortRow *left = arena_copy(step, rows, middle * sizeof *rows);
	uint32_t i = 0, j = middle, to = 0;
	while (i < middle && j < n)
		rows[to++] = compare_rows(&left[i], &rows[j]) < 0 ? left[i++] : rows[j++];
	while (i < middle)
		rows[to++] = left[i++];
}

static void order_rows(PortsStep *s, uint32_t nports, Arena *step)
{
	PortRow *rows = ARENA_ARRAY(step, PortRow, s->n + 1);
	uint32_t at = 0;
	for (uint32_t port = 0; port < nports; port++) {
		const Batch *b = s->batches[port];
		if (!b)
			continue;
		uint32_t from = at;
		bool sorted = true;
		for (uint32_t r = 0; r < b->n; r++, at++) {
			rows[at] = (PortRow){b->ord ? b->ord[r] : 0, b->stamp[r], port, r};
			sorted = sorted && (r == 0 || compare_rows(&rows[at - 1], &rows[at]) < 0);
		}
		if (!sorted)
			qsort(rows + from, at - from, sizeof *rows, compare_rows);
		if (from)
			merge_runs(rows, from, at, step);
	}
	s->rows = rows;
}

PortsStep ports_take(Ports *p, bool order)
{
	Operator *op = p->op;
	Arena *step = op->run->step;
	PortsStep s = {.batches = ARENA_ARRAY_ZERO(step, const Batch *, op->ninputs + 1)};
	for (uint32_t port = 0; port < op->ninputs; port++) {
		BatchList list = p->pending[port];
		p->pending[port] = (BatchList){0};
		if (!list.len)
			continue;
		const Batch *b = list.len == 1 ? list.items[0] : batch_concat(list.items, list.len, step);
		s.batches[port] = restamp(p, b, port);
		s.n += b->n;
		s.nports++;
	}
	if (order && s.n)
		order_rows(&s, op->ninputs, step);
	return s;
}
