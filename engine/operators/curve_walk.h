/*
 * engine/operators/curve_walk.h: the watermarks of a step in their order, for an operator with one input and timers.
 *
 * `fire` is called for each watermark that is reached, with the ordinal of the row that meets it and the watermark
 * before as the stamp of what comes out; it does all that is due at or below it. curve_walk_until before a row with a
 * stamp, curve_walk_end in flush: together they meet every point of the curve once.
 */
#ifndef WEIR_ENGINE_OPERATORS_CURVE_WALK_H
#define WEIR_ENGINE_OPERATORS_CURVE_WALK_H

#include "engine/operators/operator.h"

typedef bool (*CurveFire)(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err);

typedef struct CurveWalk {
	int64_t watermark; /* carried out so far */
	uint32_t point;    /* next point of the step's curve */
	bool begun;        /* in this step */
	CurveFire fire;
} CurveWalk;

void curve_walk_init(CurveWalk *w, CurveFire fire);
/* What has happened before the first row of the step, whose ordinal is `ord`. Every push and flush begins with it. */
bool curve_walk_begin(CurveWalk *w, Operator *op, int64_t ord, Err *err);
/* A row with that ordinal meets the watermark `to`. */
bool curve_walk_until(CurveWalk *w, Operator *op, int64_t to, int64_t ord, Err *err);
bool curve_walk_end(CurveWalk *w, Operator *op, Err *err);

#endif
