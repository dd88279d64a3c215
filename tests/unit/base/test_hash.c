/*
 * Tests of base/hash.c: values that files depend on, seeds, random bytes.
 */
#include <pthread.h>

#include "base/hash.h"
#include "tests/support/check.h"

/* State files hold key groups made of these: they must never change. */
TEST(known_values)
{
	CHECK_EQ_U64(hash_bytes("", 0, 0), UINT64_C(0x2d06800538d394c2));
	CHECK_EQ_U64(hash_bytes(NULL, 0, 0), UINT64_C(0x2d06800538d394c2));
	Hash128 h = hash_bytes128("", 0, 0);
	CHECK_EQ_U64(h.high, UINT64_C(0x99aa06d3014798d8));
	CHECK_EQ_U64(h.low, UINT64_C(0x6001c324468d497f));
}

TEST(seed_and_length_matter)
{
	const char text[300] = "x";
	for (size_t n = 1; n < sizeof text; n++) {
		CHECK(hash_bytes(text, n, 1) != hash_bytes(text, n, 2));
		CHECK(hash_bytes(text, n, 1) != hash_bytes(text, n - 1, 1));
		CHECK_EQ_U64(hash_bytes(text, n, 1), hash_bytes(text, n, 1));
		CHECK(hash_bytes128(text, n, 1).low != hash_bytes128(text, n, 2).low);
	}
}

static void *read_seed(void *out)
{
	*(uint64_t *)out = hash_process_seed();
	return NULL;
}

TEST(process_seed_is_one)
{
	enum { THREADS = 8 };
	pthread_t threads[THREADS];
	uint64_t seeds[THREADS];
	for (int i = 0; i < THREADS; i++)
		REQUIRE(pthread_create(&threads[i], NULL, read_seed, &seeds[i]) == 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		CHECK_EQ_U64(seeds[i], hash_process_seed());
}

TEST(random_bytes)
{
	unsigned char a[100] = {0};
	unsigned char b[100] = {0};
	hash_random(a, sizeof a);
	hash_random(b, sizeof b);
	CHECK(memcmp(a, b, sizeof a) != 0);
	hash_random(NULL, 0);
	/* More than the kernel gives in one call when a signal comes. */
	unsigned char *big = calloc(1, 1000000);
	REQUIRE(big != NULL);
	hash_random(big, 1000000);
	size_t zeros = 0;
	for (size_t i = 0; i < 1000000; i++)
		zeros += big[i] == 0;
	CHECK(zeros > 3000 && zeros < 5000);
	free(big);
}

TEST(mix_is_one_to_one_on_small_numbers)
{
	CHECK_EQ_U64(hash_mix(0), 0);
	/* MurmurHash3's finaliser; a bijection, so no two of these are the same in their top bits for long. */
	unsigned same = 0;
	for (uint64_t i = 1; i < 10000; i++)
		same += hash_mix(i) >> 32 == hash_mix(i - 1) >> 32;
	CHECK_EQ_U64(same, 0);
}

TESTS(known_values, seed_and_length_matter, process_seed_is_one, random_bytes, mix_is_one_to_one_on_small_numbers)
