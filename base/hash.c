/*
 * base/hash.c: XXH3 and the kernel's random bytes.
 *
 * XXH3 is inlined: most keys are short, and a short key hashes in the time of a call.
 */
#include "base/hash.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_bytes(const void *data, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(data, n, seed);
}

Hash128 hash_bytes128(const void *data, size_t n, uint64_t seed)
{
	XXH128_hash_t h = XXH3_128bits_withSeed(data, n, seed);
	return (Hash128){h.low64, h.high64};
}

void hash_random(void *out, size_t n)
{
	uint8_t *at = out;
	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			fputs("weir: the kernel gives no random bytes\n", stderr);
			abort();
		}
		at += got;
		n -= (size_t)got;
	}
}

static pthread_once_t hash_seed_once = PTHREAD_ONCE_INIT;
static uint64_t hash_seed;

static void hash_seed_make(void)
{
	hash_random(&hash_seed, sizeof hash_seed);
}

uint64_t hash_process_seed(void)
{
	pthread_once(&hash_seed_once, hash_seed_make);
	return hash_seed;
}
