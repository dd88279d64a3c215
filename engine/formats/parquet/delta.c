/*
 * engine/formats/parquet/delta.c: see delta.h.
 */
#include "engine/formats/parquet/delta.h"

enum { DELTA_MINIS_MAX = 512, DELTA_BLOCK_MAX = 1 << 20 };

static bool get_varint(DeltaReader *r, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (r->at >= r->end)
			return false;
		uint8_t b = *r->at++;
		*out |= (uint64_t)(b & 0x7f) << shift;
		if (b < 0x80)
			return true;
	}
	return false;
}

static bool get_zigzag(DeltaReader *r, int64_t *out)
{
	uint64_t v;
	if (!get_varint(r, &v))
		return false;
	*out = (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
	return true;
}

bool delta_open(DeltaReader *r, Str bytes)
{
	*r = (DeltaReader){.at = (const uint8_t *)bytes.ptr, .first = true};
	r->end = r->at + bytes.len;
	uint64_t block, minis;
	if (!get_varint(r, &block) || !get_varint(r, &minis) || !get_varint(r, &r->left) || !get_zigzag(r, &r->value))
		return false;
	if (!block || block > DELTA_BLOCK_MAX || !minis || minis > DELTA_MINIS_MAX || block % minis || block / minis % 8)
		return false;
	r->block = (uint32_t)block;
	r->minis = r->mini = (uint32_t)minis;
	r->per_mini = r->block / r->minis;
	return true;
}

static bool next_mini(DeltaReader *r)
{
	if (r->bit) {
		r->at++;
		r->bit = 0;
	}
	if (++r->mini >= r->minis) {
		if (!get_zigzag(r, &r->least) || (size_t)(r->end - r->at) < r->minis)
			return false;
		r->widths = r->at;
		r->at += r->minis;
		r->mini = 0;
	}
	r->width = r->widths[r->mini];
	r->mini_left = r->per_mini;
	return r->width <= 64;
}

static uint64_t one_packed(DeltaReader *r)
{
	uint64_t v = 0;
	unsigned got = 0;
	while (got < r->width) {
		unsigned m = 8 - r->bit;
		if (m > r->width - got)
			m = r->width - got;
		v |= (uint64_t)(*r->at >> r->bit & ((1u << m) - 1)) << got;
		got += m;
		r->bit += m;
		if (r->bit == 8) {
			r->bit = 0;
			r->at++;
		}
	}
	return v;
}

bool delta_read(DeltaReader *r, int64_t *out, uint32_t n)
{
	if (n > r->left)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (r->first) {
			r->first = false;
		} else {
			if (!r->mini_left && !next_mini(r))
				return false;
			if ((uint64_t)(r->end - r->at) * 8 < (uint64_t)r->bit + r->width)
				return false;
			r->mini_left--;
			r->value = (int64_t)((uint64_t)r->value + (uint64_t)r->least + one_packed(r));
		}
		if (out)
			out[i] = r->value;
	}
	r->left -= n;
	return true;
}

/* The last miniblock is there as a whole. */
bool delta_end(const DeltaReader *r, const uint8_t **end)
{
	DeltaReader c = *r;
	uint64_t left = c.left ? c.left - 1 : 0;
	while (left) {
		if (!next_mini(&c))
			return false;
		size_t bytes = (size_t)c.per_mini * c.width / 8;
		if ((size_t)(c.end - c.at) < bytes)
			return false;
		c.at += bytes;
		left -= left < c.per_mini ? left : c.per_mini;
	}
	*end = c.at;
	return true;
}

static Str rest(const uint8_t *at, const uint8_t *end)
{
	return str_make((const char *)at, (size_t)(end - at));
}

bool delta_strings_open(DeltaStrings *r, Str bytes, bool prefixed)
{
	*r = (DeltaStrings){.prefixed = prefixed};
	strbuf_init(&r->last);
	r->at = (const uint8_t *)bytes.ptr;
	r->end = r->at + bytes.len;
	if (prefixed && (!delta_open(&r->prefix, bytes) || !delta_end(&r->prefix, &r->at)))
		return false;
	return delta_open(&r->length, rest(r->at, r->end)) && delta_end(&r->length, &r->at);
}

bool delta_strings_read(DeltaStrings *r, Str *out, uint32_t n, Arena *arena, size_t *budget)
{
	for (uint32_t i = 0; i < n; i++) {
		int64_t shared = 0, len;
		if ((r->prefixed && !delta_read(&r->prefix, &shared, 1)) || !delta_read(&r->length, &len, 1))
			return false;
		if (shared < 0 || (uint64_t)shared > r->last.len || len < 0 || len > r->end - r->at)
			return false;
		out[i] = rest(r->at, r->at + len);
		r->at += len;
		if (!r->prefixed)
			continue;
		size_t whole = (size_t)(shared + len);
		if (shared && (whole > *budget || whole > UINT32_MAX))
			return false;
		r->last.len = (size_t)shared;
		strbuf_put_str(&r->last, out[i]);
		if (shared) {
			*budget -= whole;
			out[i] = arena_str(arena, strbuf_str(&r->last));
		}
	}
	return true;
}

void delta_strings_close(DeltaStrings *r)
{
	strbuf_deinit(&r->last);
}
