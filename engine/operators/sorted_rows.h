/*
 * engine/operators/sorted_rows.h: rows kept in an order per partition, for Top-N and OVER.
 *
 *   [scope] | partition | order, descending keys inverted | ordinal | number  ->  the row
 *
 * Rows of equal order stand as they arrived; with `newest_first` the other way round. A retraction takes the oldest
 * equal row; one that comes before its row (in the same step) waits until sorted_rows_settle.
 *
 * Where rows expire (expiry.h) each does at its own time, in the step that reaches it, so that what is left is what the
 * operator's results are computed from.
 */
#ifndef WEIR_ENGINE_OPERATORS_SORTED_ROWS_H
#define WEIR_ENGINE_OPERATORS_SORTED_ROWS_H

#include "base/map.h"
#include "engine/operators/expiry.h"

typedef struct SortedKey {
	Str partition; /* scope and partition */
	Str full;      /* and order */
} SortedKey;

typedef struct SortedPending {
	Str full, row;
	int64_t weight;
	const Batch *batch;
	uint32_t at;
} SortedPending;

typedef struct SortedRows {
	Operator *op;
	StateTable *table;
	const uint32_t *partition;
	uint32_t npartition;
	const SortKey *order;
	uint32_t norder;
	bool newest_first;
	const Type **types; /* of the input */
	uint32_t ncols;
	StrBuf key, row;
	int64_t last_ord, seq;
	struct {
		SortedPending *items;
		uint32_t len, cap;
	} pending;    /* of the step */
	bool lenient; /* what is taken back may be unknown */
	Expiry expiry;
} SortedRows;

bool sorted_rows_open(SortedRows *s, Operator *op, const uint32_t *partition, uint32_t npartition, const SortKey *order,
                      uint32_t norder, Err *err);
/* Rows expire, each by itself. Called after open. */
bool sorted_rows_expire(SortedRows *s, Err *err);
/* The next row that is over, still there: its key and partition, in the step's arena. */
bool sorted_rows_over(SortedRows *s, Str *partition, Str *key);
void sorted_rows_forget(SortedRows *s, Str key);
void sorted_rows_drop(SortedRows *s, Str partition); /* all rows of a partition */
void sorted_rows_close(SortedRows *s);
/* Keys of all rows, in the step's arena. scopes: 8 bytes in front, by row; NULL: none. */
SortedKey *sorted_rows_keys(SortedRows *s, const Batch *b, const int64_t *scopes);
/* Adds or takes back row `at`, as often as its weight says. */
void sorted_rows_change(SortedRows *s, Str full, const Batch *b, uint32_t at);
/* At the end of a step: an error if something was taken back that is not there. */
bool sorted_rows_settle(SortedRows *s, Err *err);
/* The rows of a partition (or scope) in order. Keys and rows as state_scan_next gives them. */
StateScan *sorted_rows_scan(SortedRows *s, Str prefix);
/* All rows from a key on: what lies before it was deleted, and would be walked over until its epoch has landed. */
StateScan *sorted_rows_scan_from(SortedRows *s, Str from);
/* The bytes of the order in a key of a partition. */
static inline Str sorted_rows_order(Str partition, Str key)
{
	return str_slice(key, partition.len, key.len - partition.len - 16);
}
/* The values of a stored row, which point into it. */
bool sorted_rows_decode(SortedRows *s, Str row, Value *out, Err *err);

/* Partitions that the step touches, in their order; `data` is the operator's. In the step's arena. */
typedef struct TouchedPart {
	Str key;
	int64_t ord, stamp; /* of the row that touched it last */
	void *data;
	uint32_t number;
} TouchedPart;

typedef struct Touched {
	TouchedPart **items;
	uint32_t len, cap;
	uint32_t *slots;
	uint32_t nslots;
} Touched;

/* *created: data is to be made. The key is kept as it is: it must live as long as the step. */
TouchedPart *sorted_rows_touch(Touched *t, Str key, Arena *step, bool *created);
/* The list in order of the last touches; the step's touches are forgotten. */
TouchedPart **sorted_rows_touched(Touched *t, uint32_t *n);

#endif
