/*
 * engine/formats/parquet/schema.c: the tree of a table's columns, for writing.
 */
#include "engine/formats/parquet/schema.h"

typedef struct Making {
	Arena *arena;
	const SchemaOptions *options;
	Schema *out;
	uint32_t elements_cap, leaves_cap;
	Str path[3 * SCHEMA_DEPTH_MAX];
	uint32_t npath;
	Err *err;
} Making;

static MetaElement *add_element(Making *m, Str name, MetaRepetition repetition)
{
	Schema *s = m->out;
	if (s->nelements == m->elements_cap) {
		uint32_t cap = m->elements_cap ? m->elements_cap * 2 : 16;
		s->elements =
		    arena_grow(m->arena, s->elements, m->elements_cap * sizeof *s->elements, cap * sizeof *s->elements);
		m->elements_cap = cap;
	}
	MetaElement *e = &s->elements[s->nelements++];
	*e = (MetaElement){.name = name, .repetition = repetition};
	return e;
}

static int32_t add_leaf(Making *m, const MetaElement *e, uint8_t def, uint8_t rep)
{
	Schema *s = m->out;
	if (s->nleaves == m->leaves_cap) {
		uint32_t cap = m->leaves_cap ? m->leaves_cap * 2 : 16;
		s->leaves = arena_grow(m->arena, s->leaves, m->leaves_cap * sizeof *s->leaves, cap * sizeof *s->leaves);
		m->leaves_cap = cap;
	}
	s->leaves[s->nleaves] = (SchemaLeaf){.type = e->type,
	                                     .length = e->length,
	                                     .max_def = def,
	                                     .max_rep = rep,
	                                     .element = s->nelements - 1,
	                                     .path = arena_copy(m->arena, m->path, m->npath * sizeof(Str)),
	                                     .npath = m->npath};
	return (int32_t)s->nleaves++;
}

static unsigned decimal_bytes(unsigned precision)
{
	/* The least number of bytes whose signed range holds all of 10^precision - 1. */
	static const uint8_t bytes[] = {1, 1, 1,  2,  2,  3,  3,  4,  4,  4,  5,  5,  6,  6,  6,  7,  7,  8,  8, 9,
	                                9, 9, 10, 10, 11, 11, 11, 12, 12, 13, 13, 13, 14, 14, 15, 15, 16, 16, 16};
	return bytes[precision];
}

static bool no_form(Making *m, const Type *type)
{
	StrBuf text;
	strbuf_init(&text);
	type_print(type, false, &text);
	err_set(m->err, ERR_BAD_TYPE, "column \"%.*s\": the format \"parquet\" has no form for %s", STR_ARG(m->path[0]),
	        strbuf_cstr(&text));
	strbuf_deinit(&text);
	return err_hint(m->err, "CAST it to STRING or BIGINT in the query, and declare the column so.");
}

static void set_time(const SchemaOptions *o, MetaElement *e, SchemaNode *n)
{
	bool ltz = n->type->kind == TYPE_TIMESTAMP_LTZ;
	if (!o->int64_timestamps) {
		e->type = META_INT96;
		n->convert = SCHEMA_INT96;
		n->instant = !ltz && !o->utc; /* the wall clock of the zone, stored as an instant */
		return;
	}
	e->type = META_INT64;
	e->logical = META_TIMESTAMP;
	e->unit = o->unit;
	e->utc = ltz;
	n->convert = o->unit == META_MICROS ? SCHEMA_INT : o->unit == META_MILLIS ? SCHEMA_MULTIPLY : SCHEMA_DIVIDE;
	n->factor = 1000;
}

static bool make_leaf(Making *m, SchemaNode *n, MetaElement *e)
{
	const Type *t = n->type;
	e->leaf = true;
	n->convert = SCHEMA_INT;
	switch (t->kind) {
	case TYPE_BOOLEAN:
		e->type = META_BOOLEAN;
		n->convert = SCHEMA_BOOL;
		break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
		e->logical = META_INTEGER;
		e->bits = t->kind == TYPE_TINYINT ? 8 : 16;
		e->is_signed = true;
		e->type = META_INT32;
		break;
	case TYPE_INT: e->type = META_INT32; break;
	case TYPE_BIGINT: e->type = META_INT64; break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		e->type = t->kind == TYPE_FLOAT ? META_FLOAT : META_DOUBLE;
		n->convert = SCHEMA_REAL;
		break;
	case TYPE_DECIMAL:
		e->type = META_FIXED;
		e->length = (int32_t)decimal_bytes(t->precision);
		e->logical = META_DECIMAL;
		e->precision = t->precision;
		e->scale = t->scale;
		n->convert = SCHEMA_DECIMAL;
		break;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		e->type = META_BYTES;
		e->logical = META_STRING;
		n->convert = SCHEMA_TEXT;
		break;
	case TYPE_JSON:
		e->type = META_BYTES;
		e->logical = META_JSON;
		n->convert = SCHEMA_JSON;
		break;
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		e->type = META_BYTES;
		n->convert = SCHEMA_RAW;
		break;
	case TYPE_DATE:
		e->type = META_INT32;
		e->logical = META_DATE;
		break;
	case TYPE_TIME:
		e->logical = META_TIME;
		e->utc = true; /* as Flink's, which knows no other */
		e->unit = t->precision <= 3 ? META_MILLIS : META_MICROS;
		e->type = t->precision <= 3 ? META_INT32 : META_INT64;
		n->convert = t->precision <= 3 ? SCHEMA_MULTIPLY : SCHEMA_INT;
		n->factor = 1000;
		break;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: set_time(m->options, e, n); break;
	default: return no_form(m, t);
	}
	n->kind = SCHEMA_LEAF;
	return true;
}

