/*
 * engine/operators/curve_walk.c: the watermarks of a step, one after another.
 */
#include "engine/operators/curve_walk.h"

void curve_walk_init(CurveWalk *w, CurveFire fire)
{
	*w = (CurveWalk){.watermark = BATCH_NO_WATERMARK, .fire = fire};
}

static bool reach(CurveWalk *w, Operator *op, int64_t ms, int64_t ord, Err *err)
{
	if (ms <= w->watermark)
		return true;
	int64_t before = w->watermark;
	w->watermark = ms;
	return w->fire(op, ms, ord, before, err);
}

bool curve_walk_begin(CurveWalk *w, Operator *op, int64_t ord, Err *err)
{
	if (w->begun)
		return true;
	w->begun = true;
	w->point = 0;
	return reach(w, op, op->in_curve[0]->before, ord, err);
}

bool curve_walk_until(CurveWalk *w, Operator *op, int64_t to, int64_t ord, Err *err)
{
	if (to <= w->watermark)
		return true;
	const Curve *c = op->in_curve[0];
	for (; w->point < c->len && c->points[w->point].ms <= to; w->point++)
		if (!reach(w, op, c->points[w->point].ms, c->points[w->point].ord, err))
			return false;
	return reach(w, op, to, ord, err);
}

bool curve_walk_end(CurveWalk *w, Operator *op, Err *err)
{
	bool fine = curve_walk_until(w, op, curve_last(op->in_curve[0]), op->run->next_ord, err);
	w->begun = false;
	return fine;
}
