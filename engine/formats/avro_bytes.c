/*
 * engine/formats/avro_bytes.c: Avro's binary form: reading with bounds, stepping over, writing (avro_bytes.h).
 */
#include "engine/formats/avro_bytes.h"

#include <jansson.h>

static bool fail(AvroBytes *b, const char *why)
{
	b->why = why;
	return false;
}

static const char ends[] = "the message ends too early";

bool avro_bytes_get_long_slow(AvroBytes *b, int64_t *v)
{
	uint64_t u = 0;
	if (b->end - b->at >= 10) {
		const uint8_t *p = b->at;
		for (unsigned shift = 0; shift < 63; shift += 7) {
			u |= (uint64_t)(*p & 0x7f) << shift;
			if (*p++ < 0x80) {
				b->at = p;
				*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
				return true;
			}
		}
		u = 0;
	}
	for (unsigned shift = 0; shift < 70; shift += 7) {
		if (b->at == b->end)
			return fail(b, ends);
		uint8_t byte = *b->at++;
		if (shift == 63 && byte > 1)
			break;
		u |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
			return true;
		}
	}
	return fail(b, "an integer of more than 64 bits");
}

bool avro_bytes_get_int(AvroBytes *b, int64_t *v)
{
	if (!avro_bytes_get_long(b, v))
		return false;
	return (*v >= INT32_MIN && *v <= INT32_MAX) || fail(b, "an int of more than 32 bits");
}

bool avro_bytes_get_fixed(AvroBytes *b, uint32_t n, Str *s)
{
	if ((size_t)(b->end - b->at) < n)
		return fail(b, ends);
	*s = str_make((const char *)b->at, n);
	b->at += n;
	return true;
}

bool avro_bytes_get_bytes(AvroBytes *b, Str *s)
{
	int64_t n;
	if (!avro_bytes_get_long(b, &n))
		return false;
	if (n < 0)
		return fail(b, "a length below 0");
	if (n > b->end - b->at)
		return fail(b, ends);
	return avro_bytes_get_fixed(b, (uint32_t)n, s);
}

bool avro_bytes_get_boolean(AvroBytes *b, bool *v)
{
	if (b->at == b->end)
		return fail(b, ends);
	uint8_t byte = *b->at++;
	*v = byte == 1;
	return byte <= 1 || fail(b, "a boolean that is neither 0 nor 1");
}

bool avro_bytes_get_float(AvroBytes *b, double *v)
{
	float f;
	if (b->end - b->at < 4)
		return fail(b, ends);
	memcpy(&f, b->at, 4);
	b->at += 4;
	*v = (double)f;
	return true;
}

bool avro_bytes_get_double(AvroBytes *b, double *v)
{
	if (b->end - b->at < 8)
		return fail(b, ends);
	memcpy(v, b->at, 8);
	b->at += 8;
	return true;
}

bool avro_bytes_get_index(AvroBytes *b, uint32_t n, const char *why, uint32_t *index)
{
	int64_t v;
	if (!avro_bytes_get_long(b, &v))
		return false;
	if (v < 0 || v >= n)
		return fail(b, why);
	*index = (uint32_t)v;
	return true;
}

bool avro_bytes_get_block(AvroBytes *b, uint64_t *n)
{
	int64_t v, size;
	if (!avro_bytes_get_long(b, &v))
		return false;
	if (v < 0 && !avro_bytes_get_long(b, &size)) /* the block's size in bytes: only of use for skipping */
		return false;
	*n = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	if (*n > b->items_left)
		return fail(b, "an array or map with more items than the message can hold");
	b->items_left -= *n;
	return true;
}

bool avro_bytes_enter(AvroBytes *b)
{
	return ++b->depth <= AVRO_DEPTH_MAX || fail(b, "values are nested too deep");
}

/* Items that take bytes in the message bound the loop; those without (null, empty records) are bounded by items_left.
 */
static bool skip_items(AvroBytes *b, const AvroNode *node)
{
	uint64_t n;
	Str key;
	for (;;) {
		if (!avro_bytes_get_block(b, &n))
			return false;
		if (n == 0)
			return true;
		for (; n > 0; n--)
			if ((node->kind == AVRO_MAP && !avro_bytes_get_bytes(b, &key)) || !avro_bytes_skip(b, node->items[0]))
				return false;
	}
}

