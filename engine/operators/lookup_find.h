/*
 * engine/operators/lookup_find.h: the rows that the right side of a lookup join holds for the keys of left rows.
 *
 * Of what weir keeps they are read from the current state, by key or index. The state is that of the end of the step,
 * but a left row sees what came before it: changes of the step with a higher ordinal are taken back for it, so the
 * answer is the same for steps of any size. A table elsewhere is asked once per batch, through a cache. In what is run
 * for the rows of a batch the state is the run's: of its snapshot, or without what comes later (OperatorRun.later).
 */
#ifndef WEIR_ENGINE_OPERATORS_LOOKUP_FIND_H
#define WEIR_ENGINE_OPERATORS_LOOKUP_FIND_H

#include "engine/operators/operator.h"

typedef struct LookupCache LookupCache;
typedef struct LookupChange LookupChange;

typedef struct LookupFind {
	Operator *op;
	const Plan *scan;
	const bool *desc;   /* of the keys, in the index; NULL: none is */
	bool whole;         /* the scan's columns are all of the relation's, in order */
	const Type **types; /* of the relation's columns */
	/* a table elsewhere */
	void *remote;
	LookupCache *cache; /* NULL: none */
	Eval *exprs;        /* the scan's columns over its fields */
	uint64_t asked, hits;
	/* of the step */
	StateTable *state, *index;
	LookupChange *changes; /* of the right side, newest first; NULL: none */
	/* of the batch: row i found rows[first[i] ..], count[i] of them, as batch_encode_row of the scan's columns */
	Str *rows;
	uint32_t nrows, cap;
	uint32_t *first, *count;
	StrBuf bytes;
} LookupFind;

bool lookup_find_open(LookupFind *f, Operator *op, Err *err);
void lookup_find_close(LookupFind *f);
/* Once per step, before its batches; in such a run before each batch. right: the changes of the right side in this
 * step; NULL in such a run. */
bool lookup_find_step(LookupFind *f, const BatchList *right, Err *err);
/* Fills rows, first, count, in the step's arena. Rows that are taken back, or have a NULL in the key, find nothing. */
bool lookup_find_batch(LookupFind *f, const Batch *b, Err *err);
void lookup_find_describe(const LookupFind *f, StrBuf *out);

#endif
