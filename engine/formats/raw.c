/*
 * engine/formats/raw.c: the whole message is the value of the table's one column.
 *
 * Text is text of the given charset; numbers are as many bytes as their type has, in the given order; BYTES are the
 * bytes. A message of another length, or text that is not of its charset, is an error of the field.
 */
#include "engine/formats/raw.h"

#include <math.h>

typedef enum RawCharset { RAW_UTF8, RAW_ASCII, RAW_LATIN1 } RawCharset;

typedef struct RawRules {
	const Type *type;
	Str name;
	RawCharset charset;
	bool little;
} RawRules;

struct Decoder {
	RawRules rules;
	FormatSchema schema;
};

struct Encoder {
	RawRules rules;
};

/* Bytes of a value; 0: as many as there are; -1: the type cannot be written. */
static int raw_width(const Type *type)
{
	switch (type->kind) {
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_BINARY:
	case TYPE_VARBINARY: return 0;
	case TYPE_BOOLEAN:
	case TYPE_TINYINT: return 1;
	case TYPE_SMALLINT: return 2;
	case TYPE_INT:
	case TYPE_FLOAT: return 4;
	case TYPE_BIGINT:
	case TYPE_DOUBLE: return 8;
	default: return -1;
	}
}

static bool raw_check(const Options *options, const FormatSchema *schema, Err *err)
{
	(void)options;
	if (schema->ncols != 1) {
		err_set(err, ERR_BAD_OPTION, "the format \"raw\" is for tables with one column, and this one has %u",
		        schema->ncols);
		return err_hint(err, "Use json or csv, or keep the message in one column of type STRING or BYTES.");
	}
	if (raw_width(schema->types[0]) < 0) {
		err_set(err, ERR_BAD_TYPE, "column \"%.*s\": the format \"raw\" has no form for its type",
		        STR_ARG(schema->names[0]));
		return err_hint(err, "It has STRING, BYTES, BOOLEAN, the integers, FLOAT and DOUBLE.");
	}
	return true;
}

static RawRules raw_rules(const Options *options, const FormatSchema *schema)
{
	Str charset = options_str(options, "format:raw", "charset");
	RawRules r = {.type = schema->types[0], .name = schema->names[0]};
	r.charset = str_eq(charset, STR("UTF-8")) ? RAW_UTF8 : str_eq(charset, STR("US-ASCII")) ? RAW_ASCII : RAW_LATIN1;
	r.little = str_eq(options_str(options, "format:raw", "endianness"), STR("little-endian"));
	return r;
}

static bool raw_decoder_open(const Options *options, const FormatSchema *schema, Arena *arena, Decoder **out, Err *err)
{
	if (!raw_check(options, schema, err))
		return false;
	Decoder *d = ARENA_NEW(arena, Decoder);
	d->rules = raw_rules(options, schema);
	d->schema = *schema;
	*out = d;
	return true;
}

static void raw_decoder_close(Decoder *d)
{
	(void)d;
}

static bool is_ascii(Str s)
{
	unsigned char all = 0;
	for (uint32_t i = 0; i < s.len; i++)
		all |= (unsigned char)s.ptr[i];
	return all < 0x80;
}

static Str latin1_to_utf8(Str s, Arena *arena)
{
	char *out = arena_alloc(arena, (size_t)s.len * 2);
	size_t n = 0;
	for (uint32_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c >= 0x80) {
			out[n++] = (char)(0xc0 | c >> 6);
			c = (unsigned char)(0x80 | (c & 0x3f));
		}
		out[n++] = (char)c;
	}
	return str_make(out, n);
}

static bool read_text(RawCharset charset, Str s, Arena *arena, Str *out)
{
	*out = s;
	if (is_ascii(s))
		return true;
	if (charset == RAW_LATIN1)
		*out = latin1_to_utf8(s, arena);
	return charset == RAW_LATIN1 || (charset == RAW_UTF8 && str_is_utf8(s));
}

static uint64_t read_word(Str s, bool little)
{
	uint64_t v = 0;
	for (uint32_t i = 0; i < s.len; i++)
		v = v << 8 | (unsigned char)s.ptr[little ? s.len - 1 - i : i];
	return v;
}

static bool raw_value(const RawRules *r, Str s, Arena *arena, Value *out)
{
	int width = raw_width(r->type);
	uint64_t word;
	*out = (Value){.null = false};
	if (width > 0 && s.len != (uint32_t)width)
		return false;
	switch (r->type->kind) {
	case TYPE_CHAR:
	case TYPE_VARCHAR: return read_text(r->charset, s, arena, &out->s);
	case TYPE_BINARY:
	case TYPE_VARBINARY: out->s = s; return true;
	case TYPE_BOOLEAN: out->b = s.ptr[0] != 0; return true;
	default: break;
	}
	word = read_word(s, r->little);
	switch (r->type->kind) {
	case TYPE_TINYINT: out->i = (int8_t)word; break;
	case TYPE_SMALLINT: out->i = (int16_t)word; break;
	case TYPE_INT: out->i = (int32_t)word; break;
	case TYPE_BIGINT: out->i = (int64_t)word; break;
	case TYPE_DOUBLE: memcpy(&out->f, &word, sizeof out->f); break;
	default: {
		uint32_t half = (uint32_t)word;
		float f;
		memcpy(&f, &half, sizeof f);
		out->f = (double)f;
	}
	}
	return true;
}

