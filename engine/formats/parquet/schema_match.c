/*
 * engine/formats/parquet/schema_match.c: the columns of a table in the schema of a file, for reading.
 *
 * Lists come in several shapes: today's three levels, the two of older writers (the repeated node is the element), and
 * a repeated field without any list around it. What a column's type cannot hold in full is refused here, when the file
 * is opened, and not row by row.
 */
#include "engine/formats/parquet/schema.h"

#include "sql/types/decimal.h"

typedef struct Matching {
	Arena *arena;
	const SchemaOptions *options;
	const MetaElement *elements;
	const uint32_t *end;       /* of the subtree of each element */
	const int32_t *first_leaf; /* in it */
	Str column;
	Err *err;
} Matching;

/* ---- the leaves of a file ---- */

typedef struct Walking {
	const MetaFile *file;
	Arena *arena;
	Schema *out;
	Str path[3 * SCHEMA_DEPTH_MAX];
} Walking;

static uint32_t walk(Walking *w, uint32_t at, unsigned depth, uint8_t def, uint8_t rep)
{
	const MetaFile *f = w->file;
	if (at >= f->nelements || depth >= 3 * SCHEMA_DEPTH_MAX)
		return UINT32_MAX;
	const MetaElement *e = &f->elements[at];
	if (depth) {
		def = (uint8_t)(def + (e->repetition != META_REQUIRED));
		rep = (uint8_t)(rep + (e->repetition == META_REPEATED));
		w->path[depth - 1] = e->name;
	}
	if (e->leaf && depth) {
		Schema *s = w->out;
		s->leaves[s->nleaves++] = (SchemaLeaf){.type = e->type,
		                                       .length = e->length,
		                                       .max_def = def,
		                                       .max_rep = rep,
		                                       .element = at,
		                                       .path = arena_copy(w->arena, w->path, depth * sizeof(Str)),
		                                       .npath = depth};
		return at + 1;
	}
	uint32_t next = at + 1;
	for (uint32_t i = 0; i < e->nchildren && next != UINT32_MAX; i++)
		next = walk(w, next, depth + 1, def, rep);
	return next;
}

bool schema_of_file(const MetaFile *file, Arena *arena, Schema *out, Err *err)
{
	*out = (Schema){.elements = file->elements, .nelements = file->nelements};
	out->leaves = ARENA_ARRAY(arena, SchemaLeaf, file->nelements);
	Walking *w = ARENA_NEW(arena, Walking);
	*w = (Walking){.file = file, .arena = arena, .out = out};
	if (walk(w, 0, 0, 0, 0) != file->nelements || !out->nleaves)
		return err_set(err, ERR_SOURCE_FAILED, "the schema in the footer is no tree of columns");
	for (uint32_t i = 0; i < out->nleaves; i++)
		if (out->leaves[i].type == META_FIXED && out->leaves[i].length <= 0)
			return err_set(err, ERR_SOURCE_FAILED, "a column of fixed length has no length");
	return true;
}

/* ---- leaves ---- */

static const char *const physical[] = {"BOOLEAN", "INT32",  "INT64",      "INT96",
                                       "FLOAT",   "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"};
static const char *const logical[] = {"",     "STRING", "MAP",       "LIST",     "ENUM", "DECIMAL",
                                      "DATE", "TIME",   "TIMESTAMP", "INTEGER",  "NULL", "JSON",
                                      "BSON", "UUID",   "FLOAT16",   "INTERVAL", "?"};

static bool mismatch(Matching *m, const MetaElement *e, const Type *type)
{
	StrBuf t;
	strbuf_init(&t);
	type_print(type, false, &t);
	StrBuf f;
	strbuf_init(&f);
	if (e->leaf)
		strbuf_puts(&f, physical[e->type]);
	else
		strbuf_puts(&f, "a group");
	if (e->logical == META_DECIMAL)
		strbuf_printf(&f, " (DECIMAL(%d, %d))", e->precision, e->scale);
	else if (e->logical == META_INTEGER)
		strbuf_printf(&f, " (%sINT_%d)", e->is_signed ? "" : "U", e->bits);
	else if (e->logical)
		strbuf_printf(&f, " (%s)", logical[e->logical]);
	if (e->repetition == META_REPEATED)
		strbuf_puts(&f, ", repeated");
	err_set(m->err, ERR_SOURCE_FAILED, "column \"%.*s\" is %s in the table, but in the file its \"%.*s\" is %s",
	        STR_ARG(m->column), strbuf_cstr(&t), STR_ARG(e->name), strbuf_cstr(&f));
	strbuf_deinit(&t);
	strbuf_deinit(&f);
	return err_hint(m->err, "Declare the column with a type that holds every value of the file's.");
}

