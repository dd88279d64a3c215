/*
 * engine/operators/join_clock.h: the watermark of an operator that merges two ports, carried out point by point.
 *
 * As in window_fire.c: a timer fires at the point of the curve that reaches it, with that point's ordinal, and with the
 * watermark before as its stamp. The operator asks for join_clock_until before each row (or each run of rows that reach
 * no timer), and for join_clock_end when all rows of the step are taken.
 */
#ifndef WEIR_ENGINE_OPERATORS_JOIN_CLOCK_H
#define WEIR_ENGINE_OPERATORS_JOIN_CLOCK_H

#include "engine/operators/operator.h"

/* Everything that the watermark `ms` lets happen. */
typedef bool (*JoinFire)(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err);

typedef struct JoinClock {
	Operator *op;
	JoinFire fire;
	Curve curve;       /* of the step, of both ports */
	uint32_t point;    /* the next one of the curve */
	int64_t watermark; /* carried out so far */
} JoinClock;

void join_clock_init(JoinClock *c, Operator *op, JoinFire fire);
/* The step begins: the operator's curve is that of the ports; ord: of the first row. */
bool join_clock_begin(JoinClock *c, int64_t ord, Err *err);
bool join_clock_until(JoinClock *c, int64_t to, int64_t ord, Err *err);
bool join_clock_end(JoinClock *c, Err *err);

#endif
