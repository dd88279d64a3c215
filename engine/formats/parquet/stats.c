/*
 * engine/formats/parquet/stats.c: see stats.h.
 *
 * The rules of the format: integers, dates and times by value; decimals by value, which in bytes is a signed big endian
 * number; strings and bytes without sign, byte by byte; NaN is left out, a least zero is written as -0.0 and a greatest
 * one as +0.0, since readers may take them for equal or not. Bounds are whole values, never cut; those of more than
 * STATS_BYTES_MAX bytes are left out, as the Java library does.
 */
#include "engine/formats/parquet/stats.h"

#include <math.h>

#include "engine/formats/parquet/shred.h"

enum { STATS_BYTES_MAX = 4096 };

static int compare_signed(const char *a, const char *b, uint32_t n)
{
	int8_t x = (int8_t)a[0], y = (int8_t)b[0];
	return x != y ? (x < y ? -1 : 1) : memcmp(a, b, n);
}

static void range_of_i32(Str values, uint32_t n, uint32_t *least, uint32_t *most)
{
	int32_t a = INT32_MAX, b = INT32_MIN;
	for (uint32_t i = 0; i < n; i++) {
		int32_t v;
		memcpy(&v, values.ptr + (size_t)i * 4, 4);
		if (i == 0 || v < a) {
			a = v;
			*least = i;
		}
		if (i == 0 || v > b) {
			b = v;
			*most = i;
		}
	}
}

static void range_of_i64(Str values, uint32_t n, uint32_t *least, uint32_t *most)
{
	int64_t a = INT64_MAX, b = INT64_MIN;
	for (uint32_t i = 0; i < n; i++) {
		int64_t v;
		memcpy(&v, values.ptr + (size_t)i * 8, 8);
		if (i == 0 || v < a) {
			a = v;
			*least = i;
		}
		if (i == 0 || v > b) {
			b = v;
			*most = i;
		}
	}
}

static double real_at(Str values, uint32_t i, bool wide)
{
	double d;
	float f;
	if (wide) {
		memcpy(&d, values.ptr + (size_t)i * 8, 8);
		return d;
	}
	memcpy(&f, values.ptr + (size_t)i * 4, 4);
	return (double)f;
}

static Str real_bytes(double v, bool wide, Arena *arena)
{
	float f = (float)v;
	return wide ? str_make(arena_copy(arena, &v, sizeof v), sizeof v)
	            : str_make(arena_copy(arena, &f, sizeof f), sizeof f);
}

static void range_of_reals(Str values, uint32_t n, bool wide, Arena *arena, MetaStats *out)
{
	double a = 0, b = 0;
	for (uint32_t i = 0; i < n; i++) {
		double v = real_at(values, i, wide);
		if (isnan(v))
			continue;
		a = !out->has_range || v < a ? v : a;
		b = !out->has_range || v > b ? v : b;
		out->has_range = true;
	}
	out->least = real_bytes(a == 0 ? -0.0 : a, wide, arena);
	out->most = real_bytes(b == 0 ? 0.0 : b, wide, arena);
}

static void range_of_strings(Str values, uint32_t n, MetaStats *out)
{
	const char *p = values.ptr;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len;
		memcpy(&len, p, sizeof len);
		Str v = str_make(p + sizeof len, len);
		if (i == 0 || str_cmp(v, out->least) < 0)
			out->least = v;
		if (i == 0 || str_cmp(v, out->most) > 0)
			out->most = v;
		p = v.ptr + len;
	}
	out->has_range = out->least.len + (uint64_t)out->most.len <= STATS_BYTES_MAX;
}

void stats_range(const SchemaLeaf *leaf, const MetaElement *element, Str values, uint32_t nvalues, Arena *arena,
                 MetaStats *out)
{
	uint32_t width = shred_width(leaf), least = 0, most = 0;
	out->has_range = false;
	if (!nvalues || leaf->type == META_INT96)
		return;
	if (leaf->type == META_FLOAT || leaf->type == META_DOUBLE) {
		range_of_reals(values, nvalues, leaf->type == META_DOUBLE, arena, out);
		return;
	}
	if (leaf->type == META_BYTES) {
		range_of_strings(values, nvalues, out);
		return;
	}
	if (leaf->type == META_INT32)
		range_of_i32(values, nvalues, &least, &most);
	else if (leaf->type == META_INT64)
		range_of_i64(values, nvalues, &least, &most);
	else
		for (uint32_t i = 1; i < nvalues; i++) {
			const char *v = values.ptr + (size_t)i * width;
			const char *a = values.ptr + (size_t)least * width, *b = values.ptr + (size_t)most * width;
			bool is_signed = element->logical == META_DECIMAL;
			if ((is_signed ? compare_signed(v, a, width) : memcmp(v, a, width)) < 0)
				least = i;
			if ((is_signed ? compare_signed(v, b, width) : memcmp(v, b, width)) > 0)
				most = i;
		}
	out->least = str_make(values.ptr + (size_t)least * width, width);
	out->most = str_make(values.ptr + (size_t)most * width, width);
	out->has_range = true;
}
