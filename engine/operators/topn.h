/*
 * engine/operators/topn.h: what the operators of PLAN_TOPN share: rows of one partition in order and their ranks, and
 * the state that goes with the watermark.
 *
 *   topn.c          any order; over inputs that retract all rows stay                TOPN_SORTED
 *   topn_arrival.c  the first rows to come, over inputs that append                  TOPN_ARRIVAL
 *   dedup.c         one row per partition by time, over inputs that append           TOPN_DEDUP
 *   dedup_arrival.c the first row to come, forgotten by the watermark                TOPN_SEEN
 *   topn_window.c   the partition holds the window of the rows                       TOPN_WINDOW
 */
#ifndef WEIR_ENGINE_OPERATORS_TOPN_H
#define WEIR_ENGINE_OPERATORS_TOPN_H

#include "engine/operators/curve_walk.h"
#include "engine/operators/operator.h"
#include "engine/operators/out_rows.h"
#include "engine/operators/sorted_rows.h"

/* Walks the rows of a partition; `order` is what equal rows share. */
typedef struct TopNRank {
	RankKind kind;
	int64_t rows, rank; /* so far; the current row's */
	Str order;
	StrBuf last;
} TopNRank;

void topn_rank_init(TopNRank *r, RankKind kind);
void topn_rank_deinit(TopNRank *r);
int64_t topn_rank_next(TopNRank *r, Str order);

/* One row of the result: the input's values and, where it is shown, the rank. */
bool topn_emit(OutRows *out, SortedRows *rows, Str row, int64_t rank, int64_t weight, int64_t ord, int64_t stamp,
               Err *err);

/* Is the row late for a key that is settled at the watermark? It is counted and kept then. col: the time column. */
bool topn_late(Operator *op, const Batch *b, uint32_t row, uint32_t col);
/* The same for a partition that holds the time and goes when the watermark has passed that: rows of one time may all
 * move the watermark to it. */
bool topn_behind(Operator *op, const Batch *b, uint32_t row, uint32_t col);

/* Keys that are due at a time: time (ms) | key. */
typedef struct TopNTimers {
	StateTable *table;
	StrBuf key;
	int64_t low; /* none is due before */
	StrBuf from; /* nothing lies in the table before: what has gone would be walked over until its epoch has landed */
} TopNTimers;

bool topn_timers_open(TopNTimers *t, Operator *op, Err *err);
void topn_timers_close(TopNTimers *t);
void topn_timers_set(TopNTimers *t, int64_t ms, Str key);
/* A partition that holds the time of its rows: gone when the watermark has passed it. NULL: never. */
void topn_timers_bound(TopNTimers *t, const Column *time, uint32_t row, Str key);
/* The next key that is due at or below ms, taken out; copied into the arena. */
bool topn_timers_next(TopNTimers *t, int64_t ms, int64_t *due, Str *key, Arena *arena);

extern const OperatorType topn_type, topn_arrival_type, dedup_type, topn_window_type, dedup_arrival_type;

#endif
