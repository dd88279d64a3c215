/*
 * engine/formats/json_walk_avx2.c: the walk with AVX2, chosen when the program runs; usable on x86-64 that has it.
 */
#include "engine/formats/json_int.h"

#ifdef __x86_64__
#include <immintrin.h>

/* From here on everything is compiled for it; inline functions from above can still be inlined. */
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2")
#endif

enum { VEC = 32 };
typedef uint32_t Mask;

static inline Mask odd_bytes(const char *p)
{
	__m256i v = _mm256_loadu_si256((const __m256i *)p);
	__m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
	__m256i slash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
	/* Signed: bytes above 0x7f are below zero. */
	__m256i beyond = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v);
	return (Mask)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, slash), beyond));
}

static inline unsigned mask_first(Mask mask)
{
	return (unsigned)__builtin_ctz(mask);
}

static inline Mask mask_shift(Mask mask, unsigned n)
{
	return mask >> n;
}

static inline size_t digit_run(const char *p, const char *end)
{
	const char *q = p;
	while (end - q >= 16) {
		__m128i v = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)q), _mm_set1_epi8('0'));
		/* Unsigned v <= 9. */
		uint32_t digits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v));
		if (JSON_LIKELY(digits != 0xffff))
			return (size_t)(q - p) + (unsigned)__builtin_ctz(~digits);
		q += 16;
	}
	while (q < end && (unsigned char)(*q - '0') <= 9)
		q++;
	return (size_t)(q - p);
}

static inline bool starts_with(const char *p, const JsonMember *m)
{
	__m256i equal =
	    _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)m->text));
	return (~(uint32_t)_mm256_movemask_epi8(equal) & m->mask) == 0;
}

#define KERNEL json_walk_avx2
#define KERNEL_KIND JSON_AVX2
static bool kernel_usable(void);
#include "engine/formats/json_walk.inc"

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

static bool kernel_usable(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

#else

static bool kernel_usable(void)
{
	return false;
}

const JsonKernel json_walk_avx2 = {JSON_AVX2, kernel_usable, NULL, NULL};
#endif
