/*
 * engine/formats/avro_read.c: plans of reading: the writer's type against the column's.
 */
#include "engine/formats/avro_read.h"

#include "sql/types/timestamp.h"

static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

const AvroNode *avro_read_inner(const AvroNode *node)
{
	if (!node || node->kind != AVRO_UNION)
		return node;
	for (uint32_t i = 0; i < node->n; i++)
		if (node->items[i]->kind != AVRO_NULL)
			return node->items[i];
	return node;
}

const AvroNode *avro_read_reader_field(const AvroNode *reader, Str name)
{
	reader = avro_read_inner(reader);
	int32_t at = reader && reader->kind == AVRO_RECORD ? avro_schema_field(reader, name) : -1;
	return at < 0 ? NULL : reader->fields[at].type;
}

int32_t avro_read_field(const AvroNode *writer, const AvroNode *reader, Str name)
{
	int32_t at = avro_schema_field(writer, name);
	reader = avro_read_inner(reader);
	int32_t own = reader && reader->kind == AVRO_RECORD ? avro_schema_field(reader, name) : -1;
	for (uint32_t i = 0; at < 0 && own >= 0 && i < reader->fields[own].naliases; i++)
		at = avro_schema_field(writer, reader->fields[own].aliases[i]);
	return at;
}

AvroMissing avro_read_missing(const AvroNode *reader_record, Str name, const Type *type, Arena *arena)
{
	AvroMissing m = {.there = !type->not_null, .value = VALUE_NULL};
	reader_record = avro_read_inner(reader_record);
	int32_t at = reader_record && reader_record->kind == AVRO_RECORD ? avro_schema_field(reader_record, name) : -1;
	if (at < 0 || !reader_record->fields[at].preset.ptr)
		return m;
	/* The default as the reader would have written it, read as any other value. */
	const AvroField *f = &reader_record->fields[at];
	StrBuf bytes;
	strbuf_init(&bytes);
	m.there = avro_bytes_put_preset(f->type, f->preset, &bytes, NULL);
	if (m.there) {
		AvroCursor c = {.b = avro_bytes_of(arena_str(arena, bytes.len ? strbuf_str(&bytes) : STR_EMPTY)),
		                .arena = arena};
		bool ok = true;
		m.there = avro_read_value(&c, avro_read_resolve(f->type, NULL, type, arena), &m.value, &ok) && ok;
	}
	strbuf_deinit(&bytes);
	return m;
}

/* ---- numbers and times */

static void set_units(AvroRead *r, int64_t mul, int64_t div, int64_t grain, int64_t least, int64_t greatest)
{
	r->kind = AVRO_READ_LONG;
	r->mul = mul;
	r->div = div;
	r->grain = grain;
	r->least = least;
	r->greatest = greatest;
}

static bool is_integer(const AvroNode *w)
{
	return w->kind == AVRO_INT || w->kind == AVRO_LONG;
}

static void resolve_integer(AvroRead *r)
{
	int64_t least, greatest;
	if (!is_integer(r->node) || (r->node->kind == AVRO_LONG && r->type->kind != TYPE_BIGINT))
		return;
	type_int_range(r->type->kind, &least, &greatest);
	set_units(r, 1, 1, 1, least, greatest);
}

static void resolve_real(AvroRead *r)
{
	if (is_integer(r->node))
		r->kind = AVRO_READ_LONG_REAL;
	else if (r->node->kind == AVRO_FLOAT)
		r->kind = AVRO_READ_FLOAT;
	else if (r->node->kind == AVRO_DOUBLE && r->type->kind == TYPE_DOUBLE)
		r->kind = AVRO_READ_DOUBLE;
}

static void resolve_date(AvroRead *r)
{
	if (r->node->kind == AVRO_INT && (r->node->logical == AVRO_DATE || r->node->logical == AVRO_PLAIN))
		set_units(r, 1, 1, 1, timestamp_days(0, 1, 1), timestamp_days(9999, 12, 31));
}

static void resolve_time(AvroRead *r)
{
	const AvroNode *w = r->node;
	int64_t grain = powers[6 - r->type->precision];
	if (w->kind == AVRO_INT && (w->logical == AVRO_TIME_MILLIS || w->logical == AVRO_PLAIN))
		set_units(r, 1000, 1, grain, 0, TIMESTAMP_US_PER_DAY - 1);
	else if (w->kind == AVRO_LONG && w->logical == AVRO_TIME_MICROS)
		set_units(r, 1, 1, grain, 0, TIMESTAMP_US_PER_DAY - 1);
}

static void resolve_timestamp(AvroRead *r)
{
	int64_t least = timestamp_days(0, 1, 1) * TIMESTAMP_US_PER_DAY;
	int64_t greatest = (timestamp_days(9999, 12, 31) + 1) * TIMESTAMP_US_PER_DAY - 1;
	int64_t grain = powers[6 - r->type->precision];
	if (!is_integer(r->node))
		return;
	switch (r->node->logical) {
	case AVRO_PLAIN: /* milliseconds, as Flink takes it */
	case AVRO_TIMESTAMP_MILLIS:
	case AVRO_LOCAL_MILLIS: set_units(r, 1000, 1, grain, least, greatest); break;
	case AVRO_TIMESTAMP_MICROS:
	case AVRO_LOCAL_MICROS: set_units(r, 1, 1, grain, least, greatest); break;
	case AVRO_TIMESTAMP_NANOS:
	case AVRO_LOCAL_NANOS: set_units(r, 1, 1000, grain * 1000, INT64_MIN + 1000000000, INT64_MAX); break;
	default: break;
	}
}

