/*
 * engine/runtime/side.h: side tables: rows that could not be used, as people read them, and in a form that can be used
 * again.
 *
 * A side table x.bad, x.late or x.refused is a stored relation with the key `seq`; seq rises with every row that is
 * kept, so whoever reads the table in the order of its key and remembers the last seq has read each row once. Beside it
 * lies NAME.raw, under the same keys: a SideRaw each. Both are made with the first row (or the first reader).
 *
 * Late rows belong to their query's unit and go back with it; bad and refused rows do not. Thread: engine.
 */
#ifndef WEIR_ENGINE_RUNTIME_SIDE_H
#define WEIR_ENGINE_RUNTIME_SIDE_H

#include "engine/runtime/engine_int.h"

typedef enum SideWhat { SIDE_BAD, SIDE_LATE, SIDE_REFUSED } SideWhat;

typedef struct SideTable {
	StateTable *rows; /* NULL: the state file does not give it */
	StateTable *raw;
	SideWhat what;
	uint64_t dropped; /* pushed out by weir.side-rows.max */
	uint64_t told;    /* bad: records kept since the start */
	StrBuf gone;      /* late: keys of rows that went elsewhere since the last seal */
	StrBuf oldest;    /* every key below was deleted; empty: not known */
} SideTable;

/* What a side row was. Strings point into the table: copy what outlives a change of it. */
typedef struct SideRaw {
	bool is_row; /* a row of a query's input or output; else a record of a source */
	Str index;   /* key in weir.bad, by which a second meeting is known */
	/* records */
	Str partition;
	int64_t position;
	int64_t time_us; /* INT64_MIN: none */
	Str headers;     /* ptr NULL: none */
	bool passed;     /* it went on, without the field */
	uint64_t met;    /* number of the last side row (or query) there was when it was met last */
	/* rows */
	uint32_t node;  /* bad: the scan; late: the operator. By its number in the plan */
	int64_t weight; /* bad, late */
	uint8_t kind;   /* refused: RowKind */
	bool stale;     /* refused: a later row of its key was sent */
	uint64_t epoch; /* refused */
	Str values;     /* value_encode of the columns */
} SideRaw;

/* Columns of x.bad that REPLAY reads and writes. */
enum {
	SIDE_BAD_QUERY = 2,
	SIDE_BAD_FIELD = 7,
	SIDE_BAD_CODE = 8,
	SIDE_BAD_ERROR = 9,
	SIDE_BAD_KEY = 10,
	SIDE_BAD_VALUE = 11
};
enum { SIDE_COLUMNS_MAX = 13 };

/* Opens it, and makes it if it is not there. */
SideTable *side_open(Engine *e, Str owner, SideWhat what);
uint32_t side_types(SideWhat what, const Type *const **types);
/* The side table that a relation of kind REL_SIDE is. */
SideTable *side_of(Engine *e, const Relation *rel);
bool side_what(const Relation *rel, SideWhat *what);
/* values: all columns; seq and at are filled in. Pushes out the oldest row over the bound. */
void side_put(Engine *e, SideTable *s, int64_t seq, Value *values, const SideRaw *raw);
bool side_raw(const SideTable *s, Str key, SideRaw *out);
void side_put_raw(SideTable *s, Str key, const SideRaw *raw);
/* Writes a row that is there again, with other values. */
void side_change(SideTable *s, Str key, const Value *values);
void side_remove(Engine *e, SideTable *s, Str key);
/* The row is removed for good, also when its query goes back to its last epoch. */
void side_gone(SideTable *s, Str key);
void side_index(StrBuf *key, Str owner, Str partition, int64_t position, Str query, Str field);

/* Lets go of its handles; all is sealed. */
void side_close_one(Engine *e, Str owner, SideWhat what);

/* A query that reads the side table, and has not read it to its end (or stands); NULL: none. */
const Query *side_unread(Engine *e, const SideTable *s);

#endif
