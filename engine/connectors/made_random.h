/*
 * engine/connectors/made_random.h: random numbers for made-up rows: SplitMix64 started from a hash of seed, row and
 * column, so that any row can be made by itself.
 */
#ifndef WEIR_ENGINE_CONNECTORS_MADE_RANDOM_H
#define WEIR_ENGINE_CONNECTORS_MADE_RANDOM_H

#include "base/hash.h"
#include "sql/types/type.h"

typedef struct MadeRandom {
	uint64_t state;
} MadeRandom;

static inline uint64_t made_random_next(MadeRandom *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline MadeRandom made_random_of(uint64_t seed, int64_t row, uint32_t number)
{
	return (MadeRandom){hash_mix(seed ^ hash_mix((uint64_t)row * UINT64_C(0x9e3779b97f4a7c15) + number + 1))};
}

static inline double made_random_unit(MadeRandom *r) /* [0, 1) */
{
	return (double)(made_random_next(r) >> 11) * 0x1.0p-53;
}

/* Both ends included. */
static inline int64_t made_random_between(MadeRandom *r, int64_t least, int64_t greatest)
{
	uint64_t span = (uint64_t)greatest - (uint64_t)least;
	if (span == UINT64_MAX)
		return (int64_t)made_random_next(r);
	return (int64_t)((uint64_t)least + (uint64_t)(((UInt128)made_random_next(r) * (span + 1)) >> 64));
}

#endif