static void raw_decode(Decoder *d, const Str *messages, uint32_t n, Arena *arena, Decoded *out)
{
	Column *cols = ARENA_ARRAY(arena, Column, d->schema.nfields + 1);
	*out = (Decoded){.nrows = n, .cols = cols};
	for (uint32_t c = 0; c < d->schema.nfields; c++) {
		column_init(&cols[c], d->rules.type, n, arena);
		for (uint32_t i = 0; i < n; i++) {
			Value v;
			if (!messages[i].ptr)
				column_set_null(&cols[c], i, arena);
			else if (raw_value(&d->rules, messages[i], arena, &v))
				column_set(&cols[c], i, v, arena);
			else
				column_set_err(&cols[c], i, ROW_BAD_FIELD, arena);
		}
	}
}

static void raw_explain(Decoder *d, Str message, Arena *arena, Str *field, Err *err)
{
	Value v;
	StrBuf type;
	*field = d->rules.name;
	if (raw_value(&d->rules, message, arena, &v)) {
		*field = STR_EMPTY;
		err_set(err, ERR_BAD_RECORD, "the message can be decoded");
		return;
	}
	strbuf_init(&type);
	type_print(d->rules.type, false, &type);
	if (raw_width(d->rules.type) > 0)
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": %s has %d bytes, the message %u", STR_ARG(*field),
		        strbuf_cstr(&type), raw_width(d->rules.type), message.len);
	else
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": the bytes are not text of the charset", STR_ARG(*field));
	strbuf_deinit(&type);
	if (raw_width(d->rules.type) == 0)
		err_hint(err, "Set 'raw.charset', or declare the column as BYTES.");
}

static bool raw_encoder_open(const Options *options, const FormatSchema *schema, Arena *arena, Encoder **out, Err *err)
{
	if (!raw_check(options, schema, err))
		return false;
	Encoder *e = ARENA_NEW(arena, Encoder);
	e->rules = raw_rules(options, schema);
	*out = e;
	return true;
}

static bool write_text(const RawRules *r, Str s, StrBuf *out, Err *err)
{
	if (r->charset == RAW_UTF8 || is_ascii(s)) {
		strbuf_put_str(out, s);
		return true;
	}
	for (uint32_t i = 0; i < s.len && r->charset == RAW_LATIN1; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		unsigned char next = i + 1 < s.len ? (unsigned char)s.ptr[i + 1] : 0;
		if (c >= 0xc4)
			return err_set(err, ERR_BAD_VALUE, "a character of column \"%.*s\" is not in ISO-8859-1", STR_ARG(r->name));
		if (c >= 0x80) {
			c = (unsigned char)(c << 6 | (next & 0x3f));
			i++;
		}
		strbuf_putc(out, (char)c);
	}
	return r->charset == RAW_LATIN1 ||
	       err_set(err, ERR_BAD_VALUE, "a character of column \"%.*s\" is not in US-ASCII", STR_ARG(r->name));
}

/* NULL is a null payload, which has no bytes: the connector asks the value, not the encoder. */
static bool raw_encode(Encoder *e, RowKind kind, const Value *values, StrBuf *out, Err *err)
{
	const RawRules *r = &e->rules;
	Value v = values[0];
	uint64_t word = 0;
	(void)kind;
	if (v.null)
		return true;
	switch (r->type->kind) {
	case TYPE_CHAR:
	case TYPE_VARCHAR: {
		size_t from = out->len;
		if (write_text(r, v.s, out, err))
			return true;
		out->len = from;
		return false;
	}
	case TYPE_BINARY:
	case TYPE_VARBINARY: strbuf_put_str(out, v.s); return true;
	case TYPE_BOOLEAN: word = v.b ? 1 : 0; break;
	case TYPE_DOUBLE: memcpy(&word, &v.f, sizeof word); break;
	case TYPE_FLOAT: {
		float f = (float)v.f;
		uint32_t half;
		memcpy(&half, &f, sizeof half);
		word = half;
		break;
	}
	default: word = (uint64_t)v.i;
	}
	int width = raw_width(r->type);
	for (int i = 0; i < width; i++) {
		int shift = r->little ? i : width - 1 - i;
		strbuf_putc(out, (char)(word >> (8 * shift)));
	}
	return true;
}

static void raw_encoder_close(Encoder *e)
{
	(void)e;
}

/* One line of a file a message. */
static uint32_t raw_split(const Options *options, Str data, bool at_end, Str *messages, uint32_t max, size_t *used)
{
	uint32_t n = 0;
	(void)options;
	*used = 0;
	while (n < max && *used < data.len) {
		const char *line = data.ptr + *used;
		size_t left = data.len - *used;
		const char *newline = memchr(line, '\n', left);
		if (!newline && !at_end)
			break;
		size_t len = newline ? (size_t)(newline - line) : left;
		*used += len + (newline ? 1 : 0);
		messages[n++] = str_make(line, len);
	}
	return n;
}

const Format raw_format = {
    .name = "raw",
    .check = raw_check,
    .split = raw_split,
    .decoder_open = raw_decoder_open,
    .decode = raw_decode,
    .explain = raw_explain,
    .decoder_close = raw_decoder_close,
    .encoder_open = raw_encoder_open,
    .encode = raw_encode,
    .encoder_close = raw_encoder_close,
};
