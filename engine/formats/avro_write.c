/*
 * engine/formats/avro_write.c: a plan of columns against a schema, and rows by it.
 */
#include "engine/formats/avro_write.h"

#include "engine/formats/avro_bytes.h"
#include "sql/types/packed.h"

typedef enum AvroWriteKind {
	WRITE_NO,
	WRITE_BOOLEAN,
	WRITE_LONG, /* v / div * mul */
	WRITE_LONG_REAL,
	WRITE_REAL,
	WRITE_BYTES,
	WRITE_FIXED,
	WRITE_ENUM,
	WRITE_DECIMAL,
	WRITE_ARRAY,
	WRITE_MAP,
	WRITE_ROW,
} AvroWriteKind;

struct AvroWrite {
	AvroWriteKind kind;
	const Type *type; /* NULL: the row of all columns */
	const AvroNode *node;
	int32_t null_branch, branch; /* -1: no union, or none of null */
	int64_t mul, div;
	const AvroWrite **items; /* of a record's fields, NULL: the default; the one of array and map */
	uint32_t *source;        /* which column or field of the ROW each is */
	const Type **types;      /* of the columns or fields, by their own numbers */
	Str *presets;            /* bytes of the defaults */
	Str name;
};

typedef struct Maker {
	Arena *arena;
	Err *err;
} Maker;

/* ---- making */

static void use_long(AvroWrite *w, int64_t mul, int64_t div)
{
	w->kind = WRITE_LONG;
	w->mul = mul;
	w->div = div;
}

static void resolve_number(AvroWrite *w)
{
	AvroKind to = w->node->kind;
	if (type_is_integer(w->type)) {
		if (to == AVRO_LONG || (to == AVRO_INT && w->type->kind != TYPE_BIGINT))
			use_long(w, 1, 1);
		else if (to == AVRO_DOUBLE && w->type->kind != TYPE_BIGINT)
			w->kind = WRITE_LONG_REAL;
	} else if (to == AVRO_DOUBLE || (to == AVRO_FLOAT && w->type->kind == TYPE_FLOAT)) {
		w->kind = WRITE_REAL;
	}
}

static void resolve_time(AvroWrite *w)
{
	const AvroNode *n = w->node;
	bool millis = w->type->precision <= 3;
	if (w->type->kind == TYPE_DATE) {
		if (n->kind == AVRO_INT && (n->logical == AVRO_DATE || n->logical == AVRO_PLAIN))
			use_long(w, 1, 1);
		return;
	}
	if (w->type->kind == TYPE_TIME) {
		if (n->kind == AVRO_INT && millis && (n->logical == AVRO_TIME_MILLIS || n->logical == AVRO_PLAIN))
			use_long(w, 1, 1000);
		else if (n->kind == AVRO_LONG && n->logical == AVRO_TIME_MICROS)
			use_long(w, 1, 1);
		return;
	}
	if (n->kind != AVRO_LONG)
		return;
	switch (n->logical) {
	case AVRO_PLAIN:
	case AVRO_TIMESTAMP_MILLIS:
	case AVRO_LOCAL_MILLIS:
		if (millis)
			use_long(w, 1, 1000);
		break;
	case AVRO_TIMESTAMP_MICROS:
	case AVRO_LOCAL_MICROS: use_long(w, 1, 1); break;
	case AVRO_TIMESTAMP_NANOS:
	case AVRO_LOCAL_NANOS: use_long(w, 1000, 1); break;
	default: break;
	}
}

static void resolve_scalar(AvroWrite *w)
{
	const AvroNode *n = w->node;
	switch (w->type->kind) {
	case TYPE_BOOLEAN: w->kind = n->kind == AVRO_BOOLEAN ? WRITE_BOOLEAN : WRITE_NO; break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_FLOAT:
	case TYPE_DOUBLE: resolve_number(w); break;
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: resolve_time(w); break;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_JSON:
		w->kind = n->kind == AVRO_STRING ? WRITE_BYTES : n->kind == AVRO_ENUM ? WRITE_ENUM : WRITE_NO;
		break;
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		w->kind = n->logical != AVRO_PLAIN ? WRITE_NO
		          : n->kind == AVRO_BYTES  ? WRITE_BYTES
		          : n->kind == AVRO_FIXED  ? WRITE_FIXED
		                                   : WRITE_NO;
		break;
	case TYPE_DECIMAL:
		if (n->logical == AVRO_DECIMAL && n->scale == w->type->scale && n->precision >= w->type->precision)
			w->kind = WRITE_DECIMAL;
		break;
	default: break;
	}
}

