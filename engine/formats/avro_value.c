/*
 * engine/formats/avro_value.c: one value by its plan (avro_read.h). Top-level scalars have a shorter way in
 * avro_program.c.
 */
#include "engine/formats/avro_read.h"
#include "engine/formats/json.h"
#include "engine/formats/map_keys.h"
#include "sql/types/decimal.h"
#include "sql/types/packed.h"

typedef struct Items {
	Value *items;
	uint32_t len, cap;
} Items;

static bool misfit(AvroCursor *c, const AvroRead *r, const char *why, bool *ok)
{
	*ok = false;
	if (!c->at) {
		c->why = why;
		c->at = r;
	}
	return true;
}

bool avro_read_long(const AvroRead *r, int64_t v, int64_t *out)
{
	if (__builtin_mul_overflow(v, r->mul, &v) || v < r->least || v > r->greatest)
		return false;
	if (r->grain > 1) {
		int64_t rest = v % r->grain;
		v -= rest < 0 ? rest + r->grain : rest; /* the range ends at whole units */
	}
	*out = v / r->div;
	return true;
}

/* Big endian, two's complement, of any length. */
static bool read_unscaled(Str s, Int128 *out)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	uint32_t i = 0;
	if (s.len == 0)
		return false;
	unsigned char sign = p[0] & 0x80 ? 0xff : 0;
	for (; s.len - i > 16; i++)
		if (p[i] != sign)
			return false;
	if (s.len > 16 && (p[i] & 0x80) != (sign & 0x80))
		return false;
	UInt128 v = sign ? ~(UInt128)0 : 0;
	for (; i < s.len; i++)
		v = v << 8 | p[i];
	*out = (Int128)v;
	return true;
}

static bool read_decimal(AvroCursor *c, const AvroRead *r, Value *out, bool *ok)
{
	Str s;
	Int128 v;
	if (!(r->node->kind == AVRO_FIXED ? avro_bytes_get_fixed(&c->b, r->node->size, &s)
	                                  : avro_bytes_get_bytes(&c->b, &s)))
		return false;
	if (!read_unscaled(s, &v) || !decimal_rescale(v, r->scale, r->type->scale, r->type->precision, &out->d))
		return misfit(c, r, s.len ? "a number that is out of its range" : "a number without bytes", ok);
	return true;
}

static Str print_uuid(Str s, Arena *arena)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(arena, 36);
	uint32_t n = 0;
	for (uint32_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[n++] = '-';
		text[n++] = digits[(unsigned char)s.ptr[i] >> 4];
		text[n++] = digits[(unsigned char)s.ptr[i] & 15];
	}
	return str_make(text, n);
}

static bool read_array(AvroCursor *c, const AvroRead *r, Value *out, bool *ok)
{
	Items list = {0};
	uint64_t n;
	for (;;) {
		if (!avro_bytes_get_block(&c->b, &n))
			return false;
		if (n == 0)
			break;
		for (; n > 0; n--) {
			Value v;
			if (!avro_read_value(c, r->items[0], &v, ok))
				return false;
			ARENA_PUSH(c->arena, &list, v);
		}
	}
	if (*ok)
		out->s = packed_build(c->arena, &r->type->elem, true, list.items, list.len);
	return true;
}

static bool read_map(AvroCursor *c, const AvroRead *r, Value *out, bool *ok)
{
	Items list = {0};
	MapKeys keys = {0};
	uint64_t n;
	for (;;) {
		if (!avro_bytes_get_block(&c->b, &n))
			return false;
		if (n == 0)
			break;
		for (; n > 0; n--) {
			Value key = {.null = false}, v;
			if (!avro_bytes_get_bytes(&c->b, &key.s))
				return false;
			if (!str_is_utf8(key.s))
				misfit(c, r, "a key that is not UTF-8", ok);
			if (!avro_read_value(c, r->items[0], &v, ok))
				return false;
			if (r->type->kind == TYPE_MULTISET && *ok && v.i < 1)
				misfit(c, r, "a count below 1", ok);
			uint32_t *slot = map_keys_slot(&keys, list.items, list.len, key.s, c->arena);
			if (*slot) {
				list.items[(*slot - 1) * 2 + 1] = v; /* the last one counts */
				continue;
			}
			*slot = list.len / 2 + 1;
			ARENA_PUSH(c->arena, &list, key);
			ARENA_PUSH(c->arena, &list, v);
		}
	}
	if (!*ok)
		return true;
	const Type **types = ARENA_ARRAY(c->arena, const Type *, list.len + 1);
	for (uint32_t i = 0; i < list.len; i++)
		types[i] = packed_item_type(r->type, i);
	out->s = packed_build(c->arena, types, false, list.items, list.len);
	return true;
}

