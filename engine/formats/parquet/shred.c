/*
 * engine/formats/parquet/shred.c: see shred.h.
 */
#include "engine/formats/parquet/shred.h"

#include "sql/types/packed.h"
#include "sql/types/zone.h"

static const int64_t DAY_US = INT64_C(86400000000);
enum {
	JULIAN_OF_EPOCH = 2440588,
	LARGE = 1 << 20, /* of a buffer: from here on it has pages of its own */
};

typedef struct Shredding {
	const Schema *schema;
	ShredLeaf *leaves;
	const struct Zone *zone;
	Str column;
	Err *err;
} Shredding;

void shred_init(ShredLeaf *leaves, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		leaves[i] = (ShredLeaf){0};
		strbuf_init(&leaves[i].def);
		strbuf_init(&leaves[i].rep);
		strbuf_init(&leaves[i].values);
	}
}

void shred_clear(ShredLeaf *leaves, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		strbuf_deinit(&leaves[i].def);
		strbuf_deinit(&leaves[i].rep);
		strbuf_deinit(&leaves[i].values);
	}
	shred_init(leaves, n);
}

size_t shred_bytes(const ShredLeaf *leaves, uint32_t n)
{
	size_t bytes = 0;
	for (uint32_t i = 0; i < n; i++)
		bytes += leaves[i].def.len + leaves[i].rep.len + leaves[i].values.len;
	return bytes;
}

static size_t taken(const StrBuf *b)
{
	return b->cap > LARGE ? b->len : b->cap;
}

size_t shred_memory(const ShredLeaf *leaves, uint32_t n)
{
	size_t bytes = 0;
	for (uint32_t i = 0; i < n; i++)
		bytes += taken(&leaves[i].def) + taken(&leaves[i].rep) + taken(&leaves[i].values);
	return bytes;
}

void shred_mark(const ShredLeaf *leaves, ShredMark *marks, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		marks[i] = (ShredMark){leaves[i].def.len, leaves[i].rep.len, leaves[i].values.len, leaves[i].nentries,
		                       leaves[i].nvalues};
}

void shred_undo(ShredLeaf *leaves, const ShredMark *marks, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		leaves[i].def.len = marks[i].def;
		leaves[i].rep.len = marks[i].rep;
		leaves[i].values.len = marks[i].values;
		leaves[i].nentries = marks[i].nentries;
		leaves[i].nvalues = marks[i].nvalues;
	}
}

uint32_t shred_width(const SchemaLeaf *leaf)
{
	switch (leaf->type) {
	case META_BOOLEAN: return 1;
	case META_INT32:
	case META_FLOAT: return 4;
	case META_INT64:
	case META_DOUBLE: return 8;
	case META_INT96: return 12;
	case META_FIXED: return (uint32_t)leaf->length;
	default: return 0;
	}
}

static void put_levels(Shredding *s, int32_t leaf, uint8_t rep, uint8_t def)
{
	ShredLeaf *l = &s->leaves[leaf];
	const SchemaLeaf *f = &s->schema->leaves[leaf];
	if (f->max_def)
		strbuf_putc(&l->def, (char)def);
	if (f->max_rep)
		strbuf_putc(&l->rep, (char)rep);
	l->nentries++;
}

static void put_nulls(Shredding *s, const SchemaNode *n, uint8_t rep, uint8_t def)
{
	if (n->kind == SCHEMA_LEAF)
		put_levels(s, n->leaf, rep, def);
	for (uint32_t i = 0; i < n->nkids; i++)
		put_nulls(s, &n->kids[i], rep, def);
}

static int64_t floor_div(int64_t v, int64_t by)
{
	return v / by - (v % by < 0);
}

static void put_i64(StrBuf *out, int64_t v, bool wide)
{
	int32_t narrow = (int32_t)v;
	if (wide)
		strbuf_put(out, &v, sizeof v);
	else
		strbuf_put(out, &narrow, sizeof narrow);
}

