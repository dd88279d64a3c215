/*
 * engine/formats/json_encode.c: a row as a JSON object, in the forms that Flink writes.
 *
 * Names are written once, when the encoder is opened, with quotes and colon. DECIMAL loses the zeros at its end and may
 * get an exponent (Java's BigDecimal.toString) unless told otherwise; times lose the zeros of their fraction; NaN and
 * Infinity are strings.
 */
#include "engine/formats/json_int.h"

#include <inttypes.h>
#include <math.h>

#include "engine/formats/base64.h"
#include "sql/types/packed.h"
#include "sql/types/real.h"

struct Encoder {
	JsonOptions options;
	const Type *const *types;
	Str *names; /* "name": */
	const Str *plain_names;
	uint32_t ncols;
};

/* What belongs to one row. */
typedef struct Writer {
	const JsonOptions *options;
	StrBuf *out;
	Err *err;
} Writer;

bool json_encode_open(const Options *options, const FormatSchema *schema, Arena *arena, Encoder **out, Err *err)
{
	if (!json_format.check(options, schema, err))
		return false;
	Encoder *e = ARENA_NEW(arena, Encoder);
	json_options(options, &e->options);
	e->types = schema->types;
	e->plain_names = schema->names;
	e->ncols = schema->ncols;
	e->names = ARENA_ARRAY(arena, Str, schema->ncols + 1);
	StrBuf buf;
	strbuf_init(&buf);
	for (uint32_t i = 0; i < schema->ncols; i++) {
		strbuf_clear(&buf);
		strbuf_put_json(&buf, schema->names[i]);
		strbuf_putc(&buf, ':');
		e->names[i] = arena_str(arena, strbuf_str(&buf));
	}
	strbuf_deinit(&buf);
	*out = e;
	return true;
}

static bool write_value(Writer *w, const Type *type, Value v);

static void put_i64(StrBuf *out, int64_t v)
{
	char digits[24];
	char *p = digits + sizeof digits;
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (v < 0)
		*--p = '-';
	strbuf_put(out, p, (size_t)(digits + sizeof digits - p));
}

static bool write_array(Writer *w, const Type *type, Str packed)
{
	uint32_t n = packed_count(packed);
	strbuf_putc(w->out, '[');
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0)
			strbuf_putc(w->out, ',');
		if (!write_value(w, type->elem, packed_get(packed, type->elem, i)))
			return false;
	}
	strbuf_putc(w->out, ']');
	return true;
}

static bool write_row(Writer *w, const Type *type, Str packed)
{
	bool any = false;
	strbuf_putc(w->out, '{');
	for (uint32_t i = 0; i < type->nfields; i++) {
		Value v = packed_get(packed, type->fields[i].type, i);
		if (v.null && w->options->ignore_nulls)
			continue;
		if (any)
			strbuf_putc(w->out, ',');
		any = true;
		strbuf_put_json(w->out, type->fields[i].name);
		strbuf_putc(w->out, ':');
		if (!write_value(w, type->fields[i].type, v))
			return false;
	}
	strbuf_putc(w->out, '}');
	return true;
}

static bool write_map(Writer *w, const Type *type, Str packed)
{
	uint32_t n = packed_count(packed);
	bool any = false;
	strbuf_putc(w->out, '{');
	for (uint32_t i = 0; i < n; i += 2) {
		Value key = packed_get(packed, packed_item_type(type, 0), i);
		Value value = packed_get(packed, packed_item_type(type, 1), i + 1);
		if (key.null && w->options->null_key == JSON_NULL_KEY_FAIL) {
			err_set(w->err, ERR_BAD_VALUE, "a MAP has a NULL key, which JSON cannot write");
			return err_hint(w->err, "Set 'json.map-null-key.mode' to 'DROP' or 'LITERAL'.");
		}
		if (key.null && w->options->null_key == JSON_NULL_KEY_DROP)
			continue;
		if (any)
			strbuf_putc(w->out, ',');
		any = true;
		strbuf_put_json(w->out, key.null ? w->options->null_key_literal : key.s);
		strbuf_putc(w->out, ':');
		if (!write_value(w, packed_item_type(type, 1), value))
			return false;
	}
	strbuf_putc(w->out, '}');
	return true;
}

static void write_real(const Type *type, double v, StrBuf *out)
{
	bool quoted = !isfinite(v);
	if (quoted)
		strbuf_putc(out, '"');
	real_print_java(v, type->kind == TYPE_FLOAT, out);
	if (quoted)
		strbuf_putc(out, '"');
}

static bool write_value(Writer *w, const Type *type, Value v)
{
	StrBuf *out = w->out;
	if (v.null) {
		strbuf_put(out, "null", 4);
		return true;
	}
	switch (type->kind) {
	case TYPE_BOOLEAN: strbuf_puts(out, v.b ? "true" : "false"); return true;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_INTERVAL_MONTHS: put_i64(out, v.i); return true;
	case TYPE_INTERVAL_SECONDS: put_i64(out, v.i / 1000); return true;
	case TYPE_FLOAT:
	case TYPE_DOUBLE: write_real(type, v.f, out); return true;
	case TYPE_DECIMAL: field_text_print_decimal(v.d, type->scale, w->options->plain_decimals, out); return true;
	case TYPE_CHAR:
	case TYPE_VARCHAR: strbuf_put_json(out, v.s); return true;
	case TYPE_JSON: strbuf_put_str(out, v.s); return true;
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		strbuf_putc(out, '"');
		base64_print(v.s, out);
		strbuf_putc(out, '"');
		return true;
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		strbuf_putc(out, '"');
		field_text_print_time(type, v.i, w->options->time_style, out);
		strbuf_putc(out, '"');
		return true;
	case TYPE_ARRAY: return write_array(w, type, v.s);
	case TYPE_MAP:
	case TYPE_MULTISET: return write_map(w, type, v.s);
	case TYPE_ROW: return write_row(w, type, v.s);
	case TYPE_NULL:
	case TYPE_KINDS: break;
	}
	strbuf_put(out, "null", 4);
	return true;
}

bool json_encode_row(Encoder *e, RowKind kind, const Value *values, StrBuf *out, Err *err)
{
	(void)kind;
	Writer w = {&e->options, out, err};
	size_t from = out->len;
	bool any = false;
	strbuf_putc(out, '{');
	for (uint32_t i = 0; i < e->ncols; i++) {
		if (values[i].null && e->options.ignore_nulls)
			continue;
		if (any)
			strbuf_putc(out, ',');
		any = true;
		strbuf_put_str(out, e->names[i]);
		if (!write_value(&w, e->types[i], values[i])) {
			out->len = from;
			out->ptr[from] = '\0';
			return err_detail(err, "The column is \"%.*s\".", STR_ARG(e->plain_names[i]));
		}
	}
	strbuf_putc(out, '}');
	return true;
}