static bool skip_inner(AvroBytes *b, const AvroNode *node)
{
	if (!avro_bytes_enter(b))
		return false;
	bool ok = true;
	uint32_t branch = 0;
	if (node->kind == AVRO_RECORD)
		for (uint32_t i = 0; ok && i < node->n; i++)
			ok = avro_bytes_skip(b, node->fields[i].type);
	else if (node->kind == AVRO_UNION)
		ok = avro_bytes_get_index(b, node->n, "a union has no such branch", &branch) &&
		     avro_bytes_skip(b, node->items[branch]);
	else
		ok = skip_items(b, node);
	b->depth--;
	return ok;
}

bool avro_bytes_skip(AvroBytes *b, const AvroNode *node)
{
	int64_t v;
	Str s;
	bool truth;
	uint32_t index;
	switch (node->kind) {
	case AVRO_NULL: return true;
	case AVRO_BOOLEAN: return avro_bytes_get_boolean(b, &truth);
	case AVRO_INT: return avro_bytes_get_int(b, &v);
	case AVRO_LONG: return avro_bytes_get_long(b, &v);
	case AVRO_FLOAT: return avro_bytes_get_fixed(b, 4, &s);
	case AVRO_DOUBLE: return avro_bytes_get_fixed(b, 8, &s);
	case AVRO_BYTES:
	case AVRO_STRING: return avro_bytes_get_bytes(b, &s);
	case AVRO_FIXED: return avro_bytes_get_fixed(b, node->size, &s);
	case AVRO_ENUM: return avro_bytes_get_index(b, node->n, "an enum has no such symbol", &index);
	case AVRO_RECORD:
	case AVRO_ARRAY:
	case AVRO_MAP:
	case AVRO_UNION:
	case AVRO_KINDS: break;
	}
	return skip_inner(b, node);
}

/* ---- writing */

void avro_bytes_put_long(StrBuf *out, int64_t v)
{
	uint64_t u = ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
	char bytes[10];
	unsigned n = 0;
	for (; u >= 0x80; u >>= 7)
		bytes[n++] = (char)(u | 0x80);
	bytes[n++] = (char)u;
	strbuf_put(out, bytes, n);
}

void avro_bytes_put_bytes(StrBuf *out, Str s)
{
	avro_bytes_put_long(out, s.len);
	strbuf_put(out, s.ptr, s.len);
}

void avro_bytes_put_float(StrBuf *out, double v)
{
	float f = (float)v;
	strbuf_put(out, &f, 4);
}

void avro_bytes_put_double(StrBuf *out, double v)
{
	strbuf_put(out, &v, 8);
}

/* ---- defaults */

static bool put_json(const AvroNode *node, const json_t *json, StrBuf *out, uint32_t depth);

/* In the text of a schema bytes are characters U+0000 to U+00FF. */
static bool put_latin(const AvroNode *node, const json_t *json, StrBuf *out)
{
	StrBuf bytes;
	strbuf_init(&bytes);
	const unsigned char *p = (const unsigned char *)json_string_value(json);
	size_t n = json_string_length(json);
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++) {
		if (p[i] < 0x80) {
			strbuf_putc(&bytes, (char)p[i]);
		} else {
			ok = (p[i] == 0xc2 || p[i] == 0xc3) && i + 1 < n;
			if (ok)
				strbuf_putc(&bytes, (char)((p[i] & 3) << 6 | (p[i + 1] & 0x3f)));
			i++;
		}
	}
	Str s = bytes.len ? strbuf_str(&bytes) : STR_EMPTY;
	ok = ok && (node->kind == AVRO_BYTES || s.len == node->size);
	if (ok && node->kind == AVRO_BYTES)
		avro_bytes_put_bytes(out, s);
	else if (ok)
		strbuf_put_str(out, s);
	strbuf_deinit(&bytes);
	return ok;
}

static bool put_record(const AvroNode *node, const json_t *json, StrBuf *out, uint32_t depth)
{
	Err err;
	for (uint32_t i = 0; i < node->n; i++) {
		const AvroField *f = &node->fields[i];
		const json_t *value = json_object_getn(json, f->name.ptr, f->name.len);
		if (value ? !put_json(f->type, value, out, depth)
		          : !f->preset.ptr || !avro_bytes_put_preset(f->type, f->preset, out, &err))
			return false;
	}
	return true;
}

