/*
 * engine/runtime/replay.h: REPLAY x.bad, REPLAY s.refused, REPLAY v.late INTO t.
 *
 * Runs in the engine's thread between two steps. Rows leave the side table in the epoch in which they enter where they
 * go: the log of a query (x.bad), the outbox of a sink (s.refused), an own table (v.late). So a crash at any moment
 * finds each row in one place.
 */
#ifndef WEIR_ENGINE_RUNTIME_REPLAY_H
#define WEIR_ENGINE_RUNTIME_REPLAY_H

#include "engine/runtime/execute.h"
#include "engine/runtime/side.h"

typedef struct Replay {
	Execute *x;
	const AstReplay *node;
	const Relation *rel; /* the side table */
	SideTable *side;
	uint64_t replayed;
	uint64_t stayed; /* as bad as before, or not to be replayed */
	uint64_t
	    read; /* bad: their queries have read them meanwhile; refused: a later row of the key was sent. Taken out */
	uint64_t to_come;     /* of those that stay: their query has not come to them yet */
	uint64_t passed;      /* of those that stay: records that went on with NULL */
	uint64_t ownerless;   /* of those that stay: the query that met them is gone */
	uint64_t retractions; /* of those that stay: late -D */
} Replay;

bool replay_run(Execute *x, const AstReplay *node, Err *err);

/* A row of the side table, in an arena. */
typedef struct ReplayRow {
	Str key;
	Value values[SIDE_COLUMNS_MAX];
	SideRaw raw;
	bool has_raw;
} ReplayRow;

enum { REPLAY_CHUNK = 1024 };
/* What is done with some rows; the arena is theirs. */
typedef bool (*ReplayTake)(Replay *r, void *ctx, const ReplayRow *rows, uint32_t n, Arena *arena, Err *err);
/* All rows of the side table up to seq `until`, in their order, a chunk at a time. */
bool replay_each(Replay *r, int64_t until, ReplayTake take, void *ctx, Err *err);

/* replay_bad.c, replay_late.c, replay_refused.c */
bool replay_bad(Replay *r, Err *err);
bool replay_late(Replay *r, Err *err);
bool replay_refused(Replay *r, Err *err);

#endif
