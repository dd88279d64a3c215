/*
 * engine/formats/parquet/leaf_values.c: values of a page to the physical form of the column's type.
 *
 * Two stages, each a loop over an array: the encoding gives integers, reals or strings; then they are converted, if the
 * type asks for it. A dictionary goes through both once, its entries are then taken by number.
 */
#include "engine/formats/parquet/leaf.h"

#include "engine/formats/parquet/shred.h"
#include "sql/types/decimal.h"
#include "sql/types/json_scan.h"
#include "sql/types/zone.h"

static const int64_t DAY_US = INT64_C(86400000000);
enum { JULIAN_OF_EPOCH = 2440588 };

static bool wrong(LeafReader *r, const char *why)
{
	r->why = why;
	return false;
}

/* What the first stage gives. */
static Phys stored_phys(MetaType type)
{
	switch (type) {
	case META_BOOLEAN: return PHYS_BOOL;
	case META_FLOAT:
	case META_DOUBLE: return PHYS_F64;
	case META_BYTES:
	case META_FIXED: return PHYS_STR;
	default: return PHYS_I64;
	}
}

static size_t width_of(Phys phys)
{
	return column_width(phys);
}

/* ---- the second stage ---- */

static int64_t floor_div(int64_t v, int64_t by)
{
	return v / by - (v % by < 0);
}

static bool to_times(LeafReader *r, int64_t *v, uint32_t n)
{
	const SchemaNode *node = r->node;
	const int64_t most = INT64_MAX - 4 * DAY_US;
	bool overflow = false;
	for (uint32_t i = 0; i < n; i++) {
		if (node->convert == SCHEMA_MULTIPLY)
			overflow |= __builtin_mul_overflow(v[i], node->factor, &v[i]);
		else if (node->convert == SCHEMA_DIVIDE)
			v[i] = floor_div(v[i], node->factor);
		if (v[i] > most || v[i] < -most) {
			overflow = true;
			v[i] = 0;
		}
		if (node->instant)
			v[i] = node->type->kind == TYPE_TIMESTAMP ? zone_to_local(r->zone, v[i]) : zone_to_instant(r->zone, v[i]);
		if (node->cut > 1)
			v[i] = floor_div(v[i], node->cut) * node->cut;
	}
	if (overflow)
		return wrong(r, "a time is out of range");
	if (node->type->kind == TYPE_TIME)
		for (uint32_t i = 0; i < n; i++)
			if (v[i] < 0 || v[i] >= DAY_US)
				return wrong(r, "a time of day is out of range");
	return true;
}

static bool int_in_range(LeafReader *r, const int64_t *v, uint32_t n)
{
	int64_t least, greatest;
	bool out = false;
	type_int_range(r->node->type->kind, &least, &greatest);
	for (uint32_t i = 0; i < n; i++)
		out |= v[i] < least || v[i] > greatest;
	return !out || wrong(r, "a value is larger than its column's annotation allows");
}

static bool convert_ints(LeafReader *r, int64_t *v, uint32_t n)
{
	const Type *t = r->node->type;
	if (r->node->convert == SCHEMA_UINT)
		for (uint32_t i = 0; i < n; i++)
			v[i] = (int64_t)(uint32_t)v[i];
	if (t->kind == TYPE_TIME || type_is_timestamp(t))
		return to_times(r, v, n);
	if (t->kind == TYPE_TINYINT || t->kind == TYPE_SMALLINT || t->kind == TYPE_INT)
		return int_in_range(r, v, n);
	return true;
}

static bool scale_up(LeafReader *r, Int128 v, Int128 *out)
{
	const Type *t = r->node->type;
	if (__builtin_mul_overflow(v, decimal_pow10(r->node->scale_up), out) || !decimal_fits(*out, t->precision))
		return wrong(r, "a decimal has more digits than its column");
	return true;
}

static bool decimals_of_ints(LeafReader *r, const int64_t *v, uint32_t n, Int128 *out)
{
	SchemaConvert c = r->node->convert;
	for (uint32_t i = 0; i < n; i++) {
		Int128 x = c == SCHEMA_UINT       ? (Int128)(uint32_t)v[i]
		           : c == SCHEMA_UDECIMAL ? (Int128)(uint64_t)v[i]
		                                  : (Int128)v[i];
		if (!scale_up(r, x, &out[i]))
			return false;
	}
	return true;
}

