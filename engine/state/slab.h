/*
 * engine/state/slab.h: memory for the entries of one table: blocks of a few sizes, cut from chunks, reused when freed.
 *
 * Blocks are aligned to 16 bytes and never move. Sizes up to 512 go in steps of 16, then in steps of a quarter; large
 * blocks come from malloc, in a list, so that a whole table can be thrown away at once. Chunks are given back only
 * then.
 */
#ifndef WEIR_ENGINE_STATE_SLAB_H
#define WEIR_ENGINE_STATE_SLAB_H

#include <stddef.h>
#include <stdint.h>

enum { SLAB_CLASSES = 56 };

typedef struct SlabChunk {
	struct SlabChunk *next;
	size_t bytes;
} SlabChunk;

typedef struct SlabLarge {
	struct SlabLarge *prev, *next;
	size_t bytes;
	size_t unused;
} SlabLarge;

typedef struct Slab {
	void *free[SLAB_CLASSES];
	char *at, *end; /* rest of the newest chunk */
	SlabChunk *chunks;
	SlabLarge *large;
	size_t next_chunk;
	int64_t used; /* bytes in blocks that are handed out */
} Slab;

void slab_init(Slab *s);
void slab_deinit(Slab *s); /* frees everything that was handed out; may be used again */
/* n > 0. Contents undefined. Never NULL. */
void *slab_alloc(Slab *s, size_t n);
void slab_free(Slab *s, void *p, size_t n); /* n as asked for */
size_t slab_room(size_t n);                 /* usable bytes of a block asked for with n */

#endif