static unsigned int_bits(TypeKind kind)
{
	return kind == TYPE_TINYINT ? 8 : kind == TYPE_SMALLINT ? 16 : kind == TYPE_INT ? 32 : kind == TYPE_BIGINT ? 64 : 0;
}

static bool is_int(const MetaElement *e)
{
	return (e->type == META_INT32 || e->type == META_INT64) && (e->logical == META_NONE || e->logical == META_INTEGER);
}

static unsigned file_bits(const MetaElement *e)
{
	unsigned stored = e->type == META_INT32 ? 32 : 64;
	unsigned said = e->logical == META_INTEGER ? (unsigned)e->bits : stored;
	return said == 8 || said == 16 || said == 32 || said == 64 ? (said < stored ? said : stored) : stored;
}

static bool match_int(const MetaElement *e, const Type *type, SchemaNode *n)
{
	bool is_signed = e->logical != META_INTEGER || e->is_signed;
	n->convert = is_signed || e->type == META_INT64 ? SCHEMA_INT : SCHEMA_UINT;
	return is_int(e) && file_bits(e) + !is_signed <= int_bits(type->kind);
}

static bool match_decimal(const MetaElement *e, const Type *type, SchemaNode *n)
{
	unsigned whole = (unsigned)(type->precision - type->scale);
	n->convert = SCHEMA_DECIMAL;
	if (is_int(e)) {
		bool is_signed = e->logical != META_INTEGER || e->is_signed;
		n->scale_up = type->scale;
		n->convert = is_signed ? SCHEMA_DECIMAL : e->type == META_INT32 ? SCHEMA_UINT : SCHEMA_UDECIMAL;
		return whole >= (e->type == META_INT32 ? 10u : is_signed ? 19u : 20u);
	}
	if (e->logical != META_DECIMAL || e->scale < 0 || e->precision < e->scale || e->precision > TYPE_DECIMAL_MAX)
		return false;
	if (e->type != META_INT32 && e->type != META_INT64 && e->type != META_FIXED && e->type != META_BYTES)
		return false;
	if (e->scale > type->scale || (unsigned)(e->precision - e->scale) > whole)
		return false;
	n->scale_up = (unsigned)(type->scale - e->scale);
	return true;
}

static int64_t cut_of(const Type *type)
{
	int64_t cut = 1;
	for (unsigned p = type->precision; p < 6; p++)
		cut *= 10;
	return cut;
}

static bool match_time(const Matching *m, const MetaElement *e, const Type *type, SchemaNode *n)
{
	bool ltz = type->kind == TYPE_TIMESTAMP_LTZ;
	n->cut = cut_of(type);
	n->factor = 1000;
	if (e->type == META_INT96 && type->kind != TYPE_TIME) {
		n->convert = SCHEMA_INT96;
		n->instant = !ltz && !m->options->utc;
		return true;
	}
	n->convert = e->unit == META_MICROS ? SCHEMA_INT : e->unit == META_MILLIS ? SCHEMA_MULTIPLY : SCHEMA_DIVIDE;
	if (type->kind == TYPE_TIME)
		return e->logical == META_TIME && e->type == (e->unit == META_MILLIS ? META_INT32 : META_INT64);
	n->instant = e->utc != ltz && !m->options->utc;
	return e->logical == META_TIMESTAMP && e->type == META_INT64;
}