static bool decimals_of_bytes(LeafReader *r, const Str *v, uint32_t n, Int128 *out)
{
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *p = (const uint8_t *)v[i].ptr;
		uint32_t len = v[i].len;
		UInt128 x = len && p[0] & 0x80 ? ~(UInt128)0 : 0;
		for (uint32_t k = 0; k + 16 < len; k++)
			if (p[k] != (uint8_t)x || (p[k + 1] & 0x80) != ((uint8_t)x & 0x80))
				return wrong(r, "a decimal has more digits than its column");
		for (uint32_t k = len > 16 ? len - 16 : 0; k < len; k++)
			x = x << 8 | p[k];
		if (!scale_up(r, (Int128)x, &out[i]))
			return false;
	}
	return true;
}

static bool check_strings(LeafReader *r, const Str *v, uint32_t n)
{
	SchemaConvert c = r->node->convert;
	JsonKind kind;
	Str whole;
	if (c == SCHEMA_RAW)
		return true;
	for (uint32_t i = 0; i < n; i++) {
		if (!str_is_utf8(v[i]))
			return wrong(r, "a text is not UTF-8 (BYTES would hold it)");
		if (c == SCHEMA_JSON && !json_scan_whole(v[i], &kind, &whole))
			return wrong(r, "a text is not JSON (STRING would hold it)");
	}
	return true;
}

/* Converts what the first stage left in `in` into out; both are the same array when the forms are. */
static bool convert(LeafReader *r, LeafValues in, uint32_t n, LeafValues out)
{
	switch (stored_phys(r->leaf->type)) {
	case PHYS_I64: return r->phys == PHYS_I128 ? decimals_of_ints(r, in.i64, n, out.i128) : convert_ints(r, out.i64, n);
	case PHYS_STR:
		return r->phys == PHYS_I128 ? decimals_of_bytes(r, in.str, n, out.i128) : check_strings(r, out.str, n);
	default: return true;
	}
}

/* ---- the first stage ---- */

static bool plain_bools(LeafReader *r, uint8_t *out, uint32_t n)
{
	if ((uint64_t)(r->value_end - r->value) * 8 < (uint64_t)r->bit + n)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (out)
			out[i] = (uint8_t)*r->value >> r->bit & 1;
		if (++r->bit == 8) {
			r->bit = 0;
			r->value++;
		}
	}
	return true;
}

static int64_t int96_at(const char *p)
{
	int64_t nanos, us;
	int32_t julian;
	memcpy(&nanos, p, sizeof nanos);
	memcpy(&julian, p + sizeof nanos, sizeof julian);
	bool overflow = __builtin_mul_overflow((int64_t)julian - JULIAN_OF_EPOCH, DAY_US, &us);
	return __builtin_add_overflow(us, floor_div(nanos, 1000), &us) || overflow ? INT64_MAX : us;
}

static bool plain_fixed(LeafReader *r, LeafValues out, uint32_t n)
{
	uint32_t width = shred_width(r->leaf);
	const char *p = r->value;
	if ((uint64_t)(r->value_end - p) < (uint64_t)n * width)
		return false;
	r->value += (size_t)n * width;
	if (!out.data)
		return true;
	int32_t i32;
	float f32;
	switch (r->leaf->type) {
	case META_INT32:
		for (uint32_t i = 0; i < n; i++) {
			memcpy(&i32, p + (size_t)i * 4, 4);
			out.i64[i] = i32;
		}
		break;
	case META_INT64:
	case META_DOUBLE: memcpy(out.data, p, (size_t)n * 8); break;
	case META_FLOAT:
		for (uint32_t i = 0; i < n; i++) {
			memcpy(&f32, p + (size_t)i * 4, 4);
			out.f64[i] = (double)f32;
		}
		break;
	case META_INT96:
		for (uint32_t i = 0; i < n; i++)
			out.i64[i] = int96_at(p + (size_t)i * 12);
		break;
	default:
		for (uint32_t i = 0; i < n; i++)
			out.str[i] = str_make(p + (size_t)i * width, width);
	}
	return true;
}

