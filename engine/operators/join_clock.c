/*
 * engine/operators/join_clock.c: point by point.
 */
#include "engine/operators/join_clock.h"

void join_clock_init(JoinClock *c, Operator *op, JoinFire fire)
{
	*c = (JoinClock){.op = op, .fire = fire, .watermark = BATCH_NO_WATERMARK};
}

bool join_clock_until(JoinClock *c, int64_t to, int64_t ord, Err *err)
{
	for (;;) {
		int64_t ms = to, at = ord;
		if (c->point < c->curve.len && c->curve.points[c->point].ms <= to) {
			ms = c->curve.points[c->point].ms;
			at = c->curve.points[c->point++].ord;
		} else if (to <= c->watermark) {
			return true;
		}
		if (ms <= c->watermark)
			continue;
		if (!c->fire(c->op, ms, at, c->watermark, err))
			return false;
		c->watermark = ms;
	}
}

bool join_clock_begin(JoinClock *c, int64_t ord, Err *err)
{
	c->curve = c->op->curve;
	c->point = 0;
	return join_clock_until(c, c->curve.before, ord, err);
}

bool join_clock_end(JoinClock *c, Err *err)
{
	return join_clock_until(c, curve_last(&c->curve), c->op->run->next_ord, err);
}
