/*
 * engine/state/cuts.h: ranges of keys that were deleted at one stroke: sorted, disjoint, owned.
 */
#ifndef WEIR_ENGINE_STATE_CUTS_H
#define WEIR_ENGINE_STATE_CUTS_H

#include "base/arena.h"
#include "base/str.h"

typedef struct Cut {
	Str from;
	Str to; /* not included; ptr NULL: to the end */
} Cut;

typedef struct Cuts {
	Cut *items;
	uint32_t n, cap;
	bool unsorted; /* cuts_append was used: cuts_copy sorts */
} Cuts;

void cuts_init(Cuts *c);
void cuts_deinit(Cuts *c);
void cuts_clear(Cuts *c);
/* Merged with what it touches. Keys are copied. */
void cuts_add(Cuts *c, Str from, Str to);
/* For ranges that are known to be disjoint, and are never asked for. */
void cuts_append(Cuts *c, Str from, Str to);
bool cuts_have(const Cut *items, uint32_t n, Str key);
/* A sorted copy in the arena. */
Cut *cuts_copy(const Cuts *c, Arena *arena);

#endif