static bool plain_strings(LeafReader *r, Str *out, uint32_t n)
{
	const char *p = r->value;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len;
		if (r->value_end - p < (ptrdiff_t)sizeof len)
			return false;
		memcpy(&len, p, sizeof len);
		p += sizeof len;
		if (len > (uint64_t)(r->value_end - p))
			return false;
		if (out)
			out[i] = str_make(p, len);
		p += len;
	}
	r->value = p;
	return true;
}

/* The bytes of a value lie in as many streams, one after another. */
static bool split_values(LeafReader *r, LeafValues out, uint32_t n, Arena *arena, size_t *budget)
{
	uint32_t width = shred_width(r->leaf);
	if (n > r->split_n - r->split_at)
		return false;
	uint32_t from = r->split_at;
	r->split_at += n;
	if (!out.data)
		return true;
	if ((size_t)n * width > *budget)
		return false;
	*budget -= (size_t)n * width;
	char *joined = arena_alloc(arena, (size_t)n * width);
	for (uint32_t b = 0; b < width; b++)
		for (uint32_t i = 0; i < n; i++)
			joined[(size_t)i * width + b] = r->value[(size_t)b * r->split_n + from + i];
	const char *value = r->value, *end = r->value_end;
	r->value = joined;
	r->value_end = joined + (size_t)n * width;
	bool ok = plain_fixed(r, out, n);
	r->value = value;
	r->value_end = end;
	return ok;
}

static bool delta_ints(LeafReader *r, int64_t *out, uint32_t n)
{
	if (!delta_read(&r->delta, out, n))
		return false;
	for (uint32_t i = 0; out && r->leaf->type == META_INT32 && i < n; i++)
		out[i] = (int32_t)(uint32_t)(uint64_t)out[i];
	return true;
}

static bool delta_texts(LeafReader *r, Str *out, uint32_t n, Arena *arena, size_t *budget)
{
	Str *to = out ? out : ARENA_ARRAY(arena, Str, n);
	if (!delta_strings_read(&r->strings, to, n, arena, budget))
		return false;
	for (uint32_t i = 0; r->leaf->type == META_FIXED && i < n; i++)
		if (to[i].len != (uint32_t)r->leaf->length)
			return false;
	return true;
}

static bool read_stored(LeafReader *r, LeafValues out, uint32_t n, Arena *arena, size_t *budget)
{
	switch (r->encoding) {
	case META_PLAIN:
		return r->leaf->type == META_BOOLEAN ? plain_bools(r, out.b, n)
		       : r->leaf->type == META_BYTES ? plain_strings(r, out.str, n)
		                                     : plain_fixed(r, out, n);
	case META_RLE: return out.b ? hybrid_read_bytes(&r->index, out.b, n) : hybrid_read(&r->index, NULL, n);
	case META_BYTE_STREAM_SPLIT: return split_values(r, out, n, arena, budget);
	case META_DELTA_BINARY_PACKED: return delta_ints(r, out.i64, n);
	default: return delta_texts(r, out.str, n, arena, budget);
	}
}

/* ---- dictionaries ---- */

bool leaf_values_dictionary(LeafReader *r, Str bytes, uint32_t n)
{
	uint32_t width = shred_width(r->leaf);
	if (r->leaf->type == META_BOOLEAN || (uint64_t)n * (width ? width : 4) > bytes.len)
		return wrong(r, "a dictionary is damaged");
	r->value = bytes.ptr;
	r->value_end = bytes.ptr + bytes.len;
	Phys stored = stored_phys(r->leaf->type);
	LeafValues in = {.data = mem_alloc((n + 1) * width_of(stored))};
	r->entries = in;
	if (stored != r->phys)
		r->entries.data = mem_alloc((n + 1) * width_of(r->phys));
	r->nentries = n;
	bool ok = r->leaf->type == META_BYTES ? plain_strings(r, in.str, n) : plain_fixed(r, in, n);
	if (!ok)
		wrong(r, "a dictionary is damaged");
	ok = ok && convert(r, in, n, r->entries);
	if (stored != r->phys)
		mem_free(in.data);
	return ok;
}