static bool match_leaf(Matching *m, const MetaElement *e, const Type *type, SchemaNode *n)
{
	bool bytes = e->type == META_BYTES || e->type == META_FIXED;
	bool ok = false;
	switch (type->kind) {
	case TYPE_BOOLEAN:
		n->convert = SCHEMA_BOOL;
		ok = e->type == META_BOOLEAN;
		break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT: ok = match_int(e, type, n); break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		n->convert = SCHEMA_REAL;
		ok = e->type == META_FLOAT || (e->type == META_DOUBLE && type->kind == TYPE_DOUBLE);
		break;
	case TYPE_DECIMAL: ok = match_decimal(e, type, n); break;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		n->convert = SCHEMA_TEXT;
		ok = e->type == META_BYTES && (e->logical == META_STRING || e->logical == META_ENUM ||
		                               e->logical == META_JSON || e->logical == META_NONE);
		break;
	case TYPE_JSON:
		n->convert = SCHEMA_JSON;
		ok = e->type == META_BYTES && (e->logical == META_STRING || e->logical == META_JSON);
		break;
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		n->convert = SCHEMA_RAW;
		ok = bytes && e->logical != META_DECIMAL;
		break;
	case TYPE_DATE:
		n->convert = SCHEMA_INT;
		ok = e->type == META_INT32 && e->logical == META_DATE;
		break;
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: ok = match_time(m, e, type, n); break;
	default: break;
	}
	return ok || mismatch(m, e, type);
}

/* ---- nodes ---- */

static bool match_node(Matching *m, uint32_t at, const Type *type, uint8_t def, uint8_t rep, bool item, SchemaNode *n);

/* The child of a group by its name, exactly, else in other letters' case if there is one such only. */
static uint32_t find_child(const Matching *m, uint32_t group, Str name)
{
	uint32_t found = 0, alike = 0, child = group + 1;
	for (uint32_t i = 0; i < m->elements[group].nchildren; i++, child = m->end[child]) {
		if (str_eq(m->elements[child].name, name))
			return child;
		if (str_eq_nocase(m->elements[child].name, name)) {
			found = child;
			alike++;
		}
	}
	return alike == 1 ? found : 0;
}

static bool match_fields(Matching *m, uint32_t at, uint8_t rep, SchemaNode *n)
{
	const Type *t = n->type;
	n->kind = SCHEMA_ROW;
	n->nkids = t->nfields;
	n->kids = ARENA_ARRAY_ZERO(m->arena, SchemaNode, t->nfields + 1);
	for (uint32_t i = 0; i < t->nfields; i++) {
		uint32_t child = find_child(m, at, t->fields[i].name);
		n->kids[i] = (SchemaNode){.kind = SCHEMA_ABSENT, .type = t->fields[i].type, .leaf = SCHEMA_NO_LEAF};
		if (child && !match_node(m, child, t->fields[i].type, n->def, rep, false, &n->kids[i]))
			return false;
	}
	n->leaf = m->first_leaf[at];
	if (m->first_leaf[m->end[at]] == n->leaf) /* a group without a column */
		return mismatch(m, &m->elements[at], t);
	for (uint32_t i = 0; i < t->nfields; i++)
		if (n->kids[i].kind != SCHEMA_ABSENT) {
			n->leaf = n->kids[i].leaf;
			break;
		}
	return true;
}

/* Is the repeated node of a list the element itself? The rules of the format for older files. */
static bool is_element(const Matching *m, uint32_t list, uint32_t repeated)
{
	const MetaElement *r = &m->elements[repeated];
	if (r->leaf || r->nchildren != 1 || r->logical == META_LIST || r->logical == META_MAP)
		return true;
	Str name = m->elements[list].name;
	return str_eq_c(r->name, "array") ||
	       (str_starts(r->name, name) && str_eq_c(str_slice(r->name, name.len, r->name.len), "_tuple"));
}

