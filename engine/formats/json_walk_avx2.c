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

/*
 * UTF-8 in less than one instruction a byte, after Keiser and Lemire (2021): three tables, by the halves of the byte
 * before and the upper half of the byte, say which errors a pair of bytes may be part of; what all three agree on is
 * one. Third and fourth bytes of a character are then told by the bytes two and three before.
 */
enum {
	TOO_SHORT = 1 << 0, /* a first byte without its second */
	TOO_LONG = 1 << 1,  /* a second byte behind ASCII */
	OVERLONG_3 = 1 << 2,
	TOO_LARGE = 1 << 3,
	SURROGATE = 1 << 4,
	OVERLONG_2 = 1 << 5,
	TOO_LARGE_1000 = 1 << 6,
	OVERLONG_4 = 1 << 6, /* shares its bit: the other tables tell them apart */
	TWO_TAILS = 1 << 7,
	CARRY = TOO_SHORT | TOO_LONG | TWO_TAILS, /* whatever the lower half is */
	LARGE = CARRY | TOO_LARGE | TOO_LARGE_1000,
	TAIL = TOO_LONG | OVERLONG_2 | TWO_TAILS,
};

#define TABLE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))
#define BITS(x) ((char)(x))

/* The bytes n places before those of v, the last ones of `before` in front. */
#define SHIFTED(v, before, n) _mm256_alignr_epi8(v, _mm256_permute2x128_si256(before, v, 0x21), 16 - (n))

static inline __m256i utf8_errors(__m256i v, __m256i before)
{
	const __m256i low = _mm256_set1_epi8(0x0f);
	const __m256i by_first_high =
	    TABLE(BITS(TOO_LONG), BITS(TOO_LONG), BITS(TOO_LONG), BITS(TOO_LONG), BITS(TOO_LONG), BITS(TOO_LONG),
	          BITS(TOO_LONG), BITS(TOO_LONG), BITS(TWO_TAILS), BITS(TWO_TAILS), BITS(TWO_TAILS), BITS(TWO_TAILS),
	          BITS(TOO_SHORT | OVERLONG_2), BITS(TOO_SHORT), BITS(TOO_SHORT | OVERLONG_3 | SURROGATE),
	          BITS(TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4));
	const __m256i by_first_low =
	    TABLE(BITS(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), BITS(CARRY | OVERLONG_2), BITS(CARRY), BITS(CARRY),
	          BITS(CARRY | TOO_LARGE), BITS(LARGE), BITS(LARGE), BITS(LARGE), BITS(LARGE), BITS(LARGE), BITS(LARGE),
	          BITS(LARGE), BITS(LARGE), BITS(LARGE | SURROGATE), BITS(LARGE), BITS(LARGE));
	const __m256i by_second_high =
	    TABLE(BITS(TOO_SHORT), BITS(TOO_SHORT), BITS(TOO_SHORT), BITS(TOO_SHORT), BITS(TOO_SHORT), BITS(TOO_SHORT),
	          BITS(TOO_SHORT), BITS(TOO_SHORT), BITS(TAIL | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4),
	          BITS(TAIL | OVERLONG_3 | TOO_LARGE), BITS(TAIL | SURROGATE | TOO_LARGE),
	          BITS(TAIL | SURROGATE | TOO_LARGE), BITS(TOO_SHORT), BITS(TOO_SHORT), BITS(TOO_SHORT), BITS(TOO_SHORT));
	__m256i first = SHIFTED(v, before, 1);
	__m256i first_high = _mm256_and_si256(_mm256_srli_epi16(first, 4), low);
	__m256i second_high = _mm256_and_si256(_mm256_srli_epi16(v, 4), low);
	__m256i pairs = _mm256_and_si256(_mm256_and_si256(_mm256_shuffle_epi8(by_first_high, first_high),
	                                                  _mm256_shuffle_epi8(by_first_low, _mm256_and_si256(first, low))),
	                                 _mm256_shuffle_epi8(by_second_high, second_high));
	__m256i third = _mm256_subs_epu8(SHIFTED(v, before, 2), _mm256_set1_epi8((char)(0xe0 - 0x80)));
	__m256i fourth = _mm256_subs_epu8(SHIFTED(v, before, 3), _mm256_set1_epi8((char)(0xf0 - 0x80)));
	__m256i tails = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
	return _mm256_xor_si256(tails, pairs);
}

static __attribute__((noinline)) const char *character_run(const char *p, const char *end)
{
	const __m256i zero = _mm256_setzero_si256();
	__m256i before = zero;
	if (end - p < VEC)
		return NULL;
	for (; end - p >= VEC; p += VEC) {
		__m256i v = _mm256_loadu_si256((const __m256i *)p);
		__m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
		__m256i slash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
		/* Unsigned v <= 0x1f. */
		__m256i below = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v);
		uint32_t odd = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, slash), below));
		uint32_t bad = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(utf8_errors(v, before), zero));
		if (odd != 0) {
			/* A character cut short by the odd byte shows there. */
			uint32_t upto = odd ^ (odd - 1);
			return (bad & upto) == 0 ? p + __builtin_ctz(odd) : NULL;
		}
		if (bad != 0)
			return NULL;
		before = v;
	}
	/* Back to the first byte of the character that goes on behind p. */
	if ((unsigned char)p[-1] >= 0xc0)
		return p - 1;
	if ((unsigned char)p[-2] >= 0xe0)
		return p - 2;
	return (unsigned char)p[-3] >= 0xf0 ? p - 3 : p;
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