static AvroWrite *resolve(Maker *m, const AvroNode *node, const Type *type, Str name);

static bool resolve_record(Maker *m, AvroWrite *w, const Str *names, const Type *const *types, uint32_t n)
{
	const AvroNode *node = w->node;
	w->kind = WRITE_ROW;
	w->items = (const AvroWrite **)arena_alloc_zero(m->arena, (node->n + 1) * sizeof *w->items);
	w->source = ARENA_ARRAY_ZERO(m->arena, uint32_t, node->n + 1);
	w->presets = ARENA_ARRAY_ZERO(m->arena, Str, node->n + 1);
	w->types = ARENA_ARRAY(m->arena, const Type *, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		int32_t at = avro_schema_field(node, names[i]);
		w->types[i] = types[i];
		if (at < 0)
			return err_set(m->err, ERR_BAD_OPTION, "the schema has no field \"%.*s\"", STR_ARG(names[i]));
		w->items[at] = resolve(m, node->fields[at].type, types[i], names[i]);
		w->source[at] = i;
		if (!w->items[at])
			return false;
	}
	for (uint32_t i = 0; i < node->n; i++) {
		const AvroField *f = &node->fields[i];
		if (w->items[i])
			continue;
		StrBuf bytes;
		strbuf_init(&bytes);
		bool ok = f->preset.ptr ? avro_bytes_put_preset(f->type, f->preset, &bytes, m->err)
		                        : err_set(m->err, ERR_BAD_OPTION,
		                                  "the schema's field \"%.*s\" has no default, and the table no such column",
		                                  STR_ARG(f->name));
		if (ok)
			w->presets[i] = bytes.len ? arena_str(m->arena, strbuf_str(&bytes)) : STR_EMPTY;
		strbuf_deinit(&bytes);
		if (!ok)
			return false;
	}
	return true;
}

static bool resolve_nested(Maker *m, AvroWrite *w)
{
	const Type *type = w->type;
	if (type->kind == TYPE_ROW && w->node->kind == AVRO_RECORD) {
		Str *names = ARENA_ARRAY(m->arena, Str, type->nfields + 1);
		const Type **types = ARENA_ARRAY(m->arena, const Type *, type->nfields + 1);
		for (uint32_t i = 0; i < type->nfields; i++) {
			names[i] = type->fields[i].name;
			types[i] = type->fields[i].type;
		}
		return resolve_record(m, w, names, types, type->nfields);
	}
	bool array = type->kind == TYPE_ARRAY && w->node->kind == AVRO_ARRAY;
	bool map = (type->kind == TYPE_MAP || type->kind == TYPE_MULTISET) && w->node->kind == AVRO_MAP;
	if (map && !type_is_text(type->kind == TYPE_MAP ? type->key : type->elem))
		return true;
	if (!array && !map)
		return true;
	w->kind = array ? WRITE_ARRAY : WRITE_MAP;
	w->items = ARENA_ARRAY(m->arena, const AvroWrite *, 1);
	/* Counts of a multiset are BIGINT and written as Flink writes them, as int. */
	w->items[0] = resolve(m, w->node->items[0], type->kind == TYPE_MULTISET ? &type_int : type->elem, w->name);
	return w->items[0] != NULL;
}

static bool misfit(Maker *m, const AvroNode *node, const Type *type, Str name)
{
	StrBuf text;
	strbuf_init(&text);
	type_print(type, false, &text);
	err_set(m->err, ERR_BAD_OPTION, "column \"%.*s\": %s cannot be written as Avro's %.*s", STR_ARG(name),
	        strbuf_cstr(&text), STR_ARG(avro_schema_words(node, m->arena)));
	strbuf_deinit(&text);
	return false;
}

