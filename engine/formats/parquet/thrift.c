/*
 * engine/formats/parquet/thrift.c: see thrift.h.
 */
#include "engine/formats/parquet/thrift.h"

#include "base/err.h"

/* ---- writing ---- */

static void put_varint(StrBuf *out, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		strbuf_putc(out, (char)(v | 0x80));
	strbuf_putc(out, (char)v);
}

static void put_zigzag(StrBuf *out, int64_t v)
{
	put_varint(out, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

void thrift_start(ThriftOut *t, StrBuf *out)
{
	*t = (ThriftOut){.out = out, .depth = 1};
}

static void put_field(ThriftOut *t, int16_t id, ThriftType type)
{
	int16_t *last = &t->last[t->depth - 1];
	int delta = id - *last;
	if (delta > 0 && delta < 16) {
		strbuf_putc(t->out, (char)(delta << 4 | (int)type));
	} else {
		strbuf_putc(t->out, (char)type);
		put_zigzag(t->out, id);
	}
	*last = id;
}

void thrift_put_bool(ThriftOut *t, int16_t id, bool v)
{
	put_field(t, id, v ? THRIFT_TRUE : THRIFT_FALSE);
}

void thrift_put_i8(ThriftOut *t, int16_t id, int8_t v)
{
	put_field(t, id, THRIFT_I8);
	strbuf_putc(t->out, (char)v);
}

void thrift_put_i32(ThriftOut *t, int16_t id, int32_t v)
{
	put_field(t, id, THRIFT_I32);
	put_zigzag(t->out, v);
}

void thrift_put_i64(ThriftOut *t, int16_t id, int64_t v)
{
	put_field(t, id, THRIFT_I64);
	put_zigzag(t->out, v);
}

void thrift_item_binary(ThriftOut *t, Str v)
{
	put_varint(t->out, v.len);
	strbuf_put_str(t->out, v);
}

void thrift_put_binary(ThriftOut *t, int16_t id, Str v)
{
	put_field(t, id, THRIFT_BINARY);
	thrift_item_binary(t, v);
}

void thrift_put_list(ThriftOut *t, int16_t id, ThriftType item, uint32_t n)
{
	put_field(t, id, THRIFT_LIST);
	if (n < 15) {
		strbuf_putc(t->out, (char)(n << 4 | (uint32_t)item));
	} else {
		strbuf_putc(t->out, (char)(0xf0 | (int)item));
		put_varint(t->out, n);
	}
}

void thrift_item_i32(ThriftOut *t, int32_t v)
{
	put_zigzag(t->out, v);
}

void thrift_begin_item(ThriftOut *t)
{
	ASSERT(t->depth < THRIFT_DEPTH_MAX);
	t->last[t->depth++] = 0;
}

void thrift_begin(ThriftOut *t, int16_t id)
{
	put_field(t, id, THRIFT_STRUCT);
	thrift_begin_item(t);
}

void thrift_end(ThriftOut *t)
{
	strbuf_putc(t->out, 0);
	t->depth--;
}

/* ---- reading ---- */

static uint8_t get_byte(ThriftIn *t)
{
	if (t->bad || t->at >= t->end) {
		t->bad = true;
		return 0;
	}
	return *t->at++;
}

static uint64_t get_varint(ThriftIn *t)
{
	uint64_t v = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = get_byte(t);
		v |= (uint64_t)(b & 0x7f) << shift;
		if (b < 0x80)
			return v;
	}
	t->bad = true;
	return 0;
}

static int64_t get_zigzag(ThriftIn *t)
{
	uint64_t v = get_varint(t);
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

bool thrift_field(ThriftIn *t, int16_t *id, ThriftType *type)
{
	uint8_t b = get_byte(t);
	if (t->bad || (b & 15) == THRIFT_STOP)
		return false;
	*type = (ThriftType)(b & 15);
	if (b >> 4) {
		*id = (int16_t)(*id + (b >> 4));
	} else {
		int64_t v = get_zigzag(t);
		if (v < 0 || v > INT16_MAX)
			t->bad = true;
		*id = (int16_t)v;
	}
	if (*type > THRIFT_STRUCT)
		t->bad = true;
	return !t->bad;
}

bool thrift_enter(ThriftIn *t, ThriftType type)
{
	if (type != THRIFT_STRUCT || t->depth >= THRIFT_DEPTH_MAX)
		t->bad = true;
	t->depth++;
	return !t->bad;
}

void thrift_leave(ThriftIn *t)
{
	t->depth--;
}

int64_t thrift_int(ThriftIn *t, ThriftType type)
{
	if (type == THRIFT_I8)
		return (int8_t)get_byte(t);
	if (type == THRIFT_I16 || type == THRIFT_I32 || type == THRIFT_I64)
		return get_zigzag(t);
	t->bad = true;
	return 0;
}

int32_t thrift_i32(ThriftIn *t, ThriftType type)
{
	int64_t v = thrift_int(t, type);
	if (v < INT32_MIN || v > INT32_MAX) {
		t->bad = true;
		return 0;
	}
	return (int32_t)v;
}

bool thrift_bool(ThriftIn *t, ThriftType type)
{
	if (type != THRIFT_TRUE && type != THRIFT_FALSE)
		t->bad = true;
	return type == THRIFT_TRUE;
}

Str thrift_binary(ThriftIn *t, ThriftType type)
{
	uint64_t n = type == THRIFT_BINARY ? get_varint(t) : 0;
	if (type != THRIFT_BINARY || t->bad || n > (uint64_t)(t->end - t->at)) {
		if (n > (uint64_t)(t->end - t->at))
			t->at = t->end; /* it is cut off there */
		t->bad = true;
		return STR_EMPTY;
	}
	Str s = str_make((const char *)t->at, n);
	t->at += n;
	return s;
}

uint32_t thrift_list(ThriftIn *t, ThriftType type, ThriftType *item)
{
	*item = THRIFT_STOP;
	if (type != THRIFT_LIST && type != THRIFT_SET)
		t->bad = true;
	uint8_t b = get_byte(t);
	uint64_t n = b >> 4 == 15 ? get_varint(t) : b >> 4;
	*item = (ThriftType)(b & 15);
	if (*item > THRIFT_STRUCT || n > (uint64_t)(t->end - t->at))
		t->bad = true;
	return t->bad ? 0 : (uint32_t)n;
}

static void skip_bytes(ThriftIn *t, uint64_t n)
{
	if (n > (uint64_t)(t->end - t->at)) {
		n = (uint64_t)(t->end - t->at);
		t->bad = true;
	}
	t->at += n;
}

static void skip_map(ThriftIn *t)
{
	uint64_t n = get_varint(t);
	uint8_t types = n ? get_byte(t) : 0;
	if (n > (uint64_t)(t->end - t->at))
		t->bad = true;
	for (uint64_t i = 0; i < n && !t->bad; i++) {
		thrift_skip(t, (ThriftType)(types >> 4));
		thrift_skip(t, (ThriftType)(types & 15));
	}
}

static void skip_list(ThriftIn *t)
{
	ThriftType item;
	uint32_t n = thrift_list(t, THRIFT_LIST, &item);
	for (uint32_t i = 0; i < n && !t->bad; i++) {
		if (item == THRIFT_TRUE || item == THRIFT_FALSE)
			skip_bytes(t, 1);
		else
			thrift_skip(t, item);
	}
}

void thrift_skip(ThriftIn *t, ThriftType type)
{
	int16_t id = 0;
	ThriftType inner;
	if (t->depth >= THRIFT_DEPTH_MAX)
		t->bad = true;
	if (t->bad)
		return;
	t->depth++;
	switch (type) {
	case THRIFT_TRUE:
	case THRIFT_FALSE: break;
	case THRIFT_I8: skip_bytes(t, 1); break;
	case THRIFT_I16:
	case THRIFT_I32:
	case THRIFT_I64: get_varint(t); break;
	case THRIFT_DOUBLE: skip_bytes(t, 8); break;
	case THRIFT_BINARY: thrift_binary(t, type); break;
	case THRIFT_LIST:
	case THRIFT_SET: skip_list(t); break;
	case THRIFT_MAP: skip_map(t); break;
	case THRIFT_STRUCT:
		while (thrift_field(t, &id, &inner))
			thrift_skip(t, inner);
		break;
	default: t->bad = true;
	}
	t->depth--;
}
