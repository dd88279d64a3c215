/*
 * base/hash.h: hashes of bytes (XXH3). The seed decides what two processes agree on: the key group
 * uses the seed stored in the state file, hash tables the process's own.
 */
#ifndef WEIR_BASE_HASH_H
#define WEIR_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct Hash128 {
	uint64_t low;
	uint64_t high;
} Hash128;

uint64_t hash_bytes(const void *data, size_t n, uint64_t seed);
Hash128 hash_bytes128(const void *data, size_t n, uint64_t seed);
/* Random for this process, fixed once made. Thread: any. */
uint64_t hash_process_seed(void);
/* Fills with random bytes from the kernel; aborts if there are none. */
void hash_random(void *out, size_t n);

static inline uint64_t hash_mix(uint64_t x)
{
	x ^= x >> 33;
	x *= UINT64_C(0xff51afd7ed558ccd);
	x ^= x >> 33;
	x *= UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ (x >> 33);
}

#endif