static AvroWrite *resolve(Maker *m, const AvroNode *node, const Type *type, Str name)
{
	int32_t null_branch = -1, branch = -1;
	if (node->kind == AVRO_UNION) {
		AvroWrite *found = NULL;
		for (uint32_t i = 0; i < node->n; i++) {
			if (node->items[i]->kind == AVRO_NULL)
				null_branch = (int32_t)i;
			else if (!found && (found = resolve(m, node->items[i], type, name)))
				branch = (int32_t)i;
		}
		if (!found) {
			if (null_branch < 0 || node->n > 2 || node->n == 1)
				misfit(m, node, type, name);
			return NULL;
		}
		err_clear(m->err);
		found->null_branch = null_branch;
		found->branch = branch;
		return found;
	}
	AvroWrite *w = ARENA_NEW(m->arena, AvroWrite);
	w->type = type;
	w->node = node;
	w->name = name;
	w->null_branch = w->branch = -1;
	if (!type_is_nested(type))
		resolve_scalar(w);
	else if (!resolve_nested(m, w))
		return NULL;
	if (w->kind == WRITE_NO)
		misfit(m, node, type, name);
	return w->kind == WRITE_NO ? NULL : w;
}

bool avro_write_resolve(const AvroNode *node, const FormatSchema *schema, Arena *arena, const AvroWrite **out, Err *err)
{
	Maker m = {arena, err};
	AvroWrite *w = ARENA_NEW(arena, AvroWrite);
	w->null_branch = w->branch = -1;
	w->node = node;
	for (uint32_t i = 0; node->kind == AVRO_UNION && i < node->n; i++)
		if (node->items[i]->kind == AVRO_RECORD && w->branch < 0) {
			w->branch = (int32_t)i;
			w->node = node->items[i];
		}
	*out = w;
	if (w->node->kind != AVRO_RECORD)
		return err_set(err, ERR_BAD_OPTION, "the schema is %.*s, and a table needs a record",
		               STR_ARG(avro_schema_words(w->node, arena)));
	return resolve_record(&m, w, schema->names, schema->types, schema->ncols);
}

/* ---- writing */

static bool write_value(const AvroWrite *w, Value v, StrBuf *out, Err *err);

/* The fewest bytes of two's complement, big endian, as Java's BigInteger; filled up for a fixed. */
static bool write_decimal(const AvroWrite *w, Value v, StrBuf *out, Err *err)
{
	char bytes[16];
	UInt128 u = (UInt128)v.d;
	for (int i = 15; i >= 0; i--, u >>= 8)
		bytes[i] = (char)(u & 0xff);
	char sign = v.d < 0 ? (char)0xff : 0;
	uint32_t from = 0;
	while (from < 15 && bytes[from] == sign && ((bytes[from + 1] ^ sign) & 0x80) == 0)
		from++;
	uint32_t len = 16 - from;
	if (w->node->kind == AVRO_BYTES) {
		avro_bytes_put_bytes(out, str_make(bytes + from, len));
		return true;
	}
	if (len > w->node->size)
		return err_set(err, ERR_BAD_VALUE, "field \"%.*s\": the number does not fit %u bytes", STR_ARG(w->name),
		               w->node->size);
	strbuf_fill(out, sign, w->node->size - len);
	strbuf_put(out, bytes + from, len);
	return true;
}

static bool write_enum(const AvroWrite *w, Value v, StrBuf *out, Err *err)
{
	for (uint32_t i = 0; i < w->node->n; i++)
		if (str_eq(w->node->symbols[i], v.s)) {
			avro_bytes_put_long(out, i);
			return true;
		}
	return err_set(err, ERR_BAD_VALUE, "field \"%.*s\": \"%.*s\" is no symbol of the enum \"%.*s\"", STR_ARG(w->name),
	               (int)(v.s.len < 60 ? v.s.len : 60), v.s.ptr, STR_ARG(w->node->name));
}

