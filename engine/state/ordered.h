/*
 * engine/state/ordered.h: entries in the order of their keys: a B+tree whose leaves are chained.
 *
 * The tree does not own the entries. Separators are copies, so an entry may leave at any time.
 * A cursor notices that the tree has changed (version); its user then seeks again by key.
 */
#ifndef WEIR_ENGINE_STATE_ORDERED_H
#define WEIR_ENGINE_STATE_ORDERED_H

#include "engine/state/entry.h"

typedef struct OrderedLeaf OrderedLeaf;

typedef struct Ordered {
	void *root;      /* a leaf if height is 0 */
	uint32_t height; /* inner levels above the leaves */
	uint64_t count;
	uint64_t version; /* goes up with every insertion and removal */
	int64_t bytes;    /* of nodes and separators */
	OrderedLeaf *first, *last;
} Ordered;

typedef struct OrderedCursor {
	OrderedLeaf *leaf; /* NULL: at the end */
	uint32_t at;
	uint64_t version;
} OrderedCursor;

void ordered_init(Ordered *t);
void ordered_deinit(Ordered *t); /* may be used again */
Entry *ordered_find(const Ordered *t, Str key);
void ordered_insert(Ordered *t, Entry *e); /* the key is not there */
void ordered_remove(Ordered *t, const Entry *e);

/* The first entry with key >= from (or > from with after); NULL: none. */
Entry *ordered_seek(const Ordered *t, Str from, bool after, OrderedCursor *c);
/* The last entry with key < to. */
Entry *ordered_seek_before(const Ordered *t, Str to, OrderedCursor *c);
Entry *ordered_first(const Ordered *t, OrderedCursor *c);
Entry *ordered_last(const Ordered *t, OrderedCursor *c);
/* Only while c->version is the tree's. */
Entry *ordered_next(OrderedCursor *c);
Entry *ordered_prev(OrderedCursor *c);

#endif
