/*
 * engine/state/bloom.h: which keys may be in the file: a filter that is asked before a miss goes there.
 *
 * A key sets 6 bits of one cache line; 10 bits a key, about one false answer in a hundred. When a filter is full, a
 * larger one is put before it; removal is not possible, so it is made anew from time to time.
 */
#ifndef WEIR_ENGINE_STATE_BLOOM_H
#define WEIR_ENGINE_STATE_BLOOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Bloom Bloom;

Bloom *bloom_open(uint64_t keys);
void bloom_close(Bloom *b); /* NULL is fine */
/* Returns the filter to go on with. */
Bloom *bloom_add(Bloom *b, uint64_t hash);
bool bloom_may_have(const Bloom *b, uint64_t hash);
uint64_t bloom_keys(const Bloom *b); /* added */
int64_t bloom_bytes(const Bloom *b);

#endif
