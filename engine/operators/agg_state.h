/*
 * engine/operators/agg_state.h: the aggregates of one node over one group: a block of bytes, and tables of values where
 * bytes do not do.
 *
 *   | rows, 8 bytes | the operator's own header | state of aggregate 0 | state of aggregate 1 | ...        all zero:
 * nothing was added
 *
 * `rows` is the weighted number of rows of the group: 0 means that there is no group. COUNT(*) without FILTER is that
 * number. The block is the value of a key in the operator's state table; a key is `scope_len` bytes of scope (a slice's
 * end) and the canonical group key. DISTINCT, MIN and MAX that must forget, and aggregates over rows in their order
 * keep their values beside it (agg_values.h), under the same key.
 */
#ifndef WEIR_ENGINE_OPERATORS_AGG_STATE_H
#define WEIR_ENGINE_OPERATORS_AGG_STATE_H

#include "engine/operators/operator.h"

typedef enum AggMode {
	AGG_MODE_FLAT,     /* everything is in the block */
	AGG_MODE_DISTINCT, /* flat, fed by the edges of value counts */
	AGG_MODE_EXTREME,  /* least or greatest key of value counts */
	AGG_MODE_COUNTS,   /* all value counts, in order of value */
	AGG_MODE_ROWS,     /* rows by ordinal */
	AGG_MODE_END,      /* of those only the first or the last, over an input that appends */
} AggMode;

/* What an update changes. Rows in order (AGG_MODE_ROWS, AGG_MODE_END) are kept by slice only, never by blocks that
 * slices were merged into. */
typedef enum AggPart {
	AGG_WHOLE,
	AGG_MERGED,         /* all but rows in order */
	AGG_MERGED_INVERSE, /* of that, only flat states that have a `subtract` */
	AGG_ROWS_ONLY       /* rows in order alone */
} AggPart;

typedef struct AggValues AggValues;

typedef struct AggItem {
	const PlanAggCall *plan;
	const AggCall *call;
	AggMode mode;
	uint32_t offset; /* of the state in the block; 0: the rows, or none */
	AggValues *values;
} AggItem;

typedef struct AggState {
	Operator *op;
	const PlanAgg *agg;
	AggItem *items;
	uint32_t nitems;
	uint32_t size;   /* of a block */
	uint32_t header; /* bytes before the first state */
	uint32_t scope_len;
	bool has_values; /* some item keeps values */
	AggPart part;    /* set by the operator around an update */
	bool subtracts;  /* every flat state can be taken out of another */
	bool *flat;      /* items whose state must be worked on (not the rows, not values alone) */
} AggState;

/* agg: of the plan node. header: bytes of the block that are the operator's, the rows included; a multiple of 8. */
bool agg_state_open(AggState *a, Operator *op, uint32_t header, uint32_t scope_len, Err *err);
/* The same for aggregates that are not the node's own PlanAgg; keys and arguments are columns of the node's input. */
bool agg_state_open_for(AggState *a, Operator *op, const PlanAgg *agg, uint32_t header, uint32_t scope_len, Err *err);
void agg_state_close(AggState *a);

/* Adds the rows of b (with their weights): row i to the block states[i] of keys[i]. AGG_ROWS_ONLY: states is NULL. */
bool agg_state_update(AggState *a, const Batch *b, const Str *keys, void *const *states, Err *err);
/* All rows to one block. */
bool agg_state_update_one(AggState *a, const Batch *b, Str key, void *state, Err *err);

/* Adds to, takes out of a block another one (rows and flat states). Items without `subtract` are left alone by
 * subtract. */
bool agg_state_merge(AggState *a, void *into, const void *from, Err *err);
bool agg_state_subtract(AggState *a, void *from, const void *what, Err *err);
/* The same for the one item. */
bool agg_state_merge_item(AggState *a, uint32_t item, void *into, const void *from, Err *err);

/* The results of all aggregates. slices: NULL, or the ends of the slices whose rows are asked for in place of the key's
 * own scope (rows in order of arrival are kept by slice). Strings in the arena. */
bool agg_state_results(AggState *a, const void *state, Str key, const int64_t *slices, uint32_t nslices, Arena *arena,
                       Value *out, Err *err);

/* Values of a scope that leave or enter another scope, together with the blocks; see agg_values.h. */
bool agg_state_move_values(AggState *a, StateTable *blocks, Str from_scope, Str to_scope, int64_t sign, Err *err);
void agg_state_drop_scope(AggState *a, Str scope, bool keep_rows);
/* The group is over: its block becomes all zero but for the header (NULL: it is deleted), its values go. */
void agg_state_forget(AggState *a, Str key, char *block);
/* At the end of the step: an error if some value was taken back that was never there. */
bool agg_state_check(AggState *a, Err *err);

static inline int64_t *agg_state_rows(void *state)
{
	return state;
}

bool agg_state_overflow(const AggState *a, uint32_t item, const Batch *b, int64_t row, Err *err);

#endif
