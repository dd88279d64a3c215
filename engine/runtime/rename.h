/*
 * engine/runtime/rename.h: what weir keeps gets another name: a table of its own, a materialized view.
 *
 * State, positions, side rows and what else is stored under the name is moved to the new one, in the epoch that holds
 * the new definition; nothing is computed again. Used by alter.c, between stopping the object and starting it again.
 *
 * Thread: engine, between two steps.
 */
#ifndef WEIR_ENGINE_RUNTIME_RENAME_H
#define WEIR_ENGINE_RUNTIME_RENAME_H

#include "engine/runtime/engine_int.h"

typedef struct RenameTable {
	Str from, to;
	Str view; /* what people read it by in the state file */
} RenameTable;

typedef struct Rename {
	Str from, to;
	RenameTable *tables;
	uint32_t n, cap;
} Rename;

/* Which stored tables get another name. The texts are in the arena. */
bool rename_list(Engine *e, const Relation *r, Str to, Arena *arena, Rename *out, Err *err);
/* Nothing of the old name is open, and all has landed. */
void rename_stored(Engine *e, const Rename *r);
/* The statement of an index with the name of what it is on, and its own, written out. */
bool rename_index_text(Str sql, Str index, Str on, Arena *arena, Str *out, Err *err);

#endif