static bool match_items(Matching *m, uint32_t at, uint8_t rep, SchemaNode *n)
{
	const MetaElement *e = &m->elements[at];
	const Type *t = n->type;
	bool map = t->kind != TYPE_ARRAY;
	uint32_t r = at + 1;
	if (e->leaf || e->nchildren != 1 || e->logical != (map ? META_MAP : META_LIST) ||
	    m->elements[r].repetition != META_REPEATED)
		return mismatch(m, e, t);
	n->kind = map ? SCHEMA_MAP : SCHEMA_LIST;
	n->item_def = (uint8_t)(n->def + 1);
	n->rep = (uint8_t)(rep + 1);
	n->nkids = map ? 2 : 1;
	n->kids = ARENA_ARRAY_ZERO(m->arena, SchemaNode, 2);
	bool ok;
	if (map) {
		if (m->elements[r].leaf || m->elements[r].nchildren != 2)
			return mismatch(m, e, t);
		const Type *key = t->kind == TYPE_MAP ? t->key : t->elem;
		const Type *value = t->kind == TYPE_MAP ? t->elem : &type_bigint;
		ok = match_node(m, r + 1, key, n->item_def, n->rep, false, &n->kids[0]) &&
		     match_node(m, m->end[r + 1], value, n->item_def, n->rep, false, &n->kids[1]);
	} else {
		bool two = is_element(m, at, r);
		ok = match_node(m, two ? r : r + 1, t->elem, n->item_def, n->rep, two, &n->kids[0]);
	}
	n->leaf = n->kids[0].leaf;
	return ok;
}

/* item: the node is repeated, and that was seen to. */
static bool match_node(Matching *m, uint32_t at, const Type *type, uint8_t def, uint8_t rep, bool item, SchemaNode *n)
{
	const MetaElement *e = &m->elements[at];
	*n = (SchemaNode){.name = e->name, .type = type};
	n->optional = !item && e->repetition == META_OPTIONAL;
	n->def = (uint8_t)(def + n->optional);
	if (!item && e->repetition == META_REPEATED) {
		if (type->kind != TYPE_ARRAY)
			return mismatch(m, e, type);
		n->kind = SCHEMA_LIST;
		n->item_def = (uint8_t)(def + 1);
		n->rep = (uint8_t)(rep + 1);
		n->nkids = 1;
		n->kids = ARENA_ARRAY_ZERO(m->arena, SchemaNode, 1);
		bool ok = match_node(m, at, type->elem, n->item_def, n->rep, true, &n->kids[0]);
		n->leaf = n->kids[0].leaf;
		return ok;
	}
	if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP || type->kind == TYPE_MULTISET)
		return match_items(m, at, rep, n);
	if (type->kind == TYPE_ROW)
		return !e->leaf && (e->logical == META_NONE || e->logical == META_OTHER) ? match_fields(m, at, rep, n)
		                                                                         : mismatch(m, e, type);
	if (!e->leaf)
		return mismatch(m, e, type);
	n->kind = SCHEMA_LEAF;
	n->leaf = m->first_leaf[at];
	return match_leaf(m, e, type, n);
}

/* Sets end and first_leaf of a subtree; the tree was walked before, so it is one. */
static uint32_t measure(const Schema *s, uint32_t at, uint32_t *end, int32_t *first_leaf, int32_t *leaf)
{
	first_leaf[at] = *leaf;
	uint32_t next = at + 1;
	if (s->elements[at].leaf && at)
		++*leaf;
	else
		for (uint32_t i = 0; i < s->elements[at].nchildren; i++)
			next = measure(s, next, end, first_leaf, leaf);
	end[at] = next;
	return next;
}

bool schema_match(Schema *s, const Str *names, const Type *const *types, uint32_t n, const SchemaOptions *options,
                  Arena *arena, Err *err)
{
	uint32_t *end = ARENA_ARRAY_ZERO(arena, uint32_t, s->nelements + 1);
	int32_t *first_leaf = ARENA_ARRAY_ZERO(arena, int32_t, s->nelements + 1), leaf = 0;
	measure(s, 0, end, first_leaf, &leaf);
	first_leaf[s->nelements] = leaf;
	Matching m = {arena, options, s->elements, end, first_leaf, STR_EMPTY, err};
	s->cols = ARENA_ARRAY_ZERO(arena, SchemaNode, n + 1);
	s->ncols = n;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = find_child(&m, 0, names[i]);
		m.column = names[i];
		s->cols[i] = (SchemaNode){.kind = SCHEMA_ABSENT, .type = types[i], .leaf = SCHEMA_NO_LEAF};
		if (at && !match_node(&m, at, types[i], 0, 0, false, &s->cols[i]))
			return false;
	}
	return true;
}