static bool read_row(AvroCursor *c, const AvroRead *r, Value *out, bool *ok)
{
	const Type *type = r->type;
	Value *items = ARENA_ARRAY(c->arena, Value, type->nfields + 1);
	for (uint32_t i = 0; i < type->nfields; i++) {
		items[i] = r->missing[i].value;
		if (!r->missing[i].there)
			misfit(c, r, "a record without a field that is NOT NULL", ok);
	}
	for (uint32_t i = 0; i < r->node->n; i++)
		if (!(r->items[i] ? avro_read_value(c, r->items[i], &items[r->target[i]], ok)
		                  : avro_bytes_skip(&c->b, r->node->fields[i].type)))
			return false;
	if (*ok)
		out->s = packed_build(c->arena, r->types, false, items, type->nfields);
	return true;
}

static bool read_nested(AvroCursor *c, const AvroRead *r, Value *out, bool *ok)
{
	if (!avro_bytes_enter(&c->b))
		return false;
	bool whole = r->kind == AVRO_READ_ARRAY ? read_array(c, r, out, ok)
	             : r->kind == AVRO_READ_MAP ? read_map(c, r, out, ok)
	                                        : read_row(c, r, out, ok);
	c->b.depth--;
	return whole;
}

static bool read_plain(AvroCursor *c, const AvroRead *r, Value *out, bool *ok)
{
	uint32_t index;
	int64_t v;
	AvroBytes *b = &c->b;
	switch (r->kind) {
	case AVRO_READ_BOOLEAN: return avro_bytes_get_boolean(b, &out->b);
	case AVRO_READ_LONG:
		if (!(r->node->kind == AVRO_INT ? avro_bytes_get_int(b, &v) : avro_bytes_get_long(b, &v)))
			return false;
		return avro_read_long(r, v, &out->i) || misfit(c, r, "a number that is out of its range", ok);
	case AVRO_READ_LONG_REAL:
		if (!(r->node->kind == AVRO_INT ? avro_bytes_get_int(b, &v) : avro_bytes_get_long(b, &v)))
			return false;
		out->f = r->type->kind == TYPE_FLOAT ? (double)(float)v : (double)v;
		return true;
	case AVRO_READ_FLOAT: return avro_bytes_get_float(b, &out->f);
	case AVRO_READ_DOUBLE: return avro_bytes_get_double(b, &out->f);
	case AVRO_READ_TEXT:
		if (!avro_bytes_get_bytes(b, &out->s))
			return false;
		return str_is_utf8(out->s) || misfit(c, r, "text that is not UTF-8", ok);
	case AVRO_READ_JSON:
		if (!avro_bytes_get_bytes(b, &out->s))
			return false;
		return json_is_valid(out->s) || misfit(c, r, "text that is no JSON", ok);
	case AVRO_READ_BYTES: return avro_bytes_get_bytes(b, &out->s);
	case AVRO_READ_FIXED: return avro_bytes_get_fixed(b, r->node->size, &out->s);
	case AVRO_READ_UUID:
		if (!avro_bytes_get_fixed(b, 16, &out->s))
			return false;
		out->s = print_uuid(out->s, c->arena);
		return true;
	case AVRO_READ_ENUM:
		if (!avro_bytes_get_index(b, r->node->n, "an enum has no such symbol", &index))
			return false;
		out->s = r->node->symbols[index];
		return true;
	default: return read_decimal(c, r, out, ok);
	}
}

/* *ok is only ever set to false: what holds a value that cannot be converted cannot be either. */
bool avro_read_value(AvroCursor *c, const AvroRead *r, Value *out, bool *ok)
{
	uint32_t branch;
	*out = (Value){.null = false};
	switch (r->kind) {
	case AVRO_READ_NULL: *out = VALUE_NULL; return true;
	case AVRO_READ_NOT_NULL: return misfit(c, r, "null", ok);
	case AVRO_READ_MISFIT: return misfit(c, r, NULL, ok) && avro_bytes_skip(&c->b, r->node);
	case AVRO_READ_UNION:
		if (!avro_bytes_get_index(&c->b, r->node->n, "a union has no such branch", &branch))
			return false;
		return avro_read_value(c, r->items[branch], out, ok);
	case AVRO_READ_ARRAY:
	case AVRO_READ_MAP:
	case AVRO_READ_ROW: return read_nested(c, r, out, ok);
	default: return read_plain(c, r, out, ok);
	}
}