static bool put_items(const AvroNode *node, json_t *json, StrBuf *out, uint32_t depth)
{
	bool array = node->kind == AVRO_ARRAY;
	size_t n = array ? json_array_size(json) : json_object_size(json);
	if (n)
		avro_bytes_put_long(out, (int64_t)n);
	if (array) {
		for (size_t i = 0; i < n; i++)
			if (!put_json(node->items[0], json_array_get(json, i), out, depth))
				return false;
	} else {
		const char *key;
		json_t *value;
		json_object_foreach(json, key, value)
		{
			avro_bytes_put_bytes(out, str_from(key));
			if (!put_json(node->items[0], value, out, depth))
				return false;
		}
	}
	avro_bytes_put_long(out, 0);
	return true;
}

static bool put_symbol(const AvroNode *node, const json_t *json, StrBuf *out)
{
	for (uint32_t i = 0; i < node->n; i++)
		if (str_eq_c(node->symbols[i], json_string_value(json))) {
			avro_bytes_put_long(out, i);
			return true;
		}
	return false;
}

/* Of a union's branches the first one that takes it: the first of all, in older versions of the specification. */
static bool put_branch(const AvroNode *node, const json_t *json, StrBuf *out, uint32_t depth)
{
	size_t from = out->len;
	for (uint32_t i = 0; i < node->n; i++) {
		avro_bytes_put_long(out, i);
		if (put_json(node->items[i], json, out, depth))
			return true;
		out->len = from;
	}
	return false;
}

static bool put_number(const AvroNode *node, const json_t *json, StrBuf *out)
{
	int64_t v = json_integer_value(json);
	switch (node->kind) {
	case AVRO_INT:
		if (v < INT32_MIN || v > INT32_MAX)
			return false;
		/* fall through */
	case AVRO_LONG:
		if (!json_is_integer(json))
			return false;
		avro_bytes_put_long(out, v);
		return true;
	case AVRO_FLOAT:
	case AVRO_DOUBLE:
		if (!json_is_number(json))
			return false;
		if (node->kind == AVRO_FLOAT)
			avro_bytes_put_float(out, json_number_value(json));
		else
			avro_bytes_put_double(out, json_number_value(json));
		return true;
	default: return false;
	}
}

static bool put_json(const AvroNode *node, const json_t *json, StrBuf *out, uint32_t depth)
{
	if (depth == 0)
		return false;
	switch (node->kind) {
	case AVRO_NULL: return json_is_null(json);
	case AVRO_BOOLEAN: strbuf_putc(out, json_is_true(json) ? 1 : 0); return json_is_boolean(json);
	case AVRO_INT:
	case AVRO_LONG:
	case AVRO_FLOAT:
	case AVRO_DOUBLE: return put_number(node, json, out);
	case AVRO_STRING:
		if (json_is_string(json))
			avro_bytes_put_bytes(out, str_make(json_string_value(json), json_string_length(json)));
		return json_is_string(json);
	case AVRO_BYTES:
	case AVRO_FIXED: return json_is_string(json) && put_latin(node, json, out);
	case AVRO_ENUM: return json_is_string(json) && put_symbol(node, json, out);
	case AVRO_RECORD: return json_is_object(json) && put_record(node, json, out, depth - 1);
	case AVRO_ARRAY: return json_is_array(json) && put_items(node, (json_t *)json, out, depth - 1);
	case AVRO_MAP: return json_is_object(json) && put_items(node, (json_t *)json, out, depth - 1);
	case AVRO_UNION: return put_branch(node, json, out, depth - 1);
	case AVRO_KINDS: break;
	}
	return false;
}

bool avro_bytes_put_preset(const AvroNode *node, Str json, StrBuf *out, Err *err)
{
	size_t from = out->len;
	json_t *value = json_loadb(json.ptr, json.len, JSON_DECODE_ANY, NULL);
	bool ok = value && put_json(node, value, out, 32);
	if (!ok) {
		out->len = from;
		err_set(err, ERR_BAD_VALUE, "the default %.*s is no value of its type", STR_ARG(json));
	}
	json_decref(value);
	return ok;
}
