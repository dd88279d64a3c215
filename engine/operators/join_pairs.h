/*
 * engine/operators/join_pairs.h: pairs of a left and a right row become rows of a join that appends.
 *
 * Rows are columns, pairs are row numbers. join_pairs_test says which pairs satisfy the condition beside the keys;
 * join_pairs_put puts one out, or a row alone (JOIN_ALONE on the other side: NULLs). Rows come out in the order in
 * which they were put; join_pairs_end hands the last ones on.
 */
#ifndef WEIR_ENGINE_OPERATORS_JOIN_PAIRS_H
#define WEIR_ENGINE_OPERATORS_JOIN_PAIRS_H

#include "engine/operators/operator.h"

#define JOIN_ALONE UINT32_MAX

typedef struct JoinPairs {
	Operator *op;
	Eval *residual; /* NULL: all pairs are partners */
	bool *used;     /* columns that it reads */
	const Column **in;
	bool semi; /* the output has left columns only */
	const Column *cols[2];
	uint32_t *row[2]; /* put, not handed on yet */
	int64_t *ord, *stamp;
	int64_t *weight; /* NULL: all 1 */
	uint32_t n;
} JoinPairs;

void join_pairs_open(JoinPairs *p, Operator *op);
/* The rows that pairs are made of from now on, with the columns of the two inputs. They live as long as the step. */
void join_pairs_begin(JoinPairs *p, const Column *left, const Column *right);
/* pass[i]: pair (left[i], right[i]) satisfies the condition. */
bool join_pairs_test(JoinPairs *p, const uint32_t *left, const uint32_t *right, uint32_t n, uint8_t *pass, Err *err);
void join_pairs_put(JoinPairs *p, uint32_t left, uint32_t right, int64_t ord, int64_t stamp);
/* The same of rows that are taken back: the operator does not only append. */
void join_pairs_put_weight(JoinPairs *p, uint32_t left, uint32_t right, int64_t weight, int64_t ord, int64_t stamp);
void join_pairs_end(JoinPairs *p);

/* Stored rows (batch_encode_row) of an input as columns, in the step's arena; texts point into the bytes. */
bool join_pairs_decode(Operator *op, uint32_t port, const Str *rows, uint32_t n, Column *cols, Err *err);

/* A row of a port is late: it is counted, and goes to the side table. Without a window start and end are 0. */
void join_pairs_late(Operator *op, uint32_t port, const Batch *b, uint32_t row, int64_t time_ms, int64_t stamp,
                     int64_t start, int64_t end);

#endif