static bool make_node(Making *m, Str name, const Type *type, bool optional, uint8_t def, uint8_t rep, unsigned depth,
                      SchemaNode *n);

/* The repeated group of a list or map, and what is in it. */
static bool make_items(Making *m, SchemaNode *n, const char *group, uint8_t rep, unsigned depth)
{
	const Type *t = n->type;
	bool map = n->kind == SCHEMA_MAP;
	n->item_def = (uint8_t)(n->def + 1);
	n->rep = (uint8_t)(rep + 1);
	n->nkids = map ? 2 : 1;
	n->kids = ARENA_ARRAY_ZERO(m->arena, SchemaNode, 2);
	MetaElement *e = add_element(m, str_from(group), META_REPEATED);
	e->nchildren = n->nkids;
	m->path[m->npath++] = str_from(group);
	bool ok;
	if (!map) {
		ok = make_node(m, STR("element"), t->elem, !t->elem->not_null, n->item_def, n->rep, depth + 1, &n->kids[0]);
	} else {
		const Type *key = t->kind == TYPE_MAP ? t->key : t->elem;
		const Type *value = t->kind == TYPE_MAP ? t->elem : &type_int;
		bool optional = t->kind == TYPE_MAP && !t->elem->not_null;
		ok = make_node(m, STR("key"), key, false, n->item_def, n->rep, depth + 1, &n->kids[0]) &&
		     make_node(m, STR("value"), value, optional, n->item_def, n->rep, depth + 1, &n->kids[1]);
	}
	m->npath--;
	return ok;
}

static bool make_node(Making *m, Str name, const Type *type, bool optional, uint8_t def, uint8_t rep, unsigned depth,
                      SchemaNode *n)
{
	*n = (SchemaNode){.name = name, .type = type, .optional = optional, .def = (uint8_t)(def + optional)};
	m->path[m->npath++] = name;
	if (depth >= SCHEMA_DEPTH_MAX)
		return err_set(m->err, ERR_NOT_SUPPORTED, "column \"%.*s\" has more than %d levels", STR_ARG(m->path[0]),
		               SCHEMA_DEPTH_MAX);
	MetaElement *e = add_element(m, name, optional ? META_OPTIONAL : META_REQUIRED);
	bool ok = true;
	switch (type->kind) {
	case TYPE_ROW:
		n->kind = SCHEMA_ROW;
		n->nkids = e->nchildren = type->nfields;
		n->kids = ARENA_ARRAY_ZERO(m->arena, SchemaNode, type->nfields + 1);
		for (uint32_t i = 0; ok && i < type->nfields; i++) {
			const TypeField *f = &type->fields[i];
			ok = make_node(m, f->name, f->type, !f->type->not_null, n->def, rep, depth + 1, &n->kids[i]);
		}
		n->leaf = ok ? n->kids[0].leaf : SCHEMA_NO_LEAF;
		break;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_MULTISET:
		n->kind = type->kind == TYPE_ARRAY ? SCHEMA_LIST : SCHEMA_MAP;
		e->nchildren = 1;
		e->logical = type->kind == TYPE_ARRAY ? META_LIST : META_MAP;
		ok = make_items(m, n, type->kind == TYPE_ARRAY ? "list" : "key_value", rep, depth);
		n->leaf = ok ? n->kids[0].leaf : SCHEMA_NO_LEAF;
		break;
	default:
		ok = make_leaf(m, n, e);
		if (ok)
			n->leaf = add_leaf(m, e, n->def, rep);
	}
	m->npath--;
	return ok;
}

bool schema_of_types(const Str *names, const Type *const *types, uint32_t n, const SchemaOptions *options, Arena *arena,
                     Schema *out, Err *err)
{
	*out = (Schema){.ncols = n};
	Making *m = ARENA_NEW(arena, Making);
	*m = (Making){.arena = arena, .options = options, .out = out, .err = err};
	out->cols = ARENA_ARRAY_ZERO(arena, SchemaNode, n + 1);
	add_element(m, STR("weir_schema"), META_REQUIRED)->nchildren = n;
	for (uint32_t i = 0; i < n; i++)
		if (!make_node(m, names[i], types[i], !types[i]->not_null, 0, 0, 0, &out->cols[i]))
			return false;
	if (!out->nleaves) {
		err_set(err, ERR_BAD_OPTION, "the format \"parquet\" needs a column that is in the file");
		return err_hint(err, "Columns of PARTITIONED BY are in the names of the folders only.");
	}
	return true;
}
