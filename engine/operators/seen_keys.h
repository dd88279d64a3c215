/*
 * engine/operators/seen_keys.h: keys that were seen, each until a time: what a deduplication needs that keeps the first
 * row to come. A key costs 11 to 21 bytes of memory (slots are 3/8 to 3/4 full); its own bytes go into the state file,
 * many at once:
 *
 *   log     due, rounded up 8 | number 8 -> the keys of a chunk: due - time | length | bytes     state table
 *   slots   32 bits of the hash, number of the chunk                                             memory
 *
 * Most keys are new, which the slots alone say. Where a slot's bits agree the chunk is looked into. A chunk goes as a
 * whole when all its keys are over; that a single key is over is seen by its time.
 */
#ifndef WEIR_ENGINE_OPERATORS_SEEN_KEYS_H
#define WEIR_ENGINE_OPERATORS_SEEN_KEYS_H

#include "engine/operators/operator.h"

typedef struct SeenChunk {
	int64_t due;    /* the watermark at which all its keys are over */
	int64_t number; /* in the log */
	uint32_t keys;
	bool gone;    /* slots may still name it */
	StrBuf *open; /* being filled; NULL: its bytes are in the log alone */
	bool changed; /* since it was written into the log */
} SeenChunk;

typedef struct SeenKeys {
	StateTable *log;
	int64_t within_ms, width_ms;
	uint64_t *slots;
	uint32_t mask;
	uint32_t used; /* slots that are not empty, those of gone chunks among them */
	SeenChunk *chunks;
	uint32_t nchunks, chunks_cap;
	uint32_t *free; /* chunks that no slot names */
	uint32_t nfree;
	uint32_t *open; /* chunks that are being filled, one per due */
	uint32_t nopen;
	int64_t keys;     /* that are in chunks */
	int64_t next_due; /* no chunk is due before */
	int64_t next_number;
} SeenKeys;

bool seen_keys_open(SeenKeys *s, Operator *op, int64_t within_ms, Err *err);
void seen_keys_close(SeenKeys *s);
/* Room for n more keys: before a batch. */
void seen_keys_reserve(SeenKeys *s, uint32_t n);
static inline void seen_keys_prefetch(const SeenKeys *s, uint64_t hash)
{
	__builtin_prefetch(&s->slots[(uint32_t)(hash >> 32) & s->mask]);
}
/* Was the key seen, and is it not over at the watermark? Else it is seen now, with the time of its row. */
bool seen_keys_before(SeenKeys *s, Str key, uint64_t hash, int64_t time_ms, int64_t watermark_ms);
/* Forgets what is over. Returns how many keys. */
int64_t seen_keys_forget(SeenKeys *s, int64_t watermark_ms);
/* At the end of a step: what it has in memory counts as state (weir.memory). */
void seen_keys_count(SeenKeys *s);
/* Before a seal. */
void seen_keys_save(SeenKeys *s);

#endif
