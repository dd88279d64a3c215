/*
 * engine/state/bloom.c: blocked Bloom filters, chained as they fill.
 */
#include "engine/state/bloom.h"

#include "base/arena.h"
#include "base/hash.h"

enum {
	BLOOM_LINE_BITS = 512,
	BLOOM_LINE_WORDS = 8,
	BLOOM_LINE_KEYS = 51,
	BLOOM_BITS = 6,
	BLOOM_KEYS_MIN = 512,
	BLOOM_GROWTH = 4
};

struct Bloom {
	Bloom *older;
	uint64_t lines; /* power of two */
	uint64_t cap;
	uint64_t keys;
	uint64_t bits[];
};

Bloom *bloom_open(uint64_t keys)
{
	uint64_t lines = 1;
	while (lines * BLOOM_LINE_KEYS < (keys > BLOOM_KEYS_MIN ? keys : BLOOM_KEYS_MIN))
		lines *= 2;
	Bloom *b = mem_alloc_zero(sizeof *b + lines * BLOOM_LINE_WORDS * sizeof(uint64_t));
	b->lines = lines;
	b->cap = lines * BLOOM_LINE_KEYS;
	return b;
}

void bloom_close(Bloom *b)
{
	while (b) {
		Bloom *older = b->older;
		mem_free(b);
		b = older;
	}
}

Bloom *bloom_add(Bloom *b, uint64_t hash)
{
	if (b->keys == b->cap) {
		Bloom *larger = bloom_open(b->cap * BLOOM_GROWTH);
		larger->older = b;
		b = larger;
	}
	uint64_t h = hash_mix(hash);
	uint64_t *line = &b->bits[(h & (b->lines - 1)) * BLOOM_LINE_WORDS];
	h = hash_mix(h);
	for (int i = 0; i < BLOOM_BITS; i++, h >>= 9)
		line[(h >> 6) & 7] |= UINT64_C(1) << (h & 63);
	b->keys++;
	return b;
}

bool bloom_may_have(const Bloom *b, uint64_t hash)
{
	uint64_t h = hash_mix(hash);
	uint64_t bits = hash_mix(h);
	for (; b; b = b->older) {
		const uint64_t *line = &b->bits[(h & (b->lines - 1)) * BLOOM_LINE_WORDS];
		uint64_t rest = bits;
		int i = 0;
		while (i < BLOOM_BITS && (line[(rest >> 6) & 7] >> (rest & 63) & 1)) {
			rest >>= 9;
			i++;
		}
		if (i == BLOOM_BITS)
			return true;
	}
	return false;
}

uint64_t bloom_keys(const Bloom *b)
{
	uint64_t n = 0;
	for (; b; b = b->older)
		n += b->keys;
	return n;
}

int64_t bloom_bytes(const Bloom *b)
{
	int64_t n = 0;
	for (; b; b = b->older)
		n += (int64_t)(sizeof *b + b->lines * BLOOM_LINE_WORDS * sizeof(uint64_t));
	return n;
}
