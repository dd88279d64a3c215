/*
 * engine/formats/json_walk_plain.c: the walk in plain C, eight bytes at a time. For little-endian machines.
 */
#include "engine/formats/json_int.h"

enum { VEC = 8 };
typedef uint64_t Mask;

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte must be the lowest");

#define ALL(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The sums' top bits are set where the byte is not the quote, not the slash, not below 0x20; no byte reaches into the
 * next. */
static inline Mask odd_bytes(const char *p)
{
	uint64_t w;
	memcpy(&w, p, sizeof w);
	uint64_t not_quote = ((w ^ ALL('"')) & ALL(0x7f)) + ALL(0x7f);
	uint64_t not_slash = ((w ^ ALL('\\')) & ALL(0x7f)) + ALL(0x7f);
	uint64_t not_below = (w & ALL(0x7f)) + ALL(0x60);
	return (~(not_quote & not_slash & not_below) | w) & ALL(0x80);
}

static inline unsigned mask_first(Mask mask)
{
	return (unsigned)__builtin_ctzll(mask) >> 3;
}

static inline Mask mask_shift(Mask mask, unsigned n)
{
	return mask >> (8 * n);
}

static inline const char *character_run(const char *p, const char *end)
{
	(void)p, (void)end;
	return NULL;
}

static inline size_t digit_run(const char *p, const char *end)
{
	const char *q = p;
	while (q < end && (unsigned char)(*q - '0') <= 9)
		q++;
	return (size_t)(q - p);
}

static inline bool starts_with(const char *p, const JsonMember *m)
{
	return memcmp(p, m->text, m->len < JSON_NAME_MAX ? m->len : JSON_NAME_MAX) == 0;
}

static bool kernel_usable(void)
{
	return true;
}

#define KERNEL json_walk_plain
#define KERNEL_KIND JSON_PLAIN
#include "engine/formats/json_walk.inc"
