/*
 * engine/runtime/alter.h: the definition of something changes while others read it.
 *
 * What changes, and all that reads it, is bound again first; an error leaves everything as it is. Then each query of it
 * is compared: where its plan means the same, its state and positions are kept; else all of its state is built anew,
 * and so is whoever reads what is built anew. Receipts say which, per operator, and why.
 *
 * Thread: engine, between two steps.
 */
#ifndef WEIR_ENGINE_RUNTIME_ALTER_H
#define WEIR_ENGINE_RUNTIME_ALTER_H

#include "engine/runtime/engine_int.h"

typedef struct AlterChange {
	Str name;
	RecordKind kind;          /* of a table or view, an INSERT, a function */
	Str sql;                  /* the new definition; ptr NULL: the old one, built anew */
	const Settings *settings; /* that the new definition is made with; NULL: as before */
	bool from_file;
	Str new_name;      /* RENAME, of what nobody reads; what it keeps goes with it. Empty: the same */
	bool options_only; /* of a table: how it is reached, not what is in it */
	bool same_origin;  /* of a table: the new text was made from the old one */
	bool dry;          /* say what would be done */
} AlterChange;

/* Receipts go to the notices, a line each. */
bool alter_apply(Engine *e, const AlterChange *change, StrBuf *notices, Err *err);
/* Can the old relation become what the statement defines without a DROP? */
bool alter_possible(const Relation *old, const AstNode *stmt);
/* Builds anew all queries whose state was made with another plan. */
bool alter_rebuild_changed(Engine *e, Err *err);

#endif
