/*
 * engine/formats/json_walk_sse2.c: the walk with SSE2, which every x86-64 has; elsewhere it is not usable.
 */
#include "engine/formats/json_int.h"

#ifdef __SSE2__
#include <emmintrin.h>

enum { VEC = 16 };
typedef uint32_t Mask;

static inline Mask odd_bytes(const char *p)
{
	__m128i v = _mm_loadu_si128((const __m128i *)p);
	__m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
	__m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
	/* Signed: bytes above 0x7f are below zero. */
	__m128i beyond = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
	return (Mask)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), beyond));
}

static inline unsigned mask_first(Mask mask)
{
	return (unsigned)__builtin_ctz(mask);
}

static inline Mask mask_shift(Mask mask, unsigned n)
{
	return mask >> n;
}

static inline const char *character_run(const char *p, const char *end)
{
	(void)p, (void)end;
	return NULL;
}

static inline size_t digit_run(const char *p, const char *end)
{
	const char *q = p;
	while (end - q >= 16) {
		__m128i v = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)q), _mm_set1_epi8('0'));
		/* Unsigned v <= 9. */
		uint32_t digits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v));
		if (digits != 0xffff)
			return (size_t)(q - p) + (unsigned)__builtin_ctz(~digits);
		q += 16;
	}
	while (q < end && (unsigned char)(*q - '0') <= 9)
		q++;
	return (size_t)(q - p);
}

static inline bool starts_with(const char *p, const JsonMember *m)
{
	__m128i low = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), _mm_loadu_si128((const __m128i *)m->text));
	__m128i high =
	    _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(p + 16)), _mm_loadu_si128((const __m128i *)(m->text + 16)));
	uint32_t equal = (uint32_t)_mm_movemask_epi8(low) | (uint32_t)_mm_movemask_epi8(high) << 16;
	return (~equal & m->mask) == 0;
}

static bool kernel_usable(void)
{
	return true;
}

#define KERNEL json_walk_sse2
#define KERNEL_KIND JSON_SSE2
#include "engine/formats/json_walk.inc"

#else

static bool kernel_usable(void)
{
	return false;
}

const JsonKernel json_walk_sse2 = {JSON_SSE2, kernel_usable, NULL, NULL};
#endif