static void resolve_decimal(AvroRead *r)
{
	const AvroNode *w = r->node;
	if (w->kind != AVRO_BYTES && w->kind != AVRO_FIXED)
		return;
	if (w->logical != AVRO_PLAIN && w->logical != AVRO_DECIMAL)
		return;
	r->kind = AVRO_READ_DECIMAL;
	r->scale = w->logical == AVRO_DECIMAL ? w->scale : r->type->scale;
	if (r->scale > TYPE_DECIMAL_MAX)
		r->kind = AVRO_READ_MISFIT;
}

static void resolve_text(AvroRead *r)
{
	const AvroNode *w = r->node;
	if (w->kind == AVRO_STRING || (w->kind == AVRO_BYTES && w->logical == AVRO_PLAIN))
		r->kind = AVRO_READ_TEXT;
	else if (w->kind == AVRO_ENUM)
		r->kind = AVRO_READ_ENUM;
	else if (w->kind == AVRO_FIXED && w->logical == AVRO_UUID)
		r->kind = AVRO_READ_UUID;
}

static void resolve_bytes(AvroRead *r)
{
	const AvroNode *w = r->node;
	if (w->kind == AVRO_STRING || w->kind == AVRO_BYTES)
		r->kind = AVRO_READ_BYTES;
	else if (w->kind == AVRO_FIXED)
		r->kind = AVRO_READ_FIXED;
}

/* ---- nested */

static void resolve_row(AvroRead *r, const AvroNode *reader, Arena *arena)
{
	const AvroNode *w = r->node;
	const Type *type = r->type;
	if (w->kind != AVRO_RECORD)
		return;
	r->kind = AVRO_READ_ROW;
	r->items = (const AvroRead **)arena_alloc_zero(arena, (w->n + 1) * sizeof *r->items);
	r->target = ARENA_ARRAY_ZERO(arena, uint32_t, w->n + 1);
	r->missing = ARENA_ARRAY_ZERO(arena, AvroMissing, type->nfields + 1);
	r->types = ARENA_ARRAY(arena, const Type *, type->nfields + 1);
	for (uint32_t i = 0; i < type->nfields; i++) {
		const TypeField *f = &type->fields[i];
		int32_t at = avro_read_field(w, reader, f->name);
		r->types[i] = f->type;
		if (at >= 0 && !r->items[at]) {
			r->items[at] =
			    avro_read_resolve(w->fields[at].type, avro_read_reader_field(reader, f->name), f->type, arena);
			r->target[at] = i;
			r->missing[i].there = true;
		} else {
			r->missing[i] = avro_read_missing(reader, f->name, f->type, arena);
		}
	}
}

static void resolve_items(AvroRead *r, const AvroNode *reader, Arena *arena)
{
	const AvroNode *w = r->node;
	const Type *type = r->type;
	bool array = type->kind == TYPE_ARRAY;
	if (w->kind != (array ? AVRO_ARRAY : AVRO_MAP))
		return;
	const Type *key = array ? NULL : type->kind == TYPE_MAP ? type->key : type->elem;
	if (key && !type_is_text(key))
		return;
	r->kind = array ? AVRO_READ_ARRAY : AVRO_READ_MAP;
	r->items = ARENA_ARRAY(arena, const AvroRead *, 1);
	reader = avro_read_inner(reader);
	const AvroNode *inner = reader && reader->kind == w->kind ? reader->items[0] : NULL;
	r->items[0] =
	    avro_read_resolve(w->items[0], inner, type->kind == TYPE_MULTISET ? &type_bigint_nn : type->elem, arena);
}

const AvroRead *avro_read_resolve(const AvroNode *writer, const AvroNode *reader, const Type *type, Arena *arena)
{
	AvroRead *r = ARENA_NEW(arena, AvroRead);
	r->kind = AVRO_READ_MISFIT;
	r->node = writer;
	r->type = type;
	if (writer->kind == AVRO_NULL) {
		r->kind = type->not_null ? AVRO_READ_NOT_NULL : AVRO_READ_NULL;
		return r;
	}
	if (writer->kind == AVRO_UNION) {
		r->kind = AVRO_READ_UNION;
		r->items = ARENA_ARRAY(arena, const AvroRead *, writer->n);
		for (uint32_t i = 0; i < writer->n; i++)
			r->items[i] = avro_read_resolve(writer->items[i], reader, type, arena);
		return r;
	}
	switch (type->kind) {
	case TYPE_BOOLEAN:
		if (writer->kind == AVRO_BOOLEAN)
			r->kind = AVRO_READ_BOOLEAN;
		break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT: resolve_integer(r); break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE: resolve_real(r); break;
	case TYPE_DECIMAL: resolve_decimal(r); break;
	case TYPE_CHAR:
	case TYPE_VARCHAR: resolve_text(r); break;
	case TYPE_JSON:
		if (writer->kind == AVRO_STRING)
			r->kind = AVRO_READ_JSON;
		break;
	case TYPE_BINARY:
	case TYPE_VARBINARY: resolve_bytes(r); break;
	case TYPE_DATE: resolve_date(r); break;
	case TYPE_TIME: resolve_time(r); break;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: resolve_timestamp(r); break;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_MULTISET: resolve_items(r, reader, arena); break;
	case TYPE_ROW: resolve_row(r, reader, arena); break;
	case TYPE_INTERVAL_MONTHS:
	case TYPE_INTERVAL_SECONDS:
	case TYPE_NULL:
	case TYPE_KINDS: break;
	}
	return r;
}
