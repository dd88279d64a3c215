/*
 * engine/operators/join_side.h: what a continuous join keeps of one of its sides.
 *
 * One entry per distinct row, those of a join key together (they are a prefix of a hash table):
 *
 *   key    | hash of the join key 9 | join key | the other columns |   canonical bytes (value_encode_key)
 *   value  | weight 8 | ordinal of the first copy 8 | partners 8, where they are counted | written, ms 8, where the
 *            side expires | the exact row |
 *
 * The exact row is there only where canonical bytes do not give the row back as it was (-0.0, nested values).
 * Without key columns all rows lie together.
 *
 * Where the side expires (expiry.h) each row does by itself; the index holds hashes of join keys.
 */
#ifndef WEIR_ENGINE_OPERATORS_JOIN_SIDE_H
#define WEIR_ENGINE_OPERATORS_JOIN_SIDE_H

#include "engine/operators/expiry.h"

typedef struct JoinBelow {
	Str key;
	const Batch *batch;
	uint32_t row;
} JoinBelow;

typedef struct JoinSide {
	Operator *op;
	const Plan *in;
	StateTable *rows;
	const bool *null_equal; /* per key; NULL: NULL equals nothing */
	uint32_t nkeys;
	uint32_t *order; /* input columns as they are encoded: the keys, then the rest */
	uint32_t norder;
	bool counts; /* entries count their partners on the other side */
	bool exact;
	bool lenient;     /* what is taken back may be unknown */
	uint32_t written; /* where in a value the time of the last write is */
	Expiry expiry;
	uint32_t header; /* bytes of a value before the exact row */
	const Column **cols;
	const Type **types;
	StrBuf value;
	struct {
		JoinBelow *items;
		uint32_t len, cap;
	} below; /* rows of this step whose weight fell below 0 */
} JoinSide;

/* The keys of a batch's rows. In the step's arena. */
typedef struct JoinKeys {
	Str *rows;          /* keys of entries; ptr NULL: equals nothing, because of a NULL */
	uint32_t *key_lens; /* leading bytes that are the join key, with its hash */
} JoinKeys;

/* A stored row with the key that was asked for. */
typedef struct JoinMatch {
	Str row;   /* its entry's key */
	Str exact; /* ptr NULL: none */
	int64_t weight, ord;
} JoinMatch;

typedef struct JoinMatches {
	JoinMatch *items;
	uint32_t len, cap;
} JoinMatches;

/* `what` names the state table. */
bool join_side_open(JoinSide *s, Operator *op, uint32_t port, const char *what, bool counts, Err *err);
void join_side_close(JoinSide *s);
JoinKeys join_side_keys(JoinSide *s, const Batch *b);
/* Appends the stored rows of a join key, oldest first; copies in the arena. */
void join_side_find(JoinSide *s, Str key, JoinMatches *out, Arena *arena);
/* Adds copies of a row; returns how many there were before. partners counts only for a new row. */
int64_t join_side_add(JoinSide *s, Str key, const Batch *b, uint32_t row, int64_t weight, int64_t partners);
/* Adds to the partners of a stored row; returns how many there were before. */
int64_t join_side_partner(JoinSide *s, Str key, int64_t change);
/* Columns of the side from stored rows; texts point into those. */
bool join_side_decode(JoinSide *s, const JoinMatches *m, Column *cols, Arena *arena, Err *err);
/* Lenient: what of the weight can be taken: not more than there is. What cannot is counted. */
int64_t join_side_known(JoinSide *s, Str key, int64_t weight);
/* In each step: forgets some of the rows that are over. */
void join_side_sweep(JoinSide *s);
/* At the end of a step: a row that was taken back but never came fails the query. */
bool join_side_check(JoinSide *s, Err *err);

#endif