static void put_decimal(StrBuf *out, Int128 v, int32_t length)
{
	char bytes[SCHEMA_FIXED_MAX];
	for (int32_t i = length; i-- > 0; v >>= 8)
		bytes[i] = (char)v;
	strbuf_put(out, bytes, (size_t)length);
}

static void put_int96(const Shredding *s, const SchemaNode *n, int64_t us, StrBuf *out)
{
	if (n->instant)
		us = zone_to_instant(s->zone, us);
	int64_t day = floor_div(us, DAY_US);
	int64_t nanos = (us - day * DAY_US) * 1000;
	int32_t julian = (int32_t)(day + JULIAN_OF_EPOCH);
	strbuf_put(out, &nanos, sizeof nanos);
	strbuf_put(out, &julian, sizeof julian);
}

static bool refuse(const Shredding *s, const char *why)
{
	return err_set(s->err, ERR_SINK_REFUSED, "column \"%.*s\": %s", STR_ARG(s->column), why);
}

static bool put_value(Shredding *s, const SchemaNode *n, Value v)
{
	const SchemaLeaf *f = &s->schema->leaves[n->leaf];
	ShredLeaf *l = &s->leaves[n->leaf];
	StrBuf *out = &l->values;
	float narrow;
	l->nvalues++;
	switch (n->convert) {
	case SCHEMA_BOOL: strbuf_putc(out, v.b ? 1 : 0); break;
	case SCHEMA_INT: put_i64(out, v.i, f->type == META_INT64); break;
	case SCHEMA_MULTIPLY: put_i64(out, floor_div(v.i, n->factor), f->type == META_INT64); break;
	case SCHEMA_DIVIDE:
		if (__builtin_mul_overflow(v.i, n->factor, &v.i)) {
			refuse(s, "the time is beyond what nanoseconds can say (1677 to 2262)");
			return err_hint(s->err, "Use 'parquet.timestamp.time.unit' = 'micros'.");
		}
		put_i64(out, v.i, true);
		break;
	case SCHEMA_REAL:
		narrow = (float)v.f;
		if (f->type == META_FLOAT)
			strbuf_put(out, &narrow, sizeof narrow);
		else
			strbuf_put(out, &v.f, sizeof v.f);
		break;
	case SCHEMA_DECIMAL: put_decimal(out, v.d, f->length); break;
	case SCHEMA_TEXT:
	case SCHEMA_JSON:
	case SCHEMA_RAW:
		strbuf_put(out, &v.s.len, sizeof v.s.len);
		strbuf_put_str(out, v.s);
		break;
	case SCHEMA_INT96: put_int96(s, n, v.i, out); break;
	default: ASSERT(false);
	}
	return true;
}

static bool shred(Shredding *s, const SchemaNode *n, Value v, uint8_t rep)
{
	if (v.null) {
		if (!n->optional)
			return refuse(s, "NULL where the type says NOT NULL (keys of maps are)");
		put_nulls(s, n, rep, (uint8_t)(n->def - 1));
		return true;
	}
	if (n->kind == SCHEMA_LEAF) {
		put_levels(s, n->leaf, rep, n->def);
		return put_value(s, n, v);
	}
	uint32_t count = packed_count(v.s);
	if (n->kind == SCHEMA_ROW) {
		for (uint32_t i = 0; i < n->nkids; i++)
			if (!shred(s, &n->kids[i], packed_get(v.s, n->kids[i].type, i), rep))
				return false;
		return true;
	}
	if (!count)
		put_nulls(s, n, rep, n->def);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t kid = i % n->nkids;
		const Type *type = packed_item_type(n->type, i);
		if (!shred(s, &n->kids[kid], packed_get(v.s, type, i), i < n->nkids ? rep : n->rep))
			return false;
	}
	return true;
}

bool shred_row(const Schema *schema, ShredLeaf *leaves, const Value *values, const struct Zone *zone, Err *err)
{
	Shredding s = {.schema = schema, .leaves = leaves, .zone = zone, .err = err};
	for (uint32_t i = 0; i < schema->ncols; i++) {
		s.column = schema->cols[i].name;
		if (!shred(&s, &schema->cols[i], values[i], 0))
			return false;
	}
	return true;
}