static bool write_items(const AvroWrite *w, Value v, StrBuf *out, Err *err)
{
	bool array = w->kind == WRITE_ARRAY;
	uint32_t n = packed_count(v.s), step = array ? 1 : 2;
	if (n)
		avro_bytes_put_long(out, n / step);
	for (uint32_t i = 0; i < n; i += step) {
		Value item = packed_get(v.s, packed_item_type(w->type, i + step - 1), i + step - 1);
		if (!array) {
			Value key = packed_get(v.s, packed_item_type(w->type, i), i);
			if (key.null)
				return err_set(err, ERR_BAD_VALUE, "field \"%.*s\": a MAP has a NULL key, which Avro cannot write",
				               STR_ARG(w->name));
			avro_bytes_put_bytes(out, key.s);
		}
		if (w->type->kind == TYPE_MULTISET && !item.null && item.i > INT32_MAX)
			return err_set(err, ERR_BAD_VALUE, "field \"%.*s\": a count does not fit an int", STR_ARG(w->name));
		if (!write_value(w->items[0], item, out, err))
			return false;
	}
	avro_bytes_put_long(out, 0);
	return true;
}

/* values: the columns; NULL: the fields of v. */
static bool write_record(const AvroWrite *w, Value v, const Value *values, StrBuf *out, Err *err)
{
	for (uint32_t i = 0; i < w->node->n; i++) {
		uint32_t at = w->source[i];
		if (!w->items[i])
			strbuf_put_str(out, w->presets[i]);
		else if (!write_value(w->items[i], values ? values[at] : packed_get(v.s, w->types[at], at), out, err))
			return false;
	}
	return true;
}

static bool write_value(const AvroWrite *w, Value v, StrBuf *out, Err *err)
{
	if (v.null) {
		if (w->null_branch >= 0)
			avro_bytes_put_long(out, w->null_branch);
		return w->null_branch >= 0 ||
		       err_set(err, ERR_BAD_VALUE, "field \"%.*s\" is NULL, and its schema has no null", STR_ARG(w->name));
	}
	if (w->branch >= 0)
		avro_bytes_put_long(out, w->branch);
	switch (w->kind) {
	case WRITE_BOOLEAN: strbuf_putc(out, v.b ? 1 : 0); return true;
	case WRITE_LONG: {
		int64_t rest = v.i % w->div, n = v.i / w->div - (rest < 0);
		if (__builtin_mul_overflow(n, w->mul, &n))
			return err_set(err, ERR_BAD_VALUE, "field \"%.*s\" does not fit 64 bits", STR_ARG(w->name));
		avro_bytes_put_long(out, n);
		return true;
	}
	case WRITE_LONG_REAL: avro_bytes_put_double(out, (double)v.i); return true;
	case WRITE_REAL:
		if (w->node->kind == AVRO_FLOAT)
			avro_bytes_put_float(out, v.f);
		else
			avro_bytes_put_double(out, v.f);
		return true;
	case WRITE_BYTES: avro_bytes_put_bytes(out, v.s); return true;
	case WRITE_FIXED:
		if (v.s.len != w->node->size)
			return err_set(err, ERR_BAD_VALUE, "field \"%.*s\": %u bytes for a fixed of %u", STR_ARG(w->name), v.s.len,
			               w->node->size);
		strbuf_put_str(out, v.s);
		return true;
	case WRITE_ENUM: return write_enum(w, v, out, err);
	case WRITE_DECIMAL: return write_decimal(w, v, out, err);
	case WRITE_ARRAY:
	case WRITE_MAP: return write_items(w, v, out, err);
	case WRITE_ROW: return write_record(w, v, NULL, out, err);
	case WRITE_NO: break;
	}
	return false;
}

bool avro_write_row(const AvroWrite *w, const Value *values, StrBuf *out, Err *err)
{
	size_t from = out->len;
	if (w->branch >= 0)
		avro_bytes_put_long(out, w->branch);
	if (write_record(w, VALUE_NULL, values, out, err))
		return true;
	out->len = from;
	if (out->ptr)
		out->ptr[from] = '\0';
	return false;
}
