/*
 * engine/operators/over_slide.h: frames that move along a time attribute, per partition: what a row that comes out
 * (over_time.c) finds in its frame.
 */
#ifndef WEIR_ENGINE_OPERATORS_OVER_SLIDE_H
#define WEIR_ENGINE_OPERATORS_OVER_SLIDE_H

#include "engine/operators/agg_state.h"
#include "engine/operators/expiry.h"
#include "engine/operators/operator.h"

/* The header of a partition's block of aggregates. Rows of a partition have positions 0, 1, 2 .. */
typedef struct SlideHead {
	int64_t rows;           /* in the frame: the aggregates' own count */
	int64_t next;           /* position of the next row */
	int64_t added, removed; /* positions below have entered, have left the frame */
	int64_t dropped;        /* positions below are not stored any more */
	int64_t last_us;        /* rows up to this time were let out, or would have been */
	int64_t timer;          /* ms: when the watermark reaches it the partition is freed; 0: never yet */
} SlideHead;

typedef struct Slide {
	Operator *op;
	const PlanOver *plan;
	PlanAgg agg; /* the aggregate calls as agg_state.h wants them */
	AggState st;
	StateTable *blocks; /* partition -> head, aggregates */
	StateTable *rows;   /* partition | position -> time, row; NULL: frames need no rows again */
	StateTable *timers; /* due (ms) | partition; NULL: nothing is freed */
	const Type **types;
	uint32_t ncols;
	int64_t lag;         /* greatest distance of LAG */
	bool slides, trails; /* rows leave the frame; the frame ends before the current row */
	int64_t start, end;  /* rows or us before the current row */
	bool by_rows;        /* of both */
	bool inexact;        /* some aggregate cannot take rows out: it looks at the frame again */
	StrBuf key, value;
	int64_t low;   /* no timer is due before */
	Expiry expiry; /* of partitions that nothing else frees */
} Slide;

bool over_slide_open(Slide *s, Operator *op, Err *err);
void over_slide_close(Slide *s);
/* Rows idx[0..n) of b, of one partition and one time, come next. results[i * ncalls + k]: of row i and call k; in the
 * step's arena. Rows of ROWS frames come one by one. */
bool over_slide_next(Slide *s, Str partition, const Batch *b, const uint32_t *idx, uint32_t n, int64_t time_us,
                     Value *results, Err *err);
/* ms up to which the rows of a partition have been let out; INT64_MIN: it is not known (any more). */
int64_t over_slide_last(Slide *s, Str partition);
/* Frees the partitions whose frames are empty for every row behind the watermark. */
bool over_slide_expire(Slide *s, int64_t ms, Err *err);
/* In each step: forgets some partitions that are over by table.exec.state.ttl. */
void over_slide_sweep(Slide *s);
int64_t over_slide_partitions(const Slide *s);

static inline int64_t over_slide_ms(int64_t us)
{
	return us / 1000 - (us % 1000 < 0);
}

#endif