static bool take_entries(LeafReader *r, LeafValues out, uint32_t n)
{
	if (!out.data)
		return hybrid_read(&r->index, NULL, n);
	uint32_t index[LEAF_ENTRIES_MAX];
	if (!hybrid_read(&r->index, index, n))
		return false;
	uint32_t most = 0;
	for (uint32_t i = 0; i < n; i++)
		most = index[i] > most ? index[i] : most;
	if (most >= r->nentries)
		return false;
	switch (r->phys) {
	case PHYS_I64:
	case PHYS_F64:
		for (uint32_t i = 0; i < n; i++)
			out.i64[i] = r->entries.i64[index[i]];
		break;
	case PHYS_I128:
		for (uint32_t i = 0; i < n; i++)
			out.i128[i] = r->entries.i128[index[i]];
		break;
	case PHYS_STR:
		for (uint32_t i = 0; i < n; i++)
			out.str[i] = r->entries.str[index[i]];
		break;
	default: return false;
	}
	return true;
}

/* ---- pages ---- */

static bool start_rle(LeafReader *r, Str bytes)
{
	uint32_t len;
	if (bytes.len < sizeof len)
		return wrong(r, "the values of a page are damaged");
	memcpy(&len, bytes.ptr, sizeof len);
	if (len > bytes.len - sizeof len)
		return wrong(r, "the values of a page are damaged");
	hybrid_open(&r->index, str_slice(bytes, sizeof len, len), 1);
	return true;
}

static bool start_numbers(LeafReader *r, Str bytes)
{
	unsigned width = bytes.len ? (uint8_t)bytes.ptr[0] : 0;
	if (!r->dictionary)
		return wrong(r, "a page needs a dictionary, and there is none");
	if (width > HYBRID_WIDTH_MAX)
		return wrong(r, "the values of a page are damaged");
	hybrid_open(&r->index, bytes.len ? str_slice(bytes, 1, bytes.len) : bytes, width);
	r->encoding = META_RLE_DICTIONARY;
	return true;
}

bool leaf_values_start(LeafReader *r, Str bytes)
{
	static const char *const broken = "the values of a page are damaged";
	MetaType t = r->leaf->type;
	bool ints = t == META_INT32 || t == META_INT64, strings = t == META_BYTES || t == META_FIXED;
	r->value = bytes.ptr;
	r->value_end = bytes.ptr + bytes.len;
	r->bit = 0;
	switch (r->encoding) {
	case META_PLAIN: return true;
	case META_PLAIN_DICTIONARY:
	case META_RLE_DICTIONARY: return start_numbers(r, bytes);
	case META_RLE:
		if (t == META_BOOLEAN)
			return start_rle(r, bytes);
		break;
	case META_BYTE_STREAM_SPLIT:
		if (ints || t == META_FLOAT || t == META_DOUBLE || t == META_FIXED) {
			r->split_at = 0;
			r->split_n = bytes.len / shred_width(r->leaf);
			return bytes.len % shred_width(r->leaf) == 0 || wrong(r, broken);
		}
		break;
	case META_DELTA_BINARY_PACKED:
		if (ints) /* a page of NULLs may be without its head */
			return delta_open(&r->delta, bytes) || bytes.len == 0 || wrong(r, broken);
		break;
	case META_DELTA_LENGTH_BYTE_ARRAY:
	case META_DELTA_BYTE_ARRAY:
		if (strings) {
			r->strings_open = true;
			return delta_strings_open(&r->strings, bytes, r->encoding == META_DELTA_BYTE_ARRAY) || bytes.len == 0 ||
			       wrong(r, broken);
		}
		break;
	default: return wrong(r, "a page has an encoding that is not supported yet");
	}
	return wrong(r, "a page has an encoding that does not go with its type");
}

bool leaf_values_read(LeafReader *r, LeafValues out, uint32_t n, Arena *arena, size_t *budget)
{
	if (r->encoding == META_RLE_DICTIONARY)
		return take_entries(r, out, n);
	Phys stored = stored_phys(r->leaf->type);
	if (!out.data)
		return read_stored(r, out, n, arena, budget);
	LeafValues in = out;
	if (stored != r->phys)
		in.data = arena_alloc(arena, n * width_of(stored));
	return read_stored(r, in, n, arena, budget) && convert(r, in, n, out);
}
